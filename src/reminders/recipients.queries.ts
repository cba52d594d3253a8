import sql, { type Sql } from 'sql-template-tag';
import { agreesToSupport } from '../clients/support.queries.js';
import { standing } from '../identity/cover.queries.js';
import type { Tx } from '../platform/database/tx.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import { isUkMobile } from '../platform/pure/phone.js';
import type { GroupAddress } from '../providers/group-address.rules.js';
import { groupsWritten } from '../providers/group-addresses.queries.js';
import { channelFor } from './channel.rules.js';
import type { NoWay } from './written-message.types.js';

/** Why nothing may be sent to a client, at all or on one channel. */
export type NotSafe = Exclude<NoWay, 'not_carried' | 'closed'>;

/** Where one channel leads: an address, a number, the lines of a letter; or why nowhere. */
export type Route = { to: string } | { because: NotSafe };

export interface ClientRoutes {
  id: string;
  channels: Record<SendingChannel, Route>;
  reachThrough: string | null;
  language: string;
  safetyFlag: boolean;
}

export interface ClientRow {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  address: string | null;
  postcode: string | null;
  safe: Record<SendingChannel, 'yes' | 'no' | 'not_asked'>;
  reachThrough: string | null;
  language: string;
  safetyFlag: boolean;
  died: boolean;
  merged: boolean;
  paused: boolean;
  agreed: boolean;
}

/** Of a client `c`: what their routes follow from. */
export const ROUTE_COLUMNS: Sql = sql`c.id, c.first_name || ' ' || c.last_name as name, c.email, c.phone, c.address, c.postcode,
      json_build_object('email', c.safe_to_email, 'text', c.safe_to_text, 'letter', c.safe_to_write) as safe,
      c.reach_through as "reachThrough", c.language, c.safety_flag as "safetyFlag",
      c.death_recorded_at is not null as died, c.standing = 'merged' as merged,
      c.messages_paused_at is not null as paused,
      ${agreesToSupport(sql`c.scheme_id`, sql`c.id`)} as agreed`;

export const routesOf = (row: ClientRow): ClientRoutes['channels'] => ({
  email: routeOf(row, 'email'),
  text: routeOf(row, 'text'),
  letter: routeOf(row, 'letter'),
});

/** The way somebody is written to by whoever chooses none, of those that are safe and open; null where there is none. */
export const usualWay = (
  { channels, reachThrough }: Pick<ClientRoutes, 'channels' | 'reachThrough'>,
  carries: (channel: SendingChannel) => boolean,
): SendingChannel | null =>
  channelFor('written_message', reachThrough, (one) => 'to' in channels[one] && carries(one));

/** P6, "still safe?": only a way somebody said is safe, to a living person who agrees to be supported. */
export async function clientRoutes(tx: Tx, ids: readonly string[]): Promise<Map<string, ClientRoutes>> {
  const rows = await tx.rows<ClientRow & Record<string, unknown>>(sql`
    select ${ROUTE_COLUMNS} from client c where c.scheme_id = ${tx.schemeId} and c.id = any(${ids}::uuid[])`);
  return new Map(
    rows.map((row) => {
      const { id, reachThrough, language, safetyFlag } = row;
      return [id, { id, channels: routesOf(row), reachThrough, language, safetyFlag }];
    }),
  );
}

function routeOf(row: ClientRow, channel: SendingChannel): Route {
  if (row.died) return { because: 'died' };
  if (row.merged) return { because: 'merged' };
  if (!row.agreed) return { because: 'agreement_withdrawn' };
  if (row.paused) return { because: 'paused' };
  const safe = row.safe[channel];
  if (safe !== 'yes') return { because: safe === 'no' ? 'not_safe' : 'not_asked' };
  const to = addressOf(row, channel);
  return to === null ? { because: 'no_address' } : { to };
}

function addressOf(
  { name, email, phone, address, postcode }: ClientRow,
  channel: SendingChannel,
): string | null {
  switch (channel) {
    case 'email':
      return email;
    case 'text':
      return phone !== null && isUkMobile(phone) ? phone : null;
    case 'letter':
      return address === null || postcode === null ? null : letterLines(name, address, postcode).join('\n');
  }
}

/** Seven lines are printed: the name, the postcode, and five of the address, the last of which takes what is over. */
function letterLines(name: string, address: string, postcode: string): string[] {
  const parts = address
    .split(/[\n,]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== postcode);
  const lines = parts.length <= 5 ? parts : [...parts.slice(0, 4), parts.slice(4).join(', ')];
  return [name, ...lines, postcode];
}

/**
 * Where a group is written to, and how. A group that answers by phone is rung instead, and one without an address too:
 * also where somebody said at the organisation's own address that nobody there helps any more.
 */
export async function groupRoutes(
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, GroupAddress>> {
  const groups = await groupsWritten(tx, organisationIds);
  return new Map(
    [...groups].flatMap(([id, { address, byPhone }]) => (byPhone ? [] : [[id, address] as const])),
  );
}

/** An organisation's inbox for what became of its referrals. */
export async function inboxMail(tx: Tx, organisationIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ id: string; email: string }>(sql`
    select id, coalesce(feedback_email, email) as email from organisation
    where scheme_id = ${tx.schemeId} and id = any(${organisationIds}::uuid[])
      and coalesce(feedback_email, email) is not null`);
  return new Map(rows.map((row) => [row.id, row.email]));
}

export interface ReferrerMail {
  referralId: string;
  organisationId: string | null;
  membershipId: string | null;
}

/** The membership `m` of referral `r`'s scheme that this says, where it can sign in. */
const here = (which: Sql): Sql => sql`(
  select m.id from membership m join user_account a on a.id = m.account_id
  where m.scheme_id = r.scheme_id and ${which} and ${standing(sql`m`)} and a.disabled_at is null and a.kind = 'person')`;

/**
 * Who is told what became of a referral: the practice's feedback address, else its author, else whoever answers for the
 * practice, else its inbox.
 */
export async function referrerMail(
  tx: Tx,
  referralIds: readonly string[],
): Promise<Map<string, ReferrerMail>> {
  const rows = await tx.rows<{
    id: string;
    organisationId: string | null;
    hasFeedback: boolean;
    contactId: string | null;
    hasInbox: boolean;
    authorId: string | null;
  }>(sql`
    select r.id, o.id as "organisationId", o.feedback_email is not null as "hasFeedback",
      o.email is not null as "hasInbox", ${here(sql`m.id = o.contact_id and m.organisation_id = o.id`)} as "contactId",
      ${here(sql`m.id = r.author_id and m.organisation_id = r.organisation_id`)} as "authorId"
    from referral r left join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id
    where r.scheme_id = ${tx.schemeId} and r.id = any(${referralIds}::uuid[])`);
  const found = new Map<string, ReferrerMail>();
  for (const { id, organisationId, hasFeedback, hasInbox, authorId, contactId } of rows) {
    const membershipId = authorId ?? contactId;
    if (organisationId !== null && (hasFeedback || (membershipId === null && hasInbox))) {
      found.set(id, { referralId: id, organisationId, membershipId: null });
    } else if (membershipId !== null) {
      found.set(id, { referralId: id, organisationId: null, membershipId });
    }
  }
  return found;
}
