import type { Role } from '../platform/actor/actor.types.js';
import type { Side } from '../platform/pure/lifecycle.js';
import type { OnwardVerb } from './onward.lifecycle.js';
import {
  actionsFor,
  ageBand,
  answerByAfterUndo,
  consequences,
  contactRefusal,
  contactShown,
  endingForGroup,
  endingWords,
  GROUP_FIELDS,
  groupSees,
  milestones,
  nameFor,
  offerRefusals,
  promiseRefusal,
  runningClock,
  scopesNeeded,
  sessionRefusal,
  stepOf,
  stoppedClock,
  undoRefusal,
  undoTalkRefusal,
  type ContactFacts,
  type GroupEnding,
  type GroupField,
  type Step,
  type UndoFacts,
} from './onward.rules.js';
import {
  RESULTS,
  type Before,
  type ContactRoute,
  type EndReason,
  type OnwardState,
  type Result,
  type SafetyInstruction,
  type Attendance,
} from './onward.types.js';
import type { RiskFacts } from './risk.rules.js';

const NO_RISK: RiskFacts = { risks: [], flags: [], level: 'personal_contact' };
const UNSAFE_HOME: RiskFacts = { ...NO_RISK, risks: ['unsafe_home'] };
const NONE: ReadonlySet<string> = new Set();
const at = (text: string) => new Date(text);

describe('what a group sees', () => {
  const everything = Object.fromEntries(GROUP_FIELDS.map((field) => [field, `the ${field}`])) as Record<
    GroupField,
    string
  >;
  const ALL_SCOPES = ['needs', 'contact_details', 'access_needs'];

  // One row a field: shown when asked, taking part, just ended, past; and the scope it needs.
  const TABLE: [GroupField, boolean, boolean, boolean, boolean, string | null][] = [
    ['calledBy', true, true, true, false, null],
    ['fullName', false, true, false, false, 'contact_details'],
    ['ageBand', true, true, false, false, 'needs'],
    ['needs', true, true, false, false, 'needs'],
    ['helpNote', true, true, false, false, 'needs'],
    ['howSoon', true, true, false, false, 'needs'],
    ['safetyInstructions', true, true, false, false, null],
    ['accessNeeds', true, true, false, false, 'access_needs'],
    ['language', true, true, false, false, 'access_needs'],
    ['interpreter', true, true, false, false, 'access_needs'],
    ['confirmed', true, true, false, false, 'needs'],
    ['contact', false, true, false, false, null],
  ];

  it('has a row for every field', () => {
    expect(TABLE.map(([field]) => field).sort()).toEqual([...GROUP_FIELDS].sort());
  });

  it.each(TABLE)('%s: asked %s, taking part %s, just ended %s, past %s, scope %s', (field, ...row) => {
    const steps: Step[] = ['asked', 'taking_part', 'just_ended', 'past'];
    steps.forEach((step, index) => {
      expect([step, groupSees(everything, step, ALL_SCOPES)[field]]).toEqual([
        step,
        row[index] === true ? everything[field] : null,
      ]);
    });
    const scope = row[4];
    const without = ALL_SCOPES.filter((agreed) => agreed !== scope);
    expect(groupSees(everything, 'taking_part', without)[field]).toBe(
      scope === null ? everything[field] : null,
    );
  });

  it.each([
    ['offered', null, ['needs'], 'asked'],
    ['waitlisted', null, ['needs'], 'asked'],
    ['accepted', null, ['needs'], 'taking_part'],
    ['started', null, ['needs', 'contact_details'], 'taking_part'],
    ['offered', null, [], 'just_ended'],
    ['started', null, ['contact_details'], 'just_ended'],
    ['declined', '2026-11-20T10:00:00Z', ['needs'], 'just_ended'],
    ['withdrawn', '2026-11-09T10:00:01Z', [], 'just_ended'],
    ['withdrawn', '2026-11-09T10:00:00Z', ['needs'], 'past'],
    ['expired', '2026-01-01T10:00:00Z', ['needs'], 'past'],
    ['completed', '2026-11-22T10:00:00Z', [], 'just_ended'],
    ['stopped', '2026-11-22T10:00:00Z', [], 'just_ended'],
  ] as [OnwardState, string | null, string[], Step][])(
    '%s ended %s with %j is %s',
    (state, ended, scopes, step) => {
      const row = { state, endedAt: ended === null ? null : at(ended) };
      expect(stepOf(row, scopes, at('2026-11-23T10:00:00Z'), 14)).toBe(step);
    },
  );
});

describe('scopesNeeded', () => {
  it.each([
    ['phone', true, ['needs', 'contact_details', 'access_needs']],
    ['letter', false, ['needs', 'contact_details']],
    ['through_worker', true, ['needs', 'access_needs']],
    ['at_session', false, ['needs']],
  ] as [ContactRoute, boolean, string[]][])('%s, access %s: %j', (route, access, scopes) => {
    expect(scopesNeeded(route, access)).toEqual(scopes);
  });
});

describe('nameFor', () => {
  it.each([
    ['first_name', 'Grace', 'Ojo', null, 'Grace'],
    ['first_name', 'Oluwagracious', 'Ojo', 'Grace', 'Grace'],
    ['initials', 'grace', 'ojo', 'Gracie', 'G. O.'],
    ['initials', ' Élise', 'ó Brien', null, 'É. Ó.'],
  ] as const)('%s of %s %s known as %s is %s', (calledBy, firstName, lastName, knownAs, name) => {
    expect(nameFor(calledBy, { firstName, lastName, knownAs })).toBe(name);
  });
});

describe('ageBand', () => {
  it.each([
    ['2008-11-24', 'under 18'],
    ['2008-11-23', '18 to 24'],
    ['2001-11-24', '18 to 24'],
    ['2001-11-23', '25 to 34'],
    ['1980-01-01', '45 to 54'],
    ['1941-11-24', '75 to 84'],
    ['1941-11-23', '85 or over'],
    ['1920-02-29', '85 or over'],
    ['2026-11-23', 'under 18'],
  ])('%s is %s', (dateOfBirth, band) => {
    expect(ageBand(dateOfBirth, '2026-11-23')).toBe(band);
  });
});

describe('contact', () => {
  const client: ContactFacts = {
    phone: '07700900123',
    email: 'grace@example.org',
    address: '1 Mill Lane',
    postcode: 'CO1 1AA',
    safeToCall: 'yes',
    safeToText: 'no',
    safeToEmail: 'not_asked',
    safeToWrite: 'yes',
    safeToLeaveMessage: 'no',
    reachNote: 'After five',
  };

  it.each([
    ['phone', null, { route: 'phone', value: '07700900123', leaveMessage: false, note: 'After five' }],
    ['text', /not safe/, { route: 'through_worker', value: null, leaveMessage: null, note: null }],
    ['email', /Ask first/, { route: 'through_worker', value: null, leaveMessage: null, note: null }],
    [
      'letter',
      null,
      { route: 'letter', value: '1 Mill Lane, CO1 1AA', leaveMessage: null, note: 'After five' },
    ],
    [
      'through_worker',
      null,
      { route: 'through_worker', value: null, leaveMessage: null, note: 'After five' },
    ],
    ['at_session', null, { route: 'at_session', value: null, leaveMessage: null, note: 'After five' }],
  ] as const)('%s', (route, refused, shown) => {
    if (refused) expect(contactRefusal(route, client)).toMatch(refused);
    else expect(contactRefusal(route, client)).toBeNull();
    expect(contactShown(route, client, true)).toEqual(shown);
    const without = contactShown(route, client, false);
    expect([without.value, without.note]).toEqual([null, null]);
    expect(without.route).toBe(route === 'at_session' ? 'at_session' : 'through_worker');
  });

  it('lets a message be left only after a yes', () => {
    expect(contactShown('phone', { ...client, safeToLeaveMessage: 'yes' }, true).leaveMessage).toBe(true);
    expect(contactShown('phone', { ...client, safeToLeaveMessage: 'not_asked' }, true).leaveMessage).toBe(
      false,
    );
  });

  it.each(['phone', 'letter'] as const)('refuses %s where we hold nothing', (route) => {
    const bare = { ...client, phone: null, address: null };
    expect(contactRefusal(route, bare)).toMatch(/hold no number or address/);
    expect(contactShown(route, bare, true).route).toBe('through_worker');
  });
});

describe('the clock', () => {
  const monday = at('2026-11-23T10:00:00Z');

  it('runs to five on the last working day', () => {
    expect(runningClock(monday, 10, NONE)).toEqual({
      clockStartedAt: monday,
      answerBy: at('2026-12-07T17:00:00Z'),
      daysLeft: null,
    });
    expect(runningClock(monday, 0, NONE).answerBy).toEqual(at('2026-11-24T17:00:00Z'));
    expect(runningClock(monday, 1, new Set(['2026-11-24'])).answerBy).toEqual(at('2026-11-25T17:00:00Z'));
  });

  it.each([
    ['2026-11-27T17:00:00Z', null, 4],
    ['2026-11-23T17:00:00Z', null, 1],
    ['2026-11-20T17:00:00Z', null, 1],
    [null, 6, 6],
    [null, null, 1],
  ])('stopped at answer by %s, days left %s, keeps %s', (answerBy, daysLeft, left) => {
    const running = answerBy === null ? null : at(answerBy);
    const clock = { clockStartedAt: running && at('2026-11-20T10:00:00Z'), answerBy: running, daysLeft };
    expect(stoppedClock(monday, clock, NONE)).toEqual({
      clockStartedAt: null,
      answerBy: null,
      daysLeft: left,
    });
  });

  it('keeps all its days where it stops before it started', () => {
    const clock = runningClock(at('2026-12-23T08:00:00Z'), 10, NONE);
    expect(stoppedClock(monday, clock, NONE).daysLeft).toBe(10);
    expect(stoppedClock(at('2026-12-28T10:00:00Z'), clock, NONE).daysLeft).toBe(7);
  });

  it('leaves one working day after an undo, or more when there was more', () => {
    expect(answerByAfterUndo(monday, at('2026-11-23T17:00:00Z'), NONE)).toEqual(at('2026-11-24T17:00:00Z'));
    expect(answerByAfterUndo(monday, at('2026-11-30T17:00:00Z'), NONE)).toEqual(at('2026-11-30T17:00:00Z'));
    expect(answerByAfterUndo(monday, null, NONE)).toEqual(at('2026-11-24T17:00:00Z'));
    expect(answerByAfterUndo(at('2026-11-20T23:00:00Z'), null, NONE)).toEqual(at('2026-11-23T17:00:00Z'));
  });
});

describe('undoRefusal', () => {
  const before: Before = {
    state: 'offered',
    placesHeld: 1,
    clockStartedAt: null,
    answerBy: null,
    clockStopped: null,
    daysLeft: null,
    expectedWeeks: null,
    reviewOn: null,
    answer: null,
    answeredAt: null,
    answeredThrough: null,
    full: null,
  };
  const facts: UndoFacts = {
    undoUntil: at('2026-11-24T10:00:00Z'),
    before,
    referralOpen: true,
    attendances: 0,
    offeredSince: false,
    anotherAccepted: false,
    agreed: true,
    neverOffer: false,
  };
  const now = at('2026-11-24T09:59:59Z');

  it.each([
    [{}, null],
    [{ before: null }, /no answer/],
    [{ undoUntil: null }, /no answer/],
    [{ undoUntil: now }, /has passed/],
    [{ referralOpen: false }, /has ended for everybody/],
    [{ attendances: 1 }, /that they came/],
    [{ attendances: 1, before: { ...before, state: 'started' } }, null],
    [{ offeredSince: true }, /has been asked since/],
    [{ anotherAccepted: true }, /Another group/],
    [{ agreed: false }, /no longer be shared/],
    [{ neverOffer: true }, /no longer be shared/],
  ] as [Partial<UndoFacts>, RegExp | null][])('%j', (change, because) => {
    const answer = undoRefusal({ ...facts, ...change }, now);
    if (because === null) expect(answer).toBeNull();
    else expect(answer).toMatch(because);
  });
});

describe('milestones', () => {
  const said = (sessionOn: string, result: Attendance, at: string | null = null, scheduled = false) => ({
    sessionOn,
    sessionAt: at,
    result,
    scheduled,
  });

  it('counts only those who came, in order of session', () => {
    expect(
      milestones([
        said('2026-11-20', 'late'),
        said('2026-11-06', 'attended'),
        said('2026-11-13', 'absent_logistics'),
        said('2026-11-01', 'session_did_not_happen'),
        said('2026-11-27', 'attended'),
      ]),
    ).toEqual({ firstAttendedOn: '2026-11-06', thirdAttendedOn: '2026-11-27', timesAttended: 3 });
    expect(milestones([said('2026-11-06', 'absent_acceptable')])).toEqual({
      firstAttendedOn: null,
      thirdAttendedOn: null,
      timesAttended: 0,
    });
  });

  it.each<[string, Parameters<typeof milestones>[0], number]>([
    [
      'a day at three times of nobody’s week',
      [
        said('2026-11-06', 'attended'),
        said('2026-11-06', 'late', '10:00'),
        said('2026-11-06', 'late', '14:00'),
      ],
      1,
    ],
    [
      'a session of the week, and the same day at no time',
      [said('2026-11-06', 'attended', '10:00', true), said('2026-11-06', 'attended')],
      1,
    ],
    [
      'two sessions of the week on one day',
      [said('2026-11-06', 'attended', '10:00', true), said('2026-11-06', 'late', '14:00', true)],
      2,
    ],
    [
      'two sessions of the week, of which one was missed',
      [said('2026-11-06', 'attended', '10:00', true), said('2026-11-06', 'absent_logistics', '14:00', true)],
      1,
    ],
  ])('counts %s', (_name, facts, timesAttended) => {
    expect(milestones(facts)).toMatchObject({ firstAttendedOn: '2026-11-06', timesAttended });
  });
});

describe('dates', () => {
  const limits = { offeredOn: '2026-11-01', endedOn: null as string | null, today: '2026-11-23' };

  it.each([
    ['2026-11-23', null, null],
    ['2026-11-24', null, /future/],
    ['2026-11-01', null, null],
    ['2026-10-31', null, /on or after/],
    ['2026-11-11', '2026-11-10', /on or before/],
    ['2026-11-10', '2026-11-10', null],
  ])('a session on %s, ended %s', (on, endedOn, because) => {
    const answer = sessionRefusal(on, { ...limits, endedOn });
    if (because === null) expect(answer).toBeNull();
    else expect(answer).toMatch(because);
  });

  it.each([
    ['2026-11-22', /today or a later/],
    ['2026-11-23', null],
    ['2026-12-23', null],
    ['2026-12-24', /on or before 2026-12-23/],
  ])('a promise for %s', (on, because) => {
    const answer = promiseRefusal(on, '2026-11-23', 30);
    if (because === null) expect(answer).toBeNull();
    else expect(answer).toMatch(because);
  });
});

describe('undoTalkRefusal', () => {
  const now = at('2026-11-23T10:00:00Z');
  const until = at('2026-11-23T10:00:01Z');

  it.each<['talk' | 'ring' | 'yes_held' | null, Date | null, RegExp | null]>([
    ['talk', until, null],
    ['talk', now, /has passed/],
    ['talk', null, /no wish to talk/],
    ['ring', until, /no wish to talk/],
    ['yes_held', until, /no wish to talk/],
    [null, until, /no wish to talk/],
  ])('%s until %s', (toAct, undoUntil, because) => {
    const answer = undoTalkRefusal({ toAct, undoUntil }, now);
    if (because === null) expect(answer).toBeNull();
    else expect(answer).toMatch(because);
  });
});

describe('actionsFor', () => {
  const facts = {
    state: 'offered' as OnwardState,
    ended: false,
    clockStopped: null,
    inTouchAt: null as Date | null,
    lateYesAt: null,
    seenAt: null,
    safetySetAt: null as Date | null,
    safetySeenAt: null as Date | null,
    toAct: null,
    undoUntil: null,
    clockStartedAt: at('2026-11-20T10:00:00Z'),
  };
  const now = at('2026-11-23T10:00:00Z');

  it.each([
    ['provider_member', {}, ['accept', 'waitlist', 'talk', 'decline']],
    ['provider_member', { ended: true }, []],
    [
      'link_worker',
      {},
      ['accept', 'waitlist', 'talk', 'setSafety', 'resend', 'chase', 'decline', 'withdraw'],
    ],
    // What waits for the morning was not sent yet.
    [
      'link_worker',
      { clockStartedAt: at('2026-11-23T10:00:01Z') },
      ['accept', 'waitlist', 'talk', 'setSafety', 'chase', 'decline', 'withdraw'],
    ],
    [
      'link_worker',
      { clockStopped: 'talk' },
      ['accept', 'waitlist', 'talk', 'setSafety', 'rang', 'decline', 'withdraw'],
    ],
    [
      'link_worker',
      { clockStopped: 'talk', toAct: 'talk', undoUntil: at('2026-11-23T10:00:01Z') },
      ['accept', 'waitlist', 'talk', 'undoTalk', 'setSafety', 'rang', 'decline', 'withdraw'],
    ],
    [
      'provider_member',
      { clockStopped: 'talk', toAct: 'talk', undoUntil: at('2026-11-23T10:00:01Z') },
      ['accept', 'waitlist', 'talk', 'undoTalk', 'decline'],
    ],
    [
      'provider_member',
      { clockStopped: 'talk', toAct: 'talk', undoUntil: now },
      ['accept', 'waitlist', 'talk', 'decline'],
    ],
    [
      'provider_member',
      { clockStopped: 'talk', toAct: 'yes_held', undoUntil: at('2026-11-23T10:00:01Z') },
      ['accept', 'waitlist', 'talk', 'decline'],
    ],
    [
      'link_worker',
      { clockStopped: 'hold' },
      ['accept', 'waitlist', 'talk', 'setSafety', 'chase', 'decline', 'withdraw'],
    ],
    [
      'link_worker',
      { state: 'waitlisted', toAct: 'yes_held' },
      ['accept', 'setSafety', 'rang', 'decline', 'withdraw'],
    ],
    [
      'link_worker',
      { state: 'waitlisted' },
      ['accept', 'setSafety', 'resend', 'chase', 'decline', 'withdraw'],
    ],
    ['referrer', {}, []],
    [
      'provider_member',
      { state: 'accepted', undoUntil: at('2026-11-23T10:00:01Z') },
      ['inTouch', 'start', 'attend', 'undo'],
    ],
    ['provider_member', { state: 'accepted', undoUntil: now }, ['inTouch', 'start', 'attend']],
    ['provider_member', { state: 'accepted', inTouchAt: now }, ['start', 'attend']],
    ['provider_member', { state: 'expired' }, ['lateYes', 'seen']],
    ['provider_member', { state: 'expired', lateYesAt: now, seenAt: now }, []],
    ['link_worker', { state: 'expired', toAct: 'expired' }, ['lateYes', 'seen', 'noted']],
    ['link_worker', { state: 'expired', lateYesAt: now }, ['revive', 'seen']],
    ['link_worker', { state: 'withdrawn' }, ['reOffer', 'seen']],
    ['provider_member', { state: 'withdrawn' }, ['seen']],
    [
      'provider_member',
      { state: 'accepted', inTouchAt: now, safetySetAt: now },
      ['seenSafety', 'start', 'attend'],
    ],
    [
      'provider_member',
      { state: 'accepted', inTouchAt: now, safetySetAt: now, safetySeenAt: now },
      ['start', 'attend'],
    ],
    [
      'link_worker',
      { state: 'waitlisted', safetySetAt: now },
      ['accept', 'setSafety', 'resend', 'chase', 'decline', 'withdraw'],
    ],
    [
      'scheme_manager',
      { state: 'started' },
      ['setSafety', 'resend', 'chase', 'inTouch', 'attend', 'complete', 'stop'],
    ],
    [
      'provider_member',
      { state: 'completed', undoUntil: at('2026-11-23T10:00:01Z'), seenAt: now },
      ['attend', 'undo'],
    ],
  ] as [Role, Partial<typeof facts>, OnwardVerb[]][])('%s with %j may %j', (role, change, verbs) => {
    expect(actionsFor(role, { ...facts, ...change }, now)).toEqual(verbs);
  });
});

describe('what a group is told of an ending', () => {
  it.each([
    ['offered', null, null, null, null],
    ['started', null, null, null, null],
    [
      'withdrawn',
      'another_said_yes',
      'client',
      'found_something',
      'Grace has found something; your place is free again.',
    ],
    [
      'withdrawn',
      'found_something_else',
      'client',
      'found_something',
      'Grace has found something; your place is free again.',
    ],
    [
      'withdrawn',
      'died',
      'client',
      'no_longer_needed',
      'This is no longer needed; your place is free again.',
    ],
    ['stopped', 'died', 'client', 'no_longer_needed', 'This is no longer needed; your place is free again.'],
    [
      'withdrawn',
      'agreement_withdrawn',
      'client',
      'no_longer_needed',
      'This is no longer needed; your place is free again.',
    ],
    [
      'withdrawn',
      'health',
      'client',
      'no_longer_needed',
      'This is no longer needed; your place is free again.',
    ],
    [
      'withdrawn',
      'offered_in_error',
      'scheme',
      'no_longer_needed',
      'This is no longer needed; your place is free again.',
    ],
    ['declined', 'full', 'provider', 'group_said', 'This ended as your group said.'],
    ['stopped', 'group_cannot', 'provider', 'group_said', 'This ended as your group said.'],
    ['expired', 'no_reply', 'provider', 'no_reply', 'This ended because we did not hear from your group.'],
    ['completed', null, null, 'finished', 'This has finished.'],
  ] as [OnwardState, EndReason | null, Side | null, GroupEnding | null, string | null][])(
    '%s, %s, side %s: %s',
    (state, endReason, endSide, ending, words) => {
      const said = endingForGroup({ state, endReason, endSide });
      expect(said).toBe(ending);
      expect(said && endingWords(said, 'Grace')).toBe(words);
    },
  );

  it('who carries on by themselves is not kept from the group', () => {
    const ended = { state: 'completed', endReason: null, endSide: null } as const;
    const said = (result: Result) => endingForGroup({ ...ended, result });
    expect(RESULTS.map((result) => [result, said(result)])).toEqual(
      RESULTS.map((result) => [result, result === 'still_going' ? 'carries_on' : 'finished']),
    );
    expect(endingWords('carries_on', 'Grace')).toBe('Grace carries on with your group without us.');
  });
});

describe('offerRefusals', () => {
  const facts = {
    referralState: 'active',
    alreadyLive: false,
    waiting: 1,
    liveOffers: 2,
    gates: [
      { gate: 'open_now', passed: true, because: 'Open now.' },
      { gate: 'has_places', passed: true, because: '1 place is left.' },
    ],
    toWaitingList: false,
    supported: true,
    missing: [] as string[],
    contactRoute: 'through_worker' as ContactRoute,
    client: {
      phone: '07700900123',
      email: null,
      address: null,
      postcode: null,
      safeToCall: 'no',
      safeToText: 'not_asked',
      safeToEmail: 'not_asked',
      safeToWrite: 'not_asked',
      safeToLeaveMessage: 'not_asked',
      reachNote: null,
    } satisfies ContactFacts,
    risk: NO_RISK,
    safetyInstructions: [] as SafetyInstruction[],
    secondPerson: null,
  };
  const noPlace = [{ gate: 'has_places', passed: false, because: 'No places are left.' }];

  it.each([
    [{}, []],
    [{ referralState: 'on_hold' }, ['illegal-move']],
    [{ referralState: 'accepted' }, ['illegal-move']],
    [{ referralState: 'allocated' }, []],
    [{ alreadyLive: true }, ['already-offered']],
    [{ waiting: 2 }, ['too-many-offers']],
    [{ gates: noPlace }, ['gates']],
    [{ gates: noPlace, toWaitingList: true }, []],
    [{ gates: [{ gate: 'in_area', passed: false, because: 'No.' }], toWaitingList: true }, ['gates']],
    [{ secondPerson: 'worker' }, ['second-person']],
    [{ secondPerson: 'referrer', gates: noPlace }, ['gates', 'second-person']],
    [{ supported: false }, ['no-agreement']],
    [{ missing: ['needs', 'contact_details'] }, ['no-agreement', 'no-agreement']],
    [{ waiting: 3, gates: noPlace, missing: ['needs'] }, ['too-many-offers', 'gates', 'no-agreement']],
    [{ contactRoute: 'phone', alreadyLive: true }, ['invalid', 'already-offered']],
    [{ risk: UNSAFE_HOME }, ['invalid']],
    [{ risk: UNSAFE_HOME, safetyInstructions: ['meet_in_pairs'] }, []],
    [{ risk: UNSAFE_HOME, missing: ['needs'] }, ['no-agreement', 'invalid']],
  ] as [Partial<Parameters<typeof offerRefusals>[0]>, string[]][])(
    '%j is refused for %j',
    (change, codes) => {
      expect(offerRefusals({ ...facts, ...change }).map(({ code }) => code)).toEqual(codes);
    },
  );

  it('says which gate, which scope and which field', () => {
    const refusals = offerRefusals({
      ...facts,
      gates: noPlace,
      missing: ['needs'],
      contactRoute: 'phone',
      risk: UNSAFE_HOME,
    });
    const about = ['contactRoute', 'has_places', 'needs', 'safetyInstructions'];
    expect(refusals.map((refusal) => refusal.about)).toEqual(about);
  });
});

describe('consequences', () => {
  const now = at('2026-11-23T10:00:00Z');
  it.each([
    ['offered', [], ['answerBy', 'endedAt:', 'placesHeld']],
    ['waitlisted', ['answerBy'], ['reviewOn', 'placesHeld']],
    ['accepted', ['answerBy', 'reviewOn', 'endedAt'], ['placesHeld', 'inTouchBy']],
    ['declined', ['answerBy', 'reviewOn', 'placesHeld', 'endedAt'], ['endReason']],
  ] as [OnwardState, string[], string[]][])('%s sets %j and leaves %j', (state, sets, leaves) => {
    const changed = Object.keys(consequences(state, now));
    for (const field of sets) expect(changed).toContain(field);
    for (const field of leaves) expect(changed).not.toContain(field);
  });

  it('ends now, or not at all', () => {
    expect(consequences('withdrawn', now)).toMatchObject({ endedAt: now, placesHeld: 0, toAct: null });
    expect(consequences('offered', now)).toMatchObject({ endedAt: null, endReason: null, seenAt: null });
  });
});
