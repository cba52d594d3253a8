import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { standing } from '../identity/cover.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import type { ClaimsQuery, ClaimView } from './claim.dto.js';
import { ofProviderWithin } from './provider.reach.js';

/** Whether somebody can sign in for a group. */
export const signsInFor = (schemeId: Sql, organisationId: Sql): Sql => sql`exists (
  select 1 from membership m join user_account a on a.id = m.account_id
  where m.scheme_id = ${schemeId} and m.organisation_id = ${organisationId} and m.role = 'provider_member'
    and ${standing(sql`m`)} and a.kind = 'person')`;

/**
 * Whether somebody answers for the group of `provider p`: a person is named, signs in for it, or has answered by a link to
 * the address on file. Until then it is unclaimed, and nobody has changed anything for it. A link that is read and not
 * answered makes no difference, and neither does an address of which a directory only says that it is theirs.
 */
export const answeredFor: Sql = sql`(p.contact_name is not null or exists (
  select 1 from contact_point c
  where c.scheme_id = p.scheme_id and c.organisation_id = p.organisation_id and c.answered_at is not null
    and c.left_at is null)
  or ${signsInFor(sql`p.scheme_id`, sql`p.organisation_id`)})`;

const CLAIMS: Sql = sql`
  select k.id, k.organisation_id as "organisationId", o.name as "organisationName", ${answeredFor} as "answeredFor",
    k.state, k.name, k.email, k.why, k.wants_sign_in as "wantsSignIn", k.asked_at as "askedAt", k.proved_at as "provedAt",
    u.name as "decidedBy", k.decided_at as "decidedAt", k.decided_because as "decidedBecause"
  from provider_claim k
  join provider p on p.scheme_id = k.scheme_id and p.organisation_id = k.organisation_id
  join organisation o on o.scheme_id = k.scheme_id and o.id = k.organisation_id
  left join membership d on d.scheme_id = k.scheme_id and d.id = k.decided_by
  left join user_profile u on u.scheme_id = d.scheme_id and u.account_id = d.account_id`;

export interface ClaimedGroup {
  group: string;
  scheme: string;
  /** The scheme's. */
  phone: string | null;
  /** `closed`: for good. `gone`: no longer on the list, as after an import that was taken back. */
  standing: 'there' | 'closed' | 'gone';
}

@Injectable()
export class ClaimsQueries {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(actor: Actor, query: ClaimsQuery): Promise<Page<ClaimView>> {
    const within = ofProviderWithin(actor, reachFor(actor, 'claim.list'), sql`k.organisation_id`);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const states = query.state ?? ['proved'];
    const rows = await this.database.read<ClaimView>(
      actor.schemeId,
      sql`
      ${CLAIMS}
      where k.scheme_id = ${actor.schemeId} and ${within} and k.state = any(${states}::text[])
        and (${before}::uuid is null or k.id < ${before}::uuid)
      order by k.id desc limit ${limit + 1}`,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async get(actor: Actor, id: string): Promise<ClaimView> {
    const within = ofProviderWithin(actor, reachFor(actor, 'claim.list'), sql`k.organisation_id`);
    const row = await this.database.maybe<ClaimView>(
      actor.schemeId,
      sql`${CLAIMS} where k.scheme_id = ${actor.schemeId} and k.id = ${id} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return row;
  }

  /** For anybody who has the address of the form: what a group is called, whether it is there, and nothing else of it. */
  async group(schemeId: string, organisationId: string): Promise<ClaimedGroup> {
    const row = await this.database.maybe<ClaimedGroup>(
      schemeId,
      sql`
      select o.name as group, s.name as scheme, (
          select h.phone from organisation h
          where h.scheme_id = o.scheme_id and h.kind = 'host' and h.phone is not null order by h.id limit 1) as phone,
        case when p.closed_for_good_on is not null then 'closed' when o.active then 'there' else 'gone' end as standing
      from provider p
      join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
      join scheme s on s.id = p.scheme_id
      where p.scheme_id = ${schemeId} and p.organisation_id = ${organisationId}`,
    );
    if (!row) throw Refusal.notFound();
    return row;
  }
}
