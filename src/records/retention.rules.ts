import { addDays } from '../platform/clock/calendar.js';
import { ageOn } from '../platform/pure/names.js';

export interface KeptRecord {
  bornOn: string;
  diedOn: string | null;
  /** The last day anything happened with the person: a contact, a session, the end of a referral, help, a concern,
   * words of theirs. */
  lastContactOn: string;
}

/**
 * The first day on which a record need not be kept any more; all dates YYYY-MM-DD. An adult's is kept `years` after the
 * last contact. Somebody's who was under 18 then: to the 25th birthday, or the 26th if they were 17. Eight years after
 * a death, where that is sooner. (Records Management Code of Practice 2021, appendix II; the years are a setting.)
 */
export function keptUntil({ bornOn, diedOn, lastContactOn }: KeptRecord, years: number): string {
  const age = ageOn(bornOn, lastContactOn);
  const asUsual = age >= 18 ? yearsOn(lastContactOn, years) : yearsOn(bornOn, age === 17 ? 26 : 25);
  if (diedOn === null) return asUsual;
  const afterDeath = yearsOn(diedOn, years);
  return age >= 18 || afterDeath < asUsual ? afterDeath : asUsual;
}

/** The same day of a later year; 29 February becomes 1 March where there is none. */
function yearsOn(date: string, years: number): string {
  const [year = '', month = '', day = ''] = date.split('-');
  const later = String(Number(year) + years);
  const leap = Number(later) % 4 === 0 && (Number(later) % 100 !== 0 || Number(later) % 400 === 0);
  return month === '02' && day === '29' && !leap ? `${later}-03-01` : `${later}-${month}-${day}`;
}

/** How long after a decision to destroy it may still be taken back, in days. */
export const SECOND_THOUGHTS_DAYS = 14;
export const destroyOn = (decidedOn: string): string => addDays(decidedOn, SECOND_THOUGHTS_DAYS);

/** How long a released copy stays with us, in days: long enough for a question about it. */
export const COPY_KEPT_DAYS = 90;
