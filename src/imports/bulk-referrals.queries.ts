import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { AgreedHow } from '../clients/agreement.types.js';
import { auditedRead } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeCursor,
  decodeIdCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import type { Need } from '../platform/words/needs.js';
import { SENT_AS, sentAs, type SentAs } from '../referrals/sent-as.queries.js';
import type { BulkReferralRowQuery, BulkReferralRowView, BulkReferralView } from './bulk-referral.dto.js';
import { rowsKeptUntil } from './batch.steps.js';
import { toSend, within } from './bulk-referrals.service.js';
import { BROUGHT_BY } from './batch.steps.js';
import { UNDO_HOURS } from './batch.types.js';
import { csvLine, type CsvLine, problemsInWords } from './raw.rules.js';

const STRIDE = 500;
const HOUR_MS = 3_600_000;

type Moments = 'createdAt' | 'checkedAt' | 'approvedAt' | 'appliedAt' | 'undoneAt' | 'rowsDeletedAt';
type WorkedOut = 'undoUntil' | 'partlyUndone' | 'rowsKeptUntil' | 'how' | 'reasons' | 'of';
type Row = Omit<BulkReferralView, Moments | WorkedOut> & {
  createdAt: Date;
  defaults: { how?: AgreedHow; reasons?: Need[] };
} & Record<Exclude<Moments, 'createdAt'>, Date | null>;

const COLUMNS = sql`
  id, version, file_name as "fileName", encoding, state, because, rows, added, same, alike, refused, ignored, done, kept,
  headings, columns, defaults, case when state = 'checked' then (
    select count(*)::int from import_row r
    where r.scheme_id = import_batch.scheme_id and r.batch_id = import_batch.id and ${toSend}) else 0 end as "toSend",
  created_at as "createdAt", checked_at as "checkedAt", approved_at as "approvedAt",
  applied_at as "appliedAt", undone_at as "undoneAt", rows_deleted_at as "rowsDeletedAt",
  ${BROUGHT_BY} as "createdBy"`;

interface RowOfPerson extends SentAs {
  row: number;
  outcome: BulkReferralRowView['outcome'];
  problems: BulkReferralRowView['problems'];
  verdict: BulkReferralRowView['verdict'];
  keptBecause: string | null;
  raw: Record<string, string>;
  referralId: string | null;
  reference: string | null;
  sentAt: Date | null;
  client_id: string | null;
}

/** Lists of people, for the organisation that sends them and nobody else. */
@Injectable()
export class BulkReferralsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: MemberActor, id: string): Promise<BulkReferralView> {
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      sql`
      select ${COLUMNS} from import_batch
      where scheme_id = ${actor.schemeId} and id = ${id} and ${within(actor, 'bulkReferral.list')}`,
    );
    if (!row) throw Refusal.notFound();
    return view(row);
  }

  /** Newest first. */
  async list(actor: MemberActor, query: PageQuery): Promise<Page<BulkReferralView>> {
    const mine = within(actor, 'bulkReferral.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const rows = await this.database.read<Row>(
      actor.schemeId,
      sql`
      select ${COLUMNS} from import_batch
      where scheme_id = ${actor.schemeId} and ${mine} and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc limit ${limit + 1}`,
    );
    const page = pageOf(rows, limit, ({ id }) => [id]);
    return { items: page.items.map(view), next: page.next };
  }

  async rows(
    actor: MemberActor,
    id: string,
    query: BulkReferralRowQuery,
  ): Promise<Page<BulkReferralRowView>> {
    const { headings, columns } = await this.get(actor, id);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const [after] = query.after === undefined ? [0] : decodeCursor(query.after, 1);
    if (typeof after !== 'number' || !Number.isSafeInteger(after) || after < 0 || after > 2 ** 31 - 1)
      throw Refusal.invalidField('after', 'Use the `next` of the page before, unchanged');
    const rows = await this.read(actor, id, query.outcome ?? null, after, limit + 1, limit);
    const page = pageOf(rows, limit, ({ row }) => [row]);
    return { items: page.items.map((row) => rowView(row, headings, columns)), next: page.next };
  }

  /** What was not used, as a sheet to be mended and sent again: the row, all that is wrong with it, then the row as it came. */
  async refused(actor: MemberActor, id: string): Promise<AsyncIterable<CsvLine>> {
    const { headings } = await this.get(actor, id);
    return this.refusedLines(actor, id, headings);
  }

  private async *refusedLines(
    actor: MemberActor,
    id: string,
    headings: readonly string[],
  ): AsyncGenerator<CsvLine> {
    yield csvLine(['Row', 'What is wrong', ...headings]);
    let after = 0;
    for (;;) {
      const rows = await this.read(actor, id, ['refused'], after, STRIDE, STRIDE);
      for (const { row, problems, raw } of rows) {
        yield csvLine([row, problemsInWords(problems), ...headings.map((heading) => raw[heading])]);
      }
      if (rows.length < STRIDE) return;
      after = rows.at(-1)?.row ?? after;
    }
  }

  /** People's details: who looked at them is on record, with those of them whom this organisation referred. */
  private read(
    actor: MemberActor,
    id: string,
    outcomes: readonly string[] | null,
    after: number,
    limit: number,
    shows: number,
  ): Promise<RowOfPerson[]> {
    const page: Sql = sql`
      select i.row, i.outcome, i.problems, i.verdict, i.kept_because as "keptBecause", i.raw,
        r.id as "referralId", r.reference, r.sent_at as "sentAt", r.client_id, ${SENT_AS}
      from import_row i
      left join referral r on r.scheme_id = i.scheme_id and r.id = i.referral_id
        and r.organisation_id = ${actor.organisationId}
      left join client s on s.scheme_id = r.scheme_id and s.id = r.sent_client_id
      where i.scheme_id = ${actor.schemeId} and i.batch_id = ${id} and i.row > ${after}
        and (${outcomes}::text[] is null or i.outcome = any(${outcomes}::text[]))
      order by i.row limit ${limit}`;
    return this.database.read<RowOfPerson & Record<string, unknown>>(
      actor.schemeId,
      sql`${auditedRead(
        actor,
        this.clock.now(),
        { action: 'bulkReferral.list', subject: { kind: 'import', id }, shows },
        page,
      )} order by row`,
    );
  }
}

const moment = (at: Date | null): string | null => at?.toISOString() ?? null;

function view({ defaults, ...row }: Row): BulkReferralView {
  const last = row.undoneAt ?? row.appliedAt ?? row.checkedAt ?? row.createdAt;
  return {
    ...row,
    how: defaults.how ?? null,
    reasons: defaults.reasons ?? [],
    of: row.state === 'approved' || row.state === 'undoing' ? row.added : row.rows,
    createdAt: row.createdAt.toISOString(),
    checkedAt: moment(row.checkedAt),
    approvedAt: moment(row.approvedAt),
    appliedAt: moment(row.appliedAt),
    undoneAt: moment(row.undoneAt),
    undoUntil:
      row.state === 'applied' && row.appliedAt && row.rowsDeletedAt === null
        ? new Date(row.appliedAt.getTime() + UNDO_HOURS * HOUR_MS).toISOString()
        : null,
    partlyUndone: row.state === 'undone' && row.kept > 0,
    rowsKeptUntil: rowsKeptUntil(last).toISOString(),
    rowsDeletedAt: moment(row.rowsDeletedAt),
  };
}

function rowView(
  row: RowOfPerson,
  headings: readonly string[],
  columns: readonly string[],
): BulkReferralRowView {
  const cell = (name: string): string | null => row.raw[headings[columns.indexOf(name)] ?? ''] ?? null;
  const { referralId, reference } = row;
  return {
    row: row.row,
    outcome: row.outcome,
    client: {
      firstName: cell('firstName'),
      lastName: cell('lastName'),
      dateOfBirth: cell('dateOfBirth'),
      nhsNumber: cell('nhsNumber'),
    },
    problems: row.problems,
    verdict: row.verdict,
    referral:
      referralId === null || reference === null
        ? null
        : { id: referralId, reference, client: sentAs(row), sentAt: moment(row.sentAt) },
    keptBecause: row.keptBecause,
  };
}
