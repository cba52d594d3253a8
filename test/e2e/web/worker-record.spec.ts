import { aCase, type Case } from '../../factories/caseload.js';
import { changeRow } from '../../factories/episodes.js';
import { aClient } from '../../factories/clients.js';
import { aProvider } from '../../factories/providers.js';
import { aReferral } from '../../factories/referrals.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;

describe('what is seldom done with a record', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let manager: TestMember;
  let grace: Case;
  let record: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    manager = await aMember(scheme, 'scheme_manager', { name: 'Mina Patel' });
    grace = await aCase(scheme, sam)
      .person({ firstName: 'Grace', lastName: 'Obi', phone: '07700 900111', safeToCall: 'yes' })
      .begun();
    record = `/desk/people/${grace.clientId}`;
  });
  afterAll(() => betony.stop());

  const open = (url: string, who = sam) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await open(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = async (url: string, body: Record<string, string> = {}, who = sam) => {
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
    const { location = '' } = answer.headers;
    return { status: answer.statusCode, to: location, body: answer.body.replace(/\s+/g, ' ') };
  };
  const read = (text: string): string =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  /** All that a form would send if nobody touched it. */
  const asShown = (html: string): Record<string, string> => {
    const form =
      /<form method="post" action="\/desk\/[^"]*"[^>]*novalidate>.*?<\/form>/.exec(html)?.[0] ?? '';
    const values: Record<string, string> = {};
    for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
      const name = /\bname="([^"]*)"/.exec(tag)?.[1] ?? '';
      const value = read(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '');
      const box = /type="(radio|checkbox)"/.test(tag);
      if (name !== '_csrf' && name !== '_key' && (!box || /\bchecked\b/.test(tag))) values[name] = value;
    }
    for (const [, name = '', text = ''] of form.matchAll(/<textarea\b[^>]*name="([^"]*)"[^>]*>([^<]*)</g))
      values[name] = read(text);
    for (const [, name = '', options = ''] of form.matchAll(
      /<select\b[^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/g,
    ))
      values[name] = /value="([^"]*)" selected/.exec(options)?.[1] ?? '';
    return values;
  };
  const logged = async (note = 'She bakes', who = sam): Promise<string> => {
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${grace.referralId}/contacts`,
      headers: who.headers,
      payload: { kind: 'phone', outcome: 'reached', minutes: 10, note, nextOn: '2026-11-30' },
    });
    expect(answer.statusCode).toBe(201);
    return `/desk/contacts/${answer.json<{ id: string }>().id}`;
  };

  it('says under what comes next which appointment is to come, the soonest of those not called off', async () => {
    const make = async (on: string): Promise<string> => {
      const answer = await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${grace.referralId}/appointments`,
        headers: sam.headers,
        payload: { kind: 'phone', on, time: '10:00', minutes: 30 },
      });
      return answer.json<{ id: string }>().id;
    };
    expect(await page(record)).not.toContain('/desk/appointments/');
    const [later, sooner] = [await make('2026-12-04'), await make('2026-11-26')];
    expect(await page(record)).toContain(
      `<a href="/desk/appointments/${sooner}">Phone call: Thu, 26 November 2026, 10:00`,
    );
    await send(`/desk/appointments/${sooner}/cancel`, { side: 'client', reason: 'unwell' });
    expect(await page(record)).toContain(`<a href="/desk/appointments/${later}">`);
  });

  describe('a contact that was logged', () => {
    it('is put right, and keeps what it said before with who changed it and why', async () => {
      const contact = await logged();
      expect(await page(`${record}/timeline`)).toContain(`href="${contact}">Open`);
      const asked = asShown(await page(`${contact}/amend`));
      expect(asked).toMatchObject({ kind: 'phone', outcome: 'reached', minutes: '10', note: 'She bakes' });

      const silent = await send(`${contact}/amend`, { ...asked, minutes: 'ten', note: 'Kept <words>' });
      expect(silent.status).toBe(422);
      expect(silent.body).toContain('href="#minutes"');
      expect(silent.body).toContain('href="#reason"');
      expect(silent.body).toContain('Kept &lt;words&gt;</textarea>');

      const right = { ...asked, minutes: '25', note: 'She bakes <bread>', reason: 'I had mixed two up' };
      expect((await send(`${contact}/amend`, right)).to).toBe(contact);
      const shown = await page(contact);
      expect(shown).toContain('What it said before');
      expect(shown).toContain('I had mixed two up');
      expect(shown).toMatch(/Minutes: <span class="betony-words">10<\/span> became <span[^>]*>25</);
      expect(shown).toContain('She bakes &lt;bread&gt;');
      expect(shown).not.toContain('When: <span');
      expect(await page(`${record}/timeline`)).toContain('Changed since: what it said before');

      const late = await send(`${contact}/amend`, { ...right, minutes: '40', reason: 'Late' });
      expect(late.status).toBe(412);
      expect(late.body).toContain('Check both versions');
      expect(late.body).toContain('Minutes: 25');
      expect(late.body).toContain('value="40"');
    });

    it('was on another day, and cannot be one that is to come', async () => {
      const contact = await logged();
      const asked = { ...asShown(await page(`${contact}/amend`)), reason: 'The day before' };
      const coming = await send(`${contact}/amend`, { ...asked, 'at.day': '30', time: '09:15' });
      expect([coming.status, coming.body.includes('href="#at"')]).toEqual([422, true]);
      expect((await send(`${contact}/amend`, { ...asked, time: 'nine' })).body).toContain('href="#time"');
      await send(`${contact}/amend`, { ...asked, 'at.day': '20', time: '09:15' });
      expect(await page(contact)).toContain('Fri, 20 November 2026, 09:15');
    });

    it('has words that not everybody reads: a manager says why, and that is on record', async () => {
      const contact = await logged();
      expect((await send(`${contact}/sections`, { kind: 'restricted' })).body).toContain('href="#words"');
      await send(`${contact}/sections`, { kind: 'restricted', words: 'He hides <letters>' });
      await send(`${contact}/sections`, { kind: 'safety', words: 'There is a dog' });
      const own = await page(contact);
      expect(own).toContain('He hides &lt;letters&gt;');
      expect(own).not.toContain('Why do you need to read');

      const before = await page(contact, manager);
      expect(before).toContain('There is a dog');
      expect(before).not.toContain('He hides');
      const short = await send(`${contact}/read`, { reason: 'Because' }, manager);
      expect([short.status, short.body.includes('href="#reason"')]).toEqual([422, true]);
      expect(short.body).toContain('>Because</textarea>');
      const { to } = await send(`${contact}/read`, { reason: 'A complaint about this call' }, manager);
      expect(await page(to, manager)).toContain('He hides &lt;letters&gt;');
      // The reading is whose it is.
      expect((await open(to, await aMember(scheme, 'scheme_manager'))).statusCode).toBe(404);
      expect((await send(`${contact}/read`, { reason: 'I am curious about it' })).status).toBe(403);

      const words = /href="([^"]+\/sections\/[^"]+)"/.exec(own)?.[1] ?? '';
      expect((await open(words, manager)).statusCode).toBe(404);
      expect((await send(words, { words: 'He hides letters' })).body).toContain('href="#reason"');
      await send(words, { words: 'He hides bills', reason: 'Seen again' });
      expect(await page(contact)).toContain('He hides bills');
      expect((await open(contact, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });
  });

  describe('their details', () => {
    it('name a language from a list, keep one that the list does not have, and lead to no page that breaks', async () => {
      const at = `${record}/details/change`;
      expect(await page(at)).toMatch(/<option value="pl">Polish<\/option>/);
      expect(await page(at)).not.toContain('value="eo"');
      await changeRow(scheme, 'client', grace.clientId, { language: 'eo' });
      const asked = asShown(await page(at));
      expect(asked).toMatchObject({ language: 'eo' });
      expect(await page(at)).toMatch(/<option value="eo" selected>Esperanto/);
      expect((await send(at, { ...asked, language: 'pl' })).to).toBe(`${record}/details`);
      expect(await page(`${record}/details`)).toContain('Polish');
      const wrong = await send(at, { ...asShown(await page(at)), language: '<p>' });
      expect([wrong.status, wrong.body.includes('href="#language"')]).toEqual([422, true]);
      expect(wrong.body).toContain('&lt;p&gt;</option>');
    });

    it('are changed, refused beside the box, and never lose what was typed to somebody who was first', async () => {
      expect(await page(`${record}/details`)).toContain(`href="${record}/details/change"`);
      const asked = asShown(await page(`${record}/details/change`));
      expect(asked).toMatchObject({ firstName: 'Grace', safeToCall: 'yes', language: 'en' });

      const wrong = await send(`${record}/details/change`, { ...asked, postcode: 'LS', knownAs: 'Gra<ce' });
      expect([wrong.status, wrong.body.includes('href="#postcode"')]).toEqual([422, true]);
      expect(wrong.body).toContain('value="Gra&lt;ce"');

      const change = { ...asked, knownAs: 'Gracie', ethnicity: 'N', accessNeeds: 'step_free' };
      expect((await send(`${record}/details/change`, change)).to).toBe(`${record}/details`);
      const shown = await page(`${record}/details`);
      for (const words of ['Gracie', 'Black or Black British: African', 'A way in without steps'])
        expect(shown.toLowerCase()).toContain(words.toLowerCase());

      const late = await send(`${record}/details/change`, { ...asked, knownAs: 'Bo' });
      expect(late.status).toBe(412);
      expect(late.body).toContain('Sam Okoro changed this');
      expect(late.body).toContain('Likes to be called: Gracie');
      expect(late.body).toContain('value="Bo"');

      const now = asShown(await page(`${record}/details/change`));
      await send(`${record}/details/change`, { ...now, knownAs: '', ethnicity: '', accessNeeds: '' });
      const emptied = await page(`${record}/details`);
      expect(emptied).not.toContain('Gracie');
      expect(emptied).toContain('Nothing noted');
    });

    it('ask again whether it is safe to call, where the number is another one', async () => {
      const asked = asShown(await page(`${record}/details/change`));
      await send(`${record}/details/change`, { ...asked, phone: '07700 900222' });
      const after = asShown(await page(`${record}/details/change`));
      expect(after).toMatchObject({ phone: '07700 900222', safeToCall: 'not_asked' });
      await send(`${record}/details/change`, { ...after, phone: '07700 900333', safeToCall: 'yes' });
      expect(asShown(await page(`${record}/details/change`))).toMatchObject({ safeToCall: 'yes' });
    });

    it('name the practice, or say that there is none', async () => {
      const practice = await anOrganisation(scheme, 'gp_practice');
      const at = `${record}/details/practice`;
      const silent = await send(at);
      expect([silent.status, silent.body.includes('href="#organisationId"')]).toEqual([422, true]);
      expect((await send(at, { organisationId: practice })).to).toBe(`${record}/details`);
      expect((await send(at, { organisationId: practice })).status).toBe(409);
      expect((await open(at, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });
  });

  describe('whom they belong with and whom they name', () => {
    it('links somebody in reach, who is found as everywhere, and ends it from either side', async () => {
      const close = `${record}/close-to-them`;
      const person = { firstName: 'Tunde', lastName: 'Obi' };
      const other = await aClient(scheme, person).heldBy(sam);
      const hidden = await aClient(scheme, { firstName: 'Ngozi', lastName: 'Obi' });
      expect(await page(close)).toContain('Nobody here is known to belong with Grace');
      const nothing = await send(`${close}/find`, { q: '12' });
      expect([nothing.status, nothing.body.includes('href="#q"')]).toEqual([422, true]);
      const found = await send(`${close}/find`, { q: 'Obi' });
      expect(found.body).toContain('Tunde Obi, born');
      expect(found.body).not.toContain('Ngozi');
      expect(found.body).not.toContain(`value="${grace.clientId}"`);
      const asked = await send(`${close}/link`, { q: 'Obi', otherId: other });
      expect([asked.status, asked.body.includes('href="#relation"')]).toEqual([422, true]);
      expect(asked.body).toContain('Tunde Obi, born');
      const beyond = await send(`${close}/link`, { q: 'Obi', otherId: hidden, relation: 'child' });
      expect(beyond.status).toBe(422);
      const tied = { otherId: other, relation: 'partner', seenTogether: 'yes', note: 'Of <one> flat' };
      expect((await send(`${close}/link`, { q: 'Obi', ...tied })).to).toBe(close);
      expect(await page(close)).toContain('Of &lt;one&gt; flat');
      const others = `/desk/people/${other}/close-to-them`;
      const ending = /action="([^"]+\/links\/[^"]+\/end)"/.exec(await page(others))?.[1] ?? '';
      expect((await send(ending)).to).toBe(others);
      expect(await page(close)).toContain('Nobody here is known to belong with Grace');
    });

    it('names a supporter, shares only what was agreed, and ends it', async () => {
      const close = `${record}/close-to-them`;
      const on = { 'agreedOn.day': '20', 'agreedOn.month': '11', 'agreedOn.year': '2026' };
      const undated = await send(`${close}/supporter`, { name: 'Ada', role: 'carer', shares: 'plan' });
      expect([undated.status, undated.body.includes('href="#agreedOn"')]).toEqual([422, true]);
      expect(undated.body).toContain('value="Ada"');
      await send(`${close}/supporter`, { name: 'Ada <Obi>', role: 'carer', shares: 'plan', ...on });
      const shown = await page(close);
      expect(shown).toContain('Ada &lt;Obi&gt;');
      expect(shown).toContain('Their plan');
      const one = /href="([^"]+\/supporters\/[^"]+)"/.exec(shown)?.[1] ?? '';
      const asked = asShown(await page(one));
      expect((await send(one, { ...asked, shares: '', phone: '07700 900444' })).to).toBe(close);
      expect(await page(close)).toContain('07700 900444');
      const late = await send(one, { ...asked, name: 'Ada Okoro' });
      expect([late.status, late.body.includes('Check both versions')]).toEqual([412, true]);
      expect(late.body).toContain('value="Ada Okoro"');
      expect((await send(`${one}/end`)).to).toBe(close);
      expect(await page(close)).toContain('No longer');
      expect((await open(one)).statusCode).toBe(404);
      expect((await open(close, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });
  });

  describe('a death', () => {
    it('is checked before it is recorded, ends what would still reach them, and a manager takes it back', async () => {
      const death = `${record}/death`;
      expect(await page(`${record}/details`)).toContain('They have died');
      expect(await page(death)).toContain('We are sorry');
      const silent = await send(`${death}/check`, { 'diedOn.day': '31', 'diedOn.month': '2' });
      expect(silent.status).toBe(422);
      for (const field of ['diedOn', 'toldBy']) expect(silent.body).toContain(`href="#${field}"`);
      expect(silent.body).toContain('value="31"');

      const on = { 'diedOn.day': '20', 'diedOn.month': '11', 'diedOn.year': '2026' };
      const heard = { ...on, toldBy: 'Her <daughter>, by phone' };
      const check = await send(`${death}/check`, heard);
      expect(check.status).toBe(200);
      expect(check.body).toContain('What will stop');
      expect(check.body).toContain('Her &lt;daughter&gt;, by phone');
      expect(check.body).toContain('name="diedOn.year" value="2026"');
      // Nothing is written by looking.
      expect(await page(death)).toContain('We are sorry');
      const changed = await send(`${death}/check`, { ...heard, _again: 'yes' });
      expect(changed.body).toContain('value="Her &lt;daughter&gt;, by phone"');

      const coming = await send(death, { ...heard, 'diedOn.year': '2027' });
      expect([coming.status, coming.body.includes('href="#diedOn"')]).toEqual([422, true]);
      expect((await send(death, heard)).to).toBe(death);
      const recorded = await page(death);
      expect(recorded).toContain('Grace died on Fri, 20 November 2026');
      expect(recorded).not.toContain('/death/reverse');
      expect(await page(record)).toContain('Nothing: no referral is open.');
      expect((await send(death, heard)).status).toBe(409);

      expect((await send(`${death}/reverse`, { reason: 'She rang' })).status).toBe(403);
      expect((await send(`${death}/reverse`, {}, manager)).body).toContain('href="#reason"');
      expect((await send(`${death}/reverse`, { reason: 'She rang' }, manager)).to).toBe(record);
      expect(await page(record, manager)).not.toContain('Nothing: no referral is open.');
      expect((await open(death, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });
  });

  describe('somebody who is here twice', () => {
    it('is compared, joined with a reason, and taken apart by a manager', async () => {
      const facts = { firstName: 'Mary', lastName: 'Ann', dateOfBirth: '1950-02-01', phone: '07700 900555' };
      const first = await aClient(scheme, facts).heldBy(sam);
      const second = await aClient(scheme, { ...facts, nhsNumber: null, knownAs: 'May' }).heldBy(sam);
      const same = `/desk/people/${first}/same`;
      expect(await page(same)).toContain(`href="${same}/${second}"`);
      expect(await page(`${record}/same`)).toContain('Nobody else in your reach seems to be Grace');
      const both = await page(`${same}/${second}`);
      expect(both).toContain('<mark>May</mark>');
      expect(both).toContain(`href="/desk/people/${second}/same/${first}"`);
      const silent = await send(`${same}/${second}`);
      expect([silent.status, silent.body.includes('href="#reason"')]).toEqual([422, true]);

      expect((await send(`${same}/${second}`, { reason: 'She <said> so' })).to).toBe(`${same}/joined`);
      const joined = await page(`${same}/joined`);
      expect(joined).toContain('She &lt;said&gt; so');
      expect(joined).toContain('A manager can take them apart until');
      expect(await page(`/desk/people/${second}`)).toContain('This record was joined to another.');
      expect(await page(`/desk/people/${first}/messages`)).toContain('Nothing is sent since');
      expect((await send(`/desk/people/${first}/messages/resume`)).status).toBe(303);

      const apart = `${same}/joined/${second}/apart`;
      expect((await send(apart, { reason: 'Twins' })).status).toBe(403);
      expect((await send(apart, {}, manager)).body).toContain('href="#reason"');
      expect((await send(apart, { reason: 'Twins' }, manager)).to).toBe(`${same}/joined`);
      expect(await page(`${same}/joined`)).toContain('Taken apart again');
      expect(await page(`/desk/people/${second}`)).not.toContain('This record was joined to another.');
      expect((await open(`${same}/${grace.clientId}`, await aMember(scheme, 'link_worker'))).statusCode).toBe(
        404,
      );
    });
  });

  describe('a record that is out of reach', () => {
    it('is opened for a while with a reason, and a manager looks at that', async () => {
      const other = await aMember(scheme, 'link_worker', { name: 'Lee Ash' });
      await logged('She bakes');
      const glass = '/desk/break-glass';
      expect((await send('/desk/search', { q: 'Obi' }, other)).body).toContain(`href="${glass}"`);
      expect((await open(record, other)).statusCode).toBe(404);
      const { nhsNumber = '' } = asShown(await page(`${record}/details/change`));
      const silent = await send(glass, { nhsNumber, reason: 'Because' }, other);
      expect([silent.status, silent.body.includes('href="#reason"')]).toEqual([422, true]);
      expect(silent.body).toContain(`value="${nhsNumber}"`);
      const reason = 'They rang in <distress> just now';
      const wrong = await send(
        glass,
        {
          firstName: 'Nobody',
          lastName: 'Here',
          'dateOfBirth.day': '1',
          'dateOfBirth.month': '1',
          'dateOfBirth.year': '1950',
          reason,
        },
        other,
      );
      expect([wrong.status, wrong.body.includes('Nobody here is exactly like that')]).toEqual([422, true]);
      expect(wrong.body).toContain('href="#lastName"');

      const { to } = await send(glass, { nhsNumber, reason }, other);
      const opened = await page(to, other);
      expect(opened).toContain('Open to you until');
      expect(opened).toContain('She bakes');
      expect(opened).toContain('Log a contact');
      // Whatever it leads to is there, and leads back to it.
      const led = [...opened.matchAll(/href="(\/desk\/(?:people|referrals)\/[^"]+)"/g)].map(
        ([, href = '']) => href,
      );
      expect(led).toHaveLength(2);
      for (const href of led) {
        const there = (await page(href, other)).replaceAll(/<nav class="betony-nav[^]*?<\/nav>/g, '');
        expect([href, there.includes(`href="${to}"`), there.includes(`href="${record}"`)]).toEqual([
          href,
          true,
          false,
        ]);
        expect(await page(href)).toContain(`href="${record}"`);
      }
      expect((await open(to)).statusCode).toBe(404);
      // It opens nothing else.
      expect((await open(record, other)).statusCode).toBe(404);

      const review = `${glass}/review`;
      expect(await page('/desk/manage', manager)).toContain(`href="${review}"`);
      const waiting = await page(review, manager);
      expect(waiting).toContain('They rang in &lt;distress&gt; just now');
      const act = /action="([^"]+\/review\/[^"]+)"/.exec(waiting)?.[1] ?? '';
      const unsaid = await send(act, { note: 'Kept <words>' }, manager);
      expect([unsaid.status, unsaid.body.includes('href="#outcome"')]).toEqual([422, true]);
      expect(unsaid.body).toContain('value="Kept &lt;words&gt;"');
      expect((await send(act, { outcome: 'not_justified' }, manager)).to).toBe(review);
      expect(await page(review, manager)).toContain('None waits to be looked at.');
      expect(await page(`${review}?reviewed=true`, manager)).toContain('It should not have been opened');
      expect((await open(review, other)).statusCode).toBe(403);
      // Found not to be right, it is shut at once.
      expect((await open(to, other)).statusCode).toBe(404);
      for (let quarters = 0; quarters < 5; quarters += 1) {
        betony.clock.advance({ minutes: 15 });
        await open('/desk/account', other);
      }
      expect(await page(to, other)).toContain('The time is over');
    });
  });

  it('says what the sender of a referral may hear, more only once that is agreed, and takes one out that was a mistake', async () => {
    const referral = await aReferral(scheme).accepted().allocatedTo(sam);
    const at = `/desk/referrals/${referral.id}`;
    const shown = await page(`${at}/feedback`);
    const details = /href="([^"]+\/details)"/.exec(shown)?.[1] ?? '';
    expect(await page(details)).toContain(`href="${at}/feedback"`);
    expect((await send(`${at}/feedback`)).body).toContain('href="#feedback"');
    expect((await send(`${at}/feedback`, { feedback: 'nothing' })).to).toBe(details);
    expect(await page(`${at}/feedback`)).toMatch(/value="nothing"[^>]* checked/);
    const more = await send(`${at}/feedback`, { feedback: 'everything' });
    expect([more.status, more.body.includes('href="#agreed"')]).toEqual([422, true]);
    expect(more.body).toMatch(/value="everything"[^>]* checked/);
    const on = {
      'agreement.agreedOn.day': '20',
      'agreement.agreedOn.month': '11',
      'agreement.agreedOn.year': '2026',
    };
    const agreed = { feedback: 'everything', agreed: 'phone', ...on };
    expect((await send(`${at}/feedback`, agreed)).to).toBe(details);
    expect(await page(`${at}/feedback`)).toMatch(/value="everything"[^>]* checked/);
    expect((await open(`${at}/feedback`, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);

    expect((await open(`${at}/void`)).statusCode).toBe(403);
    expect(await page(details, manager)).toContain(`href="${at}/void"`);
    const silent = await send(`${at}/void`, { note: 'Kept <words>' }, manager);
    expect([silent.status, silent.body.includes('href="#reason"')]).toEqual([422, true]);
    expect(silent.body).toContain('Kept &lt;words&gt;</textarea>');
    const taken = await send(`${at}/void`, { reason: 'test', note: 'To try it out' }, manager);
    expect(`${taken.to}/details`).toBe(details);
    expect(await page(taken.to, manager)).toContain('Entered in error');
    expect(await page(`${at}/void`, manager)).toContain('cannot be taken out as it stands now');
  });

  it('never offers a group, without a reason, until that is taken back', async () => {
    const never = `${record}/never-offer`;
    const choir = await aProvider(scheme, { name: 'Saltwick <Choir>' });
    expect(await page(never)).toContain('There is none.');
    const silent = await send(`${never}/find`);
    expect([silent.status, silent.body.includes('href="#text"')]).toEqual([422, true]);
    expect((await send(`${never}/find`, { text: 'zither' })).body).toContain(
      'No other group is called that.',
    );
    const found = await send(`${never}/find`, { text: 'choir' });
    expect(found.body).toContain('Saltwick &lt;Choir&gt;');
    expect((await send(never, { text: 'choir' })).status).toBe(422);
    expect((await send(never, { organisationId: scheme.id })).status).toBe(404);
    expect((await send(never, { text: 'choir', organisationId: choir })).to).toBe(never);
    const shown = await page(never);
    expect(shown).toContain('Saltwick &lt;Choir&gt;');
    expect((await send(`${never}/find`, { text: 'choir' })).body).toContain('No other group is called that.');
    expect((await send(`${never}/${choir}/remove`)).to).toBe(never);
    expect(await page(never)).toContain('There is none.');
    expect((await open(never, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
  });

  it('switches what is sent by itself off and on, and stops a way of reaching them', async () => {
    const messages = `${record}/messages`;
    const off = { kind: 'appointment', channel: 'letter', on: 'no' };
    expect(await page(messages)).not.toContain('Switch on<');
    expect((await send(messages, { ...off, kind: 'digest' })).status).toBe(422);
    expect((await send(messages, { ...off, channel: 'email' })).to).toBe(messages);
    expect(await page(messages)).toContain('Switch on<');
    await send(messages, { ...off, channel: 'email', on: 'yes' });
    expect(await page(messages)).not.toContain('Switch on<');

    const silent = await send(`${messages}/stop`, { channel: 'call' });
    expect([silent.status, silent.body.includes('href="#because"')]).toEqual([422, true]);
    expect(silent.body).toContain('value="call" selected');
    expect((await send(`${messages}/stop`, { channel: 'call', because: 'asked' })).to).toBe(messages);
    expect(await page(messages)).toContain('Do not call');
    expect((await send(`${messages}/resume`)).status).toBe(409);
    expect((await open(messages, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
  });

  it('hands over a link to their own page once, closes the page and opens it again', async () => {
    const own = `${record}/own-page`;
    expect(await page(own)).toContain('There is a page.');
    const made = await send(`${own}/link`);
    expect([made.status, made.body.includes('The link, shown this once')]).toEqual([200, true]);
    const address = /<strong>(http[^<]*\/my\/link\/[^<]+)</.exec(made.body)?.[1] ?? '';
    expect((await betony.inject({ url: new URL(address).pathname })).statusCode).toBe(200);
    expect(await page(own)).not.toContain('/my/link/');
    expect((await send(`${own}/close`)).to).toBe(own);
    const closed = await page(own);
    expect(closed).toContain('The page is closed since Mon, 23 November 2026 by Sam Okoro');
    expect(closed).not.toContain('Make a link');
    expect((await send(`${own}/link`)).status).toBe(409);
    await send(`${own}/reopen`);
    expect(await page(own)).toContain('There is a page.');
    expect((await open(own, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
  });

  it('gives somebody who may be watched a page only as they asked for it', async () => {
    const person = { firstName: 'Iris', safetyFlag: true, email: 'iris@example.org' };
    const id = await aClient(scheme, person).safeTo('email').heldBy(sam);
    await send(`/desk/people/${id}/safety-note`);
    const own = `/desk/people/${id}/own-page`;
    const none = await page(own);
    expect(none).toContain('Somebody may be watching');
    expect(none).not.toContain('Make a link');
    const today = { 'askedOn.day': '23', 'askedOn.month': '11', 'askedOn.year': '2026' };
    const unsafe = await send(`${own}/asked`, { ...today, channel: 'text' });
    expect([unsafe.status, unsafe.body.includes('href="#channel"')]).toEqual([422, true]);
    expect((await send(`${own}/asked`, { ...today, channel: 'email' })).to).toBe(own);
    expect(await page(own)).toContain('A code goes by e-mail alone.');
  });

  it('writes down that somebody now helps others, and takes it back', async () => {
    const at = `${record}/volunteering`;
    const on = { 'sinceOn.day': '20', 'sinceOn.month': '11', 'sinceOn.year': '2026' };
    const silent = await send(at, { doing: 'Makes <tea>' });
    expect([silent.status, silent.body.includes('href="#sinceOn"')]).toEqual([422, true]);
    expect(silent.body).toContain('value="Makes &lt;tea&gt;"');
    expect((await send(at, { ...on, doing: 'Makes <tea>' })).to).toBe(at);
    expect(await page(at)).toContain('Grace helps others since Fri, 20 November 2026');
    expect((await send(at, on)).status).toBe(409);
    expect((await send(`${at}/void`)).body).toContain('href="#reason"');
    expect((await send(`${at}/void`, { reason: 'Another Grace' })).to).toBe(at);
    expect(await page(at)).toContain('is not known to help others yet');
    expect((await open(at, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
  });

  it('asks the database at most six times a page', async () => {
    const contact = await logged();
    await send(`${contact}/sections`, { kind: 'restricted', words: 'He hides letters' });
    const { to } = await send(`${contact}/read`, { reason: 'A complaint about this call' }, manager);
    const many: [string, number][] = [];
    const count = async (url: string, who = sam): Promise<void> => {
      const { length } = await statementsOf(() => page(url, who));
      if (length > MOST_QUERIES) many.push([url, length]);
    };
    await count(to, manager);
    for (const url of [
      contact,
      `${contact}/amend`,
      ...['/details', '/details/change', '/details/practice'].map((path) => record + path),
      ...['/close-to-them', '/close-to-them/supporter', '/messages', '/own-page'].map(
        (path) => record + path,
      ),
      ...['/never-offer', '/volunteering', '/death', '/same', '/same/joined'].map((path) => record + path),
      `${record}/same/${await aClient(scheme).heldBy(sam)}`,
    ])
      await count(url);
    const other = await aMember(scheme, 'link_worker');
    const { nhsNumber = '' } = asShown(await page(`${record}/details/change`));
    const glass = await send('/desk/break-glass', { nhsNumber, reason: 'They rang in distress' }, other);
    await count(glass.to, other);
    await count('/desk/break-glass/review', manager);
    await count(`/desk/referrals/${grace.referralId}/feedback`);
    await count(`/desk/referrals/${grace.referralId}/void`, manager);
    expect(many).toEqual([]);
  });

  describe('somebody nobody has referred', () => {
    const new_ = {
      firstName: 'Pearl',
      lastName: 'Quay',
      'dateOfBirth.day': '4',
      'dateOfBirth.month': '5',
      'dateOfBirth.year': '1950',
      noNhsNumberBecause: 'not_known',
      phone: '07700 900222',
      noKnownGpPractice: 'yes',
    };

    it('is written down, opened, and referred without typing anything anew', async () => {
      expect(await page('/desk/people/new')).toContain('Somebody new');
      const bare = await send('/desk/people', { firstName: 'Pearl' });
      expect([bare.status, bare.body.includes('href="#lastName"')]).toEqual([422, true]);
      const { to } = await send('/desk/people', new_);
      const summary = await page(to);
      expect(summary).toContain('QUAY, Pearl');
      const [, refer = ''] = /href="(\/desk\/refer\?person=[^"]+)"/.exec(summary) ?? [];
      expect(await page(refer)).toContain('value="Quay"');
    });

    it('is compared first with whoever they may already be', async () => {
      const { to } = await send('/desk/people', new_);
      const again = await send('/desk/people', new_);
      expect(again.status).toBe(409);
      expect(again.body).toContain('Are they one of these?');
      expect(again.body).toContain(`href="${to}"`);
      const notTheSameAs = to.replace('/desk/people/', '');
      expect((await send('/desk/people', { ...new_, notTheSameAs })).to).not.toBe(to);
      const prefilled = await page(`/desk/refer?person=${grace.clientId}`, await aMember(scheme, 'referrer'));
      expect(prefilled).not.toContain('Obi');
    });
  });
});
