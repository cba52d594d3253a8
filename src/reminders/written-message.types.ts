/** How it stands with what somebody wrote to a person. */
export const WRITTEN_STATES = ['waiting', 'going', 'sent', 'not_sent', 'not_known', 'taken_back'] as const;
export type WrittenState = (typeof WRITTEN_STATES)[number];

/** Why a person is not written to in some way. */
export const NO_WAY = [
  'died',
  'merged',
  'paused',
  'not_safe',
  'not_asked',
  'no_address',
  'agreement_withdrawn',
  'not_carried',
  'closed',
] as const;
export type NoWay = (typeof NO_WAY)[number];
