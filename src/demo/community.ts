import type { HelpKind } from '../assets/help.types.js';
import type { AssetKind, LiveWellDomain } from '../assets/asset.types.js';
import { addDays } from '../platform/clock/calendar.js';
import { Dice } from './dice.js';
import { DEMO_EDITION, type DemoPlace, type Town } from './places.js';
import type { Rows } from './rows.js';

const NEIGHBOURHOODS = [
  {
    name: 'Saltwick and Thornmouth',
    pcn: 'U99901',
    district: 'CO97',
    outline:
      '1.09,51.775 1.14,51.762 1.185,51.775 1.235,51.79 1.262,51.82 1.255,51.858 1.19,51.866 1.125,51.85 1.1,51.83 1.085,51.8',
  },
  {
    name: 'The Marlings',
    pcn: 'U99902',
    district: 'CO98',
    outline:
      '1,51.84 1.05,51.83 1.1,51.83 1.125,51.85 1.13,51.89 1.095,51.925 1.03,51.94 0.98,51.925 0.985,51.88',
  },
  {
    name: 'Oxenbridge and Hollow End',
    pcn: 'U99903',
    district: 'CO99',
    outline: '0.865,51.85 0.9,51.818 0.96,51.815 1,51.84 0.985,51.88 0.98,51.925 0.93,51.928 0.875,51.91',
  },
] as const;

type DemoAsset = readonly [
  name: string,
  description: string,
  kind: AssetKind,
  domains: readonly LiveWellDomain[],
  takesReferrals: boolean,
];

// prettier-ignore
const ASSETS: readonly (readonly DemoAsset[])[] = [
  [
    ['The harbour wall', 'Somewhere flat to walk, with benches every hundred yards.', 'places', ['be_well', 'age_well'], false],
    ['Net menders of Saltwick', 'Eight retired fishers who teach knots to whoever asks.', 'people_and_skills', ['stay_well', 'age_well'], true],
    ['Thornmouth carnival', 'A summer of making costumes together.', 'culture', ['start_well', 'be_well'], false],
    ['Pier Road bakery', 'Keeps yesterday’s bread for anybody who asks for it quietly.', 'local_economy', ['be_well'], false],
  ],
  [
    ['Marling bell ringers', 'Ringers on Thursdays; beginners are welcome.', 'associations', ['be_well', 'stay_well'], true],
    ['Great Marling library', 'Warm, open six days, and nobody asks why you are there.', 'institutions', ['start_well', 'stay_well', 'age_well'], false],
    ['The community orchard', 'Forty old apple trees and a key for whoever wants to prune.', 'places', ['be_well', 'age_well'], true],
  ],
  [
    ['Oxenbridge brass band', 'Lends instruments to children and to people starting late.', 'culture', ['start_well', 'stay_well'], true],
    ['Hollow End neighbours', 'A telephone tree that began in the floods and never stopped.', 'associations', ['stay_well', 'age_well'], false],
    ['Oxenbridge secondary school', 'Its kitchen and hall are free on Saturdays.', 'institutions', ['start_well'], false],
  ],
];

const HELP: readonly HelpKind[] = [
  'food_parcel',
  'food_parcel',
  'welfare_call',
  'prescription_collection',
  'transport',
];

/** Corners as "longitude,latitude", back to the first. */
function ringOf(corners: string): number[][] {
  const ring = corners.split(' ').map((corner) => corner.split(',').map(Number));
  return [...ring, ...ring.slice(0, 1)];
}

/** Neighbourhoods with what is strong in them, help that groups counted, and a hub with its partners. It has dice of its own: nobody's story changes. */
export function addCommunity(
  rows: Rows,
  world: {
    schemeId: string;
    began: Date;
    today: string;
    places: ReadonlyMap<Town, readonly DemoPlace[]>;
    groups: readonly string[];
  },
): void {
  const dice = new Dice(world.groups.length);
  const scheme = { scheme_id: world.schemeId };
  const times = { created_at: world.began, updated_at: world.began };
  NEIGHBOURHOODS.forEach(({ name, pcn, district, outline }, index) => {
    const id = dice.idAt(world.began);
    rows.add('neighbourhood', { ...scheme, id, name, pcn_code: pcn, edition: DEMO_EDITION, ...times });
    rows.add('map_outline', {
      ...scheme,
      id: dice.idAt(world.began),
      name,
      rings: [ringOf(outline)],
      source: DEMO_EDITION,
      created_at: world.began,
    });
    const towns = [...world.places].filter(([town]) => town.district === district);
    const lsoas = towns.flatMap(([, places]) => places.map(({ lsoa }) => lsoa));
    for (const code of new Set([district, ...lsoas])) {
      rows.add('neighbourhood_area', { ...scheme, code, neighbourhood_id: id, edition: DEMO_EDITION });
    }
    const nearby = towns.flatMap(([, places]) => places);
    for (const [at, [title, description, kind, domains, takesReferrals]] of (ASSETS[index] ?? []).entries()) {
      const assetId = dice.idAt(world.began);
      const daysAgo = dice.between(20, 500);
      rows.add('asset', {
        ...scheme,
        id: assetId,
        version: 1,
        name: title,
        description,
        state: 'published',
        kind,
        domains,
        neighbourhood_id: id,
        takes_referrals: takesReferrals,
        // People who know something are nowhere in particular.
        postcode: kind === 'people_and_skills' ? null : nearby[(at * 7) % nearby.length]?.postcode,
        found_by: 'conversation',
        found_on: addDays(world.today, -daysAgo),
        confirmed_on: addDays(world.today, -daysAgo),
        source: 'A listening walk',
        ...times,
      });
      rows.add('asset_history', {
        ...scheme,
        id: dice.idAt(world.began),
        asset_id: assetId,
        at: world.began,
        action: 'asset.published',
        actor_name: 'demo',
        changes: {},
      });
    }
    for (let count = 0; count < 25; count += 1) {
      rows.add('practical_help', {
        ...scheme,
        id: dice.idAt(world.began),
        version: 1,
        kind: dice.pick(HELP),
        quantity: dice.between(1, 8),
        household_members: dice.between(1, 5),
        given_on: addDays(world.today, -dice.between(1, 300)),
        organisation_id: dice.pick(world.groups),
        // Some groups do not say where.
        neighbourhood_id: dice.chance(0.9) ? id : null,
        ...times,
      });
    }
  });
  const [hub, partner] = world.groups;
  if (hub === undefined || partner === undefined) return;
  const partners = [
    {
      partner_id: partner,
      partner_name: null,
      does: 'Advice at a table in our hall, the first Tuesday of the month',
    },
    {
      partner_id: null,
      partner_name: 'The Marlings furniture bank',
      does: 'Beds and tables for a first home',
    },
  ];
  for (const named of partners) {
    rows.add('hub_partner', {
      ...scheme,
      id: dice.idAt(world.began),
      organisation_id: hub,
      ...named,
      since_on: addDays(world.today, -dice.between(200, 900)),
      recorded_at: world.began,
    });
  }
}
