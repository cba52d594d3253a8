import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { FEEDBACK } from '../../../src/referrals/referral.types.js';
import { aClient, aPerson } from '../../factories/clients.js';
import {
  aReferral,
  referralRow,
  takesBackSupport,
  theManager,
  theSender,
  traceOf,
} from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

interface Item {
  id: string;
  [field: string]: unknown;
}
interface PageOf {
  items: Item[];
  next: string | null;
}

let betony: TestApp;

beforeAll(async () => {
  betony = await startApp();
});
afterAll(async () => {
  await betony.stop();
});

async function get<Body>(member: TestMember, path: string): Promise<Body> {
  const response = await betony.inject({ method: 'GET', url: `/api/v1${path}`, headers: member.headers });
  if (response.statusCode !== 200) throw new Error(`${String(response.statusCode)}: ${response.body}`);
  return response.json<Body>();
}

/** Every page of a list, one after the other. */
async function pages(member: TestMember, path: string, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let after = '';
  for (;;) {
    const join = path.includes('?') ? '&' : '?';
    const page = await get<PageOf>(member, `${path}${join}limit=${String(limit)}${after}`);
    found.push(page.items.map(({ id }) => id));
    if (page.next === null) return found;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

const status = async (member: TestMember, path: string): Promise<number> =>
  (await betony.inject({ method: 'GET', url: `/api/v1${path}`, headers: member.headers })).statusCode;

describe('a caseload', () => {
  let scheme: TestScheme;
  let sam: TestMember;
  let kim: TestMember;
  let ids: string[];

  beforeAll(async () => {
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    kim = await aMember(scheme, 'link_worker');
    ids = [];
    const manager = await theManager(scheme);
    for (const day of ['2026-12-04', '2026-12-01', '2026-12-03', '2026-12-01', '2026-12-02']) {
      const { id } = await aReferral(scheme).accepted().allocatedTo(sam).active();
      await betony.get(ReferralsService).setNext(manager.actor, id, { nextOn: day });
      ids.push(id);
    }
    await aReferral(scheme).accepted().allocatedTo(kim);
    await aReferral(scheme).accepted().allocatedTo(sam).closed();
  });

  const inOrder = () => [ids[1], ids[3], ids[4], ids[2], ids[0]];

  it('is by next date, page by page, and shows only one’s own', async () => {
    expect(await pages(sam, '/caseload', 2)).toEqual([
      inOrder().slice(0, 2),
      inOrder().slice(2, 4),
      inOrder().slice(4),
    ]);
    expect((await pages(kim, '/caseload', 25))[0]).toHaveLength(1);
  });

  it('shows whom it is about and is audited in the same statement', async () => {
    const audited = () =>
      betony.get(Database).read<{ client_ids: string[] }>(
        scheme.id,
        sql`select client_ids from audit_entry
          where action = 'caseload.list' and actor_id = ${sam.actor.membershipId} order by id desc limit 1`,
      );
    const page = await get<PageOf>(sam, '/caseload?limit=2');
    const clients = page.items.map((item) => (item['client'] as { id: string }).id);
    expect((await audited())[0]!.client_ids.sort()).toEqual(clients.sort());
    expect(page.items[0]).toMatchObject({
      state: 'active',
      nextKind: 'next_contact',
      nextAt: '2026-12-01T09:00:00.000Z',
      overdue: false,
      owner: { kind: 'worker', membershipId: sam.actor.membershipId, name: sam.name },
    });
  });

  it('can be narrowed to a state and to what is overdue', async () => {
    expect((await get<PageOf>(sam, '/caseload?state=on_hold')).items).toEqual([]);
    expect((await get<PageOf>(sam, '/caseload?state=active,on_hold')).items).toHaveLength(5);
    expect((await get<PageOf>(sam, '/caseload?overdue=true')).items).toEqual([]);
    betony.clock.set('2026-12-02T12:00:00Z');
    expect((await get<PageOf>(sam, '/caseload?overdue=true')).items.map(({ id }) => id)).toEqual(
      inOrder().slice(0, 3),
    );
    expect((await get<PageOf>(sam, '/caseload?overdue=false')).items.map(({ id }) => id)).toEqual(
      inOrder().slice(3),
    );
    betony.clock.set('2026-11-23T10:00:00Z');
    expect(await status(sam, '/caseload?state=sent')).toBe(422);
    expect(await status(sam, '/caseload?after=nonsense')).toBe(422);
    expect(await status(sam, '/caseload?limit=1000')).toBe(422);
  });

  it('of a colleague is out of reach, save under cover; a manager sees everybody’s', async () => {
    const of = `/caseload?worker=${sam.actor.membershipId}`;
    expect(await status(kim, of)).toBe(404);
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
      tx.run(sql`
        insert into cover (scheme_id, id, worker_id, cover_id, reason, starts_on, created_by, created_at)
        values (${scheme.id}, ${newId()}, ${sam.actor.membershipId}, ${kim.actor.membershipId}, 'leave', '2026-11-01',
          ${sam.actor.membershipId}, ${tx.now})`),
    );
    expect((await get<PageOf>(kim, of)).items).toHaveLength(5);
    const manager = await theManager(scheme);
    expect((await get<PageOf>(manager, '/caseload')).items).toHaveLength(6);
    expect((await get<PageOf>(manager, of)).items).toHaveLength(5);
  });
});

describe('the triage queue', () => {
  it('is oldest first, with who each may be: ids only, and the open referral to join', async () => {
    const scheme = await aScheme(betony);
    const sam = await aMember(scheme, 'link_worker');
    const triager = await aMember(scheme, 'link_worker', { triages: true });
    const person = aPerson();
    const { lastName, firstName, dateOfBirth } = person;
    const known = await aReferral(scheme).about(person).accepted().allocatedTo(sam);
    const organisation = await anOrganisation(scheme, 'hospice');
    const hospice = await aMember(scheme, 'referrer', { organisation });
    const [first, second, third] = [
      await aReferral(scheme),
      await aReferral(scheme).from(hospice).about(person),
      await aReferral(scheme)
        .from(hospice)
        .about({ lastName, firstName, dateOfBirth, nhsNumber: null })
        .saying({ differentPerson: true }),
    ];
    const { items } = await get<PageOf>(triager, '/triage');
    expect(items.map(({ id }) => id)).toEqual([first.id, second.id, third.id]);
    const matches = items.map((item) => item['matches'] as Item[]);
    expect(matches[0]).toEqual([]);
    expect(matches[1]).toContainEqual({
      clientId: known.clientId,
      likelihood: 'certain',
      openReferralId: known.id,
    });
    expect(matches[2]).toContainEqual({
      clientId: known.clientId,
      likelihood: 'likely',
      openReferralId: known.id,
    });
    expect(await pages(triager, '/triage', 2)).toEqual([[first.id, second.id], [third.id]]);
    expect((await get<PageOf>(sam, '/triage')).items).toEqual([]);
    expect((await get<PageOf>(triager, '/triage?state=accepted')).items).toEqual([]);
  });

  it('shows a likely match before it takes somebody on as new', async () => {
    const scheme = await aScheme(betony);
    const manager = await theManager(scheme);
    const person = aPerson();
    const knownId = await aClient(scheme, person);
    const { id } = await aReferral(scheme).about({ ...person, nhsNumber: null });
    const accept = (payload: object) =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${id}/accept`,
        headers: manager.headers,
        payload,
      });
    const refused = await accept({});
    expect([refused.statusCode, refused.json()]).toMatchObject([
      409,
      { title: 'likely-duplicate', candidateIds: [knownId] },
    ]);
    const taken = await accept({ sameAs: knownId });
    expect(taken.json()).toMatchObject({ state: 'accepted', client: { id: knownId, standing: 'confirmed' } });
  });

  it('refuses to take on somebody else under the NHS number of somebody known', async () => {
    const scheme = await aScheme(betony);
    const manager = await theManager(scheme);
    const person = aPerson();
    const knownId = await aClient(scheme, person);
    const { id } = await aReferral(scheme).about({ nhsNumber: person.nhsNumber! });
    const response = await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${id}/accept`,
      headers: manager.headers,
      payload: { notTheSameAs: [knownId] },
    });
    expect([response.statusCode, response.json()]).toMatchObject([409, { title: 'nhs-number-in-use' }]);
  });
});

describe('a joined referral', () => {
  it('adds its reasons, risks and notes to the open one, whose own sender sees none of it', async () => {
    const scheme = await aScheme(betony);
    const sam = await aMember(scheme, 'link_worker');
    const open = await aReferral(scheme).about({ nhsNumber: null }).accepted().allocatedTo(sam);
    const organisation = await anOrganisation(scheme, 'hospice');
    const hospice = await aMember(scheme, 'referrer', { organisation });
    const joined = await aReferral(scheme)
      .from(hospice)
      .about({ nhsNumber: null })
      .saying({ reasons: ['food'], risks: ['falls'], noKnownRisks: false, note: 'Fridge is empty' })
      .joinedTo(open.id);
    const view = await get<Item>(sam, `/referrals/${open.id}`);
    expect(view).toMatchObject({
      reasons: ['loneliness', 'food'],
      risks: ['falls'],
      noKnownRisks: false,
      joined: [{ id: joined.id, reasons: ['food'], note: 'Fridge is empty' }],
    });
    const history = await get<PageOf>(sam, `/referrals/${open.id}/history`);
    expect(history.items.at(-1)).toMatchObject({ action: 'note', note: 'Fridge is empty' });
    const sent = await get<Item>(open.sender, `/referrals/${open.id}`);
    expect(sent).toMatchObject({ reasons: ['loneliness'], risks: [], noKnownRisks: true });
    expect(sent).not.toHaveProperty('joined');
    const told = await get<PageOf>(open.sender, `/referrals/${open.id}/history`);
    expect(told.items.map(({ action }) => action)).toEqual(['send']);
  });
});

describe('what a sender hears', () => {
  let scheme: TestScheme;
  let sam: TestMember;
  beforeAll(async () => {
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
  });

  it.each([
    [
      'everything',
      { status: 'closed', statusText: 'Closed', why: 'done', whyText: 'Done', result: 'helped' },
    ],
    ['progress', { status: 'closed', statusText: 'Closed', why: 'done', whyText: 'Done', result: null }],
    ['nothing', { status: 'sent', statusText: 'Sent', why: null, whyText: null, result: null }],
  ] as const)('is %s, as the person agreed, in view, list and filter alike', async (feedback, wanted) => {
    const { id, sender } = await aReferral(scheme)
      .saying({ feedback })
      .accepted()
      .allocatedTo(sam)
      .active()
      .closed();
    const view = await get<Item>(sender, `/referrals/${id}`);
    expect(view).toMatchObject(wanted);
    for (const field of ['client', 'note', 'owner', 'ending', 'state', 'nextAt', 'joined', 'told']) {
      expect([field, field in view]).toEqual([field, ['client', 'note'].includes(field)]);
    }
    const listed = await get<PageOf>(sender, `/referrals?status=${wanted.status}`);
    const line = listed.items.find((item) => item.id === id)!;
    expect(line).toMatchObject({ status: wanted.status, why: wanted.why });
    for (const other of ['closed', 'sent'].filter((one) => one !== wanted.status)) {
      const { items } = await get<PageOf>(sender, `/referrals?status=${other}`);
      expect(items.map((item) => item.id)).not.toContain(id);
    }
  });

  it('is never what the scheme writes for itself, on whosever side the reason is', async () => {
    const organisation = await anOrganisation(scheme, 'charity', { refers: true });
    const sender = await aMember(scheme, 'referrer', { organisation, name: 'Jo Sender' });
    const colleague = await aMember(scheme, 'link_worker', { organisation, name: 'Lee Colleague' });
    const referrals = betony.get(ReferralsService);
    for (const feedback of FEEDBACK) {
      const { id } = await aReferral(scheme)
        .from(sender)
        .saying({ feedback })
        .accepted()
        .allocatedTo(colleague)
        .active();
      await referrals.note(sender.actor, id, { note: 'She likes gardens' });
      await referrals.note(colleague.actor, id, { note: 'Only for us' });
      await referrals.withdraw(colleague.actor, id, { reason: 'sent_in_error', note: 'Not for them either' });
      const view = await get<Item>(sender, `/referrals/${id}`);
      expect(view).toMatchObject(
        feedback === 'nothing'
          ? { status: 'sent', why: null }
          : { status: 'withdrawn', why: 'sent_in_error' },
      );
      const { items } = await get<PageOf>(sender, `/referrals/${id}/history`);
      expect(items.map(({ action, by, note }) => [action, by, note])).toEqual([
        ['send', 'Jo Sender', null],
        ['note', 'Jo Sender', 'She likes gardens'],
      ]);
      const sent = await get<PageOf>(sender, `/referrals?status=${String(view['status'])}`);
      expect(sent.items.map((item) => item.id)).toContain(id);
    }
  });

  it('is always what the sender did itself, whatever was agreed', async () => {
    const { id, sender } = await aReferral(scheme).saying({ feedback: 'nothing' });
    const withdrawal = { reason: 'person_said_no', note: 'She changed her mind' } as const;
    await betony.get(ReferralsService).withdraw(sender.actor, id, withdrawal);
    expect(await get<Item>(sender, `/referrals/${id}`)).toMatchObject({
      status: 'withdrawn',
      why: 'person_said_no',
    });
    const { items } = await get<PageOf>(sender, `/referrals/${id}/history`);
    expect(items.at(-1)).toMatchObject({ action: 'withdraw', note: 'She changed her mind' });
    const listed = await get<PageOf>(sender, '/referrals?status=withdrawn');
    expect(listed.items.map((item) => item.id)).toContain(id);
  });

  it('is the least of what was chosen and what is agreed today', async () => {
    for (const chosen of FEEDBACK) {
      const { id, clientId, sender } = await aReferral(scheme)
        .saying({ feedback: chosen })
        .accepted()
        .allocatedTo(sam)
        .closed();
      const manager = await theManager(scheme);
      const [agreement] = await betony
        .get(Database)
        .read<{ id: string }>(
          scheme.id,
          sql`select id from agreement where client_id = ${clientId} and organisation_id is not null`,
        );
      expect(agreement === undefined).toBe(chosen === 'nothing');
      if (!agreement) continue;
      if (chosen === 'everything') {
        await betony
          .get(AgreementsService)
          .withdraw(manager.actor, clientId, agreement.id, { scope: ['full_feedback'] });
        expect(await get<Item>(sender, `/referrals/${id}`)).toMatchObject({
          feedback: 'progress',
          result: null,
        });
      }
      await betony.get(AgreementsService).withdraw(manager.actor, clientId, agreement.id, {});
      expect(await get<Item>(sender, `/referrals/${id}`)).toMatchObject({
        feedback: 'nothing',
        status: 'sent',
      });
    }
  });

  it('changes with the person: less at once, more only with their agreement', async () => {
    const { id, sender } = await aReferral(scheme)
      .saying({ feedback: 'progress' })
      .accepted()
      .allocatedTo(sam);
    const change = async (body: object) => {
      const answer = await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${id}/feedback`,
        headers: sam.headers,
        payload: body,
      });
      return [answer.statusCode, (answer.json<{ errors?: { field: string }[] }>().errors ?? [])[0]?.field];
    };
    const heard = async () => (await get<Item>(sender, `/referrals/${id}`))['feedback'];
    expect(await change({ feedback: 'everything' })).toEqual([422, 'agreement']);
    expect(await heard()).toBe('progress');
    expect(await change({ feedback: 'nothing' })).toEqual([200, undefined]);
    expect(await heard()).toBe('nothing');
    // Agreed to once, and not withdrawn since.
    expect(await change({ feedback: 'progress' })).toEqual([200, undefined]);
    expect(await heard()).toBe('progress');
    const agreement = { basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' };
    expect(
      await change({ feedback: 'everything', agreement: { ...agreement, agreedOn: '2027-11-20' } }),
    ).toEqual([422, 'agreement.agreedOn']);
    expect(await change({ feedback: 'everything', agreement })).toEqual([200, undefined]);
    expect(await heard()).toBe('everything');
  });

  it('pages newest first', async () => {
    const fresh = await aScheme(betony);
    const sender = await theSender(fresh);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await aReferral(fresh)).id);
    expect(await pages(sender, '/referrals', 2)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(await pages(await theManager(fresh), '/referrals', 3)).toEqual([ids.slice(0, 3), ids.slice(3)]);
  });
});

describe('what may be done next', () => {
  it('is offered from lifecycle, permission and the row itself', async () => {
    const scheme = await aScheme(betony);
    const sam = await aMember(scheme, 'link_worker', { triages: true });
    const manager = await theManager(scheme);
    const allowed = async (member: TestMember, id: string) =>
      (await get<{ allowed: string[] }>(member, `/referrals/${id}`)).allowed;
    const sent = await aReferral(scheme);
    expect(await allowed(sam, sent.id)).toEqual([
      'return',
      'accept',
      'join',
      'decline',
      'note',
      'setFeedback',
      'withdraw',
    ]);
    expect(await allowed(manager, sent.id)).toContain('void');
    expect(await allowed(sent.sender, sent.id)).toEqual(['note', 'withdraw']);
    const active = await aReferral(scheme).accepted().allocatedTo(sam).active();
    expect(await allowed(sam, active.id)).toEqual([
      'allocate',
      'setNext',
      'note',
      'setRisks',
      'setFeedback',
      'hold',
      'close',
      'withdraw',
    ]);
    const closed = await aReferral(scheme).accepted().allocatedTo(sam).closed();
    expect(await allowed(sam, closed.id)).toEqual(['setFeedback', 'reopen']);
    const stopped = await aReferral(scheme).accepted().allocatedTo(sam).closed();
    await takesBackSupport(scheme, manager, stopped.clientId);
    expect(await allowed(sam, stopped.id)).toEqual(['setFeedback']);
    betony.clock.advance({ days: 30 });
    expect(await allowed(manager, closed.id)).toEqual(['setFeedback', 'void']);
    betony.clock.set('2026-11-23T10:00:00Z');
  });
});

describe('people who refer themselves', () => {
  const form = () => ({
    client: aPerson({ nhsNumber: null }),
    reasons: ['loneliness'],
    note: 'I would like company',
    agreed: true,
    couldComeToHarm: false,
  });
  const submit = (schemeId: string, payload: object, ip: string) =>
    betony.inject({
      method: 'POST',
      url: `/api/v1/schemes/${schemeId}/self-referrals`,
      remoteAddress: ip,
      payload,
    });

  it('are answered with a reference, and wait for triage, to be rung rather than sent back', async () => {
    const scheme = await aScheme(betony);
    const manager = await theManager(scheme);
    const response = await submit(scheme.id, form(), '192.0.2.1');
    expect(response.statusCode).toBe(201);
    const { reference, ...rest } = response.json<{ reference: string }>();
    expect(rest).toEqual({});
    const [waiting] = (await get<PageOf>(manager, '/triage')).items;
    expect(waiting).toMatchObject({ reference, state: 'sent', route: 'self', organisationName: null });
    expect(await traceOf(scheme, waiting!.id)).toMatchObject({
      history: ['submit - sent'],
      audit: expect.arrayContaining(['referral.submit']) as string[],
      events: ['referral.submitted'],
    });
    expect(await referralRow(scheme, waiting!.id)).toMatchObject({ feedback: 'nothing', author_id: null });
    const back = await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${waiting!.id}/return`,
      headers: manager.headers,
      payload: { missing: ['reasons'], message: 'What would help?' },
    });
    expect([back.statusCode, back.json()]).toMatchObject([409, { title: 'ring-instead' }]);
  });

  it('are one referral, however often the form is sent with its Idempotency-Key', async () => {
    const scheme = await aScheme(betony);
    const asked = form();
    const send = (payload: object) =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/schemes/${scheme.id}/self-referrals`,
        remoteAddress: '192.0.2.9',
        headers: { 'idempotency-key': 'pressed-twice' },
        payload,
      });
    const answers = await Promise.all([send(asked), send(asked), send(asked)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.json<{ reference: string }>().reference)).size).toBe(1);
    expect((await get<PageOf>(await theManager(scheme), '/triage')).items).toHaveLength(1);
    expect((await send({ ...asked, note: 'Something else' })).statusCode).toBe(422);
  });

  it.each<[string, object, string]>([
    ['without agreeing', { agreed: false }, 'agreed'],
    ['without a way to be reached', { client: aPerson({ phone: null }) }, 'client.phone'],
    ['without a reason', { reasons: [] }, 'reasons'],
  ])('%s are told what to put right', async (_name, change, field) => {
    const scheme = await aScheme(betony);
    const response = await submit(scheme.id, { ...form(), ...change }, '192.0.2.2');
    expect(response.statusCode).toBe(422);
    expect(response.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toContain(
      field,
    );
  });

  it('find nothing where there is no scheme, and where it takes no self-referrals', async () => {
    const closed = await aScheme(betony, { selfReferral: false });
    const answers = await Promise.all([
      submit(closed.id, form(), '192.0.2.3'),
      submit(newId(), form(), '192.0.2.3'),
      submit('nowhere', form(), '192.0.2.3'),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    const urgent = await submit(closed.id, { ...form(), couldComeToHarm: true }, '192.0.2.3');
    expect(urgent.json()).toMatchObject({ title: 'could-come-to-harm' });
  });

  it('cannot flood the queue from one address', async () => {
    const scheme = await aScheme(betony);
    const codes: number[] = [];
    for (let n = 0; n < 11; n += 1) codes.push((await submit(scheme.id, {}, '192.0.2.4')).statusCode);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 422), 429]);
    const last = await submit(scheme.id, {}, '192.0.2.4');
    expect(last.json()).toMatchObject({ title: 'too-many', status: 429 });
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect((await submit(scheme.id, form(), '192.0.2.5')).statusCode).toBe(201);
  });
});
