import { aCase, aGroup, anOffer, type OfferSentence, type TestGroup } from '../factories/onward.js';
import { journey, play, type Stage } from '../support/journeys.js';
import { replyLink } from '../support/links.js';
import type { TestMember } from '../support/people.js';

const GRACE = { firstName: 'Grace', lastName: 'Okafor', knownAs: null, phone: '07700 900123' };
const MAIL = 'mo@example.org';
/** What a letter is read in, before its link is tapped. */
const LETTERS = 'about:blank';

/** What is told of its service. */
type Told = NonNullable<NonNullable<Parameters<typeof aGroup>[1]>['listing']>;
const lunchOf = ({ scheme }: Stage, more: Told = {}): Promise<TestGroup> =>
  aGroup(scheme, {
    places: 3,
    provider: { name: 'St Mary’s lunch club', contactEmail: MAIL, answersBy: 'email' },
    listing: { name: 'Friday lunch', ...more },
  });
const same = (offer: OfferSentence): OfferSentence => offer;

/** A group that was asked about Grace, and the link in its letter. */
const asked = async (stage: Stage, more = same) => {
  const group = await lunchOf(stage);
  const grace = await aCase(stage.scheme, { person: GRACE });
  const id = await more(anOffer(stage.scheme, grace, group, { safetyInstructions: ['meet_in_pairs'] }));
  const about = { kind: 'onward_referral', id } as const;
  return {
    group,
    at: await replyLink(stage.scheme, group.organisationId, MAIL, { purpose: 'answer', about }),
  };
};
const letter =
  (more = same) =>
  async (stage: Stage) => {
    const { at } = await asked(stage, more);
    return { at: LETTERS, link: at };
  };
/** The link about the service itself. */
const listing = async (stage: Stage, more: Told = {}) => {
  const { organisationId, listingId } = await lunchOf(stage, more);
  const about = { kind: 'listing', id: listingId } as const;
  return { at: await replyLink(stage.scheme, organisationId, MAIL, { purpose: 'listing_check', about }) };
};
const signedIn =
  (at: string) =>
  async (stage: Stage): Promise<{ who: TestMember; at: string }> => {
    const { group } = await asked(stage);
    return { who: group.member, at };
  };

await play(
  'group',
  {
    C1: journey({
      given: letter(),
      when: async (hand, { link }) => {
        await hand.open(link);
        await hand.press('Yes, we can help');
      },
      then: (hand) => hand.sees('Thank you. Your group said yes', 'Grace Okafor'),
    }),
    C2: journey({
      given: (stage) => asked(stage, (offer) => offer.accepted()),
      when: (hand) => hand.press('Yes, we have been in touch'),
      then: (hand) => hand.sees('You have been in touch. Thank you.'),
    }),
    'C3 full': journey({
      given: letter(),
      when: async (hand, { link }) => {
        await hand.open(link);
        await hand.press('We are full for 4 weeks');
      },
      then: (hand) => hand.sees('Thank you for telling us', 'Take our answer back'),
    }),
    'C3 else': journey({
      given: letter(),
      when: async (hand, { link }) => {
        await hand.open(link);
        await hand.press('It is not right for our group');
      },
      then: (hand) => hand.sees('Thank you for telling us', 'Take our answer back'),
    }),
    'C3 note': journey({
      given: asked,
      when: async (hand) => {
        await hand.follow(/^Something else/);
        await hand.wrong('Send our answer');
        await hand.choose('It is not right for our group');
        await hand.press('Send our answer');
      },
      then: (hand) => hand.sees('Thank you for telling us'),
    }),
    C4: journey({
      given: asked,
      when: async (hand) => {
        await hand.follow('Talk first');
        await hand.press('Please ring us');
      },
      then: (hand) => hand.sees('Can you help Grace?', 'ring you'),
    }),
    C5: journey({
      given: letter((offer) => offer.accepted().inTouch()),
      when: async (hand, { link }) => {
        await hand.open(link);
        await hand.press(/^They came$/);
      },
      then: (hand) => hand.sees('Grace and your group', 'Came'),
    }),
    'C5 day': journey({
      given: (stage) => asked(stage, (offer) => offer.accepted().inTouch()),
      when: async (hand) => {
        await hand.follow('Another day');
        await hand.wrong('Save');
        await hand.choose('They came');
        await hand.press('Save');
      },
      then: (hand) => hand.sees('Grace and your group'),
    }),
    'C5 end': journey({
      given: letter((offer) => offer.accepted().started()),
      when: async (hand, { link }) => {
        await hand.open(link);
        await hand.press('They came once');
      },
      then: (hand) => hand.sees('Please do not contact Grace again', 'Take our answer back'),
    }),
    'C5 note': journey({
      given: (stage) => asked(stage, (offer) => offer.accepted().started()),
      when: async (hand) => {
        await hand.follow('It has come to an end');
        await hand.wrong('Save');
        await hand.choose('It came to its end as planned');
        await hand.press('Save');
      },
      then: (hand) => hand.sees('Please do not contact Grace again'),
    }),
    C6: journey({
      given: signedIn('/desk/group/referrals'),
      when: (hand) => hand.follow('Can you help Grace?'),
      then: (hand) => hand.sees('Yes, we can help'),
    }),
    'C7 right': journey({
      given: (stage) => listing(stage),
      when: (hand) => hand.press('Yes, all correct'),
      then: (hand) => hand.sees('Thank you'),
    }),
    'C7 times': journey({
      given: async (stage) => {
        const told = await listing(stage, {
          schedule: [{ day: 'thursday', from: '12:00', to: '14:00', every: 'week' }],
        });
        return { at: told.at };
      },
      when: async (hand) => {
        await hand.follow('Change When you meet');
        await hand.pick('Day', 'Friday');
        await hand.press('Save');
      },
      then: (hand) => hand.sees('Friday 12:00–14:00', 'Yes, all correct'),
    }),
    'C7 access': journey({
      given: (stage) => listing(stage),
      when: async (hand) => {
        await hand.follow('Change Getting in and taking part');
        await hand.choose('A way in without steps');
        await hand.press('Save');
      },
      then: (hand) => hand.sees('A way in without steps', 'Yes, all correct'),
    }),
    'C7 full': journey({
      given: (stage) => listing(stage),
      when: async (hand) => {
        await hand.follow('We are full for now');
        await hand.wrong('Save');
        await hand.choose('2 weeks');
        await hand.press('Save');
      },
      then: (hand) => hand.sees('Full until'),
    }),
    'C7 away': journey({
      given: signedIn('/desk/group/services'),
      when: async (hand) => {
        await hand.follow('Times when we are away or do more');
        await hand.wrong('Save');
        await hand.choose('We are closed');
        await hand.type('What is it?', 'Christmas');
        await hand.date('First day', '21 12 2026');
        await hand.date('Last day', '4 1 2027');
        await hand.press('Save');
      },
      then: (hand) => hand.sees('Saved.', 'Christmas', 'Take it away'),
    }),
    'C7 count': journey({
      given: signedIn('/desk/group/services'),
      when: async (hand) => {
        await hand.follow('Count the help you gave');
        await hand.wrong('Count it');
        await hand.choose('Food parcels');
        await hand.press('Count it');
      },
      then: (hand) => hand.sees('Thank you. We have counted it.'),
    }),
    C8: journey({
      given: signedIn('/desk/group/services'),
      when: async (hand) => {
        await hand.follow('Describe another service');
        await hand.wrong('Save');
        await hand.type('Name of the service', 'Tuesday walk');
        await hand.type('What happens there', 'We walk two miles along the front, and stop for tea.');
        await hand.choose('Company');
        await hand.press('Save');
        await hand.follow('Change Where');
        await hand.type('Postcode', 'CO97 1AA');
        await hand.press('Save');
        await hand.follow('See it as link workers do');
        await hand.press('Send it to be looked at');
      },
      then: (hand) => hand.sees('Somebody looks at it first', 'Tuesday walk', 'until then nobody finds it'),
    }),
    C9: journey({
      given: async (stage) => {
        const { at } = await asked(stage);
        return { at: `${at}/leave` };
      },
      when: async (hand) => {
        const link = hand.page.url().replace('/leave', '');
        await hand.aside(async () => {
          await hand.press('I no longer help here');
          await hand.at(link);
        });
        await hand.press('Send me a new link');
      },
      then: (hand) => hand.sees('new link'),
    }),
    C10: journey({
      given: signedIn('/desk/group/referrals'),
      when: (hand) => hand.follow('Open referrals on paper'),
      then: (hand) => hand.sees('What comes next', 'With first names'),
    }),
  },
  { onPhone: true },
);
