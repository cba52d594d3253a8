import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { KeepInput } from './matching.dto.js';
import { SHORTLIST_EVENTS } from './onward.events.js';

/** As many as can be laid side by side. */
export const MOST_KEPT = 8;

/** Services kept in mind for a referral. Nothing of the person is sent, so there is nothing to agree to. */
@Injectable()
export class Shortlists {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Keeps a service, or writes another note beside one that is kept already. */
  async keep(actor: Actor, referralId: string, input: KeepInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'shortlist.keep'), tx.now);
      const { client_id: clientId } = await lockReferral(tx, referralId, within);
      if (clientId === null) throw Refusal.notFound();
      const { listingId } = input;
      const { found, others } = await tx.one<{ found: boolean; others: number }>(sql`
        select exists (select 1 from listing l where l.scheme_id = ${tx.schemeId} and l.id = ${listingId}) as found,
          (select count(*)::int from shortlist_item i
            where i.scheme_id = ${tx.schemeId} and i.referral_id = ${referralId} and i.listing_id <> ${listingId}) as others`);
      if (!found) throw Refusal.notFound();
      if (others >= MOST_KEPT) {
        throw Refusal.conflict('shortlist-full', `At most ${MOST_KEPT} can be kept. Take one off first.`);
      }
      const { id } = await tx.one<{ id: string }>(sql`
        insert into shortlist_item (scheme_id, id, referral_id, listing_id, note, kept_by, kept_at)
        values (${tx.schemeId}, ${newId()}, ${referralId}, ${listingId}, ${input.note ?? null},
          ${actor.kind === 'member' ? actor.membershipId : null}, ${tx.now})
        on conflict (scheme_id, referral_id, listing_id) do update set note = excluded.note
        returning id`);
      await this.tell(tx, 'keep', referralId, clientId, listingId);
      return id;
    });
  }

  async drop(actor: Actor, referralId: string, listingId: string): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'shortlist.drop'), tx.now);
      const { client_id: clientId } = await lockReferral(tx, referralId, within);
      const gone = await tx.run(sql`
        delete from shortlist_item
        where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and listing_id = ${listingId}`);
      if (clientId === null || gone.rowCount === 0) throw Refusal.notFound();
      await this.tell(tx, 'drop', referralId, clientId, listingId);
    });
  }

  private async tell(
    tx: Tx,
    verb: keyof typeof SHORTLIST_EVENTS,
    referralId: string,
    clientId: string,
    listingId: string,
  ): Promise<void> {
    await audit(tx, {
      action: `shortlist.${verb}`,
      subject: { kind: 'referral', id: referralId },
      clients: [clientId],
      details: { listingId },
    });
    await outbox.add(tx, SHORTLIST_EVENTS[verb], { referralId, clientId, listingId });
  }
}
