import { v7 } from 'uuid';

/** Chance that can be repeated: the same seed gives the same scheme. Mulberry32 (public domain, Tommy Ettinger). */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  roll(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  chance(probability: number): boolean {
    return this.roll() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.roll() * (most - least + 1));
  }

  pick<Item>(list: readonly Item[]): Item {
    const item = list[Math.floor(this.roll() * list.length)];
    if (item === undefined) throw new RangeError('Nothing to pick from');
    return item;
  }

  /** Some of the list, each once, in its order. */
  some<Item>(list: readonly Item[], count: number): Item[] {
    const chosen = new Set<Item>();
    while (chosen.size < Math.min(count, list.length)) chosen.add(this.pick(list));
    return list.filter((item) => chosen.has(item));
  }

  /** The index of one of the weights: `count([6, 3, 1])` is 0 in six cases of ten. */
  count(weights: readonly number[]): number {
    let left = this.roll() * weights.reduce((sum, weight) => sum + weight, 0);
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    return Math.max(index, 0);
  }

  weighted<Item extends string>(weights: Readonly<Record<Item, number>>): Item {
    const entries = Object.entries(weights) as [Item, number][];
    let left = this.roll() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of entries) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new RangeError('Nothing to pick from');
  }

  /** An id made at that moment, so that rows of the past sort by their age as real ones do. */
  idAt(at: Date): string {
    const random = new Uint8Array(16);
    for (let index = 0; index < 16; index += 4) {
      const word = Math.floor(this.roll() * 4294967296);
      random.set([word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24], index);
    }
    return v7({ msecs: at.getTime(), random });
  }
}
