import type { Dice } from './dice.js';

export interface DemoPlace {
  postcode: string;
  lsoa: string;
  latitude: number;
  longitude: number;
  decile: number;
}

/** An invented coast. The districts CO97 to CO99 and the LSOA codes E0199… do not exist; the towns are nobody's. */
const TOWNS = [
  { name: 'Saltwick', district: 'CO97', latitude: 51.8, longitude: 1.16, deciles: [1, 1, 2, 3] },
  { name: 'Thornmouth', district: 'CO97', latitude: 51.83, longitude: 1.2, deciles: [1, 2, 2, 4] },
  { name: 'Great Marling', district: 'CO98', latitude: 51.87, longitude: 1.05, deciles: [3, 4, 5, 6] },
  { name: 'Little Marling', district: 'CO98', latitude: 51.9, longitude: 1.02, deciles: [5, 6, 7] },
  { name: 'Oxenbridge', district: 'CO99', latitude: 51.89, longitude: 0.92, deciles: [4, 6, 8, 9] },
  { name: 'Hollow End', district: 'CO99', latitude: 51.85, longitude: 0.95, deciles: [7, 8, 10] },
] as const;

export type Town = (typeof TOWNS)[number];
export const DEMO_TOWNS: readonly Town[] = TOWNS;
export const DEMO_EDITION = 'Betony demo, invented';

const LETTERS = 'ABDEFGHJLNPQRSTUWXYZ';

/** `perTown` postcodes for each town, near it, in one of its few neighbourhoods. */
export function demoPlaces(dice: Dice, perTown: number): Map<Town, DemoPlace[]> {
  return new Map(
    TOWNS.map((town, index) => [
      town,
      Array.from({ length: perTown }, (_none, number) => {
        const neighbourhood = number % town.deciles.length;
        const pair = index * perTown + number;
        const letters = `${LETTERS[Math.floor(pair / 20) % 20] ?? 'A'}${LETTERS[pair % 20] ?? 'A'}`;
        return {
          postcode: `${town.district} ${1 + (Math.floor(pair / 400) % 9)}${letters}`,
          lsoa: `E0199${String(index * 10 + neighbourhood + 1).padStart(4, '0')}`,
          latitude: town.latitude + (dice.roll() - 0.5) * 0.03,
          longitude: town.longitude + (dice.roll() - 0.5) * 0.05,
          decile: town.deciles[neighbourhood] ?? 5,
        };
      }),
    ]),
  );
}
