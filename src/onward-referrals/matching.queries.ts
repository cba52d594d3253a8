import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, encodeCursor } from '../platform/http/pagination.js';
import type { Point } from '../platform/pure/distance.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import type { AccessNeed } from '../platform/words/access.js';
import type { Need } from '../platform/words/needs.js';
import { GATE_LISTING, GATE_PROVIDER } from '../providers/gates.queries.js';
import type { ListingNamed } from '../providers/listing.dto.js';
import { LISTING_COLUMNS } from '../providers/listing-row.js';
import { candidates, ListingSearch, placeView, type Sought } from '../providers/listing-search.queries.js';
import { checkGates } from '../providers/listing.gates.js';
import { OWNER_COLUMNS, shown, type Owned } from '../providers/listing.view.js';
import {
  inOrder,
  loadSince,
  scored,
  standingOf,
  type Standing,
  type OrderFacts,
  type OrderListing,
  type OrderProvider,
} from '../providers/matching.rules.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { MatchesPage, MatchQuery, MatchView, ShortlistedView, WhyView } from './matching.dto.js';
import {
  clientFacts,
  type AskedOfGates,
  type FactColumn,
  type OfferSubject,
} from './onward-facts.queries.js';
import { onwardWithin } from './onward.reach.js';
import { LIVE_STATES, type OnwardState, type ShortlistAnswer } from './onward.types.js';
import { LAST_SENT } from './shortlist-sent.js';

/** The nearest so many are weighed, and so many more of which nobody knows where they are. */
const MOST_WEIGHED = 300;
const MOST_UNPLACED = 100;
/** How a group answers is told by its last so many offers: those of a year of a large one would be counted for every search. */
const ANSWERS_THAT_TELL = 100;
/** Written out, so that an index of these alone is seen to hold them. */
const LIVE = sql`o.state in (${raw(LIVE_STATES.map((state) => `'${state}'`).join(', '))})`;
const NEXT_CANDIDATES = 2;

/** What matching may know of the person of a referral. */
export interface MatchSubject extends Pick<OfferSubject, Exclude<FactColumn, 'neverOffer'>> {
  /** The referral's. */
  id: string;
  client_id: string;
  reasons: Need[];
  language: string;
  accessNeeds: AccessNeed[];
  /** Organisations this person must never be offered to. */
  neverOfferTo: string[];
  /** Every service they were offered to under this referral, and how that stands. */
  offered: { listingId: string; state: OnwardState }[];
  /** What is kept in mind under this referral. */
  kept: Kept[];
  settings: Partial<SchemeSettings>;
}

interface FoundRow extends OrderListing {
  id: string;
  organisationId: string;
  provider: OrderProvider;
  carrying: number;
  asked: number;
  noReply: number;
  waiting: number;
  expectedWeeks: number | null;
}

/** Without its class, so that more can stand beside it. */
type Shown = Pick<MatchView, keyof MatchView>;

/** A service that was weighed. Hundreds are, and a page is shown: the words for it are found for that page alone. */
export interface Weighed extends Omit<Shown, 'listing' | 'gates' | 'parts'> {
  id: string;
  needs: readonly Need[];
  reasons: () => Pick<Shown, 'gates' | 'parts'>;
}

/** Reads rows: on its own, or inside a transaction. */
type Read = (statement: Sql) => Promise<FoundRow[]>;

interface Kept {
  id: string;
  listingId: string;
  note: string | null;
  /** As JSON writes it. */
  keptAt: string;
  /** When it was last sent to the person, as JSON writes it, and what they said to that. */
  sentAt: string | null;
  /** Null where it was not sent. */
  waits: boolean | null;
  answer: ShortlistAnswer | null;
}

type Asked = AskedOfGates & { id: string; referralId: string };

type Question = Omit<MatchQuery, 'limit' | 'after' | 'unsuitable'>;

/**
 * Which services suit the person of a referral: every gate's verdict and an explained order, worked out when asked.
 * Nothing of it is kept, since places and pauses change by the hour.
 */
@Injectable()
export class MatchingQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly listings: ListingSearch,
  ) {}

  async search(actor: Actor, referralId: string, query: MatchQuery): Promise<MatchesPage> {
    const after = decodeIdCursor(query.after);
    const known = await this.subject(actor, 'listing.match', referralId);
    const near = query.near === undefined ? null : await this.listings.locate(query);
    const subject = near ? { ...known, ...fromThere(near.point) } : known;
    const facts = this.facts(subject, query);
    const sought = this.soughtFor(actor.schemeId, facts, query);
    // Put right as in the search without a person: within what was asked here, not within what they were referred for.
    const asTyped = this.soughtFor(actor.schemeId, facts, query, query.needs ?? null);
    const { rows, ...words } = await this.listings.byWords(
      asTyped,
      (text) => this.weigh(actor, subject, query, [], text),
      sought,
    );
    const found = firstOf(rows, query, after);
    return {
      items: await this.shown(actor, found.page),
      next: found.next,
      weighed: found.weighed,
      mayBeOffered: found.mayBeOffered,
      distanceKnown: subject.latitude !== null,
      near: near && placeView(near),
      ...words,
    };
  }

  /** Why this one, or why not, whatever state it is in: against the same services as the search without words. */
  async why(actor: Actor, referralId: string, listingId: string, query: Question): Promise<WhyView> {
    const subject = await this.subject(actor, 'listing.match', referralId);
    const weighed = await this.weigh(actor, subject, query, [listingId]);
    const one = weighed.find(({ id }) => id === listingId);
    const [view] = one ? await this.shown(actor, [one]) : [];
    if (!one || !view) throw Refusal.notFound();
    const better = weighed.filter(({ standing }) => standing === 'may_be_offered');
    return {
      ...view,
      position: one.standing === 'may_be_offered' ? better.indexOf(one) + 1 : null,
      mayBeOffered: better.length,
    };
  }

  /** What was kept in mind for a referral, weighed beside what the search weighs, best first. */
  async shortlist(actor: Actor, referralId: string): Promise<ShortlistedView[]> {
    const subject = await this.subject(actor, 'shortlist.list', referralId);
    const { kept } = subject;
    if (kept.length === 0) return [];
    const of = new Map(kept.map((item) => [item.listingId, item]));
    const weighed = await this.weigh(actor, subject, {}, [...of.keys()]);
    const views = await this.shown(
      actor,
      weighed.filter(({ id }) => of.has(id)),
    );
    return views.flatMap((view) => {
      const item = of.get(view.listing.id);
      if (!item) return [];
      const { id, note, keptAt, sentAt, waits, answer } = item;
      return [
        {
          ...view,
          id,
          note,
          keptAt: new Date(keptAt),
          sentAt: sentAt === null ? null : new Date(sentAt),
          waits: waits ?? false,
          answer,
        },
      ];
    });
  }

  /** The same by how each of them stands alone. */
  async keptStandings(actor: Actor, referralId: string): Promise<Map<string, Standing>> {
    const subject = await this.subject(actor, 'shortlist.list', referralId);
    const ids = subject.kept.map(({ listingId }) => listingId);
    if (ids.length === 0) return new Map();
    const weighed = await this.weigh(actor, subject, {}, ids);
    return new Map(weighed.filter(({ kept }) => kept).map(({ id, standing }) => [id, standing]));
  }

  async shortlisted(actor: Actor, referralId: string, id: string): Promise<ShortlistedView> {
    const item = (await this.shortlist(actor, referralId)).find((one) => one.id === id);
    if (!item) throw Refusal.notFound();
    return item;
  }

  /**
   * Where to turn after a "no", a silence or a late yes: the two best that pass every gate for the same wish and were
   * not asked under this referral.
   */
  async nextAfter(actor: Actor, onwardReferralId: string): Promise<MatchView[]> {
    const [asked] = await this.askedOf(actor, [onwardReferralId]);
    if (!asked) throw Refusal.notFound();
    const subject = await this.subject(actor, 'listing.match', asked.referralId);
    return this.shown(actor, await this.notAskedYet(actor, subject, asked));
  }

  /**
   * The same for several onward referrals, by name alone. For lists that have already recorded whom they show; what is
   * out of reach is left out.
   */
  async nextAfterEach(
    actor: Actor,
    onwardReferralIds: readonly string[],
  ): Promise<Map<string, ListingNamed[]>> {
    if (onwardReferralIds.length === 0) return new Map();
    const asked = await this.askedOf(actor, onwardReferralIds);
    const referralIds = asked.map(({ referralId }) => referralId);
    const subjects = await this.database.read<MatchSubject>(
      actor.schemeId,
      matchSubject(actor.schemeId, sql`r.id = any(${referralIds}::uuid[])`),
    );
    const subjectOf = new Map(subjects.map((subject) => [subject.id, subject]));
    const next = new Map<string, Weighed[]>();
    // One after another: a list must not take every connection there is.
    for (const one of asked) {
      const subject = subjectOf.get(one.referralId);
      if (subject) next.set(one.id, await this.notAskedYet(actor, subject, one));
    }
    const views = await this.shown(actor, [...next.values()].flat());
    const nameOf = new Map(
      views.map(({ listing: { id, name, freshness } }) => [id, { id, name, freshness }]),
    );
    return new Map(
      [...next].map(([id, weighed]) => [id, weighed.flatMap((one) => nameOf.get(one.id) ?? [])]),
    );
  }

  /** What was asked of the gates for these, as far as they are within reach. */
  private askedOf(actor: Actor, onwardReferralIds: readonly string[]): Promise<Asked[]> {
    const within = onwardWithin(actor, reachFor(actor, 'listing.match'), this.clock.now());
    return this.database.read<Asked>(
      actor.schemeId,
      sql`
        select o.id, o.referral_id as "referralId", o.needs, o.confirmed, o.must_avoid as "mustAvoid", o.people
        from onward_referral o
        where o.scheme_id = ${actor.schemeId} and o.id = any(${onwardReferralIds}::uuid[]) and ${within}`,
    );
  }

  private async notAskedYet(actor: Actor, subject: MatchSubject, asked: Asked): Promise<Weighed[]> {
    const weighed = await this.weigh(actor, subject, {
      needs: [...asked.needs],
      confirmed: [...asked.confirmed],
      mustAvoid: [...asked.mustAvoid],
      people: asked.people,
    });
    return weighed
      .filter(({ standing, offered }) => standing === 'may_be_offered' && offered === null)
      .slice(0, NEXT_CANDIDATES);
  }

  async subject(actor: Actor, action: Action, referralId: string): Promise<MatchSubject> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, action), now);
    const fact = { action, subject: { kind: 'referral', id: referralId } };
    const subject = await this.database.maybe<MatchSubject>(
      actor.schemeId,
      auditedRead(actor, now, fact, matchSubject(actor.schemeId, sql`r.id = ${referralId} and ${within}`)),
    );
    if (!subject) throw Refusal.notFound();
    return subject;
  }

  /** In order, best first. Those of `beside` are weighed too, though nothing would have found it; `text` as it was meant. */
  async weigh(
    actor: Actor,
    subject: MatchSubject,
    question: Question,
    beside: readonly string[] = [],
    text = question.text ?? null,
  ): Promise<Weighed[]> {
    const facts = this.facts(subject, question);
    if (question.withinMiles !== undefined && facts.point === null) {
      throw Refusal.invalidField('withinMiles', 'We do not know where they live. Say where to look from');
    }
    const which = this.candidatesFor({ ...this.soughtFor(actor.schemeId, facts, question), text });
    const also = sql`(${which}) union select unnest(${beside}::uuid[])`;
    const read: Read = (statement) => this.database.read(actor.schemeId, statement);
    return this.weighThese(read, actor.schemeId, subject, question, also);
  }

  /** For what the product does by itself, in its own transaction; nobody is shown it, so no reading is written down. */
  subjectsWithin(tx: Tx, which: Sql): Promise<MatchSubject[]> {
    return tx.rows<MatchSubject>(matchSubject(tx.schemeId, which));
  }

  weighWithin(tx: Tx, subject: MatchSubject, needs: Need[]): Promise<Weighed[]> {
    const which = this.candidatesFor(this.soughtFor(tx.schemeId, this.facts(subject, { needs }), {}));
    return this.weighThese((statement) => tx.rows(statement), tx.schemeId, subject, { needs }, which);
  }

  weighOne(tx: Tx, subject: MatchSubject, needs: Need[], listingId: string): Promise<Weighed[]> {
    const which = sql`select ${listingId}::uuid as listing_id`;
    return this.weighThese((statement) => tx.rows(statement), tx.schemeId, subject, { needs }, which);
  }

  private candidatesFor(sought: Sought): Sql {
    return candidates(sought, MOST_WEIGHED, MOST_UNPLACED);
  }

  private soughtFor(
    schemeId: string,
    facts: OrderFacts,
    question: Question,
    need: readonly Need[] | null = facts.needs,
  ): Sought {
    const { text, withinMiles, day, cost, language, access, setting, volunteerRole, hasPlaces } = question;
    return {
      schemeId,
      today: this.today(),
      text: text ?? null,
      query: {
        need: need === null ? undefined : [...need],
        withinMiles,
        day,
        cost,
        language,
        access,
        setting,
        volunteerRole,
        hasPlaces,
      },
      point: facts.point,
    };
  }

  private async weighThese(
    read: Read,
    schemeId: string,
    subject: MatchSubject,
    question: Question,
    which: Sql,
  ): Promise<Weighed[]> {
    const today = this.today();
    const facts = this.facts(subject, question);
    const settings = { ...DEFAULT_SETTINGS, ...subject.settings };
    const rows = await read(weighedStatement(schemeId, which, loadSince(today)));
    const carried = new Map(rows.map(({ organisationId, carrying }) => [organisationId, carrying]));
    const average = [...carried.values()].reduce((sum, one) => sum + one, 0) / Math.max(1, carried.size);
    const offered = new Map(subject.offered.map(({ listingId, state }) => [listingId, state]));
    const kept = new Set(subject.kept.map(({ listingId }) => listingId));
    const judged = (row: FoundRow) => {
      const theirs: OrderFacts = { ...facts, neverOffer: subject.neverOfferTo.includes(row.organisationId) };
      const { carrying, asked, noReply, waiting, expectedWeeks } = row;
      const load = { carrying, average, asked, noReply, waiting, expectedWeeks };
      return {
        gates: checkGates(theirs, row, row.provider, today, settings),
        ...scored(theirs, row, row.provider, load, today, settings.placesStaleCalendarDays),
      };
    };
    return rows
      .map((row): Weighed => {
        const { gates, points, miles } = judged(row);
        return {
          id: row.id,
          needs: row.needs,
          standing: standingOf(gates),
          offered: offered.get(row.id) ?? null,
          kept: kept.has(row.id),
          points,
          miles: miles === null ? null : Math.round(miles * 10) / 10,
          expectedWeeks: row.expectedWeeks,
          reasons: () => {
            const { gates, parts } = judged(row);
            return { gates, parts };
          },
        };
      })
      .sort(inOrder);
  }

  /** The same in the same order, with what every reader of a service is shown. */
  private async shown(actor: Actor, weighed: readonly Weighed[]): Promise<Shown[]> {
    const rows = await this.database.read<Owned>(
      actor.schemeId,
      shownStatement(
        actor.schemeId,
        weighed.map(({ id }) => id),
      ),
    );
    const of = new Map(rows.map((row) => [row.id, shown(row, this.today())]));
    return weighed.flatMap(({ id, standing, offered, kept, points, miles, expectedWeeks, reasons }) => {
      const listing = of.get(id);
      return listing
        ? [{ listing, standing, offered, kept, points, miles, expectedWeeks, ...reasons() }]
        : [];
    });
  }

  private facts(subject: MatchSubject, question: Question): OrderFacts {
    const asked: AskedOfGates = {
      needs: question.needs ?? subject.reasons,
      confirmed: question.confirmed ?? [],
      mustAvoid: question.mustAvoid ?? [],
      people: question.people ?? 1,
    };
    return {
      ...clientFacts({ ...subject, neverOffer: false }, asked, this.clock.now()),
      language: subject.language,
      accessNeeds: subject.accessNeeds,
    };
  }

  private today = (): string => londonDate(this.clock.now());
}

/** Miles are counted from another place than where they live; which places a service covers is still asked of that. */
const fromThere = (point: Point | null): Pick<MatchSubject, 'latitude' | 'longitude'> => ({
  latitude: point?.lat ?? null,
  longitude: point?.lon ?? null,
});

/** A page of what was weighed, and how much more there is; the rest may go while the page is read. */
function firstOf(
  weighed: readonly Weighed[],
  query: MatchQuery,
  after: string | null,
): { page: Weighed[] } & Pick<MatchesPage, 'next' | 'weighed' | 'mayBeOffered'> {
  const items = query.unsuitable ? weighed : weighed.filter(({ standing }) => standing !== 'not_suitable');
  const from = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== null && from === 0) {
    throw Refusal.invalidField('after', 'The order has changed since. Start again from the first page');
  }
  const limit = query.limit ?? DEFAULT_LIMIT;
  const page = items.slice(from, from + limit);
  const last = page.at(-1);
  return {
    page,
    next: last && from + limit < items.length ? encodeCursor([last.id]) : null,
    weighed: weighed.length,
    mayBeOffered: weighed.filter(({ standing }) => standing === 'may_be_offered').length,
  };
}

export const matchSubject = (schemeId: string, which: Sql): Sql => sql`
  select r.id, r.client_id, r.reasons, r.risks, c.date_of_birth::text as "dateOfBirth", c.postcode,
    c.day_place_postcode as "dayPlacePostcode", c.place_found_by as "placeFoundBy", c.latitude, c.longitude,
    c.faith_preference as "faithPreference", c.faith_tradition as "faithTradition", c.language,
    c.access_needs as "accessNeeds",
    array(
      select n.organisation_id from never_offer n
      where n.scheme_id = r.scheme_id and n.client_id = r.client_id) as "neverOfferTo",
    coalesce((
      select json_agg(json_build_object('listingId', x.listing_id, 'state', x.state) order by x.id)
      from onward_referral x where x.scheme_id = r.scheme_id and x.referral_id = r.id), '[]') as offered,
    coalesce((
      select json_agg(json_build_object('id', i.id, 'listingId', i.listing_id, 'note', i.note, 'keptAt', i.kept_at,
        'sentAt', last.written_at, 'waits', last.waits, 'answer', last.answer))
      from shortlist_item i left join lateral (${LAST_SENT}) last on true
      where i.scheme_id = r.scheme_id and i.referral_id = r.id), '[]') as kept,
    s.settings
  from referral r
  join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
  join scheme s on s.id = r.scheme_id
  where r.scheme_id = ${schemeId} and ${which}`;

/**
 * The services of `which` (a statement that gives listing_id), one by one under row security, with what each group
 * carries and how it last answered since a date. `offset 0` keeps each look-up to its own index: see searchStatement.
 */
export const weighedStatement = (schemeId: string, which: Sql, since: string): Sql => sql`
  with page as materialized (${which}),
  found as materialized (
    select l.* from page cross join lateral (
      select ${GATE_LISTING}, ${GATE_PROVIDER} as provider from listing l
      join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
      join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      where l.scheme_id = ${schemeId} and l.id = page.listing_id
      offset 0
    ) l)
  select found.*, carried.carrying, answers.asked, answers."noReply", waits.waiting, waits."expectedWeeks"
  from found
  cross join lateral (
    select coalesce(sum(o.people), 0)::int as carrying from onward_referral o
    where o.scheme_id = ${schemeId} and o.organisation_id = found."organisationId" and ${LIVE}
    offset 0
  ) carried
  cross join lateral (
    select count(*)::int as asked, (count(*) filter (where o.state = 'expired'))::int as "noReply"
    from (
      select o.state from onward_referral o
      where o.scheme_id = ${schemeId} and o.organisation_id = found."organisationId" and o.offered_at >= ${since}::date
      order by o.offered_at desc limit ${ANSWERS_THAT_TELL}
    ) o
  ) answers
  cross join lateral (
    select count(*)::int as waiting, round(avg(o.expected_weeks))::int as "expectedWeeks" from onward_referral o
    where o.scheme_id = ${schemeId} and o.organisation_id = found."organisationId" and o.listing_id = found.id
      and ${LIVE} and o.state = 'waitlisted'
    offset 0
  ) waits`;

/** A page of services, one by one as above. */
export const shownStatement = (schemeId: string, ids: readonly string[]): Sql => sql`
  select l.* from unnest(${ids}::uuid[]) as page(listing_id) cross join lateral (
    select ${LISTING_COLUMNS}, ${OWNER_COLUMNS} from listing l
    join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
    join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    where l.scheme_id = ${schemeId} and l.id = page.listing_id
    offset 0
  ) l`;
