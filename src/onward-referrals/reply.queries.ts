import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { LinkActor, MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import type { ListingRow, ListingState, Session } from '../providers/listing.types.js';
import type { AttendanceView, GroupOnwardView, PersonSeen } from './onward.dto.js';
import { OnwardQueries } from './onward.queries.js';
import type { Attendance } from './onward.types.js';
import { lastMetOn } from './register.rules.js';
import { type Details, detailsFor, HOUR_MS } from './reply-link.rules.js';
import { signsInFor } from '../providers/claims.queries.js';
import { answerBefore, saidOf, type SaidByLinkRow } from '../providers/listing-answer.rules.js';
import { groupAddress, type GroupAddress, type GroupFacts } from '../providers/group-address.rules.js';
import { GROUP_FACTS } from '../providers/group-addresses.queries.js';
import { LISTING_EVENTS } from '../providers/listing.events.js';
import { LISTING_COLUMNS, SAID_BY_LINK } from '../providers/listing-row.js';
import { wordsWarnings, type WordsWarning } from '../providers/public-words.rules.js';
import { PERIODS } from '../providers/rhythm.queries.js';
import type { Period } from '../providers/rhythm.types.js';
import type { OpenLink } from './reply-link.types.js';
import type { RegisterView } from './register.dto.js';
import { RegistersQueries } from './registers.queries.js';

/** Whom a group rings: who works with the person, else the scheme. Names and numbers of staff, none of a client. */
export interface WhoToRing {
  scheme: string;
  group: string;
  /** A first name. */
  worker: string | null;
  phone: string | null;
}

/** A view as plain data, which may be taken apart. */
type Plain<View> = { [Name in keyof View]: View[Name] };

export interface ReplyView extends WhoToRing {
  onward: Plain<Omit<GroupOnwardView, 'person'>> & { person: Plain<PersonSeen> };
  details: Details;
  /** The day of which it is asked whether the person came: the last on which the service met, else today. */
  asks: { on: string; said: Attendance | null };
}

export interface ListingCheck extends WhoToRing, ListingRow {
  /** Until when what was last said by link may be taken back. */
  undoUntil: Date | null;
  /** What to look at in words that everybody may read. */
  warnings: WordsWarning[];
  /** What to put right, where it was sent back and not sent again since. */
  returnedBecause: string | null;
  /** Whether somebody of the group has an account. */
  signsIn: boolean;
  /** Where the group is written to; null where nothing leads to it. */
  writtenTo: GroupAddress | null;
}

/** The same as it is read. */
interface ListingCheckRow extends Omit<ListingCheck, 'undoUntil' | 'warnings' | 'writtenTo'>, GroupFacts {
  said: SaidByLinkRow[];
  hours: number | null;
}

/** The register behind a link; null until the code was entered, where one is needed. */
export interface RegisterByLink extends WhoToRing {
  service: string;
  /** YYYY-MM-DD. */
  sessionOn: string;
  sessionAt: string | null;
  register: RegisterView | null;
  /** Until when it may be opened again by whoever finished it too early. */
  undoUntil: Date | null;
}

export type Came = Pick<AttendanceView, 'sessionOn' | 'sessionAt' | 'result'>;

interface RingRow extends WhoToRing {
  safetyFlag: boolean;
  days: number | null;
  schedule: Session[];
  periods: Period[];
  came: Pick<Came, 'sessionOn' | 'result'>[];
}

interface FinishedRow {
  flagged: boolean;
  finalAt: Date | null;
  corrected: boolean;
  hours: number | null;
}

/** What leads a draft on, or back. */
const STAGES = [LISTING_EVENTS.submit, LISTING_EVENTS.publish, LISTING_EVENTS.return, LISTING_EVENTS.reopen];

/** The scheme's own number; from `o`, which has its id. */
export const SCHEME_PHONE = sql`(
  select h.phone from organisation h
  where h.scheme_id = o.scheme_id and h.kind = 'host' and h.phone is not null order by h.id limit 1)`;

/** Letters with fresh links to an address in the last hour: all of them, and those that this link, or whoever typed it (null), asked for. */
export const linksSent = (
  tx: Tx,
  contactPointId: string,
  linkId: string | null,
): Promise<{ mails: number; own: number }> =>
  tx.one(sql`
    select count(distinct l.message_id)::int as mails,
      count(distinct l.message_id) filter (
        where o.payload ->> 'linkId' is not distinct from ${linkId}::text
          and o.payload ->> 'onwardReferralId' is null)::int as own
    from reply_link l left join outbox o on o.id = l.message_id
    where l.scheme_id = ${tx.schemeId} and l.contact_point_id = ${contactPointId} and l.purpose = 'again'
      and l.created_at > ${new Date(tx.now.getTime() - HOUR_MS)}`);

/** What the pages behind a link show. */
@Injectable()
export class ReplyQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly onward: OnwardQueries,
    private readonly registers: RegistersQueries,
  ) {}

  /** P8 and, at a shared address, the code: what is not to be seen yet is not in the answer. */
  async onwardReferral(link: OpenLink, passed: boolean): Promise<ReplyView> {
    const { actor, purpose, shared } = link;
    return this.asFar(actor, await this.onward.byLink(actor), { purpose, shared, passed });
  }

  /** The same for somebody of the group who is signed in, and has an account of their own. */
  async ofMember(actor: MemberActor, id: string, passed: boolean): Promise<ReplyView> {
    const onward = await this.onward.get(actor, id);
    if (!('person' in onward)) throw Refusal.notFound();
    return this.asFar(actor, onward, { purpose: 'again', shared: false, passed });
  }

  private async asFar(
    actor: MemberActor | LinkActor,
    onward: ReplyView['onward'],
    how: Pick<Parameters<typeof detailsFor>[0], 'purpose' | 'shared' | 'passed'>,
  ): Promise<ReplyView> {
    const row = await this.database.maybe<RingRow>(
      actor.schemeId,
      sql`
        select s.name as scheme, g.name as group, split_part(u.name, ' ', 1) as worker,
          coalesce(u.phone, ${SCHEME_PHONE}) as phone, c.safety_flag as "safetyFlag",
          (s.settings ->> 'contactDetailsCalendarDays')::int as days, l.schedule, ${PERIODS} as periods, (
            select coalesce(jsonb_agg(jsonb_build_object('sessionOn', f.session_on, 'result', f.result)), '[]')
            from attendance f where f.scheme_id = o.scheme_id and f.onward_referral_id = o.id) as came
        from onward_referral o
        join scheme s on s.id = o.scheme_id
        join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
        join organisation g on g.scheme_id = o.scheme_id and g.id = o.organisation_id
        join provider p on p.scheme_id = o.scheme_id and p.organisation_id = o.organisation_id
        join client c on c.scheme_id = o.scheme_id and c.id = o.client_id
        join referral r on r.scheme_id = o.scheme_id and r.id = o.referral_id
        left join membership m on m.scheme_id = r.scheme_id and m.id = r.owner_id
        left join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
        where o.scheme_id = ${actor.schemeId} and o.id = ${onward.id}`,
    );
    if (!row) throw Refusal.notFound();
    const { safetyFlag, days, schedule, periods, came, ...ring } = row;
    const now = this.clock.now();
    const on = lastMetOn(schedule, periods, londonDate(onward.offeredAt), now) ?? londonDate(now);
    const said = came.find(({ sessionOn }) => sessionOn === on)?.result ?? null;
    const details = detailsFor(
      {
        step: onward.step,
        ...how,
        answeredAt: onward.answeredAt,
        safetyFlag,
        days: days ?? DEFAULT_SETTINGS.contactDetailsCalendarDays,
      },
      now,
    );
    const person = details === 'shown' ? onward.person : { ...onward.person, fullName: null, contact: null };
    return { ...ring, onward: { ...onward, person }, details, asks: { on, said } };
  }

  /** What the group has said of who came, newest first: of one person. */
  async came(actor: MemberActor | LinkActor, id: string): Promise<Came[]> {
    const facts = await this.onward.attendance(actor, id);
    return facts.toReversed().map(({ sessionOn, sessionAt, result }) => ({ sessionOn, sessionAt, result }));
  }

  async listing(actor: LinkActor | MemberActor, id: string): Promise<ListingCheck> {
    // Behind a link there is what people are told; whoever signs in goes on with a draft as well.
    const states: readonly ListingState[] =
      actor.kind === 'link' ? ['published', 'paused'] : ['draft', 'in_review', 'published', 'paused'];
    const row = await this.database.maybe<ListingCheckRow>(
      actor.schemeId,
      sql`
        select ${LISTING_COLUMNS}, s.name as scheme, o.name as group, null as worker, ${SCHEME_PHONE} as phone,
          ${SAID_BY_LINK} as said, ${signsInFor(sql`l.scheme_id`, sql`l.organisation_id`)} as "signsIn",
          (s.settings ->> 'undoHours')::int as hours, ${GROUP_FACTS}, (
            select h.changes ->> 'reason' from listing_history h
            where h.scheme_id = l.scheme_id and h.listing_id = l.id and h.action = any(${STAGES}::text[])
            order by h.id desc limit 1) as "returnedBecause"
        from listing l
        join scheme s on s.id = l.scheme_id
        join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
        join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
        where l.scheme_id = ${actor.schemeId} and l.id = ${id}
          and l.organisation_id = ${actor.organisationId} and l.state = any(${states}::text[]) and l.taken_back_at is null`,
    );
    if (!row) throw Refusal.notFound();
    const { said, hours, answersBy, contactEmail, contactPhone, organisationEmail, left, ...check } = row;
    const answer = answerBefore(saidOf(said), check, this.clock.now(), hours ?? DEFAULT_SETTINGS.undoHours);
    return {
      ...check,
      undoUntil: answer?.until ?? null,
      warnings: wordsWarnings(row),
      writtenTo: groupAddress({ answersBy, contactEmail, contactPhone, organisationEmail, left }),
    };
  }

  /** For whoever has to ring the scheme. */
  async phone({ actor }: OpenLink): Promise<string | null> {
    const row = await this.database.maybe<{ phone: string | null }>(
      actor.schemeId,
      sql`
        select ${SCHEME_PHONE} as phone from organisation o
        where o.scheme_id = ${actor.schemeId} and o.id = ${actor.organisationId}`,
    );
    return row?.phone ?? null;
  }

  /** A shared address, and a person on it with a safety flag, need the code before anybody is named. */
  async register(
    actor: MemberActor | LinkActor,
    id: string,
    { shared, passed }: { shared: boolean; passed: boolean },
  ): Promise<RegisterByLink> {
    const { schemeId, organisationId } = actor;
    const row = await this.database.maybe<Omit<RegisterByLink, 'register' | 'undoUntil'> & FinishedRow>(
      schemeId,
      sql`
        select s.name as scheme, o.name as group, null as worker, ${SCHEME_PHONE} as phone, l.name as service,
          r.session_on::text as "sessionOn", to_char(r.session_at, 'HH24:MI') as "sessionAt", exists (
            select 1 from onward_referral f join client c on c.scheme_id = f.scheme_id and c.id = f.client_id
            where f.scheme_id = r.scheme_id and f.listing_id = r.listing_id and f.state in ('accepted', 'started')
              and c.safety_flag) as flagged, r.final_at as "finalAt", exists (
            select 1 from register_correction k
            where k.scheme_id = r.scheme_id and k.register_id = r.id) as corrected,
          (s.settings ->> 'undoHours')::int as hours
        from register r
        join listing l on l.scheme_id = r.scheme_id and l.id = r.listing_id
        join scheme s on s.id = r.scheme_id
        join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
        where r.scheme_id = ${schemeId} and r.id = ${id} and l.organisation_id = ${organisationId}`,
    );
    if (!row) throw Refusal.notFound();
    const { flagged, finalAt, corrected, hours, ...facts } = row;
    const hidden = (shared || flagged) && !passed;
    const until = finalAt && new Date(finalAt.getTime() + (hours ?? DEFAULT_SETTINGS.undoHours) * 3_600_000);
    return {
      ...facts,
      register: hidden ? null : await this.registers.get(actor, id),
      undoUntil: until && !corrected && this.clock.now() < until ? until : null,
    };
  }
}
