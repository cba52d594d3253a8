/** Of d3-geo, which brings no types, the part that draws our pictures. */
declare module 'd3-geo' {
  interface Shape {
    type: 'MultiPoint' | 'MultiLineString';
    coordinates: readonly unknown[];
  }
  interface Projection {
    (point: readonly [number, number]): [number, number] | null;
    fitExtent(extent: [[number, number], [number, number]], shape: Shape): Projection;
  }
  interface Path {
    (shape: Shape): string | null;
    bounds(shape: Shape): [[number, number], [number, number]];
    centroid(shape: Shape): [number, number];
    digits(digits: number): Path;
  }
  export function geoMercator(): Projection;
  export function geoPath(projection: Projection): Path;
}
