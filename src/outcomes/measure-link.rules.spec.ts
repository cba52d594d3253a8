import { catalogueOf } from './catalogue.rules.js';
import {
  answerIn,
  answersTo,
  firstOpen,
  linkProblems,
  linkUntil,
  questionsOf,
  questionsToken,
  readAloud,
} from './measure-link.rules.js';
import { currentMeasure, MEASURES } from './measures.catalogue.js';
import { directionOf, type Translation, translationProblems } from './translation.rules.js';

const measure = (id: string) => {
  const found = currentMeasure(id);
  if (!found) throw new Error(`There is no measure ${id}`);
  return found;
};
const ons4 = measure('ons4');
const ucla3 = measure('ucla3');
const ask = (...measures: (typeof ons4)[]) =>
  questionsOf(measures.map((one) => ({ measure: one, translation: null })));

describe('questions, one a page', () => {
  it('are those of the paper, in its order, with its introduction before the first', () => {
    const questions = ask(ons4, ucla3);
    expect(questions.map(({ key }) => key)).toEqual([
      'ons4.satisfied',
      'ons4.worthwhile',
      'ons4.happy',
      'ons4.anxious',
      'ucla3.companionship',
      'ucla3.left_out',
      'ucla3.isolated',
      'ucla3.direct',
    ]);
    expect(questions.map(({ intro }) => intro !== null)).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(questions[0]?.choices.map(({ label }) => label)).toEqual('0 1 2 3 4 5 6 7 8 9 10'.split(' '));
    expect(questions[7]?.choices[0]).toEqual({ value: 1, label: 'Often/always' });
  });

  it.each([
    ['0', { value: 0 }],
    ['10', { value: 10 }],
    ['rather-not', { value: null }],
  ])('take %p', (sent, answer) => {
    expect(answerIn(ask(ons4)[0] ?? { choices: [] }, sent)).toEqual(answer);
  });

  it.each([undefined, '', '11', '-1', '3.0', '1e1', ' 7', '٧'])('refuse %p', (sent) => {
    const problem = sent ? 'another' : 'none';
    expect(answerIn(ask(ons4)[0] ?? { choices: [] }, sent)).toEqual({ problem });
  });

  it('go on at the first without an answer; "rather not say" is one', () => {
    const questions = ask(ons4);
    expect(firstOpen(questions, {})).toBe(1);
    expect(firstOpen(questions, { 'ons4.satisfied': 0, 'ons4.worthwhile': null })).toBe(3);
    const all = { 'ons4.satisfied': 0, 'ons4.worthwhile': null, 'ons4.happy': 1, 'ons4.anxious': 2 };
    expect(firstOpen(questions, all)).toBeNull();
    expect(answersTo(ons4, all)).toEqual({ satisfied: 0, worthwhile: null, happy: 1, anxious: 2 });
  });

  it('are never those that only a worker asks, nor those without wording', () => {
    const switched = MEASURES.map(({ id }) => ({ measure: id, isOn: true, licenceReference: 'L' }));
    const refused = linkProblems(
      catalogueOf(switched, []),
      MEASURES.map(({ id }) => id),
    );
    expect(refused.map(({ field }) => field)).toEqual([
      'measures.2',
      'measures.3',
      'measures.4',
      'measures.5',
    ]);
  });
});

describe('a translation', () => {
  const options = (values: number[]) =>
    values.map((value) => ({ value, label: `Odpowiedź ${String(value)}` }));
  const polish: Translation = {
    title: 'Samotność',
    intro: 'Cztery pytania.',
    source: 'Test',
    items: [
      ...['companionship', 'left_out', 'isolated'].map((key) => ({
        key,
        text: `Pytanie ${key}`,
        options: options([1, 2, 3]),
      })),
      { key: 'direct', text: 'Pytanie', options: options([1, 2, 3, 4, 5]) },
    ],
  };

  it('stands in for every word', () => {
    expect(translationProblems(ucla3, polish)).toEqual([]);
    const [first] = questionsOf([{ measure: ucla3, translation: polish }]);
    expect(first).toMatchObject({
      intro: 'Cztery pytania.',
      text: 'Pytanie companionship',
      choices: [{ value: 1, label: 'Odpowiedź 1' }, {}, {}],
    });
  });

  const item = polish.items[0] ?? { key: '', text: '' };
  it.each<[string, Translation['items'], string[]]>([
    ['a question left out', polish.items.slice(1), ['items']],
    ['a question too many', [...polish.items, { key: 'sleep', text: 'Sen' }], ['items.4.key']],
    ['a question twice', [...polish.items, item], ['items.4.key']],
    [
      'an answer left out',
      [{ ...item, options: options([1, 2]) }, ...polish.items.slice(1)],
      ['items.0.options'],
    ],
  ])('is refused with %s', (_name, items, fields) => {
    expect(translationProblems(ucla3, { ...polish, items }).map(({ field }) => field)).toEqual(fields);
  });

  it('of a scale says what both ends mean', () => {
    const items = ons4.items.map(({ key }) => ({ key, text: key, minLabel: 'Nie' }));
    expect(translationProblems(ons4, { ...polish, items })).toHaveLength(4);
  });

  it.each([
    ['pl', 'ltr'],
    ['ar', 'rtl'],
    ['ur-PK', 'rtl'],
  ])('in %s is written %s', (language, direction) => {
    expect(directionOf(language)).toBe(direction);
  });
});

describe('reading out', () => {
  it('says the answers after the words', () => {
    expect(readAloud(ons4.items[0] ?? { ...ucla3.items[0]! })).toBe(
      'Overall, how satisfied are you with your life nowadays? Please give a number from 0 to 10, where 0 is “Not at all satisfied” and 10 is “Completely satisfied”.',
    );
    expect(readAloud(ucla3.items[0]!)).toBe(
      'How often do you feel that you lack companionship? Would you say: “Hardly ever or never”, “Some of the time” or “Often”?',
    );
  });
});

describe('a link', () => {
  it('has a token of 256 bits that the key and its id give again, and ends after three weeks', () => {
    const token = questionsToken('key', 'id');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(questionsToken('key', 'id')).toBe(token);
    expect(questionsToken('key', 'other')).not.toBe(token);
    expect(linkUntil(new Date('2026-11-23T10:00:00Z')).toISOString()).toBe('2026-12-14T10:00:00.000Z');
  });
});
