import { fieldOf } from '../../platform/http/fields.js';

interface Described {
  type?: unknown;
  required?: boolean;
  isArray?: boolean;
  format?: string;
}

type Texts = Record<string, string | string[]>;

/**
 * Texts by name, as a form sends them, in the shape of an input: `client.phone` inside `client`, one ticked box as a list
 * of one, "yes" as true, "12" as 12, day, month and year as one date. What an input is made of is what its
 * decorators say. Names that the input does not know stay, to be refused as in the API.
 */
export function shapeOf(type: new () => object, texts: Texts): Record<string, unknown> {
  return shaped(type, nested(texts));
}

type Tree = { [name: string]: Tree | string | string[] };

function nested(texts: Texts): Tree {
  const root = bare();
  const named = Object.entries(texts).map(([name, value]) => ({ path: name.split('.'), value }));
  for (const { path, value } of named.filter(({ value }) => value !== '')) {
    const last = path.pop() ?? '';
    let at: Tree = root;
    for (const step of path) {
      const next = at[step];
      at = isTree(next) ? next : (at[step] = bare());
    }
    at[last] ??= value;
  }
  // A box left empty says only that it was there, and stands in nobody's way: "tomorrow" is no date in three empty boxes.
  for (const { path } of named.filter(({ value }) => value === '')) {
    let at: Tree = root;
    for (const step of path.slice(0, -1)) {
      const next = (at[step] ??= bare());
      if (!isTree(next)) break;
      at = next;
    }
  }
  return root;
}

const isTree = (value: Tree[string] | undefined): value is Tree =>
  typeof value === 'object' && !Array.isArray(value);

/** Without a prototype, since names come from outside. */
const bare = (): Tree => Object.create(null) as Tree;

function shaped(type: new () => object, tree: Tree): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree)
      .map(([name, value]) => [name, answer((fieldOf(type, name) ?? {}) as Described, value)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function answer({ type, required, isArray, format }: Described, value: Tree | string | string[]): unknown {
  if (isArray) {
    const row = isTree(value) ? classIn(type) : null;
    if (row && isTree(value)) return rows(row, value);
    const list = (Array.isArray(value) ? value : [value]).filter((one) => one !== '');
    return list.length === 0 ? undefined : list;
  }
  if (typeof value === 'string') {
    if (value.trim() === '') return undefined;
    if (type === Boolean) return value === 'yes' ? true : value === 'no' ? false : value;
    if (type === Number || type === 'integer')
      return /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
    return value;
  }
  if (Array.isArray(value)) return value;
  if (format === 'date') return typedDay(value);
  const input = shaped(classIn(type) ?? Object, value);
  // What must be there is there without its answers, so that each of them is asked for beside its own box.
  return Object.keys(input).length === 0 && required !== true ? undefined : input;
}

/** What a field is made of, where that is an input of its own. */
function classIn(type: unknown): (new () => object) | null {
  const inner = typeof type === 'function' ? (type as () => unknown)() : undefined;
  return typeof inner === 'function' ? (inner as new () => object) : null;
}

/** `schedule.0.day` and the like as a list in the order of the numbers; a row in which nothing is said is none. */
function rows(type: new () => object, tree: Tree): unknown[] | undefined {
  const list = Object.entries(tree)
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, row]) => (isTree(row) ? shaped(type, row) : row))
    .filter((row) => typeof row === 'string' || Object.keys(row).length > 0);
  return list.length === 0 ? undefined : list;
}

/** Three boxes as YYYY-MM-DD; as typed where that is no such date, for the input's own rule to refuse. */
function typedDay(boxes: Tree): string | undefined {
  const [day, month, year] = ['day', 'month', 'year'].map((name) => {
    const text = boxes[name];
    return typeof text === 'string' ? text.trim() : '';
  }) as [string, string, string];
  if (day === '' && month === '' && year === '') return undefined;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
