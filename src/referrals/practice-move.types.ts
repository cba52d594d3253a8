/** What the practice that somebody left hears from then on: what was agreed with it, or nothing more. */
export const FORMER_HEARS = ['as_agreed', 'nothing'] as const;
export type FormerHears = (typeof FORMER_HEARS)[number];
