import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { aSend } from '../factories/referrals.js';
import { aMember, aScheme, type TestMember } from '../support/people.js';
import { runProgram } from '../support/program.js';
import { eventually } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type TestDatabase, testDatabase } from '../support/test-database.js';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
/** Not needed by what people do below, so that one build serves before and after them: among them is the one that moves a whole table. */
const LATER = [
  '0116-problems-of-rows.sql',
  '0117-users-and-populations.sql',
  '0120-audit-by-month.sql',
  '0121-audit-archive.sql',
];
const AT_ONCE = 6;
const BEFORE = 60;
const AFTER = 60;

describe('migrations while a build serves that knew nothing of them', () => {
  let database: TestDatabase;
  let betony: TestApp;
  let folder: string;
  let practice: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'betony-serving-'));
    for (const file of readdirSync(MIGRATIONS).filter((one) => !LATER.includes(one)))
      copyFileSync(join(MIGRATIONS, file), join(folder, file));
    database = await testDatabase({ bare: true });
    await asSuperuser('create extension cube; create extension earthdistance');
    await migrate({ databaseUrl: database.url, databaseOwnerUrl: database.ownerUrl }, folder);
    betony = await startApp({ database });
    const scheme = await aScheme(betony);
    [practice, manager] = [await aMember(scheme, 'referrer'), await aMember(scheme, 'scheme_manager')];
  });
  afterAll(async () => {
    await betony.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const asSuperuser = async (text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };

  it('refuse nobody, and lose nothing that was sent or written down', async () => {
    const answers: string[] = [];
    const sent: string[] = [];
    let working = true;
    const work = async (): Promise<void> => {
      while (working) {
        const made = await betony.inject({
          method: 'POST',
          url: '/api/v1/referrals',
          headers: practice.headers,
          payload: aSend(),
        });
        answers.push(made.statusCode === 201 ? 'sent' : `${String(made.statusCode)} ${made.body}`);
        if (made.statusCode === 201) sent.push(made.json<{ id: string }>().id);
        for (const [url, { headers }] of [
          ['/api/v1/referrals?limit=5', practice],
          ['/api/v1/triage', manager],
        ] as const) {
          const read = await betony.inject({ url, headers });
          answers.push(read.statusCode === 200 ? 'read' : `${String(read.statusCode)} ${read.body}`);
        }
      }
    };
    const all = Promise.all(Array.from({ length: AT_ONCE }, work));
    await eventually(() => answers.length >= BEFORE);
    const before = answers.length;
    const migrating = runProgram('cli', ['migrate'], {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      AUDIT_KEY: betony.config.auditKey,
      TOKEN_KEY: betony.config.tokenKey,
      DATA_KEY: betony.config.dataKey,
    });
    expect([await migrating.ended, migrating.output()]).toEqual([
      0,
      expect.stringMatching(/Applied: .*auditbymonth|Applied: .*audit-by-month/),
    ]);
    const meanwhile = answers.length;
    expect(meanwhile).toBeGreaterThan(before);
    await eventually(() => answers.length >= meanwhile + AFTER);
    working = false;
    await all;

    expect(answers.filter((one) => !['sent', 'read'].includes(one))).toEqual([]);
    const kept = await asSuperuser('select id from referral');
    expect(kept.map(({ id }) => id).sort()).toEqual([...sent].sort());
    // Written down once each: by the old table, which was moved, or by the new one.
    const entries = await asSuperuser(
      `select subject_id as id from audit_entry where action = 'referral.send' order by 1`,
    );
    expect(entries.map(({ id }) => id)).toEqual([...sent].sort());
  });
});
