import pg from 'pg';
import { AuditDetacher } from '../../src/audit/detach.service.js';
import { auditDetachCommand } from '../../src/audit/detach.command.js';
import { auditVerifyCommand } from '../../src/audit/audit.command.js';
import { DETACH } from '../../src/audit/detachment.rules.js';
import { AuditMonths } from '../../src/audit/months.service.js';
import { AuditSealer } from '../../src/audit/seal.service.js';
import { AuditVerifier } from '../../src/audit/verify.service.js';
import type { Act } from '../../src/audit/acts.js';
import { audit } from '../../src/audit/audit.js';
import { INSTALLATION, systemActor } from '../../src/platform/actor/actor.types.js';
import { Config } from '../../src/platform/config/config.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { eventually } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';

/** Other tests share the server, and a long transaction of theirs holds sealing up. */
const HELD_UP_MS = 120_000;

describe('a month taken out of the audit record', () => {
  let betony: TestApp;
  let mine: TestScheme;
  let other: TestScheme;
  let superuser: pg.Client;
  let app: pg.Client;

  beforeEach(async () => {
    betony = await startApp({ now: '2025-04-10T10:00:00Z' });
    superuser = new pg.Client({ connectionString: betony.database.superuserUrl });
    app = new pg.Client({ connectionString: betony.database.url });
    await Promise.all([superuser.connect(), app.connect()]);
    [mine, other] = [await aScheme(betony), await aScheme(betony)];
  });
  afterEach(async () => {
    await Promise.all([superuser.end(), app.end()]);
    await betony.stop();
  });

  const write = (action: string, schemeId = mine.id) =>
    betony.get(UnitOfWork).run(systemActor(schemeId, 'test'), (tx) => audit(tx, { action: action as Act }));
  const report = (schemeId = mine.id) => betony.get(AuditVerifier).verify(schemeId);
  const seal = () =>
    eventually(async () => {
      await betony.get(AuditSealer).sealAll();
      const reports = await betony.get(AuditVerifier).verifyAll();
      return reports.every(({ waiting }) => waiting === 0);
    }, HELD_UP_MS);
  const detach = (before: string) => betony.get(AuditDetacher).detach(before, 'the technician');
  const problems = async () =>
    (await betony.get(AuditVerifier).verifyAll()).flatMap((one) =>
      one.problems.map(({ problem }) => problem),
    );
  /** Seal 1 is of April, seal 2 of April and May, seal 3 of May. */
  async function aprilAndMay(): Promise<void> {
    await write('first.april');
    await write('others.april', other.id);
    await seal();
    await write('second.april');
    betony.clock.advance({ days: 30 });
    await write('first.may');
    await seal();
    await write('second.may');
    await seal();
    await betony.get(AuditMonths).make();
  }
  const drop = (table: string) => superuser.query(`drop table archive.${table}`);
  const keep = (table: string) =>
    superuser.query(`create schema if not exists kept; create table kept.${table} as table archive.${table}`);
  const bringBack = (table: string) =>
    superuser.query(`
      create table archive.${table} as table kept.${table};
      alter table archive.${table} owner to ${decodeURIComponent(new URL(betony.database.ownerUrl).username)}`);
  /** What nobody but the owner of the server can do. */
  async function tamper(table: string, text: string): Promise<void> {
    await superuser.query(`alter table ${table} disable trigger all`);
    expect((await superuser.query(text)).rowCount).toBeGreaterThan(0);
  }

  it('stays whole in the archive, which the application cannot reach', async () => {
    await aprilAndMay();
    const before = await report();
    expect(await detach('2025-05')).toEqual([
      { month: '2025-04', table: 'audit_entry_2025_04', entries: expect.any(Number) },
    ]);
    const after = await report();
    expect(after).toMatchObject({ entries: before.entries, away: [], problems: [] });
    expect(await problems()).toEqual([]);
    await expect(app.query('select from archive.audit_entry_2025_04')).rejects.toThrow(/permission denied/);
    const { rows } = await superuser.query<{ action: string }>(
      `select action from audit_entry where scheme_id = $1 order by id`,
      [mine.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(['first.may', 'second.may', DETACH]);
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    expect((await owner.query('select from archive.audit_entry_2025_04')).rowCount).toBeGreaterThan(0);
    for (const text of [
      `update archive.audit_entry_2025_04 set action = 'x.y'`,
      'delete from archive.audit_entry_2025_04',
      'truncate archive.audit_entry_2025_04',
    ])
      await expect(owner.query(text)).rejects.toThrow(/append-only/);
    await owner.end();
  });

  it('that was dumped and dropped is named with its seals, its day and who did it, and may come back', async () => {
    await aprilAndMay();
    await detach('2025-05');
    await keep('audit_entry_2025_04');
    await drop('audit_entry_2025_04');
    const away = {
      month: '2025-04',
      table: 'audit_entry_2025_04',
      at: betony.clock.now().toISOString(),
      by: 'the technician',
    };
    expect(await report()).toMatchObject({ problems: [], away: [{ ...away, seals: 2 }] });
    expect(await report(other.id)).toMatchObject({ problems: [], away: [{ ...away, seals: 1 }] });
    expect(await problems()).toEqual([]);
    await bringBack('audit_entry_2025_04');
    expect(await report()).toMatchObject({ problems: [], away: [] });
  });

  it('leaves what is left of its seals under them', async () => {
    await aprilAndMay();
    await detach('2025-05');
    await drop('audit_entry_2025_04');
    await tamper(
      'audit_entry',
      `update audit_entry set action = 'x.y' where scheme_id = '${mine.id}' and action = 'first.may'`,
    );
    expect(await problems()).toEqual([expect.stringContaining('Beside the entries that were detached')]);
  });

  it('is checked as long as it is there, beside others that are not', async () => {
    await aprilAndMay();
    betony.clock.advance({ days: 30 });
    await detach('2025-06');
    await drop('audit_entry_2025_04');
    expect(await report()).toMatchObject({ problems: [], away: [{ month: '2025-04', seals: 2 }] });
    await tamper(
      'archive.audit_entry_2025_05',
      `delete from archive.audit_entry_2025_05 where action = 'first.may'`,
    );
    expect(await problems()).toEqual([expect.stringContaining('Beside the entries that were detached')]);
  });

  it('from which a row is missing shows it', async () => {
    await aprilAndMay();
    await detach('2025-05');
    await tamper(
      'archive.audit_entry_2025_04',
      `delete from archive.audit_entry_2025_04 where action = 'second.april'`,
    );
    expect(await problems()).toEqual([expect.stringContaining('Entries were removed')]);
  });

  it('by hand shows as removed, or as known to nobody', async () => {
    await aprilAndMay();
    await superuser.query('alter table audit_entry detach partition months.audit_entry_2025_04');
    expect(await problems()).toContainEqual(expect.stringContaining('Entries were removed'));
    await superuser.query('alter table months.audit_entry_2025_04 set schema archive');
    expect(await problems()).toEqual([
      'No entry says that the month in archive.audit_entry_2025_04 was detached.',
    ]);
  });

  it('that never was, is not believed of an entry without the key', async () => {
    await aprilAndMay();
    await detach('2025-05');
    const forged = (schemeId: string, change: string) =>
      superuser.query(
        `insert into audit_entry (scheme_id, at, actor_kind, actor_name, action, subject_kind, subject_id, details)
         select $2, at, actor_kind, actor_name, action, subject_kind, $2, details || $3::jsonb
         from audit_entry where scheme_id = $1 and action = 'audit.detach'`,
        [mine.id, schemeId, change],
      );
    await forged(mine.id, '{"month": "2025-05", "table": "audit_entry_2025_05", "whole": [[3, 3]]}');
    await seal();
    expect(await problems()).toEqual([expect.stringContaining('was not written by audit:detach')]);
    await tamper(
      'audit_entry',
      `delete from audit_entry where scheme_id = '${mine.id}' and action = 'second.may'`,
    );
    expect(await problems()).toContainEqual(expect.stringContaining('Entries were removed'));
    await forged(other.id, '{}');
    expect((await report(other.id)).problems).toMatchObject([{ seal: null }]);
  });

  it('is still known when the month goes whose entries tell of it', async () => {
    await aprilAndMay();
    await detach('2025-05');
    await drop('audit_entry_2025_04');
    await seal();
    await betony.get(AuditMonths).make();
    betony.clock.advance({ days: 30 });
    await detach('2025-06');
    await drop('audit_entry_2025_05');
    expect(await report()).toMatchObject({
      problems: [],
      away: [
        { month: '2025-04', at: expect.stringMatching(/^2025-05-10/) },
        { month: '2025-05', at: expect.stringMatching(/^2025-06-09/) },
      ],
    });
    expect(await problems()).toEqual([]);
    await tamper('audit_seal', `delete from audit_seal where scheme_id = '${other.id}'`);
    expect(await problems()).toContainEqual(expect.stringContaining('was removed'));
  });

  it('may go once more, under another name, where entries came late', async () => {
    await aprilAndMay();
    await detach('2025-05');
    await superuser.query(
      `insert into audit_entry (scheme_id, at, actor_kind, action) values ($1, '2025-04-30', 'system', 'late.april')`,
      [mine.id],
    );
    await betony.get(AuditMonths).make();
    await seal();
    expect(await detach('2025-05')).toEqual([
      { month: '2025-04', table: 'audit_entry_2025_04_2', entries: 1 },
    ]);
    expect(await problems()).toEqual([]);
    await drop('audit_entry_2025_04');
    expect(await report()).toMatchObject({
      problems: [],
      away: [{ table: 'audit_entry_2025_04', seals: 2 }],
    });
  });

  it('must be over, of a record that verifies, and is taken by the owner alone', async () => {
    await aprilAndMay();
    await expect(detach('2999-01')).rejects.toThrow('must not be later than this month');
    expect(await detach('2020-01')).toEqual([]);
    const config = new Config({ ...betony.config, databaseOwnerUrl: null });
    const { clock } = betony;
    const notOwner = new AuditDetacher(config, clock, betony.get(AuditSealer), betony.get(AuditVerifier));
    await expect(notOwner.detach('2025-05', 'nobody')).rejects.toThrow('DATABASE_OWNER_URL is missing');
    await tamper(
      'audit_entry',
      `delete from audit_entry where scheme_id = '${mine.id}' and action = 'first.april'`,
    );
    await expect(detach('2025-05')).rejects.toThrow('does not verify');
    const { rows } = await superuser.query(`select from audit_entry where scheme_id = $1`, [INSTALLATION]);
    expect(rows.length).toBeGreaterThan(0);
  });

  it('is taken and told of by commands', async () => {
    await aprilAndMay();
    const said: string[] = [];
    const context = {
      config: betony.config,
      app: () => Promise.resolve(betony.app),
      print: (text: string) => said.push(text),
    };
    await expect(auditDetachCommand.run(context, ['--before', '2025-13'])).rejects.toThrow(
      '--before 2024-01',
    );
    await auditDetachCommand.run(context, ['--before', '2025-05']);
    expect(said[0]).toMatch(/^2025-04: \d+ entries are in archive\.audit_entry_2025_04 now\.$/);
    await drop('audit_entry_2025_04');
    said.length = 0;
    await auditVerifyCommand.run(context, []);
    expect(said.join('\n')).toMatch(
      /Of its seals 2 cannot be checked without archive\.audit_entry_2025_04, detached on 2025-05-10 by \S+/,
    );
    expect(said.at(-1)).toBe('No change after sealing was found.');
  });
});
