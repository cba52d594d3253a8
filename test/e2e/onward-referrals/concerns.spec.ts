import sql from 'sql-template-tag';
import { aCase } from '../../factories/caseload.js';
import { aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const WHAT = 'She was asked three times to stay for the prayers before the food was served.';

describe('concerns about a group', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let lead: TestMember;
  let rose: TestMember;
  let group: string;
  let clientId: string;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
    lead = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
    group = await aProvider(scheme, { sector: 'faith' });
    rose = await aMember(scheme, 'provider_member', { organisation: group });
    ({ clientId } = await aCase(scheme, sam));
  });
  afterAll(() => betony.stop());
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1${path}`,
      headers: who.headers,
      ...(payload ? { payload } : {}),
    });
  const raise = (changes: object = {}, who = sam) =>
    call(who, 'POST', '/concerns', {
      organisationId: group,
      clientId,
      kind: 'religious_pressure',
      toldBy: 'client',
      what: WHAT,
      ...changes,
    });

  it('are raised by a worker, become a manager’s task, and end with what was found', async () => {
    const raised = await raise();
    expect(raised.statusCode).toBe(201);
    const { id } = raised.json();
    expect(raised.json()).toMatchObject({ clientId, raisedBy: 'Sam Worker', outcome: null });
    const desk = reminderDesk(scheme);
    await desk.work(TEST_NOW);
    expect(await desk.tasks(id)).toEqual(['concern managers open']);

    const review = () =>
      call(lead, 'POST', `/concerns/${id}/review`, {
        outcome: 'upheld',
        note: 'They have changed the order.',
      });
    expect((await review()).json()).toMatchObject({
      outcome: 'upheld',
      reviewedBy: 'Mo Rahman',
      reviewNote: 'They have changed the order.',
    });
    expect(await desk.tasks(id)).toEqual(['concern managers moved_on']);
    expect((await review()).json()).toMatchObject({ status: 409, from: 'reviewed', action: 'review' });
    expect((await call(sam, 'GET', `/concerns/${id}`)).json()).toMatchObject({ outcome: 'upheld' });
  });

  it('are nowhere a group can read', async () => {
    const { id } = (await raise()).json();
    for (const path of ['/concerns', `/concerns/${id}`]) {
      expect((await call(rose, 'GET', path)).statusCode).toBe(403);
    }
    const read = await Promise.all(
      [`/providers/${group}`, `/providers/${group}/history`, `/providers/${group}/assurance`, '/tasks'].map(
        async (path) => (await call(rose, 'GET', path)).body,
      ),
    );
    expect(read.join()).not.toMatch(new RegExp(`${id}|concern|three times`, 'i'));
  });

  it('are read by who raised them and by managers, and each reading is written down with the person', async () => {
    const { id } = (await raise()).json();
    const other = await aMember(scheme, 'link_worker');
    expect((await call(other, 'GET', `/concerns/${id}`)).statusCode).toBe(404);
    expect((await call(other, 'GET', '/concerns')).json().items).toEqual([]);
    expect((await call(sam, 'GET', '/concerns?reviewed=false')).body).toContain(id);
    await call(lead, 'GET', `/concerns/${id}`);
    const entries = await rowsOf<{ line: string }>(
      scheme,
      sql`select action || ' ' || array_to_string(client_ids, ' ') as line from audit_entry
        where scheme_id = ${scheme.id} and subject_id = ${id} order by id`,
    );
    expect(entries.map(({ line }) => line)).toEqual([
      `concern.raise ${clientId}`,
      `concern.get ${clientId}`,
      `concern.get ${clientId}`,
    ]);
    const kept = await rowsOf<{ text: string }>(
      scheme,
      sql`select (select jsonb_agg(details) from audit_entry)::text || (select jsonb_agg(payload) from outbox)::text as text`,
    );
    expect(kept[0]?.text).not.toContain('three times');
  });

  it('may be about nobody in particular', async () => {
    const { id } = (await raise({ clientId: null, toldBy: 'worker', kind: 'unequal_treatment' })).json();
    expect((await call(lead, 'GET', `/concerns/${id}`)).json()).toMatchObject({ clientId: null });
  });

  it('are not about somebody else’s client, or a group of another scheme', async () => {
    const other = await aMember(scheme, 'link_worker');
    expect((await raise({}, other)).statusCode).toBe(404);
    const far = await aProvider(await aScheme(betony));
    expect((await raise({ organisationId: far })).statusCode).toBe(404);
  });

  it.each([
    ['no words', { what: ' ' }, 'what'],
    ['a kind we do not know', { kind: 'noise' }, 'kind'],
    ['tomorrow', { happenedOn: '2026-11-24' }, 'happenedOn'],
    ['a surname as the person', { clientId: 'Okoro' }, 'clientId'],
  ])('are refused with %s', async (_name, changes, field) => {
    expect((await raise(changes)).json()).toMatchObject({ status: 422, errors: [{ field }] });
  });
});
