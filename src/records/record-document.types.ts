import type { PersonTable, Section } from './person-data.catalogue.js';

/** One row about a person as the database holds it. */
export interface HeldRow {
  line: PersonTable;
  row: Record<string, unknown>;
}

/** Somebody who looked at the record on one day, or wrote in it. */
export interface Look {
  on: string;
  actorId: string | null;
  /** Where it was no member of staff. */
  name: string | null;
  action: string;
  times: number;
}

export interface RecordField {
  name: string;
  label: string;
  value: unknown;
  /** It may tell of somebody else, so it is looked at before the document is released. */
  others?: true;
}

export interface RecordItem {
  /** Table and row: what a decision names. */
  id: string;
  what: string;
  fields: RecordField[];
}

export interface RecordSection {
  section: Section;
  items: RecordItem[];
}

export interface RecordDocument {
  format: 'betony-record-1';
  preparedAt: string;
  sections: RecordSection[];
  whoLooked: { on: string; who: string; did: string; times: number }[];
  notShown: { what: string; because: string }[];
}

export const FIELD_DECISIONS = ['show', 'remove'] as const;
export type FieldDecision = (typeof FIELD_DECISIONS)[number];

export const REMOVAL_REASONS = ['somebody_else', 'serious_harm', 'legal_advice', 'crime'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

export interface Decision {
  item: string;
  field: string;
  decision: FieldDecision;
  reason: RemovalReason | null;
}

/** An item of a copy whose words one reader may not have now. */
export interface ClosedPart {
  item: string;
  /** The route by which they open it, giving a reason; null: it is about them, and another manager decides. */
  openBy: string | null;
}
