import { geoMercator, geoPath } from 'd3-geo';
import type { Outline, Position } from '../../assets/outline.types.js';

/** Something of a list, at its place on the map. `number` is its number in that list. */
export interface Pin {
  number: number;
  name: string;
  latitude: number;
  longitude: number;
  /** Where more of it stands. */
  href: string;
}

/** A map as lines and marks, in the units of its own frame. */
export interface Picture {
  width: number;
  height: number;
  areas: { path: string; name: string | null; x: number; y: number; own: boolean }[];
  marks: { x: number; y: number; text: string; wide: boolean }[];
}

const WIDTH = 360;
const HEIGHT = 270;
const MARGIN = 24;
/** Marks nearer than this would cover each other: they are one. */
const APART = { x: 48, y: 27 };
/** About a kilometre: one place alone is shown with what lies around it. */
const AROUND = 0.012;

/** `own` is the name of the area that the page is about, all of which is shown. Null without anything to show. */
export function pictureOf(
  pins: readonly Pin[],
  outlines: readonly Outline[],
  own: string | null,
): Picture | null {
  const about = outlines.filter(({ name }) => name === own).flatMap(({ rings }) => rings.flat());
  const corners = [...pins.flatMap(around), ...about];
  if (corners.length === 0) return null;
  const projection = geoMercator().fitExtent(
    [
      [MARGIN, MARGIN],
      [WIDTH - MARGIN, HEIGHT - MARGIN],
    ],
    { type: 'MultiPoint', coordinates: corners },
  );
  const path = geoPath(projection).digits(1);
  const areas = outlines.flatMap(({ name, rings }) => {
    // As lines: which side of a ring is inside is said differently from file to file.
    const lines = { type: 'MultiLineString', coordinates: rings } as const;
    const [[left, top], [right, bottom]] = path.bounds(lines);
    if (right < 0 || bottom < 0 || left > WIDTH || top > HEIGHT) return [];
    const [x, y] = path.centroid(lines).map(Math.round) as [number, number];
    const named = x > MARGIN && x < WIDTH - MARGIN && y > 8 && y < HEIGHT - 8;
    return [{ path: path(lines) ?? '', name: named ? name : null, x, y, own: name === own }];
  });
  const places = pins.map((pin) => {
    const [x, y] = projection([pin.longitude, pin.latitude]) ?? [0, 0];
    return { x: Math.round(x), y: Math.round(y), number: pin.number };
  });
  return { width: WIDTH, height: HEIGHT, areas, marks: together(places) };
}

const around = ({ longitude, latitude }: Pin): Position[] => [
  [longitude - AROUND, latitude - AROUND],
  [longitude + AROUND, latitude + AROUND],
];

function together(places: readonly { x: number; y: number; number: number }[]): Picture['marks'] {
  const groups: { x: number; y: number; numbers: number[] }[] = [];
  for (const { x, y, number } of places) {
    const near = groups.find((one) => Math.abs(one.x - x) < APART.x && Math.abs(one.y - y) < APART.y);
    if (near) near.numbers.push(number);
    else groups.push({ x, y, numbers: [number] });
  }
  return groups.map(({ x, y, numbers }) => ({ x, y, text: marked(numbers), wide: numbers.length > 1 }));
}

/** "3", "3, 7", "3 +4": the same words as in scripts/map.js. */
const marked = (numbers: readonly number[]): string =>
  numbers.length <= 2 ? numbers.join(', ') : `${String(numbers[0])} +${String(numbers.length - 1)}`;
