import { REFERRAL_EVENTS } from './referral.events.js';
import { moveReferral, REFERRAL_LIFECYCLE, REFERRAL_VERBS, type ReferralVerb } from './referral.lifecycle.js';
import { ENDED_STATES, isOpen, OPEN_STATES, REFERRAL_STATES, type ReferralState } from './referral.types.js';

// prettier-ignore
/** Every cell: rows are verbs, columns states, '.' is refused and 'error' is entered_in_error. Section 3 of the domain, written out by hand. */
const MATRIX: Record<ReferralVerb, string> = {
  //           (new)  draft      sent       returned   accepted   allocated  active     on_hold    joined     declined   closed     withdrawn  error     
  draft:      'draft  .          .          .          .          .          .          .          .          .          .          .          .',
  amendDraft: '.      draft      .          .          .          .          .          .          .          .          .          .          .',
  discard:    '.      gone       .          .          .          .          .          .          .          .          .          .          .',
  submit:     'sent   .          .          .          .          .          .          .          .          .          .          .          .',
  send:       'sent   sent       .          sent       .          .          .          .          .          .          .          .          .',
  return:     '.      .          returned   .          .          .          .          .          .          .          .          .          .',
  accept:     '.      .          accepted   .          .          .          .          .          .          .          .          .          .',
  join:       '.      .          joined     .          .          .          .          .          .          .          .          .          .',
  unjoin:     '.      .          .          .          .          .          .          .          sent       .          .          .          .',
  restore:    '.      .          .          .          .          .          .          .          .          .          sent       sent       .',
  decline:    '.      .          declined   .          declined   .          .          .          .          .          .          .          .',
  allocate:   '.      .          .          .          allocated  allocated  active     on_hold    .          .          .          .          .',
  begin:      '.      .          .          .          .          active     .          .          .          .          .          .          .',
  setNext:    '.      .          .          returned   .          allocated  active     on_hold    .          .          .          .          .',
  note:       '.      .          sent       returned   accepted   allocated  active     on_hold    joined     .          .          .          .',
  setRisks:   '.      .          .          .          accepted   allocated  active     on_hold    .          .          .          .          .',
  setFeedback:'.      .          sent       returned   accepted   allocated  active     on_hold    joined     .          closed     .          .',
  hold:       '.      .          .          .          .          on_hold    on_hold    .          .          .          .          .          .',
  resume:     '.      .          .          .          .          .          .          before     .          .          .          .          .',
  close:      '.      .          .          .          .          closed     closed     closed     .          .          .          .          .',
  reopen:     '.      .          .          .          .          .          .          .          .          .          active     .          .',
  withdraw:   '.      .          withdrawn  withdrawn  withdrawn  withdrawn  withdrawn  withdrawn  .          .          .          .          .',
  void:       '.      error      error      error      error      error      error      error      error      error      error      error      .',
};

const columns: (ReferralState | null)[] = [null, ...REFERRAL_STATES];
const cells = (Object.keys(MATRIX) as ReferralVerb[]).flatMap((verb) => {
  const answers = MATRIX[verb].trim().split(/\s+/);
  if (answers.length !== columns.length) throw new Error(`The row of ${verb} has ${answers.length} cells`);
  return columns.map((from, index) => ({
    verb,
    from,
    to: answers[index]!.replace('error', 'entered_in_error'),
  }));
});

describe('the referral lifecycle', () => {
  it.each(cells)('$verb from $from is $to', ({ verb, from, to }) => {
    const answer = moveReferral(verb, from);
    expect(answer.ok ? answer.to : '.').toBe(to);
  });

  it('has a row for every verb', () => {
    expect(Object.keys(MATRIX).sort()).toEqual([...REFERRAL_VERBS].sort());
  });

  it('sorts every state into draft, open or ended, once', () => {
    expect(['draft', ...OPEN_STATES, ...ENDED_STATES].sort()).toEqual([...REFERRAL_STATES].sort());
  });

  it('reaches every state from nothing', () => {
    const seen = new Set<ReferralState>();
    const look = (from: ReferralState | null): void => {
      for (const verb of REFERRAL_VERBS) {
        const answer = moveReferral(verb, from);
        if (!answer.ok || answer.to === 'gone' || answer.to === 'before' || seen.has(answer.to)) continue;
        seen.add(answer.to);
        look(answer.to);
      }
    };
    look(null);
    expect([...seen].sort()).toEqual([...REFERRAL_STATES].sort());
  });

  it('leaves no open state without a way to an end', () => {
    for (const state of OPEN_STATES) {
      const ends = REFERRAL_VERBS.filter((verb) => {
        const answer = moveReferral(verb, state);
        return answer.ok && answer.to !== 'gone' && answer.to !== 'before' && !isOpen(answer.to);
      });
      expect([state, ends.length > 0]).toEqual([state, true]);
    }
  });

  it('says why not, in words', () => {
    expect(moveReferral('accept', 'closed')).toEqual({
      ok: false,
      because: 'This can be done only while it is sent.',
    });
    expect(moveReferral('allocate', 'sent')).toEqual({
      ok: false,
      because: 'This can be done only while it is accepted, allocated, active or on hold.',
    });
  });

  it('names an event for every verb, each once', () => {
    expect(new Set(Object.values(REFERRAL_EVENTS)).size).toBe(REFERRAL_VERBS.length);
    expect(Object.keys(REFERRAL_LIFECYCLE)).toHaveLength(REFERRAL_VERBS.length + 2);
  });
});
