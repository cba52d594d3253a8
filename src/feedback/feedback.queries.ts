import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { keptAs } from '../clients/client.reach.js';
import { auditedRead } from '../audit/audit.js';
import { memberName } from '../identity/member-name.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { move } from '../platform/pure/lifecycle.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import type { FeedbackQuery, FeedbackReceipt, FeedbackView } from './feedback.dto.js';
import { FEEDBACK_ACTIONS } from './feedback.types.js';
import { FEEDBACK_LIFECYCLE } from './feedback.lifecycle.js';
import { feedbackToHandle, feedbackWithin } from './feedback.reach.js';

type Row = Omit<FeedbackView, 'clientId' | 'actions'> & {
  client_id: string;
  toHandle: boolean;
  aboutSomebody: boolean;
};

const by = (member: Sql): Sql => memberName(sql`f.scheme_id`, member);

const feedbackFor = (actor: MemberActor): Sql => sql`
  select c.id as client_id, f.id, c.first_name || ' ' || c.last_name as "clientName", f.kind, f.about,
    ${by(sql`f.worker_id`)} as worker, f.words, f.wants_answer as "wantsAnswer", f.told_by as "toldBy",
    f.told_how as "toldHow", ${by(sql`f.recorded_by`)} as "recordedBy", f.received_at as "receivedAt", f.state,
    ${by(sql`f.looked_at_by`)} as "lookedAtBy", f.looked_at as "lookedAt", f.answer, f.answered_how as "answeredHow",
    ${by(sql`f.answered_by`)} as "answeredBy", f.answered_at as "answeredAt", f.released_at as "releasedAt",
    f.worker_id is not null as "aboutSomebody",
    ${feedbackToHandle(actor, reachFor(actor, 'clientFeedback.handle'))} as "toHandle"
  from client_feedback f
  join client own on own.scheme_id = f.scheme_id and own.id = f.client_id
  join client c on c.scheme_id = own.scheme_id and c.id = ${keptAs(sql`own`)}`;

const NEXT =
  'A manager reads it within three working days. Whoever it is about does not see it unless the manager decides so.';

@Injectable()
export class FeedbackQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(actor: MemberActor, query: FeedbackQuery): Promise<Page<FeedbackView>> {
    const within = feedbackWithin(actor, reachFor(actor, 'clientFeedback.list'));
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const rows = await this.database.read<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'clientFeedback.list', shows: limit },
        sql`
        ${feedbackFor(actor)}
        where f.scheme_id = ${actor.schemeId} and ${within}
          and (${query.state ?? null}::text[] is null or f.state = any(${query.state ?? null}::text[]))
          and (${query.kind ?? null}::text[] is null or f.kind = any(${query.kind ?? null}::text[]))
          and (${before}::uuid is null or f.id < ${before}::uuid)
        order by f.id desc limit ${limit + 1}`,
      ),
    );
    const { items, next } = pageOf(rows, limit, (row) => [row.id]);
    return { items: items.map(viewOf), next };
  }

  async get(actor: MemberActor, id: string): Promise<FeedbackView> {
    const within = feedbackWithin(actor, reachFor(actor, 'clientFeedback.list'));
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'clientFeedback.get', subject: { kind: 'client_feedback', id } },
        sql`${feedbackFor(actor)} where f.scheme_id = ${actor.schemeId} and f.id = ${id} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row);
  }

  /** For whoever has just written it down. */
  async receipt(actor: MemberActor, id: string): Promise<FeedbackReceipt> {
    const row = await this.database.maybe<{ id: string; receivedAt: Date }>(
      actor.schemeId,
      sql`select id, received_at as "receivedAt" from client_feedback
        where scheme_id = ${actor.schemeId} and id = ${id} and recorded_by = ${actor.membershipId}`,
    );
    if (!row) throw Refusal.notFound();
    return { ...row, next: NEXT };
  }
}

const viewOf = ({ client_id: clientId, toHandle, aboutSomebody, ...row }: Row): FeedbackView => ({
  ...row,
  clientId,
  actions: FEEDBACK_ACTIONS.filter(
    (action) =>
      toHandle &&
      (action === 'release'
        ? aboutSomebody && row.releasedAt === null
        : move(FEEDBACK_LIFECYCLE, action, row.state).ok),
  ),
});
