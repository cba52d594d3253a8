import { HELP_KINDS, MOST_IN_A_HOUSEHOLD, MOST_QUANTITY, type HelpKind } from '../../assets/help.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import type { FieldProblem } from '../../platform/errors/refusal.js';
import { isUuid } from '../../platform/pure/ids.js';
import { dayBoxes } from '../layout/dates.js';
import { type Form, newForm } from '../layout/forms.js';
import { typedDate } from '../reply/reply.forms.js';

export interface TallyForm {
  /** Which form it is, however often it is sent. */
  id: string | null;
  kind: HelpKind;
  quantity: number;
  householdMembers: number | null;
  givenOn: string;
  neighbourhoodId: string | null;
}

const count = (text = '', most: number): number | null => {
  const number = /^\d{1,4}$/.test(text.trim()) ? Number(text.trim()) : 0;
  return number >= 1 && number <= most ? number : null;
};

/** A form that counts help, as somebody filled it in: what it says, or by field what must be put right first. */
export function readTally(
  sent: Record<string, string>,
  areas: ReadonlySet<string>,
  today: string,
): { form: TallyForm } | { problems: FieldProblem[] } {
  const kind = HELP_KINDS.find((one) => one === sent['kind']) ?? null;
  const quantity = count(sent['quantity'], MOST_QUANTITY);
  const asked = (sent['householdMembers'] ?? '').trim();
  const householdMembers = asked === '' ? null : count(asked, MOST_IN_A_HOUSEHOLD);
  const givenOn = typedDate(sent);
  const area = sent['area'] ?? '';
  const problems: FieldProblem[] = [];
  if (kind === null) problems.push({ field: 'kind', message: 'Select what kind of help it was' });
  if (quantity === null)
    problems.push({ field: 'quantity', message: `Enter a number from 1 to ${MOST_QUANTITY}` });
  if (asked !== '' && householdMembers === null) {
    const message = `Enter a number from 1 to ${MOST_IN_A_HOUSEHOLD}, or nothing`;
    problems.push({ field: 'householdMembers', message });
  }
  if (givenOn === null || givenOn > today) {
    problems.push({ field: 'day', message: 'Enter a day, month and year that has come, like 24 11 2026' });
  }
  if (problems.length > 0 || kind === null || quantity === null || givenOn === null) return { problems };
  const neighbourhoodId = areas.has(area) ? area : null;
  const id = isUuid(sent['form'] ?? '') ? (sent['form'] ?? null) : null;
  return { form: { id, kind, quantity, householdMembers, givenOn, neighbourhoodId } };
}

/** At the desk: one, today, and what was counted last, so that the next of the same is one tap. */
export const newTally = (now: Date, last: HelpKind | null): Form =>
  newForm({ kind: last ?? '', quantity: '1', ...dayBoxes('givenOn', londonDate(now)) });

/** What an address says was counted just now. */
export const countedOf = (counted: unknown): HelpKind | null =>
  HELP_KINDS.find((one) => one === counted) ?? null;

export const areasOf = (
  areas: readonly { id: string; name: string }[],
  unknown: string,
): { value: string; text: string }[] => [
  { value: '', text: unknown },
  ...areas.map(({ id, name }) => ({ value: id, text: name })),
];
