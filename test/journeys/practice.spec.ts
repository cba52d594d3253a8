import { workOn } from '../factories/bulk-referrals.js';
import { aReferral, type ReferralSentence } from '../factories/referrals.js';
import type { Hand } from '../support/hand.js';
import { journey, play, type Stage } from '../support/journeys.js';
import { aMember, type TestMember } from '../support/people.js';

const GRACE = { firstName: 'Grace', lastName: 'Okafor', dateOfBirth: '1948-03-02', nhsNumber: null };
/** A list as somebody's own system writes it. */
const LIST = [
  'first name,last name,date of birth,phone,safe to call,wants help with,agreed on,agreed with,risks',
  'Musa,Adeyemi,02/03/1951,07700 900123,yes,loneliness,20/11/2026,Dr Ali,none known',
].join('\r\n');
const SUMMARY = 'Summary for the record';

const priyaAt = async ({ scheme }: Stage, at: string): Promise<{ who: TestMember; at: string }> => ({
  who: await aMember(scheme, 'referrer', { name: 'Priya Shah' }),
  at,
});
/** Priya, with a referral of Grace that she sent before. */
const priyaSent = async (
  stage: Stage,
  more: (sentence: ReferralSentence) => ReferralSentence = (one) => one,
): Promise<{ who: TestMember; id: string; at: string }> => {
  const { who } = await priyaAt(stage, '');
  const { id } = await more(aReferral(stage.scheme).from(who).about(GRACE));
  return { who, id, at: `/desk/referrals/${id}` };
};

const person = async (hand: Hand, first: string, last: string, born: string): Promise<void> => {
  await hand.type('First name', first);
  await hand.type('Last name', last);
  await hand.date('Date of birth', born);
};
const rest = async (hand: Hand): Promise<void> => {
  await hand.type('Phone', '07700900123');
  await hand.choose('Yes', 'Safe to call?');
  await hand.choose('Feeling lonely or cut off');
  await hand.choose('None known');
  await hand.choose('Yes, face to face');
  await hand.choose('Whether it was taken on, and when it ended');
};

await play('practice', {
  'G1 new': journey({
    given: (stage) => priyaAt(stage, '/desk/refer'),
    when: async (hand) => {
      await hand.wrong('Send referral');
      await hand.choose('No', 'Could anyone come to harm in the next few days?');
      await hand.type('NHS number', '9990000018');
      await person(hand, 'Musa', 'Adeyemi', '2 3 1951');
      await rest(hand);
      await hand.press('Send referral');
    },
    then: (hand) => hand.sees('Referral sent', 'Musa Adeyemi'),
  }),
  'G1 known': journey({
    given: async (stage) => {
      const sam = await aMember(stage.scheme, 'link_worker');
      const phone = { phone: '07700 900123', safeToCall: 'yes' as const };
      const sent = await priyaSent(stage, (one) =>
        one
          .about({ ...GRACE, ...phone })
          .accepted()
          .allocatedTo(sam)
          .active()
          .closed(),
      );
      return { ...sent, at: '/desk/refer' };
    },
    when: async (hand) => {
      await hand.choose('No', 'Could anyone come to harm in the next few days?');
      await hand.type('Somebody you referred before', 'Okafor');
      await hand.send();
      await hand.choose('Feeling lonely or cut off');
      await hand.choose('None known');
      await hand.choose('Yes, face to face');
      await hand.choose('Whether it was taken on, and when it ended');
      await hand.press('Send referral');
    },
    then: (hand) => hand.sees('Referral sent', 'Grace Okafor'),
  }),
  G2: journey({
    given: async (stage) => ({ ...(await priyaSent(stage)), at: '/desk/refer' }),
    when: async (hand) => {
      await hand.aside(async () => {
        await hand.choose('No', 'Could anyone come to harm in the next few days?');
        await person(hand, 'Grace', 'Okafor', '2 3 1948');
        await rest(hand);
        await hand.press('Send referral');
        await hand.sees('Is this the same person?', 'What you typed');
      });
      await hand.choose('This is a different person');
      await hand.aside(() => hand.press('Send referral'));
    },
    then: (hand) => hand.sees('Referral sent'),
  }),
  G3: journey({
    given: async (stage) => ({ ...(await priyaSent(stage)), at: '/desk/refer' }),
    when: async (hand) => {
      await hand.aside(async () => {
        await hand.choose('No', 'Could anyone come to harm in the next few days?');
        await person(hand, 'Grace', 'Okafor', '2 3 1948');
        await rest(hand);
        await hand.press('Send referral');
      });
      await hand.press('Same person: add a note to it instead');
    },
    then: (hand) => hand.sees('What should whoever has this referral know?'),
  }),
  G4: journey({
    given: async (stage) => {
      const sent = await priyaSent(stage);
      return { ...sent, at: `${sent.at}?sent` };
    },
    when: (hand) => hand.follow('Print a slip for the person, in their language'),
    then: (hand) => hand.sees('What happens next'),
  }),
  G5: journey({
    given: async (stage) => ({ ...(await priyaSent(stage, (one) => one.accepted())), at: '/desk/refer' }),
    when: (hand) => hand.follow('Our referrals'),
    then: (hand) => hand.sees('Grace Okafor', 'The scheme took it on'),
  }),
  G6: journey({
    given: async (stage) => {
      const sam = await aMember(stage.scheme, 'link_worker');
      const sent = await priyaSent(stage, (one) => one.accepted().allocatedTo(sam).active().closed());
      return { ...sent, at: '/desk/referrals' };
    },
    when: async (hand) => {
      await hand.follow('Grace Okafor');
      // Without a script, the text is there to be taken by hand.
      await hand.touch(
        hand.way === 'no scripts' ? hand.page.getByLabel(SUMMARY) : hand.button('Copy summary'),
      );
    },
    then: async (hand) => {
      if (hand.way !== 'no scripts') await hand.page.getByText('Copied', { exact: true }).waitFor();
      expect(await hand.page.getByLabel(SUMMARY).inputValue()).toContain('SNOMED CT: 8717');
    },
  }),
  'G7 add': journey({
    given: (stage) => priyaSent(stage),
    when: async (hand) => {
      await hand.wrong('Add it');
      await hand.type('What should whoever has this referral know?', 'Her daughter is back');
      await hand.press('Add it');
    },
    then: (hand) => hand.sees('Added. Whoever has the referral sees it.', 'Her daughter is back'),
  }),
  'G7 withdraw': journey({
    given: (stage) => priyaSent(stage),
    when: async (hand) => {
      await hand.touch(hand.main.locator('summary', { hasText: 'Withdraw this referral' }));
      await hand.press('The person said no');
    },
    then: (hand) => hand.sees('The referral is withdrawn.'),
  }),
  'G7 note': journey({
    given: (stage) => priyaSent(stage),
    when: async (hand) => {
      await hand.touch(hand.main.locator('summary', { hasText: 'Withdraw this referral' }));
      await hand.follow('Another reason, or something to add');
      await hand.wrong('Withdraw it');
      await hand.choose('The person said no');
      await hand.type('Anything to add', 'Her son helps now');
      await hand.press('Withdraw it');
    },
    then: (hand) => hand.sees('The referral is withdrawn.'),
  }),
  G8: journey({
    given: (stage) => priyaAt(stage, '/desk/practice'),
    when: async (hand) => {
      await hand.type('Send it to', 'answers@example.org');
      await hand.press('Save');
    },
    then: (hand) => hand.sees('answers@example.org'),
  }),
  G9: journey({
    given: async (stage) => ({
      ...(await priyaAt(stage, '/desk/bulk-refer')),
      work: (id: string) => workOn(stage.scheme, id),
    }),
    when: async (hand, { work }) => {
      await hand.wrong('Go on');
      await hand.page.getByLabel('File').setInputFiles({
        name: 'search.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(LIST),
      });
      await hand.press('Go on');
      const list = new URL(hand.page.url()).pathname;
      /** What a worker does meanwhile, and the list again. */
      const worked = (): Promise<void> =>
        hand.aside(async () => {
          await hand.at('/desk/referrals');
          await work(list.slice(-36));
          await hand.at(list);
        });
      await hand.choose('Face to face');
      await hand.press('Check the list');
      await worked();
      await hand.wrong('Approve, and refer them');
      await hand.choose('No', /Could anyone on this list come to harm/);
      await hand.press('Approve, and refer them');
      await worked();
      await hand.sees('Done', 'Musa Adeyemi');
      await hand.press('Take it back');
      await worked();
    },
    then: (hand) => hand.sees('search.csv', 'Taken back', 'Withdrawn again'),
  }),
});
