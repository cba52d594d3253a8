import fc from 'fast-check';
import { milesBetween, type Point } from './distance.js';

const CLACTON = { lat: 51.7895, lon: 1.1534 };
const COLCHESTER = { lat: 51.8892, lon: 0.9042 };
const LONDON = { lat: 51.5074, lon: -0.1278 };
const EDINBURGH = { lat: 55.9533, lon: -3.1883 };

const anywhere = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('milesBetween', () => {
  it.each([
    ['the same place', CLACTON, CLACTON, 0, 1e-9],
    ['Clacton to Colchester', CLACTON, COLCHESTER, 12.7, 0.1],
    ['London to Edinburgh', LONDON, EDINBURGH, 331.5, 1],
    ['one degree of latitude', { lat: 51, lon: 0 }, { lat: 52, lon: 0 }, 69.09, 0.01],
    ['one degree of longitude at 60 north', { lat: 60, lon: 0 }, { lat: 60, lon: 1 }, 34.55, 0.01],
    ['across 180 degrees', { lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 }, 69.09, 0.01],
    ['the other side of the earth', { lat: 0, lon: 0 }, { lat: 0, lon: 180 }, 12_436.8, 1],
    ['pole to pole', { lat: 90, lon: 0 }, { lat: -90, lon: 77 }, 12_436.8, 1],
  ])('%s', (_name, a: Point, b: Point, expected, within) => {
    expect(Math.abs(milesBetween(a, b) - expected)).toBeLessThanOrEqual(within);
  });

  it('is the same both ways, and no way round is shorter', () => {
    fc.assert(
      fc.property(anywhere, anywhere, anywhere, (a, b, c) => {
        expect(milesBetween(a, b)).toBeCloseTo(milesBetween(b, a), 6);
        expect(milesBetween(a, c)).toBeLessThanOrEqual(milesBetween(a, b) + milesBetween(b, c) + 1e-3);
      }),
    );
  });
});
