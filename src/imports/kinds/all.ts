import { Refusal } from '../../platform/errors/refusal.js';
import type { AnyBatchKind, BatchKind } from '../batch.types.js';
import type { GroupKind } from '../import.types.js';
import { csvLine, type CsvLine } from '../raw.rules.js';
import { assets } from './assets.import.js';
import { charities, foodBanks } from './directories.import.js';
import { openReferral } from './groups.import.js';
import { populations } from './populations.import.js';
import { users } from './users.import.js';

/** Lists that somebody looks at and approves. */
export const KINDS: readonly GroupKind[] = [openReferral, charities, foodBanks, assets, populations, users];

export const kindCalled = (name: AnyBatchKind): GroupKind | undefined =>
  KINDS.find((kind) => kind.name === name);

/** What the columns of a sheet of that kind can be, each by the first of its names; of no sheet none. */
export const columnsOf = (name: AnyBatchKind): string[] =>
  (kindCalled(name)?.sheet?.columns ?? []).flatMap(([first]) => first ?? []);

/** The headings of each kind that comes as a sheet. */
export const SHEETS: readonly { kind: BatchKind; columns: readonly string[] }[] = KINDS.flatMap(
  ({ name, sheet }) => (sheet === null ? [] : [{ kind: name, columns: columnsOf(name) }]),
);

/** Of a sheet, its headings and nothing else. */
export function templateOf(kind: string): CsvLine {
  const sheet = SHEETS.find((one) => one.kind === kind);
  if (!sheet) throw Refusal.notFound();
  return csvLine(sheet.columns);
}
