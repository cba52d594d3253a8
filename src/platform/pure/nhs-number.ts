const FORMAT = 'Enter a 10 digit NHS number, like 999 123 4567';
const CHECK_DIGIT = 'Check the NHS number: the last digit does not match';

/**
 * The ten digits without spaces or hyphens, or null when `nhsNumberProblem` has something to say. Any range is
 * accepted, the never-issued 999 range too: whether a real number may be used here is not a matter of its form.
 */
export function normaliseNhsNumber(text: string): string | null {
  const digits = withoutSeparators(text);
  return problemWith(digits) === null ? digits : null;
}

/** The message for the person who typed it, or null when the number is well formed. */
export function nhsNumberProblem(text: string): string | null {
  return problemWith(withoutSeparators(text));
}

function withoutSeparators(text: string): string {
  return text.replace(/[\s\p{Pd}]/gu, '');
}

function problemWith(digits: string): string | null {
  if (!/^[0-9]{10}$/.test(digits)) return FORMAT;
  // Ten equal digits satisfy modulus 11, and are what people type when they have no number.
  if (/^(.)\1{9}$/.test(digits)) return FORMAT;
  return checkDigit(digits) === Number(digits[9]) ? null : CHECK_DIGIT;
}

/** Modulus 11 (NHS Data Dictionary, NHS NUMBER): weights 10 to 2; 11 counts as 0; 10 matches no digit. */
function checkDigit(digits: string): number {
  let sum = 0;
  for (let place = 0; place < 9; place += 1) sum += Number(digits[place]) * (10 - place);
  return (11 - (sum % 11)) % 11;
}
