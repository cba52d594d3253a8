import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import {
  INSTALLATION,
  type LinkActor,
  type MemberActor,
  systemActor,
} from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { sha256 } from '../platform/pure/hash.js';
import { idWithin, newId } from '../platform/pure/ids.js';
import { contactLeaves } from '../providers/contact-leaving.js';
import { contactPointOf } from '../providers/contact-points.js';
import { addressHash, type GroupAddress } from '../providers/group-address.rules.js';
import { GROUP_FACTS } from '../providers/group-addresses.queries.js';
import { REPLY_LINKS_ASKED } from './onward.events.js';
import { OnwardHooks } from './onward.hooks.js';
import { addressNow, type AddressFacts, linkExpiry, looksLikeToken, replyToken } from './reply-link.rules.js';
import type { LinkPurpose, OpenLink } from './reply-link.types.js';

/** One person may answer for several groups. */
const MOST_GROUPS = 5;

interface LinkRow {
  id: string;
  schemeId: string;
  purpose: LinkPurpose;
  onwardReferralId: string | null;
  listingId: string | null;
  registerId: string | null;
  organisationId: string;
  contactPointId: string;
  live: boolean;
}

export interface NewLink {
  purpose: LinkPurpose;
  about: LinkActor['about'];
  answerBy?: Date | null;
}

/**
 * Links that answer without an account: each for one thing and one address, for a time. Tokens are derived from an id
 * and the installation's key, so that a message sent twice carries the same link; the database holds their hashes.
 */
@Injectable()
export class ReplyLinks {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OnwardHooks,
  ) {}

  token(linkId: string): string {
    return replyToken(this.config.tokenKey, linkId);
  }

  address(linkId: string): string {
    return `${this.config.publicUrl}/reply/${this.token(linkId)}`;
  }

  /** The links of one message, by what they are about. Sent again to the same address, it has the same ones. */
  async forMessage(
    tx: Tx,
    message: { id: string; organisationId: string; address: GroupAddress },
    links: readonly NewLink[],
  ): Promise<Map<string, string>> {
    const contactPointId = await contactPointOf(tx, message.organisationId, message.address);
    const made = new Map<string, string>();
    for (const link of links) {
      if (made.has(link.about.id)) continue;
      const to = { organisationId: message.organisationId, contactPointId, messageId: message.id };
      made.set(link.about.id, this.address(await this.make(tx, link, to)));
    }
    return made;
  }

  async make(
    tx: Tx,
    { purpose, about, answerBy }: NewLink,
    to: { organisationId: string; contactPointId: string; messageId: string | null },
  ): Promise<string> {
    // A text that went before its transaction failed leads somewhere once it is tried again.
    const id = to.messageId === null ? newId() : idWithin(to.messageId, `${to.contactPointId} ${about.id}`);
    const onwardReferralId = about.kind === 'onward_referral' ? about.id : null;
    const listingId = about.kind === 'listing' ? about.id : null;
    const registerId = about.kind === 'register' ? about.id : null;
    const made = await tx.maybe<{ id: string }>(sql`
      insert into reply_link (hash, id, scheme_id, purpose, onward_referral_id, listing_id, register_id,
        organisation_id, contact_point_id, message_id, created_at, expires_at)
      values (${sha256(this.token(id))}, ${id}, ${tx.schemeId}, ${purpose}, ${onwardReferralId}, ${listingId},
        ${registerId}, ${to.organisationId}, ${to.contactPointId}, ${to.messageId}, ${tx.now},
        ${linkExpiry(purpose, tx.now, answerBy)})
      on conflict do nothing
      returning id`);
    if (made) return made.id;
    const earlier = await tx.one<{ id: string }>(sql`
      select id from reply_link
      where scheme_id = ${tx.schemeId} and message_id = ${to.messageId}
        and contact_point_id = ${to.contactPointId} and coalesce(onward_referral_id, listing_id, register_id) = ${about.id}`);
    return earlier.id;
  }

  /** The link of a token, or null: forged, expired, revoked, and sent to an address that counts no more are all one. */
  async open(token: string): Promise<OpenLink | null> {
    const link = await this.find(token);
    if (!link?.live) return null;
    const address = await this.database.maybe<AddressFacts>(
      link.schemeId,
      addressFacts(link.schemeId, link.contactPointId),
    );
    const now = address && addressNow(address);
    if (!now) return null;
    const { id, schemeId, purpose, contactPointId, organisationId } = link;
    return {
      id,
      purpose,
      actor: { kind: 'link', schemeId, contactPointId, organisationId, about: aboutOf(link) },
      ...now,
    };
  }

  /** Whoever holds any link of ours may ask for fresh ones, to the address on file. The same is done for one that never was. */
  async askAgain(token: string): Promise<void> {
    const link = await this.find(token);
    await this.asked(link?.schemeId ?? INSTALLATION, link?.contactPointId ?? null, link?.id ?? null);
  }

  /** The same by address or number. What is written, and answered, does not say whether anybody has it. */
  async askFor(address: GroupAddress): Promise<void> {
    const column = address.channel === 'text' ? sql`phone_hash` : sql`email_hash`;
    const points = await this.database.unscoped<{ schemeId: string; id: string | null }>(sql`
      select scheme_id as "schemeId", id from contact_point where ${column} = ${addressHash(address)}
      order by created_at desc limit ${MOST_GROUPS}`);
    if (points.length === 0) points.push({ schemeId: INSTALLATION, id: null });
    for (const { schemeId, id } of points) await this.asked(schemeId, id, null);
  }

  private async asked(schemeId: string, contactPointId: string | null, linkId: string | null): Promise<void> {
    await this.unitOfWork.run(systemActor(schemeId, 'fresh links'), (tx) =>
      outbox.add(tx, REPLY_LINKS_ASKED, { contactPointId, linkId }),
    );
  }

  /** "I no longer help here": the address or number is forgotten, its links end, and the scheme is told. */
  async leave({ actor }: OpenLink): Promise<void> {
    const { contactPointId, organisationId } = actor;
    await this.unitOfWork.run(actor, async (tx) => {
      // The group before its points: whoever names somebody else at this moment comes before all of this, or after.
      await tx.run(sql`
        select 1 from provider
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} for no key update`);
      const facts = await tx.one<AddressFacts & Record<string, unknown>>(
        addressFacts(tx.schemeId, contactPointId),
      );
      const left = await tx.maybe(sql`
        update contact_point set left_at = ${tx.now}, phone_hash = null
        where scheme_id = ${tx.schemeId} and id = ${contactPointId} and left_at is null
        returning id`);
      if (!left) return;
      const here = addressNow(facts)?.address;
      if (here && (here.channel === 'text' || facts.contactEmail !== null)) {
        await contactLeaves(tx, organisationId);
      }
      await tx.run(sql`
        update reply_link set revoked_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and contact_point_id = ${contactPointId} and revoked_at is null`);
      await audit(tx, { action: 'link.leave', subject: { kind: 'organisation', id: organisationId } });
      // Where the group is written to elsewhere by now, nobody has to be found.
      if (here) await this.hooks.contactLeft.run(tx, { organisationId });
    });
  }

  /** "I am worried": no words are kept, somebody rings. A link about a service or a register means no one person. */
  async worried(actor: LinkActor | MemberActor, about: LinkActor['about']): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const row = await tx.maybe<{ referralId: string | null; clientId: string | null }>(
        isTheirs(tx.schemeId, actor.organisationId, about),
      );
      if (!row) throw Refusal.notFound();
      const { referralId, clientId } = row;
      const person = referralId === null || clientId === null ? null : { referralId, clientId };
      await audit(tx, {
        action: 'link.worried',
        subject: about,
        clients: person === null ? [] : [person.clientId],
      });
      await this.hooks.worried.run(tx, { about, person });
    });
  }

  private async find(token: string): Promise<LinkRow | null> {
    if (!looksLikeToken(token)) return null;
    const [link] = await this.database.unscoped<LinkRow>(sql`
      select id, scheme_id as "schemeId", purpose, onward_referral_id as "onwardReferralId",
        listing_id as "listingId", register_id as "registerId", organisation_id as "organisationId", contact_point_id as "contactPointId",
        revoked_at is null and expires_at > ${this.clock.now()} as live
      from reply_link where hash = ${sha256(token)}`);
    return link ?? null;
  }
}

/** One row where this is of the group: whom it is about, if it is about one person. */
function isTheirs(schemeId: string, organisationId: string, { kind, id }: LinkActor['about']): Sql {
  switch (kind) {
    case 'onward_referral':
      return sql`
        select o.referral_id as "referralId", o.client_id as "clientId" from onward_referral o
        where o.scheme_id = ${schemeId} and o.id = ${id} and o.organisation_id = ${organisationId}`;
    case 'listing':
      return sql`
        select null as "referralId", null as "clientId" from listing l
        where l.scheme_id = ${schemeId} and l.id = ${id} and l.organisation_id = ${organisationId}`;
    case 'register':
      return sql`
        select null as "referralId", null as "clientId" from register r
        join listing l on l.scheme_id = r.scheme_id and l.id = r.listing_id
        where r.scheme_id = ${schemeId} and r.id = ${id} and l.organisation_id = ${organisationId}`;
  }
}

function aboutOf({ onwardReferralId, listingId, registerId }: LinkRow): LinkActor['about'] {
  if (onwardReferralId !== null) return { kind: 'onward_referral', id: onwardReferralId };
  if (listingId !== null) return { kind: 'listing', id: listingId };
  return { kind: 'register', id: registerId ?? '' };
}

export const addressFacts = (schemeId: string, contactPointId: string): Sql => sql`
  select c.email_hash as "emailHash", c.phone_hash as "phoneHash", p.contact_shared as "contactShared",
    p.closed_for_good_on::text as "closedForGoodOn", ${GROUP_FACTS}
  from contact_point c
  join provider p on p.scheme_id = c.scheme_id and p.organisation_id = c.organisation_id
  join organisation o on o.scheme_id = c.scheme_id and o.id = c.organisation_id
  where c.scheme_id = ${schemeId} and c.id = ${contactPointId}`;
