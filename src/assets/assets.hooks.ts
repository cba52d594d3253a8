import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ClientHooks, type Merging } from '../clients/client.hooks.js';
import { movedBy, rememberMoved } from '../clients/client-moves.js';
import type { Tx } from '../platform/database/tx.js';

/** What help and volunteering do when two records turn out to be one person, or two people after all. */
@Injectable()
export class AssetsTakePart {
  constructor(clients: ClientHooks) {
    clients.merging.register('assets', merge);
    clients.unmerging.register('assets', unmerge);
  }
}

async function merge(tx: Tx, { keptId, mergedId, mergeId }: Merging): Promise<void> {
  const help = await tx.rows<{ id: string }>(sql`
    update practical_help set client_id = ${keptId}
    where scheme_id = ${tx.schemeId} and client_id = ${mergedId} returning id`);
  await rememberMoved(tx, mergeId, 'practical_help', idsOf(help));
  // Of two records that were volunteers one is enough: the other stays where it was recorded.
  const volunteers = await tx.rows<{ id: string }>(sql`
    update became_volunteer b set client_id = ${keptId}
    where b.scheme_id = ${tx.schemeId} and b.client_id = ${mergedId} and b.voided_at is null and not exists (
      select 1 from became_volunteer k
      where k.scheme_id = b.scheme_id and k.client_id = ${keptId} and k.voided_at is null)
    returning b.id`);
  await rememberMoved(tx, mergeId, 'became_volunteer', idsOf(volunteers));
}

/** What a group gave goes with its onward referral, also when it was recorded while the two were one. */
async function unmerge(tx: Tx, { keptId, mergedId, mergeId }: Merging): Promise<void> {
  const help = await movedBy(tx, mergeId, 'practical_help');
  await tx.run(sql`
    update practical_help h set client_id = ${mergedId}
    where h.scheme_id = ${tx.schemeId} and h.client_id = ${keptId} and (h.id = any(${help}::uuid[])
      or exists (
        select 1 from onward_referral o
        where o.scheme_id = h.scheme_id and o.id = h.onward_referral_id and o.client_id = ${mergedId}))`);
  const volunteers = await movedBy(tx, mergeId, 'became_volunteer');
  await tx.run(sql`
    update became_volunteer set client_id = ${mergedId}
    where scheme_id = ${tx.schemeId} and id = any(${volunteers}::uuid[])`);
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);
