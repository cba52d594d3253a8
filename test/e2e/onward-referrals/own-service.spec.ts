import sql from 'sql-template-tag';
import { OfferApprovals } from '../../../src/onward-referrals/offer-approvals.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { aCase, aGroup, agreement, offerOf, type TestCase, type TestGroup } from '../../factories/onward.js';
import { aReferral } from '../../factories/referrals.js';
import { anOrganisation, aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('an offer to a service of one’s own organisation', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let own: TestGroup;
  let sam: TestMember;
  let ruth: TestMember;
  let lead: TestMember;
  let grace: TestCase;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    const trust = await anOrganisation(scheme, 'charity', { name: 'The Trust', provides: true });
    own = await aGroup(scheme, { provider: { organisationId: trust } });
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Worker', organisation: trust });
    ruth = await aMember(scheme, 'link_worker', { name: 'Ruth Other' });
    lead = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
    grace = await aCase(scheme, { worker: sam });
  });

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const offer = (who = sam, of = grace, group = own) =>
    call(who, 'POST', `/referrals/${of.referralId}/onward-referrals`, {
      ...offerOf(group.listingId),
      agreement: agreement(),
    });
  const ask = (who = sam, of = grace, group = own) =>
    call(who, 'POST', `/referrals/${of.referralId}/offer-approvals`, {
      listingId: group.listingId,
      because: 'It is the only lunch she can walk to.',
    });
  const asked = async (): Promise<string> => (await ask()).json().id;
  const decide = (
    who: TestMember,
    id: string,
    verb: 'approve' | 'refuse' | 'withdraw',
    payload: object = {},
  ) => call(who, 'POST', `/offer-approvals/${id}/${verb}`, payload);

  it('waits for a second person, whom the product does not choose from the asker’s own roles', async () => {
    expect((await offer()).json()).toMatchObject({
      status: 409,
      title: 'second-person',
      detail: 'You work for this group yourself. Ask a second person to look first.',
    });
    const preview = await call(sam, 'POST', `/referrals/${grace.referralId}/onward-referrals/preview`, {
      ...offerOf(own.listingId),
      agreement: agreement(),
    });
    expect(preview.json()).toMatchObject({ mayBeOffered: false, secondPersonNeeded: 'worker' });
    const answer = await ask();
    expect([answer.statusCode, answer.json()]).toMatchObject([
      201,
      {
        why: 'worker',
        state: 'waiting',
        askedBy: 'Sam Worker',
        actions: ['withdraw'],
        listing: { id: own.listingId, freshness: { confirmedOn: null, word: 'not_confirmed' } },
      },
    ]);
    const { id } = answer.json();
    expect((await ask()).json()).toMatchObject({ status: 409, title: 'already-asked' });
    // Sam is a manager too, with the same account: still one person.
    const samAsLead = await aMember(scheme, 'scheme_manager', { accountId: sam.actor.accountId });
    for (const verb of ['approve', 'refuse'] as const) {
      for (const who of [sam, samAsLead]) {
        const payload = verb === 'refuse' ? { reason: 'No' } : {};
        expect((await decide(who, id, verb, payload)).json()).toMatchObject({ status: 409, from: 'waiting' });
      }
    }
    expect((await offer()).statusCode).toBe(409);
    expect((await decide(lead, id, 'approve', { note: 'I looked at the others.' })).json()).toMatchObject({
      state: 'approved',
      decidedBy: 'Mo Rahman',
      decidedBecause: 'I looked at the others.',
      actions: [],
    });
    expect((await offer()).statusCode).toBe(201);
  });

  it('reaches managers as a task, and the asker when it is decided', async () => {
    const desk = reminderDesk(scheme);
    const id = await asked();
    await desk.work(TEST_NOW);
    expect(await desk.tasks(id)).toEqual(['own_service managers open']);
    expect((await call(lead, 'GET', '/offer-approvals?state=waiting')).json().items).toMatchObject([
      { id, actions: ['approve', 'refuse'] },
    ]);
    await decide(lead, id, 'refuse', { reason: 'The library group is nearer.' });
    await desk.work();
    expect(await desk.tasks(id)).toEqual([
      'own_service managers moved_on',
      'own_service_told membership open',
    ]);
    const mine = (await call(sam, 'GET', '/tasks')).json().items as { kind: string }[];
    expect(mine.map(({ kind }) => kind)).toContain('own_service_told');
    expect((await call(sam, 'GET', `/offer-approvals/${id}`)).json()).toMatchObject({
      state: 'refused',
      decidedBecause: 'The library group is nearer.',
    });
    expect((await offer()).json()).toMatchObject({ title: 'second-person' });
    // Asked again, with a yes: the offer ends the task.
    const second = await asked();
    await decide(lead, second, 'approve');
    await desk.work();
    expect(await desk.tasks(second)).toEqual(['own_service_told membership open']);
    await offer();
    expect(await desk.tasks(second)).toEqual(['own_service_told membership moved_on']);
  });

  it('counts for every role of an account, and for who referred', async () => {
    // Ruth helps at the group on Saturdays, under another membership.
    await aMember(scheme, 'provider_member', {
      accountId: ruth.actor.accountId,
      organisation: own.organisationId,
    });
    const hers = await aCase(scheme, { worker: ruth });
    expect((await offer(ruth, hers)).json()).toMatchObject({ title: 'second-person' });
    // A church that refers and provides: nobody of the scheme works there, and still two people look.
    const church = await anOrganisation(scheme, 'faith_group', { refers: true, provides: true });
    const group = await aGroup(scheme, { provider: { organisationId: church } });
    const vicar = await aMember(scheme, 'referrer', { organisation: church });
    const pat = await aMember(scheme, 'link_worker');
    const { id, clientId } = await aReferral(scheme)
      .about({ safeToCall: 'yes' })
      .from(vicar)
      .accepted()
      .allocatedTo(pat)
      .active();
    const referred = { referralId: id, clientId, worker: pat };
    expect((await offer(pat, referred, group)).json()).toMatchObject({
      status: 409,
      title: 'second-person',
      detail: 'This group referred the person itself. Ask a second person to look first.',
    });
    const approval = (await ask(pat, referred, group)).json();
    expect(approval).toMatchObject({ why: 'referrer' });
    await decide(lead, approval.id, 'approve');
    expect((await offer(pat, referred, group)).statusCode).toBe(201);
    // Elsewhere nobody has to ask, and nobody can.
    const other = await aGroup(scheme);
    expect((await ask(pat, referred, other)).json()).toMatchObject({ status: 409, title: 'not-needed' });
    expect((await offer(pat, referred, other)).statusCode).toBe(201);
  });

  it('is not agreed by who works for the group, in any role, or wrote the referral', async () => {
    const helper = await aMember(scheme, 'scheme_manager');
    await aMember(scheme, 'provider_member', {
      accountId: helper.actor.accountId,
      organisation: own.organisationId,
    });
    const id = await asked();
    expect((await call(helper, 'GET', `/offer-approvals/${id}`)).json()).toMatchObject({
      actions: ['refuse'],
    });
    expect((await decide(helper, id, 'approve')).json()).toMatchObject({
      status: 409,
      from: 'waiting',
      because: 'You work for this group yourself: somebody else has to approve it.',
    });
    expect((await decide(helper, id, 'refuse', { reason: 'No' })).json()).toMatchObject({ state: 'refused' });
    // The lead wrote this one, as a referrer of a practice.
    const doctor = await aMember(scheme, 'referrer', { accountId: lead.actor.accountId });
    const { id: referralId, clientId } = await aReferral(scheme)
      .about({ safeToCall: 'yes' })
      .from(doctor)
      .accepted()
      .allocatedTo(sam)
      .active();
    const { id: second } = (await ask(sam, { referralId, clientId, worker: sam })).json();
    expect((await decide(lead, second, 'approve')).json()).toMatchObject({
      status: 409,
      because: 'You referred the person yourself: somebody else has to approve it.',
    });
    expect((await decide(helper, second, 'approve')).statusCode).toBe(409);
    const third = await aMember(scheme, 'scheme_manager');
    expect((await decide(third, second, 'approve')).json()).toMatchObject({ state: 'approved' });
  });

  it('is asked for where a referral of the group was joined to one that was open', async () => {
    const church = await anOrganisation(scheme, 'faith_group', { refers: true, provides: true });
    const group = await aGroup(scheme, { provider: { organisationId: church } });
    const vicar = await aMember(scheme, 'referrer', { organisation: church });
    const pat = await aMember(scheme, 'link_worker');
    const [open, written] = [await aCase(scheme, { worker: pat }), await aCase(scheme, { worker: pat })];
    await aReferral(scheme).about({ nhsNumber: null }).from(vicar).joinedTo(open.referralId);
    // A practice sent this one; whoever wrote it works for the group too.
    const doctor = await aMember(scheme, 'referrer', { accountId: group.member.actor.accountId });
    await aReferral(scheme).about({ nhsNumber: null }).from(doctor).joinedTo(written.referralId);
    for (const joined of [open, written]) {
      expect((await offer(pat, joined, group)).json()).toMatchObject({ status: 409, title: 'second-person' });
      expect((await ask(pat, joined, group)).json()).toMatchObject({ why: 'referrer' });
    }
    expect((await offer(pat, await aCase(scheme, { worker: pat }), group)).statusCode).toBe(201);
  });

  it('is decided once, however many press at once', async () => {
    const second = await aMember(scheme, 'scheme_manager');
    for (let round = 0; round < 5; round++) {
      const of = await aCase(scheme, { worker: sam });
      const { id } = (await ask(sam, of)).json();
      const approvals = betony.get(OfferApprovals);
      const outcomes = await Promise.allSettled([
        approvals.approve(lead.actor, id, {}),
        approvals.approve(second.actor, id, {}),
        approvals.refuse(second.actor, id, { reason: 'No' }),
        approvals.withdraw(sam.actor, id),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const [row] = await rowsOf<{ entries: number; events: number }>(
        scheme,
        sql`select
          (select count(*)::int from audit_entry where subject_id = ${id} and action in ('approval.decide', 'approval.ask')) as entries,
          (select count(*)::int from outbox where payload ->> 'approvalId' = ${id}) as events`,
      );
      expect(row).toEqual({ entries: 2, events: 2 });
    }
  });

  it('is nothing to approve once it was taken back, or the referral has ended', async () => {
    const id = await asked();
    expect((await decide(lead, id, 'withdraw')).json()).toMatchObject({ status: 409, from: 'waiting' });
    expect((await decide(sam, id, 'withdraw')).json()).toMatchObject({ state: 'withdrawn' });
    expect((await decide(lead, id, 'approve')).json()).toMatchObject({
      status: 409,
      from: 'withdrawn',
      action: 'approve',
    });
    const again = await asked();
    await betony.get(ReferralsService).withdraw(lead.actor, grace.referralId, { reason: 'sent_in_error' });
    expect((await call(lead, 'GET', `/offer-approvals/${again}`)).json()).toMatchObject({ state: 'lapsed' });
    expect((await decide(lead, again, 'approve')).json()).toMatchObject({ status: 409, from: 'lapsed' });
    expect((await ask()).statusCode).not.toBe(201);
  });

  it('is approved by a link worker only for somebody they hold', async () => {
    const id = await asked();
    expect((await decide(ruth, id, 'approve')).statusCode).toBe(404);
    expect((await call(ruth, 'GET', '/offer-approvals')).json().items).toEqual([]);
    expect((await decide(own.member, id, 'approve')).statusCode).toBe(403);
  });

  it('is not all: to refer and to provide are two permissions of one organisation', async () => {
    const url = `/organisations/${own.organisationId}`;
    const change = (body: object, version: number) =>
      betony.inject({
        method: 'PATCH',
        url: `/api/v1${url}`,
        headers: { ...lead.headers, 'if-match': `"v${String(version)}"` },
        payload: body,
      });
    expect((await change({ provides: false }, 1)).json()).toMatchObject({
      status: 409,
      title: 'still-provides',
    });
    await call(lead, 'POST', `/listings/${own.listingId}/close`, {});
    expect((await change({ provides: false, refers: true }, 1)).json()).toMatchObject({ provides: false });
    const described = { organisationId: own.organisationId, name: 'Lunch', description: 'Soup' };
    for (const [path, body] of [
      ['/listings', described],
      [`/listings/${own.listingId}/reopen`, {}],
    ] as const) {
      expect((await call(lead, 'POST', path, body)).json()).toMatchObject({ title: 'does-not-provide' });
    }
  });

  it.each([
    ['no reason', { because: ' ' }, 'because'],
    ['no service', { listingId: 'lunch' }, 'listingId'],
    ['a state', { state: 'approved' }, 'state'],
  ])('is not asked with %s', async (_name, changes, field) => {
    const answer = await call(sam, 'POST', `/referrals/${grace.referralId}/offer-approvals`, {
      listingId: own.listingId,
      because: 'Near',
      ...changes,
    });
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ field }] });
  });

  it('is not refused without saying why', async () => {
    const id = await asked();
    expect((await decide(lead, id, 'refuse', { reason: ' ' })).json()).toMatchObject({
      status: 422,
      errors: [{ field: 'reason' }],
    });
  });
});
