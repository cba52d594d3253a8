import sql, { type Sql } from 'sql-template-tag';

/** The name of the person a membership belongs to; null where there is none. Both are columns of the statement around it. */
export const memberName = (schemeId: Sql, membershipId: Sql): Sql => sql`(
  select by_profile.name from membership by_member
  join user_profile by_profile on by_profile.scheme_id = by_member.scheme_id
    and by_profile.account_id = by_member.account_id
  where by_member.scheme_id = ${schemeId} and by_member.id = ${membershipId})`;
