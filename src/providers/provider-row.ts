import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { ProviderRow } from './provider.types.js';

/** The columns of ProviderRow, from `provider p` and `organisation o`. */
export const PROVIDER_COLUMNS = sql`
  p.organisation_id as "organisationId", o.name, o.kind, o.active, p.version, p.sector, p.tradition,
  p.tradition_shown as "traditionShown", p.in_place_of_worship as "inPlaceOfWorship", p.prayer,
  p.religious_content as "religiousContent", p.religious_content_examples as "religiousContentExamples",
  p.woman_volunteer as "womanVolunteer", p.food, p.dress, p.languages,
  p.how_to_work_with_us as "howToWorkWithUs", p.remit, p.remit_note as "remitNote", p.limits,
  p.limits_note as "limitsNote", p.answers_by as "answersBy", p.contact_name as "contactName",
  p.contact_email as "contactEmail", p.contact_phone as "contactPhone", p.contact_shared as "contactShared",
  p.reply_within_days as "replyWithinDays", p.quiet_days as "quietDays", p.paused_from::text as "pausedFrom",
  p.paused_until::text as "pausedUntil", p.personal_contact_until::text as "personalContactUntil",
  p.alone_until::text as "aloneUntil", p.no_pressure_agreed as "noPressureAgreed",
  p.closed_for_good_on::text as "closedForGoodOn"`;

/** Locks one provider and authorises in the same statement. */
export async function lockProvider(tx: Tx, organisationId: string, within: Sql): Promise<ProviderRow> {
  const provider = await tx.maybe<ProviderRow>(sql`
    select ${PROVIDER_COLUMNS} from provider p
    join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
    where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${organisationId} and ${within}
    for no key update of p`);
  if (!provider) throw Refusal.notFound();
  return provider;
}
