import { reachOf } from '../../src/permissions/permission.table.js';
import { RouteCheck } from '../../src/permissions/route-check.js';
import { ROLES, type Role } from '../../src/platform/actor/actor.types.js';
import { newId } from '../../src/platform/pure/ids.js';
import { aCase } from '../factories/caseload.js';
import { onTheWall } from '../support/by-the-calendar.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { linksOf, type Links } from '../support/links.js';
import { watchWrites } from '../support/write-watch.js';

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  type?: string;
  format?: string;
  enum?: unknown[];
  pattern?: string;
  maxLength?: number;
  minLength?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** One place in a body where people write: `visit.note`, `goals.0.words`. */
interface Leaf {
  path: (string | number)[];
  schema: Schema;
}

interface Route {
  name: string;
  method: 'POST' | 'PUT' | 'PATCH';
  url: string;
  as: Role;
  leaves: Leaf[];
}

const DEEPEST = 6;
/** Other scripts, both directions with their marks, letters in parts, and pictures in parts: written by people who mean it. */
const WRITING = 'שלום \u202bمرحبا\u202c 👩🏽\u200d🦽 👨\u200d👩\u200d👧 Zażółć 谢谢';
/** Texts that are a form of their own, or have to be somebody's password. */
const CODED = [
  'POST /clients/search after',
  'POST /covenants commitments.0.code',
  'POST /imports/feed address',
  'POST /me/second-factor/offer password',
  'POST /me/second-factor/use-mail password',
  'POST /referrals/search after',
];
const NO_WRITING = ['a\u0000b', 'a\u001bb', 'a\ud83d', 5, { a: 1 }];
const NO_DATES = ['2027-02-29', '2027-13-01', '0000-00-00', '2027-2-3', '2027-03-28T01:30', 20_270_203];
const NO_TIMES = ['24:00', '9:30', '09:60', '25:01', '09:30:00', 'noon', 930];
const NO_MOMENTS = [
  '2027-02-30T10:00:00Z',
  '2027-03-28T01:30:00',
  '2027-03-28 01:30',
  '2027-06-01T24:00:00Z',
  '2027-06-01T10:00:00 Europe/London',
  1_800_000_000,
];
const BIG = 'ä'.repeat(100_000);

const isList = ({ schema }: Leaf): boolean => schema.items !== undefined;
const isText = ({ schema }: Leaf): boolean => schema.maxLength !== undefined;
const isTime = ({ schema }: Leaf): boolean => schema.pattern?.includes(':[0-5]') ?? false;
const isDate = ({ schema }: Leaf): boolean => schema.format === 'date';
const isMoment = ({ schema }: Leaf): boolean => schema.format === 'date-time';

/** A body with a value at each of these places, and nothing else. */
function bodyOf(leaves: readonly Leaf[], value: unknown): object {
  const body: Record<string, unknown> = {};
  for (const { path } of leaves) {
    let at: Record<string | number, unknown> = body;
    path.forEach((part, index) => {
      const next = path[index + 1];
      if (next === undefined) at[part] = value;
      else at = (at[part] ??= typeof next === 'number' ? [] : {}) as Record<string | number, unknown>;
    });
  }
  return body;
}

describe('every field of the API in which people write', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let people: Record<Role, TestMember>;
  const routes: Route[] = [];

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    people = Object.fromEntries(
      await Promise.all(
        ROLES.map(
          async (role) => [role, await aMember(scheme, role, { triages: role === 'link_worker' })] as const,
        ),
      ),
    ) as Record<Role, TestMember>;
    const document = (await betony.inject({ url: '/docs-json' })).json<{
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, Schema> };
    }>();
    const leavesOf = (schema: Schema, path: Leaf['path'] = []): Leaf[] => {
      if (path.length > DEEPEST) return [];
      if (schema.$ref !== undefined) {
        const named = document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
        return named ? leavesOf(named, path) : [];
      }
      if (schema.allOf) return schema.allOf.flatMap((one) => leavesOf(one, path));
      if (schema.items) {
        const each = schema.items;
        if (each.type === 'string' && !each.enum && !each.format) return [{ path, schema }];
        return leavesOf(each, [...path, 0]);
      }
      if (schema.properties) {
        return Object.entries(schema.properties).flatMap(([name, one]) => leavesOf(one, [...path, name]));
      }
      return schema.type === 'string' && !schema.enum ? [{ path, schema }] : [];
    };
    for (const { method, path, action } of betony.get(RouteCheck).routes()) {
      if (action === null || !['POST', 'PUT', 'PATCH'].includes(method)) continue;
      const documented = `/api/v1${path}`.replace(/:(\w+)/g, '{$1}');
      const operation = document.paths[documented]?.[method.toLowerCase()];
      const schema = operation?.requestBody?.content['application/json']?.schema;
      const as = ROLES.find((role) => reachOf(action, role) !== 'none');
      const leaves = schema ? leavesOf(schema) : [];
      if (!as || leaves.length === 0) continue;
      const url = `/api/v1${path}`.replace(/:\w+/g, () => newId());
      routes.push({ name: `${method} ${path}`, method: method as Route['method'], url, as, leaves });
    }
  });
  afterAll(() => betony.stop());

  /** What a route says of a body: its status, and the fields it finds fault with. */
  const tried = async ({ method, url, as }: Route, payload: object) => {
    const answer = await betony.inject({
      method,
      url,
      payload,
      headers: { ...people[as].headers, 'if-match': '"v1"' },
    });
    const { errors = [] } =
      answer.statusCode === 422 ? answer.json<{ errors?: { field: string; message: string }[] }>() : {};
    return { status: answer.statusCode, fields: errors.map(({ field }) => field), errors };
  };
  const nameOf = ({ path }: Leaf): string => path.join('.');
  const placesWhere = (wanted: (leaf: Leaf) => boolean): number =>
    routes.reduce((sum, { leaves }) => sum + leaves.filter(wanted).length, 0);

  /** Each value in all such places of every route at once: what is refused, and what is not. */
  const everywhere = async (
    wanted: (leaf: Leaf) => boolean,
    values: readonly unknown[],
    judge: (found: Awaited<ReturnType<typeof tried>>, leaf: Leaf) => string | null,
  ): Promise<string[]> => {
    const wrong: string[] = [];
    for (const route of routes) {
      const leaves = route.leaves.filter(wanted);
      if (leaves.length === 0) continue;
      for (const value of values) {
        const found = await tried(route, bodyOf(leaves, value));
        if (found.status >= 500)
          wrong.push(`${route.name}: ${String(found.status)} for ${JSON.stringify(value)}`);
        for (const leaf of leaves) {
          const fault = judge(found, leaf);
          if (fault !== null)
            wrong.push(`${route.name} ${nameOf(leaf)} = ${JSON.stringify(value).slice(0, 40)}: ${fault}`);
        }
      }
    }
    return wrong;
  };
  const refused = ({ status, fields }: Awaited<ReturnType<typeof tried>>, leaf: Leaf): string | null =>
    status === 422 && fields.some((field) => [field, `${field}.0`].includes(nameOf(leaf)))
      ? null
      : `${String(status)} ${fields.join(' ')}`;

  it('is found from the description of the API', () => {
    expect(routes.length).toBeGreaterThan(80);
    expect([placesWhere(isText) > 150, placesWhere(isDate) > 40, placesWhere(isTime) > 4]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('takes any script, either direction, and pictures', async () => {
    const written = (leaf: Leaf): boolean => isText(leaf) && (leaf.schema.maxLength ?? 0) >= WRITING.length;
    expect(placesWhere(written)).toBeGreaterThan(100);
    const wrong = await everywhere(written, [WRITING], ({ errors }, leaf) => {
      const fault = errors.find(({ field }) => field === nameOf(leaf));
      return fault?.message ?? null;
    });
    expect(wrong.filter((line) => !CODED.some((one) => line.startsWith(one)))).toEqual([]);
    expect(wrong).toHaveLength(CODED.length);
  });

  it('refuses by name what is no writing, and writes nothing', async () => {
    const watch = await watchWrites(betony.database);
    try {
      expect(await everywhere(isText, NO_WRITING, refused)).toEqual([]);
      expect(await everywhere(isList, [...NO_WRITING.map((one) => [one]), 'a'], refused)).toEqual([]);
      expect(await watch.written()).toEqual({});
    } finally {
      await watch.stop();
    }
  });

  it('refuses by name one letter too many, and 200 kB', async () => {
    const wrong: string[] = [];
    for (const route of routes) {
      const leaves = route.leaves.filter(isText);
      const lengths = new Set(leaves.map(({ schema }) => schema.maxLength ?? 0));
      const longest = Math.max(...lengths);
      for (const length of lengths) {
        const same = leaves.filter(({ schema }) => schema.maxLength === length);
        const found = await tried(route, bodyOf(same, 'a'.repeat(length + 1)));
        wrong.push(...same.flatMap((leaf) => (refused(found, leaf) ? `${route.name} ${nameOf(leaf)}` : [])));
      }
      const [huge] = leaves.filter(({ schema }) => schema.maxLength === longest);
      if (!huge) continue;
      const found = await tried(route, bodyOf([huge], BIG));
      const said = found.errors.find(({ field }) => field === nameOf(huge))?.message ?? BIG;
      if (refused(found, huge) !== null || said.length > 300)
        wrong.push(`${route.name} ${nameOf(huge)}: huge`);
    }
    expect(wrong).toEqual([]);
  });

  it('refuses days, times and moments that are none', async () => {
    expect(await everywhere(isDate, NO_DATES, refused)).toEqual([]);
    expect(await everywhere(isTime, NO_TIMES, refused)).toEqual([]);
    expect(await everywhere(isMoment, NO_MOMENTS, refused)).toEqual([]);
  });

  describe('of the pages that people reach by link', () => {
    interface Form {
      action: string;
      /** What the page itself fills in. */
      filled: Record<string, string>;
      written: string[];
    }
    let links: Links;
    let calls = 0;
    const forms = new Map<string, { form: Form; headers: Record<string, string> }>();

    const attribute = (tag: string, name: string): string =>
      new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const formsIn = (html: string, path: string): Form[] =>
      [...html.matchAll(/<form\b[^]*?<\/form>/g)].map(([whole]) => {
        const fields = [...whole.matchAll(/<(?:input|textarea)\b[^>]*>/g)].map(([tag]) => tag);
        const isWritten = (tag: string): boolean =>
          tag.startsWith('<textarea') ||
          ['', 'text', 'tel', 'email', 'search'].includes(attribute(tag, 'type'));
        return {
          action: attribute(whole.slice(0, whole.indexOf('>') + 1), 'action') || path,
          filled: Object.fromEntries(
            fields
              .filter((tag) => attribute(tag, 'type') === 'hidden')
              .map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')]),
          ),
          written: [...new Set(fields.filter(isWritten).map((tag) => attribute(tag, 'name')))],
        };
      });
    const ask = (method: 'GET' | 'POST', url: string, payload = '', headers: Record<string, string> = {}) =>
      betony.inject({
        method,
        url,
        // Another house each time: what is counted by network address is not what is tried here.
        remoteAddress: `10.1.${String(Math.floor(++calls / 200))}.${String(calls % 200)}`,
        headers: {
          ...headers,
          ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(method === 'POST' ? { payload } : {}),
      });
    const findForms = async (path: string, headers: Record<string, string> = {}): Promise<void> => {
      const page = await ask('GET', path, '', headers);
      expect([path, page.statusCode]).toEqual([path, 200]);
      for (const form of formsIn(page.body, path))
        forms.set(`${form.action} ${form.written.join()}`, { form, headers });
    };

    beforeAll(async () => {
      links = await linksOf(betony, 'field@example.org');
      const entered = await ask('POST', links.my, 'day=2&month=3&year=1948');
      const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
      for (const end of ['', '/no', '/worried']) await findForms(`${links.reply}${end}`);
      for (const kind of ['survey', 'tally', 'questions', 'claim', 'received', 'my'] as const)
        await findForms(links[kind]);
      for (const path of ['/reply', '/my/enter']) await findForms(path);
      for (const path of ['contact', 'message', 'feedback', 'stop'])
        await findForms(`/my/${path}`, { cookie });
    });

    it('are found with what people write in them', () => {
      const all = [...forms.values()].flatMap(({ form }) => form.written);
      expect(forms.size).toBeGreaterThan(12);
      expect(all.length).toBeGreaterThan(20);
    });

    it('never break, keep what is no writing out of the page, and take no 200 kB', async () => {
      const wrong: string[] = [];
      for (const [name, { form, headers }] of forms) {
        for (const value of [WRITING, 'a\u0000b\u001bc', '=cmd|calc', BIG]) {
          const written = Object.fromEntries(form.written.map((field) => [field, value]));
          const body = new URLSearchParams({
            ...form.filled,
            ...written,
            surprise: value.slice(0, 50),
          }).toString();
          const answer = await ask('POST', form.action, body, headers);
          const said = `${name.replaceAll(/[\w-]{43}/g, ':token')} ${String(answer.statusCode)} ${value.slice(0, 9)}`;
          if (answer.statusCode >= 500) wrong.push(said);
          if (['\u0000', '\u001b'].some((mark) => answer.body.includes(mark))) wrong.push(`${said} shown`);
          const goesOn = [200, 201, 303].includes(answer.statusCode);
          if (value === BIG && form.written.length > 0 && goesOn) wrong.push(`${said} taken`);
          if (answer.body.length > BIG.length) wrong.push(`${said} sent back`);
        }
      }
      expect(wrong).toEqual([]);
    });
  });

  describe('what is taken', () => {
    let worker: TestMember;
    let referralId: string;

    beforeAll(async () => {
      worker = people.link_worker;
      ({ referralId } = await aCase(scheme, worker));
    });
    const log = async (more: object) => {
      const answer = await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${referralId}/contacts`,
        headers: worker.headers,
        payload: { kind: 'phone', outcome: 'reached', note: 'As we said', ...more },
      });
      return { status: answer.statusCode, body: answer.json<{ id: string; note: string; nextOn: string }>() };
    };
    const referral = async () =>
      (await betony.inject({ url: `/api/v1/referrals/${referralId}`, headers: worker.headers })).json<{
        nextAt: string;
      }>();

    it('is kept as it was written', async () => {
      const note = `${WRITING}\n${WRITING}`;
      const { status, body } = await log({ note, nextOn: '2026-12-10' });
      expect([status, body.note]).toEqual([201, note]);
    });

    it('as a day is that whole day in London, also when its night has an hour too few or too many', async () => {
      for (const nextOn of ['2027-03-27', '2027-03-28', '2027-10-30', '2027-10-31', '2027-11-01']) {
        const { status, body } = await log({ nextOn });
        expect([status, body.nextOn]).toEqual([201, nextOn]);
        expect(onTheWall(new Date((await referral()).nextAt)).slice(0, 10)).toBe(nextOn);
      }
      for (const on of ['2027-03-28', '2027-10-31']) {
        const url = `/api/v1/referrals/${referralId}/appointments`;
        const payload = { kind: 'phone', on, time: '01:30', minutes: 30 };
        const answer = await betony.inject({ method: 'POST', url, headers: worker.headers, payload });
        const { errors } = answer.json<{ errors: { field: string; message: string }[] }>();
        expect([answer.statusCode, errors.map(({ field }) => field)]).toEqual([
          422,
          [on === '2027-03-28' ? 'time' : 'which'],
        ]);
        expect(errors[0]!.message).toMatch(/the clocks go/i);
      }
    });
  });
});
