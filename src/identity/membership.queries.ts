import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { MemberActor, Role } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { PERMISSIONS, reachOf, type Action, type Reach } from '../permissions/permission.table.js';
import { standing } from './cover.queries.js';
import type { Me, MembershipBrief } from './session.dto.js';

export interface LiveMembership {
  id: string;
  accountId: string;
  organisationId: string;
  triages: boolean;
}

/** Every membership of a role that can sign in today, first come first. */
export async function liveMemberships(tx: Tx, role: Role): Promise<LiveMembership[]> {
  return tx.rows<LiveMembership>(sql`
    select m.id, m.account_id as "accountId", m.organisation_id as "organisationId", m.triages
    from membership m join user_account a on a.id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.role = ${role} and ${standing(sql`m`)} and a.disabled_at is null and a.kind = 'person'
    order by m.created_at, m.id`);
}

export interface Addressee {
  membershipId: string;
  role: Role;
  organisationId: string;
  name: string;
  email: string;
  phone: string | null;
}

/** Names and addresses of members, to write to them. Those who cannot sign in any more are left out. */
export async function addressees(tx: Tx, membershipIds: readonly string[]): Promise<Addressee[]> {
  return tx.rows<Addressee>(sql`
    select m.id as "membershipId", m.role, m.organisation_id as "organisationId", p.name, p.email,
      p.phone
    from membership m
    join user_account a on a.id = m.account_id
    join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.id = any(${membershipIds}::uuid[])
      and ${standing(sql`m`)} and a.disabled_at is null and a.kind = 'person'
    order by m.created_at, m.id`);
}

@Injectable()
export class MembershipQueries {
  constructor(private readonly database: Database) {}

  /** Those a person may act under, in whatever scheme, the first to act under first. */
  async ofAccount(accountId: string): Promise<MembershipBrief[]> {
    const rows = await this.database.unscoped<Omit<MembershipBrief, 'organisationName'>>(sql`
      select m.id, m.scheme_id as "schemeId", h.name as "schemeName", m.organisation_id as "organisationId", m.role
      from membership m join user_account a on a.id = m.account_id join scheme h on h.id = m.scheme_id
      where m.account_id = ${accountId} and ${standing(sql`m`)} and a.disabled_at is null
      order by m.created_at, m.id`);
    const names = new Map<string, string>();
    for (const schemeId of new Set(rows.map((row) => row.schemeId))) {
      const ids = rows.filter((row) => row.schemeId === schemeId).map((row) => row.organisationId);
      const organisations = await this.database.read<{ id: string; name: string }>(
        schemeId,
        sql`select id, name from organisation where scheme_id = ${schemeId} and id = any(${ids}::uuid[])`,
      );
      for (const { id, name } of organisations) names.set(id, name);
    }
    return rows.map((row) => ({ ...row, organisationName: names.get(row.organisationId) ?? '' }));
  }

  async me(actor: MemberActor): Promise<Me> {
    const [row] = await this.database.read<
      Pick<Me, 'name' | 'email'> & { schemeName: string; organisationName: string }
    >(
      actor.schemeId,
      sql`
        select p.name, p.email, h.name as "schemeName", o.name as "organisationName"
        from user_profile p
        join scheme h on h.id = p.scheme_id
        join organisation o on o.scheme_id = p.scheme_id and o.id = ${actor.organisationId}
        where p.scheme_id = ${actor.schemeId} and p.account_id = ${actor.accountId}`,
    );
    if (!row) throw new Error('A member without a profile.');
    const { name, email, schemeName, organisationName } = row;
    const { schemeId, organisationId, role } = actor;
    return {
      userId: actor.accountId,
      name,
      email,
      membership: { id: actor.membershipId, schemeId, schemeName, organisationId, organisationName, role },
      triages: actor.triages,
      actsFor: actor.actsFor,
      may: mayOf(role),
    };
  }
}

function mayOf(role: Role): Partial<Record<Action, Reach>> {
  return Object.fromEntries(
    (Object.keys(PERMISSIONS) as Action[])
      .map((action) => [action, reachOf(action, role)] as const)
      .filter(([, reach]) => reach !== 'none'),
  );
}
