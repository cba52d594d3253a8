import pg from 'pg';
import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import type {
  IncomingTransferLine,
  IncomingTransferView,
  TransferPreview,
  TransferView,
} from '../../../src/caseload/transfer.dto.js';
import { ProductActs } from '../../../src/reminders/product-acts.service.js';
import { aCase } from '../../factories/caseload.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const AGREED = { basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' };

describe('handing somebody to another scheme', () => {
  let betony: TestApp;
  let here: TestScheme;
  let there: TestScheme;
  let elsewhere: TestScheme;
  let sam: TestMember;
  let triage: TestMember;
  let stranger: TestMember;
  let referralId: string;
  let clientId: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    [here, there, elsewhere] = await Promise.all([aScheme(betony), aScheme(betony), aScheme(betony)]);
    sam = await aMember(here, 'link_worker');
    triage = await aMember(there, 'link_worker', { triages: true, name: 'Ada Reed' });
    stranger = await aMember(elsewhere, 'scheme_manager');
    ({ referralId, clientId } = await aCase(here, sam)
      .person({ firstName: 'Grace', lastName: 'Okafor', safetyFlag: true, ethnicity: 'N' })
      .begun());
    await changeRow(here, 'referral', referralId, {
      note: 'Likes to be rung after ten',
      risks: ['falls'],
      no_known_risks: false,
    });
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object, key?: string) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { ...who.headers, ...(key ? { 'idempotency-key': key } : {}) },
      ...(payload ? { payload } : {}),
    });
  const look = async (items = 'reasons') =>
    (
      await call(sam, 'GET', `referrals/${referralId}/transfer-preview?items=${items}`)
    ).json<TransferPreview>();
  const body = async (more: object = {}) => ({
    toSchemeId: there.id,
    items: ['reasons'],
    digest: (await look()).digest,
    agreement: AGREED,
    result: 'partly_helped',
    ...more,
  });
  const hand = async (more: object = {}): Promise<TransferView> => {
    const answer = await call(sam, 'POST', `referrals/${referralId}/transfers`, await body(more));
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { state: 'offered' }]);
    await settle(betony);
    return answer.json();
  };
  const state = async () =>
    (
      await rowsOf<Record<string, unknown>>(
        here,
        sql`select state, owner_id is not null as owned, next_at is not null as next, end_reason, result
          from referral where id = ${referralId}`,
      )
    )[0];
  const ofTransfer = async (id: string) => (await call(sam, 'GET', `transfers/${id}`)).json<TransferView>();
  const STILL_OURS = { state: 'active', owned: true, next: true, end_reason: null };

  it('stays ours until the other scheme gives a receipt, and then closes once, with nothing lost', async () => {
    const { id, carries } = await hand();
    expect(carries).toEqual((await look()).carries);
    expect(await state()).toMatchObject(STILL_OURS);
    const [line] = (await call(triage, 'GET', 'transfers/incoming')).json<{ items: IncomingTransferLine[] }>()
      .items;
    expect(line).toMatchObject({ id, fromName: here.name, state: 'offered' });
    expect(JSON.stringify(line)).not.toContain('Grace');
    expect(await reminderDesk(there).reminders(id)).toEqual([
      expect.stringContaining('transfer_in 1 '),
      expect.stringContaining('transfer_in 2 2026-11-25T17:00'),
    ]);
    await reminderDesk(there).work();
    expect(await reminderDesk(there).tasks(id)).toEqual(['transfer_in triage open']);
    expect((await call(triage, 'GET', `transfers/incoming/${id}`)).json()).toMatchObject({
      carries: {
        person: { firstName: 'Grace', safetyFlag: true },
        reasons: { note: 'Likes to be rung after ten' },
      },
    });

    const answers = await Promise.all([
      call(triage, 'POST', `transfers/incoming/${id}/receive`),
      call(triage, 'POST', `transfers/incoming/${id}/receive`),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const taken = answers.find(({ statusCode }) => statusCode === 200)!.json<IncomingTransferView>();
    expect(await state()).toMatchObject(STILL_OURS);
    await settle(betony);
    expect(await state()).toMatchObject({
      state: 'closed',
      owned: false,
      end_reason: 'handed_to_another_scheme',
      result: 'partly_helped',
    });
    expect(await ofTransfer(id)).toMatchObject({
      state: 'received',
      answeredBy: 'Ada Reed',
      receipt: taken.receipt,
    });
    // Told again, as after a lost queue: nothing happens twice.
    await inScheme(here, (tx) =>
      insertRow(tx, 'outbox', {
        id: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de',
        scheme_id: here.id,
        event: 'transfer.answered',
        payload: JSON.stringify({ transferId: id }),
        created_at: tx.now,
      }),
    );
    await settle(betony);
    const closings = await rowsOf(
      here,
      sql`select 1 from referral_history where referral_id = ${referralId} and action = 'close'`,
    );
    expect(closings).toHaveLength(1);

    const [came] = await rowsOf<Record<string, unknown>>(
      there,
      sql`select r.id, r.state, r.note, r.owner_kind, c.first_name, c.safety_flag, c.standing,
          (select count(*)::int from agreement a where a.client_id = c.id and a.agreed_on = '2026-11-20') as agreed
        from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id where r.scheme_id = ${there.id}`,
    );
    expect(came).toMatchObject({
      id: taken.referralId,
      state: 'sent',
      owner_kind: 'triage',
      note: 'Likes to be rung after ten',
      first_name: 'Grace',
      safety_flag: true,
      standing: 'provisional',
      agreed: 1,
    });
    expect((await call(triage, 'GET', `referrals/${taken.referralId ?? ''}/came-with`)).json()).toMatchObject(
      {
        fromName: here.name,
        carries,
      },
    );
    const back = await call(triage, 'POST', `referrals/${taken.referralId ?? ''}/return`, {
      missing: ['contact_details'],
      message: 'No number',
    });
    expect([back.statusCode, back.json()]).toMatchObject([
      409,
      { detail: expect.stringContaining('Ring them') },
    ]);
    await reminderDesk(there).work();
    expect(await reminderDesk(there).tasks(id)).toEqual(['transfer_in triage moved_on']);
    expect((await auditOf(there, id)).map(({ action }) => action)).toContain('transfer.receive');
  });

  it('takes along what was chosen, and what was not chosen never', async () => {
    const little = await look('contacts');
    expect(JSON.stringify(little.carries)).not.toMatch(/after ten|falls|ethnicity|faith/);
    expect(little.carries.person).toMatchObject({ firstName: 'Grace', safetyFlag: true });
    const more = await look('about_them,risks');
    expect(more.carries).toMatchObject({ person: { ethnicity: 'N' }, risks: { risks: ['falls'] } });
    await changeRow(here, 'referral', referralId, { note: 'Something new' });
    const stale = await call(sam, 'POST', `referrals/${referralId}/transfers`, {
      ...(await body()),
      digest: little.digest,
    });
    expect([stale.statusCode, stale.json()]).toMatchObject([
      409,
      { type: expect.stringContaining('changed') },
    ]);
  });

  it('shows nothing of it to a third scheme, by any route or by SQL, and to the other only while it waits', async () => {
    const { id } = await hand();
    for (const path of [`transfers/${id}`, `transfers/incoming/${id}`, `transfers/${id}/document`]) {
      expect((await call(stranger, 'GET', path)).statusCode).toBe(404);
    }
    expect((await call(stranger, 'POST', `transfers/incoming/${id}/receive`)).statusCode).toBe(404);
    expect((await call(stranger, 'GET', 'transfers/incoming')).json()).toMatchObject({ items: [] });
    expect((await call(triage, 'GET', `transfers/${id}`)).statusCode).toBe(404);

    const client = new pg.Client({ connectionString: betony.database.url });
    await client.connect();
    const as = async (schemeId: string, text: string, values: unknown[] = []) => {
      await client.query('begin');
      try {
        await client.query(`select set_config('app.scheme_id', $1, true)`, [schemeId]);
        return await client.query(text, values);
      } finally {
        await client.query('rollback');
      }
    };
    const seen = async (schemeId: string) => [
      (await as(schemeId, 'select * from transfer')).rowCount,
      (await as(schemeId, 'select * from transfer_parcel')).rowCount,
    ];
    try {
      expect(await seen(here.id)).toEqual([1, 1]);
      expect(await seen(there.id)).toEqual([0, 1]);
      expect(await seen(elsewhere.id)).toEqual([0, 0]);
      const none = await as(
        elsewhere.id,
        `update transfer_parcel set state = 'refused', carries = null, agreement = null`,
      );
      expect([none.rowCount, (await as(there.id, 'delete from transfer_parcel')).rowCount]).toEqual([0, 0]);
      for (const text of [
        `update transfer_parcel set state = 'cancelled', carries = null, agreement = null`,
        `update transfer_parcel set from_name = 'x', state = 'refused', carries = null, agreement = null`,
        `update transfer_parcel set to_scheme_id = '${elsewhere.id}', state = 'refused', carries = null, agreement = null`,
        `insert into transfer_parcel select '${here.id}', gen_random_uuid(), to_scheme_id, from_name, state, agreement,
          carries, sent_at, answer_by from transfer_parcel`,
      ]) {
        await expect(as(there.id, text)).rejects.toThrow();
      }
    } finally {
      await client.end();
    }

    expect((await call(sam, 'POST', `transfers/${id}/cancel`, { reason: 'She stays' })).statusCode).toBe(200);
    const gone = (await call(triage, 'GET', `transfers/incoming/${id}`)).json<IncomingTransferView>();
    expect(gone).toMatchObject({ state: 'cancelled', carries: null });
    expect((await call(triage, 'POST', `transfers/incoming/${id}/receive`)).statusCode).toBe(409);
    await settle(betony);
    expect(await reminderDesk(there).tasks(id)).toEqual([]);
    expect(await state()).toMatchObject(STILL_OURS);
  });

  it('comes back to its owner with a task when it is refused, and may be tried anew', async () => {
    const { id } = await hand();
    await call(triage, 'POST', `transfers/incoming/${id}/refuse`, { reason: 'Outside our area' });
    await settle(betony);
    expect(await ofTransfer(id)).toMatchObject({
      state: 'refused',
      reason: 'Outside our area',
      answeredBy: 'Ada Reed',
    });
    expect(await state()).toMatchObject(STILL_OURS);
    await reminderDesk(here).work();
    expect(await reminderDesk(here).tasks(id)).toEqual(['transfer_back membership open']);
    const again = await hand();
    expect(again.id).not.toBe(id);
    expect(await reminderDesk(here).tasks(id)).toEqual(['transfer_back membership moved_on']);
    const twice = await call(sam, 'POST', `referrals/${referralId}/transfers`, await body());
    expect(twice.json()).toMatchObject({ status: 409, type: expect.stringContaining('already-handed-over') });
  });

  it('comes back when nobody answers in ten working days; a yes before that was noticed still counts', async () => {
    const { id, answerBy } = await hand();
    expect(answerBy).toBe('2026-12-07T17:00:00.000Z');
    const acts = () => betony.get(ProductActs).work(systemActor(here.id, 'reminders'));
    betony.clock.set('2026-12-07T16:59:00Z');
    await acts();
    expect((await ofTransfer(id)).state).toBe('offered');
    betony.clock.set('2026-12-07T17:00:00Z');
    await acts();
    expect((await ofTransfer(id)).state).toBe('expired');
    await reminderDesk(here).work();
    expect(await reminderDesk(here).tasks(id)).toEqual(['transfer_back membership open']);
    expect(await state()).toMatchObject(STILL_OURS);

    const late = await hand();
    betony.clock.set('2026-12-22T09:00:00Z');
    expect((await call(triage, 'POST', `transfers/incoming/${late.id}/receive`)).statusCode).toBe(200);
    await acts();
    await settle(betony);
    expect((await ofTransfer(late.id)).state).toBe('received');
  });

  it('is taken back at once when the referral ends another way', async () => {
    const { id } = await hand();
    const ended = await call(sam, 'POST', `referrals/${referralId}/withdraw`, { reason: 'person_said_no' });
    expect(ended.statusCode).toBe(200);
    expect(await ofTransfer(id)).toMatchObject({ state: 'cancelled' });
    expect((await call(triage, 'GET', `transfers/incoming/${id}`)).json()).toMatchObject({ carries: null });
  });

  it('goes by a document to a scheme that is not here, and closes when its receipt is written down', async () => {
    const made = await hand({ toSchemeId: undefined, toName: 'Leeds Connect', items: ['reasons'] });
    const file = await call(sam, 'GET', `transfers/${made.id}/document`);
    expect(file.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': expect.stringContaining('attachment'),
    });
    expect(file.body).toContain('First name: Grace');
    expect(file.body).toContain('Likes to be rung after ten');
    expect(file.body).not.toMatch(/falls/i);
    expect(
      (await auditOf(here, made.id)).find(({ action }) => action === 'transfer.document')?.client_ids,
    ).toEqual([clientId]);
    const receipt = { receivedBy: 'Jo Bell', receivedOn: '2026-11-24', receipt: 'LC-7' };
    const early = await call(sam, 'POST', `transfers/${made.id}/receipt`, receipt);
    expect(early.json()).toMatchObject({ status: 422, errors: [{ field: 'receivedOn' }] });
    betony.clock.set('2026-11-24T10:00:00Z');
    const key = 'one-receipt-for-grace';
    const done = await call(sam, 'POST', `transfers/${made.id}/receipt`, receipt, key);
    expect(done.json()).toMatchObject({
      state: 'received',
      answeredBy: 'Jo Bell, 2026-11-24',
      receipt: 'LC-7',
    });
    expect((await call(sam, 'POST', `transfers/${made.id}/receipt`, receipt, key)).statusCode).toBe(200);
    expect((await call(sam, 'POST', `transfers/${made.id}/receipt`, receipt)).statusCode).toBe(409);
    expect(await state()).toMatchObject({ state: 'closed', end_reason: 'handed_to_another_scheme' });
  });

  it.each<[string, object, number, string]>([
    ['both addresses', { toName: 'Leeds' }, 422, 'toName'],
    ['no address', { toSchemeId: undefined }, 422, 'toSchemeId'],
    ['nobody’s scheme', { toSchemeId: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de' }, 422, 'toSchemeId'],
    ['an unknown part', { items: ['safeguarding'] }, 422, 'items'],
    ['agreed tomorrow', { agreement: { ...AGREED, agreedOn: '2026-11-24' } }, 422, 'agreement.agreedOn'],
    ['no agreement', { agreement: undefined }, 422, 'agreement'],
    ['a result that only a death gives', { result: 'died' }, 422, 'result'],
    ['nothing looked at', { digest: undefined }, 422, 'digest'],
  ])('refuses %s and writes nothing', async (_what, more, status, field) => {
    const answer = await call(sam, 'POST', `referrals/${referralId}/transfers`, await body(more));
    expect(answer.statusCode).toBe(status);
    expect(answer.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toContain(
      field,
    );
    expect(await rowsOf(here, sql`select 1 from transfer where scheme_id = ${here.id}`)).toEqual([]);
  });

  it('hands nobody to the scheme they are in, and answers for no scheme that is here', async () => {
    const own = await call(
      sam,
      'POST',
      `referrals/${referralId}/transfers`,
      await body({ toSchemeId: here.id }),
    );
    expect(own.statusCode).toBe(422);
    const { id } = await hand();
    const said = await call(sam, 'POST', `transfers/${id}/receipt`, {
      receivedBy: 'Jo Bell',
      receivedOn: '2026-11-23',
    });
    expect(said.json()).toMatchObject({ status: 409, type: expect.stringContaining('they-answer') });
    const schemes = (await call(sam, 'GET', 'transfers/schemes'))
      .json<{ id: string }[]>()
      .map((one) => one.id);
    expect(schemes).toContain(there.id);
    expect(schemes).not.toContain(here.id);
  });
});
