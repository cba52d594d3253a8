import { workOn } from '../factories/bulk-referrals.js';
import { aClient } from '../factories/clients.js';
import { aCase, aGroup, anOffer } from '../factories/onward.js';
import { aReferral, theManager } from '../factories/referrals.js';
import { journey, play, type Stage } from '../support/journeys.js';
import { aMember, anOrganisation } from '../support/people.js';
import { TEST_NOW } from '../support/start-app.js';

/** A list of what a place has, as somebody keeps it. */
const ASSETS = ['What it is called,In short,Sort', 'Tuesday hall,A warm room,Places'].join('\r\n');

const managerAt =
  (at: string) =>
  async ({ scheme }: Stage) => ({ who: await theManager(scheme), at });
const administratorAt =
  (at: string) =>
  async ({ scheme }: Stage) => {
    await anOrganisation(scheme, 'gp_practice', { name: 'Hillside surgery' });
    return { who: await aMember(scheme, 'administrator'), at };
  };

await play('manager', {
  M1: journey({
    given: async (stage) => {
      await aReferral(stage.scheme);
      return managerAt('/desk/tasks')(stage);
    },
    when: (hand) => hand.follow('Overview'),
    then: (hand) => hand.sees('What is waiting or open is counted as of'),
  }),
  M3: journey({
    given: async (stage) => {
      await aReferral(stage.scheme);
      const begun = await managerAt('/desk/manage')(stage);
      const answer = await stage.betony.inject({
        method: 'POST',
        url: '/api/v1/gaps',
        headers: begun.who.headers,
        payload: { need: 'food', why: 'nothing_like_it', area: 'CO97' },
      });
      expect(answer.statusCode).toBe(201);
      return begun;
    },
    when: async (hand) => {
      await hand.follow('Gaps', hand.main);
      await hand.follow('All together, by need, place, language and access');
    },
    then: (hand) => hand.sees('Gaps by need and place', 'CO97', '1 gap'),
  }),
  M6: journey({
    given: async (stage) => {
      const group = await aGroup(stage.scheme, { places: 3, provider: { name: 'St Mary’s' } });
      await anOffer(stage.scheme, await aCase(stage.scheme), group).accepted();
      return managerAt('/desk/manage')(stage);
    },
    when: (hand) => hand.follow('How groups are doing', hand.main),
    then: (hand) => hand.sees('St Mary’s', '1 of 1 asked', 'Too few to say: 1 answer', '2 of 3 free'),
  }),
  M8: journey({
    given: async (stage) => ({
      ...(await managerAt('/desk/imports/new')(stage)),
      work: (id: string) => workOn(stage.scheme, id),
    }),
    when: async (hand, { work }) => {
      await hand.wrong('Check it');
      await hand.page
        .getByLabel('File')
        .setInputFiles({ name: 'assets.csv', mimeType: 'text/csv', buffer: Buffer.from(ASSETS) });
      await hand.choose('Assets of the community (CSV)');
      await hand.press('Check it');
      const list = new URL(hand.page.url()).pathname;
      /** What a worker does meanwhile, and the list again. */
      const worked = (): Promise<void> =>
        hand.aside(async () => {
          await hand.at('/desk/manage');
          await work(list.slice(-36));
          await hand.at(list);
        });
      await hand.wrong('Check the list');
      await hand.pick('Column “What it is called”', 'name');
      await hand.pick('Column “In short”', 'description');
      await hand.pick('Column “Sort”', 'kind');
      await hand.press('Check the list');
      await worked();
      await hand.sees('New here');
      await hand.press('Approve it');
      await worked();
      await hand.press('Take it back');
      await worked();
    },
    then: (hand) => hand.sees('assets.csv', 'Taken back'),
  }),
  M9: journey({
    given: administratorAt('/desk/invitations/new'),
    when: async (hand) => {
      await hand.wrong('Send the invitation');
      await hand.type('Name', 'Kim Lee');
      await hand.type('E-mail address', 'kim@example.org');
      await hand.choose('Referrer');
      await hand.pick('Organisation', /Hillside surgery/);
      await hand.press('Send the invitation');
    },
    then: (hand) => hand.sees('Kim Lee'),
  }),
  M10: journey({
    given: managerAt('/desk/organisations/new'),
    when: async (hand) => {
      await hand.wrong('Add it');
      await hand.type('Name', 'Hillside surgery');
      await hand.pick('Kind', /GP practice/);
      await hand.choose('Yes', 'Does it send us referrals?');
      await hand.press('Add it');
    },
    then: (hand) => hand.sees('Hillside surgery'),
  }),
  M11: journey({
    given: administratorAt('/desk/manage'),
    when: (hand) => hand.follow('Lists to choose from'),
    then: (hand) => hand.sees('SNOMED CT codes'),
  }),
  M12: journey({
    given: administratorAt('/desk/templates'),
    when: async (hand) => {
      await hand.follow(/^Before an appointment/);
      await hand.press('Send me a test');
    },
    then: (hand) => hand.sees('A test is on its way'),
  }),
  M13: journey({
    given: async (stage) => {
      stage.betony.clock.set('2017-01-09T10:00:00Z');
      await aClient(stage.scheme, { firstName: 'Ada', lastName: 'Long', dateOfBirth: '1950-03-01' });
      stage.betony.clock.set(TEST_NOW);
      return managerAt('/desk/manage')(stage);
    },
    when: (hand) => hand.follow('Records kept long enough'),
    then: (hand) => hand.sees('Ada Long', 'To decide'),
  }),
  M14: journey({
    given: managerAt('/desk/manage'),
    when: (hand) => hand.follow('Who looked at what'),
    then: (hand) => hand.sees('That you looked here is on record too'),
  }),
  M15: journey({
    given: managerAt('/desk/manage'),
    when: (hand) => hand.follow('System health'),
    then: (hand) => hand.sees('What Betony depends on'),
  }),
  M16: journey({
    given: administratorAt('/desk/programs'),
    when: async (hand) => {
      await hand.press('Let a program in');
      await hand.wrong('Let it in');
      await hand.type('What it is called', 'Records system');
      await hand.pick('The organisation it acts for', /Hillside surgery/);
      await hand.choose('Sends referrals and follows them');
      await hand.press('Let it in');
    },
    then: (hand) => hand.sees('Records system', 'The key, shown this once'),
  }),
});
