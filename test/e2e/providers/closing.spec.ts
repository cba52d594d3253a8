import sql from 'sql-template-tag';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { contactPointOf } from '../../../src/providers/contact-points.js';
import { Closures } from '../../../src/providers/closures.service.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  expectPlacesToAddUp,
  inScheme,
  offerOf,
  type TestGroup,
} from '../../factories/onward.js';
import { aListing } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { rowsOf } from '../../support/records.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('a group that closes for good', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let lead: TestMember;
  let sam: TestMember;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony, { liveOffers: 5 });
    lead = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
  });
  afterEach(() => expectPlacesToAddUp(scheme));

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const close = ({ organisationId }: TestGroup, payload: object = { reason: 'nobody_to_run_it' }) =>
    call(lead, 'POST', `/providers/${organisationId}/close-for-good`, payload);
  const reopen = ({ organisationId }: TestGroup, reason = 'It was another group of that name.') =>
    call(lead, 'POST', `/providers/${organisationId}/reopen`, { reason });
  const written = (changes: object = {}) =>
    aGroup(scheme, {
      places: 5,
      provider: { answersBy: 'email', contactEmail: 'ann@example.org', ...changes },
    });
  const closureOf = async ({ organisationId }: TestGroup): Promise<string> =>
    (
      await rowsOf<{ id: string }>(
        scheme,
        sql`select id from provider_closure where organisation_id = ${organisationId}`,
      )
    )[0]!.id;
  const linkTo = (group: TestGroup, id: string): Promise<string> =>
    inScheme(scheme, async (tx) => {
      const links = betony.get(ReplyLinks);
      const { organisationId } = group;
      const contactPointId = await contactPointOf(tx, organisationId, {
        channel: 'email',
        to: 'ann@example.org',
      });
      const about = { kind: 'onward_referral' as const, id };
      const linkId = await links.make(
        tx,
        { purpose: 'answer', about },
        { organisationId, contactPointId, messageId: null },
      );
      return links.token(linkId);
    });

  it('leaves everybody who is with it or waits for it to their worker, before the group hears', async () => {
    const group = await written();
    const ids: Record<string, string> = {};
    for (const state of ['offered', 'waitlisted', 'accepted', 'started'] as const) {
      const offer = anOffer(scheme, await aCase(scheme, { worker: sam }), group);
      ids[state] = await {
        offered: () => offer,
        waitlisted: () => offer.waitlisted(),
        accepted: () => offer.accepted(),
        started: () => offer.accepted().started(),
      }[state]();
    }
    const declined = await anOffer(scheme, await aCase(scheme, { worker: sam }), group).declined();
    const token = await linkTo(group, ids['offered']!);
    const desk = reminderDesk(scheme);
    await desk.work(TEST_NOW);
    const closed = await close(group);
    expect(closed.json()).toMatchObject({
      closedForGoodOn: '2026-11-23',
      closedForGoodBecause: 'nobody_to_run_it',
      publishedListings: 0,
    });
    const today = (await call(sam, 'GET', '/today')).json();
    expect(
      today.groupReplies
        .filter((one: { toAct: string }) => one.toAct === 'ended_by_group')
        .map((one: { onwardReferralId: string }) => one.onwardReferralId)
        .sort(),
    ).toEqual(Object.values(ids).sort());
    const rows = await rowsOf<{ id: string; line: string }>(
      scheme,
      sql`select id, concat_ws(' ', state, end_reason, end_side, places_held) as line from onward_referral
        where organisation_id = ${group.organisationId}`,
    );
    const lineOf = Object.fromEntries(rows.map(({ id, line }) => [id, line]));
    expect(Object.values(ids).map((id) => lineOf[id])).toEqual([
      'withdrawn provider_closed provider 0',
      'withdrawn provider_closed provider 0',
      'withdrawn provider_closed provider 0',
      'stopped provider_closed provider 0',
    ]);
    expect(lineOf[declined]).toBe('declined not_suitable provider 0');
    expect((await betony.inject({ url: `/reply/${token}` })).statusCode).toBe(410);

    // The workers have the rest of the day; the group is written to the next morning.
    const closureId = await closureOf(group);
    expect(await desk.reminders(closureId)).toEqual(['group_closed 1 2026-11-24T10:00 waiting']);
    await desk.work();
    expect((await desk.messages(group.organisationId)).filter(({ state }) => state === 'ready')).toHaveLength(
      1,
    );
    const tasks = (await call(sam, 'GET', '/tasks')).json().items as { kind: string }[];
    expect(tasks.filter(({ kind }) => kind === 'group_replied').length).toBeGreaterThanOrEqual(4);
    const made = await desk.work('2026-11-24T10:00:00Z');
    const claims = await Promise.all(made.map((id) => betony.get(MessagesService).claim(scheme.id, id)));
    const text = claims.map((claim) => claim?.letter.text ?? '').join();
    expect(text).toContain('destroy your notes');
    expect(text).not.toMatch(/\/reply\//);
    // Nobody is asked "did you get in touch?" or "is this still right?" any more.
    await desk.work('2027-03-01T10:00:00Z');
    const later = await rowsOf<{ kind: string }>(
      scheme,
      sql`select distinct kind from reminder where state = 'done' and outcome = 'message' and done_at > '2026-11-25'`,
    );
    expect(later).toEqual([]);
  });

  it('that answers by phone is the managers’ to ring', async () => {
    const group = await aGroup(scheme, { provider: { answersBy: 'phone', contactPhone: '07700 900123' } });
    await close(group);
    const desk = reminderDesk(scheme);
    await desk.work('2026-11-24T10:00:00Z');
    expect(await desk.tasks(await closureOf(group))).toEqual(['group_closed managers open']);
    await reopen(group);
    expect(await desk.tasks(await closureOf(group))).toEqual(['group_closed managers moved_on']);
  });

  it('is found and offered by nobody, and opens nothing again', async () => {
    const group = await written();
    const draft = await aListing(scheme).by(group.organisationId).inDraft();
    await close(group, { reason: 'no_money', closedOn: '2026-11-20', note: 'The grant ended.' });
    expect((await call(sam, 'GET', '/listings')).body).not.toContain(group.listingId);
    const { referralId } = await aCase(scheme, { worker: sam });
    const offered = await call(sam, 'POST', `/referrals/${referralId}/onward-referrals`, {
      ...offerOf(group.listingId),
      agreement: agreement(),
    });
    expect(offered.json()).toMatchObject({
      status: 409,
      title: 'gates',
      detail: 'This group has closed for good.',
    });
    for (const [path, body] of [
      [`/listings/${group.listingId}/reopen`, {}],
      ['/listings', { organisationId: group.organisationId, name: 'Again', description: 'Tea' }],
    ] as const) {
      expect((await call(lead, 'POST', path, body)).json()).toMatchObject({
        status: 409,
        title: 'provider-closed',
      });
    }
    expect((await close(group)).json()).toMatchObject({
      status: 409,
      from: 'closed',
      action: 'closeForGood',
    });
    const history = (await call(lead, 'GET', `/providers/${group.organisationId}/history`)).json();
    expect(history.items[0]).toMatchObject({
      action: 'provider.closedForGood',
      by: 'Mo Rahman',
      changes: {
        closedForGoodOn: { from: null, to: '2026-11-20' },
        reason: 'no_money',
        note: 'The grant ended.',
      },
    });
    const of = async (id: string) => (await call(lead, 'GET', `/listings/${id}/history`)).json().items[0];
    expect(await of(draft)).toMatchObject({ changes: { state: { from: 'draft', to: 'closed' } } });
  });

  it('opens again as it was where that was a mistake, but gives nobody back by itself', async () => {
    const group = await written();
    const grace = await aCase(scheme, { worker: sam });
    const offer = await anOffer(scheme, grace, group);
    const token = await linkTo(group, offer);
    const draft = await aListing(scheme).by(group.organisationId).inDraft();
    const gone = await aListing(scheme).by(group.organisationId).closed();
    await close(group);
    expect((await reopen(group)).json()).toMatchObject({ closedForGoodOn: null, publishedListings: 1 });
    const state = async (id: string) => (await call(lead, 'GET', `/listings/${id}`)).json().state;
    expect(await Promise.all([group.listingId, draft, gone].map(state))).toEqual([
      'published',
      'draft',
      'closed',
    ]);
    expect((await call(sam, 'GET', '/listings')).body).toContain(group.listingId);
    expect((await betony.inject({ url: `/reply/${token}` })).statusCode).toBe(410);
    const again = await call(sam, 'POST', `/onward-referrals/${offer}/re-offer`, {});
    expect([again.statusCode, again.json().state]).toEqual([201, 'offered']);
    expect((await reopen(group)).json()).toMatchObject({ status: 409, from: 'open', action: 'reopen' });
    const [latest] = (await call(lead, 'GET', `/providers/${group.organisationId}/history`)).json().items;
    expect(latest).toMatchObject({
      action: 'provider.reopened',
      changes: { reason: 'It was another group of that name.' },
    });
  });

  it('leaves a gap where nobody else suits', async () => {
    const group = await written();
    const { referralId, clientId } = await aCase(scheme, { worker: sam });
    await anOffer(scheme, { referralId, clientId, worker: sam }, group).accepted().started();
    await settle(betony);
    const open = () =>
      rowsOf<{ why: string }>(
        scheme,
        sql`select why from gap where referral_id = ${referralId} and closed_at is null and need = 'loneliness'`,
      );
    expect(await open()).toEqual([]);
    await close(group);
    await settle(betony);
    expect(await open()).toEqual([{ why: 'nobody_eligible' }]);
  });

  it('takes nobody with it who was offered to it in the same moment', async () => {
    for (let round = 0; round < 6; round++) {
      const group = await written();
      const cases = [];
      for (let each = 0; each < 4; each++) cases.push(await aCase(scheme, { worker: sam }));
      await anOffer(scheme, cases[0]!, group);
      const input = () => offerOf(group.listingId, { agreement: agreement() });
      const offers = betony.get(OnwardOffers);
      const outcomes = await Promise.allSettled([
        ...cases.slice(1).map(({ referralId }) => offers.offer(sam.actor, referralId, input())),
        betony.get(Closures).closeForGood(lead.actor, group.organisationId, { reason: 'no_place' }),
      ]);
      expect(outcomes.at(-1)?.status).toBe('fulfilled');
      const live = await rowsOf(
        scheme,
        sql`select id from onward_referral
          where organisation_id = ${group.organisationId} and state in ('offered', 'waitlisted', 'accepted', 'started')`,
      );
      expect(live).toEqual([]);
    }
  });

  it.each([
    ['no reason', {}, 'reason'],
    ['a reason we do not know', { reason: 'bored' }, 'reason'],
    ['tomorrow', { reason: 'other', closedOn: '2026-11-24' }, 'closedOn'],
    ['two years ago', { reason: 'other', closedOn: '2024-11-24' }, 'closedOn'],
    ['a day that never was', { reason: 'other', closedOn: '2026-02-30' }, 'closedOn'],
    ['a field of somebody else’s', { reason: 'other', listings: [] }, 'listings'],
  ])('is not closed with %s', async (_name, payload, field) => {
    const group = await aGroup(scheme);
    expect((await close(group, payload)).json()).toMatchObject({ status: 422, errors: [{ field }] });
    expect((await call(lead, 'GET', `/providers/${group.organisationId}`)).json()).toMatchObject({
      closedForGoodOn: null,
      publishedListings: 1,
    });
  });
});
