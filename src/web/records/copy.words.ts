/** What was recorded, in a line or a few: lists with commas, tables as "name: value", yes and no. */
export function readable(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.map((one) => (isTable(one) ? `(${readable(one)})` : readable(one))).join(', ');
  if (isTable(value)) {
    return Object.entries(value)
      .map(
        ([name, one]) =>
          `${name.replaceAll('_', ' ')}: ${isTable(one) ? `(${readable(one)})` : readable(one)}`,
      )
      .join('; ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
