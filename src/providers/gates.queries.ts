import sql, { type Sql } from 'sql-template-tag';
import { londonDate } from '../platform/clock/calendar.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { checkGates, type ClientFacts, type Gate } from './listing.gates.js';
import { LISTING_COLUMNS } from './listing-row.js';
import type { ListingRow } from './listing.types.js';
import { PROVIDER_COLUMNS } from './provider-row.js';
import type { ProviderRow } from './provider.types.js';
import { PERIODS, QUIET_TIMES } from './rhythm.queries.js';
import type { Period, QuietTime } from './rhythm.types.js';

/** What the gates and the order ask of a service, and no more: hundreds are weighed where a page is shown. */
export const GATE_LISTING = sql`
  l.id, l.organisation_id as "organisationId", l.state, l.needs, l.areas, l.radius_miles::float8 as "radiusMiles",
  l.latitude, l.longitude, l.minimum_age as "minimumAge", l.maximum_age as "maximumAge", l.for_whom as "forWhom",
  l.excludes, l.present, l.level, l.setting, l.languages, l.access, l.places_kind as "placesKind",
  l.places_total as "placesTotal", l.places_taken as "placesTaken",
  l.places_confirmed_on::text as "placesConfirmedOn", l.full_until::text as "fullUntil",
  l.confirmed_on::text as "confirmedOn"`;

/** What the gates and the order ask of a provider, as one object; from `provider p` and `organisation o`. */
export const GATE_PROVIDER = sql`
  json_build_object('sector', p.sector, 'tradition', p.tradition, 'prayer', p.prayer,
    'religiousContent', p.religious_content, 'remit', p.remit, 'limits', p.limits, 'pausedFrom', p.paused_from,
    'pausedUntil', p.paused_until, 'personalContactUntil', p.personal_contact_until, 'aloneUntil', p.alone_until,
    'noPressureAgreed', p.no_pressure_agreed, 'closedForGoodOn', p.closed_for_good_on, 'active', o.active,
    'replyWithinDays', p.reply_within_days, 'quietDays', p.quiet_days, 'periods', ${PERIODS})`;

/** A provider with the times it changes, and those when it wants no messages. */
export type RhythmicProvider = ProviderRow & { periods: Period[]; quietTimes: QuietTime[] };

/** Reads one row: inside a transaction, or on its own. */
export type ReadOne = <Row extends object>(statement: Sql) => Promise<Row | null>;

/** With the places of a period in place of all, where one is asked about; none are left of one that does not run. */
const listingRow = (schemeId: string, id: string, periodId: string | null): Sql =>
  periodId === null
    ? sql`select ${LISTING_COLUMNS} from listing l where l.scheme_id = ${schemeId} and l.id = ${id}`
    : sql`
      select ${LISTING_COLUMNS}, 'counted' as "placesKind", coalesce(q.places_total, 0) as "placesTotal",
        coalesce(q.places_taken, 0) as "placesTaken"
      from listing l
      left join place_period q on q.scheme_id = l.scheme_id and q.listing_id = l.id and q.id = ${periodId}
        and q.state = 'running'
      where l.scheme_id = ${schemeId} and l.id = ${id}`;

const providerRow = (schemeId: string, organisationId: string): Sql => sql`
  select ${PROVIDER_COLUMNS}, ${PERIODS} as periods, ${QUIET_TIMES} as "quietTimes" from provider p
  join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
  where p.scheme_id = ${schemeId} and p.organisation_id = ${organisationId}`;

/**
 * Every gate between one person and one service, and whoever provides it, from the rows as the reader sees them. The
 * facts come from whoever may read the person's record; a service that is not there refuses as not found.
 */
export async function gatesFor(
  read: ReadOne,
  schemeId: string,
  listingId: string,
  facts: ClientFacts,
  settings: SchemeSettings,
  now: Date,
  periodId: string | null = null,
): Promise<{ gates: Gate[]; listing: ListingRow; provider: RhythmicProvider }> {
  const listing = await read<ListingRow>(listingRow(schemeId, listingId, periodId));
  const provider = listing && (await read<RhythmicProvider>(providerRow(schemeId, listing.organisationId)));
  if (!listing || !provider) throw Refusal.notFound();
  return { gates: checkGates(facts, listing, provider, londonDate(now), settings), listing, provider };
}
