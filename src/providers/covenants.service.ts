import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import type { EndSignature, PublishCovenant, SignCovenant } from './covenant.dto.js';
import { covenantProblems, signatureProblems } from './covenant.rules.js';
import { NO_PRESSURE, type Commitment } from './covenant.types.js';
import { COVENANT_PUBLISHED, PROVIDER_EVENTS } from './provider.events.js';
import { lockProvider } from './provider-row.js';
import { ofProviderWithin } from './provider.reach.js';
import { tellOfProvider } from './telling.js';

const member = (actor: Actor): string | null => (actor.kind === 'member' ? actor.membershipId : null);

/** The local agreement: its versions, and which of them each group has signed. */
@Injectable()
export class CovenantsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The next version. Signatures under earlier ones stand until a group signs this one. */
  async publish(actor: Actor, input: PublishCovenant, seen?: number): Promise<string> {
    reachFor(actor, 'covenant.publish');
    const problems = covenantProblems(input.commitments);
    if (problems.length > 0) throw Refusal.invalid(problems);
    return this.unitOfWork.run(actor, async (tx) => {
      await tx.one(sql`select 1 from scheme where id = ${tx.schemeId} for no key update`);
      const { number } = await tx.one<{ number: number }>(sql`
        select coalesce(max(number), 0) as number from covenant where scheme_id = ${tx.schemeId}`);
      refuseStale(number, seen);
      const id = newId();
      const commitments = input.commitments.map(({ code, words }) => ({ code, words }));
      await tx.run(sql`
        insert into covenant (scheme_id, id, number, words, commitments, published_by, published_at)
        values (${tx.schemeId}, ${id}, ${number + 1}, ${input.words}, ${JSON.stringify(commitments)}::jsonb,
          ${member(actor)}, ${tx.now})`);
      await audit(tx, { action: 'covenant.publish', subject: { kind: 'covenant', id } });
      await outbox.add(tx, COVENANT_PUBLISHED, { covenantId: id });
      return id;
    });
  }

  async sign(actor: Actor, organisationId: string, input: SignCovenant): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'covenant.sign'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      await lockProvider(tx, organisationId, within);
      const covenant = await tx.maybe<{ number: number; commitments: Commitment[]; publishedAt: Date }>(sql`
        select number, commitments, published_at as "publishedAt" from covenant
        where scheme_id = ${tx.schemeId} and id = ${input.covenantId}`);
      if (!covenant) throw Refusal.invalidField('covenantId', 'Choose a version of this scheme’s agreement');
      const commitments = [...new Set(input.commitments)];
      const problems = signatureProblems(
        { commitments, signedOn: input.signedOn },
        { commitments: covenant.commitments, publishedOn: londonDate(covenant.publishedAt) },
        londonDate(tx.now),
      );
      if (problems.length > 0) throw Refusal.invalid(problems);
      await endLive(tx, organisationId, 'replaced');
      await tx.run(sql`
        insert into covenant_signature (scheme_id, id, organisation_id, covenant_id, signed_by, signed_on, commitments,
          recorded_by, recorded_at)
        values (${tx.schemeId}, ${newId()}, ${organisationId}, ${input.covenantId}, ${input.signedBy}, ${input.signedOn},
          ${commitments}, ${member(actor)}, ${tx.now})`);
      await settle(tx, organisationId, commitments.includes(NO_PRESSURE));
      await tellOfProvider(tx, organisationId, 'covenant.sign', PROVIDER_EVENTS.signCovenant, {
        number: covenant.number,
        commitments,
      });
      return organisationId;
    });
  }

  /** The group takes its signature back, or the scheme finds that it does not hold. */
  async end(actor: Actor, organisationId: string, input: EndSignature): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'covenant.sign'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      await lockProvider(tx, organisationId, within);
      if ((await endLive(tx, organisationId, input.reason)) === 0) {
        throw Refusal.illegalMove('not signed', 'end', 'This group has no signature that stands.');
      }
      await settle(tx, organisationId, false);
      await tellOfProvider(tx, organisationId, 'covenant.sign', PROVIDER_EVENTS.endCovenant, {
        reason: input.reason,
      });
      return organisationId;
    });
  }
}

async function endLive(tx: Tx, organisationId: string, reason: string): Promise<number> {
  const rows = await tx.rows(sql`
    update covenant_signature set ended_at = ${tx.now}, end_reason = ${reason}
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and ended_at is null
    returning id`);
  return rows.length;
}

const settle = (tx: Tx, organisationId: string, noPressureAgreed: boolean) =>
  tx.run(sql`
    update provider set no_pressure_agreed = ${noPressureAgreed}, version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
