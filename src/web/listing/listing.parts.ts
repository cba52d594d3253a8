import type { LinkActor, MemberActor } from '../../platform/actor/actor.types.js';
import { validated } from '../../platform/http/validation.js';
import { AmendListing } from '../../providers/listing.dto.js';
import { COSTS, EVERY, type ListingRow } from '../../providers/listing.types.js';
import type { ListingsService } from '../../providers/listings.service.js';
import { dayBoxes } from '../layout/dates.js';
import { changeOf, type Form, newForm, overtaken, sent, versionIn } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { accessWords, weekdayIn } from '../public/public.words.js';
import { plainDigits } from '../reply/reply.forms.js';
import type { TellingRow } from '../reply/reply.page.js';
import { inWords } from '../reply/reply.words.js';
import type { Key, Speech } from '../words/speech.js';
import { spokenForm } from '../words/spoken-form.js';
import { listingSent } from './listing.form.js';

type Field = keyof AmendListing;

/** What a group changes of what is told of its service, one thing on a page: a telephone shows it whole. */
export const PARTS = {
  times: { title: 'service.times.title', fields: ['schedule'] },
  place: { title: 'service.place.title', fields: ['address', 'postcode'] },
  join: { title: 'service.join.title', fields: ['howToJoin'] },
  access: { title: 'service.accessTitle', fields: ['access'] },
  cost: { title: 'service.cost.title', fields: ['cost', 'costNote'] },
} as const satisfies Record<string, { title: Key; fields: readonly Field[] }>;
export type Part = keyof typeof PARTS;

export const isPart = (name: string): name is Part => Object.hasOwn(PARTS, name);

/** A time that is taken away. */
const GONE = 'gone';

/** The answers of one part, and of no other; what is left empty is taken away. */
export function readPart(part: Part, body: unknown): Promise<AmendListing> {
  const fields: readonly string[] = PARTS[part].fields;
  const texts = Object.entries(timesTold(listingSent(sent(body)))).filter(([name]) =>
    fields.includes(name.split('.', 1)[0] ?? ''),
  );
  return validated(AmendListing, changeOf(AmendListing, Object.fromEntries(texts)));
}

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

/** Times as people type them, in any digits: "9.30" and "9" are 09:30 and 09:00. A row that is taken away says nothing. */
function timesTold(texts: Form['values']): Form['values'] {
  const row = /^(schedule\.\d{1,3})\.(.+)$/;
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => {
      const [, at = '', field = ''] = row.exec(name) ?? [];
      if (at === '' || typeof value !== 'string') return [name, value];
      if (texts[`${at}.day`] === GONE) return [name, ''];
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
};

/** The rows in use, and one more. */
function timesIn({ values }: Form): { number: number; used: boolean }[] {
  const used = Object.entries(values)
    .filter(([name, value]) => value !== '' && !name.endsWith('.every'))
    .map(([name]) => Number(/^schedule\.(\d{1,3})\./.exec(name)?.[1] ?? -1) + 1);
  const count = Math.max(0, ...used);
  return Array.from({ length: count + 1 }, (_, number) => ({ number, used: number < count || count === 0 }));
}

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
  const now = rows.find(({ actions }) => actions?.items.some(({ href }) => href === to))?.value.text ?? '';
  const form = spokenForm(
    tried ? overtaken(tried, listing) : newForm(AS_TYPED[part](listing), listing.version),
    speech,
  );
  return {
    part,
    form,
    status: form.status,
    errors: form.errors,
    ...(tried?.status === 412
      ? { notice: t('service.overtaken', { now: /[.!?]$/.test(now) ? now : `${now}.` }) }
      : {}),
    ...(tried?.again ? { notice: t('ours.again') } : {}),
    ...(tried?.status === 409 ? { notice: form.notice } : {}),
    title: t(PARTS[part].title),
    times: part === 'times' ? timesIn(form) : [],
    choices: {
      days: [
        { value: '', text: t('common.choose') },
        ...choicesOf(weekdayIn(speech)),
        { value: GONE, text: t('service.times.gone') },
      ],
      every: choicesOf(inWords(EVERY, (every) => t(`service.times.every.${every}`))),
      access: choicesOf(accessWords(speech)),
      costs: choicesOf(inWords(COSTS, (cost) => t(`reply.cost.${cost}`))),
    },
  };
}
