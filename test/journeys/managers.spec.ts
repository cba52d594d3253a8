import { aReferral, theManager } from '../factories/referrals.js';
import { journey, play, type Stage } from '../support/journeys.js';
import { aMember, anOrganisation } from '../support/people.js';

/** A list of what a place has, as somebody keeps it. */
const ASSETS = ['kind,name', 'place,Tuesday hall'].join('\r\n');

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
  M6: journey({
    given: managerAt('/desk/manage'),
    when: (hand) => hand.follow('Groups', hand.main),
    then: (hand) => hand.sees('Groups come by an import'),
  }),
  M8: journey({
    given: managerAt('/desk/imports/new'),
    when: async (hand) => {
      await hand.wrong('Check it');
      await hand.page
        .getByLabel('File')
        .setInputFiles({ name: 'assets.csv', mimeType: 'text/csv', buffer: Buffer.from(ASSETS) });
      await hand.choose('Assets of the community (CSV)');
      await hand.press('Check it');
    },
    then: (hand) => hand.sees('assets.csv'),
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
    given: managerAt('/desk/manage'),
    when: (hand) => hand.follow('Records kept long enough'),
    then: (hand) => hand.sees('No record has been kept long enough.'),
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
});
