/** Degrees, WGS 84: north and east positive. */
export interface Point {
  lat: number;
  lon: number;
}

export interface Box {
  minLat: number;
  maxLat: number;
  minLon: number;
  maxLon: number;
}

/** Mean radius of the earth (IUGG), 6371.0088 km, in international miles. */
const EARTH_RADIUS_MILES = 6371.0088 / 1.609344;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const degrees = (angle: number): number => (angle * 180) / Math.PI;

/** Miles as the crow flies on a sphere (haversine), within 0.6% of the true distance; streets are longer. */
export function milesBetween(a: Point, b: Point): number {
  const halfLat = Math.sin(radians(b.lat - a.lat) / 2);
  const halfLon = Math.sin(radians(b.lon - a.lon) / 2);
  const chord = halfLat ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * halfLon ** 2;
  return 2 * EARTH_RADIUS_MILES * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/**
 * The smallest box of latitudes and longitudes that holds every point within the distance, for an index to narrow the
 * search before `milesBetween` decides. Where the circle holds a pole or crosses 180 degrees the box takes in all
 * longitudes. Refuses a negative distance.
 */
export function boundingBox(point: Point, miles: number): Box {
  if (!(miles >= 0)) throw new RangeError('Not a distance');
  const angle = miles / EARTH_RADIUS_MILES;
  const minLat = point.lat - degrees(angle);
  const maxLat = point.lat + degrees(angle);
  const everyLon = { minLat: Math.max(minLat, -90), maxLat: Math.min(maxLat, 90), minLon: -180, maxLon: 180 };
  if (minLat <= -90 || maxLat >= 90) return everyLon;
  // The circle is widest nearer the pole than its centre, so the plain angle / cos(lat) would cut its sides off.
  const reach = degrees(Math.asin(Math.min(1, Math.sin(angle) / Math.cos(radians(point.lat)))));
  const minLon = point.lon - reach;
  const maxLon = point.lon + reach;
  return minLon < -180 || maxLon > 180 ? everyLon : { minLat, maxLat, minLon, maxLon };
}
