import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { AreaMoveView } from './area-move.dto.js';
import { nameOf } from './by-whom.js';

type Row = Omit<AreaMoveView, 'id'> & { id: string | null; client_id: string };

const COLUMNS: Sql = sql`
  r.client_id, m.id, m.version, m.referral_id as "referralId", m.moved_on::text as "movedOn", m.where_to as "whereTo",
  m.state, m.keep_until::text as "keepUntil", m.outcome, (
    select coalesce(jsonb_agg(jsonb_build_object('at', h.at, 'action', h.action,
        'by', coalesce(h.actor_name, ${nameOf(sql`h.scheme_id`, sql`h.actor_id`)}), 'keepUntil', h.keep_until,
        'reason', h.reason) order by h.id), '[]')
    from area_move_history h where h.scheme_id = m.scheme_id and h.area_move_id = m.id) as steps`;

@Injectable()
export class AreaMovesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(actor: MemberActor, referralId: string): Promise<AreaMoveView[]> {
    const rows = await this.read(
      actor,
      { kind: 'referral', id: referralId },
      (within) => sql`
        select ${COLUMNS} from referral r left join area_move m on m.scheme_id = r.scheme_id and m.referral_id = r.id
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${within} order by m.id desc`,
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(viewOf);
  }

  async get(actor: MemberActor, id: string): Promise<AreaMoveView> {
    const rows = await this.read(
      actor,
      { kind: 'area_move', id },
      (within) => sql`
        select ${COLUMNS} from area_move m join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
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
    const within = referralWithin(actor, reachFor(actor, 'areaMove.list'), now);
    return this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'areaMove.list', subject }, statement(within)),
    );
  }
}

const viewOf = ({ id, ...row }: Row): AreaMoveView[] =>
  id === null ? [] : [{ id, ...without(row, 'client_id') }];
