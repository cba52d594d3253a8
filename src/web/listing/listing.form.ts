import { Refusal } from '../../platform/errors/refusal.js';
import { validated } from '../../platform/http/validation.js';
import { AmendListing, CreateListing, type ListingView } from '../../providers/listing.dto.js';
import { without } from '../../platform/pure/without.js';
import type { Session } from '../../providers/listing.types.js';
import { dayBoxes } from '../layout/dates.js';
import { changeOf, type Form, rowsTogether, sent } from '../layout/forms.js';
import { shapeOf } from '../layout/shape-of.js';
import type { From } from './listing.words.js';

/** So many times are asked for, and so many more than there are. */
const FEWEST_TIMES = 3;
const MORE_TIMES = 2;
const MOST_TIMES = 50;

/** The times of a form one below the other, so that what is wrong with one is said beside it. */
export const listingSent = (body: unknown): Form['values'] => rowsTogether(body, 'schedule', ['every']);

/** How many rows for times a form has: those in use and some more. */
export function timesIn({ values }: Form): number[] {
  const used = Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([name]) => /^schedule\.(\d{1,3})\.(?!every$)/.exec(name)?.[1])
    .map((row) => (row === undefined ? 0 : Number(row) + 1));
  const count = Math.min(MOST_TIMES, Math.max(FEWEST_TIMES, Math.max(0, ...used) + MORE_TIMES));
  return Array.from({ length: count }, (_, index) => index);
}

/** Districts or miles that somebody wrote are for some, though the question above them was left at "nobody has said". */
const reachSaid = ({
  from,
  areas = '',
  radiusMiles = '',
}: Form['values']): Form['values'][string] | undefined =>
  from === ('unknown' satisfies From) && `${String(areas)}${String(radiusMiles)}`.trim() !== ''
    ? ('some' satisfies From)
    : from;

/** The answers of the form as a new service, of the group that it is asked for. */
export const readNewListing = (organisationId: string, body: unknown): Promise<CreateListing> => {
  const from = reachSaid(sent(body));
  const texts = without(sent(body), 'from');
  return read(
    CreateListing,
    { ...shapeOf(CreateListing, withoutReach(texts)), ...reachOf(from, texts), organisationId },
    from,
  );
};

/** The same as a change of one; what is left empty is taken away. */
export const readListing = (body: unknown): Promise<AmendListing> => {
  const from = reachSaid(sent(body));
  const texts = without(sent(body), 'from');
  return read(
    AmendListing,
    { ...changeOf(AmendListing, withoutReach(texts)), ...reachOf(from, texts) },
    from,
  );
};

/** What the page asks of where people may live is no answer of its own. */
const withoutReach = (texts: Form['values']): Form['values'] =>
  without(without(texts, 'areas'), 'radiusMiles');

async function read<Input extends AmendListing>(
  type: new () => Input,
  input: object,
  from: Form['values'][string] | undefined,
): Promise<Input> {
  const right = await validated(type, input);
  if (from === ('some' satisfies From) && right.areas?.length === 0 && right.radiusMiles == null) {
    throw Refusal.invalidField('areas', 'Write the districts, like CO15 and CO16, or say how many miles');
  }
  return right;
}

/** Districts and miles, which mean anywhere where there are none and it is known, and nothing where nobody has said. */
function reachOf(from: Form['values'][string] | undefined, texts: Form['values']): object {
  if (from === undefined) return {};
  if (from !== ('some' satisfies From)) {
    return { areas: from === ('everywhere' satisfies From) ? [] : null, radiusMiles: null };
  }
  const { areas = '', radiusMiles = '' } = texts;
  const miles = String(radiusMiles).trim();
  return {
    areas: String(areas)
      .split(/[\s,;]+/)
      .filter((one) => one !== ''),
    radiusMiles: miles === '' ? null : /^\d+(\.\d+)?$/.test(miles) ? Number(miles) : miles,
  };
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

export const fromOf = ({ areas, radiusMiles }: Pick<ListingView, 'areas' | 'radiusMiles'>): From => {
  if (areas === null && radiusMiles === null) return 'unknown';
  return radiusMiles === null && areas?.length === 0 ? 'everywhere' : 'some';
};

/** What a form begins with where nothing is known yet. */
export const NEW_SERVICE: Form['values'] = {
  from: 'unknown',
  forWhom: 'everyone',
  level: 'open_door',
  volunteerRole: 'no',
  withholdLocation: 'no',
  publishable: 'yes',
  placesKind: 'ask_first',
  forReview: 'no',
};

/** A service in the boxes of the form. */
export const listingAsTyped = (listing: ListingView): Form['values'] => ({
  name: listing.name,
  description: listing.description,
  needs: listing.needs,
  from: fromOf(listing),
  areas: (listing.areas ?? []).join(', '),
  radiusMiles: String(listing.radiusMiles ?? ''),
  minimumAge: String(listing.minimumAge ?? ''),
  maximumAge: String(listing.maximumAge ?? ''),
  eligibilityNote: listing.eligibilityNote ?? '',
  forWhom: listing.forWhom,
  excludes: listing.excludes,
  present: listing.present,
  level: listing.level,
  setting: listing.setting ?? '',
  languages: listing.languages,
  access: listing.access,
  cost: listing.cost ?? '',
  costNote: listing.costNote ?? '',
  howToJoin: listing.howToJoin ?? '',
  volunteerRole: yesNo(listing.volunteerRole),
  address: listing.address ?? '',
  postcode: listing.postcode ?? '',
  withholdLocation: yesNo(listing.withholdLocation),
  publishable: yesNo(listing.publishable),
  ...Object.fromEntries(listing.schedule.flatMap(timeAsTyped)),
});

const timeAsTyped = (one: Session, index: number): [string, string][] => {
  const row = `schedule.${String(index)}`;
  return [
    [`${row}.day`, one.day],
    [`${row}.from`, one.from],
    [`${row}.to`, one.to],
    [`${row}.every`, one.every],
    [`${row}.note`, one.note ?? ''],
    ...Object.entries(dayBoxes(`${row}.on`, one.on ?? null)),
  ];
};
