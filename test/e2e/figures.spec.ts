import sql from 'sql-template-tag';
import { ROLES, systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { newId } from '../../src/platform/pure/ids.js';
import type { OverviewView } from '../../src/reporting/overview.dto.js';
import { aClient } from '../factories/clients.js';
import { aCase, aGroup, anOffer } from '../factories/onward.js';
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
