import sql, { type Sql } from 'sql-template-tag';
import { BY_LINK } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { LISTING_EVENTS } from './listing.events.js';
import type { ListingRow } from './listing.types.js';

/** The columns of ListingRow, from `listing l`. */
export const LISTING_COLUMNS = sql`
  l.id, l.version, l.organisation_id as "organisationId", l.name, l.description, l.state, l.needs, l.areas,
  l.radius_miles::float8 as "radiusMiles", l.minimum_age as "minimumAge", l.maximum_age as "maximumAge",
  l.eligibility_note as "eligibilityNote", l.for_whom as "forWhom", l.excludes, l.present, l.level, l.setting,
  l.schedule, l.languages, l.access, l.cost, l.cost_note as "costNote", l.how_to_join as "howToJoin",
  l.volunteer_role as "volunteerRole", l.address, l.postcode, l.latitude, l.longitude,
  l.withhold_location as "withholdLocation", l.publishable, l.places_kind as "placesKind",
  l.places_total as "placesTotal", l.places_taken as "placesTaken",
  l.places_by_period as "placesByPeriod", l.places_otherwise as "placesOtherwise",
  l.places_confirmed_on::text as "placesConfirmedOn", l.full_until::text as "fullUntil",
  l.confirmed_on::text as "confirmedOn", l.published_on::text as "publishedOn"`;

/** `listing l` where it is only named; `listingNamed` says how fresh it is. */
export const LISTING_NAMED = sql`json_build_object('id', l.id, 'name', l.name, 'confirmedOn', l.confirmed_on)`;

/** More is not said of one service within a day. */
const MOST_SAID = 40;

/** What was said by link of `listing l`, newest first, as one column: see answerBefore. */
export const SAID_BY_LINK = sql`coalesce((
  select json_agg(json_build_object('at', s.at, 'action', s.action, 'changes', s.changes) order by s.id desc) from (
    select h.id, h.at, h.action, h.changes from listing_history h
    where h.scheme_id = l.scheme_id and h.listing_id = l.id and h.actor_name = ${BY_LINK}
      and h.action = any(${[LISTING_EVENTS.confirm, LISTING_EVENTS.setPlaces, LISTING_EVENTS.amend]}::text[])
    order by h.id desc limit ${MOST_SAID}) s), '[]')`;

/**
 * Locks one listing and authorises in the same statement. Last in the lock order: client, referral, onward, listing.
 * `no key`, since a row that points at the listing holds its key already: two of those must not deadlock here.
 */
export async function lockListing(tx: Tx, id: string, within: Sql = sql`true`): Promise<ListingRow> {
  const listing = await tx.maybe<ListingRow>(sql`
    select ${LISTING_COLUMNS} from listing l
    where l.scheme_id = ${tx.schemeId} and l.id = ${id} and l.taken_back_at is null and ${within}
    for no key update`);
  if (!listing) throw Refusal.notFound();
  return listing;
}
