/** The tick that comes most often. Its row also says how far behind a replica is. */
export const OUTBOX_SWEEP = { name: 'outbox-sweep', everyMs: 60_000 } as const;
