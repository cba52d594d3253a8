import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { moment } from '../platform/database/moment.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import { reachFor } from '../permissions/reach.js';
import { beginsWith } from './organisations.queries.js';
import type { UserSort, UsersQuery, UserView } from './user.dto.js';

const DISABLED = sql`(
  exists (select 1 from user_account b where b.id = p.account_id and b.disabled_at is not null)
  or exists (
    select 1 from membership x where x.scheme_id = p.scheme_id and x.account_id = p.account_id
      and x.ended_at is null and x.user_disabled_at is not null))`;

const ORDERS: Orders<UserSort> = {
  name: [sql`p.name_key`],
  role: [
    sql`coalesce((select min(m.role::text) from membership m
      where m.scheme_id = p.scheme_id and m.account_id = p.account_id and m.ended_at is null), '')`,
    sql`p.name_key`,
  ],
  access: [DISABLED, sql`p.name_key`],
};

const USER = sql`
  p.account_id as id, p.version, p.name, p.email, p.phone, p.created_at as "createdAt",
  ${DISABLED} as disabled,
  (select f.kind from second_factor f where f.account_id = p.account_id) as "secondFactor",
  coalesce((
    select json_agg(json_build_object('id', m.id, 'organisationId', m.organisation_id, 'organisationName', o.name,
      'role', m.role, 'triages', m.triages,
      'state', case when m.ended_at is not null then 'ended'
        when m.disabled_at is not null or m.user_disabled_at is not null then 'disabled' else 'live' end,
      'createdAt', ${moment(sql`m.created_at`)}, 'endedAt', ${moment(sql`m.ended_at`)})
      order by m.ended_at nulls first, m.created_at, m.id)
    from membership m join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
    where m.scheme_id = p.scheme_id and m.account_id = p.account_id), '[]'::json) as memberships`;

/** A page, by name unless told, with a row more than it holds. */
export function usersPage(actor: MemberActor, query: UsersQuery, after: string | null, limit: number): Sql {
  reachFor(actor, 'user.list');
  const { order, after: beyond } = inOrder(ORDERS, query.sort ?? 'name', {
    id: sql`p.account_id`,
    rows: sql`user_profile p where p.scheme_id = ${actor.schemeId}`,
    last: after,
  });
  // The page first, and only then what is told of each: otherwise every membership of the scheme is read for it.
  return sql`
    with few as materialized (
      select p.* from ${usersAsked(actor, query)} and ${beyond}
      order by ${order} limit ${limit + 1})
    select ${USER} from few p join user_account a on a.id = p.account_id
    order by ${order}`;
}

function usersAsked(actor: MemberActor, query: UsersQuery): Sql {
  const holds =
    query.role === undefined && query.organisationId === undefined
      ? sql`true`
      : sql`exists (
          select 1 from membership m where m.scheme_id = p.scheme_id and m.account_id = p.account_id and m.ended_at is null
            and ${query.role === undefined ? sql`true` : sql`m.role = any(${query.role}::text[])`}
            and ${query.organisationId === undefined ? sql`true` : sql`m.organisation_id = ${query.organisationId}`})`;
  return sql`user_profile p
    where p.scheme_id = ${actor.schemeId} and p.email is not null and ${holds} and ${beginsWith(sql`p.name_key`, query.name)}
      and ${query.disabled === undefined ? sql`true` : sql`${DISABLED} = ${query.disabled}`}`;
}

@Injectable()
export class UsersQueries {
  constructor(private readonly database: Database) {}

  async list(actor: MemberActor, query: UsersQuery): Promise<Page<UserView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const statement = usersPage(actor, query, decodeIdCursor(query.after), limit);
    const rows = await this.database.read<UserView>(actor.schemeId, statement);
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async count(actor: MemberActor, query: UsersQuery): Promise<number> {
    reachFor(actor, 'user.list');
    const few = sql`select 1 from ${usersAsked(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  async get(actor: MemberActor, id: string): Promise<UserView> {
    reachFor(actor, 'user.get');
    const view = await this.database.maybe<UserView>(
      actor.schemeId,
      sql`
        select ${USER} from user_profile p join user_account a on a.id = p.account_id
        where p.scheme_id = ${actor.schemeId} and p.account_id = ${id} and a.kind = 'person'`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }
}
