import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import { systemActor, type Actor } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import { readLondon } from '../platform/clock/wall-clock.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { declareClosed, takeBackClosed } from '../providers/declared-closed.js';
import { lockListing } from '../providers/listing-row.js';
import { declareFull, periodNow } from '../providers/places.js';
import { ProviderHooks } from '../providers/provider.hooks.js';
import { daysOffOf } from '../providers/rhythm.queries.js';
import { isOpen, isWithWorker } from '../referrals/referral.types.js';
import { barRefusal } from './bar.rules.js';
import { full, refuseUnfit } from './onward-offers.service.js';
import { held, OnwardMoves, undoable, type Change } from './onward-moves.service.js';
import type {
  AcceptOfferInput,
  DeclineOfferInput,
  SafetyInput,
  SafetySeenInput,
  TalkInput,
  WaitlistInput,
} from './onward.dto.js';
import type { OnwardRecord } from './onward.entity.js';
import { isGroup } from './onward.reach.js';
import {
  answerByAfterUndo,
  awaitsCall,
  OFFER_SCOPE,
  promiseRefusal,
  runningClock,
  safetyUnseenSince,
  stoppedClock,
  undoRefusal,
  undoTalkRefusal,
} from './onward.rules.js';
import { riskRefusal } from './risk.rules.js';
import { barFacts, riskFacts } from './risks.queries.js';
import { CAME, isWithGroup, type Answer, type AnsweredThrough, type Before } from './onward.types.js';
import { agreedScopes } from './onward-facts.queries.js';

/** How far ahead a group may promise, in calendar days. */
const IN_TOUCH_WITHIN = 60;
const REVIEW_WITHIN = 183;
const FULL_WITHIN = 366;

/** What a group says to an offer: signed in itself, or a link worker recording what was said on the phone. */
@Injectable()
export class OnwardAnswers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly moves: OnwardMoves,
    private readonly providers: ProviderHooks,
  ) {}

  /**
   * Yes. The place held becomes theirs, or one is taken now; of a first-yes-wins round the others are withdrawn in the
   * same transaction. Past the date but not yet expired, a yes counts.
   */
  async accept(actor: Actor, id: string, input: AcceptOfferInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.accept'));
      const { row, round } = await this.moves.lock(tx, id, 'accept', reach, true);
      const unsafe =
        (await this.barred(tx, row)) ?? riskRefusal(await riskFacts(tx, row), row.safetyInstructions);
      if (unsafe !== null) {
        if (!isGroup(actor)) throw Refusal.illegalMove(row.state, 'accept', unsafe);
        await this.holdYes(tx, row, input.note ?? null);
        return id;
      }
      const settings = await schemeSettings(tx);
      const today = londonDate(tx.now);
      const inTouchBy = input.inTouchBy ?? addDays(today, settings.inTouchCalendarDays);
      refuseDate('inTouchBy', promiseRefusal(inTouchBy, today, IN_TOUCH_WITHIN));
      const { listingId, people, placesHeld } = row;
      const periodId = placesHeld > 0 ? row.periodId : await periodNow(tx, listingId, row.periodId, people);
      const wish = { listingId, people, periodId };
      const answer = await this.moves.exchange(tx, round.map(held), placesHeld > 0 ? undefined : wish);
      if (answer === 'full') throw await full(tx, wish);
      await this.moves.write(
        tx,
        row,
        'accept',
        {
          ...answered(tx, 'accept'),
          acceptedAt: tx.now,
          inTouchBy,
          periodId,
          placesHeld: answer === 'held' ? people : placesHeld,
          ...undoable(tx, row, settings.undoHours),
        },
        { note: input.note },
      );
      for (const other of round) {
        await this.moves.write(
          tx,
          other,
          'withdraw',
          { endReason: 'another_said_yes', endSide: 'client' },
          { reason: 'another_said_yes', side: 'client', details: { acceptedId: id } },
        );
      }
      return id;
    });
  }

  /**
   * Kept as what was said, with the place and without the number: the owner rings first, and is asked to at once. Saying
   * it twice is saying it once.
   */
  private async holdYes(tx: Tx, row: OnwardRecord, note: string | null): Promise<void> {
    if (row.toAct === 'yes_held' && note === null) return;
    const clock: Change =
      row.state === 'offered'
        ? {
            ...stoppedClock(tx.now, row, await daysOffOf(tx, row.organisationId)),
            clockStopped: 'talk',
            talkBy: 'call_back',
            ...NOT_UNDOABLE,
          }
        : {};
    await this.moves.write(tx, row, 'yesHeld', { ...clock, toAct: 'yes_held' }, { note });
  }

  /** Why the two may not be together, by what is known now. */
  private async barred(tx: Tx, { id }: OnwardRecord): Promise<string | null> {
    const facts = await barFacts(tx, id);
    return facts && barRefusal(facts, tx.now);
  }

  /** What the group is asked to do from now on, whether it was asked only or takes part already. */
  async setSafety(actor: Actor, id: string, { safetyInstructions }: SafetyInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.setSafety'));
      const { row } = await this.moves.lock(tx, id, 'setSafety', reach);
      const risk = riskRefusal(await riskFacts(tx, row), safetyInstructions);
      if (risk !== null) throw Refusal.invalidField('safetyInstructions', risk);
      const now = [...new Set(safetyInstructions)];
      const same =
        now.length === row.safetyInstructions.length &&
        now.every((one) => row.safetyInstructions.includes(one));
      await this.moves.write(
        tx,
        row,
        'setSafety',
        {
          safetyInstructions: now,
          ...(same || !isWithGroup(row.state) ? {} : { ...UNSEEN, safetySetAt: tx.now }),
        },
        { details: { safetyInstructions, before: row.safetyInstructions } },
      );
      return id;
    });
  }

  /**
   * "I have seen this": the group has read what changed of what keeps it safe. Who tells it by telephone says whom, and
   * when if it was not just now. Twice is once.
   */
  async seenSafety(actor: Actor, id: string, input: SafetySeenInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.seenSafety'));
      const { row } = await this.moves.lock(tx, id, 'seenSafety', reach);
      const since = safetyUnseenSince(row);
      if (since === null) return id;
      if (since.getTime() !== new Date(input.changedAt).getTime()) {
        throw Refusal.conflict('changed-again', 'It changed again meanwhile. Read it once more.');
      }
      const told = toldBy(actor, input, since, tx.now);
      await this.moves.write(
        tx,
        row,
        'seenSafety',
        {
          safetySeenAt: told.at,
          safetySeenBy: actor.kind === 'member' ? actor.membershipId : null,
          safetyToldTo: told.to,
        },
        { details: { toldTo: told.to, at: told.at } },
      );
      return id;
    });
  }

  /**
   * Not now, but later: the place goes back, and somebody looks again on a date. A group's own word is kept, since it
   * learns nothing by it; a worker waits for no place that may not be taken.
   */
  async waitlist(actor: Actor, id: string, input: WaitlistInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { row } = await this.moves.lock(
        tx,
        id,
        'waitlist',
        this.moves.reach(tx, reachFor(actor, 'onward.waitlist')),
      );
      const barred = isGroup(actor) ? null : await this.barred(tx, row);
      if (barred !== null) throw Refusal.illegalMove(row.state, 'waitlist', barred);
      const settings = await schemeSettings(tx);
      const today = londonDate(tx.now);
      const reviewOn = input.reviewOn ?? addDays(today, settings.waitingReviewCalendarDays);
      refuseDate('reviewOn', promiseRefusal(reviewOn, today, REVIEW_WITHIN));
      await this.moves.exchange(tx, [held(row)]);
      await this.moves.write(
        tx,
        row,
        'waitlist',
        {
          ...answered(tx, 'waitlist'),
          placesHeld: 0,
          expectedWeeks: input.expectedWeeks ?? null,
          reviewOn,
          ...undoable(tx, row, settings.undoHours),
        },
        { note: input.note },
      );
      return id;
    });
  }

  /** "Can we talk first?" The clock stands until our call is logged; asked again, it may be taken back no longer. */
  async talk(actor: Actor, id: string, input: TalkInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { row } = await this.moves.lock(
        tx,
        id,
        'talk',
        this.moves.reach(tx, reachFor(actor, 'onward.talk')),
      );
      const { undoHours } = await schemeSettings(tx);
      await this.moves.write(
        tx,
        row,
        'talk',
        {
          ...(row.clockStopped === 'talk' ? {} : undoable(tx, row, undoHours)),
          ...stoppedClock(tx.now, row, await daysOffOf(tx, row.organisationId)),
          clockStopped: 'talk',
          talkBy: input.by,
          // Asked again without words, it keeps what was to be talked about.
          talkNote: input.note ?? (row.clockStopped === 'talk' ? row.talkNote : null),
          toAct: 'talk',
        },
        { note: input.note, details: { by: input.by } },
      );
      return id;
    });
  }

  /** No call is needed after all: the clock runs on as before, within a day and until we have rung. */
  async undoTalk(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.undoTalk'));
      const { row, referral } = await this.moves.lock(tx, id, 'undoTalk', reach);
      const refused = undoTalkRefusal(row, tx.now);
      if (refused !== null) throw Refusal.illegalMove(row.state, 'undoTalk', refused);
      if (row.before === null) throw new Error('What can be taken back has something before it.');
      await this.moves.write(tx, row, 'undoTalk', {
        ...NOT_UNDOABLE,
        talkBy: null,
        talkNote: null,
        toAct: null,
        ...(await this.clockAsBefore(tx, row, row.before, referral.state === 'on_hold')),
      });
      return id;
    });
  }

  /** Our call is logged: the clock runs again, or for the first time where a group answers by phone. */
  async rang(actor: Actor, id: string, note: string | null): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.rang'));
      const { row, referral } = await this.moves.lock(tx, id, 'rang', reach);
      if (!awaitsCall(row)) {
        throw Refusal.illegalMove(row.state, 'rang', 'The group is not waiting for a call.');
      }
      const resumed: Change =
        referral.state === 'on_hold'
          ? { clockStopped: 'hold' }
          : {
              ...runningClock(tx.now, row.daysLeft ?? 1, await daysOffOf(tx, row.organisationId)),
              clockStopped: null,
            };
      await this.moves.write(
        tx,
        row,
        'rang',
        // Nobody's clock runs on a waiting list.
        { ...(row.state === 'offered' ? { ...resumed, ...NOT_UNDOABLE } : {}), toAct: null },
        { note },
      );
      return id;
    });
  }

  /** No, with a reason. "Full" and "closed for now" may say until when, so that nobody else is offered until then. */
  async decline(actor: Actor, id: string, input: DeclineOfferInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { row } = await this.moves.lock(
        tx,
        id,
        'decline',
        this.moves.reach(tx, reachFor(actor, 'onward.decline')),
      );
      const settings = await schemeSettings(tx);
      await this.moves.exchange(tx, [held(row)]);
      const full = await this.sayFull(tx, row, input);
      const closed = await this.sayClosed(tx, row, input);
      await this.moves.write(
        tx,
        row,
        'decline',
        {
          ...answered(tx, 'decline'),
          endReason: input.reason,
          endSide: 'provider',
          endNote: input.note ?? null,
          toAct: 'declined',
          ...undoable(tx, row, settings.undoHours, { full, closed }),
        },
        {
          reason: input.reason,
          side: 'provider',
          note: input.note,
          details: { ...(full ? { full } : {}), ...(closed ? { closedUntil: input.closedUntil } : {}) },
        },
      );
      return id;
    });
  }

  private async sayFull(tx: Tx, row: OnwardRecord, input: DeclineOfferInput): Promise<Before['full']> {
    const set = input.fullUntil ?? null;
    if (set === null) return null;
    if (input.reason !== 'full') {
      throw Refusal.invalidField('fullUntil', 'Give this only with the reason "full"');
    }
    const today = londonDate(tx.now);
    refuseDate(
      'fullUntil',
      set === today ? 'Enter a date after today' : promiseRefusal(set, today, FULL_WITHIN),
    );
    const { before } = await declareFull(tx, row.listingId, set);
    return { before, set };
  }

  private async sayClosed(tx: Tx, row: OnwardRecord, input: DeclineOfferInput): Promise<string | null> {
    const until = input.closedUntil ?? null;
    if (until === null) return null;
    if (input.reason !== 'closed_for_now') {
      throw Refusal.invalidField('closedUntil', 'Give this only with the reason "closed for now"');
    }
    if (until <= londonDate(tx.now)) throw Refusal.invalidField('closedUntil', 'Enter a date after today');
    return declareClosed(tx, row.organisationId, until, 'closedUntil');
  }

  /** Nobody answered in time. Called by the clock; locks the row that accept locks, and gives way to whoever was first. */
  async expire(schemeId: string, id: string): Promise<boolean> {
    return this.unitOfWork.run(systemActor(schemeId, 'the clock'), async (tx) => {
      const row = await this.moves.lockToExpire(tx, id);
      if (!row) return false;
      await this.moves.exchange(tx, [held(row)]);
      await this.moves.write(
        tx,
        row,
        'expire',
        { endReason: 'no_reply', endSide: 'provider', toAct: 'expired' },
        { reason: 'no_reply', side: 'provider' },
      );
      return true;
    });
  }

  /** A yes after the clock ended it: kept, thanked, and the owner's to revive. Saying it twice is saying it once. */
  async lateYes(actor: Actor, id: string, note: string | null): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.lateYes'));
      const { row, referral } = await this.moves.lock(tx, id, 'lateYes', reach);
      if (!isWithWorker(referral.state)) {
        throw Refusal.illegalMove(
          row.state,
          'lateYes',
          'Thank you. This has ended meanwhile: nobody is waiting, and you have nothing to do.',
        );
      }
      if (row.lateYesAt === null) {
        await this.moves.write(tx, row, 'lateYes', { lateYesAt: tx.now, toAct: 'late_yes' }, { note });
      }
      return id;
    });
  }

  /**
   * Takes an answer back, or the word that it has come to an end, within a day and while nothing is built on it. A place
   * given up must be there to take again.
   */
  async undo(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.undo'));
      const { row, referral } = await this.moves.lock(tx, id, 'undo', reach);
      const { before } = row;
      const refused = undoRefusal(
        {
          ...(await this.undoFacts(tx, row)),
          undoUntil: row.undoUntil,
          before,
          referralOpen: isOpen(referral.state),
        },
        tx.now,
      );
      if (refused !== null || before === null) {
        throw Refusal.illegalMove(row.state, 'undo', refused ?? 'There is no answer to take back.');
      }
      await this.takeBackFull(tx, row, before);
      if (before.closed) {
        const { organisationId } = row;
        await takeBackClosed(tx, organisationId, before.closed);
        await this.providers.rhythmChanged.run(tx, { organisationId });
      }
      // Whoever came until a moment ago is not weighed anew.
      if (row.state === 'declined') await refuseUnfit(tx, row, await schemeSettings(tx));
      const places = {
        placesHeld: await this.placesAsBefore(tx, row, before),
        periodId: before.periodId === undefined ? row.periodId : before.periodId,
      };
      if (before.state === 'started') {
        await this.moves.write(tx, row, 'undo', places);
        return id;
      }
      await this.moves.write(tx, row, 'undo', {
        ...places,
        answer: before.answer,
        answeredAt: instant(before.answeredAt),
        answeredThrough: before.answeredThrough,
        acceptedAt: null,
        inTouchBy: null,
        inTouchAt: null,
        expectedWeeks: before.expectedWeeks,
        reviewOn: before.reviewOn,
        ...(before.state === 'offered'
          ? await this.clockAsBefore(tx, row, before, referral.state === 'on_hold')
          : {}),
      });
      return id;
    });
  }

  private async undoFacts(tx: Tx, row: OnwardRecord) {
    return tx.one<{
      attendances: number;
      offeredSince: boolean;
      anotherAccepted: boolean;
      agreed: boolean;
      neverOffer: boolean;
    }>(sql`
      select
        (select count(*)::int from attendance f
          where f.scheme_id = o.scheme_id and f.onward_referral_id = o.id
            and f.result = any(${CAME}::text[])) as attendances,
        exists (
          select 1 from onward_referral x
          where x.scheme_id = o.scheme_id and x.referral_id = o.referral_id and x.id <> o.id
            and x.offered_at >= o.ended_at
            and (o.state = 'declined' or x.listing_id = o.listing_id)) as "offeredSince",
        o.first_yes_wins and o.state <> 'accepted' and exists (
          select 1 from onward_referral x
          where x.scheme_id = o.scheme_id and x.referral_id = o.referral_id and x.id <> o.id
            and x.first_yes_wins and x.state in ('accepted', 'started')) as "anotherAccepted",
        ${OFFER_SCOPE} = any(${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)}) as agreed,
        exists (
          select 1 from never_offer n
          where n.scheme_id = o.scheme_id and n.client_id = o.client_id
            and n.organisation_id = o.organisation_id) as "neverOffer"
      from onward_referral o where o.scheme_id = ${tx.schemeId} and o.id = ${row.id}`);
  }

  /** "Full until" goes back to what it was, unless somebody has said something else since. */
  private async takeBackFull(tx: Tx, row: OnwardRecord, before: Before): Promise<void> {
    if (before.full === null) return;
    const { fullUntil } = await lockListing(tx, row.listingId);
    if (fullUntil === before.full.set) await declareFull(tx, row.listingId, before.full.before);
  }

  private async placesAsBefore(tx: Tx, row: OnwardRecord, before: Before): Promise<number> {
    const { listingId, people, placesHeld, periodId } = row;
    if (before.placesHeld === placesHeld) return placesHeld;
    if (before.placesHeld === 0) {
      await this.moves.exchange(tx, [held(row)]);
      return 0;
    }
    const wish = { listingId, people, periodId };
    const answer = await this.moves.exchange(tx, [], wish);
    if (answer === 'full') throw await full(tx, wish);
    return answer === 'held' ? people : 0;
  }

  private async clockAsBefore(tx: Tx, row: OnwardRecord, before: Before, onHold: boolean): Promise<Change> {
    const holidays = await daysOffOf(tx, row.organisationId);
    const standing = { clockStartedAt: null, answerBy: null };
    if (before.clockStopped !== null && before.clockStopped !== 'hold') {
      const { clockStopped, daysLeft } = before;
      return { ...standing, clockStopped, daysLeft, toAct: clockStopped };
    }
    const answerBy =
      before.answerBy === null
        ? runningClock(tx.now, before.daysLeft ?? 1, holidays).answerBy
        : answerByAfterUndo(tx.now, new Date(before.answerBy), holidays);
    const clockStartedAt = instant(before.clockStartedAt) ?? tx.now;
    if (onHold)
      return {
        ...stoppedClock(tx.now, { clockStartedAt, answerBy, daysLeft: null }, holidays),
        clockStopped: 'hold',
      };
    return {
      clockStartedAt,
      answerBy,
      clockStopped: null,
      daysLeft: null,
    };
  }
}

const UNSEEN = { safetySeenAt: null, safetySeenBy: null, safetyToldTo: null } as const satisfies Change;

/** A group has read it itself, now. Whoever rang it says whom they told, and when by London's clock. */
function toldBy(
  actor: Actor,
  { toldTo = null, on = null, time = null }: SafetySeenInput,
  since: Date,
  now: Date,
): { to: string | null; at: Date } {
  if (isGroup(actor)) {
    if (toldTo === null && on === null && time === null) return { to: null, at: now };
    throw Refusal.invalidField('toldTo', 'Only whoever rang the group says whom they told');
  }
  if (toldTo === null) throw Refusal.invalidField('toldTo', 'Enter whom in the group you told');
  if (on === null && time === null) return { to: toldTo, at: now };
  if (on === null) throw Refusal.invalidField('on', 'Enter the day on which you told them');
  if (time === null) throw Refusal.invalidField('time', 'Enter the time at which you told them');
  const read = readLondon(on, time, 'earlier');
  if (!read.ok) throw Refusal.invalidField('time', 'Enter a time that the clocks showed that night');
  const { at } = read;
  // A time of day has no seconds: told in the minute in which it changed is told after.
  if (at.getTime() < Math.floor(since.getTime() / 60_000) * 60_000) {
    throw Refusal.invalidField(
      'on',
      'Enter a time after it changed: what they knew before was something else',
    );
  }
  if (at > now) throw Refusal.invalidField('on', 'Enter a time that is not in the future');
  return { to: toldTo, at };
}

/** Something else has been said since, or we have rung. */
const NOT_UNDOABLE = { before: null, undoUntil: null } as const satisfies Change;

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));

function refuseDate(field: string, because: string | null): void {
  if (because !== null) throw Refusal.invalidField(field, because);
}

function answered(tx: Tx, answer: Answer): Change {
  const through: AnsweredThrough =
    tx.actor.kind === 'link' ? 'link' : isGroup(tx.actor) ? 'sign_in' : 'phone';
  return { answer, answeredAt: tx.now, answeredThrough: through };
}
