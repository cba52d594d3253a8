import pg from 'pg';
import type { Sql } from 'sql-template-tag';

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Node[];
}

export interface Plan {
  /** Tables read from end to end, though they hold more than `small` rows. */
  endToEnd: string[];
  /** How many rows of each table were looked at, thrown away or not. */
  looked: Record<string, number>;
  indexes: string[];
  milliseconds: number;
}

/** Fewer rows than this may be read from end to end: an index would not be faster. */
const SMALL = 1000;

/**
 * Runs the statement as the application does (its role, one scheme bound, row security in force) and tells what it
 * touched. `generic` asks for the plan that a prepared statement settles on, made without knowing the values.
 */
export async function planOf(
  url: string,
  schemeId: string,
  statement: Sql,
  kind: 'custom' | 'generic',
): Promise<Plan> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('app.scheme_id', $1, true)", [schemeId]);
    await client.query(`set local plan_cache_mode = force_${kind}_plan`);
    await client.query(`prepare looked_at as ${statement.text}`);
    const values = statement.values.map(literal).join(', ');
    const execute = `explain (analyze, format json) execute looked_at${values === '' ? '' : `(${values})`}`;
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node; 'Execution Time': number }] }>(
      execute,
    );
    const explained = rows[0]?.['QUERY PLAN'][0];
    if (!explained) throw new Error('No plan');
    const sizes = await client.query<{ name: string; rows: number }>(
      'select relname as name, reltuples::float8 as rows from pg_class where relkind = $1',
      ['r'],
    );
    const small = new Set(sizes.rows.filter((table) => table.rows < SMALL).map(({ name }) => name));
    return read(explained.Plan, explained['Execution Time'], small);
  } finally {
    await client.end();
  }
}

function read(root: Node, milliseconds: number, small: ReadonlySet<string>): Plan {
  const plan: Plan = { endToEnd: [], looked: {}, indexes: [], milliseconds };
  const visit = (node: Node): void => {
    const table = node['Relation Name'];
    if (table !== undefined) {
      const each =
        node['Actual Rows'] +
        (node['Rows Removed by Filter'] ?? 0) +
        (node['Rows Removed by Index Recheck'] ?? 0);
      plan.looked[table] = (plan.looked[table] ?? 0) + Math.round(each * node['Actual Loops']);
      if (node['Node Type'] === 'Seq Scan' && !small.has(table)) plan.endToEnd.push(table);
    }
    if (node['Index Name'] !== undefined) plan.indexes.push(node['Index Name']);
    node.Plans?.forEach(visit);
  };
  visit(root);
  return plan;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (Array.isArray(value)) {
    return pg.escapeLiteral(`{${value.map((item) => JSON.stringify(String(item))).join(',')}}`);
  }
  return pg.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value));
}
