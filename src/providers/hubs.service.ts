import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import type { AddHubPartner, EndHubPartner } from './hub.dto.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { lockProvider } from './provider-row.js';
import { ofProviderWithin } from './provider.reach.js';
import { tellOfProvider } from './telling.js';

/** Whom a hub works with. A partner learns nothing by being named: a person passed on is a new onward referral. */
@Injectable()
export class HubsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async add(actor: Actor, organisationId: string, input: AddHubPartner): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.namePartner'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const hub = await lockProvider(tx, organisationId, within);
      if (hub.closedForGoodOn !== null || !hub.active) {
        throw Refusal.illegalMove('closed', 'namePartner', 'This group has closed for good.');
      }
      const partnerId = input.partnerId ?? null;
      const name = input.name ?? null;
      if ((partnerId === null) === (name === null)) {
        throw Refusal.invalidField('partnerId', 'Choose an organisation of the scheme, or write a name');
      }
      const today = londonDate(tx.now);
      const sinceOn = input.sinceOn ?? today;
      if (sinceOn > today) throw Refusal.invalidField('sinceOn', 'Enter a date that is not in the future');
      if (partnerId !== null) await refuseUnfit(tx, organisationId, partnerId);
      const id = newId();
      const added = await tx.rows(sql`
        insert into hub_partner (scheme_id, id, organisation_id, partner_id, partner_name, does, since_on, recorded_by,
          recorded_at)
        values (${tx.schemeId}, ${id}, ${organisationId}, ${partnerId}, ${name}, ${input.does}, ${sinceOn}::date,
          ${actor.kind === 'member' ? actor.membershipId : null}, ${tx.now})
        on conflict do nothing returning id`);
      if (added.length === 0) {
        throw Refusal.conflict('partner-exists', 'This partner is named already. End that first.');
      }
      await touch(tx, organisationId);
      await tellOfProvider(tx, organisationId, 'provider.namePartner', PROVIDER_EVENTS.namePartner, {
        ...(partnerId === null ? { name } : { partnerId }),
        does: input.does,
        sinceOn,
      });
      return id;
    });
  }

  async end(actor: Actor, organisationId: string, id: string, { reason }: EndHubPartner): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.namePartner'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      await lockProvider(tx, organisationId, within);
      const partner = await tx.maybe<{ partnerId: string | null; name: string | null; ended: boolean }>(sql`
        select partner_id as "partnerId", partner_name as name, ended_on is not null as ended from hub_partner
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and id = ${id}`);
      if (!partner) throw Refusal.notFound();
      if (partner.ended) throw Refusal.illegalMove('ended', 'end', 'This has ended already.');
      await tx.run(sql`
        update hub_partner set ended_on = ${londonDate(tx.now)}::date, end_reason = ${reason}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await touch(tx, organisationId);
      const { partnerId, name } = partner;
      await tellOfProvider(tx, organisationId, 'provider.namePartner', PROVIDER_EVENTS.endPartner, {
        ...(partnerId === null ? { name } : { partnerId }),
        reason,
      });
      return id;
    });
  }
}

/** An organisation of this scheme that is there, and another than the hub itself. */
async function refuseUnfit(tx: Tx, organisationId: string, partnerId: string): Promise<void> {
  if (partnerId === organisationId) {
    throw Refusal.invalidField('partnerId', 'A hub is not a partner of itself');
  }
  const partner = await tx.maybe<{ active: boolean; closed: boolean }>(sql`
    select o.active, p.closed_for_good_on is not null as closed from organisation o
    left join provider p on p.scheme_id = o.scheme_id and p.organisation_id = o.id
    where o.scheme_id = ${tx.schemeId} and o.id = ${partnerId}`);
  if (!partner) throw Refusal.invalidField('partnerId', 'There is no such organisation');
  if (!partner.active || partner.closed) {
    throw Refusal.invalidField('partnerId', 'This organisation has closed');
  }
}

/** The public feed tells of partners, and copies of it ask what has changed since. */
const touch = (tx: Tx, organisationId: string) =>
  tx.run(sql`
    update provider set version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
