import sql, { empty, type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import type { TypedAddress } from './page.rules.js';
import type { CodeChannel, VisitorFacts } from './page.types.js';

/** Who works with the person of `client c` now: a first name, and that number or the scheme's. Names and numbers of staff. */
export const WHO_TO_RING: Sql = sql`(
  select jsonb_build_object('name', split_part(u.name, ' ', 1), 'phone', coalesce(u.phone, (
    select o.phone from organisation o
    where o.scheme_id = c.scheme_id and o.kind = 'host' and o.phone is not null order by o.id limit 1)))
  from (select 1) one
  left join lateral (
    select r.owner_id from referral r
    where r.scheme_id = c.scheme_id and r.client_id = c.id and r.state in ('allocated', 'active', 'on_hold')
    order by r.id desc limit 1) now on true
  left join membership m on m.scheme_id = c.scheme_id and m.id = now.owner_id
  left join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id)`;

export interface Ring {
  name: string | null;
  phone: string | null;
}

export interface VisitorRow extends VisitorFacts {
  visitorId: string;
  clientId: string;
  supporterId: string | null;
  scheme: string;
  name: string;
  phone: string | null;
  email: string | null;
  /** The code of the language they speak; of whom they named none is known. */
  language: string | null;
}

type Flat = Omit<VisitorRow, 'supporter'> & {
  items: string[] | null;
  mayContact: boolean | null;
  supporterEnded: boolean | null;
};

/** Columns of one who may enter, from `client c`, `scheme h`, and what there is of `page_visitor v` and `supporter s`. */
export const EVERYBODY_WHO_MAY: Sql = sql`
  v.id as "visitorId", c.id as "clientId", s.id as "supporterId",
  v.closed_at is not null as closed, (
    select own.asked_channel from page_visitor own
    where own.scheme_id = c.scheme_id and own.client_id = c.id and own.supporter_id is null) as "askedChannel",
  c.standing = 'confirmed' and c.merged_into is null as present, c.death_recorded_at is not null as died,
  c.safety_flag as "safetyFlag", c.date_of_birth::text as "bornOn",
  c.under_age_basis is not distinct from 'parental_responsibility' as "parentsDecide",
  c.messages_paused_at is not null as "messagesPaused", c.safe_to_text = 'yes' as "safeToText",
  c.safe_to_email = 'yes' as "safeToEmail", coalesce(c.known_as, c.first_name) as name,
  case when s.id is null then c.language end as language,
  case when s.id is null then c.phone else s.phone end as phone,
  case when s.id is null then c.email_key else s.email_key end as email,
  s.shares as items, s.may_contact as "mayContact", s.ended_at is not null as "supporterEnded", h.name as scheme`;

/** One visitor as things stand at this moment: nothing about whether they may enter is ever remembered. */
export const visitorFacts = (schemeId: string, visitorId: string, more: Sql = empty): Sql => sql`
  select ${EVERYBODY_WHO_MAY} ${more}
  from page_visitor v
  join scheme h on h.id = v.scheme_id
  join client c on c.scheme_id = v.scheme_id and c.id = v.client_id
  left join supporter s on s.scheme_id = v.scheme_id and s.id = v.supporter_id
  where v.scheme_id = ${schemeId} and v.id = ${visitorId}`;

export function visitorOf({ items, mayContact, supporterEnded, ...row }: Flat): VisitorRow {
  const supporter =
    row.supporterId === null
      ? null
      : { ended: supporterEnded ?? true, mayContact: mayContact ?? false, items: items ?? [] };
  return { ...row, supporter };
}
export type VisitorRead = Flat & Record<string, unknown>;

/** The row that says whether somebody may enter, made when it is first needed. */
export async function keepVisitor(tx: Tx, clientId: string, supporterId: string | null): Promise<string> {
  const made = await tx.maybe<{ id: string }>(sql`
    insert into page_visitor (scheme_id, id, client_id, supporter_id, created_at)
    values (${tx.schemeId}, ${newId()}, ${clientId}, ${supporterId}, ${tx.now})
    on conflict (scheme_id, client_id, supporter_id) do nothing
    returning id`);
  if (made) return made.id;
  const found = await tx.one<{ id: string }>(sql`
    select id from page_visitor
    where scheme_id = ${tx.schemeId} and client_id = ${clientId} and supporter_id is not distinct from ${supporterId}`);
  return found.id;
}

/** Whoever has this address, if that is one: a code to what two people read would not say which of them came. */
export async function whoHas(
  tx: Tx,
  { channel, address }: TypedAddress,
): Promise<{ clientId: string; supporterId: string | null } | null> {
  const has = (table: Sql): Sql =>
    channel === 'text' ? sql`${table}.phone = ${address}` : sql`${table}.email_key = ${address}`;
  const found = await tx.rows<{ clientId: string; supporterId: string | null }>(sql`
    select c.id as "clientId", null::uuid as "supporterId" from client c
    where c.scheme_id = ${tx.schemeId} and ${has(sql`c`)} and c.standing = 'confirmed'
      and c.merged_into is null and c.death_recorded_at is null
    union all
    select s.client_id, s.id from supporter s
    where s.scheme_id = ${tx.schemeId} and ${has(sql`s`)} and s.ended_at is null
    limit 2`);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** The address a visitor is reached at by this channel now. */
export const addressBy = (visitor: VisitorRow, channel: CodeChannel): string | null =>
  channel === 'text' ? visitor.phone : visitor.email;

/** Ends every key that opens the page of these visitors, and what they typed there and did not send. */
export async function endKeys(tx: Tx, visitorIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    update page_session set ended_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and visitor_id = any(${visitorIds}::uuid[]) and ended_at is null`);
  await tx.run(sql`
    update page_link set revoked_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and visitor_id = any(${visitorIds}::uuid[]) and revoked_at is null`);
  await tx.run(sql`
    delete from page_kept_form where scheme_id = ${tx.schemeId} and visitor_id = any(${visitorIds}::uuid[])`);
}
