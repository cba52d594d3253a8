import { ROLES } from '../../../src/platform/actor/actor.types.js';
import { DEFAULT_SETTINGS } from '../../../src/platform/scheme/scheme-settings.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('the scheme and its settings', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let admin: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    scheme = await aScheme(betony);
    admin = await aMember(scheme, 'administrator');
  });

  const get = (who = admin) => betony.inject({ url: '/api/v1/scheme', headers: who.headers });
  const amend = (payload: object, version = 1, who = admin) =>
    betony.inject({
      method: 'PATCH',
      url: '/api/v1/scheme',
      headers: { ...who.headers, 'if-match': `"v${String(version)}"` },
      payload,
    });

  it('start as the product has them', async () => {
    expect((await get()).json()).toEqual({
      id: scheme.id,
      version: 1,
      name: scheme.name,
      settings: DEFAULT_SETTINGS,
      standingCoverId: null,
    });
  });

  it('are changed one by one and given back with null', async () => {
    const first = await amend({
      settings: { triageDays: 3, selfReferral: false, bankHolidays: ['2026-12-25'] },
    });
    expect(first.json()).toMatchObject({
      version: 2,
      settings: { ...DEFAULT_SETTINGS, triageDays: 3, selfReferral: false, bankHolidays: ['2026-12-25'] },
    });
    const second = await amend({ name: 'Renamed', settings: { triageDays: null, undoHours: 12 } }, 2);
    expect(second.json()).toMatchObject({
      name: 'Renamed',
      settings: { triageDays: DEFAULT_SETTINGS.triageDays, undoHours: 12, selfReferral: false },
    });
    expect((await amend({ name: 'Late' }, 2)).statusCode).toBe(412);
  });

  it.each([
    [{ settings: { triageDays: 0 } }, 'settings.triageDays'],
    [{ settings: { triageDays: 2.5 } }, 'settings.triageDays'],
    [{ settings: { triageDays: '2' } }, 'settings.triageDays'],
    [{ settings: { triageDays: 5 } }, 'settings.triageEscalateDays'],
    [{ settings: { colour: 'red' } }, 'settings.colour'],
    [{ settings: { selfReferral: 'yes' } }, 'settings.selfReferral'],
    [{ settings: { bankHolidays: ['2026-02-30'] } }, 'settings.bankHolidays'],
    [{ settings: { secondFactorRequired: ['cleaner'] } }, 'settings.secondFactorRequired'],
    [
      { settings: { secondFactorOffered: ['referrer'], secondFactorRequired: ['link_worker'] } },
      'settings.secondFactorRequired',
    ],
    [{ settings: [] }, 'settings'],
    [{ name: '' }, 'name'],
    [{ standingCoverId: null }, 'standingCoverId'],
  ])('refuse %j', async (payload, field) => {
    const answer = await amend(payload);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toEqual([expect.objectContaining({ field })]);
    expect((await get()).json().version).toBe(1);
  });

  it.each(ROLES)('are read by a %s, and changed by an administrator only', async (role) => {
    const who = await aMember(scheme, role);
    expect((await get(who)).statusCode).toBe(200);
    expect((await amend({ name: 'New' }, 1, who)).statusCode).toBe(role === 'administrator' ? 200 : 403);
    expect((await betony.inject({ url: '/api/v1/scheme' })).statusCode).toBe(401);
  });
});
