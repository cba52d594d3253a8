import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Page } from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import type { CaseloadQuery, ReferralLine } from '../referrals/referral.dto.js';
import { endedIn, inCaseload, ReferralsQueries } from '../referrals/referrals.queries.js';

/** Where somebody of a caseload stands: each a part of the list with a number of its own. */
export const CASELOAD_PARTS = ['all', 'waiting', 'active', 'group', 'onHold', 'ended'] as const;
export type CaseloadPart = (typeof CASELOAD_PARTS)[number];

/** How many each part has under the filters, and what can be filtered by: what there is in this caseload. */
export interface CaseloadAround {
  counts: Record<CaseloadPart, number>;
  organisations: { id: string; name: string }[];
  languages: string[];
}

const WITH_A_GROUP: Sql = sql`exists (
  select 1 from onward_referral o
  where o.scheme_id = r.scheme_id and o.referral_id = r.id and o.state in ('accepted', 'started'))`;

/** Which `referral r` of a caseload each part holds. */
const HOLDS: Record<Exclude<CaseloadPart, 'ended'>, Sql> = {
  all: sql`true`,
  waiting: sql`r.state = 'allocated'`,
  active: sql`r.state = 'active'`,
  group: WITH_A_GROUP,
  onHold: sql`r.state = 'on_hold'`,
};

/** A caseload in its parts. */
@Injectable()
export class CaseloadLists {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly referrals: ReferralsQueries,
  ) {}

  list(actor: MemberActor, part: CaseloadPart, query: CaseloadQuery): Promise<Page<ReferralLine>> {
    return part === 'ended'
      ? this.referrals.ended(actor, query)
      : this.referrals.caseload(actor, query, sql`and ${HOLDS[part]}`);
  }

  /** Numbers and names of organisations only: nobody is shown, so nobody is listed in the audit record. */
  async around(actor: MemberActor, query: CaseloadQuery): Promise<CaseloadAround> {
    const now = this.clock.now();
    // Of those that ended no next date is left to filter by.
    const ended = endedIn(actor, without(query, 'overdue'), now);
    const worker = query.worker === undefined ? {} : { worker: query.worker };
    const part = (which: keyof typeof HOLDS): Sql => sql`count(*) filter (where ${HOLDS[which]})::int`;
    const around = await this.database.maybe<CaseloadAround & { [column: string]: unknown }>(
      actor.schemeId,
      sql`
      select
        (select json_build_object('all', ${part('all')}, 'waiting', ${part('waiting')}, 'active', ${part('active')},
            'group', ${part('group')}, 'onHold', ${part('onHold')},
            'ended', (select count(*)::int from referral r where ${ended}))
          from referral r where ${inCaseload(actor, query, now)}) as counts,
        (select coalesce(json_agg(json_build_object('id', o.id, 'name', o.name) order by lower(o.name), o.id), '[]')
          from organisation o where o.scheme_id = ${actor.schemeId} and o.id in (
            select r.organisation_id from referral r where ${inCaseload(actor, worker, now)})) as organisations,
        (select coalesce(json_agg(distinct c.language), '[]')
          from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
          where ${inCaseload(actor, worker, now)}) as languages`,
    );
    if (!around) throw new Error('Counting gave no row.');
    return around;
  }
}
