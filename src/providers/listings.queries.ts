import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { GATE_LISTING, GATE_PROVIDER } from './gates.queries.js';
import { type Gate, type GateListing, type GateProvider, readinessOf } from './listing.gates.js';
import { placesLeft } from './listing.rules.js';
import { LISTING_COLUMNS } from './listing-row.js';
import type { ListingListQuery, ListingSort, ListingView } from './listing.dto.js';
import type { ListingRow } from './listing.types.js';
import { OWNER_COLUMNS, shown, type Owned } from './listing.view.js';
import type { PlacePeriodView } from './place-period.dto.js';
import { ofProviderWithin } from './provider.reach.js';
import { wordsWarnings } from './public-words.rules.js';
import type { ServiceCapacity } from './service-capacity.dto.js';
import { capacityOf } from './service-capacity.rules.js';

/** Made once for the one unit there is. */
const PLACES_UNIT = '5e1f9b52-6c0c-4f0e-9d0b-0f6f3b1c7a10';

const TABLES = sql`listing l
  join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
  join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id`;

const NAME = sql`lower(l.name) collate "C"`;
const ORDERS: Orders<ListingSort> = {
  made: [],
  name: [NAME],
  organisation: [sql`lower(o.name) collate "C"`, NAME],
  state: [sql`l.state`, NAME],
  confirmed: [sql`coalesce(l.confirmed_on, '-infinity'::date)`, NAME],
};

function asked(actor: Actor, { organisationId, state, text }: ListingListQuery): Sql {
  const within = ofProviderWithin(actor, reachFor(actor, 'listing.list'), sql`l.organisation_id`);
  return sql`${TABLES}
    where l.scheme_id = ${actor.schemeId} and l.taken_back_at is null and ${within}
      and ${organisationId === undefined ? sql`true` : sql`l.organisation_id = ${organisationId}`}
      and ${state === undefined ? sql`true` : sql`l.state = any(${state}::text[])`}
      and ${
        text === undefined
          ? sql`true`
          : sql`position(lower(unaccent(${text})) in lower(unaccent(l.name || ' ' || o.name))) > 0`
      }`;
}

@Injectable()
export class ListingsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, id: string): Promise<ListingView> {
    const within = ofProviderWithin(actor, reachFor(actor, 'listing.get'), sql`l.organisation_id`);
    const row = await this.database.maybe<Owned>(
      actor.schemeId,
      sql`
      select ${LISTING_COLUMNS}, ${OWNER_COLUMNS} from listing l
      join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
      join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      where l.scheme_id = ${actor.schemeId} and l.id = ${id} and l.taken_back_at is null and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return this.view(row);
  }

  /** Whether anybody could be offered to it today, by those gates that do not depend on who it is. */
  async readiness(actor: Actor, id: string): Promise<Gate[]> {
    const within = ofProviderWithin(actor, reachFor(actor, 'listing.get'), sql`l.organisation_id`);
    const row = await this.database.maybe<
      GateListing & { provider: GateProvider; settings: Partial<SchemeSettings> }
    >(
      actor.schemeId,
      sql`
      select ${GATE_LISTING}, ${GATE_PROVIDER} as provider,
        (select s.settings from scheme s where s.id = l.scheme_id) as settings
      from listing l
      join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
      join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      where l.scheme_id = ${actor.schemeId} and l.id = ${id} and l.taken_back_at is null and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    const settings = { ...DEFAULT_SETTINGS, ...row.settings };
    return readinessOf(row, row.provider, londonDate(this.clock.now()), settings);
  }

  /** Its places in the form of HSDS 3.1. */
  async capacity(actor: Actor, id: string): Promise<ServiceCapacity[]> {
    const within = ofProviderWithin(actor, reachFor(actor, 'listing.get'), sql`l.organisation_id`);
    const row = await this.database.maybe<ListingRow>(
      actor.schemeId,
      sql`
      select ${LISTING_COLUMNS} from listing l
      where l.scheme_id = ${actor.schemeId} and l.id = ${id} and l.taken_back_at is null and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    const facts = {
      serviceId: id,
      left: placesLeft(row),
      total: row.placesTotal,
      confirmedOn: row.placesConfirmedOn,
      fullUntil: row.fullUntil,
    };
    const capacity = capacityOf(facts, londonDate(this.clock.now()), { capacity: id, unit: PLACES_UNIT });
    return capacity === null ? [] : [capacity];
  }

  /** Sessions and parts of the year with places of their own, which have not ended. */
  async periods(actor: Actor, id: string): Promise<PlacePeriodView[]> {
    const within = ofProviderWithin(actor, reachFor(actor, 'listing.get'), sql`l.organisation_id`);
    const rows = await this.database.read<Omit<PlacePeriodView, 'id'> & { id: string | null }>(
      actor.schemeId,
      sql`
      select q.id, q.name, q.from_on::text as "from", q.until_on::text as until, q.state, q.places_total as total,
        q.places_total - q.places_taken as left
      from listing l
      left join place_period q on q.scheme_id = l.scheme_id and q.listing_id = l.id and q.state <> 'ended'
      where l.scheme_id = ${actor.schemeId} and l.id = ${id} and l.taken_back_at is null and ${within}
      order by q.id`,
    );
    // The service is there with or without them; without it, it is out of reach.
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ id: periodId, ...row }) => (periodId === null ? [] : [{ id: periodId, ...row }]));
  }

  /** Whatever its state, in the order they were made unless told: what a manager reviews and a group keeps. */
  async list(actor: Actor, query: ListingListQuery): Promise<Page<ListingView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { order, after } = inOrder(ORDERS, query.sort ?? 'made', {
      id: sql`l.id`,
      rows: sql`${TABLES} where l.scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const rows = await this.database.read<Owned>(
      actor.schemeId,
      sql`
      select ${LISTING_COLUMNS}, ${OWNER_COLUMNS} from ${asked(actor, query)} and ${after}
      order by ${order} limit ${limit + 1}`,
    );
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map((row) => this.view(row)), next: page.next };
  }

  async count(actor: Actor, query: ListingListQuery): Promise<number> {
    const few = sql`select 1 from ${asked(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  private view(row: Owned): ListingView {
    return {
      ...shown(row, londonDate(this.clock.now())),
      version: row.version,
      state: row.state,
      areas: row.areas,
      radiusMiles: row.radiusMiles,
      minimumAge: row.minimumAge,
      maximumAge: row.maximumAge,
      eligibilityNote: row.eligibilityNote,
      excludes: row.excludes,
      present: row.present,
      latitude: row.latitude,
      longitude: row.longitude,
      withholdLocation: row.withholdLocation,
      publishable: row.publishable,
      warnings: wordsWarnings(row),
    };
  }
}
