/** Longer names of fields are no names. */
export const LONGEST_FIELD = 100;
const MOST_FIELDS = 100;
const DEEPEST = 8;

const TIMES = ['opens_at', 'closes_at', 'byday', 'freq', 'interval', 'description'];
const TERM = ['id', 'name', 'term'];
const PLACE = [
  'latitude',
  'longitude',
  ...['addresses', 'physical_addresses'].flatMap((list) =>
    ['address_1', 'address_2', 'city', 'postal_code'].map((field) => `${list}.${field}`),
  ),
];

const under = (path: string, fields: readonly string[]): string[] =>
  fields.map((field) => `${path}.${field}`);

/** What readService() makes something of. */
const READ: ReadonlySet<string> = new Set([
  ...['name', 'description', 'status', 'email', 'fees', 'minimum_age', 'maximum_age'],
  ...['eligibility_description', 'application_process', 'organization_id'],
  ...under('organization', ['name', 'email']),
  ...under('attributes', TERM),
  ...under('attributes.taxonomy_term', TERM),
  ...under('service_at_locations.location', PLACE),
  ...under('service_at_locations.schedules', TIMES),
  ...under('locations', PLACE),
  ...under('schedules', TIMES),
  'service_areas.name',
  'languages.code',
  ...under('cost_options', ['option', 'amount', 'amount_description']),
  ...under('service_capacity', ['maximum', 'available']),
]);

/** Every path on the way to what is read. */
const ON_THE_WAY: ReadonlySet<string> = new Set(
  [...READ].flatMap((path) => {
    const parts = path.split('.');
    return parts.map((_part, index) => parts.slice(0, index + 1).join('.'));
  }),
);

/** They tie records together and say nothing to people. */
const isTie = (field: string): boolean => /(?:^id|_id|^link_(?:id|type|entity))$/.test(field);

const isEmpty = (value: unknown, depth = 0): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' &&
    depth < DEEPEST &&
    Object.values(value).every((inner) => isEmpty(inner, depth + 1)));

/**
 * The fields of a record of Open Referral that say something and that we have no place for, as paths such as
 * `organization.website`. Where nothing of a part is read, the part stands for all that is in it.
 */
export function unreadFields(raw: unknown): string[] {
  const unread = new Set<string>();
  const walk = (value: unknown, path: string, depth: number): void => {
    if (unread.size >= MOST_FIELDS || depth > DEEPEST || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const one of value as unknown[]) walk(one, path, depth + 1);
      return;
    }
    for (const [field, inner] of Object.entries(value)) {
      const here = path === '' ? field : `${path}.${field}`;
      if (isTie(field) || READ.has(here) || isEmpty(inner)) continue;
      if (ON_THE_WAY.has(here)) walk(inner, here, depth + 1);
      else unread.add(here.slice(0, LONGEST_FIELD));
    }
    const places = path === '' ? (value as Record<string, unknown>)['service_at_locations'] : null;
    if (Array.isArray(places) && places.length > 1) unread.add('service_at_locations (all but the first)');
  };
  walk(raw, '', 0);
  return [...unread].slice(0, MOST_FIELDS);
}
