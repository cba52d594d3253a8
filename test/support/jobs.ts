/** What a job may cost somebody who knows the page; what is left out, nobody has set. */
export interface Budget {
  clicks?: number;
  keys?: number;
  seconds?: number;
}

export interface Job extends Budget {
  /** As the people it belongs to would say it. */
  job: string;
  /** Where a job is another one without scripts: what it may cost then. */
  plain?: Budget;
  /** Where the budget is not the one that was set, why. */
  remark?: string;
}

/** Every job there is a page for, by the people who do it; those without a budget are played all the same. */
export const JOBS = {
  practice: {
    'G1 new': { job: 'Refer somebody new', clicks: 10, keys: 90, seconds: 100 },
    G2: { job: 'Say that it is somebody else of the same name', clicks: 1 },
    G3: { job: 'Add to what is still open, instead of a second referral', clicks: 1 },
    G4: { job: 'Print the slip for the person', clicks: 1 },
    G5: { job: 'Read what became of our referrals', clicks: 1, seconds: 10 },
    G6: { job: 'Copy what came of it for the record', clicks: 2 },
    'G7 add': { job: 'Add information', clicks: 2 },
    'G7 withdraw': { job: 'Take a referral back', clicks: 2 },
    G8: { job: 'Say where answers to the practice go' },
    G9: { job: 'Refer several people from a list' },
  },
  'link worker': {
    L1: { job: 'Open today, and ring whoever is due', clicks: 2 },
    L2: { job: 'Find a person', clicks: 1, keys: 4 },
    'L3 take on': { job: 'Look at a new referral and take it on', clicks: 2 },
    'L3 take all on': { job: 'Take on those chosen from a list', clicks: 2 },
    'L3 give': { job: 'Give to a link worker those chosen from a list', clicks: 2 },
    'L3 return': {
      job: 'Return a referral to its sender',
      clicks: 3,
      remark:
        'Set at 2 c: what is missing, and what to do about it, are two answers, and both reach the sender',
    },
    L4: { job: 'See what comes next for a person' },
    'L5 no answer': { job: 'Log that nobody answered', clicks: 3, seconds: 8 },
    'L5 talk': { job: 'Log a talk, with a note', clicks: 4, seconds: 40 },
    L6: { job: 'Say what next after three tries', clicks: 2 },
    L7: { job: 'Keep a conversation while it goes on', clicks: 0, plain: { clicks: 1 } },
    L8: { job: 'Add a step to a plan', clicks: 3 },
    'L9 anywhere': { job: 'Find a group near a postcode', clicks: 2, keys: 7 },
    'L9 for a person': { job: 'Find a group for somebody', clicks: 2, keys: 7 },
    L10: { job: 'Refer to a group', clicks: 4, seconds: 45 },
    'L11 read': { job: 'See what became of referrals to groups', clicks: 1 },
    'L11 chase': { job: 'Chase a group by phone', clicks: 1 },
    L12: { job: 'Ask four questions by phone', clicks: 1, keys: 4, plain: { clicks: 5 } },
    L13: { job: 'Close a referral', clicks: 5 },
    L14: { job: 'Show appointments in a calendar of one’s own' },
    L15: { job: 'Record a safety concern', clicks: 3 },
    L16: { job: 'Tell of a gap', clicks: 3, seconds: 15 },
    'L17 cover': { job: 'Pass one’s work on while away', clicks: 4 },
    'L17 away': { job: 'Be away from today', clicks: 1 },
    L18: { job: 'Give to a link worker those whom nobody has' },
  },
} as const satisfies Record<string, Record<string, Job>>;

export type Group = keyof typeof JOBS;
