import { barsDrawn } from './bars.js';

/** How long each bar is, by the line along its top. */
const lengths = (svg: string) =>
  [...svg.matchAll(/<path d="M0 [\d.]+l([\d.]+) 0/g)].map(([, length]) => Number(length));
const words = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text);

describe('bars', () => {
  it('are as long as their numbers, and each says its own', async () => {
    const svg = await barsDrawn([
      { title: 'Received', value: 120 },
      { title: 'Taken on', value: 60 },
      { title: 'Closed', value: 0 },
    ]);
    expect(words(svg)).toEqual(['Received: 120', 'Taken on: 60', 'Closed: 0']);
    const [most = 0, half = 0] = lengths(svg);
    expect(most / half).toBeCloseTo(2, 1);
  });

  it('have no length where the number may not be shown', async () => {
    const svg = await barsDrawn([
      { title: 'Received', value: 40 },
      { title: 'Reached', value: null },
    ]);
    expect(words(svg)).toEqual(['Received: 40', 'Reached: not shown: could point to a few people']);
    expect(
      lengths(svg)
        .slice(1)
        .every((length) => length === 0),
    ).toBe(true);
  });

  it('take words as words', async () => {
    const svg = await barsDrawn([{ title: '<script>alert(1)</script>', value: 1 }]);
    expect(svg).not.toContain('<script');
  });
});
