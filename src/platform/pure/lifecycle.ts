/** Who or what an ending or a refusal came from: what happens next depends on it. */
export const SIDES = ['client', 'provider', 'scheme', 'referrer'] as const;
export type Side = (typeof SIDES)[number];

/**
 * One row of a lifecycle table. `from: null` makes a new row; `to: 'same'` leaves the state as it is, `to: 'before'`
 * goes back to a state remembered on the row, and `to: 'gone'` removes a row that never was anybody's business.
 */
export interface MoveRule<State extends string> {
  from: readonly State[] | null;
  to: State | 'same' | 'before' | 'gone';
}

export type Lifecycle<State extends string, Verb extends string> = Record<Verb, MoveRule<State>>;

export type MoveAnswer<State extends string> =
  { ok: true; to: State | 'before' | 'gone' } | { ok: false; because: string };

/** Whether `verb` may be done in state `from` (null: nothing there yet) and where it leads. Pure; refusals are values. */
export function move<State extends string, Verb extends string>(
  lifecycle: Lifecycle<State, Verb>,
  verb: NoInfer<Verb>,
  from: NoInfer<State> | null,
): MoveAnswer<State> {
  const rule = lifecycle[verb];
  if (rule.from === null) {
    return from === null && rule.to !== 'same'
      ? { ok: true, to: rule.to }
      : { ok: false, because: 'It exists already.' };
  }
  if (from === null || !rule.from.includes(from)) {
    return { ok: false, because: `This can be done only while it is ${listed(rule.from)}.` };
  }
  return { ok: true, to: rule.to === 'same' ? from : rule.to };
}

const listed = (states: readonly string[]): string =>
  states
    .map((state) => state.replaceAll('_', ' '))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
