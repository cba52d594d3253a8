import sql from 'sql-template-tag';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { Dice } from './dice.js';

/** Whose page anybody may try, and her son, who was given two things of it. */
export const OWN_PAGE_AT = 'grace@example.org';
export const SUPPORTER_AT = 'femi@example.org';

/** Dice of its own: what it rolls changes no story. */
const SEED = 41;

/** Somebody with a plan and, where there is one, an appointment ahead: reached by e-mail, and given her plan to read. */
export async function writeOwnPage(tx: Tx): Promise<void> {
  const dice = new Dice(SEED);
  const who = await tx.maybe<{ clientId: string; planId: string; version: number; ownerId: string }>(sql`
    select r.client_id as "clientId", p.id as "planId", p.version, r.owner_id as "ownerId"
    from referral r
    join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    join plan p on p.scheme_id = r.scheme_id and p.referral_id = r.id
    where r.scheme_id = ${tx.schemeId} and r.state = 'active' and c.standing = 'confirmed' and not c.safety_flag
      and c.death_recorded_at is null and c.under_age_basis is null
    order by exists (
      select 1 from appointment a
      where a.scheme_id = r.scheme_id and a.referral_id = r.id and a.state = 'made' and a.starts_at > ${tx.now}) desc, r.id
    limit 1`);
  if (!who) return;
  await tx.run(sql`
    update client set email = ${OWN_PAGE_AT}, safe_to_email = 'yes', version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = ${who.clientId}`);
  await tx.run(sql`
    insert into plan_share (scheme_id, id, plan_id, number, recipient, sections, shared_by, shared_at)
    values (${tx.schemeId}, ${dice.idAt(tx.now)}, ${who.planId}, ${who.version}, 'client',
      ${['goals', 'about_me', 'strengths']}, ${who.ownerId}, ${tx.now})
    on conflict (scheme_id, plan_id, organisation_id) where ended_at is null do nothing`);
  await tx.run(sql`
    insert into supporter (scheme_id, id, client_id, name, role, email, may_contact, shares, agreed_on, named_by, named_at)
    values (${tx.schemeId}, ${dice.idAt(tx.now)}, ${who.clientId}, 'Femi Brook', 'carer', ${SUPPORTER_AT}, true,
      ${['plan', 'appointments']}, ${londonDate(tx.now)}, ${who.ownerId}, ${tx.now})`);
}
