import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import nunjucks from 'nunjucks';
import type { Message, Said } from './sentence.js';
import { compiled, treeOf } from './template-tree.js';
import { macrosIn, type MacroShape, TemplateWords } from './template-words.js';

/** Not among the types of nunjucks: a template that is compiled already. */
interface CompiledSource {
  src: { type: 'code'; obj: object };
  path: string;
  noCache: boolean;
}

/** Templates with their words in one language: each is compiled once, and shown as fast as the English. */
export class TemplateLoader extends nunjucks.FileSystemLoader {
  private readonly macros = new Map<string, Map<string, MacroShape>>();

  constructor(
    private readonly ours: string,
    private readonly library: string,
    private readonly say: (message: Message) => Said,
  ) {
    super([ours, library]);
  }

  override getSource(name: string): nunjucks.LoaderSource {
    const source = super.getSource(name) as nunjucks.LoaderSource | null;
    if (source === null) return source as never;
    const tree = this.words(!source.path.startsWith(this.ours)).put(treeOf(source.src));
    const ready: CompiledSource = {
      src: { type: 'code', obj: compiled(tree, source.path) },
      path: source.path,
      noCache: false,
    };
    return ready as unknown as nunjucks.LoaderSource;
  }

  private words(fromLibrary: boolean): TemplateWords {
    return new TemplateWords({ say: this.say, macrosOf: (name) => this.macrosOf(name) }, fromLibrary);
  }

  private macrosOf(name: string): Map<string, MacroShape> {
    const known = this.macros.get(name);
    if (known) return known;
    const inLibrary = name.startsWith('nhsuk/');
    const found = macrosIn(treeOf(readFileSync(join(inLibrary ? this.library : this.ours, name), 'utf8')));
    // What a macro of the library puts in is a file of its own: a tag is the one that stands within a line.
    if (inLibrary)
      for (const [macro, shape] of found) found.set(macro, { ...shape, inline: macro === 'tag' });
    this.macros.set(name, found);
    return found;
  }
}
