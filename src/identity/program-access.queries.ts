import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { MemberActor, Role } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { sha256 } from '../platform/pure/hash.js';
import { standing } from './cover.queries.js';
import { plainAddress } from './program.rules.js';
import { SEEN_EVERY_MS } from './session.rules.js';

const MINUTE_MS = 60_000;

interface Found {
  key_id: string;
  membership_id: string;
  account_id: string;
  scheme_id: string;
  organisation_id: string;
  role: Role;
  /** How often it asked in this minute, this time included; null from where it may not come. */
  asked: number | null;
  per_minute: number;
}

/** Who asks with a key, at every request: what was revoked a moment ago opens nothing now. */
@Injectable()
export class ProgramAccess {
  constructor(private readonly database: Database) {}

  /**
   * The program behind a key, or null where the key, the program or its organisation no longer stands, or it comes from
   * where it may not. Counted in the database, so that a limit is one limit for every process; refused requests from
   * elsewhere are not counted, or whoever found a key could use up what its owner needs.
   */
  async actorOf(key: string, address: string, now: Date): Promise<MemberActor | null> {
    const minute = new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS);
    const [found] = await this.database.unscoped<Found & Record<string, unknown>>(sql`
      with found as (
        select k.id as key_id, m.id as membership_id, m.account_id, m.scheme_id, m.organisation_id, m.role,
          p.per_minute, cardinality(p.addresses) = 0 or ${plainAddress(address)}::inet <<= any(p.addresses) as here
        from program_key k join program p on p.membership_id = k.membership_id
        join membership m on m.id = p.membership_id join user_account a on a.id = m.account_id
        where k.hash = ${sha256(key)} and k.revoked_at is null and k.ends_at > ${now}
          and ${standing(sql`m`)} and a.disabled_at is null and a.kind = 'program'),
      counted as (
        update program set minute_at = ${minute},
          asked = case when program.minute_at = ${minute} then program.asked + 1 else 1 end
        from found where program.membership_id = found.membership_id and found.here
        returning program.asked),
      seen as (
        update program_key set last_used_at = ${now} from found
        where program_key.id = found.key_id and found.here
          and (program_key.last_used_at is null or program_key.last_used_at < ${new Date(now.getTime() - SEEN_EVERY_MS)}))
      select found.*, (select asked from counted) as asked from found`);
    if (!found || found.asked === null) return null;
    if (found.asked > found.per_minute) {
      throw Refusal.tooMany(Math.ceil((minute.getTime() + MINUTE_MS - now.getTime()) / 1000));
    }
    const open = await this.database.maybe(
      found.scheme_id,
      sql`
      select 1 from organisation o
      where o.scheme_id = ${found.scheme_id} and o.id = ${found.organisation_id} and o.active`,
    );
    if (!open) return null;
    return {
      kind: 'member',
      schemeId: found.scheme_id,
      accountId: found.account_id,
      sessionId: found.key_id,
      membershipId: found.membership_id,
      organisationId: found.organisation_id,
      role: found.role,
      actsFor: [found.membership_id],
      triages: false,
      program: true,
    };
  }
}
