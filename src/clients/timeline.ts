import type { Sql } from 'sql-template-tag';

/*
 * What a person's timeline is made of. Each source gives the columns at, id, what, action, referral_id, subject_id, by,
 * words and details for one client, given as columns. Each module adds what it knows; the caseload shows them all.
 */

export const TIMELINE_WHAT = [
  'contact',
  'referral',
  'offer',
  'warm_handover',
  'signpost',
  'appointment',
  'plan',
  'unreached',
  'message',
  'page_message',
  'written_message',
  'safety_message',
  'help',
  'practice_move',
  'area_move',
] as const;
export type TimelineWhat = (typeof TIMELINE_WHAT)[number];

type TimelineSource = (schemeId: Sql, clientId: Sql) => Sql;

const sources = new Map<TimelineWhat, TimelineSource>();

/** Adds what a module knows of a person. Restricted words belong in no timeline. */
export function addToTimeline(what: TimelineWhat, source: TimelineSource): void {
  sources.set(what, source);
}

/** All that is known, or only of some kinds. */
export const timelineOf = (schemeId: Sql, clientId: Sql, only?: readonly string[]): readonly Sql[] =>
  [...sources]
    .filter(([what]) => only?.includes(what) ?? true)
    .map(([, source]) => source(schemeId, clientId));
