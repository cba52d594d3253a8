import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { clientWithin } from '../clients/client.reach.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { helpersOf } from './volunteering.js';
import type { VolunteeringView } from './volunteering.dto.js';

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
        array(select distinct l.name from onward_referral o
          join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id and l.volunteer_role
          where o.scheme_id = c.scheme_id and o.client_id = c.id and o.started_on is not null order by l.name) as roles,
        b.since_on::text as "recordedSinceOn", b.doing as "recordedDoing"
      from client c
      left join became_volunteer b on b.scheme_id = c.scheme_id and b.client_id = c.id and b.voided_at is null
      where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}`;
    const row = await this.database.maybe<VolunteeringView & { client_id?: string }>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'volunteering.get', subject: { kind: 'client', id: clientId } },
        page,
      ),
    );
    if (!row) throw Refusal.notFound();
    delete row.client_id;
    return row;
  }
}
