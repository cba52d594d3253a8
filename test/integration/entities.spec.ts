import { DataSource } from 'typeorm';
import { startApp, type TestApp } from '../support/start-app.js';

/** What TypeORM and PostgreSQL call the same. */
const TYPE_NAMES: Record<string, string> = {
  text: 'text',
  uuid: 'uuid',
  int4: 'integer',
  int2: 'smallint',
  int8: 'bigint',
  bool: 'boolean',
  date: 'date',
  timestamptz: 'timestamptz',
  jsonb: 'jsonb',
  float8: 'double precision',
  numeric: 'numeric',
  xid8: 'xid8',
  tsvector: 'tsvector',
};

const SAME: Record<string, string> = {
  int: 'integer',
  'timestamp with time zone': 'timestamptz',
  bool: 'boolean',
};

describe('entities', () => {
  let betony: TestApp;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());

  it('name the columns that the migrations made, with their types and whether they may be empty', async () => {
    const source = betony.get(DataSource);
    expect(source.entityMetadatas.length).toBeGreaterThan(5);
    const rows = await source.query<
      { table_name: string; column_name: string; udt_name: string; is_nullable: string }[]
    >(`select table_name, column_name, udt_name, is_nullable from information_schema.columns
       where table_schema = 'public'`);
    const made = new Map(
      rows.map(({ table_name, column_name, udt_name, is_nullable }) => {
        const array = udt_name.startsWith('_');
        const type = TYPE_NAMES[array ? udt_name.slice(1) : udt_name] ?? udt_name;
        return [
          `${table_name}.${column_name}`,
          `${type}${array ? '[]' : ''}${is_nullable === 'YES' ? ' or nothing' : ''}`,
        ];
      }),
    );
    const declared = source.entityMetadatas.flatMap((entity) =>
      entity.columns.map((column) => {
        const name = typeof column.type === 'string' ? column.type : column.type.name.toLowerCase();
        const type = SAME[name] ?? name;
        return [
          `${entity.tableName}.${column.databaseName}`,
          `${type}${column.isArray ? '[]' : ''}${column.isNullable ? ' or nothing' : ''}`,
        ] as const;
      }),
    );
    const drifted = declared.filter(([name, type]) => made.get(name) !== type);
    expect(drifted.map(([name, type]) => `${name}: ${type}, but ${made.get(name) ?? 'missing'}`)).toEqual([]);
  });
});
