import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { standing } from '../identity/cover.queries.js';
import { SafetyNumbersQueries } from '../identity/safety-numbers.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import type {
  SafeguardingLeadView,
  SafeguardingLine,
  SafeguardingQuery,
  SafeguardingView,
  SafeguardingWordsView,
} from './safeguarding.dto.js';
import { safeguardingWithin } from './safeguarding.reach.js';
import { NOT_AN_EMERGENCY } from './safeguarding.types.js';

const name = (membership: Sql): Sql => sql`(
  select p.name from membership m join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
  where m.scheme_id = s.scheme_id and m.id = ${membership})`;

const MOMENT = sql`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

const LINE: Sql = sql`
  coalesce(c.merged_into, c.id) as client_id, s.id,
  c.first_name || ' ' || c.last_name as "clientName", s.state, s.follow_up_on::text as "followUpOn",
  s.lead_id as "leadId", ${name(sql`s.lead_id`)} as lead, ${name(sql`s.recorded_by`)} as "recordedBy",
  s.recorded_at as "recordedAt"`;

const WHOLE: Sql = sql`
  ${LINE}, s.kind, s.about, s.what, s.happened_on::text as "happenedOn", s.outcome,
  s.closing_note as "closingNote", ${name(sql`s.closed_by`)} as "closedBy", s.closed_at as "closedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('told', t.told, 'whom', t.whom,
      'at', to_char(t.told_at at time zone 'utc', ${MOMENT}), 'reference', t.reference, 'note', t.note,
      'by', ${name(sql`t.recorded_by`)}) order by t.id), '[]')
    from safeguarding_step t where t.scheme_id = s.scheme_id and t.safeguarding_id = s.id) as steps,
  (select coalesce(jsonb_agg(jsonb_build_object('by', ${name(sql`r.membership_id`)},
      'at', to_char(r.at at time zone 'utc', ${MOMENT}), 'reason', r.reason) order by r.id), '[]')
    from safeguarding_reading r where r.scheme_id = s.scheme_id and r.safeguarding_id = s.id) as readings`;

const FROM: Sql = sql`from safeguarding s join client c on c.scheme_id = s.scheme_id and c.id = s.client_id`;

type Row<View> = Omit<View, 'clientId'> & { client_id: string };

/** Who reads the words of a concern: its author, a lead, and a manager within the hour of a reason given. */
@Injectable()
export class SafeguardingQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly numbers: SafetyNumbersQueries,
  ) {}

  /** Newest first, without a word of what it is about. */
  async list(actor: MemberActor, query: SafeguardingQuery): Promise<Page<SafeguardingLine>> {
    const within = safeguardingWithin(actor, reachFor(actor, 'safeguarding.list'));
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const rows = await this.database.read<Row<SafeguardingLine>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'safeguarding.list', shows: limit },
        sql`
        select ${LINE} ${FROM}
        where s.scheme_id = ${actor.schemeId} and ${within}
          and (${query.state ?? null}::text[] is null or s.state = any(${query.state ?? null}::text[]))
          and (${query.clientId ?? null}::uuid is null
            or ${query.clientId ?? null}::uuid in (c.id, c.merged_into))
          and (${before}::uuid is null or s.id < ${before}::uuid)
        order by s.id desc limit ${limit + 1}`,
      ),
    );
    const { items, next } = pageOf(rows, limit, (row) => [row.id]);
    return { items: items.map(viewOf), next };
  }

  /** For its author and the safeguarding leads. */
  async get(actor: MemberActor, id: string): Promise<SafeguardingView> {
    return this.whole(actor, id, safeguardingWithin(actor, reachFor(actor, 'safeguarding.get')), {});
  }

  /** For the manager whose reading this is, while it lasts. */
  async opened(actor: MemberActor, id: string, readingId: string): Promise<SafeguardingView> {
    const within = sql`exists (
      select 1 from safeguarding_reading mine
      where mine.scheme_id = s.scheme_id and mine.safeguarding_id = s.id and mine.id = ${readingId}
        and mine.membership_id = ${actor.membershipId} and mine.until > ${this.clock.now()})`;
    return this.whole(actor, id, within, { readingId });
  }

  /** Where it stands, for somebody who has just moved it. */
  async line(actor: MemberActor, id: string): Promise<SafeguardingLine> {
    const within = safeguardingWithin(actor, reachFor(actor, 'safeguarding.list'));
    const row = await this.database.maybe<Row<SafeguardingLine>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'safeguarding.list', subject: { kind: 'safeguarding', id } },
        sql`select ${LINE} ${FROM} where s.scheme_id = ${actor.schemeId} and s.id = ${id} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row);
  }

  /** What to read before writing, whom to ring, and who takes it. Nothing about a client. */
  async words(actor: MemberActor): Promise<SafeguardingWordsView> {
    reachFor(actor, 'safeguarding.words');
    const { schemeId } = actor;
    const leads = await this.database.read<SafeguardingLeadView & Record<string, unknown>>(
      schemeId,
      sql`
        select l.membership_id as "membershipId", p.name, p.phone
        from safeguarding_lead l
        join membership m on m.scheme_id = l.scheme_id and m.id = l.membership_id
        join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
        where l.scheme_id = ${schemeId} and l.ended_at is null and ${standing(sql`m`)} order by p.name, l.id`,
    );
    return { interruption: NOT_AN_EMERGENCY, ...(await this.numbers.of(schemeId)), leads };
  }

  private async whole(
    actor: MemberActor,
    id: string,
    within: Sql,
    details: Record<string, unknown>,
  ): Promise<SafeguardingView> {
    const row = await this.database.maybe<Row<SafeguardingView>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'safeguarding.get', subject: { kind: 'safeguarding', id }, details },
        sql`select ${WHOLE} ${FROM} where s.scheme_id = ${actor.schemeId} and s.id = ${id} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row);
  }
}

const viewOf = <View extends SafeguardingLine>({ client_id: clientId, ...row }: Row<View>): View =>
  ({ ...row, clientId }) as unknown as View;
