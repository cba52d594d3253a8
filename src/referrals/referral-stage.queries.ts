import sql, { type Sql } from 'sql-template-tag';
import {
  CLOSED_STAGE,
  END_REASONS,
  REFERRAL_STAGES,
  STAGE_OF,
  type ReferralStage,
} from './referral.types.js';

const CLOSED_BY_REASON = JSON.stringify(
  Object.fromEntries(Object.entries(END_REASONS).map(([reason, { why }]) => [reason, CLOSED_STAGE[why]])),
);
const BY_STATE = JSON.stringify(STAGE_OF);
const UNEXPLAINED: ReferralStage = 'closed_otherwise';

/** Found by index for each line: a limit keeps the planner from reading all of a scheme for a page of it. */
const WITH_A_GROUP: Sql = sql`(select 'with_a_group' from onward_referral o
  where o.scheme_id = r.scheme_id and o.referral_id = r.id and o.state in ('accepted', 'started') limit 1)`;
const PLAN_AGREED: Sql = sql`(select 'plan_agreed' from plan d
  join plan_agreement a on a.scheme_id = d.scheme_id and a.plan_id = d.id
  where d.scheme_id = r.scheme_id and d.referral_id = r.id limit 1)`;

/** The stage of `referral r`, worked out where it is shown and kept nowhere, so that no write has to think of it. */
export const STAGE: Sql = sql`case
  when r.state = 'allocated' then coalesce(${WITH_A_GROUP}, 'waiting')
  when r.state = 'active' then coalesce(${WITH_A_GROUP}, ${PLAN_AGREED}, 'in_conversation')
  when r.state = 'closed' then coalesce(${CLOSED_BY_REASON}::jsonb ->> r.end_reason, ${UNEXPLAINED})
  else ${BY_STATE}::jsonb ->> r.state end`;

/** Its place in the order of stages. */
export const STAGE_PLACE: Sql = sql`array_position(${[...REFERRAL_STAGES]}::text[], ${STAGE})`;
