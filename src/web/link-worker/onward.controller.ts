import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OnwardAnswers } from '../../onward-referrals/onward-answers.service.js';
import { OnwardChasing } from '../../onward-referrals/onward-chasing.service.js';
import { OnwardOffers } from '../../onward-referrals/onward-offers.service.js';
import { OnwardParticipation } from '../../onward-referrals/onward-participation.service.js';
import {
  AcceptOfferInput,
  AskAgainInput,
  AttendanceInput,
  ChaseInput,
  CompleteInput,
  DeclineOfferInput,
  InTouchInput,
  OfferNoteInput,
  SafetyInput,
  SafetySeenInput,
  StartInput,
  StopInput,
  TalkInput,
  WaitlistInput,
  WithdrawOfferInput,
  type OnwardView,
} from '../../onward-referrals/onward.dto.js';
import type { OnwardVerb } from '../../onward-referrals/onward.lifecycle.js';
import { OnwardQueries } from '../../onward-referrals/onward.queries.js';
import { SignpostsQueries } from '../../onward-referrals/signposts.queries.js';
import { ArrangeWarmHandover } from '../../onward-referrals/warm-handover.dto.js';
import { WarmHandovers } from '../../onward-referrals/warm-handovers.service.js';
import { WarmHandoversQueries } from '../../onward-referrals/warm-handovers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { londonTime } from '../../platform/clock/wall-clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { isWithWorker } from '../../referrals/referral.types.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readChange, readForm, sent, take } from '../layout/forms.js';
import { choicesOf, NEED_WORDS, ONWARD_STATE_WORDS } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { SAFETY_WORDS } from '../reply/reply.words.js';
import { CONTACT_ROUTE_WORDS, HOW_SOON_WORDS, ONWARD_STATE_COLOURS, SIGNPOST_WORDS } from './groups.words.js';
import { OFFER_VERB_WORDS, SIDE_WORDS, TO_ACT_WORDS } from './link-worker.words.js';
import {
  ATTENDANCE_WORDS,
  DECLINE_WORDS,
  GOES_WORDS,
  MET_WORDS,
  ONWARD_END_WORDS,
  RESULT_WORDS,
  RISK_TO_OTHERS_WORDS,
  STOP_WORDS,
  WITHDRAW_WORDS,
} from './onward.words.js';
import { recordPages, recordTitle } from './record.js';
import { whole } from './worked.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** What was heard from a group by phone: each is the verb the group itself has by its link. */
const HEARD = {
  accept: AcceptOfferInput,
  waitlist: WaitlistInput,
  decline: DeclineOfferInput,
  talk: TalkInput,
};
const HEARD_WORDS: Record<keyof typeof HEARD, string> = sayAll({
  accept: 'Yes',
  waitlist: 'They put them on their waiting list',
  decline: 'Not right now',
  talk: 'They want to talk first',
});

const ENDS = { withdraw: WithdrawOfferInput, complete: CompleteInput, stop: StopInput };
const END_VERB_WORDS: Record<keyof typeof ENDS, string> = sayAll({
  withdraw: 'Take it back',
  complete: 'It is finished',
  stop: 'They stopped before the end',
});

/** A person's groups, and each of them: how it stands, and what a link worker can do about it. */
@ApiExcludeController()
@Controller('desk')
export class OnwardPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly onward: OnwardQueries,
    private readonly signposts: SignpostsQueries,
    private readonly offers: OnwardOffers,
    private readonly answers: OnwardAnswers,
    private readonly chasing: OnwardChasing,
    private readonly participation: OnwardParticipation,
    private readonly warm: WarmHandovers,
    private readonly warmQueries: WarmHandoversQueries,
  ) {}

  @Get('people/:id/groups')
  @Can('signpost.list')
  async groups(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { current } = person;
    const [offers, told] =
      current === null
        ? [[], []]
        : [await this.onward.ofReferral(actor, current.id), await this.signposts.list(actor, current.id)];
    await this.desk.show(reply, actor, 200, 'link-worker/pages/person-groups.njk', {
      title: recordTitle(say('Groups'), person),
      person,
      pages: recordPages(id, 'groups'),
      referral: current,
      inHand: current && isWithWorker(current.state),
      /** A form each: a key stands for one set of answers. */
      offers: offers.map((view) => ({
        ...offered(whole(view)),
        resend: newForm(),
        undo: newForm(),
        notAfterAll: newForm(),
      })),
      told: [...told].reverse(),
      words: {
        reach: REACH_WORDS,
        need: NEED_WORDS,
        toAct: TO_ACT_WORDS,
        how: SIGNPOST_WORDS,
        end: ONWARD_END_WORDS,
        result: RESULT_WORDS,
      },
    });
  }

  @Get('onward/:id')
  @Can('onward.history')
  async one(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  @Get('onward/:id/answer')
  @Can('onward.rang')
  async askAnswer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answerForm(reply, actor, id, newForm());
  }

  /** Each verb is authorised by its own service, as for the group itself. */
  @Post('onward/:id/answer')
  @Can('onward.rang')
  async answer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { heard, ...typed } = sent(body);
        switch (heard) {
          case 'accept':
            await this.answers.accept(
              actor,
              id,
              await readForm(HEARD.accept, of(typed, 'inTouchBy', 'note')),
            );
            break;
          case 'waitlist':
            await this.answers.waitlist(
              actor,
              id,
              await readForm(HEARD.waitlist, of(typed, 'expectedWeeks', 'note')),
            );
            break;
          case 'decline':
            await this.answers.decline(
              actor,
              id,
              await readForm(HEARD.decline, of(typed, 'reason', 'fullUntil', 'note')),
            );
            break;
          case 'talk':
            await this.answers.talk(actor, id, await readForm(HEARD.talk, of(typed, 'by', 'note')));
            break;
          default:
            throw Refusal.invalidField('heard', 'Select what they said');
        }
        return `/desk/onward/${id}`;
      },
      (form) => this.answerForm(reply, actor, id, form),
    );
  }

  @Get('onward/:id/end')
  @Can('onward.withdraw')
  async askEnd(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.endForm(reply, actor, id, newForm());
  }

  @Post('onward/:id/end')
  @Can('onward.withdraw')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { how, ...typed } = sent(body);
        switch (how) {
          case 'withdraw':
            await this.participation.withdraw(
              actor,
              id,
              await readForm(ENDS.withdraw, of(typed, 'reason', 'side', 'note')),
            );
            break;
          case 'stop':
            await this.participation.stop(
              actor,
              id,
              await readForm(ENDS.stop, of(typed, 'reason', 'side', 'note')),
            );
            break;
          case 'complete':
            await this.participation.complete(
              actor,
              id,
              await readForm(ENDS.complete, of(typed, 'result', 'note')),
            );
            break;
          default:
            throw Refusal.invalidField('how', 'Select how it ended');
        }
        return `/desk/onward/${id}`;
      },
      (form) => this.endForm(reply, actor, id, form),
    );
  }

  @Get('onward/:id/along')
  @Can('warmHandover.arrange')
  async askAlong(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.alongForm(reply, actor, id, newForm());
  }

  @Post('onward/:id/along')
  @Can('warmHandover.arrange')
  async along(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.warm.arrange(actor, id, await readForm(ArrangeWarmHandover, body));
        return `/desk/onward/${id}`;
      },
      (form) => this.alongForm(reply, actor, id, form),
    );
  }

  @Get('onward/:id/safety')
  @Can('onward.setSafety')
  async askSafety(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.safetyForm(reply, actor, id, null);
  }

  @Post('onward/:id/safety')
  @Can('onward.setSafety')
  async safety(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.answers.setSafety(
          actor,
          id,
          await readChange(SafetyInput, { safetyInstructions: [], ...sent(body) }),
        );
        return `/desk/onward/${id}`;
      },
      (form) => this.safetyForm(reply, actor, id, form),
    );
  }

  @Get('onward/:id/safety-seen')
  @Can('onward.setSafety')
  async askSafetySeen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.safetySeenForm(reply, actor, id, null);
  }

  @Post('onward/:id/safety-seen')
  @Can('onward.setSafety')
  async safetySeen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.answers.seenSafety(actor, id, await readForm(SafetySeenInput, body));
        return `/desk/onward/${id}`;
      },
      (form) => this.safetySeenForm(reply, actor, id, form),
    );
  }

  @Post('onward/:id/rang')
  @Can('onward.rang')
  rang(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, async (body) => {
      const { note = null } = await readForm(OfferNoteInput, body);
      return this.answers.rang(actor, id, note);
    });
  }

  @Post('onward/:id/resend')
  @Can('onward.resend')
  resend(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, () => this.chasing.resend(actor, id));
  }

  @Post('onward/:id/chase')
  @Can('onward.rang')
  chase(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, async (body) => {
      const { note } = await readForm(ChaseInput, body);
      return this.chasing.chase(actor, id, note);
    });
  }

  /** They said yes, and cannot after all. */
  @Post('onward/:id/not-after-all')
  @Can('onward.withdraw')
  notAfterAll(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.move(reply, actor, id, async () => {
      // From a page of an hour ago: a group that has taken its yes back is asked again, and has said nothing new.
      const { state } = whole(await this.onward.get(actor, id));
      if (state === 'offered' || state === 'waitlisted')
        throw Refusal.illegalMove(
          state,
          'withdraw',
          'This has changed meanwhile. Look at where it stands now.',
        );
      return this.participation.withdraw(actor, id, { reason: 'group_cannot', side: 'provider' });
    });
  }

  @Post('onward/:id/undo-talk')
  @Can('onward.undoTalk')
  undoTalk(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, () => this.answers.undoTalk(actor, id));
  }

  @Post('onward/:id/undo')
  @Can('onward.undo')
  undo(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, () => this.answers.undo(actor, id));
  }

  @Post('onward/:id/late-yes')
  @Can('onward.lateYes')
  lateYes(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, () => this.answers.lateYes(actor, id, null));
  }

  @Post('onward/:id/revive')
  @Can('onward.revive')
  revive(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, async (body) =>
      this.offers.revive(actor, id, await readForm(AskAgainInput, body)),
    );
  }

  @Post('onward/:id/re-offer')
  @Can('onward.offer')
  reOffer(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, async (body) =>
      this.offers.reOffer(actor, id, await readForm(AskAgainInput, body)),
    );
  }

  @Post('onward/:id/in-touch')
  @Can('onward.inTouch')
  inTouch(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, async (body) =>
      this.participation.inTouch(actor, id, await readForm(InTouchInput, body)),
    );
  }

  @Post('onward/:id/start')
  @Can('onward.start')
  start(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, async (body) =>
      this.participation.start(actor, id, await readForm(StartInput, body)),
    );
  }

  @Get('onward/:id/attendance')
  @Can('onward.history')
  async askAttendance(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const today = newForm(dayBoxes('sessionOn', londonDate(this.clock.now())));
    await this.attendancePage(reply, actor, id, today);
  }

  @Post('onward/:id/attendance')
  @Can('attendance.record')
  async attend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.participation.attend(actor, id, await readForm(AttendanceInput, body));
        return `/desk/onward/${id}/attendance`;
      },
      (form) => this.attendancePage(reply, actor, id, form),
    );
  }

  @Post('onward/:id/noted')
  @Can('onward.noted')
  noted(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, () => this.participation.noted(actor, id));
  }

  /** Does it and leads back to the page, or to that of the one which began by it. */
  private async move(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `/desk/onward/${await work(body)}`,
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const view = whole(await this.onward.get(actor, id));
    const person = await this.heads.of(actor, view.clientId);
    const history = await this.onward.history(actor, id);
    const along = await this.warmQueries.list(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/onward.njk', {
      title: say('Referral to {{name}}, {{reference}}', {
        name: view.listing.name,
        reference: view.reference,
      }),
      form,
      /** A form each: a key stands for one set of answers. */
      keys: Object.fromEntries([...view.actions, 'notAfterAll'].map((verb) => [verb, newForm()])),
      ...offered(view),
      person,
      mayAnswer: may(view, ...(Object.keys(HEARD) as (keyof typeof HEARD)[])),
      today: londonDate(this.clock.now()),
      history: [...history].reverse().map((entry) => ({ entry, happened: happenedTo(entry.action) })),
      along,
      goesAlong: view.state === 'accepted' || view.state === 'started',
      words: {
        reach: REACH_WORDS,
        need: NEED_WORDS,
        soon: HOW_SOON_WORDS,
        route: CONTACT_ROUTE_WORDS,
        safety: SAFETY_WORDS,
        risk: RISK_TO_OTHERS_WORDS,
        toAct: TO_ACT_WORDS,
        end: ONWARD_END_WORDS,
        result: RESULT_WORDS,
        goes: GOES_WORDS,
        met: MET_WORDS,
      },
    });
  }

  private async attendancePage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
  ): Promise<void> {
    const view = whole(await this.onward.get(actor, id));
    const sessions = await this.onward.attendance(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/onward-attendance.njk', {
      title: say('Who came: {{name}}, {{reference}}', { name: view.listing.name, reference: view.reference }),
      form,
      view,
      person: await this.heads.of(actor, view.clientId),
      sessions: [...sessions].reverse(),
      may: view.actions.includes('attend'),
      results: choicesOf(ATTENDANCE_WORDS),
      words: { result: ATTENDANCE_WORDS, reach: REACH_WORDS },
    });
  }

  private async answerForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const view = whole(await this.onward.get(actor, id));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/onward-answer.njk', {
      title: say('Record the answer of {{name}}, {{reference}}', {
        name: view.organisation.name,
        reference: view.reference,
      }),
      form,
      view,
      person: await this.heads.of(actor, view.clientId),
      heard: (Object.keys(HEARD) as (keyof typeof HEARD)[])
        .filter((verb) => view.actions.includes(verb))
        .map((value) => ({ value, text: HEARD_WORDS[value] })),
      reasons: choicesOf(DECLINE_WORDS),
      words: { reach: REACH_WORDS },
    });
  }

  private async endForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const view = whole(await this.onward.get(actor, id));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/onward-end.njk', {
      title: say('End the referral to {{name}}, {{reference}}', {
        name: view.listing.name,
        reference: view.reference,
      }),
      form,
      view,
      person: await this.heads.of(actor, view.clientId),
      ends: (Object.keys(ENDS) as (keyof typeof ENDS)[])
        .filter((verb) => view.actions.includes(verb))
        .map((value) => ({ value, text: END_VERB_WORDS[value] })),
      withdrawReasons: choicesOf(WITHDRAW_WORDS),
      stopReasons: choicesOf(STOP_WORDS),
      results: choicesOf(RESULT_WORDS),
      sides: choicesOf(SIDE_WORDS),
      words: { reach: REACH_WORDS },
    });
  }

  private async safetyForm(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    typed: Form | null,
  ): Promise<void> {
    const view = whole(await this.onward.get(actor, id));
    const form = typed ?? newForm({ safetyInstructions: view.safetyInstructions });
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/onward-safety.njk', {
      title: say('What keeps {{name}} safe, {{reference}}', {
        name: view.organisation.name,
        reference: view.reference,
      }),
      form,
      view,
      person: await this.heads.of(actor, view.clientId),
      may: view.actions.includes('setSafety'),
      instructions: choicesOf(SAFETY_WORDS),
      words: { risk: RISK_TO_OTHERS_WORDS, reach: REACH_WORDS },
    });
  }

  private async safetySeenForm(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    typed: Form | null,
  ): Promise<void> {
    const view = whole(await this.onward.get(actor, id));
    const now = this.clock.now();
    const form = typed ?? newForm({ ...dayBoxes('on', londonDate(now)), time: londonTime(now) });
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/onward-safety-seen.njk', {
      title: say('Who of {{name}} knows, {{reference}}', {
        name: view.organisation.name,
        reference: view.reference,
      }),
      form,
      view,
      person: await this.heads.of(actor, view.clientId),
      may: view.actions.includes('seenSafety'),
      words: { safety: SAFETY_WORDS, reach: REACH_WORDS },
    });
  }

  private async alongForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const view = whole(await this.onward.get(actor, id));
    const tomorrow = dayBoxes('on', londonDate(this.clock.now()));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/onward-along.njk', {
      title: say('Going along to {{name}}, {{reference}}', {
        name: view.listing.name,
        reference: view.reference,
      }),
      form: form.status === 200 ? { ...form, values: { ...tomorrow, ...form.values } } : form,
      view,
      person: await this.heads.of(actor, view.clientId),
      goes: choicesOf(GOES_WORDS),
      words: { reach: REACH_WORDS },
    });
  }
}

/** One referral to a group, and what may be done with it. */
const offered = (view: OnwardView) => ({
  view,
  may: Object.fromEntries(view.actions.map((verb) => [verb, true])),
  mayResend: may(view, 'resend') && view.organisation.written,
  mayEnd: may(view, ...(Object.keys(ENDS) as (keyof typeof ENDS)[])),
  /** A yes that can no longer be undone. */
  mayFail: view.state === 'accepted' && may(view, 'withdraw') && !may(view, 'undo'),
  state: { text: ONWARD_STATE_WORDS[view.state], colour: ONWARD_STATE_COLOURS[view.state] },
});

/** Beside its own verbs, one moves along when two records are found to be of one person. */
const happenedTo = (action: string): string =>
  action in OFFER_VERB_WORDS
    ? OFFER_VERB_WORDS[action as OnwardVerb]
    : say('Two records joined or taken apart');

const may = (view: OnwardView, ...verbs: OnwardVerb[]): boolean =>
  verbs.some((verb) => view.actions.includes(verb));

/** What was typed for one of several choices: what stands under the others is not sent on. */
const of = (typed: Form['values'], ...names: string[]): Form['values'] =>
  Object.fromEntries(Object.entries(typed).filter(([name]) => names.includes(name.split('.')[0] ?? '')));
