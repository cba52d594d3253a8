import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase, type Case } from '../../factories/caseload.js';
import {
  aCase as aHelpedCase,
  aGroup,
  agreement,
  anOffer,
  type TestCase,
  type TestGroup,
} from '../../factories/onward.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;

describe('who may know what, and what is printed', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: Case;
  let record: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Obi' }).begun();
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
  const agreed = async (scope: string[]): Promise<string> => {
    const organisationId = await anOrganisation(scheme, 'faith_group');
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/clients/${grace.clientId}/agreements`,
      headers: sam.headers,
      payload: { organisationId, scope, basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' },
    });
    expect(answer.statusCode).toBe(201);
    return `${record}/sharing/${answer.json<{ id: string }>().id}`;
  };

  it('shows what was agreed with whom, asks again, and takes back in part and in whole', async () => {
    const at = await agreed(['needs', 'contact_details']);
    const shown = await page(`${record}/sharing`);
    expect(shown).toContain('Our support itself');
    expect(shown).toContain('What they want help with');
    expect(shown).toContain('Fri, 20 November 2026, by phone');

    const silent = await send(`${at}/renew`, { how: 'phone' });
    expect(silent.status).toBe(422);
    expect(silent.body).toContain('href="#agreedOn"');
    const today = { 'agreedOn.day': '23', 'agreedOn.month': '11', 'agreedOn.year': '2026' };
    expect((await send(`${at}/renew`, { how: 'in_person', ...today })).to).toBe(`${record}/sharing`);
    expect(await page(`${record}/sharing`)).toContain('Mon, 23 November 2026');

    expect(await page(`${at}/withdraw`)).toContain('They see nothing more of it from now on');
    const wrong = await send(`${at}/withdraw`, { scope: 'plan', note: 'Kept <words>' });
    expect(wrong.status).toBe(422);
    expect(wrong.body).toContain('Kept &lt;words&gt;');
    await send(`${at}/withdraw`, { scope: 'contact_details' });
    const part = await page(`${record}/sharing`);
    expect(part).toContain('Who may know what (2)');
    expect(part).not.toContain('Their name and how to reach them');
    expect(part).toContain('Sam Okoro</a>');
    await send(`${at}/withdraw`, { note: 'No more, please' });
    const whole = await page(`${record}/sharing`);
    expect(whole).toContain('Who may know what (1)');
    expect(whole).toContain('No more, please');
    expect((await send(`${at}/withdraw`)).status).toBe(409);
    expect((await open(`${record}/sharing`, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
  });

  it('is agreed anew, and lets an organisation read the plan for as long as that stands', async () => {
    const practice = await anOrganisation(scheme, 'gp_practice');
    const priya = await aMember(scheme, 'referrer', { organisation: practice });
    const at = `${record}/sharing/new`;
    expect(await page(`${record}/sharing`)).toContain(`href="${at}"`);
    const shown = await page(at);
    expect(shown).toContain(`<option value="${practice}"`);
    const day = {
      'agreement.agreedOn.day': '23',
      'agreement.agreedOn.month': '11',
      'agreement.agreedOn.year': '2026',
    };
    const nobody = await send(at, { organisationId: '', scope: 'plan', agreed: 'phone', ...day });
    expect([nobody.status, nobody.body.includes('href="#organisationId"')]).toEqual([422, true]);
    const foreign = await send(at, { organisationId: '<b>', scope: 'plan', ...day });
    expect([foreign.status, foreign.body.includes('href="#organisationId"')]).toEqual([422, true]);
    expect(foreign.body).toContain('Select yes if the person agrees');
    const elsewhere = await send(at, { organisationId: newId(), scope: 'plan', agreed: 'phone', ...day });
    expect([elsewhere.status, elsewhere.body.includes('href="#organisationId"')]).toEqual([422, true]);
    const silent = await send(at, { organisationId: practice, scope: 'plan', ...day });
    expect([silent.status, silent.body.includes('Select yes if the person agrees')]).toEqual([422, true]);
    expect(silent.body).toMatch(new RegExp(`<option value="${practice}" selected`));
    const attorney = { agreed: 'another', 'agreement.basis': 'attorney_or_deputy', 'agreement.how': 'phone' };
    const unseen = await send(at, { organisationId: practice, scope: 'plan', ...attorney, ...day });
    expect(unseen.status).toBe(422);
    expect(unseen.body).toContain('href="#agreement.decidedBy"');
    expect(unseen.body).toContain('href="#agreement.authoritySeenOn"');
    const wrong = await send(at, {
      organisationId: practice,
      scope: 'scheme_support',
      agreed: 'phone',
      ...day,
    });
    expect([wrong.status, wrong.body.includes('href="#scope"')]).toEqual([422, true]);

    await send(`${record}/plan/goal`, { words: 'Get out on the boats', importance: '8' });
    await send(`${record}/plan/care`, {
      crisisNotes: 'Ring her sister',
      'reviewOn.day': '4',
      'reviewOn.month': '1',
      'reviewOn.year': '2027',
      _version: '1',
    });
    // Who has not agreed is nobody to choose.
    expect(await page(`${record}/plan/give`)).not.toContain(`value="${practice}"`);
    const early = await send(`${record}/plan/give`, { to: practice, sections: 'goals' });
    expect(early.status).toBe(409);
    expect((await send(at, { organisationId: practice, scope: 'plan', agreed: 'phone', ...day })).to).toBe(
      `${record}/sharing`,
    );
    expect(await page(`${record}/plan/give`)).toContain(`value="${practice}"`);
    const unsaid = await send(`${record}/plan/give`, { sections: 'goals' });
    expect([unsaid.status, unsaid.body.includes('href="#to"')]).toEqual([422, true]);
    expect((await send(`${record}/plan/give`, { to: practice, sections: 'goals' })).to).toBe(
      `${record}/plan`,
    );

    const list = await page('/desk/shared-plans', priya);
    const plan = /href="(\/desk\/shared-plans\/[^"]+)">Grace Obi/.exec(list)?.[1] ?? 'none';
    const read = await page(plan, priya);
    expect(read).toContain('Get out on the boats');
    expect(read).not.toContain('Ring her sister');
    expect(/<title>[^<]*<\/title>/.exec(read)?.[0]).not.toMatch(/Grace|Obi/);
    expect((await open(plan, await aMember(scheme, 'referrer'))).statusCode).toBe(404);

    // Taken back, it is closed to them; and they may agree again.
    const back = /href="([^"]+\/withdraw)">Take back<span[^>]*> what (?!we )/.exec(
      await page(`${record}/sharing`),
    );
    await send(back?.[1] ?? '', {});
    expect((await open(plan, priya)).statusCode).toBe(404);
    const again = /href="([^"]+\?again=[^"]+)"/.exec(await page(`${record}/sharing`))?.[1] ?? 'none';
    const filled = await page(again);
    expect(filled).toMatch(new RegExp(`<option value="${practice}" selected`));
    expect(filled).toMatch(/value="plan" checked/);
    expect((await statementsOf(() => page(again))).length).toBeLessThanOrEqual(MOST_QUERIES);

    // Agreeing again gives them nothing by itself: the plan has to be given again.
    expect(await page(`${record}/plan`)).toContain('Nobody yet.');
    await send(at, { organisationId: practice, scope: 'plan', agreed: 'phone', ...day });
    expect((await open(plan, priya)).statusCode).toBe(404);
    expect(await page('/desk/shared-plans', priya)).not.toContain('Grace Obi');
    await send(`${record}/plan/give`, { to: practice, sections: 'goals' });
    expect(await page('/desk/shared-plans', priya)).toContain('Grace Obi');
  });

  describe('given to a group', () => {
    const PERSON = { firstName: 'Amina', lastName: 'Yusuf' };
    const day = {
      'agreement.agreedOn.day': '23',
      'agreement.agreedOn.month': '11',
      'agreement.agreedOn.year': '2026',
    };
    let group: TestGroup;
    let helped: TestCase;
    let theirs: string;

    beforeEach(async () => {
      group = await aGroup(scheme);
      helped = await aHelpedCase(scheme, { worker: sam, person: PERSON });
      theirs = `/desk/people/${helped.clientId}`;
      await send(`${theirs}/plan/goal`, { words: 'Get out on the boats', importance: '8' });
    });

    const agrees = async (scope: string) => {
      const answers = { organisationId: group.organisationId, scope, agreed: 'phone', ...day };
      expect((await send(`${theirs}/sharing/new`, answers)).to).toBe(`${theirs}/sharing`);
    };
    const give = () => send(`${theirs}/plan/give`, { to: group.organisationId, sections: 'goals' });
    const givenPlan = async (language = 'en') => {
      const list = await page(`/desk/shared-plans?lang=${language}`, group.member);
      return { list, at: /href="(\/desk\/shared-plans\/[^"]+)"/.exec(list)?.[1] ?? 'none' };
    };

    it('is read in its own frame and language, and under the name it may know', async () => {
      await anOffer(scheme, helped, group, {
        contactRoute: 'through_worker',
        calledBy: 'initials',
        agreement: agreement('needs', 'access_needs'),
      }).accepted();
      await agrees('plan');
      expect((await give()).to).toBe(`${theirs}/plan`);
      expect(await page('/desk/group/referrals', group.member)).toContain('href="/desk/shared-plans"');
      const { list, at } = await givenPlan('ar');
      expect(list).toContain('dir="rtl"');
      const read = await page(at, group.member);
      expect(read).toContain('Get out on the boats');
      for (const shown of [list, read]) {
        expect(shown).toContain('A.Y.');
        expect(shown).not.toMatch(/Amina|Yusuf/);
      }
      const { body } = await betony.inject({ url: '/api/v1/shared-plans', headers: group.member.headers });
      expect(body).toContain('A.Y.');
      expect(body).not.toMatch(/Amina|Yusuf/);

      await agrees('contact_details');
      expect(await page(at, group.member)).toContain('Amina Yusuf');
    });

    it('names them as they are called where they agreed to be named and no more', async () => {
      await anOffer(scheme, helped, group, {
        contactRoute: 'through_worker',
        agreement: agreement('needs', 'access_needs'),
      }).accepted();
      await agrees('plan');
      await give();
      const { list } = await givenPlan();
      expect(list).toContain('Amina');
      expect(list).not.toContain('Yusuf');
    });

    it('is given only while the group takes part, and says when it can be read no more', async () => {
      const offered = await anOffer(scheme, helped, group);
      await agrees('plan');
      const choice = `value="${group.organisationId}"`;
      expect(await page(`${theirs}/plan/give`)).not.toContain(choice);
      const early = await give();
      expect(early.status).toBe(409);
      expect(early.body).toContain('Give it once the group has said yes.');
      expect(await page(`${theirs}/plan`)).toContain('Nobody yet.');

      await betony.get(OnwardAnswers).accept(group.member.actor, offered, {});
      expect(await page(`${theirs}/plan/give`)).toContain(choice);
      expect((await statementsOf(() => page(`${theirs}/plan/give`))).length).toBeLessThanOrEqual(
        MOST_QUERIES,
      );
      await give();
      const unreadable = 'They cannot read it now';
      expect(await page(`${theirs}/plan`)).not.toContain(unreadable);
      const { at } = await givenPlan();
      expect((await open(at, group.member)).statusCode).toBe(200);

      await betony.get(OnwardParticipation).withdraw(sam.actor, offered, {
        reason: 'changed_mind',
        side: 'client',
      });
      expect((await open(at, group.member)).statusCode).toBe(404);
      expect(await page(`${theirs}/plan`)).toContain(unreadable);
      expect(await page(`${theirs}/plan/give`)).not.toContain(choice);
    });
  });

  it('says what ends with agreement to the support itself', async () => {
    const at = /href="([^"]+\/withdraw)"/.exec(await page(`${record}/sharing`))?.[1] ?? '';
    expect(await page(at)).toContain('Without agreement to our support their referral ends');
    await send(at, {});
    expect(await page(`${record}/sharing`)).toContain('Nobody may be told anything of Grace');
  });

  it('prints a plan in large type, sheets to write on and lists, without what is around them', async () => {
    await send(`${record}/plan/goal`, { words: 'Get out more', importance: '8' });
    const plan = await page(`${record}/plan?print=1`);
    expect(plan).toContain('<body class="betony-print">');
    expect(plan).toContain('class="betony-large"');
    expect(await page(`${record}/plan`)).not.toContain('class="betony-large"');
    await send(`${record}/conversation`, {
      'aboutMe.people': 'Her sister',
      strengths: 'Boats',
      _version: '1',
    });
    expect(await page(`${record}/conversation?print=1`)).toContain('Boats');
    const blank = await page(`${record}/conversation?print=blank`);
    expect(blank).toContain('class="betony-lines"');
    expect(blank).not.toContain('Boats');
    const sheet = await page(`/desk/referrals/${grace.referralId}/questionnaires/ons4?print=1`);
    expect(sheet).toContain('1. Overall, how satisfied');
    for (const url of ['/desk/today', '/desk/caseload', `/desk/referrals/${grace.referralId}/shortlist`]) {
      expect(await page(`${url}?print=1`)).toContain('<body class="betony-print">');
    }
  });

  it('shows what was written, what can be printed and which copies were asked for', async () => {
    const none = await page(`${record}/documents`);
    expect(none).toContain('Nothing was written to Grace or by them yet.');
    expect(none).toContain('You wrote down no request for one.');
    const manager = await aMember(scheme, 'scheme_manager');
    expect(await page(`${record}/documents`, manager)).toContain('None was asked for.');
    await inScheme(scheme, (tx) =>
      insertRow(tx, 'message', {
        scheme_id: scheme.id,
        id: newId(),
        kind: 'client',
        channel: 'letter',
        recipient_kind: 'client',
        client_id: grace.clientId,
        message_id: `<${grace.clientId}@example.org>`,
        state: 'sent',
        next_attempt_at: TEST_NOW,
        sent_at: TEST_NOW,
        settled_at: TEST_NOW,
        created_at: TEST_NOW,
      }),
    );
    const asked = { askedOn: '2026-11-20', askedBy: 'person', identityChecked: 'known_to_us' };
    const copy = await betony.inject({
      method: 'POST',
      url: `/api/v1/clients/${grace.clientId}/subject-access`,
      headers: sam.headers,
      payload: asked,
    });
    expect([copy.statusCode, copy.body]).toEqual([201, expect.any(String)]);
    const shown = await page(`${record}/documents`);
    expect(shown).toContain('Message sent');
    expect(shown).toContain('By post');
    expect(shown).toContain('Asked for on Fri, 20 November 2026: being collected');
    expect(shown).not.toContain('/desk/copies/');
    expect(await page(`${record}/documents`, manager)).toContain('/desk/copies/');
    const sheets = [...shown.matchAll(/<li><a href="([^"]+\?print=[^"]+)"/g)].map(([, href = '']) => href);
    expect(sheets).toHaveLength(7);
    for (const href of sheets.filter((one) => !one.includes('/plan?'))) {
      expect(await page(href)).toContain('<body class="betony-print">');
    }
    expect((await open(`${record}/documents`, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
  });

  it('records practical help, puts it right, and takes out what was a mistake', async () => {
    const help = `${record}/help`;
    const on = { 'givenOn.day': '20', 'givenOn.month': '11', 'givenOn.year': '2026' };
    expect(await page(`${record}/groups`)).toContain(`href="${help}"`);
    expect(await page(help)).toContain('Nothing was recorded yet.');
    const wrong = await send(help, { quantity: '0', householdMembers: 'four', note: 'Kept <words>', ...on });
    expect(wrong.status).toBe(422);
    for (const field of ['kind', 'quantity', 'householdMembers']) {
      expect(wrong.body).toContain(`href="#${field}"`);
    }
    expect(wrong.body).toContain('Kept &lt;words&gt;</textarea>');
    const given = {
      kind: 'food_parcel',
      quantity: '2',
      householdMembers: '4',
      note: 'For <the> week',
      ...on,
    };
    expect((await send(help, given)).to).toBe(help);
    const shown = await page(help);
    expect(shown).toContain('2 × food parcels');
    expect(shown).toContain('For &lt;the&gt; week');
    const one = /href="([^"]+\/help\/[^"]+)"/.exec(shown)?.[1] ?? '';
    expect(await page(one)).toContain('value="2"');
    expect((await send(one, { ...given, quantity: '3', _version: '1' })).body).toContain('href="#reason"');
    expect((await send(one, { ...given, quantity: '3', reason: 'One more', _version: '1' })).to).toBe(help);
    expect(await page(help)).toContain('3 × food parcels');
    const stale = await send(one, { ...given, quantity: '5', reason: 'Late', _version: '1' });
    expect(stale.status).toBe(412);
    expect(stale.body).toContain('Check both versions');
    expect(stale.body).toContain('How many: 3');
    expect(stale.body).toContain('value="5"');
    expect((await send(`${one}/void`)).status).toBe(422);
    expect((await send(`${one}/void`, { reason: 'Of somebody else' })).to).toBe(help);
    const after = await page(help);
    expect(after).toContain('Recorded by mistake');
    expect(after).toContain('Of somebody else');
    const other = await aCase(scheme, sam);
    const elsewhere = one.replace(grace.clientId, other.clientId);
    expect((await open(elsewhere)).statusCode).toBe(404);
    expect((await send(elsewhere, { ...given, reason: 'x', _version: '2' })).status).toBe(404);
  });

  it('asks the database at most six times a page', async () => {
    const at = await agreed(['needs']);
    const many: [string, number][] = [];
    await send(`${record}/help`, {
      kind: 'transport',
      'givenOn.day': '20',
      'givenOn.month': '11',
      'givenOn.year': '2026',
    });
    const help = /href="([^"]+\/help\/[^"]+)"/.exec(await page(`${record}/help`))?.[1] ?? '';
    const others = [`${record}/documents`, `${record}/help`, help];
    for (const url of [`${record}/sharing`, `${at}/withdraw`, `${at}/renew`, ...others]) {
      const { length } = await statementsOf(() => page(url));
      if (length > MOST_QUERIES) many.push([url, length]);
    }
    expect(many).toEqual([]);
  });
});
