import { MOST_OUTLINES, MOST_POINTS, OutlineFault, outlinesIn } from './outline.rules.js';

const SQUARE = [
  [1, 51],
  [1.1, 51],
  [1.1, 51.1],
  [1, 51.1],
  [1, 51],
];
const area = (name: unknown, geometry: object | null = { type: 'Polygon', coordinates: [SQUARE] }) => ({
  type: 'Feature',
  properties: { name },
  geometry,
});
const file = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });

/** A circle of so many points, back to the first. */
const round = (points: number, radius: number) =>
  Array.from({ length: points + 1 }, (_none, index) => {
    const turn = (2 * Math.PI * (index % points)) / points;
    return [1 + radius * Math.cos(turn), 51 + radius * Math.sin(turn)];
  });

describe('outlines in a file', () => {
  it('are read with their holes and all their parts', () => {
    const hole = SQUARE.map(([lon = 0, lat = 0]) => [lon / 2 + 0.525, lat / 2 + 25.525]);
    const parts = { type: 'MultiPolygon', coordinates: [[SQUARE, hole], [SQUARE]] };
    const [plain, split] = outlinesIn(file(area('Plain'), area(' Two  parts ', parts)));
    expect(plain).toEqual({ name: 'Plain', rings: [SQUARE] });
    expect([split?.name, split?.rings.length]).toEqual(['Two parts', 3]);
  });

  it.each(['WD24NM', 'LSOA21NM', 'PARNM'])('take their names from the official column %s', (column) => {
    const feature = { ...area(null), properties: { WD24CD: 'E05000001', [column]: 'Harbour' } };
    expect(outlinesIn(file(feature))[0]?.name).toBe('Harbour');
  });

  it('are thinned together until a page can carry them, and none is lost', () => {
    const many = Array.from({ length: 60 }, (_none, index) =>
      area(`Area ${String(index)}`, {
        type: 'Polygon',
        coordinates: [round(900, index === 0 ? 0.0001 : 0.2)],
      }),
    );
    const outlines = outlinesIn(file(...many));
    expect(outlines).toHaveLength(60);
    const points = outlines.flatMap(({ rings }) => rings).reduce((sum, ring) => sum + ring.length, 0);
    expect(points).toBeLessThanOrEqual(MOST_POINTS);
    for (const { rings } of outlines) expect(rings.every((ring) => ring.length >= 4)).toBe(true);
  });

  it('are thinned as far as can be where there are very many', () => {
    const many = Array.from({ length: MOST_OUTLINES }, (_none, index) =>
      area(`Area ${String(index)}`, { type: 'Polygon', coordinates: [round(60, 0.01)] }),
    );
    expect(outlinesIn(file(...many))).toHaveLength(MOST_OUTLINES);
  });

  it.each([
    ['no JSON', '{', 'must be GeoJSON'],
    ['a list', '[]', 'FeatureCollection'],
    ['one feature', JSON.stringify(area('A')), 'FeatureCollection'],
    [
      'features that are none',
      JSON.stringify({ type: 'FeatureCollection', features: [1] }),
      'FeatureCollection',
    ],
    ['nothing', file(), 'no areas'],
    [
      'too many',
      file(...Array.from({ length: MOST_OUTLINES + 1 }, (_none, at) => area(String(at)))),
      'at most',
    ],
    ['no name', file(area(' ')), 'Area 1 has no name'],
    ['the same name twice', file(area('A'), area('A')), 'same name'],
    ['a point', file(area('A', { type: 'Point', coordinates: [1, 51] })), 'neither'],
    ['no geometry', file(area('A', null)), 'neither'],
    ['a polygon of nothing', file(area('A', { type: 'Polygon', coordinates: [null] })), 'closes on nothing'],
    ['a polygon without rings', file(area('A', { type: 'Polygon', coordinates: null })), 'closes on nothing'],
    [
      'two points',
      file(area('A', { type: 'Polygon', coordinates: [SQUARE.slice(0, 2)] })),
      'closes on nothing',
    ],
    [
      'metres of the national grid',
      file(area('A', { type: 'Polygon', coordinates: [SQUARE.map(() => [530_000, 180_000])] })),
      'not in longitude and latitude',
    ],
    [
      'words for degrees',
      file(area('A', { type: 'Polygon', coordinates: [SQUARE.map(() => ['1', '51'])] })),
      'not in longitude and latitude',
    ],
  ])('are refused in words: %s', (_what, text, words) => {
    expect(() => outlinesIn(text)).toThrow(OutlineFault);
    expect(() => outlinesIn(text)).toThrow(words);
  });
});
