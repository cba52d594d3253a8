import { didOf } from '../audit/acts.js';
import { PERSON_DATA, SECTIONS } from './person-data.catalogue.js';
import type {
  ClosedPart,
  Decision,
  HeldRow,
  Look,
  RecordDocument,
  RecordField,
  RecordItem,
} from './record-document.types.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HIDDEN = new Set(['scheme_id', 'id', 'version']);

/** `recorded_by` reads "Recorded by", `gp_practice_id` "Gp practice". */
export function labelOf(column: string): string {
  const words = column.replace(/_id$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Every id in the rows that may have a name worth telling. */
export function idsIn(held: readonly HeldRow[], looks: readonly Look[]): string[] {
  const ids = new Set<string>();
  for (const { row } of held) {
    for (const value of Object.values(row)) if (typeof value === 'string' && UUID.test(value)) ids.add(value);
  }
  for (const { actorId } of looks) if (actorId !== null) ids.add(actorId);
  return [...ids];
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * The readable form of what is held: headings in the catalogue's order, the oldest row first, ids as names where they
 * have one and left out where they have none. `preparedAt` is a moment; nothing is decided about other people yet.
 */
export function documentOf(
  held: readonly HeldRow[],
  looks: readonly Look[],
  names: ReadonlyMap<string, string>,
  preparedAt: Date,
): RecordDocument {
  const itemOf = ({ line, row }: HeldRow, index: number): RecordItem => ({
    id: `${line.table}:${typeof row['id'] === 'string' ? row['id'] : String(index)}`,
    what: labelOf(line.table),
    fields: Object.entries(row).flatMap(([column, value]): RecordField[] => {
      if (HIDDEN.has(column) || line.hide?.includes(column) || isEmpty(value)) return [];
      const named = typeof value === 'string' && UUID.test(value) ? names.get(value) : value;
      if (named === undefined) return [];
      const field: RecordField = { name: column, label: labelOf(column), value: named };
      return [line.others?.includes(column) ? { ...field, others: true } : field];
    }),
  });
  const items = held.map((one, index) => ({
    section: one.line.section,
    at: rowTime(one.row),
    item: itemOf(one, index),
  }));
  return {
    format: 'betony-record-1',
    preparedAt: preparedAt.toISOString(),
    sections: SECTIONS.flatMap((section) => {
      const own = items.filter((one) => one.section === section && one.item.fields.length > 0);
      own.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      return own.length === 0 ? [] : [{ section, items: own.map(({ item }) => item) }];
    }),
    whoLooked: looks.map(({ on, actorId, name, action, times }) => ({
      on,
      who: name ?? (actorId === null ? null : names.get(actorId)) ?? 'A group, by its link',
      did: didOf(action),
      times,
    })),
    notShown: [
      ...new Map(
        PERSON_DATA.flatMap(({ table, section, because }) =>
          section === null ? [[table, { what: labelOf(table), because: because ?? '' }] as const] : [],
        ),
      ).values(),
    ],
  };
}

/** Rows of version 7 ids sort by when they were written. */
const rowTime = (row: Record<string, unknown>): string => (typeof row['id'] === 'string' ? row['id'] : '');

const decisionFor = (decisions: readonly Decision[], item: string, field: string): Decision | undefined =>
  decisions.find((one) => one.item === item && one.field === field);

/** Fields that may tell of somebody else and that nobody has decided about. */
export function undecided(
  document: RecordDocument,
  decisions: readonly Decision[],
): { item: string; field: string }[] {
  return document.sections.flatMap(({ items }) =>
    items.flatMap(({ id, fields }) =>
      fields
        .filter(({ name, others }) => others && !decisionFor(decisions, id, name))
        .map(({ name }) => ({ item: id, field: name })),
    ),
  );
}

/** Decisions that name no field of the document. */
export function strayDecisions(document: RecordDocument, decisions: readonly Decision[]): Decision[] {
  const fields = new Set(
    document.sections.flatMap(({ items }) =>
      items.flatMap((item) => item.fields.map((field) => `${item.id} ${field.name}`)),
    ),
  );
  return decisions.filter(({ item, field }) => !fields.has(`${item} ${field}`));
}

const REMOVED = 'Removed: it tells of somebody else, or could cause serious harm.';

/** What is given to the person: removed fields say that they were removed, and the marks of the review are gone. */
export function released(document: RecordDocument, decisions: readonly Decision[]): RecordDocument {
  return {
    ...document,
    sections: document.sections.map(({ section, items }) => ({
      section,
      items: items.map((item) => ({
        ...item,
        fields: item.fields.map(({ name, label, value }) =>
          decisionFor(decisions, item.id, name)?.decision === 'remove'
            ? { name, label, value: REMOVED }
            : { name, label, value },
        ),
      })),
    })),
  };
}

/** The ids of a table's rows in the document. */
export const idsOfTable = (document: RecordDocument, table: string): string[] =>
  document.sections.flatMap(({ items }) =>
    items.flatMap(({ id }) => (id.startsWith(`${table}:`) ? [id.slice(table.length + 1)] : [])),
  );

/** For a reviewer: what is about them is not there, and words they have not opened say how that is done. */
export function shownTo(document: RecordDocument, closed: readonly ClosedPart[]): RecordDocument {
  const parts = new Map(closed.map((part) => [part.item, part]));
  return {
    ...document,
    sections: document.sections.map(({ section, items }) => ({
      section,
      items: items.flatMap((item) => {
        const part = parts.get(item.id);
        if (!part) return [item];
        if (part.openBy === null) return [];
        const value = `Not shown: give your reason first, at POST ${part.openBy}.`;
        return [
          { ...item, fields: item.fields.map((field) => (field.others ? { ...field, value } : field)) },
        ];
      }),
    })),
  };
}

/** The closed parts of which the person is given something: decided to be shown. */
export function closedAndGiven(
  document: RecordDocument,
  decisions: readonly Decision[],
  closed: readonly ClosedPart[],
): ClosedPart[] {
  const fields = new Map(
    document.sections.flatMap(({ items }) => items.map((item) => [item.id, item.fields] as const)),
  );
  return closed.filter(({ item }) =>
    fields
      .get(item)
      ?.some(({ name, others }) => others && decisionFor(decisions, item, name)?.decision !== 'remove'),
  );
}
