import sql from 'sql-template-tag';
import type { AgreementScope } from '../../../src/clients/agreement.types.js';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { ClientMerges } from '../../../src/clients/client-merges.service.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { Signposts } from '../../../src/onward-referrals/signposts.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import {
  aCase,
  aGroup,
  anOffer,
  expectPlacesToAddUp,
  inScheme,
  offerOf,
  agreement,
  type TestCase,
  type TestGroup,
} from '../../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';

describe('when something below ends, moves or pauses', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let worker: TestMember;
  let manager: TestMember;
  beforeAll(async () => {
    // As many live at once as there are live states.
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony, { liveOffers: 5 });
    worker = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager');
  });
  afterEach(() => expectPlacesToAddUp(scheme));
  afterAll(async () => {
    await betony.stop();
  });

  interface Everything {
    grace: TestCase;
    groups: TestGroup[];
    ids: { offered: string; waitlisted: string; accepted: string; started: string; declined: string };
  }

  /** One referral with everything live, and one ended. */
  async function everything(grace?: TestCase): Promise<Everything> {
    const of = grace ?? (await aCase(scheme, { worker }));
    const groups = await Promise.all(Array.from({ length: 5 }, () => aGroup(scheme, { places: 2 })));
    const [a, b, c, d, e] = groups as [TestGroup, TestGroup, TestGroup, TestGroup, TestGroup];
    return {
      grace: of,
      groups,
      ids: {
        offered: await anOffer(scheme, of, a),
        waitlisted: await anOffer(scheme, of, b).waitlisted(),
        accepted: await anOffer(scheme, of, c).accepted(),
        started: await anOffer(scheme, of, d).accepted().started(),
        declined: await anOffer(scheme, of, e).declined(),
      },
    };
  }

  const states = async ({ ids }: Everything): Promise<Record<string, unknown>> => {
    const rows = await inScheme(scheme, (tx) =>
      tx.rows<{ id: string; state: string; reason: string | null; side: string | null; held: number }>(sql`
        select id, state, coalesce(end_reason, result) as reason, end_side as side, places_held as held
        from onward_referral where id = any(${Object.values(ids)}::uuid[])`),
    );
    return Object.fromEntries(
      Object.entries(ids).map(([was, id]) => {
        const row = rows.find((one) => one.id === id)!;
        return [was, `${row.state}, ${row.reason ?? '-'}, ${row.side ?? '-'}, ${row.held} held`];
      }),
    );
  };
  const close = ({ referralId }: TestCase) =>
    betony.get(ReferralsService).close(manager.actor, referralId, {
      result: 'helped',
      reason: 'done',
      noResponseBecause: 'declined',
      mayAskAgain: false,
    });
  const agreementWithdrawn = async (
    { clientId }: TestCase,
    organisationId: string | null,
    scope?: AgreementScope[],
  ) => {
    const { id } = await inScheme(scheme, (tx) =>
      tx.one<{ id: string }>(sql`
        select id from agreement
        where client_id = ${clientId} and organisation_id is not distinct from ${organisationId}`),
    );
    await betony.get(AgreementsService).withdraw(worker.actor, clientId, id, scope ? { scope } : {});
  };
  const died = ({ clientId }: TestCase) =>
    betony.get(ClientsService).recordDeath(manager.actor, clientId, { diedOn: null, toldBy: 'Her daughter' });
  const withdrawn = ({ referralId }: TestCase) =>
    betony.get(ReferralsService).withdraw(manager.actor, referralId, { reason: 'sent_in_error' });
  const DECLINED = 'declined, not_suitable, provider, 0 held';

  it.each([
    ['closed', close, 'referral_closed', 'client', 'completed, not_known, -, 0 held'],
    [
      'withdrawn',
      withdrawn,
      'referral_withdrawn',
      'referrer',
      'stopped, referral_withdrawn, referrer, 0 held',
    ],
    [
      'no longer agreed to',
      (of: TestCase) => agreementWithdrawn(of, null),
      'agreement_withdrawn',
      'client',
      'stopped, agreement_withdrawn, client, 0 held',
    ],
    ["ended by the person's death", died, 'died', 'client', 'stopped, died, client, 0 held'],
  ] as const)('settles when the referral is %s', async (_how, end, reason, side, started) => {
    const all = await everything();
    const bystander = await everything();
    await end(all.grace);
    const taken = `withdrawn, ${reason}, ${side}, 0 held`;
    expect(await states(all)).toEqual({
      offered: taken,
      waitlisted: taken,
      accepted: taken,
      started,
      declined: DECLINED,
    });
    const waiting = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select id from onward_referral where referral_id = ${all.grace.referralId} and to_act is not null`),
    );
    expect(waiting).toEqual([]);
    expect(Object.values(await states(bystander)).filter((line) => String(line).includes('- held'))).toEqual(
      [],
    );
    expect((await states(bystander))['offered']).toBe('offered, -, -, 1 held');
  });

  it('pauses what waits for an answer on a hold, and lets it run again with the days it had', async () => {
    const all = await everything();
    betony.clock.set('2026-11-30T10:00:00Z');
    await betony
      .get(ReferralsService)
      .hold(worker.actor, all.grace.referralId, { reason: 'away', resumeOn: '2027-01-11' });
    expect(await states(all)).toEqual({
      offered: 'offered, -, -, 1 held',
      waitlisted: 'waitlisted, -, -, 0 held',
      accepted: 'accepted, -, -, 1 held',
      started: 'started, -, -, 1 held',
      declined: DECLINED,
    });
    const clock = () =>
      inScheme(scheme, (tx) =>
        tx.one(sql`
          select clock_stopped as stopped, days_left as left, answer_by as by from onward_referral
          where id = ${all.ids.offered}`),
      );
    expect(await clock()).toEqual({ stopped: 'hold', left: 5, by: null });
    betony.clock.set('2027-01-11T10:00:00Z');
    expect(await betony.get(OnwardAnswers).expire(scheme.id, all.ids.offered)).toBe(false);
    await betony.get(ReferralsService).resume(worker.actor, all.grace.referralId, { nextOn: '2027-01-12' });
    expect(await clock()).toEqual({ stopped: null, left: null, by: new Date('2027-01-18T17:00:00Z') });
  });

  describe('when agreement is withdrawn', () => {
    it('ends at once what it covered, and nothing else', async () => {
      const all = await everything();
      for (const group of all.groups.slice(1, 4)) await agreementWithdrawn(all.grace, group.organisationId);
      expect(await states(all)).toEqual({
        offered: 'offered, -, -, 1 held',
        waitlisted: 'withdrawn, agreement_withdrawn, client, 0 held',
        accepted: 'withdrawn, agreement_withdrawn, client, 0 held',
        started: 'stopped, agreement_withdrawn, client, 0 held',
        declined: DECLINED,
      });
    });

    it('leaves standing what rests on what is left', async () => {
      const all = await everything();
      await agreementWithdrawn(all.grace, all.groups[2]!.organisationId, ['contact_details']);
      expect((await states(all))['accepted']).toBe('accepted, -, -, 1 held');
    });
  });

  describe('when two records turn out to be one person', () => {
    const clientsOf = async (all: Everything) => {
      const rows = await inScheme(scheme, (tx) =>
        tx.rows<{ client_id: string }>(sql`
          select distinct client_id from onward_referral where id = any(${Object.values(all.ids)}::uuid[])
          union select client_id from signpost where referral_id = ${all.grace.referralId}`),
      );
      return rows.map(({ client_id }) => client_id);
    };
    const twins = async () => {
      const kept = await aCase(scheme, { worker });
      await close(kept);
      const unnumbered = { nhsNumber: null, noNhsNumberBecause: 'not_known' as const };
      const grace = await aCase(scheme, { worker, person: unnumbered });
      const all = await everything(grace);
      await betony.get(Signposts).record(worker.actor, grace.referralId, {
        toldAbout: 'The library',
        toldOn: '2026-11-23',
        how: 'phone',
      });
      return { kept, all };
    };

    it('moves everything with the person, keeps it live, and takes it back with what came since', async () => {
      const { kept, all } = await twins();
      const merges = betony.get(ClientMerges);
      await merges.merge(manager.actor, kept.clientId, all.grace.clientId, 'Same person');
      expect(await clientsOf(all)).toEqual([kept.clientId]);
      expect((await states(all))['accepted']).toBe('accepted, -, -, 1 held');
      const group = await aGroup(scheme);
      const since = await anOffer(scheme, { ...all.grace, clientId: kept.clientId }, group);
      await merges.unmerge(manager.actor, all.grace.clientId, 'Two people after all');
      expect(await clientsOf(all)).toEqual([all.grace.clientId]);
      const { owner, actions } = await inScheme(scheme, (tx) =>
        tx.one<{ owner: string; actions: string[] }>(sql`
          select o.client_id as owner, array(
            select h.action from onward_referral_history h where h.onward_referral_id = o.id order by h.id) as actions
          from onward_referral o where o.id = ${since}`),
      );
      expect(owner).toBe(all.grace.clientId);
      expect(actions).toEqual(['offer', 'unmerge']);
    });

    it('is refused while one is with a group the other must never be offered to', async () => {
      const { kept, all } = await twins();
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          insert into never_offer (scheme_id, client_id, organisation_id, recorded_at)
          values (${scheme.id}, ${kept.clientId}, ${all.groups[2]!.organisationId}, ${tx.now})`),
      );
      await expect(
        betony.get(ClientMerges).merge(manager.actor, kept.clientId, all.grace.clientId, 'Same person'),
      ).rejects.toMatchObject({ status: 409, code: 'never-offer' });
      expect(await clientsOf(all)).toEqual([all.grace.clientId]);
    });
  });

  it('lets nothing stand when everything happens at once', async () => {
    const all = await everything();
    const other = await aGroup(scheme, { places: 1 });
    await Promise.allSettled([
      withdrawn(all.grace),
      betony.get(OnwardAnswers).accept(all.groups[0]!.member.actor, all.ids.offered, {}),
      betony.get(OnwardAnswers).accept(all.groups[1]!.member.actor, all.ids.waitlisted, {}),
      betony.get(OnwardAnswers).undo(all.groups[2]!.member.actor, all.ids.accepted),
      died(all.grace),
      betony
        .get(OnwardOffers)
        .offer(worker.actor, all.grace.referralId, offerOf(other.listingId, { agreement: agreement() })),
    ]);
    const live = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select id from onward_referral
        where referral_id = ${all.grace.referralId} and listing_id <> ${other.listingId}
          and state in ('offered', 'waitlisted', 'accepted', 'started')`),
    );
    expect(live).toEqual([]);
  });
});
