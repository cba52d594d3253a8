import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { ImportRunner } from '../../src/imports/import.runner.js';
import { charities, foodBanks } from '../../src/imports/kinds/directories.import.js';
import { openReferral } from '../../src/imports/kinds/groups.import.js';
import { deprivation } from '../../src/imports/kinds/deprivation.import.js';
import { postcodes } from '../../src/imports/kinds/postcodes.import.js';
import { practices } from '../../src/imports/kinds/practices.import.js';
import { Database } from '../../src/platform/database/database.js';
import { aMember, aScheme } from '../support/people.js';
import { sharedData } from '../support/shared-data.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe('importing reference data', () => {
  let test: TestApp;
  let folder: string;
  beforeAll(async () => {
    test = await startApp();
    folder = mkdtempSync(join(tmpdir(), 'betony-imports-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await test.stop();
  });
  afterEach(async () => {
    await test.get(Database).unscoped(sql`delete from lsoa_deprivation`);
    await test.get(Database).unscoped(sql`delete from postcode_place`);
  });

  const written = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const count = async (): Promise<number> => {
    const [row] = await test
      .get(Database)
      .unscoped<{ n: number }>(
        sql`select (select count(*) from lsoa_deprivation)::int + (select count(*) from postcode_place)::int as n`,
      );
    return row!.n;
  };
  const run = (file: string, more: { apply?: boolean; skipBroken?: boolean; edition?: string } = {}) =>
    test.get(ImportRunner).run(deprivation, { file, apply: true, edition: 'test', ...more });

  const GOOD =
    'lsoa_code,lsoa_name,imd_rank,imd_decile\nE01021988,Tendring 018A,1,1\nE01000001,City,26525,8\n';
  const BROKEN = `${GOOD}E0100000X,Nowhere,3,1\nE01000002,City,none,10\nE01000003,City,5,11\nE01021988,Again,1,1\n`;

  it('needs no scheme named where there is one only, and says what was left out', async () => {
    const file = written(
      'one.csv',
      'registered_charity_number,charity_name,charity_activities,charity_contact_postcode,fax\n' +
        '1000001,Saltwick Carers,NA,nowhere,none\n1000002,Saltwick Choir,NA,CO97 1AA,01632 960001\n',
    );
    const check = (schemeId?: string) =>
      test.get(ImportRunner).run(charities, { file, schemeId, apply: false });
    const refusal = (message: string) => ({ extra: { errors: [{ field: 'scheme', message }] } });
    await expect(check()).rejects.toMatchObject(refusal('There is no scheme yet. Say which: --scheme <id>'));
    const { id } = await aScheme(test);
    expect(await check()).toMatchObject({
      rows: 2,
      refused: 0,
      warned: 1,
      warnings: [{ row: 2, column: 'charity_contact_postcode', reason: 'Not a postcode, so it is left out' }],
      notKept: [{ field: 'fax', rows: 2 }],
    });
    await aScheme(test);
    await expect(check()).rejects.toMatchObject(
      refusal('There are several schemes. Say which: --scheme <id>'),
    );
    expect(await check(id)).toMatchObject({ rows: 2 });
  });

  it('refuses a file of JSON that cannot be read as a whole, and says what can', async () => {
    const { id: schemeId } = await aScheme(test);
    const file = written('large.json', Buffer.alloc(50_000_001, '{\n'.padEnd(1_000)));
    await expect(
      test.get(ImportRunner).run(openReferral, { file, schemeId, apply: false }),
    ).rejects.toMatchObject({
      extra: {
        errors: [
          {
            field: 'file',
            message: 'A file of more than 50 MB cannot be read as a whole. Write one service a line (NDJSON)',
          },
        ],
      },
    });
  });

  it('checks without writing', async () => {
    const report = await run(written('good.csv', GOOD), { apply: false });
    expect(report).toMatchObject({ rows: 2, refused: 0, applied: false, encoding: 'UTF-8' });
    expect(await count()).toBe(0);
  });

  it('applies, says so, and changes nothing when repeated', async () => {
    const file = written('good.csv', GOOD);
    expect(await run(file)).toMatchObject({ added: 2, changed: 0, same: 0, applied: true });
    expect(await run(file)).toMatchObject({ added: 0, changed: 0, same: 2, applied: true });
    const corrected = written('corrected.csv', GOOD.replace('26525,8', '26525,9'));
    expect(await run(corrected)).toMatchObject({ added: 0, changed: 1, same: 1 });
  });

  it('names row, column and reason of every broken row, and writes nothing', async () => {
    const report = await run(written('broken.csv', BROKEN));
    expect(report).toMatchObject({ rows: 6, refused: 4, applied: false });
    expect(report.problems).toEqual([
      { row: 4, column: 'lsoa_code', reason: 'Not an English LSOA code, like E01021988' },
      { row: 5, column: 'imd_rank', reason: 'Not a rank: a whole number from 1' },
      { row: 6, column: 'imd_decile', reason: 'Not a decile: a whole number from 1 to 10' },
      { row: 7, column: 'lsoa_code', reason: 'The same as row 2' },
    ]);
    expect(await count()).toBe(0);
  });

  it('leaves broken rows out only when told to', async () => {
    expect(await run(written('broken.csv', BROKEN), { skipBroken: true })).toMatchObject({
      added: 2,
      refused: 4,
      applied: true,
    });
  });

  it('reads a byte order mark, Windows-1252 and quoted line breaks', async () => {
    const bom = written('bom.csv', `\uFEFF${GOOD}`);
    expect(await run(bom)).toMatchObject({ added: 2, encoding: 'UTF-8' });
    const windows = Buffer.from(
      'lsoa_code,lsoa_name,imd_rank,imd_decile\r\nE01000009,"Caf\xe9\r\nrow",7,2\r\n',
      'latin1',
    );
    expect(await run(written('windows.csv', windows))).toMatchObject({ added: 1, encoding: 'Windows-1252' });
  });

  it.each([
    ['a missing column', 'lsoa_code,imd_rank\nE01000001,1\n', /These columns are missing: imd_decile/],
    [
      'missing columns that have other names',
      'x,y\n1,2\n',
      /^These columns are missing: lsoa_code \(or LSOA code \(2021\)\), imd_rank \(or Index.*\), imd_decile \(or/,
    ],
    [
      'a column twice',
      'lsoa_code,imd_rank,imd_decile,x,IMD_Rank,x\nE01000001,1,1,,2,\n',
      /^These headings mean one column, so keep one of them: imd_rank, IMD_Rank$/,
    ],
    [
      'a column under two of its names',
      'lsoa_code,imd_rank,imd_decile,LSOA code (2021)\nE01000001,1,1,E01000002\n',
      /keep one of them: lsoa_code, LSOA code \(2021\)$/,
    ],
    ['an unclosed quote', 'lsoa_code,imd_rank,imd_decile\n"E01000001,1,1\n', /Row 2 cannot be read/],
    ['an empty file', '', /no rows/],
    ['headings alone', 'lsoa_code,imd_rank,imd_decile\n', /no rows/],
  ])('refuses %s', async (_what, content, reason) => {
    await expect(run(written('bad.csv', content))).rejects.toMatchObject({
      status: 422,
      extra: { errors: [{ field: 'file', message: expect.stringMatching(reason) as string }] },
    });
  });

  it.each(['abc', '0190b6a0-0000-7000-8000-000000000000'])(
    'refuses a scheme that is none: %s',
    async (schemeId) => {
      const file = written('practices.json', '[]');
      await expect(
        test.get(ImportRunner).run(practices, { file, schemeId, apply: true }),
      ).rejects.toMatchObject({
        extra: { errors: [{ field: 'scheme' }] },
      });
    },
  );

  it('refuses a file that is not there', async () => {
    await expect(run(join(folder, 'absent.csv'))).rejects.toMatchObject({ status: 422 });
  });

  it("reads the columns of ONS's postcode directory, old and new, and leaves out what has no place", async () => {
    const file = written(
      'onspd.csv',
      'PCD7,PCD8,PCDS,DOINTR,LSOA21CD,LAT,LONG\n' +
        'CO151AB,CO15 1AB,CO15 1AB,198001,E01021988,51.7886,1.1533\n' +
        'BF1 1AA,BF1  1AA,BF1 1AA,200001,,99.999999,0\n',
    );
    const report = await test.get(ImportRunner).run(postcodes, { file, apply: true });
    expect(report).toMatchObject({ rows: 2, ignored: 1, added: 1 });
  });

  const official = sharedData('geo/imd2025_england_lsoa21_decile.csv');
  (official ? it : it.skip)('loads the English Indices of Deprivation 2025', async () => {
    const report = await run(official ?? '');
    expect(report).toMatchObject({ rows: 33755, refused: 0, added: 33755 });
    const [row] = await test
      .get(Database)
      .unscoped(sql`select rank, decile from lsoa_deprivation where lsoa = 'E01021988'`);
    expect(row).toEqual({ rank: 1, decile: 1 });
  });

  it('adds practices to one scheme, tells each in the audit record, and needs to know which scheme', async () => {
    const scheme = await aScheme(test);
    const record = {
      organisation_code: 'F81999',
      name: 'Mill Lane Surgery',
      address: '1 Mill Lane, CO97 1AA',
    };
    const list = [
      { ...record, contact_telephone_number: '01632 960001' },
      { ...record, organisation_code: '12' },
    ];
    const file = written('practices.json', JSON.stringify(list.slice(0, 1)));
    const apply = (path: string, schemeId?: string) =>
      test.get(ImportRunner).run(practices, { file: path, apply: true, schemeId });
    await expect(apply(file)).rejects.toMatchObject({ status: 422 });
    expect(await apply(file, scheme.id)).toMatchObject({ added: 1, changed: 0, same: 0 });
    expect(await apply(file, scheme.id)).toMatchObject({ added: 0, changed: 0, same: 1 });
    const broken = await apply(written('broken.json', JSON.stringify(list)), scheme.id);
    expect(broken).toMatchObject({ refused: 1, applied: false });
    expect(broken.problems).toEqual([
      { row: 2, column: 'organisation_code', reason: 'Not an ODS code, like F81011' },
    ]);
    const rows = await test.get(Database).read(
      scheme.id,
      sql`select name, postcode, phone, refers, (select count(*)::int from audit_entry where action = 'organisation.import') as told
        from organisation`,
    );
    expect(rows).toEqual([
      { name: 'Mill Lane Surgery', postcode: 'CO97 1AA', phone: '+441632960001', refers: true, told: 1 },
    ]);
  });

  const listed = sharedData('geo/gp_practices_CO_CM_SS_2016.json');
  (listed ? it : it.skip)('loads the practices of Essex postcodes', async () => {
    const scheme = await aScheme(test);
    const request = { file: listed ?? '', apply: true, schemeId: scheme.id };
    expect(await test.get(ImportRunner).run(practices, request)).toMatchObject({
      rows: 238,
      refused: 0,
      added: 238,
    });
    expect(await test.get(ImportRunner).run(practices, request)).toMatchObject({ added: 0, same: 238 });
  });

  it('brings groups as services that a manager must look at, and leaves alone what somebody changed', async () => {
    const scheme = await aScheme(test);
    const csv = (activities: string) =>
      `registered_charity_number,charity_name,charity_activities,charity_contact_postcode\n1000001,Mill Lane Methodist Church,${activities},CO97 1AA\n1000002,Saltwick Carers,NA,NA\n`;
    const apply = (content: string) =>
      test
        .get(ImportRunner)
        .run(charities, { file: written('c.csv', content), apply: true, schemeId: scheme.id });
    expect(await apply(csv('Meals for lonely people'))).toMatchObject({ added: 2, refused: 0 });
    expect(await apply(csv('Meals for lonely people'))).toMatchObject({ added: 0, changed: 0, same: 2 });
    expect(await apply(csv('Meals and debt advice'))).toMatchObject({ changed: 1, same: 1 });
    const listings = () =>
      test.get(Database).read<{ name: string }>(
        scheme.id,
        sql`select l.name, l.description, l.state, l.needs, p.sector from listing l
          join provider p using (scheme_id, organisation_id) order by l.source_id`,
      );
    expect(await listings()).toEqual([
      {
        name: 'Mill Lane Methodist Church',
        description: 'Meals and debt advice',
        state: 'in_review',
        needs: ['debt_and_money', 'food'],
        sector: 'faith',
      },
      {
        name: 'Saltwick Carers',
        description: 'Saltwick Carers',
        state: 'in_review',
        needs: ['carer_support'],
        sector: 'charity',
      },
    ]);
    await test.get(Database).read(scheme.id, sql`update listing set version = 2, name = 'Our own name'`);
    expect(await apply(csv('Quite another thing'))).toMatchObject({ changed: 0, same: 2 });
    expect((await listings()).map(({ name }) => name)).toEqual(['Our own name', 'Our own name']);
  });

  it.each([
    ['somebody is named for', sql`update provider set contact_name = 'Ann Lee'`],
    ['whose service somebody changed', sql`update listing set version = 2`],
    ['somebody signs in for', null],
  ])('leaves the name and address of a group %s, and brings others up to date', async (_whose, change) => {
    const scheme = await aScheme(test);
    const apply = (name: string) =>
      test.get(ImportRunner).run(charities, {
        file: written(
          'c.csv',
          `registered_charity_number,charity_name,charity_activities,charity_contact_postcode\n1000001,${name},Meals,CO97 1AA\n`,
        ),
        apply: true,
        schemeId: scheme.id,
      });
    const groups = () =>
      test
        .get(Database)
        .read<{ id: string; name: string }>(
          scheme.id,
          sql`select id, name from organisation where source is not null`,
        );
    await apply('Mill Lane Lunch');
    await apply('Mill Lane Kitchen');
    const [group] = await groups();
    expect(group?.name).toBe('Mill Lane Kitchen');
    if (change) await test.get(Database).read(scheme.id, change);
    else await aMember(scheme, 'provider_member', { organisation: group!.id });
    await apply('Somebody Else');
    expect(await groups()).toEqual([group]);
  });

  const trafford = sharedData('directories/charities_operating_in_trafford.csv');
  const banks = sharedData('directories/gm_food_banks.csv');
  (trafford && banks ? it : it.skip)('loads two real directories, twice', async () => {
    const scheme = await aScheme(test);
    const load = (kind: typeof charities, file: string | null) =>
      test
        .get(ImportRunner)
        .run(kind, { file: file ?? '', apply: true, skipBroken: true, schemeId: scheme.id });
    const first = [await load(charities, trafford), await load(foodBanks, banks)];
    for (const report of first) {
      expect(report.applied).toBe(true);
      expect(report.added).toBe(report.rows - report.refused);
      expect(report.refused / report.rows).toBeLessThan(0.05);
    }
    const second = [await load(charities, trafford), await load(foodBanks, banks)];
    for (const report of second) expect(report).toMatchObject({ added: 0, changed: 0 });
  });
});
