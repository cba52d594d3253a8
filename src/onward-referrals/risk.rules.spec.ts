import { LONE_WORKER_FLAGS } from '../clients/lone-worker-flag.types.js';
import { LEVELS } from '../providers/provider.types.js';
import { SAFETY_INSTRUCTIONS } from './onward.types.js';
import { learnedAt, riskRefusal, unanswered, type RiskFacts, type RisksLearned } from './risk.rules.js';

const NONE: RiskFacts = { risks: [], flags: [], level: 'personal_contact' };

describe('a risk that a referral states', () => {
  it.each([
    [[], [], []],
    [['falls', 'medication'], [], []],
    [['violence_or_aggression'], [], ['violence_or_aggression']],
    [['violence_or_aggression'], ['no_photographs', 'leave_no_message'], ['violence_or_aggression']],
    [['violence_or_aggression', 'falls'], ['meet_in_pairs'], []],
    [['unsafe_home'], ['ring_worker_first'], ['unsafe_home']],
    [['unsafe_home'], ['no_home_visits'], []],
    [['violence_or_aggression', 'unsafe_home'], ['no_home_visits'], ['violence_or_aggression']],
    [['violence_or_aggression', 'unsafe_home'], ['meet_in_pairs'], []],
  ] as const)('%j with %j leaves %j', (risks, instructions, left) => {
    for (const level of LEVELS) expect(unanswered({ ...NONE, risks, level }, instructions)).toEqual(left);
  });
});

describe('what is flagged for whoever visits', () => {
  // One row a flag: every instruction that answers it.
  const ANSWERS: Record<(typeof LONE_WORKER_FLAGS)[number], string> = {
    visit_in_pairs: 'meet_in_pairs meet_in_public_place not_alone_with_one_person',
    no_home_visits: 'meet_in_public_place no_home_visits',
    meet_in_public_place: 'meet_in_public_place',
    daytime_only: 'daytime_only',
    ring_before_visit: 'ring_worker_first meet_in_public_place no_home_visits',
    dangerous_animal: 'ring_worker_first meet_in_public_place no_home_visits',
    others_at_address: 'meet_in_pairs meet_in_public_place no_home_visits',
    hazard_at_address: 'ring_worker_first meet_in_public_place no_home_visits',
    infection_risk: 'ring_worker_first',
    do_not_be_followed: 'ring_worker_first worker_comes_first_time meet_in_public_place',
  };

  it.each(LONE_WORKER_FLAGS)(
    '%s counts where people are met alone or at home, until it is answered',
    (flag) => {
      const facts: RiskFacts = { ...NONE, flags: [flag], level: 'alone_or_vulnerable' };
      expect(unanswered(facts, [])).toEqual([flag]);
      const answer = SAFETY_INSTRUCTIONS.filter((code) => unanswered(facts, [code]).length === 0);
      expect(answer.join(' ')).toBe(ANSWERS[flag]);
    },
  );

  it.each(['open_door', 'personal_contact'] as const)('counts for nothing at the level %s', (level) => {
    expect(unanswered({ ...NONE, flags: LONE_WORKER_FLAGS, level }, [])).toEqual([]);
  });
});

it('is refused with what would answer it, and names no risk', () => {
  const facts: RiskFacts = { ...NONE, flags: ['daytime_only'], level: 'alone_or_vulnerable' };
  expect(riskRefusal(facts, ['daytime_only'])).toBeNull();
  expect(riskRefusal(facts, [])).toBe(
    'A risk to others is recorded. Choose what keeps the group safe (daytime_only), or do not offer',
  );
});

describe('since when an unanswered risk is known', () => {
  const OFFERED = '2026-11-02T09:00:00.000Z';
  const [FIRST, SECOND, THIRD] = [
    '2026-11-09T10:00:00.000Z',
    '2026-11-10T10:00:00.000Z',
    '2026-11-11T10:00:00.000Z',
  ];
  const said = (at: string, risks: string[], before: string[] | null = []) => ({ at, risks, before });
  const joined = (at: string, risks: string[]) => said(at, risks, null);
  const [HOME, ANGER] = ['unsafe_home', 'violence_or_aggression'];
  const since = (
    learned: Partial<RisksLearned>,
    safetyInstructions: ('meet_in_pairs' | 'ring_worker_first')[] = [],
  ) =>
    learnedAt(
      { ...NONE, said: [], flaggedAt: {}, ...learned },
      { safetyInstructions, offeredAt: new Date(OFFERED) },
    )?.toISOString() ?? null;

  it.each([
    ['nothing is known', [], [], null],
    ['it was known from the start', [HOME], [], OFFERED],
    ['it was learned', [HOME], [said(FIRST, [HOME])], FIRST],
    [
      'it was said again with others',
      [HOME],
      [said(FIRST, [HOME]), said(SECOND, [HOME, 'falls'], [HOME])],
      FIRST,
    ],
    ['it was known before the first word', [HOME], [said(FIRST, [HOME, 'falls'], [HOME])], OFFERED],
    [
      'a second one was learned',
      [HOME, ANGER],
      [said(FIRST, [HOME]), said(SECOND, [HOME, ANGER], [HOME])],
      SECOND,
    ],
    [
      'it was unsaid and said again',
      [HOME],
      [said(FIRST, [HOME]), said(SECOND, [], [HOME]), said(THIRD, [HOME])],
      THIRD,
    ],
    [
      'another referral of theirs brought it',
      [HOME],
      [joined(FIRST, ['falls']), joined(SECOND, [HOME])],
      SECOND,
    ],
    ['another brought what was known', [HOME], [said(FIRST, [HOME]), joined(SECOND, [HOME])], FIRST],
    ['another speaks of other things since', [HOME], [said(FIRST, [HOME]), joined(SECOND, ['falls'])], FIRST],
  ] as [string, string[], RisksLearned['said'], string | null][])('%s', (_what, risks, history, expected) => {
    expect(since({ risks, said: history })).toBe(expected);
  });

  it('is the last one that is left, where another is answered', () => {
    const history = [said(FIRST, [ANGER]), said(SECOND, [ANGER, HOME], [ANGER])];
    expect(since({ risks: [ANGER, HOME], said: history }, ['ring_worker_first'])).toBe(SECOND);
    expect(since({ risks: [ANGER, HOME], said: history }, ['meet_in_pairs'])).toBeNull();
  });

  it('is when a flag was raised', () => {
    const flagged: Partial<RisksLearned> = {
      flags: ['visit_in_pairs'],
      flaggedAt: { visit_in_pairs: FIRST },
    };
    expect(since({ ...flagged, level: 'alone_or_vulnerable' })).toBe(FIRST);
    expect(since(flagged)).toBeNull();
  });
});
