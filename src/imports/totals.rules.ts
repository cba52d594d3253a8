/** How many there are, as a page of services says of the whole. */
export interface Totals {
  items: unknown;
  pages: unknown;
}

const MOST = 1_000_000_000;

/** What a page of Open Referral says of the whole it is a part of. */
export function totalsIn(page: unknown): Totals {
  const { total_items: items, total_pages: pages } = (page ?? {}) as Record<string, unknown>;
  return { items, pages };
}

/**
 * Sentences about totals that do not match what came. Said and not believed: all that came is read whatever they say. A
 * total that is not given is no fault.
 */
export function wrongTotals(said: Totals, came: { items: number; pages: number }): string[] {
  return [
    ...wrong('total_items', said.items, came.items, 'service'),
    ...wrong('total_pages', said.pages, came.pages, 'page'),
  ];
}

function wrong(field: string, said: unknown, came: number, what: string): string[] {
  if (said === undefined || said === null) return [];
  const total = wholeNumber(said);
  if (total === null) return [`Its ${field} is not a number, so it does not tell whether everything came.`];
  if (total === came) return [];
  const told = `It says that it has ${counted(total, what)}, and ${came.toLocaleString('en-GB')} came.`;
  return [total > came ? `${told} Look whether some are missing before you approve it.` : told];
}

export const counted = (many: number, what: string): string =>
  `${many.toLocaleString('en-GB')} ${what}${many === 1 ? '' : 's'}`;

/** Some write numbers as words. */
function wholeNumber(said: unknown): number | null {
  const number = typeof said === 'string' && /^\d{1,9}$/.test(said.trim()) ? Number(said) : said;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MOST
    ? number
    : null;
}
