import { sha256 } from '../platform/pure/hash.js';

/** The parts of a service that the format gives ids of their own, though they are columns of ours. */
export const PARTS = [
  'service_at_location',
  'location',
  'address',
  'service_area',
  'cost_option',
  'service_capacity',
  'unit',
] as const;

/** 48 bits that differ from one part to another. */
const mask = (part: string): bigint => BigInt(`0x${sha256(part).slice(0, 12)}`);

/**
 * The id of a part of what has `id`: always the same one, a UUID of the same version, and read back by asking again,
 * so that a part can be found by its id though no row has it.
 */
export function partId(id: string, part: string): string {
  const last = (BigInt(`0x${id.slice(24)}`) ^ mask(part)).toString(16).padStart(12, '0');
  return `${id.slice(0, 24)}${last}`;
}

/** The id of something that is a word of ours, such as a need: a UUID (version 8, RFC 9562) made of its hash. */
export function wordId(word: string): string {
  const hash = sha256(word);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
