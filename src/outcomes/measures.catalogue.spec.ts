import { readFileSync } from 'node:fs';
import { sharedData } from '../../test/support/shared-data.js';
import { canonicalJson, sha256 } from '../platform/pure/hash.js';
import { currentMeasure, findMeasure, MEASURES } from './measures.catalogue.js';

const named = MEASURES.map((measure) => [`${measure.id} version ${measure.version}`, measure] as const);

/** What each version said when it was shipped. A new line for a new version; never a new hash for an old one. */
const SHIPPED: Record<string, string> = {
  'ons4 version 1': 'fea8a485b0e02a5522c65182e9f59e25bbf7335ad51c8e840e55644d2bc9a337',
  'ucla3 version 1': '24ab2dbd6062cfafc814dccd1758a7146e51b7b66d686e1ec986bad33ca47bde',
  'phq9 version 1': '7699580d393fd331a20ef0b67f88750d39f4952c6ac69d944ac772c896977b1d',
  'gad7 version 1': '9131546a0905dae173f58745eab2a599a9eb263d4bb788c0728592c349d256a1',
  'swemwbs version 1': '1a7d9c01458379f30802ff907827ae83f6ecf4bf022dad26f38e4c41def0fa85',
  'goals version 1': '90c93f46e8dda51409ac9286dfccefd8c380d7cb27edf9eafbc7fae358531b4e',
};

describe('the catalogue', () => {
  it.each(named)('%s is word for word what was shipped', (name, measure) => {
    const { intro, items, scores } = measure;
    expect(sha256(canonicalJson({ intro, items, scores }))).toBe(SHIPPED[name]);
  });

  it('has each version once', () => {
    expect(new Set(named.map(([name]) => name)).size).toBe(MEASURES.length);
    expect(Object.keys(SHIPPED).sort()).toEqual(named.map(([name]) => name).sort());
  });

  it.each(named)('%s says where it is from and who allows it', (_name, measure) => {
    expect(measure.licence).not.toBe('');
    expect(measure.source).not.toBe('');
  });

  it.each(named)(
    '%s reports every item in exactly one score, with the item’s direction',
    (_name, measure) => {
      const reported = measure.scores.flatMap((score) => score.items);
      expect([...reported].sort()).toEqual(measure.items.map((item) => item.key).sort());
      for (const score of measure.scores) {
        for (const key of score.items) {
          expect(measure.items.find((item) => item.key === key)?.direction).toBe(score.direction);
        }
      }
    },
  );

  it.each(named)('%s has scores with the range of their items', (_name, measure) => {
    for (const score of measure.scores) {
      const ranges = measure.items
        .filter((item) => score.items.includes(item.key))
        .map(({ answer }) =>
          answer.kind === 'scale' ? [answer.min, answer.max] : answer.options.map((option) => option.value),
        );
      expect(score.min).toBe(ranges.reduce((sum, values) => sum + Math.min(...values), 0));
      expect(score.max).toBe(ranges.reduce((sum, values) => sum + Math.max(...values), 0));
    }
  });

  it.each(named)('%s has bands that meet and cover the range', (_name, measure) => {
    for (const { bands, min, max } of measure.scores) {
      if (bands.length === 0) continue;
      expect(bands[0]?.from).toBe(min);
      expect(bands.at(-1)?.to).toBe(max);
      bands.slice(1).forEach((band, index) => {
        expect(band.from).toBe((bands[index]?.to ?? Number.NaN) + 1);
      });
    }
  });
});

describe('finding a measure', () => {
  it.each([
    ['ons4', '1', 'ons4'],
    ['ucla3', '1', 'ucla3'],
    ['ons4', '2', undefined],
    ['swemwbs', '1', 'swemwbs'],
    ['swemwbs', '2', undefined],
    ['', '', undefined],
  ])('%p version %p', (id, version, expected) => {
    expect(findMeasure(id, version)?.id).toBe(expected);
  });

  it.each([
    ['ons4', '1'],
    ['ucla3', '1'],
    ['phq9', '1'],
    ['mycaw', undefined],
  ])('%s is asked in version %p', (id, expected) => {
    expect(currentMeasure(id)?.version).toBe(expected);
  });
});

interface Reference {
  SWEMWBS: { raw_to_metric: Record<string, number>; raw_range: [number, number] };
  'PHQ-9': { range: [number, number]; bands: Record<string, number[]> };
  'GAD-7': { range: [number, number]; bands: Record<string, number[]> };
  ONS4: {
    intro: string;
    items: {
      id: string;
      text: string;
      min: number;
      max: number;
      direction: string;
      bands: Record<string, number[]>;
    }[];
  };
  LONELINESS_ONS: {
    ucla3: { items: string[]; options: [string, number][]; bands: Record<string, number[]> };
    direct: { text: string; options: string[] };
  };
}

describe('the reference wording', () => {
  const file = sharedData('reference/outcome_measures.json');
  const whenPresent = file === null ? it.skip : it;
  const reference = (): Reference => JSON.parse(readFileSync(file ?? '', 'utf8')) as Reference;

  whenPresent('of ONS4 agrees', () => {
    const { intro, items } = reference().ONS4;
    const measure = findMeasure('ons4', '1');
    expect(measure?.intro).toBe(intro);
    expect(
      measure?.items.map((item, index) => ({
        id: item.key,
        text: item.text,
        ...(item.answer.kind === 'scale' && { min: item.answer.min, max: item.answer.max }),
        direction: item.direction.replace('_', '-'),
        bands: Object.fromEntries(
          measure.scores[index]?.bands.map((band) => [band.key, [band.from, band.to]]) ?? [],
        ),
      })),
    ).toEqual(items);
  });

  whenPresent('of the loneliness questions agrees', () => {
    const { ucla3, direct } = reference().LONELINESS_ONS;
    const measure = findMeasure('ucla3', '1');
    expect(measure?.items.map((item) => item.text)).toEqual([...ucla3.items, direct.text]);
    const options =
      measure?.items.map(({ answer }) => (answer.kind === 'options' ? answer.options : [])) ?? [];
    for (const asked of options.slice(0, 3)) {
      expect(asked.map((option) => [option.label, option.value])).toEqual(ucla3.options);
    }
    expect(options[3]?.map((option) => option.label)).toEqual(direct.options);
    expect(
      Object.fromEntries(measure?.scores[0]?.bands.map((band) => [band.key, [band.from, band.to]]) ?? []),
    ).toEqual(ucla3.bands);
  });

  whenPresent.each([
    ['phq9', 'PHQ-9'],
    ['gad7', 'GAD-7'],
  ] as const)('of the bands of %s agrees', (id, name) => {
    const { range, bands } = reference()[name];
    const [score] = findMeasure(id, '1')?.scores ?? [];
    expect([score?.min, score?.max]).toEqual(range);
    expect(Object.fromEntries(score?.bands.map((band) => [band.key, [band.from, band.to]]) ?? [])).toEqual(
      bands,
    );
  });

  whenPresent('of the table of SWEMWBS agrees, for each sum of seven answers', () => {
    const { raw_to_metric: metric, raw_range: range } = reference().SWEMWBS;
    const [score] = findMeasure('swemwbs', '1')?.scores ?? [];
    expect([score?.min, score?.max]).toEqual(range);
    expect(score?.table).toEqual(metric);
  });
});

describe('licensed wording', () => {
  it('is nowhere in the product', () => {
    for (const { items } of MEASURES.filter(({ withoutWording }) => withoutWording)) {
      for (const [index, { text, answer }] of items.entries()) {
        expect(text).toBe(`Question ${String(index + 1)} of your licensed copy`);
        expect(answer).toMatchObject({ minLabel: '1', maxLabel: '5' });
      }
    }
  });
});
