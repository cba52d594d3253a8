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
import type { SafetyMessageView } from './safety-message.dto.js';

type Row = Omit<SafetyMessageView, 'id'> & { client_id: string | null; id: string | null };

@Injectable()
export class SafetyMessagesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** All of one referral, newest first. */
  async list(actor: MemberActor, referralId: string): Promise<SafetyMessageView[]> {
    const rows = await this.read(actor, { kind: 'referral', id: referralId }, sql`r.id = ${referralId}`);
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(viewOf);
  }

  async get(actor: MemberActor, id: string): Promise<SafetyMessageView> {
    const [view] = (await this.read(actor, { kind: 'safety_message', id }, sql`m.id = ${id}`)).flatMap(
      viewOf,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }

  private read(actor: MemberActor, subject: { kind: string; id: string }, which: Sql): Promise<Row[]> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'safetyMessage.list'), now);
    return this.database.read<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'safetyMessage.list', subject },
        sql`
        select r.client_id, m.id, r.id as "referralId", m.organisation_id as "organisationId", o.name as organisation,
          u.name as "sentBy", m.sent_at as "sentAt", m.answer_by as "answerBy", m.not_sent_at as "notSentAt", m.read_at as "readAt",
          m.read_through as "readThrough", m.read_by as "readBy"
        from referral r
        left join safety_message m on m.scheme_id = r.scheme_id and m.referral_id = r.id
        left join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
        left join membership s on s.scheme_id = m.scheme_id and s.id = m.sent_by
        left join user_profile u on u.scheme_id = s.scheme_id and u.account_id = s.account_id
        where r.scheme_id = ${actor.schemeId} and ${which} and ${within} order by m.id desc`,
      ),
    );
  }
}

const viewOf = (row: Row): SafetyMessageView[] =>
  row.id === null ? [] : [{ ...without(row, 'client_id'), id: row.id }];
