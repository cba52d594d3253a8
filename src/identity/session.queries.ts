import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor, Role } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { AccessClaims } from './access-token.types.js';
import { sha256 } from '../platform/pure/hash.js';
import { coveredBy, standing } from './cover.queries.js';
import type { SessionView } from './session.dto.js';
import { PAGE_IDLE_MS, SEEN_EVERY_MS } from './session.rules.js';

interface ActorRow {
  account_id: string;
  session_id: string;
  membership_id: string;
  scheme_id: string;
  organisation_id: string;
  role: Role;
  triages: boolean;
  covered: string[];
  expires_at: Date;
}

/** Who is at a page, and until when at most. */
export interface AtPage {
  actor: MemberActor;
  endsAt: Date;
}

/** Sessions that stand at `now`, with whom they act for. */
const standingSessions = (which: Sql, now: Date): Sql => sql`
  select m.account_id, s.id as session_id, m.id as membership_id, m.scheme_id, m.organisation_id, m.role, m.triages,
    s.last_used_at, s.expires_at, ${coveredBy(sql`m`, sql`h`, sql`d.today`)} as covered
  from session s
  join membership m on m.id = s.membership_id
  join user_account a on a.id = s.account_id
  join scheme h on h.id = m.scheme_id
  cross join (select (${now}::timestamptz at time zone 'Europe/London')::date as today) d
  where ${which} and s.revoked_at is null and s.expires_at > ${now} and a.disabled_at is null
    and ${standing(sql`m`)}`;

/** The first statement of every request to the API. */
export const actorStatement = ({ sid, mid, sch }: AccessClaims, now: Date): Sql =>
  standingSessions(sql`s.id = ${sid} and s.membership_id = ${mid} and m.scheme_id = ${sch}`, now);

/** The first statement of every page. It also notes, to the minute, that the session is in use. */
const pageActorStatement = (secret: string, now: Date): Sql => sql`
  with found as (${standingSessions(
    sql`s.cookie_hash = ${sha256(secret)} and s.last_used_at > ${new Date(now.getTime() - PAGE_IDLE_MS)}`,
    now,
  )}),
  seen as (
    update session set last_used_at = ${now} from found
    where session.id = found.session_id and found.last_used_at < ${new Date(now.getTime() - SEEN_EVERY_MS)}
  )
  select * from found`;

@Injectable()
export class SessionQueries {
  constructor(private readonly database: Database) {}

  /**
   * The actor behind an access token, or null when the session, the membership or the account no longer stands, or the
   * session has moved to another membership since. Asked at every request.
   */
  async actorOf(claims: AccessClaims, now: Date): Promise<MemberActor | null> {
    return (await this.actorBy(actorStatement(claims, now)))?.actor ?? null;
  }

  /** The actor behind the cookie of a page, or null when it no longer stands or was left alone too long. */
  async actorOfCookie(secret: string, now: Date): Promise<AtPage | null> {
    return this.actorBy(pageActorStatement(secret, now));
  }

  private async actorBy(statement: Sql): Promise<AtPage | null> {
    const [row] = await this.database.unscoped<ActorRow>(statement);
    if (!row) return null;
    const actor: MemberActor = {
      kind: 'member',
      schemeId: row.scheme_id,
      accountId: row.account_id,
      sessionId: row.session_id,
      membershipId: row.membership_id,
      organisationId: row.organisation_id,
      role: row.role,
      actsFor: [row.membership_id, ...row.covered],
      triages: row.triages,
    };
    return { actor, endsAt: row.expires_at };
  }

  /** Whoever asked for work that is done later, as they stand now; null where they may no longer sign in here. */
  async actorLater(schemeId: string, membershipId: string, sessionId: string): Promise<MemberActor | null> {
    const [row] = await this.database.unscoped<
      Pick<ActorRow, 'account_id' | 'organisation_id' | 'role' | 'triages'>
    >(sql`
      select m.account_id, m.organisation_id, m.role, m.triages
      from membership m join user_account u on u.id = m.account_id
      where m.scheme_id = ${schemeId} and m.id = ${membershipId} and ${standing(sql`m`)} and u.disabled_at is null`);
    if (!row) return null;
    return {
      kind: 'member',
      schemeId,
      accountId: row.account_id,
      sessionId,
      membershipId,
      organisationId: row.organisation_id,
      role: row.role,
      actsFor: [membershipId],
      triages: row.triages,
    };
  }

  /** Where somebody is signed in now, the newest first. */
  async ofAccount(actor: MemberActor, now: Date): Promise<SessionView[]> {
    const idle = new Date(now.getTime() - PAGE_IDLE_MS);
    return this.database.unscoped<SessionView>(sql`
      select s.id, s.door, coalesce(s.device, 'A program') as device, s.factor, h.name as "schemeName", m.role,
        s.created_at as "createdAt", s.last_used_at as "lastUsedAt", s.id = ${actor.sessionId} as here
      from session s join membership m on m.id = s.membership_id join scheme h on h.id = m.scheme_id
      where s.account_id = ${actor.accountId} and s.revoked_at is null and s.expires_at > ${now}
        and (s.cookie_hash is null or s.last_used_at > ${idle}) and ${standing(sql`m`)}
      order by s.created_at desc, s.id desc`);
  }
}
