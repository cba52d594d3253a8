import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeIdCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import type { Point } from '../platform/pure/distance.js';
import { KEPT_BACK } from '../providers/kept-back.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { freshnessOf, listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow } from '../providers/listing.types.js';
import type { AssetChangeView, AssetListQuery, AssetSort, AssetView } from './asset.dto.js';
import { assetWithin } from './asset.reach.js';
import { ASSET_CHECK_DAYS } from './asset.types.js';

type Row = Omit<AssetView, 'freshness' | 'listing'> & {
  listing: ListingNamedRow | null;
  confirmedOn: string | null;
};

const OF_PLACE = sql`left join neighbourhood n on n.scheme_id = a.scheme_id and n.id = a.neighbourhood_id`;

const NAME = sql`lower(a.name) collate "C"`;
const ORDERS: Orders<AssetSort> = {
  name: [NAME],
  kind: [sql`a.kind`, NAME],
  place: [sql`lower(coalesce(n.name, a.community, '')) collate "C"`, NAME],
  state: [sql`a.state`, NAME],
};

const COLUMNS = sql`
  a.id, a.version, a.name, a.description, a.state, a.kind, a.domains, a.neighbourhood_id as "neighbourhoodId",
  n.name as "neighbourhoodName", a.community, a.takes_referrals as "takesReferrals", a.how_to_join as "howToJoin",
  a.address, a.postcode, a.organisation_id as "organisationId", o.name as "organisationName",
  case when l.id is not null then ${LISTING_NAMED} end as listing, a.found_by as "foundBy", a.found_on::text as "foundOn",
  a.source, a.confirmed_on::text as "confirmedOn"
  from asset a ${OF_PLACE}
  left join organisation o on o.scheme_id = a.scheme_id and o.id = a.organisation_id
  left join listing l on l.scheme_id = a.scheme_id and l.id = a.listing_id`;

@Injectable()
export class AssetsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** To read it unless told; with `asset.amend`, only what this member may change. */
  async get(actor: Actor, id: string, to: 'asset.get' | 'asset.amend' = 'asset.get'): Promise<AssetView> {
    const within = assetWithin(actor, reachFor(actor, to));
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      sql`select ${COLUMNS} where a.scheme_id = ${actor.schemeId} and a.id = ${id} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row, this.today());
  }

  async mayAmend(actor: Actor, id: string): Promise<boolean> {
    const within = assetWithin(actor, reachFor(actor, 'asset.amend'));
    const row = await this.database.maybe(
      actor.schemeId,
      sql`select 1 as one from asset a where a.scheme_id = ${actor.schemeId} and a.id = ${id} and ${within}`,
    );
    return row !== null;
  }

  /** By name unless told. */
  async list(actor: Actor, query: AssetListQuery): Promise<Page<AssetView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const today = this.today();
    const { order, after } = inOrder(ORDERS, query.sort ?? 'name', {
      id: sql`a.id`,
      rows: sql`asset a ${OF_PLACE} where a.scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const rows = await this.database.read<Row>(
      actor.schemeId,
      sql`
      select ${COLUMNS} where ${this.asked(actor, query)} and ${after}
      order by ${order} limit ${limit + 1}`,
    );
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map((row) => viewOf(row, today)), next: page.next };
  }

  async count(actor: Actor, query: AssetListQuery): Promise<number> {
    const few = sql`select 1 from asset a where ${this.asked(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  /** Where these are, of what a map may show: not what meets where somebody keeps a place back, nor in a refuge. */
  async pointsOf(actor: Actor, ids: readonly string[]): Promise<Map<string, Point>> {
    return byId(await this.database.read<PointOf>(actor.schemeId, points(actor, ids)));
  }

  /** The same with the neighbourhoods there are to choose from, by name: one question of the six that a page may ask. */
  async pointsAndPlaces(
    actor: Actor,
    ids: readonly string[],
  ): Promise<{ points: Map<string, Point>; places: { id: string; name: string }[] }> {
    reachFor(actor, 'neighbourhood.list');
    const row = await this.database.maybe<{ points: PointOf[]; places: { id: string; name: string }[] }>(
      actor.schemeId,
      sql`
      select (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from (${points(actor, ids)}) p) as points,
        (select coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name) order by n.name, n.id), '[]')
          from neighbourhood n where n.scheme_id = ${actor.schemeId}) as places`,
    );
    return { points: byId(row?.points ?? []), places: row?.places ?? [] };
  }

  /** What was done to it, newest first. */
  async history(actor: Actor, id: string, query: PageQuery): Promise<Page<AssetChangeView>> {
    await this.get(actor, id);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    // A group reads who of its own people did it; names of the scheme's staff are not for it.
    const named =
      actor.kind === 'member' && actor.role === 'provider_member'
        ? sql`m.organisation_id = ${actor.organisationId}`
        : sql`true`;
    const rows = await this.database.read<Omit<AssetChangeView, 'at'> & { at: Date }>(
      actor.schemeId,
      sql`
      select h.id, h.at, h.action, h.changes,
        case when h.actor_id is null then h.actor_name when ${named} then u.name end as by
      from asset_history h
      left join membership m on m.scheme_id = h.scheme_id and m.id = h.actor_id
      left join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
      where h.scheme_id = ${actor.schemeId} and h.asset_id = ${id}
        and (${before}::uuid is null or h.id < ${before}::uuid)
      order by h.id desc limit ${limit + 1}`,
    );
    return pageOf(
      rows.map((row) => ({ ...row, at: row.at.toISOString() })),
      limit,
      (row) => [row.id],
    );
  }

  private asked(actor: Actor, query: AssetListQuery): Sql {
    const within = assetWithin(actor, reachFor(actor, 'asset.list'));
    return sql`a.scheme_id = ${actor.schemeId} and ${within} and ${filtered(query, this.today())}`;
  }

  private today(): string {
    return londonDate(this.clock.now());
  }
}

/** A filter that was not asked is null, so that the text of the statement stays the same. */
function filtered(query: AssetListQuery, today: string): Sql {
  const { text = null, community = null, state = null, kind = null, domain = null, foundBy = null } = query;
  const { neighbourhoodId = null, organisationId = null, takesReferrals = null, confirmed = null } = query;
  const since = addDays(today, -ASSET_CHECK_DAYS);
  return sql`(${text}::text is null
      or position(lower(unaccent(${text}::text)) in lower(unaccent(a.name || ' ' || a.description))) > 0)
    and (${community}::text is null
      or position(lower(unaccent(${community}::text)) in lower(unaccent(a.community))) > 0)
    and (${state}::text[] is null or a.state = any(${state}::text[]))
    and (${kind}::text[] is null or a.kind = any(${kind}::text[]))
    and (${domain}::text[] is null or a.domains && ${domain}::text[])
    and (${foundBy}::text[] is null or a.found_by = any(${foundBy}::text[]))
    and (${neighbourhoodId}::uuid is null or a.neighbourhood_id = ${neighbourhoodId}::uuid)
    and (${organisationId}::uuid is null or a.organisation_id = ${organisationId}::uuid)
    and (${takesReferrals}::boolean is null or a.takes_referrals = ${takesReferrals}::boolean)
    and (${confirmed}::boolean is null
      or coalesce(a.confirmed_on >= ${since}::date, false) = ${confirmed}::boolean)`;
}

function viewOf(row: Row, today: string): AssetView {
  const { confirmedOn, listing, ...view } = row;
  return {
    ...view,
    listing: listing && listingNamed(listing, today),
    freshness: freshnessOf(confirmedOn, today, ASSET_CHECK_DAYS),
  };
}

type PointOf = Point & { id: string };
const byId = (rows: readonly PointOf[]): Map<string, Point> =>
  new Map(rows.map(({ id, lat, lon }) => [id, { lat, lon }]));

const points = (actor: Actor, ids: readonly string[]): Sql => sql`
  select a.id, place.latitude as lat, place.longitude as lon
  from asset a join postcode_place place on place.postcode = a.postcode
  where a.scheme_id = ${actor.schemeId} and a.id = any(${ids}::uuid[])
    and ${assetWithin(actor, reachFor(actor, 'asset.list'))} and not exists (
      select 1 from listing l where l.scheme_id = a.scheme_id and ${KEPT_BACK}
        and (l.id = a.listing_id or l.postcode = a.postcode))`;
