import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { CovenantView, GroupCovenantView, SignatureView } from './covenant.dto.js';
import { ofProviderWithin } from './provider.reach.js';

@Injectable()
export class CovenantsQueries {
  constructor(private readonly database: Database) {}

  /** Every version, newest first: a scheme has few. */
  async list(actor: Actor): Promise<CovenantView[]> {
    reachFor(actor, 'covenant.list');
    return this.database.read<CovenantView>(
      actor.schemeId,
      sql`
      select id, number, words, commitments, published_at as "publishedAt", number = max(number) over () as current
      from covenant where scheme_id = ${actor.schemeId} order by number desc`,
    );
  }

  async get(actor: Actor, id: string): Promise<CovenantView> {
    const found = (await this.list(actor)).find((one) => one.id === id);
    if (!found) throw Refusal.notFound();
    return found;
  }

  async ofGroup(actor: Actor, organisationId: string): Promise<GroupCovenantView> {
    const within = ofProviderWithin(actor, reachFor(actor, 'covenant.get'), sql`p.organisation_id`);
    const { schemeId } = actor;
    const group = await this.database.maybe<Omit<GroupCovenantView, 'signatures'>>(
      schemeId,
      sql`
      select p.organisation_id as "organisationId", p.no_pressure_agreed as "noPressureAgreed", exists (
        select 1 from covenant_signature s
        where s.scheme_id = p.scheme_id and s.organisation_id = p.organisation_id and s.ended_at is null
          and s.covenant_id = (
            select c.id from covenant c where c.scheme_id = p.scheme_id order by c.number desc limit 1)) as "upToDate"
      from provider p where p.scheme_id = ${schemeId} and p.organisation_id = ${organisationId} and ${within}`,
    );
    if (!group) throw Refusal.notFound();
    const signatures = await this.database.read<SignatureView>(
      schemeId,
      sql`
      select s.id, s.covenant_id as "covenantId", c.number, s.signed_by as "signedBy", s.signed_on::text as "signedOn",
        s.commitments, s.ended_at as "endedAt", s.end_reason as "endReason"
      from covenant_signature s join covenant c on c.scheme_id = s.scheme_id and c.id = s.covenant_id
      where s.scheme_id = ${schemeId} and s.organisation_id = ${organisationId} order by s.id desc`,
    );
    return { ...group, signatures };
  }
}
