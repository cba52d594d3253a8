import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import { reachFor } from '../permissions/reach.js';
import { standing } from './cover.queries.js';
import { memberName } from './member-name.queries.js';
import { organisationWithin } from './organisation.reach.js';
import type { StaffRequestsQuery, StaffRequestView, StaffView } from './staff.dto.js';

/** Enough for any practice. */
const MOST_STAFF = 500;

const REQUEST = sql`
  s.id, s.organisation_id as "organisationId", o.name as "organisationName", s.kind, s.name, s.email,
  s.membership_id as "membershipId", s.state, ${memberName(sql`s.scheme_id`, sql`s.asked_by`)} as "askedBy",
  s.asked_at as "askedAt", s.settled_at as "settledAt", s.because`;

const FROM: Sql = sql`staff_request s join organisation o on o.scheme_id = s.scheme_id and o.id = s.organisation_id`;

@Injectable()
export class StaffQueries {
  constructor(private readonly database: Database) {}

  /** Who signs in for one's own organisation, by name. */
  list(actor: MemberActor): Promise<StaffView[]> {
    reachFor(actor, 'staff.list');
    return this.database.read<StaffView & Record<string, unknown>>(
      actor.schemeId,
      sql`
        select m.id, p.name, m.created_at as since, m.id = ${actor.membershipId} as you, exists (
          select 1 from staff_request s
          where s.scheme_id = m.scheme_id and s.membership_id = m.id and s.state = 'open') as leaving
        from membership m
        join user_account a on a.id = m.account_id
        join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
        where m.scheme_id = ${actor.schemeId} and m.organisation_id = ${actor.organisationId}
          and ${standing(sql`m`)} and a.disabled_at is null and a.kind = 'person'
        order by p.name_key, m.id limit ${MOST_STAFF}`,
    );
  }

  /** Newest first. */
  async requests(actor: MemberActor, query: StaffRequestsQuery): Promise<Page<StaffRequestView>> {
    const within = organisationWithin(actor, reachFor(actor, 'staffRequest.list'), sql`o`);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const states = query.state ?? null;
    const rows = await this.database.read<StaffRequestView & Record<string, unknown>>(
      actor.schemeId,
      sql`
        select ${REQUEST} from ${FROM}
        where s.scheme_id = ${actor.schemeId} and ${within}
          and (${states}::text[] is null or s.state = any(${states}::text[]))
          and (${before}::uuid is null or s.id < ${before}::uuid)
        order by s.id desc limit ${limit + 1}`,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async request(actor: MemberActor, id: string): Promise<StaffRequestView> {
    const within = organisationWithin(actor, reachFor(actor, 'staffRequest.list'), sql`o`);
    const row = await this.database.maybe<StaffRequestView & Record<string, unknown>>(
      actor.schemeId,
      sql`select ${REQUEST} from ${FROM} where s.scheme_id = ${actor.schemeId} and s.id = ${id} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return row;
  }
}
