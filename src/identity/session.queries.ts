import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor, Role } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { AccessClaims } from './access-token.types.js';
import { coveredBy, standing } from './cover.queries.js';

interface ActorRow {
  account_id: string;
  organisation_id: string;
  role: Role;
  triages: boolean;
  covered: string[];
}

/** The first statement of every request. */
export const actorStatement = ({ sid, mid, sch }: AccessClaims, now: Date): Sql => sql`
  select m.account_id, m.organisation_id, m.role, m.triages,
    ${coveredBy(sql`m`, sql`h`, sql`d.today`)} as covered
  from session s
  join membership m on m.id = s.membership_id
  join user_account a on a.id = s.account_id
  join scheme h on h.id = m.scheme_id
  cross join (select (${now}::timestamptz at time zone 'Europe/London')::date as today) d
  where s.id = ${sid} and s.membership_id = ${mid} and m.scheme_id = ${sch}
    and s.revoked_at is null and s.expires_at > ${now} and a.disabled_at is null and ${standing(sql`m`)}`;

@Injectable()
export class SessionQueries {
  constructor(private readonly database: Database) {}

  /**
   * The actor behind an access token, or null when the session, the membership or the account no longer stands, or the
   * session has moved to another membership since. Asked at every request.
   */
  async actorOf(claims: AccessClaims, now: Date): Promise<MemberActor | null> {
    const [row] = await this.database.unscoped<ActorRow>(actorStatement(claims, now));
    if (!row) return null;
    return {
      kind: 'member',
      schemeId: claims.sch,
      accountId: row.account_id,
      sessionId: claims.sid,
      membershipId: claims.mid,
      organisationId: row.organisation_id,
      role: row.role,
      actsFor: [claims.mid, ...row.covered],
      triages: row.triages,
    };
  }
}
