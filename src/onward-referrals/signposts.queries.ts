import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { freshnessOf } from '../providers/listing.rules.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { SignpostView } from './onward.dto.js';

@Injectable()
export class SignpostsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Oldest first. */
  async list(actor: MemberActor, referralId: string): Promise<SignpostView[]> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'signpost.list'), now);
    const page = sql`
      select r.client_id, s.id, r.id as "referralId", s.told_about as "toldAbout", s.listing_id as "listingId", l.confirmed_on::text as "confirmedOn", s.need,
        s.told_on::text as "toldOn", s.how, s.note, s.recorded_at as "recordedAt"
      from referral r
      left join signpost s on s.scheme_id = r.scheme_id and s.referral_id = r.id
      left join listing l on l.scheme_id = s.scheme_id and l.id = s.listing_id
      where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and r.client_id is not null and ${within}
      order by s.id`;
    const rows = await this.database.read<
      Omit<SignpostView, 'id' | 'freshness'> & { id: string | null; confirmedOn: string | null }
    >(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'signpost.list', subject: { kind: 'referral', id: referralId } },
        page,
      ),
    );
    // The referral is there with or without signposts; without the referral it is out of reach.
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ id, toldAbout, listingId, confirmedOn, need, toldOn, how, note, recordedAt }) =>
      id === null
        ? []
        : [
            {
              id,
              referralId,
              toldAbout,
              listingId,
              freshness: listingId === null ? null : freshnessOf(confirmedOn, londonDate(now)),
              need,
              toldOn,
              how,
              note,
              recordedAt,
            },
          ],
    );
  }

  async get(actor: MemberActor, referralId: string, id: string): Promise<SignpostView> {
    const found = (await this.list(actor, referralId)).find((one) => one.id === id);
    if (!found) throw Refusal.notFound();
    return found;
  }
}
