import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { QueryResultRow } from 'pg';
import { auditedRead } from '../audit/audit.js';
import { type Audited, present, withoutAudit } from '../clients/clients.queries.js';
import { clientWithin } from '../clients/client.reach.js';
import { SchemesQueries } from '../identity/schemes.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  decodeIdCursor,
  DEFAULT_LIMIT,
  encodeCursor,
  pageOf,
  type Page,
} from '../platform/http/pagination.js';
import type { PageQuery } from '../platform/http/pagination.js';
import { OPEN_STATES } from '../referrals/referral.types.js';
import type { KeptLongEnoughView, LegalHoldView, RetentionQuery, RetentionReviewView } from './record.dto.js';
import { keptUntil } from './retention.rules.js';

export interface KeptLongEnough extends KeptLongEnoughView {
  bornOn: string;
  diedOn: string | null;
}

interface Keeping {
  schemeId: string;
  today: string;
  years: number;
}

/** `ids` of the record of `client c` and of those that were joined to it, which keep some rows of their own. */
const allRecordsOf: Sql = sql`(
  select c.id || array(
    select m.id from client m where m.scheme_id = c.scheme_id and m.merged_into = c.id) as ids)`;

/**
 * People nothing has happened with for the scheme's years, who have no open or draft referral, no open concern or task,
 * no legal hold, no copy under way and no decision that still stands (save the review named). Whether that is long enough for somebody who
 * was young then is the rule's to say.
 */
const nothingSince = ({ schemeId, today, years }: Keeping, reviewId: string | null, which: Sql): Sql => sql`
  select c.id, c.id as client_id, c.id as "clientId", concat_ws(' ', c.first_name, c.last_name) as name,
    c.date_of_birth::text as "bornOn", coalesce(c.died_on, c.death_recorded_at::date)::text as "diedOn",
    last.day::text as "lastContactOn"
  from client c
  cross join lateral ${allRecordsOf} as whole
  cross join lateral (
    select greatest(c.created_at::date,
      (select max(coalesce(r.ended_at, r.created_at))::date from referral r
        where r.scheme_id = c.scheme_id and r.client_id = c.id),
      (select max(k.at)::date from contact k
        join referral r on r.scheme_id = k.scheme_id and r.id = k.referral_id
        where r.scheme_id = c.scheme_id and r.client_id = c.id),
      (select max(a.session_on) from attendance a
        join onward_referral o on o.scheme_id = a.scheme_id and o.id = a.onward_referral_id
        where o.scheme_id = c.scheme_id and o.client_id = c.id),
      (select max(s.updated_at)::date from safeguarding s
        where s.scheme_id = c.scheme_id and s.client_id = any(whole.ids)),
      (select max(p.given_on) from practical_help p
        where p.scheme_id = c.scheme_id and p.client_id = any(whole.ids) and p.voided_at is null),
      (select max(g.sent_at)::date from page_message g
        where g.scheme_id = c.scheme_id and g.client_id = any(whole.ids)),
      (select max(f.updated_at)::date from client_feedback f
        where f.scheme_id = c.scheme_id and f.client_id = any(whole.ids)),
      (select max(y.updated_at)::date from story y
        where y.scheme_id = c.scheme_id and y.client_id = any(whole.ids))) as day) last
  where c.scheme_id = ${schemeId} and c.standing <> 'merged' and ${which}
    and c.created_at < ${today}::date - make_interval(years => ${years}::int)
    and last.day <= ${today}::date - make_interval(years => ${years}::int)
    and not exists (
      select 1 from referral r
      where r.scheme_id = c.scheme_id and r.client_id = c.id
        and r.state = any(${[...OPEN_STATES, 'draft']}))
    and not exists (
      select 1 from safeguarding s
      where s.scheme_id = c.scheme_id and s.client_id = any(whole.ids) and s.state = 'open')
    and not exists (
      select 1 from client_feedback f
      where f.scheme_id = c.scheme_id and f.client_id = any(whole.ids) and f.state = 'open')
    and not exists (
      select 1 from task t
      where t.scheme_id = c.scheme_id and t.client_id = any(whole.ids) and t.ended_at is null)
    and not exists (
      select 1 from legal_hold h
      where h.scheme_id = c.scheme_id and h.client_id = any(whole.ids) and h.lifted_at is null)
    and not exists (
      select 1 from subject_access s
      where s.scheme_id = c.scheme_id and s.client_id = any(whole.ids) and s.state in ('asked', 'prepared'))
    and not exists (
      select 1 from retention_review v
      where v.scheme_id = c.scheme_id and v.client_id = c.id and v.id is distinct from ${reviewId}::uuid
        and (v.keep_until > ${today}::date
          or (v.decision = 'destroy' and v.cancelled_at is null and v.overtaken_at is null)))`;

const longEnough = <Row extends KeptLongEnough>(rows: Row[], { today, years }: Keeping): Row[] =>
  rows.map((row) => ({ ...row, keptUntil: keptUntil(row, years) })).filter((row) => row.keptUntil <= today);

/** Whether one person's record has been kept long enough: a row, or none. */
export async function keptLongEnough(
  ask: <Row extends QueryResultRow>(statement: Sql) => Promise<Row[]>,
  keeping: Keeping,
  { clientId, reviewId }: { clientId: string; reviewId: string | null },
): Promise<KeptLongEnough[]> {
  return longEnough(await ask(nothingSince(keeping, reviewId, sql`c.id = ${clientId}`)), keeping);
}

@Injectable()
export class RetentionQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly schemes: SchemesQueries,
  ) {}

  /**
   * Records to look at. A page may be shorter than its limit, or empty, while there is a `next`: those who were young
   * then are passed over.
   */
  async due(actor: MemberActor, query: PageQuery): Promise<Page<KeptLongEnoughView>> {
    reachFor(actor, 'retention.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const now = this.clock.now();
    const keeping = {
      schemeId: actor.schemeId,
      today: londonDate(now),
      years: (await this.schemes.get(actor)).settings.retentionYears,
    };
    const rows = await this.database.read<Audited<KeptLongEnough & { id: string }>>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'retention.list', shows: limit },
        sql`${nothingSince(keeping, null, after === null ? sql`true` : sql`c.id > ${after}::uuid`)}
          order by c.id limit ${limit + 1}`,
      ),
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: longEnough(page, keeping).map(({ clientId, name, lastContactOn, keptUntil: until }) => ({
        clientId,
        name,
        lastContactOn,
        keptUntil: until,
      })),
      next: rows.length > limit && last ? encodeCursor([last.clientId]) : null,
    };
  }

  /** Whose record it is, and since when it has been kept long enough: null while it has to be kept. */
  async about(
    actor: MemberActor,
    clientId: string,
  ): Promise<{ name: string; years: number; due: KeptLongEnoughView | null }> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'legalHold.place'), now);
    const { retentionYears: years } = (await this.schemes.get(actor)).settings;
    const keeping = { schemeId: actor.schemeId, today: londonDate(now), years };
    const [row] = await this.database.read<Audited<KeptLongEnough & { id: string | null }>>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'retention.list', subject: { kind: 'client', id: clientId } },
        sql`
        select c.id as client_id, concat_ws(' ', c.first_name, c.last_name) as name, n.id, n."clientId", n."bornOn",
          n."diedOn", n."lastContactOn"
        from client c
        left join (${nothingSince(keeping, null, sql`c.id = ${clientId}`)}) n on n.id = c.id
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    const [due] = row.id === null ? [] : longEnough([row], keeping);
    return {
      name: row.name,
      years,
      due: due
        ? { clientId, name: row.name, lastContactOn: due.lastContactOn, keptUntil: due.keptUntil }
        : null,
    };
  }

  /** Newest first. Nobody is named: whom a decision was about may be gone. */
  async reviews(actor: MemberActor, query: RetentionQuery): Promise<Page<RetentionReviewView>> {
    reachFor(actor, 'retention.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const rows = await this.database.read<RetentionReviewView>(
      actor.schemeId,
      sql`${REVIEWS} where v.scheme_id = ${actor.schemeId}
        and (${query.destroyed ?? false} = false or v.destroyed_at is not null)
        and (${after}::uuid is null or v.id < ${after}::uuid)
      order by v.id desc limit ${limit + 1}`,
    );
    return pageOf(rows, limit, ({ id }) => [id]);
  }

  async review(actor: MemberActor, id: string): Promise<RetentionReviewView> {
    reachFor(actor, 'retention.list');
    const row = await this.database.maybe<RetentionReviewView>(
      actor.schemeId,
      sql`${REVIEWS} where v.scheme_id = ${actor.schemeId} and v.id = ${id}`,
    );
    if (!row) throw Refusal.notFound();
    return row;
  }

  async holds(actor: MemberActor, clientId: string): Promise<LegalHoldView[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'legalHold.place'), now);
    const rows = await this.database.read<Audited<LegalHoldView>>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'legalHold.list', subject: { kind: 'client', id: clientId } },
        sql`
        select c.id as client_id, h.id, h.reason, h.placed_at as "placedAt", h.lifted_at as "liftedAt",
          h.lifted_because as "liftedBecause"
        from client c
        cross join lateral ${allRecordsOf} as whole
        left join legal_hold h on h.scheme_id = c.scheme_id and h.client_id = any(whole.ids)
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by (h.lifted_at is null) desc, h.placed_at desc, h.id desc`,
      ),
    );
    return present(rows.map(withoutAudit));
  }

  async hold(actor: MemberActor, clientId: string, holdId: string): Promise<LegalHoldView> {
    const hold = (await this.holds(actor, clientId)).find(({ id }) => id === holdId);
    if (!hold) throw Refusal.notFound();
    return hold;
  }
}

const REVIEWS = sql`
  select v.id, v.client_id as "clientId", v.decision, v.because, v.keep_until::text as "keepUntil",
    v.destroy_on::text as "destroyOn", coalesce(p.name, '') as "decidedBy", v.decided_at as "decidedAt",
    v.cancelled_at as "cancelledAt", v.overtaken_at as "overtakenAt", v.destroyed_at as "destroyedAt",
    (select jsonb_object_agg(t.table_name, t.row_count) from destruction d
      join destruction_part t on t.scheme_id = d.scheme_id and t.destruction_id = d.id
      where d.scheme_id = v.scheme_id and d.review_id = v.id) as rows
  from retention_review v
  left join membership m on m.scheme_id = v.scheme_id and m.id = v.decided_by
  left join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id`;
