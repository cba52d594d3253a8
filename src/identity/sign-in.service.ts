import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { emailHash } from './account.rules.js';
import { standing } from './cover.queries.js';
import { Passwords } from './passwords.service.js';
import type { SignedIn } from './session.dto.js';
import { type Holder, type PageSession, Sessions } from './sessions.service.js';
import { forgetTries, Throttle } from './throttle.service.js';

interface Account {
  id: string;
  password_hash: string | null;
  disabled: boolean;
}

@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly throttle: Throttle,
  ) {}

  async signIn(email: string, password: string): Promise<SignedIn> {
    const { holder, within } = await this.proved(email, password);
    return this.sessions.open(holder, within);
  }

  async signInToPages(email: string, password: string): Promise<PageSession> {
    const { holder, within } = await this.proved(email, password);
    return this.sessions.openForPages(holder, within);
  }

  /** Unknown, disabled, without a membership and wrong password get one answer, after the same work. */
  private async proved(
    email: string,
    password: string,
  ): Promise<{ holder: Holder; within: (tx: Tx) => Promise<void> }> {
    const key = emailHash(email);
    await this.throttle.countTry(key);
    const account = await this.account(key);
    const right = await this.passwords.verify(account?.password_hash ?? null, password);
    const holder = account && right && !account.disabled ? await this.firstMembership(account.id) : null;
    if (!account || !holder) {
      await this.recordRefusal(account?.id ?? null);
      throw Refusal.unauthorised('The e-mail address or the password is not right.');
    }
    const stored = account.password_hash;
    const renewed = stored && this.passwords.isOutdated(stored) ? await this.passwords.hash(password) : null;
    return {
      holder,
      within: async (tx) => {
        await forgetTries(tx, key);
        if (!renewed) return;
        await tx.run(sql`
          update user_account set password_hash = ${renewed} where id = ${account.id} and password_hash = ${stored}`);
      },
    };
  }

  private async account(key: string): Promise<Account | null> {
    const [row] = await this.database.unscoped<Account>(sql`
      select id, password_hash, disabled_at is not null as disabled from user_account where email_hash = ${key}`);
    return row ?? null;
  }

  private async firstMembership(accountId: string): Promise<Holder | null> {
    const [row] = await this.database.unscoped<Holder>(sql`
      select m.account_id as "accountId", m.scheme_id as "schemeId", m.id as "membershipId",
        m.organisation_id as "organisationId", m.role, m.triages
      from membership m where m.account_id = ${accountId} and ${standing(sql`m`)}
      order by m.created_at, m.id limit 1`);
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
