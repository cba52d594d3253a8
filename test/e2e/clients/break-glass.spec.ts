import sql from 'sql-template-tag';
import { ROLES, systemActor, type Role } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { aClient, anNhsNumber, aPerson } from '../../factories/clients.js';
import { filedMail } from '../../support/mailbox.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { settle } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const REASON = 'She is at the desk and in distress';

describe('breaking the glass', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let people: Record<Role, TestMember>;
  let sam: TestMember;
  let manager: TestMember;
  let holder: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    people = Object.fromEntries(
      await Promise.all(ROLES.map(async (role) => [role, await aMember(scheme, role)] as const)),
    ) as Record<Role, TestMember>;
    ({ link_worker: sam, scheme_manager: manager } = people);
    holder = await aMember(scheme, 'link_worker');
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember | null, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...who?.headers },
      ...(payload ? { payload } : {}),
    });
  const rows = (statement: ReturnType<typeof sql>) => betony.get(Database).read(scheme.id, statement);

  it('opens one record for an hour, by exact NHS number', async () => {
    const nhsNumber = anNhsNumber();
    const client = await aClient(scheme, { nhsNumber }).heldBy(holder);
    expect((await call(sam, 'GET', `/clients/${client}`)).statusCode).toBe(404);
    const opened = await call(sam, 'POST', '/break-glass', { nhsNumber, reason: REASON });
    expect([opened.statusCode, opened.json()]).toMatchObject([
      201,
      { clientId: client, openedAt: '2026-11-23T10:00:00.000Z', until: '2026-11-23T11:00:00.000Z' },
    ]);
    expect((await call(sam, 'GET', `/clients/${client}`)).statusCode).toBe(200);
    betony.clock.advance({ minutes: 59 });
    expect((await call(sam, 'GET', `/clients/${client}`)).statusCode).toBe(200);
    betony.clock.advance({ minutes: 1 });
    expect((await call(sam, 'GET', `/clients/${client}`)).statusCode).toBe(404);
    betony.clock.advance({ minutes: -60 });
  });

  it('alerts without a word about the person, and is written into their history', async () => {
    const person = aPerson();
    const client = await aClient(scheme, person).heldBy(holder);
    const { firstName, lastName, dateOfBirth } = person;
    const asked = { firstName: firstName.toUpperCase(), lastName, dateOfBirth, reason: REASON };
    const opened = await call(sam, 'POST', '/break-glass', asked);
    expect(opened.statusCode).toBe(201);
    const { id } = opened.json<{ id: string }>();
    expect(
      await rows(sql`select event, payload from outbox where payload ->> 'breakGlassId' = ${id}`),
    ).toEqual([{ event: 'breakGlass.opened', payload: { breakGlassId: id } }]);
    const audited = await rows(
      sql`select action, details from audit_entry where subject_id = ${id} order by id`,
    );
    expect(audited).toEqual([
      { action: 'client.breakGlass', details: { foundBy: 'name_and_birth' } },
      { action: 'client.breakGlass', details: { part: 'read' } },
    ]);
    const history = await call(holder, 'GET', `/clients/${client}/history`);
    expect(history.json<{ items: { action: string }[] }>().items.at(-1)).toMatchObject({
      action: 'client.breakGlass',
      actorId: sam.actor.membershipId,
    });
  });

  it('tells every manager of the scheme by a message of their own, neither whose record nor why', async () => {
    const apart = await aScheme(betony);
    const worker = await aMember(apart, 'link_worker');
    const [first, second] = [await aMember(apart, 'scheme_manager'), await aMember(apart, 'scheme_manager')];
    const gone = await aMember(apart, 'scheme_manager');
    await betony
      .get(UnitOfWork)
      .run(systemActor(apart.id, 'test'), (tx) =>
        tx.run(sql`update membership set ended_at = ${tx.now} where id = ${gone.actor.membershipId}`),
      );
    const person = aPerson();
    await aClient(apart, person);
    await call(worker, 'POST', '/break-glass', { nhsNumber: person.nhsNumber, reason: REASON });
    await settle(betony);
    const sent = (await filedMail(betony.config.dataDir)).filter((mail) =>
      [first, second, gone].some(({ email }) => email === mail.to?.[0]?.address),
    );
    expect(sent.map((mail) => mail.to?.map(({ address }) => address)).sort()).toEqual(
      [[first.email], [second.email]].sort(),
    );
    expect(new Set(sent.map((mail) => mail.messageId)).size).toBe(2);
    for (const mail of sent) {
      expect(mail.subject).toBe('Something to review');
      for (const word of [person.firstName, person.lastName, person.nhsNumber!, person.dateOfBirth, REASON]) {
        expect(mail.text).not.toContain(word);
      }
    }
  });

  it('finds nobody by anything less than exact, and each try is recorded', async () => {
    const person = aPerson({ firstName: 'Grace', lastName: 'Okoro', dateOfBirth: '1951-03-02' });
    await aClient(scheme, person).heldBy(holder);
    const tries = [
      { nhsNumber: anNhsNumber() },
      { firstName: 'Grac', lastName: 'Okoro', dateOfBirth: '1951-03-02' },
      { firstName: 'Grace', lastName: 'Okorow', dateOfBirth: '1951-03-02' },
      { firstName: 'Grace', lastName: 'Okoro', dateOfBirth: '1951-02-03' },
    ];
    const before = await rows(sql`select 1 from audit_entry where action = 'client.breakGlass'`);
    for (const sought of tries) {
      expect((await call(sam, 'POST', '/break-glass', { ...sought, reason: REASON })).statusCode).toBe(404);
    }
    const after = await rows(
      sql`select details from audit_entry where action = 'client.breakGlass' order by id offset ${before.length}`,
    );
    expect(after.map((row) => (row as { details: object }).details)).toEqual([
      { foundBy: 'nhs_number', outcome: 'nobody' },
      { foundBy: 'name_and_birth', outcome: 'nobody' },
      { foundBy: 'name_and_birth', outcome: 'nobody' },
      { foundBy: 'name_and_birth', outcome: 'nobody' },
    ]);
  });

  it('opens none of several, and a confirmed record before one nobody has looked at', async () => {
    const { firstName, lastName, dateOfBirth } = aPerson();
    const sought = { firstName, lastName, dateOfBirth };
    const confirmed = await aClient(scheme, { ...sought }).heldBy(holder);
    await aClient(scheme, { ...sought })
      .provisional()
      .inTriage();
    const one = await call(sam, 'POST', '/break-glass', { ...sought, reason: REASON });
    expect(one.json()).toMatchObject({ clientId: confirmed });
    await aClient(scheme, { ...sought }).heldBy(holder);
    const several = await call(sam, 'POST', '/break-glass', { ...sought, reason: REASON });
    expect([several.statusCode, several.json()]).toMatchObject([409, { title: 'more-than-one' }]);
  });

  it.each<[string, object, string]>([
    ['no reason', { nhsNumber: '9990000018' }, 'reason'],
    ['a short reason', { nhsNumber: '9990000018', reason: 'urgent' }, 'reason'],
    ['nothing to go by', { reason: REASON }, 'nhsNumber'],
    ['a name alone', { firstName: 'Grace', lastName: 'Okoro', reason: REASON }, 'nhsNumber'],
    ['a mistyped number', { nhsNumber: '9990000019', reason: REASON }, 'nhsNumber'],
  ])('is refused with %s', async (_what, input, field) => {
    const answer = await call(sam, 'POST', '/break-glass', input);
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toEqual([
      field,
    ]);
  });

  it('is reviewed once by a manager, and ends at once when it was not justified', async () => {
    const apart = await aScheme(betony);
    const [worker, lead] = [
      await aMember(apart, 'link_worker', { name: 'Sam Reid' }),
      await aMember(apart, 'scheme_manager'),
    ];
    const nhsNumber = anNhsNumber();
    const client = await aClient(apart, { nhsNumber });
    const open = async () =>
      (await call(worker, 'POST', '/break-glass', { nhsNumber, reason: REASON })).json<{ id: string }>().id;
    const [first, second] = [await open(), await open()];
    const queue = await call(lead, 'GET', '/break-glass?limit=1');
    expect(queue.json()).toMatchObject({
      items: [
        {
          id: first,
          clientId: client,
          workerName: 'Sam Reid',
          foundBy: 'nhs_number',
          reason: REASON,
          outcome: null,
        },
      ],
      next: expect.any(String),
    });
    const rest = await call(lead, 'GET', `/break-glass?after=${queue.json<{ next: string }>().next}`);
    expect(rest.json()).toMatchObject({ items: [{ id: second }], next: null });

    const fair = await call(lead, 'POST', `/break-glass/${first}/review`, { outcome: 'justified' });
    expect([fair.statusCode, fair.json()]).toMatchObject([
      200,
      { outcome: 'justified', reviewedBy: lead.actor.membershipId },
    ]);
    expect((await call(worker, 'GET', `/clients/${client}`)).statusCode).toBe(200);
    const again = await call(lead, 'POST', `/break-glass/${first}/review`, { outcome: 'not_justified' });
    expect([again.statusCode, again.json()]).toMatchObject([409, { from: 'reviewed', action: 'review' }]);
    await call(lead, 'POST', `/break-glass/${second}/review`, {
      outcome: 'not_justified',
      note: 'Talked to Sam',
    });
    // The first was justified and still holds.
    expect((await call(worker, 'GET', `/clients/${client}`)).statusCode).toBe(200);
    const third = await open();
    await call(lead, 'POST', `/break-glass/${third}/review`, { outcome: 'not_justified' });
    betony.clock.advance({ minutes: 61 });
    expect((await call(worker, 'GET', `/clients/${client}`)).statusCode).toBe(404);
    betony.clock.advance({ minutes: -61 });
    expect((await call(lead, 'GET', '/break-glass')).json()).toEqual({ items: [], next: null });
    expect(
      (await call(lead, 'GET', '/break-glass?reviewed=true')).json<{ items: unknown[] }>().items,
    ).toHaveLength(3);
  });

  it('ends at once when it was not justified', async () => {
    const nhsNumber = anNhsNumber();
    const client = await aClient(scheme, { nhsNumber }).heldBy(holder);
    const { id } = (await call(sam, 'POST', '/break-glass', { nhsNumber, reason: REASON })).json<{
      id: string;
    }>();
    expect((await call(sam, 'GET', `/clients/${client}`)).statusCode).toBe(200);
    await call(manager, 'POST', `/break-glass/${id}/review`, { outcome: 'not_justified' });
    expect((await call(sam, 'GET', `/clients/${client}`)).statusCode).toBe(404);
  });

  it('shows, takes a safeguarding concern and a contact, and lets nothing else be done', async () => {
    const nhsNumber = anNhsNumber();
    const { referralId, clientId } = await aCase(scheme, holder).person({ nhsNumber });
    const made = await call(holder, 'POST', `/referrals/${referralId}/appointments`, {
      kind: 'phone',
      on: '2026-11-25',
      time: '14:30',
      minutes: 30,
    });
    const appointment = made.json<{ id: string }>().id;
    const outsider = await aMember(scheme, 'link_worker');
    await call(outsider, 'POST', '/break-glass', { nhsNumber, reason: REASON });
    const agreement = { scope: ['needs'], basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' };
    const forbidden: [string, object][] = [
      [`/clients/${clientId}/agreements`, agreement],
      [`/clients/${clientId}/lone-worker-flags`, { code: 'daytime_only' }],
      [`/clients/${clientId}/record-death`, { toldBy: 'Their daughter, by phone' }],
      [`/referrals/${referralId}/notes`, { note: 'Rang in' }],
      [`/referrals/${referralId}/hold`, { reason: 'away', resumeOn: '2026-12-10' }],
      [
        `/referrals/${referralId}/close`,
        { result: 'helped', reason: 'done', mayAskAgain: true, noResponseBecause: 'declined' },
      ],
      [`/referrals/${referralId}/withdraw`, { reason: 'person_said_no' }],
      [`/referrals/${referralId}/allocate`, { workerId: outsider.actor.membershipId }],
      [`/referrals/${referralId}/next`, { nextOn: '2026-12-10' }],
      [
        `/referrals/${referralId}/appointments`,
        { kind: 'phone', on: '2026-11-26', time: '10:00', minutes: 30 },
      ],
      [`/appointments/${appointment}/cancel`, { side: 'client', reason: 'unwell' }],
    ];
    for (const [path, payload] of forbidden) {
      const answer = await call(outsider, 'POST', path, payload);
      expect([path, answer.statusCode]).toEqual([path, 404]);
    }
    const shown = [
      `/clients/${clientId}`,
      `/clients/${clientId}/agreements`,
      `/clients/${clientId}/lone-worker-flags`,
      `/referrals/${referralId}`,
      `/referrals/${referralId}/contacts`,
      `/referrals/${referralId}/appointments`,
      `/appointments/${appointment}`,
      `/referrals/${referralId}/onward-referrals`,
    ];
    for (const path of shown)
      expect([path, (await call(outsider, 'GET', path)).statusCode]).toEqual([path, 200]);
    expect((await call(outsider, 'GET', `/referrals/${referralId}`)).json()).toMatchObject({ allowed: [] });
    const contact = { kind: 'phone', outcome: 'reached', nextOn: '2026-11-24', note: 'She rang in distress' };
    expect((await call(outsider, 'POST', `/referrals/${referralId}/contacts`, contact)).statusCode).toBe(201);
    const worry = {
      understood: true,
      kind: 'self_neglect',
      about: 'client',
      what: 'She had not eaten for three days',
      done: { told: 'nobody_yet' },
    };
    expect((await call(outsider, 'POST', `/clients/${clientId}/safeguarding`, worry)).statusCode).toBe(201);
    betony.clock.advance({ minutes: 61 });
    expect((await call(outsider, 'POST', `/referrals/${referralId}/contacts`, contact)).statusCode).toBe(404);
    expect((await call(outsider, 'GET', `/clients/${clientId}`)).statusCode).toBe(404);
    betony.clock.advance({ minutes: -61 });
  });

  it('opens nothing to whoever covers for the worker who did it', async () => {
    const nhsNumber = anNhsNumber();
    const client = await aClient(scheme, { nhsNumber }).heldBy(holder);
    const [away, cover] = [await aMember(scheme, 'link_worker'), await aMember(scheme, 'link_worker')];
    await call(away, 'POST', '/break-glass', { nhsNumber, reason: REASON });
    const arranged = await call(manager, 'POST', '/covers', {
      workerId: away.actor.membershipId,
      coverId: cover.actor.membershipId,
      reason: 'part_time',
      startsOn: '2026-11-23',
    });
    expect(arranged.statusCode).toBe(201);
    expect((await call(away, 'GET', `/clients/${client}`)).statusCode).toBe(200);
    expect((await call(cover, 'GET', `/clients/${client}`)).statusCode).toBe(404);
  });

  it('is for link workers, and reviewing for managers, of one scheme', async () => {
    const nhsNumber = anNhsNumber();
    await aClient(scheme, { nhsNumber }).heldBy(holder);
    const { id } = (await call(sam, 'POST', '/break-glass', { nhsNumber, reason: REASON })).json<{
      id: string;
    }>();
    const abroad = await aScheme(betony);
    const [worker, lead] = [await aMember(abroad, 'link_worker'), await aMember(abroad, 'scheme_manager')];
    expect((await call(worker, 'POST', '/break-glass', { nhsNumber, reason: REASON })).statusCode).toBe(404);
    expect((await call(lead, 'POST', `/break-glass/${id}/review`, { outcome: 'justified' })).statusCode).toBe(
      404,
    );
    expect(
      (await call(manager, 'POST', `/break-glass/${newId()}/review`, { outcome: 'justified' })).statusCode,
    ).toBe(404);
    expect((await call(lead, 'GET', '/break-glass')).json()).toEqual({ items: [], next: null });
    expect((await call(null, 'POST', '/break-glass', { nhsNumber, reason: REASON })).statusCode).toBe(401);
    expect((await call(null, 'GET', '/break-glass')).statusCode).toBe(401);
    for (const role of ROLES) {
      const open = await call(people[role], 'POST', '/break-glass', { nhsNumber, reason: REASON });
      expect([role, open.statusCode]).toEqual([role, role === 'link_worker' ? 201 : 403]);
      const list = await call(people[role], 'GET', '/break-glass');
      expect([role, list.statusCode]).toEqual([role, role === 'scheme_manager' ? 200 : 403]);
    }
  });
});
