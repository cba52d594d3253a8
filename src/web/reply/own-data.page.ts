import type { FastifyReply } from 'fastify';
import type { VolunteerData } from '../../onward-referrals/volunteer.dto.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import type { Key, Speech } from '../words/speech.js';
import { inWords } from './reply.words.js';

/** What is shown of each kind of row, in this order. Ids and codes of ours say nothing to anybody; the file has them too. */
const SHOWN = {
  contactFor: ['organisation', 'name', 'email', 'phone'],
  addresses: ['organisation', 'since', 'leftAt', 'noticeVersion'],
  links: ['sentAt', 'worksUntil', 'endedAt'],
  acts: ['at', 'reference'],
  safetyChecks: ['lead', 'deputy', 'checkedOn', 'lapsesOn', 'endedAt'],
  agreements: ['version', 'signedBy', 'signedOn', 'endedAt'],
  signIn: ['name', 'email', 'phone', 'organisation', 'from', 'until'],
  invitations: ['name', 'email', 'organisation', 'createdAt', 'acceptedAt'],
  claims: ['name', 'email', 'organisation', 'why', 'askedAt', 'decidedAt'],
} as const satisfies Partial<Record<keyof VolunteerData, readonly string[]>>;
type Section = keyof typeof SHOWN;
type Field = (typeof SHOWN)[Section][number];

/** A page that an old telephone opens; the file has all. */
const MOST = 50;
const newest = <Row>(rows: readonly Row[]): Row[] => rows.slice(-MOST);

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Everything held on whoever asks, in their language. What people wrote, and codes of the record, stay as they are. */
export function ownDataPage(data: VolunteerData, { t, date, apart }: Speech) {
  const words = (field: Field, value: unknown): string => {
    if (value instanceof Date) return date(londonDate(value));
    const text = String(value);
    if (field === 'phone') return apart(spokenPhone(text));
    return DAY.test(text) ? date(text) : apart(text);
  };
  const fields = (section: Section, row: object) =>
    SHOWN[section].flatMap((field) => {
      const value = (row as Record<string, unknown>)[field] ?? null;
      if (value === null) return [];
      return [{ key: { text: t(`ownData.field.${field}`) }, value: { text: words(field, value) } }];
    });
  const headings = inWords(Object.keys(SHOWN) as Section[], (one): string =>
    t(`ownData.section.${one}` as Key),
  );
  return {
    asOf: date(londonDate(data.asOf)),
    parts: (Object.keys(SHOWN) as Section[]).map((section) => ({
      heading: headings[section],
      rows: newest(data[section]).map((row) => fields(section, row)),
    })),
  };
}

/** All of it as a file, ids and codes too. */
export async function sendOwnData(reply: FastifyReply, data: VolunteerData): Promise<void> {
  await reply
    .type('application/json; charset=utf-8')
    .headers({
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="what-we-hold-on-you.json"',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    })
    .send(JSON.stringify(data, null, 2));
}
