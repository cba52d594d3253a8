import { LONG_WAIT_DAYS } from '../referrals/referral.types.js';
import type { Sum } from './suppression.rules.js';

/** Every count behind the overview, by key. */
export const OVERVIEW_COUNTS = [
  'received',
  'joined',
  'awaitingTriage',
  'notTakenOn',
  'accepted',
  'reached',
  'notReachedYet',
  'notReachedEnded',
  'withAGroup',
  'noGroupYet',
  'noGroupEnded',
  'closed',
  'stillOpen',
  'endedOtherwise',
  'helped',
  'partlyHelped',
  'notHelped',
  'resultNotKnown',
  'died',
  'openNow',
  'waitingNow',
  'waitingTriage',
  'waitingAllocation',
  'waitingFirstContact',
  'waitingLong',
  'waitingNotLong',
  'supportedNow',
] as const;
export type OverviewCount = (typeof OVERVIEW_COUNTS)[number];
export type OverviewCounts = Record<OverviewCount, number>;

/** Numbers of the overview that can be opened: whom each of them counts. */
export const OPENED_COUNTS = [
  'received',
  'waitingNow',
  'waitingLong',
  'reached',
  'notReachedYet',
  'openNow',
  'withAGroup',
  'closed',
] as const satisfies readonly OverviewCount[];
export type OpenedCount = (typeof OPENED_COUNTS)[number];

/** How the counts hang together: what is left out of one may not be worked out from the others. */
export const OVERVIEW_SUMS: readonly (Sum & { total: OverviewCount; parts: readonly OverviewCount[] })[] = [
  { total: 'received', parts: ['accepted', 'notTakenOn', 'awaitingTriage'] },
  { total: 'accepted', parts: ['reached', 'notReachedYet', 'notReachedEnded'] },
  { total: 'accepted', parts: ['withAGroup', 'noGroupYet', 'noGroupEnded'] },
  { total: 'accepted', parts: ['closed', 'stillOpen', 'endedOtherwise'] },
  { total: 'closed', parts: ['helped', 'partlyHelped', 'notHelped', 'resultNotKnown', 'died'] },
  { total: 'openNow', parts: ['waitingNow', 'supportedNow'] },
  { total: 'waitingNow', parts: ['waitingTriage', 'waitingAllocation', 'waitingFirstContact'] },
  { total: 'waitingNow', parts: ['waitingLong', 'waitingNotLong'] },
];

/** What a figure counts. */
export const FIGURE_UNITS = ['referrals', 'people', 'days'] as const;
export type FigureUnit = (typeof FIGURE_UNITS)[number];

interface FigureRule {
  key: string;
  title: string;
  /** What is counted, in words that a reader can check. */
  definition: string;
  count: OverviewCount | 'medianDaysToFirstContact';
  unit: FigureUnit;
  denominator: { count: OverviewCount; definition: string };
  missing: { count: OverviewCount | null; definition: string };
  parts: readonly { count: OverviewCount; title: string }[];
}

const OF_ACCEPTED = {
  count: 'accepted',
  definition: 'Referrals received in the period and taken on by the scheme',
} as const;

/** P12: every figure has a definition, a denominator and a count of what is missing. */
export const OVERVIEW_FIGURES: readonly FigureRule[] = [
  {
    key: 'received',
    title: 'Received',
    definition:
      'Referrals sent to the scheme in the period, by the date in London; once for each episode. Those entered in error are left out; those joined to an open referral are counted apart',
    count: 'received',
    unit: 'referrals',
    denominator: { count: 'received', definition: 'The same' },
    missing: { count: null, definition: 'None can be missing: a referral is received when it is sent' },
    parts: [],
  },
  {
    key: 'joined',
    title: 'Joined to an open referral',
    definition: 'Referrals sent in the period for somebody whose referral was open, and joined to it',
    count: 'joined',
    unit: 'referrals',
    denominator: { count: 'received', definition: 'Referrals received in the period' },
    missing: { count: 'awaitingTriage', definition: 'Still waiting for triage, which may join them' },
    parts: [],
  },
  {
    key: 'accepted',
    title: 'Taken on',
    definition: 'Referrals received in the period and taken on by the scheme',
    count: 'accepted',
    unit: 'referrals',
    denominator: { count: 'received', definition: 'Referrals received in the period' },
    missing: { count: 'awaitingTriage', definition: 'Still waiting for triage' },
    parts: [{ count: 'notTakenOn', title: 'Declined or withdrawn before they were taken on' }],
  },
  {
    key: 'reached',
    title: 'Reached',
    definition: 'Taken on, with at least one contact logged at which the person was reached',
    count: 'reached',
    unit: 'referrals',
    denominator: OF_ACCEPTED,
    missing: { count: 'notReachedYet', definition: 'Still open, and nobody has been reached yet' },
    parts: [{ count: 'notReachedEnded', title: 'Ended before anybody was reached' }],
  },
  {
    key: 'withAGroup',
    title: 'With a group',
    definition: 'Taken on, with at least one group that said yes and did not take it back',
    count: 'withAGroup',
    unit: 'referrals',
    denominator: OF_ACCEPTED,
    missing: { count: 'noGroupYet', definition: 'Still open, and no group has said yes yet' },
    parts: [{ count: 'noGroupEnded', title: 'Ended without a group' }],
  },
  {
    key: 'closed',
    title: 'Closed, by result',
    definition: 'Taken on and closed since, by the result recorded at closing. Died is counted apart',
    count: 'closed',
    unit: 'referrals',
    denominator: OF_ACCEPTED,
    missing: { count: null, definition: 'None can be missing: nothing is closed without a result' },
    parts: [
      { count: 'helped', title: 'Helped' },
      { count: 'partlyHelped', title: 'Partly helped' },
      { count: 'notHelped', title: 'Not helped' },
      { count: 'resultNotKnown', title: 'Not known' },
      { count: 'died', title: 'Died' },
      { count: 'stillOpen', title: 'Not closed: still open' },
      { count: 'endedOtherwise', title: 'Not closed: declined or withdrawn after they were taken on' },
    ],
  },
  {
    key: 'waitingNow',
    title: 'Waiting now',
    definition:
      'Open referrals at this moment, whenever received, that wait for triage, for a link worker or for a first conversation',
    count: 'waitingNow',
    unit: 'referrals',
    denominator: { count: 'openNow', definition: 'All open referrals at this moment' },
    missing: {
      count: null,
      definition: 'None can be missing: every open referral has an owner and a next date',
    },
    parts: [
      { count: 'waitingTriage', title: 'Waiting for triage, or returned to the referrer' },
      { count: 'waitingAllocation', title: 'Waiting for a link worker' },
      { count: 'waitingFirstContact', title: 'Waiting for a first conversation' },
      { count: 'waitingLong', title: `Of those, sent more than ${String(LONG_WAIT_DAYS)} days ago` },
      { count: 'waitingNotLong', title: `Of those, sent in the last ${String(LONG_WAIT_DAYS)} days` },
      { count: 'supportedNow', title: 'Not waiting: in touch with their link worker, or on hold' },
    ],
  },
  {
    key: 'medianDaysToFirstContact',
    title: 'Days to first contact',
    definition:
      'Median number of calendar days from the day the referral was sent to the first contact at which the person was reached',
    count: 'medianDaysToFirstContact',
    unit: 'days',
    denominator: { count: 'reached', definition: 'Referrals received in the period, taken on and reached' },
    missing: {
      count: 'notReachedYet',
      definition: 'Still open and not reached yet: they wait already and would make it longer',
    },
    parts: [],
  },
];
