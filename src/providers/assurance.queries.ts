import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { AssuranceView } from './assurance.dto.js';
import { assuredToday, coverOf, neededFor } from './assurance.rules.js';
import type { AssuranceRow } from './assurance.types.js';
import { ofProviderWithin } from './provider.reach.js';
import type { ProviderRow } from './provider.types.js';

@Injectable()
export class AssuranceQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** A group reads who of its own people is named; who looked is for the scheme. */
  async get(actor: Actor, organisationId: string): Promise<AssuranceView> {
    const within = ofProviderWithin(actor, reachFor(actor, 'assurance.get'), sql`p.organisation_id`);
    const { schemeId } = actor;
    const provider = await this.database.maybe<
      Pick<ProviderRow, 'food' | 'remit' | 'personalContactUntil' | 'aloneUntil'>
    >(
      schemeId,
      sql`
      select p.food, p.remit, p.personal_contact_until::text as "personalContactUntil", p.alone_until::text as "aloneUntil"
      from provider p where p.scheme_id = ${schemeId} and p.organisation_id = ${organisationId} and ${within}`,
    );
    if (!provider) throw Refusal.notFound();
    const named = actor.kind === 'system' || (actor.kind === 'member' && actor.role !== 'provider_member');
    const records = await this.database.read<AssuranceRow>(
      schemeId,
      sql`
      select r.id, r.requirement, r.level, r.exempt_because as "exemptBecause",
        case when ${named} then coalesce(r.checked_by, u.name) end as "checkedBy", r.checked_on::text as "checkedOn",
        r.lapses_on::text as "lapsesOn", r.lead_name as "leadName", r.deputy_name as "deputyName", r.note
      from assurance_record r
      left join membership m on m.scheme_id = r.scheme_id and m.id = r.recorded_by
      left join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
      where r.scheme_id = ${schemeId} and r.organisation_id = ${organisationId} and r.ended_at is null
      order by r.requirement`,
    );
    const today = londonDate(this.clock.now());
    return {
      organisationId,
      ...assuredToday(provider, today),
      levels: coverOf(records, provider).map(({ level, missing, until }) => ({
        level,
        needs: neededFor(level, provider),
        missing,
        until,
        lapsed: until !== null && until < today,
      })),
      records: records.map((record) => ({ ...record, lapsed: record.lapsesOn < today })),
    };
  }
}
