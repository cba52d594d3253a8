import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, daysBetween, londonDate } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { reachFor } from '../permissions/reach.js';
import { MembershipHooks } from './membership.hooks.js';
import { type MembershipRow, Memberships } from './memberships.service.js';
import type { AmendProgramInput, MakeProgramInput, MakeProgramKeyInput } from './program.dto.js';
import { networkOf, programKey } from './program.rules.js';
import { KEY_DAYS, MOST_LIVE_KEYS, OLD_KEY_DAYS, PER_MINUTE } from './program.types.js';
import { derivedToken } from './token.rules.js';

type ProgramRow = MembershipRow & { version: number; addresses: string[]; per_minute: number };

/** Programs of others: each is a membership of an account that nobody signs in to, and comes in by key. */
@Injectable()
export class Programs {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly memberships: Memberships,
    private readonly config: Config,
    private readonly hooks: MembershipHooks,
  ) {}

  /** With its first key, whose id it gives. */
  make(actor: MemberActor, input: MakeProgramInput): Promise<string> {
    reachFor(actor, 'program.make');
    return this.unitOfWork.run(actor, async (tx) => {
      const networks = networksOf(input.addresses ?? []);
      const endsAt = endOf(tx, input.endsOn);
      const accountId = newId();
      await tx.run(sql`
        insert into user_account (id, kind, created_at) values (${accountId}, 'program', ${tx.now})`);
      await tx.run(sql`
        insert into user_profile (scheme_id, account_id, name, created_at, updated_at)
        values (${tx.schemeId}, ${accountId}, ${`Program ${input.name}`}, ${tx.now}, ${tx.now})`);
      const { organisationId, role } = input;
      const id = await this.memberships.createWithin(tx, accountId, { organisationId, role });
      await tx.run(sql`
        insert into program (membership_id, scheme_id, addresses, per_minute, created_by, created_at)
        values (${id}, ${tx.schemeId}, ${networks}::text[]::cidr[], ${input.perMinute ?? PER_MINUTE},
          ${actor.membershipId}, ${tx.now})`);
      await audit(tx, {
        action: 'program.make',
        subject: { kind: 'program', id },
        details: { organisationId, role, addresses: networks.length },
      });
      return this.addKey(tx, actor, id, endsAt);
    });
  }

  amend(actor: MemberActor, id: string, version: number, input: AmendProgramInput): Promise<string> {
    reachFor(actor, 'program.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lock(tx, id, 'amend');
      refuseStale(row.version, version);
      const addresses = input.addresses === undefined ? row.addresses : networksOf(input.addresses);
      const perMinute = input.perMinute ?? row.per_minute;
      if (perMinute === row.per_minute && String(addresses) === String(row.addresses)) return id;
      await tx.run(sql`
        update program set version = version + 1, addresses = ${addresses}::text[]::cidr[], per_minute = ${perMinute}
        where membership_id = ${id}`);
      await audit(tx, {
        action: 'program.amend',
        subject: { kind: 'program', id },
        details: { addresses: addresses.length, perMinute },
      });
      return id;
    });
  }

  /** Another key beside the one in use, which goes on for some days. Gives the new one's id. */
  renew(actor: MemberActor, id: string, input: MakeProgramKeyInput): Promise<string> {
    reachFor(actor, 'program.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      await lock(tx, id, 'make-key');
      const endsAt = endOf(tx, input.endsOn);
      const live = await tx.rows(sql`
        select id from program_key
        where membership_id = ${id} and revoked_at is null and ends_at > ${tx.now}`);
      if (live.length >= MOST_LIVE_KEYS) {
        throw Refusal.conflict('two-keys', 'Two keys work already. Revoke one of them first.');
      }
      const over = new Date(tx.now.getTime() + (input.oldKeyDays ?? OLD_KEY_DAYS) * 86_400_000);
      await tx.run(sql`
        update program_key set ends_at = least(ends_at, greatest(${over}::timestamptz, created_at + interval '1 second'))
        where membership_id = ${id} and revoked_at is null and ends_at > ${tx.now}`);
      return this.addKey(tx, actor, id, endsAt);
    });
  }

  /** It opens nothing from the next request on. */
  revoke(actor: MemberActor, id: string, keyId: string): Promise<string> {
    reachFor(actor, 'program.end');
    return this.unitOfWork.run(actor, async (tx) => {
      await lock(tx, id, 'revoke-key');
      const key = await tx.maybe<{ revoked: boolean }>(sql`
        select revoked_at is not null as revoked from program_key where membership_id = ${id} and id = ${keyId}`);
      if (!key) throw Refusal.notFound();
      if (key.revoked) throw Refusal.illegalMove('revoked', 'revoke', 'This key has been revoked already.');
      await tx.run(sql`update program_key set revoked_at = ${tx.now} where id = ${keyId}`);
      await audit(tx, { action: 'program.revokeKey', subject: { kind: 'program', id }, details: { keyId } });
      await this.hooks.programChanged.run(tx, { programId: id });
      return id;
    });
  }

  /** For good, with all its keys. */
  end(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'program.end');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lock(tx, id, 'end');
      await tx.run(sql`
        update program_key set revoked_at = ${tx.now} where membership_id = ${id} and revoked_at is null`);
      await this.memberships.leaveWithin(tx, [row], null, 'ended');
      await audit(tx, { action: 'program.end', subject: { kind: 'program', id } });
      await this.hooks.programChanged.run(tx, { programId: id });
      return id;
    });
  }

  /** Made from its id, so that a request that is repeated gets the same key; only its hash is kept. */
  private async addKey(tx: Tx, actor: MemberActor, id: string, endsAt: Date): Promise<string> {
    const keyId = newId();
    const key = programKey(derivedToken(this.config.tokenKey, 'program_key', keyId));
    await tx.run(sql`
      insert into program_key (id, membership_id, hash, ending, created_by, created_at, ends_at)
      values (${keyId}, ${id}, ${sha256(key)}, ${key.slice(-4)}, ${actor.membershipId}, ${tx.now}, ${endsAt})`);
    await audit(tx, { action: 'program.makeKey', subject: { kind: 'program', id }, details: { keyId } });
    await this.hooks.programChanged.run(tx, { programId: id });
    return keyId;
  }
}

async function lock(tx: Tx, id: string, action: string): Promise<ProgramRow> {
  const row = await tx.maybe<ProgramRow & Record<string, unknown>>(sql`
    select m.id, m.account_id, m.role, m.triages, m.disabled_at, m.user_disabled_at, m.ended_at, p.version,
      p.addresses::text[] as addresses, p.per_minute
    from program p join membership m on m.id = p.membership_id
    where p.scheme_id = ${tx.schemeId} and p.membership_id = ${id} for no key update`);
  if (!row) throw Refusal.notFound();
  if (row.ended_at)
    throw Refusal.illegalMove('ended', action, 'This program has been switched off for good.');
  return row;
}

function networksOf(addresses: readonly string[]): string[] {
  return [
    ...new Set(
      addresses.map((text) => {
        const network = networkOf(text);
        if (network === null) {
          throw Refusal.invalidField(
            'addresses',
            'Use addresses or networks, like 192.0.2.7 or 192.0.2.0/24',
          );
        }
        return network;
      }),
    ),
  ];
}

/** A key works to the end of its last day. */
function endOf(tx: Tx, endsOn: string | undefined): Date {
  const today = londonDate(tx.now);
  const last = endsOn ?? addDays(today, KEY_DAYS - 1);
  if (last < today || daysBetween(today, last) >= KEY_DAYS) {
    throw Refusal.invalidField('endsOn', 'Choose a day from today to a year from now');
  }
  return atLondon(addDays(last, 1), '00:00');
}
