import { jest } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { INSTALLATION, systemActor } from '../../src/platform/actor/actor.types.js';
import type { Act } from '../../src/audit/acts.js';
import { audit } from '../../src/audit/audit.js';
import { AuditDetacher } from '../../src/audit/detach.service.js';
import { AuditMonths } from '../../src/audit/months.service.js';
import { AuditSealer, headFile } from '../../src/audit/seal.service.js';
import { AuditVerifier, type SchemeReport } from '../../src/audit/verify.service.js';
import { Database } from '../../src/platform/database/database.js';
import { prepared } from '../../src/platform/database/prepared.js';
import { Ticks } from '../../src/platform/jobs/ticks.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { newId } from '../../src/platform/pure/ids.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { numbersOf, sealedOf, Tamperer } from '../support/tampering.js';
import { eventually } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';

jest.setTimeout(330_000);

/** Other ones are drawn with `SEED=…`. */
const SEED = Number(process.env['SEED'] ?? 2026);
const TAMPERINGS = 1_000;

describe('the audit record', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let other: TestScheme;
  let superuser: pg.Client;

  beforeAll(async () => {
    betony = await startApp();
    superuser = new pg.Client({ connectionString: betony.database.superuserUrl });
    await superuser.connect();
  });
  beforeEach(async () => {
    [scheme, other] = [await aScheme(betony), await aScheme(betony)];
  });
  afterAll(async () => {
    await superuser.end();
    await betony.stop();
  });

  const write = (action: string, schemeId = scheme.id, clients: string[] = []) =>
    betony
      .get(UnitOfWork)
      .run(systemActor(schemeId, 'test'), (tx) => audit(tx, { action: action as Act, clients }));
  const report = (schemeId = scheme.id): Promise<SchemeReport> => betony.get(AuditVerifier).verify(schemeId);
  const problems = async (of = [scheme.id, other.id]) =>
    (await Promise.all(of.map(report))).flatMap((one) => one.problems);
  /** Other tests share the server, and one that seeds a million rows in one transaction holds sealing up until it ends. */
  const HELD_UP_MS = 300_000;
  const seal = () =>
    eventually(async () => {
      await betony.get(AuditSealer).sealAll();
      const reports = await Promise.all([scheme.id, other.id, INSTALLATION].map(report));
      return reports.every((one) => one.waiting === 0);
    }, HELD_UP_MS);
  /** What nobody but the owner of the server can do. */
  async function tamper(text: string, values: unknown[] = []): Promise<void> {
    for (const table of ['audit_entry', 'audit_seal'])
      await superuser.query(`alter table ${table} disable trigger all`);
    const { rowCount } = await superuser.query(text, values);
    expect(rowCount).toBeGreaterThan(0);
  }
  async function sealedThrice(): Promise<void> {
    for (const action of ['one.first', 'two.second', 'three.third']) {
      await write(action);
      await write(action, other.id);
      await seal();
    }
  }

  // First, since every test here makes the chain of the installation longer.
  it('shows a thousand changes drawn at random, and none where there is none', async () => {
    for (const round of [1, 2, 3, 4]) {
      for (let n = 0; n < 2 + round; n += 1) {
        await write(`round.number${String(round)}`, scheme.id, [newId()]);
        await write(`round.number${String(round)}`, other.id, [newId()]);
      }
      await superuser.query(
        `insert into audit_entry (scheme_id, at, actor_kind, action)
         select unnest($1::uuid[]), timestamptz '2025-03-10' + make_interval(months => month), 'system', 'of.old'
         from generate_series(0, 2) month`,
        [[scheme.id, other.id]],
      );
      await seal();
    }
    // Two months are detached: one is in the archive, the other was dropped.
    await betony.get(AuditMonths).make();
    await betony.get(AuditDetacher).detach('2025-05', 'test');
    await superuser.query('drop table archive.audit_entry_2025_04');
    await seal();
    // In one transaction, each change undone after it was looked for by the verifier, which reads what is not committed.
    const reading = {
      read: async (schemeId: string, statement: Sql) => {
        await superuser.query(`select set_config('app.scheme_id', $1, true)`, [schemeId]);
        return (await superuser.query(prepared(statement))).rows;
      },
    };
    const verifier = new AuditVerifier(betony.config, reading as unknown as Database);
    const found = async (first: string) => {
      const chains = [scheme.id, other.id, INSTALLATION];
      for (const one of [first, ...chains.filter((id) => id !== first)]) {
        if ((await verifier.verify(one)).problems.length > 0) return true;
      }
      return false;
    };
    await superuser.query('begin');
    try {
      await superuser.query(`set local session_replication_role = replica`);
      const sealed = await sealedOf(superuser, [scheme.id, other.id], 'audit_entry_2025_03');
      expect([sealed.entries.length > 40, sealed.seals.length >= 12]).toEqual([true, true]);
      expect(await found(scheme.id)).toBe(false);
      const tamperer = new Tamperer(numbersOf(SEED), sealed, 'another key that seals nothing of ours');
      const missed: string[] = [];
      const ways = new Map<string, number>();
      await superuser.query('savepoint untouched');
      for (let n = 0; n < TAMPERINGS; n += 1) {
        const { what, statements } = tamperer.draw();
        ways.set(what, (ways.get(what) ?? 0) + 1);
        for (const [text, values] of statements) {
          const { rowCount } = await superuser.query(text, values);
          if (rowCount === 0) missed.push(`${what}: changed nothing`);
        }
        const [first] = statements[0]?.[1] ?? [];
        if (!(await found(typeof first === 'string' ? first : scheme.id)))
          missed.push(`${what}: ${JSON.stringify(statements)}`);
        await superuser.query('rollback to untouched');
      }
      expect({ seed: SEED, missed }).toEqual({ seed: SEED, missed: [] });
      expect(ways.size).toBeGreaterThan(32);
      expect(await found(scheme.id)).toBe(false);
    } finally {
      await superuser.query('rollback');
    }
    expect(await problems()).toEqual([]);
  });

  it('is sealed per scheme, chained, once, and anchored in the installation', async () => {
    const before = (await report(INSTALLATION)).entries;
    await sealedThrice();
    const first = await report();
    expect(first).toEqual({
      schemeId: scheme.id,
      seals: 3,
      entries: 3,
      waiting: 0,
      waitingSince: null,
      away: [],
      head: { number: 3, mac: expect.stringMatching(/^[0-9a-f]{64}$/) },
      problems: [],
    });
    expect((await report(INSTALLATION)).entries).toBe(before + 6);
    expect(await betony.get(AuditSealer).sealScheme(scheme.id)).toEqual([]);
    const seals = await betony
      .get(Database)
      .read<{ number: number; previous: string; mac: string }>(
        scheme.id,
        sql`select number, previous, mac from audit_seal where scheme_id = ${scheme.id} order by number`,
      );
    expect(seals.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(seals[1]!.previous).toBe(seals[0]!.mac);
    expect(seals[2]!.previous).toBe(seals[1]!.mac);
  });

  it('is sealed by the worker, without being asked', async () => {
    await write('ticked.entry');
    await eventually(async () => {
      betony.clock.advance({ minutes: 5 });
      await betony.get(Ticks).runDue();
      // Other ticks may leave entries of their own.
      return (await report()).entries > 0;
    }, HELD_UP_MS);
    expect((await report()).problems).toEqual([]);
  });

  it('shows the lag', async () => {
    await write('late.entry');
    expect(await report()).toMatchObject({ seals: 0, waiting: 1, waitingSince: betony.clock.now() });
  });

  it('leaves an entry whose transaction is still open for the next seal', async () => {
    const open = new pg.Client({ connectionString: betony.database.url });
    await open.connect();
    await open.query('begin');
    await open.query(`select set_config('app.scheme_id', $1, true)`, [scheme.id]);
    await open.query(
      `insert into audit_entry (scheme_id, at, actor_kind, action) values ($1, now(), 'system', 'slow.write')`,
      [scheme.id],
    );
    await write('quick.write');
    await betony.get(AuditSealer).sealAll();
    expect((await report()).waiting).toBe(1);
    await open.query('commit');
    await open.end();
    await seal();
    expect(await report()).toMatchObject({ entries: 2, waiting: 0, problems: [] });
  });

  it('is sealed in batches that never cut a transaction in two', async () => {
    const many = (schemeId: string, count: number) =>
      betony.get(UnitOfWork).run(systemActor(schemeId, 'test'), (tx) =>
        tx.run(sql`
          insert into audit_entry (scheme_id, at, actor_kind, action)
          select ${schemeId}, ${tx.now}, 'system', 'bulk.write' from generate_series(1, ${count}::int)`),
      );
    await many(scheme.id, 3000);
    await many(scheme.id, 6000);
    await many(scheme.id, 100);
    await seal();
    expect(await report()).toMatchObject({ seals: 3, entries: 9100, problems: [] });
  });

  it('sealed by many at once is sealed once', async () => {
    for (let n = 0; n < 20; n++) await write(`entry.number${String(n)}`);
    await Promise.all(Array.from({ length: 8 }, () => betony.get(AuditSealer).sealScheme(scheme.id)));
    await seal();
    expect(await report()).toMatchObject({ entries: 20, problems: [] });
  });

  const stranger = newId();
  it.each<[string, string, unknown[], string]>([
    [
      'an action',
      `update audit_entry set action = 'x.y' where scheme_id = $1 and action = 'two.second'`,
      [],
      'altered',
    ],
    [
      'a moment, by a microsecond',
      `update audit_entry set at = at + interval '1 microsecond' where scheme_id = $1 and action = 'one.first'`,
      [],
      'altered',
    ],
    [
      'who did it',
      `update audit_entry set actor_id = $2 where scheme_id = $1 and action = 'three.third'`,
      [stranger],
      'altered',
    ],
    [
      'whom it showed',
      `update audit_entry set client_ids = array[$2::uuid] where scheme_id = $1 and action = 'one.first'`,
      [stranger],
      'altered',
    ],
    [
      'its details',
      `update audit_entry set details = '{"a":1}' where scheme_id = $1 and action = 'one.first'`,
      [],
      'altered',
    ],
    [
      'its request',
      `update audit_entry set request_id = 'r' where scheme_id = $1 and action = 'one.first'`,
      [],
      'altered',
    ],
    [
      'its order',
      `update audit_entry set id = default where scheme_id = $1 and action = 'one.first'`,
      [],
      'altered',
    ],
  ])('shows an entry with %s altered', async (_name, text, values, because) => {
    await sealedThrice();
    await tamper(text, [scheme.id, ...values]);
    expect(await problems()).toEqual([
      { schemeId: scheme.id, seal: expect.any(Number), problem: expect.stringContaining(because) },
    ]);
  });

  it('shows an entry removed, inserted, or moved to another scheme or seal', async () => {
    await sealedThrice();
    await tamper(`delete from audit_entry where scheme_id = $1 and action = 'two.second'`, [scheme.id]);
    expect(await problems()).toMatchObject([{ seal: 2, problem: expect.stringContaining('removed') }]);
    await tamper(
      `insert into audit_entry (scheme_id, xid, at, actor_kind, action)
       select scheme_id, xid, at, 'system', 'forged.entry' from audit_entry where scheme_id = $1 and action = 'one.first'`,
      [scheme.id],
    );
    expect((await problems()).map(({ seal: number }) => number)).toEqual([1, 2]);
    await tamper(`update audit_entry set scheme_id = $2 where scheme_id = $1 and action = 'three.third'`, [
      scheme.id,
      other.id,
    ]);
    expect((await problems()).map((one) => [one.schemeId, one.seal])).toEqual(
      expect.arrayContaining([
        [scheme.id, 3],
        [other.id, 3],
      ]),
    );
  });

  it('shows an entry slipped in before the first seal', async () => {
    await sealedThrice();
    await tamper(
      `insert into audit_entry (scheme_id, xid, at, actor_kind, action) values ($1, '1'::xid8, now(), 'system', 'forged.entry')`,
      [scheme.id],
    );
    expect(await problems()).toMatchObject([{ seal: 1, problem: expect.stringContaining('inserted') }]);
  });

  it.each([
    ['digest', `'${'f'.repeat(64)}'`],
    ['entries', '7'],
    ['to_xid', `'999999999999'::xid8`],
    ['previous', `'${'f'.repeat(64)}'`],
    ['sealed_at', `sealed_at + interval '1 microsecond'`],
    ['mac', `'${'f'.repeat(64)}'`],
  ])('shows a seal whose %s was altered', async (column, value) => {
    await sealedThrice();
    await tamper(`update audit_seal set ${column} = ${value} where scheme_id = $1 and number = 2`, [
      scheme.id,
    ]);
    expect((await problems()).map((one) => one.seal)).toContain(2);
  });

  it('shows a seal removed from the middle, and one removed from the end', async () => {
    await sealedThrice();
    await tamper(`delete from audit_seal where scheme_id = $1 and number = 2`, [scheme.id]);
    expect((await problems()).map((one) => one.problem)).toEqual([
      'A seal before this one was removed.',
      'Seal 2 was removed.',
    ]);
    await tamper(`delete from audit_seal where scheme_id = $1 and number = 3`, [other.id]);
    expect(await problems()).toContainEqual({
      schemeId: other.id,
      seal: null,
      problem: 'Seal 3 was removed.',
    });
  });

  it('shows that the end was unsealed, altered and sealed anew', async () => {
    await sealedThrice();
    await tamper(`delete from audit_seal where scheme_id = $1 and number = 3`, [scheme.id]);
    await tamper(`update audit_entry set action = 'x.y' where scheme_id = $1 and action = 'three.third'`, [
      scheme.id,
    ]);
    betony.clock.advance({ minutes: 5 });
    await seal();
    expect(await problems()).toContainEqual({
      schemeId: scheme.id,
      seal: 3,
      problem: 'The seal was replaced by another.',
    });
  });

  it('shows a cut end of the installation’s own chain by what is kept beside the database', async () => {
    await sealedThrice();
    await tamper(
      `delete from audit_seal where scheme_id = $1 and number = (select max(number) from audit_seal where scheme_id = $1)`,
      [INSTALLATION],
    );
    expect(await problems([INSTALLATION])).toMatchObject([{ schemeId: INSTALLATION, seal: null }]);
    rmSync(headFile(betony.config.dataDir));
    expect(await problems([INSTALLATION])).toEqual([]);
    const noted = { number: 99, mac: 'noted in a log' };
    const told = await betony.get(AuditVerifier).verifyAll(noted);
    expect(told.filter((one) => one.schemeId === INSTALLATION).flatMap((one) => one.problems)).toMatchObject([
      { problem: 'Seal 99 was removed.' },
    ]);
    writeFileSync(headFile(betony.config.dataDir), JSON.stringify(noted));
    expect(await problems([INSTALLATION])).toHaveLength(1);
  });
});
