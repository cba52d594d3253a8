import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { isUuid } from '../platform/pure/ids.js';
import type { ProviderChangeView } from './provider.dto.js';
import { ofProviderWithin } from './provider.reach.js';

/** What was done to a provider or a listing, newest first. */
@Injectable()
export class ProviderHistoryQueries {
  constructor(private readonly database: Database) {}

  async ofListing(actor: Actor, id: string, query: PageQuery): Promise<Page<ProviderChangeView>> {
    const within = ofProviderWithin(actor, reachFor(actor, 'listing.get'), sql`l.organisation_id`);
    const seen = await this.database.maybe(
      actor.schemeId,
      sql`
      select 1 from listing l where l.scheme_id = ${actor.schemeId} and l.id = ${id} and l.taken_back_at is null and ${within}`,
    );
    if (!seen) throw Refusal.notFound();
    return this.page(actor, query, sql`listing_history h`, sql`h.listing_id = ${id}`);
  }

  async ofProvider(
    actor: Actor,
    organisationId: string,
    query: PageQuery,
  ): Promise<Page<ProviderChangeView>> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.get'), sql`p.organisation_id`);
    const seen = await this.database.maybe(
      actor.schemeId,
      sql`
      select 1 from provider p
      where p.scheme_id = ${actor.schemeId} and p.organisation_id = ${organisationId} and ${within}`,
    );
    if (!seen) throw Refusal.notFound();
    return this.page(actor, query, sql`provider_history h`, sql`h.organisation_id = ${organisationId}`);
  }

  private async page(
    actor: Actor,
    query: PageQuery,
    table: Sql,
    about: Sql,
  ): Promise<Page<ProviderChangeView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = query.after === undefined ? null : decodeCursor(query.after, 1)[0];
    if (before !== null && (typeof before !== 'string' || !isUuid(before))) throw badCursor();
    // A group reads who of its own people did it; names of the scheme's staff are not for it.
    const named =
      actor.kind === 'member' && actor.role === 'provider_member'
        ? sql`m.organisation_id = ${actor.organisationId}`
        : sql`true`;
    const rows = await this.database.read<Omit<ProviderChangeView, 'at'> & { at: Date }>(
      actor.schemeId,
      sql`
      select h.id, h.at, h.action, h.changes,
        case when h.actor_id is null then h.actor_name when ${named} then u.name end as by
      from ${table}
      left join membership m on m.scheme_id = h.scheme_id and m.id = h.actor_id
      left join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
      where h.scheme_id = ${actor.schemeId} and ${about} and (${before}::uuid is null or h.id < ${before}::uuid)
      order by h.id desc limit ${limit + 1}`,
    );
    return pageOf(
      rows.map((row) => ({ ...row, at: row.at.toISOString() })),
      limit,
      (row) => [row.id],
    );
  }
}

const badCursor = () => Refusal.invalidField('after', 'Use the `next` of the page before, unchanged');
