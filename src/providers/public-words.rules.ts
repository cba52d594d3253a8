import { normaliseUkPhone } from '../platform/pure/phone.js';
import type { ListingRow } from './listing.types.js';

/** What people may read of a service in their own words, wherever it is published. */
export const PUBLIC_WORDS = ['name', 'description', 'eligibilityNote', 'costNote', 'howToJoin'] as const;
export type PublicWords = (typeof PUBLIC_WORDS)[number];

type Read = Pick<ListingRow, PublicWords | 'address' | 'postcode' | 'withholdLocation' | 'publishable'>;

export const WARNED_OF = ['phone', 'email', 'place'] as const;
export type WarnedOf = (typeof WARNED_OF)[number];

export interface WordsWarning {
  field: PublicWords;
  of: WarnedOf;
  message: string;
}

const MESSAGES: Record<WarnedOf, string> = {
  phone: 'Everybody can read a telephone number here. Is it one to publish, and nobody’s own?',
  email: 'Everybody can read an e-mail address here. Is it one to publish, and nobody’s own?',
  place: 'Where it meets is to be kept back, but it is said here',
};

/** Ten or eleven digits as people group them; whether they are a number is asked of each. */
const PHONE = /(?:(?:\+|\b00)44|\(0|\b0)[\d\s()-]{8,15}\d\b/g;
const EMAIL = /[^\s@<>(),;]@[^\s@<>(),;]+\.[a-z]{2}/i;
const POSTCODE = /\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b/i;

const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The lines of an address that say where somebody would have to go: a house with its street, or a building by its words. */
const tellingLines = (address: string | null): string[] =>
  (address ?? '')
    .split(/[,\n]/)
    .map((line) => line.trim())
    .filter((line) => (/\d/.test(line) || /\s/.test(line)) && bare(line).length >= 6);

const SAYS: Record<WarnedOf, (text: string, listing: Read) => boolean> = {
  phone: (text) => (text.match(PHONE) ?? []).some((found) => normaliseUkPhone(found.trim()) !== null),
  email: (text) => EMAIL.test(text),
  place: (text, { withholdLocation, address }) =>
    withholdLocation &&
    (POSTCODE.test(text) || tellingLines(address).some((line) => bare(text).includes(bare(line)))),
};

/**
 * What somebody should look at before, or after, a service is published: personal numbers are never meant to be, nor is a
 * place that is kept back. Nothing is stopped, since a hall's own number may well stand there.
 */
export function wordsWarnings(listing: Read): WordsWarning[] {
  if (!listing.publishable) return [];
  return PUBLIC_WORDS.flatMap((field) => {
    const text = listing[field] ?? '';
    return WARNED_OF.filter((of) => SAYS[of](text, listing)).map((of) => ({
      field,
      of,
      message: MESSAGES[of],
    }));
  });
}
