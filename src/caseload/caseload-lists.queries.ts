import { Injectable } from '@nestjs/common';
import sql, { empty, join, type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Page } from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import type { CaseloadQuery, ReferralLine } from '../referrals/referral.dto.js';
import { STAGE } from '../referrals/referral-stage.queries.js';
import type { ReferralStage } from '../referrals/referral.types.js';
import { endedIn, inCaseload, ReferralsQueries } from '../referrals/referrals.queries.js';

/** The stage that each part of a caseload holds: everybody is in one of them, besides the list of all and of those that ended. */
const STAGES_OF_PARTS = {
  waiting: 'waiting',
  conversation: 'in_conversation',
  plan: 'plan_agreed',
  group: 'with_a_group',
  onHold: 'on_hold',
} as const satisfies Record<string, ReferralStage>;
type StagePart = keyof typeof STAGES_OF_PARTS;
const STAGE_PARTS = Object.keys(STAGES_OF_PARTS) as StagePart[];

export const CASELOAD_PARTS = ['all', ...STAGE_PARTS, 'ended'] as const;
export type CaseloadPart = (typeof CASELOAD_PARTS)[number];

/** How many each part has under the filters, and what can be filtered by: what there is in this caseload. */
export interface CaseloadAround {
  counts: Record<CaseloadPart, number>;
  organisations: { id: string; name: string }[];
  languages: string[];
}

/** A caseload in its parts. */
@Injectable()
export class CaseloadLists {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly referrals: ReferralsQueries,
  ) {}

  list(actor: MemberActor, part: CaseloadPart, query: CaseloadQuery): Promise<Page<ReferralLine>> {
    if (part === 'ended') return this.referrals.ended(actor, query);
    return this.referrals.caseload(
      actor,
      query,
      part === 'all' ? empty : sql`and ${STAGE} = ${STAGES_OF_PARTS[part]}`,
    );
  }

  /** Numbers and names of organisations only: nobody is shown, so nobody is listed in the audit record. */
  async around(actor: MemberActor, query: CaseloadQuery): Promise<CaseloadAround> {
    const now = this.clock.now();
    // Of those that ended no next date is left to filter by.
    const ended = endedIn(actor, without(query, 'overdue'), now);
    const worker = query.worker === undefined ? {} : { worker: query.worker };
    const holds = (part: StagePart): Sql =>
      sql`, ${part}::text, count(*) filter (where stage = ${STAGES_OF_PARTS[part]})::int`;
    const [around] = await this.database.read<CaseloadAround & { [column: string]: unknown }>(
      actor.schemeId,
      sql`
      select
        (select json_build_object('all', count(*)::int ${join(STAGE_PARTS.map(holds), '')},
            'ended', (select count(*)::int from referral r where ${ended}))
          from (select ${STAGE} as stage from referral r where ${inCaseload(actor, query, now)}) staged) as counts,
        (select coalesce(json_agg(json_build_object('id', o.id, 'name', o.name) order by lower(o.name), o.id), '[]')
          from organisation o where o.scheme_id = ${actor.schemeId} and o.id in (
            select r.organisation_id from referral r where ${inCaseload(actor, worker, now)})) as organisations,
        (select coalesce(json_agg(distinct c.language), '[]')
          from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
          where ${inCaseload(actor, worker, now)}) as languages`,
      { plannedOnce: true },
    );
    if (!around) throw new Error('Counting gave no row.');
    return around;
  }
}
