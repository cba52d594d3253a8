import sql from 'sql-template-tag';
import { auditEach } from '../audit/audit.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import type { AssetKind, LiveWellDomain } from './asset.types.js';
import { neighbourhoodOfPostcode } from './neighbourhood-of.js';

/** An asset as a list has it: enough for a manager to look at, never enough to be on the map. */
export interface ListedAsset {
  source: string;
  sourceId: string;
  name: string;
  description: string;
  kind: AssetKind;
  domains: LiveWellDomain[];
  /** By name, in capitals or not; null finds it from the postcode. */
  neighbourhood: string | null;
  community: string | null;
  takesReferrals: boolean;
  howToJoin: string | null;
  address: string | null;
  postcode: string | null;
}

export interface ImportedAsset {
  sourceId: string;
  assetId: string;
  outcome: 'added' | 'changed' | 'same';
  /** What was there, for taking it back; null where nothing was. */
  before: { asset: object | null };
}

/**
 * Adds the assets, waiting for a manager to look at them. Met again, one is brought up to date by its source and id; what
 * somebody here has changed or published stays theirs. Answers in the order given. No two may have one source and id.
 */
export async function importAssets(tx: Tx, assets: readonly ListedAsset[]): Promise<ImportedAsset[]> {
  const given = JSON.stringify(assets.map((asset) => ({ ...asset, id: newId() })));
  const before = await tx.rows<{ source_id: string; asset: object }>(sql`
    select a.source_id, to_jsonb(a) as asset
    from jsonb_to_recordset(${given}::jsonb) as g (source text, "sourceId" text)
    join asset a on a.scheme_id = ${tx.schemeId} and a.source = g.source and a.source_id = g."sourceId"`);
  const written = await tx.rows<{ id: string; added: boolean }>(sql`
    insert into asset as old (scheme_id, id, name, description, state, kind, domains, neighbourhood_id, community,
      takes_referrals, how_to_join, address, postcode, found_by, found_on, source, source_id, created_at, updated_at)
    select ${tx.schemeId}::uuid, g.id, g.name, g.description, 'in_review', g.kind,
      array(select jsonb_array_elements_text(g.domains)), coalesce(
        (select n.id from neighbourhood n where n.scheme_id = ${tx.schemeId} and lower(n.name) = lower(g.neighbourhood) limit 1),
        ${neighbourhoodOfPostcode(tx.schemeId, sql`g.postcode`)}),
      g.community, g."takesReferrals", g."howToJoin", g.address, g.postcode, 'import', ${londonDate(tx.now)}::date,
      g.source, g."sourceId", ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from jsonb_to_recordset(${given}::jsonb) as g (id uuid, name text, description text, kind text, domains jsonb,
      neighbourhood text, community text, "takesReferrals" boolean, "howToJoin" text, address text, postcode text,
      source text, "sourceId" text)
    on conflict (scheme_id, source, source_id) where source_id is not null do update
      set name = excluded.name, description = excluded.description, kind = excluded.kind, domains = excluded.domains,
        neighbourhood_id = excluded.neighbourhood_id, community = excluded.community,
        takes_referrals = excluded.takes_referrals, how_to_join = excluded.how_to_join, address = excluded.address,
        postcode = excluded.postcode
      where old.state = 'in_review' and old.version = 1
        and (old.name, old.description, old.kind, old.domains, old.neighbourhood_id, old.community, old.takes_referrals,
            old.how_to_join, old.address, old.postcode)
          is distinct from (excluded.name, excluded.description, excluded.kind, excluded.domains,
            excluded.neighbourhood_id, excluded.community, excluded.takes_referrals, excluded.how_to_join,
            excluded.address, excluded.postcode)
    returning id, (xmax = 0) as added`);
  await tellOfAssets(tx, 'asset.imported', 'asset.import', written);
  const now = await tx.rows<{ source_id: string; id: string }>(sql`
    select a.source_id, a.id from jsonb_to_recordset(${given}::jsonb) as g (source text, "sourceId" text)
    join asset a on a.scheme_id = ${tx.schemeId} and a.source = g.source and a.source_id = g."sourceId"`);
  const beforeOf = new Map(before.map((row) => [row.source_id, row.asset]));
  const idOf = new Map(now.map((row) => [row.source_id, row.id]));
  const writtenOf = new Map(written.map((row) => [row.id, row.added]));
  return assets.map(({ sourceId }) => {
    const assetId = idOf.get(sourceId);
    if (assetId === undefined) throw new Error('An asset that was imported is not there.');
    const added = writtenOf.get(assetId);
    return {
      sourceId,
      assetId,
      outcome: added === undefined ? 'same' : added ? 'added' : 'changed',
      before: { asset: beforeOf.get(sourceId) ?? null },
    };
  });
}

/**
 * Takes an import back. What it added is retired, to be seen nowhere, and forgets its id in the list, so that it may come again; what it
 * changed is as before. Whatever somebody has touched since stays as it is: gives the ids of those.
 */
export async function takeBackAssets(
  tx: Tx,
  rows: readonly Pick<ImportedAsset, 'assetId' | 'before'>[],
): Promise<string[]> {
  const given = JSON.stringify(rows.map(({ assetId, before }) => ({ assetId, asset: before.asset })));
  const retired = await tx.rows<{ id: string }>(sql`
    update asset a set state = 'retired', source_id = null, taken_back_at = ${tx.now}, version = a.version + 1, updated_at = ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g ("assetId" uuid, asset jsonb)
    where a.scheme_id = ${tx.schemeId} and a.id = g."assetId" and g.asset is null
      and a.state = 'in_review' and a.version = 1
    returning a.id`);
  const restored = await tx.rows<{ id: string }>(sql`
    update asset a set name = b.name, description = b.description, kind = b.kind, domains = b.domains,
      neighbourhood_id = b.neighbourhood_id, community = b.community, takes_referrals = b.takes_referrals,
      how_to_join = b.how_to_join, address = b.address, postcode = b.postcode
    from jsonb_to_recordset(${given}::jsonb) as g ("assetId" uuid, asset jsonb)
      cross join lateral jsonb_populate_record(null::asset, g.asset) b
    where a.scheme_id = ${tx.schemeId} and a.id = g."assetId" and g.asset is not null
      and a.state = 'in_review' and a.version = 1
    returning a.id`);
  const back = [...retired, ...restored];
  await tellOfAssets(tx, 'asset.importUndone', 'asset.undoImport', back);
  const gone = new Set(back.map(({ id }) => id));
  return rows.map(({ assetId }) => assetId).filter((id) => !gone.has(id));
}

async function tellOfAssets(
  tx: Tx,
  event: string,
  action: string,
  assets: readonly { id: string }[],
): Promise<void> {
  const ids = assets.map(({ id }) => id);
  await tx.run(sql`
    insert into asset_history (scheme_id, id, asset_id, at, action, actor_name)
    select ${tx.schemeId}, h.id, h.asset_id, ${tx.now}, ${event}, ${tx.actor.kind === 'system' ? tx.actor.name : null}
    from unnest(${ids.map(() => newId())}::uuid[], ${ids}::uuid[]) as h (id, asset_id)`);
  await auditEach(tx, action, 'asset', ids);
}
