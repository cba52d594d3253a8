import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import { reachFor } from '../permissions/reach.js';
import type { CoverState } from './cover.types.js';
import type { CoversQuery, CoverView } from './link-worker.dto.js';

const NOW_AND_NEXT: readonly CoverState[] = ['current', 'upcoming'];

const state = (today: string): Sql => sql`
  case when c.ended_at is not null or c.ends_on < ${today}::date then 'over'
    when c.starts_on > ${today}::date then 'upcoming' else 'current' end`;

const cover = (today: string): Sql => sql`
  select c.id, c.worker_id as "workerId", w.name as "workerName", c.cover_id as "coverId", s.name as "coverName",
    c.reason, c.starts_on::text as "startsOn", c.ends_on::text as "endsOn", ${state(today)} as state,
    c.created_at as "createdAt"
  from cover c
  join membership wm on wm.id = c.worker_id
  join user_profile w on w.scheme_id = c.scheme_id and w.account_id = wm.account_id
  left join membership sm on sm.id = c.cover_id
  left join user_profile s on s.scheme_id = c.scheme_id and s.account_id = sm.account_id`;

@Injectable()
export class CoversQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** By first day. */
  async list(actor: MemberActor, query: CoversQuery): Promise<Page<CoverView>> {
    reachFor(actor, 'cover.list');
    const today = londonDate(this.clock.now());
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const lastDay = sql`(
      select k.starts_on from cover k where k.scheme_id = ${actor.schemeId} and k.id = ${after}::uuid)`;
    const states = query.state ?? NOW_AND_NEXT;
    const workerId = query.workerId ?? null;
    const rows = await this.database.read<CoverView>(
      actor.schemeId,
      sql`
        ${cover(today)}
        where c.scheme_id = ${actor.schemeId} and ${state(today)} = any(${states}::text[])
          and (${workerId}::uuid is null or c.worker_id = ${workerId}::uuid)
          and ${after === null ? sql`true` : sql`(c.starts_on, c.id) > (${lastDay}, ${after}::uuid)`}
        order by c.starts_on, c.id limit ${limit + 1}`,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async get(actor: MemberActor, id: string): Promise<CoverView> {
    reachFor(actor, 'cover.list');
    const view = await this.database.maybe<CoverView>(
      actor.schemeId,
      sql`${cover(londonDate(this.clock.now()))} where c.scheme_id = ${actor.schemeId} and c.id = ${id}`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }
}
