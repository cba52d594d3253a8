import nunjucks from 'nunjucks';
import type { Key, Speech, Values } from './speech.js';

/** Stands in a text for a value with markup while the rest is escaped: of the private use area, where nothing is written. */
const MARK = ['\uE000', '\uE001'] as const;
const MARKED = /\uE000(\d+)\uE001/g;

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Of a text, what stands in markup. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);

type PageValues = Record<string, string | number | nunjucks.runtime.SafeString>;
type Said = string | nunjucks.runtime.SafeString;

/** What every template has to speak with. `fault`: what is wrong with a field, as the parts of forms take it. */
export interface InPage {
  t: (key: Key, values?: PageValues) => Said;
  fault: (text: string | undefined) => { text: string; visuallyHiddenText: string } | undefined;
}

/** A text may carry a link, made by a macro: that alone stays markup, and all around it is escaped as ever. */
export function inPage({ t }: Speech): InPage {
  const withMarkup = (key: Key, values: PageValues): nunjucks.runtime.SafeString => {
    const markup: string[] = [];
    const marked = Object.entries(values).map(([name, value]): [string, string | number] => {
      if (typeof value === 'string' || typeof value === 'number') return [name, value];
      markup.push(String(value));
      return [name, `${MARK[0]}${String(markup.length - 1)}${MARK[1]}`];
    });
    const whole = escaped(t(key, Object.fromEntries(marked))).replace(
      MARKED,
      (_all, index: string) => markup[Number(index)] ?? '',
    );
    return new nunjucks.runtime.SafeString(whole);
  };
  const plain = (values: PageValues): values is Values =>
    Object.values(values).every((value) => typeof value === 'string' || typeof value === 'number');
  return {
    t: (key, values = {}) => (plain(values) ? t(key, values) : withMarkup(key, values)),
    fault: (text) => (text ? { text, visuallyHiddenText: t('frame.error') } : undefined),
  };
}
