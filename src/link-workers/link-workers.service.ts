import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { applyChanges } from '../platform/pure/changes.js';
import { NO_DISTRICT, normaliseOutward } from '../platform/pure/postcode.js';
import { reachFor } from '../permissions/reach.js';
import { caresForPeople, standing } from '../identity/cover.queries.js';
import type { AmendLinkWorkerInput } from './link-worker.dto.js';
import { CASELOAD_LIMIT } from './link-workers.queries.js';

interface Profile {
  version: number;
  caseloadLimit: number;
  languages: string[];
  areas: string[];
}

@Injectable()
export class LinkWorkers {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async amend(
    actor: MemberActor,
    membershipId: string,
    version: number,
    input: AmendLinkWorkerInput,
  ): Promise<string> {
    reachFor(actor, 'linkWorker.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      // A worker nobody has amended yet has no row of their own, so it is the membership that is locked.
      const row = await tx.maybe<Profile>(sql`
        select coalesce(w.version, 1) as version, coalesce(w.caseload_limit, ${CASELOAD_LIMIT}) as "caseloadLimit",
          coalesce(w.languages, '{}') as languages, coalesce(w.areas, '{}') as areas
        from membership m
        left join link_worker w on w.scheme_id = m.scheme_id and w.membership_id = m.id
        where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId} and ${caresForPeople(sql`m`)} and ${standing(sql`m`)}
        for no key update of m`);
      if (!row) throw Refusal.notFound();
      refuseStale(row.version, version);
      const { after, changed } = applyChanges(row, withDistricts(input));
      if (changed.length === 0) return membershipId;
      await tx.run(sql`
        insert into link_worker (scheme_id, membership_id, caseload_limit, languages, areas, version, updated_at)
        values (${tx.schemeId}, ${membershipId}, ${after.caseloadLimit}, ${after.languages}, ${after.areas},
          ${row.version + 1}, ${tx.now})
        on conflict (scheme_id, membership_id) do update set caseload_limit = excluded.caseload_limit,
          languages = excluded.languages, areas = excluded.areas, version = excluded.version,
          updated_at = excluded.updated_at`);
      await audit(tx, {
        action: 'linkWorker.amend',
        subject: { kind: 'membership', id: membershipId },
        details: { changed, caseloadLimit: after.caseloadLimit },
      });
      return membershipId;
    });
  }
}

/** Districts as a suggestion compares them, each once. */
function withDistricts({ areas, ...input }: AmendLinkWorkerInput): AmendLinkWorkerInput {
  if (areas === undefined) return input;
  const districts = areas.map((area) => {
    const district = normaliseOutward(area);
    if (district === null) throw Refusal.invalidField('areas', NO_DISTRICT);
    return district;
  });
  return { ...input, areas: [...new Set(districts)] };
}
