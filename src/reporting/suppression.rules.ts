/** Counts of 1 to 4 could point at somebody. Nought points at nobody. */
const SMALLEST_SHOWN = 5;

/** A total and the parts that add up to it, by the keys of their counts. A count may stand in several sums. */
export interface Sum {
  total: string;
  parts: readonly string[];
}

type Bounds = Map<string, { low: number; high: number }>;

/**
 * Which counts must not be shown, by key. First those of 1 to 4; then, while one of these could still be worked out to the
 * number from what is shown, the smallest count beside it. Whoever reads knows that a count left out is not nought, and
 * nothing else about it. The sums must each hold, share no more than one count with any other, and form no ring: then
 * reasoning from sum to sum finds everything that can be worked out. Refuses a sum that does not add up.
 */
export function suppressed(counts: Readonly<Record<string, number>>, sums: readonly Sum[]): Set<string> {
  for (const sum of sums) refuseWrongSum(counts, sum);
  const small = Object.keys(counts).filter((key) => isSmall(counts[key] ?? 0));
  const hidden = new Set(small);
  for (;;) {
    const bounds = workedOut(counts, sums, hidden);
    const exposed = small.filter((key) => bounds.get(key)?.low === bounds.get(key)?.high);
    if (exposed.length === 0) return hidden;
    const next = smallestBeside(exposed, counts, sums, hidden);
    if (next === null) return new Set(Object.keys(counts));
    hidden.add(next);
  }
}

export const isSmall = (count: number): boolean => count > 0 && count < SMALLEST_SHOWN;

function refuseWrongSum(counts: Readonly<Record<string, number>>, { total, parts }: Sum): void {
  const added = parts.reduce((sum, part) => sum + (counts[part] ?? Number.NaN), 0);
  if (added !== counts[total]) throw new RangeError(`The parts of ${total} do not add up to it`);
}

/** The least and the most each count can be, for somebody who sees all but the hidden ones. */
function workedOut(
  counts: Readonly<Record<string, number>>,
  sums: readonly Sum[],
  hidden: ReadonlySet<string>,
): Bounds {
  const bounds: Bounds = new Map(
    Object.entries(counts).map(([key, count]) => [
      key,
      hidden.has(key) ? { low: 1, high: Number.POSITIVE_INFINITY } : { low: count, high: count },
    ]),
  );
  while (sums.some((sum) => tighten(bounds, sum)));
  return bounds;
}

/** Draws what follows from one sum; true when that was news. */
function tighten(bounds: Bounds, { total, parts }: Sum): boolean {
  const at = (key: string) => bounds.get(key) ?? { low: 0, high: Number.POSITIVE_INFINITY };
  const lows = parts.reduce((sum, part) => sum + at(part).low, 0);
  const highs = parts.reduce((sum, part) => sum + at(part).high, 0);
  let news = narrow(bounds, total, lows, highs);
  for (const part of parts) {
    const { low, high } = at(part);
    const othersHigh = parts.reduce((sum, other) => (other === part ? sum : sum + at(other).high), 0);
    news = narrow(bounds, part, at(total).low - othersHigh, at(total).high - (lows - low)) || news;
    if (high < low) throw new RangeError('The sums contradict each other');
  }
  return news;
}

function narrow(bounds: Bounds, key: string, low: number, high: number): boolean {
  const known = bounds.get(key) ?? { low: 0, high: Number.POSITIVE_INFINITY };
  const narrowed = { low: Math.max(known.low, low), high: Math.min(known.high, high) };
  bounds.set(key, narrowed);
  return narrowed.low > known.low || narrowed.high < known.high;
}

/** A part rather than a total, and the smaller rather than the larger, so that as much as possible stays to be read. */
function smallestBeside(
  exposed: readonly string[],
  counts: Readonly<Record<string, number>>,
  sums: readonly Sum[],
  hidden: ReadonlySet<string>,
): string | null {
  const shown = (keys: readonly string[]): string[] =>
    keys.filter((key) => !hidden.has(key) && (counts[key] ?? 0) > 0);
  const beside = sums.filter(({ total, parts }) =>
    exposed.some((key) => key === total || parts.includes(key)),
  );
  const candidates = [
    beside.flatMap(({ parts }) => shown(parts)),
    beside.flatMap(({ total }) => shown([total])),
    shown(Object.keys(counts)),
  ].find((keys) => keys.length > 0);
  if (!candidates) return null;
  return candidates.reduce((least, key) => ((counts[key] ?? 0) < (counts[least] ?? 0) ? key : least));
}
