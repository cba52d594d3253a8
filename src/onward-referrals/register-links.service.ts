import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { contactPointOf } from '../providers/contact-points.js';
import { groupsWritten } from '../providers/group-addresses.queries.js';
import { REGISTER_LINK_ASKED } from './onward.events.js';
import type { OpenRegisterInput } from './register.dto.js';
import { registerWithin } from './register.reach.js';
import { Registers } from './registers.service.js';
import { addressNow, type AddressFacts, HOUR_MS, MAILS_AN_HOUR } from './reply-link.rules.js';
import type { OpenLink } from './reply-link.types.js';
import { addressFacts, ReplyLinks } from './reply-links.service.js';

/** Links to the register of one session, for whoever answers for the group. */
@Injectable()
export class RegisterLinks {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly registers: Registers,
    private readonly links: ReplyLinks,
  ) {}

  /** Sends one to the address or number on file. Gives the register. */
  send(actor: Actor, registerId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      // The register's row is the queue: of many at once each counts those before it.
      const register = await tx.maybe<{ organisationId: string }>(sql`
        select l.organisation_id as "organisationId" from register r
        join listing l on l.scheme_id = r.scheme_id and l.id = r.listing_id
        where r.scheme_id = ${tx.schemeId} and r.id = ${registerId}
          and ${registerWithin(actor, reachFor(actor, 'register.keep'))} for no key update of r`);
      if (!register) throw Refusal.notFound();
      const { organisationId } = register;
      const point = await this.pointNow(tx, organisationId);
      if (point === null) {
        throw Refusal.conflict('no-address', 'This group has no address or number that a link can go to.');
      }
      const { sent } = await tx.one<{ sent: number }>(sql`
        select count(*)::int as sent from reply_link
        where scheme_id = ${tx.schemeId} and register_id = ${registerId}
          and created_at > ${new Date(tx.now.getTime() - HOUR_MS)}`);
      if (sent >= MAILS_AN_HOUR) throw Refusal.tooMany(HOUR_MS / 1000);
      const linkId = await this.make(tx, registerId, { organisationId, contactPointId: point });
      await audit(tx, {
        action: 'register.keep',
        subject: { kind: 'register', id: registerId },
        details: { verb: 'send link' },
      });
      await outbox.add(tx, REGISTER_LINK_ASKED, { linkId });
      return registerId;
    });
  }

  /** Whoever holds a link about a service opens the register of a session of it. Gives that register's own link. */
  openByLink({ actor }: OpenLink, input: OpenRegisterInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      if (actor.about.kind !== 'listing') throw Refusal.notFound();
      const registerId = await this.registers.openWithin(tx, actor.about.id, input);
      return this.make(tx, registerId, actor);
    });
  }

  private make(
    tx: Tx,
    registerId: string,
    { organisationId, contactPointId }: { organisationId: string; contactPointId: string },
  ): Promise<string> {
    return this.links.make(
      tx,
      { purpose: 'register', about: { kind: 'register', id: registerId } },
      { organisationId, contactPointId, messageId: null },
    );
  }

  private async pointNow(tx: Tx, organisationId: string): Promise<string | null> {
    const group = (await groupsWritten(tx, [organisationId])).get(organisationId);
    if (!group) return null;
    const id = await contactPointOf(tx, organisationId, group.address);
    const facts = await tx.one<AddressFacts & Record<string, unknown>>(addressFacts(tx.schemeId, id));
    return addressNow(facts) === null ? null : id;
  }
}
