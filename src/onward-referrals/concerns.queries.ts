import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_LIMIT, decodeCursor, pageOf, type Page } from '../platform/http/pagination.js';
import { isUuid } from '../platform/pure/ids.js';
import type { ConcernsQuery, ConcernView } from './concern.dto.js';
import { concernWithin } from './concern.reach.js';

type Row = Omit<ConcernView, 'clientId'> & { client_id: string | null };

const CONCERNS: Sql = sql`
  select k.id, k.organisation_id as "organisationId", o.name as "organisationName", k.client_id, k.kind,
    k.told_by as "toldBy", k.what, k.happened_on::text as "happenedOn", ru.name as "raisedBy", k.raised_at as "raisedAt",
    k.outcome, k.review_note as "reviewNote", vu.name as "reviewedBy", k.reviewed_at as "reviewedAt"
  from concern k
  join organisation o on o.scheme_id = k.scheme_id and o.id = k.organisation_id
  left join membership rm on rm.scheme_id = k.scheme_id and rm.id = k.raised_by
  left join user_profile ru on ru.scheme_id = rm.scheme_id and ru.account_id = rm.account_id
  left join membership vm on vm.scheme_id = k.scheme_id and vm.id = k.reviewed_by
  left join user_profile vu on vu.scheme_id = vm.scheme_id and vu.account_id = vm.account_id`;

@Injectable()
export class ConcernsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first. A link worker finds those they raised, and what came of them. */
  async list(actor: MemberActor, query: ConcernsQuery): Promise<Page<ConcernView>> {
    const within = concernWithin(actor, reachFor(actor, 'concern.list'));
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = query.after === undefined ? null : decodeCursor(query.after, 1)[0];
    if (before !== null && (typeof before !== 'string' || !isUuid(before))) {
      throw Refusal.invalidField('after', 'Use the `next` of the page before, unchanged');
    }
    const organisationId = query.organisationId ?? null;
    const reviewed = query.reviewed ?? null;
    const page = sql`
      ${CONCERNS}
      where k.scheme_id = ${actor.schemeId} and ${within}
        and (${organisationId}::uuid is null or k.organisation_id = ${organisationId}::uuid)
        and (${reviewed}::boolean is null or (k.reviewed_at is not null) = ${reviewed}::boolean)
        and (${before}::uuid is null or k.id < ${before}::uuid)
      order by k.id desc limit ${limit + 1}`;
    const rows = await this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'concern.list', shows: limit }, page),
    );
    const { items, next } = pageOf(rows, limit, (row) => [row.id]);
    return { items: items.map(viewOf), next };
  }

  async get(actor: MemberActor, id: string): Promise<ConcernView> {
    const within = concernWithin(actor, reachFor(actor, 'concern.list'));
    const page = sql`${CONCERNS} where k.scheme_id = ${actor.schemeId} and k.id = ${id} and ${within}`;
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'concern.get', subject: { kind: 'concern', id } }, page),
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row);
  }
}

const viewOf = ({ client_id: clientId, ...row }: Row): ConcernView => ({ ...row, clientId });
