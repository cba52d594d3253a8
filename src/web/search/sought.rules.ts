import { nhsNumberProblem, normaliseNhsNumber } from '../../platform/pure/nhs-number.js';
import { normaliseUkPhone } from '../../platform/pure/phone.js';
import { normalisePostcode } from '../../platform/pure/postcode.js';
import { say } from '../words/staff/staff-words.js';

/** What somebody looks for, told from how it is written: the first that fits, in this order. */
export type Sought =
  | { by: 'reference'; reference: string }
  | { by: 'nhsNumber'; nhsNumber: string }
  | { by: 'phone'; phone: string }
  | { by: 'postcode'; postcode: string }
  | { by: 'dateOfBirth'; dateOfBirth: string }
  | { by: 'name'; firstName?: string; lastName: string }
  | { by: 'nothing'; problem: string };

export type Named = Exclude<Sought, { by: 'nothing' }>;

/** One word is a last name, or else a first: whoever rings says “It is Manley”. */
export const byFirstName = (sought: Named): { firstName: string } | null =>
  sought.by === 'name' && sought.firstName === undefined ? { firstName: sought.lastName } : null;

const REFERENCE = /^[0-9B-Z]{3,4}-[0-9B-Z]{4}$/;
const DAY = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/;
const NO_NAME = /[\d@]/;

/**
 * One box for everything: a reference like K7RX-4PMW, ten digits, a UK phone number, a whole postcode, a date of birth
 * written 15/3/1984, else a name: "Okafor", "Grace Okafor" or "Okafor, Grace". Ten digits that are no NHS number are
 * refused with the reason, since they are no telephone number either.
 */
export function soughtIn(typed: string): Sought {
  const text = typed.normalize('NFC').trim().replace(/\s+/g, ' ');
  if (text === '')
    return { by: 'nothing', problem: say('Enter an NHS number, a name, a phone number or a postcode') };
  if (REFERENCE.test(text.toUpperCase())) return { by: 'reference', reference: text.toUpperCase() };
  const nhsNumber = normaliseNhsNumber(text);
  if (nhsNumber !== null) return { by: 'nhsNumber', nhsNumber };
  const phone = normaliseUkPhone(text);
  if (phone !== null) return { by: 'phone', phone };
  const postcode = normalisePostcode(text);
  if (postcode !== null) return { by: 'postcode', postcode };
  const day = DAY.exec(text);
  if (day) return dateOfBirth(day);
  if (!NO_NAME.test(text)) return name(text);
  const tenDigits = /^\d{10}$/.test(text.replace(/[\s-]/g, ''));
  return {
    by: 'nothing',
    problem: tenDigits
      ? (nhsNumberProblem(text) ?? '')
      : say('Enter a whole NHS number, phone number or postcode, a date like 15/3/1984, or a name'),
  };
}

function dateOfBirth([, day = '', month = '', year = '']: readonly string[]): Sought {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(date)
    ? { by: 'nothing', problem: say('Enter a real date, like 15/3/1984') }
    : { by: 'dateOfBirth', dateOfBirth: date };
}

function name(text: string): Sought {
  const [before = '', after] = text.split(',', 2).map((part) => part.trim());
  if (after !== undefined && after !== '' && before !== '')
    return { by: 'name', firstName: after, lastName: before };
  const [first = '', ...rest] = text.replaceAll(',', ' ').trim().split(' ');
  if (first === '') return { by: 'nothing', problem: say('Enter at least one letter') };
  return rest.length === 0
    ? { by: 'name', lastName: first }
    : { by: 'name', firstName: first, lastName: rest.join(' ') };
}
