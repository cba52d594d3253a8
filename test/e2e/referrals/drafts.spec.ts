import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { aPerson } from '../../factories/clients.js';
import { aReferral, referralRow, theSender } from '../../factories/referrals.js';
import { aMember, aScheme, anOrganisation, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

describe('drafts, and what comes back', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let practice: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    practice = await theSender(scheme);
  });
  afterAll(async () => {
    await betony.stop();
  });

  const ask = async (
    method: 'POST' | 'PATCH' | 'GET' | 'DELETE',
    path: string,
    payload?: object,
    version?: number,
    member = practice,
  ): Promise<Answer> => {
    const response = await betony.inject({
      method,
      url: `/api/v1/referrals${path}`,
      headers: { ...member.headers, ...(version ? { 'if-match': `"v${String(version)}"` } : {}) },
      ...(payload ? { payload } : {}),
    });
    return {
      status: response.statusCode,
      body: response.body === '' ? {} : response.json<Record<string, unknown>>(),
    };
  };
  const fieldsOf = ({ body }: Answer): string[] =>
    ((body['errors'] ?? []) as { field: string }[]).map(({ field }) => field);
  const clients = async (): Promise<number> => {
    const [row] = await betony
      .get(Database)
      .read<{ count: number }>(scheme.id, sql`select count(*)::int as count from client`);
    return row!.count;
  };

  it('keeps what is known so far, names what is missing, and records a person only when it is sent', async () => {
    const before = await clients();
    const { firstName, lastName, dateOfBirth, nhsNumber } = aPerson();
    const draft = await ask('POST', '/drafts', { client: { firstName, lastName }, note: 'Rang on Monday' });
    expect(draft).toMatchObject({
      status: 201,
      body: { status: 'draft', version: 1, client: { firstName, lastName, dateOfBirth: null } },
    });
    const id = draft.body['id'] as string;
    expect(draft.body['allowed']).toEqual(['amendDraft', 'discard', 'send']);

    const early = await ask('POST', `/${id}/send`, { couldComeToHarm: false });
    expect(early.status).toBe(422);
    expect(fieldsOf(early).sort()).toEqual(['agreement', 'client.dateOfBirth', 'reasons']);

    const amended = await ask(
      'PATCH',
      `/drafts/${id}`,
      { client: { dateOfBirth, nhsNumber, email: 'grace@example.org' }, reasons: ['food'], note: null },
      1,
    );
    expect(amended).toMatchObject({ status: 200, body: { version: 2, client: { firstName, dateOfBirth } } });
    expect(amended.body['draft']).toMatchObject({ reasons: ['food'] });
    expect(amended.body['draft']).not.toHaveProperty('note');
    const wrong = await ask('PATCH', `/drafts/${id}`, { client: { nhsNumber: '9990000019' } }, 2);
    expect([wrong.status, fieldsOf(wrong)]).toEqual([422, ['client.nhsNumber']]);
    expect(await clients()).toBe(before);

    const urgent = await ask('POST', `/${id}/send`, { couldComeToHarm: true });
    expect([urgent.status, urgent.body['title']]).toEqual([422, 'could-come-to-harm']);
    const sent = await ask('POST', `/${id}/send`, {
      couldComeToHarm: false,
      agreement: { basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' },
      noKnownRisks: true,
    });
    expect(sent).toMatchObject({
      status: 200,
      body: {
        id,
        status: 'sent',
        version: null,
        draft: null,
        reference: draft.body['reference'],
        reasons: ['food'],
      },
    });
    expect(await clients()).toBe(before + 1);
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'sent', owner_kind: 'triage', draft: null });
    expect((await ask('DELETE', `/drafts/${id}`)).status).toBe(409);
  });

  it('is the whole practice’s: a colleague may finish it, another organisation finds nothing', async () => {
    const { body } = await ask('POST', '/drafts', { reasons: ['food'] });
    const path = `/${body['id'] as string}`;
    const colleague = await aMember(scheme, 'referrer', { organisation: practice.actor.organisationId });
    const stranger = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    expect((await ask('GET', path, undefined, undefined, colleague)).status).toBe(200);
    expect((await ask('GET', path, undefined, undefined, stranger)).status).toBe(404);
    expect((await ask('DELETE', `/drafts${path}`, undefined, undefined, stranger)).status).toBe(404);
    expect((await ask('DELETE', `/drafts${path}`, undefined, undefined, colleague)).status).toBe(204);
    expect((await ask('GET', path)).status).toBe(404);
  });

  it('sends again what came back, with only what changes', async () => {
    const { id, clientId } = await aReferral(scheme).about({ firstName: 'Grace' }).returned();
    const back = await ask('GET', `/${id}`);
    expect(back.body).toMatchObject({
      status: 'returned',
      returned: { missing: ['contact_details'], message: 'A telephone number, please' },
    });
    for (const [client, field] of [
      [{ firstName: null }, 'client.firstName'],
      [{ dateOfBirth: '2027-01-01' }, 'client.dateOfBirth'],
      [{ phone: null }, 'client.phone'],
      [{ phone: '12345' }, 'client.phone'],
    ] as const) {
      const refused = await ask('POST', `/${id}/send`, { couldComeToHarm: false, client });
      expect([refused.status, fieldsOf(refused)]).toEqual([422, [field]]);
    }
    const again = await ask('POST', `/${id}/send`, {
      couldComeToHarm: false,
      client: { phone: '07700 900123', knownAs: 'Gracie' },
      risks: ['falls'],
      reasons: ['food', 'loneliness'],
      agreement: { basis: 'agreed', agreedOn: '2026-11-23', how: 'phone' },
    });
    expect(again).toMatchObject({
      status: 200,
      body: {
        status: 'sent',
        risks: ['falls'],
        noKnownRisks: false,
        reasons: ['food', 'loneliness'],
        returned: null,
      },
    });
    const [person] = await betony
      .get(Database)
      .read(
        scheme.id,
        sql`select standing, first_name, known_as, phone, version from client where id = ${clientId}`,
      );
    expect(person).toEqual({
      standing: 'provisional',
      first_name: 'Grace',
      known_as: 'Gracie',
      phone: '+447700900123',
      version: 2,
    });
    expect((await ask('POST', `/${id}/send`, { couldComeToHarm: false })).status).toBe(409);
  });

  it('takes the practice of a person by its code, and a practice’s own when none is told', async () => {
    const organisationId = await anOrganisation(scheme);
    const hospice = await aMember(scheme, 'referrer', {
      organisation: await anOrganisation(scheme, 'hospice'),
    });
    await betony
      .get(Database)
      .read(scheme.id, sql`update organisation set ods_code = 'F81999' where id = ${organisationId}`);
    const registered = async (clientId: string) => {
      const [row] = await betony
        .get(Database)
        .read<{ organisation_id: string }>(
          scheme.id,
          sql`select organisation_id from gp_registration where client_id = ${clientId}`,
        );
      return row?.organisation_id;
    };
    const byCode = await aReferral(scheme).from(hospice).saying({ gpPracticeCode: 'f81999' });
    expect(await registered(byCode.clientId)).toBe(organisationId);
    const own = await aReferral(scheme);
    expect(await registered(own.clientId)).toBe(practice.actor.organisationId);
    const unknown = await aReferral(scheme).from(hospice);
    expect(await registered(unknown.clientId)).toBeUndefined();
  });
});
