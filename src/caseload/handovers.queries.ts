import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeIdCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { nameOf } from './by-whom.js';
import type { HandoverView } from './handover.dto.js';
import { handoverWithin } from './handover.reach.js';
import { HANDOVER_CHECK_CODES, HANDOVER_CHECKS } from './handover.types.js';

type Row = Omit<HandoverView, 'checks'> & { checks: Record<string, { doneAt: string; doneBy: string }> };

/** References and workers, no people: whoever may open a referral reads whose it is there, on record. */
@Injectable()
export class HandoversQueries {
  constructor(private readonly database: Database) {}

  async get(actor: MemberActor, id: string): Promise<HandoverView> {
    const [view] = await this.rows(actor, sql`h.id = ${id}`, 1);
    if (!view) throw Refusal.notFound();
    return view;
  }

  /** Newest first. */
  async list(actor: MemberActor, query: PageQuery): Promise<Page<HandoverView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const rows = await this.rows(actor, sql`(${after}::uuid is null or h.id < ${after}::uuid)`, limit + 1);
    return pageOf(rows, limit, (row) => [row.id]);
  }

  private async rows(actor: MemberActor, which: Sql, limit: number): Promise<HandoverView[]> {
    const within = handoverWithin(actor, reachFor(actor, 'handover.list'));
    const rows = await this.database.read<Row>(
      actor.schemeId,
      sql`
      select h.id, h.from_id as "fromId", ${nameOf(sql`h.scheme_id`, sql`h.from_id`)} as "fromName",
        h.all_to_id as "allToId",
        h.effective_on::text as "effectiveOn", h.state, h.note, h.checks, h.made_at as "madeAt", h.ended_at as "endedAt",
        (select coalesce(json_agg(json_build_object('referralId', i.referral_id, 'reference', r.reference, 'toId', i.to_id,
            'toName', ${nameOf(sql`i.scheme_id`, sql`i.to_id`)}, 'outcome', i.outcome) order by r.reference), '[]')
          from handover_item i join referral r on r.scheme_id = i.scheme_id and r.id = i.referral_id
          where i.scheme_id = h.scheme_id and i.handover_id = h.id) as items
      from handover h
      where h.scheme_id = ${actor.schemeId} and ${which} and ${within}
      order by h.id desc limit ${limit}`,
    );
    return rows.map((row) => ({
      ...row,
      checks: HANDOVER_CHECK_CODES.map((code) => ({
        code,
        words: HANDOVER_CHECKS[code],
        doneAt: row.checks[code]?.doneAt ?? null,
        doneBy: row.checks[code]?.doneBy ?? null,
      })),
    }));
  }
}
