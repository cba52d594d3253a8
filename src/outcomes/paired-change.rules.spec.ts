import fc from 'fast-check';
import { pairedChange, type ScoredResponse } from './paired-change.rules.js';

const ons4 = (takenOn: string, scores: ScoredResponse['scores']): ScoredResponse => ({
  measureId: 'ons4',
  version: '1',
  takenOn,
  scores,
});
const ucla3 = (takenOn: string, scores: ScoredResponse['scores']): ScoredResponse => ({
  measureId: 'ucla3',
  version: '1',
  takenOn,
  scores,
});

describe('pairedChange', () => {
  it('compares each ONS4 score, and calls less anxiety an improvement', () => {
    const before = ons4('2026-03-02', { satisfied: 4, worthwhile: 6, happy: 5, anxious: 7 });
    const after = ons4('2026-06-01', { satisfied: 6, worthwhile: 6, happy: 4, anxious: 3 });
    expect(pairedChange(before, after)).toEqual({
      ok: true,
      daysBetween: 91,
      changes: [
        { key: 'satisfied', before: 4, after: 6, difference: 2, direction: 'improved', reliable: null },
        { key: 'worthwhile', before: 6, after: 6, difference: 0, direction: 'same', reliable: null },
        { key: 'happy', before: 5, after: 4, difference: -1, direction: 'worse', reliable: null },
        { key: 'anxious', before: 7, after: 3, difference: -4, direction: 'improved', reliable: null },
      ],
    });
  });

  it('calls a higher UCLA-3 sum worse and a higher direct answer better', () => {
    const change = pairedChange(
      ucla3('2026-03-02', { ucla3: 5, direct: 2 }),
      ucla3('2026-03-03', { ucla3: 8, direct: 4 }),
    );
    expect(change).toEqual({
      ok: true,
      daysBetween: 1,
      changes: [
        { key: 'ucla3', before: 5, after: 8, difference: 3, direction: 'worse', reliable: null },
        { key: 'direct', before: 2, after: 4, difference: 2, direction: 'improved', reliable: null },
      ],
    });
  });

  it.each([
    ['fallen by the published six points', 14, 8, 'improved', true],
    ['fallen by five', 14, 9, 'improved', false],
    ['risen by six', 8, 14, 'worse', true],
    ['not moved', 8, 8, 'same', false],
  ])(
    'says of a PHQ-9 that has %s whether that is more than chance',
    (_name, before, after, direction, reliable) => {
      const phq9 = (takenOn: string, sum: number) => ({
        measureId: 'phq9',
        version: '1',
        takenOn,
        scores: { phq9: sum },
      });
      expect(pairedChange(phq9('2026-03-02', before), phq9('2026-04-02', after))).toMatchObject({
        ok: true,
        changes: [{ key: 'phq9', direction, reliable }],
      });
    },
  );

  it.each([
    ['before', null, 5],
    ['after', 5, null],
    ['on both sides', null, null],
  ])('gives no direction to a score missing %s', (_name, before, after) => {
    const change = pairedChange(
      ucla3('2026-03-02', { ucla3: before, direct: 1 }),
      ucla3('2026-04-02', { ucla3: after, direct: 1 }),
    );
    expect(change).toMatchObject({
      ok: true,
      changes: [
        { key: 'ucla3', before, after, difference: null, direction: null },
        { key: 'direct', difference: 0, direction: 'same' },
      ],
    });
  });

  it('gives no direction to a score that was never stored', () => {
    const change = pairedChange(ucla3('2026-03-02', {}), ucla3('2026-04-02', { ucla3: 3, direct: 5 }));
    expect(change).toMatchObject({
      ok: true,
      changes: [
        { key: 'ucla3', before: null, difference: null, direction: null },
        { key: 'direct', before: null, difference: null, direction: null },
      ],
    });
  });

  it('counts days by the calendar, over a change of the clocks and a leap day', () => {
    const full = { ucla3: 3, direct: 5 };
    expect(pairedChange(ucla3('2026-03-28', full), ucla3('2026-03-30', full))).toMatchObject({
      daysBetween: 2,
    });
    expect(pairedChange(ucla3('2028-02-28', full), ucla3('2028-03-01', full))).toMatchObject({
      daysBetween: 2,
    });
    expect(pairedChange(ucla3('2026-03-28', full), ucla3('2026-03-29', full))).toMatchObject({
      daysBetween: 1,
    });
  });

  const good = ons4('2026-03-02', { satisfied: 4, worthwhile: 6, happy: 5, anxious: 7 });
  it.each([
    [
      'another questionnaire',
      good,
      ucla3('2026-06-01', {}),
      'The two responses are to different questionnaires',
    ],
    [
      'another version',
      good,
      { ...good, version: '2', takenOn: '2026-06-01' },
      'The two responses are to different versions of the questionnaire',
    ],
    [
      'an unknown questionnaire',
      { ...good, measureId: 'mycaw' },
      { ...good, measureId: 'mycaw' },
      'There is no such questionnaire',
    ],
    [
      'a follow-up before its baseline',
      good,
      { ...good, takenOn: '2026-03-01' },
      'The follow-up is dated before the baseline',
    ],
    [
      'a follow-up of the same day',
      good,
      good,
      'The follow-up is of the day of the baseline, so nothing lies between them',
    ],
  ])('refuses %s', (_name, baseline, followUp, because) => {
    expect(pairedChange(baseline, followUp)).toEqual({ ok: false, because });
  });

  it('refuses a date that is not one', () => {
    expect(() => pairedChange(good, { ...good, takenOn: '02/03/2026' })).toThrow(RangeError);
  });

  it('turns round when the two are exchanged', () => {
    const point = fc.integer({ min: 0, max: 10 });
    const scores = fc.record({ satisfied: point, worthwhile: point, happy: point, anxious: point });
    const turned = { improved: 'worse', worse: 'improved', same: 'same' } as const;
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        const there = pairedChange(ons4('2026-03-02', a), ons4('2026-03-03', b));
        const back = pairedChange(ons4('2026-03-02', b), ons4('2026-03-03', a));
        if (!there.ok || !back.ok) throw new Error('refused');
        there.changes.forEach((change, index) => {
          expect(change.direction).not.toBeNull();
          expect(back.changes[index]?.direction).toBe(change.direction && turned[change.direction]);
          expect(back.changes[index]?.difference).toBe(0 - (change.difference ?? 0));
        });
      }),
    );
  });
});
