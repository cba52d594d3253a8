import { spokenPhone } from '../../platform/pure/phone.js';

/** A telephone number as it is kept, and nothing else. */
const NUMBER = /^\+44\d{9,10}$/;

/** What was recorded, in a line or a few: lists with commas, tables as "name: value", yes and no. */
export function readable(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.map((one) => (isTable(one) ? `(${readable(one)})` : readable(one))).join(', ');
  if (isTable(value)) {
    return Object.entries(value)
      .map(
        ([name, one]) =>
          `${name.replaceAll('_', ' ')}: ${isTable(one) ? `(${readable(one)})` : readable(one)}`,
      )
      .join('; ');
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return NUMBER.test(value) ? spokenPhone(value) : value;
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
