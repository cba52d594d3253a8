import sql from 'sql-template-tag';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import type { GroupOnwardView } from '../../../src/onward-referrals/onward.dto.js';
import { OnwardQueries } from '../../../src/onward-referrals/onward.queries.js';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  expectPlacesToAddUp,
  inScheme,
  offerOf,
} from '../../factories/onward.js';
import { aReferral } from '../../factories/referrals.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('offering', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let offers: OnwardOffers;
  beforeAll(async () => {
    betony = await startApp();
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

  const row = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.one<Record<string, unknown>>(sql`select * from onward_referral where id = ${id}`),
    );
  const counts = () =>
    inScheme(scheme, (tx) =>
      tx.one<Record<string, number>>(sql`
        select (select count(*)::int from onward_referral) as rows,
          (select count(*)::int from onward_referral_history) as history,
          (select count(*)::int from audit_entry where action = 'onward.offer') as audit,
          (select count(*)::int from outbox where scheme_id = ${scheme.id} and event like 'onward.%') as outbox,
          (select count(*)::int from agreement a join provider p using (scheme_id, organisation_id)) as agreements,
          (select coalesce(sum(places_taken), 0)::int from listing) as taken`),
    );

  it('writes row, history, audit, outbox and place, with the agreement given in the same call', async () => {
    const grace = await aCase(scheme);
    const group = await aGroup(scheme, { places: 2 });
    const id = await anOffer(scheme, grace, group);
    expect(await row(id)).toMatchObject({
      state: 'offered',
      client_id: grace.clientId,
      organisation_id: group.organisationId,
      places_held: 1,
      answer_by: new Date('2026-12-07T17:00:00Z'),
      clock_stopped: null,
    });
    expect(await counts()).toEqual({ rows: 1, history: 1, audit: 1, outbox: 1, agreements: 1, taken: 1 });
  });

  const refused: [string, () => Promise<unknown>, object][] = [
    [
      'without agreement for this organisation',
      async () => {
        const grace = await aCase(scheme);
        const group = await aGroup(scheme, { places: 2 });
        return offers.offer(grace.worker.actor, grace.referralId, offerOf(group.listingId));
      },
      { status: 409, code: 'no-agreement' },
    ],
    [
      'where the person does not agree to be supported at all any more',
      async () => {
        const grace = await aCase(scheme);
        const group = await aGroup(scheme, { places: 2 });
        await inScheme(scheme, (tx) =>
          tx.run(sql`
            update agreement set withdrawn_at = ${tx.now}
            where scheme_id = ${scheme.id} and client_id = ${grace.clientId} and organisation_id is null`),
        );
        return anOffer(scheme, grace, group);
      },
      { status: 409, code: 'no-agreement' },
    ],
    [
      'where agreement leaves out what the route shares',
      async () => {
        const grace = await aCase(scheme);
        const group = await aGroup(scheme, { places: 2 });
        const input = offerOf(group.listingId, { agreement: agreement('needs', 'access_needs') });
        return offers.offer(grace.worker.actor, grace.referralId, input);
      },
      {
        status: 409,
        code: 'no-agreement',
        extra: { refusals: [expect.objectContaining({ about: 'contact_details' })] },
      },
    ],
    [
      'with every gate that does not pass',
      async () => {
        const grace = await aCase(scheme, { risks: ['falls'] });
        const group = await aGroup(scheme, {
          places: 0,
          provider: { limits: ['falls'] },
          listing: { needs: ['food'] },
        });
        return anOffer(scheme, grace, group);
      },
      {
        status: 409,
        code: 'gates',
        extra: {
          refusals: [
            expect.objectContaining({ about: 'takes_this_need' }),
            expect.objectContaining({ about: 'within_limits' }),
            expect.objectContaining({ about: 'has_places' }),
          ],
        },
      },
    ],
    [
      'to a group the person must never be offered to, without saying why',
      async () => {
        const grace = await aCase(scheme);
        const group = await aGroup(scheme);
        await inScheme(scheme, (tx) =>
          tx.run(sql`
            insert into never_offer (scheme_id, client_id, organisation_id, recorded_at)
            values (${scheme.id}, ${grace.clientId}, ${group.organisationId}, ${tx.now})`),
        );
        return anOffer(scheme, grace, group);
      },
      { code: 'gates', message: 'This service is not suitable for this person.' },
    ],
    [
      'twice to the same service',
      async () => {
        const grace = await aCase(scheme);
        const group = await aGroup(scheme);
        await anOffer(scheme, grace, group);
        return anOffer(scheme, grace, group);
      },
      { code: 'already-offered' },
    ],
    [
      'to a third service while two are waiting',
      async () => {
        const grace = await aCase(scheme);
        await anOffer(scheme, grace, await aGroup(scheme));
        await anOffer(scheme, grace, await aGroup(scheme)).waitlisted();
        return anOffer(scheme, grace, await aGroup(scheme));
      },
      { code: 'too-many-offers' },
    ],
    [
      'while the referral is on hold',
      async () => anOffer(scheme, await aCase(scheme, { state: 'on_hold' }), await aGroup(scheme)),
      { code: 'illegal-move', extra: { from: 'on_hold', action: 'offer' } },
    ],
    [
      'by a route that is not safe',
      async () => anOffer(scheme, await aCase(scheme), await aGroup(scheme), { contactRoute: 'email' }),
      { status: 422, extra: { errors: [expect.objectContaining({ field: 'contactRoute' })] } },
    ],
    [
      'with a risk to others and nothing that keeps the group safe',
      async () =>
        anOffer(scheme, await aCase(scheme, { risks: ['violence_or_aggression'] }), await aGroup(scheme)),
      { status: 422, extra: { errors: [expect.objectContaining({ field: 'safetyInstructions' })] } },
    ],
    [
      "with somebody else's client",
      async () => {
        const grace = await aCase(scheme);
        const stranger = await aMember(scheme, 'link_worker');
        return anOffer(scheme, { ...grace, worker: stranger }, await aGroup(scheme));
      },
      { status: 404 },
    ],
    [
      'to a service of another scheme',
      async () => anOffer(scheme, await aCase(scheme), await aGroup(await aScheme(betony))),
      { status: 404 },
    ],
    [
      'for more people than places are left',
      async () => anOffer(scheme, await aCase(scheme), await aGroup(scheme, { places: 2 }), { people: 3 }),
      { code: 'gates' },
    ],
  ];

  it.each(refused)('is refused %s, and nothing is kept', async (_why, attempt, refusal) => {
    const offered = attempt();
    await expect(offered).rejects.toMatchObject(refusal);
    const left = await counts();
    expect(left['history']).toBe(left['outbox']);
    const kept = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select a.id from agreement a
        join provider p using (scheme_id, organisation_id)
        where not exists (select 1 from onward_referral o where o.organisation_id = a.organisation_id)`),
    );
    expect(kept).toEqual([]);
  });

  it('offers a full service to the waiting list knowingly, holding nothing', async () => {
    const group = await aGroup(scheme, { places: 0 });
    const id = await anOffer(scheme, await aCase(scheme), group, { toWaitingList: true });
    expect(await row(id)).toMatchObject({ state: 'offered', places_held: 0 });
  });

  it('holds a place for each person of a household', async () => {
    const group = await aGroup(scheme, { places: 5 });
    const id = await anOffer(scheme, await aCase(scheme), group, { people: 3 });
    expect(await row(id)).toMatchObject({ people: 3, places_held: 3 });
    expect((await counts())['taken']).toBe(3);
  });

  it('lets the clock of a group that answers by phone stand until somebody rang', async () => {
    const grace = await aCase(scheme);
    const group = await aGroup(scheme, { provider: { answersBy: 'phone', contactPhone: '+447700900555' } });
    const id = await anOffer(scheme, grace, group);
    expect(await row(id)).toMatchObject({
      clock_stopped: 'ring',
      answer_by: null,
      days_left: 10,
      to_act: 'ring',
    });
    betony.clock.set('2026-11-25T10:00:00Z');
    await betony.get(OnwardAnswers).rang(grace.worker.actor, id, null);
    expect(await row(id)).toMatchObject({
      clock_stopped: null,
      answer_by: new Date('2026-12-09T17:00:00Z'),
      days_left: null,
      to_act: null,
    });
  });

  it('clears an earlier "no" from what waits for the owner once somebody else is offered', async () => {
    const grace = await aCase(scheme);
    const first = await anOffer(scheme, grace, await aGroup(scheme)).declined();
    expect(await row(first)).toMatchObject({ to_act: 'declined' });
    await anOffer(scheme, grace, await aGroup(scheme));
    expect(await row(first)).toMatchObject({ to_act: null });
  });

  describe('again after it was withdrawn', () => {
    it('says the same to the losers of a round whose yes was taken back', async () => {
      const grace = await aCase(scheme);
      const [winner, loser] = [await aGroup(scheme), await aGroup(scheme, { places: 1 })];
      const first = await anOffer(scheme, grace, winner, { firstYesWins: true });
      const words = {
        firstYesWins: true,
        helpNote: 'Company',
        safetyInstructions: ['daytime_only' as const],
      };
      const second = await anOffer(scheme, grace, loser, words);
      const queries = betony.get(OnwardQueries);
      const read = async (id: string) => (await queries.get(loser.member.actor, id)) as GroupOnwardView;
      await betony.get(OnwardAnswers).accept(winner.member.actor, first, {});
      expect(await read(second)).toMatchObject({
        ending: 'found_something',
        endingWords: expect.stringMatching(/^\w+ has found something; your place is free again.$/),
        pleaseDoNotContact: true,
      });
      await betony.get(OnwardAnswers).undo(winner.member.actor, first);
      expect(await row(second)).toMatchObject({ state: 'withdrawn' });
      const [before] = [await row(second)];
      const again = await offers.reOffer(grace.worker.actor, second, {});
      expect(again).not.toBe(second);
      const same = ['listing_id', 'referral_id', 'needs', 'help_note', 'how_soon', 'contact_route', 'people']
        .concat(
          'called_by',
          'shares_access',
          'safety_instructions',
          'confirmed',
          'must_avoid',
          'first_yes_wins',
        )
        .map((column) => [column, before[column]]);
      expect(await row(again)).toMatchObject({
        ...(Object.fromEntries(same) as object),
        state: 'offered',
        places_held: 1,
        end_reason: null,
        seen_at: null,
      });
      expect(await read(second)).toMatchObject({ state: 'withdrawn', pleaseDoNotContact: false });
      await expect(offers.reOffer(grace.worker.actor, second, {})).rejects.toMatchObject({
        code: 'already-offered',
      });
    });

    it('asks everything again', async () => {
      const grace = await aCase(scheme);
      const group = await aGroup(scheme, { places: 1 });
      const id = await anOffer(scheme, grace, group).withdrawn();
      const refused = (code: string, input = {}) =>
        expect(offers.reOffer(grace.worker.actor, id, input)).rejects.toMatchObject({ code });
      const set = (statement: ReturnType<typeof sql>) => inScheme(scheme, (tx) => tx.run(statement));
      await set(sql`update referral set risks = '{unsafe_home}' where id = ${grace.referralId}`);
      await refused('invalid');
      const safe = { safetyInstructions: ['no_home_visits' as const] };
      const other = await anOffer(scheme, await aCase(scheme), group);
      await refused('gates', safe);
      await betony.get(OnwardAnswers).decline(group.member.actor, other, { reason: 'other' });
      await set(
        sql`update agreement set withdrawn_at = ${betony.clock.now()} where organisation_id = ${group.organisationId}`,
      );
      await refused('no-agreement', safe);
      await set(
        sql`update agreement set withdrawn_at = null where organisation_id = ${group.organisationId}`,
      );
      const again = await offers.reOffer(grace.worker.actor, id, safe);
      expect(await row(again)).toMatchObject({ state: 'offered', safety_instructions: ['no_home_visits'] });
    });

    it('is not for one that ended another way', async () => {
      const grace = await aCase(scheme);
      const id = await anOffer(scheme, grace, await aGroup(scheme)).declined();
      await expect(offers.reOffer(grace.worker.actor, id, {})).rejects.toMatchObject({
        code: 'illegal-move',
      });
    });
  });

  describe('again after a late yes', () => {
    it('needs the late yes, and asks everything again', async () => {
      const grace = await aCase(scheme);
      const group = await aGroup(scheme, { places: 1 });
      const id = await anOffer(scheme, grace, group).expired();
      await expect(offers.revive(grace.worker.actor, id, {})).rejects.toMatchObject({
        code: 'illegal-move',
      });
      await betony.get(OnwardAnswers).lateYes(group.member.actor, id, null);
      await betony.get(OnwardAnswers).lateYes(group.member.actor, id, null);
      expect(await row(id)).toMatchObject({ state: 'expired', to_act: 'late_yes' });
      const other = await anOffer(scheme, await aCase(scheme), group);
      await expect(offers.revive(grace.worker.actor, id, {})).rejects.toMatchObject({ code: 'gates' });
      await betony.get(OnwardAnswers).decline(group.member.actor, other, { reason: 'other' });
      await offers.revive(grace.worker.actor, id, {});
      expect(await row(id)).toMatchObject({
        state: 'offered',
        places_held: 1,
        late_yes_at: null,
        ended_at: null,
        to_act: null,
      });
    });

    it('is thanked and needs nothing once the referral has ended', async () => {
      const grace = await aCase(scheme);
      const group = await aGroup(scheme);
      const id = await anOffer(scheme, grace, group).expired();
      await betony.get(ReferralsService).withdraw(grace.worker.actor, grace.referralId, {
        reason: 'person_said_no',
      });
      await expect(betony.get(OnwardAnswers).lateYes(group.member.actor, id, null)).rejects.toMatchObject({
        code: 'illegal-move',
        message: expect.stringContaining('nothing to do') as string,
      });
      expect(await row(id)).toMatchObject({ late_yes_at: null, to_act: null });
    });

    it('is refused for a risk to others learned since, until the group is told how to keep safe', async () => {
      const grace = await aCase(scheme);
      const group = await aGroup(scheme);
      const id = await anOffer(scheme, grace, group).expired();
      await betony.get(OnwardAnswers).lateYes(group.member.actor, id, null);
      await aReferral(scheme)
        .about({ nhsNumber: undefined, noNhsNumberBecause: 'not_known' })
        .saying({ risks: ['violence_or_aggression'], noKnownRisks: false })
        .joinedTo(grace.referralId);
      await expect(offers.revive(grace.worker.actor, id, {})).rejects.toMatchObject({ code: 'invalid' });
      expect(await row(id)).toMatchObject({ state: 'expired', safety_instructions: [] });
      await offers.revive(grace.worker.actor, id, { safetyInstructions: ['meet_in_pairs'] });
      expect(await row(id)).toMatchObject({ state: 'offered', safety_instructions: ['meet_in_pairs'] });
    });
  });
});
