import type { OrderFacts, OrderListing, OrderProvider } from '../../src/providers/matching.rules.js';

/*
 * A person, a service and a group between which nothing stands in the way: what each test of gates and of the order
 * changes one thing of.
 */

export const TODAY = '2026-11-23';

export const GRACE: OrderFacts = {
  age: 74,
  outward: 'CO15',
  point: { lat: 51.79, lon: 1.155 },
  needs: ['loneliness'],
  circumstances: [],
  mustAvoid: [],
  meets: [],
  faithPreference: 'not_asked',
  faithTradition: null,
  neverOffer: false,
  people: 1,
  language: 'en',
  accessNeeds: [],
};

export const LUNCH: OrderListing = {
  state: 'published',
  needs: ['loneliness'],
  areas: [],
  radiusMiles: null,
  latitude: 51.79,
  longitude: 1.155,
  minimumAge: null,
  maximumAge: null,
  forWhom: 'everyone',
  excludes: [],
  present: [],
  level: 'open_door',
  setting: 'non_religious',
  placesKind: 'counted',
  placesTotal: 8,
  placesTaken: 3,
  placesConfirmedOn: TODAY,
  fullUntil: null,
  confirmedOn: TODAY,
  languages: [],
  access: [],
};

export const GROUP: OrderProvider = {
  sector: 'community',
  tradition: null,
  prayer: null,
  religiousContent: null,
  remit: [],
  limits: [],
  pausedFrom: null,
  pausedUntil: null,
  periods: [],
  personalContactUntil: null,
  aloneUntil: null,
  noPressureAgreed: false,
  closedForGoodOn: null,
  active: true,
  quietDays: [],
  replyWithinDays: 10,
};
