import type nunjucks from 'nunjucks';

/** How many drawings of one macro are kept, and how much may have been given to it: a list of choices, not a letter. */
const KEPT = 200;
const LONGEST_GIVEN = 4_000;

/** The library's own components: what they draw follows from what they are given, and from nothing else. */
const COMPONENT = /^nhsuk\/components\/[a-z-]+\/macro\.njk$/;

type Macro = (...given: unknown[]) => unknown;
type Macros = Record<string, unknown>;
type Take<T> = (fault: Error | null, found: T | null) => void;
interface Template {
  getExported: (...given: unknown[]) => void;
}

/**
 * Draws nothing twice that is the same: macros of a file that is imported without context are made once and not once a
 * page, and a component given the same again (a tag in every row, a box with the same label and nothing in it) is what it
 * was then. A component of the library takes from 30 microseconds, a tag, to a millisecond, a date.
 */
export function drawOnce(environment: nunjucks.Environment): void {
  const seen = new WeakSet<Template>();
  const find = environment.getTemplate.bind(environment) as Macro;
  const asked: Macro = (name, ...rest) => {
    const take = rest.at(-1);
    if (typeof take !== 'function') return find(name, ...rest);
    const once: Take<Template> = (fault, template) => {
      if (template && !seen.has(template)) {
        seen.add(template);
        exportOnce(template, COMPONENT.test(String(name)));
      }
      (take as Take<Template>)(fault, template);
    };
    return find(name, ...rest.slice(0, -1), once);
  };
  Object.assign(environment, { getTemplate: asked });
}

function exportOnce(template: Template, component: boolean): void {
  const run = template.getExported.bind(template);
  let made: Macros | null = null;
  template.getExported = (...given) => {
    const [take] = given;
    // Imported with context, macros belong to the page that is being drawn.
    if (typeof take !== 'function') {
      run(...given);
      return;
    }
    if (made) {
      (take as Take<Macros>)(null, made);
      return;
    }
    run((fault: Error | null, macros: Macros | null) => {
      made = macros && component ? remembering(macros) : macros;
      (take as Take<Macros>)(fault, made);
    });
  };
}

function remembering(macros: Macros): Macros {
  return Object.fromEntries(
    Object.entries(macros).map(([name, macro]) => [
      name,
      typeof macro === 'function' ? remembered(macro as Macro) : macro,
    ]),
  );
}

const isBetween = (one: unknown): boolean =>
  typeof one === 'object' && one !== null && 'caller' in one && typeof one.caller === 'function';

function remembered(macro: Macro): Macro {
  const before = new Map<string, unknown>();
  return (...given) => {
    // What stands between `call` and `endcall` is a function, of which JSON says nothing.
    if (given.some(isBetween)) return macro(...given);
    // Markup that is safe is an object to JSON, and never the same as a text that says the same.
    const key = JSON.stringify(given);
    if (key.length > LONGEST_GIVEN) return macro(...given);
    const known = before.get(key);
    if (known !== undefined) return known;
    const drawn = macro(...given);
    if (before.size >= KEPT) before.delete(before.keys().next().value ?? '');
    before.set(key, drawn);
    return drawn;
  };
}
