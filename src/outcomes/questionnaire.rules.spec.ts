import {
  catalogueOf,
  findIn,
  forEpisode,
  mayBeAskedByLink,
  newestIn,
  versionProblem,
} from './catalogue.rules.js';
import { scoreOf } from './measures.rules.js';
import { QUESTIONNAIRE_LIFECYCLE } from './questionnaire.lifecycle.js';
import { move } from '../platform/pure/lifecycle.js';
import { type Definition, definitionProblems, measureFrom, nameProblems } from './questionnaire.rules.js';

const scale = { kind: 'scale', min: 1, max: 5, minLabel: 'Never', maxLabel: 'Always' } as const;
const item = (key: string, more: object = {}): Definition['items'][number] => ({
  key,
  text: `About ${key}`,
  answer: scale,
  direction: 'higher_better',
  ...more,
});
const total = (more: object = {}): Definition['scores'][number] => ({
  key: 'total',
  title: 'Belonging',
  items: ['belong', 'alone'],
  rule: 'sum',
  reversed: ['alone'],
  direction: 'higher_better',
  ...more,
});
const good: Definition = {
  title: 'Belonging',
  licence: 'Our own',
  source: 'Written with people of the area',
  intro: 'Two questions about where you live.',
  items: [item('belong'), item('alone', { direction: 'lower_better' })],
  scores: [total()],
};
const BANDS = [
  { key: 'low', label: 'Low', from: 2, to: 5 },
  { key: 'high', label: 'High', from: 6, to: 10 },
];

describe('a questionnaire of a scheme’s own', () => {
  it.each<[string, Partial<Definition>, string[]]>([
    ['a good one', {}, []],
    ['bands that cover it', { scores: [total({ bands: BANDS })] }, []],
    ['a key twice', { items: [item('belong'), item('belong')], scores: [] }, ['items.1.key']],
    ['a key with capitals', { items: [item('Belong')], scores: [] }, ['items.0.key']],
    ['a score’s key twice', { scores: [total(), total()] }, ['scores.1.key']],
    [
      'a scale that ends before it begins',
      { items: [item('a', { answer: { ...scale, max: 1 } })], scores: [] },
      ['items.0.answer.max'],
    ],
    [
      'a scale without end',
      { items: [item('a', { answer: { kind: 'scale' } })], scores: [] },
      ['items.0.answer'],
    ],
    [
      'a scale of 102 steps',
      { items: [item('a', { answer: { ...scale, max: 102 } })], scores: [] },
      ['items.0.answer.max'],
    ],
    [
      'one answer to choose from',
      {
        items: [item('a', { answer: { kind: 'options', options: [{ value: 1, label: 'Yes' }] } })],
        scores: [],
      },
      ['items.0.answer.options'],
    ],
    [
      'two answers with one number',
      {
        items: [
          item('a', {
            answer: {
              kind: 'options',
              options: [
                { value: 1, label: 'Yes' },
                { value: 1, label: 'No' },
              ],
            },
          }),
        ],
        scores: [],
      },
      ['items.0.answer.options'],
    ],
    ['a score of what is not asked', { scores: [total({ items: ['sleep'] })] }, ['scores.0.items']],
    ['a reversal of what is not in it', { scores: [total({ items: ['belong'] })] }, ['scores.0.reversed']],
    ['questions that point both ways', { scores: [total({ reversed: [] })] }, ['scores.0.direction']],
    ['a gap between bands', { scores: [total({ bands: [BANDS[0]] })] }, ['scores.0.bands']],
    ['bands of a mean', { scores: [total({ rule: 'mean', bands: BANDS })] }, ['scores.0.bands']],
  ])('%s', (_name, change, fields) => {
    expect(definitionProblems({ ...good, ...change }).map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    ['belonging', true],
    ['a2_b', true],
    ['2a', false],
    ['', false],
    ['sl-ash', false],
    ['a'.repeat(41), false],
  ])('may be called %p: %s', (name, may) => {
    expect(nameProblems(name)).toHaveLength(may ? 0 : 1);
  });

  it('is scored by its own rule: reversed, added or averaged', () => {
    const sum = measureFrom('own_belonging', 1, { ...good, scores: [total({ bands: BANDS })] });
    expect(sum).toMatchObject({ version: '1', scores: [{ min: 2, max: 10 }] });
    expect(scoreOf(sum, { belong: 4, alone: 2 })).toEqual({
      ok: true,
      scores: { total: 8 },
      bands: { total: 'high' },
    });
    const mean = measureFrom('own_belonging', 2, { ...good, scores: [total({ rule: 'mean' })] });
    expect(mean.scores[0]).toMatchObject({ min: 1, max: 5 });
    expect(scoreOf(mean, { belong: 4, alone: 1 })).toMatchObject({ scores: { total: 4.5 } });
    expect(scoreOf(mean, { belong: 4, alone: null })).toMatchObject({ scores: { total: null } });
    expect(scoreOf(mean, { belong: 6, alone: 1 })).toMatchObject({ ok: false });
  });
});

describe('the lifecycle of a version', () => {
  it.each([
    ['draft', null, 'draft'],
    ['amend', 'draft', 'draft'],
    ['publish', 'draft', 'published'],
    ['retire', 'published', 'retired'],
    ['discard', 'draft', 'gone'],
    ['amend', 'published', null],
    ['publish', 'published', null],
    ['discard', 'published', null],
    ['retire', 'draft', null],
    ['publish', 'retired', null],
    ['retire', 'retired', null],
  ] as const)('%s from %s', (verb, from, to) => {
    const answer = move(QUESTIONNAIRE_LIFECYCLE, verb, from);
    expect(answer.ok ? answer.to : null).toBe(to);
  });
});

describe('what a scheme asks', () => {
  const own = (number: number, state: 'published' | 'retired', replaced = false) => ({
    measure: 'own_belonging',
    number,
    state,
    definition: good,
    replaced,
    retiredBecause: state === 'retired' ? 'nobody understood it' : null,
  });
  const catalogue = catalogueOf(
    [
      { measure: 'phq9', isOn: true, licenceReference: null },
      { measure: 'swemwbs', isOn: true, licenceReference: 'W-123' },
    ],
    [own(1, 'retired'), own(2, 'published')],
  );

  it.each<[string, string, string | null, RegExp | null]>([
    ['ons4', '1', null, null],
    ['phq9', '1', null, null],
    ['swemwbs', '1', null, null],
    ['own_belonging', '2', null, null],
    ['own_belonging', '1', 'version', /nobody understood it/],
    ['own_belonging', '3', 'version', /no such version/],
    ['gad7', '1', 'measure', /switched off/],
    ['own_other', '1', 'measure', /no such questionnaire/],
    ['mycaw', '1', 'measure', /no such questionnaire/],
  ])('%s version %s', (id, version, field, because) => {
    const problem = versionProblem(catalogue, id, version);
    expect(problem?.field ?? null).toBe(field);
    if (because) expect(problem?.message).toMatch(because);
  });

  it('needs the scheme’s own licence for what is licensed', () => {
    expect(versionProblem(catalogueOf([], []), 'swemwbs', '1')?.message).toMatch(/licence/);
    expect(findIn(catalogue, 'swemwbs', '1')?.licenceReference).toBe('W-123');
  });

  it.each<[string, boolean, 'published' | 'retired', string, string]>([
    ['goes on with a version that was only replaced', true, 'published', '1', 'asked'],
    ['takes the newest where theirs was withdrawn', false, 'published', '2', 'asked'],
    ['asks none where all of it was withdrawn', true, 'retired', '2', 'retired'],
  ])('%s', (_name, replaced, newest, version, standing) => {
    const versions = catalogueOf([], [own(1, 'retired', replaced), own(2, newest)]);
    const started = [{ measure: 'own_belonging', version: '1' }];
    const asked = newestIn(forEpisode(versions, started), 'own_belonging');
    expect([asked?.measure.version, asked?.standing]).toEqual([version, standing]);
    expect(newestIn(forEpisode(versions, []), 'own_belonging')?.measure.version).toBe('2');
  });

  it.each([
    ['ons4', true],
    ['ucla3', true],
    ['own_belonging', true],
    ['phq9', false],
    ['gad7', false],
    ['swemwbs', false],
  ])('%s may be asked by link: %s', (id, may) => {
    const found = newestIn(catalogue, id);
    expect(found !== undefined && mayBeAskedByLink(found)).toBe(may);
  });
});
