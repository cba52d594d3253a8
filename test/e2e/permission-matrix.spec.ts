import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PERMISSIONS, PROGRAM_ACTIONS, reachOf } from '../../src/permissions/permission.table.js';
import { RouteCheck, type Route } from '../../src/permissions/route-check.js';
import { PROGRAM_ROLES } from '../../src/identity/program.types.js';
import { isStaffPage } from '../../src/platform/http/pages.js';
import { ROLES, type Role } from '../../src/platform/actor/actor.types.js';
import type { TestMember, TestScheme } from '../support/people.js';
import {
  anotherDemo,
  aWorld,
  SAMPLES,
  type Sample,
  type Target,
  type World,
} from '../support/route-samples.js';
import { visitor } from '../fuzz/open-samples.js';
import { plant, type Planted } from '../support/canaries.js';
import { textOfPdf } from '../support/pdf-text.js';
import { type Contract, contractOf } from '../support/contract.js';
import { hear } from '../support/count-queries.js';
import { fieldsOf, read, show, type Shown, unknownIn, written as fieldsWritten } from '../support/fields.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { linksOf, tokenOf } from '../support/links.js';
import { Walls } from '../support/walls.js';
import { askedOfAll } from '../support/whose.js';
import { watchWrites, type WriteWatch } from '../support/write-watch.js';

const SNAPSHOT = fileURLToPath(new URL('../architecture/routes.snapshot.txt', import.meta.url));
const FIELDS = fileURLToPath(new URL('../architecture/fields.snapshot.txt', import.meta.url));

const NARROW = ['own', 'assigned', 'organisation'];

/** What a list, and the record of a read, may write although it shows nothing out of reach. */
const READING = ['audit_entry'];

/** How often a program asks is counted, whatever it asks for. */
const COUNTED = ['program', 'program_key'];

/** Words in every row of either scheme. */
const [HERE, ELSEWHERE] = ['zqkestrelz', 'zqheronz'];
/** Who sees people only where they have something to do with them. */
const HOLDERS: readonly Role[] = ['referrer', 'link_worker', 'provider_member'];

interface Try {
  who: string;
  status: number;
  expected: string;
}

describe('every route and every role', () => {
  let betony: TestApp;
  let world: World;
  let watch: WriteWatch;
  let routes: Map<string, Route>;
  let contract: Contract;
  let other: TestScheme;
  let planted: Planted[];
  /** Those who are let in somewhere without an account: nowhere else, whatever they show. */
  let holders: Record<string, TestMember>;
  const statements = new Set<string>();
  let stopHearing: () => void;

  beforeAll(async () => {
    betony = await startApp();
    other = await anotherDemo(betony);
    world = await aWorld(betony, other);
    const holder = (token: string): TestMember => ({
      ...world.worker,
      headers: { authorization: `Bearer ${token}` },
      browser: { cookie: `__Host-betony=${token}; __Host-betony-page=${token}`, formToken: token },
    });
    const { headers } = await visitor(world);
    holders = {
      'on their own page': holder(headers.authorization.replace('Bearer ', '')),
      "with a group's link": holder(tokenOf((await linksOf(betony, 'mo@example.org')).reply)),
    };
    planted = [
      await plant(betony.database, world.scheme.id, HERE),
      await plant(betony.database, other.id, ELSEWHERE),
    ];
    watch = await watchWrites(betony.database);
    stopHearing = hear((text) => statements.add(text));
    contract = contractOf((await betony.inject({ url: '/docs-json' })).json());
    routes = new Map(
      betony
        .get(RouteCheck)
        .routes()
        .map((route) => [`${route.method} ${route.path}`, route]),
    );
  }, 120_000);
  afterAll(async () => {
    stopHearing();
    await watch.stop();
    await betony.stop();
  });

  it('is the list in test/architecture/routes.snapshot.txt (UPDATE_ROUTES=1 writes it)', () => {
    const lines = [...routes].map(([name, { action }]) => `${name} ${action ?? 'public'}\n`).sort();
    if (process.env['UPDATE_ROUTES']) writeFileSync(SNAPSHOT, lines.join(''));
    expect(lines.join('')).toBe(readFileSync(SNAPSHOT, 'utf8'));
  });

  it('has a sample here for each route that is not public, and for nothing else', () => {
    const guarded = [...routes].filter(([, { action }]) => action !== null).map(([name]) => name);
    expect(Object.keys(SAMPLES).sort()).toEqual(guarded.sort());
  });

  it('has words of its own in the rows of either scheme, to be looked for in all answers to the other', () => {
    for (const { values, tables, tablesAboutPeople } of planted) {
      expect([values > 1_500, tables >= 30, tablesAboutPeople >= 6]).toEqual([true, true, true]);
    }
  });

  it('uses every row of the permission table', () => {
    const used = new Set([...routes.values()].map(({ action }) => action));
    const unused = Object.keys(PERMISSIONS).filter((action) => !used.has(action as never));
    expect(unused).toEqual([]);
  });

  /** What the description of the API does not say of the answers to a route, and words of others in them. */
  let undescribed: Set<string>;
  let leaked: Set<string>;
  /** Routes that showed somebody words of their own scheme. */
  const showing = new Set<string>();
  /** Which fields of an answer each role is shown by those routes of the API that read. */
  const fields: Shown = new Map();
  const answered = (name: string, who: string, { headers, body }: Awaited<ReturnType<typeof send>>): void => {
    const json = /^application\/(?:[\w.+-]+\+)?json\b/.test(String(headers['content-type']));
    if (json && name.startsWith('GET ')) show(fields, name, who, fieldsOf(JSON.parse(body)));
  };

  const ask = async (
    name: string,
    sample: Sample,
    target: Target,
    who: TestMember | null,
    body: object | undefined,
  ) => {
    const answer = await send(name, sample, target, who, body);
    for (const fault of contract.faults(name, answer) ?? []) undescribed.add(fault);
    look(name, who, allOf(answer));
    return answer;
  };

  /** An answer as it can be searched: of what is packed, the words in it. */
  const allOf = ({ headers, body, rawPayload }: Awaited<ReturnType<typeof send>>): string =>
    `${JSON.stringify(headers)}${headers['content-type'] === 'application/pdf' ? textOfPdf(rawPayload) : body}`;

  /** Every byte of an answer, for words of the other scheme, or of people out of reach. */
  const look = (name: string, who: TestMember | null, bytes: string): void => {
    const at = who?.actor.schemeId;
    const asker = who?.actor.role ?? 'signed out';
    const find = (word: string, whose: string): void => {
      const place = bytes.indexOf(word);
      if (place >= 0)
        leaked.add(`${asker} sees ${whose}: ${bytes.slice(Math.max(0, place - 80), place + 20)}`);
    };
    if (at !== world.scheme.id) find(HERE, 'the scheme');
    if (at !== other.id) find(ELSEWHERE, 'the other scheme');
    const holdsNobody = who && world.others[who.actor.role] === who && HOLDERS.includes(who.actor.role);
    if (holdsNobody) find(`${HERE}person`, 'people of others');
    if (at === world.scheme.id && bytes.includes(HERE)) showing.add(name);
    if (at === other.id && bytes.includes(ELSEWHERE)) showing.add(name);
  };

  const send = (
    name: string,
    sample: Sample,
    target: Target,
    who: TestMember | null,
    body: object | undefined,
  ) => {
    const [method = '', path = ''] = name.split(' ');
    const url = path.replace(/:(\w+)/g, (_text, key: string) => target[key] ?? `no-${key}`);
    if (isStaffPage(path)) return askPage(method, url + (sample.query?.(target) ?? ''), who, body);
    return betony.inject({
      method: method as 'GET',
      url: `/api/v1${url}${sample.query?.(target) ?? ''}`,
      headers: { ...who?.headers, ...(method === 'PATCH' || method === 'PUT' ? { 'if-match': '"v1"' } : {}) },
      ...(body ? { payload: body } : {}),
    });
  };

  const askPage = (method: string, url: string, who: TestMember | null, body: object = {}) =>
    betony.inject({
      method: method as 'GET',
      url,
      headers: {
        cookie: who?.browser.cookie ?? '',
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(method === 'POST'
        ? { payload: new URLSearchParams({ ...body, _csrf: who?.browser.formToken ?? '' }).toString() }
        : {}),
    });

  it.each(Object.keys(SAMPLES))('%s', async (name) => {
    const sample = SAMPLES[name] ?? {};
    const action = routes.get(name)?.action;
    if (!action) throw new Error('No such route');
    const tries: Try[] = [];
    undescribed = new Set();
    leaked = new Set();
    const allowed = ROLES.filter((role) => reachOf(action, role) !== 'none');
    const callers = new Map<Role, TestMember>();
    const targets = new Map<Role, Target>();
    const bodies = new Map<Role, object | undefined>();
    for (const role of allowed) {
      const caller = (await sample.as?.(world, role)) ?? world.people[role];
      const target = (await sample.at?.(world, caller)) ?? {};
      callers.set(role, caller);
      targets.set(role, target);
      bodies.set(role, sample.body?.(target, world, caller));
    }
    await watch.written();

    const attempt = async (who: string, member: TestMember | null, role: Role, expected: number) => {
      const answer = await ask(name, sample, targets.get(role) ?? {}, member, bodies.get(role));
      tries.push({ who, status: answer.statusCode, expected: String(expected) });
    };
    /** Nothing of what `role` reaches may be found by somebody outside that reach. */
    const hidden = async (who: string, member: TestMember, role: Role) => {
      const target = targets.get(role) ?? {};
      const inPath = /:\w+/.test(name);
      if (!inPath && !sample.named && sample.shows === undefined) return;
      const answer = await ask(name, sample, target, member, bodies.get(role));
      const found = sample.shows !== undefined && answer.body.includes(target[sample.shows] ?? '?');
      const expected = inPath ? [404] : sample.named ? [404, 422] : [200];
      const fine = expected.includes(answer.statusCode) && !found;
      tries.push({
        who,
        status: answer.statusCode,
        expected: fine
          ? String(answer.statusCode)
          : `${expected.join(' or ')}${found ? ', without the row' : ''}`,
      });
    };

    const first = allowed[0] ?? 'administrator';
    const [method = '', path = ''] = name.split(' ');
    const page = isStaffPage(path);
    // Pages lead to where one signs in.
    const unknown = page ? 303 : 401;
    await attempt('signed out', null, first, unknown);
    for (const [who, holder] of Object.entries(holders)) await attempt(who, holder, first, unknown);
    for (const role of ROLES) {
      await attempt(`disabled ${role}`, world.disabled[role], first, unknown);
      if (!allowed.includes(role)) {
        await attempt(`${role} without permission`, world.people[role], first, 403);
        continue;
      }
      if (NARROW.includes(reachOf(action, role)))
        await hidden(`${role} out of reach`, world.others[role], role);
      await hidden(`${role} of another scheme`, world.foreigners[role], role);
      if (sample.nothingFor?.includes(role))
        await attempt(`${role} by this route`, world.people[role], role, 404);
    }
    const excused = sample.shows === undefined ? (sample.writes ?? []) : READING;
    const written = Object.entries(await watch.written()).filter(([table]) => !excused.includes(table));

    const forPrograms = PROGRAM_ROLES.filter((role) => allowed.includes(role) && PROGRAM_ACTIONS.has(action));
    for (const role of PROGRAM_ROLES) {
      if (!page && !forPrograms.includes(role))
        await attempt(`program of a ${role}`, world.programs[role], first, 403);
    }
    const writtenByPrograms = Object.entries(await watch.written()).filter(
      ([table]) => !COUNTED.includes(table),
    );

    for (const role of allowed) {
      if (sample.nothingFor?.includes(role)) continue;
      const target = targets.get(role) ?? {};
      const answer = await ask(name, sample, target, callers.get(role) ?? null, bodies.get(role));
      const fine =
        (answer.statusCode >= 200 && answer.statusCode < 300) ||
        (page && method === 'POST' && answer.statusCode === 303) ||
        sample.answers?.includes(answer.statusCode);
      if (answer.statusCode < 300) answered(name, role, answer);
      const seen =
        sample.shows === undefined ||
        !NARROW.includes(reachOf(action, role)) ||
        answer.body.includes(target[sample.shows] ?? '?');
      tries.push({
        who: `${role} in reach`,
        status: answer.statusCode,
        expected:
          fine && seen
            ? String(answer.statusCode)
            : seen
              ? `2xx, not ${answer.body.slice(0, 300)}`
              : 'the row',
      });
    }
    for (const role of page || sample.as ? [] : forPrograms) {
      if (sample.nothingFor?.includes(role) && !sample.ofPrograms) continue;
      const program = world.programs[role];
      const target = (await sample.at?.(world, program)) ?? {};
      const answer = await ask(name, sample, target, program, sample.body?.(target, world, program));
      const fine = answer.statusCode < 300 || sample.answers?.includes(answer.statusCode);
      if (answer.statusCode < 300) answered(name, `program of a ${role}`, answer);
      tries.push({
        who: `program of a ${role} in reach`,
        status: answer.statusCode,
        expected: fine ? String(answer.statusCode) : `2xx, not ${answer.body.slice(0, 300)}`,
      });
    }
    // What names nobody shows everybody their own: it is looked through for the words of others.
    const named = /:\w+/.test(name) || sample.named || sample.shows !== undefined;
    for (const role of method === 'GET' && !named ? allowed : [])
      for (const member of [world.others[role], world.foreigners[role]])
        await ask(name, sample, {}, member, undefined);
    expect(tries.filter(({ status, expected }) => String(status) !== expected)).toEqual([]);
    expect([...written, ...writtenByPrograms]).toEqual([]);
    expect([...undescribed]).toEqual([]);
    expect([...leaked]).toEqual([]);
  });

  it('says no word of people where nobody needs to sign in', async () => {
    const open = [...routes].filter(([name, { action }]) => action === null && name.startsWith('GET '));
    const said: string[] = [];
    for (const [name] of open) {
      for (const [scheme, word] of [
        [world.scheme.id, HERE],
        [other.id, ELSEWHERE],
      ] as const) {
        const path = name
          .slice('GET '.length)
          .replace(/:(\w+)/g, (_all, key: string) => (key.startsWith('scheme') ? scheme : 'none'));
        for (const url of [path, `/api/v1${path}`]) {
          const answer = await betony.inject({ url });
          if (answer.statusCode >= 500 || allOf(answer).includes(`${word}person`))
            said.push(`${String(answer.statusCode)} ${url}`);
        }
      }
    }
    expect(open.length).toBeGreaterThan(80);
    expect(said).toEqual([]);
  });

  it('showed each role the fields in test/architecture/fields.snapshot.txt, and no other (UPDATE_ROUTES=1 writes it)', () => {
    if (process.env['UPDATE_ROUTES']) {
      const others = [...read(readFileSync(FIELDS, 'utf8'))].filter(
        ([name]) => routes.has(name) && !fields.has(name),
      );
      writeFileSync(FIELDS, fieldsWritten(new Map([...others, ...fields])));
    }
    const known = read(readFileSync(FIELDS, 'utf8'));
    expect(unknownIn(fields, known)).toEqual([]);
    expect([...known.keys()].filter((name) => !routes.has(name))).toEqual([]);
  });

  it('showed the words of their own scheme to those in it', () => {
    expect(showing.size).toBeGreaterThan(300);
  });

  it('showed them in a PDF too, whose words are packed', () => {
    expect([...showing]).toContain('GET /desk/referrals/:id/slip.pdf');
  });

  it('asked nothing of the rows of a scheme without saying of which', async () => {
    expect(statements.size).toBeGreaterThan(1000);
    expect(await askedOfAll(betony.database, statements)).toEqual([]);
  });

  it('stood behind walls that no role sees over, and each broken one is seen', async () => {
    const walls = await Walls.of(betony.database);
    try {
      const unseen: string[] = [];
      for (const table of walls.tables) {
        const { whole, broken } = await walls.look(table, world.scheme.id, other.id);
        expect({ table, ...whole }).toEqual({ table, told: [], seen: [] });
        // What the catalogue tells is one thing, what somebody sees another: it is seen each time.
        for (const [what, { seen }] of broken) if (seen.length === 0) unseen.push(`${table}: ${what}`);
      }
      expect(unseen).toEqual([]);
      expect(walls.tables.length).toBeGreaterThan(100);
    } finally {
      await walls.stop();
    }
  });
});
