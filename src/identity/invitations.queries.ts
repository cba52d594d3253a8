import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import { reachFor } from '../permissions/reach.js';
import type { InvitationsQuery, InvitationView } from './invitation.dto.js';

const state = (now: Date): Sql => sql`
  case when i.accepted_at is not null then 'accepted' when i.revoked_at is not null then 'revoked'
    when i.expires_at <= ${now} then 'expired' else 'open' end`;

const invitation = (now: Date): Sql => sql`
  i.id, i.email, i.name, i.organisation_id as "organisationId", o.name as "organisationName", i.role, i.triages,
  ${state(now)} as state, i.delivery, i.created_at as "createdAt", i.expires_at as "expiresAt"`;

@Injectable()
export class InvitationsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(actor: MemberActor, query: InvitationsQuery): Promise<Page<InvitationView>> {
    reachFor(actor, 'user.invite');
    const now = this.clock.now();
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const states = query.state ?? null;
    const rows = await this.database.read<InvitationView>(
      actor.schemeId,
      sql`
        select ${invitation(now)}
        from invitation i join organisation o on o.scheme_id = i.scheme_id and o.id = i.organisation_id
        where i.scheme_id = ${actor.schemeId} and (${before}::uuid is null or i.id < ${before}::uuid)
          and (${states}::text[] is null or ${state(now)} = any(${states}::text[]))
        order by i.id desc limit ${limit + 1}`,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async get(actor: MemberActor, id: string): Promise<InvitationView> {
    reachFor(actor, 'user.invite');
    const view = await this.database.maybe<InvitationView>(
      actor.schemeId,
      sql`
        select ${invitation(this.clock.now())}
        from invitation i join organisation o on o.scheme_id = i.scheme_id and o.id = i.organisation_id
        where i.scheme_id = ${actor.schemeId} and i.id = ${id}`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }
}
