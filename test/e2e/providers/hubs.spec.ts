import type { HubPartnerView } from '../../../src/providers/hub.dto.js';
import { Closures } from '../../../src/providers/closures.service.js';
import { aCase, aGroup, agreement, anOffer, offerOf, type TestGroup } from '../../factories/onward.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('a hub and its partners', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;
  let worker: TestMember;
  let hub: TestGroup;
  let partner: TestGroup;

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    worker = await aMember(scheme, 'link_worker');
    hub = await aGroup(scheme, { provider: { name: 'The Lighthouse' } });
    partner = await aGroup(scheme, { provider: { name: 'Debt Advice Marling' } });
  });

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const partners = () => `/providers/${hub.organisationId}/partners`;
  const name = (payload: object, who = hub.member) => call(who, 'POST', partners(), payload);
  const named = async (payload: object): Promise<HubPartnerView> => {
    const answer = await name(payload);
    expect(answer.statusCode).toBe(201);
    return answer.json<HubPartnerView>();
  };
  const here = () => ({ partnerId: partner.organisationId, does: 'Debt advice on Tuesdays' });

  it('names them, shows them where it is shown, ends them, and keeps it all in its history', async () => {
    const debt = await named({ ...here(), sinceOn: '2025-04-01' });
    expect(debt).toMatchObject({ name: 'Debt Advice Marling', sinceOn: '2025-04-01', endedOn: null });
    const beds = await named({ name: 'Beds for all', does: 'Beds' });
    expect(beds).toMatchObject({ partnerId: null, name: 'Beds for all', sinceOn: '2026-11-23' });
    const both = [
      { name: 'Beds for all', does: 'Beds' },
      { name: 'Debt Advice Marling', does: 'Debt advice on Tuesdays' },
    ];
    const grace = await aCase(scheme, { worker });
    const shown = async () => ({
      provider: (await call(worker, 'GET', `/providers/${hub.organisationId}`)).json().partners,
      listing: (await call(worker, 'GET', `/listings/${hub.listingId}`)).json().partners,
      search: (await call(worker, 'GET', '/listings?limit=100'))
        .json<{ items: { id: string; partners: object[] }[] }>()
        .items.find(({ id }) => id === hub.listingId)?.partners,
      matching: (
        await call(worker, 'GET', `/referrals/${grace.referralId}/services?needs=loneliness&unsuitable=true`)
      )
        .json<{ items: { listing: { id: string; partners: object[] } }[] }>()
        .items.find(({ listing }) => listing.id === hub.listingId)?.listing.partners,
    });
    expect(await shown()).toEqual({ provider: both, listing: both, search: both, matching: both });
    // Being named does not make a partner a hub.
    expect((await call(worker, 'GET', `/listings/${partner.listingId}`)).json().partners).toEqual([]);
    const ended = await call(hub.member, 'POST', `${partners()}/${beds.id}/end`, {
      reason: 'It moved away.',
    });
    expect(ended.json()).toMatchObject({ endedOn: '2026-11-23', endReason: 'It moved away.' });
    const [, left] = both;
    expect(await shown()).toEqual({ provider: [left], listing: [left], search: [left], matching: [left] });
    expect(
      (await call(worker, 'GET', partners()))
        .json<HubPartnerView[]>()
        .map(({ id, endedOn }) => [id, endedOn]),
    ).toEqual([
      [beds.id, '2026-11-23'],
      [debt.id, null],
    ]);
    expect(
      (await call(manager, 'POST', `${partners()}/${beds.id}/end`, { reason: 'x' })).json(),
    ).toMatchObject({
      status: 409,
      from: 'ended',
    });
    // Ended, it may come back.
    await named({ name: 'Beds for All', does: 'Beds again' });
    const history = (await call(manager, 'GET', `/providers/${hub.organisationId}/history`)).json<{
      items: { action: string; by: string; changes: object }[];
    }>().items;
    expect(history.slice(0, 4).map(({ action }) => action)).toEqual([
      'provider.partnerNamed',
      'provider.partnerEnded',
      'provider.partnerNamed',
      'provider.partnerNamed',
    ]);
    expect(history[1]).toMatchObject({
      by: hub.member.name,
      changes: { name: 'Beds for all', reason: 'It moved away.' },
    });
    expect((await auditOf(scheme, hub.organisationId)).length).toBeGreaterThanOrEqual(4);
  });

  it('opens nothing to a partner: passing a person on is a new onward referral that needs agreement', async () => {
    await named(here());
    const grace = await aCase(scheme, { worker });
    const atHub = await anOffer(scheme, grace, hub).accepted().started();
    expect((await call(hub.member, 'GET', `/onward-referrals/${atHub}`)).statusCode).toBe(200);
    for (const part of ['', '/attendance', '/help']) {
      const path = `/onward-referrals/${atHub}${part}`;
      expect([part, (await call(partner.member, 'GET', path)).statusCode]).toEqual([part, 404]);
    }
    for (const path of [`/referrals/${grace.referralId}`, `/clients/${grace.clientId}`]) {
      expect([403, 404]).toContain((await call(partner.member, 'GET', path)).statusCode);
    }
    expect((await call(partner.member, 'GET', '/onward-referrals')).json().items).toEqual([]);
    expect((await call(partner.member, 'GET', partners())).statusCode).toBe(404);
    const accept = await call(partner.member, 'POST', `/onward-referrals/${atHub}/accept`, {});
    expect(accept.statusCode).toBe(404);

    const offer = (more: object = {}) =>
      call(worker, 'POST', `/referrals/${grace.referralId}/onward-referrals`, {
        ...offerOf(partner.listingId),
        ...more,
      });
    const refused = await offer();
    expect([refused.statusCode, refused.json()]).toMatchObject([
      409,
      { refusals: expect.arrayContaining([expect.objectContaining({ code: 'no-agreement' })]) },
    ]);
    expect((await call(partner.member, 'GET', '/onward-referrals')).json().items).toEqual([]);
    const made = await offer({ agreement: agreement() });
    expect(made.statusCode).toBe(201);
    const { id } = made.json<{ id: string }>();
    expect(id).not.toBe(atHub);
    expect(
      (await call(partner.member, 'GET', '/onward-referrals'))
        .json<{ items: { id: string }[] }>()
        .items.map((one) => one.id),
    ).toEqual([id]);
    expect((await call(partner.member, 'GET', `/onward-referrals/${atHub}`)).statusCode).toBe(404);
    expect((await call(hub.member, 'GET', `/onward-referrals/${id}`)).statusCode).toBe(404);
  });

  it('is kept by the hub itself and by managers alone', async () => {
    expect((await name(here(), worker)).statusCode).toBe(403);
    expect((await name(here(), partner.member)).statusCode).toBe(404);
    expect((await name(here(), manager)).statusCode).toBe(201);
    const stranger = await aMember(await aScheme(betony), 'scheme_manager');
    expect((await call(stranger, 'GET', partners())).statusCode).toBe(404);
    expect((await name({ name: 'Us', does: 'Us' }, stranger)).statusCode).toBe(404);
  });

  it('refuses itself, the same twice, what has closed, other schemes, and what says neither or both', async () => {
    await named(here());
    await named({ name: 'Beds for all', does: 'Beds' });
    const [closed, inactive] = [await aGroup(scheme), await anOrganisation(scheme, 'charity')];
    await betony.get(Closures).closeForGood(manager.actor, closed.organisationId, { reason: 'no_money' });
    const elsewhere = await anOrganisation(await aScheme(betony), 'charity');
    const does = 'Something';
    const refusals: [object, number, string][] = [
      [{ partnerId: hub.organisationId, does }, 422, 'partnerId'],
      [{ partnerId: elsewhere, does }, 422, 'partnerId'],
      [{ partnerId: closed.organisationId, does }, 422, 'partnerId'],
      [{ partnerId: 'x', does }, 422, 'partnerId'],
      [{ does }, 422, 'partnerId'],
      [{ partnerId: inactive, name: 'Both', does }, 422, 'partnerId'],
      [{ name: 'Beds for all' }, 422, 'does'],
      [{ name: '   ', does }, 422, 'name'],
      [{ name: 'x'.repeat(201), does }, 422, 'name'],
      [{ name: 'Later', does, sinceOn: '2026-11-24' }, 422, 'sinceOn'],
      [{ name: 'Extra', does, person: 'Grace' }, 422, 'person'],
    ];
    for (const [payload, status, field] of refusals) {
      const answer = await name(payload);
      expect([payload, answer.statusCode, answer.json().errors?.[0]?.field]).toEqual([
        payload,
        status,
        field,
      ]);
    }
    for (const again of [here(), { name: 'BEDS FOR ALL', does }]) {
      expect((await name(again)).json()).toMatchObject({ status: 409, title: 'partner-exists' });
    }
    // A partner that closes for good is no longer shown; a hub that has closed names nobody.
    await betony.get(Closures).closeForGood(manager.actor, partner.organisationId, { reason: 'no_money' });
    expect((await call(worker, 'GET', `/providers/${hub.organisationId}`)).json().partners).toEqual([
      { name: 'Beds for all', does: 'Beds' },
    ]);
    await betony.get(Closures).closeForGood(manager.actor, hub.organisationId, { reason: 'no_money' });
    expect((await name({ name: 'Late', does })).json()).toMatchObject({ status: 409, from: 'closed' });
  });
});
