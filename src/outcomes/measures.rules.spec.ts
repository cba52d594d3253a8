import fc from 'fast-check';
import { score } from './measures.rules.js';

const ons4 = { satisfied: 5, worthwhile: 7, happy: 9, anxious: 3 };
const ucla3 = { companionship: 2, left_out: 1, isolated: 3, direct: 2 };

describe('ONS4', () => {
  it('gives four figures and no sum', () => {
    expect(score('ons4', '1', ons4)).toEqual({
      ok: true,
      scores: { satisfied: 5, worthwhile: 7, happy: 9, anxious: 3 },
      bands: { satisfied: 'medium', worthwhile: 'high', happy: 'very_high', anxious: 'low' },
    });
  });

  it.each([
    [0, 'low', 'very_low'],
    [1, 'low', 'very_low'],
    [2, 'low', 'low'],
    [3, 'low', 'low'],
    [4, 'low', 'medium'],
    [5, 'medium', 'medium'],
    [6, 'medium', 'high'],
    [7, 'high', 'high'],
    [8, 'high', 'high'],
    [9, 'very_high', 'high'],
    [10, 'very_high', 'high'],
  ])('%d is %s, and %s anxiety', (answer, wellbeing, anxiety) => {
    const answers = { satisfied: answer, worthwhile: answer, happy: answer, anxious: answer };
    expect(score('ons4', '1', answers)).toMatchObject({
      ok: true,
      bands: { satisfied: wellbeing, worthwhile: wellbeing, happy: wellbeing, anxious: anxiety },
    });
  });

  it('leaves only the unanswered figure empty', () => {
    expect(score('ons4', '1', { ...ons4, happy: null })).toEqual({
      ok: true,
      scores: { satisfied: 5, worthwhile: 7, happy: null, anxious: 3 },
      bands: { satisfied: 'medium', worthwhile: 'high', happy: null, anxious: 'low' },
    });
  });

  it.each([
    ['below the scale', -1],
    ['above the scale', 11],
    ['between two points', 5.5],
    ['not a number', Number.NaN],
    ['a number as text', '5'],
    ['empty text', ''],
    ['true', true],
    ['a list', [5]],
    ['an object', { value: 5 }],
  ])('refuses an answer that is %s', (_name, answer) => {
    expect(score('ons4', '1', { ...ons4, anxious: answer })).toEqual({
      ok: false,
      problems: [{ field: 'anxious', message: 'Enter a whole number from 0 to 10' }],
    });
  });
});

describe('UCLA-3', () => {
  it('sums three items and reports the direct question apart', () => {
    expect(score('ucla3', '1', ucla3)).toEqual({
      ok: true,
      scores: { ucla3: 6, direct: 2 },
      bands: { ucla3: 'lonely' },
    });
  });

  it.each([
    [1, 1, 1, 3, 'not_lonely'],
    [1, 1, 2, 4, 'not_lonely'],
    [2, 2, 1, 5, 'not_lonely'],
    [2, 2, 2, 6, 'lonely'],
    [1, 3, 3, 7, 'lonely'],
    [3, 2, 3, 8, 'lonely'],
    [3, 3, 3, 9, 'lonely'],
  ])('%d, %d, %d sum to %d: %s', (companionship, left_out, isolated, sum, band) => {
    expect(score('ucla3', '1', { companionship, left_out, isolated, direct: null })).toEqual({
      ok: true,
      scores: { ucla3: sum, direct: null },
      bands: { ucla3: band },
    });
  });

  it.each(['companionship', 'left_out', 'isolated'])('has no sum without %s', (key) => {
    expect(score('ucla3', '1', { ...ucla3, [key]: null })).toEqual({
      ok: true,
      scores: { ucla3: null, direct: 2 },
      bands: { ucla3: null },
    });
  });

  it.each([
    ['left_out', 0, 'Select one of: 1 (Hardly ever or never), 2 (Some of the time), 3 (Often)'],
    ['left_out', 4, 'Select one of: 1 (Hardly ever or never), 2 (Some of the time), 3 (Often)'],
    ['left_out', '2', 'Select one of: 1 (Hardly ever or never), 2 (Some of the time), 3 (Often)'],
    [
      'direct',
      6,
      'Select one of: 1 (Often/always), 2 (Some of the time), 3 (Occasionally), 4 (Hardly ever), 5 (Never)',
    ],
  ])('refuses %s = %p', (field, answer, message) => {
    expect(score('ucla3', '1', { ...ucla3, [field]: answer })).toEqual({
      ok: false,
      problems: [{ field, message }],
    });
  });
});

describe('any measure', () => {
  it.each([
    ['unknown', 'mycaw', '1', 'measureId', 'There is no such questionnaire'],
    ['of another case', 'ONS4', '1', 'measureId', 'There is no such questionnaire'],
    ['a word every object knows', 'constructor', '1', 'measureId', 'There is no such questionnaire'],
    ['of an unknown version', 'ons4', '0', 'version', 'There is no such version of this questionnaire'],
  ])('is refused when %s', (_name, measureId, version, field, message) => {
    expect(score(measureId, version, ons4)).toEqual({ ok: false, problems: [{ field, message }] });
  });

  it('tells all problems at once', () => {
    expect(score('ons4', '1', { satisfied: 11, happy: undefined, anxious: 3, total: 20 })).toEqual({
      ok: false,
      problems: [
        { field: 'satisfied', message: 'Enter a whole number from 0 to 10' },
        { field: 'worthwhile', message: 'Answer this question, or select "Prefer not to say"' },
        { field: 'happy', message: 'Answer this question, or select "Prefer not to say"' },
        { field: 'total', message: 'This question is not part of the questionnaire' },
      ],
    });
  });

  it('takes no answer from a prototype', () => {
    const answers = Object.create(ons4) as Record<string, unknown>;
    expect(score('ons4', '1', answers)).toMatchObject({ ok: false, problems: { length: 4 } });
  });

  it('scores all answers that are offered, and each figure lies in its band or has none', () => {
    const point = fc.option(fc.integer({ min: 0, max: 10 }));
    fc.assert(
      fc.property(point, point, point, point, (satisfied, worthwhile, happy, anxious) => {
        const answers = { satisfied, worthwhile, happy, anxious };
        const scored = score('ons4', '1', answers);
        expect(scored).toMatchObject({ ok: true, scores: answers });
        if (!scored.ok) return;
        for (const [key, figure] of Object.entries(scored.scores)) {
          expect(scored.bands[key] === null).toBe(figure === null);
        }
      }),
    );
  });
});

describe('PHQ-9 and GAD-7', () => {
  const all = (count: number, value: number | null) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`q${String(index + 1)}`, value]));

  it.each([
    ['phq9', all(9, 0), 0, 'none_minimal'],
    ['phq9', { ...all(9, 1), q9: 0 }, 8, 'mild'],
    ['phq9', { ...all(9, 2), q1: 3 }, 19, 'moderately_severe'],
    ['phq9', all(9, 3), 27, 'severe'],
    ['gad7', all(7, 1), 7, 'mild'],
    ['gad7', { ...all(7, 2), q7: 3 }, 15, 'severe'],
    ['gad7', { ...all(7, 2), q7: null }, null, null],
  ])('%s adds up', (id, answers, sum, band) => {
    expect(score(id, '1', answers)).toEqual({ ok: true, scores: { [id]: sum }, bands: { [id]: band } });
  });

  it.each([
    [[1, 1, 1, 1, 1, 1, 1], 7],
    [[3, 3, 3, 3, 3, 3, 3], 19.25],
    [[3, 4, 3, 4, 3, 4, 3], 21.54],
    [[5, 5, 5, 5, 5, 5, 4], 32.55],
    [[5, 5, 5, 5, 5, 5, 5], 35],
    [[5, 5, 5, 5, 5, 5, null], null],
  ])('SWEMWBS of %p is %p', (given, metric) => {
    const answers = Object.fromEntries(given.map((value, index) => [`q${String(index + 1)}`, value]));
    expect(score('swemwbs', '1', answers)).toEqual({ ok: true, scores: { swemwbs: metric }, bands: {} });
  });
});
