import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor, Role } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { standing } from './cover.queries.js';
import type { FactorPolicy } from './second-factor.rules.js';

export interface PolicyRow {
  role: Role;
  settings: Partial<SchemeSettings>;
}

/** What each scheme that somebody works in says of the second factor. Asked before one of them is chosen. */
export const policiesOf = async (database: Database, accountId: string): Promise<FactorPolicy[]> =>
  (await database.unscoped<PolicyRow>(policyRows(sql`m.account_id = ${accountId}`))).map(policyOf);

/** The same of one membership. */
export const policyRows = (which: Sql): Sql => sql`
  select m.role, h.settings from membership m join scheme h on h.id = m.scheme_id
  where ${which} and ${standing(sql`m`)}`;

export function policyOf({ role, settings: given }: PolicyRow): FactorPolicy {
  const settings: SchemeSettings = { ...DEFAULT_SETTINGS, ...given };
  return {
    offered: settings.secondFactorOffered.includes(role),
    required: settings.secondFactorRequired.includes(role),
    mailWillDo: settings.secondFactorByMail.includes(role),
  };
}

@Injectable()
export class FactorPolicies {
  constructor(private readonly database: Database) {}

  /** What the scheme says of the second factor of whoever asks, in the role they act under. */
  async of({ membershipId }: MemberActor): Promise<FactorPolicy> {
    const [row] = await this.database.unscoped<PolicyRow>(policyRows(sql`m.id = ${membershipId}`));
    if (!row) throw new Error('A member without a membership.');
    return policyOf(row);
  }
}
