import sql from 'sql-template-tag';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { HELP_KINDS } from '../../../src/assets/help.types.js';
import type { TimelineItem } from '../../../src/caseload/timeline.dto.js';
import type { HelpChangeView, HelpView } from '../../../src/assets/help.dto.js';
import { aClient } from '../../factories/clients.js';
import { inScheme } from '../../factories/episodes.js';
import { aCase, aGroup, anOffer, type TestCase, type TestGroup } from '../../factories/onward.js';
import { checkLists } from '../../support/check-lists.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { watchWrites, type WriteWatch } from '../../support/write-watch.js';

const PARCELS = { kind: 'food_parcel', quantity: 2, householdMembers: 3, givenOn: '2026-11-20' };

describe('practical help', () => {
  let betony: TestApp;
  let watch: WriteWatch;
  let scheme: TestScheme;
  let manager: TestMember;
  let group: TestGroup;
  let grace: TestCase;

  beforeAll(async () => {
    betony = await startApp();
    watch = await watchWrites(betony.database);
  });
  afterAll(async () => {
    await watch.stop();
    await betony.stop();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    group = await aGroup(scheme);
    grace = await aCase(scheme);
  });

  const call = (
    who: TestMember,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    version?: number,
  ) =>
    betony.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...who.headers, ...(version ? { 'if-match': `"v${String(version)}"` } : {}) },
      ...(payload ? { payload } : {}),
    });
  const recorded = async (who: TestMember, path: string, more: object = {}): Promise<HelpView> => {
    const answer = await call(who, 'POST', path, { ...PARCELS, ...more });
    expect(answer.statusCode).toBe(201);
    return answer.json<HelpView>();
  };

  it('holds the list of the code to that of the database', async () => {
    expect(await checkLists(betony.database, ['practical_help'])).toEqual({
      'practical_help.kind': [...HELP_KINDS].sort(),
    });
  });

  it('is recorded for somebody by who holds them, put right with a trail, and taken out', async () => {
    const help = await recorded(grace.worker, `/clients/${grace.clientId}/help`, { note: 'Halal, please' });
    expect(help).toMatchObject({
      ...PARCELS,
      clientId: grace.clientId,
      tally: false,
      recordedBy: grace.worker.name,
      organisationId: grace.worker.actor.organisationId,
    });
    const stranger = await aMember(scheme, 'link_worker');
    for (const [method, path] of [
      ['GET', `/clients/${grace.clientId}/help`],
      ['POST', `/clients/${grace.clientId}/help`],
      ['GET', `/help/${help.id}`],
      ['POST', `/help/${help.id}/void`],
    ] as const) {
      const body = method === 'GET' ? undefined : path.endsWith('void') ? { reason: 'x' } : PARCELS;
      expect((await call(stranger, method, path, body)).statusCode).toBe(404);
    }
    const patch = { quantity: 3, reason: 'I miscounted' };
    const amended = await call(grace.worker, 'PATCH', `/help/${help.id}`, patch, 1);
    expect(amended.json()).toMatchObject({ quantity: 3, version: 2 });
    expect((await call(grace.worker, 'PATCH', `/help/${help.id}`, patch, 1)).statusCode).toBe(412);
    const voided = await call(manager, 'POST', `/help/${help.id}/void`, { reason: 'Another Grace' });
    expect(voided.json()).toMatchObject({ voided: true, voidReason: 'Another Grace' });
    expect((await call(manager, 'POST', `/help/${help.id}/void`, { reason: 'x' })).statusCode).toBe(409);
    expect((await call(manager, 'PATCH', `/help/${help.id}`, patch, 3)).statusCode).toBe(409);
    const trail = (await call(grace.worker, 'GET', `/help/${help.id}/trail`)).json<HelpChangeView[]>();
    expect(trail.map(({ action, by, reason }) => [action, by, reason])).toEqual([
      ['help.recorded', grace.worker.name, null],
      ['help.amended', grace.worker.name, 'I miscounted'],
      ['help.voided', manager.name, 'Another Grace'],
    ]);
    expect(trail[1]?.changes).toEqual({ quantity: { from: 2, to: 3 } });
    expect(await call(grace.worker, 'GET', `/clients/${grace.clientId}/help`)).toMatchObject({
      statusCode: 200,
    });
    const timeline = await call(grace.worker, 'GET', `/clients/${grace.clientId}/timeline?limit=100`);
    const lines = timeline.json<{ items: TimelineItem[] }>().items.filter(({ what }) => what === 'help');
    // Newest first; those of one moment in no promised order.
    expect(lines.map(({ action }) => action).sort()).toEqual(['amend', 'record', 'void']);
    expect(lines.find(({ action }) => action === 'record')).toMatchObject({
      by: grace.worker.name,
      words: 'Halal, please',
      subjectId: help.id,
      details: { ...PARCELS, quantity: 3, voided: true, group: expect.any(String) as string },
    });
    expect(lines.find(({ action }) => action === 'void')).toMatchObject({ words: 'Another Grace' });
    const told = await auditOf(scheme, help.id);
    expect(told.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['help.record', 'help.amend', 'help.void', 'help.get']),
    );
    expect(told.every(({ client_ids: ids }) => ids.includes(grace.clientId))).toBe(true);
    const events = await rowsOf<{ event: string }>(
      scheme,
      sql`select event from outbox where payload ->> 'helpId' = ${help.id} order by seq`,
    );
    expect(events.map(({ event }) => event)).toEqual(['help.recorded', 'help.amended', 'help.voided']);
  });

  it('is recorded by a group only for who takes part with it and still agrees', async () => {
    const offer = await anOffer(scheme, grace, group);
    const path = `/onward-referrals/${offer}/help`;
    expect((await call(group.member, 'POST', path, PARCELS)).statusCode).toBe(409);
    await call(group.member, 'POST', `/onward-referrals/${offer}/accept`, {});
    const help = await recorded(group.member, path);
    expect(help).toMatchObject({ clientId: null, onwardReferralId: offer, recordedBy: null });
    expect((await call(group.member, 'GET', path)).json()).toHaveLength(1);
    expect((await call(group.member, 'GET', `/clients/${grace.clientId}/help`)).statusCode).toBe(404);
    const other = (await aGroup(scheme)).member;
    for (const url of [path, `/help/${help.id}`, `/help/${help.id}/trail`])
      expect((await call(other, 'GET', url)).statusCode).toBe(404);
    expect((await call(other, 'POST', path, PARCELS)).statusCode).toBe(404);
    expect((await call(grace.worker, 'GET', `/clients/${grace.clientId}/help`)).json()).toMatchObject([
      { id: help.id, clientId: grace.clientId },
    ]);
    const [agreed] = await rowsOf<{ id: string }>(
      scheme,
      sql`select id from agreement where client_id = ${grace.clientId} and organisation_id = ${group.organisationId}`,
    );
    await betony.get(AgreementsService).withdraw(grace.worker.actor, grace.clientId, agreed!.id, {});
    expect((await call(group.member, 'GET', path)).json()).toEqual([]);
    expect((await call(group.member, 'GET', `/help/${help.id}`)).statusCode).toBe(404);
    expect((await call(group.member, 'POST', path, PARCELS)).statusCode).toBe(409);
  });

  it('is counted without a name, and cannot hold one', async () => {
    const mine = await recorded(group.member, '/help/tallies');
    expect(mine).toMatchObject({ tally: true, clientId: null, organisationId: group.organisationId });
    const ours = await recorded(grace.worker, '/help/tallies', { organisationId: group.organisationId });
    const listed = async (who: TestMember, query = '') =>
      (await call(who, 'GET', `/help/tallies?limit=100${query}`))
        .json<{ items: HelpView[] }>()
        .items.map(({ id }) => id);
    expect(await listed(group.member)).toEqual([ours.id, mine.id]);
    expect(await listed(grace.worker)).toEqual([ours.id]);
    expect(await listed(manager, '&from=2026-11-21')).toEqual([]);
    expect(await listed(manager, '&kind=food_parcel&to=2026-11-20')).toEqual([ours.id, mine.id]);
    expect(await listed((await aGroup(scheme)).member)).toEqual([]);
    const answer = await call(group.member, 'POST', '/help/tallies', { ...PARCELS, note: 'for Grace' });
    expect(answer.statusCode).toBe(422);
    const noted = await call(manager, 'PATCH', `/help/${mine.id}`, { note: 'for Grace', reason: 'x' }, 1);
    expect(noted.statusCode).toBe(422);
    await expect(
      inScheme(scheme, (tx) =>
        tx.run(sql`update practical_help set note = 'for Grace' where id = ${mine.id}`),
      ),
    ).rejects.toThrow(/practical_help_tally/);
    const elsewhere = { ...PARCELS, organisationId: (await aGroup(scheme)).organisationId };
    expect((await call(group.member, 'POST', '/help/tallies', elsewhere)).statusCode).toBe(404);
  });

  it.each([
    [{ kind: 'gold' }, 'kind'],
    [{ quantity: 0 }, 'quantity'],
    [{ quantity: 1001 }, 'quantity'],
    [{ quantity: 1.5 }, 'quantity'],
    [{ householdMembers: 31 }, 'householdMembers'],
    [{ givenOn: '2026-11-24' }, 'givenOn'],
    [{ givenOn: '2026-02-30' }, 'givenOn'],
    [{ neighbourhoodId: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de' }, 'neighbourhoodId'],
    [{ organisationId: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de' }, 'organisationId'],
    [{ schemeId: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de' }, 'schemeId'],
  ])('refuses %j by name', async (more, field) => {
    const answer = await call(manager, 'POST', '/help/tallies', { ...PARCELS, ...more });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: { field: string }[] }>().errors[0]?.field).toBe(field);
  });

  it('goes with somebody when two records turn out to be one person, and back', async () => {
    const twin = await aClient(scheme, { nhsNumber: null, noNhsNumberBecause: 'not_known' }).heldBy(
      grace.worker,
    );
    const help = await recorded(grace.worker, `/clients/${twin}/help`);
    const of = async (id: string) =>
      (await call(manager, 'GET', `/clients/${id}/help`)).json<HelpView[]>().map((one) => one.id);
    const answer = await call(manager, 'POST', `/clients/${grace.clientId}/merge`, {
      mergedId: twin,
      reason: 'The same person',
    });
    expect(answer.statusCode).toBeLessThan(300);
    expect(await of(grace.clientId)).toEqual([help.id]);
    const back = await call(manager, 'POST', `/clients/${twin}/unmerge`, { reason: 'Two after all' });
    expect(back.statusCode).toBe(200);
    expect(await of(grace.clientId)).toEqual([]);
    expect(await of(twin)).toEqual([help.id]);
  });

  it('is counted by a link of the group: GET changes nothing, POST counts, and nothing typed is lost', async () => {
    const link = (
      await call(manager, 'POST', '/group-links', { purpose: 'tally', organisationId: group.organisationId })
    ).json<{ id: string; address: string }>();
    const url = new URL(link.address).pathname;
    const page = (method: 'GET' | 'POST', form = '') =>
      betony.inject({
        method,
        url,
        ...(method === 'POST'
          ? { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: form }
          : {}),
      });
    await watch.written();
    expect((await page('GET')).statusCode).toBe(200);
    expect((await betony.inject({ method: 'HEAD', url })).statusCode).toBe(200);
    expect(await watch.written()).toEqual({});
    const wrong = await page(
      'POST',
      'kind=transport&quantity=12345&householdMembers=2&day=1&month=11&year=2026',
    );
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toMatch(/value="12345"/);
    expect(wrong.body).toMatch(/value="transport" checked/);
    const sent = await page('POST', 'kind=transport&quantity=5&day=20&month=11&year=2026&note=for+Grace');
    expect([sent.statusCode, sent.headers['location']]).toEqual([303, `${url}?saved=yes`]);
    const { items } = (await call(manager, 'GET', '/help/tallies')).json<{ items: HelpView[] }>();
    expect(items).toMatchObject([
      { kind: 'transport', quantity: 5, note: null, recordedBy: null, organisationId: group.organisationId },
    ]);
    // One form: tapped twice it is one, gone back to and filled in anew it is another.
    const form = 'form=01a2003a-c4e9-7083-86ce-f6fe0d8fb6de&day=20&month=11&year=2026';
    for (const said of [
      'kind=food_parcel&quantity=3',
      'kind=food_parcel&quantity=3',
      'kind=transport&quantity=7',
    ])
      expect((await page('POST', `${form}&${said}`)).headers['location']).toBe(`${url}?saved=yes`);
    const counted = (await call(manager, 'GET', '/help/tallies')).json<{ items: HelpView[] }>().items;
    expect(counted.map(({ kind, quantity }) => `${kind} ${quantity}`).sort()).toEqual([
      'food_parcel 3',
      'transport 5',
      'transport 7',
    ]);
    expect((await betony.inject({ method: 'GET', url: url.replace('/tally/', '/survey/') })).statusCode).toBe(
      410,
    );
    await call(manager, 'POST', `/group-links/${link.id}/revoke`);
    expect((await page('POST', 'kind=transport&quantity=5&day=20&month=11&year=2026')).statusCode).toBe(410);
  });
});
