export const REGISTER_STATES = ['open', 'final'] as const;
export type RegisterState = (typeof REGISTER_STATES)[number];

/** The most people marked in one request. */
export const REGISTER_MAX = 200;
export const WALK_INS_MAX = 500;
