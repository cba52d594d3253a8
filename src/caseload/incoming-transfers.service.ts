import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { memberName } from '../identity/member-name.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import type { SendAgreementInput } from '../referrals/referral.dto.js';
import { ReferralSending } from '../referrals/referral-sending.service.js';
import { TRANSFER_EVENTS } from './caseload.events.js';
import { TransferHooks } from './transfer.hooks.js';
import { incomingWithin } from './transfer.reach.js';
import type { Carries, TransferState } from './transfer.types.js';

interface Parcel {
  id: string;
  schemeId: string;
  fromName: string;
  agreement: SendAgreementInput;
  carries: Carries;
}

/** Somebody whom another scheme hands over. Whoever answers first has answered: the parcel is locked, and then empty. */
@Injectable()
export class IncomingTransfers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sending: ReferralSending,
    private readonly hooks: TransferHooks,
  ) {}

  /** The reference of the new referral is the receipt. */
  receive(actor: MemberActor, id: string): Promise<string> {
    return this.sending.again(() =>
      this.unitOfWork.run(actor, async (tx) => {
        const { fromName, agreement, carries, ...parcel } = await this.lock(tx, id, 'receive');
        const { reasons, risks } = carries;
        const referral = await this.sending.takeOn(tx, {
          person: carries.person,
          reasons: carries.needs,
          reasonNote: reasons?.reasonNote ?? null,
          note: reasons?.note ?? null,
          risks: risks?.risks ?? [],
          noKnownRisks: risks?.noKnownRisks ?? false,
          riskNote: risks?.riskNote ?? null,
          agreement,
          senderName: fromName,
        });
        await tx.run(sql`
          insert into transfer_in (scheme_id, id, referral_id, from_name, carries, received_by, received_at)
          values (${tx.schemeId}, ${id}, ${referral.id}, ${fromName}, ${JSON.stringify(carries)}, ${actor.membershipId},
            ${tx.now})`);
        await this.answer(tx, parcel, { state: 'received', receipt: referral.reference, reason: null });
        await this.record(tx, parcel, 'receive', [referral.clientId]);
        return id;
      }),
    );
  }

  refuse(actor: MemberActor, id: string, reason: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const parcel = await this.lock(tx, id, 'refuse');
      await this.answer(tx, parcel, { state: 'refused', receipt: null, reason });
      await this.record(tx, parcel, 'refuse', []);
      return id;
    });
  }

  private async lock(tx: Tx, id: string, verb: string): Promise<Parcel> {
    const within = incomingWithin(tx.actor, reachFor(tx.actor, 'transfer.receive'));
    const parcel = await tx.maybe<Parcel & Record<string, unknown>>(sql`
      select p.id, p.scheme_id as "schemeId", p.from_name as "fromName", p.agreement, p.carries
      from transfer_parcel p
      where p.to_scheme_id = ${tx.schemeId} and p.id = ${id} and p.state = 'offered' and ${within} for update of p`);
    if (parcel) return parcel;
    const ended = await tx.maybe<{ state: TransferState }>(sql`
      select p.state from transfer_parcel p
      where p.to_scheme_id = ${tx.schemeId} and p.id = ${id} and ${within}`);
    if (!ended) throw Refusal.notFound();
    throw Refusal.illegalMove(ended.state, verb, 'It waits for no answer any more.');
  }

  private async answer(
    tx: Tx,
    { id, schemeId }: Pick<Parcel, 'id' | 'schemeId'>,
    said: { state: 'received' | 'refused'; receipt: string | null; reason: string | null },
  ): Promise<void> {
    const member = tx.actor.kind === 'member' ? tx.actor.membershipId : null;
    await tx.run(sql`
      update transfer_parcel set state = ${said.state}, carries = null, agreement = null, answered_at = ${tx.now},
        answered_by = ${memberName(sql`${tx.schemeId}`, sql`${member}`)}, receipt = ${said.receipt},
        reason = ${said.reason}
      where to_scheme_id = ${tx.schemeId} and id = ${id}`);
    // The sender's own work, in the sender's scheme: nothing of it can be reached from here.
    await outbox.add(tx, TRANSFER_EVENTS.answer, { transferId: id }, schemeId);
  }

  private async record(
    tx: Tx,
    { id }: Pick<Parcel, 'id'>,
    verb: 'receive' | 'refuse',
    clients: string[],
  ): Promise<void> {
    await audit(tx, {
      action: 'transfer.receive',
      subject: { kind: 'transfer', id },
      clients,
      details: { verb },
    });
    await this.hooks.changed.run(tx, { transferId: id });
  }
}
