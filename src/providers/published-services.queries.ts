import { Injectable } from '@nestjs/common';
import sql, { empty, type Sql } from 'sql-template-tag';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { partnersOf } from './hub.partners.js';
import { LISTING_COLUMNS } from './listing-row.js';
import { type FoundByWords, ListingSearch, notFull } from './listing-search.queries.js';
import { freshnessOf, isFresh, placesLeft, placesReading } from './listing.rules.js';
import type { ListingRow } from './listing.types.js';
import { ownerColumns, type Owned } from './listing.view.js';
import { isPaused } from './provider.rules.js';
import type { Sector } from './provider.types.js';
import type { PublishedFilter, PublishedOrganisation, PublishedService } from './published-service.types.js';

const METRES_IN_A_MILE = 1609.344;
/** Rows held at once while everything is read. */
const STRIDE = 250;

/** A page lists so many; an installation has a few. */
const MOST_SCHEMES = 100;

export interface OpenScheme {
  id: string;
  name: string;
  takesSelfReferrals: boolean;
  minimumAge: number;
  /** How long an adult's record is kept after the last contact. */
  retentionYears: number;
}

interface Slice {
  limit: number;
  offset: number;
}

type Row = Owned & {
  sector: Sector;
  charityNumber: string | null;
  modifiedAt: Date;
};

type NearRow = Row & { miles: number | null; total: number };

export interface Nearest extends Omit<FoundByWords<never>, 'rows'> {
  services: (PublishedService & { miles: number | null })[];
  /** Of all pages. */
  total: number;
}

/** A page past the last still tells how many there are. */
interface NoRow {
  id: null;
}

const present = <Real extends { id: string }>(rows: readonly (Real | NoRow)[]): Real[] =>
  rows.filter((row): row is Real => row.id !== null);

/**
 * What a scheme lets anybody read: services somebody has published, that may be published, of groups that are there.
 * Whoever is both housed and safe from somebody is in a refuge: those are never told, whatever their flag says. No
 * permission is asked, so nothing may be added here that is not for everybody. Of a listing `l`, its provider `p` and its organisation `o`.
 */
export const PUBLIC = sql`
  l.state in ('published', 'paused') and l.publishable and o.active and p.closed_for_good_on is null
  and not l.needs @> array['housing', 'domestic_difficulty']`;

/**
 * What was public and has closed, with its group or by itself. Nobody who asks what there is is shown it; whoever asks
 * what changed, or for this very one, learns that it ended.
 */
const ended = (since: Date): Sql => sql`
  l.state = 'closed' and l.published_on is not null and l.updated_at >= ${since} and l.publishable and o.active
  and not l.needs @> array['housing', 'domestic_difficulty']`;
const TOLD_ENDED_DAYS = 365;

const TABLES = sql`
  listing l
  join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
  join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id`;

/** The same, each service joined by itself in the order of the ids: a plan that joins all of them first is slow for a few. */
const TABLES_IN_ORDER = sql`
  listing l
  cross join lateral (
    select p.* from provider p where p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id offset 0) p
  cross join lateral (
    select o.* from organisation o where o.scheme_id = l.scheme_id and o.id = l.organisation_id offset 0) o`;

const CHARITY_NUMBER = sql`case when o.source = 'charity-commission' then o.source_id end as "charityNumber"`;

/** A partner that keeps itself out of the feed, as a refuge does, is not told by its hub either. */
const publicPartners = (hub: Sql): Sql =>
  partnersOf(
    sql`o.scheme_id`,
    hub,
    sql`(h.partner_id is null or exists (
      select 1 from listing f
      where f.scheme_id = h.scheme_id and f.organisation_id = h.partner_id and f.state in ('published', 'paused')
        and f.publishable and not f.needs @> array['housing', 'domestic_difficulty'])
      and not exists (
        select 1 from listing f
        where f.scheme_id = h.scheme_id and f.organisation_id = h.partner_id
          and f.needs @> array['housing', 'domestic_difficulty']))`,
  );

const COLUMNS = sql`
  ${LISTING_COLUMNS}, ${ownerColumns(publicPartners(sql`l.organisation_id`))}, p.sector, ${CHARITY_NUMBER},
  greatest(l.updated_at, p.updated_at, o.updated_at) as "modifiedAt"`;

const metresFrom = (lat: number | null, lon: number | null): Sql => sql`
  earth_distance(ll_to_earth(l.latitude, l.longitude), ll_to_earth(${lat}::float8, ${lon}::float8))`;

@Injectable()
export class PublishedServices {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly search: ListingSearch,
  ) {}

  /** The scheme asked for, or the only one there is; null when it is not there or several are. */
  async scheme(id: string | null): Promise<string | null> {
    const rows = await this.database.unscoped<{ id: string }>(
      sql`select id from scheme where ${id}::uuid is null or id = ${id}::uuid limit 2`,
    );
    return rows.length === 1 ? (rows[0]?.id ?? null) : null;
  }

  /** Those that anybody may come to, or the one asked for, by name. */
  async schemes(id: string | null): Promise<OpenScheme[]> {
    const rows = await this.database.unscoped<{
      id: string;
      name: string;
      settings: Partial<SchemeSettings>;
    }>(
      sql`select id, name, settings from scheme where ${id}::uuid is null or id = ${id}::uuid
        order by name, id limit ${MOST_SCHEMES}`,
    );
    return rows.map(({ settings, ...scheme }) => {
      const { selfReferral, minimumAge, retentionYears } = { ...DEFAULT_SETTINGS, ...settings };
      return { ...scheme, takesSelfReferrals: selfReferral, minimumAge, retentionYears };
    });
  }

  async page(
    schemeId: string,
    filter: PublishedFilter,
    { limit, offset }: Slice,
  ): Promise<{ total: number; services: PublishedService[] }> {
    const rows = await this.database.read<(Row | NoRow) & { total: number }>(
      schemeId,
      sql`
      with found as materialized (select l.id from ${TABLES} where ${this.within(schemeId, filter)})
      select counted.total, page.*
      from (select count(*)::int as total from found) counted
      left join lateral (
        select ${COLUMNS} from (select id from found order by id limit ${limit} offset ${offset}) f
        join listing l on l.scheme_id = ${schemeId} and l.id = f.id
        join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
        join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      ) page on true
      order by page.id`,
    );
    return { total: rows[0]?.total ?? 0, services: this.told(present<Row>(rows)) };
  }

  /**
   * A page of them for people to read: the nearest, where it is known near what; else by name. And how many there are in
   * all. Misspelt words are put right by what is public alone: a word that only others have is never told.
   */
  async nearest(
    schemeId: string,
    filter: PublishedFilter,
    near: { lat: number; lon: number } | null,
    slice: Slice,
  ): Promise<Nearest> {
    const { text = null, ...rest } = filter;
    const { rows, ...words } = await this.search.byWords<NearRow>(
      {
        schemeId,
        today: londonDate(this.clock.now()),
        text,
        query: {},
        point: null,
        among: sql`and exists (select 1 from ${TABLES} where l.id = s.listing_id and ${this.within(schemeId, rest)})`,
      },
      (meant) => this.nearestOf(schemeId, { ...rest, text: meant }, near, slice),
    );
    const services = this.told(rows).map((service, index) => ({
      ...service,
      miles: rows[index]?.miles ?? null,
    }));
    return { services, total: rows[0]?.total ?? 0, ...words };
  }

  private nearestOf(
    schemeId: string,
    filter: PublishedFilter,
    near: { lat: number; lon: number } | null,
    { limit, offset }: Slice,
  ): Promise<NearRow[]> {
    return this.database.read<NearRow>(
      schemeId,
      sql`
      with found as (
        select l.id, count(*) over ()::int as total, lower(l.name) as name, case when not l.withhold_location
          then ${metresFrom(near?.lat ?? null, near?.lon ?? null)} end as metres
        from ${TABLES} where ${this.within(schemeId, filter)}
        order by metres nulls last, name, l.id limit ${limit} offset ${offset})
      select ${COLUMNS}, f.total, round((f.metres / ${METRES_IN_A_MILE}::float8)::numeric, 1)::float8 as miles
      from found f join listing l on l.scheme_id = ${schemeId} and l.id = f.id
      join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
      join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      order by f.metres nulls last, f.name, l.id`,
    );
  }

  /** One that is open to anybody today; not what has ended. */
  async current(schemeId: string, id: string): Promise<PublishedService | null> {
    const service = await this.find(schemeId, id);
    return service?.ended === false ? service : null;
  }

  async find(schemeId: string, id: string): Promise<PublishedService | null> {
    const rows = await this.database.read<Row>(
      schemeId,
      sql`select ${COLUMNS} from ${TABLES} where l.scheme_id = ${schemeId} and (${PUBLIC} or ${this.ended()}) and l.id = ${id}`,
    );
    return this.told(rows)[0] ?? null;
  }

  /** Those of a list that are open to anybody today. */
  async among(schemeId: string, ids: readonly string[]): Promise<PublishedService[]> {
    const rows = await this.database.read<Row>(
      schemeId,
      sql`select ${COLUMNS} from ${TABLES} where l.scheme_id = ${schemeId} and ${PUBLIC} and l.id = any(${ids}::uuid[])`,
    );
    return this.told(rows);
  }

  /** All of them, holding few at a time: each stride goes on after the last id, so that none comes twice. */
  async *all(schemeId: string, filter: PublishedFilter): AsyncGenerator<PublishedService> {
    // Before every id: "no id yet" as a second case would keep the index from starting where the last stride ended.
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const rows: Row[] = await this.database.read<Row>(
        schemeId,
        sql`
        select ${COLUMNS} from ${TABLES_IN_ORDER}
        where ${this.within(schemeId, filter)} and l.id > ${after}::uuid
        order by l.id limit ${STRIDE}`,
      );
      yield* this.told(rows);
      const last = rows.at(-1);
      if (rows.length < STRIDE || !last) return;
      after = last.id;
    }
  }

  /** Organisations with something published, in the order of their ids. */
  async organisations(
    schemeId: string,
    filter: { text?: string | null; id?: string | null },
    { limit, offset }: Slice,
  ): Promise<{ total: number; organisations: PublishedOrganisation[] }> {
    const rows = await this.database.read<(PublishedOrganisation | NoRow) & { total: number }>(
      schemeId,
      sql`
      with found as materialized (
        select o.id, o.name, o.scheme_id, p.sector, ${CHARITY_NUMBER} from organisation o
        join provider p on p.scheme_id = o.scheme_id and p.organisation_id = o.id
        where o.scheme_id = ${schemeId}
          and exists (
            select 1 from listing l where l.scheme_id = o.scheme_id and l.organisation_id = o.id and ${PUBLIC})
          and (${filter.id ?? null}::uuid is null or o.id = ${filter.id ?? null}::uuid)
          and (${filter.text ?? null}::text is null
            or to_tsvector('betony', o.name) @@ websearch_to_tsquery('betony', ${filter.text ?? null}::text))
      )
      select counted.total, page.*
      from (select count(*)::int as total from found) counted
      left join lateral (
        select o.*, ${publicPartners(sql`o.id`)} as partners from found o order by id limit ${limit} offset ${offset}
      ) page on true
      order by page.id`,
    );
    return {
      total: rows[0]?.total ?? 0,
      organisations: present<PublishedOrganisation>(rows).map(
        ({ id, name, sector, charityNumber, partners }) => ({
          id,
          name,
          sector,
          charityNumber,
          partners,
        }),
      ),
    };
  }

  /** Where a postcode is, as far as its directory was loaded. */
  async pointOf(postcode: string): Promise<{ lat: number; lon: number } | null> {
    const [point] = await this.database.unscoped<{ lat: number; lon: number }>(
      sql`select latitude as lat, longitude as lon from postcode_place where postcode = ${postcode}`,
    );
    return point ?? null;
  }

  private ended(): Sql {
    return ended(new Date(this.clock.now().getTime() - TOLD_ENDED_DAYS * 86_400_000));
  }

  private within(schemeId: string, filter: PublishedFilter): Sql {
    const standing = filter.modifiedFrom ? sql`(${PUBLIC} or ${this.ended()})` : PUBLIC;
    return within(schemeId, standing, filter, londonDate(this.clock.now()));
  }

  private told(rows: readonly Row[]): PublishedService[] {
    const today = londonDate(this.clock.now());
    return rows.map((row) => told(row, today));
  }
}

function within(schemeId: string, standing: Sql, filter: PublishedFilter, today: string): Sql {
  const { text = null, needs = null, access = null, organisationIds = null, modifiedFrom = null } = filter;
  const { volunteerRoles = null, day = null, cost = null } = filter;
  const { forWhom = null, setting = null, language = null } = filter;
  const meets = day === null ? null : JSON.stringify([{ day }]);
  return sql`
    l.scheme_id = ${schemeId} and ${standing}
    ${
      text === null
        ? empty
        : sql`and l.id in (
      select s.listing_id from listing_search s
      where s.scheme_id = ${schemeId} and s.words @@ websearch_to_tsquery('betony', ${text}))`
    }
    and (${needs}::text[] is null or l.needs && ${needs}::text[])
    and (${access}::text[] is null or l.access && ${access}::text[])
    and (${meets}::jsonb is null or l.schedule @> ${meets}::jsonb)
    and (${cost}::text is null or l.cost = ${cost}::text)
    and (${forWhom}::text is null or l.for_whom = ${forWhom}::text)
    and (${setting}::text is null or l.setting = ${setting}::text)
    and (${language}::text is null or ${language}::text = any(l.languages)
      or (${language}::text = 'en' and l.languages = '{}'))
    and (${volunteerRoles}::boolean is null or l.volunteer_role = ${volunteerRoles}::boolean)
    and (${organisationIds}::uuid[] is null or l.organisation_id = any(${organisationIds}::uuid[]))
    and (${modifiedFrom}::timestamptz is null
      or greatest(l.updated_at, p.updated_at, o.updated_at) >= ${modifiedFrom}::timestamptz)
    ${
      filter.located
        ? sql`and not l.withhold_location
      and (l.address is not null or l.postcode is not null or l.latitude is not null)`
        : empty
    }
    ${covers(filter.covering ?? null)}
    ${
      filter.hasPlaces
        ? sql`and l.state = 'published' and ${notFull(today)}
      and (p.paused_from is null or p.paused_from > ${today}::date or p.paused_until <= ${today}::date)`
        : empty
    }
    ${
      filter.near
        ? sql`and l.latitude is not null
      and ${metresFrom(filter.near.lat, filter.near.lon)} <= ${filter.near.metres}`
        : empty
    }`;
}

/** The same as coverage() being other than 'outside'. */
function covers(place: PublishedFilter['covering']): Sql {
  if (!place) return empty;
  const [lat, lon] = [place.point?.lat ?? null, place.point?.lon ?? null];
  return sql`and (
    (coalesce(l.areas, '{}') = '{}' and l.radius_miles is null)
    or ${place.outward} = any(l.areas)
    or (l.radius_miles is not null and (l.latitude is null or ${lat}::float8 is null
      or ${metresFrom(lat, lon)} <= l.radius_miles * ${METRES_IN_A_MILE}::float8)))`;
}

function told(row: Row, today: string): PublishedService {
  const withheld = row.withholdLocation;
  const staleDays = row.staleDays ?? DEFAULT_SETTINGS.placesStaleCalendarDays;
  const kept = <Value>(value: Value): Value | null => (withheld ? null : value);
  return {
    ...picked(row),
    organisation: {
      id: row.organisationId,
      name: row.organisationName,
      sector: row.sector,
      charityNumber: row.charityNumber,
      partners: row.partners,
    },
    ended: row.state === 'closed',
    temporarilyClosed: row.state === 'paused' || isPaused(row, today),
    // A radius around a place that is not told would tell it.
    radiusMiles: kept(row.radiusMiles),
    address: kept(row.address),
    postcode: kept(row.postcode),
    latitude: kept(row.latitude),
    longitude: kept(row.longitude),
    placesLeft: placesLeft(row),
    placesReading: placesReading(row, today, staleDays),
    placesKnown: row.placesKind === 'counted' && isFresh(row.placesConfirmedOn, today, staleDays),
    fullUntil: row.fullUntil !== null && row.fullUntil > today ? row.fullUntil : null,
    today,
    confirmed: freshnessOf(row.confirmedOn, today).confirmed,
    modifiedAt: row.modifiedAt,
  };
}

/** What is told as it stands. Named one by one: a column added later is not for everybody until somebody says so. */
const picked = (row: ListingRow) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  volunteerRole: row.volunteerRole,
  needs: row.needs,
  areas: row.areas,
  minimumAge: row.minimumAge,
  maximumAge: row.maximumAge,
  eligibilityNote: row.eligibilityNote,
  forWhom: row.forWhom,
  setting: row.setting,
  schedule: row.schedule,
  languages: row.languages,
  access: row.access,
  cost: row.cost,
  costNote: row.costNote,
  howToJoin: row.howToJoin,
  placesTotal: row.placesTotal,
  placesConfirmedOn: row.placesConfirmedOn,
  confirmedOn: row.confirmedOn,
});
