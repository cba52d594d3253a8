import sql from 'sql-template-tag';
import { emailHash } from '../identity/account.rules.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import type { Dice } from './dice.js';

const CLOSED_DAYS_AGO = 40;

/** Two groups that the stories do not touch: one that closed for good, and one from a list that somebody says is theirs. */
export async function writeGroupsApart(tx: Tx, dice: Dice, began: Date): Promise<void> {
  const today = londonDate(tx.now);
  const closedOn = addDays(today, -CLOSED_DAYS_AGO);
  const closedAt = new Date(tx.now.getTime() - CLOSED_DAYS_AGO * 86_400_000);
  const singers = await aGroup(tx, dice, began, 'Saltwick Pier Singers', 'Songs by the sea', 'closed');
  await tx.run(sql`
    update provider set closed_for_good_on = ${closedOn}, updated_at = ${closedAt}
    where scheme_id = ${tx.schemeId} and organisation_id = ${singers.organisationId}`);
  await tx.run(sql`
    update listing set confirmed_on = ${addDays(closedOn, -30)}, published_on = ${addDays(closedOn, -60)}, updated_at = ${closedAt}
    where scheme_id = ${tx.schemeId} and id = ${singers.listingId}`);
  await tx.run(sql`
    insert into provider_closure (scheme_id, id, organisation_id, reason, note, closed_on, closed_at, listings)
    values (${tx.schemeId}, ${dice.idAt(closedAt)}, ${singers.organisationId}, 'nobody_to_run_it',
      'The conductor moved away and nobody could take it on.', ${closedOn}, ${closedAt},
      ${JSON.stringify([{ id: singers.listingId, state: 'published' }])}::jsonb)`);
  await tx.run(sql`
    insert into provider_history (scheme_id, id, organisation_id, at, action, actor_name, changes)
    values (${tx.schemeId}, ${dice.idAt(closedAt)}, ${singers.organisationId}, ${closedAt}, 'provider.closedForGood', 'demo',
      ${JSON.stringify({ closedForGoodOn: { from: null, to: closedOn }, reason: 'nobody_to_run_it' })}::jsonb)`);

  const knitters = await aGroup(
    tx,
    dice,
    began,
    'Marlings Knit and Natter',
    'Knitting afternoon',
    'in_review',
  );
  const askedAt = new Date(tx.now.getTime() - 20 * 3_600_000);
  const email = 'ann.knits@example.org';
  await tx.run(sql`
    insert into provider_claim (scheme_id, id, organisation_id, state, name, email, email_hash, why, wants_sign_in, asked_at,
      proved_at)
    values (${tx.schemeId}, ${dice.idAt(askedAt)}, ${knitters.organisationId}, 'proved', 'Ann Lee', ${email},
      ${emailHash(email)}, 'I open the hall and make the tea. The library knows me.', true, ${askedAt}, ${askedAt})`);
  await tx.run(sql`
    insert into task (scheme_id, id, kind, audience, subject_kind, subject_id, due_at, created_at)
    values (${tx.schemeId}, ${dice.idAt(askedAt)}, 'group_claimed', 'managers', 'organisation',
      ${knitters.organisationId}, ${askedAt}, ${askedAt})`);
}

async function aGroup(
  tx: Tx,
  dice: Dice,
  began: Date,
  name: string,
  service: string,
  state: 'closed' | 'in_review',
): Promise<{ organisationId: string; listingId: string }> {
  const [organisationId, listingId] = [dice.idAt(began), dice.idAt(began)];
  await tx.run(sql`
    insert into organisation (scheme_id, id, name, kind, provides, created_at, updated_at)
    values (${tx.schemeId}, ${organisationId}, ${name}, 'community_group', true, ${began}, ${began})`);
  await tx.run(sql`
    insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
    values (${tx.schemeId}, ${organisationId}, 'community', ${began}, ${began})`);
  await tx.run(sql`
    insert into listing (scheme_id, id, organisation_id, name, description, state, needs, created_at, updated_at)
    values (${tx.schemeId}, ${listingId}, ${organisationId}, ${service}, 'Company, something to do, and tea.', ${state},
      array['loneliness', 'creativity_and_nature'], ${began}, ${began})`);
  return { organisationId, listingId };
}
