import { Injectable } from '@nestjs/common';
import sql, { empty, type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { CLIENT_COLUMNS, type ClientRow } from '../clients/client-rows.js';
import { soughtBy } from '../clients/clients.queries.js';
import { agreesToSupport } from '../clients/support.queries.js';
import { matchesAmong, type MatchFacts } from '../clients/matching.rules.js';
import { standing } from '../identity/cover.queries.js';
import { memberName } from '../identity/member-name.queries.js';
import type { Caseload } from '../link-workers/link-worker.hooks.js';
import type { Action } from '../permissions/permission.table.js';
import { heldClient, reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { moment } from '../platform/database/moment.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  decodeCursor,
  decodeIdCursor,
  decodeMomentCursor,
  DEFAULT_LIMIT,
  pageOf,
  type Page,
  type PageQuery,
  type Sort,
} from '../platform/http/pagination.js';
import { districtOf } from '../platform/pure/postcode.js';
import { isUuid } from '../platform/pure/ids.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import type { Need } from '../platform/words/needs.js';
import {
  type CaseloadQuery,
  type DraftLine,
  type HandedOver,
  type HistoryEntry,
  type ReferralLine,
  type ReferralPerson,
  type ReferralSearchInput,
  ReferralsQuery,
  type ReferralView,
  type ReturnedView,
  type SentReferralLine,
  type SentReferralView,
  type TriageLine,
  type TriageQuery,
} from './referral.dto.js';
import { firstWritten, isSought } from './as-written.rules.js';
import { HEARS, TOLD_COLUMNS } from './referral-hears.queries.js';
import { SENT_AS, sentAs, type SentAs, writtenName } from './sent-as.queries.js';
import { referralWithin } from './referral.reach.js';
import { STAGE, STAGE_PLACE } from './referral-stage.queries.js';
import {
  allowedVerbs,
  SENDER_ALLOWED,
  STATUS_WORDS,
  toldTo,
  WHY_WORDS,
  type ToldRow,
} from './referral.rules.js';
import {
  LONG_WAIT_DAYS,
  TOLD_OPEN,
  TOLD_WAITING,
  type CaseloadSort,
  type Closing,
  type Feedback,
  type LastAct,
  type Missing,
  type ReferralRow,
  type ReferralSort,
  type ToldStatus,
  type TriageSort,
} from './referral.types.js';

/** A view without its class, so that one can be built from another. */
type Plain<View> = { [Property in keyof View]: View[Property] };

/** The same as JSON has it: moments are texts. */
type Written<View> = {
  [Property in keyof View]: Date extends View[Property]
    ? Exclude<View[Property], Date> | string
    : View[Property];
};

/** `toldTo` in SQL, for the filter of a sender's list; a test holds the two together. */
const SHOWN_STATUS: Sql = sql`case when h.hears <> 'nothing' or r.told_status in ('draft', 'returned', 'entered_in_error')
  or r.told_own then r.told_status else 'sent' end`;

/**
 * Of the history `h` of `referral r`, what its sender did and was told. By who did it, never by whose side a reason is on:
 * the scheme writes for itself, also about the sender. Whoever works for the scheme may be employed by the same
 * organisation, and is not the sender for that.
 */
const OWN_ACTS: Sql = sql`(h.action in ('draft', 'amendDraft', 'send', 'return')
  or (h.action in ('note', 'withdraw') and h.details = '{}'
    and by_member.organisation_id = r.organisation_id and by_member.role = 'referrer'))`;

/** The last of them. */
const LAST_OWN_ACT: Sql = sql`(
  select jsonb_build_object('what', h.action, 'at', h.at, 'by', case
    when h.action <> 'return' and by_member.organisation_id = r.organisation_id then who.name end)
  from referral_history h
  left join membership by_member on by_member.id = h.actor_id
  left join user_profile who on who.scheme_id = h.scheme_id and who.account_id = by_member.account_id
  where h.scheme_id = r.scheme_id and h.referral_id = r.id and h.action not in ('draft', 'amendDraft') and ${OWN_ACTS}
  order by h.id desc limit 1)`;

/** Whether it was the sender's organisation that said the person of `referral r` died: its own act, whatever it may hear. */
const SAID_DIED: Sql = sql`exists (
  select 1 from client_history d
  join membership by_member on by_member.id = d.actor_id
  join client dead on dead.scheme_id = d.scheme_id and dead.id = d.client_id
  where d.scheme_id = r.scheme_id and d.client_id in (r.client_id, r.sent_client_id) and d.action = 'client.recordDeath'
    and by_member.organisation_id = r.organisation_id and by_member.role = 'referrer' and dead.death_recorded_at is not null)`;

/** The filters of a list beside its statuses; `status` is what whoever asks is told. */
function narrowed(
  actor: MemberActor,
  { mine, open, waiting }: ReferralsQuery,
  status: Sql,
  longAgo: Date,
): Sql {
  return sql`
    ${mine === undefined ? empty : sql`and (r.author_id is not distinct from ${actor.membershipId}) = ${mine}`}
    ${open === undefined ? empty : sql`and (${status} = any(${[...TOLD_OPEN]}::text[])) = ${open}`}
    ${
      waiting === undefined
        ? empty
        : sql`and (${status} = any(${[...TOLD_WAITING]}::text[]) and r.sent_at < ${longAgo}) = ${waiting}`
    }`;
}

/**
 * A referral's line as the API shows it, written by PostgreSQL so that a caseload is sent on as it came: to take 25 rows
 * of twenty columns apart and write them again was a quarter of the API's work for one.
 */
const lineAt = (now: Date): Sql => sql`
  json_build_object(
    'id', r.id, 'version', r.version, 'reference', r.reference, 'state', r.state, 'stage', ${STAGE}, 'route', r.route,
    'client', case when c.id is not null then json_build_object(
      'id', c.id, 'standing', c.standing, 'nhsNumber', c.nhs_number, 'firstName', c.first_name, 'lastName', c.last_name,
      'knownAs', c.known_as, 'dateOfBirth', c.date_of_birth, 'safetyFlag', c.safety_flag,
      'accessNeeds', c.access_needs) end,
    'reasons', r.reasons,
    'owner', case when r.owner_kind is not null then json_build_object(
      'kind', r.owner_kind, 'membershipId', r.owner_id, 'name', p.name) end,
    'nextAt', ${moment(sql`r.next_at`)}, 'nextKind', r.next_kind, 'overdue', coalesce(r.next_at <= ${now}, false),
    'organisationName', o.name, 'sentAt', ${moment(sql`r.sent_at`)}, 'endedAt', ${moment(sql`r.ended_at`)})::text as line`;

const LINE_JOINS: Sql = sql`
  left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
  left join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id
  left join membership m on m.id = r.owner_id
  left join user_profile p on p.scheme_id = r.scheme_id and p.account_id = m.account_id`;

/** `from` is null where somebody asked for support for themselves. */
export interface LastReceived extends Record<string, unknown> {
  at: Date;
  from: string | null;
}

interface Lined {
  line: string;
}

type LineRow = Lined & { id: string };

type ViewRow = Lined & ReferralRow & SentAs & ViewExtras;

export type WrittenReferral = Plain<SentReferralLine> & { person: ClientRow };

interface ViewExtras {
  hears: Feedback;
  held: boolean;
  otherOpen: boolean;
  agreed: boolean;
  reopenDays: number;
  joined: ReferralView['joined'];
}

type SentRow = Pick<
  ReferralRow,
  'id' | 'version' | 'reference' | 'route' | 'state' | 'sender_name' | 'created_at'
> &
  ToldRow &
  SentAs & { hears: Feedback; lastAct: { what: LastAct; at: string; by: string | null } | null };

@Injectable()
export class ReferralsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** In full for those who work for the scheme; as told for whoever sent it. */
  async get(actor: MemberActor, id: string): Promise<ReferralView | SentReferralView> {
    const view = await this.find(actor, id);
    if (!view) throw Refusal.notFound();
    return view;
  }

  /** For whoever gave it to somebody else: it may be out of their own reach now, and that is no failure. */
  async afterHandingOver(
    actor: MemberActor,
    id: string,
  ): Promise<ReferralView | SentReferralView | HandedOver> {
    return (await this.find(actor, id)) ?? { id, handedOver: true };
  }

  private async find(actor: MemberActor, id: string): Promise<ReferralView | SentReferralView | null> {
    const reach = reachFor(actor, 'referral.get');
    if (reach !== 'organisation') {
      const [row] = await this.view(actor, id);
      if (row) return fullView(row, actor, this.clock.now());
    }
    const within = referralWithin(actor, reachFor(actor, 'referral.draft'), this.clock.now());
    const [sent] = await this.read<SentRow & ReferralRow & { saidDied: boolean }>(
      actor,
      'referral.get',
      sql`select r.*, h.hears, ${SENT_AS}, ${LAST_OWN_ACT} as "lastAct", ${SAID_DIED} as "saidDied" from referral r
        left join client s on s.scheme_id = r.scheme_id and s.id = r.sent_client_id
        cross join lateral (select ${HEARS} as hears) h
        where r.scheme_id = ${actor.schemeId} and r.id = ${id} and ${within}`,
      { id },
    );
    return sent ? sentView(sent) : null;
  }

  /**
   * The person of one's own organisation's referral, as it wrote them then: whatever anybody else has changed since is taken
   * back, and nothing is told of what came later.
   */
  async asWritten(actor: MemberActor, id: string): Promise<WrittenReferral> {
    if (reachFor(actor, 'referral.list') !== 'organisation') throw Refusal.notFound();
    const within = referralWithin(actor, 'organisation', this.clock.now());
    const [row] = await this.read<SentRow & { person: ClientRow }>(
      actor,
      'referral.get',
      sql`select r.id, r.version, r.reference, r.route, r.state, r.sender_name, r.created_at, r.client_id, ${TOLD_COLUMNS}, h.hears, ${SENT_AS}, ${LAST_OWN_ACT} as "lastAct",
          (select to_jsonb(row) from (select ${CLIENT_COLUMNS} from client c
            where c.scheme_id = r.scheme_id and c.id = s.id) row) as person
        from referral r
        join client s on s.scheme_id = r.scheme_id and s.id = r.sent_client_id
        cross join lateral (select ${HEARS} as hears) h
        where r.scheme_id = ${actor.schemeId} and r.id = ${id} and r.state <> 'entered_in_error' and ${within}`,
      { id },
    );
    if (!row) throw Refusal.notFound();
    return { ...sentLine(row), person: firstWritten(row.person, row.changedSince) };
  }

  private view(actor: MemberActor, id: string): Promise<ViewRow[]> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'referral.get'), now);
    return this.read<ViewRow>(
      actor,
      'referral.get',
      sql`select r.*, ${lineAt(now)}, ${SENT_AS}, h.hears, ${heldClient(actor, sql`r.client_id`, now)} as held,
          exists (select 1 from referral other where other.scheme_id = r.scheme_id and other.client_id = r.client_id
            and other.id <> r.id
            and other.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')) as "otherOpen",
          ${agreesToSupport(sql`r.scheme_id`, sql`r.client_id`)} as agreed,
          coalesce((select (settings ->> 'reopenDays')::int from scheme where id = r.scheme_id),
            ${DEFAULT_SETTINGS.reopenDays}) as "reopenDays",
          (select coalesce(jsonb_agg(jsonb_build_object('id', j.id, 'reference', j.reference,
              'organisationName', jo.name, 'sentAt', j.sent_at, 'reasons', j.reasons, 'reasonNote', j.reason_note,
              'note', j.note) order by j.id), '[]')
            from referral j left join organisation jo on jo.scheme_id = j.scheme_id and jo.id = j.organisation_id
            where j.scheme_id = r.scheme_id and j.joined_into = r.id) as joined
        from referral r ${LINE_JOINS}
        left join client s on s.scheme_id = r.scheme_id and s.id = r.sent_client_id
        cross join lateral (select ${HEARS} as hears) h
        where r.scheme_id = ${actor.schemeId} and r.id = ${id} and ${within}`,
      { id },
    );
  }

  /**
   * A practice's own, newest first, as told; for the scheme every referral in reach. `only` narrows it further, by what a
   * module above knows of `referral r`.
   */
  list(
    actor: MemberActor,
    query: ReferralsQuery,
    only: Sql = sql`true`,
  ): Promise<Page<SentReferralLine> | Page<ReferralLine>> {
    return this.lines(actor, query, only);
  }

  /**
   * The same of one person or one reference. A sender finds people as it sent them, joined records included: that one
   * of them is missing would tell that they are known here.
   */
  search(
    actor: MemberActor,
    input: ReferralSearchInput,
  ): Promise<Page<SentReferralLine> | Page<ReferralLine>> {
    const { reference, limit, after } = input;
    const page = Object.assign(new ReferralsQuery(), { limit, after });
    if (reference !== undefined)
      return this.lines(actor, page, sql`r.reference in (${reference}, ${reference.toUpperCase()})`);
    if (reachFor(actor, 'referral.list') === 'organisation') return this.searchSent(actor, page, input);
    return this.lines(
      actor,
      page,
      sql`r.client_id in (select c.id from client c where c.scheme_id = ${actor.schemeId} and ${soughtBy(input)})`,
    );
  }

  /** By what the sender wrote: whoever could be found by what others corrected since would learn what that is. */
  private async searchSent(
    actor: MemberActor,
    page: ReferralsQuery,
    input: ReferralSearchInput,
  ): Promise<Page<SentReferralLine> | Page<ReferralLine>> {
    const rows = await this.database.read<SentAs & { id: string } & Record<string, unknown>>(
      actor.schemeId,
      sql`select r.id, ${SENT_AS}
        from (
          select c.id from client c where c.scheme_id = ${actor.schemeId} and ${soughtBy(input, sql`true`)}
          union
          select e.client_id from client_history e where e.scheme_id = ${actor.schemeId} and e.renamed
        ) likely
        join client s on s.scheme_id = ${actor.schemeId} and s.id = likely.id
        join referral r on r.scheme_id = s.scheme_id and r.sent_client_id = s.id
        where ${referralWithin(actor, 'organisation', this.clock.now())}`,
    );
    const ids = rows.filter((row) => isSought(sentAs(row), input)).map(({ id }) => id);
    return this.lines(actor, page, sql`r.id = any(${ids}::uuid[])`);
  }

  private async lines(
    actor: MemberActor,
    query: ReferralsQuery,
    which: Sql,
  ): Promise<Page<SentReferralLine> | Page<ReferralLine>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const asSent = reachFor(actor, 'referral.list') === 'organisation';
    const { order, after } = inOrder(asSent ? SENT_ORDERS : ORDERS, query.sort ?? '-made', {
      id: sql`r.id`,
      rows: sql`${asSent ? SENT_TABLES : TABLES} where r.scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const asked = referralsAsked(actor, query, this.clock.now());
    if (asSent) {
      const rows = await this.read<SentRow>(
        actor,
        'referral.list',
        sql`select r.id, r.version, r.reference, r.route, r.state, r.sender_name, r.created_at, r.client_id, ${TOLD_COLUMNS}, h.hears, ${SENT_AS},
            ${LAST_OWN_ACT} as "lastAct"
          from ${SENT_TABLES} where ${asked} and ${which} and ${after}
          order by ${order} limit ${limit + 1}`,
        { shows: limit },
      );
      const page = pageOf(rows, limit, (row) => [row.id]);
      return { items: page.items.map(sentLine), next: page.next };
    }
    const rows = await this.read<LineRow>(
      actor,
      'referral.list',
      sql`select r.id, r.client_id, ${lineAt(this.clock.now())} from referral r ${LINE_JOINS}
        where ${asked} and ${which} and ${after} order by ${order} limit ${limit + 1}`,
      { shows: limit },
    );
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map(lineOf), next: page.next };
  }

  /** How many the list has. Numbers only: nobody is shown. */
  async count(actor: MemberActor, query: ReferralsQuery, only: Sql = sql`true`): Promise<number> {
    const tables = reachFor(actor, 'referral.list') === 'organisation' ? SENT_TABLES : TABLES;
    const few = sql`select 1 from ${tables}
      where ${referralsAsked(actor, query, this.clock.now())} and ${only}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  /** What was begun and not sent yet, newest first: an organisation's own, a worker's own, for managers everybody's. */
  async drafts(actor: MemberActor, { after, limit = DEFAULT_LIMIT }: PageQuery): Promise<Page<DraftLine>> {
    const within = referralWithin(actor, reachFor(actor, 'referral.draft'), this.clock.now());
    const before = beforeId(after);
    const rows = await this.read<Omit<DraftLine, 'client'> & SentAs & { client_id: null }>(
      actor,
      'referral.list',
      sql`select r.id, r.version, r.reference, r.client_id, ${SENT_AS}, ${memberName(sql`r.scheme_id`, sql`r.author_id`)} as "writtenBy",
          o.name as "organisationName", r.created_at as "createdAt", r.updated_at as "updatedAt"
        from referral r
        left join client s on s.scheme_id = r.scheme_id and s.id = r.sent_client_id
        left join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id
        where r.scheme_id = ${actor.schemeId} and r.state = 'draft' and ${within}
          and (${before}::uuid is null or r.id < ${before}::uuid)
        order by r.id desc limit ${limit + 1}`,
      { shows: limit },
    );
    const page = pageOf(rows, limit, (row) => [row.id]);
    return {
      items: page.items.map(
        ({ id, version, reference, writtenBy, organisationName, createdAt, updatedAt, ...row }) => ({
          id,
          version,
          reference,
          client: sentAs(row),
          writtenBy,
          organisationName,
          createdAt,
          updatedAt,
        }),
      ),
      next: page.next,
    };
  }

  /** All of one person, for those who work for the scheme: newest first, the open one among them. */
  async ofPerson(actor: MemberActor, clientId: string): Promise<ReferralLine[]> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'caseload.list'), now);
    const rows = await this.read<LineRow>(
      actor,
      'caseload.list',
      sql`select r.id, r.client_id, ${lineAt(now)} from referral r ${LINE_JOINS}
        where r.scheme_id = ${actor.schemeId} and r.client_id = ${clientId} and ${within}
        order by r.id desc limit ${MOST_OF_PERSON}`,
      { shows: MOST_OF_PERSON },
    );
    return rows.map(lineOf);
  }

  /** Those of these in reach, however few, in the order they were named. */
  async some(actor: MemberActor, ids: readonly string[]): Promise<ReferralLine[]> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'caseload.list'), now);
    const rows = await this.read<LineRow>(
      actor,
      'caseload.list',
      sql`select r.id, r.client_id, ${lineAt(now)} from referral r ${LINE_JOINS}
        where r.scheme_id = ${actor.schemeId} and r.id = any(${[...ids]}::uuid[]) and ${within}
        order by array_position(${[...ids]}::uuid[], r.id)`,
      { shows: ids.length },
    );
    return rows.map(lineOf);
  }

  /**
   * By next date, what is most overdue first, unless another order is asked for. `only` narrows it further, by what a
   * module above knows of `referral r`.
   */
  async caseload(actor: MemberActor, query: CaseloadQuery, only: Sql = empty): Promise<Page<ReferralLine>> {
    const { items, next } = await this.caseloadRows(actor, query, only);
    return { items: items.map(lineOf), next };
  }

  /** The same as JSON. */
  async caseloadText(actor: MemberActor, query: CaseloadQuery): Promise<string> {
    const { items, next } = await this.caseloadRows(actor, query, empty);
    return `{"items":[${items.map(({ line }) => line).join(',')}],"next":${JSON.stringify(next)}}`;
  }

  private async caseloadRows(actor: MemberActor, query: CaseloadQuery, only: Sql): Promise<Page<LineRow>> {
    const now = this.clock.now();
    const limit = query.limit ?? DEFAULT_LIMIT;
    const sort = query.sort ?? 'next';
    const states = query.state ?? null;
    const { order, after } = inCaseloadOrder(sort, actor.schemeId, query.after);
    const rows = await this.read<LineRow>(
      actor,
      'caseload.list',
      sql`select r.id, r.client_id, ${lineAt(now)} from referral r ${LINE_JOINS}
        where ${inCaseload(actor, query, now)} and ${after}
          and (${states}::text[] is null or r.state = any(${states}::text[])) ${only}
        order by ${order} limit ${limit + 1}`,
      { shows: limit },
    );
    return pageOf(rows, limit, (row) =>
      isByNext(sort) ? [lineOf(row).nextAt?.toISOString() ?? null, row.id] : [row.id],
    );
  }

  /** A worker's referrals that ended and are still in reach, the latest ending first. */
  async ended(actor: MemberActor, query: CaseloadQuery): Promise<Page<ReferralLine>> {
    const now = this.clock.now();
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { order, after } = inOrder(ENDED_ORDERS, query.sort ?? '-next', {
      id: sql`r.id`,
      rows: sql`${TABLES} where r.scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const rows = await this.read<LineRow>(
      actor,
      'caseload.list',
      sql`select r.id, r.client_id, ${lineAt(now)} from referral r ${LINE_JOINS}
        where ${endedIn(actor, query, now)} and ${after} order by ${order} limit ${limit + 1}`,
      { shows: limit },
    );
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map(lineOf), next: page.next };
  }

  /** What waits for triage, oldest first unless told, with who it may be: ids and how likely, nothing of theirs. */
  async triage(actor: MemberActor, query: TriageQuery): Promise<Page<TriageLine>> {
    const now = this.clock.now();
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { order, after } = inOrder(TRIAGE_ORDERS, query.sort ?? 'sent', {
      id: sql`r.id`,
      rows: sql`${TABLES} left join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id
        where r.scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const rows = await this.read<TriageRow>(
      actor,
      'referral.triage',
      sql`select r.id, r.client_id, r.sent_at, ${lineAt(now)}, r.risks, r.no_known_risks, r.returned_because, r.returned_missing, c.postcode, c.phone, c.language,
          coalesce(near.candidates, '[]') as candidates
        from referral r ${LINE_JOINS}
        left join lateral (
          select jsonb_agg(jsonb_build_object('id', n.id, 'nhsNumber', n.nhs_number, 'firstName', n.first_name,
            'lastName', n.last_name, 'knownAs', n.known_as, 'dateOfBirth', n.date_of_birth, 'postcode', n.postcode,
            'phone', n.phone, 'openReferralId', (
              select open.id from referral open where open.scheme_id = n.scheme_id and open.client_id = n.id
                and open.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')))) as candidates
          from (${NEAR} limit ${MOST_CANDIDATES}) n
        ) near on c.standing = 'provisional'
        where ${inTriage(actor, query, now)} and ${after} order by ${order} limit ${limit + 1}`,
      { shows: limit },
    );
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map(triageLine), next: page.next };
  }

  async countTriage(actor: MemberActor, query: TriageQuery): Promise<number> {
    const few = sql`select 1 from referral r where ${inTriage(actor, query, this.clock.now())}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  /** When the last referral came and from whom; of nobody in particular. */
  async lastReceived(actor: MemberActor): Promise<LastReceived | null> {
    const within = referralWithin(actor, reachFor(actor, 'referral.triage'), this.clock.now());
    return this.database.maybe<LastReceived>(
      actor.schemeId,
      sql`select r.sent_at as at, o.name as from from referral r
        left join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id
        where r.scheme_id = ${actor.schemeId} and r.sent_at is not null and r.state <> 'entered_in_error' and ${within}
        order by r.sent_at desc limit 1`,
    );
  }

  /** Everything for the scheme; for a sender what it did itself, and what it was told. */
  async history(actor: MemberActor, id: string, query: PageQuery): Promise<Page<HistoryEntry>> {
    const reach = reachFor(actor, 'referral.get');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = beforeId(query.after);
    const within = referralWithin(actor, reach, this.clock.now());
    const rows = await this.read<Plain<Omit<HistoryEntry, 'id'>> & { id: string | null }>(
      actor,
      'referral.get',
      sql`select r.client_id, e.* from referral r
        left join lateral (
          select h.id, h.at, h.action, ${
            reach === 'organisation' ? sql`null` : sql`h.from_state`
          } as "from", ${reach === 'organisation' ? sql`null` : sql`h.to_state`} as "to", ${
            reach === 'organisation'
              ? sql`case when h.action <> 'return' and by_member.organisation_id = r.organisation_id then who.name end`
              : sql`coalesce(who.name, h.actor_name)`
          } as "by", h.reason, h.side, h.note, ${
            reach === 'organisation' ? sql`'{}'::jsonb` : sql`h.details`
          } as details
          from referral_history h
          left join membership by_member on by_member.id = h.actor_id
          left join user_profile who on who.scheme_id = h.scheme_id and who.account_id = by_member.account_id
          where h.scheme_id = r.scheme_id and h.referral_id = r.id
            and (${after}::uuid is null or h.id > ${after}::uuid) and ${reach === 'organisation' ? OWN_ACTS : sql`true`}
          order by h.id limit ${limit + 1}
        ) e on true
        where r.scheme_id = ${actor.schemeId} and r.id = ${id} and ${within}`,
      { id },
    );
    if (rows.length === 0) throw Refusal.notFound();
    // An absent history still gives the referral's own row, so that it is not taken for an absent referral.
    const entries = rows.filter((row): row is Plain<HistoryEntry> => row.id !== null);
    const page = pageOf(entries, limit, (entry) => [entry.id]);
    return { items: page.items.map(entryOf), next: page.next };
  }

  private read<Row extends object>(
    actor: MemberActor,
    action: Action,
    page: Sql,
    of: { id?: string; shows?: number },
  ): Promise<Row[]> {
    const { id, ...shows } = of;
    const fact = id === undefined ? { action, ...shows } : { action, subject: { kind: 'referral', id } };
    return this.database.read<Row>(actor.schemeId, auditedRead(actor, this.clock.now(), fact, page));
  }
}

/** One a year for a lifetime. */
const MOST_OF_PERSON = 100;

/** One shared surname and birth date never comes near this. */
const MOST_CANDIDATES = 20;

/** Whoever may be the person `c` of a referral: found by equality on stored keys, judged by `matchesAmong`. */
const NEAR: Sql = sql`
  select n.* from client n
  join (
    select id from client k where k.scheme_id = c.scheme_id and k.nhs_number = c.nhs_number
    union
    select id from client k
    where k.scheme_id = c.scheme_id and k.last_name_sound = c.last_name_sound and k.date_of_birth = c.date_of_birth
    union
    select id from client k
    where k.scheme_id = c.scheme_id and k.last_name_key = c.last_name_key and k.first_name_key = c.first_name_key
    union
    select id from client k where k.scheme_id = c.scheme_id and k.date_of_birth = c.date_of_birth
      and (k.postcode = c.postcode or k.phone = c.phone or k.first_name_key = c.first_name_key)
  ) k on k.id = n.id
  where n.scheme_id = c.scheme_id and n.id <> c.id and n.standing <> 'merged'`;

interface Candidate extends MatchFacts {
  id: string;
  openReferralId: string | null;
}

type TriageRow = LineRow &
  Pick<ReferralRow, 'sent_at' | 'risks' | 'no_known_risks' | 'returned_because' | 'returned_missing'> & {
    postcode: string | null;
    phone: string | null;
    language: string | null;
    candidates: Candidate[];
  };

/** Whose caseload: their own or one they cover for a link worker; for a manager whoever is named, or everybody's (null). */
function ownerAsked(actor: MemberActor, worker: string | undefined): string | null {
  if (reachFor(actor, 'caseload.list') === 'scheme') return worker ?? null;
  const owner = worker ?? actor.membershipId;
  if (!actor.actsFor.includes(owner)) throw Refusal.notFound();
  return owner;
}

function ownedBy(actor: MemberActor, worker: string | undefined): Sql {
  const owner = ownerAsked(actor, worker);
  return owner === null ? sql`true` : sql`r.owner_id = ${owner}`;
}

/** The filters of a caseload but its state, whether open or ended. */
function narrowedCaseload(query: CaseloadQuery, now: Date): Sql {
  const { overdue, reason, organisationId, language, openDays } = query;
  return sql`
    ${overdue === undefined ? empty : overdue ? sql`and r.next_at <= ${now}` : sql`and r.next_at > ${now}`}
    ${reason === undefined ? empty : sql`and r.reasons && ${reason}::text[]`}
    ${organisationId === undefined ? empty : sql`and r.organisation_id = ${organisationId}`}
    ${
      language === undefined
        ? empty
        : sql`and exists (select 1 from client s
            where s.scheme_id = r.scheme_id and s.id = r.client_id and s.language = ${language})`
    }
    ${openDays === undefined ? empty : sql`and r.sent_at < ${atLondon(addDays(londonDate(now), 1 - openDays), '00:00')}`}`;
}

/** Which `referral r` a caseload holds, whatever their state. */
export const inCaseload = (actor: MemberActor, query: CaseloadQuery, now: Date): Sql => sql`
  r.scheme_id = ${actor.schemeId} and r.owner_kind = 'worker' and ${ownedBy(actor, query.worker)}
  ${narrowedCaseload(query, now)}`;

/** Which `referral r` it held, of those that ended and are still in reach. */
export function endedIn(actor: MemberActor, query: CaseloadQuery, now: Date): Sql {
  const worker = ownerAsked(actor, query.worker) ?? actor.membershipId;
  return sql`
    r.scheme_id = ${actor.schemeId} and r.state in ('closed', 'withdrawn')
    and r.id in (
      select a.referral_id from referral_assignment a
      where a.scheme_id = ${actor.schemeId} and a.owner_id = ${worker} and a.ends_at is not null)
    and ${referralWithin(actor, reachFor(actor, 'caseload.list'), now)} ${narrowedCaseload(query, now)}`;
}

function inTriage(actor: MemberActor, { state }: TriageQuery, now: Date): Sql {
  const within = referralWithin(actor, reachFor(actor, 'referral.triage'), now);
  return sql`r.scheme_id = ${actor.schemeId} and r.owner_kind = 'triage' and ${within}
    and ${state === undefined ? sql`true` : sql`r.state = any(${state}::text[])`}`;
}

function referralsAsked(actor: MemberActor, query: ReferralsQuery, now: Date): Sql {
  const reach = reachFor(actor, 'referral.list');
  const status = reach === 'organisation' ? SHOWN_STATUS : sql`r.told_status`;
  const statuses = query.status ?? null;
  const longAgo = atLondon(addDays(londonDate(now), -LONG_WAIT_DAYS), '00:00');
  return sql`r.scheme_id = ${actor.schemeId} and ${referralWithin(actor, reach, now)}
    and (${statuses}::text[] is null or ${status} = any(${statuses}::text[])) ${narrowed(actor, query, status, longAgo)}
    ${reach === 'organisation' && query.waiting === true ? sql`and h.hears <> 'nothing'` : empty}`;
}

const TABLES = sql`referral r left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id`;

/** As their sender has them. */
const SENT_TABLES = sql`referral r
  left join client s on s.scheme_id = r.scheme_id and s.id = r.sent_client_id
  cross join lateral (select ${HEARS} as hears) h`;

const BY_NAME = [sql`coalesce(c.last_name_key, '')`, sql`coalesce(c.first_name_key, '')`];

const ORDERS: Orders<ReferralSort> = { made: [], name: BY_NAME, status: [sql`r.told_status`] };
const SENT_ORDERS: Orders<ReferralSort> = {
  made: [],
  name: [writtenName('lastName'), writtenName('firstName')],
  status: [SHOWN_STATUS],
};
const CASELOAD_ORDERS: Orders<CaseloadSort> = {
  next: [sql`r.next_at`],
  sent: [sql`r.sent_at`],
  name: BY_NAME,
  state: [STAGE_PLACE, sql`r.next_at`],
};
const ENDED_ORDERS: Orders<CaseloadSort> = { ...CASELOAD_ORDERS, next: [sql`r.ended_at`] };
const TRIAGE_ORDERS: Orders<TriageSort> = {
  sent: [sql`r.sent_at`],
  name: BY_NAME,
  from: [sql`coalesce(lower(o.name), '')`, sql`r.sent_at`],
};

const isByNext = (sort: Sort<CaseloadSort>): boolean => sort === 'next' || sort === '-next';

/** A next date is moved while somebody reads on, so that the cursor holds the date itself. */
function inCaseloadOrder(sort: Sort<CaseloadSort>, schemeId: string, after: string | undefined) {
  const rows = sql`${TABLES} where r.scheme_id = ${schemeId}`;
  if (!isByNext(sort))
    return inOrder(CASELOAD_ORDERS, sort, { id: sql`r.id`, rows, last: decodeIdCursor(after) });
  const { order } = inOrder(CASELOAD_ORDERS, sort, { id: sql`r.id`, rows, last: null });
  const [at, id] = decodeMomentCursor(after);
  if (at === null) return { order, after: sql`true` };
  const beyond = sort === 'next' ? sql`>` : sql`<`;
  return { order, after: sql`(r.next_at, r.id) ${beyond} (${at}::timestamptz, ${id}::uuid)` };
}

function beforeId(after: string | undefined): string | null {
  if (after === undefined) return null;
  const [id] = decodeCursor(after, 1);
  if (typeof id !== 'string' || !isUuid(id)) {
    throw Refusal.invalidField('after', 'Use the `next` of the page before, unchanged');
  }
  return id;
}

/** Told by the sender's own acts. */
const OWN_STATUS: readonly ToldStatus[] = ['draft', 'sent', 'returned'];

/** The sender's own last act, unless it was told since where it stands. Its own withdrawal is both. */
function lastOf({ lastAct }: SentRow, told: { status: ToldStatus; at: Date }): SentReferralLine['last'] {
  const status = { what: 'status' as const, at: told.at, by: null };
  if (lastAct === null) return status;
  const act = { ...lastAct, at: new Date(lastAct.at) };
  const own = act.what === 'withdraw' || OWN_STATUS.includes(told.status) || act.at > told.at;
  return own ? act : status;
}

function sentLine(row: SentRow): Plain<SentReferralLine> {
  const told = toldTo(row, row.hears);
  return {
    id: row.id,
    reference: row.reference,
    client: sentAs(row),
    status: told.status,
    statusText: STATUS_WORDS[told.status],
    statusAt: told.at,
    why: told.why,
    whyText: told.why && WHY_WORDS[told.why],
    result: told.result as SentReferralLine['result'],
    last: lastOf(row, told),
    sentBy: row.sender_name,
    sentAt: row.sent_at,
    createdAt: row.created_at,
  };
}

function sentView(row: SentRow & ReferralRow & { saidDied: boolean }): SentReferralView {
  const told = toldTo(row, row.hears);
  return {
    ...sentLine(row),
    version: row.told_status === 'draft' ? row.version : null,
    route: row.route,
    sender: { name: row.sender_name ?? '', role: row.sender_role, contact: row.sender_contact },
    reasons: (row.as_sent?.reasons ?? row.reasons) as Need[],
    reasonNote: row.reason_note,
    note: row.note,
    risks: row.as_sent?.risks ?? row.risks,
    noKnownRisks: row.as_sent?.noKnownRisks ?? row.no_known_risks,
    riskNote: row.risk_note,
    feedback: row.hears,
    externalId: row.external_id,
    acceptedAt: told.acceptedAt,
    firstContactAt: told.reachedAt,
    outcome: told.outcome,
    saidDied: row.saidDied,
    returned: told.status === 'returned' ? returnedOf(row) : null,
    draft: row.draft,
    allowed: [...SENDER_ALLOWED[told.status]],
  };
}

const returnedOf = (row: {
  returned_because: string | null;
  returned_missing: string[];
}): ReturnedView | null =>
  row.returned_because === null
    ? null
    : { missing: row.returned_missing as Missing[], message: row.returned_because };

function lineOf({ line }: Lined): Plain<ReferralLine> {
  const read = JSON.parse(line) as Written<ReferralLine>;
  return {
    ...read,
    nextAt: momentOf(read.nextAt),
    sentAt: momentOf(read.sentAt),
    endedAt: momentOf(read.endedAt),
  };
}

const momentOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

function triageLine(row: TriageRow): TriageLine {
  const line = lineOf(row);
  const matches = line.client
    ? matchesAmong(
        { ...(line.client as Plain<ReferralPerson>), postcode: row.postcode, phone: row.phone },
        row.candidates,
      )
    : [];
  return {
    ...line,
    risks: row.risks,
    noKnownRisks: row.no_known_risks,
    language: row.language,
    district: districtOf(row.postcode),
    returned: line.state === 'returned' ? returnedOf(row) : null,
    matches: matches.map(({ candidate, likelihood }) => ({
      clientId: candidate.id,
      likelihood,
      openReferralId: candidate.openReferralId,
    })),
  };
}

function fullView(row: ViewRow, actor: MemberActor, now: Date): ReferralView {
  const ended = row.ended_at !== null && row.state !== 'joined';
  return {
    ...lineOf(row),
    version: row.version,
    sentAs: row.sent_client_id === null && row.draft === null ? null : sentAs(row),
    organisationId: row.organisation_id,
    sender:
      row.sender_name === null
        ? null
        : { name: row.sender_name, role: row.sender_role, contact: row.sender_contact },
    reasonNote: row.reason_note,
    note: row.note,
    risks: row.risks,
    noKnownRisks: row.no_known_risks,
    riskNote: row.risk_note,
    agreementId: row.agreement_id,
    feedback: row.feedback,
    hears: row.hears,
    externalId: row.external_id,
    samePersonAs: row.same_person_as,
    heldFrom: row.held_from,
    returned: row.state === 'returned' ? returnedOf(row) : null,
    returnedAt: row.returned_at,
    acceptedAt: row.accepted_at,
    allocatedAt: row.allocated_at,
    begunAt: row.begun_at,
    ending: ended
      ? {
          reason: row.end_reason,
          side: row.end_side,
          note: row.end_note,
          result: row.result,
          mayAskAgain: row.may_ask_again,
        }
      : null,
    originalClosing: row.original_closing satisfies Closing | null,
    joinedInto: row.joined_into,
    joined: row.joined,
    told: { status: row.told_status, at: row.told_at, why: row.told_why },
    draft: row.draft,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    allowed: allowedVerbs(
      {
        state: row.state,
        route: row.route,
        endedAt: row.ended_at,
        otherOpen: row.otherOpen,
        agreed: row.agreed,
        held: row.held,
        authored: row.author_id === actor.membershipId,
      },
      actor.role,
      { now, reopenDays: row.reopenDays },
    ),
  };
}

const entryOf = ({
  id,
  at,
  action,
  from,
  to,
  by,
  reason,
  side,
  note,
  details,
}: Plain<HistoryEntry>): HistoryEntry => ({
  id,
  at,
  action,
  from,
  to,
  by,
  reason,
  side,
  note,
  details,
});

export interface Ownerless {
  referralId: string;
  because: 'no_owner' | 'no_next_date' | 'owner_left' | 'nobody_reaches' | 'client_merged';
}

/**
 * P1, proved daily: open referrals that nobody would come back to. The database refuses most of it; this also finds an
 * owner who left and a client whom nobody may reach.
 */
export async function ownerlessReferrals(tx: Tx): Promise<Ownerless[]> {
  return tx.rows<Ownerless>(sql`
    select * from (
      select r.id as "referralId", case
        when r.owner_kind is null or (r.owner_kind = 'worker' and r.owner_id is null) then 'no_owner'
        when r.next_at is null or r.next_kind is null then 'no_next_date'
        when r.owner_kind = 'worker' and not exists (
          select 1 from membership m where m.id = r.owner_id and m.scheme_id = r.scheme_id and ${standing(sql`m`)})
          then 'owner_left'
        when not exists (
          select 1 from client_reach h where h.scheme_id = r.scheme_id and h.client_id = r.client_id
            and h.source_id = r.id and h.holder_id = coalesce(r.owner_id, r.scheme_id) and h.until is null)
          then 'nobody_reaches'
        when exists (
          select 1 from client c where c.scheme_id = r.scheme_id and c.id = r.client_id and c.standing = 'merged')
          then 'client_merged'
      end as because
      from referral r
      where r.scheme_id = ${tx.schemeId}
        and r.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')) found
    where because is not null
    order by "referralId"`);
}

/** How many open referrals each of these link workers has; those with none are left out. */
export async function caseloads(tx: Tx, membershipIds: readonly string[]): Promise<Caseload[]> {
  return tx.rows<Caseload>(sql`
    select owner_id as "membershipId", count(*)::int as live from referral
    where scheme_id = ${tx.schemeId} and owner_kind = 'worker' and owner_id = any(${[...membershipIds]}::uuid[])
    group by owner_id`);
}
