import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';

/** A node of the tree that nunjucks makes of a template: of its fields, those that are looked at here. */
export interface Node {
  readonly typename: string;
  readonly fields: readonly string[];
  readonly lineno: number;
  readonly colno: number;
  [field: string]: unknown;
}

interface Nodes {
  [typename: string]: new (line: number, column: number, ...fields: unknown[]) => Node;
}
interface Insides {
  nodes: Nodes;
  parser: { parse: (source: string, extensions: unknown[], options: object) => Node };
  compiler: {
    Compiler: new (
      name: string,
      throwOnUndefined: boolean,
    ) => { compile: (tree: Node) => void; getCode: () => string };
  };
}
/** Exported by nunjucks, and not among its types. */
const insides = createRequire(import.meta.url)('nunjucks') as Insides;

/** As the pages' own environment reads templates. */
export const READING = { trimBlocks: true, lstripBlocks: true } as const;

export const treeOf = (source: string): Node => insides.parser.parse(source, [], READING);

/** What nunjucks would make of the same source, had it said what the tree says now. */
export function compiled(tree: Node, name: string): object {
  const compiler = new insides.compiler.Compiler(name, false);
  compiler.compile(tree);
  const made = compileFunction(compiler.getCode(), [], { filename: name }) as () => object;
  return made();
}

export function make(typename: string, ...fields: unknown[]): Node {
  const type = insides.nodes[typename];
  if (!type) throw new Error(`nunjucks has no ${typename}`);
  return new type(0, 0, ...fields);
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'typename' in value;

export const childrenOf = (node: Node): Node[] => (node['children'] as Node[] | undefined) ?? [];
export const nodeIn = (node: Node, field: string): Node | null => (isNode(node[field]) ? node[field] : null);

/** The same where nunjucks always has one. */
export function partIn(node: Node, field: string): Node {
  const found = nodeIn(node, field);
  if (!found) throw new Error(`A ${node.typename} without its ${field}`);
  return found;
}

export const literal = (text: string | number): Node => make('Literal', text);
export const output = (...nodes: Node[]): Node => make('Output', nodes);
export const markup = (text: string): Node => output(make('TemplateData', text));

export const isText = (node: Node | null): node is Node & { value: string } =>
  node?.typename === 'Literal' && typeof node['value'] === 'string';

/** The text of an expression, near enough to know it again and to name it by its last name. */
export function written(node: Node | null): string {
  if (!node) return '';
  const inner = (field: string): string => written(nodeIn(node, field));
  switch (node.typename) {
    case 'Symbol':
    case 'Literal':
      return String(node['value']);
    case 'LookupVal':
      return `${inner('target')}.${inner('val')}`;
    case 'Filter':
    case 'FunCall':
    case 'Group':
      return `${inner('name')}(${(nodeIn(node, 'args') ? childrenOf(partIn(node, 'args')) : childrenOf(node)).map(written).join(', ')})`;
    default:
      return `${node.typename}(${node.fields
        .map((field) => node[field])
        .flat()
        .map((one) => (isNode(one) ? written(one) : ''))
        .join(' ')})`;
  }
}

/** What a translator reads in a place that is filled in: the last name in it. */
export function nameOf(node: Node): string {
  switch (node.typename) {
    case 'Symbol':
      return String(node['value']);
    case 'LookupVal': {
      const last = nodeIn(node, 'val');
      return isText(last) && /^[a-z]\w*$/i.test(last.value) ? last.value : nameOf(partIn(node, 'target'));
    }
    case 'Filter':
    case 'Group':
      return nameOf(childrenOf(nodeIn(node, 'args') ?? node)[0] ?? (node['name'] as Node));
    case 'FunCall':
      return nameOf(partIn(node, 'name'));
    case 'InlineIf':
    case 'If': {
      const body = nodeIn(node, 'body');
      const names = body ? namesIn(body) : [];
      return names[0] ?? namesIn(partIn(node, 'cond'))[0] ?? 'part';
    }
    case 'For':
      return nameOf(partIn(node, 'arr'));
    default:
      return namesIn(node)[0] ?? 'part';
  }
}

function namesIn(node: Node): string[] {
  if (['Symbol', 'LookupVal'].includes(node.typename)) return [nameOf(node)];
  if (node.typename === 'Filter') return childrenOf(partIn(node, 'args')).flatMap(namesIn);
  return [...node.fields.map((field) => node[field])].flat().filter(isNode).flatMap(namesIn);
}
