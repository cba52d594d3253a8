import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

type Uses = Record<string, string>;

/**
 * What it is in a sentence, where a row points at a service or a group. What points at them is asked of the database, so
 * that an undo takes nothing from under a table made later; such a table is called by its name until it has words here.
 */
const USES_OF_LISTING = {
  'onward_referral.listing_id': 'somebody was offered to it',
  'signpost.listing_id': 'somebody was told about it',
  'reply_link.listing_id': 'its group was asked about it',
  'shortlist_item.listing_id': 'it is on a shortlist',
  'shortlist_sent.listing_id': 'somebody was sent it to think about',
  'gap.listing_id': 'it closed a gap',
  'offer_approval.listing_id': 'an offer to it was looked at',
  'asset.listing_id': 'an asset names it',
  'survey_answer.listing_id': 'a survey names it',
  'place_period.listing_id': 'its places are counted by session',
  'register.listing_id': 'it has a register',
} as const satisfies Uses;

const USES_OF_ORGANISATION = {
  'membership.organisation_id': 'somebody signs in for it',
  'invitation.organisation_id': 'somebody was invited to it',
  'client.brought_by_organisation_id': 'it brought somebody here',
  'gp_registration.organisation_id': 'somebody is registered there',
  'agreement.organisation_id': 'somebody agreed to be told of to it',
  'never_offer.organisation_id': 'somebody must not be offered to it',
  'referral.organisation_id': 'it referred somebody',
  'import_batch.organisation_id': 'it brought a list of people',
  'onward_referral.organisation_id': 'somebody was offered to it',
  'message.organisation_id': 'we wrote to it',
  'reply_link.organisation_id': 'it was sent a link',
  'assurance_record.organisation_id': 'its safety checks are recorded',
  'covenant_signature.organisation_id': 'it signed the local agreement',
  'concern.organisation_id': 'a concern about it was told',
  'evidence_file.organisation_id': 'it has files here',
  'provider_period.organisation_id': 'it said when its times change',
  'provider_quiet_time.organisation_id': 'it said when not to write',
  'provider_closure.organisation_id': 'it closed for good',
  'offer_approval.organisation_id': 'an offer to it was looked at',
  'provider_claim.organisation_id': 'somebody says that it is theirs',
  'asset.organisation_id': 'an asset names it',
  'group_link.organisation_id': 'it has a link of its own',
  'survey_reply.organisation_id': 'it answered a survey',
  'practical_help.organisation_id': 'help it gave is counted',
  'plan_share.organisation_id': 'a plan was shared with it',
  'secure_address.organisation_id': 'it has a secure address',
  'hub_partner.organisation_id': 'it named partners',
  'practice_move.from_organisation_id': 'somebody moved from it',
  'practice_move.to_organisation_id': 'somebody moved to it',
  'hub_partner.partner_id': 'a hub names it',
  'safety_message.organisation_id': 'we wrote to it',
} as const satisfies Uses;

/** What the product does by itself when a service is published is no use of it: such a gap opens again. */
const NO_USE: Record<string, Sql> = {
  'gap.listing_id': sql`and not (u.closed_because = 'service_started' and u.closed_by is null)`,
};

/** What an import writes itself is no use that somebody else made of it. */
const OWN = ['provider', 'provider_history', 'listing', 'listing_history', 'contact_point', 'import_record'];

/** Those services that something points at, and what does, in words that follow "stays:". */
export const listingsInUse = (tx: Tx, ids: readonly string[]): Promise<Map<string, string>> =>
  inUse(tx, ['listing'], USES_OF_LISTING, ids);

/** The same of groups. */
export const organisationsInUse = (tx: Tx, ids: readonly string[]): Promise<Map<string, string>> =>
  inUse(tx, ['organisation', 'provider'], USES_OF_ORGANISATION, ids);

async function inUse(
  tx: Tx,
  tables: readonly string[],
  words: Uses,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const places = await tx.rows<Place & Record<string, unknown>>(sql`
    select r.relname as table, a.attname as column
    from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_class t on t.oid = c.confrelid
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey) and a.attname <> 'scheme_id'
    where c.contype = 'f' and t.relname = any(${tables}::text[]) and t.relnamespace = r.relnamespace
      and r.relname <> all(${OWN}::text[])
    order by 1, 2`);
  const asked = places.map(({ table, column }): Sql => {
    const because = words[`${table}.${column}`] ?? `something points at it (${table.replaceAll('_', ' ')})`;
    return sql`
      select distinct u.${raw(column)} as id, ${because}::text as because from ${raw(table)} u
      where u.scheme_id = ${tx.schemeId} and u.${raw(column)} = any(${ids}::uuid[])
        ${NO_USE[`${table}.${column}`] ?? empty}`;
  });
  const rows = await tx.rows<Use & Record<string, unknown>>(join(asked, ' union all '));
  return new Map(rows.map(({ id, because }) => [id, because]));
}

interface Place {
  table: string;
  column: string;
}

interface Use {
  id: string;
  because: string;
}
