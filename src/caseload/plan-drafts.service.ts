import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { isWithWorker } from '../referrals/referral.types.js';
import type { SavePlanDraftInput } from './plan.dto.js';
import { savePrivateWords, type PrivateWordsInput } from './private-words.js';

/**
 * What is being written and not saved yet, kept at every pause. Each author has a draft of their own. A tab that wrote on
 * top of an older revision overwrites nothing: its words are put aside, and it is told. A draft that ended leaves its
 * revision, from which the next one counts on: a tab that slept through both never holds the number of the new one.
 */
@Injectable()
export class PlanDraftsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** `own`: what its author noted for themselves, which is kept at once and never a part of the draft. */
  async save(
    actor: MemberActor,
    referralId: string,
    input: SavePlanDraftInput,
    own?: PrivateWordsInput,
  ): Promise<string> {
    const elsewhere = { own: false };
    const aside = await this.unitOfWork.run(actor, async (tx) => {
      const clientId = await lockForDraft(tx, referralId);
      const content = JSON.stringify(input.content);
      const referral = { id: referralId, clientId };
      elsewhere.own = own !== undefined && !(await savePrivateWords(tx, actor, referral, own));
      const saved = await tx.maybe(sql`
        insert into plan_draft as d (scheme_id, referral_id, author_id, revision, based_on, content, saved_at)
        select ${tx.schemeId}, ${referralId}, ${actor.membershipId}, 1,
          coalesce((select p.version from plan p where p.scheme_id = ${tx.schemeId} and p.referral_id = ${referralId}), 0),
          ${content}, ${tx.now}
        where ${input.revision} = 0 or exists (
          select 1 from plan_draft e where e.scheme_id = ${tx.schemeId} and e.referral_id = ${referralId}
            and e.author_id = ${actor.membershipId})
        on conflict (scheme_id, referral_id, author_id) do update
          set revision = d.revision + 1, content = excluded.content, saved_at = excluded.saved_at,
            based_on = case when d.content is null then excluded.based_on else d.based_on end
          where d.content = excluded.content
            or ${input.revision} = case when d.content is null then 0 else d.revision end
        returning d.revision`);
      await record(tx, 'plan.draft', referralId, clientId, { aside: saved === null });
      if (saved) {
        await tx.run(sql`
          delete from plan_draft_aside
          where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and author_id = ${actor.membershipId}
            and tab = ${input.tab} and content = ${content}::jsonb`);
        return null;
      }
      const put = await tx.one<{ id: string }>(sql`
        insert into plan_draft_aside (scheme_id, id, referral_id, author_id, tab, content, saved_at)
        values (${tx.schemeId}, ${newId()}, ${referralId}, ${actor.membershipId}, ${input.tab}, ${content}, ${tx.now})
        on conflict (scheme_id, referral_id, author_id, tab) do update
          set content = excluded.content, saved_at = excluded.saved_at
        returning id`);
      return put.id;
    });
    // Told only after the transaction, which keeps the words, has ended well.
    if (aside !== null) {
      throw Refusal.conflict(
        'draft-elsewhere',
        'This is being written in another tab too. Both texts are kept: load it again to see them, and choose.',
        { asideId: aside },
      );
    }
    if (elsewhere.own) {
      throw Refusal.conflict(
        'private-elsewhere',
        'You wrote something private in another tab too, so what is private here is not saved. Press Save to see both, and choose.',
      );
    }
    return referralId;
  }

  /** Throws away the draft, or one text that was put aside. */
  discard(actor: MemberActor, referralId: string, asideId: string | null): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const clientId = await lockForDraft(tx, referralId, false);
      const mine = sql`scheme_id = ${tx.schemeId} and referral_id = ${referralId} and author_id = ${actor.membershipId}`;
      const { rowCount } = await tx.run(
        asideId === null
          ? sql`update plan_draft set content = null where ${mine} and content is not null`
          : sql`delete from plan_draft_aside where ${mine} and id = ${asideId}`,
      );
      if (rowCount === 0) throw Refusal.notFound();
      await record(tx, 'plan.discardDraft', referralId, clientId, { asideId });
      return referralId;
    });
  }
}

/** Autosaves of one author come one after the other: the referral is locked, as for every other write of the plan. */
async function lockForDraft(tx: Tx, referralId: string, live = true): Promise<string> {
  const within = referralWithin(tx.actor, reachFor(tx.actor, 'plan.write'), tx.now);
  const { client_id, state } = await lockReferral(tx, referralId, within);
  if (client_id === null) throw Refusal.notFound();
  if (live && !isWithWorker(state)) {
    const because = 'A plan can be changed only while a link worker has the referral.';
    throw Refusal.illegalMove(state, 'plan', because);
  }
  return client_id;
}

const record = (
  tx: Tx,
  action: Act,
  referralId: string,
  clientId: string,
  details: Record<string, unknown>,
): Promise<void> =>
  audit(tx, { action, subject: { kind: 'referral', id: referralId }, clients: [clientId], details });
