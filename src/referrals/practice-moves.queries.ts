import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { clientWithin, keptAs } from '../clients/client.reach.js';
import { memberName } from '../identity/member-name.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { PracticeMoveView } from './practice-move.dto.js';
import { LEFT_WITH } from './practice-move.reach.js';

type Row = Omit<PracticeMoveView, 'id' | 'clientId'> & { id: string | null; client_id: string };

const COLUMNS: Sql = sql`
  c.id as client_id, m.id, jsonb_build_object('organisationId', left_o.id, 'name', left_o.name) as "from",
  case when to_o.id is not null then jsonb_build_object('organisationId', to_o.id, 'name', to_o.name) end as "to",
  m.moved_on::text as "movedOn", ${memberName(sql`m.scheme_id`, sql`m.recorded_by`)} as "recordedBy",
  m.recorded_at as "recordedAt", m.decided_at is null and ${LEFT_WITH} is not null as "toDecide",
  m.former_hears as "formerHears", m.present_hears as "presentHears", m.note,
  ${memberName(sql`m.scheme_id`, sql`m.decided_by`)} as "decidedBy", m.decided_at as "decidedAt"`;

const ORGANISATIONS: Sql = sql`
  left join organisation left_o on left_o.scheme_id = m.scheme_id and left_o.id = m.from_organisation_id
  left join organisation to_o on to_o.scheme_id = m.scheme_id and to_o.id = m.to_organisation_id`;

@Injectable()
export class PracticeMovesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first, with those of a record that was joined to this one. */
  async list(actor: MemberActor, clientId: string): Promise<PracticeMoveView[]> {
    const rows = await this.read(
      actor,
      { kind: 'client', id: clientId },
      (within) => sql`
        select ${COLUMNS} from client c
        left join practice_move m on m.scheme_id = c.scheme_id and m.client_id in (
          select c.id
          union all select own.id from client own where own.scheme_id = c.scheme_id and own.merged_into = c.id)
        ${ORGANISATIONS}
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within} order by m.id desc`,
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(viewOf);
  }

  async get(actor: MemberActor, id: string): Promise<PracticeMoveView> {
    const rows = await this.read(
      actor,
      { kind: 'practice_move', id },
      (within) => sql`
        select ${COLUMNS} from practice_move m
        join client own on own.scheme_id = m.scheme_id and own.id = m.client_id
        join client c on c.scheme_id = own.scheme_id and c.id = ${keptAs(sql`own`)}
        ${ORGANISATIONS}
        where m.scheme_id = ${actor.schemeId} and m.id = ${id} and ${within}`,
    );
    const [view] = rows.flatMap(viewOf);
    if (!view) throw Refusal.notFound();
    return view;
  }

  private read(
    actor: MemberActor,
    subject: { kind: string; id: string },
    statement: (within: Sql) => Sql,
  ): Promise<Row[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'practiceMove.list'), now);
    return this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'practiceMove.list', subject }, statement(within)),
    );
  }
}

const viewOf = ({ client_id: clientId, id, ...row }: Row): PracticeMoveView[] =>
  id === null ? [] : [{ id, clientId, ...row }];
