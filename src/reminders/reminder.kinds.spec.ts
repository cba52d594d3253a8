import { BANK_HOLIDAYS } from '../platform/clock/bank-holidays.js';
import { addDays, isWorkingDay, londonDate, workingDeadline } from '../platform/clock/calendar.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import { nudgeAt, REMINDER_KINDS, type ReminderKind } from './reminder.kinds.js';
import { audienceOf, decide, digestDay, planned, type Planned } from './reminder.rules.js';
import type { Period } from '../providers/rhythm.types.js';
import type {
  AppointmentFacts,
  ApprovalFacts,
  AssuranceFacts,
  ClosureFacts,
  GapFacts,
  StaffRequestFacts,
  StoryFacts,
  FeedbackFacts,
  EscalationFacts,
  TransferFacts,
  PracticeMoveFacts,
  AreaMoveFacts,
  RegisterFacts,
  HandoverFacts,
  PracticeFacts,
  ProgramFacts,
  MembershipFacts,
  SafetyMessageFacts,
  WarmHandoverFacts,
  WrittenMessageFacts,
  ConcernFacts,
  Facts,
  FlagFacts,
  ListingFacts,
  OnwardFacts,
  ReferralFacts,
  SafeguardingFacts,
} from './reminder.types.js';

const rhythm = { settings: { ...DEFAULT_SETTINGS }, holidays: BANK_HOLIDAYS };

/** A Monday. */
const MONDAY = '2026-11-23T10:00:00Z';
const on = (iso: string) => new Date(iso);

const referral = (changes: Partial<ReferralFacts>): ReferralFacts => ({
  subject: 'referral',
  id: 'r',
  referralId: 'r',
  clientId: 'c',
  person: { died: false, bornOn: '1950-01-01' },
  state: 'draft',
  organisationId: 'practice',
  authorId: 'author',
  ownerId: 'owner',
  createdAt: on(MONDAY),
  sentAt: null,
  returnedAt: null,
  acceptedAt: null,
  allocatedAt: null,
  givenAt: null,
  begunAt: null,
  endedAt: null,
  nextAt: null,
  mayAskAgain: null,
  asksNothing: false,
  agreed: true,
  hears: 'progress',
  senderReadsHere: false,
  senderLeft: false,
  presentPracticeId: null,
  toldStatus: 'draft',
  toldAt: on(MONDAY),
  thirdUnreachedAt: null,
  unreachedChoice: null,
  unreachedChosenAt: null,
  renewOn: null,
  reviewOn: null,
  hasBaseline: false,
  closingOpen: false,
  answered: [],
  ...changes,
});

const onward = (changes: Partial<OnwardFacts>): OnwardFacts => ({
  subject: 'onward_referral',
  id: 'o',
  asOf: on(MONDAY),
  referralId: 'r',
  clientId: 'c',
  person: { died: false, bornOn: '1950-01-01' },
  ownerId: 'owner',
  state: 'offered',
  offeredAt: on(MONDAY),
  clockStartedAt: null,
  answerBy: null,
  answeredAt: null,
  acceptedAt: null,
  endedAt: null,
  endSide: null,
  endReason: null,
  askedAgain: false,
  seenAt: null,
  inTouchBy: null,
  reviewOn: null,
  inTouchAt: null,
  toAct: null,
  toActSince: null,
  riskSince: null,
  safetyUnseenSince: null,
  barredSince: null,
  organisationId: 'group',
  answersBy: 'email',
  quietDays: [],
  periods: [],
  ...changes,
});

const appointment = (changes: Partial<AppointmentFacts>): AppointmentFacts => ({
  subject: 'appointment',
  id: 'a',
  referralId: 'r',
  clientId: 'c',
  person: { died: false, bornOn: '1950-01-01' },
  ownerId: 'owner',
  state: 'made',
  startsAt: on('2026-12-01T14:00:00Z'),
  arrangedAt: on(MONDAY),
  changedAt: null,
  expectedAt: null,
  unbooked: false,
  backBy: null,
  buddyId: null,
  visitorId: null,
  flaggedAt: null,
  ...changes,
});

const GROUP = {
  referralId: null,
  clientId: null,
  ownerId: null,
  organisationId: 'group',
  groupOpen: true,
} as const;

const assurance = (changes: Partial<AssuranceFacts>): AssuranceFacts => ({
  ...GROUP,
  subject: 'assurance',
  id: 's',
  live: true,
  lapsesOn: '2027-04-30',
  ...changes,
});

const safeguarding = (changes: Partial<SafeguardingFacts>): SafeguardingFacts => ({
  subject: 'safeguarding',
  id: 'g',
  referralId: null,
  clientId: 'c',
  ownerId: 'lead',
  open: true,
  recordedAt: on(MONDAY),
  followUpOn: '2026-11-27',
  ...changes,
});

/** To be looked at on Easter Monday, the day after the clocks went forward. */
const flag = (changes: Partial<FlagFacts>): FlagFacts => ({
  subject: 'lone_worker_flag',
  id: 'f',
  referralId: null,
  clientId: 'c',
  ownerId: 'owner',
  live: true,
  reviewOn: '2027-03-29',
  ...changes,
});

const listing = (changes: Partial<ListingFacts>): ListingFacts => ({
  ...GROUP,
  subject: 'listing',
  id: 'l',
  state: 'published',
  confirmedOn: '2026-11-23',
  publishedOn: '2026-10-01',
  ...changes,
});

const concern = (changes: Partial<ConcernFacts>): ConcernFacts => ({
  subject: 'concern',
  id: 'k',
  referralId: null,
  clientId: null,
  ownerId: null,
  raisedAt: on(MONDAY),
  reviewed: false,
  ...changes,
});

const approval = (changes: Partial<ApprovalFacts>): ApprovalFacts => ({
  subject: 'approval',
  id: 'y',
  referralId: 'r',
  clientId: 'c',
  ownerId: 'asker',
  state: 'waiting',
  askedAt: on(MONDAY),
  decidedAt: null,
  wanted: true,
  ...changes,
});

const closure = (changes: Partial<ClosureFacts>): ClosureFacts => ({
  subject: 'closure',
  id: 'x',
  referralId: null,
  clientId: null,
  ownerId: null,
  organisationId: 'g',
  closedAt: on(MONDAY),
  stands: true,
  ...changes,
});

const story = (changes: Partial<StoryFacts>): StoryFacts => ({
  subject: 'story',
  id: 's',
  referralId: null,
  clientId: 'c',
  ownerId: 'owner',
  state: 'approved',
  hasDied: false,
  offeredAt: on(MONDAY),
  sentBackAt: null,
  expiries: [],
  takeDownFrom: null,
  ...changes,
});

const feedback = (changes: Partial<FeedbackFacts>): FeedbackFacts => ({
  subject: 'client_feedback',
  id: 'b',
  referralId: null,
  clientId: null,
  ownerId: null,
  state: 'open',
  wantsAnswer: true,
  receivedAt: on(MONDAY),
  lookedAt: null,
  ...changes,
});

const staffRequest = (changes: Partial<StaffRequestFacts>): StaffRequestFacts => ({
  subject: 'staff_request',
  id: 's',
  referralId: null,
  clientId: null,
  ownerId: null,
  open: true,
  askedAt: on(MONDAY),
  ...changes,
});

const program = (changes: Partial<ProgramFacts>): ProgramFacts => ({
  subject: 'program',
  id: 'p',
  referralId: null,
  clientId: null,
  ownerId: null,
  keyMadeAt: on(MONDAY),
  keyEndsAt: on('2027-01-01T00:00:00Z'),
  ...changes,
});

const written = (changes: Partial<WrittenMessageFacts>): WrittenMessageFacts => ({
  subject: 'written_message',
  id: 'w',
  referralId: 'r',
  clientId: 'c',
  person: { died: false, bornOn: null },
  ownerId: 'owner',
  held: true,
  writtenBy: 'writer',
  channel: 'email',
  words: 'Please ring me',
  goesAt: on(MONDAY),
  takenBack: false,
  settled: false,
  ...changes,
});

const escalation = (changes: Partial<EscalationFacts>): EscalationFacts => ({
  subject: 'escalation',
  id: 'e',
  referralId: null,
  clientId: 'c',
  ownerId: 'owner',
  raisedAt: on(MONDAY),
  answeredAt: null,
  ...changes,
});

const transfer = (changes: Partial<TransferFacts>): TransferFacts => ({
  subject: 'transfer',
  id: 't',
  referralId: 'r',
  clientId: 'c',
  ownerId: 'owner',
  incoming: false,
  state: 'offered',
  offeredAt: on(MONDAY),
  answerBy: new Date('2026-12-07T17:00:00.000Z'),
  endedAt: null,
  wanted: true,
  ...changes,
});

const practiceMove = (changes: Partial<PracticeMoveFacts>): PracticeMoveFacts => ({
  subject: 'practice_move',
  id: 'pm',
  referralId: 'r',
  clientId: 'c',
  ownerId: 'owner',
  recordedAt: on(MONDAY),
  toDecide: true,
  ...changes,
});

const areaMove = (changes: Partial<AreaMoveFacts>): AreaMoveFacts => ({
  subject: 'area_move',
  id: 'am',
  referralId: 'r',
  clientId: 'c',
  ownerId: 'owner',
  state: 'open',
  recordedAt: on(MONDAY),
  decidedAt: null,
  keepUntil: null,
  offered: false,
  ...changes,
});

const register = (changes: Partial<RegisterFacts>): RegisterFacts => ({
  subject: 'register',
  id: 'reg',
  referralId: null,
  clientId: null,
  ownerId: null,
  organisationId: 'group',
  groupOpen: true,
  askedAt: on(MONDAY),
  empty: true,
  ...changes,
});

const handover = (changes: Partial<HandoverFacts>): HandoverFacts => ({
  subject: 'handover',
  id: 'handover',
  referralId: null,
  clientId: null,
  ownerId: null,
  plannedAt: on(MONDAY),
  takerGone: false,
  endedAt: on(MONDAY),
  undone: true,
  ...changes,
});

const week = (changes: Partial<PracticeFacts>): PracticeFacts => ({
  subject: 'practice',
  id: 'practice',
  referralId: null,
  clientId: null,
  ownerId: null,
  organisationId: 'practice',
  toldAt: on('2026-11-23T08:00:00Z'),
  ...changes,
});

const membership = (changes: Partial<MembershipFacts>): MembershipFacts => ({
  subject: 'membership',
  id: 'gone',
  referralId: null,
  clientId: null,
  ownerId: null,
  goneAt: on(MONDAY),
  hasPeople: true,
  ...changes,
});

const safetyMessage = (changes: Partial<SafetyMessageFacts>): SafetyMessageFacts => ({
  subject: 'safety_message',
  id: 'm',
  referralId: 'r',
  clientId: 'c',
  person: { died: false, bornOn: null },
  ownerId: 'owner',
  sentAt: on(MONDAY),
  answerBy: new Date('2026-11-23T17:00:00Z'),
  handedOverAt: on(MONDAY),
  notSentAt: null,
  read: false,
  ...changes,
});

const goingAlong = (changes: Partial<WarmHandoverFacts>): WarmHandoverFacts => ({
  subject: 'warm_handover',
  id: 'w',
  referralId: 'r',
  clientId: 'c',
  person: { died: false, bornOn: null },
  ownerId: 'owner',
  arranged: true,
  wanted: true,
  meetAt: new Date('2026-12-01T14:00:00Z'),
  offAt: null,
  companionId: 'pat',
  ...changes,
});

const gap = (changes: Partial<GapFacts>): GapFacts => ({
  subject: 'gap',
  id: 'n',
  referralId: null,
  clientId: null,
  ownerId: null,
  openedAt: on(MONDAY),
  open: true,
  ...changes,
});

const told = ({ kind, step, dueAt, effect }: Planned): string =>
  `${kind} ${String(step)} ${dueAt.toISOString()} ${effect.by === 'product' ? effect.act : `${effect.by} ${effect.to}`}`;

const plan = (facts: Facts): string[] => planned(facts, rhythm).map(told);
const only = (kind: ReminderKind, facts: Facts): string[] =>
  plan(facts).filter((line) => line.startsWith(`${kind} `));

const CLOSED = referral({
  state: 'closed',
  endedAt: on('2026-11-23T15:00:00Z'),
  mayAskAgain: true,
  toldStatus: 'closed',
  toldAt: on('2026-11-23T15:00:00Z'),
});

const ACTIVE = referral({
  state: 'active',
  begunAt: on(MONDAY),
  nextAt: on('2026-12-07T09:00:00Z'),
  answered: ['baseline'],
  hasBaseline: true,
});

const OFFERED = onward({ clockStartedAt: on(MONDAY), answerBy: on('2026-12-07T17:00:00Z') });

/** Every kind while it applies, with every step it has. */
const EVERY: [ReminderKind, Facts, string[]][] = [
  [
    'draft_waiting',
    referral({}),
    ['1 2026-11-24T17:00:00.000Z task author', '2 2026-11-26T17:00:00.000Z task practice'],
  ],
  [
    'triage_waiting',
    referral({ state: 'sent', sentAt: on(MONDAY) }),
    ['1 2026-11-25T17:00:00.000Z task triage', '2 2026-11-27T17:00:00.000Z task managers'],
  ],
  [
    'returned',
    referral({ state: 'returned', returnedAt: on(MONDAY) }),
    ['1 2026-11-26T17:00:00.000Z task triage', '2 2026-11-30T17:00:00.000Z task managers'],
  ],
  [
    'allocate',
    referral({ state: 'accepted', acceptedAt: on(MONDAY) }),
    ['1 2026-11-24T17:00:00.000Z task managers', '2 2026-11-25T17:00:00.000Z task managers'],
  ],
  [
    'first_contact',
    referral({ state: 'allocated', allocatedAt: on(MONDAY), nextAt: on('2026-11-30T17:00:00Z') }),
    ['1 2026-11-30T08:00:00.000Z task owner', '2 2026-12-07T17:00:00.000Z task managers'],
  ],
  [
    'next_contact',
    ACTIVE,
    [
      '1 2026-12-07T08:00:00.000Z task owner',
      '2 2026-12-10T17:00:00.000Z task owner',
      '3 2026-12-21T17:00:00.000Z task managers',
    ],
  ],
  [
    'resume',
    referral({ state: 'on_hold', nextAt: on('2026-12-07T09:00:00Z') }),
    [
      '1 2026-12-07T08:00:00.000Z task owner',
      '2 2026-12-10T17:00:00.000Z task owner',
      '3 2026-12-21T17:00:00.000Z task managers',
    ],
  ],
  [
    'third_unreached',
    referral({ state: 'allocated', thirdUnreachedAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner'],
  ],
  ...(['write_letter', 'send_text'] as const).map((kind): [ReminderKind, Facts, string[]] => [
    kind,
    referral({
      state: 'on_hold',
      unreachedChoice: kind === 'send_text' ? 'text' : 'letter',
      unreachedChosenAt: on(MONDAY),
      thirdUnreachedAt: on(MONDAY),
    }),
    ['1 2026-11-23T10:00:00.000Z message client'],
  ]),
  [
    'ask_practice',
    referral({ state: 'allocated', unreachedChoice: 'ask_practice', unreachedChosenAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task practice'],
  ],
  ['given', referral({ state: 'allocated', givenAt: on(MONDAY) }), ['1 2026-11-23T10:00:00.000Z task owner']],
  [
    'plan_review',
    referral({ state: 'active', reviewOn: '2027-01-04' }),
    ['1 2027-01-04T08:00:00.000Z task owner', '2 2027-01-07T17:00:00.000Z task owner'],
  ],
  [
    'measure_baseline',
    { ...ACTIVE, answered: [], hasBaseline: false },
    [
      '1 2026-11-24T08:00:00.000Z task owner',
      '2 2026-11-24T10:00:00.000Z message client',
      '3 2026-12-01T08:00:00.000Z task owner',
      '4 2026-12-01T10:00:00.000Z message client',
      '5 2026-12-08T10:00:00.000Z record_missing',
    ],
  ],
  [
    'measure_review',
    ACTIVE,
    [
      '1 2027-01-04T08:00:00.000Z task owner',
      '2 2027-01-04T10:00:00.000Z message client',
      '3 2027-01-11T08:00:00.000Z task owner',
      '4 2027-01-11T10:00:00.000Z message client',
      '5 2027-01-18T10:00:00.000Z record_missing',
    ],
  ],
  [
    'measure_closing',
    { ...CLOSED, closingOpen: true },
    [
      '1 2026-11-24T08:00:00.000Z task owner',
      '2 2026-11-24T10:00:00.000Z message client',
      '3 2026-12-01T08:00:00.000Z task owner',
      '4 2026-12-01T10:00:00.000Z message client',
      '5 2026-12-08T10:00:00.000Z record_missing',
    ],
  ],
  [
    'measure_3_months',
    CLOSED,
    [
      '1 2027-02-23T10:00:00.000Z task owner',
      '2 2027-02-23T10:00:00.000Z message client',
      '3 2027-03-02T10:00:00.000Z task owner',
      '4 2027-03-02T10:00:00.000Z message client',
      '5 2027-03-09T10:00:00.000Z record_missing',
    ],
  ],
  [
    'measure_6_months',
    CLOSED,
    [
      // In summer time.
      '1 2027-05-23T09:00:00.000Z task owner',
      '2 2027-05-23T09:00:00.000Z message client',
      '3 2027-05-30T09:00:00.000Z task owner',
      '4 2027-05-30T09:00:00.000Z message client',
      '5 2027-06-06T09:00:00.000Z record_missing',
    ],
  ],
  [
    'agreement_renewal',
    referral({ state: 'active', renewOn: '2026-11-27' }),
    [
      '1 2026-11-27T08:00:00.000Z task owner',
      '2 2026-12-02T17:00:00.000Z task owner',
      '3 2026-12-11T17:00:00.000Z task managers',
    ],
  ],
  ['closing_summary', CLOSED, ['1 2026-11-23T15:00:00.000Z message referrer']],
  ['offer_made', onward({}), ['1 2026-11-23T10:00:00.000Z message group']],
  [
    'reply_wanted',
    OFFERED,
    [
      '1 2026-11-26T10:00:00.000Z message group',
      '2 2026-12-02T10:00:00.000Z message group',
      '3 2026-12-07T10:00:00.000Z message group',
      '4 2026-12-07T17:00:00.000Z expire',
    ],
  ],
  [
    'group_replied',
    onward({ state: 'declined', toAct: 'declined', toActSince: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-11-24T08:00:00.000Z task owner'],
  ],
  [
    'risk_learned',
    onward({ state: 'started', riskSince: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-11-24T08:00:00.000Z task managers'],
  ],
  [
    'group_barred',
    onward({ state: 'offered', barredSince: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-11-24T08:00:00.000Z task managers'],
  ],
  [
    'safety_changed',
    onward({ state: 'started', safetyUnseenSince: on(MONDAY) }),
    [
      '1 2026-11-23T10:00:00.000Z message group',
      '2 2026-11-24T17:00:00.000Z task owner',
      '3 2026-11-25T17:00:00.000Z task managers',
    ],
  ],
  [
    'in_touch',
    onward({ state: 'accepted', acceptedAt: on(MONDAY), inTouchBy: '2026-11-27' }),
    ['1 2026-11-27T10:00:00.000Z message group', '2 2026-11-30T08:00:00.000Z task owner'],
  ],
  [
    'how_did_it_go',
    onward({ state: 'started', acceptedAt: on(MONDAY) }),
    [
      '1 2026-12-07T10:00:00.000Z message group',
      '2 2027-01-06T10:00:00.000Z message group',
      '3 2027-02-05T10:00:00.000Z message group',
      '4 2027-03-07T10:00:00.000Z message group',
      '5 2027-04-06T09:00:00.000Z message group',
      '6 2027-05-06T09:00:00.000Z message group',
    ],
  ],
  [
    'waiting_list',
    onward({ state: 'waitlisted', answeredAt: on(MONDAY), reviewOn: '2026-12-10' }),
    ['task owner', 'message client'].flatMap((effect, round) =>
      [
        '2026-12-10T08',
        '2027-01-07T08',
        '2027-02-04T08',
        '2027-03-04T08',
        '2027-04-01T07',
        '2027-04-29T07',
        '2027-05-27T07',
        '2027-06-24T07',
        '2027-07-22T07',
        '2027-08-19T07',
        '2027-09-16T07',
        '2027-10-14T07',
      ].map((hour, index) => {
        const [day, at] = hour.split('T');
        const then = String(Number(at) + 2 * round).padStart(2, '0');
        return `${String(12 * round + index + 1)} ${day!}T${then}:00:00.000Z ${effect}`;
      }),
    ),
  ],
  [
    'do_not_contact',
    onward({ state: 'withdrawn', acceptedAt: on(MONDAY), endedAt: on(MONDAY), endSide: 'client' }),
    ['1 2026-11-23T10:00:00.000Z message group', '2 2026-11-24T08:00:00.000Z task owner'],
  ],
  ['appointment', appointment({}), ['1 2026-11-30T14:00:00.000Z message client']],
  [
    'appointment_changed',
    appointment({ state: 'cancelled', changedAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z message client'],
  ],
  [
    'interpreter',
    appointment({ unbooked: true }),
    ['1 2026-11-27T08:00:00.000Z task owner', '2 2026-11-30T08:00:00.000Z task owner'],
  ],
  [
    'visit_overdue',
    appointment({ backBy: on('2026-12-01T15:15:00Z') }),
    ['1 2026-12-01T15:15:00.000Z task buddy', '2 2026-12-01T15:45:00.000Z task managers'],
  ],
  [
    'assurance_lapsing',
    assurance({}),
    [
      '1 2027-03-01T10:00:00.000Z message group',
      '2 2027-03-31T09:00:00.000Z message group',
      '3 2027-04-23T09:00:00.000Z message group',
      '4 2027-04-23T09:00:00.000Z task managers',
      '5 2027-05-01T07:00:00.000Z task managers',
    ],
  ],
  [
    'concern',
    concern({}),
    ['1 2026-11-23T10:00:00.000Z task managers', '2 2026-11-30T17:00:00.000Z task managers'],
  ],
  [
    'own_service',
    approval({}),
    ['1 2026-11-23T10:00:00.000Z task managers', '2 2026-11-24T08:00:00.000Z task managers'],
  ],
  [
    'own_service_told',
    approval({ state: 'refused', decidedAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner'],
  ],
  ['group_closed', closure({}), ['1 2026-11-24T10:00:00.000Z message group']],
  [
    'safeguarding',
    safeguarding({}),
    [
      '1 2026-11-23T10:00:00.000Z task owner',
      '2 2026-11-27T08:00:00.000Z task owner',
      '3 2026-11-30T08:00:00.000Z task managers',
    ],
  ],
  [
    'flag_review',
    flag({}),
    ['1 2027-03-29T07:00:00.000Z task owner', '2 2027-04-05T16:00:00.000Z task managers'],
  ],
  [
    'safety_message',
    safetyMessage({}),
    ['1 2026-11-23T17:00:00.000Z task owner', '2 2026-11-23T18:00:00.000Z task managers'],
  ],
  ['warm_handover', goingAlong({}), ['1 2026-11-30T08:00:00.000Z task companion']],
  [
    'warm_handover_off',
    goingAlong({ wanted: false, offAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task companion'],
  ],
  [
    'warm_handover_outcome',
    goingAlong({}),
    ['1 2026-12-02T08:00:00.000Z task companion', '2 2026-12-04T17:00:00.000Z task owner'],
  ],
  ['gap_follow_up', gap({}), ['1 2026-12-23T08:00:00.000Z task managers']],
  [
    'story_waiting',
    story({ state: 'waiting' }),
    ['1 2026-11-23T10:00:00.000Z task managers', '2 2026-11-30T17:00:00.000Z task managers'],
  ],
  [
    'story_sent_back',
    story({ state: 'draft', sentBackAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner'],
  ],
  [
    'story_expiring',
    story({ expiries: ['2027-04-30', '2027-11-20'] }),
    [
      '1 2027-03-31T07:00:00.000Z task owner',
      '2 2027-04-30T07:00:00.000Z task owner',
      '1 2027-10-21T07:00:00.000Z task owner',
      '2 2027-11-20T08:00:00.000Z task owner',
    ],
  ],
  [
    'story_take_down',
    story({ state: 'withdrawn', takeDownFrom: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task managers', '2 2026-11-30T17:00:00.000Z task managers'],
  ],
  [
    'client_feedback',
    feedback({}),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-11-26T17:00:00.000Z task owner'],
  ],
  [
    'client_feedback_answer',
    feedback({ state: 'looked_at', lookedAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-12-07T17:00:00.000Z task owner'],
  ],
  [
    'staff_request',
    staffRequest({}),
    ['1 2026-11-23T10:00:00.000Z task administrators', '2 2026-11-25T17:00:00.000Z task administrators'],
  ],
  ['written_message', written({}), ['1 2026-11-23T10:00:00.000Z message client']],
  ['written_late', written({}), ['1 2026-11-24T11:00:00.000Z task owner']],
  ['key_ending', program({}), ['1 2026-12-17T08:00:00.000Z task administrators']],
  ['key_last_days', program({}), ['1 2026-12-28T08:00:00.000Z task administrators']],
  [
    'escalation',
    escalation({}),
    ['1 2026-11-23T10:00:00.000Z task managers', '2 2026-11-25T17:00:00.000Z task managers'],
  ],
  ['escalation_answered', escalation({ answeredAt: on(MONDAY) }), ['1 2026-11-23T10:00:00.000Z task owner']],
  [
    'transfer_in',
    transfer({ incoming: true }),
    ['1 2026-11-23T10:00:00.000Z task triage', '2 2026-11-25T17:00:00.000Z task managers'],
  ],
  ['transfer_wanted', transfer({}), ['1 2026-12-07T17:00:00.000Z expire']],
  [
    'transfer_back',
    transfer({ state: 'expired', endedAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task owner'],
  ],
  ['listing_check', listing({}), ['1 2027-02-21T10:00:00.000Z message group']],
  ['register_wanted', register({}), ['1 2026-11-24T10:00:00.000Z message group']],
  [
    'closing_present',
    { ...CLOSED, hears: 'nothing', presentPracticeId: 'new' },
    ['1 2026-11-23T15:00:00.000Z message practice'],
  ],
  [
    'practice_moved',
    practiceMove({}),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-11-30T17:00:00.000Z task managers'],
  ],
  [
    'area_move',
    areaMove({}),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-11-30T17:00:00.000Z task managers'],
  ],
  [
    'area_move_hand_over',
    areaMove({ state: 'handing_over', decidedAt: on(MONDAY) }),
    ['1 2026-11-24T08:00:00.000Z task owner', '2 2026-11-30T17:00:00.000Z task managers'],
  ],
  [
    'area_move_kept',
    areaMove({ state: 'kept', decidedAt: on(MONDAY), keepUntil: '2026-12-07' }),
    ['1 2026-12-07T08:00:00.000Z task owner', '2 2026-12-14T17:00:00.000Z task managers'],
  ],
  ['weekly', week({}), ['1 2026-11-23T08:00:00.000Z message inbox']],
  [
    'handover_undone',
    handover({}),
    [
      '1 2026-11-23T10:00:00.000Z task managers',
      '2 2026-11-24T17:00:00.000Z task managers',
      '3 2026-11-23T10:00:00.000Z task owner',
    ],
  ],
  [
    'handover_taker_gone',
    handover({ takerGone: true, endedAt: null, undone: false }),
    ['1 2026-11-23T10:00:00.000Z task owner', '2 2026-11-23T10:00:00.000Z task managers'],
  ],
  [
    'visit_flagged',
    appointment({ flaggedAt: on(MONDAY) }),
    ['1 2026-11-23T10:00:00.000Z task visitor', '2 2026-11-24T08:00:00.000Z task managers'],
  ],
  [
    'people_left',
    membership({}),
    ['1 2026-11-23T10:00:00.000Z task managers', '2 2026-11-24T17:00:00.000Z task managers'],
  ],
];

describe('the table of reminders', () => {
  it.each(EVERY)('%s', (kind, facts, steps) => {
    expect(only(kind, facts)).toEqual(steps.map((step) => `${kind} ${step}`));
  });

  it('asks after a service that nobody ever confirmed from the day it was published', () => {
    expect(only('listing_check', listing({ confirmedOn: null, publishedOn: '2026-10-01' }))).toEqual([
      'listing_check 1 2026-12-30T10:00:00.000Z message group',
    ]);
  });

  it.each<[string, Partial<SafetyMessageFacts>, string[]]>([
    [
      'that no server took, in half an hour, and the managers an hour later',
      { handedOverAt: null },
      ['5 10:30', '6 11:30'],
    ],
    ['that went only later', { handedOverAt: new Date('2026-11-23T10:45:00Z') }, ['5 10:30', '6 11:30']],
    ['that was refused, at once', { handedOverAt: null, notSentAt: on(MONDAY) }, ['3 10:00', '4 11:00']],
  ])('asks to ring in place of a message about safety %s', (_name, changes, expected) => {
    const more = only('safety_message', safetyMessage(changes))
      .map((line) => line.split(' '))
      .slice(2);
    expect(more.map(([, step, at]) => `${String(step)} ${String(at?.slice(11, 16))}`)).toEqual(expected);
  });

  it('is shown here whole', () => {
    expect(EVERY.map(([kind]) => kind).sort()).toEqual(Object.keys(REMINDER_KINDS).sort());
  });

  const NONE: [string, Facts, ReminderKind][] = [
    ['a sent referral is no draft', referral({ state: 'sent', sentAt: on(MONDAY) }), 'draft_waiting'],
    ['an accepted one is triaged', referral({ state: 'accepted', acceptedAt: on(MONDAY) }), 'triage_waiting'],
    ['one sent again is not returned', referral({ state: 'sent', returnedAt: on(MONDAY) }), 'returned'],
    ['a joined one needs nobody', referral({ state: 'joined' }), 'allocate'],
    ['a begun one had its first contact', { ...ACTIVE, allocatedAt: on(MONDAY) }, 'first_contact'],
    ['one on hold waits to resume', { ...ACTIVE, state: 'on_hold' }, 'next_contact'],
    ['a resumed one does not', ACTIVE, 'resume'],
    [
      'choosing ends the choice',
      referral({
        state: 'active',
        thirdUnreachedAt: on(MONDAY),
        unreachedChoice: 'letter',
        unreachedChosenAt: on(MONDAY),
      }),
      'third_unreached',
    ],
    ['closing ends the choice', { ...CLOSED, thirdUnreachedAt: on(MONDAY) }, 'third_unreached'],
    ['a baseline given', ACTIVE, 'measure_baseline'],
    ['a baseline recorded as missing', { ...ACTIVE, hasBaseline: false }, 'measure_review'],
    ['closed with the answers of the end, or why there are none', CLOSED, 'measure_closing'],
    [
      'closed by somebody who died since',
      { ...CLOSED, closingOpen: true, person: { died: true, bornOn: null } },
      'measure_closing',
    ],
    [
      'closed by somebody who wants no questionnaires',
      { ...CLOSED, closingOpen: true, asksNothing: true },
      'measure_closing',
    ],
    [
      'fourteen when it began',
      { ...ACTIVE, answered: [], person: { died: false, bornOn: '2012-01-01' } },
      'measure_baseline',
    ],
    ['may not ask again', { ...CLOSED, mayAskAgain: false }, 'measure_3_months'],
    ['never asked whether', { ...CLOSED, mayAskAgain: null }, 'measure_6_months'],
    ['answered at three months', { ...CLOSED, answered: ['three_months'] }, 'measure_3_months'],
    ['dead', { ...CLOSED, person: { died: true, bornOn: '1950-01-01' } }, 'measure_3_months'],
    ['fifteen at closing', { ...CLOSED, person: { died: false, bornOn: '2010-11-24' } }, 'measure_6_months'],
    ['reopened', { ...CLOSED, state: 'active' }, 'measure_3_months'],
    ['a concern that was reviewed', concern({ reviewed: true }), 'concern'],
    ['an asking that was taken back', approval({ state: 'withdrawn' }), 'own_service'],
    [
      'an offer made since the yes',
      approval({ state: 'approved', decidedAt: on(MONDAY), wanted: false }),
      'own_service_told',
    ],
    ['a week in which nothing came of anybody', week({ toldAt: null }), 'weekly'],
    ['a visit with nothing flagged since', appointment({}), 'visit_flagged'],
    ['a taker who is there', handover({}), 'handover_taker_gone'],
    ['people whom somebody took after all', handover({ undone: false }), 'handover_undone'],
    ['somebody who is here', membership({ goneAt: null }), 'people_left'],
    ['somebody who left nobody', membership({ hasPeople: false }), 'people_left'],
    ['a message that was read', safetyMessage({ read: true }), 'safety_message'],
    ['a handover that was called off', goingAlong({ arranged: false }), 'warm_handover'],
    ['a need that was met', gap({ open: false }), 'gap_follow_up'],
    ['a story that was read', story({}), 'story_waiting'],
    ['a story that was given again', story({ state: 'waiting', sentBackAt: on(MONDAY) }), 'story_sent_back'],
    ['a story that was withdrawn', story({ state: 'withdrawn', expiries: ['2027-04-30'] }), 'story_expiring'],
    ['a story of somebody who died', story({ hasDied: true, expiries: ['2027-04-30'] }), 'story_expiring'],
    ['a story that stands where it may', story({}), 'story_take_down'],
    [
      'what a manager has looked at',
      feedback({ state: 'looked_at', lookedAt: on(MONDAY) }),
      'client_feedback',
    ],
    [
      'what wants no answer',
      feedback({ state: 'looked_at', lookedAt: on(MONDAY), wantsAnswer: false }),
      'client_feedback_answer',
    ],
    ['a note that was answered', escalation({ answeredAt: on(MONDAY) }), 'escalation'],
    ['a note that was not', escalation({}), 'escalation_answered'],
    [
      'a note of somebody who left',
      escalation({ ownerId: null, answeredAt: on(MONDAY) }),
      'escalation_answered',
    ],
    [
      'somebody handed over with a receipt',
      transfer({ state: 'received', endedAt: on(MONDAY) }),
      'transfer_back',
    ],
    [
      'refused, and tried anew',
      transfer({ state: 'refused', endedAt: on(MONDAY), wanted: false }),
      'transfer_back',
    ],
    ['what this scheme itself hands over', transfer({}), 'transfer_in'],
    ['what another scheme hands over', transfer({ incoming: true }), 'transfer_wanted'],
    ['a change of practice that leaves nothing open', practiceMove({ toDecide: false }), 'practice_moved'],
    ['a register that somebody began to fill in', register({ empty: false }), 'register_wanted'],
    ['a register that somebody opened by themselves', register({ askedAt: null }), 'register_wanted'],
    ['no practice that may hear', CLOSED, 'closing_present'],
    ['a move that is decided', areaMove({ state: 'kept', keepUntil: '2026-12-07' }), 'area_move'],
    [
      'somebody offered to another scheme since',
      areaMove({ state: 'handing_over', decidedAt: on(MONDAY), offered: true }),
      'area_move_hand_over',
    ],
    ['a closing that was taken back', closure({ stands: false }), 'group_closed'],
    ['a concern for somebody that was closed', safeguarding({ open: false }), 'safeguarding'],
    ['a flag that was ended', flag({ live: false }), 'flag_review'],
    ['an interpreter who is booked', appointment({}), 'interpreter'],
    ['an appointment that was cancelled', appointment({ state: 'cancelled', unbooked: true }), 'interpreter'],
    ['a worker who is back', appointment({}), 'visit_overdue'],
    ['a check that was replaced', assurance({ live: false }), 'assurance_lapsing'],
    ['a check of a group that closed', assurance({ groupOpen: false }), 'assurance_lapsing'],
    ['a service that closed', listing({ state: 'closed' }), 'listing_check'],
    [
      'a service nobody published or confirmed',
      listing({ confirmedOn: null, publishedOn: null }),
      'listing_check',
    ],
    ['a service of a group that closed', listing({ groupOpen: false }), 'listing_check'],
    ['no agreement any more', { ...CLOSED, agreed: false }, 'measure_3_months'],
    ['no agreement any more, later', { ...CLOSED, agreed: false }, 'measure_6_months'],
    ['the sender is to hear nothing', { ...CLOSED, hears: 'nothing' }, 'closing_summary'],
    ['nobody sent it', { ...CLOSED, organisationId: null }, 'closing_summary'],
    ['entered in error', { ...CLOSED, toldStatus: 'entered_in_error' }, 'closing_summary'],
    ['answered', onward({ state: 'accepted', inTouchBy: '2026-12-01' }), 'offer_made'],
    ['a clock that stands', onward({ toAct: 'talk', toActSince: on(MONDAY) }), 'reply_wanted'],
    ['taken by themselves, or talked with since', referral({ state: 'allocated' }), 'given'],
    ['taken back', written({ takenBack: true }), 'written_message'],
    ['gone in time', written({ settled: true }), 'written_late'],
    [
      'written to somebody who died since',
      written({ person: { died: true, bornOn: null } }),
      'written_message',
    ],
    ['no key left', program({ keyMadeAt: null, keyEndsAt: null }), 'key_ending'],
    ['made for two weeks', program({ keyEndsAt: on('2026-12-07T00:00:00Z') }), 'key_ending'],
    ['made for three days', program({ keyEndsAt: on('2026-11-27T00:00:00Z') }), 'key_last_days'],
    ['nothing to act on', onward({ state: 'declined' }), 'group_replied'],
    ['told what keeps it safe', onward({ state: 'started' }), 'risk_learned'],
    ['seen by the group', onward({ state: 'started' }), 'safety_changed'],
    ['nothing that bars them', onward({ state: 'started' }), 'group_barred'],
    ['begun', onward({ state: 'started', inTouchBy: '2026-11-27' }), 'in_touch'],
    [
      'said to be in touch',
      onward({ state: 'accepted', inTouchBy: '2026-11-27', inTouchAt: on(MONDAY) }),
      'in_touch',
    ],
    ['completed', onward({ state: 'completed', acceptedAt: on(MONDAY) }), 'how_did_it_go'],
    ['off the waiting list', onward({ state: 'withdrawn', reviewOn: '2026-12-10' }), 'waiting_list'],
    ['asked by phone', onward({ answersBy: 'phone' }), 'offer_made'],
    [
      'asked again for the same person',
      onward({ state: 'withdrawn', endedAt: on(MONDAY), endSide: 'client', askedAgain: true }),
      'do_not_contact',
    ],
    [
      'seen',
      onward({
        state: 'stopped',
        acceptedAt: on(MONDAY),
        endedAt: on(MONDAY),
        endSide: 'client',
        seenAt: on(MONDAY),
      }),
      'do_not_contact',
    ],
    [
      'ended by the group itself',
      onward({ state: 'stopped', acceptedAt: on(MONDAY), endedAt: on(MONDAY), endSide: 'provider' }),
      'do_not_contact',
    ],
    ['cancelled', appointment({ state: 'cancelled' }), 'appointment'],
    ['died', appointment({ person: { died: true, bornOn: null } }), 'appointment'],
    ['nobody was reminded', appointment({ state: 'cancelled' }), 'appointment_changed'],
    [
      'died meanwhile',
      appointment({ changedAt: on(MONDAY), person: { died: true, bornOn: null } }),
      'appointment_changed',
    ],
    ['arranged within the day', appointment({ arrangedAt: on('2026-11-30T14:00:00Z') }), 'appointment'],
  ];
  it.each(NONE)('%s: none', (_why, facts, kind) => {
    expect(only(kind, facts)).toEqual([]);
  });

  it('sixteen on the day it closed is old enough to be asked', () => {
    const facts = { ...CLOSED, person: { died: false, bornOn: '2010-11-23' } };
    expect(only('measure_3_months', facts)).toHaveLength(5);
  });
});

describe('an appointment called off in quiet hours', () => {
  const off = (at: string, expected: string, startsAt = expected) =>
    only(
      'appointment_changed',
      appointment({
        state: 'cancelled',
        startsAt: on(startsAt),
        changedAt: on(at),
        expectedAt: on(expected),
      }),
    );
  it.each([
    ['2026-11-24T21:00:00Z', '2026-11-25T07:30:00Z', 'task owner'],
    ['2026-11-24T21:00:00Z', '2026-11-25T08:00:00Z', 'task owner'],
    ['2026-11-24T21:00:00Z', '2026-11-25T08:01:00Z', 'message client'],
    ['2026-11-25T06:00:00Z', '2026-11-25T07:30:00Z', 'task owner'],
    ['2026-11-24T19:59:00Z', '2026-11-25T07:30:00Z', 'message client'],
    // Summer: eight o'clock is seven in UTC.
    ['2026-06-24T21:00:00Z', '2026-06-25T07:00:00Z', 'task owner'],
    ['2026-06-24T21:00:00Z', '2026-06-25T07:30:00Z', 'message client'],
  ])('at %s, expected at %s: %s', (at, expected, effect) => {
    const step = effect === 'task owner' ? 2 : 1;
    expect(off(at, expected)).toEqual([
      `appointment_changed ${String(step)} ${on(at).toISOString()} ${effect}`,
    ]);
  });

  it('moved to later is told by a person too, who can ring before the morning', () => {
    expect(off('2026-11-24T21:00:00Z', '2026-11-25T07:30:00Z', '2026-11-25T14:00:00Z')[0]).toContain(
      'task owner',
    );
  });
});

describe('due dates', () => {
  it.each([
    // Christmas 2026: Thursday 24 December, then holidays on the 25th and, for Saturday the 26th, the 28th.
    ['2026-12-24T12:00:00Z', '2026-12-30T17:00:00.000Z'],
    // Over the end of the year: 1 January is a holiday.
    ['2026-12-30T12:00:00Z', '2027-01-04T17:00:00.000Z'],
    // Good Friday and Easter Monday, and the clocks went forward on Sunday 28 March.
    ['2027-03-25T12:00:00Z', '2027-03-31T16:00:00.000Z'],
    // Over the night the clocks go forward: 17:00 stays 17:00.
    ['2026-03-27T12:00:00Z', '2026-03-31T16:00:00.000Z'],
    // Over the night they go back.
    ['2026-10-23T11:00:00Z', '2026-10-27T17:00:00.000Z'],
    // Late on a Friday evening in London.
    ['2026-11-27T23:30:00Z', '2026-12-01T17:00:00.000Z'],
  ])('two working days after %s is %s', (sent, due) => {
    expect(only('triage_waiting', referral({ state: 'sent', sentAt: on(sent) }))[0]).toBe(
      `triage_waiting 1 ${due} task triage`,
    );
  });

  it.each([
    // The clocks go forward on Sunday 28 March 2027: 14:00 that Sunday is 23 hours after 14:00 on Saturday.
    ['2027-03-28T13:00:00Z', '2027-03-27T14:00:00.000Z'],
    // They go back on Sunday 31 October 2027: 25 hours.
    ['2027-10-31T14:00:00Z', '2027-10-30T13:00:00.000Z'],
    ['2027-01-01T09:00:00Z', '2026-12-31T09:00:00.000Z'],
  ])('the day before %s, by the clock on the wall, is %s', (startsAt, due) => {
    expect(plan(appointment({ startsAt: on(startsAt) }))).toEqual([`appointment 1 ${due} message client`]);
  });

  it('a date chosen in summer comes up at eight by the clock on the wall', () => {
    expect(only('next_contact', { ...ACTIVE, nextAt: on('2027-06-15T08:00:00Z') })[0]).toContain(
      '2027-06-15T07:00:00.000Z',
    );
  });

  it('31 August and six months is the last of February', () => {
    const closed = { ...CLOSED, endedAt: on('2026-08-31T09:00:00Z') };
    expect(only('measure_6_months', closed)[0]).toContain('2027-02-28T10:00:00.000Z');
  });

  it('a review further off than four weeks is brought forward', () => {
    const waiting = onward({ state: 'waitlisted', answeredAt: on(MONDAY), reviewOn: '2027-01-30' });
    expect(only('waiting_list', waiting)[0]).toContain('2026-12-21T08:00:00.000Z');
  });

  it('a place on a waiting list is reviewed for as long as somebody waits, each review once by its number', () => {
    const waiting = (asOf: string) =>
      onward({ state: 'waitlisted', answeredAt: on(MONDAY), reviewOn: '2026-12-10', asOf: on(asOf) });
    const told = new Map<string, string>();
    for (let day = '2026-11-23'; day < '2031-11-23'; day = addDays(day, 9)) {
      for (const { step, dueAt, effect } of planned(waiting(`${day}T12:00:00Z`), rhythm)) {
        const [number, review] = [`${effect.by} ${String(step)}`, londonDate(dueAt)];
        expect(`${number} ${told.get(number) ?? review}`).toBe(`${number} ${review}`);
        told.set(number, review);
      }
    }
    for (const by of ['task', 'message']) {
      const reviews = [...told].filter(([number]) => number.startsWith(by)).map(([, review]) => review);
      expect(new Set(reviews).size).toBe(reviews.length);
      expect(reviews.sort().slice(0, 65)).toEqual(
        Array.from({ length: 65 }, (_, index) => addDays('2026-12-10', index * 28)),
      );
    }
    expect(new Set([...told.keys()].map((number) => number.split(' ')[1])).size).toBe(told.size);
  });

  it('a scheme sets its own days and holidays', () => {
    const own = { settings: { ...DEFAULT_SETTINGS, triageDays: 1 }, holidays: new Set(['2026-11-24']) };
    const [first] = planned(referral({ state: 'sent', sentAt: on(MONDAY) }), own);
    expect(first?.dueAt.toISOString()).toBe('2026-11-25T17:00:00.000Z');
  });
});

describe('nudges', () => {
  const nudges = (days: string, quietDays: number[] = [], periods: Period[] = []) =>
    [1 / 3, 2 / 3, 1].map((share) =>
      nudgeAt(share, { clockStartedAt: on(MONDAY), answerBy: on(days), quietDays, periods }, BANK_HOLIDAYS)
        ?.toISOString()
        .slice(0, 10),
    );

  it.each([
    ['ten days', '2026-12-07T17:00:00Z', [], ['2026-11-26', '2026-12-02', '2026-12-07']],
    ['three days', '2026-11-26T17:00:00Z', [], ['2026-11-24', '2026-11-25', '2026-11-26']],
    ['two days', '2026-11-25T17:00:00Z', [], [undefined, '2026-11-24', '2026-11-25']],
    ['one day', '2026-11-24T17:00:00Z', [], [undefined, undefined, '2026-11-24']],
    ['none on Thursdays', '2026-12-07T17:00:00Z', [4], ['2026-11-25', '2026-12-02', '2026-12-07']],
    ['none on the last day', '2026-12-07T17:00:00Z', [1], ['2026-11-26', '2026-12-02', '2026-12-04']],
    ['every day quiet', '2026-12-07T17:00:00Z', [1, 2, 3, 4, 5], [undefined, undefined, undefined]],
  ])('%s', (_why, answerBy, quietDays, expected) => {
    expect(nudges(answerBy, quietDays)).toEqual(expected);
  });

  it.each([
    ['none on a holy day', 'quiet', '2026-12-02', '2026-12-02', ['2026-11-26', '2026-12-01', '2026-12-07']],
    // Ten working days, of which three are none of the group's: the thirds are of the seven left.
    ['while it is closed', 'closed', '2026-12-01', '2026-12-03', ['2026-11-25', '2026-11-30', '2026-12-07']],
    [
      'as ever in extra times',
      'extra',
      '2026-11-23',
      '2026-12-07',
      ['2026-11-26', '2026-12-02', '2026-12-07'],
    ],
  ] as const)('%s', (_why, kind, from, until, expected) => {
    const period: Period = { kind, name: 'Advent', from, until };
    expect(nudges('2026-12-07T17:00:00Z', [], [period])).toEqual(expected);
  });

  it.each([
    ['the clocks going forward', '2026-03-20T10:00Z', ['2026-03-25', '2026-03-31', '2026-04-07']],
    ['Good Friday and Easter Monday', '2026-03-30T09:00Z', ['2026-04-02', '2026-04-10', '2026-04-15']],
    ['the clocks going back', '2026-10-19T09:00Z', ['2026-10-22', '2026-10-28', '2026-11-02']],
    ['Christmas and New Year', '2026-12-18T10:00Z', ['2026-12-23', '2026-12-31', '2027-01-06']],
  ])('ten working days across %s', (_why, from, expected) => {
    const started = new Date(from);
    const facts = {
      clockStartedAt: started,
      answerBy: workingDeadline(started, 10, BANK_HOLIDAYS),
      quietDays: [],
      periods: [],
    };
    const days = [1 / 3, 2 / 3, 1].map((share) => nudgeAt(share, facts, BANK_HOLIDAYS));
    expect(days.map((day) => day && londonDate(day))).toEqual(expected);
  });

  it('on working days alone, at one time by the clock on the wall, in order, whatever day of a year it began', () => {
    const times = new Set<string>();
    for (let day = '2026-03-01'; day < '2027-04-10'; day = addDays(day, 1)) {
      const started = new Date(`${day}T10:00:00Z`);
      const answerBy = workingDeadline(started, 10, BANK_HOLIDAYS);
      const facts = { clockStartedAt: started, answerBy, quietDays: [], periods: [] };
      const nudged = [1 / 3, 2 / 3, 1].map((share) => nudgeAt(share, facts, BANK_HOLIDAYS) ?? started);
      const dates = nudged.map(londonDate);
      expect([day, dates.filter((one) => isWorkingDay(one, BANK_HOLIDAYS))]).toEqual([day, dates]);
      expect([day, [...new Set(dates)].sort(), dates[2]]).toEqual([day, dates, londonDate(answerBy)]);
      expect((dates[0] ?? '') > day).toBe(true);
      for (const at of [...nudged, answerBy]) times.add(londonTime(at));
    }
    expect(times.size).toBe(2);
  });

  it('none while the clock stands', () => {
    const standing = { clockStartedAt: null, answerBy: null, quietDays: [], periods: [] };
    expect(nudgeAt(1, standing, BANK_HOLIDAYS)).toBeNull();
  });
});

describe('what to do with a reminder that came up', () => {
  const of = (facts: Facts, kind: ReminderKind, step: number) => {
    const all = planned(facts, rhythm);
    const row = all.find((one) => one.kind === kind && one.step === step)!;
    return (now: string) => {
      const decision = decide(row, all, on(now));
      return decision.do === 'drop' ? decision.because : decision.do;
    };
  };

  it('waits when its day moved', () => {
    expect(of(ACTIVE, 'next_contact', 1)('2026-12-07T07:59:59Z')).toBe('wait');
    expect(of(ACTIVE, 'next_contact', 1)('2026-12-07T08:00:00Z')).toBe('fire');
  });

  it('is dropped when its subject moved on', () => {
    const row = planned(ACTIVE, rhythm)[0]!;
    expect(decide(row, [], on('2027-01-01T00:00:00Z'))).toEqual({ do: 'drop', because: 'moved_on' });
    const again = planned({ ...ACTIVE, nextAt: on('2026-12-08T09:00:00Z') }, rhythm);
    expect(decide(row, again, on('2026-12-07T09:00:00Z'))).toEqual({ do: 'drop', because: 'moved_on' });
  });

  it('gives way to a later step for the same people, and to nobody else', () => {
    const outage = '2026-12-28T09:00:00Z';
    expect(of(ACTIVE, 'next_contact', 1)(outage)).toBe('superseded');
    expect(of(ACTIVE, 'next_contact', 2)(outage)).toBe('fire');
    expect(of(ACTIVE, 'next_contact', 3)(outage)).toBe('fire');
    expect(of(OFFERED, 'reply_wanted', 1)('2026-12-02T10:00:00Z')).toBe('superseded');
    expect(of(OFFERED, 'reply_wanted', 2)('2026-12-02T10:00:00Z')).toBe('fire');
  });

  it('is not told when it would no longer help', () => {
    expect(of(OFFERED, 'reply_wanted', 3)('2026-12-07T17:00:00Z')).toBe('too_late');
    expect(of(appointment({}), 'appointment', 1)('2026-12-01T13:59:59Z')).toBe('fire');
    expect(of(appointment({}), 'appointment', 1)('2026-12-01T14:00:00Z')).toBe('too_late');
    expect(of(CLOSED, 'measure_3_months', 2)('2027-03-02T10:00:00Z')).toBe('too_late');
  });
});

describe('whose list a task goes on', () => {
  it.each([
    ['owner', referral({}), { audience: 'membership', id: 'owner' }],
    ['owner', referral({ ownerId: null }), { audience: 'managers', id: null }],
    ['owner', onward({}), { audience: 'membership', id: 'owner' }],
    ['author', referral({}), { audience: 'membership', id: 'author' }],
    ['author', referral({ authorId: null }), { audience: 'organisation', id: 'practice' }],
    ['practice', referral({}), { audience: 'organisation', id: 'practice' }],
    ['practice', referral({ organisationId: null }), { audience: 'triage', id: null }],
    ['triage', referral({}), { audience: 'triage', id: null }],
    ['managers', referral({}), { audience: 'managers', id: null }],
  ] as const)('%s', (whose, facts, expected) => {
    expect(audienceOf(whose, facts)).toEqual(expected);
  });
});

describe('the day of a digest', () => {
  it.each([
    ['2026-11-23T07:59:59Z', null],
    ['2026-11-23T08:00:00Z', '2026-11-23'],
    ['2026-11-23T19:59:59Z', '2026-11-23'],
    ['2026-11-23T20:00:00Z', null],
    ['2026-11-22T09:00:00Z', null],
    ['2026-12-25T09:00:00Z', null],
    // Summer time: eight in London is seven by UTC.
    ['2026-06-15T07:00:00Z', '2026-06-15'],
    ['2026-06-15T06:59:59Z', null],
  ])('%s: %s', (now, day) => {
    expect(digestDay(on(now), BANK_HOLIDAYS)).toBe(day);
  });
});
