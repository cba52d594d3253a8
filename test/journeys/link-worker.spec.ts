import { aCase as inCaseload } from '../factories/caseload.js';
import { aCase, aGroup, anOffer, type TestCase, type TestGroup } from '../factories/onward.js';
import { aReferral, theManager } from '../factories/referrals.js';
import { journey, play, type Stage } from '../support/journeys.js';
import { aMember, type MemberDetails, type TestMember } from '../support/people.js';

const GRACE = { firstName: 'Grace', lastName: 'Okafor', dateOfBirth: '1948-03-02', phone: '07700 900123' };
const ONS4 = { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 };
const GIVE = 'What they would like to give';

const samOf = ({ scheme }: Stage, more: MemberDetails = {}): Promise<TestMember> =>
  aMember(scheme, 'link_worker', { name: 'Sam Okoro', ...more });

/** Sam, with Grace in the caseload. */
const samWithGrace = async (stage: Stage, at: (grace: TestCase) => string) => {
  const who = await samOf(stage);
  const grace = await aCase(stage.scheme, { worker: who, person: GRACE });
  return { who, grace, at: at(grace) };
};
const samAt = (at: (grace: TestCase) => string) => (stage: Stage) => samWithGrace(stage, at);
/** The same on the day on which something is due. */
const samToday = async (stage: Stage) => {
  const who = await samOf(stage);
  const grace = await inCaseload(stage.scheme, who)
    .person({ ...GRACE, safeToCall: 'yes' })
    .begun()
    .due('2026-11-23');
  return { who, grace, at: '/desk/today' };
};
const lunchOf = ({ scheme }: Stage, answersBy: 'email' | 'phone' = 'email'): Promise<TestGroup> =>
  aGroup(scheme, {
    places: 3,
    provider: { name: 'St Mary’s', contactEmail: 'mo@example.org', contactPhone: '01632 960123', answersBy },
    listing: { name: 'Friday lunch', postcode: 'CO97 1AA' },
  });
/** Written down over the API, which the pages share their services with. */
const written = async ({ betony }: Stage, { headers }: TestMember, path: string, payload: object) => {
  const answer = await betony.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload });
  expect([path, answer.statusCode]).toEqual([path, 201]);
};
/** Somebody new, as far as triage has come with them. */
const newFor = async (stage: Stage, at: string, accepted = false) => {
  const who = await samOf(stage, { triages: true });
  const sentence = aReferral(stage.scheme).about(GRACE);
  const { id } = await (accepted ? sentence.accepted() : sentence);
  return { who, id, at };
};

await play('link worker', {
  L1: journey({
    given: async (stage) => ({ ...(await samToday(stage)), at: '/desk/caseload' }),
    when: async (hand) => {
      await hand.follow('Today');
      await hand.touch(hand.link('07700 900123'));
    },
    then: (hand) => hand.sees('Due today (1)'),
  }),
  L2: journey({
    given: samAt(() => '/desk/today'),
    when: async (hand) => {
      await hand.type('Find a person', 'Oka');
      await hand.send();
    },
    then: (hand) => hand.sees('OKAFOR, Grace'),
  }),
  'L3 take on': journey({
    given: (stage) => newFor(stage, '/desk/triage'),
    when: async (hand) => {
      await hand.follow('Grace Okafor');
      await hand.press('Take it on');
    },
    then: (hand) => hand.sees('Give it to a link worker'),
  }),
  'L3 take all on': journey({
    given: (stage) => newFor(stage, '/desk/triage'),
    when: async (hand) => {
      await hand.wrong('Take on all chosen');
      await hand.choose('Grace Okafor');
      await hand.press('Take on all chosen');
    },
    then: (hand) => hand.sees('What became of each', 'Done'),
  }),
  'L3 give': journey({
    given: (stage) => newFor(stage, '/desk/triage?state=accepted', true),
    when: async (hand) => {
      await hand.choose('Grace Okafor');
      await hand.press('Give all chosen to them');
    },
    then: (hand) => hand.sees('What became of each', 'Done'),
  }),
  'L3 return': journey({
    given: (stage) => newFor(stage, '/desk/triage'),
    when: async (hand) => {
      await hand.follow(/^Return it.*Grace Okafor$/);
      await hand.press(/^Return it for this.*How to reach them$/);
    },
    then: (hand) => hand.sees('Returned'),
  }),
  'L3 return words': journey({
    given: (stage) => newFor(stage, '/desk/triage'),
    when: async (hand) => {
      await hand.follow('Grace Okafor');
      await hand.follow('Return it to its sender');
      await hand.wrong('Return it');
      await hand.choose('How to reach them');
      await hand.type('What should they do?', 'Is her son’s number right?');
      await hand.press('Return it');
    },
    then: (hand) => hand.sees('Returned'),
  }),
  L4: journey({
    given: samAt(() => '/desk/caseload'),
    when: (hand) => hand.follow('Grace Okafor'),
    then: (hand) => hand.sees('What comes next', 'What happened last'),
  }),
  'L5 no answer': journey({
    given: samToday,
    when: async (hand) => {
      await hand.touch(hand.main.locator('summary').first());
      await hand.choose('No answer');
      await hand.press('Tomorrow');
    },
    then: (hand) => hand.sees('Nothing due today'),
  }),
  'L5 talk': journey({
    given: samToday,
    when: async (hand) => {
      await hand.touch(hand.main.locator('summary').first());
      await hand.choose('Yes, we talked');
      await hand.type(
        'What was said (optional)',
        'She would like to sing again, and eat with others on Fridays.',
      );
      await hand.press('In 1 week');
    },
    then: (hand) => hand.sees('Nothing due today'),
  }),
  L6: journey({
    given: async (stage) => {
      const who = await samOf(stage);
      await inCaseload(stage.scheme, who)
        .person({ ...GRACE, safeToCall: 'yes' })
        .unreached(2)
        .due('2026-11-23');
      return { who, at: '/desk/today' };
    },
    when: async (hand) => {
      // The third time leads here by itself.
      await hand.aside(async () => {
        await hand.touch(hand.main.locator('summary').first());
        await hand.choose('No answer');
        await hand.press('Tomorrow');
      });
      await hand.wrong('Save');
      await hand.choose('Close it: we could not reach them');
      await hand.press('Save');
    },
    then: (hand) => hand.sees('Nothing due today'),
  }),
  L7: journey({
    given: samAt(({ clientId }) => `/desk/people/${clientId}/conversation`),
    when: async (hand) => {
      await hand.aside(() => hand.type(GIVE, 'Teaches knitting'));
      if (hand.way === 'no scripts') await hand.press('Save draft');
      else await hand.strike('Tab');
    },
    then: async (hand) => {
      if (hand.way === 'no scripts') await hand.sees('This is your draft');
      else await hand.page.locator('[data-autosaved]', { hasText: 'Draft saved' }).waitFor();
    },
  }),
  L8: journey({
    given: async (stage) => {
      const begun = await samWithGrace(stage, ({ clientId }) => `/desk/people/${clientId}/plan`);
      await written(stage, begun.who, `referrals/${begun.grace.referralId}/plan`, {
        goals: [{ words: 'See people again', importance: 8 }],
      });
      return begun;
    },
    when: async (hand) => {
      await hand.follow('Add a step to: See people again');
      await hand.wrong('Save');
      await hand.type('What is to be done?', 'Ring the choir');
      await hand.press('Save');
    },
    then: (hand) => hand.sees('Ring the choir: The link worker'),
  }),
  'L9 anywhere': journey({
    given: async (stage) => {
      await lunchOf(stage);
      return { who: await samOf(stage), at: '/desk/find' };
    },
    when: async (hand) => {
      await hand.aside(async () => {
        await hand.type('Near postcode', 'nowhere');
        await hand.wrong('Show');
      });
      await hand.type('Near postcode', 'CO971AA');
      await hand.press('Show');
    },
    then: (hand) => hand.sees('Friday lunch'),
  }),
  'L9 for a person': journey({
    given: async (stage) => {
      await lunchOf(stage);
      return samWithGrace(stage, ({ clientId }) => `/desk/people/${clientId}`);
    },
    when: (hand) => hand.press('Find a group', hand.main),
    then: (hand) => hand.sees('Friday lunch', 'Best first'),
  }),
  L10: journey({
    given: async (stage) => {
      await lunchOf(stage);
      return samWithGrace(stage, ({ referralId }) => `/desk/referrals/${referralId}/find`);
    },
    when: async (hand) => {
      await hand.follow('Refer to Friday lunch');
      await hand.wrong('See what they will see');
      await hand.choose('Yes, by phone');
      await hand.press('See what they will see');
      await hand.press('Send to St Mary’s');
    },
    then: (hand) => hand.sees('Waiting for their answer'),
  }),
  'L11 read': journey({
    given: async (stage) => {
      const begun = await samWithGrace(stage, ({ clientId }) => `/desk/people/${clientId}`);
      await anOffer(stage.scheme, begun.grace, await lunchOf(stage)).accepted();
      return begun;
    },
    when: (hand) => hand.follow('Groups'),
    then: (hand) => hand.sees('Friday lunch', 'They said yes'),
  }),
  'L11 chase': journey({
    given: async (stage) => {
      const begun = await samWithGrace(stage, () => '');
      const id = await anOffer(stage.scheme, begun.grace, await lunchOf(stage, 'phone'));
      return { ...begun, at: `/desk/onward/${id}` };
    },
    when: (hand) => hand.press('We rang them'),
    then: (hand) => hand.sees('Answer by'),
  }),
  L12: journey({
    given: samAt(({ clientId }) => `/desk/people/${clientId}`),
    when: async (hand) => {
      await hand.follow('Ask the questions by phone');
      for (const [at, key] of ['3', '4', '10', '7'].entries()) {
        if (hand.way === 'no scripts') await hand.choose(key, new RegExp(`^${String(at + 1)}\\.`));
        else await hand.strike(key === '10' ? 't' : key);
      }
      if (hand.way === 'no scripts') await hand.press('Save');
      else await hand.send();
    },
    then: (hand) => hand.sees('Happiness yesterday: 10 of 10'),
  }),
  L13: journey({
    given: async (stage) => {
      const begun = await samWithGrace(stage, ({ clientId }) => `/desk/people/${clientId}`);
      await written(stage, begun.who, `referrals/${begun.grace.referralId}/responses`, {
        measure: 'ons4',
        version: '1',
        occasion: 'baseline',
        answeredOn: '2026-11-23',
        mode: 'phone',
        answers: ONS4,
      });
      await written(stage, begun.who, `referrals/${begun.grace.referralId}/plan`, {
        goals: [{ words: 'See people again', importance: 8 }],
      });
      return begun;
    },
    when: async (hand) => {
      await hand.follow('Close it');
      await hand.wrong('No, and close it');
      await hand.sees('How does this goal stand? “See people again”');
      await hand.choose('It helped');
      await hand.choose('Done');
      await hand.choose('They did not want to');
      await hand.press('Yes, and close it');
    },
    then: (hand) => hand.sees('no referral is open'),
  }),
  L14: journey({
    given: samAt(() => '/desk/calendar'),
    when: (hand) => hand.press('Make a private address'),
    then: (hand) => hand.sees('Your private address'),
  }),
  L15: journey({
    given: samAt(({ clientId }) => `/desk/people/${clientId}`),
    when: async (hand) => {
      await hand.follow('Record a safety concern');
      await hand.wrong('I have read what to do in an emergency: record it');
      await hand.choose('Neglect');
      await hand.type('What did you see or hear?', 'No food in the house.');
      await hand.choose('Adult social care');
      await hand.press('I have read what to do in an emergency: record it');
    },
    then: (hand) => hand.sees('No food in the house.'),
  }),
  L16: journey({
    given: samAt(({ referralId }) => `/desk/referrals/${referralId}/find`),
    when: async (hand) => {
      await hand.follow(/^tell us about the gap$/i);
      await hand.wrong('Save');
      await hand.choose('There is nothing like it here');
      await hand.press('Save');
    },
    then: (hand) => {
      expect(hand.page.url()).toContain('noted=gap');
      return Promise.resolve();
    },
  }),
  'L17 cover': journey({
    given: async (stage) => {
      await aMember(stage.scheme, 'link_worker', { name: 'Kim Lee' });
      return samWithGrace(stage, () => '/desk/away');
    },
    when: async (hand) => {
      await hand.wrong('Save');
      await hand.pick('Who does the work?', /Kim Lee/);
      await hand.choose(/Tomorrow/);
      await hand.date(/^To$/, '30 11 2026');
      await hand.press('Save');
    },
    then: (hand) => hand.sees('Mon, 30 November 2026', 'Kim Lee'),
  }),
  'L17 away': journey({
    given: samAt(() => '/desk/away'),
    when: (hand) => hand.press(/^I am away from today/),
    then: (hand) => hand.sees('Back at work'),
  }),
  L18: journey({
    given: async (stage) => {
      await samOf(stage);
      await aReferral(stage.scheme).about(GRACE).accepted();
      return { who: await theManager(stage.scheme), at: '/desk/team' };
    },
    when: async (hand) => {
      await hand.wrong('Give all chosen to them');
      await hand.choose('Grace Okafor');
      await hand.press('Give all chosen to them');
    },
    then: (hand) => hand.sees('What became of each', 'Done'),
  }),
});
