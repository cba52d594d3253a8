import { spokenDate } from '../platform/clock/calendar.js';
import type { PublishedOrganisation, PublishedService } from '../providers/published-service.types.js';
import type { Cost, Session } from '../providers/listing.types.js';
import type { Sector, Weekday } from '../providers/provider.types.js';
import { capacityOf } from '../providers/service-capacity.rules.js';
import { without } from '../platform/pure/without.js';
import { partId } from './hsds-ids.rules.js';
import {
  type Taxonomy,
  type Term,
  termOfAccess,
  termOfNeed,
  VOLUNTEER_ROLE,
} from './taxonomies.catalogue.js';

/**
 * Our rows in the words of Open Referral UK 3.0 (March 2026), https://docs.openreferraluk.org. Empty fields are left
 * out. What the UK profile dropped of HSDS 3.1 and we know (eligibility, how to apply, capacity) goes in as extras.
 */
export type Hsds = Record<string, unknown>;

/** Without what is null, undefined, an empty text or an empty list. */
export const compact = (fields: Hsds): Hsds =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== null &&
        value !== undefined &&
        value !== '' &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );

const SECTORS: Record<Sector, string> = {
  charity: 'A charity',
  community: 'A community group',
  faith: 'A faith group',
  social_enterprise: 'A social enterprise',
  council: 'Part of a council',
  health: 'A health organisation',
  other: 'A local organisation',
};

/** The description the format demands, from the little that is for everybody. */
export const organisation = ({ id, name, sector, partners }: PublishedOrganisation): Hsds => ({
  id,
  name,
  description: [`${SECTORS[sector]}.`, ...worksWith(partners)].join(' '),
});

/** The format has no field for it. */
const worksWith = (partners: PublishedOrganisation['partners']): string[] =>
  partners.length === 0
    ? []
    : [`A hub that works with ${partners.map(({ name, does }) => `${name} (${does})`).join('; ')}.`];

export const organisationInFull = (whole: PublishedOrganisation): Hsds =>
  compact({
    ...organisation(whole),
    organization_identifiers:
      whole.charityNumber === null
        ? []
        : [
            {
              id: partId(whole.id, 'organization_identifier'),
              organization_id: whole.id,
              identifier_scheme: 'GB-CHC',
              identifier_type: 'Charity number',
              identifier: whole.charityNumber,
            },
          ],
  });

/** Enough to learn what is new; name and status because the list's own schema demands them of every service. */
export const minimalService = (service: PublishedService): Hsds => ({
  id: service.id,
  name: service.name,
  status: status(service),
  last_modified: service.modifiedAt.toISOString(),
  modified_date: service.modifiedAt.toISOString(),
});

const status = ({ ended, temporarilyClosed }: PublishedService): string =>
  ended ? 'defunct' : temporarilyClosed ? 'temporarily closed' : 'active';

/** As a list shows it: all but what is nested, save its organisation. */
export const service = (row: PublishedService): Hsds =>
  compact({
    id: row.id,
    organization_id: row.organisation.id,
    name: row.name,
    description: row.description,
    status: status(row),
    fees: row.cost === 'free' ? null : row.costNote,
    minimum_age: row.minimumAge,
    maximum_age: row.maximumAge,
    eligibility_description: row.eligibilityNote,
    application_process: row.howToJoin,
    // Older than three months is no assurance; then the alert says so.
    assured_date: row.confirmed ? row.confirmedOn : null,
    alert: row.confirmed ? null : unconfirmed(row.confirmedOn),
    last_modified: row.modifiedAt.toISOString(),
    organization: organisation(row.organisation),
  });

const unconfirmed = (on: string | null): string =>
  on === null
    ? 'Nobody has confirmed these details yet. Ask before you go.'
    : `Last confirmed on ${spokenDate(on)}. Ask before you go.`;

export function serviceInFull(row: PublishedService): Hsds {
  const place = serviceAtLocation(row);
  return compact({
    ...service(row),
    organization: organisationInFull(row.organisation),
    schedules: row.schedule.map((session, index) => schedule(row.id, session, index)),
    service_areas: serviceAreas(row),
    service_at_locations: place === null ? [] : [place],
    languages: row.languages.map((code) => language(row.id, code)),
    cost_options: costOptions(row),
    attributes: [
      ...row.needs.map(termOfNeed),
      ...row.access.map(termOfAccess),
      ...(row.volunteerRole ? [VOLUNTEER_ROLE] : []),
    ].map((term) => attribute(row.id, term)),
    service_capacity: capacity(row),
  });
}

const DAYS: Record<Weekday, string> = {
  monday: 'MO',
  tuesday: 'TU',
  wednesday: 'WE',
  thursday: 'TH',
  friday: 'FR',
  saturday: 'SA',
  sunday: 'SU',
};

const schedule = (serviceId: string, session: Session, index: number): Hsds =>
  compact({
    id: partId(serviceId, `schedule ${String(index)}`),
    service_id: serviceId,
    freq: session.every === 'month' ? 'MONTHLY' : 'WEEKLY',
    interval: session.every === 'fortnight' ? 2 : 1,
    byday: DAYS[session.day],
    opens_at: session.from,
    closes_at: session.to,
    description: session.note,
  });

function serviceAreas(row: PublishedService): Hsds[] {
  const area = (name: string): Hsds => ({
    id: partId(row.id, `service_area ${name}`),
    service_id: row.id,
    name,
    service_area: name,
  });
  return [
    ...(row.areas ?? []).map(area),
    ...(row.radiusMiles === null ? [] : [area(`Within ${String(row.radiusMiles)} miles of where it meets`)]),
  ];
}

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });

const language = (serviceId: string, code: string): Hsds => ({
  id: partId(serviceId, `language ${code}`),
  service_id: serviceId,
  name: LANGUAGES.of(code) ?? code,
  code,
});

const COSTS: Record<Cost, string> = { free: 'Free', donation: 'Donation', paid: 'Paid' };

/** None where nobody has said what it costs. */
const costOptions = ({ id, cost, costNote }: PublishedService): Hsds[] =>
  cost === null
    ? []
    : [
        compact({
          id: partId(id, 'cost_option'),
          service_id: id,
          option: COSTS[cost],
          amount: cost === 'free' ? 0 : null,
          amount_description: costNote,
        }),
      ];

const attribute = (serviceId: string, term: Term): Hsds => ({
  id: partId(serviceId, `attribute ${term.id}`),
  link_id: serviceId,
  taxonomy_term_id: term.id,
  link_type: 'service',
  taxonomy_term: taxonomyTerm(term),
});

/** Only counts that somebody confirmed lately, and that it is full while it is. */
function capacity(row: PublishedService): Hsds[] {
  const facts = {
    serviceId: row.id,
    left: row.placesLeft,
    total: row.placesKnown ? row.placesTotal : null,
    confirmedOn: row.placesConfirmedOn,
    fullUntil: row.fullUntil,
  };
  const ids = { capacity: partId(row.id, 'service_capacity'), unit: partId(row.id, 'unit') };
  const told = capacityOf(facts, row.today, ids);
  return told === null ? [] : [compact({ ...told })];
}

/** Where it meets; null where nobody knows or nobody may. */
export function serviceAtLocation(row: PublishedService): Hsds | null {
  if (row.address === null && row.postcode === null && row.latitude === null) return null;
  const locationId = partId(row.id, 'location');
  return {
    id: partId(row.id, 'service_at_location'),
    service_id: row.id,
    location_id: locationId,
    location: compact({
      ...location(row),
      addresses: addresses(row, locationId),
      accessibility: row.access.map((access) => ({
        id: partId(row.id, `accessibility ${access}`),
        location_id: locationId,
        description: termOfAccess(access).name,
      })),
    }),
  };
}

const location = (row: PublishedService): Hsds =>
  compact({
    id: partId(row.id, 'location'),
    location_type: 'physical',
    name: row.postcode,
    latitude: row.latitude,
    longitude: row.longitude,
  });

/** As a list shows it: the place without its parts, the service without its own. */
export function serviceAtLocationInList(row: PublishedService): Hsds {
  return {
    id: partId(row.id, 'service_at_location'),
    service_id: row.id,
    location_id: partId(row.id, 'location'),
    location: location(row),
    service: service(row),
  };
}

/** One text of ours is several fields of theirs. What we were never told is said to be so, since they demand it. */
function addresses(row: PublishedService, locationId: string): Hsds[] {
  const lines = (row.address ?? '')
    .split(/[,\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== row.postcode);
  if (lines.length === 0 || row.postcode === null) return [];
  const city = lines.length > 1 ? lines.at(-1) : undefined;
  return [
    {
      id: partId(row.id, 'address'),
      location_id: locationId,
      address_1: (city === undefined ? lines : lines.slice(0, -1)).join(', '),
      city: city ?? 'Not stated',
      state_province: 'Not stated',
      postal_code: row.postcode,
      country: 'GB',
      address_type: 'physical',
    },
  ];
}

export const taxonomyTerm = (term: Term): Hsds => ({ ...term });

export const taxonomy = (whole: Taxonomy): Hsds => without(whole, 'taxonomy_terms');

export const taxonomyInFull = (whole: Taxonomy): Hsds => ({ ...whole });

/** One page as the format wraps it. Past the last page is an empty one. */
export function paged(contents: Hsds[], total: number, page: number, perPage: number): Hsds {
  const pages = Math.max(1, Math.ceil(total / perPage));
  return {
    total_items: total,
    total_pages: pages,
    page_number: page,
    size: contents.length,
    first_page: page === 1,
    last_page: page >= pages,
    empty: contents.length === 0,
    contents,
  };
}
