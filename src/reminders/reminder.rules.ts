import { atLondon, isWorkingDay, londonDate } from '../platform/clock/calendar.js';
import { REMINDER_KINDS, type ReminderKind, type Rhythm } from './reminder.kinds.js';
import { digestFrom } from './week.rules.js';
import type { Effect, Facts, TaskAudience, Wanted, Whose } from './reminder.types.js';

export type Planned = Wanted & { kind: ReminderKind };

/** Every reminder that ought to exist for a subject as the facts stand, past and future. */
export function planned(facts: Facts, rhythm: Rhythm): Planned[] {
  return (Object.keys(REMINDER_KINDS) as ReminderKind[]).flatMap((kind) =>
    REMINDER_KINDS[kind](facts, rhythm).map((wanted) => ({ ...wanted, kind })),
  );
}

export const isSame = (
  row: { kind: string; step: number; occasion: Date },
  wanted: Pick<Wanted, 'kind' | 'step' | 'occasion'>,
): boolean =>
  row.kind === wanted.kind &&
  row.step === wanted.step &&
  row.occasion.getTime() === wanted.occasion.getTime();

export type Decision =
  | { do: 'fire'; wanted: Planned }
  | { do: 'wait'; until: Date }
  | { do: 'drop'; because: 'moved_on' | 'superseded' | 'too_late' };

/**
 * What to do at `now` with a reminder that came up: still due, still wanted, still of use? A step whose successor for
 * the same people is due as well gives way to it, so that an outage ends in one message and not in three.
 */
export function decide(
  row: { kind: string; step: number; occasion: Date },
  plan: readonly Planned[],
  now: Date,
): Decision {
  const wanted = plan.find((candidate) => isSame(row, candidate));
  if (!wanted) return { do: 'drop', because: 'moved_on' };
  if (wanted.dueAt > now) return { do: 'wait', until: wanted.dueAt };
  if (wanted.until !== null && wanted.until <= now) return { do: 'drop', because: 'too_late' };
  const successor = plan.some(
    (later) =>
      later.kind === wanted.kind &&
      later.step > wanted.step &&
      later.dueAt <= now &&
      destination(later.effect) === destination(wanted.effect),
  );
  return successor ? { do: 'drop', because: 'superseded' } : { do: 'fire', wanted };
}

const destination = (effect: Effect): string =>
  effect.by === 'product' ? effect.act : `${effect.by} ${effect.to}`;

/** Whose list a task goes on. Whoever is missing is stood in for, so that no task belongs to nobody. */
export function audienceOf(whose: Whose, facts: Facts): { audience: TaskAudience; id: string | null } {
  switch (whose) {
    case 'owner':
      return facts.ownerId === null
        ? { audience: 'managers', id: null }
        : { audience: 'membership', id: facts.ownerId };
    case 'buddy':
      return facts.subject === 'appointment' && facts.buddyId !== null
        ? { audience: 'membership', id: facts.buddyId }
        : { audience: 'managers', id: null };
    case 'visitor':
      return facts.subject === 'appointment' && facts.visitorId !== null
        ? { audience: 'membership', id: facts.visitorId }
        : audienceOf('owner', facts);
    case 'companion':
      return facts.subject === 'warm_handover' && facts.companionId !== null
        ? { audience: 'membership', id: facts.companionId }
        : audienceOf('owner', facts);
    case 'author':
      return facts.subject === 'referral' && facts.authorId !== null
        ? { audience: 'membership', id: facts.authorId }
        : audienceOf('practice', facts);
    case 'practice':
      return facts.subject === 'referral' && facts.organisationId !== null && !facts.senderLeft
        ? { audience: 'organisation', id: facts.organisationId }
        : { audience: 'triage', id: null };
    case 'triage':
    case 'managers':
    case 'administrators':
      return { audience: whose, id: null };
  }
}

/** Where the quiet hours begin, a digest is no use any more: tomorrow's tells the same. */
const DIGEST_UNTIL = '20:00';

/** The working day whose digest may go out at this moment, or null. */
export function digestDay(now: Date, holidays: ReadonlySet<string>): string | null {
  const today = londonDate(now);
  if (!isWorkingDay(today, holidays)) return null;
  return now >= digestFrom(today) && now < digestUntil(today) ? today : null;
}

export const digestUntil = (day: string): Date => atLondon(day, DIGEST_UNTIL);
