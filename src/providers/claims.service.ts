import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { emailHash, normaliseEmail } from '../identity/account.rules.js';
import { Invitations } from '../identity/invitations.service.js';
import { deadLink, OneTimeLinks } from '../identity/one-time-links.service.js';
import { reachFor } from '../permissions/reach.js';
import { type MemberActor, publicActor, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import type { RefuseClaim } from './claim.dto.js';
import {
  CLAIM_LINK_DAYS,
  claimProblems,
  CLAIMS_A_DAY_OF_GROUP,
  CLAIMS_AN_HOUR_BY_ADDRESS,
} from './claim.rules.js';
import type { ClaimForm, ClaimState } from './claim.types.js';
import { knowAddresses } from './contact-points.js';
import { isSameAddress } from './group-address.rules.js';
import { groupsWritten } from './group-addresses.queries.js';
import { CLAIM_EVENTS, PROVIDER_EVENTS } from './provider.events.js';
import { ProviderHooks } from './provider.hooks.js';
import { lockProvider } from './provider-row.js';
import { ofProviderWithin } from './provider.reach.js';
import { tellOfProvider } from './telling.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CLAIMANT = 'somebody at the form for groups';

interface ClaimRow {
  id: string;
  organisationId: string;
  state: ClaimState;
  name: string | null;
  email: string | null;
  wantsSignIn: boolean;
}

/**
 * "This is my group." Whoever asks proves an address and waits for a manager; nothing they are shown says whether the
 * address is known, whether anybody answers for the group already, or who.
 */
@Injectable()
export class Claims {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly links: OneTimeLinks,
    private readonly invitations: Invitations,
    private readonly hooks: ProviderHooks,
  ) {}

  /** Without signing in. Asked too often, nothing happens, and the answer is the same. */
  async ask(schemeId: string, organisationId: string, form: ClaimForm): Promise<void> {
    const problems = claimProblems(form);
    if (problems.length > 0) throw Refusal.invalid(problems);
    const email = normaliseEmail(form.email);
    await this.unitOfWork.run(publicActor(schemeId, CLAIMANT), async (tx) => {
      // One at a time for a group: many at once must not pass the limits together.
      const provider = await tx.maybe(sql`
        select 1 from provider p join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
        where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${organisationId} and o.active
          and p.closed_for_good_on is null
        for no key update of p`);
      if (!provider) throw Refusal.notFound();
      if (await tooMany(tx, organisationId, emailHash(email))) return;
      const [id, linkId] = [newId(), newId()];
      await tx.run(sql`
        insert into provider_claim (scheme_id, id, organisation_id, state, name, email, email_hash, why, wants_sign_in, asked_at)
        values (${tx.schemeId}, ${id}, ${organisationId}, 'asked', ${form.name}, ${email}, ${emailHash(email)}, ${form.why},
          ${form.wantsSignIn}, ${tx.now})`);
      const expiresAt = new Date(tx.now.getTime() + CLAIM_LINK_DAYS * DAY_MS);
      await this.links.make(tx, { purpose: 'claim', linkId, subjectId: id, expiresAt });
      await audit(tx, { action: 'claim.ask', subject: { kind: 'provider_claim', id } });
      await outbox.add(tx, CLAIM_EVENTS.ask, { claimId: id, linkId });
    });
  }

  /** Whether a link may still be used. Opening it changes nothing. */
  async isLive(token: string): Promise<boolean> {
    return this.links.find('claim', token, this.clock.now()).then(
      () => true,
      () => false,
    );
  }

  /** By whoever holds the link: the address is theirs. */
  async prove(token: string): Promise<void> {
    const { schemeId } = await this.links.find('claim', token, this.clock.now());
    await this.unitOfWork.run(systemActor(schemeId, CLAIMANT), async (tx) => {
      const { subjectId: id } = await this.links.claim(tx, 'claim', token);
      const { organisationId } = await tx.one<{ organisationId: string }>(sql`
        update provider_claim set state = 'proved', proved_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id} and state = 'asked'
        returning organisation_id as "organisationId"`);
      await refuseClosed(tx, organisationId);
      await audit(tx, { action: 'claim.prove', subject: { kind: 'provider_claim', id } });
      await outbox.add(tx, CLAIM_EVENTS.prove, { claimId: id });
      await this.hooks.claimed.run(tx, { organisationId, waiting: true });
    });
  }

  /**
   * They are who the group is written to from now on; whoever was before is no more. The link showed that the address is
   * read, not by how many, so it counts as shared until the group or a manager says otherwise.
   */
  async approve(actor: MemberActor, id: string): Promise<string> {
    return this.decide(actor, id, 'approved', null, async (tx, claim) => {
      const { organisationId, name, email } = claim;
      await lockProvider(
        tx,
        organisationId,
        ofProviderWithin(actor, reachFor(actor, 'claim.decide'), sql`p.organisation_id`),
      );
      if (name === null || email === null) throw new Error('A claim was forgotten before it was decided.');
      // Read before it is overwritten, and kept until the letter is sent: events carry no addresses.
      const before = (await groupsWritten(tx, [organisationId])).get(organisationId)?.address;
      if (before && !isSameAddress(before, { channel: 'email', to: email })) {
        const column = before.channel === 'text' ? sql`before_phone` : sql`before_email`;
        await tx.run(sql`
          update provider_claim set ${column} = ${before.to} where scheme_id = ${tx.schemeId} and id = ${id}`);
        await outbox.add(tx, CLAIM_EVENTS.replace, { claimId: id });
      }
      await tx.run(sql`
        update provider set contact_name = ${name}, contact_email = ${email}, contact_phone = null,
          contact_shared = true, answers_by = 'email', version = version + 1, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
      await knowAddresses(tx, [organisationId]);
      await tellOfProvider(tx, organisationId, 'claim.decide', PROVIDER_EVENTS.amend, { contact: 'claimed' });
      if (claim.wantsSignIn) await this.invite(tx, { name, email, organisationId });
    });
  }

  async refuse(actor: MemberActor, id: string, input: RefuseClaim): Promise<string> {
    return this.decide(actor, id, 'refused', input.reason, () => Promise.resolve());
  }

  private async decide(
    actor: MemberActor,
    id: string,
    state: 'approved' | 'refused',
    because: string | null,
    also: (tx: Tx, claim: ClaimRow) => Promise<void>,
  ): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'claim.decide'), sql`k.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const claim = await tx.maybe<ClaimRow & Record<string, unknown>>(sql`
        select k.id, k.organisation_id as "organisationId", k.state, k.name, k.email, k.wants_sign_in as "wantsSignIn"
        from provider_claim k where k.scheme_id = ${tx.schemeId} and k.id = ${id} and ${within}
        for update`);
      if (!claim) throw Refusal.notFound();
      const verb = state === 'approved' ? 'approve' : 'refuse';
      if (claim.state !== 'proved') {
        const because =
          claim.state === 'asked' ? 'The address has not been proved yet.' : 'It has been decided already.';
        throw Refusal.illegalMove(claim.state, verb, because);
      }
      await also(tx, claim);
      await tx.run(sql`
        update provider_claim set state = ${state}, decided_at = ${tx.now}, decided_by = ${actor.membershipId},
          decided_because = ${because}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'claim.decide',
        subject: { kind: 'provider_claim', id },
        details: { state, organisationId: claim.organisationId },
      });
      await outbox.add(tx, CLAIM_EVENTS.decide, { claimId: id });
      const { waiting } = await tx.one<{ waiting: boolean }>(sql`
        select exists (
          select 1 from provider_claim k
          where k.scheme_id = ${tx.schemeId} and k.organisation_id = ${claim.organisationId} and k.state = 'proved') as waiting`);
      await this.hooks.claimed.run(tx, { organisationId: claim.organisationId, waiting });
      return id;
    });
  }

  /** Whoever signs in there already needs no second invitation. */
  private async invite(
    tx: Tx,
    person: { name: string; email: string; organisationId: string },
  ): Promise<void> {
    const there = await tx.maybe(sql`
      select 1 from membership m join user_account a on a.id = m.account_id
      where m.scheme_id = ${tx.schemeId} and m.organisation_id = ${person.organisationId} and m.role = 'provider_member'
        and m.ended_at is null and a.email_hash = ${emailHash(person.email)}`);
    if (there) return;
    await this.invitations.sendWithin(tx, { ...person, role: 'provider_member' });
  }
}

/**
 * A claim before its group: the lock order here and at a decision, while a group that closes holds itself and only reads
 * its claims. So whichever of the two comes second sees the first.
 */
async function refuseClosed(tx: Tx, organisationId: string): Promise<void> {
  const { closed } = await tx.one<{ closed: boolean }>(sql`
    select p.closed_for_good_on is not null as closed from provider p
    where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${organisationId} for share`);
  if (closed) throw deadLink();
}

async function tooMany(tx: Tx, organisationId: string, hash: string): Promise<boolean> {
  const { byAddress, ofGroup } = await tx.one<{ byAddress: number; ofGroup: number }>(sql`
    select (
      select count(*)::int from provider_claim k
      where k.scheme_id = ${tx.schemeId} and k.email_hash = ${hash}
        and k.asked_at > ${new Date(tx.now.getTime() - HOUR_MS)}) as "byAddress", (
      select count(*)::int from provider_claim k
      where k.scheme_id = ${tx.schemeId} and k.organisation_id = ${organisationId}
        and k.asked_at > ${new Date(tx.now.getTime() - DAY_MS)}) as "ofGroup"`);
  return byAddress >= CLAIMS_AN_HOUR_BY_ADDRESS || ofGroup >= CLAIMS_A_DAY_OF_GROUP;
}
