import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import { calledBy } from './onward-facts.queries.js';
import { onwardWithin } from './onward.reach.js';
import type { WarmHandoversQuery, WarmHandoverView } from './warm-handover.dto.js';
import { warmHandoverWithin } from './warm-handover.reach.js';

type Row = Omit<WarmHandoverView, 'clientId' | 'id'> & { client_id: string; id: string | null };

const nameOf = (membershipId: Sql): Sql => sql`(
  select u.name from membership m
  join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
  where m.scheme_id = o.scheme_id and m.id = ${membershipId})`;

const COLUMNS = sql`
  select o.client_id, w.id, w.version, o.id as "onwardReferralId", ${calledBy} as "calledBy", l.name as service,
    g.name as group, w.goes_id as "goesId", ${nameOf(sql`w.goes_id`)} as goes, w.goes_else as "goesElse",
    w.meet_at as "meetAt", w.place, w.state, w.outcome, w.note, ${nameOf(sql`w.arranged_by`)} as "arrangedBy",
    w.arranged_at as "arrangedAt", ${nameOf(sql`w.ended_by`)} as "endedBy", w.ended_at as "endedAt"
  from onward_referral o
  join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
  join organisation g on g.scheme_id = o.scheme_id and g.id = o.organisation_id
  join client c on c.scheme_id = o.scheme_id and c.id = o.client_id`;

@Injectable()
export class WarmHandoversQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** All of one onward referral, newest first. */
  async list(actor: MemberActor, onwardReferralId: string): Promise<WarmHandoverView[]> {
    const within = onwardWithin(actor, reachFor(actor, 'warmHandover.list'), this.clock.now());
    const rows = await this.read(
      actor,
      { subject: { kind: 'onward_referral', id: onwardReferralId } },
      sql`${COLUMNS} left join warm_handover w on w.scheme_id = o.scheme_id and w.onward_referral_id = o.id
        where o.scheme_id = ${actor.schemeId} and o.id = ${onwardReferralId} and ${within} order by w.id desc`,
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(viewOf);
  }

  /** Of everybody in reach, and one's own to go to, last arranged first. */
  async across(actor: MemberActor, query: WarmHandoversQuery): Promise<Page<WarmHandoverView>> {
    const within = warmHandoverWithin(actor, reachFor(actor, 'warmHandover.list'), this.clock.now());
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const states = query.state ?? null;
    const rows = await this.read(
      actor,
      { shows: limit },
      sql`${COLUMNS} join warm_handover w on w.scheme_id = o.scheme_id and w.onward_referral_id = o.id
        where o.scheme_id = ${actor.schemeId} and ${within}
          and (${states}::text[] is null or w.state = any(${states}::text[]))
          and (${before}::uuid is null or w.id < ${before}::uuid)
        order by w.id desc limit ${limit + 1}`,
    );
    return pageOf(rows.flatMap(viewOf), limit, ({ id }) => [id]);
  }

  async get(actor: MemberActor, id: string): Promise<WarmHandoverView> {
    const within = warmHandoverWithin(actor, reachFor(actor, 'warmHandover.list'), this.clock.now());
    const rows = await this.read(
      actor,
      { subject: { kind: 'warm_handover', id } },
      sql`${COLUMNS} join warm_handover w on w.scheme_id = o.scheme_id and w.onward_referral_id = o.id
        where o.scheme_id = ${actor.schemeId} and w.id = ${id} and ${within}`,
    );
    const [view] = rows.flatMap(viewOf);
    if (!view) throw Refusal.notFound();
    return view;
  }

  private read(
    actor: MemberActor,
    of: { subject: { kind: string; id: string } } | { shows: number },
    page: Sql,
  ): Promise<Row[]> {
    return this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'warmHandover.list', ...of }, page),
    );
  }
}

const viewOf = ({ client_id: clientId, id, ...row }: Row): WarmHandoverView[] =>
  id === null ? [] : [{ ...row, id, clientId }];
