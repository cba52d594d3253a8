import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ClientsQueries } from '../../clients/clients.queries.js';
import {
  inOrderFor,
  type MayTake,
  suggestedFor,
  type Suggestion,
  type Waits,
} from '../../link-workers/suggestion.rules.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { daysBetween, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import {
  AcceptInput,
  AllocateInput,
  DeclineInput,
  JoinInput,
  ReturnInput,
  type TriageLine,
  TriageQuery,
} from '../../referrals/referral.dto.js';
import { DECLINE_REASONS, MISSING, STAGE_OF } from '../../referrals/referral.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { daysInWords } from '../layout/dates.js';
import { districtOf } from '../../platform/pure/postcode.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { Many, type Ticked, ticked } from '../layout/many.js';
import { choicesOf, languageInWords, NEED_WORDS, STAGE_WORDS, stageTag } from '../layout/words.js';
import { REACH_WORDS, RISK_WORDS } from '../practice/practice.words.js';
import {
  AGREEMENT_WORDS,
  END_REASON_WORDS,
  FACT_WORDS,
  LIKELIHOOD_WORDS,
  MISSING_WORDS,
  RETURN_ASKS,
  ROUTE_WORDS,
  SIDE_WORDS,
} from './link-worker.words.js';
import { type DoneToMany, ManyAtOnce } from './many-at-once.js';
import { takersOf } from './takers.js';
import { worked } from './worked.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/triage';
const TABS = ['sent', 'returned', 'accepted'] as const;

const NEW: ListOf<TriageLine> = sayAll({
  address: ADDRESS,
  name: 'new-referrals',
  columns: [
    { text: 'Person', sort: 'name' },
    { text: 'Waiting', sort: 'sent' },
    { text: 'From', sort: 'from' },
    { text: 'Wants help with' },
    { text: 'Suggested' },
  ],
  usual: 'sent',
  parts: ['state'],
  file: ({ reference, client, stage, sentAt, organisationName, reasons }) => ({
    [say('Reference')]: reference,
    [say('First name')]: client?.firstName,
    [say('Last name')]: client?.lastName,
    [say('Date of birth')]: client?.dateOfBirth,
    [say('Where it stands')]: STAGE_WORDS[stage],
    [say('Sent')]: sentAt && londonDate(sentAt),
    [say('From')]: organisationName ?? say('The person'),
    [say('Wants help with')]: reasons.map((reason) => NEED_WORDS[reason]).join('; '),
  }),
});

/** What waits for triage: who each may be, and what becomes of it. */
@ApiExcludeController()
@Controller('desk/triage')
export class TriagePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly heads: PersonHeads,
    private readonly clock: Clock,
    private readonly referrals: ReferralsQueries,
    private readonly service: ReferralsService,
    private readonly clients: ClientsQueries,
    private readonly workers: LinkWorkersQueries,
    private readonly many: Many,
    private readonly atOnce: ManyAtOnce,
  ) {}

  @Get()
  @Can('referral.triage')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, asked, newForm());
  }

  @Post('take-on')
  @HttpCode(200)
  @Can('referral.accept')
  async takeOn(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forAll(reply, actor, asked, async (rows) => ({
      what: say('Taken on'),
      outcomes: await this.many.each(actor, reply.request, rows, {}, ({ id, version }) =>
        this.service.accept(actor, id, {}, version),
      ),
    }));
  }

  @Post('give')
  @HttpCode(200)
  @Can('referral.allocate')
  async give(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forAll(reply, actor, asked, (rows, typed) =>
      this.atOnce.give(actor, reply.request, rows, typed),
    );
  }

  private forAll(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    work: (rows: Ticked[], typed: Form['values']) => Promise<DoneToMany>,
  ): Promise<void> {
    const list = {
      back: { text: say('New referrals'), href: nextPage(ADDRESS, asked, '') },
      rows: ticked,
      again: (form: Form) => this.show(reply, actor, asked, form),
    };
    return this.atOnce.forAll(reply, actor, list, work);
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const list = {
      asked,
      status: form.status,
      query: await readQuery(TriageQuery, asked),
      read: (query: TriageQuery) => this.referrals.triage(actor, query),
      count: (query: TriageQuery) => this.referrals.countTriage(actor, query),
    };
    const { after = '' } = list.query;
    const today = londonDate(this.clock.now());
    await this.lists.show(reply, actor, 'link-worker/pages/triage.njk', NEW, list, async (items) => {
      const { items: team } = await this.workers.list(actor, { limit: 100 });
      const meant = meantForAll(items, team);
      return {
        title: say('New referrals'),
        tabs: [
          { text: say('All'), state: '' },
          ...TABS.map((state) => ({ text: STAGE_WORDS[STAGE_OF[state]], state })),
        ].map((tab) => ({
          ...tab,
          href: nextPage(ADDRESS, { ...asked, state: tab.state }, ''),
          current: (asked['state'] ?? '') === tab.state,
        })),
        rows: items.map((item) => ({
          item,
          waits: item.sentAt && waitInWords(daysBetween(londonDate(item.sentAt), today)),
          stage: stageTag(item.stage),
          suggested: suggestion(item, team),
        })),
        works: actor.triages || actor.role !== 'link_worker',
        form,
        at: {
          takeOn: nextPage(`${ADDRESS}/take-on`, asked, after),
          give: nextPage(`${ADDRESS}/give`, asked, after),
        },
        /** A list of those taken on and of nobody else has nobody to take on, and the other way round. */
        anyNew: items.some(({ state }) => state === 'sent'),
        anyAccepted: items.some(({ state }) => state === 'accepted'),
        last: items.length === 0 ? await this.referrals.lastReceived(actor) : null,
        state: asked['state'],
        takers: takersOf(inOrderFor(meant ?? NOBODY, team).map(({ worker }) => worker)),
        /** Only where one is suggested for all of them does the list begin with whoever is suggested. */
        takersHint: meant
          ? say('First whoever is suggested.')
          : say('First whoever has most room. Each row says who suits them.'),
        words: { need: NEED_WORDS, likelihood: LIKELIHOOD_WORDS },
      };
    });
  }

  @Get(':id')
  @Can('referral.triage')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post(':id/accept')
  @Can('referral.accept')
  async accept(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${ADDRESS}/${await this.service.accept(actor, id, await readForm(AcceptInput, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post(':id/join')
  @Can('referral.join')
  async join(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.join(actor, id, await readForm(JoinInput, body));
        return ADDRESS;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post(':id/allocate')
  @Can('referral.allocate')
  async allocate(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.allocate(actor, id, await readForm(AllocateInput, body));
        return ADDRESS;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/return')
  @Can('referral.return')
  async askBack(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.returnForm(reply, actor, id, newForm());
  }

  @Post(':id/return')
  @Can('referral.return')
  async sendBack(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.return(actor, id, await readForm(ReturnInput, body));
        return ADDRESS;
      },
      (form) => this.returnForm(reply, actor, id, form),
    );
  }

  @Get(':id/decline')
  @Can('referral.decline')
  async askWhy(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.declineForm(reply, actor, id, newForm());
  }

  @Post(':id/decline')
  @Can('referral.decline')
  async decline(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.decline(actor, id, await readForm(DeclineInput, body));
        return ADDRESS;
      },
      (form) => this.declineForm(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = worked(await this.referrals.get(actor, id));
    const person = await this.clients.get(actor, referral.client?.id ?? id);
    const { candidates } = referral.allowed.includes('accept')
      ? await this.clients.matchesOf(actor, person.id)
      : { candidates: [] };
    const team = referral.allowed.includes('allocate')
      ? (await this.workers.list(actor, { limit: 100 })).items
      : [];
    const waits = {
      language: person.language,
      district: districtOf(person.postcode),
    };
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/triage-one.njk', {
      title: say('New referral {{reference}}', { reference: referral.reference }),
      form,
      referral,
      person,
      candidates,
      /** A form each: only one of them is sent, and a key stands for one set of answers. */
      other: newForm(),
      workers: takersOf(inOrderFor(waits, team).map(({ worker }) => worker)),
      suggested: suggestion(waits, team),
      words: {
        need: NEED_WORDS,
        stage: STAGE_WORDS,
        risk: RISK_WORDS,
        reach: REACH_WORDS,
        route: ROUTE_WORDS,
        likelihood: LIKELIHOOD_WORDS,
        agreement: AGREEMENT_WORDS,
        fact: FACT_WORDS,
        missing: MISSING_WORDS,
      },
    });
  }

  private async returnForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = worked(await this.referrals.get(actor, id));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/triage-return.njk', {
      title: say('Return referral {{reference}}', { reference: referral.reference }),
      referral,
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      form,
      missing: choicesOf(MISSING_WORDS),
      // A form each: a key stands for one set of answers.
      asks: RETURNABLE.map((missing) => ({
        missing,
        text: MISSING_WORDS[missing],
        asks: RETURN_ASKS[missing],
        form: newForm(),
      })),
    });
  }

  private async declineForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = worked(await this.referrals.get(actor, id));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/triage-decline.njk', {
      title: say('Decline referral {{reference}}', { reference: referral.reference }),
      referral,
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      form,
      reasons: DECLINE_REASONS.filter((reason) => reason !== 'other').map((value) => ({
        value,
        text: END_REASON_WORDS[value],
      })),
      other: { value: 'other', text: END_REASON_WORDS.other },
      sides: choicesOf(SIDE_WORDS),
    });
  }
}

/** What can be asked for without a word more. */
const RETURNABLE = MISSING.filter((one) => one !== 'other');

const waitInWords = (days: number): string => (days === 0 ? say('Since today') : daysInWords(days));

const NOBODY: Waits = { language: null, district: null };

/** One of those taken on, where the same link worker is suggested for every one of them. */
function meantForAll(items: readonly TriageLine[], team: readonly MayTake[]): Waits | null {
  const takenOn = items.filter(({ state }) => state === 'accepted');
  const suggested = new Set(takenOn.map((item) => suggestedFor(item, team)?.worker.membershipId));
  return suggested.size === 1 && !suggested.has(undefined) ? (takenOn[0] ?? null) : null;
}

const suggestion = (person: Waits, team: readonly MayTake[]): string | null => {
  const found = suggestedFor(person, team);
  return found && inWords(found, person.language);
};

/** "Sam Reed: 12 of 40, speaks Polish": who is suggested, and why. */
function inWords({ worker, speaks, nearby }: Suggestion, language: string | null): string {
  const why = [
    say('{{caseload}} of {{limit}}', { caseload: worker.caseload, limit: worker.caseloadLimit }),
    ...(speaks ? [say('speaks {{language}}', { language: languageInWords(language ?? 'en') })] : []),
    ...(nearby ? [say('works there')] : []),
  ];
  return `${worker.name}: ${why.join(', ')}`;
}
