import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { SafetyNumbersQueries } from '../../identity/safety-numbers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import type { Page } from '../../platform/http/pagination.js';
import { Id } from '../../platform/http/id-param.js';
import { without } from '../../platform/pure/without.js';
import {
  NoteInput,
  type ReferralLine,
  ReferralsQuery,
  SendAgainInput,
  type SentReferralLine,
  WithdrawInput,
} from '../../referrals/referral.dto.js';
import { ReferralSending } from '../../referrals/referral-sending.service.js';
import {
  type ToldStatus,
  LONG_WAIT_DAYS,
  type Missing,
  WITHDRAW_REASONS,
} from '../../referrals/referral.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { besideAgreed, withAgreementIfSaid, withFooting } from '../layout/agreement.js';
import { Desk } from '../layout/desk.js';
import {
  ALL,
  FILE,
  type Form,
  newForm,
  nextPage,
  PRINT,
  readForm,
  readQuery,
  sent,
  take,
} from '../layout/forms.js';
import { ListPages } from '../layout/list-pages.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { pdfOf, sendPdf } from '../paper/letter.pdf.js';
import { canBeWritten, hasFiles } from '../paper/letter.rules.js';
import { Stops } from '../layout/stops.js';
import { speechBy } from '../words/speech.js';
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { END_REASON_WORDS, MISSING_WORDS } from '../link-worker/link-worker.words.js';
import { CHOICES } from './refer.choices.js';
import { isTold, OUR_REFERRALS, REFERRALS, rowOf } from './referral.rows.js';
import { OWN_SIDES } from './practice.words.js';
import { type Slip, slipLetter } from './slip.js';
import { courseOf, summaryOf } from './referral.course.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/referrals';

/** Nothing a person did to a referral of theirs is left out of its page. */
const MOST_TOLD = 100;

const DONE: Record<string, string> = sayAll({
  note: 'Added. Whoever has the referral sees it.',
  withdrawn: 'The referral is withdrawn.',
  again: 'Sent again. Somebody looks at it on the next working day.',
  died: 'It is recorded. Nobody rings or writes to them any more.',
});

/** What became of those whom a practice referred, as far as it may hear: and what it can still add or take back. */
@ApiExcludeController()
@Controller('desk')
export class ReferralPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly pages: Pages,
    private readonly memberships: MembershipQueries,
    private readonly organisations: OrganisationsQueries,
    private readonly sending: ReferralSending,
    private readonly referrals: ReferralsService,
    private readonly queries: ReferralsQueries,
    private readonly stops: Stops,
    private readonly numbers: SafetyNumbersQueries,
  ) {}

  @Get('referrals')
  @Can('referral.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filters = without(asked, 'after', ALL, FILE, PRINT);
    const list = {
      asked,
      query: await readQuery(ReferralsQuery, asked),
      read: (query: ReferralsQuery): Promise<Page<SentReferralLine | ReferralLine>> =>
        this.queries.list(actor, query),
      count: (query: ReferralsQuery) => this.queries.count(actor, query),
    };
    await this.lists.show(
      reply,
      actor,
      'practice/pages/referrals.njk',
      actor.role === 'referrer' ? OUR_REFERRALS : REFERRALS,
      list,
      (items) => ({
        title: actor.role === 'referrer' ? say('Our referrals') : say('Referrals'),
        rows: items.map(rowOf),
        tabs: tabsOf(filters),
        whose: whoseOf(filters),
      }),
    );
  }

  /** Paper for the person: of their referral it says the reference and what happens next, and nothing else. */
  @Get('referrals/:id/slip')
  @Can('referral.get')
  async slip(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('lang') language: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const speech = speechBy(language);
    const slip = await this.slipOf(actor, id);
    const hasFile = hasFiles(speech.language) && canBeWritten(slipLetter(slip, speech));
    await this.pages.show(reply, 200, 'practice/pages/slip.njk', {
      speech,
      readOnce: true,
      title: speech.t('slip.title'),
      ...slip,
      back: `${ADDRESS}/${id}`,
      file: hasFile ? `${ADDRESS}/${id}/slip.pdf?lang=${speech.language}` : null,
    });
  }

  /** The same paper as a file; where none can be made, the page. */
  @Get('referrals/:id/slip.pdf')
  @Can('referral.get')
  async slipFile(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('lang') language: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const speech = speechBy(language);
    const letter = slipLetter(await this.slipOf(actor, id), speech);
    if (hasFiles(speech.language) && canBeWritten(letter)) {
      await sendPdf(reply, 'referral', await pdfOf(letter, speech.tag));
    } else await seeOther(reply, `${ADDRESS}/${id}/slip?lang=${speech.language}`);
  }

  private async slipOf(actor: MemberActor, id: string): Promise<Slip> {
    const [{ reference, sentAt }, handedOut] = await Promise.all([
      this.queries.get(actor, id),
      this.handedOutBy(actor),
    ]);
    if (sentAt === null) throw Refusal.notFound();
    const privacy = `${this.config.publicUrl}/privacy/people/${actor.schemeId}`;
    return { reference, ...handedOut, privacy };
  }

  private async handedOutBy(actor: MemberActor) {
    const [{ membership }, { name, phone }] = await Promise.all([
      this.memberships.me(actor),
      this.organisations.get(actor, actor.organisationId),
    ]);
    return { schemeName: membership.schemeName, organisation: { name, phone } };
  }

  @Get('referrals/:id')
  @Can('referral.get')
  async outcome(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('sent') sent: unknown,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm(), {
      justSent: sent !== undefined,
      justDied: done === 'died',
      notice: typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : null,
    });
  }

  @Post('referrals/:id/note')
  @Can('referral.note')
  async note(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.referrals.note(actor, id, await readForm(NoteInput, body))}?done=note`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get('referrals/:id/withdraw')
  @Can('referral.withdraw')
  async askWithdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.withdrawPage(reply, actor, id, newForm());
  }

  @Post('referrals/:id/withdraw')
  @Can('referral.withdraw')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(WithdrawInput, body);
        // Answered under "another reason", and left there when a reason was chosen that has its side.
        if (input.reason !== 'other') delete input.side;
        return `${ADDRESS}/${await this.referrals.withdraw(actor, id, input)}?done=withdrawn`;
      },
      (form) => this.withdrawPage(reply, actor, id, form),
    );
  }

  @Get('referrals/:id/send-again')
  @Can('referral.send')
  async askAgain(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.againPage(reply, actor, id, newForm());
  }

  @Post('referrals/:id/send-again')
  @Can('referral.send')
  async sendAgain(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (await this.stops.shown(reply, actor)) return;
    await take(
      reply,
      async (body) => {
        const input = await readForm(SendAgainInput, withFooting(withAgreementIfSaid(sent(body))));
        return `${ADDRESS}/${await this.sending.sendAgain(actor, id, input)}?done=again`;
      },
      (form) => this.againPage(reply, actor, id, besideAgreed(form, say('this referral'))),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    more: { justSent?: boolean; justDied?: boolean; notice?: string | null } = {},
  ): Promise<void> {
    const referral = await this.queries.get(actor, id);
    const told = isTold(referral)
      ? {
          course: courseOf(referral, (await this.queries.history(actor, id, { limit: MOST_TOLD })).items),
          summary: summaryOf(referral, this.clock.now()),
          missing: referral.returned?.missing.map((one) => MISSING_WORDS[one]) ?? [],
          over: ENDED.has(referral.status),
          died: referral.why === 'died' || referral.saidDied,
        }
      : null;
    await this.desk.show(reply, actor, form.status, 'practice/pages/referral.njk', {
      title: say('Referral {{reference}}', { reference: referral.reference }),
      form,
      referral,
      row: rowOf(referral),
      reasons: referral.reasons.map((reason) => NEED_WORDS[reason]),
      told,
      // A form of its own: a key stands for one set of answers.
      withdrawing: {
        form: newForm(),
        reasons: withdrawReasons(actor).filter(({ value }) => value !== 'other'),
      },
      may: (verb: string) => (referral.allowed as string[]).includes(verb),
      ...more,
    });
  }

  private async withdrawPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'practice/pages/withdraw.njk', {
      title: say('Withdraw referral {{reference}}', { reference: referral.reference }),
      form,
      referral,
      row: rowOf(referral),
      reasons: withdrawReasons(actor),
      sides: choicesOf(OWN_SIDES),
    });
  }

  private async againPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'practice/pages/send-again.njk', {
      title: say('Send referral {{reference}} again', { reference: referral.reference }),
      form,
      referral,
      row: rowOf(referral),
      missing: (referral.returned?.missing ?? []).map((code) => MISSING_WORDS[code]),
      numbers: await this.numbers.of(actor.schemeId),
      asked: askedOf(referral.returned?.missing ?? [], form),
      ...CHOICES,
    });
  }
}

/** Room is the scheme's to judge. */
const withdrawReasons = (actor: MemberActor) =>
  WITHDRAW_REASONS.filter((one) => actor.role !== 'referrer' || one !== 'no_capacity').map((value) => ({
    value,
    text: END_REASON_WORDS[value],
  }));

/** As the sender is told: there is nothing to add to it any more. */
const ENDED: ReadonlySet<string> = new Set<ToldStatus>(['not_taken_on', 'closed', 'withdrawn']);

/** Which parts of a referral answer what was missing; all that hold something wrong are open as well. */
const PARTS = {
  contact: { missing: ['contact_details'], fields: /^client\.(phone|safe|email|address|postcode|reach)/ },
  person: {
    missing: ['nhs_number', 'wrong_person'],
    fields: /^client\.(nhsNumber|firstName|lastName|date|underAge)/,
  },
  help: { missing: ['reasons'], fields: /^reasons/ },
  risks: { missing: ['risks'], fields: /^(risk|noKnownRisks)/ },
  agreement: { missing: ['agreement'], fields: /^agree(d|ment)/ },
} as const satisfies Record<string, { missing: readonly Missing[]; fields: RegExp }>;

function askedOf(missing: readonly Missing[], form: Form): Record<string, boolean> {
  const isOpen = (part: { missing: readonly Missing[]; fields: RegExp }): boolean =>
    part.missing.some((one) => missing.includes(one)) ||
    Object.entries({ ...form.values, ...form.wrong }).some(
      ([name, value]) => value !== '' && part.fields.test(name),
    );
  return Object.fromEntries(Object.entries(PARTS).map(([name, part]) => [name, isOpen(part)]));
}

type Filters = Record<string, string>;

const linkTo = (filters: Filters, changes: Filters): string =>
  nextPage(ADDRESS, { ...filters, ...changes }, '');

/** Which of them, one click each. */
function tabsOf(filters: Filters): { text: string; href: string; current: boolean }[] {
  const others = without(filters, 'open', 'waiting');
  const tabs: [string, Filters][] = [
    [say('All'), {}],
    [say('Open'), { open: 'true' }],
    [say('Waiting more than {{days}} days', { days: LONG_WAIT_DAYS }), { waiting: 'true' }],
    [say('Ended'), { open: 'false' }],
  ];
  return tabs.map(([text, set]) => ({
    text,
    href: linkTo(others, set),
    current: set['open'] === filters['open'] && set['waiting'] === filters['waiting'],
  }));
}

/** Everybody's, or those one wrote: a link to the other. */
function whoseOf(filters: Filters): { mine: boolean; href: string } {
  const mine = filters['mine'] === 'true';
  const others = without(filters, 'mine');
  return { mine, href: linkTo(others, mine ? {} : { mine: 'true' }) };
}
