import { childrenOf, nameOf, type Node, written } from './template-tree.js';

/** What a sentence on a page is made of, in order. `said` are those of a run that a translator may move. */
export type Part =
  | { is: 'text'; text: string }
  | { is: 'value'; node: Node }
  | { is: 'tag'; name: string; closes: boolean; nodes: Node[] }
  /** One of two, by whether something is exactly one. */
  | { is: 'number'; count: Node; one: Part[]; many: Part[]; node: Node };

/** A text as translators meet it. `one` where a number decides: then `text` is what is said of many. */
export interface Message {
  text: string;
  one: string | null;
}

/** What is said for a message, by the form of number; `other` where none decides. */
export type Said = Record<string, string>;

/** Where a text of the message goes: `{{name}}`, `<a>` and `</a>`. */
const PLACE = /\{\{(\w+)\}\}|<(\/?)([a-z]\w*)>/g;

export const placesIn = (text: string): string[] => (text.match(PLACE) ?? []).sort();

export const hasLetters = (text: string): boolean => /\p{L}/u.test(text);

/** A sentence with the names of what is put into it, and back from a translation to its parts. */
export class Sentence {
  readonly message: Message;
  /** What decides between one and many; null where nothing does. */
  readonly count: Node | null;
  private readonly places = new Map<string, Part>();
  private readonly names = new Map<string, string>();

  constructor(parts: readonly Part[]) {
    this.count = parts.find((part) => part.is === 'number')?.count ?? null;
    const many = this.worded(this.chosen(parts, 'many'));
    this.message = { text: many, one: this.count ? this.worded(this.chosen(parts, 'one')) : null };
  }

  /** The parts of a translation of it, or of its own text. What was not in the English is left out. */
  parts(text: string): Part[] {
    const parts: Part[] = [];
    let from = 0;
    const put = (piece: string): void => {
      if (piece !== '') parts.push({ is: 'text', text: piece });
    };
    for (const found of text.matchAll(PLACE)) {
      put(text.slice(from, found.index));
      const part = this.places.get(found[0]);
      if (part) parts.push(part);
      from = found.index + found[0].length;
    }
    put(text.slice(from));
    return parts;
  }

  private chosen(parts: readonly Part[], form: 'one' | 'many'): Part[] {
    const decides = this.count && written(this.count);
    return parts.flatMap((part): Part[] => {
      if (part.is !== 'number') return [part];
      return written(part.count) === decides ? part[form] : [{ is: 'value', node: part.node }];
    });
  }

  private worded(parts: readonly Part[]): string {
    const open: string[] = [];
    return parts
      .map((part) => {
        if (part.is === 'text') return part.text;
        if (part.is === 'value') return this.placed(`{{${this.valueName(part.node)}}}`, part);
        if (part.is !== 'tag') return '';
        const name = part.closes ? (open.pop() ?? part.name) : this.tagName(part);
        if (!part.closes) open.push(name);
        return this.placed(part.closes ? `</${name}>` : `<${name}>`, part);
      })
      .join('')
      .replace(/[ \t\n\r]+/g, ' ');
  }

  private placed(place: string, part: Part): string {
    this.places.set(place, part);
    return place;
  }

  private valueName(node: Node): string {
    const bare = unbracketed(node);
    if (this.count && written(bare) === written(this.count)) return 'count';
    return this.free(nameOf(bare), written(bare));
  }

  private tagName(part: Part & { is: 'tag' }): string {
    return this.free(part.name, `<${part.nodes.map(markOf).join('')}`);
  }

  /** The same name for the same thing, another for another. */
  private free(name: string, of: string): string {
    for (let number = 1; ; number += 1) {
      const tried = number === 1 ? name : `${name}${String(number)}`;
      const taken = this.names.get(tried);
      if (taken === undefined) this.names.set(tried, of);
      if (taken === undefined || taken === of) return tried;
    }
  }
}

const unbracketed = (node: Node): Node =>
  node.typename === 'Group' && childrenOf(node).length === 1
    ? unbracketed(childrenOf(node)[0] ?? node)
    : node;

let marks = 0;
const marked = new WeakMap<Node, number>();
/** Tags are never the same one. */
function markOf(node: Node): string {
  const known = marked.get(node) ?? (marks += 1);
  marked.set(node, known);
  return String(known);
}
