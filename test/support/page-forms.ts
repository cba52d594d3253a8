import { MISSING } from '../../src/web/layout/forms.js';
import type { TestApp } from './start-app.js';

const NAMED: Record<string, string> = { '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>', '&amp;': '&' };
/** As a browser reads what a template wrote. */
export const decoded = (text: string): string =>
  text.replaceAll(/&(?:quot|#39|lt|gt|amp);/g, (one) => NAMED[one] ?? one);

const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s>/])`).exec(tag);
  return found ? decoded(found[1] ?? '') : null;
};

export interface PageForm {
  method: 'GET' | 'POST';
  action: string;
  /** What a browser sends though nobody has answered anything: hidden fields, the first of each list, the first button. */
  anyway: Record<string, string>;
  /** Where people write, by name. */
  written: string[];
  names: string[];
  /** What is answered already as the page comes: written in, ticked or chosen, by name. */
  filled: string[];
}

const firstOfLists = (form: string): [string, string][] =>
  [...form.matchAll(/(<select\b[^>]*>)\s*(<option\b[^>]*>)/g)].map(([, list = '', option = '']) => [
    attribute(list, 'name') ?? '',
    attribute(option, 'value') ?? '',
  ]);

/** Boxes with words in them, what is ticked, and lists that stand at anything but nothing. */
const filledIn = (form: string): string[] =>
  [
    ...[...form.matchAll(/<input\b[^>]*>/g)].filter(([tag]) => {
      const type = attribute(tag, 'type') ?? 'text';
      if (['checkbox', 'radio'].includes(type)) return attribute(tag, 'checked') !== null;
      return type !== 'hidden' && (attribute(tag, 'value') ?? '') !== '';
    }),
    ...[...form.matchAll(/(<textarea\b[^>]*>)([^<]*)/g)].filter(([, , words = '']) => words.trim() !== ''),
    ...[...form.matchAll(/(<select\b[^>]*>)([^]*?)<\/select>/g)].filter(([, , options = '']) =>
      [...options.matchAll(/<option\b[^>]*>/g)].some(
        ([option]) => attribute(option, 'selected') !== null && attribute(option, 'value') !== '',
      ),
    ),
  ].flatMap(([tag]) => attribute(tag, 'name') ?? []);

const WRITTEN = ['text', 'tel', 'email', 'search', 'url', 'number'];

/** The forms of a page as it was sent. */
export const formsIn = (html: string, url: string): PageForm[] =>
  [...html.matchAll(/<form\b[^]*?<\/form>/g)].map(([whole]) => {
    const opening = whole.slice(0, whole.indexOf('>') + 1);
    const fields = [...whole.matchAll(/<(?:input|textarea|select|button)\b[^>]*>/g)]
      .map(([tag]) => ({ tag, name: attribute(tag, 'name'), type: attribute(tag, 'type') ?? 'text' }))
      .filter((field): field is typeof field & { name: string } => field.name !== null);
    const isHidden = ({ tag, type }: (typeof fields)[number]) =>
      tag.startsWith('<input') && type === 'hidden';
    const names = (some: typeof fields) => [...new Set(some.map(({ name }) => name))];
    return {
      method: attribute(opening, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      action: attribute(opening, 'action') ?? url,
      anyway: {
        ...Object.fromEntries(
          fields.filter(isHidden).map(({ name, tag }) => [name, attribute(tag, 'value') ?? '']),
        ),
        ...Object.fromEntries(firstOfLists(whole)),
        ...Object.fromEntries(
          fields
            .filter(({ tag }) => tag.startsWith('<button'))
            .slice(0, 1)
            .map(({ name, tag }) => [name, attribute(tag, 'value') ?? '']),
        ),
      },
      written: names(
        fields.filter(
          ({ tag, type }) =>
            tag.startsWith('<textarea') || (tag.startsWith('<input') && WRITTEN.includes(type)),
        ),
      ),
      names: names(fields.filter((field) => !isHidden(field))),
      filled: [...new Set(filledIn(whole))],
    };
  });

/** What a page that shows a form again owes to whoever sent it. */
export function faultsOfAgain(html: string, typed: Record<string, string>): string[] {
  const faults: string[] = [];
  if (!/<title>\s*Error: /.test(html)) faults.push('the title does not say so');
  const summary = /<div class="nhsuk-error-summary"[^]*?<\/ul>/.exec(html)?.[0] ?? '';
  const ids = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => decoded(id)));
  const leads = [...summary.matchAll(/href="#([^"]*)"/g)].map(([, id = '']) => decoded(id));
  if (leads.length === 0) faults.push('the summary leads nowhere');
  for (const id of leads) {
    if (!ids.has(id)) faults.push(`nothing is called ${id}`);
    // Three boxes of a date have one message.
    else if (
      ![`${id}-error`, `${id}-date-error`, ...(id === 'day' ? ['date-error'] : [])].some((one) =>
        ids.has(one),
      )
    )
      faults.push(`nothing is said beside ${id}`);
  }
  for (const [, id = '', reason = ''] of summary.matchAll(/href="#([^"]*)"[^>]*>([^<]*)</g))
    if (MISSING.has(decoded(reason).trim())) faults.push(`nothing names ${decoded(id)}`);
  const text = decoded(html);
  for (const [name, value] of Object.entries(typed))
    if (!name.startsWith('_') && value !== '' && !text.includes(value)) faults.push(`${name} is lost`);
  return faults;
}

/** Sends a form as a browser would, from another house each time: what is counted by network address is not what is tried. */
export function formPosts(betony: TestApp, houses: string) {
  let calls = 0;
  return (url: string, cookie: string, answers: Record<string, string>) => {
    calls += 1;
    return betony.inject({
      method: 'POST',
      url,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      remoteAddress: `${houses}.${String(Math.floor(calls / 200))}.${String(calls % 200)}`,
      payload: new URLSearchParams(answers).toString(),
    });
  };
}
