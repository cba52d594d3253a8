import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EndLoneWorkerFlagInput, RaiseLoneWorkerFlagInput } from '../../clients/lone-worker-flag.dto.js';
import { LONE_WORKER_FLAGS } from '../../clients/lone-worker-flag.types.js';
import { LoneWorkerFlagsQueries } from '../../clients/lone-worker-flags.queries.js';
import { LoneWorkerFlags } from '../../clients/lone-worker-flags.service.js';
import {
  AddSafeguardingStep,
  CloseSafeguardingInput,
  ReadSafeguardingInput,
  RecordSafeguardingInput,
  SafeguardingQuery,
  type SafeguardingView,
} from '../../clients/safeguarding.dto.js';
import { SafeguardingQueries } from '../../clients/safeguarding.queries.js';
import { Safeguarding } from '../../clients/safeguarding.service.js';
import { KeptForms } from '../../identity/kept-forms.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { isUuid } from '../../platform/pure/ids.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { dayInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  ofVersion,
  readForm,
  readQuery,
  seenIn,
  sent,
  take,
} from '../layout/forms.js';
import { choicesOf, FLAG_WORDS } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { withinDesk } from '../sign-in/within-desk.js';
import { recordTitle } from './record.js';
import {
  CONCERN_ABOUT_WORDS,
  CONCERN_KIND_WORDS,
  CONCERN_OUTCOME_WORDS,
  CONCERN_TOLD_WORDS,
} from './safety.words.js';
import { say } from '../words/staff/staff-words.js';

const CONCERNS = '/desk/safeguarding';

/** What has to be read before a record is opened, and what to do when somebody may come to harm. */
@ApiExcludeController()
@Controller('desk')
export class SafetyPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly flags: LoneWorkerFlags,
    private readonly flagQueries: LoneWorkerFlagsQueries,
    private readonly concerns: SafeguardingQueries,
    private readonly service: Safeguarding,
    private readonly keptForms: KeptForms,
  ) {}

  @Get('people/:id/safety-note')
  @Can('loneWorkerFlag.list')
  async note(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.showNote(reply, actor, id, newForm({ to: asked['to'] ?? '' }));
  }

  @Post('people/:id/safety-note')
  @Can('loneWorkerFlag.list')
  async read(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.flags.readNote(actor, id, seenIn(body));
        const { to = '' } = sent(body);
        return to === '' ? `/desk/people/${id}` : withinDesk(to);
      },
      (form) => this.showNote(reply, actor, id, form),
    );
  }

  @Post('people/:id/safety-note/flags')
  @Can('loneWorkerFlag.change')
  async raise(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.flags.raise(actor, id, await readForm(RaiseLoneWorkerFlagInput, body), seenIn(body));
        return `/desk/people/${id}/safety-note`;
      },
      (form) => this.showNote(reply, actor, id, form),
    );
  }

  @Post('people/:id/safety-note/flags/:flagId/end')
  @Can('loneWorkerFlag.change')
  async endFlag(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('flagId') flagId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(EndLoneWorkerFlagInput, body);
        await this.flags.end(actor, id, flagId, input, seenIn(body));
        return `/desk/people/${id}/safety-note`;
      },
      (form) => this.showNote(reply, actor, id, form, flagId),
    );
  }

  @Get('people/:id/concern')
  @Can('safeguarding.record')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.recording(reply, actor, id, newForm({ about: 'client' }));
  }

  @Post('people/:id/concern')
  @Can('safeguarding.record')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${CONCERNS}/${await this.service.record(actor, id, await readForm(RecordSafeguardingInput, body))}`,
      (form) => this.recording(reply, actor, id, form),
    );
  }

  @Get('safeguarding')
  @Can('safeguarding.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(SafeguardingQuery, asked);
    const page = await this.concerns.list(actor, query);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/concerns.njk', {
      title: say('Safety concerns'),
      items: page.items,
      next: page.next && nextPage(CONCERNS, asked, page.next),
      filtered: query.state !== undefined || query.after !== undefined,
    });
  }

  /** In full for whoever wrote it and the leads; for a manager, once they have said why. */
  @Get('safeguarding/:id')
  @Can('safeguarding.list')
  async one(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.concern(reply, actor, id, newForm(), asked['reading'] ?? null);
  }

  @Post('safeguarding/:id/read')
  @Can('safeguarding.open')
  async open(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { reason } = await readForm(ReadSafeguardingInput, body);
        return `${CONCERNS}/${id}?reading=${await this.service.read(actor, id, reason)}`;
      },
      (form) => this.concern(reply, actor, id, form, null),
    );
  }

  @Post('safeguarding/:id/steps')
  @Can('safeguarding.addStep')
  async addStep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.addStep(actor, id, await readForm(AddSafeguardingStep, body));
        return `${CONCERNS}/${id}`;
      },
      (form) => this.concern(reply, actor, id, form, null),
    );
  }

  @Post('safeguarding/:id/close')
  @Can('safeguarding.close')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.close(actor, id, await readForm(CloseSafeguardingInput, body));
        return `${CONCERNS}/${id}`;
      },
      (form) => this.concern(reply, actor, id, form, null),
    );
  }

  private async showNote(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    ended: string | null = null,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const all = await this.flagQueries.list(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/safety-note.njk', {
      title: recordTitle(say('Safety note'), person),
      form: ofVersion(form, { id: [id, ...all.map((flag) => flag.id)], version: person.noteVersion }),
      blank: newForm({}, person.noteVersion),
      ended: all.some((flag) => flag.id === ended && flag.endedAt === null) ? ended : null,
      // This is where it is read.
      person: { ...person, noteUnread: false },
      unread: person.noteUnread,
      flags: all.filter(({ endedAt }) => endedAt === null),
      choices: [
        { value: '', text: say('Choose one') },
        ...LONE_WORKER_FLAGS.map((value) => ({ value, text: FLAG_WORDS[value] })),
      ],
      words: { reach: REACH_WORDS },
    });
  }

  private async recording(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    const words = await this.concerns.words(actor);
    const action = `/desk/people/${id}/concern`;
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/concern.njk', {
      title: recordTitle(say('Safety concern'), person),
      form,
      drafts: await this.keptForms.ofMember(actor, action),
      // Nothing stands in the way of this.
      person: { ...person, noteUnread: false },
      advice: words,
      action,
      back: {
        text: say('Their record'),
        href: person.openedBy === null ? `/desk/people/${id}` : `/desk/break-glass/${person.openedBy}`,
      },
      name: `${person.firstName} ${person.lastName}`,
      kinds: choicesOf(CONCERN_KIND_WORDS),
      about: choicesOf(CONCERN_ABOUT_WORDS),
      told: choicesOf(CONCERN_TOLD_WORDS),
      leads: [
        { value: '', text: say('The managers') },
        ...words.leads.map(({ membershipId: value, name: text }) => ({ value, text })),
      ],
      words: { reach: REACH_WORDS },
    });
  }

  private async concern(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    readingId: string | null,
  ): Promise<void> {
    const whole = await this.inFull(actor, id, readingId);
    const line = whole ?? (await this.concerns.line(actor, id));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/concern-one.njk', {
      title: say('Safety concern of {{recordedAt}}', {
        recordedAt: dayInWords(line.recordedAt),
      }),
      form,
      keys: { step: newForm(), close: newForm() },
      line,
      whole,
      told: choicesOf(CONCERN_TOLD_WORDS),
      outcomes: choicesOf(CONCERN_OUTCOME_WORDS),
      words: {
        kind: CONCERN_KIND_WORDS,
        about: CONCERN_ABOUT_WORDS,
        told: CONCERN_TOLD_WORDS,
        outcome: CONCERN_OUTCOME_WORDS,
      },
    });
  }

  /** Null for whoever may know that there is one and not what it says. */
  private async inFull(
    actor: MemberActor,
    id: string,
    readingId: string | null,
  ): Promise<SafeguardingView | null> {
    try {
      return readingId !== null && isUuid(readingId)
        ? await this.concerns.opened(actor, id, readingId)
        : await this.concerns.get(actor, id);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  }
}
