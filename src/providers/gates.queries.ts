import sql from 'sql-template-tag';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { checkGates, type ClientFacts, type Gate, type GateProvider } from './listing.gates.js';
import { LISTING_COLUMNS } from './listing-row.js';
import type { ListingRow } from './listing.types.js';
import { PERIODS } from './rhythm.queries.js';

/** What the gates and the order ask of a provider, as one object; from `provider p` and `organisation o`. */
export const GATE_PROVIDER = sql`
  json_build_object('sector', p.sector, 'tradition', p.tradition, 'prayer', p.prayer,
    'religiousContent', p.religious_content, 'remit', p.remit, 'limits', p.limits, 'pausedFrom', p.paused_from,
    'pausedUntil', p.paused_until, 'personalContactUntil', p.personal_contact_until, 'aloneUntil', p.alone_until,
    'noPressureAgreed', p.no_pressure_agreed, 'closedForGoodOn', p.closed_for_good_on, 'active', o.active,
    'replyWithinDays', p.reply_within_days, 'periods', ${PERIODS})`;

/**
 * Every gate between one person and one service, from the rows as they are in this transaction. The facts come from
 * whoever may read the person's record; a service that is not there refuses as not found.
 */
export async function gatesFor(tx: Tx, listingId: string, facts: ClientFacts): Promise<Gate[]> {
  const row = await tx.maybe<ListingRow & { provider: GateProvider }>(sql`
    select ${LISTING_COLUMNS}, ${GATE_PROVIDER} as provider
    from listing l
    join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
    join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    where l.scheme_id = ${tx.schemeId} and l.id = ${listingId}`);
  if (!row) throw Refusal.notFound();
  return checkGates(facts, row, row.provider, londonDate(tx.now), await schemeSettings(tx));
}
