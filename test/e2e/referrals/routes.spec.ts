import sql from 'sql-template-tag';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Database } from '../../../src/platform/database/database.js';
import { type Action, reachOf } from '../../../src/permissions/permission.table.js';
import { ROLES, systemActor, type Role } from '../../../src/platform/actor/actor.types.js';
import { RouteCheck } from '../../../src/permissions/route-check.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { ReferralSending } from '../../../src/referrals/referral-sending.service.js';
import { aPerson } from '../../factories/clients.js';
import { aReferral, aSend, referralRow, theSender, type TestReferral } from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

let betony: TestApp;
let scheme: TestScheme;
let elsewhere: TestScheme;
let practice: TestMember;
let sam: TestMember;
let kim: TestMember;
let triager: TestMember;
const members = {} as Record<Role, TestMember>;

beforeAll(async () => {
  betony = await startApp();
  scheme = await aScheme(betony);
  elsewhere = await aScheme(betony);
  for (const role of ROLES) members[role] = await aMember(scheme, role);
  practice = await theSender(scheme);
  sam = await aMember(scheme, 'link_worker');
  kim = await aMember(scheme, 'link_worker');
  triager = await aMember(scheme, 'link_worker', { triages: true });
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
    tx.run(sql`
      insert into link_worker (scheme_id, membership_id, caseload_limit)
      values (${scheme.id}, ${sam.actor.membershipId}, 500)`),
  );
});
afterAll(async () => {
  await betony.stop();
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Record<string, unknown>;
}

async function ask(
  member: TestMember | null,
  method: Method,
  path: string,
  payload?: object | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await betony.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...member?.headers, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const body = response.body === '' ? {} : response.json<Record<string, unknown>>();
  return { status: response.statusCode, body, headers: response.headers };
}

const aDraft = async (): Promise<TestReferral> => ({
  id: await betony.get(ReferralSending).draft(practice.actor, { client: aPerson(), reasons: ['food'] }),
  clientId: '',
  sender: practice,
});

interface Route {
  method: Method;
  path: string;
  action: Action;
  /** The referral it is done to. */
  given?: () => PromiseLike<TestReferral>;
  body?: () => object | Promise<object>;
  headers?: Record<string, string>;
  status: number;
  /** Who does it though the role alone would not say so. */
  by?: Partial<Record<Role, () => TestMember>>;
}

const held = { link_worker: () => sam };
const queued = { link_worker: () => triager };
const allocated = () => aReferral(scheme).accepted().allocatedTo(sam);

const ROUTES: Record<string, Route> = {
  list: { method: 'GET', path: '/referrals', action: 'referral.list', status: 200 },
  search: {
    method: 'POST',
    path: '/referrals/search',
    action: 'referral.list',
    body: () => ({ reference: 'ABC-DEF2' }),
    status: 200,
  },
  drafts: { method: 'GET', path: '/referrals/drafts', action: 'referral.draft', status: 200 },
  draft: {
    method: 'POST',
    path: '/referrals/drafts',
    action: 'referral.draft',
    body: () => ({ reasons: ['food'] }),
    status: 201,
  },
  'amend a draft': {
    method: 'PATCH',
    path: '/referrals/drafts/:id',
    action: 'referral.draft',
    given: aDraft,
    body: () => ({ note: 'Prefers mornings' }),
    headers: { 'if-match': '"v1"' },
    status: 200,
    by: { referrer: () => practice },
  },
  'discard a draft': {
    method: 'DELETE',
    path: '/referrals/drafts/:id',
    action: 'referral.discard',
    given: aDraft,
    status: 204,
    by: { referrer: () => practice },
  },
  send: { method: 'POST', path: '/referrals', action: 'referral.send', body: () => aSend(), status: 201 },
  'send a draft': {
    method: 'POST',
    path: '/referrals/:id/send',
    action: 'referral.send',
    given: aDraft,
    body: () => ({
      couldComeToHarm: false,
      noKnownRisks: true,
      agreement: { basis: 'agreed', agreedOn: '2026-11-02', how: 'phone' },
    }),
    status: 200,
    by: { referrer: () => practice },
  },
  get: {
    method: 'GET',
    path: '/referrals/:id',
    action: 'referral.get',
    given: allocated,
    status: 200,
    by: { ...held, referrer: () => practice },
  },
  history: {
    method: 'GET',
    path: '/referrals/:id/history',
    action: 'referral.get',
    given: allocated,
    status: 200,
    by: { ...held, referrer: () => practice },
  },
  return: {
    method: 'POST',
    path: '/referrals/:id/return',
    action: 'referral.return',
    given: () => aReferral(scheme),
    body: () => ({ missing: ['risks'], message: 'Any risks?' }),
    status: 200,
    by: queued,
  },
  accept: {
    method: 'POST',
    path: '/referrals/:id/accept',
    action: 'referral.accept',
    given: () => aReferral(scheme),
    body: () => ({}),
    status: 200,
    by: queued,
  },
  join: {
    method: 'POST',
    path: '/referrals/:id/join',
    action: 'referral.join',
    given: () => aReferral(scheme).about({ nhsNumber: null }),
    body: async () => ({ into: (await allocated()).id }),
    status: 200,
    by: queued,
  },
  decline: {
    method: 'POST',
    path: '/referrals/:id/decline',
    action: 'referral.decline',
    given: () => aReferral(scheme),
    body: () => ({ reason: 'outside_area' }),
    status: 200,
    by: queued,
  },
  allocate: {
    method: 'POST',
    path: '/referrals/:id/allocate',
    action: 'referral.allocate',
    given: () => aReferral(scheme).accepted(),
    body: () => ({ workerId: kim.actor.membershipId }),
    status: 200,
    by: queued,
  },
  'set its next date': {
    method: 'POST',
    path: '/referrals/:id/next',
    action: 'referral.setNext',
    given: allocated,
    body: () => ({ nextOn: '2026-12-01' }),
    status: 200,
    by: held,
  },
  'add a note': {
    method: 'POST',
    path: '/referrals/:id/notes',
    action: 'referral.note',
    given: allocated,
    body: () => ({ note: 'Prefers mornings' }),
    status: 200,
    by: { ...held, referrer: () => practice },
  },
  'say which risks are known': {
    method: 'POST',
    path: '/referrals/:id/risks',
    action: 'referral.setRisks',
    given: allocated,
    body: () => ({ noKnownRisks: true }),
    status: 200,
    by: held,
  },
  'say what its sender may hear': {
    method: 'POST',
    path: '/referrals/:id/feedback',
    action: 'referral.setFeedback',
    given: allocated,
    body: () => ({ feedback: 'nothing' }),
    status: 200,
    by: held,
  },
  hold: {
    method: 'POST',
    path: '/referrals/:id/hold',
    action: 'referral.hold',
    given: allocated,
    body: () => ({ reason: 'away', resumeOn: '2026-12-14' }),
    status: 200,
    by: held,
  },
  resume: {
    method: 'POST',
    path: '/referrals/:id/resume',
    action: 'referral.resume',
    given: () => allocated().onHold(),
    body: () => ({}),
    status: 200,
    by: held,
  },
  close: {
    method: 'POST',
    path: '/referrals/:id/close',
    action: 'referral.close',
    given: allocated,
    body: () => ({ result: 'helped', reason: 'done', noResponseBecause: 'declined', mayAskAgain: true }),
    status: 200,
    by: held,
  },
  reopen: {
    method: 'POST',
    path: '/referrals/:id/reopen',
    action: 'referral.reopen',
    given: () => allocated().closed(),
    body: () => ({ nextOn: '2026-12-01', reason: 'She rang again' }),
    status: 200,
    by: held,
  },
  withdraw: {
    method: 'POST',
    path: '/referrals/:id/withdraw',
    action: 'referral.withdraw',
    given: () => aReferral(scheme),
    body: () => ({ reason: 'no_longer_needed' }),
    status: 200,
    by: { ...queued, referrer: () => practice },
  },
  void: {
    method: 'POST',
    path: '/referrals/:id/void',
    action: 'referral.void',
    given: () => aReferral(scheme),
    body: () => ({ reason: 'test', note: 'For the test' }),
    status: 200,
  },
  'record a death': {
    method: 'POST',
    path: '/referrals/:id/died',
    action: 'client.recordDeath',
    given: allocated,
    body: () => ({ toldBy: 'The practice' }),
    status: 200,
    by: { ...held, referrer: () => practice },
  },
  caseload: { method: 'GET', path: '/caseload', action: 'caseload.list', status: 200 },
  triage: { method: 'GET', path: '/triage', action: 'referral.triage', status: 200 },
};
const names = Object.keys(ROUTES);

/** A provider's own route tells of a death; here it refers nobody. */
const REACHES_NOTHING: [string, Role][] = [['record a death', 'provider_member']];

describe('every route of referrals', () => {
  it('is here', () => {
    // Other modules have routes under the same paths, and permissions of their own.
    const own = /^(referral\.|caseload\.list$|client\.recordDeath$)/;
    const known = betony
      .get(RouteCheck)
      .routes()
      .filter(
        ({ path, action }) => /^\/(referrals|caseload|triage)(\/|$)/.test(path) && own.test(action ?? ''),
      )
      .map(({ method, path }) => `${method} ${path}`);
    const here = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`);
    expect(here.sort()).toEqual(known.sort());
  });

  it.each(names)('%s needs somebody signed in', async (name) => {
    const { method, path, body, headers } = ROUTES[name]!;
    const answer = await ask(null, method, path.replace(':id', newId()), await body?.(), headers);
    expect(answer.status).toBe(401);
  });

  it.each(names)('%s is done by the roles of the table, in their reach', async (name) => {
    const { method, path, action, given, body, headers, status, by } = ROUTES[name]!;
    const came: Record<string, number> = {};
    const wanted: Record<string, number> = {};
    for (const role of ROLES) {
      const referral = await given?.();
      const member = by?.[role]?.() ?? members[role];
      const url = path.replace(':id', referral?.id ?? '');
      came[role] = (await ask(member, method, url, await body?.(), headers)).status;
      const reach = reachOf(action, role);
      const nothing = REACHES_NOTHING.some(([route, who]) => route === name && who === role);
      const outOfOwn = reach === 'own' && given !== undefined;
      wanted[role] = reach === 'none' ? 403 : nothing || outOfOwn ? 404 : status;
    }
    expect(came).toEqual(wanted);
  });

  it.each(names.filter((name) => ROUTES[name]!.given))(
    '%s shows and does nothing out of reach, in another scheme, or to what is not there: all the same',
    async (name) => {
      const { method, path, action, given, body, headers } = ROUTES[name]!;
      const referral = await given!();
      const before = await referralRow(scheme, referral.id);
      const payload = await body?.();
      const out: Promise<Answer>[] = [];
      const tryAs = (member: TestMember, id: string) => {
        out.push(ask(member, method, path.replace(':id', id), payload, headers));
      };
      for (const role of ['referrer', 'link_worker', 'scheme_manager'] as const) {
        if (reachOf(action, role) === 'none') continue;
        tryAs(await aMember(elsewhere, role, { triages: role === 'link_worker' }), referral.id);
        tryAs(members[role], newId());
        tryAs(members[role], 'not-an-id');
        if (role !== 'scheme_manager') {
          const organisation = await anOrganisation(scheme);
          tryAs(await aMember(scheme, role, role === 'referrer' ? { organisation } : {}), referral.id);
        }
      }
      const answers = await Promise.all(out);
      const plain = answers.map(({ status, body }) => ({
        status,
        rest: { ...body, instance: 'the request' },
      }));
      for (const answer of plain) expect(answer).toEqual(plain[0]);
      expect(plain[0]).toMatchObject({ status: 404, rest: { title: 'not-found' } });
      expect(await referralRow(scheme, referral.id)).toEqual(before);
    },
  );
});

describe('what is refused', () => {
  const A_SEND = () => JSON.parse(JSON.stringify(aSend())) as Record<string, Record<string, unknown>>;
  const without = (...path: string[]) => {
    const send = A_SEND();
    const [last, ...rest] = path.reverse();
    const parent = rest.reverse().reduce((at, key) => at[key] as typeof send, send);
    Reflect.deleteProperty(parent, last!);
    return send;
  };
  const withClient = (client: object) => ({ ...A_SEND(), client: { ...A_SEND()['client'], ...client } });

  it.each<[string, () => object, string]>([
    ['a field we do not know', () => ({ ...A_SEND(), schemeId: newId() }), 'schemeId'],
    ['nobody', () => without('client'), 'client'],
    ['no last name', () => without('client', 'lastName'), 'client.lastName'],
    ['no birth date', () => without('client', 'dateOfBirth'), 'client.dateOfBirth'],
    ['a day that is not', () => withClient({ dateOfBirth: '1951-02-30' }), 'client.dateOfBirth'],
    ['birth in the future', () => withClient({ dateOfBirth: '2027-02-01' }), 'client.dateOfBirth'],
    ['a wrong NHS number', () => withClient({ nhsNumber: '9990000019' }), 'client.nhsNumber'],
    ['a wrong postcode', () => withClient({ postcode: 'CO15' }), 'client.postcode'],
    ['no way to be reached', () => without('client', 'phone'), 'client.phone'],
    ['only an unsafe way', () => withClient({ safeToCall: 'no', safeToText: 'no' }), 'client.phone'],
    ['a child, nothing said', () => withClient({ dateOfBirth: '2012-05-01' }), 'client.underAgeBasis'],
    ['a practice from elsewhere', () => withClient({ gpPracticeId: newId() }), 'client.gpPracticeId'],
    ['a practice code nobody knows', () => ({ ...A_SEND(), gpPracticeCode: 'Z99999' }), 'gpPracticeCode'],
    ['no agreement', () => without('agreement'), 'agreement'],
    ['no basis', () => without('agreement', 'basis'), 'agreement.basis'],
    [
      'agreed tomorrow',
      () => ({ ...A_SEND(), agreement: { basis: 'agreed', how: 'phone', agreedOn: '2026-11-24' } }),
      'agreement.agreedOn',
    ],
    [
      'an attorney without a name',
      () => ({
        ...A_SEND(),
        agreement: { basis: 'attorney_or_deputy', how: 'phone', agreedOn: '2026-11-02' },
      }),
      'agreement.decidedBy',
    ],
    ['no reason', () => ({ ...A_SEND(), reasons: [] }), 'reasons'],
    ['a reason we do not know', () => ({ ...A_SEND(), reasons: ['bored'] }), 'reasons'],
    ['a reason twice', () => ({ ...A_SEND(), reasons: ['food', 'food'] }), 'reasons'],
    ['risks left open', () => without('noKnownRisks'), 'risks'],
    ['risks and none', () => ({ ...A_SEND(), risks: ['falls'] }), 'noKnownRisks'],
    ['danger left open', () => without('couldComeToHarm'), 'couldComeToHarm'],
    ['danger as text', () => ({ ...A_SEND(), couldComeToHarm: 'false' }), 'couldComeToHarm'],
    ['a note of a book', () => ({ ...A_SEND(), note: 'x'.repeat(4001) }), 'note'],
    ['control characters', () => ({ ...A_SEND(), note: 'a\u0000b' }), 'note'],
    ['itself as a self-referral', () => ({ ...A_SEND(), route: 'self' }), 'route'],
  ])('a send with %s', async (_name, body, field) => {
    const counted = () =>
      betony
        .get(Database)
        .read<{ rows: number }>(
          scheme.id,
          sql`select (select count(*) from referral)::int + (select count(*) from client)::int as rows`,
        );
    const before = await counted();
    const answer = await ask(practice, 'POST', '/referrals', body());
    expect([answer.status, answer.body]).toMatchObject([422, { title: 'invalid' }]);
    const errors = answer.body['errors'] as { field: string; message: string }[];
    expect(errors.map((error) => error.field)).toContain(field);
    expect(errors.every(({ message }) => message.length > 5)).toBe(true);
    expect(await counted()).toEqual(before);
  });

  it('danger, with what to do now', async () => {
    const answer = await ask(practice, 'POST', '/referrals', { ...A_SEND(), couldComeToHarm: true });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ title: 'could-come-to-harm' });
    expect(answer.body['detail']).toMatch(/999/);
  });

  it.each<[string, () => PromiseLike<TestReferral>, string, object, number, object]>([
    ['a return saying nothing', () => aReferral(scheme), 'return', { missing: [] }, 422, {}],
    ['a decline without a reason', () => aReferral(scheme), 'decline', {}, 422, {}],
    ['a decline as done', () => aReferral(scheme), 'decline', { reason: 'done' }, 422, {}],
    ['a decline for a death', () => aReferral(scheme), 'decline', { reason: 'died' }, 422, {}],
    [
      '"other" on nobody’s side',
      () => aReferral(scheme),
      'decline',
      { reason: 'other' },
      422,
      { errors: [{ field: 'side' }] },
    ],
    [
      'the wrong side',
      () => aReferral(scheme),
      'decline',
      { reason: 'outside_area', side: 'client' },
      422,
      { errors: [{ field: 'side' }] },
    ],
    [
      'an allocation to nobody',
      () => aReferral(scheme).accepted(),
      'allocate',
      { workerId: newId() },
      422,
      { errors: [{ field: 'workerId' }] },
    ],
    [
      'an allocation too early',
      () => aReferral(scheme),
      'allocate',
      { workerId: newId() },
      409,
      { from: 'sent', action: 'allocate' },
    ],
    [
      'a hold until yesterday',
      allocated,
      'hold',
      { reason: 'away', resumeOn: '2026-11-22' },
      422,
      { errors: [{ field: 'resumeOn' }] },
    ],
    [
      'a hold until today',
      allocated,
      'hold',
      { reason: 'away', resumeOn: '2026-11-23' },
      422,
      { errors: [{ field: 'resumeOn' }] },
    ],
    [
      'a hold for two years',
      allocated,
      'hold',
      { reason: 'away', resumeOn: '2028-11-23' },
      422,
      { errors: [{ field: 'resumeOn' }] },
    ],
    [
      'a next date in the past',
      allocated,
      'next',
      { nextOn: '2026-11-20' },
      422,
      { errors: [{ field: 'nextOn' }] },
    ],
    [
      'a next date for triage to move',
      () => aReferral(scheme),
      'next',
      { nextOn: '2026-12-01' },
      409,
      { from: 'sent' },
    ],
    ['resuming what is not on hold', allocated, 'resume', {}, 409, { from: 'allocated', action: 'resume' }],
    [
      'a close without a result',
      allocated,
      'close',
      { reason: 'done', mayAskAgain: true },
      422,
      { errors: [{ field: 'result' }] },
    ],
    [
      'a close without asking',
      allocated,
      'close',
      { result: 'helped', reason: 'done' },
      422,
      { errors: [{ field: 'mayAskAgain' }] },
    ],
    ['joining to itself', () => aReferral(scheme), 'join', { into: newId() }, 404, {}],
    [
      'reopening what is open',
      allocated,
      'reopen',
      { nextOn: '2026-12-01', reason: 'x' },
      409,
      { from: 'allocated' },
    ],
    ['voiding without a word', allocated, 'void', { reason: 'test' }, 422, { errors: [{ field: 'note' }] }],
    ['an empty note', allocated, 'notes', { note: ' ' }, 422, { errors: [{ field: 'note' }] }],
  ])('%s', async (_name, given, verb, body, status, wanted) => {
    const { id } = await given();
    const before = await referralRow(scheme, id);
    const answer = await ask(members.scheme_manager, 'POST', `/referrals/${id}/${verb}`, body);
    expect([answer.status, answer.body]).toMatchObject([status, wanted]);
    expect(await referralRow(scheme, id)).toEqual(before);
  });

  it('broken JSON, and a draft changed by somebody else', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await ask(practice, 'POST', '/referrals', '{"reasons":', headers)).status).toBe(400);
    const { id } = await aDraft();
    const path = `/referrals/drafts/${id}`;
    expect((await ask(practice, 'PATCH', path, { note: 'a' })).status).toBe(428);
    expect((await ask(practice, 'PATCH', path, { note: 'a' }, { 'if-match': '"v7"' })).status).toBe(412);
    const first = await ask(practice, 'PATCH', path, { note: 'a' }, { 'if-match': '"v1"' });
    expect([first.status, first.headers['etag']]).toEqual([200, '"v2"']);
    expect((await ask(practice, 'PATCH', path, { note: 'b' }, { 'if-match': '"v1"' })).status).toBe(412);
  });
});

describe('the same request again', () => {
  it('with the same key is done once, also by twins; another body under it is refused', async () => {
    const headers = { 'idempotency-key': newId() };
    const body = aSend();
    const twins = await Promise.all(
      Array.from({ length: 4 }, () => ask(practice, 'POST', '/referrals', body, headers)),
    );
    expect(twins.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(twins.map((twin) => twin.body['id'])).size).toBe(1);
    expect(twins.filter((twin) => twin.headers['idempotency-replayed'] === 'true')).toHaveLength(3);
    const other = await ask(practice, 'POST', '/referrals', { ...body, note: 'Another' }, headers);
    expect([other.status, other.body['title']]).toEqual([422, 'idempotency-key-reused']);
  });

  it('moves once', async () => {
    const { id } = await aReferral(scheme);
    const headers = { 'idempotency-key': newId() };
    const accept = () => ask(members.scheme_manager, 'POST', `/referrals/${id}/accept`, {}, headers);
    const [first, second] = [await accept(), await accept()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    expect((await referralRow(scheme, id)).version).toBe(2);
    expect((await ask(members.scheme_manager, 'POST', `/referrals/${id}/accept`, {})).status).toBe(409);
  });
});

describe('giving a referral to somebody else', () => {
  it.each([
    ['allocate', () => allocated(), { workerId: '' }],
    ['reopen', () => allocated().closed(), { workerId: '', nextOn: '2026-11-24', reason: 'Rang again' }],
  ] as const)('%s never answers that it is not there', async (verb, given, body) => {
    const { id } = await given();
    const answer = await ask(sam, 'POST', `/referrals/${id}/${verb}`, {
      ...body,
      workerId: kim.actor.membershipId,
    });
    expect(answer).toMatchObject({ status: 200, body: { id } });
    const { status } = await ask(sam, 'GET', `/referrals/${id}`);
    expect({ handedOver: answer.body['handedOver'] === true, status }).toEqual(
      status === 404 ? { handedOver: true, status } : { handedOver: false, status: 200 },
    );
    expect(await ask(kim, 'GET', `/referrals/${id}`)).toMatchObject({ status: 200, body: { id } });
  });
});
