import { hasLetters, type Message, type Part, type Said, Sentence } from './sentence.js';
import {
  childrenOf,
  isNode,
  isText,
  literal,
  make,
  markup,
  type Node,
  nodeIn,
  output,
  partIn,
  written,
} from './template-tree.js';

/** A macro as its callers need to know it. */
export interface MacroShape {
  params: string[];
  /** Its markup can stand within a sentence. */
  inline: boolean;
}

export interface Wording {
  /** The texts for a message, by the form of number (`other` where none decides). */
  say: (message: Message) => Said;
  /** The macros of another template, by name. */
  macrosOf: (template: string) => Map<string, MacroShape>;
}

/** May stand within a sentence; at any other tag one ends. */
const INLINE = /^(?:a|abbr|b|cite|code|em|i|kbd|mark|q|small|span|strong|sub|sup|time)$/;
/** What of a tag is read out or shown. */
const READ = /^(?:aria-label|title|alt|placeholder)$/;
/** What a part of a page takes to be read, and what it takes to do its work; of others it is seen whether they are words. */
const WORDS =
  /^(?:text|html|label|legend|caption|headings?|hint|titleText|descriptionText|visuallyHiddenText|ariaLabel|summaryText|summaryHtml|title|words|unit|said|yes|no|suffix|prefix)$/;
const NO_WORDS =
  /^(?:\w*[cC]lasses|\w*href|to|at|\w*[nN]ame|names|id|idPrefix|values?|type|inputmode|autocomplete|action|path|method|element|key|keys|variant|lang|role|verb|attributes|form|field|measure|kind|state|where|drop|rows)$/;
const OUR_NAME = /\bBetony\b/;
/** Between the members of a line of links and facts. */
const BETWEEN = /([·|])/;

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: '\u00a0',
};
const decoded = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_whole, name: string) => ENTITIES[name] ?? '');
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\u00a0', '&nbsp;');

const looksLikeWords = (text: string): boolean =>
  hasLetters(text) &&
  (/^\p{Lu}/u.test(text) || / /.test(text.trim())) &&
  !/^(?:nhsuk|betony|app)-|^[/#?&]|^<|^[A-Z]{2,}$/.test(text);

type Item = Part | { is: 'stop'; nodes: Node[] } | { is: 'part'; node: Node };

/** Puts the words of one language into the tree of a template. */
export class TemplateWords {
  private readonly macros = new Map<string, MacroShape>();
  /** Where a number decides, one value stands in several texts, and is put into words once. */
  private readonly worded = new WeakMap<Node, Node>();

  constructor(
    private readonly wording: Wording,
    /** Of a library: only what its macros say where nobody gives them words is ours to translate. */
    private readonly defaultsOnly = false,
  ) {}

  put(tree: Node): Node {
    this.learn(tree);
    if (this.defaultsOnly) this.defaults(tree);
    else this.body(tree);
    return tree;
  }

  private learn(tree: Node): void {
    for (const node of childrenOf(tree)) {
      const from = nodeIn(node, 'template');
      if (node.typename === 'Macro') this.macros.set(String(nodeIn(node, 'name')?.['value']), shapeOf(node));
      if (!isText(from)) continue;
      if (node.typename === 'Import')
        for (const [name, shape] of this.wording.macrosOf(from.value))
          this.macros.set(`${String(node['target'] && (node['target'] as Node)['value'])}.${name}`, shape);
      if (node.typename === 'FromImport')
        for (const one of childrenOf(partIn(node, 'names'))) {
          const [name, as] =
            one.typename === 'Pair'
              ? [String(nodeIn(one, 'key')?.['value']), String(nodeIn(one, 'value')?.['value'])]
              : [String(one['value']), String(one['value'])];
          const shape = this.wording.macrosOf(from.value).get(name);
          if (shape) this.macros.set(as, shape);
        }
    }
  }

  private defaults(node: Node): void {
    if (node.typename === 'Filter' && named(node) === 'default') {
      const args = childrenOf(partIn(node, 'args'));
      if (args[1]) args[1] = this.words(args[1], looksLikeWords);
    }
    for (const field of node.fields)
      for (const one of [node[field]].flat()) if (isNode(one)) this.defaults(one);
    if (isNode(node['body']) && !node.fields.includes('body')) this.defaults(node['body']);
  }

  // ---- markup

  /** A list of nodes, with its sentences in the words of the language. */
  private body(list: Node): void {
    const items = new Markup(
      (node) => {
        this.inner(node);
      },
      (node) => this.printed(node),
      (parts) => this.run(parts, true),
    ).items(childrenOf(list));
    list['children'] = this.runs(items);
  }

  /** What is not markup itself, and holds some. */
  private inner(node: Node): void {
    if (node.typename === 'Set') {
      const captured = nodeIn(node, 'body');
      if (captured) this.body(partIn(captured, 'body'));
      const value = nodeIn(node, 'value');
      if (value) node['value'] = this.words(value, looksLikeWords);
      return;
    }
    if (node.typename === 'Macro' || node.typename === 'Caller')
      for (const arg of childrenOf(partIn(node, 'args')))
        if (arg.typename === 'KeywordArgs') this.argument(arg, looksLikeWords);
    if (node.typename === 'For') node['arr'] = this.argument(partIn(node, 'arr'), looksLikeWords);
    for (const field of ['body', 'else_']) {
      const inside = nodeIn(node, field);
      if (inside) this.branch(inside);
    }
  }

  private branch(inside: Node): void {
    if (Array.isArray(inside['children']) && inside.typename !== 'Output') this.body(inside);
    else this.inner(inside);
  }

  private runs(items: Item[]): Node[] {
    const nodes: Node[] = [];
    let run: Item[] = [];
    const end = (): void => {
      nodes.push(...this.unbroken(run));
      run = [];
    };
    for (const item of items.flatMap((one) => this.split(one))) {
      if (item.is !== 'stop') {
        run.push(item);
        continue;
      }
      end();
      nodes.push(...item.nodes);
    }
    end();
    return nodes;
  }

  private split(item: Item): Item[] {
    if (item.is === 'value' && this.standsAlone(item.node))
      return [{ is: 'stop', nodes: [this.printed(item.node)] }];
    if (item.is !== 'text') return [item];
    return item.text
      .split(BETWEEN)
      .filter((piece) => piece !== '')
      .map((piece): Item =>
        BETWEEN.test(piece) ? { is: 'stop', nodes: [markup(piece)] } : { is: 'text', text: piece },
      );
  }

  private standsAlone(node: Node): boolean {
    if (node.typename !== 'FunCall') return false;
    return this.macros.get(written(nodeIn(node, 'name')))?.inline === false;
  }

  /** A run between two ends of sentences; a tag that is not closed within it is an end as well. */
  private unbroken(run: Item[]): Node[] {
    const lonely = unmatched(run);
    if (lonely !== null) {
      const tag = run[lonely] as Part & { is: 'tag' };
      return [...this.unbroken(run.slice(0, lonely)), ...tag.nodes, ...this.unbroken(run.slice(lonely + 1))];
    }
    const first = run[0];
    const last = run.at(-1);
    if (!first || !last) return [];
    // What is at either end only if something is so has its place there in any language.
    if (first.is === 'part') return [...this.inside(first.node), ...this.unbroken(run.slice(1))];
    if (last.is === 'part') return [...this.unbroken(run.slice(0, -1)), ...this.inside(last.node)];
    if (first.is === 'text' && !first.text.trim() && run.length > 1)
      return [markup(first.text), ...this.unbroken(run.slice(1))];
    if (last.is === 'text' && !last.text.trim() && run.length > 1)
      return [...this.unbroken(run.slice(0, -1)), markup(last.text)];
    if (first.is === 'tag' && closing(run, 0) === run.length - 1 && last.is === 'tag')
      return [...first.nodes, ...this.unbroken(run.slice(1, -1)), ...last.nodes];
    const elements = besideOneAnother(run);
    if (elements) return elements.flatMap((one) => this.unbroken(one));
    return this.run(
      run.filter((item): item is Exclude<Item, { is: 'stop' }> => item.is !== 'stop'),
      false,
    );
  }

  private inside(node: Node): Node[] {
    this.inner(node);
    return [node];
  }

  /** One sentence, or what is shown without a word of ours. */
  private run(items: Exclude<Item, { is: 'stop' }>[], inTag: boolean): Node[] {
    const parts = items.map((item): Part =>
      item.is === 'part'
        ? (counted(item.node) ?? { is: 'value', node: item.node })
        : item.is === 'value'
          ? (counted(item.node) ?? item)
          : item,
    );
    if (!parts.some((part) => part.is === 'text' && hasLetters(decoded(part.text).replace(OUR_NAME, ''))))
      return items.flatMap((item) => this.shown(item, inTag));
    const whole = parts.map((part) => (part.is === 'text' ? { ...part, text: decoded(part.text) } : part));
    const { before, inner, after } = trimmed(whole);
    const sentence = new Sentence(inner);
    const said = this.wording.say(sentence.message);
    const nodesOf = (text: string): Node[] =>
      sentence
        .parts(text)
        .flatMap((part) => (part.is === 'text' ? [markup(escaped(part.text))] : this.shown(part, inTag)));
    return [markup(escaped(before)), ...chosenBy(sentence.count, said, nodesOf), markup(escaped(after))];
  }

  private shown(item: Exclude<Item, { is: 'stop' }>, inTag: boolean): Node[] {
    if (item.is === 'text') return [markup(item.text)];
    if (item.is === 'tag') return item.nodes;
    if (item.is === 'value' || item.is === 'number') return this.value(item.node);
    return inTag ? [item.node] : this.inside(item.node);
  }

  private value(node: Node): Node[] {
    if (node.typename !== 'If' && node.typename !== 'For') return [this.printed(node)];
    if (!this.worded.has(node)) this.inner(node);
    this.worded.set(node, node);
    return [node];
  }

  private printed(node: Node): Node {
    return output(this.words(node, hasLetters));
  }

  // ---- expressions

  /** An expression, with the words in it that somebody reads; `are` tells words from codes. */
  private words(node: Node, are: (text: string) => boolean): Node {
    const known = this.worded.get(node);
    if (known) return known;
    const worded = this.inWords(node, are);
    this.worded.set(node, worded);
    return worded;
  }

  private inWords(node: Node, are: (text: string) => boolean): Node {
    switch (node.typename) {
      case 'Literal':
        return isText(node) && are(bare(node.value).replace(OUR_NAME, '')) && !/^\s*</.test(node.value)
          ? this.joined([{ is: 'text', text: node.value }])
          : node;
      case 'InlineIf':
        return this.each(node, ['body', 'else_'], are);
      case 'Or':
      case 'And':
        return this.each(node, ['left', 'right'], are);
      case 'Group':
        node['children'] = childrenOf(node).map((one) => this.words(one, are));
        return node;
      case 'Filter': {
        const args = childrenOf(partIn(node, 'args'));
        if (args[0]) args[0] = this.words(args[0], are);
        if (named(node) === 'default' && args[1]) args[1] = this.words(args[1], are);
        return node;
      }
      case 'Add':
      case 'Concat':
        return this.sum(node, are);
      case 'FunCall':
        return this.call(node);
      case 'Dict':
      case 'Array':
        return this.argument(node, are);
      default:
        return node;
    }
  }

  private each(node: Node, fields: string[], are: (text: string) => boolean): Node {
    for (const field of fields) {
      const one = nodeIn(node, field);
      if (one) node[field] = this.words(one, are);
    }
    return node;
  }

  /** `"Late (" + number + ")"` is one sentence. */
  private sum(node: Node, are: (text: string) => boolean): Node {
    const terms = termsOf(node);
    const texts = terms.filter(isText).map((one) => one.value);
    if (texts.length === 0) return this.each(node, ['left', 'right'], are);
    const ours =
      are !== never &&
      texts.some((text) => hasLetters(bare(text))) &&
      (are === hasLetters || texts.some((text) => looksLikeWords(text.trim()) || / \p{L}/u.test(text)));
    if (!ours || texts.some((text) => !inSentence(text)))
      return terms.length > 1
        ? rejoined(
            terms.map((one) => (isText(one) ? one : this.words(one, are))),
            node.typename,
          )
        : node;
    return this.joined(
      terms.flatMap((one): Part[] =>
        isText(one) ? piecesOf(one.value) : [counted(one) ?? { is: 'value', node: one }],
      ),
    );
  }

  private joined(parts: Part[]): Node {
    const { before, inner, after } = trimmed(parts);
    const sentence = new Sentence(inner);
    const texts = this.wording.say(sentence.message);
    const sum = (text: string): Node =>
      rejoined(
        [
          literal(before),
          ...sentence
            .parts(text)
            .map((part) =>
              part.is === 'text'
                ? literal(part.text)
                : part.is === 'tag'
                  ? (part.nodes[0] ?? literal(''))
                  : this.words(part.node, hasLetters),
            ),
          literal(after),
        ].filter(
          (one, index, all) =>
            !isText(one) ||
            one.value !== '' ||
            (index === 0 && !all.some((other) => isText(other) && other.value !== '')),
        ),
        'Add',
      );
    const { other = '', ...forms } = texts;
    const { count } = sentence;
    if (!count) return sum(other);
    return Object.entries(forms).reduce(
      (rest, [form, text]) => make('InlineIf', isForm(count, form), sum(text), rest),
      sum(other),
    );
  }

  private call(node: Node): Node {
    const params = this.macros.get(written(nodeIn(node, 'name')))?.params ?? [];
    const args = partIn(node, 'args');
    const called = nodeIn(node, 'name');
    const of = called?.typename === 'LookupVal' ? nodeIn(called, 'target') : null;
    // `[{ text: "…" }].concat(others)`
    if (called && of && of.typename !== 'Symbol') called['target'] = this.argument(of, looksLikeWords);
    if (written(nodeIn(node, 'name')) === 'can' || written(nodeIn(node, 'name')) === 't') return node;
    args['children'] = childrenOf(args).map((one, index) =>
      this.argument(one, judge(params[index] ?? '', looksLikeWords)),
    );
    return node;
  }

  private argument(node: Node, are: (text: string) => boolean): Node {
    if (node.typename === 'Caller') {
      this.inner(node);
      return node;
    }
    if (node.typename === 'Array' || node.typename === 'Group') {
      node['children'] = childrenOf(node).map((one) => this.argument(one, are));
      return node;
    }
    if (node.typename !== 'Dict' && node.typename !== 'KeywordArgs') return this.words(node, are);
    for (const pair of childrenOf(node)) {
      const key = written(nodeIn(pair, 'key'));
      // What a button does has no words, but what is read of it has.
      const inner = key === 'attributes' ? never : judge(key, are === never ? never : looksLikeWords);
      pair['value'] = this.argument(partIn(pair, 'value'), READ.test(key) ? hasLetters : inner);
    }
    return node;
  }
}

const named = (node: Node): string => String(nodeIn(node, 'name')?.['value']);

const never = (): boolean => false;
const judge = (name: string, otherwise: (text: string) => boolean): ((text: string) => boolean) =>
  WORDS.test(name) ? hasLetters : NO_WORDS.test(name) ? never : otherwise;

const bare = (text: string): string => text.replace(/<[^<>]*>|&\w{1,8};/g, '');

/** A text that can stand in a sentence: no address, no name of a file, and no markup that would end one. */
const inSentence = (text: string): boolean =>
  !/^[/#]|^\?\w|=/.test(bare(text)) &&
  (!/\.$|^\./.test(text) || text.includes(' ') || text === '.') &&
  [...text.matchAll(/<\/?([a-z]\w*)/g)].every(([, name = '']) => INLINE.test(name));

/** The texts and tags of a text that holds markup. */
const piecesOf = (text: string): Part[] =>
  text
    .split(/(<[^<>]*>)/)
    .filter((piece) => piece !== '')
    .map((piece): Part => {
      const [, slash, name] = /^<(\/?)([a-z]\w*)/.exec(piece) ?? [];
      return name === undefined
        ? { is: 'text', text: piece }
        : { is: 'tag', name, closes: slash !== '', nodes: [literal(piece)] };
    });

/** The terms of a sum of texts, so far as adding them in any order is the same. */
function termsOf(node: Node): Node[] {
  const spine: Node[] = [];
  let left: Node | null = node;
  while (left && (left.typename === 'Add' || left.typename === 'Concat')) {
    spine.unshift(partIn(left, 'right'));
    left = nodeIn(left, 'left');
  }
  if (left) spine.unshift(left);
  // Before the first text, numbers are added.
  while (spine[0] && spine[1] && !isText(spine[0]) && !isText(spine[1]))
    spine.splice(0, 2, make(node.typename, spine[0], spine[1]));
  return spine;
}

const rejoined = (terms: Node[], kind: string): Node =>
  terms.length === 0 ? literal('') : terms.reduce((left, right) => make(kind, left, right));

/** `x == 1`, written as `{% if %}` or within an expression. */
function counted(node: Node): (Part & { is: 'number' }) | null {
  const cond = nodeIn(node, 'cond');
  if (node.typename !== 'InlineIf' || cond?.typename !== 'Compare') return null;
  const [operand, more] = cond['ops'] as Node[];
  const one = operand && nodeIn(operand, 'expr');
  if (!operand || more || one?.typename !== 'Literal' || one['value'] !== 1) return null;
  const isOne = /^===?$/.test(String(operand['type']));
  const branch = (field: string): Part[] => {
    const chosen = nodeIn(node, field);
    if (!chosen) return [];
    if (isText(chosen)) return chosen.value === '' ? [] : [{ is: 'text', text: chosen.value }];
    return termsOf(chosen.typename === 'Group' ? (childrenOf(chosen)[0] ?? chosen) : chosen).map(
      (term): Part => (isText(term) ? { is: 'text', text: term.value } : { is: 'value', node: term }),
    );
  };
  const [one_, many] = isOne ? [branch('body'), branch('else_')] : [branch('else_'), branch('body')];
  return { is: 'number', count: partIn(cond, 'expr'), one: one_, many, node };
}

const isForm = (count: Node, form: string): Node =>
  make('Compare', make('Filter', make('Symbol', 'formOfNumber'), make('NodeList', [count])), [
    make('CompareOperand', literal(form), '=='),
  ]);

function chosenBy(
  count: Node | null,
  { other = '', ...forms }: Said,
  nodesOf: (text: string) => Node[],
): Node[] {
  if (!count) return nodesOf(other);
  return Object.entries(forms).reduce(
    (rest, [form, text]) => [
      make('If', isForm(count, form), make('NodeList', nodesOf(text)), make('NodeList', rest)),
    ],
    nodesOf(other),
  );
}

/** White space at the ends is the page's, not the sentence's. */
function trimmed(parts: Part[]): { before: string; inner: Part[]; after: string } {
  const inner = [...parts];
  let before = '';
  let after = '';
  const first = inner[0];
  if (first?.is === 'text') {
    before = first.text.slice(0, first.text.length - first.text.trimStart().length);
    inner[0] = { ...first, text: first.text.slice(before.length) };
  }
  const last = inner.at(-1);
  if (last?.is === 'text') {
    after = last.text.slice(last.text.trimEnd().length);
    inner[inner.length - 1] = { ...last, text: last.text.slice(0, last.text.length - after.length) };
  }
  return { before, inner, after };
}

/** Where the tag at `from` is closed; -1 where it is not. */
function closing(run: readonly Item[], from: number): number {
  let depth = 0;
  for (let index = from; index < run.length; index += 1) {
    const item = run[index];
    if (item?.is !== 'tag') continue;
    depth += item.closes ? -1 : 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** Links and facts one after the other, with no word of a sentence between them; null where there is one, or but one of them. */
function besideOneAnother(run: readonly Item[]): Item[][] | null {
  const found: Item[][] = [];
  for (let index = 0; index < run.length; index += 1) {
    const item = run[index];
    if (!item) break;
    if (item.is === 'text' && hasLetters(decoded(item.text))) return null;
    const end = item.is === 'tag' ? closing(run, index) : index;
    found.push(run.slice(index, end + 1));
    index = end;
  }
  return found.length > 1 ? found : null;
}

function unmatched(run: readonly Item[]): number | null {
  const open: number[] = [];
  for (const [index, item] of run.entries()) {
    if (item.is !== 'tag') continue;
    if (!item.closes) open.push(index);
    else if (open.pop() === undefined) return index;
  }
  return open[0] ?? null;
}

function shapeOf(macro: Node): MacroShape {
  const params = childrenOf(partIn(macro, 'args')).flatMap((arg) =>
    arg.typename === 'KeywordArgs'
      ? childrenOf(arg).map((pair) => String(nodeIn(pair, 'key')?.['value']))
      : [String(arg['value'])],
  );
  return { params, inline: isInline(partIn(macro, 'body')) };
}
function isInline(node: Node): boolean {
  if (node.typename === 'TemplateData')
    return [...String(node['value']).matchAll(/<\/?([a-z]\w*)/g)].every(([, name = '']) => INLINE.test(name));
  if (node.typename === 'Include') return false;
  const inside =
    node.typename === 'Set' ? [] : [...node.fields.map((field) => node[field])].flat().filter(isNode);
  return inside.every(isInline);
}
export const macrosIn = (tree: Node): Map<string, MacroShape> =>
  new Map(
    childrenOf(tree)
      .filter(({ typename }) => typename === 'Macro')
      .map((macro) => [String(nodeIn(macro, 'name')?.['value']), shapeOf(macro)]),
  );

/** Reads the markup of a list of nodes: texts, values and tags in their order, and where sentences end. */
class Markup {
  private found: Item[] = [];
  /** The tag that is being read: its nodes so far. */
  private tag: { name: string; closes: boolean; nodes: Node[] } | null = null;
  /** Within it, the value that is being read. */
  private attribute: { name: string; quote: string; read: Item[] | null } | null = null;
  private pending = '';

  constructor(
    private readonly inner: (node: Node) => void,
    private readonly printed: (node: Node) => Node,
    private readonly sentence: (parts: Exclude<Item, { is: 'stop' }>[]) => Node[],
  ) {}

  items(children: readonly Node[]): Item[] {
    for (const node of children) this.node(node);
    return this.found;
  }

  private node(node: Node): void {
    if (node.typename === 'Output') {
      for (const one of childrenOf(node)) {
        if (one.typename === 'TemplateData') this.text(String(one['value']));
        else if (this.tag) this.inTag(one, output(one));
        else
          this.found.push(
            hasCaller(one) ? { is: 'stop', nodes: [this.printed(one)] } : { is: 'value', node: one },
          );
      }
      return;
    }
    if (this.tag) {
      if (node.typename === 'If' && !this.attribute?.read) {
        this.branches(node);
        return;
      }
      this.inTag(node, node);
      return;
    }
    if ((node.typename === 'If' || node.typename === 'For') && isInline(node)) {
      this.found.push({ is: 'part', node });
      return;
    }
    this.inner(node);
    this.found.push({ is: 'stop', nodes: [node] });
  }

  private inTag(value: Node, shown: Node): void {
    if (this.attribute?.read)
      this.attribute.read.push(
        value.typename === 'If' || value.typename === 'For'
          ? { is: 'part', node: value }
          : { is: 'value', node: value },
      );
    else this.tag?.nodes.push(shown);
  }

  /** Attributes that are there only if something is so. */
  private branches(node: Node): void {
    const outer = this.tag;
    if (!outer) return;
    const { attribute } = this;
    for (const field of ['body', 'else_']) {
      const inside = nodeIn(node, field);
      if (!inside) continue;
      this.attribute = attribute;
      this.tag = { ...outer, nodes: [] };
      for (const one of childrenOf(inside)) this.node(one);
      inside['children'] = this.tag.nodes;
    }
    this.tag = outer;
    outer.nodes.push(node);
  }

  private text(text: string): void {
    let rest = text;
    while (rest !== '') rest = this.tag ? this.restOfTag(rest) : this.untilTag(rest);
  }

  private untilTag(text: string): string {
    const at = text.search(/<[a-z/!]/i);
    const before = at === -1 ? text : text.slice(0, at);
    if (before !== '') this.found.push({ is: 'text', text: before });
    if (at === -1) return '';
    const [start = '<', slash = '', name = ''] = /^<(\/?)([a-z!][\w-]*)?/i.exec(text.slice(at)) ?? [];
    this.tag = { name: name.toLowerCase(), closes: slash !== '', nodes: [] };
    this.pending = start;
    return text.slice(at + start.length);
  }

  /** Up to the end of an attribute's value or of the tag, whichever comes first. */
  private restOfTag(text: string): string {
    const { attribute, tag } = this;
    if (!tag) return text;
    if (attribute) {
      const end = text.indexOf(attribute.quote);
      const value = end === -1 ? text : text.slice(0, end);
      if (attribute.read) {
        if (value !== '') attribute.read.push({ is: 'text', text: value });
      } else this.pending += value;
      this.flush();
      if (end === -1) return '';
      if (attribute.read)
        tag.nodes.push(
          ...this.sentence(
            attribute.read.filter((item): item is Exclude<Item, { is: 'stop' }> => item.is !== 'stop'),
          ),
        );
      this.attribute = null;
      this.pending = attribute.quote;
      return text.slice(end + 1);
    }
    const next = /\s([\w:-]+)=(["'])|>/.exec(text);
    if (!next) {
      this.pending += text;
      this.flush();
      return '';
    }
    this.pending += text.slice(0, next.index + next[0].length);
    this.flush();
    const rest = text.slice(next.index + next[0].length);
    if (next[1] !== undefined) {
      this.attribute = { name: next[1], quote: next[2] ?? '"', read: READ.test(next[1]) ? [] : null };
      return rest;
    }
    this.tag = null;
    this.found.push(INLINE.test(tag.name) ? { is: 'tag', ...tag } : { is: 'stop', nodes: tag.nodes });
    return rest;
  }

  private flush(): void {
    if (this.pending !== '') this.tag?.nodes.push(markup(this.pending));
    this.pending = '';
  }
}

const hasCaller = (node: Node): boolean =>
  node.typename === 'FunCall' &&
  childrenOf(partIn(node, 'args')).some(
    (arg) =>
      arg.typename === 'KeywordArgs' &&
      childrenOf(arg).some((pair) => nodeIn(pair, 'value')?.typename === 'Caller'),
  );
