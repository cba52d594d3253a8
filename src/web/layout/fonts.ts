import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sha256 } from '../../platform/pure/hash.js';
import type { Language } from '../words/languages.js';

const require = createRequire(import.meta.url);

interface Script {
  languages: readonly Language[];
  /** Of the package, and of the part of it that holds these letters alone. */
  name: string;
  part: string;
  /** What a device has of its own, which is then not loaded. */
  local: readonly string[];
  lineHeight: number;
}

/**
 * One weight each: two would not go into 60 kB with their page, and browsers thicken letters well enough. Nastaliq, which
 * Urdu is best read in, is 159 kB: it is used where a device has it, and Naskh is loaded where it has neither. They stand
 * first, since their range leaves all other letters alone, and behind `system-ui` Chromium does not always find them.
 */
const SCRIPTS: readonly Script[] = [
  {
    languages: ['bn'],
    name: 'noto-sans-bengali',
    part: 'bengali',
    local: ['Noto Sans Bengali', 'Noto Sans Bengali UI', 'Nirmala UI', 'Kohinoor Bangla', 'Bangla Sangam MN'],
    lineHeight: 1.6,
  },
  {
    languages: ['ne'],
    name: 'noto-sans-devanagari',
    part: 'devanagari',
    local: [
      'Noto Sans Devanagari',
      'Noto Sans Devanagari UI',
      'Nirmala UI',
      'Kohinoor Devanagari',
      'Devanagari Sangam MN',
    ],
    lineHeight: 1.6,
  },
  {
    languages: ['ar'],
    name: 'noto-sans-arabic',
    part: 'arabic',
    local: ['Noto Sans Arabic', 'Noto Naskh Arabic', 'Noto Naskh Arabic UI', 'Segoe UI', 'Geeza Pro'],
    lineHeight: 1.7,
  },
  {
    languages: ['ur'],
    name: 'noto-sans-arabic',
    part: 'arabic',
    local: [
      'Noto Nastaliq Urdu',
      'Urdu Typesetting',
      'Noto Naskh Arabic',
      'Noto Naskh Arabic UI',
      'Segoe UI',
      'Geeza Pro',
    ],
    lineHeight: 2,
  },
];

const lettersOf = ({ name, part }: Script) => {
  const body = readFileSync(require.resolve(`@fontsource/${name}/files/${name}-${part}-400-normal.woff2`));
  return { address: `${name}.${sha256(body).slice(0, 16)}.woff2`, body };
};

const rangeOf = ({ name, part }: Script): string => {
  const ranges = JSON.parse(
    readFileSync(require.resolve(`@fontsource/${name}/unicode.json`), 'utf8'),
  ) as Record<string, string>;
  return ranges[part] ?? '';
};

export const LETTERS = SCRIPTS.map(lettersOf);

const sheetOf = (script: Script): { address: string; body: Buffer } => {
  const local = script.local.map((name) => `local('${name}')`).join(',');
  const text = `@font-face{font-family:'Betony letters';font-weight:400;font-display:swap;src:${local},url('/fonts/${lettersOf(script).address}') format('woff2');unicode-range:${rangeOf(script)}}
body{font-family:'Betony letters',system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;line-height:${String(script.lineHeight)}}
`;
  const body = Buffer.from(text);
  return { address: `letters.${sha256(body).slice(0, 16)}.css`, body };
};

export const SHEETS: ReadonlyMap<Language, { address: string; body: Buffer }> = new Map(
  SCRIPTS.flatMap((script) => script.languages.map((language) => [language, sheetOf(script)] as const)),
);
