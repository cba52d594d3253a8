import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { insertOf } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import type { AgreementInput, RenewAgreementInput, WithdrawAgreementInput } from './agreement.dto.js';
import { Agreement } from './agreement.entity.js';
import { agreementProblems, scopeLeft, type AgreeingPerson } from './agreement.rules.js';
import type { AgreementScope } from './agreement.types.js';
import { actorIdOf, recordHistory } from './client-history.js';
import { lockRow, lockWithin, type ClientRow } from './client-rows.js';
import type { ClientEvent } from './client.events.js';
import { ClientHooks } from './client.hooks.js';

type Plain<Input> = { [Property in keyof Input]: Input[Property] };
/** An agreement as written down, with its recipient: an organisation, or null for the scheme. */
export type NewAgreement = Plain<AgreementInput> & { organisationId?: string | null };

interface LiveAgreement {
  id: string;
  organisationId: string | null;
  scope: AgreementScope[];
  agreedOn: string;
  renewOn: string | null;
}

@Injectable()
export class AgreementsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ClientHooks,
  ) {}

  async record(actor: Actor, clientId: string, input: NewAgreement): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const id = await this.write(tx, await lockWithin(tx, 'agreement.record', clientId), input);
      await this.hooks.agreementRecorded.run(tx, { clientId });
      return id;
    });
  }

  /** For verbs above that need a basis in the same transaction, such as sending a referral or offering a service. */
  async recordWithin(tx: Tx, clientId: string, input: NewAgreement): Promise<string> {
    return this.write(tx, await lockRow(tx, clientId), input);
  }

  /**
   * For somebody written down in this same transaction, whom nobody else can have seen: nothing to lock, and all that
   * they agreed to goes to the database together. The organisations must be known to be here. Gives the ids in order.
   */
  async recordForNew(
    tx: Tx,
    client: AgreeingPerson & { id: string },
    inputs: readonly NewAgreement[],
  ): Promise<string[]> {
    const { minimumAge } = await schemeSettings(tx);
    const agreements = inputs.map(answered);
    const problems = agreements.flatMap((agreement) =>
      agreementProblems(agreement, client, londonDate(tx.now), minimumAge),
    );
    if (problems.length > 0) throw Refusal.invalid(problems);
    return Promise.all(agreements.map((agreement) => this.put(tx, client.id, agreement)));
  }

  private async write(tx: Tx, client: ClientRow, input: NewAgreement): Promise<string> {
    const agreement = answered(input);
    const settings = await schemeSettings(tx);
    const problems = agreementProblems(agreement, client, londonDate(tx.now), settings.minimumAge);
    if (agreement.organisationId !== null && !(await this.isHere(tx, agreement.organisationId))) {
      problems.push({ field: 'organisationId', message: 'Choose an organisation of this scheme' });
    }
    if (problems.length > 0) throw Refusal.invalid(problems);
    return this.put(tx, client.id, agreement);
  }

  private async put(tx: Tx, clientId: string, agreement: ReturnType<typeof answered>): Promise<string> {
    const id = newId();
    await Promise.all([
      tx.run(
        insertOf(Agreement, {
          schemeId: tx.schemeId,
          id,
          clientId,
          recipientKind: agreement.organisationId === null ? 'scheme' : 'organisation',
          ...agreement,
          recordedBy: actorIdOf(tx),
          recordedAt: tx.now,
        }),
      ),
      recordHistory(tx, clientId, 'agreement.record', {
        agreementId: id,
        organisationId: agreement.organisationId,
        scope: agreement.scope,
      }),
      this.note(tx, 'agreement.record', 'agreement.recorded', clientId, id),
    ]);
    return id;
  }

  /** They were asked again and still agree: the same agreement, so that what stands on it keeps standing. */
  async renew(
    actor: Actor,
    clientId: string,
    agreementId: string,
    input: RenewAgreementInput,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'agreement.record', clientId);
      const agreement = await this.live(tx, clientId, agreementId, 'renew');
      const renewOn = input.renewOn ?? null;
      if (input.agreedOn > londonDate(tx.now)) {
        throw Refusal.invalidField('agreedOn', 'The date cannot be in the future');
      }
      if (input.agreedOn < agreement.agreedOn) {
        throw Refusal.invalidField('agreedOn', 'The date cannot be before the agreement');
      }
      if (renewOn !== null && renewOn <= input.agreedOn) {
        throw Refusal.invalidField('renewOn', 'Renewal must be after the agreement');
      }
      await tx.run(sql`
        update agreement set renewed_on = ${input.agreedOn}, renew_on = ${renewOn}
        where scheme_id = ${tx.schemeId} and id = ${agreementId}`);
      await recordHistory(tx, clientId, 'agreement.renew', {
        agreementId,
        renewedOn: input.agreedOn,
        how: input.how,
        renewOn: { from: agreement.renewOn, to: renewOn },
      });
      await this.note(tx, 'agreement.renew', 'agreement.renewed', clientId, agreementId);
      await this.hooks.agreementRecorded.run(tx, { clientId });
      return agreementId;
    });
  }

  /**
   * The person takes back all or part of what this recipient may have. It acts at once, in this transaction, and on
   * every live agreement with the same recipient: somebody who says stop does not know how often we wrote it down.
   */
  async withdraw(
    actor: Actor,
    clientId: string,
    agreementId: string,
    input: WithdrawAgreementInput,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'agreement.withdraw', clientId);
      const named = await this.live(tx, clientId, agreementId, 'withdraw');
      const takenBack = input.scope ?? named.scope;
      if (takenBack.some((one) => !named.scope.includes(one))) {
        throw Refusal.invalidField('scope', 'Take back only what this agreement covers');
      }
      const live = await tx.rows<LiveAgreement>(sql`
        select id, organisation_id as "organisationId", scope, agreed_on::text as "agreedOn",
          renew_on::text as "renewOn"
        from agreement
        where scheme_id = ${tx.schemeId} and client_id = ${clientId} and withdrawn_at is null
          and organisation_id is not distinct from ${named.organisationId}
        order by id`);
      for (const agreement of live)
        await this.takeBack(tx, clientId, agreement, takenBack, input.note ?? null);
      await this.note(tx, 'agreement.withdraw', 'agreement.withdrawn', clientId, agreementId);
      await this.hooks.agreementWithdrawn.run(tx, {
        clientId,
        agreementId,
        organisationId: named.organisationId,
        scope: takenBack,
      });
      return agreementId;
    });
  }

  private async takeBack(
    tx: Tx,
    clientId: string,
    agreement: LiveAgreement,
    takenBack: AgreementScope[],
    note: string | null,
  ): Promise<void> {
    const left = scopeLeft(agreement.scope, takenBack);
    if (left.length === agreement.scope.length) return;
    if (left.length > 0) {
      await tx.run(sql`
        update agreement set scope = ${left} where scheme_id = ${tx.schemeId} and id = ${agreement.id}`);
    } else {
      await tx.run(sql`
        update agreement
        set withdrawn_at = ${tx.now}, withdrawn_by = ${actorIdOf(tx)}, withdrawal_note = ${note}
        where scheme_id = ${tx.schemeId} and id = ${agreement.id}`);
    }
    await recordHistory(tx, clientId, 'agreement.withdraw', {
      agreementId: agreement.id,
      scope: { from: agreement.scope, to: left },
      note,
    });
  }

  private async live(tx: Tx, clientId: string, agreementId: string, action: string): Promise<LiveAgreement> {
    const agreement = await tx.maybe<LiveAgreement & { withdrawnAt: Date | null }>(sql`
      select id, organisation_id as "organisationId", scope, agreed_on::text as "agreedOn",
        renew_on::text as "renewOn", withdrawn_at as "withdrawnAt"
      from agreement
      where scheme_id = ${tx.schemeId} and id = ${agreementId} and client_id = ${clientId} for update`);
    if (!agreement) throw Refusal.notFound();
    if (agreement.withdrawnAt !== null) {
      throw Refusal.illegalMove('withdrawn', action, 'This agreement was withdrawn. Record a new one.');
    }
    return agreement;
  }

  private async isHere(tx: Tx, organisationId: string): Promise<boolean> {
    const row = await tx.maybe(sql`
      select 1 from organisation where scheme_id = ${tx.schemeId} and id = ${organisationId}`);
    return row !== null;
  }

  private async note(
    tx: Tx,
    action: Act,
    event: ClientEvent,
    clientId: string,
    agreementId: string,
  ): Promise<void> {
    await Promise.all([
      audit(tx, { action, subject: { kind: 'agreement', id: agreementId }, clients: [clientId] }),
      outbox.add(tx, event, { clientId, agreementId }),
    ]);
  }
}

/** With every question that was not answered filled in. */
const answered = (input: NewAgreement) => ({
  scope: input.scope,
  basis: input.basis,
  decidedBy: input.decidedBy ?? null,
  authoritySeenOn: input.authoritySeenOn ?? null,
  consulted: input.consulted ?? null,
  basisNote: input.basisNote ?? null,
  agreedOn: input.agreedOn,
  how: input.how,
  agreedWith: input.agreedWith ?? null,
  advocate: input.advocate ?? null,
  renewOn: input.renewOn ?? null,
  organisationId: input.organisationId ?? null,
});
