import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { derivedToken } from '../identity/token.rules.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import type { MakeGroupLink } from './survey.dto.js';
import { LINK_DAYS, type GroupLinkPurpose, type OpenGroupLink } from './survey.types.js';

const DAY_MS = 86_400_000;

/** 43 characters of base64url: 256 bits. Anything else was never one of ours, and is not looked up. */
const looksLikeToken = (token: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(token);

/** Links a manager hands out. Tokens are derived from an id and the installation's key; the database holds their hashes. */
@Injectable()
export class GroupLinks {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  token(linkId: string): string {
    return derivedToken(this.config.tokenKey, 'group_link', linkId);
  }

  address(linkId: string, purpose: GroupLinkPurpose): string {
    return `${this.config.publicUrl}/${purpose}/${this.token(linkId)}`;
  }

  make(actor: Actor, input: MakeGroupLink): Promise<string> {
    reachFor(actor, 'groupLink.make');
    const { purpose, organisationId = null, neighbourhoodId = null, days = LINK_DAYS } = input;
    return this.unitOfWork.run(actor, async (tx) => {
      if ((organisationId === null) === (neighbourhoodId === null)) {
        throw Refusal.invalidField('organisationId', 'Choose a group or a neighbourhood, one of the two');
      }
      if (purpose === 'tally' && organisationId === null) {
        throw Refusal.invalidField('organisationId', 'Choose the group that counts its help');
      }
      const group = await tx.maybe<{ closed: boolean }>(sql`
        select closed_for_good_on is not null as closed from provider
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
      if (organisationId !== null && !group)
        throw Refusal.invalidField('organisationId', 'There is no such group');
      if (group?.closed) throw Refusal.conflict('provider-closed', 'This group has closed for good.');
      const place = await tx.maybe(sql`
        select 1 from neighbourhood where scheme_id = ${tx.schemeId} and id = ${neighbourhoodId}`);
      if (neighbourhoodId !== null && !place)
        throw Refusal.invalidField('neighbourhoodId', 'There is no such neighbourhood');
      const id = newId();
      await tx.run(sql`
        insert into group_link (hash, id, scheme_id, purpose, organisation_id, neighbourhood_id, created_by, created_at,
          expires_at)
        values (${sha256(this.token(id))}, ${id}, ${tx.schemeId}, ${purpose}, ${organisationId}, ${neighbourhoodId},
          ${memberOf(actor)}, ${tx.now}, ${new Date(tx.now.getTime() + days * DAY_MS)})`);
      await audit(tx, {
        action: 'groupLink.make',
        subject: { kind: 'group_link', id },
        details: { purpose, organisationId, neighbourhoodId },
      });
      return id;
    });
  }

  revoke(actor: Actor, id: string): Promise<string> {
    reachFor(actor, 'groupLink.make');
    return this.unitOfWork.run(actor, async (tx) => {
      const link = await tx.maybe<{ revokedAt: Date | null }>(sql`
        select revoked_at as "revokedAt" from group_link
        where scheme_id = ${tx.schemeId} and id = ${id} for no key update`);
      if (!link) throw Refusal.notFound();
      if (link.revokedAt !== null) throw Refusal.illegalMove('ended', 'revoke', 'It has been ended already.');
      await tx.run(sql`
        update group_link set revoked_at = ${tx.now}, revoked_by = ${memberOf(actor)} where id = ${id}`);
      await audit(tx, {
        action: 'groupLink.make',
        subject: { kind: 'group_link', id },
        details: { ended: true },
      });
      return id;
    });
  }

  /** The link of a token, or null: forged, expired, revoked and of a group that closed for good are all one. */
  async open(token: string, purpose: GroupLinkPurpose): Promise<OpenGroupLink | null> {
    if (!looksLikeToken(token)) return null;
    const [known] = await this.database.unscoped<{ id: string; schemeId: string }>(sql`
      select id, scheme_id as "schemeId" from group_link
      where hash = ${sha256(token)} and purpose = ${purpose} and revoked_at is null
        and expires_at > ${this.clock.now()}`);
    if (!known) return null;
    return this.database.maybe<OpenGroupLink & Record<string, unknown>>(
      known.schemeId,
      sql`
      select k.id, k.scheme_id as "schemeId", k.purpose, k.organisation_id as "organisationId",
        k.neighbourhood_id as "neighbourhoodId", s.name as scheme, o.name as "group",
        coalesce(o.provides, false) as provides, n.name as neighbourhood,
        (select h.phone from organisation h
          where h.scheme_id = k.scheme_id and h.kind = 'host' and h.phone is not null order by h.id limit 1) as phone
      from group_link k
      join scheme s on s.id = k.scheme_id
      left join provider p on p.scheme_id = k.scheme_id and p.organisation_id = k.organisation_id
      left join organisation o on o.scheme_id = k.scheme_id and o.id = k.organisation_id
      left join neighbourhood n on n.scheme_id = k.scheme_id and n.id = k.neighbourhood_id
      where k.id = ${known.id} and p.closed_for_good_on is null`,
    );
  }

  /** Held to the end of what is written by it: a link that ends meanwhile takes nothing more. */
  async refuseEnded(tx: Tx, id: string): Promise<void> {
    const live = await tx.maybe(sql`
      select 1 from group_link
      where scheme_id = ${tx.schemeId} and id = ${id} and revoked_at is null and expires_at > ${tx.now} for share`);
    if (!live) throw Refusal.notFound();
  }
}

const memberOf = (actor: Actor): string | null => (actor.kind === 'member' ? actor.membershipId : null);
