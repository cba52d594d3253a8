import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeCursor,
  decodeIdCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow } from '../providers/listing.types.js';
import type {
  GoneListingView,
  ImportListQuery,
  ImportSort,
  ImportRowQuery,
  ImportRowView,
  ImportView,
} from './batch.dto.js';
import { BROUGHT_BY, broughtFor, rowsKeptUntil } from './batch.steps.js';
import { ASSUMED, KIND_NEEDS, UNDO_HOURS } from './batch.types.js';
import { columnsOf } from './kinds/all.js';
import { csvLine, type CsvLine, problemsInWords } from './raw.rules.js';

const STRIDE = 500;

type Moments = 'createdAt' | 'checkedAt' | 'approvedAt' | 'appliedAt' | 'undoneAt' | 'rowsDeletedAt';
type Row = Omit<
  ImportView,
  Moments | 'undoUntil' | 'rowsKeptUntil' | 'partlyUndone' | 'assumed' | 'mayBe'
> & {
  createdAt: Date;
} & Record<Exclude<Moments, 'createdAt'>, Date | null>;

const COLUMNS = sql`
  id, version, kind, source, address, file_name as "fileName", encoding, state, because, rows, added, changed, same,
  alike, refused, ignored, gone, warned, not_kept as "notKept", remarks, headings, columns, done, kept, created_at as "createdAt", checked_at as "checkedAt", approved_at as "approvedAt",
  applied_at as "appliedAt", undone_at as "undoneAt", rows_deleted_at as "rowsDeletedAt", ${BROUGHT_BY} as "createdBy"`;

const ORDERS: Orders<ImportSort> = { made: [], kind: [sql`kind`], state: [sql`state`], rows: [sql`rows`] };

const asked = (actor: Actor, { state }: ImportListQuery): Sql => sql`import_batch
  where scheme_id = ${actor.schemeId} and ${broughtFor(actor)} and ${state === undefined ? sql`true` : sql`state = any(${state}::text[])`}`;

@Injectable()
export class BatchesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, id: string): Promise<ImportView> {
    reachFor(actor, 'import.list');
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      sql`select ${COLUMNS} from import_batch where scheme_id = ${actor.schemeId} and id = ${id} and ${broughtFor(actor)}`,
    );
    if (!row) throw Refusal.notFound();
    return view(row);
  }

  /** Newest first unless told. */
  async list(actor: Actor, query: ImportListQuery): Promise<Page<ImportView>> {
    reachFor(actor, 'import.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { order, after } = inOrder(ORDERS, query.sort ?? '-made', {
      id: sql`id`,
      rows: sql`import_batch where scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const rows = await this.database.read<Row>(
      actor.schemeId,
      sql`select ${COLUMNS} from ${asked(actor, query)} and ${after} order by ${order} limit ${limit + 1}`,
    );
    const page = pageOf(rows, limit, ({ id }) => [id]);
    return { items: page.items.map(view), next: page.next };
  }

  async count(actor: Actor, query: ImportListQuery): Promise<number> {
    reachFor(actor, 'import.list');
    const few = sql`select 1 from ${asked(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  async rows(actor: Actor, id: string, query: ImportRowQuery): Promise<Page<ImportRowView>> {
    await this.get(actor, id);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const [after] = query.after === undefined ? [0] : decodeCursor(query.after, 1);
    if (typeof after !== 'number' || !Number.isSafeInteger(after) || after < 0 || after > 2 ** 31 - 1)
      throw Refusal.invalidField('after', 'Use the `next` of the page before, unchanged');
    return pageOf(
      await this.read(actor, id, query.outcome ?? null, after, limit + 1, query.warned ?? null),
      limit,
      ({ row }) => [row],
    );
  }

  /** Services whose feed no longer has them, and nobody has closed: somebody should look. */
  async gone(actor: Actor, query: PageQuery): Promise<Page<GoneListingView>> {
    reachFor(actor, KIND_NEEDS['open-referral']);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const rows = await this.database.read<
      Omit<GoneListingView, 'listing' | 'goneSince'> & { listing: ListingNamedRow; goneSince: Date }
    >(
      actor.schemeId,
      sql`
      select ${LISTING_NAMED} as listing, l.organisation_id as "organisationId", l.state, c.source,
        c.gone_since as "goneSince"
      from import_record c join listing l on l.scheme_id = c.scheme_id and l.id = c.listing_id
      where c.scheme_id = ${actor.schemeId} and c.gone_since is not null and l.state <> 'closed'
        and (${after}::uuid is null or c.listing_id > ${after}::uuid)
      order by c.listing_id limit ${limit + 1}`,
    );
    const today = londonDate(this.clock.now());
    const page = pageOf(rows, limit, ({ listing }) => [listing.id]);
    return {
      items: page.items.map((row) => ({
        ...row,
        listing: listingNamed(row.listing, today),
        goneSince: row.goneSince.toISOString(),
      })),
      next: page.next,
    };
  }

  /** The refused rows as a sheet, to be mended and sent again: the row, all that is wrong with it, then the record as it came. */
  async refused(actor: Actor, id: string): Promise<AsyncIterable<CsvLine>> {
    await this.get(actor, id);
    return this.refusedLines(actor, id);
  }

  private async *refusedLines(actor: Actor, id: string): AsyncGenerator<CsvLine> {
    let after = 0;
    let columns: string[] | null = null;
    for (;;) {
      const rows = await this.read(actor, id, ['refused'], after, STRIDE);
      if (columns === null) {
        const first = rows[0]?.raw;
        columns = typeof first === 'object' && first !== null ? Object.keys(first) : [];
        yield csvLine(['row', 'what is wrong', ...columns]);
      }
      for (const { row, problems, raw } of rows) {
        const cells = (raw ?? {}) as Record<string, unknown>;
        yield csvLine([row, problemsInWords(problems), ...columns.map((name) => cells[name])]);
      }
      if (rows.length < STRIDE) return;
      after = rows.at(-1)?.row ?? after;
    }
  }

  private read(
    actor: Actor,
    id: string,
    outcomes: readonly string[] | null,
    after: number,
    limit: number,
    warned: boolean | null = null,
  ): Promise<ImportRowView[]> {
    return this.database.read<ImportRowView>(
      actor.schemeId,
      sql`
      select row, outcome, source_id as "sourceId", problems,
        kept_because as "keptBecause", warnings, raw, value,
        organisation_id as "organisationId", listing_id as "listingId", asset_id as "assetId", verdict,
        case when outcome = 'alike' then (
          select jsonb_build_object('id', l.id, 'name', l.name, 'organisationName', o.name,
            'description', l.description, 'address', l.address, 'postcode', l.postcode, 'state', l.state)
          from listing l join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
          where l.scheme_id = import_row.scheme_id and l.id = import_row.listing_id) end as "like"
      from import_row
      where scheme_id = ${actor.schemeId} and batch_id = ${id} and row > ${after}
        and (${outcomes}::text[] is null or outcome = any(${outcomes}::text[]))
        and (${warned}::boolean is null or (warnings <> '[]') = ${warned}::boolean)
      order by row limit ${limit}`,
    );
  }
}

const moment = (at: Date | null): string | null => at?.toISOString() ?? null;

const view = (row: Row): ImportView => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  checkedAt: moment(row.checkedAt),
  approvedAt: moment(row.approvedAt),
  appliedAt: moment(row.appliedAt),
  undoUntil:
    row.state === 'applied' && row.appliedAt
      ? new Date(row.appliedAt.getTime() + UNDO_HOURS * 3_600_000).toISOString()
      : null,
  undoneAt: moment(row.undoneAt),
  rowsKeptUntil: rowsKeptUntil(row.undoneAt ?? row.appliedAt ?? row.checkedAt ?? row.createdAt).toISOString(),
  rowsDeletedAt: moment(row.rowsDeletedAt),
  assumed: [...ASSUMED[row.kind]],
  mayBe: columnsOf(row.kind),
  partlyUndone: row.state === 'undone' && row.kept > 0,
});
