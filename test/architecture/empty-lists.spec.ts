import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('../../src/web', import.meta.url));
/** Nothing is to be done: rows come by themselves, which the words say, or by somebody who has no page. */
const COMES_BY_ITSELF = ['managers/pages/neighbourhoods.njk', 'managers/pages/retention.njk'];

/** What a template shows in place of the list that its page is for. */
function emptyStates(template: string): string[] {
  return [...template.matchAll(/\{%-? if not (?:items|rows) \| length[^%]*%\}/g)].map(
    ({ 0: opening, index }) => {
      const from = index + opening.length;
      let depth = 0;
      for (const { 1: word, index: at } of template
        .slice(from)
        .matchAll(/\{%-?\s*(if|endif|else|elif)\b[^%]*%\}/g)) {
        if (depth === 0 && word !== 'if') return template.slice(from, from + at);
        depth += word === 'if' ? 1 : word === 'endif' ? -1 : 0;
      }
      return template.slice(from);
    },
  );
}

const leadsOn = (state: string): boolean => /<a |<form|\bbutton\(|table\.nothing/.test(state);

describe('a list without rows', () => {
  const lists = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.njk'))
    .flatMap((name) => emptyStates(readFileSync(join(WEB, name), 'utf8')).map((state) => ({ name, state })));

  it('is told apart from one that only says so', () => {
    const made =
      '{% if not items | length %}{% if a %}<p>None.</p>{% else %}<p>None yet.</p>{% endif %}{% else %}<a href="/">';
    expect(emptyStates(made).map(leadsOn)).toEqual([false]);
    expect(emptyStates(made.replace('None yet.', '<a href="/new">Write one</a>')).map(leadsOn)).toEqual([
      true,
    ]);
  });

  it('leads on to what can be done next', () => {
    const dumb = lists.filter(({ name, state }) => !leadsOn(state) && !COMES_BY_ITSELF.includes(name));
    expect(dumb).toEqual([]);
    expect(lists.length).toBeGreaterThan(30);
    const excused = lists.filter(({ name, state }) => COMES_BY_ITSELF.includes(name) && !leadsOn(state));
    expect(excused).toHaveLength(COMES_BY_ITSELF.length);
  });
});
