/** What a job may cost somebody who knows the page; what is left out, nobody has set. */
export interface Budget {
  clicks?: number;
  keys?: number;
  seconds?: number;
}

export interface Job extends Budget {
  /** As the people it belongs to would say it. */
  job: string;
  /** Where the budget is not the whole truth, why. */
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
} as const satisfies Record<string, Record<string, Job>>;

export type Group = keyof typeof JOBS;
