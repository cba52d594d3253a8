import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { AgreementsService, type NewAgreement } from '../clients/agreements.service.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { gatesFor, type ReadOne, type RhythmicProvider } from '../providers/gates.queries.js';
import type { Gate } from '../providers/listing.gates.js';
import { noRoom } from '../providers/listing.rules.js';
import { choosePeriod, leftOf } from '../providers/places.js';
import { daysOff, mayBeWrittenTo } from '../providers/rhythm.rules.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { clientFacts, offerSubject, type AskedOfGates, type OfferSubject } from './onward-facts.queries.js';
import { OnwardMoves, type PlaceWish } from './onward-moves.service.js';
import type { OfferInput, AskAgainInput } from './onward.dto.js';
import type { OnwardRecord } from './onward.entity.js';
import { offerRefusals, runningClock, scopesNeeded } from './onward.rules.js';
import { riskRefusal } from './risk.rules.js';

/** What an offer asks of the gates, whether it is new or revived. */
type Asked = Pick<
  OnwardRecord,
  | 'listingId'
  | 'periodId'
  | 'needs'
  | 'confirmed'
  | 'mustAvoid'
  | 'people'
  | 'contactRoute'
  | 'sharesAccess'
  | 'safetyInstructions'
>;

@Injectable()
export class OnwardOffers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly moves: OnwardMoves,
    private readonly agreements: AgreementsService,
  ) {}

  /** Offers the client of a referral to a service. Everything that could refuse it is asked before anything is kept. */
  async offer(actor: Actor, referralId: string, input: OfferInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'onward.offer'), tx.now);
      // With the client's lock: agreements are withdrawn and clients merged under it, and an offer must not slip between.
      await lockReferral(tx, referralId, within);
      return this.make(tx, referralId, input);
    });
  }

  /** The offer that was withdrawn, made anew with the same words: everything is asked as for any other. Gives the new one's id. */
  async reOffer(actor: Actor, id: string, input: AskAgainInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.offer'));
      const { row } = await this.moves.lock(tx, id, 'reOffer', reach);
      const { safetyInstructions = row.safetyInstructions, periodId = row.periodId, toWaitingList } = input;
      const offeredAgainId = await this.make(tx, row.referralId, {
        ...row,
        periodId,
        safetyInstructions,
        toWaitingList,
      });
      await this.moves.write(tx, row, 'reOffer', {}, { details: { offeredAgainId } });
      return offeredAgainId;
    });
  }

  /** The caller has locked the referral and its client. */
  private async make(tx: Tx, referralId: string, input: OfferInput): Promise<string> {
    const asked: Asked = {
      listingId: input.listingId,
      periodId: await choosePeriod(tx, input.listingId, input.periodId ?? null),
      needs: input.needs,
      confirmed: input.confirmed ?? [],
      mustAvoid: input.mustAvoid ?? [],
      people: input.people ?? 1,
      contactRoute: input.contactRoute,
      sharesAccess: input.sharesAccess ?? true,
      safetyInstructions: input.safetyInstructions ?? [],
    };
    const { subject, provider, settings } = await this.ask(tx, referralId, asked, {
      toWaitingList: input.toWaitingList ?? false,
      agreement: input.agreement,
    });
    const agreementId = await this.agreementFor(tx, subject, asked, input);
    const placesHeld = await this.hold(tx, asked, input.toWaitingList ?? false);
    const row: OnwardRecord = {
      ...EMPTY,
      ...asked,
      schemeId: tx.schemeId,
      id: newId(),
      version: 1,
      referralId,
      clientId: subject.client_id,
      organisationId: subject.organisationId,
      state: 'offered',
      placesHeld,
      firstYesWins: input.firstYesWins ?? false,
      calledBy: input.calledBy ?? (subject.initialsOnly ? 'initials' : 'first_name'),
      helpNote: input.helpNote ?? null,
      howSoon: input.howSoon,
      agreementId,
      offeredBy: tx.actor.kind === 'member' ? tx.actor.membershipId : null,
      offeredAt: tx.now,
      ...firstClock(tx.now, provider, settings),
      createdAt: tx.now,
      updatedAt: tx.now,
    };
    await this.moves.insert(tx, row, { details: { toWaitingList: input.toWaitingList ?? false } });
    await this.answersActedOn(tx, referralId);
    return row.id;
  }

  /** Asks the group again after its late yes, if the person still wants it: everything is asked as for a new offer. */
  async revive(actor: Actor, id: string, input: AskAgainInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.revive'));
      const { row } = await this.moves.lock(tx, id, 'revive', reach);
      if (row.lateYesAt === null) {
        throw Refusal.illegalMove(
          row.state,
          'revive',
          'The group has not said a late yes. Make a new offer.',
        );
      }
      const toWaitingList = input.toWaitingList ?? false;
      const { safetyInstructions = row.safetyInstructions, periodId = row.periodId } = input;
      const asked: Asked = {
        ...row,
        safetyInstructions,
        periodId: await choosePeriod(tx, row.listingId, periodId),
      };
      const { provider, settings, subject } = await this.ask(tx, row.referralId, asked, { toWaitingList });
      const agreementId = await this.agreementFor(tx, subject, row, {});
      await this.moves.write(tx, row, 'revive', {
        agreementId,
        safetyInstructions,
        periodId: asked.periodId,
        placesHeld: await this.hold(tx, asked, toWaitingList),
        offeredAt: tx.now,
        lateYesAt: null,
        answer: null,
        answeredAt: null,
        answeredThrough: null,
        ...firstClock(tx.now, provider, settings),
      });
      return id;
    });
  }

  /** Every refusal that needs nothing personal to be kept: state, contact, limits, gates, agreement, risks to others. */
  private async ask(
    tx: Tx,
    referralId: string,
    asked: Asked,
    wish: { toWaitingList: boolean; agreement?: { scope: readonly string[] } },
  ): Promise<{ subject: OfferSubject; provider: RhythmicProvider; settings: SchemeSettings }> {
    const settings = await schemeSettings(tx);
    const { subject, provider, gates } = await standingOf(tx, referralId, asked, settings);
    const refusals = offerRefusals({
      referralState: subject.referralState,
      alreadyLive: subject.alreadyLive,
      waiting: subject.waiting,
      liveOffers: settings.liveOffers,
      gates,
      toWaitingList: wish.toWaitingList,
      supported: subject.supported,
      missing: missingScopes(subject, asked, wish.agreement?.scope ?? []),
      contactRoute: asked.contactRoute,
      client: subject,
      risk: subject,
      safetyInstructions: asked.safetyInstructions,
      secondPerson: subject.secondPerson,
    });
    const [first] = refusals;
    if (first?.code === 'illegal-move') {
      throw Refusal.illegalMove(subject.referralState, 'offer', first.because);
    }
    if (first?.code === 'invalid') throw Refusal.invalidField(first.about ?? '', first.because);
    if (first) throw Refusal.conflict(first.code, first.because, { refusals });
    return { subject, provider, settings };
  }

  private async agreementFor(
    tx: Tx,
    subject: OfferSubject,
    asked: Asked,
    input: Pick<OfferInput, 'agreement'>,
  ): Promise<string> {
    if (input.agreement) {
      const given: Omit<NewAgreement, 'organisationId'> = input.agreement;
      const { organisationId } = subject;
      return this.agreements.recordWithin(tx, subject.client_id, { ...given, organisationId });
    }
    // Any of them will do: they are checked scope by scope at every read.
    const { id } = await tx.one<{ id: string }>(sql`
      select a.id from agreement a
      where a.scheme_id = ${tx.schemeId} and a.client_id = ${subject.client_id}
        and a.organisation_id = ${subject.organisationId} and a.withdrawn_at is null
        and a.scope && ${scopesNeeded(asked.contactRoute, asked.sharesAccess)}::text[]
      order by a.id desc limit 1`);
    return id;
  }

  private async hold(tx: Tx, asked: Asked, toWaitingList: boolean): Promise<number> {
    if (toWaitingList) return 0;
    const { listingId, people, periodId } = asked;
    const wish = { listingId, people, periodId };
    const held = await this.moves.exchange(tx, [], wish);
    if (held === 'full') throw await full(tx, wish);
    return held === 'held' ? people : 0;
  }

  /** Offering again is what the owner does about a "no" or a silence. */
  private async answersActedOn(tx: Tx, referralId: string): Promise<void> {
    const rows = await this.moves.lockAll(
      tx,
      sql`o.referral_id = ${referralId} and o.to_act in ('declined', 'expired')`,
    );
    for (const row of rows) await this.moves.write(tx, row, 'noted', { toAct: null });
  }
}

/** The person, whoever provides the service, and every gate between them, as they stand in this transaction. */
async function standingOf(
  tx: Tx,
  referralId: string,
  asked: AskedOfGates & { listingId: string; periodId: string | null },
  settings: SchemeSettings,
): Promise<{ subject: OfferSubject; provider: RhythmicProvider; gates: Gate[] }> {
  const { schemeId, now } = tx;
  // A group that is closing for good waits for this offer and then ends it, or is seen to have closed.
  await tx.run(sql`
    select 1 from provider p
    join listing l on l.scheme_id = p.scheme_id and l.organisation_id = p.organisation_id
    where l.scheme_id = ${schemeId} and l.id = ${asked.listingId} for share of p`);
  const subject = await tx.maybe<OfferSubject>(
    offerSubject(tx.actor, referralId, asked.listingId, sql`true`),
  );
  if (!subject) throw Refusal.notFound();
  const facts = clientFacts(subject, asked, now);
  const read: ReadOne = (statement) => tx.maybe(statement);
  return {
    subject,
    ...(await gatesFor(read, schemeId, asked.listingId, facts, settings, now, asked.periodId)),
  };
}

/**
 * A "no" taken back makes an offer live again, so what an offer is asked is asked of it; whether a place is left is
 * asked when it is taken. The group may read this, so only what is about itself is said.
 */
export async function refuseUnfit(tx: Tx, row: OnwardRecord, settings: SchemeSettings): Promise<void> {
  const { subject, gates } = await standingOf(tx, row.referralId, row, settings);
  const failed = gates.find(({ gate, passed }) => !passed && gate !== 'has_places');
  const risk = riskRefusal(subject, row.safetyInstructions);
  if (failed === undefined && risk === null) return;
  const because =
    failed?.gate === 'open_now'
      ? failed.because
      : 'This can no longer be taken back. Please ring the worker, who can ask you anew.';
  throw Refusal.illegalMove(row.state, 'undo', because);
}

/** In the words of the gate that would have said so. */
export async function full(tx: Tx, { listingId, people, periodId }: PlaceWish): Promise<Refusal> {
  const left = await leftOf(tx, listingId, periodId);
  return Refusal.conflict('full', noRoom(left ?? 0, people), { waitingList: true });
}

/** It starts when the group may be told. One that answers by phone is rung first, and its clock starts then. */
export const firstClock = (now: Date, provider: RhythmicProvider, settings: SchemeSettings) =>
  provider.answersBy === 'phone'
    ? {
        clockStartedAt: null,
        answerBy: null,
        clockStopped: 'ring' as const,
        daysLeft: provider.replyWithinDays,
        toAct: 'ring' as const,
      }
    : {
        ...runningClock(
          mayBeWrittenTo(now, provider),
          provider.replyWithinDays,
          daysOff(holidaysOf(settings), provider.periods),
        ),
        clockStopped: null,
        toAct: null,
      };

export const missingScopes = (
  subject: Pick<OfferSubject, 'agreed'>,
  asked: Pick<Asked, 'contactRoute' | 'sharesAccess'>,
  given: readonly string[],
): string[] =>
  scopesNeeded(asked.contactRoute, asked.sharesAccess).filter(
    (scope) => !subject.agreed.includes(scope) && !given.includes(scope),
  );

/** What nobody has said yet of an offer just made. */
const EMPTY = {
  talkBy: null,
  talkNote: null,
  answer: null,
  answeredAt: null,
  answeredThrough: null,
  expectedWeeks: null,
  reviewOn: null,
  inTouchBy: null,
  inTouchAt: null,
  acceptedAt: null,
  startedOn: null,
  startedBy: null,
  startedAt: null,
  endedAt: null,
  endReason: null,
  endSide: null,
  endNote: null,
  result: null,
  lateYesAt: null,
  seenAt: null,
  seenBy: null,
  safetySetAt: null,
  safetySeenAt: null,
  safetySeenBy: null,
  safetyToldTo: null,
  before: null,
  undoUntil: null,
} satisfies Partial<OnwardRecord>;
