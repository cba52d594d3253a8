import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import { heldClient, type Reached } from '../permissions/reach.js';

/**
 * True for the rows of `client c` this actor may go to. A record that was joined to another is reached by whoever
 * holds the person now. On their own page a person reaches themselves. Organisations never reach a client here: what they may know is in their own referrals.
 */
export const clientWithin = (actor: Actor, reach: Reached, at: Date): Sql =>
  within(actor, reach, at, sql`coalesce(c.merged_into, c.id)`);

/** The same for lists that leave joined records out: an index can find by the bare id, and cannot by where it leads. */
export const presentClientWithin = (actor: Actor, reach: Reached, at: Date): Sql =>
  within(actor, reach, at, sql`c.id`);

function within(actor: Actor, reach: Reached, at: Date, person: Sql): Sql {
  switch (reach) {
    case 'scheme':
      return sql`true`;
    case 'assigned':
    case 'opened':
      return heldClient(actor, person, at, reach);
    case 'own':
      return actor.kind === 'client' ? sql`${person} = ${actor.clientId}` : sql`false`;
    case 'none':
    case 'organisation':
    case 'aggregate':
      return sql`false`;
  }
}

/**
 * The id of the record that the row `client` is kept as by now, itself or the one it was merged into. Not by `coalesce`: row
 * security lets PostgreSQL look up a key by nothing that might leak, counts that among it, and reads every client instead.
 */
export const keptAs = (client: Sql): Sql =>
  sql`case when ${client}.merged_into is null then ${client}.id else ${client}.merged_into end`;
