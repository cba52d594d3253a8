import sql from 'sql-template-tag';
import { aCase, aGroup, anOffer } from '../../factories/onward.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { aPdf } from '../../support/upload.js';

describe('groups and their services at the desk', () => {
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
  const versionOf = (body: string, action: string): string =>
    /name="_version" value="(\d+)"/.exec(body.split(`action="${action}"`)[1] ?? '')?.[1] ?? '';

  const LUNCH: [string, string][] = [
    ['name', 'Friday lunch'],
    ['description', 'Soup and company'],
    ['needs', ''],
    ['needs', 'loneliness'],
    ['needs', 'food'],
    ['from', 'some'],
    ['areas', 'co15, CO16'],
    ['radiusMiles', ''],
    ['schedule.0.day', ''],
    ['schedule.0.every', 'week'],
    ['schedule.1.day', 'friday'],
    ['schedule.1.from', '12:00'],
    ['schedule.1.to', '14:00'],
    ['schedule.1.every', 'fortnight'],
    ['schedule.1.on.day', '27'],
    ['schedule.1.on.month', '11'],
    ['schedule.1.on.year', '2026'],
    ['forWhom', 'everyone'],
    ['level', 'open_door'],
    ['cost', 'paid'],
    ['costNote', '£3'],
    ['publishable', 'no'],
    ['placesKind', 'counted'],
    ['placesTotal', '12'],
  ];
  const without = (...names: string[]) => LUNCH.filter(([name]) => !names.includes(name));

  describe('a group', () => {
    it('says when it changes and when nothing is to be sent to it, a time at a time', async () => {
      const id = await aProvider(scheme, { name: 'Marling Mosque' });
      const at = `/desk/groups/${id}/times`;
      expect(await page(`/desk/groups/${id}`)).toContain(`href="${at}"`);
      const dates = (from: string, until: string) => {
        const [first, last] = [from.split(' '), until.split(' ')];
        return {
          'from.day': first[0] ?? '',
          'from.month': first[1] ?? '',
          'from.year': first[2] ?? '',
          'until.day': last[0] ?? '',
          'until.month': last[1] ?? '',
          'until.year': last[2] ?? '',
        };
      };
      const ramadan = { kind: 'extra', name: 'Ramadan 2027', note: 'Meals for all' };
      const wrong = await send(`${at}/new`, { ...ramadan, ...dates('9 3 2027', '8 2 2027') });
      expect([wrong.statusCode, wrong.body.includes('href="#until"')]).toEqual([422, true]);
      expect(wrong.body).toContain('value="Ramadan 2027"');
      await send(`${at}/new`, { ...ramadan, ...dates('8 2 2027', '9 3 2027') });
      const closed = { kind: 'closed', name: 'August', ...dates('1 3 2027', '5 3 2027') };
      const clash = await send(`${at}/new`, closed);
      expect(clash.body).toContain('It shares days with');
      // A Monday: nothing is sent on it.
      await send(`${at}/new`, { kind: 'quiet', name: 'Mourning', ...dates('23 11 2026', '23 11 2026') });
      const entered = await page(at);
      expect(entered).toContain('Mon, 8 February 2027 to Tue, 9 March 2027');
      expect(entered).toContain('<strong>Ramadan 2027</strong>: more than usual<br>Meals for all');
      expect(entered).toMatch(/may next be written to Tue, 24 November 2026/);
      const remove = /action="([^"]+\/remove)">(?:(?!<\/form>).)*Take away<span[^>]*>: Mourning/.exec(
        entered,
      )?.[1];
      expect((await send(remove ?? 'none', {})).headers.location).toBe(at);
      expect(await page(at)).not.toContain('Mourning');
      // Weekly hours, one at a time.
      const prayers = { day: 'friday', from: '12:30', to: '14:00', name: 'Friday prayers' };
      const late = await send(`${at}/weekly`, { ...prayers, to: '12:00' });
      expect([late.statusCode, late.body.includes('href="#to"')]).toEqual([422, true]);
      expect(late.body).toContain('value="Friday prayers"');
      await send(`${at}/weekly`, prayers);
      await send(`${at}/weekly`, { day: 'sunday', from: '09:00', to: '11:00', name: 'Lessons' });
      const twice = await send(`${at}/weekly`, { ...prayers, name: 'Again' });
      expect([twice.statusCode, twice.body.includes('href="#from"')]).toEqual([422, true]);
      expect(await page(at)).toContain('Friday, 12:30 to 14:00');
      await send(`${at}/weekly/remove`, { day: 'friday', from: '12:30', to: '14:00' });
      const left = await page(at);
      expect(left).not.toContain('Friday prayers');
      expect(left).toContain('Lessons');
      expect((await send(`${at}/weekly/remove`, prayers)).statusCode).toBe(404);
      const sam = await aMember(scheme, 'link_worker');
      expect((await ask(at, sam)).statusCode).toBe(403);
    });

    it('has the help it only counts written down by whoever hears of it', async () => {
      const worker = await aMember(scheme, 'link_worker');
      const id = await aProvider(scheme, { name: 'Lunch Together' });
      const at = `/desk/groups/${id}/tally`;
      expect(await page(`/desk/groups/${id}`, worker)).toContain(`href="${at}"`);
      const given = { quantity: '12', 'givenOn.day': '24', 'givenOn.month': '11', 'givenOn.year': '2026' };
      const wrong = await send(at, given, worker);
      expect([wrong.statusCode, wrong.body.includes('href="#kind"')]).toEqual([422, true]);
      expect(wrong.body).toContain('value="12"');
      const tomorrow = await send(at, { ...given, kind: 'welfare_call' }, worker);
      expect([tomorrow.statusCode, tomorrow.body.includes('href="#givenOn"')]).toEqual([422, true]);
      const counted = await send(at, { ...given, 'givenOn.day': '23', kind: 'welfare_call' }, worker);
      expect(counted.headers.location).toBe(`${at}?counted=welfare_call`);
      const next = await page(`${at}?counted=welfare_call`, worker);
      expect([next.includes('That is counted.'), /value="welfare_call" checked/.test(next)]).toEqual([
        true,
        true,
      ]);
      expect(
        await rowsOf(
          scheme,
          sql`select quantity, organisation_id as of, client_id from practical_help where scheme_id = ${scheme.id}`,
        ),
      ).toEqual([{ quantity: 12, of: id, client_id: null }]);
      const practice = await anOrganisation(scheme);
      const right = { ...given, 'givenOn.day': '23', kind: 'welfare_call' };
      const none = await send(`/desk/groups/${practice}/tally`, right, worker);
      expect(none.statusCode).toBe(404);
      const all = sql`select count(*)::int as n from practical_help where scheme_id = ${scheme.id}`;
      expect(await rowsOf(scheme, all)).toEqual([{ n: 1 }]);
    });

    it('begins as an organisation that offers something, and says whom to ask', async () => {
      const made = await send('/desk/organisations/new', {
        name: 'Marling Kitchen',
        kind: 'community_group',
        provides: 'yes',
      });
      const to = String(made.headers.location);
      expect(to).toMatch(/^\/desk\/groups\/new\?organisationId=/);
      const id = to.split('=')[1] ?? '';
      expect(await page(to)).toContain(`<option value="${id}" selected>Marling Kitchen</option>`);
      const wrong = await send('/desk/groups/new', {
        organisationId: id,
        answersBy: 'email',
        contactName: 'Rose <Hall>',
      });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#sector"');
      expect(wrong.body).toContain('value="Rose &lt;Hall&gt;"');
      const about = {
        organisationId: id,
        sector: 'community',
        answersBy: 'email',
        contactEmail: 'rose@example.org',
      };
      const right = await send('/desk/groups/new', { ...about, contactShared: 'no' });
      expect([right.statusCode, right.headers.location]).toEqual([303, `/desk/groups/${id}`]);
      expect(await page(`/desk/groups/${id}`)).toContain('rose@example.org');
      expect((await send('/desk/groups/new', about)).statusCode).toBe(409);
      expect(await page('/desk/groups/new')).not.toContain('Marling Kitchen');
    });

    it('says what it does and does not do, and shows both versions to whoever comes second', async () => {
      const id = await aProvider(scheme, { name: 'Marling Kitchen', limits: ['falls'] });
      const url = `/desk/groups/${id}/profile`;
      const body = await page(url);
      expect(body).toMatch(/value="falls" checked/);
      const _version = versionOf(body, url);
      const said = {
        _version,
        sector: 'faith',
        limits: '',
        remit: 'food',
        womanVolunteer: 'yes',
        quietDays: 'friday',
      };
      expect((await send(url, { ...said, traditionShown: 'yes' })).body).toContain('href="#tradition"');
      await send(url, { ...said, tradition: 'sikh', traditionShown: 'yes', remitNote: 'Hot meals' });
      const after = await page(url);
      expect(after).not.toMatch(/value="falls" checked/);
      expect(after).toMatch(/value="food" checked/);
      const late = await send(url, { ...said, remitNote: 'Cold meals' });
      expect([late.statusCode, late.body]).toEqual([
        412,
        expect.stringContaining('In its own words: Hot meals'),
      ]);
      expect(late.body).toContain('Cold meals</textarea>');
      expect(late.body).toContain('changed this at 10:00. Check both versions.');
    });

    it('names whom it works with, until that ends', async () => {
      const id = await aProvider(scheme, { name: 'Marling Hub' });
      const bank = await anOrganisation(scheme, 'charity', { name: 'Furniture Bank' });
      const url = `/desk/groups/${id}/partners`;
      const both = await send(url, { name: 'Red Cross', partnerId: bank, does: 'Beds <and> tables' });
      expect([both.statusCode, both.body]).toEqual([422, expect.stringContaining('Beds &lt;and&gt; tables')]);
      expect(both.body).toContain('href="#partnerId"');
      await send(url, { partnerId: bank, does: 'Beds and tables' });
      const body = await page(url);
      expect(body).toContain('Furniture Bank');
      const [, partner = ''] = /partners\/([0-9a-f-]{36})/.exec(body) ?? [];
      expect((await send(`${url}/${partner}`, {})).body).toContain('href="#reason"');
      await send(`${url}/${partner}`, { reason: 'They moved' });
      expect(await page(url)).toContain('They moved');
    });
  });

  describe('a service', () => {
    let group: string;
    beforeEach(async () => {
      group = await aProvider(scheme, { name: 'Marling Kitchen' });
    });

    it('is written down, sent to be looked at, published, changed and counted', async () => {
      const made = await send(`/desk/groups/${group}/services/new`, LUNCH);
      const url = String(made.headers.location);
      const draft = await page(url);
      expect(draft).toContain('Friday 12:00 to 14:00');
      expect(draft).toContain('Feeling lonely or cut off, Food');
      await send(`${url}/submit`, {});
      expect(await page('/desk/listings?state=in_review')).toContain(url);
      // Not for the public, and found by link workers all the same.
      expect((await send(`${url}/publish`, {})).statusCode).toBe(303);
      const form = await page(`${url}/change`);
      expect(form).toContain('value="CO15, CO16"');
      expect(form).toContain('value="some" checked');
      expect(form).toMatch(/name="schedule\.0\.on\.day"[^>]* value="27"/);
      const _version = versionOf(form, `${url}/change`);
      const change: [string, string][] = [
        ['_version', _version],
        ...without('placesKind', 'placesTotal', 'from'),
      ];
      const everywhere: [string, string][] = [
        ...change,
        ['from', 'everywhere'],
        ['access', ''],
        ['languages', 'bn'],
      ];
      const saved = await send(
        `${url}/change`,
        everywhere.map(([name, value]): [string, string] => [name, name === 'name' ? 'Sunday lunch' : value]),
      );
      expect(saved.headers.location).toBe(url);
      const late = await send(`${url}/change`, [...change, ['howToJoin', 'Ask <Rose>']]);
      expect([late.statusCode, late.body]).toEqual([412, expect.stringContaining('Name: Sunday lunch')]);
      expect(late.body).toContain('Ask &lt;Rose&gt;');
      expect(late.body).toContain('changed this at 10:00. Check both versions.');
      await send(`${url}/places`, { kind: 'counted', total: '3' });
      await send(`${url}/confirm`, {});
      const shown = await page(`${url}/preview`);
      expect(shown).toContain('Confirmed today');
      expect(shown).toContain('3 left');
      expect(shown).toContain('Bangla');
      expect(shown).toContain('<strong>Places:</strong> 3 places are left.');
      expect(shown).toContain('<strong>Open:</strong> Open now.');
    });

    it('keeps what was typed, and says beside each row and box what is wrong with it', async () => {
      const url = `/desk/groups/${group}/services/new`;
      const late = LUNCH.map(([name, value]): [string, string] => [
        name,
        name === 'schedule.1.to' ? '11:00' : value,
      ]);
      const wrong = await send(url, [...late.filter(([name]) => name !== 'areas'), ['areas', 'XYZ']]);
      expect(wrong.statusCode).toBe(422);
      // The row that was left empty is no longer before it.
      expect(wrong.body).toContain('href="#schedule.0.to"');
      expect(wrong.body).toContain('id="schedule.0.to-error"');
      expect(wrong.body).toContain('href="#areas"');
      expect(wrong.body).toContain('value="XYZ"');
      expect(wrong.body).toContain('value="11:00"');
      const none = await send(url, without('areas'));
      expect([none.statusCode, none.body]).toEqual([422, expect.stringContaining('href="#areas"')]);
      const empty = await send(url, { name: '', description: 'Soup', radiusMiles: 'far', from: 'some' });
      expect(empty.statusCode).toBe(422);
      for (const name of ['name', 'radiusMiles']) expect(empty.body).toContain(`href="#${name}"`);
      expect((await send(url, [...without('placesTotal')])).body).toContain('href="#placesTotal"');
    });

    it('says what is missing before it can be found, and what stands in the way of everybody', async () => {
      const made = await send(`/desk/groups/${group}/services/new`, {
        name: 'Visits',
        description: 'At home',
        level: 'alone_or_vulnerable',
      });
      const url = String(made.headers.location);
      const body = await page(url);
      expect(body).toContain('It cannot be found yet. Choose at least one need that this service meets.');
      expect(body).not.toContain('Let link workers find it');
      expect((await send(`${url}/publish`, {})).statusCode).toBe(422);
      const shown = await page(`${url}/preview`);
      expect(shown).toContain('This service is not published yet.');
      expect(shown).toContain('Its safety checks do not cover being alone with somebody');
    });

    it('has no fewer places than are taken, and a day after today on which it has room again', async () => {
      const url = `/desk/listings/${await aListing(scheme).counting(4).by(group)}`;
      const past = {
        kind: 'counted',
        total: '4',
        'fullUntil.day': '1',
        'fullUntil.month': '1',
        'fullUntil.year': '2020',
      };
      const wrong = await send(`${url}/places`, past);
      expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('href="#fullUntil"')]);
      expect(wrong.body).toContain('value="2020"');
      expect((await send(`${url}/places`, { kind: 'drop_in', total: '4' })).body).toContain('href="#total"');
      await send(`${url}/places`, { ...past, 'fullUntil.month': '12', 'fullUntil.year': '2026' });
      expect(await page(`${url}/places`)).toContain('Full until Tue, 1 December 2026');
    });

    it('is proposed by a link worker, kept by its own group, and nobody else’s to change', async () => {
      const sam = await aMember(scheme, 'link_worker');
      const rose = await aMember(scheme, 'provider_member', { organisation: group });
      const eve = await aMember(scheme, 'provider_member', { organisation: await aProvider(scheme) });
      const made = await send(`/desk/groups/${group}/services/new`, [...LUNCH, ['forReview', 'yes']], sam);
      const url = String(made.headers.location);
      expect((await ask(`${url}/change`, sam)).statusCode).toBe(403);
      expect(await page(`${url}/change`, rose)).toContain('Friday lunch');
      expect((await ask(`${url}/change`, eve)).statusCode).toBe(404);
      expect((await send(`${url}/places`, { kind: 'drop_in' }, eve)).statusCode).toBe(404);
      expect((await ask('/desk/groups/new', rose)).statusCode).toBe(403);
      expect((await send(`/desk/groups/${group}/services/new`, LUNCH, eve)).statusCode).toBe(404);
    });
  });

  describe('what a group can show', () => {
    const upload = (url: string, fields: Record<string, string>, name: string, bytes: Buffer, who = mo) => {
      const part = (head: string) =>
        Buffer.from(`--betony\r\ncontent-disposition: form-data; ${head}\r\n\r\n`);
      const end = Buffer.from('\r\n');
      const parts = Object.entries({ _csrf: who.browser.formToken, ...fields }).flatMap(([field, text]) => [
        part(`name="${field}"`),
        Buffer.from(text),
        end,
      ]);
      return betony.inject({
        method: 'POST',
        url,
        headers: { cookie: who.browser.cookie, 'content-type': 'multipart/form-data; boundary=betony' },
        payload: Buffer.concat([
          ...parts,
          part(`name="file"; filename="${name}"`),
          bytes,
          end,
          Buffer.from('--betony--\r\n'),
        ]),
      });
    };

    it('is sent as a file, saved again, and taken away', async () => {
      const id = await aProvider(scheme);
      const checks = `/desk/groups/${id}/checks`;
      const url = `/desk/groups/${id}/evidence`;
      const right = await upload(url, { kind: 'insurance_policy' }, 'Insurance 2026.pdf', aPdf());
      expect([right.statusCode, right.headers.location]).toEqual([303, checks]);
      const body = await page(checks);
      expect(body).toContain('Insurance 2026.pdf');
      const [, file = ''] = /evidence\/([0-9a-f-]{36})"/.exec(body) ?? [];
      expect((await ask(`${url}/${file}`)).headers['content-type']).toBe('application/pdf');
      await send(`${url}/${file}/remove`, {});
      expect(await page(checks)).not.toContain('Insurance 2026.pdf');
      expect((await send(`${url}/${file}/remove`, {})).statusCode).toBe(404);
    });

    it('is refused by what it is called, what it is and how large it is, and nothing is kept', async () => {
      const id = await aProvider(scheme);
      const url = `/desk/groups/${id}/evidence`;
      const insurance = { kind: 'insurance_policy' };
      for (const [fields, name, bytes, why] of [
        [
          insurance,
          'DBS certificate Rose.pdf',
          aPdf(),
          'Certificates and identity documents are not kept here.',
        ],
        [
          insurance,
          'policy.docx',
          Buffer.from('PK not a document'),
          'Send a PDF, or a picture as JPEG or PNG.',
        ],
        [insurance, 'policy.pdf', Buffer.alloc(10 * 1024 * 1024 + 1, 32), 'Files may have up to 10 MB.'],
        [insurance, 'policy.pdf', Buffer.alloc(0), 'This file is empty.'],
        [insurance, '', Buffer.alloc(0), 'Choose a file'],
        [{ kind: 'photo_of_place' }, 'hall.pdf', aPdf(), 'Send a picture of the place'],
      ] as const) {
        const answer = await upload(url, fields, name, bytes);
        expect([name, answer.statusCode]).toEqual([name, 422]);
        expect(answer.body).toContain('href="#file"');
        expect(answer.body).toContain(why);
        expect(answer.body).toContain(`value="${fields.kind}" selected`);
      }
      expect((await upload(url, {}, 'policy.pdf', aPdf())).body).toContain('href="#kind"');
      expect(
        (await upload(url, { ...insurance, _csrf: 'of another' }, 'policy.pdf', aPdf())).statusCode,
      ).toBe(403);
      const sam = await aMember(scheme, 'link_worker');
      expect((await upload(url, insurance, 'policy.pdf', aPdf(), sam)).statusCode).toBe(403);
      expect(await page(`/desk/groups/${id}/checks`)).not.toContain('policy.pdf');
    });
  });

  it('has who came to its sessions put right by a manager, and keeps what was said first', async () => {
    const group = await aGroup(scheme);
    const sam = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
    const grace = await anOffer(
      scheme,
      await aCase(scheme, { worker: sam, person: { firstName: 'Grace', lastName: 'Okoro', knownAs: null } }),
      group,
    ).accepted();
    const call = async (path: string, payload: object) => {
      const answer = await betony.inject({
        method: 'POST',
        url: `/api/v1/${path}`,
        headers: group.member.headers,
        payload,
      });
      expect([path, Math.floor(answer.statusCode / 100)]).toEqual([path, 2]);
      return answer.json<{ id: string }>();
    };
    const at = `/desk/listings/${group.listingId}/registers`;
    expect(await page(`/desk/listings/${group.listingId}`)).toContain(`href="${at}"`);
    expect(await page(at)).toContain('Nobody has said yet');
    const { id } = await call(`listings/${group.listingId}/registers`, { sessionOn: '2026-11-23' });
    await call(`registers/${id}/mark`, { marks: [{ onwardReferralId: grace, result: 'attended' }] });
    const to = `/desk/registers/${id}`;
    const correct = `${to}/people/${grace}`;
    // The group still writes it.
    expect(await page(at)).toMatch(new RegExp(`href="${to}">Mon, 23 November 2026.*Not finished yet`));
    expect(await page(to)).not.toContain(correct);
    await call(`registers/${id}/finalise`, {});
    const final = await page(to);
    expect(final).toContain('They came');
    expect(final).toContain(`href="${correct}"`);
    expect(final).not.toContain('Okoro');
    const shown = await page(correct);
    expect(shown).toContain('It says now: they came.');
    expect(shown).not.toContain('value="attended"');
    const seen = versionOf(shown, correct);
    const why = await send(correct, { _version: seen, result: 'absent_acceptable' });
    expect([why.statusCode, why.body.includes('href="#reason"')]).toEqual([422, true]);
    expect(why.body).toMatch(/value="absent_acceptable" checked/);
    const reason = 'It was another Grace';
    const right = await send(correct, { _version: seen, result: 'absent_acceptable', reason });
    expect([right.statusCode, right.headers.location]).toEqual([303, to]);
    const after = await page(to);
    expect(after).toContain(
      '<strong>Grace</strong>: they did not come, for a good reason, where it said: they came. It was another Grace',
    );
    expect(after).toContain('Mo Rahman, ');
    expect(await page(at)).toContain('Once');
    // A second manager still has the older page open.
    const late = await send(correct, { _version: seen, result: 'late', reason: 'She told me' });
    expect(late.statusCode).toBe(412);
    expect(late.body).toContain('Mo Rahman changed this');
    expect(late.body).toContain('She told me');
    expect(versionOf(late.body, correct)).not.toBe(seen);
    // Nobody else, and no link worker at all.
    expect((await ask(`${to}/people/${id}`)).statusCode).toBe(404);
    expect((await ask(to, sam)).statusCode).toBe(403);
    expect((await ask(at, await aMember(await aScheme(betony), 'scheme_manager'))).statusCode).toBe(404);
  });

  it('reads what is held on somebody who helps, for whoever asks, in their language', async () => {
    await aProvider(scheme, {
      name: 'Marling Kitchen',
      contactName: 'Prudence Pryor',
      contactEmail: 'prudence@example.org',
      contactPhone: '+447700900111',
    });
    const at = '/desk/groups/volunteer-data';
    expect(await page('/desk/groups')).toContain(`href="${at}"`);
    const nobody = await send(at, { email: '', phone: '', language: 'en' });
    expect([nobody.statusCode, nobody.body.includes('href="#email"')]).toEqual([422, true]);
    const unknown = await send(at, { email: 'nobody@example.org', language: 'en' });
    expect([unknown.statusCode, unknown.body.includes('Prudence')]).toEqual([200, false]);
    const found = await send(at, { email: 'Prudence@example.org', language: 'ar' });
    expect(found.body).toContain('<div lang="ar" dir="rtl">');
    expect(found.body).toContain('Prudence Pryor');
    expect(found.body).toContain('Marling Kitchen');
    const file = await send(at, { phone: '07700 900111', language: 'en', file: 'json' });
    expect(file.headers['content-disposition']).toContain('attachment');
    expect(file.json()).toMatchObject({ contactFor: [{ organisation: 'Marling Kitchen' }] });
    const reads = await rowsOf(
      scheme,
      sql`select 1 from audit_entry where scheme_id = ${scheme.id} and action = 'volunteer.data'`,
    );
    expect(reads).toHaveLength(3);
    // Whoever signs in for a group reads their own.
    const rose = await aMember(scheme, 'provider_member');
    for (const answer of [await ask(at, rose), await send(at, { email: 'prudence@example.org' }, rose)])
      expect([answer.statusCode, answer.headers.location]).toEqual([303, '/desk/group/my-data']);
  });

  it('hands out a link for a group, and ends it', async () => {
    const group = await aProvider(scheme);
    const at = `/desk/groups/${group}/links`;
    expect(await page(`/desk/groups/${group}`)).toContain(`href="${at}"`);
    expect((await send(at, { purpose: '' })).body).toContain('href="#purpose"');
    expect((await send(at, { purpose: 'survey', days: '7' })).headers.location).toBe(at);
    const shown = await page(at);
    const [, link = ''] = /<p class="betony-break">[^<]*(\/survey\/[^<]+)<\/p>/.exec(shown) ?? [];
    expect((await betony.inject({ url: link })).statusCode).toBe(200);
    const [, end = ''] = /action="([^"]+\/end)"/.exec(shown) ?? [];
    expect((await send(end, {})).headers.location).toBe(at);
    expect((await betony.inject({ url: link })).statusCode).toBe(410);
    expect(await page(at)).not.toContain('/survey/');
  });

  it('counts places of a session apart, changes them, and ends it', async () => {
    const listing = await aListing(scheme).by(await aProvider(scheme));
    const at = `/desk/listings/${listing}/periods`;
    expect(await page(`/desk/listings/${listing}/places`)).toContain(`href="${at}"`);
    expect((await send(at, { name: 'Tuesdays', total: '' })).body).toContain('href="#total"');
    expect((await send(at, { name: 'Tuesdays', total: '4' })).headers.location).toBe(at);
    expect(await page(at)).toContain('4 of 4 left');
    const [, one = ''] = new RegExp(`href="(${at}/[^"]+)"`).exec(await page(at)) ?? [];
    expect((await send(one, { total: '-1' })).statusCode).toBe(422);
    expect((await send(one, { total: '6' })).headers.location).toBe(at);
    expect(await page(at)).toContain('6 of 6 left');
    expect((await send(`${one}/end`, {})).headers.location).toBe(at);
    expect(await page(at)).not.toContain('Change or end');
  });
});
