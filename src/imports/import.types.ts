import type { InviteInput } from '../identity/invitation.dto.js';
import type { ListedAsset } from '../assets/asset-import.js';
import type { DirectoryGroup } from '../providers/provider-import.js';
import type { BatchKind } from './batch.types.js';
import { WHOLE_ROW } from './raw.rules.js';

/** How a file is written. */
export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'Windows-1252';

import type { Tx } from '../platform/database/tx.js';

/** A record as the file has it: by column name, with the row people see in their spreadsheet (the heading is row 1). */
export interface RawRow {
  row: number;
  cells: Record<string, string>;
  /** Why it cannot be told which cell is which. */
  misfit?: string;
}

export interface RowProblem {
  row: number;
  column: string;
  reason: string;
}

/** A value of a record that was left out though the record is taken, and why. */
export type RowWarning = Omit<RowProblem, 'row'>;

export type Checked<Value> =
  | { ok: true; value: Value; warnings?: readonly RowWarning[] }
  | { ok: false; column: string; reason: string; others?: readonly RowWarning[] };

/** Everything that is wrong with a row. */
export function refusedFor([first, ...others]: readonly RowWarning[]): Checked<never> {
  return { ok: false, ...(first ?? { column: WHOLE_ROW, reason: 'This row cannot be read' }), others };
}

/** Somebody to be invited, with the organisation as the list names it. */
export interface ListedUser extends Pick<InviteInput, 'name' | 'email' | 'role'> {
  source: string;
  sourceId: string;
  organisation: string;
}

/** How many people live somewhere, or are of an age or language there; what is null goes for everybody. */
export interface PopulationCount {
  source: string;
  sourceId: string;
  area: string | null;
  ageBand: string | null;
  sex: string | null;
  ethnicity: string | null;
  deprivation: number | null;
  language: string | null;
  people: number;
  from: string;
  year: number;
}

/** What a row of any list becomes. */
export type ListedValue = DirectoryGroup | ListedAsset | ListedUser | PopulationCount;

/** More than any directory or feed of this country holds. What is longer is a mistake, or meant to fill the disk. */
export const MOST_ROWS = 100_000;

/** A record as it came, with what we make of it. `at` is what people count: the row of a sheet, the number in a feed. */
export interface GroupRow {
  at: number;
  raw: unknown;
  /** How its feed calls it, also where nothing else of it can be used: it is broken there, not gone. */
  sourceId?: string | null;
  checked: Checked<ListedValue> | 'ignore';
  /** Its fields that say something and that we have no place for. */
  notKept?: readonly string[];
}

/** What is odd about the whole of a file or feed, whichever row: nothing is refused for it. */
export interface Remark {
  remark: string;
}

/** A field of a file that is not kept, and how many rows had something in it. */
export interface NotKept {
  field: string;
  rows: number;
}

export interface Counts {
  added: number;
  changed: number;
  same: number;
}

/** One kind of table. `check` is pure. */
export interface TableKind<Value> {
  name: string;
  describes: string;
  format: 'csv' | 'json';
  /** Every column that must be there, each by the names it goes under; the first is what we call it. */
  columns: readonly (readonly string[])[];
  check(raw: RawRow): Checked<Value> | 'ignore';
  /** What makes two rows the same thing; the second of two in a file is refused. */
  key(value: Value): string;
}

/** Reference data. `apply` writes a part in the caller's transaction and may be repeated. */
export interface ImportKind<Value> extends TableKind<Value> {
  /** Whether the rows belong to one scheme, or to the whole installation. */
  scoped: boolean;
  apply(tx: Tx, values: readonly Value[], edition: string): Promise<Counts>;
}

/** Lists that a person approves and can take back: see BatchesService. */
export interface GroupKind {
  name: BatchKind;
  describes: string;
  /** Where its records come from, unless whoever brings the file says. */
  source: string;
  /** Whether what one list brings has nothing to do with what another brought. */
  apart?: boolean;
  /** How a sheet is read; null for JSON. */
  sheet: Pick<TableKind<ListedValue>, 'columns' | 'check'> | null;
  /** Also how the file is written, where that can be told. */
  open(
    file: string,
    source: string,
  ): Promise<{ encoding: Encoding; rows: () => AsyncIterable<GroupRow | Remark> }>;
}

export interface ImportReport extends Counts {
  kind: string;
  file: string;
  encoding: Encoding;
  rows: number;
  ignored: number;
  refused: number;
  /** All that is wrong with the first refused rows; `refused` counts the rows. */
  problems: RowProblem[];
  /** The first values left out of rows that are taken; `warned` counts those rows. */
  warnings: RowProblem[];
  warned: number;
  notKept: NotKept[];
  /** What is odd about the file as a whole. */
  remarks: string[];
  applied: boolean;
}
