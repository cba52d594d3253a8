import sql from 'sql-template-tag';
import type { BulkReferralRowView, BulkReferralView } from '../../../src/imports/bulk-referral.dto.js';
import { BulkReferrals } from '../../../src/imports/bulk-referrals.service.js';
import { recognise } from '../../../src/imports/referral-sheet.rules.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { ReferralSending } from '../../../src/referrals/referral-sending.service.js';
import { aBulkReferral, aList, aListRow, LIST_HEADINGS, workOn } from '../../factories/bulk-referrals.js';
import { anNhsNumber, aPerson } from '../../factories/clients.js';
import { aReferral } from '../../factories/referrals.js';
import { aPageBrowser, type PageBrowser } from '../../support/pages.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('referring people from a list', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let priya: TestMember;
  let desk: PageBrowser;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    priya = await aMember(scheme, 'referrer', { name: 'Priya Shah' });
    desk = aPageBrowser(betony, { who: priya });
  });
  afterAll(() => betony.stop());

  const call = (method: 'GET' | 'POST', path: string, payload?: object, who = priya) =>
    betony.inject({
      method,
      url: `/api/v1/bulk-referrals${path}`,
      headers: who.headers,
      ...(payload === undefined ? {} : { payload }),
    });
  const view = async (id: string): Promise<BulkReferralView> => (await call('GET', `/${id}`)).json();
  const rows = async (id: string, outcome = ''): Promise<BulkReferralRowView[]> =>
    (await call('GET', `/${id}/rows?limit=100${outcome && `&outcome=${outcome}`}`)).json<{
      items: BulkReferralRowView[];
    }>().items;
  const checked = (...list: string[]): Promise<string> =>
    aBulkReferral(scheme, priya, aList(...list), 'check', 'work');
  const sent = async (...list: string[]): Promise<string> =>
    aBulkReferral(scheme, priya, aList(...list), 'check', 'work', 'approve', 'work');
  const referrals = () =>
    rowsOf<{ id: string; state: string; external_id: string }>(
      scheme,
      sql`select id, state, external_id from referral where scheme_id = ${scheme.id} order by id`,
    );
  const upload = (file: string, form = true) =>
    betony.inject({
      method: 'POST',
      url: '/desk/bulk-refer/file',
      headers: { cookie: priya.browser.cookie, 'content-type': 'multipart/form-data; boundary=betony' },
      payload: [
        ...(form
          ? [`--betony\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${priya.browser.formToken}\r\n`]
          : []),
        `--betony\r\ncontent-disposition: form-data; name="file"; filename="review.csv"\r\n\r\n${file}\r\n`,
        '--betony--\r\n',
      ].join(''),
    });
  const page = async (url: string): Promise<string> => {
    const answer = await desk.open(url);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body;
  };

  it('goes from a file over its columns, its check and its review to referrals, and back', async () => {
    expect(await page('/desk/refer')).toContain('href="/desk/bulk-refer"');
    const [grace, musa] = [aPerson({ firstName: 'Grace' }), aPerson({ firstName: 'Musa' })];
    const own = await aReferral(scheme).from(priya).about(grace);
    const file = aList(
      aListRow(grace),
      aListRow(musa),
      aListRow({ firstName: 'Ann' }, { 'Agreed with': '' }),
      aListRow({ firstName: 'Bo' }, { 'NHS number': '999 000 0000', Reasons: 'loneliness; inactivity' }),
    );
    const uploaded = await upload(file);
    expect(uploaded.statusCode).toBe(303);
    const url = String(uploaded.headers.location);
    const id = url.slice(-36);
    const columns = await page(url);
    expect(columns).toContain('Column “Forename”');
    expect(columns).toMatch(/<option value="firstName" selected>First name/);
    expect(columns).not.toContain('Musa');

    const wrong = await betony.inject({
      method: 'POST',
      url: `${url}/check`,
      headers: { cookie: priya.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams([
        ['_csrf', priya.browser.formToken],
        ...LIST_HEADINGS.map((): [string, string] => ['columns', 'none']),
        ['how', 'phone'],
      ]).toString(),
    });
    expect([wrong.statusCode, wrong.body]).toEqual([
      422,
      expect.stringContaining('Say which column is: First name, Last name, Date of birth'),
    ]);
    const right = await betony.inject({
      method: 'POST',
      url: `${url}/check`,
      headers: { cookie: priya.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams([
        ['_csrf', priya.browser.formToken],
        ...recognise(LIST_HEADINGS).map((column): [string, string] => ['columns', column]),
        ['how', 'phone'],
      ]).toString(),
    });
    expect(right.statusCode).toBe(303);
    const job = `/desk/jobs/${id}`;
    expect(right.headers.location).toBe(job);
    const going = await page(job);
    expect(going).toContain('Being checked: 0 of 4 people.');
    expect(going).toContain('Started by Priya Shah.');
    expect(going).toContain(`action="${url}/stop"`);
    expect(await page(url)).toContain('Being checked: 0 of 4 people.');
    expect(going).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
    await workOn(scheme, id);

    const over = await desk.open(job);
    expect([over.statusCode, over.headers.location]).toEqual([303, url]);
    const review = await page(url);
    expect(review).toContain('Referred by you already, and still open: no need to remove them');
    expect(review).toContain('Invite them first: a row needs the day they agreed, and with whom');
    expect(review).toContain('Check the NHS number: the last digit does not match');
    expect(await view(id)).toMatchObject({ state: 'checked', added: 1, same: 1, alike: 0, refused: 2 });
    expect((await referrals()).map((one) => one.id)).toEqual([own.id]);
    const problems = (await desk.open(`${url}/refused`)).body.trimEnd().split('\r\n');
    expect(problems[0]).toBe(`\uFEFFRow,What is wrong,${LIST_HEADINGS.join(',')}`);
    expect(problems[1]).toContain('4,"Agreed with: Invite them first');
    expect(problems[2]).toContain('5,NHS number: Check the NHS number');

    const unsafe = await desk.send(`${url}/approve`, { couldComeToHarm: 'yes' }, url);
    expect([unsafe.statusCode, unsafe.body]).toEqual([422, expect.stringContaining('href="tel:999"')]);
    expect((await desk.send(`${url}/approve`, {}, url)).statusCode).toBe(422);
    expect((await desk.send(`${url}/approve`, { couldComeToHarm: 'no' }, url)).statusCode).toBe(303);
    expect(await page(url)).toContain('Being referred: 0 of 1 people.');
    await workOn(scheme, id);
    const done = await page(url);
    expect(done).toContain('You can take it back until Tue, 24 November 2026');
    const [{ referral } = { referral: null }] = await rows(id, 'added');
    expect(done).toContain(`href="/desk/referrals/${String(referral?.id)}"`);
    expect(await page('/desk/referrals')).toContain(`Musa ${musa.lastName}`);

    await desk.send(`${url}/undo`, {}, url);
    await workOn(scheme, id);
    expect(await page(url)).toContain('Withdrawn again');
    expect((await referrals()).map(({ state }) => state)).toEqual(['sent', 'withdrawn']);
    expect(await page('/desk/bulk-refer')).toContain('review.csv');
  });

  it('asks of whoever looks alike, shows only what this organisation sent, and refers whom it is told', async () => {
    const known = aPerson({ nhsNumber: null });
    const strange = aPerson();
    const other = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    await aReferral(scheme).from(other).about(strange);
    await aReferral(scheme).from(priya).about(known);
    const id = await checked(
      aListRow({ ...known, nhsNumber: anNhsNumber() }),
      aListRow({ ...known, nhsNumber: anNhsNumber() }),
      aListRow(strange),
    );
    // Known to others is known to nobody here.
    expect((await rows(id)).map(({ outcome }) => outcome)).toEqual(['alike', 'alike', 'added']);
    const url = `/desk/bulk-refer/${id}`;
    const compared = await page(url);
    expect(compared).toContain('Row 2: is this the same person?');
    expect(compared).toMatch(/<mark>Not given<\/mark> <span class="betony-quiet">differs/);
    expect(compared).not.toContain('Row 4: is this');
    expect(await view(id)).toMatchObject({ alike: 2, toSend: 1 });
    await desk.send(`${url}/rows/2/verdict`, { verdict: 'different' }, url);
    await desk.send(`${url}/rows/3/verdict`, { verdict: 'same' }, url);
    expect(await view(id)).toMatchObject({ toSend: 2 });
    expect((await call('POST', `/${id}/rows/4/verdict`, { verdict: 'same' })).statusCode).toBe(404);
    expect((await call('POST', `/${id}/rows/99999999999/verdict`, { verdict: 'same' })).statusCode).toBe(404);
    await call('POST', `/${id}/approve`, { couldComeToHarm: false });
    await workOn(scheme, id);
    expect((await rows(id)).map(({ outcome }) => outcome)).toEqual(['added', 'alike', 'added']);
    expect(await referrals()).toHaveLength(4);
  });

  it('names everything that is wrong with a row, in its words and in its sense, and is approved only for somebody', async () => {
    const wrong = aListRow(
      { firstName: 'Ann' },
      {
        Forename: '',
        DOB: '31/02/1951',
        Mobile: '12',
        'Agreed on': '02/11/2027',
        Reasons: 'shoes',
        Risks: 'falls; dragons',
      },
    );
    const late = aListRow({ firstName: 'Bo' }, { DOB: '02/11/1851', 'NHS number': '999 000 0000' });
    const id = await checked(wrong, late, aListRow({ firstName: 'Cy' }, { Mobile: '', Reasons: 'tea' }));
    const columns = (await rows(id)).map(({ problems }) => problems.map(({ column }) => column).sort());
    expect(columns).toEqual([
      ['Agreed on', 'DOB', 'Forename', 'Mobile', 'Reasons', 'Risks'],
      ['DOB', 'NHS number'],
      ['Mobile', 'Reasons'],
    ]);
    const url = `/desk/bulk-refer/${id}`;
    const review = await page(url);
    expect(review).toContain('Forename: This is empty, and nobody can be referred without it');
    expect(review).toContain('DOB: Enter a real date, like 02/03/1951');
    expect(review).toContain('Mobile: Enter a UK phone number, like 07700 900 982');
    expect(review).toContain('Reasons: We do not know “shoes”. Use: loneliness');
    expect(review).toContain('Mobile: Give a way to reach the person');
    expect(review).toContain('There is nobody on this list to refer as it stands.');
    expect(review).not.toContain(`action="${url}/approve"`);
    const [, , second] = (await desk.open(`${url}/refused`)).body.trimEnd().split('\r\n');
    expect(second).toMatch(/^3,"?(?=.*DOB: ).*NHS number: /);
    expect(await view(id)).toMatchObject({ refused: 3, toSend: 0 });
  });

  it('has nothing to mend about somebody whose referral is open, whatever else is wrong with their row', async () => {
    const known = aPerson();
    await aReferral(scheme).from(priya).about(known);
    const id = await checked(aListRow(known, { Reasons: 'shoes', Mobile: '12' }));
    expect(await rows(id)).toMatchObject([{ outcome: 'same', problems: [] }]);
  });

  it('sends nobody twice, wherever its worker was killed, and goes on where it was', async () => {
    const id = await aBulkReferral(
      scheme,
      priya,
      aList(aListRow(), aListRow(), aListRow()),
      'check',
      'work',
      'approve',
    );
    const sending = betony.get(ReferralSending);
    const send = sending.send.bind(sending);
    let calls = 0;
    // The second is sent, and the worker dies before it can note it.
    sending.send = async (...how) => {
      calls += 1;
      const done = await send(...how);
      if (calls === 2) throw new Error('killed');
      return done;
    };
    try {
      await expect(workOn(scheme, id)).rejects.toThrow('killed');
    } finally {
      sending.send = send;
    }
    expect([await referrals(), (await view(id)).done]).toMatchObject([{ length: 2 }, 1]);
    // Another worker takes it up once the first is taken for dead.
    await rowsOf(scheme, sql`update import_batch set worked_at = null`);
    await workOn(scheme, id);
    expect(await view(id)).toMatchObject({ state: 'applied', added: 3, refused: 0 });
    const all = await referrals();
    expect(new Set(all.map(({ external_id }) => external_id)).size).toBe(3);
    expect(all).toHaveLength(3);
    expect((await rows(id)).map(({ referral }) => referral?.id).sort()).toEqual(all.map((one) => one.id));
  });

  it('keeps what a link worker has begun when it is taken back, and says why', async () => {
    const id = await sent(aListRow(), aListRow());
    const worker = await aMember(scheme, 'link_worker');
    const [first] = await rows(id);
    await rowsOf(
      scheme,
      sql`update referral set state = 'allocated', owner_kind = 'worker', owner_id = ${worker.actor.membershipId},
        next_kind = 'first_contact', allocated_at = sent_at where id = ${String(first?.referral?.id)}`,
    );
    await call('POST', `/${id}/undo`, {});
    await workOn(scheme, id);
    expect(await view(id)).toMatchObject({ state: 'undone', partlyUndone: true, kept: 1 });
    expect(await rows(id)).toMatchObject([
      { outcome: 'added', keptBecause: expect.stringContaining('A link worker is helping this person') },
      { outcome: 'undone', keptBecause: null },
    ]);
  });

  it('can be stopped: those sent stay sent, the others are left out', async () => {
    const id = await aBulkReferral(
      scheme,
      priya,
      aList(aListRow(), aListRow(), aListRow()),
      'check',
      'work',
      'approve',
    );
    expect((await call('POST', `/${id}/stop`)).statusCode).toBe(200);
    await workOn(scheme, id);
    expect(await view(id)).toMatchObject({ state: 'applied', added: 1, ignored: 2 });
    expect(await referrals()).toHaveLength(1);
    const checking = await aBulkReferral(scheme, priya, aList(aListRow()), 'check');
    await call('POST', `/${checking}/stop`);
    await workOn(scheme, checking);
    expect(await view(checking)).toMatchObject({
      state: 'failed',
      because: 'It was stopped. Nobody was referred.',
    });
    expect(await page(`/desk/bulk-refer/${checking}`)).toContain('Say differently what the columns are');
  });

  it('is judged in the name of whoever asked, and waits for a colleague once they have left', async () => {
    const id = await aBulkReferral(scheme, priya, aList(aListRow()), 'check', 'work', 'approve');
    await rowsOf(
      scheme,
      sql`update membership set ended_at = ${betony.clock.now()} where id = ${priya.actor.membershipId}`,
    );
    await workOn(scheme, id);
    expect(await referrals()).toEqual([]);
    const colleague = await aMember(scheme, 'referrer');
    const answer = await call('GET', `/${id}/rows`, undefined, colleague);
    expect(answer.json()).toMatchObject({
      items: [
        {
          outcome: 'refused',
          problems: [{ column: null, reason: expect.stringContaining('A colleague can do it instead') }],
        },
      ],
    });
  });

  it('tells two of one list apart, and refuses the same person twice', async () => {
    const twice = aPerson();
    const id = await checked(
      aListRow(twice),
      aListRow(twice),
      aListRow({ ...twice, nhsNumber: null }),
      aListRow({ ...twice, nhsNumber: anNhsNumber() }),
    );
    expect(
      (await rows(id)).map(({ outcome, problems: [first] }) => [outcome, first?.reason.slice(0, 26) ?? null]),
    ).toEqual([
      ['added', null],
      ['refused', 'The same person as row 2. '],
      ['refused', 'The same person as row 2. '],
      ['added', null],
    ]);
  });

  it('is not there for others, and forgotten a week after the last that happened', async () => {
    const id = await sent(aListRow());
    const other = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    const manager = await aMember(scheme, 'scheme_manager');
    for (const path of [`/${id}`, `/${id}/rows`, `/${id}/refused`]) {
      expect((await call('GET', path, undefined, other)).statusCode).toBe(404);
      expect((await call('GET', path, undefined, manager)).statusCode).toBe(403);
    }
    for (const verb of ['approve', 'stop', 'discard', 'undo']) {
      const answer = await call('POST', `/${id}/${verb}`, { couldComeToHarm: false }, other);
      expect([verb, answer.statusCode]).toEqual([verb, 404]);
      const asManager = await betony.inject({
        method: 'POST',
        url: `/api/v1/imports/${id}/${verb}`,
        headers: manager.headers,
        payload: {},
      });
      expect([verb, asManager.statusCode]).toEqual([verb, 404]);
    }
    const imports = { headers: manager.headers };
    expect((await betony.inject({ url: `/api/v1/imports/${id}`, ...imports })).statusCode).toBe(404);
    expect((await betony.inject({ url: '/api/v1/imports', ...imports })).json()).toMatchObject({ items: [] });

    const bulk = betony.get(BulkReferrals);
    const days = (count: number) => new Date(new Date(TEST_NOW).getTime() + count * 86_400_000).toISOString();
    betony.clock.set(days(2));
    expect((await call('POST', `/${id}/undo`, {})).json()).toMatchObject({ status: 409, title: 'too-late' });
    betony.clock.set(days(6.9));
    await bulk.forgetOld(systemActor(scheme.id, 'test'));
    expect(await rows(id)).toHaveLength(1);
    betony.clock.set(days(7.1));
    await bulk.forgetOld(systemActor(scheme.id, 'test'));
    expect(await rows(id)).toEqual([]);
    const later = await betony.inject({ url: `/api/v1/bulk-referrals/${id}`, headers: priya.headers });
    expect(later.json()).toMatchObject({
      state: 'applied',
      undoUntil: null,
      rowsDeletedAt: expect.any(String),
    });
    desk = aPageBrowser(betony, { who: await aMember(scheme, 'referrer') });
    expect(await page(`/desk/bulk-refer/${id}`)).toContain('What stood in this list is deleted.');
    expect(await referrals()).toHaveLength(1);
  });

  it('says what is wrong with a file, and writes nothing of it', async () => {
    expect((await upload(aList(aListRow()), false)).statusCode).toBe(403);
    const wrong: [string, string][] = [
      ['', 'The file is empty'],
      [LIST_HEADINGS.join(','), 'The file has no rows below its headings'],
      ['A,A\n1,2', 'Two columns have the heading “A”'],
      [`${'x,'.repeat(101).replaceAll('x', () => anNhsNumber())}\n`, 'The file has no rows'],
      [aList(...Array.from({ length: 2001 }, () => 'x,x,x,x,x,x,x,x,x')), 'Use 2,000 people or fewer'],
    ];
    for (const [file, words] of wrong) {
      const answer = await upload(file);
      expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining(words)]);
    }
    const long = await upload('x'.repeat(5_100_000));
    expect([long.statusCode, long.body]).toEqual([422, expect.stringContaining('a CSV smaller than 5 MB')]);
    expect(await rowsOf(scheme, sql`select 1 from import_batch`)).toEqual([]);
  });

  it('takes what a spreadsheet saves elsewhere, and names what is no list', async () => {
    const excel = aList(aListRow({ firstName: 'Zoë' })).replaceAll(',', ';');
    const id = await aBulkReferral(scheme, priya, excel, 'check', 'work');
    expect([await view(id), await rows(id)]).toMatchObject([
      { encoding: 'UTF-8', added: 1, refused: 0 },
      [{ client: { firstName: 'Zoë' } }],
    ]);
    for (const other of ['{"a": 1}\n{"a": 2}', '<html><body>1</body></html>\n<p>']) {
      expect((await upload(other)).statusCode).toBe(422);
    }
  });

  it('keeps what nobody needs no longer than until everybody is referred', async () => {
    const [headings = '', row = ''] = aList(aListRow()).split('\n');
    const id = await aBulkReferral(scheme, priya, `${headings},Shelf\n${row},Third from the left\n`);
    await call('POST', `/${id}/check`, { columns: [...recognise(LIST_HEADINGS), 'none'], how: 'phone' });
    await workOn(scheme, id);
    const kept = () =>
      rowsOf(
        scheme,
        sql`select raw ->> 'Shelf' as shelf, raw ? 'Forename' as forename from import_row where batch_id = ${id}`,
      );
    expect(await kept()).toEqual([{ shelf: 'Third from the left', forename: true }]);
    await call('POST', `/${id}/approve`, { couldComeToHarm: false });
    await workOn(scheme, id);
    expect(await view(id)).toMatchObject({ state: 'applied', added: 1 });
    expect(await kept()).toEqual([{ shelf: null, forename: true }]);
  });

  it('lets one be read again with other columns, and reads misfits as such', async () => {
    const id = await checked(`${aListRow()},one cell more`, aListRow());
    expect(await view(id)).toMatchObject({ added: 1, refused: 1 });
    const again = recognise(LIST_HEADINGS).map((column) => (column === 'phone' ? 'none' : column));
    await call('POST', `/${id}/check`, { columns: again, how: 'in_person' });
    await workOn(scheme, id);
    expect(await rows(id)).toMatchObject([
      {
        outcome: 'refused',
        problems: [{ column: 'whole row', reason: 'This row has more or fewer cells than the heading' }],
      },
      {
        outcome: 'refused',
        problems: [{ column: 'Phone', reason: expect.stringContaining('Give a way to reach the person') }],
      },
    ]);
    expect((await call('POST', `/${id}/approve`, { couldComeToHarm: false })).json()).toMatchObject({
      status: 409,
      title: 'nothing-to-send',
    });

    expect((await call('POST', `/${id}/check`, { how: 'phone' })).json()).toMatchObject({
      columns: again,
      how: 'phone',
    });
  });
});
