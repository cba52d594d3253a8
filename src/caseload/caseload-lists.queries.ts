import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Page } from '../platform/http/pagination.js';
import type { CaseloadQuery, ReferralLine } from '../referrals/referral.dto.js';
import { ReferralsQueries } from '../referrals/referrals.queries.js';

/** Parts of a caseload that only what became of people's onward referrals tells. */
@Injectable()
export class CaseloadLists {
  constructor(private readonly referrals: ReferralsQueries) {}

  /** Those whom a group said yes to, or who take part. */
  withAGroup(actor: MemberActor, query: CaseloadQuery): Promise<Page<ReferralLine>> {
    return this.referrals.caseload(
      actor,
      query,
      sql`and exists (
        select 1 from onward_referral o
        where o.scheme_id = r.scheme_id and o.referral_id = r.id and o.state in ('accepted', 'started'))`,
    );
  }
}
