import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import { assuredToday } from './assurance.rules.js';
import { answeredFor } from './claims.queries.js';
import type { ClosureReason } from './closure.types.js';
import type { HubPartnerNamed } from './hub.dto.js';
import { partnersOf } from './hub.partners.js';
import { LISTING_NAMED } from './listing-row.js';
import { listingNamed } from './listing.rules.js';
import type { ListingNamedRow } from './listing.types.js';
import { PROVIDER_COLUMNS } from './provider-row.js';
import type { ProviderListQuery, ProviderSort, ProviderView } from './provider.dto.js';
import { maySeeHidden, ofProviderWithin } from './provider.reach.js';
import { isPaused } from './provider.rules.js';
import { WEEKDAYS, type ProviderRow, type Weekday } from './provider.types.js';

type Row = ProviderRow & {
  publishedListings: number;
  closedForGoodBecause: ClosureReason | null;
  answeredFor: boolean;
  partners: HubPartnerNamed[];
  named: ListingNamedRow[];
};

const COLUMNS = sql`${PROVIDER_COLUMNS}, (
  select count(*)::int from listing l
  where l.scheme_id = p.scheme_id and l.organisation_id = p.organisation_id and l.state = 'published'
) as "publishedListings", (
  select c.reason from provider_closure c
  where c.scheme_id = p.scheme_id and c.organisation_id = p.organisation_id and c.reopened_at is null
) as "closedForGoodBecause", ${answeredFor} as "answeredFor", ${partnersOf(sql`p.scheme_id`, sql`p.organisation_id`)} as partners, coalesce((
  select json_agg(${LISTING_NAMED} order by lower(l.name), l.id)
  from listing l
  where l.scheme_id = p.scheme_id and l.organisation_id = p.organisation_id and l.state in ('published', 'paused')
), '[]') as named`;

const TABLES = sql`provider p join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id`;

const NAME = sql`lower(o.name) collate "C"`;
const ORDERS: Orders<ProviderSort> = {
  name: [NAME],
  kind: [sql`p.sector`, NAME],
  checks: [sql`coalesce(p.alone_until, p.personal_contact_until, '-infinity'::date)`, NAME],
  services: [
    sql`(select count(*) from listing l
      where l.scheme_id = p.scheme_id and l.organisation_id = p.organisation_id and l.state = 'published')`,
    NAME,
  ],
};

/** So many to choose from. */
const MOST_WITHOUT_PROFILE = 200;

@Injectable()
export class ProvidersQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Organisations that offer something and have no profile yet, by name: what a new group can be made of. */
  withoutProfile(actor: Actor): Promise<{ id: string; name: string }[]> {
    reachFor(actor, 'provider.create');
    return this.database.read(
      actor.schemeId,
      sql`
      select o.id, o.name from organisation o
      where o.scheme_id = ${actor.schemeId} and o.provides and o.active and not exists (
        select 1 from provider p where p.scheme_id = o.scheme_id and p.organisation_id = o.id)
      order by lower(o.name), o.id limit ${MOST_WITHOUT_PROFILE}`,
    );
  }

  async get(actor: Actor, organisationId: string): Promise<ProviderView> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.get'), sql`p.organisation_id`);
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      sql`
      select ${COLUMNS} from provider p
      join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
      where p.scheme_id = ${actor.schemeId} and p.organisation_id = ${organisationId} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return this.view(actor, row);
  }

  /** Whether an organisation is a group that people can be offered to; a member of another has nothing to say of it. */
  async isListed({ schemeId }: Actor, organisationId: string): Promise<boolean> {
    const row = await this.database.maybe(
      schemeId,
      sql`select 1 from provider where scheme_id = ${schemeId} and organisation_id = ${organisationId}`,
    );
    return row !== null;
  }

  /** By name unless told. */
  async list(actor: Actor, query: ProviderListQuery): Promise<Page<ProviderView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { order, after } = inOrder(ORDERS, query.sort ?? 'name', {
      id: sql`o.id`,
      rows: sql`${TABLES} where p.scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const rows = await this.database.read<Row>(
      actor.schemeId,
      sql`select ${COLUMNS} from ${this.asked(actor, query)} and ${after} order by ${order} limit ${limit + 1}`,
    );
    const page = pageOf(rows, limit, (row) => [row.organisationId]);
    return { items: page.items.map((row) => this.view(actor, row)), next: page.next };
  }

  async count(actor: Actor, query: ProviderListQuery): Promise<number> {
    const few = sql`select 1 from ${this.asked(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  private asked(actor: Actor, { text, sector, answeredFor: answered }: ProviderListQuery): Sql {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.list'), sql`p.organisation_id`);
    return sql`${TABLES}
      where p.scheme_id = ${actor.schemeId} and ${within}
        and ${sector === undefined ? sql`true` : sql`p.sector = any(${sector}::text[])`}
        and ${answered === undefined ? sql`true` : sql`${answeredFor} = ${answered}`}
        and ${text === undefined ? sql`true` : sql`position(lower(unaccent(${text})) in lower(unaccent(o.name))) > 0`}`;
  }

  private view(actor: Actor, row: Row): ProviderView {
    const { quietDays, personalContactUntil, aloneUntil, named, ...provider } = row;
    const today = londonDate(this.clock.now());
    const canBeClaimed = provider.active && provider.closedForGoodOn === null;
    return {
      ...provider,
      tradition: provider.traditionShown || maySeeHidden(actor) ? provider.tradition : null,
      quietDays: quietDays.map((day) => WEEKDAYS[day - 1]).filter((day): day is Weekday => day !== undefined),
      ...assuredToday({ personalContactUntil, aloneUntil }, today),
      paused: isPaused(provider, today),
      services: named.map((one) => listingNamed(one, today)),
      claimAddress: canBeClaimed
        ? `${this.config.publicUrl}/claim/${actor.schemeId}/${row.organisationId}`
        : null,
    };
  }
}
