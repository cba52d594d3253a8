import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { type Audited, withoutAudit } from '../clients/clients.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import { closedParts, type ClosedRow } from './closed-parts.queries.js';
import { closedAndGiven, released, shownTo, undecided } from './record-document.rules.js';
import type { ClosedPart, RecordDocument } from './record-document.types.js';
import type { CopiesQuery, CopyLine, CopyView } from './record.dto.js';

type Row = Omit<CopyView, 'toDecide'> & { document: RecordDocument | null; recordedAt: Date };

@Injectable()
export class SubjectAccessQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** In the order they were asked for. */
  async list(actor: MemberActor, query: CopiesQuery): Promise<Page<CopyLine>> {
    reachFor(actor, 'subjectAccess.list');
    const after = decodeIdCursor(query.after);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const today = londonDate(this.clock.now());
    const states = query.settled ? ['released', 'refused'] : ['asked', 'prepared'];
    const rows = await this.database.read<Audited<CopyLine>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'subjectAccess.list', shows: limit },
        sql`
        select s.client_id, ${lineColumns(today)} from subject_access s
        where s.scheme_id = ${actor.schemeId} and s.state = any(${states})
          and (${after}::uuid is null or s.id > ${after}::uuid)
        order by s.id limit ${limit + 1}`,
      ),
    );
    return pageOf(rows.map(withoutAudit), limit, ({ id }) => [id]);
  }

  /** Of one person, newest first: all for a manager, for others what they wrote down themselves. */
  async ofClient(actor: MemberActor, clientId: string): Promise<CopyLine[]> {
    const today = londonDate(this.clock.now());
    const rows = await this.database.read<Audited<CopyLine>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'subjectAccess.list', subject: { kind: 'client', id: clientId } },
        sql`
        select s.client_id, ${lineColumns(today)} from subject_access s
        where s.scheme_id = ${actor.schemeId} and s.client_id = ${clientId} and ${recordedBy(actor)}
        order by s.id desc`,
      ),
    );
    return rows.map(withoutAudit);
  }

  async get(actor: MemberActor, id: string): Promise<CopyView> {
    reachFor(actor, 'subjectAccess.list');
    return this.view(actor, await this.read(actor, id, sql`true`, 'request'));
  }

  /** For whoever wrote the request down, who need not be allowed to review it. */
  async asked(actor: MemberActor, id: string): Promise<CopyView> {
    return this.view(actor, await this.read(actor, id, recordedBy(actor), 'request'));
  }

  /**
   * As it is released: what was removed says so. `forReview`: with nothing removed, and marked. Neither is a way round
   * what is closed to the reader outside of the copy.
   */
  async document(actor: MemberActor, id: string, forReview: boolean): Promise<RecordDocument> {
    reachFor(actor, 'subjectAccess.review');
    const { state, document, decisions, recordedAt } = await this.read(actor, id, sql`true`, 'document');
    if (document === null) {
      throw state === 'asked'
        ? Refusal.conflict('not-prepared', 'The copy is being prepared. Try again in a minute.')
        : Refusal.conflict('emptied', 'This copy is not kept any more. Ask for a new one.');
    }
    const closed = await this.closedTo(actor, document, recordedAt);
    if (forReview) return shownTo(document, closed);
    if (undecided(document, decisions).length > 0) {
      throw Refusal.conflict(
        'not-reviewed',
        'Read what may tell of somebody else first, with forReview=true.',
      );
    }
    const given = closedAndGiven(document, decisions, closed);
    if (given.some(({ openBy }) => openBy === null)) {
      throw Refusal.conflict('about-you', 'This copy holds words about you: another manager gives it out.');
    }
    if (given.length > 0) {
      throw Refusal.conflict(
        'not-opened',
        'Open the restricted words and concerns in it first, saying why.',
        {
          openBy: [...new Set(given.map(({ openBy }) => openBy))],
        },
      );
    }
    return released(document, decisions);
  }

  /** All that a reviewer reads and decides: the request, what of it is closed to them, and the copy where it may be read. */
  async reviewing(
    actor: MemberActor,
    id: string,
  ): Promise<{ copy: CopyView; document: RecordDocument | null; closed: ClosedPart[] }> {
    reachFor(actor, 'subjectAccess.review');
    const { document, recordedAt, ...copy } = await this.read(actor, id, sql`true`, 'document');
    if (document === null || copy.state !== 'prepared')
      return { copy: { ...copy, toDecide: [] }, document: null, closed: [] };
    const closed = await this.closedTo(actor, document, recordedAt);
    return { copy: viewOf(copy, document, closed), document: shownTo(document, closed), closed };
  }

  private closedTo(actor: MemberActor, document: RecordDocument, since: Date): Promise<ClosedPart[]> {
    return this.database.read<ClosedRow>(actor.schemeId, closedParts(actor, document, since));
  }

  private async view(actor: MemberActor, { document, recordedAt, ...copy }: Row): Promise<CopyView> {
    if (document === null || copy.state !== 'prepared') return { ...copy, toDecide: [] };
    return viewOf(copy, document, await this.closedTo(actor, document, recordedAt));
  }

  private async read(actor: MemberActor, id: string, which: Sql, part: 'request' | 'document'): Promise<Row> {
    const now = this.clock.now();
    const [row] = await this.database.read<Audited<Row>>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'subjectAccess.get', subject: { kind: 'subjectAccess', id }, details: { part } },
        sql`
        select s.client_id, ${lineColumns(londonDate(now))}, s.version, s.asked_by as "askedBy", s.representative,
          s.identity_checked as "identityChecked", s.prepared_at as "preparedAt", s.decisions, s.document, s.recorded_at as "recordedAt",
          s.released_at as "releasedAt", s.released_how as "releasedHow", s.refused_because as "refusedBecause"
        from subject_access s where s.scheme_id = ${actor.schemeId} and s.id = ${id} and ${which}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return withoutAudit(row);
  }
}

const recordedBy = (actor: MemberActor): Sql =>
  reachFor(actor, 'subjectAccess.ask') === 'scheme' ? sql`true` : sql`s.recorded_by = ${actor.membershipId}`;

/** What is about the reader is not theirs to decide, nor to see. */
function viewOf(
  copy: Omit<Row, 'document' | 'recordedAt'>,
  document: RecordDocument,
  closed: readonly ClosedPart[],
): CopyView {
  const aboutReader = new Set(closed.flatMap(({ item, openBy }) => (openBy === null ? [item] : [])));
  const mine = ({ item }: { item: string }): boolean => !aboutReader.has(item);
  return {
    ...copy,
    decisions: copy.decisions.filter(mine),
    toDecide: undecided(document, copy.decisions).filter(mine),
  };
}

const lineColumns = (today: string): Sql => sql`
  s.id, s.client_id as "clientId", (
    select concat_ws(' ', c.first_name, c.last_name) from client c
    where c.scheme_id = s.scheme_id and c.id = s.client_id) as name, s.state, s.asked_on::text as "askedOn", s.due_on::text as "dueOn",
  s.state in ('asked', 'prepared') and s.due_on < ${today}::date as overdue`;
