import { GRACE, GROUP, LUNCH as LUNCH_CLUB, TODAY } from '../../test/factories/suitable.js';
import { addDays } from '../platform/clock/calendar.js';
import {
  checkGates,
  GATE_NAMES,
  type ClientFacts,
  type GateListing,
  type GateName,
  type GateProvider,
} from './listing.gates.js';
import { LISTING_STATES } from './listing.types.js';
import type { Period } from './rhythm.types.js';
import { LIMITS } from './provider.types.js';

const SETTINGS = { placesStaleCalendarDays: 90, noPressureRequired: false };

const LUNCH: GateListing = { ...LUNCH_CLUB, needs: ['loneliness', 'food'] };

interface Case {
  facts?: Partial<ClientFacts>;
  listing?: Partial<GateListing>;
  provider?: Partial<GateProvider>;
}
type Row = readonly [name: string, gate: GateName, about: Case, passed: boolean, because: string];

const quiet = (until: string): Period => ({ kind: 'quiet', name: 'Holy days', from: TODAY, until });

const ROWS: Row[] = [
  ['published', 'open_now', {}, true, 'Open now.'],
  [
    'silent for three days',
    'open_now',
    { provider: { periods: [quiet(addDays(TODAY, 2))] } },
    true,
    'Open now.',
  ],
  [
    'silent for longer',
    'open_now',
    { provider: { periods: [quiet('2026-12-22')] } },
    true,
    'Open now, but it is sent no messages until 23 December 2026. Ring them, or ask another group.',
  ],
  ['a draft', 'open_now', { listing: { state: 'draft' } }, false, 'This service is not published yet.'],
  ['in review', 'open_now', { listing: { state: 'in_review' } }, false, 'This service is not published yet.'],
  ['paused', 'open_now', { listing: { state: 'paused' } }, false, 'This service is paused.'],
  ['closed', 'open_now', { listing: { state: 'closed' } }, false, 'This service has closed.'],
  [
    'a group that is closed for a time',
    'open_now',
    { provider: { periods: [{ kind: 'closed', name: 'Christmas', from: TODAY, until: '2027-01-03' }] } },
    false,
    'This group is closed until 4 January 2027 (Christmas).',
  ],
  [
    'a group that does more for a time',
    'open_now',
    { provider: { periods: [{ kind: 'extra', name: 'Ramadan', from: TODAY, until: '2027-01-03' }] } },
    true,
    'Open now.',
  ],
  ['a group that pauses', 'open_now', { provider: { pausedFrom: TODAY } }, false, 'This group is paused.'],
  [
    'a group that pauses until a day',
    'open_now',
    { provider: { pausedFrom: TODAY, pausedUntil: '2026-12-01' } },
    false,
    'This group is paused until 1 December 2026.',
  ],
  [
    'a group back from its pause',
    'open_now',
    { provider: { pausedFrom: '2026-11-01', pausedUntil: TODAY } },
    true,
    'Open now.',
  ],
  [
    'a group that closed for good',
    'open_now',
    { provider: { closedForGoodOn: '2026-11-01' } },
    false,
    'This group has closed for good.',
  ],

  [
    'a group that is no longer active',
    'open_now',
    { provider: { active: false } },
    false,
    'This group is no longer active.',
  ],

  ['everywhere', 'in_area', {}, true, 'It takes people from anywhere in the scheme.'],
  [
    'an area nobody has said',
    'in_area',
    { listing: { areas: null } },
    true,
    'Area not known: nobody has said where it takes people from. Ask.',
  ],
  ['their district', 'in_area', { listing: { areas: ['CO15'] } }, true, 'It covers where they live.'],
  [
    'another district',
    'in_area',
    { listing: { areas: ['CO1'] } },
    false,
    'It does not cover where they live.',
  ],
  [
    'a radius they are outside of',
    'in_area',
    { listing: { radiusMiles: 2 }, facts: { point: { lat: 51.9, lon: 0.9 } } },
    false,
    'It does not cover where they live.',
  ],
  [
    'a radius, and nobody knows where they live',
    'in_area',
    { listing: { radiusMiles: 2 }, facts: { outward: null, point: null } },
    true,
    'We do not know whether it covers where they live. Ask.',
  ],

  ['everyone', 'eligible', {}, true, 'It is for people like them.'],
  ['as old as asked', 'eligible', { listing: { minimumAge: 74 } }, true, 'It is for people like them.'],
  ['too young', 'eligible', { listing: { minimumAge: 75 } }, false, 'It is for people aged 75 and over.'],
  ['not too old', 'eligible', { listing: { maximumAge: 74 } }, true, 'It is for people like them.'],
  ['too old', 'eligible', { listing: { maximumAge: 25 } }, false, 'It is for people up to 25 years old.'],
  [
    'under 18 where nobody said so',
    'eligible',
    { facts: { age: 17 } },
    false,
    'It has not said that it takes people under 18.',
  ],
  [
    'under 18 where they are welcome',
    'eligible',
    { facts: { age: 17 }, listing: { minimumAge: 16 } },
    true,
    'It is for people like them.',
  ],
  [
    'women only, confirmed',
    'eligible',
    { facts: { meets: ['women'] }, listing: { forWhom: 'women' } },
    true,
    'It is for women only: confirmed.',
  ],
  [
    'women only, not confirmed',
    'eligible',
    { listing: { forWhom: 'women' } },
    false,
    'It is for women only, and nobody has confirmed that this suits them.',
  ],
  [
    'men only, when women only is confirmed',
    'eligible',
    { facts: { meets: ['women'] }, listing: { forWhom: 'men' } },
    false,
    'It is for men only, and nobody has confirmed that this suits them.',
  ],

  ['a need it meets', 'takes_this_need', {}, true, 'It offers help with what they want help with.'],
  [
    'one need of several',
    'takes_this_need',
    { facts: { needs: ['housing', 'food'] } },
    true,
    'It offers help with what they want help with.',
  ],
  [
    'another need',
    'takes_this_need',
    { facts: { needs: ['housing'] } },
    false,
    'It does not offer help with what they want help with.',
  ],
  [
    'a need within the remit',
    'takes_this_need',
    { provider: { remit: ['loneliness'] } },
    true,
    'It offers help with what they want help with.',
  ],
  [
    'a need outside the remit of the group',
    'takes_this_need',
    { provider: { remit: ['food'] } },
    false,
    'This group has said that it does not take on this kind of help.',
  ],

  ['no limits', 'within_limits', {}, true, 'Nothing they have told us is outside its limits.'],
  [
    'a limit that does not apply',
    'within_limits',
    { provider: { limits: ['personal_care', 'under_18s'] } },
    true,
    'Nothing they have told us is outside its limits.',
  ],
  [
    'a limit of the group',
    'within_limits',
    { facts: { circumstances: ['falls', 'personal_care'] }, provider: { limits: ['personal_care'] } },
    false,
    'This group does not take people who need personal care.',
  ],
  [
    'a limit of the service',
    'within_limits',
    { facts: { circumstances: ['falls'] }, listing: { excludes: ['falls'] } },
    false,
    'This group does not take people at risk of falling.',
  ],
  [
    'no under-18s',
    'within_limits',
    { facts: { age: 17 }, provider: { limits: ['under_18s'] } },
    false,
    'This group does not take people under 18.',
  ],
  [
    'alcohol, which nobody must avoid',
    'within_limits',
    { listing: { present: ['alcohol', 'animals'] } },
    true,
    'Nothing they have told us is outside its limits.',
  ],
  [
    'alcohol, which they must avoid',
    'within_limits',
    { facts: { mustAvoid: ['alcohol'] }, listing: { present: ['animals', 'alcohol'] } },
    false,
    'Alcohol is there, which does not suit them.',
  ],
  [
    'somebody who may not be with children, where children are',
    'within_limits',
    { facts: { circumstances: ['not_with_children'] }, listing: { present: ['children'] } },
    false,
    'Children are there, which does not suit them.',
  ],

  [
    'enough checks',
    'assured_for_level',
    {
      listing: { level: 'personal_contact' },
      provider: { personalContactUntil: TODAY },
    },
    true,
    'Its safety checks cover personal contact.',
  ],
  [
    'an open door, although checks have lapsed',
    'assured_for_level',
    { provider: { personalContactUntil: '2026-11-22', aloneUntil: '2026-11-22' } },
    true,
    'An open door service needs no safety checks.',
  ],
  [
    'too few checks',
    'assured_for_level',
    { listing: { level: 'personal_contact' } },
    false,
    'Its safety checks do not cover personal contact.',
  ],
  [
    'checks that lapsed',
    'assured_for_level',
    { listing: { level: 'personal_contact' }, provider: { personalContactUntil: '2026-11-22' } },
    false,
    'Its safety checks lapsed after 2026-11-22. New offers wait until they are done.',
  ],
  [
    'under 18 at an open door',
    'assured_for_level',
    { facts: { age: 17 }, provider: { personalContactUntil: TODAY } },
    false,
    'Its safety checks do not cover being alone with somebody, at home, with children, or with money or medicines.',
  ],
  [
    'under 18 where the checks cover it',
    'assured_for_level',
    { facts: { age: 17 }, provider: { personalContactUntil: TODAY, aloneUntil: TODAY } },
    true,
    'Its safety checks cover being alone with somebody, at home, with children, or with money or medicines.',
  ],

  ['places', 'has_places', {}, true, '5 places are left.'],
  ['the last place', 'has_places', { listing: { placesTaken: 7 } }, true, '1 place is left.'],
  ['just enough for three', 'has_places', { facts: { people: 5 } }, true, '5 places are left.'],
  [
    'no place',
    'has_places',
    { listing: { placesTaken: 8 } },
    false,
    'No place is left. The waiting list is open.',
  ],
  [
    'one place for two',
    'has_places',
    { facts: { people: 2 }, listing: { placesTaken: 7 } },
    false,
    'Only 1 place is left, and 2 are needed. The waiting list is open.',
  ],
  [
    'too few places',
    'has_places',
    { facts: { people: 6 } },
    false,
    'Only 5 places are left, and 6 are needed. The waiting list is open.',
  ],
  [
    'old numbers with places',
    'has_places',
    { listing: { placesConfirmedOn: '2026-08-24' } },
    true,
    'We do not know how many places there are. Ask first.',
  ],
  [
    'old numbers without places',
    'has_places',
    { listing: { placesConfirmedOn: null, placesTaken: 8 } },
    false,
    'No place is left. The waiting list is open. The number is old: ring them, and correct it.',
  ],
  [
    'full until a day',
    'has_places',
    { listing: { fullUntil: '2026-11-24' } },
    false,
    'It is full until 24 November 2026.',
  ],
  ['no longer full', 'has_places', { listing: { fullUntil: TODAY } }, true, '5 places are left.'],
  [
    'drop in',
    'has_places',
    { listing: { placesKind: 'drop_in', placesTotal: null, placesTaken: 0 } },
    true,
    'People drop in: no place is needed.',
  ],
  [
    'ask first',
    'has_places',
    { listing: { placesKind: 'ask_first', placesTotal: null, placesTaken: 0 } },
    true,
    'We do not know how many places there are. Ask first.',
  ],
  [
    'drop in, full until a day',
    'has_places',
    { listing: { placesKind: 'drop_in', placesTotal: null, placesTaken: 0, fullUntil: '2026-12-01' } },
    false,
    'It is full until 1 December 2026.',
  ],

  [
    'not asked',
    'preference_respected',
    { listing: { setting: 'religious' } },
    true,
    'They have not asked for, or against, a religious setting.',
  ],
  [
    'do not mind',
    'preference_respected',
    { facts: { faithPreference: 'do_not_mind' }, listing: { setting: 'religious' } },
    true,
    'They have not asked for, or against, a religious setting.',
  ],
  [
    'non-religious, at a faith group without religion in it',
    'preference_respected',
    {
      facts: { faithPreference: 'non_religious' },
      provider: { sector: 'faith', tradition: 'muslim', religiousContent: 'none', prayer: 'never' },
    },
    true,
    'It is a non-religious setting, as they asked.',
  ],
  [
    'non-religious, in a place of worship',
    'preference_respected',
    { facts: { faithPreference: 'non_religious' }, listing: { setting: 'place_of_worship' } },
    false,
    'It meets in a place of worship, and they asked for a non-religious setting.',
  ],
  ...(
    [
      { listing: { setting: 'religious' } },
      { provider: { religiousContent: 'part_of_it' } },
      { provider: { prayer: 'may_ask_first' } },
    ] as Case[]
  ).map((about, n): Row => [
    `non-religious, where religion is part of it (${n})`,
    'preference_respected',
    { ...about, facts: { faithPreference: 'non_religious' } },
    false,
    'Religion is part of it, and they asked for a non-religious setting.',
  ]),
  [
    'a setting nobody has said, for somebody who minds religion',
    'preference_respected',
    { facts: { faithPreference: 'non_religious' }, listing: { setting: null } },
    false,
    'Setting not known, and they asked for a non-religious one. Ask the group, and say it here.',
  ],
  [
    'a setting nobody has said, of a group that prays, for somebody who minds religion',
    'preference_respected',
    {
      facts: { faithPreference: 'non_religious' },
      listing: { setting: null },
      provider: { prayer: 'may_ask_first' },
    },
    false,
    'Religion is part of it, and they asked for a non-religious setting.',
  ],
  [
    'a setting nobody has said, for somebody who does not mind',
    'preference_respected',
    { facts: { faithPreference: 'do_not_mind' }, listing: { setting: null } },
    true,
    'They have not asked for, or against, a religious setting.',
  ],
  [
    'a setting nobody has said, for their own tradition',
    'preference_respected',
    { facts: { faithPreference: 'own_tradition', faithTradition: 'sikh' }, listing: { setting: null } },
    true,
    'Setting not known. Ask whether it is of another tradition than theirs.',
  ],
  [
    'a setting nobody has said, of a group of their own tradition',
    'preference_respected',
    {
      facts: { faithPreference: 'own_tradition', faithTradition: 'sikh' },
      listing: { setting: null },
      provider: { tradition: 'sikh' },
    },
    true,
    'It is of their own tradition, as they asked.',
  ],
  [
    'a setting nobody has said, of a faith group, for their own tradition',
    'preference_respected',
    {
      facts: { faithPreference: 'own_tradition', faithTradition: 'sikh' },
      listing: { setting: null },
      provider: { sector: 'faith' },
    },
    false,
    'They asked for their own tradition, and this group is not known to be of it.',
  ],
  [
    'own tradition, at a group of no tradition',
    'preference_respected',
    { facts: { faithPreference: 'own_tradition', faithTradition: 'sikh' } },
    true,
    'It is not of another tradition than theirs.',
  ],
  [
    'own tradition',
    'preference_respected',
    {
      facts: { faithPreference: 'own_tradition', faithTradition: 'sikh' },
      provider: { sector: 'faith', tradition: 'sikh' },
    },
    true,
    'It is of their own tradition, as they asked.',
  ],
  ...(
    [
      ['another', 'sikh', { sector: 'faith', tradition: 'christian' }],
      ['one that is not said', 'sikh', { sector: 'faith', tradition: null }],
      ['one nobody asked', null, { sector: 'faith', tradition: null }],
      ['other, which is not other', 'other', { sector: 'faith', tradition: 'other' }],
      ['another outside the faith sector', 'sikh', { sector: 'charity', religiousContent: 'part_of_it' }],
    ] as [string, string | null, Partial<GateProvider>][]
  ).map(([name, faithTradition, provider]): Row => [
    `own tradition: ${name}`,
    'preference_respected',
    { facts: { faithPreference: 'own_tradition', faithTradition }, provider },
    false,
    'They asked for their own tradition, and this group is not known to be of it.',
  ]),

  ['not on the list', 'may_be_offered', {}, true, 'It may be offered.'],
  [
    'on the list',
    'may_be_offered',
    { facts: { neverOffer: true } },
    false,
    'This service is not suitable for this person.',
  ],
];

const check = ({ facts, listing, provider }: Case) =>
  checkGates({ ...GRACE, ...facts }, { ...LUNCH, ...listing }, { ...GROUP, ...provider }, TODAY, SETTINGS);

describe('gates', () => {
  it.each(ROWS)('%s (%s)', (_name, gate, about, passed, because) => {
    expect(check(about).find((answer) => answer.gate === gate)).toEqual({ gate, passed, because });
  });

  it('are all answered, in order, and each of them can pass and refuse', () => {
    expect(check({}).map(({ gate }) => gate)).toEqual([
      'open_now',
      'in_area',
      'eligible',
      'takes_this_need',
      'within_limits',
      'assured_for_level',
      'has_places',
      'preference_respected',
      'may_be_offered',
    ]);
    for (const gate of GATE_NAMES) {
      const answers = ROWS.filter((row) => row[1] === gate).map((row) => row[3]);
      expect({ gate, answers: new Set(answers) }).toEqual({ gate, answers: new Set([true, false]) });
    }
  });

  it('open for published services only', () => {
    const open = LISTING_STATES.filter((state) => check({ listing: { state } })[0]?.passed);
    expect(open).toEqual(['published']);
  });

  it('have words for every limit, and say none that a person does not meet', () => {
    for (const limit of LIMITS) {
      const about: Case = {
        facts: limit === 'under_18s' ? { age: 12 } : { circumstances: [limit] },
        provider: { limits: [limit] },
      };
      const answer = check(about).find(({ gate }) => gate === 'within_limits');
      expect(answer?.passed).toBe(false);
      expect(answer?.because).toMatch(/^This group does not take [a-z].*\.$/);
    }
  });

  it('never name a tradition, which a group may keep to itself', () => {
    const facts = { faithPreference: 'own_tradition', faithTradition: 'sikh' } as const;
    const words = check({ facts, provider: { sector: 'faith', tradition: 'christian' } }).map(
      ({ because }) => because,
    );
    expect(words.join(' ')).not.toMatch(/christian|sikh/i);
  });
});
