import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { londonDate } from '../../../src/platform/clock/calendar.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newToken } from '../../../src/platform/pure/hash.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { whoLooked } from '../../../src/records/person-data.queries.js';
import { aCase, type Case } from '../../factories/caseload.js';
import { aClient } from '../../factories/clients.js';
import { changeRow } from '../../factories/episodes.js';
import { anOrganisation, aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const BORN = '1948-03-02';
let count = 0;
let calls = 0;

describe('a person’s own page', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let other: TestScheme;
  let sam: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    other = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    manager = await aMember(scheme, 'scheme_manager');
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const SAFE = {
    safeToCall: 'yes',
    safeToText: 'yes',
    safeToEmail: 'yes',
    safeToWrite: 'yes',
    safeToLeaveMessage: 'yes',
  } as const;
  interface Person extends Case {
    email: string;
    phone: string;
  }
  const somebody = async (details: object = {}, worker = sam, within = scheme): Promise<Person> => {
    const number = String(++count).padStart(3, '0');
    const own = { email: `Grace${number}@example.org`, phone: `+447700900${number}`, ...SAFE };
    const person = { firstName: 'Grace', lastName: 'Adeyemi', dateOfBirth: BORN, ...own, ...details };
    return { ...(await aCase(within, worker).begun().person(person)), email: own.email, phone: own.phone };
  };
  const post = (path: string, payload: object, token?: string) =>
    betony.inject({
      method: 'POST',
      url: `/api/v1/${path}`,
      payload,
      // Another house each time: what is counted by network address is not what is tried here.
      remoteAddress: `10.0.${String(Math.floor(++calls / 200))}.${String(calls % 200)}`,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const get = (path: string, token: string) =>
    betony.inject({ url: `/api/v1/${path}`, headers: { authorization: `Bearer ${token}` } });
  const work = (path: string, payload: object = {}, member = sam) => post(path, payload, member.token);

  const outbox = (): string[] => {
    const folder = join(betony.config.dataDir, 'outbox');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  };
  /** What was sent to an address, in order. */
  const sentTo = (address: string): string[] =>
    outbox().filter((text) => text.toLowerCase().includes(`to: ${address.toLowerCase()}`));
  const askFor = async (to: string, schemeId = scheme.id) => {
    const answer = await post('my-page/codes', { to, schemeId });
    await settle(betony);
    return answer;
  };
  const codeIn = (text: string | undefined): string => /code is (\d{6})/.exec(text ?? '')?.[1] ?? 'none';
  const idOf = (answer: { body: string }): string => (JSON.parse(answer.body) as { id: string }).id;
  const byCode = async (to: string): Promise<string> => {
    const asked = await askFor(to);
    expect(asked.statusCode).toBe(201);
    const entered = await post('my-page/sessions', { id: idOf(asked), code: codeIn(sentTo(to).at(-1)) });
    expect(entered.statusCode).toBe(201);
    return entered.json<{ token: string }>().token;
  };
  const linkFor = async (clientId: string, payload: object = {}): Promise<string> => {
    const made = await work(`clients/${clientId}/page/links`, payload);
    expect(made.statusCode).toBe(201);
    return made.json<{ address: string }>().address.split('/my/link/')[1] ?? '';
  };
  const byLink = async (clientId: string): Promise<string> => {
    const token = await linkFor(clientId);
    const entered = await post('my-page/sessions/by-link', { token, dateOfBirth: BORN });
    expect(entered.statusCode).toBe(201);
    return entered.json<{ token: string }>().token;
  };
  const tasksOf = (clientId: string) =>
    rowsOf<{ kind: string; audience: string; to: string | null }>(
      scheme,
      sql`select kind, audience, audience_id as to from task
        where scheme_id = ${scheme.id} and client_id = ${clientId} and ended_at is null
          and kind in ('page_message', 'cannot_come', 'took_back', 'contact_wish') order by kind`,
    );
  const auditedFor = (clientId: string) =>
    rowsOf<{ action: string; kind: string; actor: string | null }>(
      scheme,
      sql`select action, actor_kind as kind, actor_id as actor from audit_entry
        where scheme_id = ${scheme.id} and ${clientId} = any(client_ids) order by id`,
    );

  describe('is entered by a code', () => {
    it.each(['email', 'phone'] as const)('to a safe %s, which names nothing and nobody', async (by) => {
      const grace = await somebody();
      const token = await byCode(grace[by].toLowerCase());
      const [message = ''] = sentTo(grace[by]);
      expect(message).not.toMatch(/grace\b(?!\d)|adeyemi|scheme|support|betony.*page/i);
      const home = await get('my-page', token);
      expect(home.json()).toMatchObject({ name: 'Grace', own: true, worker: { name: 'Sam' }, next: null });
      expect((await auditedFor(grace.clientId)).filter(({ action }) => action === 'page.home')).toEqual([
        { action: 'page.home', kind: 'client', actor: grace.clientId },
      ]);
    });

    it('and answers the same for whoever is not known, or may not', async () => {
      const known = await somebody();
      const unsafe = await somebody({ safeToEmail: 'not_asked' });
      const flagged = await somebody({ safetyFlag: true });
      const elsewhere = await somebody({}, await aMember(other, 'link_worker'), other);
      const dead = await somebody();
      await changeRow(scheme, 'client', dead.clientId, { death_recorded_at: new Date(TEST_NOW) });
      const twins = [
        await somebody({ email: 'ours@example.org' }),
        await somebody({ email: 'Ours@example.org' }),
      ];
      expect(twins).toHaveLength(2);
      const provisional = 'provisional@example.org';
      await aClient(scheme, { email: provisional, ...SAFE }).provisional();
      const nobody = ['nobody@example.org', '07700 900 999', 'ours@example.org', provisional];
      const answers = [];
      const quiet = [unsafe, flagged, elsewhere, dead].map(({ email }) => email);
      for (const to of [known.email, ...quiet, ...nobody]) answers.push(await askFor(to));
      const shapes = answers.map((answer) => [answer.statusCode, Object.keys(answer.json<object>())]);
      expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
      expect(sentTo(known.email)).toHaveLength(1);
      for (const to of [...quiet, ...nobody]) expect(sentTo(to)).toEqual([]);
      // A code that went to nobody is wrong like any other, and then used up like any other.
      for (const answer of [answers[0], answers.at(-1)]) {
        const tries = [];
        for (let n = 0; n < 6; n++) {
          const { statusCode } = await post('my-page/sessions', { id: idOf(answer!), code: '000000' });
          tries.push(statusCode);
        }
        expect(tries).toEqual([422, 422, 422, 422, 410, 410]);
      }
    });

    it('once, within ten minutes', async () => {
      const grace = await somebody();
      const id = idOf(await askFor(grace.email));
      const code = codeIn(sentTo(grace.email)[0]);
      const late = await somebody();
      const lateId = idOf(await askFor(late.email));
      expect((await post('my-page/sessions', { id, code })).statusCode).toBe(201);
      expect((await post('my-page/sessions', { id, code })).statusCode).toBe(410);
      betony.clock.advance({ minutes: 11 });
      const after = await post('my-page/sessions', { id: lateId, code: codeIn(sentTo(late.email)[0]) });
      expect(after.statusCode).toBe(410);
      expect((await post('my-page/sessions', { id: newId(), code })).statusCode).toBe(410);
    });

    it('three an hour for one address, whoever has it', async () => {
      const grace = await somebody();
      for (const to of [grace.email, 'nobody-at-all@example.org']) {
        const answers = [];
        for (let n = 0; n < 4; n++) answers.push((await askFor(to)).statusCode);
        expect(answers).toEqual([201, 201, 201, 429]);
      }
      betony.clock.advance({ minutes: 61 });
      expect((await askFor(grace.email)).statusCode).toBe(201);
    });

    it('which is sent to no channel that was switched off meanwhile', async () => {
      const grace = await somebody();
      await post('my-page/codes', { to: grace.email, schemeId: scheme.id });
      await changeRow(scheme, 'client', grace.clientId, { safe_to_email: 'no' });
      await settle(betony);
      expect(sentTo(grace.email)).toEqual([]);
    });
  });

  describe('is entered by a link', () => {
    it('with the date of birth, and ends after five wrong ones', async () => {
      const { clientId } = await somebody();
      expect((await get('my-page', await byLink(clientId))).statusCode).toBe(200);
      const token = await linkFor(clientId);
      const tries = [];
      for (let n = 0; n < 5; n++) {
        const entered = await post('my-page/sessions/by-link', { token, dateOfBirth: '1950-01-01' });
        tries.push(entered.statusCode);
      }
      expect(tries).toEqual([422, 422, 422, 422, 410]);
      expect((await post('my-page/sessions/by-link', { token, dateOfBirth: BORN })).statusCode).toBe(410);
      const forged = await post('my-page/sessions/by-link', { token: newToken(), dateOfBirth: BORN });
      expect(forged.statusCode).toBe(410);
    });

    it('never by somebody with a safety flag, from the moment it is raised', async () => {
      const { clientId } = await somebody();
      const link = await linkFor(clientId);
      const session = await byLink(clientId);
      await changeRow(scheme, 'client', clientId, { safety_flag: true });
      expect((await post('my-page/sessions/by-link', { token: link, dateOfBirth: BORN })).statusCode).toBe(
        410,
      );
      expect((await get('my-page', session)).statusCode).toBe(401);
      expect((await work(`clients/${clientId}/page/links`)).statusCode).toBe(409);
    });
  });

  describe('with a safety flag', () => {
    it('is there only when it was asked for, by the channel that was tried, until the flag changes', async () => {
      const grace = await somebody({ safetyFlag: true });
      const path = `clients/${grace.clientId}/page`;
      const before = (await get(path, sam.token)).json<object[]>();
      expect(before).toMatchObject([{ open: false, byCode: false, byLink: false, askedOn: null }]);
      const tomorrow = await work(`${path}/asked`, { askedOn: '2026-11-24', channel: 'email' });
      expect(tomorrow.statusCode).toBe(422);
      const asked = await work(`${path}/asked`, { askedOn: '2026-11-23', channel: 'email' });
      expect(asked.json()).toMatchObject([
        { open: true, byCode: true, byLink: false, askedOn: '2026-11-23', askedRecordedBy: 'Sam Okoro' },
      ]);
      await askFor(grace.phone);
      expect(sentTo(grace.phone)).toEqual([]);
      const token = await byCode(grace.email);
      expect((await get('my-page', token)).statusCode).toBe(200);
      const read = await get(`clients/${grace.clientId}`, sam.token);
      const amend = (safetyFlag: boolean, version: number) =>
        betony.inject({
          method: 'PATCH',
          url: `/api/v1/clients/${grace.clientId}`,
          headers: { ...sam.headers, 'if-match': `"v${String(version)}"` },
          payload: { safetyFlag },
        });
      const { version } = read.json<{ version: number }>();
      expect((await amend(false, version)).statusCode).toBe(200);
      expect((await amend(true, version + 1)).statusCode).toBe(200);
      expect((await get('my-page', token)).statusCode).toBe(401);
      const unflagged = await somebody();
      const needless = await work(`clients/${unflagged.clientId}/page/asked`, {
        askedOn: '2026-11-23',
        channel: 'email',
      });
      expect(needless.statusCode).toBe(409);
    });
  });

  describe('lasts', () => {
    it('twenty minutes without a touch, two hours with', async () => {
      const { clientId } = await somebody();
      const idle = await byLink(clientId);
      betony.clock.advance({ minutes: 19 });
      expect((await get('my-page', idle)).statusCode).toBe(200);
      betony.clock.advance({ minutes: 19 });
      expect((await get('my-page', idle)).statusCode).toBe(200);
      betony.clock.advance({ minutes: 21 });
      expect((await get('my-page', idle)).statusCode).toBe(401);
      const busy = await byLink(clientId);
      for (let n = 0; n < 7; n++) {
        betony.clock.advance({ minutes: 17 });
        expect((await get('my-page', busy)).statusCode).toBe(200);
      }
      betony.clock.advance({ minutes: 2 });
      expect((await get('my-page', busy)).statusCode).toBe(401);
    });

    it('until somebody leaves, the person closes it, or a worker does', async () => {
      const { clientId } = await somebody();
      const left = await byLink(clientId);
      expect((await post('my-page/leave', {}, left)).statusCode).toBe(204);
      expect((await get('my-page', left)).statusCode).toBe(401);
      const closed = await byLink(clientId);
      const link = await linkFor(clientId);
      expect((await post('my-page/close', {}, closed)).statusCode).toBe(204);
      expect((await get('my-page', closed)).statusCode).toBe(401);
      expect((await post('my-page/sessions/by-link', { token: link, dateOfBirth: BORN })).statusCode).toBe(
        410,
      );
      expect((await work(`clients/${clientId}/page/links`)).statusCode).toBe(409);
      expect((await work(`clients/${clientId}/page/reopen`)).statusCode).toBe(200);
      const again = await byLink(clientId);
      expect((await work(`clients/${clientId}/page/close`, {}, manager)).statusCode).toBe(200);
      expect((await get('my-page', again)).statusCode).toBe(401);
      const read = (await get(`clients/${clientId}/page`, sam.token)).json<object[]>();
      expect(read).toMatchObject([{ open: false, closedBy: manager.name }]);
    });
  });

  describe('reaches', () => {
    const ROUTES = [
      '',
      '/plan',
      '/appointments',
      '/questionnaires',
      '/agreements',
      '/supporters',
      '/contact',
      '/messages',
      '/stories',
    ];

    it('nothing of the API for those who work here, and nothing with their tokens', async () => {
      const { clientId, referralId } = await somebody();
      const token = await byLink(clientId);
      for (const path of [
        'me',
        `clients/${clientId}`,
        `referrals/${referralId}`,
        `clients/${clientId}/page`,
        'today',
      ]) {
        expect([path, (await get(path, token)).statusCode]).toEqual([path, 401]);
      }
      for (const route of ROUTES) expect((await get(`my-page${route}`, sam.token)).statusCode).toBe(401);
      for (const route of ROUTES) expect((await get(`my-page${route}`, newToken())).statusCode).toBe(401);
    });

    it('nothing of anybody else, in this scheme or another', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      const ada = await somebody();
      const far = await somebody({}, await aMember(other, 'link_worker'), other);
      const agreementOf = async ({ clientId }: Case, of: TestScheme) =>
        (await rowsOf<{ id: string }>(of, sql`select id from agreement where client_id = ${clientId}`))[0]
          ?.id ?? '';
      for (const id of [await agreementOf(ada, scheme), await agreementOf(far, other)]) {
        expect((await post(`my-page/agreements/${id}/take-back`, {}, token)).statusCode).toBe(404);
      }
      const appointment = await anAppointment(ada);
      const cannot = await post(
        `my-page/appointments/${appointment}/cannot-come`,
        { reason: 'unwell' },
        token,
      );
      expect(cannot.statusCode).toBe(404);
      const carer = await supporterOf(ada, { shares: ['plan'], agreedOn: '2026-11-23' });
      expect((await post(`my-page/supporters/${carer}/shares`, { shares: [] }, token)).statusCode).toBe(404);
      expect((await post(`my-page/supporters/${carer}/end`, {}, token)).statusCode).toBe(404);
      expect((await get('my-page/appointments', token)).json()).toEqual([]);
      expect((await get('my-page/supporters', token)).json()).toEqual([]);
    });
  });

  const anAppointment = async ({ referralId }: Case, on = '2026-11-26', time = '14:30'): Promise<string> => {
    const made = await work(`referrals/${referralId}/appointments`, {
      kind: 'place',
      on,
      time,
      minutes: 45,
      place: 'The library, Station Road',
      note: 'Mind the neighbour',
      evenSo: ['double_booked'],
    });
    expect(made.statusCode).toBe(201);
    return idOf(made);
  };
  const supporterOf = async ({ clientId }: Case, input: object): Promise<string> => {
    const payload = { name: 'Femi Adeyemi', role: 'carer', mayContact: true, ...input };
    const made = await work(`clients/${clientId}/supporters`, payload);
    expect(made.statusCode).toBe(201);
    return idOf(made);
  };

  describe('shows and does', () => {
    it('of the plan only what the person was given', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      expect((await get('my-page/plan', token)).statusCode).toBe(404);
      const made = await work(`referrals/${grace.referralId}/plan`, {
        aboutMe: { mostImportant: 'My garden' },
        strengths: 'I can bake',
        crisisNotes: 'Not for this page',
        goals: [
          { words: 'See people again', importance: 8, actions: [{ what: 'Go to the lunch', who: 'client' }] },
        ],
      });
      expect(made.statusCode).toBe(201);
      const share = { with: 'client', sections: ['goals', 'strengths'] };
      expect((await work(`plans/${idOf(made)}/shares`, share)).statusCode).toBe(201);
      const plan = await get('my-page/plan', token);
      expect(plan.json()).toMatchObject({
        goals: [{ words: 'See people again', actions: [{ what: 'Go to the lunch', status: 'to_do' }] }],
        parts: [{ part: 'strengths', heading: 'What I am good at', text: 'I can bake' }],
      });
      expect(plan.body).not.toMatch(/Not for this page|My garden/);
    });

    it('steps of one’s own as done, and as not done after all, which the worker sees', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      const made = await work(`referrals/${grace.referralId}/plan`, {
        goals: [
          {
            words: 'See people again',
            importance: 8,
            actions: [
              { what: 'Go to the lunch', who: 'client' },
              { what: 'Ring the church', who: 'link_worker' },
            ],
          },
        ],
      });
      const stepsOf = async () =>
        (await get('my-page/plan', token)).json<{
          goals: { actions: { id: string; status: string; mayTick: boolean }[] }[];
        }>().goals[0]?.actions ?? [];
      interface Content {
        content: { goals: { actions: { id: string; status: string }[] }[] };
        version: number;
      }
      const mine = made.json<Content>().content.goals[0]?.actions[0]?.id ?? '';
      const tick = (id: string, body: object, as = token) => post(`my-page/plan/steps/${id}`, body, as);
      expect((await tick(mine, { done: true })).statusCode).toBe(404);
      await work(`plans/${idOf(made)}/shares`, { with: 'client', sections: ['strengths'] });
      expect((await tick(mine, { done: true })).statusCode).toBe(404);
      await work(`plans/${idOf(made)}/shares`, { with: 'client', sections: ['goals'] });
      const [own, theirs] = await stepsOf();
      expect([own?.mayTick, theirs?.mayTick, own?.status]).toEqual([true, false, 'to_do']);

      expect((await tick(mine, { done: true })).statusCode).toBe(200);
      expect((await tick(mine, { done: true })).statusCode).toBe(200);
      expect((await stepsOf())[0]?.status).toBe('done');
      const read = async () => (await get(`referrals/${grace.referralId}/plan`, sam.token)).json<Content>();
      expect(await read()).toMatchObject({ version: 2 });
      expect((await read()).content.goals[0]?.actions[0]).toMatchObject({ id: mine, status: 'done' });
      expect((await tick(mine, { done: false })).json()).toMatchObject({
        goals: [{ actions: [{ status: 'to_do' }, {}] }],
      });
      const { items } = (await get(`clients/${grace.clientId}/timeline`, sam.token)).json<{
        items: { what: string; by: string; words: string }[];
      }>();
      expect(items.filter(({ what }) => what === 'plan').map(({ by, words }) => [by, words])).toEqual([
        ['the person, on their own page', 'Not done after all: Go to the lunch'],
        ['the person, on their own page', 'Done: Go to the lunch'],
        ['Sam Okoro', null],
      ]);

      expect((await tick(theirs?.id ?? '', { done: true })).statusCode).toBe(409);
      expect((await tick(newId(), { done: true })).statusCode).toBe(404);
      expect((await tick(mine, { done: 'yes' })).statusCode).toBe(422);
      expect((await tick(mine, {})).statusCode).toBe(422);
      const ada = await somebody();
      expect((await tick(mine, { done: true }, await byLink(ada.clientId))).statusCode).toBe(404);
      const femi = await supporterOf(grace, { shares: ['plan'], agreedOn: '2026-11-23' });
      const link = await linkFor(grace.clientId, { supporterId: femi });
      const entered = await post('my-page/sessions/by-link', { token: link, dateOfBirth: BORN });
      const supporting = entered.json<{ token: string }>().token;
      expect((await get('my-page/plan', supporting)).body).not.toContain('"mayTick":true');
      expect((await tick(mine, { done: true }, supporting)).statusCode).toBe(403);
      expect(await read()).toMatchObject({ version: 3 });
    });

    it('an appointment for a calendar of one’s own, which names nobody and with a safety flag no place', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      const id = await anAppointment(grace);
      const file = await get(`my-page/appointments/${id}/calendar`, token);
      expect(file.headers['content-type']).toBe('text/calendar; charset=utf-8');
      expect(file.body).toMatch(/DTSTART:20261126T143000Z[^]*DTEND:20261126T151500Z/);
      expect(file.body.replaceAll('\r\n ', '')).toContain('LOCATION:The library\\, Station Road');
      expect(file.body).not.toMatch(/Grace|Adeyemi|Sam|neighbour|scheme/i);
      const ada = await somebody();
      const hers = await byLink(ada.clientId);
      expect((await get(`my-page/appointments/${id}/calendar`, hers)).statusCode).toBe(404);
      await post(`my-page/appointments/${id}/cannot-come`, { reason: 'unwell' }, token);
      expect((await get(`my-page/appointments/${id}/calendar`, token)).statusCode).toBe(404);
      const flagged = await somebody({ safetyFlag: true });
      const meeting = await anAppointment(flagged, '2026-11-28');
      await work(`clients/${flagged.clientId}/page/asked`, { askedOn: '2026-11-23', channel: 'email' });
      const careful = await get(`my-page/appointments/${meeting}/calendar`, await byCode(flagged.email));
      expect([careful.statusCode, careful.body.includes('LOCATION')]).toEqual([200, false]);
    });

    it('what was told to be shown, and takes back one use of it or the whole, at once', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      const told = {
        title: 'Lunch',
        words: 'As Grace said it',
        anonymised: 'As it may be shown',
        toldHow: 'in_person',
      };
      const made = await work(`clients/${grace.clientId}/stories`, told);
      expect(made.statusCode).toBe(201);
      for (const use of ['report', 'web_page', 'press']) {
        const said = { use, basis: 'agreed', agreedOn: '2026-11-20', how: 'in_person' };
        expect((await work(`stories/${idOf(made)}/consents`, said)).statusCode).toBeLessThan(300);
      }
      const usesOf = ({ body }: { body: string }) =>
        (JSON.parse(body) as { uses: { use: string }[] }[]).map(({ uses }) => uses.map(({ use }) => use));
      const list = await get('my-page/stories', token);
      expect(usesOf(list)).toEqual([['press', 'report', 'web_page']]);
      expect(list.body).not.toContain('As Grace said it');
      const back = (body: object, as = token, id = idOf(made)) =>
        post(`my-page/stories/${id}/take-back`, body, as);
      expect(usesOf(await back({ uses: ['press'] }))).toEqual([['report', 'web_page']]);
      expect((await back({ uses: [] })).statusCode).toBe(422);
      expect((await back({ uses: ['billboard'] })).statusCode).toBe(422);
      expect((await back({ how: 'phone' })).statusCode).toBe(422);
      expect((await back({}, token, newId())).statusCode).toBe(404);
      const ada = await somebody();
      expect((await back({}, await byLink(ada.clientId))).statusCode).toBe(404);
      const femi = await supporterOf(grace, { shares: ['plan'], agreedOn: '2026-11-23' });
      const link = await linkFor(grace.clientId, { supporterId: femi });
      const entered = await post('my-page/sessions/by-link', { token: link, dateOfBirth: BORN });
      expect((await back({}, entered.json<{ token: string }>().token)).statusCode).toBe(403);
      expect((await back({})).json()).toEqual([]);
      expect((await get(`stories/${idOf(made)}`, sam.token)).json()).toMatchObject({
        state: 'withdrawn',
        words: null,
      });
      const [ended] = await rowsOf<{ how: string }>(
        scheme,
        sql`select ended_how as how from story_consent where story_id = ${idOf(made)} and use = 'report'`,
      );
      expect(ended?.how).toBe('online');
    });

    it('what was written, on the timeline of whoever works with them', async () => {
      const grace = await somebody();
      await post('my-page/messages', { words: 'Could we put the choir in?' }, await byLink(grace.clientId));
      const { items } = (await get(`clients/${grace.clientId}/timeline`, sam.token)).json<{
        items: object[];
      }>();
      expect(items).toContainEqual(
        expect.objectContaining({
          what: 'page_message',
          by: 'the person, on their own page',
          words: 'Could we put the choir in?',
        }),
      );
    });

    it('appointments, and calls one off with a task to find another time', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      const id = await anAppointment(grace);
      const list = await get('my-page/appointments', token);
      expect(list.json()).toMatchObject([{ id, on: '2026-11-26', time: '14:30', cancelled: false }]);
      expect(list.body).not.toContain('neighbour');
      const path = `my-page/appointments/${id}/cannot-come`;
      expect((await post(path, { reason: 'weather' }, token)).statusCode).toBe(422);
      const wordless = await post(path, { reason: 'other' }, token);
      expect([wordless.statusCode, wordless.json()]).toMatchObject([422, { errors: [{ field: 'note' }] }]);
      const off = await post(path, { reason: 'unwell', note: 'A cold' }, token);
      expect(off.json()).toMatchObject([{ id, cancelled: true }]);
      expect((await post(path, { reason: 'unwell' }, token)).statusCode).toBe(409);
      expect(await tasksOf(grace.clientId)).toEqual([
        { kind: 'cannot_come', audience: 'membership', to: sam.actor.membershipId },
      ]);
      const history = await get(`appointments/${id}/history`, sam.token);
      expect(history.json<object[]>().at(-1)).toMatchObject({
        action: 'cancel',
        by: 'the person, on their own page',
        side: 'client',
        reason: 'unwell',
        note: 'A cold',
      });
    });

    it('questionnaires that wait, while they are to be asked', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      expect((await get('my-page/questionnaires', token)).json()).toEqual([]);
      const asked = await work(`referrals/${grace.referralId}/questionnaire-links`, {
        occasion: 'baseline',
        measures: ['ons4'],
      });
      expect(asked.statusCode).toBe(201);
      const waiting = (await get('my-page/questionnaires', token)).json<{ id: string; address: string }[]>();
      expect(waiting).toMatchObject([{ id: idOf(asked), occasion: 'baseline' }]);
      const opened = await betony.inject({ url: new URL(waiting[0]?.address ?? '').pathname });
      expect([opened.statusCode, opened.body.includes('/my/leave')]).toEqual([200, true]);
      expect((await get('my-page', token)).json()).toMatchObject({ questionnaires: 1 });
      await work(`referrals/${grace.referralId}/questionnaire-links/${idOf(asked)}/revoke`);
      expect((await get('my-page/questionnaires', token)).json()).toEqual([]);
      const looks = await betony
        .get(UnitOfWork)
        .run(systemActor(scheme.id, 'test'), (tx) => whoLooked(tx, grace.clientId));
      expect(looks).toContainEqual(
        expect.objectContaining({
          on: '2026-11-23',
          name: 'You, on your own page',
          action: 'page.questionnaires',
          times: 4,
        }),
      );
    });

    it('agreements with what taking them back does, and does it', async () => {
      const grace = await somebody();
      const practice = await anOrganisation(scheme, 'gp_practice', { name: 'Hillside Surgery' });
      const recorded = await work(`clients/${grace.clientId}/agreements`, {
        organisationId: practice,
        scope: ['plan', 'progress_feedback'],
        basis: 'agreed',
        agreedOn: '2026-11-20',
        how: 'phone',
      });
      const decided = await work(`clients/${grace.clientId}/agreements`, {
        organisationId: await anOrganisation(scheme, 'housing'),
        scope: ['needs'],
        basis: 'best_interests',
        decidedBy: 'Dr Lee',
        consulted: 'Her son',
        agreedOn: '2026-11-20',
        how: 'phone',
      });
      const token = await byLink(grace.clientId);
      const list = (await get('my-page/agreements', token)).json<
        { organisation: string | null; effects: string[] }[]
      >();
      expect(list).toHaveLength(3);
      const surgery = list.find(({ organisation }) => organisation === 'Hillside Surgery');
      expect(surgery?.effects).toContain('They can no longer read your plan.');
      expect(JSON.stringify(list)).not.toMatch(/Dr Lee|Her son/);
      expect((await post(`my-page/agreements/${idOf(decided)}/take-back`, {}, token)).statusCode).toBe(409);
      const back = await post(`my-page/agreements/${idOf(recorded)}/take-back`, {}, token);
      expect(back.statusCode).toBe(200);
      expect((await post(`my-page/agreements/${idOf(recorded)}/take-back`, {}, token)).statusCode).toBe(409);
      const support = list.find(({ organisation }) => organisation === null) as unknown as { id: string };
      expect((await post(`my-page/agreements/${support.id}/take-back`, {}, token)).statusCode).toBe(200);
      const [referral] = await rowsOf<{ state: string }>(
        scheme,
        sql`select state from referral where id = ${grace.referralId}`,
      );
      expect(referral).toEqual({ state: 'withdrawn' });
      expect(await tasksOf(grace.clientId)).toContainEqual({
        kind: 'took_back',
        audience: 'membership',
        to: sam.actor.membershipId,
      });
    });

    it('a message to the worker, who reads it; ten a day', async () => {
      const grace = await somebody();
      const token = await byLink(grace.clientId);
      const words = 'Could we meet at the café? 😀';
      const written = await post('my-page/messages', { words }, token);
      expect([written.statusCode, written.json()]).toMatchObject([201, [{ words, supporter: null }]]);
      expect((await get(`clients/${grace.clientId}/page/messages`, sam.token)).json()).toMatchObject([
        { words },
      ]);
      expect(await tasksOf(grace.clientId)).toMatchObject([
        { kind: 'page_message', to: sam.actor.membershipId },
      ]);
      for (const bad of ['', ' ', 'a'.repeat(2001)]) {
        expect((await post('my-page/messages', { words: bad }, token)).statusCode).toBe(422);
      }
      for (let n = 0; n < 9; n++) await post('my-page/messages', { words }, token);
      expect((await post('my-page/messages', { words }, token)).statusCode).toBe(429);
    });

    it('channels off at once, never on; languages and what to mind', async () => {
      const grace = await somebody({ safeToLeaveMessage: 'not_asked' });
      const token = await byLink(grace.clientId);
      const changed = await post(
        'my-page/contact',
        { switchOff: ['text'], language: 'pl', reachNote: 'Say you are from the library' },
        token,
      );
      expect(changed.json()).toMatchObject({
        channels: { text: 'no', email: 'yes', leave_message: 'not_asked' },
        language: 'pl',
        reachNote: 'Say you are from the library',
      });
      for (const bad of [
        { safeToText: 'yes' },
        { phone: '07700900123' },
        { switchOff: ['fax'] },
        { language: '??' },
      ]) {
        expect((await post('my-page/contact', bad, token)).statusCode).toBe(422);
      }
      const stopped = await post('my-page/stop-messages', {}, token);
      expect(stopped.json()).toMatchObject({
        channels: { text: 'no', email: 'no', write: 'no', call: 'yes' },
      });
      const silent = await post('my-page/stop-messages', { callsToo: true }, token);
      expect(silent.json()).toMatchObject({ channels: { call: 'no', leave_message: 'no' } });
      expect(await tasksOf(grace.clientId)).toMatchObject([{ kind: 'contact_wish' }]);
      await askFor(grace.email);
      expect(sentTo(grace.email)).toEqual([]);
    });
  });

  it('takes a new address when the code that went there comes back, and not before', async () => {
    const grace = await somebody();
    const token = await byLink(grace.clientId);
    const change = async (to: string, by = token) => {
      const asked = await post('my-page/contact/changes', { to }, by);
      await settle(betony);
      return asked;
    };
    const confirm = (id: string, code: string, by = token) =>
      post(`my-page/contact/changes/${id}/confirm`, { code }, by);
    const asked = await change('New.Grace@example.org');
    expect(asked.statusCode).toBe(201);
    expect((await get('my-page/contact', token)).json()).toMatchObject({ email: grace.email });
    expect((await confirm(idOf(asked), '000000')).statusCode).toBe(422);
    const code = codeIn(sentTo('new.grace@example.org')[0]);
    const ada = await byLink((await somebody()).clientId);
    expect((await confirm(idOf(asked), code, ada)).statusCode).toBe(410);
    const done = await confirm(idOf(asked), code);
    expect(done.json()).toMatchObject({
      email: 'new.grace@example.org',
      channels: { email: 'yes', text: 'yes' },
    });
    expect((await confirm(idOf(asked), code)).statusCode).toBe(410);
    expect(await tasksOf(grace.clientId)).toMatchObject([{ kind: 'contact_wish' }]);
    const late = idOf(await change('later.grace@example.org'));
    betony.clock.advance({ minutes: 11 });
    expect((await confirm(late, codeIn(sentTo('later.grace@example.org')[0]))).statusCode).toBe(410);
    for (const bad of ['neither', '020 7946 0000']) expect((await change(bad)).statusCode).toBe(422);
    for (let n = 0; n < 3; n++) await change(`grace-${String(n)}@example.org`);
    expect((await change('grace-4@example.org')).statusCode).toBe(429);
    const flagged = await somebody({ safetyFlag: true });
    await work(`clients/${flagged.clientId}/page/asked`, { askedOn: '2026-11-23', channel: 'email' });
    expect((await change('x@example.org', await byCode(flagged.email))).statusCode).toBe(409);
  });

  describe('for whom the person names', () => {
    it('shows the items they were given and nothing else, from one moment to the next', async () => {
      const grace = await somebody();
      const own = await byLink(grace.clientId);
      await anAppointment(grace, '2026-11-27');
      const email = `femi${String(++count)}@example.org`;
      const femi = await supporterOf(grace, { email, shares: ['appointments'], agreedOn: '2026-11-23' });
      const token = await byCode(email);
      expect((await get('my-page', token)).json()).toMatchObject({ own: false, items: ['appointments'] });
      expect((await get('my-page/appointments', token)).json()).toHaveLength(1);
      const closed = ['plan', 'questionnaires', 'agreements', 'supporters', 'contact', 'messages'];
      for (const route of closed) {
        expect([route, (await get(`my-page/${route}`, token)).statusCode]).toEqual([route, 403]);
      }
      expect((await post('my-page/messages', { words: 'Hello' }, token)).statusCode).toBe(403);
      expect((await post('my-page/stop-messages', {}, token)).statusCode).toBe(403);
      expect((await post('my-page/close', {}, token)).statusCode).toBe(404);
      expect((await auditedFor(grace.clientId)).find(({ actor }) => actor === femi)).toMatchObject({
        action: 'page.home',
        kind: 'client',
      });
      const given = await post(`my-page/supporters/${femi}/shares`, { shares: ['messages'] }, own);
      expect(given.json()).toMatchObject([{ id: femi, name: 'Femi Adeyemi', shares: ['messages'] }]);
      expect((await get('my-page/appointments', token)).statusCode).toBe(403);
      const wrote = await post('my-page/messages', { words: 'She is well' }, token);
      expect(wrote.json()).toMatchObject([{ supporter: 'Femi Adeyemi' }]);
      expect((await post(`my-page/supporters/${femi}/end`, {}, own)).json()).toEqual([]);
      expect((await get('my-page', token)).statusCode).toBe(401);
    });

    it('opens by a link with the person’s date of birth too, while something is given', async () => {
      const grace = await somebody();
      const femi = await supporterOf(grace, { shares: ['plan'], agreedOn: '2026-11-23' });
      const token = await linkFor(grace.clientId, { supporterId: femi });
      const entered = await post('my-page/sessions/by-link', { token, dateOfBirth: BORN });
      expect((await get('my-page', entered.json<{ token: string }>().token)).json()).toMatchObject({
        own: false,
      });
      await post(`my-page/supporters/${femi}/shares`, { shares: [] }, await byLink(grace.clientId));
      expect((await post('my-page/sessions/by-link', { token, dateOfBirth: BORN })).statusCode).toBe(410);
      const nothing = await work(`clients/${grace.clientId}/page/links`, { supporterId: femi });
      expect(nothing.statusCode).toBe(409);
      const stranger = await work(`clients/${grace.clientId}/page/links`, { supporterId: newId() });
      expect(stranger.statusCode).toBe(422);
    });

    it('with a safety flag, lets things be taken away and not given', async () => {
      const grace = await somebody({ safetyFlag: true });
      const email = `femi${String(++count)}@example.org`;
      const agreedOn = londonDate(new Date(TEST_NOW));
      const femi = await supporterOf(grace, { email, shares: ['plan'], agreedOn });
      await askFor(email);
      expect(sentTo(email)).toEqual([]);
      await work(`clients/${grace.clientId}/page/asked`, { askedOn: '2026-11-23', channel: 'email' });
      expect((await get('my-page', await byCode(email))).json()).toMatchObject({ own: false });
      const token = await byCode(grace.email);
      const more = await post(
        `my-page/supporters/${femi}/shares`,
        { shares: ['plan', 'appointments'] },
        token,
      );
      expect(more.statusCode).toBe(422);
      const less = await post(`my-page/supporters/${femi}/shares`, { shares: [] }, token);
      expect(less.json()).toMatchObject([{ shares: [] }]);
    });
  });

  it('refuses what makes no sense, in words', async () => {
    const refused: [string, object][] = [
      ['codes', {}],
      ['codes', { to: 'neither', schemeId: scheme.id }],
      ['codes', { to: '020 7946 0000', schemeId: scheme.id }],
      ['codes', { to: 'a@example.org' }],
      ['codes', { to: 'a@example.org', schemeId: newId() }],
      ['codes', { to: 'a@example.org', schemeId: scheme.id, more: true }],
      ['sessions', { id: 'no', code: '123456' }],
      ['sessions', { id: newId(), code: '1234567' }],
      ['sessions/by-link', { token: newToken(), dateOfBirth: '1948-02-30' }],
      ['sessions/by-link', { token: 'a'.repeat(44), dateOfBirth: BORN }],
    ];
    for (const [path, body] of refused) {
      const answer = await post(`my-page/${path}`, body);
      expect([path, body, answer.statusCode]).toEqual([path, body, 422]);
      expect(answer.json<{ errors: { message: string }[] }>().errors[0]?.message).toBeTruthy();
    }
  });
});
