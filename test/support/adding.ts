import { parse } from 'libpg-query';

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const nodesIn = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const nameOf = (relation: unknown): string =>
  isNode(relation) ? [relation['schemaname'], relation['relname']].filter(Boolean).join('.') : '?';

/** What a build that serves meanwhile reads or calls. */
const READ = [
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FUNCTION',
  'OBJECT_SEQUENCE',
  'OBJECT_TYPE',
];
/** In text that is put together and run, where no statement can be parsed. */
const BUILT =
  /\b(?:drop (?:table|column|view|function)|rename (?:to|column)|set not null|alter (?:column )?[%\w]+ type)\b/i;

/**
 * What in a migration takes something away from a build that serves meanwhile, or keeps it from writing for as long as a table is
 * large: `drop column provider.assured_level`. Nothing where it only adds. What is of the file's own tables is nobody's yet.
 */
export async function takenAway(text: string): Promise<string[]> {
  const { stmts } = (await parse(text)) as { stmts: { stmt: Node }[] };
  const statements = stmts.flatMap(({ stmt }) => Object.entries(stmt) as [string, Node][]);
  const own = new Set<string>();
  return statements.flatMap(([kind, statement]) => {
    if (kind === 'CreateStmt') own.add(nameOf(statement['relation']));
    return judge(kind, statement, own);
  });
}

function judge(kind: string, statement: Node, own: ReadonlySet<string>): string[] {
  const table = nameOf(statement['relation']);
  switch (kind) {
    case 'DropStmt':
      return READ.includes(String(statement['removeType']))
        ? nodesIn(statement['objects']).map((object) => `drop ${wordsIn(object).join('.')}`)
        : [];
    case 'RenameStmt':
      return own.has(table) ? [] : [`rename ${table}`];
    case 'IndexStmt':
      return own.has(table) || statement['concurrent'] === true ? [] : [`index on ${table}`];
    case 'AlterTableStmt':
      return own.has(table)
        ? []
        : nodesIn(statement['cmds']).flatMap(({ AlterTableCmd: cmd }) =>
            isNode(cmd) ? altered(table, cmd) : [],
          );
    case 'DoStmt':
      return BUILT.test(JSON.stringify(statement)) ? ['something, in text that is put together'] : [];
    default:
      return [];
  }
}

function altered(table: string, { subtype, name, def }: Node): string[] {
  const column = `${table}.${String(name)}`;
  switch (subtype) {
    case 'AT_DropColumn':
      return [`drop column ${column}`];
    case 'AT_AlterColumnType':
      return [`type of ${column}`];
    case 'AT_SetNotNull':
      return [`not null ${column}`];
    case 'AT_DropIdentity':
    case 'AT_ColumnDefault':
      return subtype === 'AT_ColumnDefault' && def !== undefined ? [] : [`default of ${column}`];
    case 'AT_AddColumn': {
      const added = isNode(def) && isNode(def['ColumnDef']) ? def['ColumnDef'] : {};
      const constraints = nodesIn(added['constraints']).map(({ Constraint: of }) => (isNode(of) ? of : {}));
      const kinds = constraints.map(({ contype }) => contype);
      const own = String(added['colname']);
      // A build that does not know the column moves the other on and leaves this as it is.
      const tied = constraints
        .filter(({ contype }) => contype === 'CONSTR_CHECK')
        .flatMap((check) => columnsIn(check))
        .find((other) => other !== own);
      if (tied !== undefined) return [`add column ${table}.${own}, which must fit ${tied}`];
      const filled = ['CONSTR_DEFAULT', 'CONSTR_GENERATED', 'CONSTR_IDENTITY'].some((one) =>
        kinds.includes(one),
      );
      return kinds.includes('CONSTR_NOTNULL') && !filled
        ? [`add column ${table}.${own}, which must be given`]
        : [];
    }
    default:
      return [];
  }
}

const columnsIn = (node: unknown): string[] =>
  Array.isArray(node)
    ? node.flatMap(columnsIn)
    : isNode(node)
      ? Object.entries(node).flatMap(([key, value]) =>
          key === 'ColumnRef' ? wordsIn(value).slice(-1) : columnsIn(value),
        )
      : [];

const wordsIn = (node: unknown): string[] =>
  Array.isArray(node)
    ? node.flatMap(wordsIn)
    : isNode(node)
      ? Object.entries(node).flatMap(([key, value]) =>
          key === 'sval' && typeof value === 'string' ? [value] : wordsIn(value),
        )
      : [];
