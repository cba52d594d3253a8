import { aWorld, SAMPLES, type World } from '../../support/route-samples.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const ABOUT_A_PERSON = new RegExp(
  '^GET /desk/(people|referrals|triage|onward|appointments|contacts|approvals|notes|warm-handovers|area-moves|' +
    'practice-moves|safety-messages|answers|safeguarding)/:id',
);

/** Pages of whoever referred, files, and paper that may be handed over: none of them is read by whoever calls the person. */
const NOT_OF_THE_WORKER = [
  'GET /desk/referrals/:id',
  'GET /desk/referrals/:id/slip',
  'GET /desk/referrals/:id/slip.pdf',
  'GET /desk/referrals/:id/send-again',
  'GET /desk/referrals/:id/died',
  'GET /desk/referrals/:id/withdraw',
  'GET /desk/referrals/:id/worries',
  'GET /desk/referrals/:id/worry',
  'GET /desk/appointments/:id/file',
  // Leads on to questions, whose page has it.
  'GET /desk/referrals/:id/questionnaires/next',
  'GET /desk/people/:id/plan/copy',
  'GET /desk/people/:id/plan/copy.pdf',
  // What a record is kept or copied for is decided by a manager, who calls nobody for it.
  'GET /desk/people/:id/copy',
  'GET /desk/people/:id/keeping',
  'GET /desk/people/:id/holds/:holdId/lift',
  'GET /desk/referrals/:id/approvals/:listingId',
  // About nobody, or about somebody whose record may be out of reach: these have it where it is within reach.
  'GET /desk/notes/:id',
  'GET /desk/safeguarding/:id',
];

const PAGES = Object.keys(SAMPLES).filter(
  (route) => ABOUT_A_PERSON.test(route) && !NOT_OF_THE_WORKER.includes(route),
);

describe('who a page is about, and what not to do', () => {
  let betony: TestApp;
  let world: World;

  beforeAll(async () => {
    betony = await startApp();
    world = await aWorld(betony);
  });
  afterAll(() => betony.stop());

  it('is asked of all that lead to a person', () => {
    expect(PAGES.length).toBeGreaterThan(60);
  });

  it.each(PAGES)('stands on %s', async (route) => {
    const sample = SAMPLES[route]!;
    const manager = world.people.scheme_manager;
    const target = (await sample.at?.(world, manager)) ?? {};
    const path = route.replace('GET ', '').replace(/:(\w+)/g, (_text, key: string) => target[key] ?? key);
    const url = path + (sample.query?.(target) ?? '');
    const answer = await betony.inject({ url, headers: { cookie: manager.browser.cookie } });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    expect([url, answer.body.includes('aria-label="Who this is"')]).toEqual([url, true]);
    expect([url, answer.body.includes('Do not leave voicemail')]).toEqual([url, true]);
  });
});
