import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';

/** Whether a kind may go by a channel, to everybody or to this client. */
export type MaySend = (kind: string, channel: SendingChannel, clientId: string | null) => boolean;

/** Reads once, for all clients of a batch, what is switched off. */
export async function switchesFor(tx: Tx, clientIds: readonly string[]): Promise<MaySend> {
  const rows = await tx.rows<{ kind: string; channel: string; clientId: string | null }>(sql`
    select kind, channel, client_id as "clientId" from message_switch
    where scheme_id = ${tx.schemeId} and membership_id is null
      and (client_id is null or client_id = any(${clientIds}::uuid[]))`);
  const off = new Set(rows.map(({ kind, channel, clientId }) => `${kind} ${channel} ${clientId ?? 'all'}`));
  return (kind, channel, clientId) =>
    !off.has(`${kind} ${channel} all`) && (clientId === null || !off.has(`${kind} ${channel} ${clientId}`));
}

/** Whether what is of this kind is to be kept out of what is sent to a membership `me`, by it or by all: out of digests, unless said. */
export const keptOut = (
  schemeId: string,
  kind: Sql,
  membershipId: Sql,
  ways: readonly ('email' | 'notice')[] = ['email'],
): Sql => sql`
  exists (
    select 1 from message_switch off
    where off.scheme_id = ${schemeId} and off.channel = any(${ways}::text[]) and off.kind = ${kind} and off.client_id is null
      and coalesce(off.membership_id, ${membershipId}) = ${membershipId})`;
