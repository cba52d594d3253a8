import { parse } from 'libpg-query';
import type { TestDatabase } from './test-database.js';
import { Walls } from './walls.js';

type Node = Record<string, unknown>;

interface Named {
  table: string;
  alias: string;
}

const STATEMENTS = ['SelectStmt', 'UpdateStmt', 'DeleteStmt', 'InsertStmt'];
const SCHEME = 'scheme_id';

/** Of many statements those that ask the rows of every scheme, each with the tables it asks so. */
export async function askedOfAll(
  database: TestDatabase,
  statements: Iterable<string>,
): Promise<[statement: string, tables: string[]][]> {
  const walls = await Walls.of(database);
  const tables = new Set(walls.tables);
  await walls.stop();
  const asked: [string, string[]][] = [];
  for (const text of statements) {
    const of = await withoutScheme(text, tables);
    if (of.length > 0) asked.push([text.replaceAll(/\s+/g, ' ').trim(), of]);
  }
  return asked;
}

/**
 * The tables of `ofSchemes` that a statement reads or changes without saying of which scheme, apart from what row security
 * adds: where rows lie by scheme on several servers, such a statement asks all of them. A table counts as named where its own
 * scheme_id stands somewhere in the part of the statement that names it, in a condition, a join or the columns of an insert.
 */
export async function withoutScheme(text: string, ofSchemes: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  look(await parse(text), found, ofSchemes);
  return found;
}

function look(node: unknown, found: string[], ofSchemes: ReadonlySet<string>): void {
  if (Array.isArray(node)) for (const part of node) look(part, found, ofSchemes);
  if (!isNode(node)) return;
  for (const [kind, part] of Object.entries(node)) {
    if (STATEMENTS.includes(kind) && isNode(part)) judge(kind, part, found, ofSchemes);
    look(part, found, ofSchemes);
  }
}

function judge(kind: string, statement: Node, found: string[], ofSchemes: ReadonlySet<string>): void {
  const named = [statement['relation'], statement['fromClause'], statement['usingClause']].flatMap(tablesIn);
  const columns = columnsIn([statement['whereClause'], statement['fromClause'], statement['usingClause']]);
  const joined = usedToJoin(statement);
  for (const { table, alias } of named) {
    if (!ofSchemes.has(table)) continue;
    const alone = named.length === 1 || joined;
    const inserted = kind === 'InsertStmt' && JSON.stringify(statement['cols'] ?? []).includes(`"${SCHEME}"`);
    const said = columns.some(([of, column]) =>
      column === undefined ? alone && of === SCHEME : of === alias && column === SCHEME,
    );
    if (!said && !inserted) found.push(table);
  }
}

/** Tables that stand beside each other here; those of a query within are that query's own. */
function tablesIn(node: unknown): Named[] {
  if (Array.isArray(node)) return node.flatMap(tablesIn);
  if (!isNode(node)) return [];
  if (typeof node['relname'] === 'string') return [tableOf(node)];
  if (isNode(node['RangeVar'])) return [tableOf(node['RangeVar'])];
  const join = node['JoinExpr'];
  return isNode(join) ? [join['larg'], join['rarg']].flatMap(tablesIn) : [];
}

function tableOf(node: Node): Named {
  const table = String(node['relname']);
  const alias = node['alias'];
  return { table, alias: isNode(alias) ? String(alias['aliasname']) : table };
}

/** Every column that is named, also in queries within, which may look outwards: [alias, column] or [column]. */
function columnsIn(node: unknown): [string, string?][] {
  if (Array.isArray(node)) return node.flatMap(columnsIn);
  if (!isNode(node)) return [];
  const reference = node['ColumnRef'];
  if (isNode(reference)) {
    const names = (reference['fields'] as Node[]).map(({ String: text }) =>
      isNode(text) ? String(text['sval']) : '*',
    );
    return [[names[0] ?? '', names[1]]];
  }
  return Object.values(node).flatMap(columnsIn);
}

const usedToJoin = (statement: Node): boolean =>
  /"usingClause":\[[^\]]*"scheme_id"/.test(JSON.stringify(statement['fromClause'] ?? []));

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
