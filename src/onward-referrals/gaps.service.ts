import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import type { Need } from '../platform/words/needs.js';
import { normaliseOutward } from '../platform/pure/postcode.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { CloseGapInput, GapInput } from './gap.dto.js';
import type { GapEnding, GapReason } from './gap.types.js';
import { GAP_EVENTS } from './onward.events.js';
import { OnwardHooks } from './onward.hooks.js';

interface NewGap {
  need: Need;
  why: GapReason;
  area: string | null;
  language: string | null;
  wouldHaveHelped: string | null;
  referralId: string | null;
  clientId: string | null;
}

interface Ending {
  because: GapEnding;
  note?: string | null;
  listingId?: string | null;
}

/** Needs that nobody could meet: recorded by people in one call, and by the product where it can tell. */
@Injectable()
export class Gaps {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OnwardHooks,
  ) {}

  /** One open gap a referral and need: recorded again, it is the same one with what was said last. */
  async record(actor: Actor, input: GapInput): Promise<string> {
    const reach = reachFor(actor, 'gap.record');
    return this.unitOfWork.run(actor, async (tx) => {
      const { referralId, area, language } = input;
      if (area && normaliseOutward(area) === null) {
        throw Refusal.invalidField('area', 'Use the first part of a postcode, like CO15');
      }
      const about = referralId
        ? await aboutReferral(tx, referralId, referralWithin(actor, reach, tx.now))
        : null;
      if (referralId && about === null) throw Refusal.notFound();
      const gap: NewGap = {
        need: input.need,
        why: input.why,
        area: (area ? normaliseOutward(area) : null) ?? about?.area ?? null,
        language: language ?? about?.language ?? null,
        wouldHaveHelped: input.wouldHaveHelped ?? null,
        referralId: referralId ?? null,
        clientId: about?.clientId ?? null,
      };
      return (await this.open(tx, gap)) ?? (await this.saidAgain(tx, gap));
    });
  }

  /** For what the product finds: null where that gap is open already, or the person is not there any more. */
  async openFor(tx: Tx, referralId: string, need: Need, why: GapReason): Promise<string | null> {
    const about = await aboutReferral(tx, referralId, sql`true`);
    return about && this.open(tx, { need, why, wouldHaveHelped: null, referralId, ...about });
  }

  async close(actor: Actor, id: string, input: CloseGapInput): Promise<string> {
    // Gaps are closed for the scheme; whoever may not reach all of it may not close one.
    if (reachFor(actor, 'gap.close') !== 'scheme') throw Refusal.forbidden();
    return this.unitOfWork.run(actor, async (tx) => {
      const gap = await tx.maybe<{ closed: boolean }>(sql`
        select closed_at is not null as closed from gap where scheme_id = ${tx.schemeId} and id = ${id} for update`);
      if (!gap) throw Refusal.notFound();
      if (gap.closed) throw Refusal.illegalMove('closed', 'close', 'This gap is closed already.');
      const { listingId } = input;
      if (listingId) {
        const listing = await tx.maybe(sql`
          select 1 from listing where scheme_id = ${tx.schemeId} and id = ${listingId}`);
        if (!listing) throw Refusal.notFound();
      }
      await this.end(tx, [id], input);
      return id;
    });
  }

  /** Ends what is still open of these; the product's own, or under the caller's lock. */
  async end(tx: Tx, ids: readonly string[], ending: Ending): Promise<void> {
    const closed = await tx.rows<{ id: string; client_id: string | null }>(sql`
      update gap set closed_at = ${tx.now}, closed_because = ${ending.because}, closed_note = ${ending.note ?? null},
        listing_id = ${ending.listingId ?? null},
        closed_by = ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}
      where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[]) and closed_at is null
      returning id, (
        select r.client_id from referral r where r.scheme_id = gap.scheme_id and r.id = gap.referral_id) as client_id`);
    for (const { id, client_id: clientId } of closed) {
      await this.tell(tx, 'close', id, clientId, { because: ending.because });
    }
  }

  /**
   * Of services that were published in error: what closed because they started is open again, save where the same gap was
   * found anew since.
   */
  async reopenWithin(tx: Tx, listingIds: readonly string[]): Promise<void> {
    await this.reopen(tx, 'service_started', listingIds, sql`true`);
  }

  /** Of a person who had not started after all: what closed because they did is open again, unless another helped too. */
  async reopenNotHelpedWithin(tx: Tx, onwardReferralId: string): Promise<void> {
    const of = await tx.maybe<{ listingId: string; referralId: string; needs: Need[] }>(sql`
      select listing_id as "listingId", referral_id as "referralId", needs from onward_referral
      where scheme_id = ${tx.schemeId} and id = ${onwardReferralId} and started_on is null`);
    if (!of) return;
    await this.reopen(
      tx,
      'helped',
      [of.listingId],
      sql`gap.referral_id = ${of.referralId} and gap.need = any(${of.needs}::text[]) and not exists (
        select 1 from onward_referral x
        where x.scheme_id = gap.scheme_id and x.referral_id = gap.referral_id and x.started_on is not null
          and gap.need = any(x.needs) and (x.ended_at is null or x.ended_at > gap.opened_at))`,
    );
  }

  private async reopen(tx: Tx, because: GapEnding, listingIds: readonly string[], which: Sql): Promise<void> {
    const opened = await tx.rows<{ id: string; need: Need; why: GapReason; client_id: string | null }>(sql`
      update gap set closed_at = null, closed_because = null, listing_id = null
      where scheme_id = ${tx.schemeId} and listing_id = any(${listingIds}::uuid[]) and closed_by is null
        and closed_because = ${because} and ${which} and not exists (
          select 1 from gap again
          where again.scheme_id = gap.scheme_id and again.referral_id = gap.referral_id and again.need = gap.need
            and (again.closed_at is null or again.id > gap.id and again.listing_id = any(${listingIds}::uuid[])
              and again.closed_by is null and again.closed_because = ${because}))
      returning id, need, why, (
        select r.client_id from referral r where r.scheme_id = gap.scheme_id and r.id = gap.referral_id) as client_id`);
    for (const { id, need, why, client_id: clientId } of opened) {
      await this.tell(tx, 'open', id, clientId, { need, why });
    }
  }

  private async open(tx: Tx, gap: NewGap): Promise<string | null> {
    const row = await tx.maybe<{ id: string }>(sql`
      insert into gap (scheme_id, id, need, area, language, why, would_have_helped, referral_id, opened_by, opened_at)
      values (${tx.schemeId}, ${newId()}, ${gap.need}, ${gap.area}, ${gap.language}, ${gap.why}, ${gap.wouldHaveHelped},
        ${gap.referralId}, ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}, ${tx.now})
      on conflict (scheme_id, referral_id, need) where closed_at is null do nothing
      returning id`);
    if (row) await this.tell(tx, 'open', row.id, gap.clientId, { need: gap.need, why: gap.why });
    return row?.id ?? null;
  }

  private async saidAgain(tx: Tx, gap: NewGap): Promise<string> {
    const { id } = await tx.one<{ id: string }>(sql`
      update gap set why = ${gap.why}, area = coalesce(${gap.area}, area), language = coalesce(${gap.language}, language),
        would_have_helped = coalesce(${gap.wouldHaveHelped}, would_have_helped),
        opened_by = coalesce(opened_by, ${tx.actor.kind === 'member' ? tx.actor.membershipId : null})
      where scheme_id = ${tx.schemeId} and referral_id = ${gap.referralId} and need = ${gap.need} and closed_at is null
      returning id`);
    await this.tell(tx, 'amend', id, gap.clientId, { need: gap.need, why: gap.why });
    return id;
  }

  private async tell(
    tx: Tx,
    verb: keyof typeof GAP_EVENTS,
    id: string,
    clientId: string | null,
    details: Record<string, string>,
  ): Promise<void> {
    const clients = clientId === null ? [] : [clientId];
    await audit(tx, { action: `gap.${verb}`, subject: { kind: 'gap', id }, clients, details });
    await outbox.add(tx, GAP_EVENTS[verb], { gapId: id });
    await this.hooks.gapChanged.run(tx, { gapId: id });
  }
}

/** Where the person of a referral lives or spends the day, and what they speak where that is not English. */
const aboutReferral = (tx: Tx, referralId: string, within: ReturnType<typeof referralWithin>) =>
  tx.maybe<{ clientId: string; area: string | null; language: string | null }>(sql`
    select c.id as "clientId", nullif(c.language, 'en') as language,
      split_part(case when c.place_found_by = 'day_place' then c.day_place_postcode else c.postcode end, ' ', 1) as area
    from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and ${within}`);
