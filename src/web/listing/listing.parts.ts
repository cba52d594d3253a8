import type { LinkActor, MemberActor } from '../../platform/actor/actor.types.js';
import { validated } from '../../platform/http/validation.js';
import { AMENDED_BY_LINK } from '../../providers/listing-answer.rules.js';
import { type AmendListing, CreateListing } from '../../providers/listing.dto.js';
import { COSTS, EVERY, type ListingRow } from '../../providers/listing.types.js';
import type { ListingsService } from '../../providers/listings.service.js';
import { dayBoxes } from '../layout/dates.js';
import { type Form, newForm, overtaken, sent, versionIn } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { shapeOf } from '../layout/shape-of.js';
import { OFFERED_LANGUAGES } from '../my/my.words.js';
import { accessWords, forWhomWords, settingWords, weekdayIn } from '../public/public.words.js';
import { plainDigits } from '../reply/reply.forms.js';
import type { TellingRow } from '../reply/reply.page.js';
import { inWords } from '../reply/reply.words.js';
import type { Key, Speech } from '../words/speech.js';
import { spokenForm } from '../words/spoken-form.js';
import { fromOf, listingSent, readListing, yesNo } from './listing.form.js';
import type { From } from './listing.words.js';
import { levelWords, limitWords, needsAlone, presenceWords } from './telling.words.js';

type Field = keyof AmendListing;

/** What a group changes of what is told of its service, one thing on a page: a telephone shows it whole. */
export const PARTS = {
  times: { title: 'service.times.title', fields: ['schedule'] },
  place: { title: 'service.place.title', fields: ['address', 'postcode'] },
  join: { title: 'service.join.title', fields: ['howToJoin'] },
  access: { title: 'service.accessTitle', fields: ['access'] },
  cost: { title: 'service.cost.title', fields: ['cost', 'costNote'] },
  what: { title: 'service.what.title', fields: ['name', 'description', 'needs'] },
  who: {
    title: 'service.who.title',
    fields: ['areas', 'radiusMiles', 'forWhom', 'minimumAge', 'maximumAge', 'eligibilityNote'],
  },
  limits: { title: 'service.limits.title', fields: ['excludes', 'present'] },
  how: { title: 'service.how.title', fields: ['level', 'setting', 'languages', 'volunteerRole'] },
  shown: { title: 'service.shown.title', fields: ['publishable', 'withholdLocation'] },
} as const satisfies Record<string, { title: Key; fields: readonly Field[] }>;
export type Part = keyof typeof PARTS;

export const isPart = (name: string): name is Part => Object.hasOwn(PARTS, name);

/** What a link may ask for: all of a part, or nothing of it. */
export const isPartByLink = (name: string): name is Part =>
  isPart(name) && PARTS[name].fields.every((field) => AMENDED_BY_LINK.some((one) => one === field));

/** A time that is taken away. */
const GONE = 'gone';

/** What a form of a part sent, with its times one below the other: what is wrong with one stands beside it. */
export const partSent = (part: Part, body: unknown): unknown =>
  part === 'times' ? listingSent(withoutGone(body as Form['values'])) : body;

/** The answers of one part, and of no other; what is left empty is taken away. */
export function readPart(part: Part, body: unknown): Promise<AmendListing> {
  const fields: readonly string[] = [...PARTS[part].fields, ...(part === 'who' ? ['from'] : [])];
  const texts = Object.entries(timesTold(sent(body))).filter(([name]) =>
    fields.includes(name.split('.', 1)[0] ?? ''),
  );
  return readListing(Object.fromEntries(texts));
}

/** A new service: what it is, and all the rest afterwards. */
export const readNew = (organisationId: string, body: unknown): Promise<CreateListing> => {
  const { name = '', description = '', needs = '' } = sent(body);
  return validated(CreateListing, {
    ...shapeOf(CreateListing, { name, description, needs }),
    organisationId,
  });
};

export async function savePart(
  listings: ListingsService,
  actor: LinkActor | MemberActor,
  id: string,
  part: Part,
  body: unknown,
): Promise<void> {
  await listings.amend(actor, id, versionIn(body), await readPart(part, body));
}

const TIME = /^(\d{1,2})[:.]?(\d{2})?$/;

const ROW = /^(schedule\.\d{1,3})\.(.+)$/;

/** A row that is taken away says nothing. */
const withoutGone = (texts: Form['values']): Form['values'] =>
  Object.fromEntries(
    Object.entries(texts).map(([name, value]) => {
      const [, at = ''] = ROW.exec(name) ?? [];
      return [name, at !== '' && texts[`${at}.day`] === GONE ? '' : value];
    }),
  );

/** Times as people type them, in any digits: "9.30" and "9" are 09:30 and 09:00. */
function timesTold(texts: Form['values']): Form['values'] {
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => {
      const [, at = '', field = ''] = ROW.exec(name) ?? [];
      if (at === '' || typeof value !== 'string') return [name, value];
      if (field === 'note') return [name, value];
      const digits = plainDigits(value).trim();
      const [, hour, minute = '00'] = (field === 'from' || field === 'to' ? TIME.exec(digits) : null) ?? [];
      return [name, hour === undefined ? digits : `${hour.padStart(2, '0')}:${minute}`];
    }),
  );
}

/** What stands there now, in the boxes of a part. */
const AS_TYPED: Record<Part, (listing: ListingRow) => Form['values']> = {
  times: ({ schedule }) =>
    Object.fromEntries(
      schedule.flatMap(({ day, from, to, every, note, on }, index) => {
        const at = `schedule.${String(index)}`;
        return [
          [`${at}.day`, day],
          [`${at}.from`, from],
          [`${at}.to`, to],
          [`${at}.every`, every],
          [`${at}.note`, note ?? ''],
          ...Object.entries(dayBoxes(`${at}.on`, on ?? null)),
        ];
      }),
    ),
  place: ({ address, postcode }) => ({ address: address ?? '', postcode: postcode ?? '' }),
  join: ({ howToJoin }) => ({ howToJoin: howToJoin ?? '' }),
  access: ({ access }) => ({ access: [...access] }),
  cost: ({ cost, costNote }) => ({ cost: cost ?? '', costNote: costNote ?? '' }),
  what: ({ name, description, needs }) => ({ name, description, needs: [...needs] }),
  who: ({ areas, radiusMiles, forWhom, minimumAge, maximumAge, eligibilityNote }) => ({
    from: fromOf({ areas, radiusMiles }),
    areas: (areas ?? []).join(', '),
    radiusMiles: String(radiusMiles ?? ''),
    forWhom,
    minimumAge: String(minimumAge ?? ''),
    maximumAge: String(maximumAge ?? ''),
    eligibilityNote: eligibilityNote ?? '',
  }),
  limits: ({ excludes, present }) => ({ excludes: [...excludes], present: [...present] }),
  how: ({ level, setting, languages, volunteerRole }) => ({
    level,
    setting: setting ?? '',
    languages: [...languages],
    volunteerRole: yesNo(volunteerRole),
  }),
  shown: ({ publishable, withholdLocation }) => ({
    publishable: yesNo(publishable),
    withholdLocation: yesNo(withholdLocation),
  }),
};

/** The rows in use, and one more. */
function timesIn({ values }: Form): { number: number; used: boolean }[] {
  const used = Object.entries(values)
    .filter(([name, value]) => value !== '' && !name.endsWith('.every'))
    .map(([name]) => Number(/^schedule\.(\d{1,3})\./.exec(name)?.[1] ?? -1) + 1);
  const count = Math.max(0, ...used);
  return Array.from({ length: count + 1 }, (_, number) => ({ number, used: number < count || count === 0 }));
}

/** What the questions can be answered with; `spoken` are the languages it has already. */
export function partChoices(speech: Speech, spoken: readonly string[] = []) {
  const { nameOf, t } = speech;
  const froms: readonly From[] = ['unknown', 'everywhere', 'some'];
  return {
    days: [
      { value: '', text: t('common.choose') },
      ...choicesOf(weekdayIn(speech)),
      { value: GONE, text: t('service.times.gone') },
    ],
    every: choicesOf(inWords(EVERY, (every) => t(`service.times.every.${every}`))),
    access: choicesOf(accessWords(speech)),
    costs: choicesOf(inWords(COSTS, (cost) => t(`reply.cost.${cost}`))),
    needs: choicesOf(needsAlone(speech)),
    from: choicesOf(inWords(froms, (from) => t(`service.who.${from}`))),
    forWhom: choicesOf(forWhomWords(t)),
    limits: choicesOf(limitWords(t)),
    presences: choicesOf(presenceWords(t)),
    levels: choicesOf(levelWords(t)),
    settings: choicesOf(settingWords(t)),
    languages: [...new Set([...spoken, ...OFFERED_LANGUAGES])].map((value) => ({
      value,
      text: nameOf(value),
    })),
  };
}

/** A new service as its form begins, or as it came back. */
export const newPart = (tried: Form | null, speech: Speech) => ({
  form: spokenForm(tried ?? newForm(), speech),
  choices: partChoices(speech),
});

/** What the page of a part puts in. `tried`: the form that came back to it. */
export function partPage(
  part: Part,
  listing: ListingRow,
  tried: Form | null,
  rows: readonly TellingRow[],
  to: string,
  speech: Speech,
) {
  const { t } = speech;
  const form = spokenForm(
    tried ? overtaken(tried, listing) : newForm(AS_TYPED[part](listing), listing.version),
    speech,
  );
  return {
    part,
    form,
    status: form.status,
    errors: form.errors,
    ...noticeIn(form, rows, to, t),
    title: t(PARTS[part].title),
    times: part === 'times' ? timesIn(form) : [],
    choices: partChoices(speech, listing.languages),
  };
}

/** What stands by now in all the rows that a page at `to` changes, for whoever was overtaken there. */
export function overtakenBy(rows: readonly TellingRow[], to: string, t: Speech['t']): string {
  const changed = rows.filter(({ actions }) => actions?.items.some(({ href }) => href === to));
  const now = changed
    .map(({ key, value }) => (changed.length === 1 ? value.text : `${key.text}: ${value.text}`))
    .join('; ');
  return t('service.overtaken', { now: /[.!?]$/.test(now) ? now : `${now}.` });
}

/** Why a form came back, where no answer of it is wrong. */
function noticeIn(
  { again, notice, status }: Form,
  rows: readonly TellingRow[],
  to: string,
  t: Speech['t'],
): { notice?: string } {
  if (again) return { notice: t('ours.again') };
  if (status === 412) return { notice: overtakenBy(rows, to, t) };
  return notice === null ? {} : { notice };
}
