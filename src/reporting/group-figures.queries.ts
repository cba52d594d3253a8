import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { type AsOf, FiguresDatabase } from '../platform/database/figures-database.js';
import { inOrder, type Orders } from '../platform/database/listed.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import { LISTING_CHECK_DAYS } from '../providers/listing.types.js';
import { loadSince } from '../providers/matching.rules.js';
import type { GroupFiguresQuery, GroupFiguresView, GroupsTogetherView } from './group-figures.dto.js';
import {
  FEWEST_ANSWERS,
  GROUP_COUNTS,
  type GroupFigureSort,
  type GroupTrouble,
} from './group-figures.types.js';

interface Rows {
  items: GroupFiguresView[];
}
type Together = Omit<GroupsTogetherView, 'since' | 'asOf'>;

/** A page of groups, how many there are under its filters, and all groups as one. */
export interface GroupFiguresShown extends Page<GroupFiguresView> {
  total: number;
  together: GroupsTogetherView;
}

/** Of `offer o`. Who has not answered has no days. */
const MEDIAN = sql`
  case when count(o.days) >= ${FEWEST_ANSWERS} then percentile_cont(0.5) within group (order by o.days) end`;
const EACH = join(GROUP_COUNTS.map((name) => raw(`coalesce("${name}", 0)::int as "${name}"`)));
const SUMS = join(GROUP_COUNTS.map((name) => raw(`coalesce(sum("${name}"), 0)::int as "${name}"`)));
const TOGETHER = sql`(
  select to_json(one) from (
    select count(*)::int as groups, (count(*) filter (where asked = 0))::int as "neverAsked",
      (count(*) filter (where "lastCameBack"))::int as unreached, ${SUMS},
      (select ${MEDIAN} from offer o join figures g on g."organisationId" = o.id) as "medianDays",
      min("oldestConfirmedOn") as "oldestConfirmedOn"
    from figures
  ) one) as together`;

const NAME = sql`lower(g.name) collate "C"`;
const ORDERS: Orders<GroupFigureSort> = {
  name: [NAME],
  days: [sql`coalesce(g."medianDays", 'infinity')`, NAME],
  yes: [sql`coalesce(g.accepted::float8 / nullif(g.asked, 0), -1)`, NAME],
  right: [sql`g."neverConfirmed" = 0`, sql`coalesce(g."oldestConfirmedOn", '9999-12-31')`, NAME],
  places: [sql`g.places - g.taken`, NAME],
  mail: [sql`g."lastCameBack"`, sql`g."cameBack"`, NAME],
};

const TROUBLES: Record<GroupTrouble, Sql> = {
  no_reply: sql`g."noReply" > 0`,
  not_confirmed: sql`g."notConfirmed" > 0`,
  full: sql`g."full" > 0`,
  came_back: sql`g."lastCameBack"`,
};

/** How groups are doing: whether they answer, what is said of them, what room they have, whether anything reaches them. */
@Injectable()
export class GroupFiguresQueries {
  constructor(
    private readonly database: FiguresDatabase,
    private readonly clock: Clock,
  ) {}

  /** By name unless told. */
  async list(actor: MemberActor, query: GroupFiguresQuery): Promise<Page<GroupFiguresView>> {
    const { found } = await this.ask<Rows>(actor, query, itemsOf(query));
    return pageIn(found, query);
  }

  /** All groups as one. */
  async together(actor: MemberActor): Promise<GroupsTogetherView> {
    const { found, asOf } = await this.ask<{ together: Together }>(actor, {}, TOGETHER);
    return { ...found.together, since: this.since(), asOf };
  }

  /** Both, in one statement: what a year is made of is counted once. */
  async shown(actor: MemberActor, query: GroupFiguresQuery): Promise<GroupFiguresShown> {
    const { found, asOf } = await this.ask<Rows & { total: number; together: Together }>(
      actor,
      query,
      sql`${itemsOf(query)}, (select count(*)::int from found) as total, ${TOGETHER}`,
    );
    const together = { ...found.together, since: this.since(), asOf };
    return { ...pageIn(found, query), total: found.total, together };
  }

  /** `what` of the `figures`, and of those `found` among them. */
  private ask<Found extends object>(
    actor: MemberActor,
    query: GroupFiguresQuery,
    what: Sql,
  ): Promise<AsOf<Found>> {
    return this.database.count<Found & Record<string, unknown>>(
      actor.schemeId,
      sql`with ${this.figures(actor)}, found as (select g.* from ${asked(query)}) select ${what}`,
    );
  }

  private since(): string {
    return loadSince(londonDate(this.clock.now()));
  }

  /** A line for each group that has not closed for good, as `figures`. */
  private figures(actor: MemberActor): Sql {
    reachFor(actor, 'figures.groups');
    const { schemeId } = actor;
    const today = londonDate(this.clock.now());
    const since = atLondon(this.since(), '00:00');
    return sql`
    offer as materialized (
      select o.organisation_id as id, o.state, o.answer,
        (o.answered_at at time zone 'Europe/London')::date - (o.offered_at at time zone 'Europe/London')::date as days
      from onward_referral o join referral r on r.scheme_id = o.scheme_id and r.id = o.referral_id
      where o.scheme_id = ${schemeId} and o.offered_at >= ${since} and r.state <> 'entered_in_error'
    ),
    answers as (
      select o.id, count(*) as asked, count(o.answer) as answered,
        count(*) filter (where o.answer = 'accept') as accepted,
        count(*) filter (where o.answer = 'waitlist') as waitlisted,
        count(*) filter (where o.answer = 'decline') as declined,
        count(*) filter (where o.answer is null and o.state = 'expired') as "noReply",
        count(*) filter (where o.answer is null and o.state = 'offered') as "notYet",
        count(*) filter (where o.answer is null and o.state not in ('expired', 'offered')) as "takenBack",
        ${MEDIAN} as "medianDays"
      from offer o group by o.id
    ),
    waits as (
      select o.organisation_id as id, sum(o.people) as waiting from onward_referral o
      where o.scheme_id = ${schemeId} and o.state = 'waitlisted' group by o.organisation_id
    ),
    said as (
      select l.organisation_id as id, count(*) as services,
        count(*) filter (where l.confirmed_on is null or l.confirmed_on < ${addDays(today, -LISTING_CHECK_DAYS)}::date)
          as "notConfirmed",
        count(*) filter (where l.confirmed_on is null) as "neverConfirmed",
        min(l.confirmed_on)::text as "oldestConfirmedOn", count(l.places_total) as counted,
        sum(l.places_total) as places, sum(l.places_taken) filter (where l.places_total is not null) as taken,
        count(*) filter (where l.full_until > ${today}::date or l.places_taken >= l.places_total) as "full"
      from listing l where l.scheme_id = ${schemeId} and l.state = 'published' and l.taken_back_at is null
      group by l.organisation_id
    ),
    mail as (
      select m.organisation_id as id, count(*) as messages, count(*) filter (where m.state = 'failed') as "cameBack",
        (array_agg(m.state order by m.created_at desc, m.id desc))[1] = 'failed' as "lastCameBack"
      from message m
      where m.scheme_id = ${schemeId} and m.recipient_kind = 'provider' and m.organisation_id is not null
        and m.state in ('sent', 'failed') and m.created_at >= ${since}
      group by m.organisation_id
    ),
    figures as materialized (
      select p.organisation_id as "organisationId", o.name, p.sector, ${EACH}, answers."medianDays",
        said."oldestConfirmedOn", coalesce(mail."lastCameBack", false) as "lastCameBack"
      from provider p
      join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id and o.taken_back_at is null
      left join answers on answers.id = p.organisation_id
      left join waits on waits.id = p.organisation_id
      left join said on said.id = p.organisation_id
      left join mail on mail.id = p.organisation_id
      where p.scheme_id = ${schemeId} and p.closed_for_good_on is null
    )`;
  }
}

/** One more than the page holds, in the order that is asked for. */
function itemsOf(query: GroupFiguresQuery): Sql {
  const { order, after } = inOrder(ORDERS, query.sort ?? 'name', {
    id: sql`g."organisationId"`,
    rows: sql`figures g where true`,
    last: decodeIdCursor(query.after),
  });
  return sql`(
    select coalesce(json_agg(one), '[]') from (
      select g.* from found g where ${after} order by ${order} limit ${(query.limit ?? DEFAULT_LIMIT) + 1}
    ) one) as items`;
}

const pageIn = ({ items }: Rows, { limit = DEFAULT_LIMIT }: GroupFiguresQuery): Page<GroupFiguresView> =>
  pageOf(items, limit, (row) => [row.organisationId]);

const asked = ({ text, sector, trouble }: GroupFiguresQuery): Sql => sql`figures g
  where ${text === undefined ? sql`true` : sql`position(lower(unaccent(${text})) in lower(unaccent(g.name))) > 0`}
    and ${sector === undefined ? sql`true` : sql`g.sector = any(${sector}::text[])`}
    and ${trouble === undefined ? sql`true` : TROUBLES[trouble]}`;
