import sql from 'sql-template-tag';
import { auditEach } from '../audit/audit.js';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import type { Need } from '../platform/words/needs.js';

/** A group as a public directory knows it: enough to start from, never enough to publish. */
export interface DirectoryGroup {
  source: string;
  sourceId: string;
  name: string;
  kind: 'charity' | 'community_group' | 'faith_group';
  sector: 'charity' | 'community' | 'faith';
  service: string;
  description: string;
  needs: readonly Need[];
  address: string | null;
  postcode: string | null;
  email: string | null;
}

/**
 * Adds the groups to the scheme with a profile and one service each, waiting for a manager to look at it. Met again, a
 * group is brought up to date by its source and id; a service that somebody here has changed or published stays theirs.
 */
export async function importGroups(
  tx: Tx,
  groups: readonly DirectoryGroup[],
): Promise<{ added: number; changed: number }> {
  const given = JSON.stringify(
    groups.map((group) => ({ ...group, organisationId: newId(), listingId: newId(), historyId: newId() })),
  );
  const organisations = await tx.rows<{ id: string; added: boolean }>(sql`
    insert into organisation as old (scheme_id, id, name, kind, provides, address, postcode, email, source, source_id, created_at, updated_at)
    select ${tx.schemeId}, g."organisationId", g.name, g.kind, true, g.address, g.postcode, g.email, g.source, g."sourceId",
      ${tx.now}, ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g ("organisationId" uuid, name text, kind text, address text, postcode text,
      email text, source text, "sourceId" text)
    on conflict (scheme_id, source, source_id) where source is not null do update
      set name = excluded.name, address = excluded.address, postcode = excluded.postcode, version = old.version + 1,
        updated_at = excluded.updated_at
      where (old.name, old.address, old.postcode) is distinct from (excluded.name, excluded.address, excluded.postcode)
    returning id, (xmax = 0) as added`);
  const providers = await tx.rows<{ id: string }>(sql`
    insert into provider (scheme_id, organisation_id, sector, remit, contact_email, created_at, updated_at)
    select o.scheme_id, o.id, g.sector, array(select jsonb_array_elements_text(g.needs)), g.email, ${tx.now}, ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g (source text, "sourceId" text, sector text, needs jsonb, email text)
    join organisation o on o.scheme_id = ${tx.schemeId} and o.source = g.source and o.source_id = g."sourceId"
    on conflict do nothing
    returning organisation_id as id`);
  const listings = await tx.rows<{ id: string; organisation_id: string; added: boolean }>(sql`
    insert into listing as old (scheme_id, id, organisation_id, name, description, state, needs, address, postcode, latitude,
      longitude, source, source_id, created_at, updated_at)
    select o.scheme_id, g."listingId", o.id, g.service, g.description, 'in_review',
      array(select jsonb_array_elements_text(g.needs)), g.address, g.postcode, p.latitude, p.longitude, g.source,
      g."sourceId", ${tx.now}, ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g ("listingId" uuid, service text, description text, needs jsonb,
      address text, postcode text, source text, "sourceId" text)
    join organisation o on o.scheme_id = ${tx.schemeId} and o.source = g.source and o.source_id = g."sourceId"
    left join postcode_place p on p.postcode = g.postcode
    on conflict (scheme_id, source, source_id) where source is not null do update
      set name = excluded.name, description = excluded.description, needs = excluded.needs, address = excluded.address,
        postcode = excluded.postcode, latitude = excluded.latitude, longitude = excluded.longitude
      where old.state = 'in_review' and old.version = 1
        and (old.name, old.description, old.address, old.postcode, old.latitude)
          is distinct from (excluded.name, excluded.description, excluded.address, excluded.postcode, excluded.latitude)
    returning id, organisation_id, (xmax = 0) as added`);
  await tx.run(sql`
    insert into listing_history (scheme_id, id, listing_id, at, action, actor_name)
    select ${tx.schemeId}, h.id, h.listing_id, ${tx.now}, 'listing.imported', ${tx.actor.kind === 'system' ? tx.actor.name : null}
    from unnest(${listings.map(() => newId())}::uuid[], ${listings.map(({ id }) => id)}::uuid[]) as h (id, listing_id)`);
  await auditEach(
    tx,
    'organisation.import',
    'organisation',
    organisations.map(({ id }) => id),
  );
  await auditEach(
    tx,
    'provider.import',
    'provider',
    providers.map(({ id }) => id),
  );
  await auditEach(
    tx,
    'listing.import',
    'listing',
    listings.map(({ id }) => id),
  );
  const added = organisations.filter((row) => row.added).length;
  const touched = new Set([
    ...organisations.map(({ id }) => id),
    ...listings.map((row) => row.organisation_id),
  ]);
  return { added, changed: touched.size - added };
}
