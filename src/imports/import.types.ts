import type { Tx } from '../platform/database/tx.js';

/** A record as the file has it: by column name, with the row people see in their spreadsheet (the heading is row 1). */
export interface RawRow {
  row: number;
  cells: Record<string, string>;
}

export interface RowProblem {
  row: number;
  column: string;
  reason: string;
}

export type Checked<Value> = { ok: true; value: Value } | { ok: false; column: string; reason: string };

export interface Counts {
  added: number;
  changed: number;
  same: number;
}

/** One kind of file. `check` is pure; `apply` writes a batch in the caller's transaction and may be repeated. */
export interface ImportKind<Value> {
  name: string;
  describes: string;
  /** Whether the rows belong to one scheme, or to the whole installation. */
  scoped: boolean;
  format: 'csv' | 'json';
  /** Every column that must be there, each by the names it goes under; the first is what we call it. */
  columns: readonly (readonly string[])[];
  check(raw: RawRow): Checked<Value> | 'ignore';
  /** What makes two rows the same thing; the second of two in a file is refused. */
  key(value: Value): string;
  apply(tx: Tx, values: readonly Value[], edition: string): Promise<Counts>;
}

export interface ImportReport extends Counts {
  kind: string;
  file: string;
  encoding: 'UTF-8' | 'Windows-1252';
  rows: number;
  ignored: number;
  refused: number;
  /** The first refused rows; `refused` counts them all. */
  problems: RowProblem[];
  applied: boolean;
}
