import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { emailHash } from './account.rules.js';
import type { Arrival, Door } from './arrival.js';
import { standing } from './cover.queries.js';
import { policiesOf } from './factor-policy.queries.js';
import { Passwords } from './passwords.service.js';
import type { SecondFactorNeeded, SignedInAnew } from './second-factor.dto.js';
import {
  factorToAsk,
  newRecoveryCodes,
  type ShownFactor,
  spokenRecoveryCode,
} from './second-factor.rules.js';
import { factorKey, SecondFactors, wrongCode } from './second-factors.service.js';
import type { SignedIn } from './session.dto.js';
import { type Holder, type Opening, type PageSession, Sessions, type Shown } from './sessions.service.js';
import { type Challenge, SignInChallenges } from './sign-in-challenges.service.js';
import { forgetTries, Throttle } from './throttle.service.js';

interface Account {
  id: string;
  password_hash: string | null;
  disabled: boolean;
}

/** Somebody of whom all was shown that is asked, but for what is still to be used up. */
interface Proved extends Shown {
  holder: Holder;
  /** Made while setting up an app; to be shown once. */
  recoveryCodes: string[];
}

export type OnPages =
  { session: PageSession; recoveryCodes: string[] } | { session: null; challenge: SecondFactorNeeded };

@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly throttle: Throttle,
    private readonly factors: SecondFactors,
    private readonly challenges: SignInChallenges,
  ) {}

  async signIn(email: string, password: string, arrival: Arrival): Promise<SignedIn | SecondFactorNeeded> {
    return this.openTokens(arrival, await this.proved(email, password, arrival));
  }

  async signInToPages(email: string, password: string, arrival: Arrival): Promise<OnPages> {
    return this.openPages(arrival, await this.proved(email, password, arrival));
  }

  /**
   * Somebody who is known without a password of ours: by their organisation, and then `shown` where it has asked for more than
   * a password itself, or by a code.
   */
  async signInProved(
    accountId: string,
    arrival: Arrival,
    {
      shown,
      remember,
      opens = 'session.open',
    }: { shown: ShownFactor | null; remember: (tx: Tx) => Promise<void>; opens?: Opening },
  ): Promise<OnPages> {
    const holder = await this.firstMembership(accountId, arrival);
    if (!holder) {
      await this.recordRefusal(accountId);
      throw Refusal.unauthorised();
    }
    return this.openPages(
      arrival,
      shown === null
        ? await this.askMore(holder, arrival.door, remember, opens)
        : proved(holder, shown, remember, opens),
    );
  }

  /** The code that a sign-in waits for. */
  async answer(
    token: string,
    code: string,
    arrival: Arrival,
  ): Promise<SignedIn | SignedInAnew | SecondFactorNeeded> {
    return this.openTokens(arrival, await this.shown(token, code, arrival));
  }

  async answerOnPages(token: string, code: string, arrival: Arrival): Promise<OnPages> {
    return this.openPages(arrival, await this.shown(token, code, arrival));
  }

  private async openTokens(
    arrival: Arrival,
    proved: Proved | SecondFactorNeeded,
  ): Promise<SignedIn | SignedInAnew | SecondFactorNeeded> {
    if (!('holder' in proved)) return proved;
    const { holder, recoveryCodes } = proved;
    const signedIn = await this.open(holder.accountId, () => this.sessions.open(holder, arrival, proved));
    return recoveryCodes.length === 0 ? signedIn : Object.assign(signedIn, { recoveryCodes });
  }

  private async openPages(arrival: Arrival, proved: Proved | SecondFactorNeeded): Promise<OnPages> {
    if (!('holder' in proved)) return { session: null, challenge: proved };
    const { holder, recoveryCodes } = proved;
    const session = await this.open(holder.accountId, () =>
      this.sessions.openForPages(holder, arrival, proved),
    );
    return { session, recoveryCodes };
  }

  /** A wrong code opens nothing, but is recorded. */
  private async open<Session>(accountId: string, begin: () => Promise<Session>): Promise<Session> {
    try {
      return await begin();
    } catch (error) {
      if (error instanceof Refusal && error.status === 422) await this.recordRefusal(accountId);
      throw error;
    }
  }

  /** Unknown, disabled, without a membership and wrong password get one answer, after the same work. */
  private async proved(
    email: string,
    password: string,
    arrival: Arrival,
  ): Promise<Proved | SecondFactorNeeded> {
    const key = emailHash(email);
    await this.throttle.countTry(key);
    const account = await this.account(key);
    const right = await this.passwords.verify(account?.password_hash ?? null, password);
    const holder =
      account && right && !account.disabled ? await this.firstMembership(account.id, arrival) : null;
    if (!account || !holder) {
      await this.recordRefusal(account?.id ?? null);
      throw Refusal.unauthorised('The e-mail address or the password is not right.');
    }
    const stored = account.password_hash;
    const renewed = stored && this.passwords.isOutdated(stored) ? await this.passwords.hash(password) : null;
    const remembered = async (tx: Tx): Promise<void> => {
      await forgetTries(tx, key);
      if (!renewed) return;
      await tx.run(sql`
        update user_account set password_hash = ${renewed} where id = ${account.id} and password_hash = ${stored}`);
    };
    return this.askMore(holder, arrival.door, remembered);
  }

  /** Nothing more is asked, or a challenge goes out. `remember` is done either way, with what is written. */
  private async askMore(
    holder: Holder,
    door: Door,
    remember: (tx: Tx) => Promise<void>,
    opens: Opening = 'session.open',
  ): Promise<Proved | SecondFactorNeeded> {
    const { accountId, schemeId } = holder;
    const asked = await this.asked(accountId);
    const { asks } = asked;
    if (asks === null) return proved(holder, null, remember, opens);
    return this.unitOfWork.run(systemActor(schemeId, 'sign-in'), async (tx) => {
      await remember(tx);
      return this.challenges.issueWithin(tx, accountId, door, { ...asked, asks });
    });
  }

  private async asked(accountId: string): Promise<ReturnType<typeof factorToAsk>> {
    return factorToAsk(await this.factors.kindOf(accountId), await policiesOf(this.database, accountId));
  }

  private async shown(token: string, code: string, arrival: Arrival): Promise<Proved | SecondFactorNeeded> {
    const challenge = await this.challenges.live(token, arrival.door);
    const { accountId } = challenge;
    await this.throttle.countTry(factorKey(accountId));
    const holder = await this.firstMembership(accountId, arrival);
    if (!holder) throw Refusal.unauthorised();
    if (challenge.asks === 'mail' && challenge.setsUp) return this.nowSetUp(challenge, token, code);
    const recoveryCodes = challenge.asks === 'set_up' ? newRecoveryCodes() : [];
    return {
      holder,
      opens: 'session.open',
      recoveryCodes: recoveryCodes.map(spokenRecoveryCode),
      within: async (tx) => {
        await this.challenges.endWithin(tx, challenge);
        const factor = await this.spend(tx, challenge, code, recoveryCodes);
        await forgetTries(tx, factorKey(accountId));
        return factor;
      },
    };
  }

  private async spend(
    tx: Tx,
    challenge: Challenge,
    code: string,
    recoveryCodes: string[],
  ): Promise<ShownFactor> {
    const { accountId, asks } = challenge;
    if (asks === 'set_up') {
      await this.factors.confirmWithin(tx, challenge, code, recoveryCodes);
      return 'totp';
    }
    if (asks === 'totp') {
      const shown = await this.factors.showWithin(tx, accountId, code);
      if (shown === null) throw wrongCode();
      return shown;
    }
    if (!this.challenges.isSentCode(challenge, code)) throw wrongCode();
    return 'mail';
  }

  private async nowSetUp(challenge: Challenge, token: string, code: string): Promise<SecondFactorNeeded> {
    if (!this.challenges.isSentCode(challenge, code)) {
      await this.recordRefusal(challenge.accountId);
      throw wrongCode();
    }
    const expiresAt = await this.unitOfWork.run(systemActor(challenge.schemeId, 'sign-in'), async (tx) => {
      await forgetTries(tx, factorKey(challenge.accountId));
      return this.challenges.goOnToSetUp(tx, challenge);
    });
    return { challengeToken: token, asks: 'set_up', expiresAt };
  }

  private async account(key: string): Promise<Account | null> {
    const [row] = await this.database.unscoped<Account>(sql`
      select id, password_hash, disabled_at is not null as disabled from user_account where email_hash = ${key}`);
    return row ?? null;
  }

  /** Where this browser was last, else the first. */
  private async firstMembership(accountId: string, { formerHash }: Arrival): Promise<Holder | null> {
    const [row] = await this.database.unscoped<Holder>(sql`
      select m.account_id as "accountId", m.scheme_id as "schemeId", m.id as "membershipId",
        m.organisation_id as "organisationId", m.role, m.triages
      from membership m join user_account a on a.id = m.account_id
      where m.account_id = ${accountId} and ${standing(sql`m`)} and a.disabled_at is null
      order by coalesce(m.id = (
          select s.membership_id from session s where s.cookie_hash = ${formerHash} and s.account_id = m.account_id), false) desc,
        m.created_at, m.id limit 1`);
    return row ?? null;
  }

  /** In the installation's chain: whose scheme it would have been is not known, or must not show. */
  private async recordRefusal(accountId: string | null): Promise<void> {
    await this.unitOfWork.run(systemActor(INSTALLATION, 'sign-in'), (tx) =>
      audit(tx, {
        action: 'session.refuse',
        ...(accountId ? { subject: { kind: 'user', id: accountId } } : {}),
      }),
    );
  }
}

const proved = (
  holder: Holder,
  shown: ShownFactor | null,
  remember: (tx: Tx) => Promise<void>,
  opens: Opening,
): Proved => ({
  holder,
  opens,
  recoveryCodes: [],
  within: async (tx) => {
    await remember(tx);
    return shown;
  },
});
