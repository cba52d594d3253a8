import { systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { AgreementsService, type NewAgreement } from '../../src/clients/agreements.service.js';
import type { AgreementScope } from '../../src/clients/agreement.types.js';
import type { NewPerson } from '../../src/clients/person.rules.js';
import { OnwardAnswers } from '../../src/onward-referrals/onward-answers.service.js';
import { OnwardOffers } from '../../src/onward-referrals/onward-offers.service.js';
import { OnwardParticipation } from '../../src/onward-referrals/onward-participation.service.js';
import type { OfferInput } from '../../src/onward-referrals/onward.dto.js';
import { placesInvariant } from '../../src/onward-referrals/places-invariant.js';
import { aMember, type TestMember, type TestScheme } from '../support/people.js';
import { aListing, aProvider } from './providers.js';
import { aReferral } from './referrals.js';

/** A group with one service and somebody who answers for it. */
export interface TestGroup {
  organisationId: string;
  listingId: string;
  member: TestMember;
}

export async function aGroup(
  scheme: TestScheme,
  details: {
    places?: number;
    provider?: Parameters<typeof aProvider>[1];
    listing?: Parameters<typeof aListing>[1];
  } = {},
): Promise<TestGroup> {
  const organisationId = await aProvider(scheme, details.provider);
  const sentence = aListing(scheme, details.listing).by(organisationId);
  const listingId = await (details.places === undefined ? sentence : sentence.counting(details.places));
  const member = await aMember(scheme, 'provider_member', { organisation: organisationId });
  return { organisationId, listingId, member };
}

/** Somebody with an active referral that a worker owns. */
export interface TestCase {
  referralId: string;
  clientId: string;
  worker: TestMember;
}

export const ALL_SCOPES: AgreementScope[] = ['needs', 'contact_details', 'access_needs'];

/** `agreedWith`: organisations they agreed to be told to, with everything an offer may need. */
export async function aCase(
  scheme: TestScheme,
  details: {
    worker?: TestMember;
    person?: Partial<NewPerson>;
    agreedWith?: string[];
    risks?: string[];
    state?: 'allocated' | 'active' | 'on_hold';
  } = {},
): Promise<TestCase> {
  const worker = details.worker ?? (await aMember(scheme, 'link_worker'));
  const risks = details.risks ?? [];
  const state = details.state ?? 'active';
  let sentence = aReferral(scheme)
    .about({ safeToCall: 'yes', ...details.person })
    .saying({ risks, noKnownRisks: risks.length === 0 })
    .accepted()
    .allocatedTo(worker);
  if (state !== 'allocated') sentence = sentence.active();
  if (state === 'on_hold') sentence = sentence.onHold();
  const { id: referralId, clientId } = await sentence;
  await inScheme(scheme, async (tx) => {
    for (const organisationId of details.agreedWith ?? []) {
      await scheme.betony
        .get(AgreementsService)
        .recordWithin(tx, clientId, { ...agreement(), organisationId });
    }
  });
  return { referralId, clientId, worker };
}

export const inScheme = <Result>(scheme: TestScheme, work: (tx: Tx) => Promise<Result>): Promise<Result> =>
  scheme.betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), work);

/** The least that an offer says. */
export const offerOf = (listingId: string, more: Partial<OfferInput> = {}): OfferInput => ({
  listingId,
  needs: ['loneliness'],
  howSoon: 'within_two_weeks',
  contactRoute: 'phone',
  ...more,
});

/** Recorded in the same call as the offer. */
export const agreement = (...scope: AgreementScope[]): Omit<NewAgreement, 'organisationId'> => ({
  scope: scope.length > 0 ? scope : ALL_SCOPES,
  basis: 'agreed',
  agreedOn: '2026-11-20',
  how: 'phone',
});

/** A sentence about an offer, done in order when it is awaited: `await anOffer(grace, group).accepted().started()` gives the id. */
export interface OfferSentence extends PromiseLike<string> {
  accepted(): OfferSentence;
  waitlisted(): OfferSentence;
  declined(reason?: 'full' | 'not_suitable'): OfferSentence;
  talking(): OfferSentence;
  inTouch(): OfferSentence;
  started(on?: string): OfferSentence;
  completed(): OfferSentence;
  stopped(): OfferSentence;
  withdrawn(): OfferSentence;
  /** Moves the clock of the whole test to after the answer was due. */
  expired(): OfferSentence;
}

export function anOffer(
  scheme: TestScheme,
  of: TestCase,
  to: TestGroup,
  more: Partial<OfferInput> = {},
): OfferSentence {
  const { betony } = scheme;
  const [offers, answers, participation] = [
    betony.get(OnwardOffers),
    betony.get(OnwardAnswers),
    betony.get(OnwardParticipation),
  ];
  const worker = of.worker.actor;
  const group = to.member.actor;
  const steps: ((id: string) => Promise<unknown>)[] = [];
  const then = (step: (id: string) => Promise<unknown>): OfferSentence => {
    steps.push(step);
    return sentence;
  };
  const make = async (): Promise<string> => {
    const input = offerOf(to.listingId, { agreement: agreement(), ...more });
    const id = await offers.offer(worker, of.referralId, input);
    for (const step of steps) await step(id);
    return id;
  };
  const sentence: OfferSentence = {
    accepted: () => then((id) => answers.accept(group, id, {})),
    waitlisted: () => then((id) => answers.waitlist(group, id, {})),
    declined: (reason = 'not_suitable') => then((id) => answers.decline(group, id, { reason })),
    talking: () => then((id) => answers.talk(group, id, { by: 'call_back' })),
    inTouch: () => then((id) => participation.inTouch(group, id, { reached: true })),
    started: (on) =>
      then((id) => participation.start(group, id, { on: on ?? today(scheme), by: 'help_given' })),
    completed: () => then((id) => participation.complete(group, id, { result: 'finished_as_planned' })),
    stopped: () => then((id) => participation.stop(group, id, { reason: 'did_not_suit', side: 'client' })),
    withdrawn: () =>
      then((id) => participation.withdraw(worker, id, { reason: 'changed_mind', side: 'client' })),
    expired: () =>
      then(async (id) => {
        betony.clock.advance({ days: 20 });
        await answers.expire(scheme.id, id);
      }),
    then: (done, failed) => make().then(done, failed),
  };
  return sentence;
}

/** The date in London, in winter. */
export const today = (scheme: TestScheme): string => scheme.betony.clock.now().toISOString().slice(0, 10);

/** Fails where the places of a listing are not exactly those its onward referrals hold. */
export async function expectPlacesToAddUp(scheme: TestScheme): Promise<void> {
  expect(await inScheme(scheme, placesInvariant)).toEqual([]);
}
