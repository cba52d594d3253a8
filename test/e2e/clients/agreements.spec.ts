import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aClient } from '../../factories/clients.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('agreements', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let group: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    group = await scheme.homeOf('provider_member');
  });
  afterAll(() => betony.stop());

  const call = (method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1/clients/${path}`,
      headers: sam.headers,
      ...(payload ? { payload } : {}),
    });
  const agreed = {
    scope: ['needs', 'contact_details'],
    basis: 'agreed',
    agreedOn: '2026-11-20',
    how: 'phone',
  };
  const idOf = (answer: { json: () => unknown }) => (answer.json() as { id: string }).id;
  const fieldsOf = (answer: { json: () => unknown }) =>
    (answer.json() as { errors: { field: string }[] }).errors.map(({ field }) => field);

  it('are recorded per recipient with basis, date, how and by whom, and listed', async () => {
    const client = await aClient(scheme).heldBy(sam);
    const forGroup = await call('POST', `${client}/agreements`, {
      ...agreed,
      organisationId: group,
      renewOn: '2027-05-20',
    });
    expect(forGroup.statusCode).toBe(201);
    expect(forGroup.json()).toMatchObject({
      clientId: client,
      recipientKind: 'organisation',
      organisationId: group,
      organisationName: expect.any(String),
      scope: ['needs', 'contact_details'],
      basis: 'agreed',
      agreedOn: '2026-11-20',
      renewOn: '2027-05-20',
      withdrawnAt: null,
    });
    const forScheme = await call('POST', `${client}/agreements`, {
      scope: ['scheme_support'],
      basis: 'attorney_or_deputy',
      decidedBy: 'Ada Okoro, attorney for health and welfare',
      authoritySeenOn: '2026-11-01',
      agreedOn: '2026-11-21',
      how: 'in_person',
      advocate: 'Jo Bell, IMCA',
    });
    expect(forScheme.json()).toMatchObject({
      recipientKind: 'scheme',
      organisationId: null,
      advocate: 'Jo Bell, IMCA',
    });
    const list = (await call('GET', `${client}/agreements`)).json<{ id: string }[]>();
    expect(list.map(({ id }) => id)).toEqual([idOf(forScheme), idOf(forGroup)]);
    const by = await betony
      .get(Database)
      .read(scheme.id, sql`select distinct recorded_by from agreement where client_id = ${client}`);
    expect(by).toEqual([{ recorded_by: sam.actor.membershipId }]);
  });

  it.each<[string, object, string[]]>([
    ['no scope', { scope: [] }, ['scope']],
    ['an unknown scope', { scope: ['everything'] }, ['scope']],
    ['a scope twice', { scope: ['needs', 'needs'] }, ['scope']],
    ['no basis', { basis: undefined }, ['basis']],
    [
      'an attorney without name or authority',
      { basis: 'attorney_or_deputy' },
      ['decidedBy', 'authoritySeenOn'],
    ],
    ['a best-interests decision of one', { basis: 'best_interests', decidedBy: 'Sam' }, ['consulted']],
    ['the parent of an adult', { basis: 'parental_responsibility', decidedBy: 'Ada' }, ['basis']],
    ['a day to come', { agreedOn: '2026-11-24' }, ['agreedOn']],
    ['renewal before agreement', { renewOn: '2026-11-19' }, ['renewOn']],
    [
      'an organisation of nowhere',
      { organisationId: '0199a1b2-0000-7000-8000-000000000000' },
      ['organisationId'],
    ],
    ['support agreed with a group', { scope: ['scheme_support'], organisationId: 'group' }, ['scope']],
    ['the advocate agreeing', { basis: 'advocate' }, ['basis']],
  ])('are not recorded with %s', async (_what, change, fields) => {
    const client = await aClient(scheme).heldBy(sam);
    const organisationId =
      'organisationId' in change && change.organisationId === 'group' ? { organisationId: group } : {};
    const answer = await call('POST', `${client}/agreements`, { ...agreed, ...change, ...organisationId });
    expect([answer.statusCode, fieldsOf(answer)]).toEqual([422, fields]);
    expect((await call('GET', `${client}/agreements`)).json()).toEqual([]);
  });

  it('are renewed in place, so that what stands on them keeps standing', async () => {
    const client = await aClient(scheme).heldBy(sam);
    const id = idOf(
      await call('POST', `${client}/agreements`, {
        ...agreed,
        agreedOn: '2026-05-20',
        renewOn: '2026-11-20',
      }),
    );
    const renewed = await call('POST', `${client}/agreements/${id}/renew`, {
      agreedOn: '2026-11-22',
      how: 'phone',
      renewOn: '2027-05-22',
    });
    expect([renewed.statusCode, renewed.json()]).toMatchObject([
      200,
      { id, agreedOn: '2026-05-20', renewedOn: '2026-11-22', renewOn: '2027-05-22' },
    ]);
    for (const [change, field] of [
      [{ agreedOn: '2026-11-24' }, 'agreedOn'],
      [{ agreedOn: '2026-05-19' }, 'agreedOn'],
      [{ renewOn: '2026-11-22' }, 'renewOn'],
    ] as const) {
      const refused = await call('POST', `${client}/agreements/${id}/renew`, {
        ...{ agreedOn: '2026-11-22', how: 'phone' },
        ...change,
      });
      expect([refused.statusCode, fieldsOf(refused)]).toEqual([422, [field]]);
    }
  });

  it('are taken back at once, however often they were written down', async () => {
    const client = await aClient(scheme)
      .heldBy(sam)
      .agreedWith(group, 'needs')
      .agreedWith(group, 'needs', 'contact_details')
      .agreedWith(null, 'scheme_support');
    const list = (await call('GET', `${client}/agreements`)).json<{ id: string; scope: string[] }[]>();
    const small = list.find(({ scope }) => scope.length === 1 && scope[0] === 'needs')!;
    const withdrawn = await call('POST', `${client}/agreements/${small.id}/withdraw`, {
      note: 'Changed her mind',
    });
    expect([withdrawn.statusCode, withdrawn.json()]).toMatchObject([
      200,
      { id: small.id, withdrawnAt: expect.any(String), withdrawalNote: 'Changed her mind' },
    ]);
    const after = (await call('GET', `${client}/agreements`)).json<object[]>();
    expect(after).toHaveLength(3);
    expect(after).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ organisationId: group, scope: ['contact_details'], withdrawnAt: null }),
        expect.objectContaining({ organisationId: null, scope: ['scheme_support'], withdrawnAt: null }),
      ]),
    );
    const again = await call('POST', `${client}/agreements/${small.id}/withdraw`, {});
    expect([again.statusCode, again.json()]).toMatchObject([409, { from: 'withdrawn', action: 'withdraw' }]);
    const renewed = await call('POST', `${client}/agreements/${small.id}/renew`, {
      agreedOn: '2026-11-22',
      how: 'phone',
    });
    expect(renewed.statusCode).toBe(409);
  });

  it('are taken back in part', async () => {
    const client = await aClient(scheme).heldBy(sam).agreedWith(group, 'needs', 'contact_details');
    const [agreement] = (await call('GET', `${client}/agreements`)).json<{ id: string }[]>();
    const path = `${client}/agreements/${String(agreement?.id)}/withdraw`;
    const narrowed = await call('POST', path, { scope: ['contact_details'] });
    expect(narrowed.json()).toMatchObject({ scope: ['needs'], withdrawnAt: null });
    const beyond = await call('POST', path, { scope: ['contact_details'] });
    expect([beyond.statusCode, fieldsOf(beyond)]).toEqual([422, ['scope']]);
  });

  it('belong to one person', async () => {
    const [mine, hers] = [
      await aClient(scheme).heldBy(sam),
      await aClient(scheme).heldBy(sam).agreedWith(group, 'needs'),
    ];
    const [agreement] = (await call('GET', `${hers}/agreements`)).json<{ id: string }[]>();
    expect((await call('POST', `${mine}/agreements/${String(agreement?.id)}/withdraw`, {})).statusCode).toBe(
      404,
    );
    expect((await call('POST', `${mine}/agreements/${newId()}/withdraw`, {})).statusCode).toBe(404);
    expect((await call('POST', `${mine}/agreements/x/withdraw`, {})).statusCode).toBe(404);
  });
});
