import pg from 'pg';
import type { TestDatabase } from './test-database.js';

/** What is ours: neither PostgreSQL's nor an extension's. `%s` is the catalogue, `%o` its row's id. */
const OURS = (catalogue: string, oid: string) => `not exists (
  select from pg_depend e where e.classid = '${catalogue}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;
const SCHEMAS = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
const IN_SCHEMAS = (of: string) => `join pg_namespace n on n.oid = ${of} and ${SCHEMAS}`;

/** Each gives lines of text, the same for two databases whose schemas are the same. */
const PARTS: Record<string, string> = {
  schema: `select concat_ws(' ', n.nspname, n.nspacl) from pg_namespace n where ${SCHEMAS}`,
  extension: `select concat_ws(' ', extname, extversion) from pg_extension`,
  default: `select concat_ws(' ', d.defaclobjtype, d.defaclacl) from pg_default_acl d`,
  relation: `select concat_ws(' ', n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
      (select array_agg(a order by a) from unnest(c.relacl::text[]) a),
      pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
      case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end, obj_description(c.oid, 'pg_class'))
    from pg_class c ${IN_SCHEMAS('c.relnamespace')} where ${OURS('pg_class', 'c.oid')}`,
  column: `select concat_ws(' ', n.nspname, c.relname,
      row_number() over (partition by c.oid order by a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
      a.attnotnull, a.attgenerated, a.attidentity, pg_get_expr(d.adbin, d.adrelid), a.attacl)
    from pg_attribute a join pg_class c on c.oid = a.attrelid ${IN_SCHEMAS('c.relnamespace')}
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and ${OURS('pg_class', 'c.oid')}`,
  constraint: `select concat_ws(' ', n.nspname, k.conrelid::regclass, k.conname, k.convalidated, pg_get_constraintdef(k.oid))
    from pg_constraint k ${IN_SCHEMAS('k.connamespace')} where ${OURS('pg_constraint', 'k.oid')}`,
  index: `select concat_ws(' ', i.indisvalid, i.indisready, pg_get_indexdef(i.indexrelid))
    from pg_index i join pg_class c on c.oid = i.indrelid ${IN_SCHEMAS('c.relnamespace')}`,
  function: `select concat_ws(' ', n.nspname, p.proname, p.proacl, case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end)
    from pg_proc p ${IN_SCHEMAS('p.pronamespace')} where ${OURS('pg_proc', 'p.oid')}`,
  trigger: `select concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
    from pg_trigger t join pg_class c on c.oid = t.tgrelid ${IN_SCHEMAS('c.relnamespace')} where not t.tgisinternal`,
  policy: `select concat_ws(' ', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check) from pg_policies`,
  type: `select concat_ws(' ', n.nspname, t.typname, t.typtype,
      (select array_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
    from pg_type t ${IN_SCHEMAS('t.typnamespace')} where t.typtype in ('e', 'd', 'r') and ${OURS('pg_type', 't.oid')}`,
};

/**
 * A database as its catalogue describes it, with how many rows each table has and which migrations are recorded: line by
 * line, so that two can be compared.
 */
export async function catalogueOf({ superuserUrl }: Pick<TestDatabase, 'superuserUrl'>): Promise<string[]> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  const lines = async (text: string): Promise<string[]> =>
    (await client.query<[string]>({ text, rowMode: 'array' })).rows.map(([line]) => line);
  try {
    const found: string[] = [];
    for (const [part, text] of Object.entries(PARTS))
      found.push(...(await lines(text)).map((line) => `${part} ${line}`));
    const tables = await lines(
      `select c.oid::regclass::text from pg_class c ${IN_SCHEMAS('c.relnamespace')}
       where c.relkind in ('r', 'p') and ${OURS('pg_class', 'c.oid')}`,
    );
    for (const table of tables)
      found.push(...(await lines(`select 'rows ${table.replaceAll("'", "''")} ' || count(*) from ${table}`)));
    found.push(...(await lines(`select 'migration ' || timestamp || ' ' || name from migration`)));
    return found.sort();
  } finally {
    await client.end();
  }
}
