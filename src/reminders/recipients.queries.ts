import sql from 'sql-template-tag';
import { emailHash } from '../identity/account.rules.js';
import { agreesToSupport } from '../clients/support.queries.js';
import { standing } from '../identity/cover.queries.js';
import type { Tx } from '../platform/database/tx.js';

/** Why nothing may be sent to a client by e-mail; null address with no reason never happens. */
export type NotSafe =
  'died' | 'merged' | 'paused' | 'not_safe' | 'not_asked' | 'no_address' | 'agreement_withdrawn';

export interface ClientMail {
  id: string;
  email: string | null;
  because: NotSafe | null;
  safetyFlag: boolean;
}

/** P6, "still safe?": only an address somebody said is safe, of a living person who agrees to be supported. */
export async function clientMail(tx: Tx, ids: readonly string[]): Promise<Map<string, ClientMail>> {
  const rows = await tx.rows<{
    id: string;
    email: string | null;
    safe: 'yes' | 'no' | 'not_asked';
    safetyFlag: boolean;
    died: boolean;
    merged: boolean;
    paused: boolean;
    agreed: boolean;
  }>(sql`
    select c.id, c.email, c.safe_to_email as safe, c.safety_flag as "safetyFlag",
      c.death_recorded_at is not null as died, c.standing = 'merged' as merged,
      c.messages_paused_at is not null as paused,
      ${agreesToSupport(sql`c.scheme_id`, sql`c.id`)} as agreed
    from client c where c.scheme_id = ${tx.schemeId} and c.id = any(${ids}::uuid[])`);
  return new Map(
    rows.map((row) => {
      const because = notSafe(row);
      const { id, safetyFlag } = row;
      return [id, { id, safetyFlag, because, email: because === null ? row.email : null }];
    }),
  );
}

function notSafe(row: {
  email: string | null;
  safe: 'yes' | 'no' | 'not_asked';
  died: boolean;
  merged: boolean;
  paused: boolean;
  agreed: boolean;
}): NotSafe | null {
  if (row.died) return 'died';
  if (row.merged) return 'merged';
  if (!row.agreed) return 'agreement_withdrawn';
  if (row.paused) return 'paused';
  if (row.safe !== 'yes') return row.safe === 'no' ? 'not_safe' : 'not_asked';
  return row.email === null ? 'no_address' : null;
}

/**
 * Where a group is written to. A group that answers by phone is rung instead, and one without an address too: also where
 * somebody said at the organisation's own address that nobody there helps any more.
 */
export async function groupMail(tx: Tx, organisationIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ id: string; email: string; left: string[] }>(sql`
    select o.id, coalesce(p.contact_email, o.email) as email,
      case when p.contact_email is null then array(
        select c.email_hash from contact_point c
        where c.scheme_id = o.scheme_id and c.organisation_id = o.id and c.left_at is not null)
      else '{}'::text[] end as left
    from organisation o
    left join provider p on p.scheme_id = o.scheme_id and p.organisation_id = o.id
    where o.scheme_id = ${tx.schemeId} and o.id = any(${organisationIds}::uuid[])
      and coalesce(p.contact_email, o.email) is not null and p.answers_by is distinct from 'phone'`);
  const reached = rows.filter(({ email, left }) => !left.includes(emailHash(email)));
  return new Map(reached.map((row) => [row.id, row.email]));
}

/** An organisation's inbox for what became of its referrals. */
export async function inboxMail(tx: Tx, organisationIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ id: string; email: string }>(sql`
    select id, coalesce(feedback_email, email) as email from organisation
    where scheme_id = ${tx.schemeId} and id = any(${organisationIds}::uuid[])
      and coalesce(feedback_email, email) is not null`);
  return new Map(rows.map((row) => [row.id, row.email]));
}

export interface ReferrerMail {
  referralId: string;
  organisationId: string | null;
  membershipId: string | null;
}

/** Who is told what became of a referral: the practice's feedback address, else its author, else its inbox. */
export async function referrerMail(
  tx: Tx,
  referralIds: readonly string[],
): Promise<Map<string, ReferrerMail>> {
  const rows = await tx.rows<{
    id: string;
    organisationId: string | null;
    hasFeedback: boolean;
    hasInbox: boolean;
    authorId: string | null;
  }>(sql`
    select r.id, o.id as "organisationId", o.feedback_email is not null as "hasFeedback",
      o.email is not null as "hasInbox",
      (select m.id from membership m join user_account a on a.id = m.account_id
        where m.scheme_id = r.scheme_id and m.id = r.author_id and m.organisation_id = r.organisation_id
          and ${standing(sql`m`)} and a.disabled_at is null) as "authorId"
    from referral r left join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id
    where r.scheme_id = ${tx.schemeId} and r.id = any(${referralIds}::uuid[])`);
  const found = new Map<string, ReferrerMail>();
  for (const { id, organisationId, hasFeedback, hasInbox, authorId } of rows) {
    if (organisationId !== null && (hasFeedback || (authorId === null && hasInbox))) {
      found.set(id, { referralId: id, organisationId, membershipId: null });
    } else if (authorId !== null) {
      found.set(id, { referralId: id, organisationId: null, membershipId: authorId });
    }
  }
  return found;
}
