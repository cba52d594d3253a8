import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import { systemActor, type Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Database } from '../platform/database/database.js';
import { Clock } from '../platform/clock/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { refuseStale } from '../platform/http/version.js';
import { move } from '../platform/pure/lifecycle.js';
import { LISTING_EVENTS } from './listing.events.js';
import { listingLifecycle } from './listing.lifecycle.js';
import { lockListing } from './listing-row.js';
import type { ListingRow } from './listing.types.js';
import type { NewPlacePeriod } from './place-period.dto.js';
import { periodProblems, periodState } from './place-period.rules.js';
import { periodsOf, refreshPlaces } from './places.js';
import { ofProviderWithin } from './provider.reach.js';
import { tellOfListing } from './telling.js';

const MOST_PERIODS = 20;

/** Other numbers for a session or a part of the year. Whatever changes, the listing's row is locked first. */
@Injectable()
export class PlacePeriods {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async add(actor: Actor, listingId: string, input: NewPlacePeriod): Promise<string> {
    return this.changing(actor, listingId, async (tx) => {
      const [from, until] = [input.from ?? null, input.until ?? null];
      const today = londonDate(tx.now);
      const problems = periodProblems({ from, until }, today);
      if (problems.length > 0) throw Refusal.invalid(problems);
      const open = (await periodsOf(tx, listingId)).filter(({ state }) => state !== 'ended');
      if (open.length >= MOST_PERIODS) {
        throw Refusal.conflict(
          'too-many',
          `A service has at most ${String(MOST_PERIODS)} sessions and times.`,
        );
      }
      if (open.some(({ name }) => name.toLowerCase() === input.name.toLowerCase())) {
        throw Refusal.invalidField('name', 'There is a session or time of this name already');
      }
      const state = periodState({ fromOn: from, untilOn: until, state: 'running' }, today);
      await tx.run(sql`
        insert into place_period (scheme_id, id, listing_id, name, from_on, until_on, state, places_total, entered_at)
        values (${tx.schemeId}, ${newId()}, ${listingId}, ${input.name}, ${from}, ${until}, ${state}, ${input.total},
          ${tx.now})`);
      return { added: input.name, total: input.total };
    });
  }

  /** Never fewer than are taken. */
  async setTotal(
    actor: Actor,
    listingId: string,
    periodId: string,
    total: number,
    seen?: number,
  ): Promise<string> {
    return this.changing(actor, listingId, async (tx, listing) => {
      refuseStale(listing.version, seen);
      const period = await openPeriod(tx, listingId, periodId);
      if (total < period.taken) {
        throw Refusal.conflict(
          'places-taken',
          `${String(period.taken)} places are taken, so there cannot be ${String(total)} in all.`,
          { taken: period.taken, total },
        );
      }
      await tx.run(sql`
        update place_period set places_total = ${total} where scheme_id = ${tx.schemeId} and id = ${periodId}`);
      return { period: period.name, total };
    });
  }

  /** Nobody new. Those who come already keep their places until they end themselves. */
  async end(actor: Actor, listingId: string, periodId: string, seen?: number): Promise<string> {
    return this.changing(actor, listingId, async (tx, listing) => {
      refuseStale(listing.version, seen);
      const { name } = await openPeriod(tx, listingId, periodId);
      await tx.run(sql`
        update place_period set state = 'ended', ended_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${periodId}`);
      return { ended: name };
    });
  }

  /** Begins and ends what its dates say, however late. Gives the listings it touched. */
  async turn(schemeId: string): Promise<string[]> {
    const today = londonDate(this.clock.now());
    const due = await this.database.read<{ id: string }>(
      schemeId,
      sql`
        select distinct q.listing_id as id from place_period q
        where q.scheme_id = ${schemeId} and q.state <> 'ended'
          and (q.until_on < ${today}::date or (q.state = 'coming' and q.from_on <= ${today}::date))
        order by 1`,
    );
    for (const { id } of due) {
      await this.unitOfWork.run(systemActor(schemeId, 'the calendar'), async (tx) => {
        const listing = await lockListing(tx, id);
        await turnPeriods(tx, id);
        await refreshPlaces(tx, listing, 0);
        await tellOfListing(tx, id, 'listing.setPlaces', LISTING_EVENTS.setPlaces, { periods: 'turned' });
      });
    }
    return due.map(({ id }) => id);
  }

  private async changing(
    actor: Actor,
    listingId: string,
    change: (tx: Tx, listing: ListingRow) => Promise<Record<string, unknown>>,
  ): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'listing.setPlaces'), sql`l.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const listing = await lockListing(tx, listingId, within);
      const answer = move(listingLifecycle, 'setPlaces', listing.state);
      if (!answer.ok) throw Refusal.illegalMove(listing.state, 'setPlaces', answer.because);
      await turnPeriods(tx, listingId);
      const changes = await change(tx, listing);
      await refreshPlaces(tx, listing, 0);
      await tx.run(sql`
        update listing set places_confirmed_on = ${londonDate(tx.now)}, version = version + 1, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${listingId}`);
      await tellOfListing(tx, listingId, 'listing.setPlaces', LISTING_EVENTS.setPlaces, changes);
      return listingId;
    });
  }
}

async function openPeriod(tx: Tx, listingId: string, periodId: string) {
  const period = (await periodsOf(tx, listingId)).find(({ id }) => id === periodId);
  if (!period) throw Refusal.notFound();
  if (period.state === 'ended') throw Refusal.conflict('ended', 'This has ended already.');
  return period;
}

/** States by date, under the listing's lock. */
async function turnPeriods(tx: Tx, listingId: string): Promise<void> {
  const today = londonDate(tx.now);
  for (const period of await periodsOf(tx, listingId)) {
    const state = periodState(period, today);
    if (state === period.state) continue;
    await tx.run(sql`
      update place_period set state = ${state}, ended_at = ${state === 'ended' ? tx.now : null}
      where scheme_id = ${tx.schemeId} and id = ${period.id}`);
  }
}
