import { OWN_NAMES } from '../../src/web/words/languages.js';
import { isStaffPage } from '../../src/platform/http/pages.js';
import { learnMadeUp, MADE_UP, unmarked } from '../support/marked-pages.js';
import { PageCrawl } from '../support/page-crawl.js';
import { aWorld, type World } from '../support/route-samples.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { markTheirs } from '../support/their-words.js';

/** In eight languages by keys of their own, or for a person, whose language it is in. */
const OWN_KEYS = /^\/desk\/(?:group|referrals\/[^/]+\/slip|people\/[^/]+\/plan\/copy|shared-plans)\b/;
/** What a group's members share with staff is shown to them with the keys of their own pages. */
const OF_GROUPS = /^\/desk\/(?:account|kept)\b/;

/** What is shown as it is, and where. */
const AS_IT_IS: readonly { what: string; where: RegExp; said: RegExp }[] = [
  {
    what: 'published names and licences of measures',
    where: /^\/desk\/(?:measures|.*\/questionnaires)/,
    said: /\b(?:ONS|UCLA|PHQ-9|GAD-7|Warwick|licen[cs]e|reproduce|Goal attainment)/i,
  },
  { what: 'terms of SNOMED CT', where: /^\/desk\/lists/, said: /^\d{15} / },
  { what: 'names of columns of a file', where: /^\/desk\/(?:bulk-refer|imports)\b/, said: /^[\w, ]+$/ },
  { what: 'names of files', where: /\/checks$/, said: /\.pdf$/ },
  {
    what: 'a message as it is sent, in its own language',
    where: /^\/desk\/templates\/one/,
    said: /list|Saesneg/,
  },
  {
    what: 'a document that goes to another scheme',
    where: /\/(?:transfers?|came-with)(?:\/|$)/,
    said: /^Who they are, and how/,
  },
  {
    what: 'what a practice copies into its own record',
    where: /^\/desk\/referrals\/[\w-]+$/,
    said: /^(?:by|Social prescribing referral\b.*)$/,
  },
  {
    what: 'what a safety lead reads, as the scheme wrote it',
    where: /./,
    said: /^This is not how to report an emergency/,
  },
  {
    what: 'languages by their own names',
    where: /./,
    said: new RegExp(`^(?:${Object.values(OWN_NAMES).join('|')})$`),
  },
  { what: 'the end of a key', where: /^\/desk\/programs\//, said: /^…\S{4}$/ },
  { what: 'names that tests give', where: /./, said: /^(?:Demo|Scheme \d+)$/ },
];

/** Made of tables that are read before anybody has chosen a language, and of lower floors. */
const MADE_BEFORE = [
  'A way in without steps',
  'An accessible toilet',
  'Accessible parking',
  'Help with getting there',
  'A visit at home',
  'A quiet space',
  'A small group',
  'More time',
  'A carer or supporter with them',
  'An assistance dog',
  'A hearing loop',
  'A lipspeaker or notetaker',
  'Deafblind support',
  'Texts instead of calls',
  'Large print',
  'Braille',
  'Audio',
  'Easy read',
  'Things a screen reader can read',
  'Reminders',
  'Help with reading',
  'Yes, face to face',
  'Yes, by phone',
  'Yes, by video',
  'Yes, in writing',
  'Yes, online',
  'Finish a referral that was begun, or discard it',
  'Look at who says that a group is theirs',
  'GP practice:',
  'Personal contact',
  'Alone with somebody, or with somebody at risk',
  'Everybody knows who will ring them from then on',
  'Every next date is one the new worker can keep',
  'Safety items are written down where a cover reads them',
  'Groups that wait for an answer know whom to ring',
  'Notes and plans are finished; drafts are saved or thrown away',
];

const exactly = (texts: readonly string[]): RegExp =>
  new RegExp(`^(?:${texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`);

/** Still to be put into words that a language can translate. Nothing is added here; what is done is taken out. */
const NOT_YET: readonly { where: RegExp; said: RegExp }[] = [
  { where: /./, said: exactly(MADE_BEFORE) },
  // Names made of codes.
  { where: /^\/desk\/templates(?:\?|$)/, said: /^[A-Z][a-z]+(?: [a-z]+)*$/ },
  // Of lower floors, put together from two sentences or with a value that is ours as well.
  { where: /^\/desk\/messages/, said: /^There is nobody at that address/ },
  { where: /^\/desk\/neighbourhoods\//, said: /^Of them, in no neighbourhood/ },
  { where: /^\/desk\/measures/, said: /^It (?:is switched off|follows from)|^A manager has to enter/ },
  { where: /^\/desk\/account\/sessions/, said: /^A program$/ },
  // Markup within an expression.
  { where: /\/safety-messages(?:\/|$)/, said: /^In danger now: ring$|^\. This is for somebody/ },
];

describe('every page of staff in a made-up language', () => {
  let betony: TestApp;
  let world: World;
  let crawl: PageCrawl;

  beforeAll(async () => {
    learnMadeUp();
    betony = await startApp();
    world = await aWorld(betony);
    const before = new PageCrawl(betony);
    await before.ofStaff(world);
    expect(await markTheirs(betony.database, world.scheme.id)).toBeGreaterThan(1_000);
    crawl = new PageCrawl(betony);
    const chosen = `betony-language=${MADE_UP}`;
    for (const { route, url, who, cookie, html, status } of before.visits)
      if (html !== '' && status === 200)
        await crawl.open({ who, cookie: `${cookie}; ${chosen}` }, url, route);
    for (const url of ['/desk/sign-in', '/desk/by-code', '/desk/forgotten', '/desk/forgotten/sent'])
      await crawl.open({ who: 'anybody', cookie: chosen }, url);
  }, 600_000);
  afterAll(() => betony.stop());

  const left = (): { said: string; url: string }[] =>
    crawl.visits
      .filter(({ url, html }) => isStaffPage(url) && !OWN_KEYS.test(url) && html !== '')
      .filter(({ url, who }) => !(who === 'provider_member' && OF_GROUPS.test(url)))
      .flatMap(({ url, html }) => [...new Set(unmarked(html))].map((said) => ({ said, url })));

  it('opens as it does in English', () => {
    expect(crawl.visits.filter(({ status }) => status !== 200).map(({ url }) => url)).toEqual([]);
    expect(crawl.visits.length).toBeGreaterThan(300);
  });

  it('says nothing that is not in it, or stands in the list of what is still to do', () => {
    const known = [...AS_IT_IS, ...NOT_YET];
    const faults = left().filter(
      ({ said, url }) => !known.some((one) => one.where.test(url) && one.said.test(said)),
    );
    expect([...new Map(faults.map(({ said, url }) => [said, url]))]).toEqual([]);
  });

  it('has in that list nothing that is done', () => {
    const all = left();
    const done = [...AS_IT_IS, ...NOT_YET].filter(
      ({ where, said }) => !all.some((one) => where.test(one.url) && said.test(one.said)),
    );
    expect(done.map(({ said }) => String(said))).toEqual([]);
  });

  it('would be seen to say it in English', async () => {
    const visit = crawl.visits.find(({ route }) => route === 'GET /desk/account');
    const cookie = visit?.cookie.replace(`; betony-language=${MADE_UP}`, '') ?? '';
    const { html } = await crawl.open({ who: 'somebody', cookie }, '/desk/account');
    expect(unmarked(html)).toEqual(
      expect.arrayContaining(['Your account', 'Skip to main content', 'Second factor']),
    );
  });
});
