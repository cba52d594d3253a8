import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { auditEach } from '../audit/audit.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventName } from '../platform/outbox/events.js';
import { newId } from '../platform/pure/ids.js';
import { ASSET_EVENTS } from './asset.events.js';
import type { AssetKind, AssetState, LiveWellDomain } from './asset.types.js';
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
      where old.state = 'in_review' and ${onlyMoved(sql`old`)}
        and (old.name, old.description, old.kind, old.domains, old.neighbourhood_id, old.community, old.takes_referrals,
            old.how_to_join, old.address, old.postcode)
          is distinct from (excluded.name, excluded.description, excluded.kind, excluded.domains,
            excluded.neighbourhood_id, excluded.community, excluded.takes_referrals, excluded.how_to_join,
            excluded.address, excluded.postcode)
    returning id, (xmax = 0) as added`);
  await tellOfAssets(tx, IMPORTED, 'asset.import', written);
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

/** What moves an asset without saying anything else of it. */
const MOVES: readonly EventName[] = [ASSET_EVENTS.publish, ASSET_EVENTS.return, ASSET_EVENTS.submit];
const IMPORTED = 'asset.imported';
const UNDONE = 'asset.importUndone';

/** Nobody has done more with it since its import than move it, such as by publishing: each move is one version. */
const onlyMoved = (a: Sql): Sql => sql`(
  ${a}.state <> 'retired' and ${a}.version = 1 + (
    select count(*) from asset_history h
    where h.scheme_id = ${a}.scheme_id and h.asset_id = ${a}.id
      and (h.action = any(${MOVES}::text[]) or h.action = ${UNDONE} and h.changes ? 'state'))
  and not exists (
    select 1 from asset_history h
    where h.scheme_id = ${a}.scheme_id and h.asset_id = ${a}.id
      and h.action <> all(${[...MOVES, IMPORTED, UNDONE]}::text[])))`;

/** What somebody did with it last, in words that follow "somebody here". */
const DONE_WITH: Partial<Record<string, string>> = {
  [ASSET_EVENTS.confirm]: 'has confirmed it',
  [ASSET_EVENTS.retire]: 'has taken it off the map',
};
const CHANGED_IT = 'has changed it';

/**
 * Takes an import back. What it added is retired, to be seen nowhere, and forgets its id in the list, so that it may come again; what it
 * changed is as before, and waits for review again. Publishing alone keeps nothing; whatever somebody has said of one since
 * stays as it is: gives what they did, in words that follow "somebody here".
 */
export async function takeBackAssets(
  tx: Tx,
  rows: readonly Pick<ImportedAsset, 'assetId' | 'before'>[],
): Promise<Map<string, string>> {
  const given = JSON.stringify(rows.map(({ assetId, before }) => ({ assetId, asset: before.asset })));
  const were = await tx.rows<{ id: string; state: AssetState }>(sql`
    select a.id, a.state from jsonb_to_recordset(${given}::jsonb) as g ("assetId" uuid)
    join asset a on a.scheme_id = ${tx.schemeId} and a.id = g."assetId"
    where ${onlyMoved(sql`a`)} order by a.id for no key update of a`);
  const stateOf = new Map(were.map(({ id, state }) => [id, state]));
  const moved = [...stateOf.keys()];
  const retired = await tx.rows<{ id: string }>(sql`
    update asset a set state = 'retired', source_id = null, taken_back_at = ${tx.now}, version = a.version + 1, updated_at = ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g ("assetId" uuid, asset jsonb)
    where a.scheme_id = ${tx.schemeId} and a.id = g."assetId" and g.asset is null and a.id = any(${moved}::uuid[])
    returning a.id`);
  const restored = await tx.rows<{ id: string }>(sql`
    update asset a set name = b.name, description = b.description, kind = b.kind, domains = b.domains,
      neighbourhood_id = b.neighbourhood_id, community = b.community, takes_referrals = b.takes_referrals,
      how_to_join = b.how_to_join, address = b.address, postcode = b.postcode, state = 'in_review',
      version = case when a.state = 'in_review' then a.version else a.version + 1 end
    from jsonb_to_recordset(${given}::jsonb) as g ("assetId" uuid, asset jsonb)
      cross join lateral jsonb_populate_record(null::asset, g.asset) b
    where a.scheme_id = ${tx.schemeId} and a.id = g."assetId" and g.asset is not null and a.id = any(${moved}::uuid[])
    returning a.id`);
  const changes = (id: string, to: AssetState) => {
    const from = stateOf.get(id);
    return from === to || from === undefined ? {} : { state: { from, to } };
  };
  await tellOfAssets(tx, UNDONE, 'asset.undoImport', [
    ...retired.map(({ id }) => ({ id, changes: changes(id, 'retired') })),
    ...restored.map(({ id }) => ({ id, changes: changes(id, 'in_review') })),
  ]);
  const stay = rows.map(({ assetId }) => assetId).filter((id) => !stateOf.has(id));
  const done = await tx.rows<{ id: string; action: string }>(sql`
    select distinct on (h.asset_id) h.asset_id as id, h.action from asset_history h
    where h.scheme_id = ${tx.schemeId} and h.asset_id = any(${stay}::uuid[])
      and h.action <> all(${[...MOVES, IMPORTED, UNDONE]}::text[])
    order by h.asset_id, h.at desc, h.id desc`);
  const last = new Map(done.map(({ id, action }) => [id, DONE_WITH[action] ?? CHANGED_IT]));
  return new Map(stay.map((id) => [id, last.get(id) ?? CHANGED_IT]));
}

async function tellOfAssets(
  tx: Tx,
  event: string,
  action: Act,
  assets: readonly { id: string; changes?: object }[],
): Promise<void> {
  const given = JSON.stringify(assets.map(({ id, changes = {} }) => ({ id: newId(), asset: id, changes })));
  await tx.run(sql`
    insert into asset_history (scheme_id, id, asset_id, at, action, actor_name, changes)
    select ${tx.schemeId}, h.id, h.asset, ${tx.now}, ${event}, ${tx.actor.kind === 'system' ? tx.actor.name : null},
      h.changes
    from jsonb_to_recordset(${given}::jsonb) as h (id uuid, asset uuid, changes jsonb)`);
  await auditEach(
    tx,
    action,
    'asset',
    assets.map(({ id }) => id),
  );
}
