import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import sql from 'sql-template-tag';
import { codeOf } from '../../src/onward-referrals/reply-link.rules.js';
import { newId } from '../../src/platform/pure/ids.js';
import { sha256 } from '../../src/platform/pure/hash.js';
import { linksOf, tokenOf, type Links } from '../support/links.js';
import { type Program, runProgram, startedAt } from '../support/program.js';
import { rowsOf } from '../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const SHIFTED = pathToFileURL(join(import.meta.dirname, '../support/shifted-clock.js')).href;

describe('links, through the program as people run it', () => {
  let betony: TestApp;
  let program: Program;
  let address: string;
  let dataDir: string;
  let ours: Links;
  let theirs: Links;

  beforeAll(async () => {
    betony = await startApp();
    [ours, theirs] = [await linksOf(betony, 'mo@example.org'), await linksOf(betony, 'rose@example.org')];
    dataDir = mkdtempSync(join(tmpdir(), 'betony-logs-'));
    program = runProgram('main', [], {
      DATABASE_URL: betony.database.url,
      DATABASE_OWNER_URL: betony.database.ownerUrl,
      AUDIT_KEY: betony.config.auditKey,
      TOKEN_KEY: betony.config.tokenKey,
      DATA_KEY: betony.config.dataKey,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'trace',
      NODE_OPTIONS: `--import ${SHIFTED}`,
      BETONY_TEST_NOW: TEST_NOW,
    });
    address = await startedAt(program);
  }, 180_000);
  afterAll(async () => {
    program.child.kill('SIGTERM');
    await program.ended;
    await betony.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const ask = async (method: 'GET' | 'POST', path: string, form: Record<string, string> = {}) => {
    const answer = await fetch(`${address}${path}`, {
      method,
      redirect: 'manual',
      ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
    });
    return { status: answer.status, body: await answer.text() };
  };
  /** All the program wrote but the mail itself, which is for the one it is addressed to. */
  const logged = (): string =>
    [
      program.output(),
      ...readdirSync(dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('outbox'))
        .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')),
    ].join('\n');
  const stateOf = async ({ scheme, offer }: Links) =>
    (await rowsOf<{ state: string }>(scheme, sql`select state from onward_referral where id = ${offer}`))[0]
      ?.state;
  const saidIn = async ({ scheme }: Links) =>
    (
      await rowsOf<{ line: string }>(
        scheme,
        sql`
          select concat_ws(' ', (select count(*) from survey_reply where scheme_id = ${scheme.id}),
            (select count(*) from provider_claim where scheme_id = ${scheme.id} and state = 'waiting')) as line`,
      )
    )[0]?.line;

  it('opens with each link what is of its own scheme, and takes the answer there alone', async () => {
    expect((await ask('POST', `${ours.reply}/yes`, { _key: newId() })).status).toBe(303);
    expect([await stateOf(ours), await stateOf(theirs)]).toEqual(['accepted', 'offered']);
    const before = await saidIn(theirs);
    expect((await ask('POST', ours.survey, { people: 'Our treasurer speaks Farsi' })).status).toBe(303);
    expect((await ask('POST', ours.claim)).status).toBe(303);
    expect(await saidIn(theirs)).toBe(before);
    expect(await saidIn(ours)).not.toBe(before);
    expect((await ask('GET', theirs.claim)).status).toBe(200);
    expect((await ask('GET', ours.claim)).status).toBe(410);
  });

  it('keeps no token with the key of a form, however the address was written', async () => {
    const routes = async () =>
      rowsOf<{ route: string }>(
        ours.scheme,
        sql`select route from idempotency_key where scheme_id = ${ours.scheme.id} and route like '/reply/%'`,
      );
    const token = tokenOf(ours.reply);
    expect(await routes()).toEqual([{ route: `/reply/${sha256(token)}/yes` }]);
    const spelt = `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`;
    await ask('POST', `/reply/${spelt}/in-touch`, { _key: newId(), reached: 'yes' });
    expect(await routes()).toContainEqual({ route: `/reply/${sha256(token)}/in-touch` });
    expect(await routes()).toHaveLength(2);

    // And of those that the version before kept, none outlives the upgrade; keys of other writes do.
    const others = ['/api/v1/referrals/0192f0c4-7b1a-7cc3-9a7e-3f2b1c4d5e6f/accept', '/desk/away'];
    const { id } = ours.scheme;
    for (const route of [`/reply/${token}/yes`, `/survey/${token}`, ...others]) {
      await rowsOf(
        ours.scheme,
        sql`
          insert into idempotency_key (scheme_id, membership_id, method, route, key, body_hash, created_at)
          values (${id}, ${newId()}, 'POST', ${route}, 'before', '', now())`,
      );
    }
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    await owner.query(readFileSync('migrations/0104-no-tokens-among-keys.sql', 'utf8'));
    await owner.end();
    const left = await rowsOf<{ route: string }>(
      ours.scheme,
      sql`select route from idempotency_key where scheme_id = ${id} and key = 'before' order by route`,
    );
    expect(left.map(({ route }) => route)).toEqual(others);
    expect(await routes()).toHaveLength(2);
  });

  it('never writes a token or a code into a log, right or wrong, however it is used', async () => {
    const secrets = new Set<string>();
    const places = [
      ['reply', ['', '/no', '/new-link', '/worried', '/nonsense']],
      ['shared', ['', '/code']],
      ['survey', ['', '/thanks']],
      ['tally', ['']],
      ['questions', ['', '/1', '/send', '/no-more']],
      ['claim', ['']],
      ['received', ['']],
      ['my', ['']],
      ['calendar', ['']],
    ] as const;
    const statuses = new Set<number>();
    for (const [kind, ends] of places) {
      const right = theirs[kind];
      const forged = right.replace(tokenOf(right), `${kind}-forged-`.padEnd(43, 'Zq7'));
      for (const path of [right, forged, `${right}%00`, `${right}/`.repeat(2)]) {
        secrets.add(tokenOf(path));
        for (const end of ends) {
          const answers = [await ask('GET', `${path}${end}?token=${tokenOf(path)}`)];
          answers.push(await ask('POST', `${path}${end}`, { note: 'x', token: tokenOf(path) }));
          for (const { status } of answers) statuses.add(status);
        }
      }
    }
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    expect(statuses).toContain(200);
    const codes = await rowsOf<{ id: string }>(
      theirs.scheme,
      sql`select id from reply_code where scheme_id = ${theirs.scheme.id}`,
    );
    expect(codes.length).toBeGreaterThan(0);
    // What somebody typed in is as good as a code to whoever reads it tried.
    for (const code of ['918273', ...codes.map(({ id }) => codeOf(betony.config.tokenKey, id))]) {
      await ask('POST', `${theirs.shared}/open`, { code });
      secrets.add(`"${code}"`).add(`=${code}`).add(` ${code}`);
    }
    const log = logged();
    expect(log).toContain('"route":"/reply/:token/:verb"');
    expect(log).toContain('"route":"/api/v1/calendars/:file"');
    expect(log).toContain('"route":"/received/:token"');
    expect(log).toContain('"route":"/my/link/:token"');
    expect([...secrets].filter((secret) => secret.length < 7)).toEqual([]);
    expect([...secrets].filter((secret) => log.includes(secret))).toEqual([]);
    for (const kind of ['reply', 'survey', 'claim'] as const) expect(log).not.toContain(tokenOf(ours[kind]));
  });
});
