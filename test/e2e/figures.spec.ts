import sql from 'sql-template-tag';
import { ROLES, systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { OnwardAnswers } from '../../src/onward-referrals/onward-answers.service.js';
import { newId } from '../../src/platform/pure/ids.js';
import { Closures } from '../../src/providers/closures.service.js';
import { ReferralsService } from '../../src/referrals/referrals.service.js';
import type { GroupFiguresView, GroupsTogetherView } from '../../src/reporting/group-figures.dto.js';
import type { OverviewView } from '../../src/reporting/overview.dto.js';
import { aClient } from '../factories/clients.js';
import { inScheme, insertRow } from '../factories/episodes.js';
import { aCase, aGroup, anOffer, type TestGroup } from '../factories/onward.js';
import { aListing, aProvider } from '../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';

interface Sent {
  state: 'sent' | 'accepted' | 'allocated' | 'active' | 'closed' | 'declined' | 'entered_in_error';
  on?: string;
  times?: number;
  result?: string;
  /** Days from sending to being reached. */
  reachedAfter?: number;
}

describe('GET /figures/overview', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let worker: TestMember;
  let manager: TestMember;
  let commissioner: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    worker = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager');
    commissioner = await aMember(scheme, 'commissioner');
    for (const sent of [
      { state: 'sent', times: 6 },
      { state: 'accepted', times: 1 },
      { state: 'allocated', times: 5 },
      { state: 'active', times: 7, reachedAfter: 10 },
      { state: 'declined', times: 5 },
      { state: 'closed', times: 8, result: 'helped', reachedAfter: 4 },
      { state: 'closed', times: 2, result: 'not_helped', reachedAfter: 6 },
      { state: 'closed', times: 9, result: 'partly_helped', reachedAfter: 4 },
      { state: 'entered_in_error', times: 3 },
      // The last day of the quarter before, and the first of the one after, by the clock in London.
      { state: 'declined', on: '2026-06-30T22:59:59Z' },
      { state: 'declined', on: '2026-09-30T23:00:00Z' },
    ] satisfies Sent[]) {
      await send(scheme, sent);
    }
    await send(await aScheme(betony), { state: 'sent', times: 2 });
  });
  afterAll(() => betony.stop());

  async function send(
    where: TestScheme,
    { state, on, times = 1, result, reachedAfter }: Sent,
  ): Promise<void> {
    const sentAt = new Date(on ?? '2026-06-30T23:00:00Z');
    const [taken, ended] = [
      ['accepted', 'allocated', 'active', 'closed'].includes(state),
      ['closed', 'declined', 'entered_in_error'].includes(state),
    ];
    const next = { sent: 'triage', accepted: 'allocate', allocated: 'first_contact', active: 'next_contact' }[
      state as 'sent'
    ] as string | undefined;
    const owner = ['allocated', 'active'].includes(state) ? worker.actor.membershipId : null;
    for (let n = 0; n < times; n++) {
      const [id, clientId] = [newId(), await aClient(where)];
      await betony.get(UnitOfWork).run(systemActor(where.id, 'test'), async (tx) => {
        await tx.run(sql`
          insert into referral (scheme_id, id, reference, client_id, sent_client_id, route, state, sent_at, accepted_at,
            owner_kind, owner_id, next_at, next_kind, ended_at, end_reason, end_side, result, told_status, told_at,
            created_at, updated_at)
          values (${where.id}, ${id}, ${id}, ${clientId}, ${clientId}, 'gp', ${state}, ${sentAt},
            ${taken ? sentAt : null}, ${next ? (owner ? 'worker' : 'triage') : null}, ${owner},
            ${next ? tx.now : null}, ${next ?? null}, ${ended ? tx.now : null}, ${ended ? 'other' : null},
            ${ended ? 'scheme' : null}, ${result ?? null}, 'sent', ${sentAt}, ${sentAt}, ${sentAt})`);
        if (reachedAfter === undefined) return;
        const reached = new Date(sentAt.getTime() + reachedAfter * 86_400_000);
        for (const [outcome, at] of [
          ['no_answer', sentAt],
          ['reached', reached],
          ['reached', tx.now],
        ] as const) {
          await tx.run(sql`
            insert into contact (scheme_id, id, referral_id, kind, outcome, at, next_on, created_at, updated_at)
            values (${where.id}, ${newId()}, ${id}, 'phone', ${outcome}, ${at}, '2026-11-30', ${tx.now}, ${tx.now})`);
        }
      });
    }
  }

  const ask = (member: TestMember, query = '') =>
    betony.inject({ url: `/api/v1/figures/overview${query}`, headers: member.headers });
  const figures = (body: OverviewView) =>
    Object.fromEntries(
      body.figures.map((figure) => [
        figure.key,
        [figure.value, figure.denominator.value, figure.missing.value],
      ]),
    );
  const parts = (body: OverviewView, key: string) =>
    Object.fromEntries(
      body.figures.find((figure) => figure.key === key)?.parts.map((part) => [part.key, part.value]) ?? [],
    );

  it('gives a manager the last quarter with every number', async () => {
    const answer = await ask(manager);
    expect(answer.statusCode).toBe(200);
    const body = answer.json<OverviewView>();
    expect(body).toMatchObject({ from: '2026-07-01', to: '2026-09-30', asOf: '2026-11-23T10:00:00.000Z' });
    expect(figures(body)).toEqual({
      received: [43, 43, 0],
      joined: [0, 43, 6],
      accepted: [32, 43, 6],
      reached: [26, 32, 6],
      withAGroup: [0, 32, 13],
      closed: [19, 32, 0],
      waitingNow: [12, 19, 0],
      medianDaysToFirstContact: [4, 26, 6],
    });
    expect(parts(body, 'closed')).toEqual({
      helped: 8,
      partlyHelped: 9,
      notHelped: 2,
      resultNotKnown: 0,
      died: 0,
      stillOpen: 13,
      endedOtherwise: 0,
    });
    for (const figure of body.figures) {
      expect([figure.definition, figure.denominator.definition, figure.missing.definition]).not.toContain('');
    }
  });

  it('counts a period by the clock in London, both days included', async () => {
    const count = async (from: string, to: string) =>
      figures((await ask(manager, `?from=${from}&to=${to}`)).json<OverviewView>())['received'];
    expect(await count('2026-06-30', '2026-06-30')).toEqual([1, 1, 0]);
    expect(await count('2026-10-01', '2026-10-01')).toEqual([1, 1, 0]);
    expect(await count('2026-06-30', '2026-10-01')).toEqual([45, 45, 0]);
    expect(await count('2020-01-01', '2020-12-31')).toEqual([0, 0, 0]);
  });

  it('leaves out for a commissioner counts of 1 to 4, and what would tell them', async () => {
    const body = (await ask(commissioner, '?from=2026-07-01&to=2026-09-30')).json<OverviewView>();
    expect(parts(body, 'closed')).toMatchObject({ helped: null, partlyHelped: 9, notHelped: null, died: 0 });
    expect(parts(body, 'waitingNow')).toEqual({
      waitingTriage: 6,
      waitingAllocation: null,
      waitingFirstContact: null,
      waitingLong: 12,
      waitingNotLong: 0,
      supportedNow: 7,
    });
    expect(figures(body)['medianDaysToFirstContact']).toEqual([4, 26, 6]);
    const shown = JSON.stringify(body.figures.filter((figure) => figure.unit === 'referrals'));
    expect(shown).not.toMatch(/"value":[1-4][,}]/);
  });

  it.each([
    ['?from=2026-07-01&to=2026-09-29', 'from'],
    ['?from=2026-08-01&to=2026-10-31', 'from'],
    ['?from=2026-10-01&to=2026-12-31', 'from'],
  ])('refuses a commissioner %s: another period could be taken away from it', async (query, field) => {
    const answer = await ask(commissioner, query);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toMatchObject([{ field }]);
    expect((await ask(manager, query)).statusCode).toBe(200);
  });

  it.each([
    ['?from=2026-07-01', 'to'],
    ['?to=2026-07-01', 'from'],
    ['?from=2026-02-30&to=2026-03-01', 'from'],
    ['?from=2026-03-02&to=2026-03-01', 'to'],
    ['?from=2027-01-01&to=2027-03-31', 'from'],
    ['?from=2026-07-01&to=2026-09-30&from=2026-07-02', 'from'],
    ['?since=2026-07-01', 'since'],
  ])('refuses %s', async (query, field) => {
    const answer = await ask(manager, query);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual([field]);
  });

  it('counts who is with a group: a yes that stood, whatever came after it', async () => {
    const other = await aScheme(betony);
    const group = await aGroup(other);
    const cases = [];
    for (let n = 0; n < 5; n++) cases.push(await aCase(other));
    const [said, started, declined, withdrawn] = cases;
    if (!said || !started || !declined || !withdrawn) throw new Error('unreachable');
    await anOffer(other, said, group).accepted();
    await anOffer(other, started, group).accepted().started().completed();
    await anOffer(other, declined, group).declined();
    await anOffer(other, withdrawn, group).accepted().withdrawn();
    const answer = await ask(await aMember(other, 'scheme_manager'), '?from=2026-11-23&to=2026-11-23');
    expect(figures(answer.json<OverviewView>())).toMatchObject({
      received: [5, 5, 0],
      accepted: [5, 5, 0],
      withAGroup: [2, 5, 3],
    });
  });

  it.each(ROLES)('%s', async (role) => {
    const answer = await ask(await aMember(scheme, role));
    expect(answer.statusCode).toBe(['scheme_manager', 'commissioner'].includes(role) ? 200 : 403);
  });

  it('needs somebody signed in', async () => {
    expect((await betony.inject({ url: '/api/v1/figures/overview' })).statusCode).toBe(401);
  });
});

describe('GET /figures/groups', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
  });
  afterAll(() => betony.stop());

  /** By a manager of that day. */
  const ask = async <View>(path = '') => {
    const { headers } = await aMember(scheme, 'scheme_manager');
    return (await betony.inject({ url: `/api/v1/figures/groups${path}`, headers })).json<View>();
  };
  const groups = async (path = ''): Promise<GroupFiguresView[]> =>
    (await ask<{ items: GroupFiguresView[] }>(path)).items;

  /** Somebody offered on the 23rd of November, and answered so many days later. */
  const answered = async (
    group: TestGroup,
    days: number,
    how: 'accepted' | 'declined' | 'waitlisted',
  ): Promise<void> => {
    betony.clock.set('2026-11-23T10:00:00Z');
    const id = await anOffer(scheme, await aCase(scheme), group);
    betony.clock.advance({ days });
    const answers = betony.get(OnwardAnswers);
    const { actor } = group.member;
    if (how === 'accepted') await answers.accept(actor, id, {});
    else if (how === 'waitlisted') await answers.waitlist(actor, id, {});
    else await answers.decline(actor, id, { reason: 'not_suitable' });
  };
  const message = (
    organisationId: string,
    state: 'sent' | 'failed',
    at: string,
    settledAt = at,
  ): Promise<unknown> =>
    inScheme(scheme, (tx) =>
      insertRow(tx, 'message', {
        scheme_id: scheme.id,
        id: newId(),
        kind: 'group',
        channel: 'email',
        recipient_kind: 'provider',
        organisation_id: organisationId,
        message_id: newId(),
        state,
        next_attempt_at: at,
        created_at: at,
        settled_at: settledAt,
        sent_at: state === 'sent' ? at : null,
      }),
    );

  it('says how soon a group answers, and what is missing from that', async () => {
    const quick = await aGroup(scheme, { places: 4, provider: { name: 'Quick' } });
    await answered(quick, 1, 'accepted');
    await answered(quick, 2, 'declined');
    await answered(quick, 5, 'waitlisted');
    await anOffer(scheme, await aCase(scheme), quick).withdrawn();
    await anOffer(scheme, await aCase(scheme), quick);
    const silent = await aGroup(scheme, { provider: { name: 'Silent' } });
    await answered(silent, 3, 'declined');
    await answered(silent, 4, 'declined');
    await anOffer(scheme, await aCase(scheme), silent).expired();
    await aGroup(scheme, { provider: { name: 'Unasked' } });
    expect(await groups()).toMatchObject([
      {
        name: 'Quick',
        asked: 5,
        answered: 3,
        accepted: 1,
        declined: 1,
        waitlisted: 1,
        waiting: 1,
        takenBack: 1,
        noReply: 0,
        notYet: 1,
        medianDays: 2,
        services: 1,
        counted: 1,
        places: 4,
        full: 0,
      },
      // Of two answers nothing is said.
      {
        name: 'Silent',
        asked: 3,
        answered: 2,
        noReply: 1,
        notYet: 0,
        medianDays: null,
        counted: 0,
        places: 0,
      },
      {
        name: 'Unasked',
        asked: 0,
        medianDays: null,
        services: 1,
        neverConfirmed: 1,
        oldestConfirmedOn: null,
      },
    ]);
    const together = await ask<GroupsTogetherView>('/together');
    expect(together).toMatchObject({
      groups: 3,
      neverAsked: 1,
      asked: 8,
      answered: 5,
      noReply: 1,
      medianDays: 3,
    });
    expect((await groups('?sort=-days')).map(({ name }) => name)).toEqual(['Unasked', 'Silent', 'Quick']);
    expect((await groups('?trouble=no_reply')).map(({ name }) => name)).toEqual(['Silent']);
  });

  it('leaves out what was entered in error, what is older than a year, and groups that have closed', async () => {
    const group = await aGroup(scheme, { provider: { name: 'Hall' } });
    const wrong = await aCase(scheme);
    await anOffer(scheme, wrong, group);
    await betony
      .get(ReferralsService)
      .void(manager.actor, wrong.referralId, { reason: 'test', note: 'A test' });
    await anOffer(scheme, await aCase(scheme), group).declined();
    const gone = await aGroup(scheme, { provider: { name: 'Gone' } });
    await betony.get(Closures).closeForGood(manager.actor, gone.organisationId, { reason: 'work_is_done' });
    expect(await groups()).toMatchObject([{ name: 'Hall', asked: 1, answered: 1 }]);
    betony.clock.set('2027-11-24T10:00:00Z');
    expect(await groups()).toMatchObject([{ name: 'Hall', asked: 0, answered: 0 }]);
    // Another scheme is none of ours.
    await aGroup(await aScheme(betony));
    expect(await ask<GroupsTogetherView>('/together')).toMatchObject({ groups: 1, neverAsked: 1 });
  });

  it('goes by the message that was written last, not by the one last heard of', async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    const organisationId = await aProvider(scheme, { name: 'Hall' });
    await message(organisationId, 'failed', '2026-11-16T10:00:00Z', '2026-11-18T10:00:00Z');
    await message(organisationId, 'sent', '2026-11-17T10:00:00Z');
    expect(await groups()).toMatchObject([{ messages: 2, cameBack: 1, lastCameBack: false }]);
  });

  it('says which service is right the longest ago, what is full, and to whom nothing arrives', async () => {
    betony.clock.set('2026-11-02T10:00:00Z');
    const organisationId = await aProvider(scheme, { name: 'Hall' });
    await aListing(scheme).by(organisationId).counting(1).confirmed();
    betony.clock.set('2026-11-23T10:00:00Z');
    await aListing(scheme).by(organisationId).counting(3).confirmed();
    await aListing(scheme).by(organisationId);
    for (const [state, at] of [
      ['failed', '2026-11-20T10:00:00Z'],
      ['sent', '2026-11-21T10:00:00Z'],
    ] as const)
      await message(organisationId, state, at);
    expect(await groups()).toMatchObject([
      {
        services: 3,
        neverConfirmed: 1,
        notConfirmed: 1,
        oldestConfirmedOn: '2026-11-02',
        counted: 2,
        places: 4,
        taken: 0,
        full: 0,
        messages: 2,
        cameBack: 1,
        lastCameBack: false,
      },
    ]);
    expect(await groups('?trouble=came_back')).toEqual([]);
    await message(organisationId, 'failed', '2026-11-22T10:00:00Z');
    expect(await groups('?trouble=came_back')).toMatchObject([{ cameBack: 2, lastCameBack: true }]);
    expect(await ask<GroupsTogetherView>('/together')).toMatchObject({
      unreached: 1,
      messages: 3,
      cameBack: 2,
    });
    betony.clock.set('2027-02-01T10:00:00Z');
    expect(await groups('?trouble=not_confirmed')).toMatchObject([{ notConfirmed: 2 }]);
  });

  it('is a page with the same, and a file of all of it', async () => {
    const group = await aGroup(scheme, { places: 2, provider: { name: 'Hall' } });
    for (const days of [1, 2, 6]) await answered(group, days, 'declined');
    await anOffer(scheme, await aCase(scheme), group).expired();
    const { browser } = await aMember(scheme, 'scheme_manager');
    const at = (url: string) => betony.inject({ url, headers: { cookie: browser.cookie } });
    const { body } = await at('/desk/groups/figures');
    const text = body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toContain('2 days, of 3 answers 1 did not reply');
    expect(text).toContain('0 of 4 asked 3 no');
    expect(text).toContain('2 of 2 free');
    const file = (await at('/desk/groups/figures?file=1')).body.split('\r\n');
    expect(file[0]).toContain('Days to an answer (median)');
    expect(file[1]).toMatch(/^Hall,[^,]+,4,3,0,0,3,1,0,0,2,/);
  });

  it.each(ROLES)('%s', async (role) => {
    const { headers } = await aMember(scheme, role);
    const { statusCode } = await betony.inject({ url: '/api/v1/figures/groups', headers });
    expect(statusCode).toBe(role === 'scheme_manager' ? 200 : 403);
  });
});
