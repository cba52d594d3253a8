import sql from 'sql-template-tag';
import { ImportWork } from '../../../src/imports/batch.work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aReferral } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('the pages of those who run a scheme', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let mo: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    mo = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
  });
  afterAll(() => betony.stop());

  const ask = (url: string, who = mo) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const send = (url: string, body: Record<string, string> | [string, string][], who = mo) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams([
        ['_csrf', who.browser.formToken],
        ...(Array.isArray(body) ? body : Object.entries(body)),
      ]).toString(),
    });
  const page = async (url: string, who = mo): Promise<string> => {
    const answer = await ask(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  /** Of the form that is sent to this address. */
  const versionIn = (body: string, action: string): string =>
    /name="_version" value="(\d+)"/.exec(body.split(`action="${action}"`)[1] ?? '')?.[1] ?? '';
  /** What a card of the overview says: its number and its words. */
  const card = (body: string, title: string): string[] => {
    const [, rest = ''] = body.split(new RegExp(`<h2 class="betony-figures__title">(?:<a [^>]+>)?${title}<`));
    return [...(rest.split('</li>')[0] ?? '').matchAll(/<p [^>]+>([^<]*)</g)].map(([, text = '']) =>
      text.trim(),
    );
  };

  describe('the overview', () => {
    it('is where managers and commissioners begin', async () => {
      const clare = await aMember(scheme, 'commissioner');
      for (const who of [mo, clare]) {
        const answer = await ask('/desk', who);
        expect([answer.statusCode, answer.headers.location]).toEqual([303, '/desk/overview']);
      }
    });

    it('says in words what each number means, and leads a manager to those it counts', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      betony.clock.set('2026-11-02T10:00:00Z');
      await aReferral(scheme);
      betony.clock.set(TEST_NOW);
      await aReferral(scheme);
      await aCase(scheme, sam).begun();
      const body = await page('/desk/overview');
      expect(card(body, 'Referrals received')).toEqual(['3', '3 more than in the time before.']);
      expect(card(body, 'Waiting now')).toEqual(['2', '1 of them for more than 10 days.']);
      expect(card(body, 'Days to first contact')).toEqual(['–', 'Nobody has been reached yet.']);
      expect(card(body, 'Open now')).toEqual(['3', '1 in touch with a link worker, or on hold.']);
      expect(body).toContain(`href="/desk/caseload?worker=${sam.actor.membershipId}">Sam Okoro`);
      expect(body).toContain('aria-current="true">Since 1 October 2026');
    });

    it('counts in each number exactly those whom its list names, of the same days', async () => {
      const sam = await aMember(scheme, 'link_worker');
      betony.clock.set('2026-08-10T10:00:00Z');
      await aReferral(scheme)
        .saying({ agreement: { basis: 'agreed', agreedOn: '2026-08-10', how: 'in_person' } })
        .accepted()
        .allocatedTo(sam)
        .active();
      betony.clock.set('2026-11-02T10:00:00Z');
      await aReferral(scheme);
      await aReferral(scheme).accepted().allocatedTo(sam).active().closed();
      await aReferral(scheme).declined();
      betony.clock.set(TEST_NOW);
      const begun = await aCase(scheme, sam).begun().unreached(1);
      await inScheme(scheme, (tx) =>
        tx.run(sql`update contact set outcome = 'reached' where referral_id = ${begun.referralId}`),
      );
      const body = await page('/desk/overview');
      const leads = [...body.matchAll(/__title"><a href="([^"]+)">([^<]+)/g)];
      const listed: Record<string, string> = {};
      for (const [, href = '', title = ''] of leads) {
        const list = await page(href.replaceAll('&amp;', '&'));
        const rows = [...list.matchAll(/<a href="\/desk\/referrals\/[\w-]{36}">/g)].length;
        expect(/<h1[^>]*>.*?\((\d+)\)/.exec(list)?.[1]).toBe(String(rows));
        listed[title] = String(rows);
      }
      const told = (title: string): string => card(body, title)[0] ?? '';
      for (const title of [
        'Referrals received',
        'Waiting now',
        'Open now',
        'With a group',
        'Closed with a result',
      ])
        expect([title, listed[title]]).toEqual([title, told(title)]);
      expect(listed).toMatchObject({
        'Referrals received': '4',
        'Open now': '3',
        'Closed with a result': '1',
      });
      // A median has no list of its own: it leads to those whom it is taken from.
      expect(listed['Days to first contact']).toBe('1');
      const last = await page('/desk/counted?figure=received&from=2026-07-01&to=2026-09-30');
      expect(last).toContain('Referrals received (1)');
      expect((await ask('/desk/counted?figure=received&from=2026-07-01', mo)).statusCode).toBe(422);
      expect(
        (await ask('/desk/counted?figure=openNow', await aMember(scheme, 'commissioner'))).statusCode,
      ).toBe(403);
    });

    it('shows a commissioner whole quarters, no small number and nobody', async () => {
      const clare = await aMember(scheme, 'commissioner');
      await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      await aReferral(scheme);
      const body = await page('/desk/overview', clare);
      expect(body).toContain('aria-current="true">July to September 2026');
      expect(card(body, 'Waiting now')).toEqual([
        'Not shown',
        'So few that somebody could be worked out from it.',
      ]);
      expect(body).not.toContain('Sam Okoro');
      expect(body).not.toContain('/desk/triage');
      expect((await ask('/desk/overview?from=2026-10-01&to=2026-11-23', clare)).statusCode).toBe(422);
    });

    it('draws how far referrals come, as a picture that says it in words, a table and a file', async () => {
      const sam = await aMember(scheme, 'link_worker');
      for (let count = 0; count < 3; count += 1) await aReferral(scheme);
      await aCase(scheme, sam).begun();
      const body = await page('/desk/overview');
      expect(body).toContain('>Of 4 received: 1 taken on, 0 reached, 0 with a group, 0 closed</h2>');
      expect(body).toContain('>3 of 3 who are waiting wait for triage</h2>');
      expect(body).toContain('alt="Bars: Received 4, Taken on 1, Reached 0, With a group 0, Closed 0."');
      const [, drawn = ''] = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(body) ?? [];
      expect(Buffer.from(drawn, 'base64').toString()).toContain('Received: 4');
      expect(Buffer.byteLength(body)).toBeLessThan(100_000);
      const [, link = ''] = /href="(\/desk\/overview\.csv\?chart=flow[^"]*)"/.exec(body) ?? [];
      const file = await ask(link.replaceAll('&amp;', '&'));
      expect([file.statusCode, file.headers['content-disposition']]).toEqual([
        200,
        'attachment; filename="flow-2026-10-01-2026-11-23.csv"',
      ]);
      expect(file.body).toBe(
        '\uFEFFWhere they stand,Referrals\r\nReceived,4\r\nTaken on,1\r\nReached,0\r\nWith a group,0\r\nClosed,0\r\n',
      );
      expect((await ask('/desk/overview.csv?chart=people')).statusCode).toBe(422);
      expect((await ask('/desk/overview.csv?chart=flow&from=never')).statusCode).toBe(422);
    });

    it('has nothing to say of a scheme that begins, and says so', async () => {
      const body = await page('/desk/overview');
      expect(card(body, 'Waiting now')).toEqual(['0', 'Nobody is waiting.']);
      expect(card(body, 'Days to first contact')).toEqual(['–', 'Nobody has been reached yet.']);
      expect(body).toContain('There is no link worker yet.');
      expect(await page('/desk/with-groups')).toContain('Nobody is with a group at the moment.');
    });
  });

  describe('users and access', () => {
    let ada: TestMember;
    beforeEach(async () => {
      ada = await aMember(scheme, 'administrator', { name: 'Ada Brook' });
    });

    it('is found from one page of what there is to manage, by those who may', async () => {
      expect(await page('/desk/manage', ada)).toContain('href="/desk/users"');
      expect((await ask('/desk/manage', await aMember(scheme, 'referrer'))).statusCode).toBe(403);
      expect(await page('/desk/users?name=nobody', ada)).toContain('No one matches these filters.');
    });

    it('invites somebody, keeps what was typed until it can, and takes the invitation back', async () => {
      const organisationId = ada.actor.organisationId;
      const wrong = await send('/desk/invitations/new', { name: 'Sam <Reed>', organisationId }, ada);
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('value="Sam &lt;Reed&gt;"');
      expect(wrong.body).toContain('href="#email"');
      const right = await send(
        '/desk/invitations/new',
        { name: 'Sam Reed', email: `sam.${scheme.id}@example.org`, role: 'link_worker', organisationId },
        ada,
      );
      expect([right.statusCode, right.headers.location]).toEqual([303, '/desk/invitations']);
      const more = await send(
        '/desk/invitations/new',
        { name: 'Sam R', email: `SAM.${scheme.id}@example.org`, role: 'scheme_manager', organisationId },
        ada,
      );
      expect([more.statusCode, more.body]).toEqual([
        409,
        expect.stringContaining('This address has an open invitation already.'),
      ]);
      const [again = ''] = /\/desk\/invitations\/[0-9a-f-]{36}\/resend/.exec(more.body) ?? [];
      expect((await send(again, {}, ada)).headers.location).toBe('/desk/invitations');
      const [, id = ''] =
        /invitations\/([0-9a-f-]{36})\/revoke/.exec(await page('/desk/invitations', ada)) ?? [];
      await send(`/desk/invitations/${id}/revoke`, {}, ada);
      expect(await page('/desk/invitations', ada)).toContain('Taken back');
      const twice = await send(`/desk/invitations/${id}/revoke`, {}, ada);
      expect([twice.statusCode, twice.body]).toEqual([409, expect.stringContaining('That was not done')]);
    });

    it('changes a name, empties a phone, and shows both versions to whoever comes second', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const url = `/desk/users/${sam.actor.accountId}`;
      const version = versionIn(await page(url, ada), url);
      const about = { _version: version, email: sam.email, phone: '07700 900982' };
      expect((await send(url, { ...about, name: 'Samuel Okoro' }, ada)).statusCode).toBe(303);
      const late = await send(url, { ...about, name: 'Sammy' }, ada);
      expect(late.statusCode).toBe(412);
      expect(late.body).toContain('Name: Samuel Okoro');
      expect(late.body).toContain('changed this at 10:00. Check both versions.');
      expect(late.body).toContain('value="Sammy"');
      const again = versionIn(late.body, url);
      await send(url, { ...about, _version: again, name: 'Sammy', phone: '' }, ada);
      const body = await page(url, ada);
      expect(body).toContain('value="Sammy"');
      expect(body).not.toContain('900982');
      const none = await send(url, { ...about, _version: String(Number(again) + 1), name: '' }, ada);
      expect([none.statusCode, none.body]).toEqual([422, expect.stringContaining('href="#name"')]);
    });

    it('switches somebody off with a word on who takes over, and lets them in again', async () => {
      const [sam, kim] = [
        await aMember(scheme, 'link_worker'),
        await aMember(scheme, 'link_worker', { name: 'Kim Lee' }),
      ];
      await aCase(scheme, sam).begun();
      const url = `/desk/users/${sam.actor.accountId}`;
      expect(await page(`${url}/disable`, ada)).toContain('Kim Lee, link worker');
      const noHeir = await send(`${url}/disable`, {}, ada);
      expect(noHeir.statusCode).toBe(409);
      await send(`${url}/disable`, { handTo: kim.actor.membershipId }, ada);
      expect((await ask('/desk/today', sam)).statusCode).toBe(303);
      await send(`${url}/enable`, {}, ada);
      expect(await page(url, ada)).toContain('Switch off');
    });

    it('gives a role, the triage queue with it, and takes the role away', async () => {
      const sam = await aMember(scheme, 'scheme_manager');
      const url = `/desk/users/${sam.actor.accountId}`;
      expect((await send(`${url}/roles`, { role: 'link_worker' }, ada)).body).toContain(
        'href="#organisationId"',
      );
      await send(`${url}/roles`, { role: 'link_worker', organisationId: sam.actor.organisationId }, ada);
      const body = await page(url, ada);
      const [, role = ''] = /roles\/([0-9a-f-]{36})\/triages/.exec(body) ?? [];
      await send(`${url}/roles/${role}/triages`, { triages: 'yes' }, ada);
      expect(await page(url, ada)).toContain('Works new referrals');
      expect(await page(`${url}/roles/${role}/leave`, ada)).toContain('End it for good');
      await send(`${url}/roles/${role}/disable`, {}, ada);
      await send(`${url}/roles/${role}/enable`, {}, ada);
      await send(`${url}/roles/${role}/end`, {}, ada);
      expect(await page(url, ada)).toContain('Ended');
    });

    it('sends a link for a new password, and shows a manager everything but the switches', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const url = `/desk/users/${sam.actor.accountId}`;
      const sent = await send(`${url}/reset`, {}, ada);
      expect(sent.headers.location).toBe(`${url}?sent`);
      expect(await page(`${url}?sent`, ada)).toContain('A link to choose a new password is on its way');
      const seen = await page(url);
      expect(seen).toContain('An administrator changes names, roles and access.');
      expect(seen).not.toContain('Take away');
    });
  });

  describe('organisations', () => {
    it('is added, changed and closed, and a practice gets addresses that may be told names', async () => {
      expect((await send('/desk/organisations/new', { kind: 'gp_practice' })).body).toContain('href="#name"');
      const made = await send('/desk/organisations/new', {
        name: 'Mill Lane Surgery',
        kind: 'gp_practice',
        refers: 'yes',
        feedbackEmail: 'mill.lane@example.org',
      });
      const url = String(made.headers.location);
      const form = { _version: '1', name: 'Mill Lane', kind: 'gp_practice', refers: 'yes', provides: 'no' };
      await send(url, { ...form, active: 'no', feedbackEmail: '' });
      const body = await page(url);
      expect(body).toContain('GP practice, closed');
      expect(body).not.toContain('mill.lane@example.org');
      const clash = await send(url, { ...form, name: 'Mill Road' });
      expect([clash.statusCode, clash.body]).toEqual([412, expect.stringContaining('Name: Mill Lane')]);
      expect(clash.body).toContain('value="Mill Road"');
      expect(clash.body).toContain('changed this at 10:00. Check both versions.');
      const secure = `${url}/secure-addresses`;
      expect((await send(secure, { email: 'mill lane' })).body).toContain('value="mill lane"');
      await send(secure, { email: 'records@mill.example.org' });
      expect(await page(secure)).toContain('records@mill.example.org');
      await send(`${secure}/remove`, { email: 'records@mill.example.org' });
      expect(await page(secure)).toContain('None yet');
      expect(await page('/desk/organisations?name=mill&kind=gp_practice&active=false')).toContain(
        'Mill Lane',
      );
    });
  });

  describe('groups', () => {
    let id: string;
    let group: string;
    beforeEach(async () => {
      id = await aProvider(scheme, { name: 'Marlings Men’s Shed' });
      group = `/desk/groups/${id}`;
    });

    it('is found by name, and its contact changed with both versions shown to whoever comes second', async () => {
      const service = await aListing(scheme, { name: 'Shed on Fridays' }).by(id);
      expect(await page('/desk/groups?text=shed')).toContain('Marlings Men’s Shed');
      expect(await page('/desk/groups?text=choir')).toContain('None matches these filters.');
      expect(await page(group)).toContain(`/desk/listings/${service}`);
      const contact = `${group}/contact`;
      const _version = versionIn(await page(contact), contact);
      const rose = { _version, contactName: 'Rose Hall', answersBy: 'email', replyWithinDays: '3' };
      const wrong = await send(contact, { ...rose, contactEmail: 'rose hall', replyWithinDays: 'soon' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('value="soon"');
      expect(wrong.body).toContain('href="#replyWithinDays"');
      await send(contact, { ...rose, contactEmail: 'rose@example.org' });
      expect(await page(group)).toContain('Rose Hall');
      const late = await send(contact, {
        ...rose,
        contactName: 'Ann Lee',
        contactEmail: 'rose@example.org',
        answersBy: 'phone',
        contactShared: 'yes',
        replyWithinDays: '9',
        howToWorkWithUs: 'Ring on Mondays',
      });
      expect(late.statusCode).toBe(412);
      const now = /It says now:<\/p>\s*<ul>(.*?)<\/ul>/s.exec(late.body)?.[1];
      // Not the address, which both left as it is.
      expect([...(now ?? '').matchAll(/<li>(.*?)<\/li>/g)].map(([, said]) => said)).toEqual([
        'Who answers for the group: Rose Hall',
        'How it is asked and answers: By a link in an e-mail',
        'Replies within: 3 working days',
        'How to work with them: nothing',
      ]);
      expect(late.body).toContain('value="Ann Lee"');
      expect(late.body).toContain('changed this at 10:00. Check both versions.');
    });

    it('is paused between days and starts again when both are emptied', async () => {
      const pause = `${group}/pause`;
      const days = { 'pausedFrom.day': '20', 'pausedFrom.month': '11', 'pausedFrom.year': '2026' };
      await send(pause, { _version: versionIn(await page(pause), pause), ...days });
      expect(await page(group)).toContain('Nobody new is offered to it');
      const empty = { 'pausedFrom.day': '', 'pausedFrom.month': '', 'pausedFrom.year': '' };
      await send(pause, { _version: versionIn(await page(pause), pause), ...empty });
      expect(await page(group)).not.toContain('Nobody new is offered to it');
    });

    it('shows what it was checked for, until somebody says that it no longer holds', async () => {
      const checks = `${group}/checks`;
      const seen = { requirement: 'insurance', level: 'personal_contact', note: 'Policy <seen>' };
      const wrong = await send(checks, seen);
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('Policy &lt;seen&gt;');
      expect(wrong.body).toContain('href="#checkedOn"');
      const on = (name: string, year: string) => ({
        [`${name}.day`]: '20',
        [`${name}.month`]: '11',
        [`${name}.year`]: year,
      });
      await send(checks, { ...seen, ...on('checkedOn', '2026'), ...on('lapsesOn', '2027') });
      const body = await page(checks);
      expect(body).toContain('Sat, 20 November 2027');
      const [, record = ''] = /\/checks\/([0-9a-f-]{36})/.exec(body) ?? [];
      expect(await page(`${checks}/${record}`)).toContain('Insurance: from now on it counts as not shown');
      expect((await send(`${checks}/${record}`, {})).body).toContain('href="#reason"');
      await send(`${checks}/${record}`, { reason: 'Not renewed' });
      expect(await page(checks)).toContain('Nothing was shown yet.');
    });

    it('signs what the scheme has written, and takes it back', async () => {
      expect((await send('/desk/covenants', { words: '', commitments: '' })).statusCode).toBe(422);
      await send('/desk/covenants', {
        words: 'How we work together.',
        commitments: 'Nobody is put under pressure to take part in religious activity\r\nWe reply',
      });
      expect(await page('/desk/covenants')).toContain('Version 1, to sign now');
      const agreement = `${group}/agreement`;
      const [, covenantId = ''] = /name="covenantId" value="([^"]+)"/.exec(await page(agreement)) ?? [];
      const signed = { covenantId, 'signedOn.day': '23', 'signedOn.month': '11', 'signedOn.year': '2026' };
      expect((await send(agreement, { ...signed, signedBy: 'Rose Hall' })).body).toContain(
        'value="Rose Hall"',
      );
      await send(agreement, { ...signed, signedBy: 'Rose Hall', commitments: 'no_religious_pressure' });
      expect(await page(group)).toContain('Promised that nobody is put under religious pressure');
      await send(`${agreement}/end`, { reason: 'They left' });
      expect(await page(agreement)).toContain('They left');
    });

    it('is closed for good with a reason, and opened again with one', async () => {
      expect((await send(`${group}/close`, { note: 'Kept' })).body).toContain('Kept');
      await send(`${group}/close`, { reason: 'no_place' });
      expect(await page(group)).toContain('no place to meet');
      await send(`${group}/reopen`, { reason: 'They found a place' });
      expect(await page(group)).not.toContain('Closed for good');
    });

    it('has a service that is looked at, sent back, published, paused and closed', async () => {
      const service = `/desk/listings/${await aListing(scheme, { forReview: true }).inDraft().by(id)}`;
      expect(await page('/desk/listings?state=in_review')).toContain(service);
      expect((await send(`${service}/return`, {})).statusCode).toBe(422);
      await send(`${service}/publish`, {});
      expect(await page(service)).toContain('Pause it');
      expect(await page(`${service}/pause`)).toContain('takes no new people');
      await send(`${service}/pause`, { reason: 'Summer' });
      await send(`${service}/resume`, {});
      await send(`${service}/close`, {});
      const body = await page(service);
      expect(body).toContain('Make it a draft again');
      expect(body).not.toContain('Pause it');
      expect((await send(`${service}/pause`, {})).statusCode).toBe(409);
      expect((await ask(`${service}/explode`)).statusCode).toBe(404);
    });

    it('is somebody’s once a manager has said so, and what worries somebody about it gets an answer', async () => {
      const claim = newId();
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'provider_claim', {
          scheme_id: scheme.id,
          id: claim,
          organisation_id: id,
          state: 'proved',
          name: 'Ann Lee',
          email: 'ann@example.org',
          email_hash: claim,
          why: 'I run it.',
          asked_at: TEST_NOW,
          proved_at: TEST_NOW,
        }),
      );
      expect(await page('/desk/claims')).toContain('Ann Lee');
      expect((await send(`/desk/claims/${claim}/refuse`, {})).body).toContain('href="#reason"');
      await send(`/desk/claims/${claim}/approve`, {});
      expect(await page('/desk/claims')).toContain('Nobody waits for your answer.');
      const raised = await betony.inject({
        method: 'POST',
        url: '/api/v1/concerns',
        headers: mo.headers,
        payload: {
          organisationId: id,
          kind: 'religious_pressure',
          toldBy: 'client',
          what: 'Asked <three> times',
        },
      });
      const concern = `/desk/concerns/${raised.json<{ id: string }>().id}`;
      expect(await page('/desk/concerns?reviewed=false')).toContain(concern);
      expect(await page(concern)).toContain('Asked &lt;three&gt; times');
      expect((await send(concern, { note: 'We asked both' })).body).toContain('We asked both');
      await send(concern, { outcome: 'upheld', note: 'We asked both' });
      expect(await page(concern)).toContain('It is true. We asked both');
    });
  });

  describe('imports', () => {
    const SHEET = [
      'name,description,kind,domains,neighbourhood,community,takes_referrals,how_to_join,address,postcode',
      'Reading circle,Tea <b>and</b> books,associations,age well,,,yes,,,',
      'Nameless,,associations,,,,,,,',
    ].join('\n');
    const upload = (fields: Record<string, string>, file: string | null) => {
      const part = (name: string, more: string, text: string) =>
        `--betony\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;
      const parts = Object.entries(fields).map(([name, text]) => part(name, '', text));
      if (file !== null) parts.push(part('file', '; filename="assets.csv"', file));
      return betony.inject({
        method: 'POST',
        url: '/desk/imports/file',
        headers: { cookie: mo.browser.cookie, 'content-type': 'multipart/form-data; boundary=betony' },
        payload: `${parts.join('')}--betony--\r\n`,
      });
    };
    const work = (key: string) =>
      betony.get(ImportWork).perform({ name: 'import', key, schemeId: scheme.id, ids: { import: key } });

    it('are checked, looked at, approved, watched and taken back', async () => {
      const csrf = { _csrf: mo.browser.formToken };
      const checked = await upload({ ...csrf, kind: 'assets' }, SHEET);
      expect(checked.statusCode).toBe(303);
      const url = String(checked.headers.location);
      const review = await page(url);
      expect(review).toContain('>New here<');
      expect(review).toContain('description: Give a description');
      expect(review).toContain('An asset takes no referrals unless the list says yes.');
      expect(review).toContain('assets.csv');
      expect((await ask(`${url}/refused`)).body).toContain('Give a description');
      const hasty = await send(`${url}/approve`, {});
      expect([hasty.statusCode, (await page(url)).includes('Approve it')]).toEqual([409, true]);
      await send(`${url}/approve`, { leaveOutRefused: 'yes' });
      const job = `/desk/jobs/${url.slice(-36)}`;
      expect(await page(job)).toContain('Being written: 0 of 2 rows.');
      const underWay = await page(url);
      expect(underWay).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
      expect(underWay).toContain('data-progress');
      await work(url.slice(-36));
      expect((await ask(job)).headers.location).toBe(url);
      expect(await page(url)).toContain('It can be taken back until Tue, 24 November 2026');
      await send(`${url}/undo`, {});
      await work(url.slice(-36));
      expect(await page(url)).toContain('Import: taken back');
      expect(await page('/desk/imports')).toContain('assets.csv');
    });

    it('with other headings are read once somebody has said what each column is', async () => {
      const THEIRS = 'Title,About,Sort\nThe <orchard>,Forty apple trees,places\n';
      const { headers } = await upload({ _csrf: mo.browser.formToken, kind: 'assets' }, THEIRS);
      const url = String(headers.location);
      const asks = await page(url);
      expect(asks).toContain('Column “Title”');
      expect(asks).toContain('Begins with: The &lt;orchard&gt;');
      expect(asks).not.toContain('Row by row');
      const twice = await send(`${url}/columns`, [
        ['columns', 'name'],
        ['columns', 'name'],
        ['columns', 'kind'],
      ]);
      expect([twice.statusCode, twice.body.includes('href="#columns"')]).toEqual([422, true]);
      expect(twice.body.match(/<option value="name" selected>/g)).toHaveLength(2);
      const taken = await send(`${url}/columns`, [
        ['columns', 'name'],
        ['columns', 'description'],
        ['columns', 'kind'],
      ]);
      expect(taken.headers.location).toBe(`/desk/jobs/${url.slice(-36)}`);
      await work(url.slice(-36));
      const review = await page(url);
      expect(review).toContain('>New here<');
      expect(review).toContain('Say differently what the columns are');
      expect(review).toContain('The &lt;orchard&gt;');
    });

    it('say before they are approved what is assumed, what is left out, and which rows to look at', async () => {
      const LIST =
        'Name,Referral method,Opening times,Address,Postcode,Contact,Fax\n@Home,,=NOW(),,CO97 1AA,,01632 960001\nThe Pantry,,,,,,\n';
      const { headers } = await upload({ _csrf: mo.browser.formToken, kind: 'food-banks' }, LIST);
      const url = String(headers.location);
      const review = await page(url);
      expect(review).toContain('Each service is for everyone.');
      expect(review).toContain('Each is at the level “open door”');
      expect(review).toContain('>Fax</span> (1)');
      expect(review).toContain('1 row to look at');
      expect(review).toContain('Opening times: A formula, so it is left out');
      const warned = await page(`${url}?warned=true`);
      expect(warned).toContain('Name: It begins with “@”. Check that this is its name');
      expect(warned).not.toContain('The Pantry');
      expect(warned).toContain('Every row');
    });

    it('offer a file with the headings of each sheet, which comes back as one without rows', async () => {
      const form = await page('/desk/imports/new');
      for (const kind of ['charities', 'food-banks', 'assets']) {
        expect(form).toContain(`href="/desk/imports/template?kind=${kind}"`);
        const { headers, body } = await ask(`/desk/imports/template?kind=${kind}`);
        expect(headers).toMatchObject({
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${kind}.csv"`,
        });
        expect(form).toContain(body.slice(1).trim().replaceAll(',', ', '));
        const back = await upload({ _csrf: mo.browser.formToken, kind }, body);
        expect([back.statusCode, back.body]).toEqual([
          422,
          expect.stringContaining('The file has no rows below its headings'),
        ]);
      }
      for (const none of ['open-referral', 'toString', 'nothing'])
        expect((await ask(`/desk/imports/template?kind=${none}`)).statusCode).toBe(404);
    });

    it('say before they are approved that a page of a directory is not all of it', async () => {
      const list = JSON.stringify({ total_items: 40, contents: [{ id: 'a', name: 'Lunch' }] });
      const { headers } = await upload({ _csrf: mo.browser.formToken, kind: 'open-referral' }, list);
      const review = await page(String(headers.location));
      expect(review).toContain('About the list as a whole');
      expect(review).toContain('It says that it has 40 services, and 1 came.');
    });

    it('taken back in part say so, and of each row that stays why', async () => {
      const { headers } = await upload({ _csrf: mo.browser.formToken, kind: 'assets' }, SHEET);
      const url = String(headers.location);
      await send(`${url}/approve`, { leaveOutRefused: 'yes' });
      await work(url.slice(-36));
      await rowsOf(scheme, sql`update asset set version = 2`);
      await send(`${url}/undo`, {});
      await work(url.slice(-36));
      const body = await page(url);
      expect(body).toContain('Import: partly taken back');
      expect(body).toContain('1 row stays, because somebody here has changed or used what it brought since.');
      expect(body).toContain('It stays: somebody here has changed it.');
      expect(await page('/desk/imports')).toContain('Partly taken back');
    });

    it('need a form of ours, a file and a kind, and can be left alone', async () => {
      expect((await upload({ kind: 'assets' }, SHEET)).statusCode).toBe(403);
      const csrf = { _csrf: mo.browser.formToken };
      const noKind = await upload(csrf, SHEET);
      expect([noKind.statusCode, noKind.body]).toEqual([422, expect.stringContaining('href="#kind"')]);
      const empty = await upload({ ...csrf, kind: 'assets' }, '');
      expect([empty.statusCode, empty.body]).toEqual([422, expect.stringContaining('href="#file"')]);
      expect(empty.body).toContain('value="assets" checked');
      const noFeed = await send('/desk/imports/feed', { address: 'http://127.0.0.1/feed' });
      expect([noFeed.statusCode, noFeed.body]).toEqual([422, expect.stringContaining('href="#address"')]);
      const fetched = await send('/desk/imports/feed', { address: 'https://directory.example.org/feed' });
      const following = String(fetched.headers.location);
      expect(await page(following)).toContain('Being checked: 0 rows so far.');
      expect((await send(`/desk/imports/${following.slice(-36)}/stop`, {})).statusCode).toBe(303);
      const url = String((await upload({ ...csrf, kind: 'assets' }, SHEET)).headers.location);
      await send(`${url}/discard`, {});
      expect(await page(url)).toContain('Import: not imported');
      expect(await page('/desk/imports/gone')).toContain('There is none: every service');
    });
  });

  describe('the team', () => {
    it('shows who has how much, who has nobody and what is late', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Late' }).begun().due('2026-11-19');
      await aReferral(scheme).about({ firstName: 'Ada', lastName: 'Alone' }).accepted();
      const body = await page('/desk/team');
      expect(body).toContain('Sam Okoro');
      expect(body).toContain('1 of at most 40');
      expect(body).toContain('4 days late');
      expect(body).toContain('Ada Alone');
      expect((await ask('/desk/team', sam)).statusCode).toBe(403);
    });

    it('says how many each may have, where they work and what they speak, and suggests by that', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      await aMember(scheme, 'link_worker', { name: 'Ada First' });
      await aReferral(scheme).about({ firstName: 'Jan', lastName: 'Nowak', language: 'pl' }).accepted();
      expect(await page('/desk/triage?state=accepted')).toContain('Ada First');
      const url = `/desk/team/${sam.actor.membershipId}`;
      expect(await page('/desk/team')).toContain(`href="${url}"`);
      const _version = versionIn(await page(url), url);
      const kept = { caseloadLimit: '12', areas: 'CO15, co16', languages: 'pl', _version };
      const wrong = await send(url, { ...kept, caseloadLimit: 'many' });
      expect([wrong.statusCode, wrong.body.includes('href="#caseloadLimit"')]).toEqual([422, true]);
      expect(wrong.body).toContain('value="CO15, co16"');
      const town = await send(url, { ...kept, areas: 'CO15, Clacton' });
      expect([town.statusCode, town.body.includes('href="#areas"')]).toEqual([422, true]);
      expect(town.body).toContain('Use the first part of a postcode for each, like CO15');
      expect((await send(url, kept)).headers.location).toBe('/desk/team');
      expect(await page('/desk/team')).toContain('0 of at most 12');
      expect(await page('/desk/triage?state=accepted')).toContain('Sam Okoro: 0 of 12, speaks Polish');
      const late = await send(url, { ...kept, caseloadLimit: '9' });
      expect(late.statusCode).toBe(412);
      expect(late.body.replace(/\s+/g, ' ')).toContain('At most: 12');
      // Emptied, they are taken away.
      const next = versionIn(await page(url), url);
      await send(url, { caseloadLimit: '12', areas: '', languages: '', _version: next });
      expect(await page('/desk/triage?state=accepted')).not.toContain('speaks Polish');
      expect((await ask(url, sam)).statusCode).toBe(403);
    });

    it('names who covers where nobody else is named, and the later of two is told', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
      const url = '/desk/standing-cover';
      expect(await page('/desk/away')).toContain(`href="${url}"`);
      const _version = versionIn(await page(url), url);
      expect((await send(url, { membershipId: kim.actor.membershipId, _version })).headers.location).toBe(
        '/desk/away',
      );
      await send(`/desk/away/workers/${sam.actor.membershipId}/today`, {});
      expect(await page('/desk/away')).toMatch(/Sam Okoro.+Away, covered by Kim Lee/);
      const late = await send(url, { membershipId: '', _version });
      expect(late.statusCode).toBe(412);
      expect(late.body).toContain('The usual cover: Kim Lee, link worker');
      await send(url, { membershipId: '', _version: versionIn(await page(url), url) });
      expect(await page('/desk/away')).toMatch(/Sam Okoro.+Away, covered by the team/);
    });

    it('print a caseload for whoever covers, with how to reach each', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
      const { clientId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Stays' }).begun();
      await changeRow(scheme, 'client', clientId, {
        phone: '+447700900123',
        safe_to_leave_message: 'no',
        reach_note: 'Ring twice',
      });
      await aCase(scheme, kim).person({ firstName: 'Bo', lastName: 'Elsewhere' }).begun();
      const sheet = `/desk/caseload/sheet?worker=${sam.actor.membershipId}`;
      const says = [
        'Caseload of Sam Okoro',
        'Ada Stays',
        '07700 900123',
        'Do not leave voicemail',
        'Ring twice',
      ];
      expect(await page('/desk/away')).toContain(`href="${sheet}"`);
      for (const one of says) expect(await page(sheet)).toContain(one);
      expect(await page(sheet)).not.toContain('Bo Elsewhere');
      expect((await ask(sheet, kim)).statusCode).toBe(404);
      expect(await page('/desk/away', kim)).not.toContain(`href="${sheet}"`);
      await send('/desk/away', {
        workerId: sam.actor.membershipId,
        coverId: kim.actor.membershipId,
        startsOn: '2026-11-23',
        reason: 'leave',
      });
      expect(await page('/desk/away', kim)).toContain(`href="${sheet}"`);
      const paper = await page(sheet, kim);
      expect(paper).toContain('class="betony-print"');
      for (const one of says) expect(paper).toContain(one);
      // From the list as well, by what it is narrowed to.
      const list = `/desk/caseload?worker=${sam.actor.membershipId}&part=conversation`;
      const [, href = ''] = /href="([^"]+)">Print with how to reach each/.exec(await page(list, kim)) ?? [];
      expect(await page(href.replaceAll('&amp;', '&'), kim)).toContain('07700 900123');
      expect(await page(href.replaceAll('&amp;', '&').replace('conversation', 'waiting'), kim)).toContain(
        'Nobody to show.',
      );
    });

    it('names safeguarding leads, who stand wherever a worry is written down until they are none any more', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const { clientId } = await aCase(scheme, sam).begun();
      const url = '/desk/safeguarding-leads';
      expect(await page(url)).toContain('Nobody is named yet');
      expect(await page('/desk/manage')).toContain(`href="${url}"`);
      const nobody = await send(url, { membershipId: '' });
      expect([nobody.statusCode, nobody.body.includes('href="#membershipId"')]).toEqual([422, true]);
      expect((await send(url, { membershipId: mo.actor.membershipId })).headers.location).toBe(url);
      expect(await page(`/desk/people/${clientId}/concern`, sam)).toContain('Safeguarding lead: Mo Rahman');
      expect(await page(url)).not.toContain(`value="${mo.actor.membershipId}"`);
      expect((await send(`${url}/${mo.actor.membershipId}/end`, {})).headers.location).toBe(url);
      expect(await page(`/desk/people/${clientId}/concern`, sam)).not.toContain('Safeguarding lead: Mo');
      expect((await ask(url, sam)).statusCode).toBe(403);
    });

    it('hands over those who are ticked, or everybody, from a day on, and says what became of each', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
      const first = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Moves' }).begun();
      await aCase(scheme, sam).begun();
      const url = `/desk/team/${sam.actor.membershipId}/hand-over`;
      const day = { 'effectiveOn.day': '23', 'effectiveOn.month': '11', 'effectiveOn.year': '2026' };
      expect(await page(url)).toContain('Ada Moves');
      const nobody = await send(url, { ...day, note: 'Kept', referralId: first.referralId });
      expect([nobody.statusCode, nobody.body]).toEqual([422, expect.stringContaining('href="#toId"')]);
      expect(nobody.body).toContain('Kept');
      const toId = kim.actor.membershipId;
      expect((await send(url, { ...day, toId })).body).toContain('href="#referralId"');
      const made = await send(url, { ...day, toId, referralId: first.referralId });
      const handover = String(made.headers.location);
      expect(await page(handover)).toContain('Handed over');
      // On paper with how to reach them, for those who may read it.
      await changeRow(scheme, 'client', first.clientId, {
        phone: '+447700900123',
        safe_to_leave_message: 'no',
        reach_note: 'Ring twice',
      });
      expect(await page(handover)).toContain(`href="${handover}/sheet"`);
      const sheet = await page(`${handover}/sheet`, kim);
      expect(sheet).toContain('class="betony-print"');
      for (const said of ['Ada Moves', '07700 900123', 'Do not leave voicemail', 'Ring twice'])
        expect(sheet).toContain(said);
      expect((await ask(`${handover}/sheet`, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
      await send(`${handover}/check`, { done: 'people_told' });
      expect(await page(handover)).toContain('Done: Everybody knows');
      const later = { ...day, 'effectiveOn.day': '30', toId, everything: 'yes' };
      const planned = String((await send(url, later)).headers.location);
      await send(`${planned}/cancel`, {});
      expect(await page('/desk/handovers')).toContain('Cancelled');
      expect((await send(`${handover}/cancel`, {})).statusCode).toBe(409);
    });
  });
});
