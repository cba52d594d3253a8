import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import type { CloseForGood, ReopenProvider } from './closure.dto.js';
import type { ClosedListing } from './closure.types.js';
import { indexListingsOf } from './listing-index.js';
import { LISTING_EVENTS } from './listing.events.js';
import type { ListingState } from './listing.types.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { ProviderHooks } from './provider.hooks.js';
import { lockProvider } from './provider-row.js';
import { ofProviderWithin } from './provider.reach.js';
import { tellOfListing, tellOfProvider } from './telling.js';

/** Further back nobody remembers the day, and whoever came since was told something else. */
const LONGEST_AGO_DAYS = 366;

const member = (actor: Actor): string | null => (actor.kind === 'member' ? actor.membershipId : null);

/** A group closes for good: nobody new, and for everybody who is with it their worker is asked first. */
@Injectable()
export class Closures {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ProviderHooks,
  ) {}

  async closeForGood(actor: Actor, organisationId: string, input: CloseForGood): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.closeForGood'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      // People before the group: the lock order of every offer.
      await this.hooks.closing.run(tx, { organisationId });
      const before = await lockProvider(tx, organisationId, within);
      if (before.closedForGoodOn !== null) {
        throw Refusal.illegalMove('closed', 'closeForGood', 'This group has closed for good already.');
      }
      await refuseWhileClaimed(tx, organisationId);
      const today = londonDate(tx.now);
      const closedOn = input.closedOn ?? today;
      if (closedOn > today || closedOn < addDays(today, -LONGEST_AGO_DAYS)) {
        throw Refusal.invalidField('closedOn', 'Give today or a day in the last year. Until then, pause it');
      }
      const closureId = newId();
      const listings = await closeListings(tx, organisationId);
      await tx.run(sql`
        insert into provider_closure (scheme_id, id, organisation_id, reason, note, closed_on, closed_at, closed_by, listings)
        values (${tx.schemeId}, ${closureId}, ${organisationId}, ${input.reason}, ${input.note ?? null}, ${closedOn},
          ${tx.now}, ${member(actor)}, ${JSON.stringify(listings)}::jsonb)`);
      await setClosed(tx, organisationId, closedOn);
      await indexListingsOf(tx, organisationId);
      for (const { id, state } of listings) {
        await tellOfListing(tx, id, 'provider.closeForGood', LISTING_EVENTS.close, {
          state: { from: state, to: 'closed' },
          because: 'group_closed',
        });
      }
      await tellOfProvider(tx, organisationId, 'provider.closeForGood', PROVIDER_EVENTS.closeForGood, {
        closedForGoodOn: { from: null, to: closedOn },
        reason: input.reason,
        ...(input.note ? { note: input.note } : {}),
      });
      await this.hooks.closedForGood.run(tx, { organisationId, closureId });
      return organisationId;
    });
  }

  /**
   * It was a mistake. Its services are again as they were, save those somebody has moved since. Who was with it stays
   * with their worker, who was told, and may be offered again.
   */
  async reopen(actor: Actor, organisationId: string, input: ReopenProvider): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.reopen'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockProvider(tx, organisationId, within);
      const closure = await tx.maybe<{ id: string; listings: ClosedListing[] }>(sql`
        update provider_closure set reopened_at = ${tx.now}, reopened_by = ${member(actor)}, reopened_because = ${input.reason}
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and reopened_at is null
        returning id, listings`);
      if (!closure) throw Refusal.illegalMove('open', 'reopen', 'This group has not closed for good.');
      const restored = await restoreListings(tx, closure.listings);
      await setClosed(tx, organisationId, null);
      await indexListingsOf(tx, organisationId);
      for (const { id, state } of restored) {
        await tellOfListing(tx, id, 'provider.reopen', LISTING_EVENTS.reopen, {
          state: { from: 'closed', to: state },
          because: 'group_reopened',
        });
      }
      await tellOfProvider(tx, organisationId, 'provider.reopen', PROVIDER_EVENTS.reopen, {
        closedForGoodOn: { from: before.closedForGoodOn, to: null },
        reason: input.reason,
      });
      await this.hooks.reopened.run(tx, { organisationId, closureId: closure.id });
      return organisationId;
    });
  }
}

/** Somebody says that they run it: whoever closes it hears that first. What nobody has proved yet dies with the group. */
async function refuseWhileClaimed(tx: Tx, organisationId: string): Promise<void> {
  const claim = await tx.maybe(sql`
    select 1 from provider_claim k
    where k.scheme_id = ${tx.schemeId} and k.organisation_id = ${organisationId} and k.state = 'proved' limit 1`);
  if (claim) {
    throw Refusal.conflict(
      'claim-waiting',
      'Somebody says that this group is theirs, and waits for an answer. Decide that first.',
    );
  }
}

const setClosed = (tx: Tx, organisationId: string, closedOn: string | null) =>
  tx.run(sql`
    update provider set closed_for_good_on = ${closedOn}::date, version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);

/** Every service that is not closed yet, as it was. */
async function closeListings(tx: Tx, organisationId: string): Promise<ClosedListing[]> {
  const open = await tx.rows<{ id: string; state: ListingState }>(sql`
    select l.id, l.state from listing l
    where l.scheme_id = ${tx.schemeId} and l.organisation_id = ${organisationId} and l.state <> 'closed'
    order by l.id for no key update`);
  await tx.run(sql`
    update listing set state = 'closed', version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = any(${open.map(({ id }) => id)}::uuid[])`);
  return open;
}

async function restoreListings(tx: Tx, closed: readonly ClosedListing[]): Promise<ClosedListing[]> {
  const given = JSON.stringify(closed);
  await tx.run(sql`
    select 1 from listing l
    where l.scheme_id = ${tx.schemeId} and l.id = any(${closed.map(({ id }) => id)}::uuid[])
    order by l.id for no key update`);
  return tx.rows<{ id: string; state: ListingState }>(sql`
    update listing l set state = was.state, version = l.version + 1, updated_at = ${tx.now}
    from jsonb_to_recordset(${given}::jsonb) as was (id uuid, state text)
    where l.scheme_id = ${tx.schemeId} and l.id = was.id and l.state = 'closed'
    returning l.id, l.state`);
}
