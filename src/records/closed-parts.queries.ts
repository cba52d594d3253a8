import sql, { type Sql } from 'sql-template-tag';
import { safeguardingWithin } from '../clients/safeguarding.reach.js';
import { feedbackWithin } from '../feedback/feedback.reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { idsOfTable } from './record-document.rules.js';
import type { ClosedPart, RecordDocument } from './record-document.types.js';

/**
 * What of a copy is closed to this reader, as it is outside of it: feedback about them; restricted words that others
 * wrote and concerns that others recorded, until they have opened each with a reason since the copy was asked for.
 */
export const closedParts = (actor: MemberActor, document: RecordDocument, since: Date): Sql => sql`
  select 'client_feedback:' || f.id as item, null as "openBy" from client_feedback f
  where f.scheme_id = ${actor.schemeId} and f.id = any(${idsOfTable(document, 'client_feedback')}::uuid[])
    and not ${feedbackWithin(actor, 'scheme')}
  union all
  select 'contact_section:' || w.id, 'contacts/' || w.contact_id || '/read-restricted' from contact_section w
  where w.scheme_id = ${actor.schemeId} and w.id = any(${idsOfTable(document, 'contact_section')}::uuid[])
    and w.kind = 'restricted' and w.written_by is distinct from ${actor.membershipId} and not exists (
      select 1 from contact_reading r
      where r.scheme_id = w.scheme_id and r.contact_id = w.contact_id and r.reader_id = ${actor.membershipId}
        and r.at >= ${since})
  union all
  select part.item, 'safeguarding/' || s.id || '/read' from (
    select 'safeguarding:' || id as item, id as concern from safeguarding
    where scheme_id = ${actor.schemeId} and id = any(${idsOfTable(document, 'safeguarding')}::uuid[])
    union all
    select 'safeguarding_step:' || id, safeguarding_id from safeguarding_step
    where scheme_id = ${actor.schemeId} and id = any(${idsOfTable(document, 'safeguarding_step')}::uuid[])
    union all
    select 'safeguarding_reading:' || id, safeguarding_id from safeguarding_reading
    where scheme_id = ${actor.schemeId} and id = any(${idsOfTable(document, 'safeguarding_reading')}::uuid[])) part
  join safeguarding s on s.scheme_id = ${actor.schemeId} and s.id = part.concern
  where not ${safeguardingWithin(actor, 'own')} and not exists (
    select 1 from safeguarding_reading r
    where r.scheme_id = s.scheme_id and r.safeguarding_id = s.id and r.membership_id = ${actor.membershipId}
      and r.at >= ${since})`;

export type ClosedRow = ClosedPart & Record<string, unknown>;
