import { Injectable } from '@nestjs/common';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import type { Page } from '../../platform/http/pagination.js';
import { validated } from '../../platform/http/validation.js';
import { without } from '../../platform/pure/without.js';
import {
  type ReferralLine,
  ReferralSearchInput,
  type SentReferralLine,
} from '../../referrals/referral.dto.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { byFirstName, type Named } from './sought.rules.js';

/** At most so many are shown of what was found. */
export const SHOWN = 25;

/** Referrals by whom they are about; for a sender their own, as they sent them. */
@Injectable()
export class OwnReferrals {
  constructor(private readonly referrals: ReferralsQueries) {}

  async find(actor: MemberActor, sought: Named): Promise<Page<ReferralLine | SentReferralLine>> {
    const found = await this.like(actor, without(sought, 'by'));
    const first = byFirstName(sought);
    return found.items.length === 0 && first ? this.like(actor, first) : found;
  }

  private async like(actor: MemberActor, input: object): Promise<Page<ReferralLine | SentReferralLine>> {
    return this.referrals.search(actor, await validated(ReferralSearchInput, { ...input, limit: SHOWN }));
  }
}
