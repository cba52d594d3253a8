import { type Pin, pictureOf } from './picture.js';

const pin = (number: number, longitude: number, latitude: number): Pin => ({
  number,
  name: `Group ${String(number)}`,
  longitude,
  latitude,
  href: `#g${String(number)}`,
});
const around = (name: string, lon: number, lat: number, size = 0.05) => ({
  name,
  rings: [
    [
      [lon - size, lat - size],
      [lon + size, lat - size],
      [lon + size, lat + size],
      [lon - size, lat + size],
      [lon - size, lat - size],
    ] as [number, number][],
  ],
});

describe('a picture of a list', () => {
  it('is none where nothing has a place', () => {
    expect(pictureOf([], [around('Here', 1, 51)], null)).toBeNull();
  });

  it('shows every mark within its frame, north above south and west before east', () => {
    const picture = pictureOf([pin(1, 1, 51), pin(2, 1.2, 51.2), pin(3, 1.1, 51.05)], [], null)!;
    const [south, north, middle] = picture.marks;
    expect(picture.marks.map(({ text }) => text)).toEqual(['1', '2', '3']);
    expect(north!.y).toBeLessThan(south!.y);
    expect(middle!.x).toBeGreaterThan(south!.x);
    for (const { x, y } of picture.marks) {
      expect([x > 0, x < picture.width, y > 0, y < picture.height]).toEqual([true, true, true, true]);
    }
  });

  it('makes one mark of those that would cover each other', () => {
    const picture = pictureOf(
      [1, 2, 3, 4, 5].map((at) => pin(at, at > 3 ? 1.3 : 1, 51)),
      [],
      null,
    );
    expect(picture?.marks.map(({ text, wide }) => [text, wide])).toEqual([
      ['1 +2', true],
      ['4, 5', true],
    ]);
  });

  it('shows all of the area that a page is about, and leaves out what lies elsewhere', () => {
    const areas = [around('Here', 1, 51), around('Beside', 1.13, 51), around('Far away', 3, 55)];
    const picture = pictureOf([pin(1, 1, 51)], areas, 'Here')!;
    expect(picture.areas.map(({ name, own }) => [name, own])).toEqual([
      ['Here', true],
      [null, false],
    ]);
    const numbers = picture.areas[0]!.path.match(/-?[\d.]+/g)!.map(Number);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(picture.width);
  });
});
