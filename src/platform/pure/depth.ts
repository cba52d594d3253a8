/** Whether lists and objects lie more than `most` inside one another. Without recursion, which they could exhaust. */
export function isDeeperThan(most: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const inner = level.filter((one): one is object => typeof one === 'object' && one !== null);
    if (inner.length > 0 && depth >= most) return true;
    level = inner.flatMap((one): unknown[] => Object.values(one));
  }
  return false;
}
