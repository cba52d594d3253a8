import pg from 'pg';
import { AuditMonths } from '../../src/audit/months.service.js';
import { AuditSealer } from '../../src/audit/seal.service.js';
import { AuditVerifier } from '../../src/audit/verify.service.js';
import type { Act } from '../../src/audit/acts.js';
import { audit } from '../../src/audit/audit.js';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Readiness } from '../../src/platform/health/readiness.js';
import { Ticks } from '../../src/platform/jobs/ticks.js';
import { eventually } from '../support/settle.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe('the audit record by month', () => {
  let betony: TestApp;
  let mine: TestScheme;
  let other: TestScheme;
  let superuser: pg.Client;
  let owner: pg.Client;
  let app: pg.Client;

  beforeAll(async () => {
    betony = await startApp();
    const { superuserUrl, ownerUrl, url } = betony.database;
    [superuser, owner, app] = [superuserUrl, ownerUrl, url].map(
      (connectionString) => new pg.Client({ connectionString }),
    ) as [pg.Client, pg.Client, pg.Client];
    await Promise.all([superuser.connect(), owner.connect(), app.connect()]);
  });
  beforeEach(async () => {
    [mine, other] = [await aScheme(betony), await aScheme(betony)];
  });
  afterAll(async () => {
    await Promise.all([superuser.end(), owner.end(), app.end()]);
    await betony.stop();
  });

  const MINUTE = 60_000;
  const writeAt = async (moment: string, action: string, schemeId = mine.id) => {
    betony.clock.advance({ minutes: (Date.parse(moment) - betony.clock.now().getTime()) / MINUTE });
    await betony
      .get(UnitOfWork)
      .run(systemActor(schemeId, 'test'), (tx) => audit(tx, { action: action as Act }));
  };
  const asked = async <Row extends object>(text: string, values: unknown[] = []) =>
    (await superuser.query<Row>(text, values)).rows;
  const whereIs = async (action: string) =>
    (
      await asked<{ part: string }>(
        `select tableoid::regclass::text as part from audit_entry where scheme_id = $1 and action = $2`,
        [mine.id, action],
      )
    ).map(({ part }) => part);
  const parts = async () =>
    (
      await asked<{ part: string }>(
        `select inhrelid::regclass::text as part from pg_inherits where inhparent = 'audit_entry'::regclass order by 1`,
      )
    ).map(({ part }) => part);
  /** By the database's own day, whatever it is when this runs. */
  const ahead = async (months: number) => {
    const [row] = await asked<{ part: string }>(
      `select to_char(date_trunc('month', now() at time zone 'UTC') + make_interval(months => $1),
         '"months.audit_entry_"YYYY_MM') as part`,
      [months],
    );
    return row!.part;
  };
  /** In a transaction that is undone, bound to a scheme or to none. */
  async function inside<Result>(client: pg.Client, schemeId: string | null, work: () => Promise<Result>) {
    await client.query('begin');
    try {
      if (schemeId) await client.query(`select set_config('app.scheme_id', $1, true)`, [schemeId]);
      return await work();
    } finally {
      await client.query('rollback');
    }
  }

  it('has this month and three ahead, and one for what has no month', async () => {
    const months = await Promise.all([0, 1, 2, 3].map(ahead));
    expect(await parts()).toEqual(expect.arrayContaining([...months, 'months.audit_entry_other']));
  });

  it('keeps what has no month yet, and moves it when its month is made, with the seal whole', async () => {
    await writeAt('2031-03-31T23:30:00Z', 'late.march');
    await writeAt('2031-04-01T00:30:00Z', 'early.april');
    expect(await whereIs('late.march')).toEqual(['months.audit_entry_other']);
    await eventually(async () => {
      await betony.get(AuditSealer).sealAll();
      return (await betony.get(AuditVerifier).verify(mine.id)).waiting === 0;
    });
    const before = await asked(`select * from audit_entry where scheme_id = $1 order by id`, [mine.id]);

    await betony.get(AuditMonths).make();

    expect(await whereIs('late.march')).toEqual(['months.audit_entry_2031_03']);
    expect(await whereIs('early.april')).toEqual(['months.audit_entry_2031_04']);
    expect(await asked(`select * from audit_entry where scheme_id = $1 order by id`, [mine.id])).toEqual(
      before,
    );
    expect(await betony.get(AuditVerifier).verify(mine.id)).toMatchObject({ entries: 2, problems: [] });
    expect(await asked('select from months.audit_entry_other')).toHaveLength(0);
  });

  it('has its months made by the worker, by a migration, and by many at once', async () => {
    const lost = await ahead(2);
    const drop = () =>
      superuser.query(`alter table audit_entry detach partition ${lost}; drop table ${lost}`);
    await drop();
    betony.clock.advance({ days: 2 });
    await betony.get(Ticks).runDue();
    expect(await parts()).toContain(lost);
    await drop();
    await migrate({ databaseUrl: betony.config.databaseUrl, databaseOwnerUrl: betony.database.ownerUrl });
    expect(await parts()).toContain(lost);
    await drop();
    await Promise.all(Array.from({ length: 5 }, () => betony.get(AuditMonths).make()));
    expect(await parts()).toContain(lost);
  });

  it('warns where the next month is missing', async () => {
    const warned = async () =>
      (await betony.get(Readiness).check()).warnings.filter((text) => text.includes('audit record'));
    expect(await warned()).toEqual([]);
    const next = await ahead(1);
    await superuser.query(`alter table audit_entry detach partition ${next}; drop table ${next}`);
    const month = next.slice(-7).replace('_', '-');
    expect(await warned()).toEqual([expect.stringContaining(`has no table for ${month}`)]);
    await betony.get(AuditMonths).make();
    expect(await warned()).toEqual([]);
  });

  it('lets whoever reads for long read on, and makes the month another time', async () => {
    const lost = await ahead(3);
    await superuser.query(`alter table audit_entry detach partition ${lost}; drop table ${lost}`);
    await owner.query('begin');
    await owner.query('select count(*) from audit_entry');
    await expect(betony.get(AuditMonths).make()).rejects.toMatchObject({ code: '55P03' });
    await owner.query('rollback');
    await betony.get(AuditMonths).make();
    expect(await parts()).toContain(lost);
  });

  describe('with an entry of two schemes in each part', () => {
    let year = 2032;
    let may: string;
    let everyPart: string[];
    beforeEach(async () => {
      year += 1;
      may = `months.audit_entry_${String(year)}_05`;
      for (const schemeId of [mine.id, other.id]) {
        await writeAt(`${String(year)}-05-05T10:00:00Z`, 'of.may', schemeId);
      }
      await betony.get(AuditMonths).make();
      for (const schemeId of [mine.id, other.id]) {
        await writeAt(`${String(year)}-06-05T10:00:00Z`, 'of.june', schemeId);
      }
      everyPart = await parts();
      expect(everyPart).toEqual(expect.arrayContaining([may, 'months.audit_entry_other']));
    });

    it('shows the application its own scheme through the whole, and no part directly', async () => {
      const seen = await inside(app, mine.id, () => app.query('select scheme_id, action from audit_entry'));
      expect(seen.rows).toEqual([
        { scheme_id: mine.id, action: 'of.may' },
        { scheme_id: mine.id, action: 'of.june' },
      ]);
      expect((await inside(app, null, () => app.query('select from audit_entry'))).rowCount).toBe(0);
      for (const part of everyPart) {
        for (const text of [
          `select from ${part}`,
          `insert into ${part} (scheme_id, at, actor_kind, action) values ('${mine.id}', now(), 'system', 'x.y')`,
          `update ${part} set action = 'x.y'`,
          `delete from ${part}`,
          `truncate ${part}`,
          `alter table audit_entry detach partition ${part}`,
        ]) {
          await expect(inside(app, mine.id, () => app.query(text))).rejects.toThrow(
            /permission denied|must be owner/,
          );
        }
      }
      await expect(app.query('create table archive.mine (id integer)')).rejects.toThrow(/permission denied/);
      await expect(app.query(`call months.add('2040-01-01')`)).rejects.toThrow(/permission denied/);
    });

    it('has the wall around each part, for the owner too', async () => {
      for (const part of [may, 'months.audit_entry_other']) {
        const count = (schemeId: string | null) =>
          inside(owner, schemeId, async () => (await owner.query(`select from ${part}`)).rowCount);
        expect([await count(null), await count(mine.id), await count(other.id)]).toEqual([0, 1, 1]);
        await expect(
          inside(owner, mine.id, () =>
            owner.query(
              `insert into ${part} (scheme_id, at, actor_kind, action) values ($1, $2, 'system', 'x.y')`,
              [other.id, `${String(year)}-${part === may ? '05' : '06'}-06`],
            ),
          ),
        ).rejects.toThrow(/row-level security/);
      }
    });

    it('is append-only in each part, and as a whole, for the owner too', async () => {
      for (const part of ['audit_entry', may, 'months.audit_entry_other']) {
        for (const text of [`update ${part} set action = 'x.y'`, `delete from ${part}`, `truncate ${part}`]) {
          await expect(inside(owner, mine.id, () => owner.query(text))).rejects.toThrow(/append-only/);
        }
      }
    });

    it('takes neither number nor transaction of an entry from the application', async () => {
      for (const [column, value] of [
        ['id', '1'],
        ['xid', `'1'::xid8`],
      ]) {
        await expect(
          inside(app, mine.id, () =>
            app.query(
              `insert into audit_entry (scheme_id, ${column}, at, actor_kind, action)
               values ($1, ${value}, now(), 'system', 'x.y')`,
              [mine.id],
            ),
          ),
        ).rejects.toThrow(/permission denied/);
      }
    });
  });
});
