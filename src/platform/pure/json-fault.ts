const WORDS = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** What may still become one of them. */
const BEGUN = /^(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-)$/;

/** What is left of a number that was cut, and no number's beginning. */
const HALF_A_NUMBER = /^(?:\.|[eE][+-]?)$/;

type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'next';

/** Where the text that begins at `from` ends, or `{ fault }` where it cannot go on. */
function afterString(text: string, from: number): { end: number } | { fault: number } {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { end: at + 1 };
    if (code < 0x20) return { fault: at };
    if (code !== 0x5c) continue;
    at += 1;
    if (at < text.length && !'"\\/bfnrtu'.includes(text.charAt(at))) return { fault: at };
  }
  return { fault: text.length };
}

/** The first place where a text is no JSON; its length where it stops too early; null where nothing is wrong. */
function faultAt(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let expected = 'value' as Expected;
  let at = 0;
  const close = (): void => {
    open.pop();
    expected = 'next';
    at += 1;
  };
  for (;;) {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
    if (at === text.length) return expected === 'next' && open.length === 0 ? null : at;
    const here = text.charAt(at);
    const inside = open.at(-1);
    if (expected === 'next') {
      if (here === (inside === '{' ? '}' : ']') && inside !== undefined) close();
      else if (here === ',' && inside !== undefined) {
        expected = inside === '{' ? 'key' : 'value';
        at += 1;
      } else return at;
    } else if (expected === 'colon') {
      if (here !== ':') return at;
      expected = 'value';
      at += 1;
    } else if (here === '"') {
      const string = afterString(text, at);
      if ('fault' in string) return string.fault;
      expected = expected === 'key' || expected === 'first key' ? 'colon' : 'next';
      at = string.end;
    } else if (expected === 'first key' || expected === 'key') {
      if (here !== '}' || expected === 'key') return at;
      close();
    } else if (here === '{' || here === '[') {
      open.push(here);
      expected = here === '{' ? 'first key' : 'first value';
      at += 1;
    } else if (here === ']' && expected === 'first value') close();
    else {
      WORDS.lastIndex = at;
      const word = WORDS.exec(text);
      if (!word) return BEGUN.test(text.slice(at, at + 5)) ? text.length : at;
      expected = 'next';
      at += word[0].length;
      if (HALF_A_NUMBER.test(text.slice(at, at + 3))) return text.length;
    }
  }
}

/**
 * What is wrong with a text that is no JSON, in words, with the line and the character people count from 1. It quotes
 * nothing of the text. Null where it is JSON.
 */
export function jsonFault(text: string): string | null {
  const at = faultAt(text);
  if (at === null) return null;
  const before = text.slice(0, at);
  const line = (before.match(/\n/g)?.length ?? 0) + 1;
  const character = at - (before.lastIndexOf('\n') + 1) + 1;
  const place = `line ${String(line)}, character ${String(character)}`;
  return at === text.length
    ? `It stops in the middle, at ${place}: was it cut short?`
    : `It cannot be read from ${place} on.`;
}
