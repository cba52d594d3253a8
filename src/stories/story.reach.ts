import sql, { type Sql } from 'sql-template-tag';
import { keptAs } from '../clients/client.reach.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { StoryUse } from './story.types.js';

/**
 * Whether the story `s` of the person `c` may be used for something on this day: approved, agreed to for exactly that,
 * and not after a death, when nobody can take it back. The one test every report, export and printing asks.
 */
export const usableFor = (use: StoryUse | Sql, at: Date): Sql => sql`(
  s.state = 'approved' and c.death_recorded_at is null and exists (
    select 1 from story_consent usable
    where usable.scheme_id = s.scheme_id and usable.story_id = s.id and usable.use = ${use}
      and usable.ended_at is null and usable.agreed_on <= ${londonDate(at)}::date
      and usable.expires_on >= ${londonDate(at)}::date))`;

/** The person a story is of, whatever record it was written under. */
export const STORY_FROM: Sql = sql`
  from story s join client own on own.scheme_id = s.scheme_id and own.id = s.client_id
  join client c on c.scheme_id = own.scheme_id and c.id = ${keptAs(sql`own`)}`;
