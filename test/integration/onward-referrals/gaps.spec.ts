import sql from 'sql-template-tag';
import { GapsQueries } from '../../../src/onward-referrals/gaps.queries.js';
import { Gaps } from '../../../src/onward-referrals/gaps.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import type { Attendance } from '../../../src/onward-referrals/onward.types.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { aCase, aGroup, anOffer, inScheme, type TestCase } from '../../factories/onward.js';
import { aListing } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { settle } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('gaps', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;
  let grace: TestCase;
  let gaps: Gaps;
  beforeAll(async () => {
    betony = await startApp();
    gaps = betony.get(Gaps);
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    grace = await aCase(scheme, { person: { postcode: 'CO15 1AA', language: 'bn' } });
  });
  afterAll(() => betony.stop());

  const list = async (query = {}, who = manager) =>
    (await betony.get(GapsQueries).list(who.actor, query)).items;
  const record = (more = {}, who = grace.worker) =>
    gaps.record(who.actor, { need: 'housing', why: 'nothing_like_it', ...more });

  it('are recorded in one call, with the place and language of the person', async () => {
    const id = await record({ referralId: grace.referralId, wouldHaveHelped: 'Evenings, in Bengali' });
    expect(await list()).toMatchObject([
      {
        id,
        need: 'housing',
        area: 'CO15',
        language: 'bn',
        why: 'nothing_like_it',
        wouldHaveHelped: 'Evenings, in Bengali',
        referralId: grace.referralId,
        byItself: false,
        closedAt: null,
      },
    ]);
    const written = await inScheme(scheme, (tx) =>
      tx.one(sql`
        select (select count(*)::int from audit_entry where action = 'gap.open' and client_ids = array[${grace.clientId}::uuid]) as audit,
          (select count(*)::int from outbox where scheme_id = ${scheme.id} and event = 'gap.opened') as outbox`),
    );
    expect(written).toEqual({ audit: 1, outbox: 1 });
  });

  it('stay one for a need of a referral, with what was said last; and may be nobody’s', async () => {
    const first = await record({ referralId: grace.referralId });
    expect(await record({ referralId: grace.referralId, why: 'too_far' })).toBe(first);
    expect(await list()).toMatchObject([{ why: 'too_far' }]);
    await record({ area: 'co16' });
    await record({ area: 'CO16' });
    expect(await list({ area: 'CO16' })).toHaveLength(2);
    expect(await list({ need: ['food'] })).toEqual([]);
  });

  it('are seen by managers, and by a link worker where they recorded them', async () => {
    const id = await record({ referralId: grace.referralId });
    expect(await list({}, grace.worker)).toMatchObject([{ id }]);
    const stranger = await aMember(scheme, 'link_worker');
    expect(await list({}, stranger)).toEqual([]);
    await expect(record({ referralId: grace.referralId }, stranger)).rejects.toMatchObject({ status: 404 });
    await expect(gaps.close(grace.worker.actor, id, { because: 'no_longer_needed' })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('are closed once', async () => {
    const id = await record();
    await gaps.close(manager.actor, id, { because: 'no_longer_needed', note: 'Moved' });
    expect(await list()).toEqual([]);
    expect(await list({ closed: true })).toMatchObject([
      { id, closedBecause: 'no_longer_needed', closedNote: 'Moved' },
    ]);
    await expect(gaps.close(manager.actor, id, { because: 'helped' })).rejects.toMatchObject({
      code: 'illegal-move',
    });
  });

  it('open by themselves when every group asked had no room', async () => {
    const [first, second] = [await aGroup(scheme), await aGroup(scheme)];
    await aListing(scheme);
    const one = await anOffer(scheme, grace, first);
    const other = await anOffer(scheme, grace, second);
    const answers = betony.get(OnwardAnswers);
    await answers.decline(first.member.actor, one, { reason: 'full' });
    await settle(betony);
    expect(await list()).toEqual([]);
    await answers.decline(second.member.actor, other, { reason: 'closed_for_now' });
    await settle(betony);
    expect(await list()).toMatchObject([
      { need: 'loneliness', why: 'no_capacity', area: 'CO15', referralId: grace.referralId, byItself: true },
    ]);
    await anOffer(scheme, grace, await aGroup(scheme)).declined('full');
    await settle(betony);
    expect(await list()).toHaveLength(1);
  });

  it('do not open while somebody else can still be asked, and open when nobody is left', async () => {
    const left = await aListing(scheme);
    await anOffer(scheme, grace, await aGroup(scheme)).declined('not_suitable');
    await settle(betony);
    expect(await list()).toEqual([]);
    await betony.get(ListingsService).pause(systemActor(scheme.id, 'test'), left, {});
    await anOffer(scheme, grace, await aGroup(scheme)).expired();
    await settle(betony);
    expect(await list()).toMatchObject([{ need: 'loneliness', why: 'nobody_eligible', byItself: true }]);
  });

  it('open by themselves where nobody suits from the first conversation on', async () => {
    await aListing(scheme, { forWhom: 'men' });
    const { referralId } = await aCase(scheme);
    await settle(betony);
    const found = (await list()).filter((gap) => gap.referralId === referralId);
    expect(found).toMatchObject([{ need: 'loneliness', why: 'nobody_eligible' }]);
  });

  it('close when a service that fits starts, and only then', async () => {
    await aListing(scheme);
    await settle(betony);
    await record({ referralId: grace.referralId });
    await record({ area: 'CO15' });
    await record({ area: 'CO16' });
    await record({ need: 'food', area: 'CO15' });
    const describe = { needs: ['housing' as const], areas: ['CO15'] };
    const forChildren = await aListing(scheme, { ...describe, maximumAge: 17 });
    await settle(betony);
    // Nobody's gap asks for no age; the person's does.
    expect((await list()).map(({ area, need }) => [need, area])).toEqual([
      ['food', 'CO15'],
      ['housing', 'CO16'],
      ['housing', 'CO15'],
    ]);
    expect(await list({ closed: true })).toMatchObject([
      { closedBecause: 'service_started', listingId: forChildren, referralId: null },
    ]);
    const paused = await aListing(scheme, describe).paused();
    await settle(betony);
    const open = async () => (await list()).filter(({ referralId }) => referralId === grace.referralId);
    expect(await open()).toHaveLength(1);
    await betony.get(ListingsService).resume(systemActor(scheme.id, 'test'), paused);
    await settle(betony);
    expect(await open()).toEqual([]);
  });

  it('that somebody records after a service started stay open', async () => {
    await aListing(scheme, { needs: ['housing'] });
    betony.clock.advance({ minutes: 1 });
    const id = await record({ referralId: grace.referralId });
    await settle(betony);
    expect((await list()).map((gap) => gap.id)).toContain(id);
  });

  it('close when the person is helped after all', async () => {
    const group = await aGroup(scheme, { places: 3 });
    await settle(betony);
    await record({ referralId: grace.referralId, need: 'loneliness' });
    await record({ referralId: grace.referralId, need: 'housing' });
    await anOffer(scheme, grace, group).accepted().started();
    await settle(betony);
    expect((await list()).map(({ need }) => need)).toEqual(['housing']);
    expect(await list({ closed: true })).toMatchObject([
      { need: 'loneliness', closedBecause: 'helped', listingId: group.listingId },
    ]);
  });

  it('open again when the person had not come after all, and close when they do', async () => {
    const group = await aGroup(scheme, { places: 3 });
    await settle(betony);
    const gap = await record({ referralId: grace.referralId, need: 'loneliness' });
    const id = await anOffer(scheme, grace, group).accepted();
    const said = async (result: Attendance) => {
      await betony.get(OnwardParticipation).attend(group.member.actor, id, {
        sessionOn: '2026-11-23',
        result,
      });
      await settle(betony);
    };
    await said('attended');
    expect(await list()).toEqual([]);
    await said('session_did_not_happen');
    expect(await list()).toMatchObject([{ id: gap, need: 'loneliness', closedAt: null }]);
    await said('late');
    expect(await list({ closed: true })).toMatchObject([{ id: gap, closedBecause: 'helped' }]);
  });
});
