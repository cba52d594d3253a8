import type { Language } from '../words/languages.js';

/** What stands on a letter, from top to bottom. */
export type Block = { heading: string } | { text: string } | { list: readonly string[]; numbered?: boolean };

export interface Letter {
  title: string;
  blocks: readonly Block[];
}

/** The letters of a script, and the font that has them; what stands between them as well, so that words stay whole. */
const SCRIPTS = [
  { font: 'Bengali', letters: '\\u0980-\\u09FF' },
  { font: 'Devanagari', letters: '\\u0900-\\u0963\\u0966-\\u097F' },
] as const;

/** Latin with its neighbours, as far as Roboto has it: English, Welsh, Polish, Romanian and most of Europe. */
const LATIN =
  '\\t\\n\\r\\u0020-\\u007E\\u00A0-\\u017F\\u0218-\\u021B\\u1E80-\\u1E85\\u1EF2\\u1EF3\\u2013\\u2014\\u2018-\\u201E\\u2022\\u2026\\u20AC';
/** Stops and joiners that both Indic scripts use. */
const SHARED = '\\u0964\\u0965\\u200C\\u200D';

const WRITABLE = new RegExp(`^[${LATIN}${SHARED}${SCRIPTS.map(({ letters }) => letters).join('')}]*$`, 'u');

export interface Run {
  text: string;
  font: 'Roboto' | (typeof SCRIPTS)[number]['font'];
}

/** A line cut where its script changes: no font has all of them, and none is embedded that is not needed. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (const character of text) {
    const last = runs.at(-1);
    const joins = new RegExp(`[${SHARED}]`, 'u').test(character) && last !== undefined;
    const script = SCRIPTS.find(({ letters }) => new RegExp(`[${letters}]`, 'u').test(character));
    const font = joins ? last.font : (script?.font ?? 'Roboto');
    if (last?.font === font) last.text += character;
    else runs.push({ text: character, font });
  }
  return runs;
}

const RIGHT_TO_LEFT: readonly Language[] = ['ur', 'ar'];

/** Whether a file can be made in a language at all: nothing here puts words that run from right to left in order. */
export const hasFiles = (language: Language): boolean => !RIGHT_TO_LEFT.includes(language);

/** Whether all that this letter says can be written: somebody's own words may be in any script, or hold pictures. */
export function canBeWritten({ title, blocks }: Letter): boolean {
  const texts = blocks.flatMap((block) =>
    'heading' in block ? [block.heading] : 'text' in block ? [block.text] : block.list,
  );
  return [title, ...texts].every((text) => WRITABLE.test(text));
}
