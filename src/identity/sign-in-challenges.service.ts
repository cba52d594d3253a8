import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { equalInTime, newToken, sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import type { Door } from './arrival.js';
import { SIGN_IN_CODE_ASKED } from './identity.events.js';
import type { Asked, FactorOffer, SecondFactorNeeded } from './second-factor.dto.js';
import { type FactorAsked, normaliseCode } from './second-factor.rules.js';
import { OFFER_MS, SecondFactors } from './second-factors.service.js';
import { derivedCode } from './token.rules.js';

export interface Challenge {
  id: string;
  accountId: string;
  schemeId: string;
  asks: Asked;
  setsUp: boolean;
  expiresAt: Date;
}

export const CHALLENGE_MINUTES = 10;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Of one sign-in, and of one account in an hour: whoever knows a password should not fill a mailbox. */
const MOST_SENT = 3;
const MOST_SENT_AN_HOUR = 10;

/** One answer for a challenge that is over, was met, belongs to the other door or never was. */
export const deadChallenge = (): Refusal => Refusal.gone('This sign-in took too long. Begin again.');

/** What stands between a right password and a session. */
@Injectable()
export class SignInChallenges {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly factors: SecondFactors,
  ) {}

  /** In the scheme whose address of the person a code goes to. */
  async issueWithin(
    tx: Tx,
    accountId: string,
    door: Door,
    { asks, thenSetUp }: FactorAsked & { asks: string },
  ): Promise<SecondFactorNeeded> {
    const challengeToken = newToken();
    const id = newId();
    const expiresAt = new Date(tx.now.getTime() + CHALLENGE_MINUTES * MINUTE_MS);
    await tx.run(sql`
      insert into sign_in_challenge (hash, id, account_id, scheme_id, door, asks, sets_up, created_at, expires_at)
      values (${sha256(challengeToken)}, ${id}, ${accountId}, ${tx.schemeId}, ${door}, ${asks}, ${thenSetUp}, ${tx.now},
        ${expiresAt})`);
    await audit(tx, {
      action: 'session.challenge',
      subject: { kind: 'user', id: accountId },
      details: { asks },
    });
    if (asks === 'mail') await this.sendWithin(tx, { id, accountId });
    return { challengeToken, asks, expiresAt };
  }

  async live(token: string, door: Door): Promise<Challenge> {
    const [found] = await this.database.unscoped<Challenge>(sql`
      select c.id, c.account_id as "accountId", c.scheme_id as "schemeId", c.asks, c.sets_up as "setsUp",
        c.expires_at as "expiresAt"
      from sign_in_challenge c join user_account a on a.id = c.account_id
      where c.hash = ${sha256(token)} and c.door = ${door} and c.ended_at is null
        and c.expires_at > ${this.clock.now()} and a.disabled_at is null`);
    if (!found) throw deadChallenge();
    return found;
  }

  /** The same code once more: mail can be slow. */
  async sendAgain(token: string, door: Door): Promise<void> {
    const challenge = await this.live(token, door);
    if (challenge.asks !== 'mail') {
      throw Refusal.conflict('no-code-by-mail', 'For this sign-in the code comes from your app.');
    }
    await this.unitOfWork.run(systemActor(challenge.schemeId, 'sign-in'), (tx) =>
      this.sendWithin(tx, challenge),
    );
  }

  /** A new secret for the app, once it is known who asks. */
  async offer(token: string, door: Door): Promise<FactorOffer> {
    const challenge = await this.settingUp(token, door);
    await this.unitOfWork.run(systemActor(challenge.schemeId, 'sign-in'), (tx) =>
      this.factors.offerWithin(tx, challenge),
    );
    return this.shown(challenge);
  }

  /** The one that was offered, or a first one. */
  async offered(token: string, door: Door): Promise<FactorOffer> {
    const challenge = await this.settingUp(token, door);
    return (await this.factors.offeredTo(challenge, challenge.schemeId)) ?? (await this.offer(token, door));
  }

  isSentCode(challenge: Challenge, typed: string): boolean {
    return equalInTime(normaliseCode(typed), this.codeOf(challenge.id));
  }

  codeOf(id: string): string {
    return derivedCode(this.config.tokenKey, 'sign_in_code', id);
  }

  /** The code from the mailbox was right; what is left is the app. */
  async goOnToSetUp(tx: Tx, { id }: Challenge): Promise<Date> {
    const expiresAt = new Date(tx.now.getTime() + OFFER_MS);
    const moved = await tx.run(sql`
      update sign_in_challenge set asks = 'set_up', expires_at = ${expiresAt}
      where id = ${id} and asks = 'mail' and ended_at is null`);
    if (moved.rowCount !== 1) throw deadChallenge();
    return expiresAt;
  }

  /** Met. Of two answers at once one gets through. */
  async endWithin(tx: Tx, { id, asks }: Challenge): Promise<void> {
    const ended = await tx.run(sql`
      update sign_in_challenge set ended_at = ${tx.now} where id = ${id} and asks = ${asks} and ended_at is null`);
    if (ended.rowCount !== 1) throw deadChallenge();
  }

  private async settingUp(token: string, door: Door): Promise<Challenge> {
    const challenge = await this.live(token, door);
    if (challenge.asks !== 'set_up') {
      throw Refusal.conflict('code-first', 'Enter the code that is asked for first.');
    }
    return challenge;
  }

  private async shown(challenge: Challenge): Promise<FactorOffer> {
    const offer = await this.factors.offeredTo(challenge, challenge.schemeId);
    if (!offer) throw deadChallenge();
    return offer;
  }

  private async sendWithin(tx: Tx, { id, accountId }: { id: string; accountId: string }): Promise<void> {
    // Sign-ins of one account wait for each other here, so that the count holds.
    await tx.one(sql`select 1 from user_account where id = ${accountId} for no key update`);
    const since = new Date(tx.now.getTime() - HOUR_MS);
    const { sent, own } = await tx.one<{ sent: number; own: number }>(sql`
      select coalesce(sum(sent), 0)::int as sent, coalesce(sum(sent) filter (where id = ${id}), 0)::int as own
      from sign_in_challenge where account_id = ${accountId} and created_at > ${since}`);
    if (own >= MOST_SENT || sent >= MOST_SENT_AN_HOUR) throw Refusal.tooMany(HOUR_MS / 1000);
    await tx.run(sql`update sign_in_challenge set sent = sent + 1 where id = ${id}`);
    await outbox.add(tx, SIGN_IN_CODE_ASKED, { accountId, challengeId: id });
  }
}
