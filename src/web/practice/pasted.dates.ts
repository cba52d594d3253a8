import { say } from '../words/staff/staff-words.js';

/** A date of birth as it is written, and what somebody should look at; no day where none can be meant. */
export interface DayRead {
  day: string | null;
  doubt: string | null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** How dates are written, and which part of each is its year, its month and its day. */
const WAYS: readonly { written: RegExp; parts: readonly [number, number, number] }[] = [
  { written: /(?<!\d)(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)/, parts: [1, 2, 3] },
  { written: /(?<!\d)((?:18|19|20)\d{2})(\d{2})(\d{2})(?!\d)/, parts: [1, 2, 3] },
  {
    written: /(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[/ -]{0,2}([a-z]{3,9})\.?,?[/ -]{0,2}(\d{4}|\d{2})(?!\d)/i,
    parts: [3, 2, 1],
  },
  { written: /([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)/i, parts: [3, 1, 2] },
  { written: /(?<!\d)(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})(?!\d)/, parts: [3, 2, 1] },
];

/** Nobody who is referred is older. */
const OLDEST = 120;

/** A date in a text: day before month, as here, unless it cannot be; null where there is none. */
export function dayIn(text: string, today: string): (DayRead & { rest: string }) | null {
  for (const { written, parts } of WAYS) {
    const match = written.exec(text);
    if (!match) continue;
    const [year = '', word = '', day = ''] = parts.map((part) => match[part] ?? '');
    const month = /\d/.test(word) ? Number(word) : monthOf(word);
    if (month === 0) continue;
    const rest = text.replace(match[0], ' ');
    const turned = month > 12 && Number(day) <= 12;
    const read = turned ? judged(year, Number(day), month, today) : judged(year, month, Number(day), today);
    const doubt =
      turned && read.day !== null
        ? say('The date of birth has its month before its day. Check it.')
        : read.doubt;
    return { day: read.day, doubt, rest };
  }
  return null;
}

/** Of a month in words, by its first letters; 0 where it is none. */
const monthOf = (word: string): number => MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;

function judged(year: string, month: number, day: number, today: string): DayRead {
  const short = year.length === 2;
  const thisYear = Number(today.slice(0, 4));
  const guessed = 2000 + Number(year) > thisYear ? 1900 + Number(year) : 2000 + Number(year);
  const [inYear, inMonth, onDay] = [short ? guessed : Number(year), month, day].map(String);
  const whole = `${inYear ?? ''}-${(inMonth ?? '').padStart(2, '0')}-${(onDay ?? '').padStart(2, '0')}`;
  const at = new Date(`${whole}T00:00:00Z`);
  const real = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(whole);
  if (!real) return { day: null, doubt: say('The date of birth in it is no real date.') };
  if (whole > today) return { day: null, doubt: say('The date of birth in it is in the future.') };
  if (Number(whole.slice(0, 4)) < thisYear - OLDEST)
    return { day: null, doubt: say('The date of birth in it is more than 120 years ago.') };
  return {
    day: whole,
    doubt: short ? say('The year of birth has two figures, so the century is a guess. Check it.') : null,
  };
}
