import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Action, Reach } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { addDays, londonDate, spokenDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal, type FieldProblem } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { newId } from '../platform/pure/ids.js';
import { normaliseOutward } from '../platform/pure/postcode.js';
import { move } from '../platform/pure/lifecycle.js';
import { changesOf, FORGOTTEN_WORDS, known, newValues, type Changes } from './changes.rules.js';
import { indexListing } from './listing-index.js';
import { answerBefore, beyondLink, saidOf, type SaidByLinkRow } from './listing-answer.rules.js';
import { lockListing, SAID_BY_LINK } from './listing-row.js';
import type {
  AmendListing,
  CreateListing,
  DeclareFull,
  MoveListing,
  ReturnListing,
  SetPlaces,
} from './listing.dto.js';
import { Listing } from './listing.entity.js';
import { LISTING_EVENTS } from './listing.events.js';
import { listingLifecycle, type ListingVerb } from './listing.lifecycle.js';
import { listingProblems, publishProblems } from './listing.rules.js';
import type { ListingRow } from './listing.types.js';
import { ProviderHooks } from './provider.hooks.js';
import { ofProviderWithin } from './provider.reach.js';
import type { ServiceCapacityInput } from './service-capacity.dto.js';
import { capacityProblems, isOwnFull, totalFor } from './service-capacity.rules.js';
import { tellOfListing } from './telling.js';

/** Nobody knows further ahead than this when they will have room. */
const LONGEST_FULL_DAYS = 2 * 366;
const FULL_UNLESS_TOLD_DAYS = 28;

@Injectable()
export class ListingsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ProviderHooks,
  ) {}

  async create(actor: Actor, input: CreateListing): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'listing.create'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const provider = await tx.maybe(sql`
        select 1 from provider p
        where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${input.organisationId} and ${within}`);
      if (!provider) throw Refusal.notFound();
      await refuseNotProviding(tx, input.organisationId);
      return this.createWithin(tx, input);
    });
  }

  /** In the caller's transaction, which has decided that it may and that the group is there. */
  async createWithin(tx: Tx, input: CreateListing): Promise<string> {
    const { organisationId, name, description, placesKind, placesTotal, forReview, ...details } = input;
    const verb = forReview ? 'propose' : 'draft';
    const listing = {
      ...NEW_LISTING,
      ...(await located(tx, answers(details), null)),
      organisationId,
      name,
      description,
      ...placesOf(placesKind ?? 'ask_first', placesTotal, 'placesTotal'),
      placesConfirmedOn: placesKind === undefined ? null : londonDate(tx.now),
    };
    refuse(listingProblems(listing));
    const id = newId();
    await tx.manager.insert(Listing, {
      ...listing,
      schemeId: tx.schemeId,
      id,
      state: verb === 'propose' ? 'in_review' : 'draft',
      createdAt: tx.now,
      updatedAt: tx.now,
    });
    await tellOfListing(tx, id, 'listing.create', LISTING_EVENTS[verb], {
      name: { from: null, to: name },
    });
    return id;
  }

  async amend(actor: Actor, id: string, version: number, input: AmendListing): Promise<string> {
    const reach = reachFor(actor, 'listing.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockListing(tx, id, within(actor, reach));
      moved('amend', before);
      const asked = await located(tx, answers(input), before);
      // Also of what changes nothing: whoever guessed where a place is that is kept back would learn it.
      if (actor.kind === 'link') refuse(beyondLink(asked, before));
      const changes = changesOf(before, asked);
      // Sent twice by one finger, or said already: nobody is overtaken by what changes nothing.
      if (Object.keys(changes).length === 0) return id;
      refuseStale(before.version, version);
      refuse([
        ...listingProblems({ ...before, ...newValues(changes) }),
        ...levelProblems(reach, before, changes),
        ...(before.state === 'published' || before.state === 'paused'
          ? publishProblems({ ...before, ...newValues(changes) })
          : []),
      ]);
      await write(tx, before, newValues(changes));
      await indexListing(tx, id);
      await tellOfListing(tx, id, 'listing.amend', LISTING_EVENTS.amend, changes);
      if (changes['level'] || changes['excludes'] || changes['present']) {
        await this.hooks.fitChanged.run(tx, { listingId: id });
      }
      return id;
    });
  }

  submit(actor: Actor, id: string): Promise<string> {
    return this.move(actor, 'listing.create', 'submit', id, {});
  }

  return(actor: Actor, id: string, input: ReturnListing): Promise<string> {
    return this.move(actor, 'listing.publish', 'return', id, input);
  }

  /** Whether it is right is another question, which somebody answers by confirming it. */
  publish(actor: Actor, id: string): Promise<string> {
    return this.move(actor, 'listing.publish', 'publish', id, {}, (tx, listing) => {
      refuse(publishProblems(listing));
      return { publishedOn: londonDate(tx.now) };
    });
  }

  pause(actor: Actor, id: string, input: MoveListing): Promise<string> {
    return this.move(actor, 'listing.pause', 'pause', id, input);
  }

  resume(actor: Actor, id: string): Promise<string> {
    return this.move(actor, 'listing.pause', 'resume', id, {});
  }

  close(actor: Actor, id: string, input: MoveListing): Promise<string> {
    return this.move(actor, 'listing.close', 'close', id, input);
  }

  reopen(actor: Actor, id: string, input: MoveListing): Promise<string> {
    return this.move(actor, 'listing.publish', 'reopen', id, input);
  }

  /** "Yes, still right": today somebody said so. */
  confirm(actor: Actor, id: string): Promise<string> {
    return this.move(actor, 'listing.setPlaces', 'confirm', id, {}, (tx) => ({
      confirmedOn: londonDate(tx.now),
    }));
  }

  /** Says how many places there are, which also says that the number is right today. Never fewer than are taken. */
  setPlaces(actor: Actor, id: string, input: SetPlaces, seen?: number): Promise<string> {
    return this.move(actor, 'listing.setPlaces', 'setPlaces', id, {}, (tx, listing) => {
      const today = londonDate(tx.now);
      refuseByPeriod(listing);
      const places = placesOf(input.kind, input.total, 'total');
      // Sent twice by one finger, or said already: nobody is overtaken by what changes nothing.
      if (!saysPlaces(listing, { ...places, fullUntil: input.fullUntil })) refuseStale(listing.version, seen);
      if (places.placesTotal !== null && places.placesTotal < listing.placesTaken) {
        throw Refusal.conflict(
          'places-taken',
          `${listing.placesTaken} places are taken, so there cannot be ${places.placesTotal} in all.`,
          { taken: listing.placesTaken, total: places.placesTotal },
        );
      }
      const until = input.fullUntil;
      refuseFullUntil('fullUntil', until, today);
      return { ...places, placesConfirmedOn: today, ...(until === undefined ? {} : { fullUntil: until }) };
    });
  }

  /** "We are full until...", in one step, or "we have room again"; whoever says so has looked at the places today. */
  declareFull(actor: Actor, id: string, input: DeclareFull): Promise<string> {
    return this.move(actor, 'listing.setPlaces', 'setPlaces', id, {}, (tx) => {
      const today = londonDate(tx.now);
      const until = input.until === undefined ? addDays(today, FULL_UNLESS_TOLD_DAYS) : input.until;
      refuseFullUntil('until', until, today);
      return { fullUntil: until, placesConfirmedOn: today };
    });
  }

  /**
   * What a group last said by link, taken back: as it was before, within a day, unless somebody has said otherwise since. Done
   * again, it takes back what was said before that.
   */
  async takeBackSaid(actor: Actor, id: string): Promise<string> {
    const reach = reachFor(actor, 'listing.setPlaces');
    return this.unitOfWork.run(actor, async (tx) => {
      const listing = await lockListing(tx, id, within(actor, reach));
      const { said } = await tx.one<{ said: SaidByLinkRow[] }>(sql`
        select ${SAID_BY_LINK} as said from listing l where l.scheme_id = ${tx.schemeId} and l.id = ${id}`);
      const { undoHours } = await schemeSettings(tx);
      const answer = answerBefore(saidOf(said), listing, tx.now, undoHours);
      if (answer === null) {
        throw Refusal.conflict(
          'nothing-to-take-back',
          'There is nothing to take back: it is too long ago, was taken back already, or something else was said since.',
        );
      }
      const changes = changesOf(listing, answer.before);
      await write(tx, listing, newValues(changes));
      await indexListing(tx, id);
      if (changes['confirmedOn']) await this.hooks.listingsChanged.run(tx, { listingIds: [id] });
      const [action, event] = SAID_AS.find(([, said]) => said === answer.action) ?? SAID_AS[0];
      await tellOfListing(tx, id, action, event, { ...changes, takenBack: true });
      return id;
    });
  }

  /** A count from elsewhere, in the open form: as many are free as it says, what is promised here stays taken, and no more are in all than it says. */
  setCapacity(actor: Actor, id: string, input: ServiceCapacityInput): Promise<string> {
    return this.move(actor, 'listing.setPlaces', 'setPlaces', id, {}, (tx, listing) => {
      refuseByPeriod(listing);
      const { available, maximum = null, service_id: serviceId = null } = input;
      const updatedOn = londonDate(new Date(input.updated));
      refuse(capacityProblems({ available, maximum, updatedOn, serviceId }, listing, londonDate(tx.now)));
      if (listing.placesConfirmedOn !== null && updatedOn < listing.placesConfirmedOn) {
        throw Refusal.conflict(
          'older',
          `The places were counted again on ${spokenDate(listing.placesConfirmedOn)}.`,
        );
      }
      if (isOwnFull({ available, maximum }, listing, londonDate(tx.now)))
        return { placesConfirmedOn: updatedOn };
      const placesTotal = totalFor({ available, maximum }, listing.placesTaken);
      return { placesKind: 'counted', placesTotal, placesConfirmedOn: updatedOn, fullUntil: null };
    });
  }

  /**
   * In the caller's transaction: a draft that nobody has worked on since it was proposed is closed without its words,
   * which its history does not keep either. Any other stays as it is.
   */
  async forgetDraftWithin(tx: Tx, id: string): Promise<void> {
    const before = await lockListing(tx, id, sql`true`);
    if (before.state !== 'in_review' || before.version !== 1) return;
    const state = moved('close', before);
    await write(tx, before, { state, description: FORGOTTEN_WORDS });
    await indexListing(tx, id);
    await this.hooks.listingsChanged.run(tx, { listingIds: [id] });
    await tellOfListing(tx, id, 'listing.close', LISTING_EVENTS.close, {
      ...changesOf(before, { state }),
      description: 'changed',
    });
  }

  private async move(
    actor: Actor,
    action: Extract<Action, `listing.${string}`>,
    verb: ListingVerb,
    id: string,
    input: { reason?: string | null },
    also?: (tx: Tx, listing: ListingRow) => Partial<ListingRow>,
  ): Promise<string> {
    const reach = reachFor(actor, action);
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockListing(tx, id, within(actor, reach));
      const state = moved(verb, before);
      if (OPENING.includes(verb)) await refuseNotProviding(tx, before.organisationId);
      const changes = changesOf(before, { state, ...also?.(tx, before) });
      await write(tx, before, newValues(changes));
      if (changes['state']) await indexListing(tx, id);
      if (changes['state'] || changes['confirmedOn']) {
        await this.hooks.listingsChanged.run(tx, { listingIds: [id] });
      }
      await tellOfListing(tx, id, action, LISTING_EVENTS[verb], {
        ...changes,
        ...(input.reason ? { reason: input.reason } : {}),
      });
      return id;
    });
  }
}

/** Verbs that lead towards people being sent: not for a group that has closed for good. */
const OPENING: readonly ListingVerb[] = ['submit', 'publish', 'resume', 'reopen'];

/** What a group that has closed, or an organisation that only refers, cannot offer. */
async function refuseNotProviding(tx: Tx, organisationId: string): Promise<void> {
  const provider = await tx.maybe<{ closed: boolean; provides: boolean }>(sql`
    select p.closed_for_good_on is not null as closed, o.provides from provider p
    join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
    where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${organisationId}`);
  if (provider?.closed) throw Refusal.conflict('provider-closed', 'This group has closed for good.');
  if (!provider?.provides) {
    throw Refusal.conflict(
      'does-not-provide',
      'This organisation does not offer services. Ask the scheme to change that.',
    );
  }
}

function refuseByPeriod(listing: ListingRow): void {
  if (!listing.placesByPeriod) return;
  throw Refusal.conflict('by-period', 'Places are counted by session or time here. Say it of each of them.');
}

function refuseFullUntil(field: string, until: string | null | undefined, today: string): void {
  if (until && (until <= today || until > addDays(today, LONGEST_FULL_DAYS))) {
    throw Refusal.invalidField(field, 'Give a day after today, at most two years ahead');
  }
}

const within = (actor: Actor, reach: Reach) => ofProviderWithin(actor, reach, sql`l.organisation_id`);

/** The state the verb leads to, or the refusal. */
function moved(verb: ListingVerb, listing: ListingRow): ListingRow['state'] {
  const answer = move(listingLifecycle, verb, listing.state);
  if (!answer.ok) throw Refusal.illegalMove(listing.state, verb, answer.because);
  if (answer.to === 'before' || answer.to === 'gone')
    throw new Error('A listing neither goes back nor away.');
  return answer.to;
}

const write = (tx: Tx, before: ListingRow, values: Record<string, unknown>) =>
  tx.manager.update(
    Listing,
    { schemeId: tx.schemeId, id: before.id },
    { ...values, version: before.version + 1, updatedAt: tx.now },
  );

function refuse(problems: FieldProblem[]): void {
  if (problems.length > 0) throw Refusal.invalid(problems);
}

/** The answers given. Districts in capitals, each once; unfit ones stay as they were and are refused by name. */
function answers(input: Partial<AmendListing>): Partial<ListingRow> {
  const given: Partial<ListingRow> = known(input);
  if (!given.areas) return given;
  return { ...given, areas: [...new Set(given.areas.map((area) => normaliseOutward(area) ?? area))] };
}

/**
 * Puts the point of the postcode beside it, unless a point was given: with a new postcode the old point is wrong. A
 * postcode that nobody loaded leaves the point unknown.
 */
async function located(
  tx: Tx,
  given: Partial<ListingRow>,
  before: ListingRow | null,
): Promise<Partial<ListingRow>> {
  const { postcode } = given;
  if (postcode === undefined || given.latitude !== undefined || given.longitude !== undefined) return given;
  if (postcode === (before?.postcode ?? null)) return given;
  const place =
    postcode === null
      ? null
      : await tx.maybe<{ latitude: number; longitude: number }>(
          sql`select latitude, longitude from postcode_place where postcode = ${postcode}`,
        );
  return { ...given, latitude: place?.latitude ?? null, longitude: place?.longitude ?? null };
}

/** Lowering the level would step around the checks, so once published it is the scheme's to change. */
function levelProblems(reach: Reach, before: ListingRow, changes: Changes): FieldProblem[] {
  const live = before.state === 'published' || before.state === 'paused';
  return live && reach !== 'scheme' && changes['level'] !== undefined
    ? [
        {
          field: 'level',
          message: 'Ask the scheme to change this: it decides which safety checks are needed',
        },
      ]
    : [];
}

function placesOf(
  kind: ListingRow['placesKind'],
  total: number | undefined,
  field: string,
): Pick<ListingRow, 'placesKind' | 'placesTotal'> {
  if (kind === 'counted' && total === undefined) {
    throw Refusal.invalidField(field, 'Say how many places there are');
  }
  if (kind !== 'counted' && total !== undefined) {
    throw Refusal.invalidField(field, 'Leave this out unless places are counted');
  }
  return { placesKind: kind, placesTotal: total ?? null };
}

const NEW_LISTING: Omit<ListingRow, 'id' | 'organisationId' | 'name' | 'description' | 'state'> = {
  version: 1,
  needs: [],
  areas: null,
  radiusMiles: null,
  minimumAge: null,
  maximumAge: null,
  eligibilityNote: null,
  forWhom: 'everyone',
  excludes: [],
  present: [],
  level: 'open_door',
  setting: null,
  schedule: [],
  languages: [],
  access: [],
  cost: null,
  costNote: null,
  howToJoin: null,
  volunteerRole: false,
  address: null,
  postcode: null,
  latitude: null,
  longitude: null,
  withholdLocation: false,
  publishable: true,
  placesKind: 'ask_first',
  placesTotal: null,
  placesTaken: 0,
  placesByPeriod: false,
  placesOtherwise: null,
  placesConfirmedOn: null,
  fullUntil: null,
  confirmedOn: null,
  publishedOn: null,
};

/** Whether the places of a service are told so already. */
const saysPlaces = (
  { placesKind, placesTotal, fullUntil }: Pick<ListingRow, 'placesKind' | 'placesTotal' | 'fullUntil'>,
  told: Pick<ListingRow, 'placesKind' | 'placesTotal'> & { fullUntil?: string | null | undefined },
): boolean =>
  placesKind === told.placesKind &&
  placesTotal === told.placesTotal &&
  (told.fullUntil === undefined || told.fullUntil === fullUntil);

/** What a group says by link, as the record calls it: taken back, it is recorded as the same. */
const SAID_AS = [
  ['listing.setPlaces', LISTING_EVENTS.setPlaces],
  ['listing.setPlaces', LISTING_EVENTS.confirm],
  ['listing.amend', LISTING_EVENTS.amend],
] as const;
