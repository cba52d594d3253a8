import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit, auditEach } from '../audit/audit.js';
import { type MemberActor, type Role, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newToken, sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { outbox } from '../platform/outbox/outbox.js';
import { AccessTokens } from './access-tokens.service.js';
import type { Arrival } from './arrival.js';
import { standing } from './cover.queries.js';
import { policyOf, type PolicyRow, policyRows } from './factor-policy.queries.js';
import { SESSION_ON_NEW_DEVICE } from './identity.events.js';
import { MembershipQueries } from './membership.queries.js';
import { enough, type ShownFactor } from './second-factor.rules.js';
import type { SignedIn } from './session.dto.js';
import { ACCESS_SECONDS, answerRefresh, SESSION_MS } from './session.rules.js';
import { derivedToken } from './token.rules.js';

/** Why a session ended before its time. */
export type RevokedBecause =
  | 'signed_out'
  | 'refresh_reuse'
  | 'password_changed'
  | 'user_disabled'
  | 'membership_disabled'
  | 'membership_ended'
  | 'factor_reset'
  | 'ended_elsewhere';

export interface Holder {
  accountId: string;
  schemeId: string;
  membershipId: string;
  organisationId: string;
  role: Role;
  triages: boolean;
}

/** What a browser keeps of a session, and until when. */
export interface PageSession {
  secret: string;
  expiresAt: Date;
}

/** How a session opens, as the record of who did what has it. */
export type Opening = 'session.open' | 'session.openByCode';

/**
 * What somebody has shown. `within` uses it up in the transaction that opens the session, and says what it was beside the
 * password; it throws where that is not enough, and nothing is opened.
 */
export interface Shown {
  within: (tx: Tx) => Promise<ShownFactor | null>;
  opens: Opening;
}

interface IssuedTokens {
  sessionId: string;
  refreshToken: string;
  expiresAt: Date;
}

interface RefreshRow {
  session_id: string;
  expires_at: Date;
  used_at: Date | null;
  successor_used: boolean | null;
  session_expires_at: Date;
  revoked_at: Date | null;
  account_id: string;
  membership_id: string;
  stands: boolean;
}

@Injectable()
export class Sessions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly accessTokens: AccessTokens,
    private readonly memberships: MembershipQueries,
  ) {}

  /** A new session, once all was shown that is asked. */
  async open(holder: Holder, arrival: Arrival, shown: Shown): Promise<SignedIn> {
    const refreshToken = newToken();
    const begun = await this.begin(holder, arrival, shown, (tx, sessionId, end) =>
      keepToken(tx, sessionId, refreshToken, end),
    );
    return this.signedIn(holder, { ...begun, refreshToken });
  }

  /** The same for pages, whose browser keeps one secret in a cookie instead of tokens. */
  async openForPages(holder: Holder, arrival: Arrival, shown: Shown): Promise<PageSession> {
    const secret = newToken();
    const { expiresAt } = await this.begin(holder, arrival, shown, (tx, sessionId) =>
      keepCookie(tx, sessionId, secret),
    );
    return { secret, expiresAt };
  }

  private async begin(
    holder: Holder,
    arrival: Arrival,
    shown: Shown,
    keep: (tx: Tx, sessionId: string, end: Date) => Promise<void>,
  ): Promise<{ sessionId: string; expiresAt: Date }> {
    const sessionId = newId();
    const actor: MemberActor = { kind: 'member', ...holder, sessionId, actsFor: [holder.membershipId] };
    const expiresAt = await this.unitOfWork.run(actor, async (tx) => {
      const end = new Date(tx.now.getTime() + SESSION_MS);
      const factor = await shown.within(tx);
      await tx.run(sql`
        insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at, factor, door, device)
        values (${sessionId}, ${holder.accountId}, ${holder.membershipId}, ${tx.now}, ${tx.now}, ${end}, ${factor},
          ${arrival.door}, ${arrival.device})`);
      if (await isNewDevice(tx, holder.accountId, arrival)) {
        await outbox.add(tx, SESSION_ON_NEW_DEVICE, { accountId: holder.accountId, sessionId });
      }
      await keep(tx, sessionId, end);
      await audit(tx, {
        action: shown.opens,
        subject: { kind: 'session', id: sessionId },
        details: { factor },
      });
      return end;
    });
    return { sessionId, expiresAt };
  }

  /**
   * New tokens for a refresh token. Shown a second time it ends the session, since then two people hold it; only the
   * answer to a first showing that got lost is given again (session.rules.ts).
   */
  async refresh(token: string): Promise<SignedIn> {
    const hash = sha256(token);
    const [found] = await this.database.unscoped<{ session_id: string; scheme_id: string }>(sql`
      select t.session_id, m.scheme_id
      from refresh_token t join session s on s.id = t.session_id join membership m on m.id = s.membership_id
      where t.hash = ${hash}`);
    if (!found) throw Refusal.unauthorised();
    const actor = systemActor(found.scheme_id, 'session');
    const outcome = await this.unitOfWork.run(actor, (tx) => this.rotate(tx, token, hash, found.session_id));
    // Thrown out here, so that ending the session is not undone by the refusal.
    if (!outcome) throw Refusal.unauthorised();
    return this.signedIn({ ...outcome.holder, schemeId: found.scheme_id }, outcome);
  }

  /** The same session acting under another membership of the same person. */
  async switchTo(actor: MemberActor, membershipId: string): Promise<SignedIn> {
    const refreshToken = newToken();
    const { target, expiresAt } = await this.move(actor, membershipId, (tx, end) =>
      keepToken(tx, actor.sessionId, refreshToken, end),
    );
    return this.signedIn(target, { sessionId: actor.sessionId, refreshToken, expiresAt });
  }

  /** The same for pages. The cookie changes with the membership, so that an old page cannot act under the new one. */
  async switchPages(actor: MemberActor, membershipId: string): Promise<PageSession> {
    const secret = newToken();
    const { expiresAt } = await this.move(actor, membershipId, (tx) =>
      keepCookie(tx, actor.sessionId, secret),
    );
    return { secret, expiresAt };
  }

  private async move(
    actor: MemberActor,
    membershipId: string,
    keep: (tx: Tx, end: Date) => Promise<void>,
  ): Promise<{ target: Holder; expiresAt: Date }> {
    const [target] = await this.database.unscoped<Holder>(sql`
      select m.account_id as "accountId", m.scheme_id as "schemeId", m.id as "membershipId",
        m.organisation_id as "organisationId", m.role, m.triages
      from membership m
      where m.id = ${membershipId} and m.account_id = ${actor.accountId} and ${standing(sql`m`)}`);
    if (!target) throw Refusal.notFound();
    const { sessionId } = actor;
    await this.refuseWithoutFactor(sessionId, membershipId);
    const expiresAt = await this.unitOfWork.run(systemActor(target.schemeId, 'session'), async (tx) => {
      const session = await tx.maybe<{ expires_at: Date }>(sql`
        update session set membership_id = ${membershipId}, last_used_at = ${tx.now}
        where id = ${sessionId} and revoked_at is null returning expires_at`);
      if (!session) throw Refusal.unauthorised();
      await tx.run(
        sql`update refresh_token set used_at = ${tx.now} where session_id = ${sessionId} and used_at is null`,
      );
      await keep(tx, session.expires_at);
      await audit(tx, {
        action: 'session.switch',
        subject: { kind: 'session', id: sessionId },
        details: { from: actor.membershipId, to: membershipId },
      });
      return session.expires_at;
    });
    return { target, expiresAt };
  }

  /** A scheme may ask for more since the session began, or than the one it began in. */
  private async refuseWithoutFactor(sessionId: string, membershipId: string): Promise<void> {
    const [shown] = await this.database.unscoped<{ factor: ShownFactor | null }>(
      sql`select factor from session where id = ${sessionId}`,
    );
    const [asked] = await this.database.unscoped<PolicyRow>(policyRows(sql`m.id = ${membershipId}`));
    if (asked && !enough(shown?.factor ?? null, policyOf(asked))) {
      throw Refusal.conflict(
        'factor-needed',
        'This scheme asks for a second factor. Sign in again to show one.',
      );
    }
  }

  /** Somewhere else where the same person is signed in. */
  async end(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const ended = await tx.run(sql`
        update session set revoked_at = ${tx.now}, revoked_because = 'ended_elsewhere'
        where id = ${id} and account_id = ${actor.accountId} and id <> ${actor.sessionId} and revoked_at is null`);
      if (ended.rowCount !== 1) throw Refusal.notFound();
      await audit(tx, { action: 'session.end', subject: { kind: 'session', id } });
      return id;
    });
  }

  /** Everywhere but here. */
  async endOthers(actor: MemberActor): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { rows } = await tx.run<{ id: string }>(sql`
        update session set revoked_at = ${tx.now}, revoked_because = 'ended_elsewhere'
        where account_id = ${actor.accountId} and id <> ${actor.sessionId} and revoked_at is null and expires_at > ${tx.now}
        returning id`);
      await auditEach(
        tx,
        'session.end',
        'session',
        rows.map(({ id }) => id),
      );
      return actor.sessionId;
    });
  }

  async signOut(actor: MemberActor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      await tx.run(sql`
        update session set revoked_at = ${tx.now}, revoked_because = 'signed_out'
        where id = ${actor.sessionId} and revoked_at is null`);
      await audit(tx, { action: 'session.signOut', subject: { kind: 'session', id: actor.sessionId } });
      return actor.sessionId;
    });
  }

  private async rotate(
    tx: Tx,
    token: string,
    hash: string,
    sessionId: string,
  ): Promise<(IssuedTokens & { holder: Omit<Holder, 'schemeId'> }) | null> {
    // Two refreshes of one session wait for each other here.
    await tx.one(sql`select 1 from session where id = ${sessionId} for update`);
    const row = await tx.one<RefreshRow & { organisation_id: string; role: Role; triages: boolean }>(sql`
      select t.session_id, t.expires_at, t.used_at,
        case when n.hash is null then null else n.used_at is not null end as successor_used,
        s.expires_at as session_expires_at, s.revoked_at, s.account_id, s.membership_id,
        m.organisation_id, m.role, m.triages,
        a.disabled_at is null and ${standing(sql`m`)} as stands
      from refresh_token t
      join session s on s.id = t.session_id
      join membership m on m.id = s.membership_id
      join user_account a on a.id = s.account_id
      left join refresh_token n on n.hash = t.successor
      where t.hash = ${hash}`);
    if (row.revoked_at || !row.stands) return null;
    const answer = answerRefresh(
      { usedAt: row.used_at, expiresAt: row.expires_at, successorUsed: row.successor_used },
      tx.now,
    );
    if (answer === 'expired') return null;
    if (answer === 'reuse') {
      await tx.run(sql`
        update session set revoked_at = ${tx.now}, revoked_because = 'refresh_reuse' where id = ${sessionId}`);
      await audit(tx, {
        action: 'session.revoke',
        subject: { kind: 'session', id: sessionId },
        details: { because: 'refresh_reuse' },
      });
      return null;
    }
    const refreshToken = derivedToken(this.config.tokenKey, 'refresh', token);
    if (answer === 'rotate') {
      await keepToken(tx, sessionId, refreshToken, row.session_expires_at);
      await tx.run(sql`
        update refresh_token set used_at = ${tx.now}, successor = ${sha256(refreshToken)} where hash = ${hash}`);
      await tx.run(sql`update session set last_used_at = ${tx.now} where id = ${sessionId}`);
    }
    return {
      sessionId,
      refreshToken,
      expiresAt: row.session_expires_at,
      holder: {
        accountId: row.account_id,
        membershipId: row.membership_id,
        organisationId: row.organisation_id,
        role: row.role,
        triages: row.triages,
      },
    };
  }

  private async signedIn(holder: Holder, tokens: IssuedTokens): Promise<SignedIn> {
    const memberships = await this.memberships.ofAccount(holder.accountId);
    const membership = memberships.find(({ id }) => id === holder.membershipId);
    if (!membership) throw Refusal.unauthorised();
    return {
      accessToken: this.accessTokens.sign({ ...holder, sessionId: tokens.sessionId }, this.clock.now()),
      tokenType: 'Bearer',
      expiresIn: ACCESS_SECONDS,
      refreshToken: tokens.refreshToken,
      refreshExpiresAt: tokens.expiresAt,
      membership,
      memberships,
    };
  }
}

/** Whether somebody who has signed in before does so from elsewhere. The very first time there is nobody to warn. */
async function isNewDevice(tx: Tx, accountId: string, { deviceHash }: Arrival): Promise<boolean> {
  const before = await tx.maybe(sql`select 1 from known_device where account_id = ${accountId} limit 1`);
  const added = await tx.run(sql`
    insert into known_device (account_id, hash, first_seen, last_seen)
    values (${accountId}, ${deviceHash}, ${tx.now}, ${tx.now}) on conflict do nothing`);
  if (added.rowCount === 1) return before !== null;
  await tx.run(sql`
    update known_device set last_seen = ${tx.now} where account_id = ${accountId} and hash = ${deviceHash}`);
  return false;
}

async function keepCookie(tx: Tx, sessionId: string, secret: string): Promise<void> {
  await tx.run(sql`update session set cookie_hash = ${sha256(secret)} where id = ${sessionId}`);
}

async function keepToken(tx: Tx, sessionId: string, token: string, expiresAt: Date): Promise<void> {
  await tx.run(sql`
    insert into refresh_token (hash, session_id, created_at, expires_at)
    values (${sha256(token)}, ${sessionId}, ${tx.now}, ${expiresAt})`);
}

/** Ends sessions in the caller's transaction: every one of an account, or those under one membership. */
export async function revokeSessions(
  tx: Tx,
  whose: { accountId: string; but?: string } | { membershipId: string },
  because: RevokedBecause,
): Promise<void> {
  const these =
    'accountId' in whose
      ? sql`account_id = ${whose.accountId} and id is distinct from ${whose.but ?? null}::uuid`
      : sql`membership_id = ${whose.membershipId}`;
  await tx.run(sql`
    update session set revoked_at = ${tx.now}, revoked_because = ${because} where ${these} and revoked_at is null`);
}
