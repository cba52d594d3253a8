import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { MeasureLinkView, QuestionnaireWishView } from './measure-link.dto.js';

type Row = Omit<MeasureLinkView, 'address'> & { client_id: string };
type MaybeRow = Omit<Row, 'id'> & { id: string | null };

@Injectable()
export class MeasureLinksQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Every link of a referral, newest first: there are few. Where each leads is not told again. */
  async list(actor: Actor, referralId: string): Promise<MeasureLinkView[]> {
    const now = this.clock.now();
    const rows = await this.read<MaybeRow>(
      actor,
      referralId,
      sql`
        select r.client_id, l.id, r.id as "referralId", l.occasion, l.language, l.created_at as "createdAt",
          l.expires_at as "expiresAt",
          array(select m ->> 'measure' from jsonb_array_elements(l.measures) as m) as measures,
          case when l.answered_at is not null then 'answered' when l.revoked_at is not null then 'revoked'
            when l.expires_at <= ${now} then 'expired' else 'open' end as state,
          coalesce((select count(*)::integer from measure_half_filled h, jsonb_object_keys(h.answers)
            where h.scheme_id = r.scheme_id and h.link_id = l.id), 0) as "answeredSoFar"
        from referral r left join measure_link l on l.scheme_id = r.scheme_id and l.referral_id = r.id
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor, now)}
        order by l.created_at desc, l.id desc`,
    );
    return rows
      .filter((row): row is Row => row.id !== null)
      .map((row) => ({ ...without(row, 'client_id'), address: null }));
  }

  async get(
    actor: Actor,
    referralId: string,
    linkId: string,
    address: string | null = null,
  ): Promise<MeasureLinkView> {
    const found = (await this.list(actor, referralId)).find(({ id }) => id === linkId);
    if (!found) throw Refusal.notFound();
    found.address = address;
    return found;
  }

  async wish(actor: Actor, referralId: string): Promise<QuestionnaireWishView> {
    const [row] = await this.read<QuestionnaireWishView & { client_id: string }>(
      actor,
      referralId,
      sql`
        select r.client_id, coalesce(w.ask, true) as ask, w.said_by as "saidBy", w.recorded_at as "recordedAt"
        from referral r left join measure_wish w on w.scheme_id = r.scheme_id and w.client_id = r.client_id
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor, this.clock.now())}`,
    );
    if (!row) throw Refusal.notFound();
    return without(row, 'client_id');
  }

  private async read<Found extends { client_id: string }>(
    actor: Actor,
    referralId: string,
    page: Sql,
  ): Promise<Found[]> {
    const fact = { action: 'response.list', subject: { kind: 'referral', id: referralId } } as const;
    const rows = await this.database.read<Found>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), fact, page),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows;
  }

  private within(actor: Actor, now: Date): Sql {
    return referralWithin(actor, reachFor(actor, 'response.list'), now);
  }
}
