import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { neededFor } from '../../../src/providers/assurance.rules.js';
import { aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const CHECK = {
  requirement: 'insurance',
  level: 'personal_contact',
  checkedOn: '2026-11-20',
  lapsesOn: '2026-12-31',
};
const POLICY = { ...CHECK, requirement: 'safeguarding_policy', leadName: 'Rose Hall', deputyName: 'Ann Lee' };

describe('safety checks', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let lead: TestMember;
  let group: string;
  let rose: TestMember;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    lead = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    group = await aProvider(scheme);
    rose = await aMember(scheme, 'provider_member', { organisation: group });
  });

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1/providers/${group}${path}`,
      headers: who.headers,
      ...(payload ? { payload } : {}),
    });
  const record = (changes: object = {}) => call(lead, 'POST', '/assurance', { ...CHECK, ...changes });

  it('add up to a level, which lapses with the first of them and not for an open door', async () => {
    const needed = neededFor('personal_contact', { food: [], remit: [] });
    for (const requirement of needed) {
      expect((await call(lead, 'GET', '')).json()).toMatchObject({ assuredLevel: 'open_door' });
      const answer = await record(requirement === 'safeguarding_policy' ? POLICY : { requirement });
      expect(answer.statusCode).toBe(201);
    }
    const view = (await call(rose, 'GET', '/assurance')).json();
    expect(view).toMatchObject({
      organisationId: group,
      assuredLevel: 'personal_contact',
      assuredUntil: '2026-12-31',
      assuranceLapsed: false,
      levels: [
        { level: 'personal_contact', missing: [], until: '2026-12-31', lapsed: false },
        { level: 'alone_or_vulnerable', until: null, lapsed: false },
      ],
    });
    expect(view.levels[1].missing).toContain('dbs_practice');
    betony.clock.set('2027-01-01T00:00:00Z');
    expect((await call(lead, 'GET', '')).json()).toMatchObject({
      assuredLevel: 'open_door',
      assuredUntil: null,
      assuranceLapsed: true,
    });
    expect((await call(lead, 'GET', '/assurance')).json().levels[0]).toMatchObject({ lapsed: true });
    betony.clock.set(TEST_NOW);
  });

  it('name who looked to the scheme, and who leads to the group', async () => {
    await record(POLICY);
    const [forLead] = (await call(lead, 'GET', '/assurance')).json().records;
    const [forRose] = (await call(rose, 'GET', '/assurance')).json().records;
    expect(forLead).toMatchObject({ checkedBy: 'Mo Rahman', leadName: 'Rose Hall', deputyName: 'Ann Lee' });
    expect(forRose).toEqual({ ...forLead, checkedBy: null });
    const kept = await betony.get(Database).read<{ text: string }>(
      scheme.id,
      sql`select (select coalesce(jsonb_agg(changes), '[]') from provider_history)::text
        || (select coalesce(jsonb_agg(details), '[]') from audit_entry)::text as text`,
    );
    expect(kept[0]?.text).not.toMatch(/Rose Hall|Ann Lee/);
  });

  it('are replaced by a newer one of the same kind, and ended when they no longer hold', async () => {
    await record({ lapsesOn: '2026-12-01' });
    const { records } = (await record()).json();
    expect(records).toMatchObject([{ requirement: 'insurance', lapsesOn: '2026-12-31' }]);
    const end = (id: string) =>
      call(lead, 'POST', `/assurance/${id}/end`, { reason: 'The policy was cancelled' });
    const ended = await end(records[0].id);
    expect(ended.json().records).toEqual([]);
    expect((await end(records[0].id)).json()).toMatchObject({ status: 409, from: 'ended' });
    const history = (await call(rose, 'GET', '/history?limit=1')).json().items;
    expect(history).toMatchObject([
      { action: 'provider.assuranceEnded', changes: { requirement: 'insurance' } },
    ]);
  });

  it('may be waived with a reason and an end', async () => {
    const waived = (await record({ exemptBecause: 'Insured by the parish until it has its own' })).json();
    expect(waived.records).toMatchObject([
      { exemptBecause: 'Insured by the parish until it has its own', lapsesOn: '2026-12-31' },
    ]);
    expect(waived.levels[0].missing).not.toContain('insurance');
  });

  it('ask for food hygiene as soon as a group serves food', async () => {
    group = await aProvider(scheme, { assured: { level: 'personal_contact', until: '2026-12-31' } });
    const { version } = (await call(lead, 'GET', '')).json();
    const amended = await betony.inject({
      method: 'PATCH',
      url: `/api/v1/providers/${group}`,
      headers: { ...lead.headers, 'if-match': `"v${version}"` },
      payload: { food: ['halal'] },
    });
    expect(amended.json()).toMatchObject({ assuredLevel: 'open_door', assuranceLapsed: false });
    const fed = await record({ requirement: 'food_hygiene' });
    expect(fed.json()).toMatchObject({ assuredLevel: 'personal_contact' });
  });

  it.each([
    ['a requirement we do not know', { requirement: 'passport' }, 'requirement'],
    ['a level that needs no checks', { level: 'open_door' }, 'level'],
    ['a day that has not come', { checkedOn: '2026-11-24' }, 'checkedOn'],
    ['a lapse in the past', { lapsesOn: '2026-11-22' }, 'lapsesOn'],
    ['no lapse at all', { lapsesOn: undefined }, 'lapsesOn'],
    ['a policy that names nobody', { requirement: 'safeguarding_policy', leadName: 'Rose' }, 'deputyName'],
    ['the number of a certificate', { note: 'DBS 001234567890' }, 'note'],
    ['a field we do not know', { certificate: 'x' }, 'certificate'],
  ])('refuse %s', async (_name, changes, field) => {
    const answer = await record(changes);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ field }] });
    expect((await call(lead, 'GET', '/assurance')).json().records).toEqual([]);
  });
});
