import { BANK_HOLIDAYS } from '../platform/clock/bank-holidays.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import {
  canBeReached,
  chosenNextAt,
  dueAt,
  mayReopen,
  movedTo,
  newReference,
  NEXT_KIND,
  nextDateProblem,
  reachUntil,
  routeOf,
  sendProblems,
  sideOfEnd,
  sideOfHold,
  toldOf,
  toldTo,
  whyOf,
  type SendFacts,
} from './referral.rules.js';
import {
  CLOSE_REASONS,
  DECLINE_REASONS,
  END_REASONS,
  endReasonOf,
  HOLD_REASON_CODES,
  isOpen,
  isWithTriage,
  isWithWorker,
  REFERRAL_STATES,
  TOLD_STATUSES,
  WITHDRAW_REASONS,
  type EndReason,
  type ReferralRow,
  type ReferralState,
} from './referral.types.js';

const at = (text: string): Date => new Date(text);
const MONDAY = at('2026-11-23T10:00:00Z');

const row = (change: Partial<ReferralRow> = {}): ReferralRow => ({
  scheme_id: 's',
  id: 'r',
  version: 1,
  reference: 'K7RX-4PMW',
  client_id: 'c',
  sent_client_id: 'c',
  same_person_as: null,
  route: 'gp',
  state: 'sent',
  held_from: null,
  organisation_id: 'o',
  author_id: 'm',
  sender_name: 'Dr A',
  sender_role: null,
  sender_contact: null,
  draft: null,
  reasons: ['loneliness'],
  reason_note: null,
  note: null,
  risks: [],
  no_known_risks: true,
  risk_note: null,
  agreement_id: 'a',
  feedback: 'progress',
  external_id: null,
  owner_kind: 'triage',
  owner_id: null,
  next_at: MONDAY,
  next_kind: 'triage',
  sent_at: MONDAY,
  returned_at: null,
  returned_because: null,
  returned_missing: [],
  accepted_at: null,
  allocated_at: null,
  begun_at: null,
  ended_at: null,
  end_reason: null,
  end_side: null,
  end_note: null,
  result: null,
  may_ask_again: null,
  original_closing: null,
  joined_into: null,
  as_sent: null,
  told_status: 'sent',
  told_at: MONDAY,
  told_why: null,
  told_result: null,
  told_accepted_at: null,
  told_reached_at: null,
  told_outcome: null,
  told_own: false,
  created_at: MONDAY,
  updated_at: MONDAY,
  ...change,
});

describe('references', () => {
  it('are eight letters and digits that nobody can misread, and differ', () => {
    const many = Array.from({ length: 500 }, newReference);
    for (const reference of many)
      expect(reference).toMatch(/^[2-9B-DF-HJKMNP-TV-Z]{4}-[2-9B-DF-HJKMNP-TV-Z]{4}$/);
    expect(new Set(many).size).toBe(500);
  });
});

describe('due dates', () => {
  it.each([
    ['sent', '2026-11-23T10:00:00Z', '2026-11-25T17:00:00Z'],
    ['sent', '2026-12-24T10:00:00Z', '2026-12-30T17:00:00Z'],
    ['returned', '2026-11-23T10:00:00Z', '2026-11-30T17:00:00Z'],
    ['accepted', '2026-11-27T23:30:00Z', '2026-11-30T17:00:00Z'],
    ['allocated', '2026-11-23T10:00:00Z', '2026-11-30T17:00:00Z'],
    // The clocks go forward on 29 March 2026: 17:00 in London is 16:00 in UTC.
    ['accepted', '2026-03-27T10:00:00Z', '2026-03-30T16:00:00Z'],
  ] as const)('%s at %s is due at %s', (state, since, due) => {
    expect(dueAt(state, at(since), DEFAULT_SETTINGS, BANK_HOLIDAYS)).toEqual(at(due));
  });

  it('follow the days a scheme chose', () => {
    expect(dueAt('sent', MONDAY, { ...DEFAULT_SETTINGS, triageDays: 1 }, BANK_HOLIDAYS)).toEqual(
      at('2026-11-24T17:00:00Z'),
    );
  });

  it('come up at nine in London when somebody chose the date', () => {
    expect(chosenNextAt('2026-07-01')).toEqual(at('2026-07-01T08:00:00Z'));
    expect(chosenNextAt('2026-12-01')).toEqual(at('2026-12-01T09:00:00Z'));
  });

  it.each([
    ['2026-11-22', 0, 'Choose today or a later date'],
    ['2026-11-23', 0, null],
    ['2026-11-23', 1, 'Choose a date after today'],
    ['2026-11-24', 1, null],
    ['2027-11-23', 0, null],
    ['2027-11-24', 0, 'Choose a date within 12 months, so that nobody is forgotten'],
  ] as const)('%s, at the earliest in %s days: %s', (date, earliest, problem) => {
    expect(nextDateProblem(date, MONDAY, earliest)).toBe(problem);
  });
});

describe('reopening', () => {
  it.each([
    ['2026-11-23T10:00:00Z', true],
    ['2026-12-21T23:59:00Z', true],
    ['2026-12-22T00:00:00Z', false],
  ])('closed on 23 November, reopened at %s: %s', (now, allowed) => {
    expect(mayReopen(MONDAY, at(now), 28)).toBe(allowed);
  });

  it('leaves the last owner in reach past the last day of reopening, and seven months when they may ask again', () => {
    expect(reachUntil(MONDAY, false, 28) > at('2026-12-21T23:59:59Z')).toBe(true);
    expect(reachUntil(MONDAY, true, 28)).toEqual(at('2027-06-23T22:59:00Z'));
  });
});

describe('sides', () => {
  const reasons = Object.keys(END_REASONS) as EndReason[];

  it.each(reasons)('the end reason %s has one side, or asks for it', (reason) => {
    const fixed = endReasonOf(reason).side;
    if (fixed === null) {
      expect(sideOfEnd(reason, undefined)).toEqual({
        problem: { field: 'side', message: 'Say whose side "other" was on' },
      });
      expect(sideOfEnd(reason, 'scheme')).toEqual({ side: 'scheme' });
      return;
    }
    const another = fixed === 'client' ? 'scheme' : 'client';
    expect(sideOfEnd(reason, undefined)).toEqual({ side: fixed });
    expect(sideOfEnd(reason, fixed)).toEqual({ side: fixed });
    expect(sideOfEnd(reason, another)).toHaveProperty('problem.field', 'side');
  });

  it.each(HOLD_REASON_CODES)('the hold reason %s has one side, or asks for it', (reason) => {
    expect(sideOfHold(reason, 'provider')).toHaveProperty(
      reason === 'other' || reason === 'waiting_for_service' ? 'side' : 'problem',
    );
  });

  it('lets people choose every reason but those the product gives', () => {
    const chosen = new Set([...DECLINE_REASONS, ...CLOSE_REASONS, ...WITHDRAW_REASONS]);
    expect(reasons.filter((reason) => !chosen.has(reason))).toEqual(['died', 'agreement_withdrawn']);
    expect(CLOSE_REASONS).not.toContain('sent_in_error');
    expect(DECLINE_REASONS).not.toContain('done');
  });
});

describe('a move', () => {
  it.each(REFERRAL_STATES)('to %s keeps owner, next date and ending together', (to) => {
    const after = movedTo(row({ state: 'accepted' }), to, at('2026-11-24T10:00:00Z'), {
      owner_id: 'w',
      next_at: at('2026-12-01T17:00:00Z'),
      held_from: 'active',
      draft: {},
    });
    const open = isOpen(to);
    expect(after.state).toBe(to);
    expect(after.owner_kind).toBe(isWithTriage(to) ? 'triage' : isWithWorker(to) ? 'worker' : null);
    expect(after.owner_id !== null).toBe(isWithWorker(to));
    expect(after.next_at !== null).toBe(open);
    expect(after.next_kind).toBe(isOpen(to) ? NEXT_KIND[to] : null);
    expect(after.held_from !== null).toBe(to === 'on_hold');
    expect(after.draft !== null).toBe(to === 'draft');
    expect(after.ended_at !== null).toBe(!open && to !== 'draft');
  });

  it('tells the sender only when something they are told changes', () => {
    const later = at('2026-11-24T10:00:00Z');
    const accepted = movedTo(row(), 'accepted', later);
    expect([accepted.told_status, accepted.told_at]).toEqual(['taken_on', later]);
    const allocated = movedTo(accepted, 'allocated', at('2026-11-25T10:00:00Z'), { owner_id: 'w' });
    expect([allocated.told_status, allocated.told_at]).toEqual(['taken_on', later]);
  });

  it('tells a sender the same of an accepted and of a joined referral', () => {
    const later = at('2026-11-24T10:00:00Z');
    const told = ({ told_status, told_at, told_why }: ReferralRow) => ({ told_status, told_at, told_why });
    expect(told(movedTo(row(), 'joined', later, { joined_into: 'x' }))).toEqual(
      told(movedTo(row(), 'accepted', later)),
    );
  });
});

describe('what a sender is told', () => {
  const TOLD: Record<ReferralState, [notBegun: string, begun: string]> = {
    draft: ['draft', 'draft'],
    sent: ['sent', 'sent'],
    returned: ['returned', 'returned'],
    accepted: ['taken_on', 'taken_on'],
    allocated: ['taken_on', 'taken_on'],
    active: ['taken_on', 'in_touch'],
    on_hold: ['taken_on', 'in_touch'],
    joined: ['taken_on', 'taken_on'],
    declined: ['not_taken_on', 'not_taken_on'],
    closed: ['closed', 'closed'],
    withdrawn: ['withdrawn', 'withdrawn'],
    entered_in_error: ['entered_in_error', 'entered_in_error'],
  };
  it.each(REFERRAL_STATES)('%s', (state) => {
    expect([toldOf(state, false), toldOf(state, true)]).toEqual(TOLD[state]);
  });

  it.each([
    ['declined', 'outside_area', 'could_not_take'],
    ['declined', 'person_said_no', 'person_said_no'],
    ['closed', 'done', 'done'],
    ['closed', 'duplicate', 'other'],
    ['closed', 'handed_to_another_scheme', 'moved'],
    ['withdrawn', 'agreement_withdrawn', 'person_said_no'],
    ['withdrawn', 'sent_in_error', 'sent_in_error'],
    ['withdrawn', 'died', 'died'],
    ['joined', null, null],
    ['active', null, null],
    ['entered_in_error', 'test', null],
  ] as const)('%s because of %s reads %s', (state, end_reason, why) => {
    expect(whyOf({ state, end_reason })).toBe(why);
  });

  it.each(TOLD_STATUSES)('%s, by what was agreed', (told_status) => {
    const closed = row({
      told_status,
      told_at: at('2026-12-01T10:00:00Z'),
      told_why: 'done',
      told_result: told_status === 'closed' ? 'helped' : null,
      told_accepted_at: at('2026-11-24T10:00:00Z'),
      told_reached_at: at('2026-11-25T10:00:00Z'),
      told_outcome: told_status === 'closed' ? { joinedGroup: true, scores: [] } : null,
    });
    const everything = toldTo(closed, 'everything');
    const progress = toldTo(closed, 'progress');
    const nothing = toldTo(closed, 'nothing');
    expect(everything.result).toBe(told_status === 'closed' ? 'helped' : null);
    expect(everything.outcome).toEqual(told_status === 'closed' ? { joinedGroup: true, scores: [] } : null);
    expect(everything.reachedAt).toEqual(at('2026-11-25T10:00:00Z'));
    expect(progress).toEqual({ ...everything, result: null, outcome: null });
    const own = ['draft', 'returned', 'entered_in_error'].includes(told_status);
    const never = { acceptedAt: null, reachedAt: null };
    const unheard = { status: 'sent', at: MONDAY, why: null, result: null, outcome: null };
    expect(nothing).toEqual({ ...(own ? progress : unheard), ...never });
  });

  it('is always their own withdrawal', () => {
    const withdrawn = row({ told_status: 'withdrawn', told_why: 'sent_in_error', told_own: true });
    expect(toldTo(withdrawn, 'nothing').status).toBe('withdrawn');
    // The scheme's own ending, on the sender's side.
    const theirs = { ...withdrawn, told_own: false, end_side: 'referrer' as const };
    expect(toldTo(theirs, 'nothing').status).toBe('sent');
  });
});

describe('a way to be reached', () => {
  it.each([
    [{}, false],
    [{ phone: '+447700900982' }, true],
    [{ phone: '+447700900982', safeToCall: 'no' }, true],
    [{ phone: '+447700900982', safeToCall: 'no', safeToText: 'no' }, false],
    [{ phone: '+447700900982', safeToCall: 'not_asked', safeToText: 'no' }, true],
    [{ email: 'a@example.org' }, true],
    [{ email: 'a@example.org', safeToEmail: 'no' }, false],
    [{ address: '1 High Street' }, false],
    [{ address: '1 High Street', postcode: 'CO15 1AB' }, true],
    [{ address: '1 High Street', postcode: 'CO15 1AB', safeToWrite: 'no' }, false],
    [{ reachThrough: 'phone' }, false],
    [{ reachThrough: 'hostel' }, true],
    [{ reachThrough: 'drop_in' }, true],
    [{ phone: '', email: null }, false],
  ])('%j: %s', (person, reachable) => {
    expect(canBeReached(person)).toBe(reachable);
  });
});

describe('sending', () => {
  const facts = (change: Partial<SendFacts> = {}): SendFacts => ({
    reasons: ['loneliness'],
    risks: [],
    noKnownRisks: true,
    person: { phone: '+447700900982' },
    ...change,
  });

  it.each<[string, Partial<SendFacts>, string[]]>([
    ['everything there', {}, []],
    ['no reason', { reasons: [] }, ['reasons']],
    ['risks left open', { noKnownRisks: false }, ['risks']],
    ['a risk and none', { risks: ['falls'] }, ['noKnownRisks']],
    ['a risk', { risks: ['falls'], noKnownRisks: false }, []],
    ['no way to reach', { person: {} }, ['client.phone']],
    ['nothing', { reasons: [], noKnownRisks: false, person: {} }, ['reasons', 'risks', 'client.phone']],
  ])('%s', (_name, change, expected) => {
    expect(sendProblems(facts(change)).map(({ field }) => field)).toEqual(expected);
  });

  it.each([
    ['gp_practice', 'gp'],
    ['hospice', 'professional'],
    ['council', 'professional'],
    ['host', 'professional'],
    ['faith_group', 'community'],
    ['charity', 'community'],
  ])('from a %s comes by the route %s', (kind, route) => {
    expect(routeOf(kind)).toBe(route);
  });
});
