import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { csvLine, type CsvLine } from '../../imports/raw.rules.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { MOST_COUNTED, type Page, type PageQuery } from '../../platform/http/pagination.js';
import { without } from '../../platform/pure/without.js';
import { ASKED as LANGUAGE } from '../words/choice.js';
import { say, staffLocale } from '../words/staff/staff-words.js';
import { Desk } from './desk.js';
import { ALL, FILE, nextPage, PRINT } from './forms.js';
import { sendSheet } from './sheet.js';

/** More rows than that on one page help nobody; the file has all of them. */
export const MOST_ON_A_PAGE = 1000;
/** Rows of a file are asked for by so many. Where they are people's, each stride is in the record of who looked. */
const STRIDE = 500;

/** A column as it is on the page: its heading, and the order it can be put in. */
export interface Column {
  text: string;
  sort?: string;
}

/** A heading as a page shows it: with `href` it puts the list in that order, or turns it round. */
interface Heading {
  text: string;
  href?: string;
  turned?: 'ascending' | 'descending';
}

/** What a list is, the same whoever asks. */
export interface ListOf<Row> {
  address: string;
  /** Of its file, without the day. */
  name: string;
  columns: readonly Column[];
  /** The order it has unless told. */
  usual: string;
  /** What of its address says which part of it is shown: a part is not a filter, and stays when filters are cleared. */
  parts?: readonly string[];
  /** What its file has of each row, under which headings. */
  file: (row: Row) => Record<string, unknown>;
  /** So many rows of its file are asked for at once, where not as many as usual. */
  stride?: number;
}

/** What of it somebody asks for. */
export interface AskedList<Row, Query> {
  asked: Record<string, string>;
  query: Query;
  /** How many there are under these filters, on all pages. */
  count: number | null;
  read: (query: Query) => Promise<Page<Row>>;
}

/** What a page shows around the rows of a list. */
export interface ListShown {
  headings: Heading[];
  next: string | null;
  first: string;
  further: boolean;
  filtered: boolean;
  plain: string;
  all: string | null;
  printed: string;
  file: string;
  /** Where not even all that are shown are all. */
  cut: string | null;
  count: string;
}

const NO_FILTERS = ['after', 'limit', 'sort', ALL, PRINT, FILE, LANGUAGE];

/** A list of the desk: so many in all, in an order of one's choice, page by page or all of it, and as a file. */
@Injectable()
export class ListPages {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
  ) {}

  /** Shows a list. `data` is the rest of its page, from the rows; it is not asked for where the file is. */
  async show<Row, Query extends PageQuery & { sort?: string }>(
    reply: FastifyReply,
    actor: MemberActor,
    template: string,
    list: ListOf<Row>,
    asked: Omit<AskedList<Row, Query>, 'count'> & {
      count: (query: Query) => Promise<number>;
      status?: number;
    },
    data: (items: Row[]) => Promise<{ title: string }> | { title: string },
  ): Promise<void> {
    if (await this.saved(reply, list, asked)) return;
    const [count, page] = await Promise.all([asked.count(asked.query), this.page(asked)]);
    const rest = await data(page.items);
    await this.desk.show(reply, actor, asked.status ?? 200, template, {
      ...rest,
      ...this.around(list, { ...asked, count }, page, rest.title),
    });
  }

  /** As a file, where that is asked for. Whoever may see the page may keep what it shows, and no more. */
  async saved<Row, Query extends PageQuery>(
    reply: FastifyReply,
    list: ListOf<Row>,
    { asked, query, read }: Pick<AskedList<Row, Query>, 'asked' | 'query' | 'read'>,
  ): Promise<boolean> {
    if (asked[FILE] === undefined) return false;
    const of = (after?: string): Promise<Page<Row>> =>
      read({
        ...without(query, 'after'),
        limit: list.stride ?? STRIDE,
        ...(after !== undefined && { after }),
      } as Query);
    // The first is read before anything is sent: whatever goes wrong is said by a page.
    const first = await of();
    await sendSheet(reply, `${list.name}-${londonDate(this.clock.now())}`, linesOf(list, first, of));
    return true;
  }

  /** The rows that are asked for: a page of them, or where somebody wants all, as many as a page can hold. */
  page<Found extends Page<unknown>, Query extends PageQuery>({
    asked,
    query,
    read,
  }: {
    asked: Record<string, string>;
    query: Query;
    read: (query: Query) => Promise<Found>;
  }): Promise<Found> {
    return read(
      asked[ALL] === undefined ? query : ({ ...without(query, 'after'), limit: MOST_ON_A_PAGE } as Query),
    );
  }

  /** What stands around the rows, with how many there are in the title. */
  around<Row, Query extends PageQuery & { sort?: string }>(
    { address, columns, usual, parts = [] }: Pick<ListOf<Row>, 'address' | 'columns' | 'usual' | 'parts'>,
    { asked, query, count }: Pick<AskedList<Row, Query>, 'asked' | 'query' | 'count'>,
    { items, next }: Page<Row>,
    title: string,
  ): { title: string; list: ListShown } {
    const sort = query.sort ?? usual;
    const wantsAll = asked[ALL] !== undefined;
    const told = count === null ? '' : countInWords(count);
    const to = (change: Record<string, string>): string =>
      nextPage(address, { ...without(asked, ALL, PRINT, FILE), ...change }, '');
    return {
      title: told === '' ? title : `${title} (${told})`,
      list: {
        headings: columns.map(({ text, sort: key }) => ({
          text,
          ...(key !== undefined && {
            href: to({ sort: sort === key ? `-${key}` : key }),
            ...(sort === key && { turned: 'ascending' as const }),
            ...(sort === `-${key}` && { turned: 'descending' as const }),
          }),
        })),
        next: wantsAll ? null : next && nextPage(address, asked, next),
        first: to({}),
        further: query.after !== undefined,
        filtered: Object.entries(asked).some(
          ([name, value]) => value !== '' && !NO_FILTERS.includes(name) && !parts.includes(name),
        ),
        plain: nextPage(address, Object.fromEntries(parts.map((name) => [name, asked[name] ?? ''])), ''),
        all: !wantsAll && (next !== null || query.after !== undefined) ? to({ [ALL]: '1' }) : null,
        printed: to({ [ALL]: '1', [PRINT]: '1' }),
        file: to({ [FILE]: '1' }),
        cut: wantsAll && next !== null ? items.length.toLocaleString(staffLocale()) : null,
        count: told,
      },
    };
  }
}

/** "1,240", or "10,000+" where nobody counted further. */
export const countInWords = (count: number): string =>
  count > MOST_COUNTED
    ? `${MOST_COUNTED.toLocaleString(staffLocale())}+`
    : count.toLocaleString(staffLocale());

async function* linesOf<Row>(
  { file }: ListOf<Row>,
  first: Page<Row>,
  of: (after: string) => Promise<Page<Row>>,
): AsyncGenerator<CsvLine> {
  let page: Page<Row> | null = first;
  let headed = false;
  while (page !== null) {
    for (const row of page.items) {
      const cells = file(row);
      if (!headed) yield csvLine(Object.keys(cells));
      headed = true;
      yield csvLine(Object.values(cells));
    }
    page = page.next === null ? null : await of(page.next);
  }
  if (!headed) yield csvLine([say('Nothing matches')]);
}

/** A small table as a file. */
export const saveTable = (
  reply: FastifyReply,
  name: string,
  headings: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<void> => sendSheet(reply, name, [headings, ...rows].map(csvLine));
