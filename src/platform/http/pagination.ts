import { applyDecorators, type Type } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { Refusal } from '../errors/refusal.js';
import { isUuid } from '../pure/ids.js';
import { Choice, NumberInQuery, Text } from './fields.js';

/** Keyset paging: a page never shifts under the reader, and the last page costs as much as the first. */
export class PageQuery {
  @NumberInQuery({ optional: true, min: 1, max: 100, description: 'How many rows; 25 unless told.' })
  limit?: number;

  @Text({ optional: true, max: 500, description: 'The `next` of the page before.' })
  after?: string;
}

export interface Page<Row> {
  items: Row[];
  /** Give it back as `after` to read on; null on the last page. */
  next: string | null;
}

export const DEFAULT_LIMIT = 25;

/** A longer list is said to be longer: nobody reads the difference, and counting costs what reading does. */
export const MOST_COUNTED = 10_000;

/** What a list can be put in order by: `name`, or from its end `-name`. */
export type Sort<Key extends string> = Key | `-${Key}`;

export const bothWays = <Key extends string>(keys: readonly Key[]): Sort<Key>[] =>
  keys.flatMap((key): Sort<Key>[] => [key, `-${key}`]);

export const SortInQuery = (keys: readonly string[], usual: string): PropertyDecorator =>
  Choice(bothWays(keys), {
    optional: true,
    description: `With a dash the same from its end; \`${usual}\` unless told.`,
  });

export const encodeCursor = (keys: readonly (string | number | null)[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

export function decodeCursor(text: string, length: number): (string | number | null)[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(keys) && keys.length === length && keys.every(isKey)) return keys;
  } catch {
    // falls through to the refusal
  }
  throw notOurs();
}

/** The cursor of a list ordered by a moment and an id; two nulls for the first page. */
export function decodeMomentCursor(text: string | undefined): [at: string, id: string] | [null, null] {
  if (text === undefined) return [null, null];
  const [at, id] = decodeCursor(text, 2);
  if (typeof at !== 'string' || typeof id !== 'string' || !isMoment(at) || !isUuid(id)) throw notOurs();
  return [at, id];
}

/** The same where rows have numbers for names. */
export function decodeMomentNumberCursor(
  text: string | undefined,
): [at: string, number: string] | [null, null] {
  if (text === undefined) return [null, null];
  const [at, number] = decodeCursor(text, 2);
  if (typeof at !== 'string' || typeof number !== 'string' || !isMoment(at) || !/^\d{1,18}$/.test(number))
    throw notOurs();
  return [at, number];
}

/** The cursor of a list whose order can be looked up by an id alone, so that no name is in an address; null at first. */
export function decodeIdCursor(text: string | undefined): string | null {
  if (text === undefined) return null;
  const [id] = decodeCursor(text, 1);
  if (typeof id !== 'string' || !isUuid(id)) throw notOurs();
  return id;
}

const notOurs = (): Refusal => Refusal.invalidField('after', 'Use the `next` of the page before, unchanged');

/** What PostgreSQL takes as a moment too: `Date.parse` alone would let "1" through. */
const isMoment = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d(:?\d\d)?)$/.test(text) && !Number.isNaN(Date.parse(text));

/** No text of ours holds a zero byte, and PostgreSQL takes none. */
const isKey = (key: unknown): key is string | number | null =>
  key === null || (typeof key === 'string' && !key.includes('\0')) || typeof key === 'number';

/** Queries ask for one row more than the page holds; its presence is what tells that there is a next page. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  keysOf: (row: Row) => (string | number | null)[],
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encodeCursor(keysOf(last)) : null };
}

class NextCursor {
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}

/** Documents a page of `model` for OpenAPI. */
export const ApiPage = (model: Type<unknown> | Type<unknown>[]) => {
  const models = Array.isArray(model) ? model : [model];
  const items = models.map((one) => ({ $ref: getSchemaPath(one) }));
  return applyDecorators(
    ApiExtraModels(NextCursor, ...models),
    ApiOkResponse({
      schema: {
        allOf: [
          { $ref: getSchemaPath(NextCursor) },
          {
            type: 'object',
            required: ['items'],
            properties: {
              items: { type: 'array', items: items.length === 1 && items[0] ? items[0] : { oneOf: items } },
            },
          },
        ],
      },
    }),
  );
};
