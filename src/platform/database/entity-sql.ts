import sql, { join, raw, type Sql } from 'sql-template-tag';
import { getMetadataArgsStorage } from 'typeorm';

type EntityClass<Row> = new () => Row;

interface ColumnOf {
  property: string;
  column: string;
  type: unknown;
}

const known = new Map<unknown, ColumnOf[]>();

/** The columns an entity declares, so that written statements and the entity cannot name them differently. */
function columnsOf(entity: EntityClass<unknown>): ColumnOf[] {
  let columns = known.get(entity);
  if (!columns) {
    columns = getMetadataArgsStorage()
      .filterColumns(entity)
      .map(({ propertyName, options }) => ({
        property: propertyName,
        column: options.name ?? propertyName,
        type: options.type,
      }));
    known.set(entity, columns);
  }
  return columns;
}

const tableOf = (entity: EntityClass<unknown>): Sql => {
  const table = getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name;
  if (table === undefined) throw new Error(`${entity.name} is no entity`);
  return raw(table);
};

/** Columns of the entity under their property names, all unless told; dates as text, since a date has no zone to be read in. */
export function columnsAs<Row>(
  entity: EntityClass<Row>,
  alias: string,
  only?: readonly (keyof Row & string)[],
): Sql {
  return join(
    columnsOf(entity)
      .filter(({ property }) => !only || (only as readonly string[]).includes(property))
      .map(({ property, column, type }) =>
        raw(`${alias}.${column}${type === 'date' ? '::text' : ''} as "${property}"`),
      ),
    ', ',
  );
}

/** An insert of the properties given. Always give the same ones for one kind of row: each set is one statement to plan. */
export function insertOf<Row extends object>(entity: EntityClass<Row>, values: Partial<Row>): Sql {
  const given = columnsOf(entity).filter(({ property }) => values[property as keyof Row] !== undefined);
  const columns = join(
    given.map(({ column }) => raw(column)),
    ', ',
  );
  const value = (column: ColumnOf): unknown => valueOf(column, values);
  return sql`insert into ${tableOf(entity)} (${columns}) values (${join(given.map(value), ', ')})`;
}

/** What follows `set` in an update, of the properties given and in the entity's order: each set of them is one statement to plan. */
export function setOf<Row extends object>(entity: EntityClass<Row>, values: Partial<Row>): Sql {
  const given = columnsOf(entity).filter(({ property }) => values[property as keyof Row] !== undefined);
  return join(
    given.map((column) => sql`${raw(column.column)} = ${valueOf(column, values)}`),
    ', ',
  );
}

function valueOf<Row extends object>({ property, type }: ColumnOf, values: Partial<Row>): unknown {
  const value = values[property as keyof Row];
  return type === 'jsonb' && value !== null ? JSON.stringify(value) : value;
}
