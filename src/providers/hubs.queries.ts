import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { HubPartnerView } from './hub.dto.js';
import { ofProviderWithin } from './provider.reach.js';

@Injectable()
export class HubsQueries {
  constructor(private readonly database: Database) {}

  /** All that a hub has named, also those that ended, newest first. */
  async partners(actor: Actor, organisationId: string): Promise<HubPartnerView[]> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.get'), sql`p.organisation_id`);
    const rows = await this.database.read<Omit<HubPartnerView, 'id'> & { id: string | null }>(
      actor.schemeId,
      sql`
      select h.id, h.partner_id as "partnerId", coalesce(g.name, h.partner_name) as name, h.does,
        h.since_on::text as "sinceOn", h.ended_on::text as "endedOn", h.end_reason as "endReason"
      from provider p
      left join hub_partner h on h.scheme_id = p.scheme_id and h.organisation_id = p.organisation_id
      left join organisation g on g.scheme_id = h.scheme_id and g.id = h.partner_id
      where p.scheme_id = ${actor.schemeId} and p.organisation_id = ${organisationId} and ${within}
      order by h.id desc`,
    );
    // The provider is there with or without partners; without it, it is out of reach.
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ id, ...row }) => (id === null ? [] : [{ id, ...row }]));
  }

  async partner(actor: Actor, organisationId: string, id: string): Promise<HubPartnerView> {
    const found = (await this.partners(actor, organisationId)).find((one) => one.id === id);
    if (!found) throw Refusal.notFound();
    return found;
  }
}
