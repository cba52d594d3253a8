import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import { reachFor } from '../permissions/reach.js';
import { standing } from './cover.queries.js';
import { memberName } from './member-name.queries.js';
import type { OrganisationSort, OrganisationsQuery, OrganisationView } from './organisation.dto.js';
import { organisationWithin } from './organisation.reach.js';

/** Whoever answers for it, while they work there. `o` is a row of organisation. */
const CONTACT = sql`(
  select contact.id from membership contact
  where contact.scheme_id = o.scheme_id and contact.id = o.contact_id and contact.organisation_id = o.id
    and ${standing(sql`contact`)})`;

export const ORGANISATION_COLUMNS = sql`
  o.id, o.version, o.name, o.kind, o.refers, o.provides, o.ods_code as "odsCode", o.email, o.phone, o.address, o.postcode,
  o.feedback_email as "feedbackEmail", o.feedback_by as "feedbackBy", o.weekly, ${CONTACT} as "contactId",
  ${memberName(sql`o.scheme_id`, CONTACT)} as "contactName", o.active, o.created_at as "createdAt", o.updated_at as "updatedAt"`;

/** Sorts after every name that begins with what stands before it. */
const LAST = '\u{10FFFF}';

/** `name_key` beginning with what was typed, as a range, which reaches the index under row security. */
export const beginsWith = (column: Sql, typed: string | undefined): Sql => {
  if (typed === undefined) return sql`true`;
  const start = typed.toLowerCase();
  return sql`(${column} >= ${start} and ${column} < ${start + LAST})`;
};

/** One prepared statement for every combination of filters: a filter not given is null. */
const orNull = (value: boolean | string[] | undefined): boolean | string[] | null => value ?? null;

const ORDERS: Orders<OrganisationSort> = {
  name: [sql`o.name_key`],
  kind: [sql`o.kind`, sql`o.name_key`],
  active: [sql`not o.active`, sql`o.name_key`],
};

function organisationsAsked(actor: MemberActor, query: OrganisationsQuery): Sql {
  const within = organisationWithin(actor, reachFor(actor, 'organisation.list'), sql`o`);
  const kinds = orNull(query.kind);
  return sql`organisation o
    where o.scheme_id = ${actor.schemeId} and ${within}
      and ${beginsWith(sql`o.name_key`, query.name)}
      and (${kinds}::text[] is null or o.kind = any(${kinds}::text[]))
      and (${orNull(query.refers)}::boolean is null or o.refers = ${orNull(query.refers)}::boolean)
      and (${orNull(query.provides)}::boolean is null or o.provides = ${orNull(query.provides)}::boolean)
      and (${orNull(query.active)}::boolean is null or o.active = ${orNull(query.active)}::boolean)`;
}

/** A page, by name unless told, with a row more than it holds. */
export function organisationsPage(
  actor: MemberActor,
  query: OrganisationsQuery,
  last: string | null,
  limit: number,
): Sql {
  const { order, after } = inOrder(ORDERS, query.sort ?? 'name', {
    id: sql`o.id`,
    rows: sql`organisation o where o.scheme_id = ${actor.schemeId}`,
    last,
  });
  return sql`
    select ${ORGANISATION_COLUMNS} from ${organisationsAsked(actor, query)} and ${after}
    order by ${order} limit ${limit + 1}`;
}

@Injectable()
export class OrganisationsQueries {
  constructor(private readonly database: Database) {}

  /** The number of whoever runs the scheme: for anybody, so nobody's permission is asked. */
  async hostPhone(schemeId: string): Promise<string | null> {
    const host = await this.database.maybe<{ phone: string }>(
      schemeId,
      sql`
        select phone from organisation
        where scheme_id = ${schemeId} and kind = 'host' and phone is not null order by id limit 1`,
    );
    return host?.phone ?? null;
  }

  async list(actor: MemberActor, query: OrganisationsQuery): Promise<Page<OrganisationView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const statement = organisationsPage(actor, query, decodeIdCursor(query.after), limit);
    const rows = await this.database.read<OrganisationView>(actor.schemeId, statement);
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async count(actor: MemberActor, query: OrganisationsQuery): Promise<number> {
    const few = sql`select 1 from ${organisationsAsked(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  async get(actor: MemberActor, id: string): Promise<OrganisationView> {
    const within = organisationWithin(actor, reachFor(actor, 'organisation.get'), sql`o`);
    const view = await this.database.maybe<OrganisationView>(
      actor.schemeId,
      sql`
        select ${ORGANISATION_COLUMNS} from organisation o
        where o.scheme_id = ${actor.schemeId} and o.id = ${id} and ${within}`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }
}
