import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { auditEach } from '../audit/audit.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventName } from '../platform/outbox/events.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import type { Need } from '../platform/words/needs.js';
import { answeredFor } from './claims.queries.js';
import { knowAddresses } from './contact-points.js';
import { indexListings, indexListingsOf } from './listing-index.js';
import { LISTING_EVENTS } from './listing.events.js';
import type { ListingRow } from './listing.types.js';

/** A group as a public directory knows it: enough to start from, never enough to publish. */
export interface DirectoryGroup {
  source: string;
  sourceId: string;
  /** Where a group has several services: its own id in that source. */
  organisationSourceId: string;
  name: string;
  kind: 'charity' | 'community_group' | 'faith_group';
  sector: 'charity' | 'community' | 'faith';
  service: string;
  description: string;
  needs: readonly Need[];
  address: string | null;
  postcode: string | null;
  email: string | null;
  details: DirectoryDetails;
}

/** What only the better directories know of a service. */
export type DirectoryDetails = Partial<
  Pick<
    ListingRow,
    | 'areas'
    | 'minimumAge'
    | 'maximumAge'
    | 'eligibilityNote'
    | 'schedule'
    | 'languages'
    | 'access'
    | 'cost'
    | 'costNote'
    | 'howToJoin'
    | 'latitude'
    | 'longitude'
    | 'placesTotal'
  >
>;

export interface ImportedGroup {
  sourceId: string;
  organisationId: string;
  listingId: string;
  outcome: 'added' | 'changed' | 'same';
  /** What was there, for taking it back; null where nothing was. */
  before: { organisation: object | null; listing: object | null };
}

/**
 * Adds the groups to the scheme with a profile and a service each, unclaimed and waiting for a manager to look at it. Met
 * again, a group is brought up to date by its source and id; a group that somebody here answers for, and one with a service
 * that somebody here has changed or published, stays theirs, as that service does. The address is the organisation's own:
 * nobody knows who reads it, so no provider's contact is made of it. Answers in the order given. No two may have one source
 * and id.
 */
export async function importGroups(tx: Tx, groups: readonly DirectoryGroup[]): Promise<ImportedGroup[]> {
  const given = JSON.stringify(
    groups.map(({ details, ...group }) => ({
      ...group,
      ...details,
      organisationId: newId(),
      listingId: newId(),
    })),
  );
  const before = await tx.rows<{
    source_id: string;
    organisation: object | null;
    listing: object | null;
  }>(sql`
    select g."sourceId" as source_id, to_jsonb(o) as organisation, to_jsonb(l) as listing
    from jsonb_to_recordset(${given}::jsonb) as g (source text, "sourceId" text, "organisationSourceId" text)
    left join organisation o
      on o.scheme_id = ${tx.schemeId} and o.source = g.source and o.source_id = g."organisationSourceId"
    left join listing l on l.scheme_id = ${tx.schemeId} and l.source = g.source and l.source_id = g."sourceId"`);
  const organisations = await tx.rows<{ id: string; added: boolean }>(sql`
    insert into organisation as old (scheme_id, id, name, kind, provides, address, postcode, email, source, source_id, created_at, updated_at)
    select distinct on (g.source, g."organisationSourceId") ${tx.schemeId}::uuid, g."organisationId", g.name, g.kind, true,
      g.address, g.postcode, g.email, g.source, g."organisationSourceId", ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from jsonb_to_recordset(${given}::jsonb) as g ("organisationId" uuid, name text, kind text, address text, postcode text,
      email text, source text, "organisationSourceId" text)
    order by g.source, g."organisationSourceId", g."organisationId"
    on conflict (scheme_id, source, source_id) where source is not null do update
      set name = excluded.name, address = excluded.address, postcode = excluded.postcode, version = old.version + 1,
        updated_at = excluded.updated_at
      where (old.name, old.address, old.postcode) is distinct from (excluded.name, excluded.address, excluded.postcode)
        and not exists (
          select 1 from provider p where p.scheme_id = old.scheme_id and p.organisation_id = old.id and ${answeredFor})
        and not exists (
          select 1 from listing l
          where l.scheme_id = old.scheme_id and l.organisation_id = old.id and l.version > 1)
    returning id, (xmax = 0) as added`);
  const providers = await tx.rows<{ id: string }>(sql`
    insert into provider (scheme_id, organisation_id, sector, remit, created_at, updated_at)
    select o.scheme_id, o.id, g.sector, array(select jsonb_array_elements_text(g.needs)), ${tx.now}, ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g (source text, "organisationSourceId" text, sector text, needs jsonb)
    join organisation o
      on o.scheme_id = ${tx.schemeId} and o.source = g.source and o.source_id = g."organisationSourceId"
    on conflict do nothing
    returning organisation_id as id`);
  const listings = await tx.rows<{ id: string; added: boolean }>(sql`
    insert into listing as old (scheme_id, id, organisation_id, name, description, state, needs, address, postcode, latitude,
      longitude, areas, minimum_age, maximum_age, eligibility_note, schedule, languages, access, cost, cost_note,
      how_to_join, places_kind, places_total, source, source_id, created_at, updated_at)
    select o.scheme_id, g."listingId", o.id, g.service, g.description, 'in_review',
      array(select jsonb_array_elements_text(g.needs)), g.address, g.postcode, coalesce(g.latitude, p.latitude),
      coalesce(g.longitude, p.longitude), case when jsonb_typeof(g.areas) = 'array' then array(select jsonb_array_elements_text(g.areas)) end,
      g."minimumAge", g."maximumAge", g."eligibilityNote", coalesce(g.schedule, '[]'),
      array(select jsonb_array_elements_text(coalesce(g.languages, '[]'))),
      array(select jsonb_array_elements_text(coalesce(g.access, '[]'))), g.cost, g."costNote",
      g."howToJoin", case when g."placesTotal" is null then 'ask_first' else 'counted' end, g."placesTotal", g.source,
      g."sourceId", ${tx.now}, ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g ("listingId" uuid, service text, description text, needs jsonb,
      address text, postcode text, latitude float8, longitude float8, areas jsonb, "minimumAge" smallint,
      "maximumAge" smallint, "eligibilityNote" text, schedule jsonb, languages jsonb, access jsonb, cost text,
      "costNote" text, "howToJoin" text, "placesTotal" integer, source text, "sourceId" text, "organisationSourceId" text)
    join organisation o
      on o.scheme_id = ${tx.schemeId} and o.source = g.source and o.source_id = g."organisationSourceId"
    left join postcode_place p on p.postcode = g.postcode
    on conflict (scheme_id, source, source_id) where source is not null do update
      set name = excluded.name, description = excluded.description, needs = excluded.needs, address = excluded.address,
        postcode = excluded.postcode, latitude = excluded.latitude, longitude = excluded.longitude,
        areas = excluded.areas, minimum_age = excluded.minimum_age, maximum_age = excluded.maximum_age,
        eligibility_note = excluded.eligibility_note, schedule = excluded.schedule, languages = excluded.languages,
        access = excluded.access, cost = excluded.cost, cost_note = excluded.cost_note,
        how_to_join = excluded.how_to_join, places_kind = excluded.places_kind, places_total = excluded.places_total
      where old.state = 'in_review' and ${onlyMoved(sql`old`)}
        and (old.name, old.description, old.needs, old.address, old.postcode, old.latitude, old.longitude, old.areas,
            old.minimum_age, old.maximum_age, old.eligibility_note, old.schedule, old.languages, old.access, old.cost,
            old.cost_note, old.how_to_join, old.places_kind, old.places_total)
          is distinct from (excluded.name, excluded.description, excluded.needs, excluded.address, excluded.postcode,
            excluded.latitude, excluded.longitude, excluded.areas, excluded.minimum_age, excluded.maximum_age,
            excluded.eligibility_note, excluded.schedule, excluded.languages, excluded.access, excluded.cost,
            excluded.cost_note, excluded.how_to_join, excluded.places_kind, excluded.places_total)
    returning id, (xmax = 0) as added`);
  await knowAddresses(tx, idsOf(providers));
  await tellOfListings(tx, IMPORTED, 'listing.import', listings);
  await auditEach(tx, 'organisation.import', 'organisation', idsOf(organisations));
  await auditEach(tx, 'provider.import', 'provider', idsOf(providers));
  const now = await tx.rows<{
    source_id: string;
    organisation_id: string;
    listing_id: string;
  }>(sql`
    select g."sourceId" as source_id, l.organisation_id, l.id as listing_id
    from jsonb_to_recordset(${given}::jsonb) as g (source text, "sourceId" text)
    join listing l on l.scheme_id = ${tx.schemeId} and l.source = g.source and l.source_id = g."sourceId"`);
  const touched = new Map([...organisations, ...listings].map((row) => [row.id, row]));
  const beforeOf = new Map(before.map((row) => [row.source_id, row]));
  const nowOf = new Map(now.map((row) => [row.source_id, row]));
  return groups.map(({ sourceId }) => {
    const row = nowOf.get(sourceId);
    if (!row) throw new Error('A group that was imported is not there.');
    const was = beforeOf.get(sourceId);
    const changed = touched.has(row.listing_id) || touched.has(row.organisation_id);
    return {
      sourceId,
      organisationId: row.organisation_id,
      listingId: row.listing_id,
      outcome: touched.get(row.listing_id)?.added ? 'added' : changed ? 'changed' : 'same',
      before: { organisation: was?.organisation ?? null, listing: was?.listing ?? null },
    };
  });
}

/** What moves a service without saying anything else of it. */
const MOVES: readonly EventName[] = [
  LISTING_EVENTS.publish,
  LISTING_EVENTS.return,
  LISTING_EVENTS.submit,
  LISTING_EVENTS.pause,
  LISTING_EVENTS.resume,
];
const IMPORTED = 'listing.imported';
const UNDONE = 'listing.importUndone';

/** Nobody has done more with it since its import than move it, such as by publishing: each move is one version. */
const onlyMoved = (l: Sql): Sql => sql`(
  ${l}.state <> 'closed' and ${l}.version = 1 + (
    select count(*) from listing_history h
    where h.scheme_id = ${l}.scheme_id and h.listing_id = ${l}.id
      and (h.action = any(${MOVES}::text[]) or h.action = ${UNDONE} and h.changes ? 'state'))
  and not exists (
    select 1 from listing_history h
    where h.scheme_id = ${l}.scheme_id and h.listing_id = ${l}.id
      and h.action <> all(${[...MOVES, IMPORTED, UNDONE]}::text[])))`;

/** What somebody did with it last, in words that follow "somebody here". */
const DONE_WITH: Partial<Record<EventName, string>> = {
  [LISTING_EVENTS.setPlaces]: 'has said how many places it has',
  [LISTING_EVENTS.confirm]: 'has confirmed it',
  [LISTING_EVENTS.close]: 'has closed it',
};
const CHANGED_IT = 'has changed it';

export interface TakenBack {
  /** Services that are seen no more, or are as they were. */
  ids: string[];
  /** Those of them that were published or paused. */
  live: string[];
  /** What somebody did with each of the others since, in words that follow "somebody here". */
  kept: Map<string, string>;
}

/**
 * Takes the services of an import back, from the index too. What it added is closed, to be seen nowhere, and forgets its
 * source, so that the same record may come again; what it changed is as before, and waits for review again. History cannot
 * be taken away, so nothing is deleted. Publishing alone keeps nothing; what somebody has said of a service since does.
 */
export async function takeBackListings(
  tx: Tx,
  rows: readonly Omit<ImportedGroup, 'outcome' | 'sourceId'>[],
): Promise<TakenBack> {
  const given = JSON.stringify(
    rows.map(({ organisationId, listingId, before }) => ({ organisationId, listingId, ...before })),
  );
  const were = await tx.rows<{ id: string; state: ListingRow['state'] }>(sql`
    select l.id, l.state from jsonb_to_recordset(${given}::jsonb) as g ("listingId" uuid)
    join listing l on l.scheme_id = ${tx.schemeId} and l.id = g."listingId"
    where ${onlyMoved(sql`l`)} order by l.id for no key update of l`);
  const moved = idsOf(were);
  const closed = await tx.rows<{ id: string }>(sql`
    update listing l set state = 'closed', source = null, source_id = null, taken_back_at = ${tx.now},
      version = l.version + 1, updated_at = ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as g ("listingId" uuid, listing jsonb)
    where l.scheme_id = ${tx.schemeId} and l.id = g."listingId" and g.listing is null and l.id = any(${moved}::uuid[])
    returning l.id`);
  const restored = await tx.rows<{ id: string }>(sql`
    update listing l set name = b.name, description = b.description, needs = b.needs, address = b.address,
      postcode = b.postcode, latitude = b.latitude, longitude = b.longitude, areas = b.areas,
      minimum_age = b.minimum_age, maximum_age = b.maximum_age, eligibility_note = b.eligibility_note,
      schedule = b.schedule, languages = b.languages, access = b.access, cost = b.cost, cost_note = b.cost_note,
      how_to_join = b.how_to_join, places_kind = b.places_kind, places_total = b.places_total,
      state = 'in_review', published_on = null,
      version = case when l.state = 'in_review' then l.version else l.version + 1 end
    from jsonb_to_recordset(${given}::jsonb) as g ("listingId" uuid, listing jsonb)
      cross join lateral jsonb_populate_record(null::listing, g.listing) b
    where l.scheme_id = ${tx.schemeId} and l.id = g."listingId" and g.listing is not null and l.id = any(${moved}::uuid[])
    returning l.id`);
  const live = were.filter(({ state }) => state === 'published' || state === 'paused').map(({ id }) => id);
  await indexListings(tx, live);
  const stateOf = new Map(were.map(({ id, state }) => [id, state]));
  const changes = (id: string, to: ListingRow['state']) => {
    const from = stateOf.get(id);
    return from === to || from === undefined ? {} : { state: { from, to } };
  };
  await tellOfListings(tx, UNDONE, 'listing.undoImport', [
    ...closed.map(({ id }) => ({ id, changes: changes(id, 'closed') })),
    ...restored.map(({ id }) => ({ id, changes: changes(id, 'in_review') })),
  ]);
  for (const listingId of live) await outbox.add(tx, LISTING_EVENTS.close, { listingId });
  const back = new Set(moved);
  const stay = rows.map(({ listingId }) => listingId).filter((id) => !back.has(id));
  return { ids: moved, live, kept: await doneWith(tx, stay) };
}

async function doneWith(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const done = await tx.rows<{ id: string; action: EventName }>(sql`
    select distinct on (h.listing_id) h.listing_id as id, h.action from listing_history h
    where h.scheme_id = ${tx.schemeId} and h.listing_id = any(${ids}::uuid[])
      and h.action <> all(${[...MOVES, IMPORTED, UNDONE]}::text[])
    order by h.listing_id, h.at desc, h.id desc`);
  const last = new Map(done.map(({ id, action }) => [id, DONE_WITH[action] ?? CHANGED_IT]));
  return new Map(ids.map((id) => [id, last.get(id) ?? CHANGED_IT]));
}

/**
 * The same for its groups, after all of its services. A group goes, with its address and what was kept to write there,
 * unless it still has a service or somebody has changed it: gives why each stays of those that the import added.
 */
export async function takeBackOrganisations(
  tx: Tx,
  rows: readonly { organisationId: string; before: { organisation: object | null } }[],
): Promise<Map<string, string>> {
  const added = [
    ...new Set(
      rows.filter(({ before }) => before.organisation === null).map(({ organisationId }) => organisationId),
    ),
  ];
  const left = await tx.rows<{ id: string }>(sql`
    update organisation o set active = false, source = null, source_id = null, email = null, taken_back_at = ${tx.now},
      version = o.version + 1, updated_at = ${tx.now}
    from provider p
    where o.scheme_id = ${tx.schemeId} and o.version = 1 and o.id = any(${added}::uuid[])
      and p.scheme_id = o.scheme_id and p.organisation_id = o.id and p.version = 1
      and not exists (
        select 1 from listing l
        where l.scheme_id = o.scheme_id and l.organisation_id = o.id and l.taken_back_at is null)
    returning o.id`);
  await tx.run(sql`
    delete from contact_point
    where scheme_id = ${tx.schemeId} and organisation_id = any(${idsOf(left)}::uuid[])`);
  const given = JSON.stringify(rows.map(({ organisationId, before }) => ({ organisationId, ...before })));
  const renamed = await tx.rows<{ id: string }>(sql`
    update organisation o set name = b.name, address = b.address, postcode = b.postcode, version = o.version + 1,
      updated_at = ${tx.now}
    from (
      select distinct on (g."organisationId") g."organisationId" as id, g.organisation ->> 'name' as name,
        g.organisation ->> 'address' as address, g.organisation ->> 'postcode' as postcode,
        (g.organisation ->> 'version')::int as version
      from jsonb_to_recordset(${given}::jsonb) as g ("organisationId" uuid, organisation jsonb)
      where g.organisation is not null
    ) b
    where o.scheme_id = ${tx.schemeId} and o.id = b.id and o.version = b.version + 1
      and (o.name, o.address, o.postcode) is distinct from (b.name, b.address, b.postcode)
    returning o.id`);
  for (const { id } of renamed) await indexListingsOf(tx, id);
  await auditEach(tx, 'organisation.undoImport', 'organisation', idsOf([...left, ...renamed]));
  const gone = new Set(idsOf(left));
  const stay = await tx.rows<{ id: string; serves: boolean }>(sql`
    select o.id, exists (
      select 1 from listing l
      where l.scheme_id = o.scheme_id and l.organisation_id = o.id and l.taken_back_at is null) as serves
    from organisation o
    where o.scheme_id = ${tx.schemeId} and o.id = any(${added.filter((id) => !gone.has(id))}::uuid[])`);
  return new Map(
    stay.map(({ id, serves }) => [
      id,
      serves ? 'it has a service that stays' : 'somebody here has changed it',
    ]),
  );
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

async function tellOfListings(
  tx: Tx,
  event: string,
  action: Act,
  listings: readonly { id: string; changes?: object }[],
): Promise<void> {
  const given = JSON.stringify(
    listings.map(({ id, changes = {} }) => ({ id: newId(), listing: id, changes })),
  );
  await tx.run(sql`
    insert into listing_history (scheme_id, id, listing_id, at, action, actor_name, changes)
    select ${tx.schemeId}, h.id, h.listing, ${tx.now}, ${event}, ${tx.actor.kind === 'system' ? tx.actor.name : null},
      h.changes
    from jsonb_to_recordset(${given}::jsonb) as h (id uuid, listing uuid, changes jsonb)`);
  await auditEach(tx, action, 'listing', idsOf(listings));
}
