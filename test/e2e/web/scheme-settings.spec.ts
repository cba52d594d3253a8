import { aCase } from '../../factories/caseload.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { withApp } from '../../factories/second-factors.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('what a scheme sets for itself at the desk', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let mo: TestMember;
  let ada: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    mo = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
    ada = await aMember(scheme, 'administrator', { name: 'Ada Brook' });
  });
  afterAll(() => betony.stop());

  const ask = (url: string, who: TestMember) =>
    betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const send = (url: string, body: Record<string, string> | [string, string][], who: TestMember) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams([
        ['_csrf', who.browser.formToken],
        ...(Array.isArray(body) ? body : Object.entries(body)),
      ]).toString(),
    });
  const page = async (url: string, who: TestMember): Promise<string> => {
    const answer = await ask(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const versionOf = (body: string, action: string): string =>
    /name="_version" value="(\d+)"/.exec(body.split(`action="${action}"`)[1] ?? '')?.[1] ?? '';
  const settings = async (): Promise<Record<string, unknown>> => {
    const answer = await betony.inject({ url: '/api/v1/scheme', headers: ada.headers });
    return answer.json<{ settings: Record<string, unknown> }>().settings;
  };

  describe('its days, numbers and rules', () => {
    const roles: [string, string][] = ['referrer', 'link_worker', 'scheme_manager', 'administrator'].map(
      (role) => ['settings.secondFactorOffered', role],
    );

    it('are changed by an administrator, and go back to the product’s own where a box is emptied', async () => {
      const before = await page('/desk/scheme', ada);
      const _version = versionOf(before, '/desk/scheme');
      const given: [string, string][] = [
        ['name', 'Tendring'],
        ['settings.triageDays', '3'],
        ['settings.selfReferral', 'no'],
        ['settings.secondFactorRequired', ''],
        ['settings.secondFactorRequired', 'administrator'],
        ['settings.secondFactorByMail', ''],
        ['settings.bankHolidays', '25/12/2026\r\n2026-12-28'],
        ...roles,
      ];
      const saved = await send('/desk/scheme', [['_version', _version], ...given], ada);
      expect([saved.statusCode, saved.headers.location]).toEqual([303, '/desk/scheme']);
      expect(await settings()).toMatchObject({
        triageDays: 3,
        triageEscalateDays: 4,
        selfReferral: false,
        secondFactorRequired: ['administrator'],
        secondFactorByMail: [],
        bankHolidays: ['2026-12-25', '2026-12-28'],
      });
      const late = await send(
        '/desk/scheme',
        [
          ['_version', _version],
          ['name', 'Clacton <North>'],
        ],
        ada,
      );
      expect([late.statusCode, late.body]).toEqual([412, expect.stringContaining('Name: Tendring')]);
      expect(late.body).toContain('value="Clacton &lt;North&gt;"');
      const now = versionOf(await page('/desk/scheme', ada), '/desk/scheme');
      const emptied = {
        _version: now,
        name: 'Tendring',
        'settings.triageDays': '',
        'settings.bankHolidays': '',
      };
      await send('/desk/scheme', emptied, ada);
      expect(await settings()).toMatchObject({ triageDays: 2, bankHolidays: null, selfReferral: false });
    });

    it('are refused in words where they contradict each other, and kept as typed', async () => {
      const _version = versionOf(await page('/desk/scheme', ada), '/desk/scheme');
      const wrong = await send(
        '/desk/scheme',
        {
          _version,
          name: 'Tendring',
          'settings.triageDays': '9',
          'settings.secondFactorOffered': '',
          'settings.secondFactorRequired': 'referrer',
        },
        ada,
      );
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#settings.triageEscalateDays"');
      expect(wrong.body).toContain('Must be at least “A new referral is looked at within”, which is 9');
      expect(wrong.body).toContain('href="#settings.secondFactorRequired"');
      expect(wrong.body).not.toContain('needs one: referrer');
      expect(wrong.body).toMatch(/name="settings\.triageDays"[^>]* value="9"/);
      const far = {
        _version,
        name: 'Tendring',
        'settings.triageDays': 'soon',
        'settings.bankHolidays': '31/2/2027',
      };
      const words = await send('/desk/scheme', far, ada);
      expect(words.body).toContain('href="#settings.triageDays"');
      expect(words.body).toContain('href="#settings.bankHolidays"');
      expect(words.body).toContain('31/2/2027</textarea>');
      expect((await send('/desk/scheme', { _version, name: '' }, ada)).body).toContain('href="#name"');
      expect((await settings())['triageDays']).toBe(2);
    });

    it('are read by a manager, who changes none of them', async () => {
      const body = await page('/desk/scheme', mo);
      expect(body).toContain('An administrator changes these.');
      expect(body).not.toContain('name="settings.triageDays"');
      expect((await send('/desk/scheme', { name: 'Mine' }, mo)).statusCode).toBe(403);
      expect(await page('/desk/manage', mo)).toContain('href="/desk/scheme"');
      const lists = await page('/desk/lists', mo);
      expect(lists).toContain('871731000000106');
      expect(lists).toContain('Debt and money');
    });
  });

  describe('the numbers of the council’s safeguarding teams', () => {
    const TEAMS = {
      councilAdultsPhone: '01632 960101',
      councilChildrenPhone: '01632 960 102',
      councilOutOfHoursPhone: '01632960103',
    };
    const enter = async (numbers: Partial<typeof TEAMS>) => {
      const _version = versionOf(await page('/desk/scheme', ada), '/desk/scheme');
      const boxes = Object.entries(numbers).map(([name, value]) => [`settings.${name}`, value]);
      return send(
        '/desk/scheme',
        { _version, name: 'Tendring', ...(Object.fromEntries(boxes) as object) },
        ada,
      );
    };
    const tel = (ending: string) => `href="tel:+441632960${ending}"`;
    let places: (() => Promise<string>)[];

    beforeEach(async () => {
      const sam = await aMember(scheme, 'link_worker');
      const asha = await aMember(scheme, 'referrer');
      const { clientId } = await aCase(scheme, sam).begun();
      const harm = async (url: string, who?: TestMember) => {
        const body = { couldComeToHarm: 'yes' };
        const answer = who
          ? await send(url, body, who)
          : await betony.inject({
              method: 'POST',
              url,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
              payload: new URLSearchParams(body).toString(),
            });
        expect([url, answer.statusCode]).toEqual([url, 422]);
        return answer.body;
      };
      places = [
        () => page(`/desk/people/${clientId}/concern`, sam),
        () => page('/desk/refer', asha),
        () => harm('/desk/refer', asha),
        () => harm(`/self-referral/${scheme.id}`),
        () => harm(`/self-referral/${scheme.id}?lang=ur`),
      ];
    });

    it('are shown wherever somebody could come to harm, once they are entered', async () => {
      expect((await enter(TEAMS)).statusCode).toBe(303);
      for (const place of places) {
        const body = await place();
        for (const ending of ['101', '102', '103']) expect(body).toContain(tel(ending));
        expect(body).not.toContain('not entered here');
      }
      expect(await page('/desk/scheme', ada)).toContain('value="01632 960101"');
      expect(await page('/desk/scheme', mo)).toContain('01632 960102');
    });

    it('are no change where they are sent as they stood', async () => {
      await enter(TEAMS);
      const before = await settings();
      await enter({});
      await enter(TEAMS);
      expect(await settings()).toEqual(before);
    });

    it('are not made up where nobody entered them: the page says what to do instead', async () => {
      const [concern = '', form = '', stop = '', open = ''] = await Promise.all(
        places.map((place) => place()),
      );
      for (const body of [concern, form, stop]) {
        expect(body).toContain('The council’s number is not entered here: ring its main number');
        expect(body).toContain('href="tel:101"');
      }
      expect(open).toContain('ring your council and ask for the safeguarding team');
      expect(open).not.toContain('tel:+44');
      await enter({ councilAdultsPhone: TEAMS.councilAdultsPhone });
      const some = (await places[0]?.()) ?? '';
      expect(some).toContain(tel('101'));
      expect(some).not.toContain(tel('102'));
      expect(some).toContain('Where none of these is right, ring the council’s main number');
    });

    it('are refused beside the box where nobody can be rung there', async () => {
      const wrong = await enter({ councilAdultsPhone: 'the town hall' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#settings.councilAdultsPhone"');
      expect(wrong.body).toContain('Enter a UK phone number, like 07700 900 982');
      expect(wrong.body).toContain('value="the town hall"');
      expect((await settings())['councilAdultsPhone']).toBeNull();
    });
  });

  it('switches a kind of message off and on for everybody, way by way', async () => {
    const url = '/desk/message-switches';
    expect(await page(url, mo)).toContain('Stop it<span class="nhsuk-u-visually-hidden">: The week, ');
    const off = await send(url, { kind: 'waiting_list', channel: 'letter', on: 'no' }, mo);
    expect([off.statusCode, off.headers.location]).toEqual([303, `${url}#waiting_list-letter`]);
    const body = await page(url, mo);
    const [, form = ''] = body.split('id="waiting_list-letter"');
    expect(form.split('</form>')[0]).toContain('Not sent');
    await send(url, { kind: 'waiting_list', channel: 'letter', on: 'yes' }, mo);
    expect(await page(url, mo)).not.toContain('Not sent');
    expect((await send(url, { kind: 'digest', channel: 'letter', on: 'no' }, mo)).statusCode).toBe(422);
    const sam = await aMember(scheme, 'link_worker');
    expect(await page(url, sam)).not.toContain('Stop it');
    expect((await send(url, { kind: 'digest', channel: 'email', on: 'no' }, sam)).statusCode).toBe(403);
  });

  it('asks other questions from now on, with a licence where they need one', async () => {
    const url = '/desk/measures';
    const title = 'Switched off';
    expect(await page(url, mo)).toContain(title);
    await send(url, { measure: 'phq9', on: 'yes' }, mo);
    await send(url, { measure: 'gad7', on: 'yes' }, mo);
    expect(await page(url, mo)).not.toContain(title);
    const wrong = await send(url, { measure: 'swemwbs', on: 'yes', licenceReference: '' }, mo);
    expect([wrong.statusCode, wrong.body]).toEqual([
      422,
      expect.stringContaining('href="#licenceReference"'),
    ]);
    await send(url, { measure: 'swemwbs', on: 'yes', licenceReference: 'WEM <12>' }, mo);
    expect(await page(url, mo)).toContain('Your licence: WEM &lt;12&gt;.');
    const sam = await aMember(scheme, 'link_worker');
    expect(await page(url, sam)).not.toContain('Stop asking it');
    expect((await send(url, { measure: 'phq9', on: 'no' }, sam)).statusCode).toBe(403);
  });

  it('takes away the second factor of somebody whose telephone is gone', async () => {
    const { member } = await withApp(scheme, 'link_worker');
    const url = `/desk/users/${member.actor.accountId}`;
    expect(await page(url, mo)).toContain(`href="${url}/reset-factor"`);
    expect(await page(`${url}/reset-factor`, mo)).toContain('signed out everywhere');
    const done = await send(`${url}/reset-factor`, {}, mo);
    expect([done.statusCode, done.headers.location]).toEqual([303, url]);
    expect(await page(url, mo)).not.toContain('reset-factor');
    expect(await page(`${url}/reset-factor`, mo)).toContain('They have none');
    const own = await send(`/desk/users/${mo.actor.accountId}/reset-factor`, {}, mo);
    expect([own.statusCode, own.body]).toEqual([409, expect.stringContaining('That was not done')]);
    expect((await ask(`${url}/reset-factor`, await aMember(scheme, 'link_worker'))).statusCode).toBe(403);
  });

  it('writes questions of its own, asks them, and stops asking them', async () => {
    const url = '/desk/own-questionnaires';
    const about = {
      title: 'Belonging',
      name: 'belonging',
      intro: 'About where you live.',
      licence: 'Ours',
      source: 'Us',
    };
    const asks = {
      'questions.0.text': '',
      'questions.0.better': 'higher_better',
      'questions.1.text': 'Do you <feel> at home?',
      'questions.1.better': 'higher_better',
      'questions.2.text': 'Are you cut off?',
      'questions.2.better': 'lower_better',
      rule: 'sum',
      direction: 'higher_better',
    };
    const scale = await send(`${url}/new`, { ...about, ...asks, kind: 'scale', min: '10', max: '0' }, mo);
    expect([scale.statusCode, scale.body]).toEqual([422, expect.stringContaining('href="#max"')]);
    expect(scale.body).toContain('Do you &lt;feel&gt; at home?');
    const words = await send(
      `${url}/new`,
      { ...about, ...asks, kind: 'options', options: 'Never\nOften' },
      mo,
    );
    expect([words.statusCode, words.body]).toEqual([422, expect.stringContaining('href="#options"')]);
    const none = await send(
      `${url}/new`,
      { ...about, kind: 'scale', rule: 'sum', direction: 'higher_better' },
      mo,
    );
    expect([none.statusCode, none.body]).toEqual([422, expect.stringContaining('href="#questions"')]);
    const bad = await send(
      `${url}/new`,
      { ...about, ...asks, name: 'Be long', kind: 'scale', min: '0', max: '4' },
      mo,
    );
    expect([bad.statusCode, bad.body]).toEqual([422, expect.stringContaining('href="#name"')]);
    const made = await send(
      `${url}/new`,
      { ...about, ...asks, kind: 'options', options: '0 Never\r\n1 Often' },
      mo,
    );
    const one = String(made.headers.location);
    const draft = await page(one, mo);
    expect(draft).toContain('Do you &lt;feel&gt; at home?');
    expect(draft).toContain('0 Never, 1 Often; less is better');
    expect(draft).toContain('1 counted from the other end');
    expect(
      (await send(`${url}/new`, { ...about, ...asks, kind: 'scale', min: '0', max: '4' }, mo)).statusCode,
    ).toBe(409);
    await send(`${one}/publish`, {}, mo);
    expect(await page('/desk/measures', mo)).toContain('Belonging');
    expect((await send(`${one}/discard`, {}, mo)).statusCode).toBe(409);
    expect((await send(`${one}/retire`, {}, mo)).body).toContain('href="#because"');
    await send(`${one}/retire`, { because: 'Not understood' }, mo);
    expect(await page(one, mo)).toContain('Not understood');
    const next = await send(`${url}/new`, { ...about, ...asks, kind: 'scale', min: '0', max: '4' }, mo);
    expect(await page(String(next.headers.location), mo)).toContain('Version 2');
    await send(`${String(next.headers.location)}/discard`, {}, mo);
    expect(await page(url, mo)).not.toContain('version 2');
    expect((await ask(url, await aMember(scheme, 'link_worker'))).statusCode).toBe(403);
  });
});
