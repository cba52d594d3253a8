import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import { BY_LINK, type LinkActor, type MemberActor } from '../platform/actor/actor.types.js';
import { atLondon, addDays, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeIdCursor,
  type Page,
  type PageQuery,
  pageOf,
} from '../platform/http/pagination.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow, Session } from '../providers/listing.types.js';
import { ofProviderWithin } from '../providers/provider.reach.js';
import { agreedScopes, calledBy } from './onward-facts.queries.js';
import { OFFER_SCOPE } from './onward.rules.js';
import type { RegisterLine, RegisterPerson, RegisterView } from './register.dto.js';
import { registerWithin } from './register.reach.js';
import { aroundFinal, notBegun, sessionAtOf } from './register.rules.js';
import type { RegisterState } from './register.types.js';

/**
 * The onward referrals `o` that belong on the register of a service and day: taking part now, offered before the day was
 * over, and still agreed to. To a group everybody else is at a step that shows it nobody.
 */
export const onRegister = (listingId: Sql, sessionOn: string): Sql => sql`
  o.listing_id = ${listingId} and o.state in ('accepted', 'started')
  and o.offered_at < ${atLondon(addDays(sessionOn, 1), '00:00')}
  and ${OFFER_SCOPE} = any(${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)})`;

/** What is known of one day of a service: its week, its registers, and when one person is said to have been there. */
const dayOf = (
  tx: Tx,
  listingId: string,
  sessionOn: string,
  onwardReferralId: string | null,
): Promise<{
  schedule: Session[];
  facts: (string | null)[];
  registers: { at: string | null; state: RegisterState }[];
}> =>
  tx.one(sql`
    select l.schedule,
      array(select to_char(a.session_at, 'HH24:MI') from attendance a
        where a.scheme_id = l.scheme_id and a.onward_referral_id = ${onwardReferralId} and a.session_on = ${sessionOn}
        order by a.session_at) as facts,
      (select coalesce(jsonb_agg(jsonb_build_object('at', to_char(r.session_at, 'HH24:MI'), 'state', r.state)
          order by r.session_at), '[]')
        from register r
        where r.scheme_id = l.scheme_id and r.listing_id = l.id and r.session_on = ${sessionOn}) as registers
    from listing l where l.scheme_id = ${tx.schemeId} and l.id = ${listingId}`);

export interface SessionSaid {
  sessionOn: string;
  sessionAt: string | null;
  around: boolean;
}

/**
 * The session that somebody speaks of, where they may have said the day alone: see sessionAtOf. What is known of one person
 * comes before registers. `around`: nobody knows of such a session, and a register of that day is final.
 */
export async function sessionSaid(
  tx: Tx,
  listingId: string,
  { sessionOn, sessionAt: said }: { sessionOn: string; sessionAt?: string | null },
  {
    onwardReferralId = null,
    dayField = 'sessionOn',
  }: { onwardReferralId?: string | null; dayField?: string } = {},
): Promise<SessionSaid> {
  const { schedule, facts, registers } = await dayOf(tx, listingId, sessionOn, onwardReferralId);
  const known = facts.length > 0 ? facts : registers.map(({ at }) => at);
  const sessionAt = said === undefined ? sessionAtOf(sessionOn, known, schedule) : said;
  const because = notBegun(sessionOn, sessionAt, tx.now);
  if (because !== null) throw Refusal.invalidField(said === undefined ? dayField : 'sessionAt', because);
  const session = { sessionOn, sessionAt };
  // What was said of this person before may still be put right.
  return { ...session, around: !facts.includes(sessionAt) && aroundFinal(session, registers, schedule) };
}

const FINAL = 'A manager can put right what is wrong in it.';

export const registerFinal = (): Refusal =>
  Refusal.conflict('register-final', `The register of that session is final. ${FINAL}`);

export const noSuchSession = (): Refusal =>
  Refusal.conflict(
    'register-final',
    `A register of that day is final, and no other session is known. ${FINAL}`,
  );

const nameOf = (schemeId: Sql, membershipId: Sql): Sql => sql`(
  select u.name from membership m
  join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
  where m.scheme_id = ${schemeId} and m.id = ${membershipId})`;

type Row = Omit<RegisterView, 'people' | 'listing'> & {
  client_id: string | null;
  listing: ListingNamedRow;
} & {
  [Field in keyof RegisterPerson]: RegisterPerson[Field] | null;
};

@Injectable()
export class RegistersQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The sessions of a service that have a register, newest first. */
  async list(actor: MemberActor, listingId: string, query: PageQuery): Promise<Page<RegisterLine>> {
    const within = ofProviderWithin(actor, reachFor(actor, 'register.keep'), sql`l.organisation_id`);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const listing = await this.database.maybe(
      actor.schemeId,
      sql`select 1 from listing l where l.scheme_id = ${actor.schemeId} and l.id = ${listingId} and ${within}`,
    );
    if (!listing) throw Refusal.notFound();
    const rows = await this.database.read<RegisterLine & Record<string, unknown>>(
      actor.schemeId,
      sql`
      select r.id, r.session_on::text as "sessionOn", to_char(r.session_at, 'HH24:MI') as "sessionAt", r.state,
        (select count(*)::int from register_correction k
          where k.scheme_id = r.scheme_id and k.register_id = r.id) as corrections
      from register r
      where r.scheme_id = ${actor.schemeId} and r.listing_id = ${listingId}
        and (${before}::uuid is null or (r.session_on, r.id) < (
          select b.session_on, b.id from register b where b.scheme_id = r.scheme_id and b.id = ${before}))
      order by r.session_on desc, r.id desc limit ${limit + 1}`,
    );
    return pageOf(rows, limit, ({ id }) => [id]);
  }

  async get(actor: MemberActor | LinkActor, id: string): Promise<RegisterView> {
    const within = registerWithin(actor, reachFor(actor, 'register.keep'));
    const now = this.clock.now();
    const session = await this.database.maybe<{ on: string }>(
      actor.schemeId,
      sql`select session_on::text as on from register where scheme_id = ${actor.schemeId} and id = ${id}`,
    );
    if (!session) throw Refusal.notFound();
    const rows = await this.database.read<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'register.keep', subject: { kind: 'register', id } },
        sql`
        select p.client_id, r.id, r.version, ${LISTING_NAMED} as listing,
          r.session_on::text as "sessionOn", to_char(r.session_at, 'HH24:MI') as "sessionAt", r.state,
          r.walk_ins as "walkIns", r.final_at as "finalAt",
          case when r.final_at is not null then coalesce(${nameOf(sql`r.scheme_id`, sql`r.final_by`)}, ${BY_LINK}) end
            as "finalBy", p."onwardReferralId", p."calledBy", p.people, p.result, p.came,
          (select coalesce(jsonb_agg(jsonb_build_object('onwardReferralId', k.onward_referral_id, 'was', k.was,
              'result', k.result, 'reason', k.reason,
              'by', ${nameOf(sql`k.scheme_id`, sql`k.corrected_by`)},
              'at', to_char(k.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by k.id), '[]')
            from register_correction k where k.scheme_id = r.scheme_id and k.register_id = r.id) as corrections
        from register r
        join listing l on l.scheme_id = r.scheme_id and l.id = r.listing_id
        left join lateral (
          select o.client_id, o.id as "onwardReferralId", o.people, a.result, a.people as came,
            ${calledBy} as "calledBy"
          from onward_referral o
          join client c on c.scheme_id = o.scheme_id and c.id = o.client_id
          left join attendance a on a.scheme_id = o.scheme_id and a.onward_referral_id = o.id
            and a.session_on = r.session_on and a.session_at is not distinct from r.session_at
          where o.scheme_id = r.scheme_id and ${onRegister(sql`r.listing_id`, session.on)}) p on true
        where r.scheme_id = ${actor.schemeId} and r.id = ${id} and ${within}
        order by p."calledBy", p."onwardReferralId"`,
      ),
    );
    const [first] = rows;
    if (!first) throw Refusal.notFound();
    return {
      id: first.id,
      version: first.version,
      listing: listingNamed(first.listing, londonDate(now)),
      sessionOn: first.sessionOn,
      sessionAt: first.sessionAt,
      state: first.state,
      walkIns: first.walkIns,
      finalAt: first.finalAt,
      finalBy: first.finalBy,
      people: rows.flatMap(({ onwardReferralId, calledBy, people, result, came }) =>
        onwardReferralId === null
          ? []
          : { onwardReferralId, calledBy: calledBy ?? '', people: people ?? 1, result, came },
      ),
      corrections: first.corrections,
    };
  }
}
