import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { outbox } from '../platform/outbox/outbox.js';
import { equalInTime, newToken, sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { emailHash } from './account.rules.js';
import { Accounts } from './accounts.service.js';
import type { Arrival } from './arrival.js';
import { standing } from './cover.queries.js';
import { policyOf, type PolicyRow, policyRows } from './factor-policy.queries.js';
import { CODE_ENTRY_ASKED } from './identity.events.js';
import { byCodeAlone, normaliseCode } from './second-factor.rules.js';
import { SecondFactors, wrongCode } from './second-factors.service.js';
import { type OnPages, SignIn } from './sign-in.service.js';
import { forgetTries, Throttle } from './throttle.service.js';
import { askerAt } from './throttle.rules.js';
import { derivedCode, derivedToken } from './token.rules.js';

export const CODE_ENTRY_MINUTES = 10;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * Anybody may ask in somebody's name: their mailbox should not fill up, and no stranger should use up what is sent to it. So
 * each that asks has a share, and all of them together an end.
 */
const MOST_SENT_AN_HOUR = { toOneThatAsks: 5, inAll: 30 };
/** Of those who ask each waits after tries of their own; only so many of everybody's make all of them wait. */
const FREE_TRIES_OF_ALL = 100;

interface Entry {
  id: string;
  emailHash: string;
  accountId: string | null;
  askerHash: string | null;
}

/**
 * Coming in with a code to the mailbox and no password: for groups, where no scheme they help asks for more. It proves what
 * setting the password anew by a link proves, and no more. What anybody is answered is the same for every address.
 */
@Injectable()
export class CodeEntry {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly accounts: Accounts,
    private readonly factors: SecondFactors,
    private readonly throttle: Throttle,
    private readonly signIns: SignIn,
  ) {}

  /**
   * What the browser keeps until the code is typed; it is worth nothing without. `from` is the address on the network, and
   * `language` what the page was read in.
   */
  async ask(email: string, from: string, language: string): Promise<string> {
    const account = await this.accounts.find(email);
    // The same is asked of an address that nobody has, in the same time.
    const home = await this.homeOf(account && !account.disabled ? account.id : newId());
    const token = newToken();
    await this.unitOfWork.run(systemActor(home ?? INSTALLATION, 'sign-in'), async (tx) => {
      const [id, accountId] = [newId(), home && account ? account.id : null];
      const expiresAt = new Date(tx.now.getTime() + CODE_ENTRY_MINUTES * MINUTE_MS);
      await tx.run(sql`
        insert into code_entry (hash, id, email_hash, account_id, asker_hash, created_at, expires_at)
        values (${sha256(token)}, ${id}, ${emailHash(email)}, ${accountId},
          ${derivedToken(this.config.tokenKey, 'code_entry_asker', askerAt(from))}, ${tx.now}, ${expiresAt})`);
      await outbox.add(tx, CODE_ENTRY_ASKED, { accountId, entryId: id, language });
    });
    return token;
  }

  /** A code of nobody's, one that ran out, was used or is wrong: one answer, after as many tries. */
  async answer(token: string, code: string, arrival: Arrival): Promise<OnPages> {
    const entry = await this.find(token);
    const all = sha256(`code entry\n${entry?.emailHash ?? token}`);
    const own = sha256(`${all}\n${entry?.askerHash ?? ''}`);
    // First, so that whoever waits makes nobody else wait.
    await this.throttle.countTry(own);
    await this.throttle.countTry(all, FREE_TRIES_OF_ALL);
    const accountId = entry && this.isCode(entry, code) ? entry.accountId : null;
    if (!entry || accountId === null || (await this.homeOf(accountId)) === null) {
      await this.recordRefusal(entry?.accountId ?? null);
      throw wrongCode();
    }
    return this.signIns.signInProved(accountId, arrival, {
      shown: null,
      opens: 'session.openByCode',
      remember: async (tx) => {
        // Of two answers at once one gets through.
        const ended = await tx.run(sql`
          update code_entry set ended_at = ${tx.now} where id = ${entry.id} and ended_at is null`);
        if (ended.rowCount !== 1) throw wrongCode();
        await forgetTries(tx, own);
        await forgetTries(tx, all);
      },
    });
  }

  codeOf(id: string): string {
    return derivedCode(this.config.tokenKey, 'code_entry', id);
  }

  /** Whether a code is still of use to whoever it goes to, and their mailbox is not full of them. */
  async maySend(tx: Tx, id: string, accountId: string): Promise<boolean> {
    const since = new Date(tx.now.getTime() - HOUR_MS);
    // Whoever asks more often than they are written to counts no more in all: one stranger keeps nobody out.
    const live = await tx.maybe(sql`
      with asked as (
        select o.asker_hash, count(*) as times from code_entry o, code_entry e
        where e.id = ${id} and o.account_id = ${accountId} and o.created_at > ${since} and o.id <= e.id
        group by o.asker_hash)
      select 1 from code_entry e join asked mine on mine.asker_hash is not distinct from e.asker_hash
      where e.id = ${id} and e.ended_at is null and e.expires_at > ${tx.now}
        and mine.times <= ${MOST_SENT_AN_HOUR.toOneThatAsks}
        and (select sum(least(times, ${MOST_SENT_AN_HOUR.toOneThatAsks})) from asked) <= ${MOST_SENT_AN_HOUR.inAll}`);
    return live !== null;
  }

  private isCode({ id }: Entry, typed: string): boolean {
    return equalInTime(normaliseCode(typed), this.codeOf(id));
  }

  private async find(token: string): Promise<Entry | null> {
    const [row] = await this.database.unscoped<Entry & Record<string, unknown>>(sql`
      select id, email_hash as "emailHash", account_id as "accountId", asker_hash as "askerHash" from code_entry
      where hash = ${sha256(token)} and ended_at is null and expires_at > ${this.clock.now()}`);
    return row ?? null;
  }

  /** The scheme that writes to them; null for whoever has to show more than a mailbox. */
  private async homeOf(accountId: string): Promise<string | null> {
    const [rows, kept, [home]] = await Promise.all([
      this.database.unscoped<PolicyRow & Record<string, unknown>>(
        policyRows(sql`m.account_id = ${accountId}`),
      ),
      this.factors.kindOf(accountId),
      this.database.unscoped<{ schemeId: string }>(sql`
        select m.scheme_id as "schemeId" from membership m
        where m.account_id = ${accountId} and ${standing(sql`m`)} order by m.created_at, m.id limit 1`),
    ]);
    const memberships = rows.map((row) => ({ role: row.role, required: policyOf(row).required }));
    return home && byCodeAlone(kept, memberships) ? home.schemeId : null;
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
