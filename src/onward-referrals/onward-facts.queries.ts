import sql, { type Sql } from 'sql-template-tag';
import type { SafeAnswer, Interpreter, FaithPreference, PlaceSource } from '../clients/client.types.js';
import { flagsOf } from '../clients/lone-worker-flags.service.js';
import type { LoneWorkerFlag } from '../clients/lone-worker-flag.types.js';
import { agreesToSupport } from '../clients/support.queries.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { ageOn } from '../platform/pure/names.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';
import type { AccessNeed } from '../platform/words/access.js';
import type { Circumstance, Presence } from '../platform/words/circumstances.js';
import type { Need } from '../platform/words/needs.js';
import type { ClientFacts } from '../providers/listing.gates.js';
import type { Level } from '../providers/provider.types.js';
import type { ReferralState } from '../referrals/referral.types.js';
import { ownServiceOf, secondPersonAgreed } from './offer-approval.queries.js';
import type { OwnService } from './offer-approval.types.js';
import { ageBand, contactShown, nameFor, type ContactShown, type GroupField } from './onward.rules.js';
import {
  LIVE_STATES,
  type CalledBy,
  type ContactRoute,
  type HowSoon,
  type OnlyFor,
  type SafetyInstruction,
} from './onward.types.js';

/** What of a client's record may ever reach a group, or decide whether it may. From `client c`. */
/** What a person `c` is called where more would be too much, on an onward referral `o`. */
export const calledBy: Sql = sql`
  case when c.initials_only or o.called_by = 'initials' then left(c.first_name, 1) || '.' || left(c.last_name, 1) || '.'
    else coalesce(c.known_as, c.first_name) end`;

export const PERSON_COLUMNS = sql`
  c.first_name as "firstName", c.last_name as "lastName", c.known_as as "knownAs", c.initials_only as "initialsOnly",
  c.date_of_birth::text as "dateOfBirth", c.phone, c.email, c.address, c.postcode,
  c.safe_to_call as "safeToCall", c.safe_to_text as "safeToText", c.safe_to_email as "safeToEmail",
  c.safe_to_write as "safeToWrite", c.safe_to_leave_message as "safeToLeaveMessage",
  c.reach_note as "reachNote", c.access_needs as "accessNeeds", c.language, c.interpreter`;

export interface PersonRow {
  firstName: string;
  lastName: string;
  knownAs: string | null;
  initialsOnly: boolean;
  dateOfBirth: string;
  phone: string | null;
  email: string | null;
  address: string | null;
  postcode: string | null;
  safeToCall: SafeAnswer;
  safeToText: SafeAnswer;
  safeToEmail: SafeAnswer;
  safeToWrite: SafeAnswer;
  safeToLeaveMessage: SafeAnswer;
  reachNote: string | null;
  accessNeeds: AccessNeed[];
  language: string;
  interpreter: Interpreter;
}

/** P9: what a client has agreed, and not taken back, to share with an organisation; a column of text[]. */
export const agreedScopes = (clientId: Sql, organisationId: Sql): Sql => sql`array(
  select distinct one.scope from agreement a, unnest(a.scope) as one(scope)
  where a.scheme_id = bound_scheme() and a.client_id = ${clientId} and a.organisation_id = ${organisationId}
    and a.withdrawn_at is null)`;

/** Whether the same service was asked again for the same person since this ended: what was said of its end no longer holds. */
export const askedAgain = (row: Sql): Sql => sql`exists (
  select 1 from onward_referral again
  where again.scheme_id = ${row}.scheme_id and again.referral_id = ${row}.referral_id
    and again.listing_id = ${row}.listing_id and again.id <> ${row}.id and again.offered_at >= ${row}.ended_at)`;

/** One client and one service, as far as an offer needs to know: read again under lock before it is made. */
export interface OfferSubject extends PersonRow {
  client_id: string;
  referralState: ReferralState;
  reasons: Need[];
  risks: Circumstance[];
  flags: LoneWorkerFlag[];
  level: Level;
  listingId: string;
  /** YYYY-MM-DD: the last day somebody said that what is said of the service is right. */
  listingConfirmedOn: string | null;
  organisationId: string;
  dayPlacePostcode: string | null;
  placeFoundBy: PlaceSource | null;
  latitude: number | null;
  longitude: number | null;
  faithPreference: FaithPreference;
  faithTradition: string | null;
  neverOffer: boolean;
  /** Whether they agree today to be supported by the scheme at all. */
  supported: boolean;
  agreed: string[];
  /** Offers of this referral that still wait for an answer or a place. */
  waiting: number;
  /** Whose own service it would be, where no second person has agreed to that; null where none is needed. */
  secondPerson: OwnService | null;
  /** One of this referral to this service is live. */
  alreadyLive: boolean;
  /** Sessions or times of the service that run and have places of their own. */
  periods: { id: string; name: string }[];
  /** The scheme's own numbers. */
  settings: Partial<SchemeSettings>;
}

export const offerSubject = (actor: Actor, referralId: string, listingId: string, within: Sql): Sql => sql`
  select r.client_id, r.state as "referralState", r.reasons, r.risks,
    ${flagsOf(sql`r.scheme_id`, sql`r.client_id`)} as flags, l.level, l.id as "listingId",
    l.confirmed_on::text as "listingConfirmedOn", l.organisation_id as "organisationId", ${PERSON_COLUMNS},
    c.day_place_postcode as "dayPlacePostcode", c.place_found_by as "placeFoundBy", c.latitude, c.longitude,
    c.faith_preference as "faithPreference", c.faith_tradition as "faithTradition",
    exists (
      select 1 from never_offer n
      where n.scheme_id = r.scheme_id and n.client_id = r.client_id and n.organisation_id = l.organisation_id
    ) as "neverOffer",
    ${agreesToSupport(sql`r.scheme_id`, sql`r.client_id`)} as supported,
    ${agreedScopes(sql`r.client_id`, sql`l.organisation_id`)} as agreed,
    (
      select count(*)::int from onward_referral x
      where x.scheme_id = r.scheme_id and x.referral_id = r.id and x.state in ('offered', 'waitlisted')
    ) as waiting,
    case when not ${secondPersonAgreed} then ${ownServiceOf(actor)} end as "secondPerson",
    exists (
      select 1 from onward_referral x
      where x.scheme_id = r.scheme_id and x.referral_id = r.id and x.listing_id = l.id
        and x.state = any(${LIVE_STATES}::text[])
    ) as "alreadyLive",
    coalesce((
      select json_agg(json_build_object('id', q.id, 'name', q.name) order by q.from_on, q.id) from place_period q
      where q.scheme_id = r.scheme_id and q.listing_id = l.id and q.state = 'running'), '[]') as periods,
    s.settings
  from referral r
  join scheme s on s.id = r.scheme_id
  join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
  join listing l on l.scheme_id = r.scheme_id and l.id = ${listingId}
  where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${within}`;

export interface AskedOfGates {
  needs: readonly Need[];
  confirmed: readonly OnlyFor[];
  mustAvoid: readonly Presence[];
  people: number;
}

/** What of a subject the gates follow from. */
export type FactColumn =
  | 'dateOfBirth'
  | 'postcode'
  | 'dayPlacePostcode'
  | 'placeFoundBy'
  | 'latitude'
  | 'longitude'
  | 'risks'
  | 'faithPreference'
  | 'faithTradition'
  | 'neverOffer';

/** Codes only, for the gates: no name, no number, no story. Somebody without an address counts from where they spend the day. */
export function clientFacts(
  subject: Pick<OfferSubject, FactColumn>,
  asked: AskedOfGates,
  now: Date,
): ClientFacts {
  const postcode = subject.placeFoundBy === 'day_place' ? subject.dayPlacePostcode : subject.postcode;
  const { latitude, longitude } = subject;
  return {
    outward: postcode?.split(' ')[0] ?? null,
    point: latitude === null || longitude === null ? null : { lat: latitude, lon: longitude },
    age: ageOn(subject.dateOfBirth, londonDate(now)),
    needs: asked.needs,
    circumstances: subject.risks,
    mustAvoid: asked.mustAvoid,
    meets: asked.confirmed,
    faithPreference: subject.faithPreference,
    faithTradition: subject.faithTradition,
    neverOffer: subject.neverOffer,
    people: asked.people,
  };
}

export interface SharedFacts {
  calledBy: CalledBy;
  contactRoute: ContactRoute;
  sharesAccess: boolean;
  needs: Need[];
  helpNote: string | null;
  howSoon: HowSoon;
  safetyInstructions: SafetyInstruction[];
  confirmed: OnlyFor[];
}

export interface GroupFacts extends Record<GroupField, unknown> {
  calledBy: string;
  fullName: string;
  ageBand: string;
  needs: Need[];
  helpNote: string | null;
  howSoon: HowSoon;
  safetyInstructions: SafetyInstruction[];
  accessNeeds: AccessNeed[] | null;
  language: string | null;
  interpreter: Interpreter | null;
  confirmed: OnlyFor[];
  contact: ContactShown;
}

/** Everything a group could see of a person, before the step and the agreement take away. The preview and the group's own page both start here. */
export function groupFacts(
  person: PersonRow,
  offer: SharedFacts,
  agreed: readonly string[],
  now: Date,
): GroupFacts {
  return {
    // Asked for since the offer, or by the other record of a merge, it holds from now on.
    calledBy: nameFor(person.initialsOnly ? 'initials' : offer.calledBy, person),
    fullName: `${person.firstName} ${person.lastName}`,
    ageBand: ageBand(person.dateOfBirth, londonDate(now)),
    needs: offer.needs,
    helpNote: offer.helpNote,
    howSoon: offer.howSoon,
    safetyInstructions: offer.safetyInstructions,
    accessNeeds: offer.sharesAccess ? person.accessNeeds : null,
    language: offer.sharesAccess ? person.language : null,
    interpreter: offer.sharesAccess ? person.interpreter : null,
    confirmed: offer.confirmed,
    contact: contactShown(offer.contactRoute, person, agreed.includes('contact_details')),
  };
}
