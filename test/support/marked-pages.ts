import { staffMessages } from './staff-messages.js';
import { languageChoices } from '../../src/web/layout/words.js';
import { learn } from '../../src/web/words/staff/staff-words.js';
import { wordsFile } from '../../src/web/words/speech.js';

/** A made-up language: every English text of ours between two signs that nothing else has. */
export const MADE_UP = 'qq';
const [OPEN, CLOSE] = ['⟦', '⟧'];
/** Around what people wrote, which is in no language of ours. */
export const THEIRS = ['⦃', '⦄'] as const;

/** Learns it from the list of all messages, as a translator would write its file. */
export function learnMadeUp(): void {
  const words: Record<string, string> = {};
  for (const key of staffMessages().keys()) words[key] = OPEN + key.replace(/_(?:one|other)$/, '') + CLOSE;
  // Welsh days and months, so that English ones that stayed are seen.
  learn(MADE_UP, {
    file: { name: 'Made up', locale: 'cy-GB', state: 'signed_off', by: 'Nobody', on: '2026-11-23' },
    words: { ...ofGroups(), ...words },
  });
}

/** What staff are shown as a group would read it stands among the words of those pages. */
function ofGroups(): Record<string, string> {
  const found: Record<string, string> = {};
  const gather = (section: object): void => {
    for (const value of Object.values(section) as unknown[]) {
      if (typeof value === 'string') found[value] = OPEN + value + CLOSE;
      else if (value !== null) gather(value as object);
    }
  };
  gather(wordsFile('en'));
  return found;
}

/** In no language, or in the calendar's own Welsh: dates, names of languages, references, codes, what is read by programs. */
const NO_WORDS: readonly RegExp[] = [
  /\b(?:Sul|Llun|Maw|Mer|Iau|Gwen|Sad),? \d+ \p{L}+ \d{4}/gu,
  /\b(?:Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr)\b/gu,
  new RegExp(`^(?:${languagesInWelsh().join('|')})$`, 'gu'),
  /\b[0-9a-f]{12}\b|\b[A-Z]-[A-Z0-9]{4}-[A-Z0-9]{4}\b|\b[A-Z2-7]{32}\b|\b[a-z]+(?:_[a-z]+)+\b/g,
  /\bBetony\b|https?:\S+|\S+@\S+|\b\w+\.csv\b/g,
  /^(?:English|Cymraeg)$/g,
];
function languagesInWelsh(): string[] {
  const names = new Intl.DisplayNames('cy-GB', { type: 'language' });
  return languageChoices().map(({ value }) => names.of(value) ?? value);
}

const decoded = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&');

const READ_OUT = /\s(?:aria-label|title|alt|placeholder)="([^"]*)"/g;

/** What of a page is read, and is neither a text of ours in the language nor what somebody wrote. */
export function unmarked(html: string): string[] {
  const body = html.replace(/<(script|style|svg)\b[^]*?<\/\1>/g, ' ');
  const attributes = [...body.matchAll(READ_OUT)].map(([, said = '']) => outside(decoded(said)));
  // A text of ours may have links and bold words in it, so it is followed across tags.
  const texts = outside(decoded(body.replace(/<!--[^]*?-->/g, '').replace(/<[^>]*>/g, '\u0001'))).split(
    '\u0001',
  );
  return [...attributes, ...texts]
    .map((said) => said.replace(/\s+/g, ' ').trim())
    .filter((said) => /\p{L}/u.test(NO_WORDS.reduce((rest, one) => rest.replace(one, ''), said)));
}

/** The rest, once what stands between two signs is taken out. */
function outside(text: string): string {
  let ours = 0;
  let theirs = 0;
  let rest = '';
  for (const letter of text) {
    if (letter === OPEN) ours += 1;
    else if (letter === CLOSE) ours = Math.max(0, ours - 1);
    else if (letter === THEIRS[0]) theirs += 1;
    else if (letter === THEIRS[1]) theirs = Math.max(0, theirs - 1);
    else if (ours === 0 && theirs === 0) rest += letter;
  }
  return rest;
}
