import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/**
 * Numbers Ofcom keeps for drama and never gives out, which the library rightly calls invalid. Invented people have
 * them, so they pass here. The other drama ranges (020 7946 0xxx and so on) lie inside areas the library accepts.
 */
const DRAMA = /^\+44(?:7700900|1632960)[0-9]{3}$/;

/**
 * A telephone number of the UK, the Isle of Man or the Channel Islands in E.164, such as '+447700900982'; null for
 * anything else. Short numbers (111, 999) cannot be stored as a person's own. A number with an extension is refused,
 * because E.164 would lose the extension and a stranger at a switchboard would answer.
 */
export function normaliseUkPhone(text: string): string | null {
  const phone = parsePhoneNumberFromString(text, { defaultCountry: 'GB', extract: false });
  if (phone?.countryCallingCode !== '44' || phone.ext !== undefined) return null;
  return phone.isValid() || DRAMA.test(phone.number) ? phone.number : null;
}

/** A stored number as people here read it out: 07700 900982. Anything else stays as it is. */
export const spokenPhone = (number: string): string =>
  parsePhoneNumberFromString(number)?.formatNational() ?? number;

/** Whether a text can reach it: UK mobile numbers begin 071 to 075 and 077 to 079, and 07624 on the Isle of Man. */
export const isUkMobile = (number: string): boolean => /^\+44(?:7[1-57-9]|7624)/.test(number);
