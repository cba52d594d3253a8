import sql from 'sql-template-tag';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  expectPlacesToAddUp,
  inScheme,
  offerOf,
} from '../../factories/onward.js';
import { ListingsQueries } from '../../../src/providers/listings.queries.js';
import { PlacePeriods } from '../../../src/providers/place-periods.service.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const RACERS = 100;
const racers = Array.from({ length: RACERS }, (_, number) => number);

interface Outcomes {
  won: number;
  lost: Record<string, number>;
}

/** The racers walk to the start a few at a time, so that the machine is fresh for the race. */
async function eachInTurn<Made>(make: () => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (let at = 0; at < RACERS; at += 5) {
    made.push(...(await Promise.all(racers.slice(at, at + 5).map(make))));
  }
  return made;
}

async function outcomesOf(attempts: Promise<unknown>[]): Promise<Outcomes> {
  const outcomes: Outcomes = { won: 0, lost: {} };
  for (const settled of await Promise.allSettled(attempts)) {
    if (settled.status === 'fulfilled') outcomes.won += 1;
    else {
      const code = (settled.reason as { code?: string }).code ?? String(settled.reason);
      outcomes.lost[code] = (outcomes.lost[code] ?? 0) + 1;
    }
  }
  return outcomes;
}

describe('two at once, or a hundred', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let answers: OnwardAnswers;
  let offers: OnwardOffers;
  beforeAll(async () => {
    betony = await startApp({ config: { databasePoolSize: 25 } });
    answers = betony.get(OnwardAnswers);
    offers = betony.get(OnwardOffers);
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
  });
  afterEach(() => expectPlacesToAddUp(scheme));
  afterAll(async () => {
    await betony.stop();
  });

  const count = (what: string) =>
    inScheme(scheme, async (tx) => {
      const { n } = await tx.one<{ n: number }>(sql`
        select count(*)::int as n from onward_referral where state = ${what}`);
      return n;
    });

  it('gives the last place to one of 100 offers', async () => {
    const group = await aGroup(scheme, { places: 1 });
    const worker = await aMember(scheme, 'link_worker');
    const cases = await eachInTurn(() => aCase(scheme, { worker }));
    const { won, lost } = await outcomesOf(
      cases.map(({ referralId }) =>
        offers.offer(worker.actor, referralId, offerOf(group.listingId, { agreement: agreement() })),
      ),
    );
    expect(won).toBe(1);
    // Some read that it is full before they try, the others when they try.
    const { full = 0, gates = 0, ...others } = lost;
    expect([full + gates, others]).toEqual([RACERS - 1, {}]);
    expect(await count('offered')).toBe(1);
  }, 120_000);

  it('gives the last place to one of 100 people on the waiting list', async () => {
    const group = await aGroup(scheme, { places: 1 });
    const worker = await aMember(scheme, 'link_worker');
    const ids = await eachInTurn(async () =>
      anOffer(scheme, await aCase(scheme, { worker }), group, { toWaitingList: true }),
    );
    const { won, lost } = await outcomesOf(ids.map((id) => answers.accept(group.member.actor, id, {})));
    expect({ won, lost }).toEqual({ won: 1, lost: { full: RACERS - 1 } });
    expect(await count('accepted')).toBe(1);
  }, 120_000);

  it('never oversells a session under 100 offers and answers at once, nor sells one session’s places in another', async () => {
    const group = await aGroup(scheme, { places: 50 });
    const periods = betony.get(PlacePeriods);
    const of = group.member.actor;
    const PLACES = { Tuesdays: 5, Thursdays: 3 };
    for (const [name, total] of Object.entries(PLACES))
      await periods.add(of, group.listingId, { name, total });
    const [tuesdays, thursdays] = await betony.get(ListingsQueries).periods(of, group.listingId);
    const worker = await aMember(scheme, 'link_worker');
    const waiting: string[] = [];
    const holding: string[] = [];
    const fresh: [string, string][] = [];
    const cases = await eachInTurn(() => aCase(scheme, { worker }));
    for (const [number, grace] of cases.entries()) {
      const periodId = number % 2 === 0 ? tuesdays!.id : thursdays!.id;
      if (number % 5 === 0) {
        waiting.push(await anOffer(scheme, grace, group, { toWaitingList: true, periodId }));
      } else if (number % 5 === 1 && holding.length < 6) {
        holding.push(await anOffer(scheme, grace, group, { periodId }));
      } else fresh.push([grace.referralId, periodId]);
    }
    const { won, lost } = await outcomesOf([
      ...waiting.map((id) => answers.accept(of, id, {})),
      ...holding.map((id) => answers.decline(of, id, { reason: 'other' })),
      ...fresh.map(([referralId, periodId]) =>
        offers.offer(
          worker.actor,
          referralId,
          offerOf(group.listingId, { agreement: agreement(), periodId }),
        ),
      ),
    ]);
    const { full = 0, gates = 0, ...others } = lost;
    expect(others).toEqual({});
    expect(won + full + gates).toBe(RACERS);
    // Places given back while all ran may be free still; the rest of the test takes exactly those.
    for (const { id } of [tuesdays!, thursdays!]) {
      const left = async () =>
        (await betony.get(ListingsQueries).periods(of, group.listingId)).find((one) => one.id === id)!.left;
      for (let free = await left(); free >= 0; free -= 1) {
        const { referralId } = await aCase(scheme, { worker });
        const late = offers.offer(
          worker.actor,
          referralId,
          offerOf(group.listingId, { agreement: agreement(), periodId: id }),
        );
        if (free > 0) await late;
        else await expect(late).rejects.toMatchObject({ code: 'gates' });
      }
      expect(await left()).toBe(0);
    }
    const { taken, total } = await inScheme(scheme, (tx) =>
      tx.one<{ taken: number; total: number }>(sql`
        select places_taken as taken, places_total as total from listing where id = ${group.listingId}`),
    );
    expect([taken, total]).toEqual([8, 8]);
  }, 120_000);

  it('never oversells under 100 offers and answers at once, for one person or several', async () => {
    const PLACES = 12;
    const group = await aGroup(scheme, { places: PLACES });
    const worker = await aMember(scheme, 'link_worker');
    // A third wait for a place, a third hold one already for two, a third are offered in the race.
    const waiting: string[] = [];
    const holding: string[] = [];
    const fresh: string[] = [];
    const cases = await eachInTurn(() => aCase(scheme, { worker }));
    for (const [number, grace] of cases.entries()) {
      if (number % 3 === 0) waiting.push(await anOffer(scheme, grace, group, { toWaitingList: true }));
      else if (number % 3 === 1 && holding.length < PLACES / 2) {
        holding.push(await anOffer(scheme, grace, group, { people: 2 }));
      } else fresh.push(grace.referralId);
    }
    const of = group.member.actor;
    const { won, lost } = await outcomesOf([
      ...waiting.map((id) => answers.accept(of, id, {})),
      ...holding.map((id, number) =>
        number % 2 === 0 ? answers.decline(of, id, { reason: 'other' }) : answers.waitlist(of, id, {}),
      ),
      ...fresh.map((referralId, number) =>
        offers.offer(
          worker.actor,
          referralId,
          offerOf(group.listingId, { agreement: agreement(), people: 1 + (number % 3) }),
        ),
      ),
    ]);
    const { full = 0, gates = 0, ...others } = lost;
    expect(others).toEqual({});
    expect(won + full + gates).toBe(RACERS);
    const { taken, held } = await inScheme(scheme, (tx) =>
      tx.one<{ taken: number; held: number }>(sql`
        select l.places_taken as taken, (
          select coalesce(sum(o.places_held), 0)::int from onward_referral o where o.listing_id = l.id) as held
        from listing l where l.id = ${group.listingId}`),
    );
    expect(taken).toBe(held);
    expect(taken).toBeLessThanOrEqual(PLACES);
    // What was given back, and nobody was in time for, can be taken still: as many as are left, and not one more.
    for (let left = PLACES - taken; left >= 0; left -= 1) {
      const { referralId } = await aCase(scheme, { worker });
      const late = offers.offer(
        worker.actor,
        referralId,
        offerOf(group.listingId, { agreement: agreement() }),
      );
      if (left > 0) await late;
      else await expect(late).rejects.toMatchObject({ code: 'gates' });
    }
  }, 120_000);

  it('takes one of 100 answers to one offer', async () => {
    const group = await aGroup(scheme, { places: 3 });
    const id = await anOffer(scheme, await aCase(scheme), group);
    const { won, lost } = await outcomesOf(racers.map(() => answers.accept(group.member.actor, id, {})));
    expect({ won, lost }).toEqual({ won: 1, lost: { 'illegal-move': RACERS - 1 } });
    const told = await inScheme(scheme, (tx) =>
      tx.one(sql`
        select
          (select count(*)::int from onward_referral_history where action = 'accept') as history,
          (select count(*)::int from audit_entry where action = 'onward.accept') as audit,
          (select count(*)::int from outbox where scheme_id = ${scheme.id} and event = 'onward.accepted') as outbox`),
    );
    expect(told).toEqual({ history: 1, audit: 1, outbox: 1 });
  }, 60_000);

  it('lets one of two groups win a first-yes-wins round, every time', async () => {
    const grace = await aCase(scheme);
    const groups = [await aGroup(scheme, { places: 1 }), await aGroup(scheme, { places: 1 })] as const;
    for (let round = 0; round < 10; round += 1) {
      const ids = await Promise.all(
        groups.map(async (group) => ({
          group,
          id: await anOffer(scheme, grace, group, { firstYesWins: true }),
        })),
      );
      const { won, lost } = await outcomesOf(
        ids.map(({ group, id }) => answers.accept(group.member.actor, id, {})),
      );
      expect({ won, lost }).toEqual({ won: 1, lost: { 'illegal-move': 1 } });
      expect([await count('accepted'), await count('offered')]).toEqual([1, 0]);
      const undone = await outcomesOf(ids.map(({ group, id }) => answers.undo(group.member.actor, id)));
      expect(undone.won).toBe(1);
      await outcomesOf(
        ids.map(({ group, id }) => answers.decline(group.member.actor, id, { reason: 'other' })),
      );
    }
  }, 60_000);

  it('lets either the clock or the yes win, never both', async () => {
    const group = await aGroup(scheme, { places: 20 });
    const worker = await aMember(scheme, 'link_worker');
    const ids: string[] = [];
    for (let one = 0; one < 20; one += 1) {
      ids.push(await anOffer(scheme, await aCase(scheme, { worker }), group));
    }
    betony.clock.advance({ days: 30 });
    const results = await Promise.all(
      ids.map(async (id, number) => {
        const accept = () =>
          answers.accept(group.member.actor, id, {}).then(
            () => true,
            () => false,
          );
        const expire = () => answers.expire(scheme.id, id);
        const [accepted, expired] =
          number % 2 === 0
            ? await Promise.all([accept(), expire()])
            : (await Promise.all([expire(), accept()])).reverse();
        return { accepted, expired };
      }),
    );
    for (const { accepted, expired } of results) expect(accepted).toBe(!expired);
    const states = [await count('accepted'), await count('expired')];
    expect(states[0]! + states[1]!).toBe(20);
    expect(states[0]).toBe(results.filter(({ accepted }) => accepted).length);
  }, 60_000);

  it('never leaves an offer standing on an agreement withdrawn at the same moment', async () => {
    const worker = await aMember(scheme, 'link_worker');
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const group = await aGroup(scheme, { places: 1 });
        const grace = await aCase(scheme, { worker, agreedWith: [group.organisationId] });
        const { id } = await inScheme(scheme, (tx) =>
          tx.one<{ id: string }>(sql`
            select id from agreement where client_id = ${grace.clientId}`),
        );
        await Promise.allSettled([
          offers.offer(worker.actor, grace.referralId, offerOf(group.listingId)),
          betony.get(AgreementsService).withdraw(worker.actor, grace.clientId, id, {}),
        ]);
      }),
    );
    expect(await count('offered')).toBe(0);
  }, 60_000);

  it('does not lock itself out where two referrals settle the same two services in opposite order', async () => {
    const [left, right] = [await aGroup(scheme, { places: 50 }), await aGroup(scheme, { places: 50 })];
    const worker = await aMember(scheme, 'link_worker');
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, number) => {
        const grace = await aCase(scheme, { worker });
        const [first, second] = number % 2 === 0 ? [left, right] : [right, left];
        const id = await anOffer(scheme, grace, first, { firstYesWins: true, toWaitingList: true });
        await anOffer(scheme, grace, second, { firstYesWins: true });
        return { id, group: first };
      }),
    );
    const { won, lost } = await outcomesOf(
      ids.map(({ id, group }) => answers.accept(group.member.actor, id, {})),
    );
    expect({ won, lost }).toEqual({ won: 20, lost: {} });
  }, 60_000);
});
