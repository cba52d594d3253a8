import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { INSTALLATION, type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { applyChanges } from '../platform/pure/changes.js';
import { reachFor } from '../permissions/reach.js';
import { emailHash, normaliseEmail } from './account.rules.js';
import { Accounts } from './accounts.service.js';
import { MembershipHooks } from './membership.hooks.js';
import { lockMembershipsOf, Memberships } from './memberships.service.js';
import { revokeSessions } from './sessions.service.js';
import type { AmendUserInput } from './user.dto.js';

const TAKEN = () => Refusal.invalidField('email', 'This address cannot be used. Try another');
CONSTRAINT_REFUSALS.set('user_account_email_hash_key', TAKEN);
CONSTRAINT_REFUSALS.set('user_profile_email', TAKEN);

interface Profile {
  version: number;
  name: string;
  email: string;
  phone: string | null;
}

@Injectable()
export class Users {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly memberships: Memberships,
    private readonly hooks: MembershipHooks,
  ) {}

  async amend(actor: MemberActor, id: string, version: number, input: AmendUserInput): Promise<string> {
    reachFor(actor, 'user.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lockProfile(tx, id);
      refuseStale(row.version, version);
      const { after, changed } = applyChanges(row, input);
      if (changed.length === 0) return id;
      if (normaliseEmail(after.email) !== normaliseEmail(row.email)) await moveAccount(tx, id, after.email);
      await tx.run(sql`
        update user_profile set version = version + 1, updated_at = ${tx.now}, name = ${after.name},
          email = ${after.email}, phone = ${after.phone}
        where scheme_id = ${tx.schemeId} and account_id = ${id}`);
      await audit(tx, { action: 'user.amend', subject: { kind: 'user', id }, details: { changed } });
      return id;
    });
  }

  /** In this scheme: the next request fails, and live work goes to whoever is named or to the standing cover. */
  async disable(actor: MemberActor, id: string, handTo: string | null): Promise<string> {
    reachFor(actor, 'user.disable');
    return this.unitOfWork.run(actor, async (tx) => {
      await lockProfile(tx, id);
      if (!(await this.disableWithin(tx, id, handTo))) {
        throw Refusal.illegalMove(
          'disabled',
          'disable',
          'This person is disabled, or has no membership left.',
        );
      }
      return id;
    });
  }

  /** Whether there was anything to disable. */
  private async disableWithin(tx: Tx, id: string, handTo: string | null): Promise<boolean> {
    const memberships = await lockMembershipsOf(tx, id);
    const leaving = memberships.filter((row) => row.user_disabled_at === null);
    if (leaving.length === 0) return false;
    await tx.run(sql`
      update membership set user_disabled_at = ${tx.now} where id = any(${leaving.map((row) => row.id)}::uuid[])`);
    // Those disabled one by one left their work behind then.
    await this.memberships.leaveWithin(
      tx,
      leaving.filter((row) => row.disabled_at === null),
      handTo,
      'disabled',
    );
    await audit(tx, { action: 'user.disable', subject: { kind: 'user', id } });
    return true;
  }

  /**
   * Everywhere in the installation, by whoever runs its commands. The account is shut first, which bites at once; then
   * each scheme hands over the work. Names the schemes that could not, because nobody was there to take it: they know at
   * least that this person has gone, so that what waits for them waits for the managers. Asked again, it is tried again.
   */
  async disableAccount(email: string): Promise<{ handedOver: string[]; refused: string[] } | null> {
    const account = await this.accounts.find(email);
    if (!account) return null;
    await this.unitOfWork.run(systemActor(INSTALLATION, 'user:disable'), async (tx) => {
      await tx.run(sql`update user_account set disabled_at = ${tx.now} where id = ${account.id}`);
      await revokeSessions(tx, { accountId: account.id }, 'user_disabled');
      await audit(tx, { action: 'user.disableAccount', subject: { kind: 'user', id: account.id } });
    });
    const schemes = await this.database.unscoped<{ id: string; name: string }>(sql`
      select distinct h.id, h.name from membership m join scheme h on h.id = m.scheme_id
      where m.account_id = ${account.id} and m.ended_at is null order by h.name, h.id`);
    const handedOver: string[] = [];
    const refused: string[] = [];
    for (const { id, name } of schemes) {
      const actor = systemActor(id, 'user:disable');
      try {
        await this.unitOfWork.run(actor, (tx) => this.goneWithin(tx, account.id));
        await this.unitOfWork.run(actor, async (tx) => {
          const left = await lockMembershipsOf(tx, account.id);
          await this.memberships.leaveWithin(
            tx,
            left.filter((row) => row.disabled_at === null),
            null,
            'disabled',
          );
        });
        handedOver.push(name);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused.push(name);
      }
    }
    return { handedOver, refused };
  }

  /** Marks that somebody does not work here any more, whatever becomes of their work. */
  private async goneWithin(tx: Tx, id: string): Promise<void> {
    const shut = await tx.rows<{ id: string }>(sql`
      update membership set user_disabled_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and account_id = ${id} and ended_at is null and user_disabled_at is null
      returning id`);
    if (shut.length === 0) return;
    await audit(tx, { action: 'user.disable', subject: { kind: 'user', id } });
    await this.hooks.shut.run(tx, { membershipIds: shut.map((row) => row.id) });
  }

  async enable(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'user.disable');
    return this.unitOfWork.run(actor, async (tx) => {
      await lockProfile(tx, id);
      const memberships = await lockMembershipsOf(tx, id);
      if (!memberships.some((row) => row.user_disabled_at)) {
        throw Refusal.illegalMove('live', 'enable', 'This person is not disabled in this scheme.');
      }
      if (await tx.maybe(sql`select 1 from user_account where id = ${id} and disabled_at is not null`)) {
        throw Refusal.illegalMove('shut', 'enable', 'The account is shut for the whole installation.');
      }
      await tx.run(sql`
        update membership set user_disabled_at = null
        where scheme_id = ${tx.schemeId} and account_id = ${id} and ended_at is null`);
      await audit(tx, { action: 'user.enable', subject: { kind: 'user', id } });
      await this.hooks.shut.run(tx, { membershipIds: memberships.map((row) => row.id) });
      return id;
    });
  }
}

async function lockProfile(tx: Tx, id: string): Promise<Profile> {
  const row = await tx.maybe<Profile>(sql`
    select version, name, email, phone from user_profile
    where scheme_id = ${tx.schemeId} and account_id = ${id} and email is not null for no key update`);
  if (!row) throw Refusal.notFound();
  return row;
}

/**
 * Whoever decides over an address can have its password reset, so a scheme may move an account only while no other
 * scheme relies on it.
 */
async function moveAccount(tx: Tx, id: string, email: string): Promise<void> {
  await tx.one(sql`select 1 from user_account where id = ${id} for no key update`);
  const elsewhere = await tx.maybe(sql`
    select 1 from membership where account_id = ${id} and scheme_id <> ${tx.schemeId} and ended_at is null limit 1`);
  if (elsewhere) {
    throw Refusal.conflict(
      'shared-account',
      'This person also works in another scheme, so the address they sign in with cannot be changed here.',
    );
  }
  await tx.run(sql`update user_account set email_hash = ${emailHash(email)} where id = ${id}`);
}
