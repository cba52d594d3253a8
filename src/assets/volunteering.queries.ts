import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { clientWithin } from '../clients/client.reach.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { without } from '../platform/pure/without.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow } from '../providers/listing.types.js';
import { helpersOf } from './volunteering.js';
import type { VolunteeringView } from './volunteering.dto.js';

type Row = Omit<VolunteeringView, 'roles'> & { roles: ListingNamedRow[]; client_id: string };

@Injectable()
export class VolunteeringQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async ofClient(actor: MemberActor, clientId: string): Promise<VolunteeringView> {
    const within = clientWithin(actor, reachFor(actor, 'volunteering.get'), this.clock.now());
    const page = sql`
      select c.id as client_id, c.id as "clientId",
        (select h.since_on::text from (${helpersOf(actor.schemeId)}) h where h.client_id = c.id) as "becameVolunteerOn",
        array(select ${LISTING_NAMED} from listing l where l.scheme_id = c.scheme_id and l.volunteer_role and l.id in (
          select o.listing_id from onward_referral o
          where o.scheme_id = c.scheme_id and o.client_id = c.id and o.started_on is not null)
          order by l.name, l.id) as roles,
        b.since_on::text as "recordedSinceOn", b.doing as "recordedDoing"
      from client c
      left join became_volunteer b on b.scheme_id = c.scheme_id and b.client_id = c.id and b.voided_at is null
      where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}`;
    const now = this.clock.now();
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'volunteering.get', subject: { kind: 'client', id: clientId } },
        page,
      ),
    );
    if (!row) throw Refusal.notFound();
    const { roles, ...view } = without(row, 'client_id');
    const today = londonDate(now);
    return { ...view, roles: roles.map((role) => listingNamed(role, today)) };
  }
}
