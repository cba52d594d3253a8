import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import type { MergeView } from './client.dto.js';
import { clientWithin } from './client.reach.js';
import { type Audited, present, withoutAudit } from './clients.queries.js';

const MERGE_COLUMNS = sql`
  m.id, m.kept_id as "keptId", m.merged_id as "mergedId", m.kind, m.reason, m.merged_at as "mergedAt",
  m.merged_at + make_interval(days => coalesce((s.settings ->> 'unmergeCalendarDays')::int,
    ${DEFAULT_SETTINGS.unmergeCalendarDays})) as "undoUntil",
  m.undone_at as "undoneAt",
  case when m.id is not null then coalesce((
    select json_agg(json_build_object('organisationId', a.organisation_id, 'organisationName', o.name,
      'scope', a.scope, 'agreedOn', a.agreed_on,
      'withdrawnAt', to_char(a.withdrawn_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by a.id)
    from agreement a
    join organisation o on o.scheme_id = a.scheme_id and o.id = a.organisation_id
    where a.scheme_id = m.scheme_id and a.client_id in (m.kept_id, m.merged_id)), '[]') end as "earlierDisclosures"`;

/**
 * Joinings of records, with whom either was agreed to be shared before. Nothing leaves without an agreement (P9), so
 * the agreements, live and withdrawn, are the whole list of who may hold the wrong person's details.
 */
@Injectable()
export class MergesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, mergeId: string): Promise<MergeView> {
    const [view] = await this.read(
      actor,
      { kind: 'merge', id: mergeId },
      (within) => sql`
        select c.id as client_id, ${MERGE_COLUMNS}
        from client_merge m
        join client c on c.scheme_id = m.scheme_id and c.id = m.kept_id
        join scheme s on s.id = m.scheme_id
        where m.scheme_id = ${actor.schemeId} and m.id = ${mergeId} and ${within}`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }

  async list(actor: Actor, clientId: string): Promise<MergeView[]> {
    return present(
      await this.read(
        actor,
        { kind: 'client', id: clientId },
        (within) => sql`
          select c.id as client_id, ${MERGE_COLUMNS}
          from client c
          join scheme s on s.id = c.scheme_id
          left join client_merge m on m.scheme_id = c.scheme_id and c.id in (m.kept_id, m.merged_id)
          where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
          order by m.id`,
      ),
    );
  }

  private async read(
    actor: Actor,
    subject: { kind: string; id: string },
    page: (within: Sql) => Sql,
  ): Promise<MergeView[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'client.merge'), now);
    const rows = await this.database.read<Audited<MergeView>>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'client.merge', subject, details: { part: 'read' } }, page(within)),
    );
    return rows.map(withoutAudit);
  }
}
