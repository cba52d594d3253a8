import sql from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { londonDate } from '../../src/platform/clock/calendar.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { schemeSettings } from '../../src/platform/scheme/scheme-settings.js';
import { gatesFor } from '../../src/providers/gates.queries.js';
import type { ClientFacts } from '../../src/providers/listing.gates.js';
import type { CreateListing, SetPlaces } from '../../src/providers/listing.dto.js';
import { ListingsService } from '../../src/providers/listings.service.js';
import { neededFor } from '../../src/providers/assurance.rules.js';
import { AssuranceService } from '../../src/providers/assurance.service.js';
import type { CheckedLevel } from '../../src/providers/assurance.types.js';
import type { CreateProvider } from '../../src/providers/provider.dto.js';
import { ProvidersService } from '../../src/providers/providers.service.js';
import { anOrganisation, type TestScheme } from '../support/people.js';

let count = 0;

/** Everything a level needs, seen today. */
export interface Assured {
  level: CheckedLevel;
  /** The last day of it. */
  until: string;
}

/** A group with its profile, known by the id of its organisation: `await aProvider(scheme, { sector: 'faith' })`. */
export async function aProvider(
  scheme: TestScheme,
  details: Partial<CreateProvider> & { name?: string; assured?: Assured } = {},
): Promise<string> {
  const { name = `Group ${String(++count)}`, assured, organisationId: given, ...profile } = details;
  const sector = profile.sector ?? 'community';
  const kind = sector === 'faith' ? 'faith_group' : 'community_group';
  const organisationId = given ?? (await anOrganisation(scheme, kind, { name, provides: true }));
  const providers = scheme.betony.get(ProvidersService);
  const maker = systemActor(scheme.id, 'test');
  // One person reads what is sent there, unless the test says otherwise.
  await providers.create(maker, { contactShared: false, ...profile, organisationId, sector });
  if (assured) {
    const { food = [], remit = [] } = profile;
    const { level, until } = assured;
    for (const requirement of neededFor(level, { food, remit })) {
      const leads =
        requirement === 'safeguarding_policy' ? { leadName: 'Rose Hall', deputyName: 'Ann Lee' } : {};
      await scheme.betony.get(AssuranceService).record(maker, organisationId, {
        requirement,
        level,
        checkedOn: londonDate(scheme.betony.clock.now()),
        lapsesOn: until,
        ...leads,
      });
    }
  }
  return organisationId;
}

/** A sentence about a service, done in order when it is awaited: `await aListing(scheme).counting(3)` gives the id. */
export interface ListingSentence extends PromiseLike<string> {
  by(organisationId: string): ListingSentence;
  /** As it was described, without publishing it. */
  inDraft(): ListingSentence;
  counting(total: number): ListingSentence;
  withPlaces(places: SetPlaces): ListingSentence;
  /** Somebody says that it is right, which publishing alone does not. */
  confirmed(): ListingSentence;
  paused(): ListingSentence;
  closed(): ListingSentence;
}

/** A published service that meets loneliness, whom anybody may join after asking, unless the test says otherwise. */
export function aListing(scheme: TestScheme, details: Partial<CreateListing> = {}): ListingSentence {
  const listings = scheme.betony.get(ListingsService);
  const maker = systemActor(scheme.id, 'test');
  let provider: string | undefined;
  let published = true;
  const steps: ((id: string) => Promise<unknown>)[] = [];

  const make = async (): Promise<string> => {
    const number = String(++count);
    const id = await listings.create(maker, {
      name: `Service ${number}`,
      description: 'Tea, company and a warm room.',
      needs: ['loneliness'],
      areas: [],
      setting: 'non_religious',
      cost: 'free',
      ...details,
      organisationId: details.organisationId ?? provider ?? (await aProvider(scheme)),
    });
    if (published) await listings.publish(maker, id);
    for (const step of steps) await step(id);
    return id;
  };
  const sentence: ListingSentence = {
    by: (organisationId) => {
      provider = organisationId;
      return sentence;
    },
    inDraft: () => {
      published = false;
      return sentence;
    },
    counting: (total) => sentence.withPlaces({ kind: 'counted', total }),
    withPlaces: (places) => {
      steps.push((id) => listings.setPlaces(maker, id, places));
      return sentence;
    },
    confirmed: () => {
      steps.push((id) => listings.confirm(maker, id));
      return sentence;
    },
    paused: () => {
      steps.push((id) => listings.pause(maker, id, {}));
      return sentence;
    },
    closed: () => {
      steps.push((id) => listings.close(maker, id, {}));
      return sentence;
    },
    then: (done, failed) => make().then(done, failed),
  };
  return sentence;
}

/** Every gate between somebody and a service, as a transaction sees them. */
export const gatesIn = async (tx: Tx, listingId: string, facts: ClientFacts) =>
  gatesFor((row) => tx.maybe(row), tx.schemeId, listingId, facts, await schemeSettings(tx), tx.now);

/** Where an invented postcode lies, so that distances can be told. */
export async function aPostcode(
  scheme: TestScheme,
  postcode: string,
  latitude: number,
  longitude: number,
): Promise<string> {
  await scheme.betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.run(sql`
      insert into postcode_place (postcode, latitude, longitude, edition)
      values (${postcode}, ${latitude}, ${longitude}, 'test') on conflict do nothing`);
  });
  return postcode;
}
