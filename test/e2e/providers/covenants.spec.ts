import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import type { Gate } from '../../../src/providers/listing.gates.js';
import { aListing, aProvider, gatesIn } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const NO_PRESSURE = { code: 'no_religious_pressure', words: 'Nobody is put under pressure to take part.' };
const IN_TOUCH = { code: 'keep_in_touch', words: 'We say how it went.' };

describe('the local agreement', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let lead: TestMember;
  let rose: TestMember;
  let group: string;
  let listing: string;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony, { noPressureRequired: true });
    lead = await aMember(scheme, 'scheme_manager');
    group = await aProvider(scheme, { sector: 'faith' });
    listing = await aListing(scheme).by(group);
    rose = await aMember(scheme, 'provider_member', { organisation: group });
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1${path}`,
      headers: who.headers,
      ...(payload ? { payload } : {}),
    });
  const publish = (commitments: object[]) =>
    call(lead, 'POST', '/covenants', { words: 'How we work together.', commitments });
  const sign = (covenantId: string, commitments: string[], more: object = {}) =>
    call(rose, 'POST', `/providers/${group}/covenant`, {
      covenantId,
      signedBy: 'Rose Hall',
      signedOn: '2026-11-23',
      commitments,
      ...more,
    });
  const assured = async (): Promise<Gate | undefined> => {
    const { gates } = await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
      gatesIn(tx, listing, {
        age: 70,
        outward: null,
        point: null,
        needs: ['loneliness'],
        circumstances: [],
        mustAvoid: [],
        meets: [],
        faithPreference: 'not_asked',
        faithTradition: null,
        neverOffer: false,
        people: 1,
      }),
    );
    return gates.find(({ gate }) => gate === 'assured_for_level');
  };

  it('is signed by version and commitment, and a required promise opens the gate and closes it again', async () => {
    expect(await assured()).toMatchObject({
      passed: false,
      because: expect.stringMatching(/religious pressure/),
    });
    const first = (await publish([NO_PRESSURE, IN_TOUCH])).json();
    expect(first).toMatchObject({ number: 1, current: true, commitments: [NO_PRESSURE, IN_TOUCH] });

    expect((await sign(first.id, ['keep_in_touch'])).json()).toMatchObject({
      upToDate: true,
      noPressureAgreed: false,
    });
    expect(await assured()).toMatchObject({ passed: false });
    expect((await sign(first.id, ['keep_in_touch', 'no_religious_pressure'])).json()).toMatchObject({
      noPressureAgreed: true,
      signatures: [
        { number: 1, signedBy: 'Rose Hall', endedAt: null },
        { number: 1, commitments: ['keep_in_touch'], endReason: 'replaced' },
      ],
    });
    expect(await assured()).toMatchObject({ passed: true });

    const second = (await publish([NO_PRESSURE])).json();
    expect((await call(rose, 'GET', '/covenants')).json()).toMatchObject([
      { id: second.id, number: 2, current: true },
      { id: first.id, number: 1, current: false },
    ]);
    // What was signed stands until the new version is.
    expect((await call(rose, 'GET', `/providers/${group}/covenant`)).json()).toMatchObject({
      upToDate: false,
      noPressureAgreed: true,
    });
    expect(await assured()).toMatchObject({ passed: true });

    const end = () =>
      call(rose, 'POST', `/providers/${group}/covenant/end`, { reason: 'We cannot promise it' });
    expect((await end()).json()).toMatchObject({ noPressureAgreed: false });
    expect((await end()).json()).toMatchObject({ status: 409, from: 'not signed' });
    expect(await assured()).toMatchObject({ passed: false });
    const history = (await call(rose, 'GET', `/providers/${group}/history`)).body;
    expect(history).toContain('provider.covenantSigned');
    expect(history).not.toContain('Rose Hall');
  });

  it.each([
    ['another commitment', { commitments: ['be_nice'] }, 'commitments'],
    ['none', { commitments: [] }, 'commitments'],
    ['a day that has not come', { signedOn: '2026-11-24' }, 'signedOn'],
    ['a day before it was published', { signedOn: '2026-11-22' }, 'signedOn'],
    ['nobody who signed', { signedBy: ' ' }, 'signedBy'],
    ['a version of another scheme', { covenantId: '80000000-0000-4000-8000-000000000000' }, 'covenantId'],
  ])('is not signed with %s', async (_name, more, field) => {
    const { id } = (await publish([NO_PRESSURE])).json();
    expect((await sign(id, ['no_religious_pressure'], more)).json()).toMatchObject({
      status: 422,
      errors: [{ field }],
    });
  });

  it.each([
    ['without commitments', [], 'commitments'],
    ['with one twice', [NO_PRESSURE, NO_PRESSURE], 'commitments.1.code'],
    ['with a code in words', [{ code: 'No pressure', words: 'x' }], 'commitments.0.code'],
  ])('is not published %s', async (_name, commitments, field) => {
    expect((await publish(commitments)).json()).toMatchObject({ status: 422, errors: [{ field }] });
  });

  it('published twice at once has two numbers', async () => {
    const made = await Promise.all([publish([NO_PRESSURE]), publish([NO_PRESSURE]), publish([NO_PRESSURE])]);
    const numbers = made.map((answer) => answer.json<{ number: number }>().number);
    expect(new Set(numbers).size).toBe(3);
  });
});
