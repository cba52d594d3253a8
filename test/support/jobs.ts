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
  /** Where it costs more than was set: what it is held to instead. `remark` says why. */
  missed?: Budget;
  remark?: string;
}

/** Every job there is a page for, by the people who do it; those without a budget are played all the same. */
export const JOBS = {
  practice: {
    'G1 new': { job: 'Refer somebody new', clicks: 10, keys: 90, seconds: 100 },
    'G1 known': { job: 'Refer somebody again', clicks: 6, keys: 10, seconds: 35 },
    G2: { job: 'Say that it is somebody else of the same name', clicks: 1 },
    G3: { job: 'Add to what is still open, instead of a second referral', clicks: 1 },
    G4: { job: 'Print the slip for the person', clicks: 1 },
    G5: { job: 'Read what became of our referrals', clicks: 1, seconds: 10 },
    G6: { job: 'Copy what came of it for the record', clicks: 2 },
    'G7 add': { job: 'Add information', clicks: 2 },
    'G7 withdraw': { job: 'Take a referral back', clicks: 2 },
    'G7 note': { job: 'Take a referral back, with a note' },
    G8: { job: 'Say where answers to the practice go' },
    G9: { job: 'Refer several people from a list, and take it back' },
  },
  'link worker': {
    L1: { job: 'Open today, and ring whoever is due', clicks: 2 },
    L2: { job: 'Find a person', clicks: 1, keys: 4 },
    'L3 take on': { job: 'Look at a new referral and take it on', clicks: 2 },
    'L3 take all on': { job: 'Take on those chosen from a list', clicks: 2 },
    'L3 give': { job: 'Give to a link worker those chosen from a list', clicks: 2 },
    'L3 return': { job: 'Return a referral to its sender', clicks: 2 },
    'L3 return words': { job: 'Return a referral in one’s own words' },
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
    L12: {
      job: 'Ask four questions by phone',
      clicks: 1,
      keys: 4,
      missed: { clicks: 1, keys: 5 },
      plain: { clicks: 6 },
      remark:
        'From the record, by keys alone: Enter is one more, so that nothing is saved before somebody has looked',
    },
    L13: { job: 'Close a referral', clicks: 5 },
    L14: { job: 'Show appointments in a calendar of one’s own' },
    L15: {
      job: 'Record a safety concern',
      clicks: 3,
      missed: { clicks: 4 },
      remark:
        'What it is and who was told are never taken for granted: the three that were set, after the way there from the record',
    },
    L16: { job: 'Tell of a gap', clicks: 3, seconds: 15 },
    'L17 cover': { job: 'Pass one’s work on while away', clicks: 4 },
    'L17 away': { job: 'Be away from today', clicks: 1 },
    L18: { job: 'Give to a link worker those whom nobody has' },
  },
  group: {
    C1: { job: 'Say yes, from the letter', clicks: 2, seconds: 20 },
    C2: { job: 'Say that they have been in touch', clicks: 2 },
    'C3 full': { job: 'Say that the group is full for now, from the letter', clicks: 2 },
    'C3 else': { job: 'Say no for another reason, from the letter', clicks: 2 },
    'C3 note': { job: 'Say no with a note' },
    C4: { job: 'Ask to talk first', clicks: 2 },
    C5: { job: 'Say that they came, from the letter', clicks: 2 },
    'C5 day': { job: 'Say that they came on another day' },
    'C5 end': { job: 'Say how it ended, from the letter', clicks: 2 },
    'C5 note': { job: 'Say how it ended with a note' },
    C6: { job: 'Open what is asked of us', clicks: 1 },
    'C7 right': { job: 'Say that everything is still right', clicks: 1, seconds: 60 },
    'C7 times': { job: 'Say that the group meets on another day', seconds: 60 },
    'C7 access': { job: 'Say what there is for those who need it', seconds: 60 },
    'C7 full': { job: 'Say that there is no place for two weeks', seconds: 60 },
    'C7 away': { job: 'Say that the group is away for Christmas, signed in', seconds: 60 },
    'C7 count': { job: 'Count help that was given to nobody by name, signed in', seconds: 60 },
    C8: { job: 'Describe another service', seconds: 300 },
    C9: { job: 'Have a new link sent', clicks: 1 },
    C10: { job: 'Have what is open on paper' },
  },
  person: {
    P1: { job: 'Open the page handed over by a link', clicks: 1, keys: 8 },
    P2: { job: 'See who works with me, what is next and what I wanted' },
    P3: { job: 'Tick a step of the plan', clicks: 1 },
    P4: { job: 'Call an appointment off', clicks: 2 },
    P5: { job: 'Answer four questions, look them over and send them', clicks: 8 },
    'P6 write': { job: 'Write to us' },
    'P6 contact': { job: 'Say what to mind when ringing' },
    P7: { job: 'Take back what was agreed', clicks: 2 },
    P8: { job: 'Ask for support', seconds: 180 },
    P9: { job: 'Find a group, without an account' },
  },
  manager: {
    M1: { job: 'Read how it goes' },
    M3: { job: 'See what is missing, by need and place' },
    M6: { job: 'See how groups are' },
    M8: { job: 'Have a list checked, bring it in and take it back' },
    M9: { job: 'Invite somebody' },
    M10: { job: 'Add a practice' },
    M11: { job: 'Look up a list' },
    M12: { job: 'Send oneself a test of a message' },
    M13: { job: 'See whose record was kept long enough' },
    M14: { job: 'See who looked at what' },
    M15: { job: 'See whether everything runs' },
    M16: { job: 'Let a program of others in' },
  },
} as const satisfies Record<string, Record<string, Job>>;

export type Group = keyof typeof JOBS;
