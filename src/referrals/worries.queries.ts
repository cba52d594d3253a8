import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { standing } from '../identity/cover.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from './referral.reach.js';
import type { WorryView } from './worry.dto.js';

type Row = Omit<WorryView, 'id'> & { id: string | null; client_id: string };

/** What counts as having looked: it is on record for everybody who does. */
const LOOKING = ['safeguarding.get', 'safeguarding.open', 'safeguarding.addStep', 'safeguarding.close'];

@Injectable()
export class WorriesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** What this very person raised about somebody whom their organisation referred. Nobody else's, whoever's it is. */
  async list(actor: MemberActor, referralId: string): Promise<WorryView[]> {
    reachFor(actor, 'safeguarding.worries');
    const within = referralWithin(actor, 'organisation', this.clock.now());
    const rows = await this.database.read<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'safeguarding.worries', subject: { kind: 'referral', id: referralId } },
        sql`
        select r.client_id, s.id, s.kind, s.about, s.what, s.recorded_at as "receivedAt",
          case when l.id is null then 'managers' else 'safeguarding_lead' end as "with", (
            select min(e.at) from audit_entry e
            where e.scheme_id = s.scheme_id and e.subject_id = s.id and e.action = any(${LOOKING})
              and e.actor_id <> s.recorded_by and e.at >= s.recorded_at) as "lookedAt"
        from referral r
        left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        left join safeguarding s on s.scheme_id = r.scheme_id and s.recorded_by = ${actor.membershipId}
          and s.client_id in (r.client_id, r.sent_client_id, c.merged_into)
        left join safeguarding_lead l on l.scheme_id = s.scheme_id and l.membership_id = s.lead_id
          and l.ended_at is null and exists (
            select 1 from membership m
            where m.scheme_id = l.scheme_id and m.id = l.membership_id and ${standing(sql`m`)})
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${within} order by s.id desc`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ id, ...row }) => (id === null ? [] : [{ id, ...without(row, 'client_id') }]));
  }

  async get(actor: MemberActor, referralId: string, id: string): Promise<WorryView> {
    const view = (await this.list(actor, referralId)).find((one) => one.id === id);
    if (!view) throw Refusal.notFound();
    return view;
  }
}
