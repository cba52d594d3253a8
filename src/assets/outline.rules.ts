import type { Outline, Position } from './outline.types.js';

export const MOST_OUTLINES = 500;
/** Points of all outlines together: what a page can carry twice, as a picture and for a map that moves. */
export const MOST_POINTS = 2000;

const LONGEST_NAME = 100;
/** As the statistics offices name the column of names in their files: WD24NM, LSOA21NM. */
const OFFICIAL_NAME = /^[A-Z]{2,8}[0-9]{0,2}NM$/;
/** About 11 metres: finer than a line on a screen. */
const PLACES = 10_000;

/** What is wrong with a file, in words for whoever sent it. */
export class OutlineFault extends Error {}

/**
 * The outlines in a GeoJSON file (RFC 7946): a collection of areas, each with a name, in longitude and latitude. They are
 * thinned, evenly and no more than needed, until all of them have MOST_POINTS at most.
 */
export function outlinesIn(text: string): Outline[] {
  const features = featuresIn(text);
  if (features.length === 0) throw new OutlineFault('The file has no areas');
  if (features.length > MOST_OUTLINES)
    throw new OutlineFault(`The file may have at most ${String(MOST_OUTLINES)} areas`);
  const outlines = features.map((feature, index) => outlineOf(feature, index + 1));
  const names = new Set(outlines.map(({ name }) => name));
  if (names.size < outlines.length) throw new OutlineFault('Two areas have the same name');
  return thinned(outlines);
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function featuresIn(text: string): Json[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new OutlineFault('The file must be GeoJSON');
  }
  const features = isObject(file) && file['type'] === 'FeatureCollection' ? file['features'] : null;
  if (!Array.isArray(features) || !features.every(isObject))
    throw new OutlineFault('The file must be GeoJSON: a FeatureCollection');
  return features;
}

function outlineOf({ properties, geometry }: Json, number: number): Outline {
  const which = `Area ${String(number)}`;
  const name = nameIn(isObject(properties) ? properties : {});
  if (name === null) throw new OutlineFault(`${which} has no name`);
  const { type, coordinates } = isObject(geometry) ? geometry : ({} as Json);
  const polygons: unknown[] =
    type === 'Polygon'
      ? [coordinates]
      : type === 'MultiPolygon' && Array.isArray(coordinates)
        ? (coordinates as unknown[])
        : [];
  const rings = polygons.flatMap((polygon): unknown[] => (Array.isArray(polygon) ? polygon : [null]));
  if (rings.length === 0) throw new OutlineFault(`${which} is neither a Polygon nor a MultiPolygon`);
  return { name, rings: rings.map((ring) => ringOf(ring, which)) };
}

function nameIn(properties: Json): string | null {
  const given =
    properties['name'] ?? Object.entries(properties).find(([key]) => OFFICIAL_NAME.test(key))?.[1];
  const name = typeof given === 'string' ? given.trim().replace(/\s+/g, ' ') : '';
  return name === '' ? null : name.slice(0, LONGEST_NAME);
}

function ringOf(ring: unknown, which: string): Position[] {
  if (!Array.isArray(ring) || ring.length < 4)
    throw new OutlineFault(`${which} has a line that closes on nothing`);
  return ring.map((point: unknown) => {
    const [longitude, latitude] = Array.isArray(point) ? (point as unknown[]) : [];
    if (!within(longitude, 180) || !within(latitude, 90))
      throw new OutlineFault(`${which} is not in longitude and latitude`);
    return [rounded(longitude), rounded(latitude)];
  });
}

const within = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Math.abs(value) <= most;
const rounded = (degrees: number): number => Math.round(degrees * PLACES) / PLACES;

function thinned(outlines: Outline[]): Outline[] {
  for (let least = 0; ; least = least === 0 ? 0.0005 : least * 1.5) {
    const thin = outlines.map(({ name, rings }) => ({ name, rings: fewer(rings, least) }));
    const points = thin.flatMap(({ rings }) => rings).reduce((sum, ring) => sum + ring.length, 0);
    // Every area keeps three corners, of which MOST_OUTLINES are few enough.
    if (points <= MOST_POINTS || points <= 4 * outlines.length) return thin;
  }
}

/** Rings without points that lie nearer than `least` degrees to the one before; small rings go, but never the only one. */
function fewer(rings: Position[][], least: number): Position[][] {
  const kept = rings.map((ring) => apart(ring, least)).filter((ring) => ring.length >= 4);
  if (kept.length > 0) return kept;
  const [longest = []] = [...rings].sort((a, b) => b.length - a.length);
  const third = Math.floor((longest.length - 1) / 3);
  return [[0, third, 2 * third, longest.length - 1].map((at) => longest[at] ?? [0, 0])];
}

function apart(ring: Position[], least: number): Position[] {
  const kept: Position[] = [];
  ring.forEach((point, index) => {
    const last = kept.at(-1);
    const far = !last || Math.max(Math.abs(point[0] - last[0]), Math.abs(point[1] - last[1])) > least;
    if (far || index === ring.length - 1) kept.push(point);
  });
  return kept;
}
