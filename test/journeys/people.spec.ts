import { aCase } from '../factories/caseload.js';
import { aGroup } from '../factories/onward.js';
import type { Hand } from '../support/hand.js';
import { journey, play, type Stage } from '../support/journeys.js';
import { aMember } from '../support/people.js';

const SAFE = { safeToCall: 'yes', safeToText: 'yes', safeToEmail: 'yes', safeToWrite: 'yes' } as const;
const ONS4 = ['7', '6', '5', '4'];
const PLAN = {
  goals: [
    {
      words: 'See people again',
      importance: 8,
      actions: [{ what: 'Go to the lunch', who: 'client', dueOn: '2026-12-04' }],
    },
  ],
};
const MEETING = { kind: 'place', on: '2026-11-26', time: '14:30', minutes: 45, place: 'The library' };
let count = 0;

interface Written {
  id: string;
  address: string;
}

/** Grace, whom Sam works with, and the link to her page that he handed her. */
const grace = async ({ betony, scheme }: Stage) => {
  const { headers, actor, ...rest } = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  const email = `grace${String(++count)}@example.org`;
  const person = { firstName: 'Grace', lastName: 'Adeyemi', dateOfBirth: '1948-03-02', email, ...SAFE };
  const { clientId, referralId } = await aCase(scheme, { headers, actor, ...rest })
    .begun()
    .person(person);
  const write = async (path: string, payload: object = {}): Promise<Written> => {
    const answer = await betony.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload });
    expect([path, answer.statusCode]).toEqual([path, 201]);
    return answer.json<Written>();
  };
  const { address } = await write(`clients/${clientId}/page/links`);
  return { write, clientId, referralId, at: new URL(address).pathname };
};

const enter = async (hand: Hand): Promise<void> => {
  await hand.date('Date of birth', '2 3 1948');
  await hand.press('Continue');
};
/** On a page of hers, having entered by her link. */
const inside = async (hand: Hand, page: string): Promise<void> => {
  await hand.aside(async () => {
    await enter(hand);
    await hand.at(`/my/${page}`);
  });
};

await play(
  'person',
  {
    P1: journey({
      given: grace,
      when: async (hand) => {
        await hand.wrong('Continue');
        await enter(hand);
      },
      then: (hand) => hand.sees('Hello Grace'),
    }),
    P2: journey({
      given: async (stage) => {
        const { write, referralId, at } = await grace(stage);
        await write(`referrals/${referralId}/appointments`, MEETING);
        const { id } = await write(`referrals/${referralId}/plan`, PLAN);
        await write(`plans/${id}/shares`, { with: 'client', sections: ['goals'] });
        return { at };
      },
      when: (hand) => inside(hand, ''),
      then: (hand) =>
        hand.sees(
          'Sam works with you.',
          'Thursday 26 November',
          'The library',
          'My plan',
          'by Friday 4 December',
        ),
    }),
    P3: journey({
      given: async (stage) => {
        const { write, referralId, at } = await grace(stage);
        const { id } = await write(`referrals/${referralId}/plan`, PLAN);
        await write(`plans/${id}/shares`, { with: 'client', sections: ['goals'] });
        return { at };
      },
      when: async (hand) => {
        await inside(hand, 'plan');
        await hand.press(/^I did this/);
      },
      then: (hand) => hand.sees('by Friday 4 December – done'),
    }),
    P4: journey({
      given: async (stage) => {
        const { write, referralId, at } = await grace(stage);
        await write(`referrals/${referralId}/appointments`, MEETING);
        return { at };
      },
      when: async (hand) => {
        await inside(hand, 'appointments');
        await hand.follow(/^I cannot come/);
        await hand.wrong('Call it off');
        await hand.press('I am not well');
      },
      then: (hand) => hand.sees('Called off.'),
    }),
    P5: journey({
      given: async (stage) => {
        const { write, referralId } = await grace(stage);
        const asks = { occasion: 'baseline', measures: ['ons4'] };
        const { address } = await write(`referrals/${referralId}/questionnaire-links`, asks);
        return { at: `${new URL(address).pathname}/1` };
      },
      when: async (hand) => {
        await hand.wrong('Continue');
        for (const [index, answer] of ONS4.entries()) {
          await hand.choose(answer);
          const isLast = index === ONS4.length - 1;
          if (isLast) await hand.sees('Check your answers', 'Change question 3');
          await hand.press(isLast ? 'Send my answers' : 'Continue');
        }
      },
      then: (hand) => hand.sees('Thank you for your answers'),
    }),
    'P6 write': journey({
      given: grace,
      when: async (hand) => {
        await inside(hand, 'message');
        await hand.wrong('Send');
        await hand.type('Your message', 'Could we put the choir in?');
        await hand.press('Send');
      },
      then: (hand) => hand.sees('Your message is sent', 'This is not for emergencies'),
    }),
    'P6 contact': journey({
      given: grace,
      when: async (hand) => {
        await inside(hand, 'contact');
        await hand.type('What we should mind', 'Only mornings');
        await hand.press('Save');
      },
      then: (hand) => hand.sees('Saved.'),
    }),
    P7: journey({
      given: grace,
      when: async (hand) => {
        await inside(hand, 'sharing');
        await hand.follow(/^Take this back/);
        await hand.press('Yes, take it back');
      },
      then: (hand) => hand.sees('You took this back on 23 November 2026'),
    }),
    P8: journey({
      given: ({ scheme }) => Promise.resolve({ at: `/self-referral/${scheme.id}` }),
      when: async (hand) => {
        await hand.wrong('Send');
        await hand.choose('No', 'Could you, or anybody, come to harm in the next few days?');
        await hand.type('First name', 'Musa');
        await hand.type('Last name', 'Adeyemi');
        await hand.date('Date of birth', '2 3 1951');
        await hand.type('Phone', '07700900123');
        await hand.choose('Yes', 'Is it safe to call you there?');
        await hand.choose('I feel lonely or cut off');
        await hand.type('In your own words', 'I would like to sing again, and not to eat alone.');
        await hand.choose('Yes. I can take this back at any time');
        await hand.press('Send');
      },
      then: (hand) => hand.sees('Thank you'),
    }),
    P9: journey({
      given: async (stage) => {
        await aGroup(stage.scheme, { listing: { name: 'Friday lunch', postcode: 'CO97 1AA' } });
        return { at: `/find/${stage.scheme.id}` };
      },
      when: async (hand) => {
        await hand.type('Or in your own words', 'lunch');
        await hand.press('Find groups');
        await hand.follow('Friday lunch');
      },
      then: (hand) => hand.sees('Friday lunch', 'Ask for support'),
    }),
  },
  { onPhone: true },
);
