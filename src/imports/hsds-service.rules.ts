import { TERMS } from '../open-referral/taxonomies.catalogue.js';
import { ACCESS_NEEDS, LANGUAGE_CODE, type AccessNeed } from '../platform/words/access.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { normaliseOutward, normalisePostcode } from '../platform/pure/postcode.js';
import { MOST_PLACES, type Session } from '../providers/listing.types.js';
import type { DirectoryDetails, DirectoryGroup } from '../providers/provider-import.js';
import type { Weekday } from '../providers/provider.types.js';
import { totalFor } from '../providers/service-capacity.rules.js';
import { nameIn } from './cell.rules.js';
import { EMAIL, needsIn, soundsLikeFaith } from './directory-words.rules.js';
import type { Checked, RowWarning } from './import.types.js';
import { plainText } from './plain-text.rules.js';
import { WHOLE_ROW } from './raw.rules.js';

/*
 * Services as other directories send them, in Open Referral UK's words more or less. Leniently: what cannot be right
 * (an age of -1, a latitude of 100) is left out; only what has no id, no name or no group is refused. Dates are not
 * taken over, so that one without a zone does no harm: what is right today, somebody here says when publishing.
 */

const NAME_MAX = 200;
const DESCRIPTION_MAX = 4000;
const NOTE_MAX = 1000;
const ID_MAX = 200;
const MOST_SESSIONS = 50;
const MOST_AREAS = 200;

type Found = Record<string, unknown>;

const DAYS: Record<string, Weekday> = {
  MO: 'monday',
  TU: 'tuesday',
  WE: 'wednesday',
  TH: 'thursday',
  FR: 'friday',
  SA: 'saturday',
  SU: 'sunday',
};

export function readService(raw: unknown, source: string): Checked<DirectoryGroup> | 'ignore' {
  if (!isFound(raw)) return refused(WHOLE_ROW, 'This is not a record of a service');
  const sourceId = idIn(raw['id']);
  if (sourceId === null) return refused('id', 'Give an id of 1 to 200 characters');
  if (['inactive', 'defunct'].includes(String(raw['status']))) return 'ignore';
  const called = nameIn(plainText(raw['name']), 'name');
  if ('reason' in called) return refused('name', called.reason);
  const service = called.name;
  if (service.length > NAME_MAX) return refused('name', `Use ${String(NAME_MAX)} characters or fewer`);
  const organisation = isFound(raw['organization']) ? raw['organization'] : {};
  const organisationId = idIn(organisation['id']) ?? idIn(raw['organization_id']);
  const given = plainText(organisation['name']);
  if (organisationId === null || given === '')
    return refused('organization', 'Say which group offers this, with its id and name');
  const named = nameIn(given, 'organization.name');
  if ('reason' in named) return refused('organization.name', named.reason);
  const { name } = named;
  if (name.length > NAME_MAX)
    return refused('organization.name', `Use ${String(NAME_MAX)} characters or fewer`);
  const description = plainText(raw['description']) || service;
  const terms = listIn(raw, 'attributes').map((one) =>
    isFound(one['taxonomy_term']) ? one['taxonomy_term'] : one,
  );
  const { address, ...place } = placeIn(raw);
  const faith = soundsLikeFaith(name);
  return {
    ok: true,
    warnings: [...called.warnings, ...named.warnings, ...warningsOf(raw)],
    value: {
      source,
      sourceId,
      organisationSourceId: organisationId,
      name,
      kind: faith ? 'faith_group' : 'community_group',
      sector: faith ? 'faith' : 'community',
      service,
      description: cut(description, DESCRIPTION_MAX),
      needs: needsOf(terms, `${service} ${description}`),
      address,
      postcode: place.postcode,
      email: emailIn(raw['email']) ?? emailIn(organisation['email']),
      details: { ...detailsIn(raw, terms), latitude: place.latitude, longitude: place.longitude },
    },
  };
}

/** Values that say something we cannot use, so that the record is taken without them. */
function warningsOf(raw: Found): RowWarning[] {
  const said = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
  const place = placeIn(raw);
  const { location, address } = locationIn(raw);
  const times = timesIn(raw);
  const lost = times.filter((one) => sessionsIn(one).length === 0).length;
  const ages = detailsIn(raw, []);
  const found: [lost: boolean, column: string, reason: string][] = [
    [said(raw['minimum_age']) && ages.minimumAge === null, 'minimum_age', 'Not an age that can be'],
    [said(raw['maximum_age']) && ages.maximumAge === null, 'maximum_age', 'Not an age that can be'],
    [said(raw['email']) && emailIn(raw['email']) === null, 'email', 'Not an e-mail address'],
    [said(address?.['postal_code']) && place.postcode === null, 'postal_code', 'Not a postcode'],
    [
      (said(location['latitude']) || said(location['longitude'])) && place.latitude === null,
      'latitude, longitude',
      'Not a place on earth',
    ],
    [
      listIn(raw, 'service_areas').length > 0 && ages.areas === null,
      'service_areas',
      'No postcode districts, so the area is not known',
    ],
    [lost > 0, 'schedules', `${String(lost)} of ${String(times.length)} times have no day, start or end`],
  ];
  return found.flatMap(([lost, column, reason]) =>
    lost ? [{ column, reason: `${reason}; it is left out` }] : [],
  );
}

const refused = (column: string, reason: string): Checked<DirectoryGroup> => ({ ok: false, column, reason });

const isFound = (value: unknown): value is Found =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listIn = (raw: Found, field: string): Found[] => {
  const list = raw[field];
  return Array.isArray(list) ? (list as unknown[]).filter(isFound) : [];
};

const idIn = (value: unknown): string | null => {
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && id.trim() !== '' && id.length <= ID_MAX ? id.trim() : null;
};

const emailIn = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= 254 && EMAIL.test(value) ? value : null;

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

const noteIn = (value: unknown, most = NOTE_MAX): string | null => {
  const text = cut(plainText(value), most);
  return text === '' ? null : text;
};

/** Our own terms by their ids; of other lists, what their words say plainly. */
function needsOf(terms: readonly Found[], text: string): Need[] {
  const own = codesIn(terms, NEEDS);
  if (own.length > 0) return own;
  return needsIn([text, ...terms.map(({ name, term }) => `${plainText(name)} ${plainText(term)}`)].join(' '));
}

function codesIn<Code extends string>(terms: readonly Found[], list: readonly Code[]): Code[] {
  const codes = terms.map(({ id }) => TERMS.get(String(id))?.code);
  return list.filter((code) => codes.includes(code));
}

/** The first of its places, and the first address of that. */
function locationIn(raw: Found): { location: Found; address: Found | undefined } {
  const [at] = listIn(raw, 'service_at_locations');
  const location = at && isFound(at['location']) ? at['location'] : (listIn(raw, 'locations')[0] ?? {});
  const [address] = [...listIn(location, 'addresses'), ...listIn(location, 'physical_addresses')];
  return { location, address };
}

const timesIn = (raw: Found): Found[] => [
  ...listIn(raw, 'schedules'),
  ...listIn(raw, 'service_at_locations').flatMap((one) => listIn(one, 'schedules')),
];

function placeIn(raw: Found): {
  address: string | null;
  postcode: string | null;
  latitude: number | null;
  longitude: number | null;
} {
  const { location, address } = locationIn(raw);
  const lines = ['address_1', 'address_2', 'city']
    .map((field) => plainText(address?.[field]))
    .filter((line) => line !== '' && line !== 'Not stated');
  const [latitude, longitude] = [numberIn(location['latitude']), numberIn(location['longitude'])];
  const real =
    latitude !== null &&
    longitude !== null &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180 &&
    (latitude !== 0 || longitude !== 0);
  return {
    address: lines.length === 0 ? null : cut(lines.join(', '), 300),
    postcode: normalisePostcode(plainText(address?.['postal_code']).slice(0, 20)),
    latitude: real ? latitude : null,
    longitude: real ? longitude : null,
  };
}

const numberIn = (value: unknown): number | null => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
};

function detailsIn(raw: Found, terms: readonly Found[]): DirectoryDetails {
  const [minimumAge, maximumAge] = [ageIn(raw['minimum_age']), ageIn(raw['maximum_age'])];
  const sensible = minimumAge === null || maximumAge === null || minimumAge <= maximumAge;
  return {
    minimumAge: sensible ? minimumAge : null,
    maximumAge: sensible ? maximumAge : null,
    eligibilityNote: noteIn(raw['eligibility_description']),
    howToJoin: noteIn(raw['application_process']),
    areas: areasIn(raw),
    schedule: timesIn(raw).flatMap(sessionsIn).slice(0, MOST_SESSIONS),
    languages: [
      ...new Set(
        listIn(raw, 'languages').flatMap(({ code }) =>
          typeof code === 'string' && LANGUAGE_CODE.test(code) ? [code] : [],
        ),
      ),
    ].slice(0, 40),
    access: codesIn(terms, ACCESS_NEEDS) satisfies AccessNeed[],
    ...costIn(raw),
    placesTotal: placesIn(raw),
  };
}

/** Districts only. A feed that names none of them has not said where it takes people from in words we can read. */
function areasIn(raw: Found): string[] | null {
  const districts = listIn(raw, 'service_areas').flatMap(
    ({ name }) => normaliseOutward(plainText(name).slice(0, 20)) ?? [],
  );
  return districts.length === 0 ? null : [...new Set(districts)].slice(0, MOST_AREAS);
}

const ageIn = (value: unknown): number | null => {
  const age = numberIn(value);
  return age !== null && age >= 0 && age <= 120 ? Math.floor(age) : null;
};

function sessionsIn(raw: Found): Session[] {
  const [from, to] = [timeIn(raw['opens_at']), timeIn(raw['closes_at'])];
  if (from === null || to === null || to <= from || typeof raw['byday'] !== 'string') return [];
  const every = raw['freq'] === 'MONTHLY' ? 'month' : numberIn(raw['interval']) === 2 ? 'fortnight' : 'week';
  return raw['byday'].split(',').flatMap((text) => {
    const day = DAYS[text.trim().slice(-2).toUpperCase()];
    return day ? [{ day, from, to, every, note: noteIn(raw['description'], 200) } as const] : [];
  });
}

/** London's clock, with seconds and zones as some write them left off. */
const timeIn = (value: unknown): string | null =>
  typeof value === 'string' ? (/^((?:[01]\d|2[0-3]):[0-5]\d)/.exec(value)?.[1] ?? null) : null;

const FREE = /\bfree\b|\bno (?:cost|charge|fee)s?\b|\bwithout charge\b/i;

/** Null where nothing of it is said. */
function costIn(raw: Found): Pick<DirectoryDetails, 'cost' | 'costNote'> {
  const options = listIn(raw, 'cost_options');
  const words = [
    plainText(raw['fees']),
    ...options.map(({ option, amount_description: more }) => `${plainText(option)} ${plainText(more)}`),
  ];
  const text = words
    .map((one) => one.trim())
    .filter(Boolean)
    .join('. ');
  const paid = options.some(({ amount }) => (numberIn(amount) ?? 0) > 0) || /£\s?[1-9]|\bpaid\b/i.test(text);
  const free = options.some(({ amount }) => numberIn(amount) === 0) || FREE.test(text);
  const cost = /\bdonation/i.test(text) ? 'donation' : paid ? 'paid' : free ? 'free' : null;
  return { cost, costNote: cost === 'free' ? null : noteIn(text, 300) };
}

/** HSDS 3.1's service_capacity. A number that nobody here has confirmed reads as "ask first" until somebody does. */
function placesIn(raw: Found): number | null {
  const [capacity] = listIn(raw, 'service_capacity');
  const [available, maximum] = [numberIn(capacity?.['available']), numberIn(capacity?.['maximum'])];
  const total = totalFor({ available, maximum }, 0);
  return total !== null && Number.isInteger(total) && total >= 0 && total <= MOST_PLACES ? total : null;
}
