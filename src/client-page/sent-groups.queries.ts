import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { MatchingQueries } from '../onward-referrals/matching.queries.js';
import { LAST_SENT } from '../onward-referrals/shortlist-sent.js';
import { LIVE_STATES, type ShortlistAnswer } from '../onward-referrals/onward.types.js';
import { reachFor } from '../permissions/reach.js';
import type { ClientActor, MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { Standing } from '../providers/matching.rules.js';
import type { PublishedService } from '../providers/published-service.types.js';
import { PUBLIC } from '../providers/published-services.queries.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { WORKER_STATES } from '../referrals/referral.types.js';
import { pageNews } from '../reminders/page-news.js';
import { GOES, HAS_GONE } from '../referrals/written-message.fate.js';
import { WAY_COLUMNS, type WayRow, WrittenMessagesQueries } from '../reminders/written-messages.queries.js';
import { mayHaveCode, mayVisit } from './page.rules.js';
import { EVERYBODY_WHO_MAY, visitorOf, type VisitorRead } from './page-visitors.js';
import { CODE_CHANNELS, type CodeChannel } from './page.types.js';
import type { Asked, KeptToSendView, NoEntry, SendingView } from './sent-groups.dto.js';

/** More within a day is a talk, for which there is the telephone. */
export const SENDING_EVERY_MS = 86_400_000;

/** A service as a person was told of it, and what they said. */
export interface SentGroup {
  id: string;
  name: string;
  /** Null: it is not for everybody, or not kept in mind, any more, and nothing but its name is told. */
  told: PublishedService | null;
  sentAt: Date;
  asked: Asked;
  answer: ShortlistAnswer | null;
}

interface Row {
  client_id: string;
  language: string;
  way: WayRow;
  visitor: VisitorRead;
  shared: Record<CodeChannel, boolean>;
  kept: (Pick<KeptToSendView, 'listingId' | 'name' | 'organisationName' | 'answer'> & {
    isOpen: boolean;
    asked: Asked;
    sentAt: string | null;
    waits: boolean | null;
  })[];
  sentToday: boolean;
}

/** Whether the organisation of listing `l` was told of the person of referral `r`, by any referral of theirs. */
const ASKED: Sql = sql`coalesce((
    select case when bool_or(a.state = any(${[...LIVE_STATES]}::text[])) then 'now' else 'before' end
    from onward_referral a
    where a.scheme_id = r.scheme_id and a.client_id = r.client_id and a.organisation_id = l.organisation_id
    having count(*) > 0), 'never')`;

/** A worker who takes a service off suggests it no more, unless its group is asked meanwhile: the answer would be read by nobody. */
const IS_SUGGESTED: Sql = sql`(
  exists (
    select 1 from shortlist_item i
    where i.scheme_id = x.scheme_id and i.referral_id = x.referral_id and i.listing_id = x.listing_id)
  or ${ASKED} <> 'never')`;

/** Since it was sent a place may have to be kept back. */
const NO_PLACE = JSON.stringify({
  address: null,
  postcode: null,
  latitude: null,
  longitude: null,
  radiusMiles: null,
} satisfies Partial<PublishedService>);

/** Of what `sentTo` gives: an answer is still heard. */
export const TO_ANSWER: Sql = sql`told is not null and asked <> 'now'`;

/** Whether somebody other than client `c`, or whom they named, has this address too: then no code goes there. */
const sharedBy = (column: Sql): Sql => sql`(
  exists (
    select 1 from client o
    where o.scheme_id = c.scheme_id and o.${column} = c.${column} and o.id <> c.id and o.standing = 'confirmed'
      and o.merged_into is null and o.death_recorded_at is null)
  or exists (
    select 1 from supporter o
    where o.scheme_id = c.scheme_id and o.${column} = c.${column} and o.ended_at is null))`;

/**
 * What the person `actor` was sent, the newest of each service, once its message is on its way: until then it can be taken
 * back. Of referrals that a worker has, who would hear an answer.
 */
export function sentTo(actor: ClientActor, now: Date): Sql {
  const within = referralWithin(actor, reachFor(actor, 'shortlist.list'), now);
  return sql`
    select distinct on (x.listing_id) x.id, x.told ->> 'name' as name, x.answer, w.written_at as "sentAt", ${ASKED} as asked,
      case when ${PUBLIC} and ${IS_SUGGESTED} then x.told || case when l.withhold_location then ${NO_PLACE}::jsonb else '{}' end end as told
    from referral r
    join shortlist_sent x on x.scheme_id = r.scheme_id and x.referral_id = r.id
    join written_message w on w.scheme_id = x.scheme_id and w.id = x.written_message_id
    join listing l on l.scheme_id = x.scheme_id and l.id = x.listing_id
    join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
    join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    where r.scheme_id = ${actor.schemeId} and ${within} and r.state = any(${[...WORKER_STATES]}::text[])
      and ${HAS_GONE}
    order by x.listing_id, x.id desc`;
}

@Injectable()
export class SentGroupsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly matching: MatchingQueries,
    private readonly written: WrittenMessagesQueries,
  ) {}

  /** What of that which is kept in mind may be sent to the person, by which way, and how the message reads. */
  async sending(actor: MemberActor, referralId: string): Promise<SendingView> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'shortlist.list'), now);
    const standings = await this.matching.keptStandings(actor, referralId);
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'writtenMessage.list', subject: { kind: 'referral', id: referralId } },
        sql`
        select c.id as client_id, c.language,
          (select to_jsonb(one) from (select ${WAY_COLUMNS}) one) as way,
          (select to_jsonb(one) from (select ${EVERYBODY_WHO_MAY}) one) as visitor,
          jsonb_build_object('text', ${sharedBy(sql`phone`)}, 'email', ${sharedBy(sql`email_key`)}) as shared,
          coalesce((
            select jsonb_agg(jsonb_build_object('listingId', l.id, 'name', l.name, 'organisationName', o.name,
              'isOpen', ${PUBLIC}, 'asked', ${ASKED}, 'sentAt', last.written_at,
              'waits', last.waits, 'answer', last.answer) order by l.name, l.id)
            from shortlist_item i
            join listing l on l.scheme_id = i.scheme_id and l.id = i.listing_id
            join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
            join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
            left join lateral (${LAST_SENT}) last on true
            where i.scheme_id = r.scheme_id and i.referral_id = r.id), '[]') as kept,
          exists (
            select 1 from shortlist_sent x
            join written_message w on w.scheme_id = x.scheme_id and w.id = x.written_message_id
            where x.scheme_id = r.scheme_id and x.referral_id = r.id and ${GOES}
              and w.written_at > ${new Date(now.getTime() - SENDING_EVERY_MS)}) as "sentToday"
        from referral r
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        join scheme h on h.id = c.scheme_id
        left join page_visitor v on v.scheme_id = c.scheme_id and v.client_id = c.id and v.supporter_id is null
        left join supporter s on s.scheme_id = v.scheme_id and s.id = v.supporter_id
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return {
      ways: this.waysOf(row, londonDate(now)),
      groups: row.kept.map((one) => keptView(one, standings.get(one.listingId))),
      sentToday: row.sentToday,
      words: pageNews(row.language, this.config.publicUrl),
    };
  }

  /** For the person, newest first. */
  async sent(actor: ClientActor): Promise<SentGroup[]> {
    const now = this.clock.now();
    const rows = await this.database.read<
      { id: string | null } & Omit<SentGroup, 'id'> & { client_id: string }
    >(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'page.groups', subject: { kind: 'client', id: actor.clientId } },
        sql`
        select ${actor.clientId}::uuid as client_id, sent.*
        from (select 1) one left join lateral (${sentTo(actor, now)}) sent on true
        order by sent."sentAt" desc, sent.id`,
      ),
    );
    return rows.flatMap(({ id, name, told, sentAt, asked, answer }) =>
      id === null
        ? []
        : [
            {
              id,
              name,
              told: told && { ...told, modifiedAt: new Date(told.modifiedAt) },
              sentAt,
              asked,
              answer,
            },
          ],
    );
  }

  private waysOf({ way, visitor, shared }: Row, today: string): SendingView['ways'] {
    const ways = this.written.waysOf(way);
    const person = visitorOf(visitor);
    const noEntry = (channel: CodeChannel): NoEntry | null => {
      if (!mayVisit(person, 'code', today)) return 'no_page';
      return mayHaveCode(person, channel, today) && !shared[channel] ? null : 'no_code';
    };
    return CODE_CHANNELS.map((channel) => ({
      channel,
      because: ways.find((one) => one.channel === channel)?.because ?? noEntry(channel),
    }));
  }
}

const keptView = (
  { isOpen, asked, sentAt, waits, ...kept }: Row['kept'][number],
  standing: Standing | undefined,
): KeptToSendView => ({
  ...kept,
  because: !isOpen
    ? 'not_open'
    : standing === undefined || standing === 'not_suitable'
      ? 'not_suitable'
      : asked === 'now'
        ? 'asked'
        : null,
  sentAt: sentAt === null ? null : new Date(sentAt),
  waits: waits ?? false,
});
