import sql from 'sql-template-tag';
import { addToTimeline } from '../clients/timeline.js';
import { memberName } from '../identity/member-name.queries.js';

// What somebody was given, as it stands now, with when it was written down, put right or taken out.
addToTimeline(
  'help',
  (schemeId, clientId) => sql`
  select h.at, h.id, 'help', case h.action when 'help.recorded' then 'record' when 'help.amended' then 'amend' else 'void' end,
    o.referral_id, p.id, coalesce(h.actor_name, ${memberName(sql`h.scheme_id`, sql`h.actor_id`)}),
    case when h.action = 'help.recorded' then p.note else h.reason end,
    jsonb_build_object('kind', p.kind, 'quantity', p.quantity, 'householdMembers', p.household_members,
      'givenOn', p.given_on, 'group', g.name, 'voided', p.voided_at is not null)
  from practical_help p join practical_help_history h on h.scheme_id = p.scheme_id and h.help_id = p.id
  join organisation g on g.scheme_id = p.scheme_id and g.id = p.organisation_id
  left join onward_referral o on o.scheme_id = p.scheme_id and o.id = p.onward_referral_id
  where p.scheme_id = ${schemeId} and p.client_id = ${clientId}`,
);
