import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { moment } from '../platform/database/moment.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  decodeIdCursor,
  DEFAULT_LIMIT,
  type Page,
  pageOf,
  type PageQuery,
} from '../platform/http/pagination.js';
import { PROGRAM_ACTIONS, reachOf } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import { memberName } from './member-name.queries.js';
import type { OwnProgramView, ProgramKeyMade, ProgramView } from './program.dto.js';
import { programKey } from './program.rules.js';
import { derivedToken } from './token.rules.js';

const keys = (now: Date): Sql => sql`
  coalesce((
    select json_agg(json_build_object('id', k.id, 'ending', k.ending,
      'state', case when k.revoked_at is not null then 'revoked' when k.ends_at <= ${now} then 'ended' else 'live' end,
      'createdAt', ${moment(sql`k.created_at`)}, 'endsAt', ${moment(sql`k.ends_at`)},
      'revokedAt', ${moment(sql`k.revoked_at`)}, 'lastUsedAt', ${moment(sql`k.last_used_at`)})
      order by k.created_at desc, k.id desc)
    from program_key k where k.membership_id = p.membership_id), '[]'::json) as keys`;

const program = (now: Date): Sql => sql`
  select p.membership_id as id, p.version, u.name, m.organisation_id as "organisationId", o.name as "organisationName",
    m.role, p.addresses::text[] as addresses, p.per_minute as "perMinute", p.created_at as "createdAt",
    ${memberName(sql`p.scheme_id`, sql`p.created_by`)} as "createdBy", m.ended_at as "endedAt", ${keys(now)}
  from program p
  join membership m on m.scheme_id = p.scheme_id and m.id = p.membership_id
  join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
  join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id`;

@Injectable()
export class ProgramsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** The newest first; those that are switched off last. */
  async list(actor: MemberActor, query: PageQuery): Promise<Page<ProgramView>> {
    reachFor(actor, 'program.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const place = (id: Sql) => sql`(
      select x.ended_at is null, x.id from membership x where x.scheme_id = ${actor.schemeId} and x.id = ${id})`;
    const rows = await this.database.read<ProgramView>(
      actor.schemeId,
      sql`
      ${program(this.clock.now())}
      where p.scheme_id = ${actor.schemeId}
        and ${after === null ? sql`true` : sql`(m.ended_at is null, m.id) < ${place(sql`${after}::uuid`)}`}
      order by m.ended_at is null desc, m.id desc limit ${limit + 1}`,
    );
    return pageOf(rows.map(withMoments), limit, (row) => [row.id]);
  }

  async get(actor: MemberActor, id: string): Promise<ProgramView> {
    reachFor(actor, 'program.list');
    const view = await this.database.maybe<ProgramView & Record<string, unknown>>(
      actor.schemeId,
      sql`${program(this.clock.now())} where p.scheme_id = ${actor.schemeId} and p.membership_id = ${id}`,
    );
    if (!view) throw Refusal.notFound();
    return withMoments(view);
  }

  /** The answer to whoever made a key, and to the same request sent again: it is nowhere else. */
  async made(actor: MemberActor, keyId: string): Promise<ProgramKeyMade> {
    const [row] = await this.database.unscoped<{ membership_id: string }>(
      sql`select membership_id from program_key where id = ${keyId}`,
    );
    if (!row) throw Refusal.notFound();
    const key = programKey(derivedToken(this.config.tokenKey, 'program_key', keyId));
    return { program: await this.get(actor, row.membership_id), key };
  }

  /** What a program is told of itself. */
  async own(actor: MemberActor): Promise<OwnProgramView> {
    reachFor(actor, 'program.own');
    const row = await this.database.maybe<Omit<OwnProgramView, 'may'> & Record<string, unknown>>(
      actor.schemeId,
      sql`
      select p.membership_id as id, u.name, m.organisation_id as "organisationId", o.name as "organisationName", m.role,
        p.per_minute as "perMinute", k.ends_at as "keyEndsAt"
      from program p
      join membership m on m.scheme_id = p.scheme_id and m.id = p.membership_id
      join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
      join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
      join program_key k on k.membership_id = p.membership_id and k.id = ${actor.sessionId}
      where p.scheme_id = ${actor.schemeId} and p.membership_id = ${actor.membershipId}`,
    );
    if (!row) throw Refusal.notFound();
    return { ...row, may: mayOf(row.role) };
  }
}

/** Inside JSON moments are text. */
function withMoments(view: ProgramView): ProgramView {
  for (const key of view.keys) {
    key.createdAt = new Date(key.createdAt);
    key.endsAt = new Date(key.endsAt);
    key.revokedAt &&= new Date(key.revokedAt);
    key.lastUsedAt &&= new Date(key.lastUsedAt);
  }
  return view;
}

export function mayOf(role: ProgramView['role']): OwnProgramView['may'] {
  return Object.fromEntries(
    [...PROGRAM_ACTIONS]
      .map((action) => [action, reachOf(action, role)] as const)
      .filter(([, reach]) => reach !== 'none'),
  );
}
