import sql, { type Sql } from 'sql-template-tag';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import type { HubPartnerNamed } from './hub.dto.js';
import { partnersOf } from './hub.partners.js';
import type { ListingShown } from './listing.dto.js';
import { pointOf } from './kept-back.js';
import { freshnessOf, notKnown, placesLeft, placesReading } from './listing.rules.js';
import type { ListingRow } from './listing.types.js';
import { isPaused } from './provider.rules.js';

/** A listing with what its provider and its scheme say beside it. */
export interface Owned extends ListingRow {
  organisationName: string;
  /** Whom its provider works with, where that is a hub. */
  partners: HubPartnerNamed[];
  pausedFrom: string | null;
  pausedUntil: string | null;
  staleDays: number | null;
}

/** The columns that Owned adds, from `provider p`, `organisation o` and `listing l`; `partners` as partnersOf() has it. */
export const ownerColumns = (partners: Sql): Sql => sql`
  o.name as "organisationName", ${partners} as partners, p.paused_from::text as "pausedFrom",
  p.paused_until::text as "pausedUntil",
  (select (s.settings ->> 'placesStaleCalendarDays')::int from scheme s where s.id = l.scheme_id) as "staleDays"`;
export const OWNER_COLUMNS = ownerColumns(partnersOf(sql`l.scheme_id`, sql`l.organisation_id`));

/** What every reader of a listing is shown, with its freshness beside it. */
export function shown(row: Owned, today: string): Pick<ListingShown, keyof ListingShown> {
  const staleDays = row.staleDays ?? DEFAULT_SETTINGS.placesStaleCalendarDays;
  return {
    id: row.id,
    organisationId: row.organisationId,
    organisationName: row.organisationName,
    partners: row.partners,
    name: row.name,
    description: row.description,
    needs: row.needs,
    forWhom: row.forWhom,
    level: row.level,
    setting: row.setting,
    schedule: row.schedule,
    languages: row.languages,
    access: row.access,
    cost: row.cost,
    costNote: row.costNote,
    point: pointOf(row),
    address: row.address,
    postcode: row.postcode,
    howToJoin: row.howToJoin,
    volunteerRole: row.volunteerRole,
    notKnown: notKnown(row),
    places: {
      kind: row.placesKind,
      reading: placesReading(row, today, staleDays),
      total: row.placesTotal,
      left: placesLeft(row),
      fullUntil: row.fullUntil,
      confirmedOn: row.placesConfirmedOn,
    },
    freshness: freshnessOf(row.confirmedOn, today),
    providerPaused: isPaused(row, today),
  };
}
