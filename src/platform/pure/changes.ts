/**
 * What a partial edit changes: the row as it will be, and the names of the fields that differ. A field left out
 * (undefined) stays; null takes a value away. Compares by JSON, so lists and dates count as values.
 */
export function applyChanges<Row extends object>(
  row: Row,
  input: { [Key in keyof Row]?: Row[Key] | undefined },
): { after: Row; changed: string[] } {
  const given = Object.entries(input).filter(([key, value]) => key in row && value !== undefined);
  const before = row as Record<string, unknown>;
  const changed = given.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]));
  return { after: { ...row, ...Object.fromEntries(changed) }, changed: changed.map(([key]) => key) };
}
