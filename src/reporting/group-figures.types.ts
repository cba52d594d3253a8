/** Of fewer answers no median is given: one slow week would be most of it. */
export const FEWEST_ANSWERS = 3;

export const GROUP_FIGURE_SORTS = ['name', 'days', 'yes', 'right', 'places', 'mail'] as const;
export type GroupFigureSort = (typeof GROUP_FIGURE_SORTS)[number];

/** What somebody may want to look at first. */
export const GROUP_TROUBLES = ['no_reply', 'not_confirmed', 'full', 'came_back'] as const;
export type GroupTrouble = (typeof GROUP_TROUBLES)[number];

/** What is counted of a group, and added up of all of them. */
export const GROUP_COUNTS = [
  'asked',
  'answered',
  'accepted',
  'waitlisted',
  'declined',
  'noReply',
  'notYet',
  'takenBack',
  'services',
  'notConfirmed',
  'neverConfirmed',
  'counted',
  'places',
  'taken',
  'full',
  'waiting',
  'messages',
  'cameBack',
] as const;
