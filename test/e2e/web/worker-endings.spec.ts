import sql from 'sql-template-tag';
import { PlansQueries } from '../../../src/caseload/plans.queries.js';
import { PlansService } from '../../../src/caseload/plans.service.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { aReferral } from '../../factories/referrals.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;
const WHY_NONE = 'why are there no closing answers?';

describe('how work on a referral rests and ends, from the record', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  });
  afterAll(() => betony.stop());

  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await betony.inject({ url, headers: { cookie: who.browser.cookie } });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = (url: string, body: Record<string, string>, who = sam) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
  const stateOf = async (id: string) =>
    (
      await rowsOf<{ state: string; end_reason: string | null; result: string | null; next_at: Date | null }>(
        scheme,
        sql`select state, end_reason, result, next_at from referral where scheme_id = ${scheme.id} and id = ${id}`,
      )
    )[0];
  const asked = (referralId: string, occasion: string) =>
    betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${referralId}/responses`,
      headers: sam.headers,
      payload: {
        measure: 'ons4',
        version: '1',
        occasion,
        answeredOn: '2026-11-23',
        mode: 'phone',
        answers: { satisfied: 3, worthwhile: 4, happy: 3, anxious: 7 },
      },
    });

  it('says what the sender will read beside each reason, and closes with it', async () => {
    const practice = await aMember(scheme, 'referrer');
    const { id, clientId } = await aReferral(scheme)
      .from(practice)
      .saying({ feedback: 'everything' })
      .accepted()
      .allocatedTo(sam)
      .active();
    const record = await page(`/desk/people/${clientId}`);
    expect(record).toContain(`/desk/referrals/${id}/close`);
    expect(record).toContain(`/desk/referrals/${id}/hold`);
    const form = await page(`/desk/referrals/${id}/close`);
    expect(form).toContain('They read: Closed: Could not reach. If you know another way');
    expect(form).toContain('They also see what came of it');
    expect(form).not.toContain(WHY_NONE);
    // Enter takes the first: it answers nothing, and nobody comes to it.
    const [first = ''] = /<button[^]*?>/.exec(form.slice(form.indexOf(`/desk/referrals/${id}/close"`))) ?? [];
    expect(first).toMatch(/tabindex="-1" aria-hidden="true"/);
    expect(first).not.toMatch(/ name=/);
    const wrong = await send(`/desk/referrals/${id}/close`, { reason: 'other', note: 'Kept <b>words</b>' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain('href="#result"');
    expect(wrong.body).toContain('href="#mayAskAgain"');
    expect(wrong.body).toContain('Kept &lt;b&gt;words&lt;/b&gt;');
    const answer = await send(`/desk/referrals/${id}/close`, {
      result: 'helped',
      reason: 'done',
      mayAskAgain: 'yes',
    });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/desk/people/${clientId}`]);
    expect(await stateOf(id)).toMatchObject({ state: 'closed', end_reason: 'done', result: 'helped' });

    // And it can be taken up again, once somebody says why.
    expect(await page(`/desk/people/${clientId}`)).toContain(`/desk/referrals/${id}/reopen`);
    const silent = await send(`/desk/referrals/${id}/reopen`, { nextOn: '2026-11-30' });
    expect(silent.body).toContain('href="#reason"');
    await send(`/desk/referrals/${id}/reopen`, { nextOn: '2026-11-30', reason: 'She rang' });
    expect((await stateOf(id))?.state).toBe('active');
  });

  it('asks of each goal that is still open how it stands, and closes with what was said', async () => {
    const { referralId } = await aCase(scheme, sam).begun();
    const plans = betony.get(PlansService);
    await plans.make(sam.actor, referralId, {
      goals: [
        { words: 'Sing again', importance: 8 },
        { words: 'Sleep through', importance: 6 },
        { words: 'Go swimming', importance: 3 },
      ],
    });
    const planNow = () => betony.get(PlansQueries).ofReferral(sam.actor, referralId);
    const { id, content } = await planNow();
    const [sing = '', sleep = '', swim = ''] = content.goals.map((goal) => goal.id);
    await plans.goalProgress(sam.actor, id, sing, { status: 'reached' });
    const at = `/desk/referrals/${referralId}/close`;
    const form = await page(at);
    expect(form).toContain('How does this goal stand? “Sleep through”');
    expect(form).not.toContain('Sing again');
    const close = { result: 'helped', reason: 'done', mayAskAgain: 'no' };
    const goals = {
      'goals.0.id': sleep,
      'goals.0.status': '',
      'goals.1.id': swim,
      'goals.1.status': 'no_longer_wanted',
    };
    // What was chosen stays with its goal, wherever that stands by now.
    await plans.goalProgress(sam.actor, id, sleep, { status: 'partly_reached' });
    const wrong = await send(at, { ...goals, mayAskAgain: 'no' });
    expect([wrong.statusCode, wrong.body.includes('href="#result"')]).toEqual([422, true]);
    expect(wrong.body).toMatch(/value="no_longer_wanted" selected>/);
    const { version } = await planNow();
    const gone = await send(at, { ...close, ...goals, 'goals.1.id': newId() });
    expect([gone.statusCode, gone.body.includes('This goal is not in the plan any more')]).toEqual([
      422,
      true,
    ]);
    expect([(await stateOf(referralId))?.state, (await planNow()).version]).toEqual(['active', version]);
    // Of one that is not open any more nothing stands on the page: it is said above, and of the others nothing.
    expect(gone.body).not.toContain('href="#goals.');
    // Sent under other numbers than the page has now, a wrong answer stays with its goal.
    const odd = await send(at, { ...close, 'goals.0.id': swim, 'goals.0.status': 'perhaps' });
    const linesTo = [...odd.body.matchAll(/href="#(goals[^"]+)"/g)].map(([, field]) => field);
    expect([odd.statusCode, linesTo]).toEqual([422, ['goals.1.status']]);
    expect((await send(at, { ...close, ...goals })).statusCode).toBe(303);
    const ended = await planNow();
    expect(ended.content.goals.map(({ status }) => status)).toEqual([
      'reached',
      'partly_reached',
      'no_longer_wanted',
    ]);
    expect((await stateOf(referralId))?.state).toBe('closed');
    const queries = await statementsOf(() => page(at));
    expect(queries.length).toBeLessThanOrEqual(MOST_QUERIES);
  });

  it('tells nothing where that was agreed, and to nobody who did not send it', async () => {
    const quiet = await aReferral(scheme)
      .saying({ feedback: 'nothing' })
      .accepted()
      .allocatedTo(sam)
      .active();
    const form = await page(`/desk/referrals/${quiet.id}/close`);
    expect(form).toContain('did not agree that');
    expect(form).not.toContain('They read:');
  });

  it('wants closing answers of whoever was asked at the start, or why there are none', async () => {
    const { referralId, clientId } = await aCase(scheme, sam).begun();
    const close = { result: 'partly_helped', reason: 'done', mayAskAgain: 'no' };
    expect((await asked(referralId, 'baseline')).statusCode).toBe(201);
    const form = await page(`/desk/referrals/${referralId}/close`);
    expect(form).toContain(WHY_NONE);
    expect(form).toContain('ONS personal well-being');
    const refused = await send(`/desk/referrals/${referralId}/close`, close);
    expect(refused.statusCode).toBe(422);
    expect(refused.body).toContain('href="#noResponseBecause"');
    expect((await asked(referralId, 'closing')).statusCode).toBe(201);
    expect(await page(`/desk/referrals/${referralId}/close`)).not.toContain(WHY_NONE);
    const answer = await send(`/desk/referrals/${referralId}/close`, close);
    expect(answer.headers.location).toBe(`/desk/people/${clientId}`);
  });

  it('rests until a day, is taken up again, and has its next date chosen', async () => {
    const { referralId, clientId } = await aCase(scheme, sam).begun();
    const at = `/desk/referrals/${referralId}`;
    expect(await page(`${at}/hold`)).toContain('In 4 weeks, Mon, 21 December 2026');
    const past = await send(`${at}/hold`, {
      reason: 'away',
      resumeOn: '',
      'resumeOn.day': '1',
      'resumeOn.month': '11',
      'resumeOn.year': '2026',
    });
    expect(past.statusCode).toBe(422);
    expect(past.body).toContain('Choose a date after today');
    expect(past.body).toMatch(/value="" checked/);
    await send(`${at}/hold`, { reason: 'away', resumeOn: '2026-12-21' });
    expect((await stateOf(referralId))?.state).toBe('on_hold');
    expect(await page(`/desk/people/${clientId}`)).toContain('Take it up again');
    expect(await page(`${at}/hold`)).toContain('cannot be put on hold as it stands');
    const twice = await send(`${at}/hold`, { reason: 'away', resumeOn: '2026-12-21' });
    expect(twice.statusCode).toBe(409);
    await send(`${at}/resume`, { nextOn: '2026-11-30' });
    expect((await stateOf(referralId))?.state).toBe('active');
    await send(`${at}/next`, { nextOn: '2026-12-07' });
    expect((await stateOf(referralId))?.next_at?.toISOString()).toBe('2026-12-07T09:00:00.000Z');
    expect((await send(`${at}/next`, {})).body).toContain('href="#nextOn"');
  });

  it('asks the database at most six times a page, and is out of reach of a colleague', async () => {
    const { referralId, clientId } = await aCase(scheme, sam).begun();
    const urls = [
      ...['close', 'hold', 'resume', 'next', 'reopen'].map((one) => `/desk/referrals/${referralId}/${one}`),
      `/desk/people/${clientId}`,
    ];
    const many: [string, number][] = [];
    for (const url of urls) {
      const { length } = await statementsOf(() => page(url));
      if (length > MOST_QUERIES) many.push([url, length]);
    }
    expect(many).toEqual([]);
    const kim = await aMember(scheme, 'link_worker');
    for (const url of urls) {
      const answer = await betony.inject({ url, headers: { cookie: kim.browser.cookie } });
      expect([url, answer.statusCode]).toEqual([url, 404]);
    }
  });
});
