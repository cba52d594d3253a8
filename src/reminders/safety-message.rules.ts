import { addWorkingDays, atLondon, isWorkingDay, londonDate } from '../platform/clock/calendar.js';
import { spokenPhone } from '../platform/pure/phone.js';

const HOUR_MS = 60 * 60_000;

/**
 * By when a practice must have said that it read it: the end of this working day, at the least an hour from now. What is
 * sent when nobody is there is looked for at 10:00 on the next working day, not at its end.
 */
export function safetyAnswerBy(now: Date, holidays: ReadonlySet<string>): Date {
  const today = londonDate(now);
  const end = atLondon(today, '17:00');
  if (!isWorkingDay(today, holidays) || now >= end) {
    return atLondon(addWorkingDays(today, 1, holidays), '10:00');
  }
  return new Date(Math.max(end.getTime(), now.getTime() + HOUR_MS));
}

/** The subject names nobody. `identity` is for an address on the practice's secure list alone. */
export function safetyLetter(facts: {
  reference: string;
  link: string;
  phone: string | null;
  identity: string | null;
}) {
  const { reference, link, phone, identity } = facts;
  return {
    subject: `Please read today: ${reference}`,
    text: [
      ...(identity === null ? [] : [identity, '']),
      `${reference}: we could not reach this person, and are worried about them.`,
      'Please look today at what you know, and do what you would do. Then say here that you have read this:',
      '',
      link,
      '',
      phone === null
        ? 'Please ring us to tell or ask us anything.'
        : `Please ring us to tell or ask us anything: ${spokenPhone(phone)}`,
      '',
    ].join('\n'),
  };
}
