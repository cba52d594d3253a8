import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { INSTALLATION, type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { PASSWORD_CHANGED } from './identity.events.js';
import { newId } from '../platform/pure/ids.js';
import { emailHash } from './account.rules.js';
import { deadLink, OneTimeLinks } from './one-time-links.service.js';
import { passwordProblem } from './password.rules.js';
import { isWellKnown } from './well-known.rules.js';
import { wellKnownPasswords } from './well-known-passwords.js';
import { Passwords } from './passwords.service.js';
import { revokeSessions } from './sessions.service.js';
import { forgetTries, Throttle } from './throttle.service.js';

export interface Account {
  id: string;
  emailHash: string;
  passwordHash: string | null;
  disabled: boolean;
}

const ACCOUNT = sql`
  id, email_hash as "emailHash", password_hash as "passwordHash", disabled_at is not null as disabled`;

/** What a person proved about a password before the transaction, since hashing takes longer than a lock should last. */
export interface ProvedPassword {
  /** To be kept, where the account has none yet. */
  hash: string | null;
  /** The hash it was compared with, where the account has one. */
  matched: string | null;
}

/** Where a form has the new password beside the present one. */
const CHOSEN_PASSWORD = 'newPassword';

/** Who can sign in at all: installation-wide, holding the hash of an address and the hash of a password. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly passwords: Passwords,
    private readonly throttle: Throttle,
    private readonly links: OneTimeLinks,
  ) {}

  async find(email: string): Promise<Account | null> {
    const [account] = await this.database.unscoped<Account>(
      sql`select ${ACCOUNT} from user_account where email_hash = ${emailHash(email)}`,
    );
    return account ?? null;
  }

  /** A first password for a new account, or the one that somebody already signs in with. */
  async prove(email: string, password: string): Promise<ProvedPassword> {
    const account = await this.find(email);
    if (account?.disabled) throw deadLink();
    if (account?.passwordHash) {
      await this.throttle.countTry(account.emailHash);
      if (await this.passwords.verify(account.passwordHash, password)) {
        return { hash: null, matched: account.passwordHash };
      }
      throw Refusal.invalidField('password', 'You sign in here already. Give the password you have');
    }
    return { hash: await this.hashNew(password, emailHash(email)), matched: null };
  }

  /** That it is the person of the account who sits at the keyboard. */
  async proveOwn(accountId: string, password: string): Promise<void> {
    const account = await this.get(accountId);
    await this.throttle.countTry(account.emailHash);
    if (!(await this.passwords.verify(account.passwordHash, password))) {
      throw Refusal.invalidField('password', 'That is not your password');
    }
    await this.unitOfWork.run(systemActor(INSTALLATION, 'own password'), (tx) =>
      forgetTries(tx, account.emailHash),
    );
  }

  /** The account of an address, made with the proved password if there was none. */
  async openWithin(tx: Tx, email: string, proved: ProvedPassword): Promise<string> {
    const hash = emailHash(email);
    await tx.run(sql`
      insert into user_account (id, email_hash, password_hash, created_at)
      values (${newId()}, ${hash}, ${proved.hash}, ${tx.now}) on conflict (email_hash) do nothing`);
    const account = await tx.one<Account>(
      sql`select ${ACCOUNT} from user_account where email_hash = ${hash} for no key update`,
    );
    if (account.disabled) throw deadLink();
    if (account.passwordHash === null && proved.hash) {
      await tx.run(sql`update user_account set password_hash = ${proved.hash} where id = ${account.id}`);
    } else if (account.passwordHash !== proved.hash && account.passwordHash !== proved.matched) {
      throw Refusal.conflict(
        'password-changed',
        'The password was set at the same moment elsewhere. Try again.',
      );
    }
    await forgetTries(tx, hash);
    return account.id;
  }

  /** By one-time link. Every session of the account ends, since somebody else may hold one, and they are told by mail. */
  async resetPassword(token: string, password: string): Promise<void> {
    const { schemeId, subjectId } = await this.links.find('password_reset', token, this.clock.now());
    const account = await this.get(subjectId);
    const hash = await this.hashNew(password, account.emailHash);
    await this.unitOfWork.run(systemActor(schemeId, 'password reset'), async (tx) => {
      await this.links.claim(tx, 'password_reset', token);
      const kept = await tx.run(sql`
        update user_account set password_hash = ${hash} where id = ${subjectId} and disabled_at is null`);
      if (kept.rowCount !== 1) throw deadLink();
      await this.links.revoke(tx, 'password_reset', subjectId);
      await revokeSessions(tx, { accountId: subjectId }, 'password_changed');
      await forgetTries(tx, account.emailHash);
      await audit(tx, { action: 'user.resetPassword', subject: { kind: 'user', id: subjectId } });
      await outbox.add(tx, PASSWORD_CHANGED, { accountId: subjectId });
    });
  }

  /** By whoever is signed in. Every other session of theirs ends, and they are told by mail. */
  async changePassword(actor: MemberActor, present: string, chosen: string): Promise<void> {
    const account = await this.get(actor.accountId);
    await this.throttle.countTry(account.emailHash);
    await this.unitOfWork.run(actor, async (tx) => {
      if (!(await this.passwords.verify(account.passwordHash, present))) {
        throw Refusal.invalidField('password', 'That is not your password');
      }
      if (present === chosen) throw Refusal.invalidField(CHOSEN_PASSWORD, 'That is the password you have');
      const hash = await this.hashNew(chosen, account.emailHash, CHOSEN_PASSWORD);
      const kept = await tx.run(sql`
        update user_account set password_hash = ${hash}
        where id = ${account.id} and password_hash = ${account.passwordHash}`);
      if (kept.rowCount !== 1) {
        throw Refusal.conflict(
          'password-changed',
          'The password was set at the same moment elsewhere. Try again.',
        );
      }
      await this.links.revoke(tx, 'password_reset', account.id);
      await revokeSessions(tx, { accountId: account.id, but: actor.sessionId }, 'password_changed');
      await forgetTries(tx, account.emailHash);
      await audit(tx, { action: 'user.changePassword', subject: { kind: 'user', id: account.id } });
      await outbox.add(tx, PASSWORD_CHANGED, { accountId: account.id });
      return account.id;
    });
  }

  private async get(id: string): Promise<Account> {
    const [account] = await this.database.unscoped<Account>(
      sql`select ${ACCOUNT} from user_account where id = ${id}`,
    );
    if (!account) throw deadLink();
    return account;
  }

  private async hashNew(password: string, ownEmailHash: string, field = 'password'): Promise<string> {
    const problem =
      passwordProblem(password, ownEmailHash) ??
      (isWellKnown(password, await wellKnownPasswords())
        ? 'This password is one of the first that others would try. Three random words are good'
        : null);
    if (problem) throw Refusal.invalidField(field, problem);
    return this.passwords.hash(password);
  }
}
