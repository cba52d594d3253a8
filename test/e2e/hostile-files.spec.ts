import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RouteCheck } from '../../src/permissions/route-check.js';
import { isPage } from '../../src/platform/http/pages.js';
import { newId } from '../../src/platform/pure/ids.js';
import { aProvider } from '../factories/providers.js';
import { BOUNDARY, field, HOSTILE_FILES, HOSTILE_FORMS, text } from '../support/hostile-files.js';
import { aMember, anOrganisation, aScheme, type TestMember } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { aForm } from '../support/upload.js';
import { watchWrites, type WriteWatch } from '../support/write-watch.js';

/** Somewhere that a file comes in. */
interface Door {
  url: string;
  who: TestMember;
  /** What a page wants before the file; null where the file is the body. */
  fields: Readonly<Record<string, string>> | null;
  /** Tables in which it is noted that somebody tried, and why it was refused. */
  notes?: readonly string[];
}

const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;
const BYTES = 'application/octet-stream';
const TRIED = ['audit_entry', 'import_batch', 'outbox'];

describe('files that nobody should take', () => {
  let betony: TestApp;
  let writes: WriteWatch;
  let doors: Record<string, Door>;
  beforeAll(async () => {
    betony = await startApp();
    const scheme = await aScheme(betony);
    const group = await aProvider(scheme);
    const lead = await aMember(scheme, 'scheme_manager');
    const practice = await aMember(scheme, 'referrer', {
      organisation: await anOrganisation(scheme, 'gp_practice'),
    });
    const rose = await aMember(scheme, 'provider_member', { organisation: group });
    const outlines = { source: 'Drawn by hand' };
    const of = ({ browser }: TestMember) => ({ _csrf: browser.formToken });
    doors = {
      'POST /providers/:id/evidence': {
        url: `/api/v1/providers/${group}/evidence?kind=safeguarding_policy`,
        who: rose,
        fields: {},
      },
      'POST /neighbourhoods/outlines': {
        url: '/api/v1/neighbourhoods/outlines?source=Drawn+by+hand',
        who: lead,
        fields: {},
      },
      'POST /imports/file': {
        url: '/api/v1/imports/file?kind=assets',
        who: lead,
        fields: null,
        notes: TRIED,
      },
      'POST /bulk-referrals': { url: '/api/v1/bulk-referrals', who: practice, fields: null },
      'POST /desk/groups/:id/evidence': {
        url: `/desk/groups/${group}/evidence`,
        who: lead,
        fields: { ...of(lead), kind: 'safeguarding_policy' },
      },
      'POST /desk/outlines': {
        url: '/desk/outlines',
        who: lead,
        fields: { ...of(lead), ...outlines },
      },
      'POST /desk/imports/file': {
        url: '/desk/imports/file',
        who: lead,
        fields: { ...of(lead), kind: 'assets' },
        notes: TRIED,
      },
      'POST /desk/bulk-refer/file': { url: '/desk/bulk-refer/file', who: practice, fields: of(practice) },
    };
    writes = await watchWrites(betony.database);
  });
  afterAll(async () => {
    await writes.stop();
    await betony.stop();
  });

  const send = ({ url, who }: Door, type: string, payload: Buffer) =>
    betony.inject({
      method: 'POST',
      url,
      headers: {
        ...(isPage(url) ? { cookie: who.browser.cookie } : who.headers),
        'content-type': type,
      },
      payload,
    });
  const before = (fields: Door['fields']) =>
    Object.entries(fields ?? {})
      .map(([name, value]) => field(name, value))
      .join('');
  const filesOnDisk = (): string[] =>
    readdirSync(betony.config.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();

  /** Why it was refused, as whoever sent it reads it. */
  const reasonIn = (url: string, body: string): string => {
    if (!isPage(url)) {
      const { errors, detail } = JSON.parse(body) as { errors?: { message: string }[]; detail?: string };
      return errors?.[0]?.message ?? detail ?? '';
    }
    const [, summary] = /<div class="nhsuk-error-summary"[\s\S]*?<li>([\s\S]*?)<\/li>/.exec(body) ?? [];
    const [, page] = /<main[^>]*>([\s\S]*?)<\/main>/.exec(body) ?? [];
    return (summary ?? page ?? '').replaceAll(/<[^>]*>/g, '').trim();
  };

  /** Everything about an answer that is not a refusal with a reason, and all that is left of what was sent. */
  async function faultsOf(door: Door, type: string, payload: Buffer): Promise<object> {
    const there = filesOnDisk();
    await writes.written();
    const { statusCode, headers, body } = await send(door, type, payload);
    const written = Object.keys(await writes.written()).filter((table) => !door.notes?.includes(table));
    return {
      ...(statusCode >= 400 && statusCode < 500 ? {} : { statusCode }),
      ...(String(headers['content-type']).startsWith(
        isPage(door.url) ? 'text/html' : 'application/problem+json',
      )
        ? {}
        : { type: headers['content-type'] }),
      ...(statusCode < 400 || reasonIn(door.url, body) ? {} : { body }),
      ...(/at \w+ \(|node_modules|\/tmp\//.test(body) ? { body } : {}),
      ...(written.length > 0 ? { written } : {}),
      ...(filesOnDisk().join() === there.join() ? {} : { left: filesOnDisk() }),
    };
  }

  async function atEveryDoor(of: (door: Door) => { type: string; payload: Buffer } | null): Promise<object> {
    const found: Record<string, object> = {};
    for (const [name, door] of Object.entries(doors)) {
      const sent = of(door);
      const faults = sent && (await faultsOf(door, sent.type, sent.payload));
      if (faults && Object.keys(faults).length > 0) found[name] = faults;
    }
    return found;
  }

  it.each(HOSTILE_FILES.map((one) => [one.what, one] as const))(
    'are refused with a reason at every door, and nothing is left: %s',
    async (_what, { bytes, name, type }) => {
      const given = await bytes();
      expect(
        await atEveryDoor(({ fields }) =>
          fields === null
            ? { type: BYTES, payload: given }
            : {
                type: MULTIPART,
                payload: Buffer.concat([
                  text(before(fields)),
                  aForm(given, { name, type, boundary: BOUNDARY }).payload,
                ]),
              },
        ),
      ).toEqual({});
    },
  );

  it.each(HOSTILE_FORMS.map((one) => [one.what, one] as const))(
    'are refused in what is no form with one file: %s',
    async (_what, { type, payload }) => {
      expect(
        await atEveryDoor(({ fields }) =>
          fields === null ? null : { type, payload: payload(before(fields)) },
        ),
      ).toEqual({});
    },
  );

  it('come in by these doors alone', async () => {
    const routes = betony.get(RouteCheck).routes();
    const found: string[] = [];
    for (const { method, path } of routes.filter((route) => route.method !== 'GET')) {
      const url = `${isPage(path) ? '' : '/api/v1'}${path.replaceAll(/:\w+/g, newId())}`;
      const refused = async (type: string): Promise<boolean> => {
        const headers = { 'content-type': type };
        const answer = await betony.inject({ method: method as 'POST', url, headers, payload: '--b--\r\n' });
        expect([url, answer.statusCode]).not.toEqual([url, 404]);
        return answer.statusCode === 415;
      };
      if (!(await refused(MULTIPART)) || !(await refused(BYTES))) found.push(`${method} ${path}`);
    }
    expect(routes.length).toBeGreaterThan(900);
    expect(found.sort()).toEqual(Object.keys(doors).sort());
  });
});
