import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { lockRow, lockWithin, type ClientRow } from '../clients/client-rows.js';
import { derivedToken } from '../identity/token.rules.js';
import type { ClientActor, MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import type { MakePageLinkInput, PageAskedInput, PageLinkView } from './page-access.dto.js';
import { linkUntil, mayVisit } from './page.rules.js';
import { endKeys, keepVisitor, visitorFacts, visitorOf, type VisitorRead } from './page-visitors.js';

/** Whether a person has a page, and the links that lead to it. */
@Injectable()
export class PageAccess {
  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Somebody with a safety flag asked for a page all the same, alone with a worker who tried the channel with them. */
  recordAsked(actor: MemberActor, clientId: string, { askedOn, channel }: PageAskedInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'clientPage.change', clientId);
      if (!client.safetyFlag) {
        const because = 'Only somebody with a safety flag has to ask. Everybody else has a page.';
        throw Refusal.conflict('no-safety-flag', because);
      }
      const today = londonDate(tx.now);
      if (askedOn > today) throw Refusal.invalidField('askedOn', 'The date cannot be in the future');
      refuseUnsafe(client, channel);
      const visitorId = await keepVisitor(tx, clientId, null);
      await tx.run(sql`
        update page_visitor
        set asked_on = ${askedOn}, asked_channel = ${channel}, asked_by = ${actor.membershipId}, asked_at = ${tx.now},
          closed_at = null, closed_by = null
        where scheme_id = ${tx.schemeId} and id = ${visitorId}`);
      await record(tx, clientId, 'asked', { channel, askedOn });
      return clientId;
    });
  }

  /** A link to hand over. It is worth nothing without the date of birth, and nobody with a safety flag has one. */
  makeLink(actor: MemberActor, clientId: string, input: MakePageLinkInput): Promise<string> {
    const supporterId = input.supporterId ?? null;
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'clientPage.change', clientId);
      if (client.safetyFlag) {
        const because =
          'With a safety flag the page opens by a code alone, since others may know the date of birth.';
        throw Refusal.conflict('safety-flag', because);
      }
      if (supporterId !== null) await this.refuseUnknown(tx, clientId, supporterId);
      const visitorId = await keepVisitor(tx, clientId, supporterId);
      const visitor = visitorOf(await tx.one<VisitorRead>(visitorFacts(tx.schemeId, visitorId)));
      if (!mayVisit(visitor, 'link', londonDate(tx.now))) {
        throw Refusal.conflict(
          'no-page',
          'They have no page as things stand: it is closed, or nothing is given to them.',
        );
      }
      const id = newId();
      await tx.run(sql`
        insert into page_link (hash, id, scheme_id, visitor_id, made_by, created_at, expires_at)
        values (${sha256(this.token(id))}, ${id}, ${tx.schemeId}, ${visitorId}, ${actor.membershipId}, ${tx.now},
          ${linkUntil(tx.now)})`);
      await record(tx, clientId, 'link', { linkId: id, supporterId });
      return id;
    });
  }

  /** Where a link leads: told to whoever made it, and kept nowhere. */
  async linkView(actor: MemberActor, linkId: string): Promise<PageLinkView> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { expiresAt } = await tx.one<{ expiresAt: Date }>(sql`
        select expires_at as "expiresAt" from page_link
        where scheme_id = ${tx.schemeId} and id = ${linkId} and made_by = ${actor.membershipId}`);
      return { id: linkId, address: `${this.config.publicUrl}/my/link/${this.token(linkId)}`, expiresAt };
    });
  }

  /** Nobody enters the person's page any more; who is on it is out at the next step. */
  close(actor: MemberActor, clientId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'clientPage.change', clientId);
      await this.closeWithin(tx, clientId, actor.membershipId);
      return clientId;
    });
  }

  /** The same by the person: "I do not want this page". */
  closeOwn(actor: ClientActor): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      if (actor.supporterId !== null) throw Refusal.notFound();
      await lockRow(tx, actor.clientId);
      await this.closeWithin(tx, actor.clientId, null);
      return actor.clientId;
    });
  }

  reopen(actor: MemberActor, clientId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'clientPage.change', clientId);
      const { rowCount } = await tx.run(sql`
        update page_visitor set closed_at = null, closed_by = null
        where scheme_id = ${tx.schemeId} and client_id = ${clientId} and supporter_id is null and closed_at is not null`);
      if (rowCount === 0) throw Refusal.conflict('not-closed', 'Their page is not closed.');
      await record(tx, clientId, 'reopen', {});
      return clientId;
    });
  }

  private async closeWithin(tx: Tx, clientId: string, by: string | null): Promise<void> {
    const visitorId = await keepVisitor(tx, clientId, null);
    await tx.run(sql`
      update page_visitor
      set closed_at = coalesce(closed_at, ${tx.now}), closed_by = case when closed_at is null then ${by} else closed_by end,
        asked_on = null, asked_channel = null, asked_by = null, asked_at = null
      where scheme_id = ${tx.schemeId} and id = ${visitorId}`);
    await endKeys(tx, [visitorId]);
    await record(tx, clientId, 'close', {});
  }

  private async refuseUnknown(tx: Tx, clientId: string, supporterId: string): Promise<void> {
    const found = await tx.maybe(sql`
      select 1 from supporter
      where scheme_id = ${tx.schemeId} and client_id = ${clientId} and id = ${supporterId} and ended_at is null`);
    if (!found) throw Refusal.invalidField('supporterId', 'Choose somebody this person names');
  }

  private token(linkId: string): string {
    return derivedToken(this.config.tokenKey, 'page_link', linkId);
  }
}

function refuseUnsafe(client: ClientRow, channel: PageAskedInput['channel']): void {
  const [address, safe] =
    channel === 'text' ? [client.phone, client.safeToText] : [client.email, client.safeToEmail];
  if (address === null || safe !== 'yes') {
    throw Refusal.invalidField('channel', 'Choose a channel that they said is safe, with an address');
  }
}

async function record(
  tx: Tx,
  clientId: string,
  part: 'asked' | 'link' | 'close' | 'reopen',
  details: Record<string, unknown>,
): Promise<void> {
  await audit(tx, {
    action: 'clientPage.change',
    subject: { kind: 'client', id: clientId },
    clients: [clientId],
    details: { part, ...details },
  });
}
