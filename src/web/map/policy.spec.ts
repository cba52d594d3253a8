import { policyFor } from './policy.js';
import type { MapOfPlaces } from './maps.js';

const aMap = (tiles: MapOfPlaces['tiles']): MapOfPlaces => ({
  picture: { width: 1, height: 1, areas: [], marks: [] },
  pins: [],
  outlines: [],
  own: null,
  missing: [],
  sources: [],
  tiles,
  stylesheet: '/styles/map.css',
  script: '/scripts/map.js',
});

describe('what a page with a map may load', () => {
  it('is from here alone, unless somebody provides streets', () => {
    expect(policyFor('n', aMap(null))).toBe(policyFor('n', null));
    expect(policyFor('n', null)).toContain("img-src 'self' data:;");
  });

  it('are pictures of streets from that one place and nothing else', () => {
    const tiles = { url: 'https://tiles.example.org:8443/{z}/{x}/{y}.png?key=1', attribution: '© Someone' };
    expect(policyFor('n', aMap(tiles))).toBe(
      policyFor('n', null).replace(
        "img-src 'self' data:;",
        "img-src 'self' data: https://tiles.example.org:8443;",
      ),
    );
  });
});
