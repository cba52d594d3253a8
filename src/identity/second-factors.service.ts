import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { currentClaim } from '../platform/http/request-context.js';
import { outbox } from '../platform/outbox/outbox.js';
import { Vault } from '../platform/vault/vault.js';
import { reachFor } from '../permissions/reach.js';
import { Accounts } from './accounts.service.js';
import { policiesOf } from './factor-policy.queries.js';
import { SECOND_FACTOR_CHANGED } from './identity.events.js';
import type { FactorChange } from './message.words.js';
import type { FactorOffer, FactorProofInput, SecondFactorView } from './second-factor.dto.js';
import {
  type FactorKind,
  newRecoveryCodes,
  newTotpSecret,
  normaliseCode,
  type ShownFactor,
  spokenRecoveryCode,
  stepOfCode,
  totpAddress,
} from './second-factor.rules.js';
import { revokeSessions } from './sessions.service.js';
import { forgetTries, Throttle } from './throttle.service.js';
import { derivedToken } from './token.rules.js';

/** Long enough to find and install an app. */
export const OFFER_MS = 30 * 60_000;

/** Tries at the codes of an account, whichever sign-in or page they come from. */
export const factorKey = (accountId: string): string => `factor:${accountId}`;

/** The holder of an offer: a session, or a sign-in that is not finished. */
interface OfferHolder {
  id: string;
  accountId: string;
}

const WRONG_CODE = 'The code is not right, or was used before. Wait for the next one';
export const wrongCode = (): Refusal => Refusal.invalidField('code', WRONG_CODE);

@Injectable()
export class SecondFactors {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly vault: Vault,
    private readonly accounts: Accounts,
    private readonly throttle: Throttle,
  ) {}

  async view({ accountId }: MemberActor): Promise<SecondFactorView> {
    const [kept] = await this.database.unscoped<{ kind: FactorKind; since: Date; left: number }>(sql`
      select f.kind, f.since, (
        select count(*)::int from recovery_code c where c.account_id = f.account_id and c.used_at is null) as left
      from second_factor f where f.account_id = ${accountId}`);
    const policies = await policiesOf(this.database, accountId);
    const required = policies.filter((policy) => policy.required);
    return {
      kind: kept?.kind ?? null,
      since: kept?.since ?? null,
      recoveryCodesLeft: kept?.left ?? 0,
      offered: policies.some((policy) => policy.offered),
      required: required.length > 0,
      mailWillDo:
        policies.some((policy) => policy.offered && policy.mailWillDo) &&
        required.every((policy) => policy.mailWillDo),
    };
  }

  async kindOf(accountId: string): Promise<FactorKind | null> {
    const [kept] = await this.database.unscoped<{ kind: FactorKind }>(
      sql`select kind from second_factor where account_id = ${accountId}`,
    );
    return kept?.kind ?? null;
  }

  /** A secret to be put into an app. It counts once a code made from it came back to the same session. */
  async offer(actor: MemberActor, proof: FactorProofInput): Promise<FactorOffer> {
    if (!(await this.view(actor)).offered) throw notOffered();
    await this.accounts.proveOwn(actor.accountId, proof.password);
    await this.change(actor, proof, (tx) =>
      this.offerWithin(tx, { id: actor.sessionId, accountId: actor.accountId }),
    );
    const offered = await this.offered(actor);
    if (!offered) throw noOffer();
    return offered;
  }

  /** What was offered to this session and waits for its code. */
  async offered(actor: MemberActor): Promise<FactorOffer | null> {
    return this.offeredTo({ id: actor.sessionId, accountId: actor.accountId }, actor.schemeId);
  }

  async offeredTo({ id, accountId }: OfferHolder, schemeId: string): Promise<FactorOffer | null> {
    const [row] = await this.database.unscoped<{ secret: string }>(offerOf(id, accountId, this.clock.now()));
    const secret = this.offeredSecret(row, accountId);
    if (secret === null) return null;
    const person = await this.database.maybe<{ email: string; scheme: string }>(
      schemeId,
      sql`select p.email, h.name as scheme from user_profile p join scheme h on h.id = p.scheme_id
        where p.scheme_id = ${schemeId} and p.account_id = ${accountId}`,
    );
    if (!person) throw new Error('A member without a profile.');
    return { secret, address: totpAddress(secret, person.scheme, person.email) };
  }

  async offerWithin(tx: Tx, { id, accountId }: OfferHolder): Promise<void> {
    const secret = this.vault.lock('second-factor', accountId, newTotpSecret());
    const end = new Date(tx.now.getTime() + OFFER_MS);
    await tx.run(sql`
      insert into second_factor_offer (holder_id, account_id, secret, expires_at)
      values (${id}, ${accountId}, ${secret}, ${end})
      on conflict (holder_id) do update set secret = excluded.secret, expires_at = excluded.expires_at`);
  }

  /** The app is set up. Gives the recovery codes, which nobody can be shown again. */
  async confirm(actor: MemberActor, code: string): Promise<string[]> {
    const { accountId, sessionId } = actor;
    await this.throttle.countTry(factorKey(accountId));
    const codes = newRecoveryCodes();
    await this.unitOfWork.run(actor, async (tx) => {
      await this.confirmWithin(tx, { id: sessionId, accountId }, code, codes);
      await tx.run(sql`update session set factor = 'totp' where id = ${sessionId}`);
      return accountId;
    });
    return shownOnce(codes);
  }

  async confirmWithin(tx: Tx, { id, accountId }: OfferHolder, code: string, codes: string[]): Promise<void> {
    const row = await tx.maybe<{ secret: string }>(sql`${offerOf(id, accountId, tx.now)} for update`);
    const secret = this.offeredSecret(row ?? undefined, accountId);
    if (secret === null) throw noOffer();
    const step = stepOfCode(secret, normaliseCode(code), tx.now, -1);
    if (step === null) throw wrongCode();
    await tx.run(sql`delete from second_factor where account_id = ${accountId}`);
    await tx.run(sql`
      insert into second_factor (account_id, kind, secret, used_step, since)
      values (${accountId}, 'totp', ${this.vault.lock('second-factor', accountId, secret)}, ${step}, ${tx.now})`);
    await tx.run(sql`delete from second_factor_offer where account_id = ${accountId}`);
    await this.keepCodes(tx, accountId, codes);
    await forgetTries(tx, factorKey(accountId));
    await told(tx, accountId, 'set_up');
  }

  /** Codes to the work mailbox, for whoever has no telephone at work. */
  async useMail(actor: MemberActor, proof: FactorProofInput): Promise<void> {
    if (!(await this.view(actor)).mailWillDo) throw notOffered();
    await this.accounts.proveOwn(actor.accountId, proof.password);
    await this.change(actor, proof, async (tx) => {
      await tx.run(sql`delete from second_factor where account_id = ${actor.accountId}`);
      await tx.run(sql`
        insert into second_factor (account_id, kind, since) values (${actor.accountId}, 'mail', ${tx.now})`);
      await told(tx, actor.accountId, 'by_mail');
    });
  }

  async renewCodes(actor: MemberActor, proof: FactorProofInput): Promise<string[]> {
    const { accountId } = actor;
    if ((await this.kindOf(accountId)) !== 'totp') {
      throw Refusal.illegalMove(
        'none',
        'renewCodes',
        'Recovery codes stand in for an app. Set one up first.',
      );
    }
    await this.accounts.proveOwn(accountId, proof.password);
    const codes = newRecoveryCodes();
    await this.change(actor, proof, async (tx) => {
      await tx.run(sql`delete from recovery_code where account_id = ${accountId}`);
      await this.keepCodes(tx, accountId, codes);
      await told(tx, accountId, 'codes_renewed');
    });
    return shownOnce(codes);
  }

  async remove(actor: MemberActor, proof: FactorProofInput): Promise<void> {
    const { accountId } = actor;
    const { kind, required } = await this.view(actor);
    if (kind === null) throw nothingThere('removeFactor');
    if (required) {
      throw Refusal.conflict(
        'factor-required',
        'Your scheme asks for a second factor at each sign-in, so there has to be one.',
      );
    }
    await this.accounts.proveOwn(accountId, proof.password);
    await this.change(actor, proof, async (tx) => {
      await tx.run(sql`delete from second_factor where account_id = ${accountId}`);
      await told(tx, accountId, 'removed');
    });
  }

  /** For somebody whose telephone is gone: the password alone signs in until another is set up, and every session ends. */
  async reset(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'user.resetFactor');
    return this.unitOfWork.run(actor, async (tx) => {
      const member = await tx.maybe(sql`
        select 1 from user_profile where scheme_id = ${tx.schemeId} and account_id = ${id} for no key update`);
      if (!member) throw Refusal.notFound();
      if (id === actor.accountId) {
        throw Refusal.conflict('own-factor', 'Change your own second factor on the page of your account.');
      }
      const { administers, elsewhere } = await tx.one<{ administers: boolean; elsewhere: boolean }>(sql`
        select coalesce(bool_or(role = 'administrator' and scheme_id = ${tx.schemeId}), false) as administers,
          coalesce(bool_or(scheme_id <> ${tx.schemeId}), false) as elsewhere
        from membership where account_id = ${id} and ended_at is null`);
      if (administers && actor.role !== 'administrator') {
        throw Refusal.conflict(
          'administrator',
          'Only another administrator can do this for an administrator.',
        );
      }
      if (elsewhere) {
        throw Refusal.conflict(
          'shared-account',
          'This person also works in another scheme, which may rely on their second factor. Whoever runs Betony can reset it.',
        );
      }
      await resetWithin(tx, id);
      return id;
    });
  }

  /** The same by whoever runs the installation. False where nobody who works anywhere has the address. */
  async resetAccount(email: string): Promise<boolean> {
    const account = await this.accounts.find(email);
    if (!account) return false;
    const [home] = await this.database.unscoped<{ scheme_id: string }>(sql`
      select scheme_id from membership where account_id = ${account.id} order by created_at, id limit 1`);
    if (!home) return false;
    await this.unitOfWork.run(systemActor(home.scheme_id, 'user:reset-factor'), (tx) =>
      resetWithin(tx, account.id),
    );
    return true;
  }

  /** Uses up a code of the app, or a recovery code. Null where it is neither; of two at once one gets through. */
  async showWithin(tx: Tx, accountId: string, typed: string): Promise<ShownFactor | null> {
    const kept = await tx.maybe<{ secret: string; used_step: string }>(sql`
      select secret, used_step from second_factor where account_id = ${accountId} and kind = 'totp' for update`);
    if (!kept) return null;
    const code = normaliseCode(typed);
    const secret = this.vault.open('second-factor', accountId, kept.secret);
    const step = secret === null ? null : stepOfCode(secret, code, tx.now, Number(kept.used_step));
    if (step !== null) {
      await tx.run(sql`update second_factor set used_step = ${step} where account_id = ${accountId}`);
      return 'totp';
    }
    const used = await tx.run(sql`
      update recovery_code set used_at = ${tx.now}
      where account_id = ${accountId} and hash = ${this.hashOf(accountId, code)} and used_at is null`);
    if (used.rowCount !== 1) return null;
    await told(tx, accountId, 'recovery_used');
    return 'recovery';
  }

  /** With the code of the app where there is one; the password was proved before, since hashing takes long. */
  private async change(
    actor: MemberActor,
    { code }: FactorProofInput,
    work: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const { accountId } = actor;
    const asked = (await this.kindOf(accountId)) === 'totp';
    if (asked && code === undefined) {
      throw Refusal.invalidField('code', 'Enter the code your app shows, or a recovery code');
    }
    if (asked) await this.throttle.countTry(factorKey(accountId));
    await this.unitOfWork.run(actor, async (tx) => {
      // Looked at again under lock: an app may have been set up elsewhere meanwhile.
      const app = await tx.maybe(
        sql`select 1 from second_factor where account_id = ${accountId} and kind = 'totp' for update`,
      );
      if (app) {
        if ((await this.showWithin(tx, accountId, code ?? '')) === null) throw wrongCode();
        await forgetTries(tx, factorKey(accountId));
      }
      await work(tx);
      return accountId;
    });
  }

  private async keepCodes(tx: Tx, accountId: string, codes: string[]): Promise<void> {
    const hashes = codes.map((code) => this.hashOf(accountId, code));
    await tx.run(sql`
      insert into recovery_code (account_id, hash) select ${accountId}, hash from unnest(${hashes}::text[]) as hash`);
  }

  /** Keyed: 50 bits could be tried out by whoever had the hashes alone. */
  private hashOf(accountId: string, code: string): string {
    return derivedToken(this.config.dataKey, 'recovery_code', `${accountId}\n${code}`);
  }

  private offeredSecret(row: { secret: string } | undefined, accountId: string): string | null {
    return row ? this.vault.open('second-factor', accountId, row.secret) : null;
  }
}

const offerOf = (holderId: string, accountId: string, now: Date) => sql`
  select secret from second_factor_offer
  where holder_id = ${holderId} and account_id = ${accountId} and expires_at > ${now}`;

async function resetWithin(tx: Tx, accountId: string): Promise<void> {
  const gone = await tx.run(sql`delete from second_factor where account_id = ${accountId}`);
  if (gone.rowCount !== 1) throw nothingThere('resetFactor');
  await tx.run(sql`delete from second_factor_offer where account_id = ${accountId}`);
  await tx.run(sql`
    update sign_in_challenge set ended_at = ${tx.now} where account_id = ${accountId} and ended_at is null`);
  await revokeSessions(tx, { accountId }, 'factor_reset');
  await forgetTries(tx, factorKey(accountId));
  await told(tx, accountId, 'reset');
}

const AUDITED: Record<FactorChange, Act> = {
  set_up: 'user.setUpFactor',
  by_mail: 'user.setUpFactor',
  codes_renewed: 'user.renewRecoveryCodes',
  recovery_used: 'user.useRecoveryCode',
  removed: 'user.removeFactor',
  reset: 'user.resetFactor',
};

/** Recorded, and told to the person by mail: whoever did not do it learns of it. */
async function told(tx: Tx, accountId: string, what: FactorChange): Promise<void> {
  await audit(tx, {
    action: AUDITED[what],
    subject: { kind: 'user', id: accountId },
    details: { what },
  });
  await outbox.add(tx, SECOND_FACTOR_CHANGED, { accountId, what });
}

/** A repeated request did nothing and knows no codes. */
function shownOnce(codes: string[]): string[] {
  if (currentClaim()?.replayed) {
    throw Refusal.conflict('codes-shown-once', 'Recovery codes are shown once. Make new ones.');
  }
  return codes.map(spokenRecoveryCode);
}

const notOffered = (): Refusal =>
  Refusal.conflict('factor-not-offered', 'Your scheme does not offer this to your role.');
const noOffer = (): Refusal =>
  Refusal.conflict('factor-not-begun', 'There is nothing to confirm. Begin again to set up an app.');
const nothingThere = (action: string): Refusal =>
  Refusal.illegalMove('none', action, 'There is no second factor.');
