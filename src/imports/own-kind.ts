import type { Tx } from '../platform/database/tx.js';
import type { RowWarning } from './import.types.js';

export interface ListedRow<Value> {
  row: number;
  value: Value;
  warnings: RowWarning[];
  organisationId: string | null;
}

/** What a row came to when it was written. */
export interface Made {
  row: number;
  outcome: 'added' | 'changed' | 'same' | 'refused';
  madeId?: string;
  /** What was there before it was changed. */
  before?: object;
  problems?: readonly RowWarning[];
}

export interface MadeRow {
  row: number;
  madeId: string;
  before: { people?: number };
}

/** A kind of list whose rows are told apart by what they say, not by a directory's own ids. */
export interface OwnKind<Value> {
  /** Says of each row that could be added what it would do; nothing else changes. */
  compare(tx: Tx, id: string): Promise<void>;
  write(tx: Tx, rows: readonly ListedRow<Value>[]): Promise<Made[]>;
  /** Takes back what it can; of the others it says why they stay. */
  takeBack(tx: Tx, rows: readonly MadeRow[]): Promise<Map<number, string>>;
}
