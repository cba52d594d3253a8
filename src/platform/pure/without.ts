/** A copy of a row without columns that are for us, not for whoever asked. The row itself is left as it is. */
export const without = <Row extends object, Key extends keyof Row & string>(
  row: Row,
  ...keys: Key[]
): Omit<Row, Key> =>
  Object.fromEntries(
    Object.entries(row).filter(([key]) => !(keys as string[]).includes(key)),
  ) as unknown as Omit<Row, Key>;
