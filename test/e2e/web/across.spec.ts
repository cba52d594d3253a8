import sql from 'sql-template-tag';
import { LoneWorkerFlags } from '../../../src/clients/lone-worker-flags.service.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { aCase as aSentCase, aGroup, anOffer } from '../../factories/onward.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aReferral, theManager } from '../../factories/referrals.js';
import { aParcel } from '../../factories/transfers.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

type Answers = Record<string, string | string[]>;

describe('work across people', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let mo: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro', triages: true });
    mo = await theManager(scheme);
  });
  afterAll(() => betony.stop());

  const ask = (url: string, who = sam) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await ask(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = async (url: string, answers: Answers = {}, who = sam) => {
    const pairs = Object.entries({ _csrf: who.browser.formToken, ...answers }).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(pairs).toString(),
    });
    return { status: answer.statusCode, to: answer.headers.location, body: answer.body.replace(/\s+/g, ' ') };
  };
  /** The boxes of a page, by the name beside each. */
  const boxes = (body: string): Record<string, string> =>
    Object.fromEntries(
      [...body.matchAll(/name="row" value="([^"]+)"[^>]*> <label[^>]*><span[^>]*>([^<]+)</g)].map(
        ([, value = '', name = '']) => [name, value],
      ),
    );
  /** What the page of results says of each: "Ada Waits: Done". */
  const outcomes = (body: string): string[] =>
    [
      ...body.matchAll(
        /<a href="\/desk\/people\/[^"]+">([^<]+)<\/a>.*?<strong[^>]*>\s*(Done|Not done)\s*<\/strong>\s*(?:<br>([^<]*))?/g,
      ),
    ].map(([, name = '', what = '', because = '']) =>
      [name, what, because.trim()].filter(Boolean).join(': '),
    );
  const owners = async (): Promise<Record<string, string | null>> =>
    Object.fromEntries(
      (
        await rowsOf<{ id: string; owner_id: string | null }>(
          scheme,
          sql`select id, owner_id from referral where scheme_id = ${scheme.id}`,
        )
      ).map(({ id, owner_id: owner }) => [id, owner]),
    );
  const historyOf = async (id: string): Promise<string[]> =>
    (
      await rowsOf<{ action: string }>(
        scheme,
        sql`select action from referral_history where scheme_id = ${scheme.id} and referral_id = ${id} order by id`,
      )
    ).map(({ action }) => action);

  describe('a caseload', () => {
    it('that is empty in one of its parts says so, and unfolds no filters for it', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const empty = await page('/desk/caseload?part=onHold');
      expect(empty).toContain('Nobody stands there now.');
      expect(empty).not.toMatch(/betony-fold--open|Clear filters/);
      const filtered = await page('/desk/caseload?part=onHold&reason=food');
      expect(filtered).toMatch(/betony-fold--open/);
      expect(filtered).toMatch(/href="\/desk\/caseload\?part=onHold">Clear filters/);
      const ids = [...(await page('/desk/caseload')).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    });

    it('gives those ticked a next date, and says what became of each', async () => {
      const ada = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const ben = await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' }).begun();
      await aCase(scheme, sam).person({ firstName: 'Cy', lastName: 'Stays' });
      const rows = boxes(await page('/desk/caseload'));
      expect(Object.keys(rows).sort()).toEqual(['Ada Waits', 'Ben Talks', 'Cy Stays']);
      const answer = await send('/desk/caseload/next', {
        row: [rows['Ada Waits'] ?? '', rows['Ben Talks'] ?? ''],
        nextOn: '2026-12-07',
        workerId: '',
      });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('Next contact Mon, 7 December 2026: 2 of 2');
      expect(outcomes(answer.body)).toEqual(['Ada Waits: Done', 'Ben Talks: Done']);
      const dates = await rowsOf<{ id: string; on: string }>(
        scheme,
        sql`select id, next_at::date::text as on from referral where scheme_id = ${scheme.id} and next_at::date = '2026-12-07'`,
      );
      expect(dates.map(({ id }) => id).sort()).toEqual([ada.referralId, ben.referralId].sort());
    });

    it('keeps ticks and answers where something is wrong, and does nothing then', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const { 'Ada Waits': ada = '' } = boxes(await page('/desk/caseload'));
      const past = await send('/desk/caseload/next', {
        row: ada,
        nextOn: '',
        'nextOn.day': '31',
        'nextOn.month': '2',
        'nextOn.year': '2027',
      });
      expect(past.status).toBe(422);
      expect(past.body).toContain('href="#nextOn"');
      expect(past.body).toMatch(new RegExp(`value="${ada}" checked`));
      expect(past.body).toContain('value="31"');
      const nobody = await send('/desk/caseload/next', { nextOn: '2026-12-07' });
      expect([nobody.status, nobody.body.includes('Tick at least one person')]).toEqual([422, true]);
      const made = await send('/desk/caseload/next', { row: 'someone', nextOn: '2026-12-07' });
      expect([made.status, made.body.includes('Tick people in the list')]).toEqual([422, true]);
    });

    it('names who was changed meanwhile and by whom, refuses each for its own reason, and does the others', async () => {
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Reed' });
      const ada = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const ben = await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' });
      const cy = await aCase(scheme, kim).person({ firstName: 'Cy', lastName: 'Kims' });
      const rows = boxes(await page('/desk/caseload', mo));
      await send(`/desk/caseload/next`, { row: rows['Ada Waits'] ?? '', nextOn: '2026-12-01' });
      const answer = await send(
        '/desk/caseload/give',
        { row: Object.values(rows), workerId: kim.actor.membershipId },
        mo,
      );
      expect(answer.body).toContain('Given to Kim Reed: 1 of 3');
      expect(outcomes(answer.body).sort()).toEqual([
        'Ada Waits: Not done: Sam Okoro changed this at 10:00, after you saw the list.',
        'Ben Talks: Done',
        'Cy Kims: Not done: This link worker has it already.',
      ]);
      expect(await owners()).toEqual({
        [ada.referralId]: sam.actor.membershipId,
        [ben.referralId]: kim.actor.membershipId,
        [cy.referralId]: kim.actor.membershipId,
      });
    });

    it('writes nothing twice, however often it is sent', async () => {
      const { referralId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const body = await page('/desk/caseload');
      const [, key = ''] = /data-select.*?name="_key" value="([^"]+)"/.exec(body) ?? [];
      const form = { _key: key, row: Object.values(boxes(body)), nextOn: '2026-12-07' };
      const before = await historyOf(referralId);
      const [first, second] = await Promise.all([
        send('/desk/caseload/next', form),
        send('/desk/caseload/next', form),
      ]);
      const third = await send('/desk/caseload/next', form);
      for (const { body: said } of [first, second, third])
        expect(outcomes(said)).toEqual(['Ada Waits: Done']);
      expect((await historyOf(referralId)).slice(before.length)).toEqual(['setNext']);
    });

    it('can be everybody under the same filters, on all pages', async () => {
      for (let n = 0; n < 3; n += 1) await aCase(scheme, sam);
      await aCase(scheme, sam).onHold();
      const body = await page('/desk/caseload?limit=2&part=waiting');
      expect(body).toContain('All 3 in this list, not only those on this page');
      const answer = await send('/desk/caseload/next?limit=2&part=waiting', {
        everybody: 'yes',
        nextOn: '2026-12-07',
      });
      expect(answer.body).toContain(': 3 of 3');
    });

    it('goes on paper, those chosen alone', async () => {
      const { clientId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' });
      const rows = boxes(await page('/desk/caseload'));
      const print = () => send('/desk/caseload/print', { row: rows['Ada Waits'] ?? '', nextOn: '' });
      const { body } = await print();
      expect(body).toContain('class="betony-print"');
      expect(body).toContain('Ada Waits');
      expect(body).toContain('How to reach them');
      expect(body).toContain('Do not leave voicemail');
      expect(body).not.toContain('Ben Talks');
      const first = 'Read the safety note on the record first';
      expect(body).not.toContain(first);
      await betony.get(LoneWorkerFlags).raise(mo.actor, clientId, { code: 'dangerous_animal' });
      expect((await print()).body).toContain(first);
    });

    it('is out of reach of colleagues, of senders and of groups', async () => {
      const { referralId } = await aCase(scheme, sam);
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Reed' });
      const form = { row: `${referralId}.1`, nextOn: '2026-12-07' };
      expect((await send('/desk/caseload/next', form, kim)).status).toBe(404);
      for (const role of ['referrer', 'provider_member', 'commissioner', 'administrator'] as const)
        expect((await send('/desk/caseload/next', form, await aMember(scheme, role))).status).toBe(403);
      const { body } = await send('/desk/caseload/next', {
        ...form,
        row: [`${referralId}.1`, `${(await aCase(scheme, kim)).referralId}.1`],
      });
      expect(body).toContain('One that you chose is no longer in your reach');
    });
  });

  describe('new referrals', () => {
    it('are taken on together, but for those who may be somebody known, and given together', async () => {
      const ada = await aReferral(scheme).about({ firstName: 'Ada', lastName: 'Waits' });
      const ben = await aReferral(scheme).about({ firstName: 'Ben', lastName: 'Talks' });
      const rows = boxes(await page('/desk/triage'));
      const taken = await send('/desk/triage/take-on', { row: Object.values(rows) });
      expect(taken.body).toContain('Taken on: 2 of 2');
      const body = await page('/desk/triage?state=accepted');
      const given = await send('/desk/triage/give?state=accepted', {
        row: Object.values(boxes(body)),
        workerId: sam.actor.membershipId,
      });
      expect(given.body).toContain('Given to Sam Okoro: 2 of 2');
      expect(await owners()).toEqual({
        [ada.id]: sam.actor.membershipId,
        [ben.id]: sam.actor.membershipId,
      });
      expect((await send('/desk/triage/give', { row: `${ada.id}.1`, workerId: '' })).status).toBe(422);
    });

    it('fill a worker up to their limit and no further', async () => {
      const rows = await Promise.all([aReferral(scheme).accepted(), aReferral(scheme).accepted()]);
      const limit = await betony.inject({
        url: `/api/v1/link-workers/${sam.actor.membershipId}`,
        headers: mo.headers,
      });
      await betony.inject({
        method: 'PATCH',
        url: `/api/v1/link-workers/${sam.actor.membershipId}`,
        headers: { ...mo.headers, 'if-match': String(limit.headers['etag']) },
        payload: { caseloadLimit: 1 },
      });
      const answer = await send('/desk/triage/give', {
        row: Object.values(boxes(await page('/desk/triage?state=accepted'))),
        workerId: sam.actor.membershipId,
      });
      expect(answer.body).toContain(`Given to Sam Okoro: 1 of ${String(rows.length)}`);
      expect(answer.body).toContain('This link worker has no room. Choose another, or ask a manager.');
    });
  });

  describe('the team', () => {
    it('says who has most room, and gives those whom nobody has from the same page', async () => {
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Reed' });
      for (let n = 0; n < 2; n += 1) await aCase(scheme, sam);
      const { id } = await aReferral(scheme).accepted();
      const body = await page('/desk/team', mo);
      expect(body).toMatch(/Most room by weight: Kim Reed \(0% full, room for 40\), Sam Okoro/);
      const answer = await send(
        '/desk/triage/give?state=accepted',
        { row: Object.values(boxes(body)), workerId: kim.actor.membershipId },
        mo,
      );
      expect(answer.body).toContain('Given to Kim Reed: 1 of 1');
      expect((await owners())[id]).toBe(kim.actor.membershipId);
    });
  });

  /** By the API, for what is easiest made by the product itself. */
  const done = async (url: string, payload: object, who = sam): Promise<string> => {
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1${url}`,
      headers: who.headers,
      payload,
    });
    expect([url, answer.statusCode, answer.statusCode < 300 || answer.body]).toEqual([
      url,
      answer.statusCode,
      true,
    ]);
    return answer.json<{ id: string }>().id;
  };

  describe('a second person', () => {
    const asked = async () => {
      const { referralId } = await aSentCase(scheme, { worker: sam });
      const organisation = await aProvider(scheme);
      await aMember(scheme, 'provider_member', { accountId: sam.actor.accountId, organisation });
      const listingId = await aListing(scheme).by(organisation);
      return { referralId, listingId, at: `/desk/referrals/${referralId}/approvals/${listingId}` };
    };

    it('is asked with a reason, decides once, and opens the way', async () => {
      const { referralId, listingId, at } = await asked();
      expect(await page(`/desk/referrals/${referralId}/refer/${listingId}`)).toContain(`href="${at}"`);
      const empty = await send(at, { because: '' });
      expect([empty.status, empty.body.includes('href="#because"')]).toEqual([422, true]);
      const sent = await send(at, { because: 'It is the <nearest>.' });
      expect(sent.status).toBe(303);
      const twice = await send(at, { because: 'Once more' });
      expect([twice.status, twice.body.includes('was asked about this already')]).toEqual([409, true]);
      expect(twice.body).toContain('Once more');
      const own = await page(sent.to ?? '');
      expect(own).toContain('It is the &lt;nearest&gt;.');
      expect(own).toContain('Take my question back');
      expect(own).not.toContain('I agree');
      expect(await page('/desk/approvals?state=waiting', mo)).toContain(sent.to);
      const no = await send(`${sent.to ?? ''}/refuse`, { reason: '' }, mo);
      expect(no.status).toBe(422);
      expect((await send(`${sent.to ?? ''}/approve`, { note: 'Fine' }, mo)).to).toBe(sent.to);
      const late = await send(`${sent.to ?? ''}/refuse`, { reason: 'Too far' }, mo);
      expect([late.status, late.body.includes('Too far')]).toEqual([409, false]);
      expect(await page(sent.to ?? '')).toContain(`/desk/referrals/${referralId}/refer/${listingId}`);
      expect(await page('/desk/approvals?state=waiting', mo)).toContain('None of these.');
    });

    it('is nobody who is tied to it, and no colleague without the person', async () => {
      const { at } = await asked();
      const { to = '' } = await send(at, { because: 'Near' });
      expect((await send(`${to}/approve`, {})).status).toBe(409);
      const kim = await aMember(scheme, 'link_worker');
      expect([
        (await ask(to, kim)).statusCode,
        (await ask(to, await aMember(scheme, 'referrer'))).statusCode,
      ]).toEqual([404, 403]);
    });
  });

  describe('going along', () => {
    it('is listed until it was said what happened, which waits for its day', async () => {
      const of = await aSentCase(scheme, { worker: sam, person: { firstName: 'Grace' } });
      const onwardId = await anOffer(scheme, of, await aGroup(scheme)).accepted();
      const id = await done(`/onward-referrals/${onwardId}/warm-handovers`, {
        on: '2026-11-30',
        time: '14:00',
        goesElse: 'carer',
      });
      const at = `/desk/warm-handovers/${id}`;
      expect(await page('/desk/warm-handovers?state=arranged')).toContain(`<a href="${at}">Grace</a>`);
      expect(await page(at)).not.toContain('What happened there?');
      const early = await send(`${at}/settle`, { outcome: 'they_met' });
      expect([early.status, early.body.includes('It is still to come.')]).toEqual([409, true]);
      await changeRow(scheme, 'warm_handover', id, { meet_at: '2026-11-23T09:00:00Z' });
      expect(await page('/desk/warm-handovers')).toContain('Say what happened');
      const empty = await send(`${at}/settle`, { note: 'It rained' });
      expect([empty.status, empty.body.includes('It rained')]).toEqual([422, true]);
      expect((await send(`${at}/settle`, { outcome: 'they_met', note: 'Well' })).to).toBe(at);
      expect(await page(at)).toContain('They met');
      expect(await page('/desk/warm-handovers?state=arranged')).toContain('None of these.');
      expect((await send(`${at}/cancel`, { reason: 'Ill' })).status).toBe(409);
      expect((await ask(at, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
      expect(await page('/desk/warm-handovers', await aMember(scheme, 'link_worker'))).not.toContain('Grace');
    });
  });

  describe('a worry that a practice must know of today', () => {
    it('is sent after a try to reach the person, and stands there until they say that they know', async () => {
      const { referralId } = await aSentCase(scheme, { worker: sam });
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update organisation set email = 'inbox@example.org' where scheme_id = ${scheme.id} and id = (
            select organisation_id from referral where scheme_id = ${scheme.id} and id = ${referralId})`),
      );
      const at = `/desk/referrals/${referralId}/safety-messages`;
      expect(await page(at)).toContain('href="tel:999"');
      expect((await send(at, {})).status).toBe(422);
      const hasty = await send(at, { to: 'sender' });
      expect([hasty.status, hasty.body.includes('Log first that you tried to reach them')]).toEqual([
        409,
        true,
      ]);
      expect(hasty.body).toContain('value="sender" checked');
      await done(`/referrals/${referralId}/contacts`, {
        kind: 'phone',
        outcome: 'no_answer',
        nextOn: '2026-11-24',
      });
      expect((await send(at, { to: 'sender' })).to).toBe(at);
      const body = await page(at);
      expect(body).toContain('Not read yet');
      const [, heard = ''] = /action="(\/desk\/safety-messages\/[^"]+)"/.exec(body) ?? [];
      expect((await send(heard, { by: '' })).body).toContain('href="#by"');
      expect((await send(heard, { by: 'Reception' })).to).toBe(at);
      expect(await page(at)).toMatch(/They know.*Reception, by telephone/);
      expect((await send(heard, { by: 'Reception' })).status).toBe(409);
      expect((await ask(at, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });
  });

  describe('a note to the managers', () => {
    it('is written about somebody, answered by a manager, and read by nobody else', async () => {
      const { referralId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      expect(await page(`/desk/notes/new?referral=${referralId}`)).toContain('Ada Waits');
      const empty = await send('/desk/notes', { referralId, words: ' ' });
      expect([empty.status, empty.body.includes('Ada Waits')]).toEqual([422, true]);
      const { to = '' } = await send('/desk/notes', { referralId, words: 'I cannot <carry> this' });
      expect(await page(to)).toContain('I cannot &lt;carry&gt; this');
      expect(await page(to)).not.toContain('What do you say to it?');
      expect((await send(to, { answer: 'No' })).status).toBe(403);
      expect((await ask(to, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
      expect(await page('/desk/notes', mo)).toContain('Waits for an answer');
      expect((await send(to, { answer: '' }, mo)).body).toContain('href="#answer"');
      expect((await send(to, { answer: 'We talk at two' }, mo)).to).toBe(to);
      expect((await send(to, { answer: 'Or three' }, mo)).status).toBe(409);
      expect(await page(to)).toContain('We talk at two');
      const elsewhere = await send(
        '/desk/notes',
        { referralId, words: 'x' },
        await aMember(scheme, 'link_worker'),
      );
      expect(elsewhere.status).toBe(404);
    });
  });

  describe('supervision', () => {
    it('shows a worker their own, and a manager whose they choose, with a note to write', async () => {
      const { referralId } = await aCase(scheme, sam)
        .person({ firstName: 'Ada', lastName: 'Waits' })
        .due('2026-11-02');
      const own = await page('/desk/supervision');
      expect(own).toContain('Ada Waits');
      expect(own).toContain('The next date is more than 7 days past');
      expect(own).toContain(`/desk/notes/new?referral=${referralId}`);
      expect(await page('/desk/supervision', mo)).toContain('Choose with whom you talk');
      const chosen = await page(`/desk/supervision?workerId=${sam.actor.membershipId}`, mo);
      expect(chosen).toContain('To talk over with Sam Okoro');
      expect(chosen).toContain('Ada Waits');
      const kim = await aMember(scheme, 'link_worker');
      expect(await page('/desk/supervision', kim)).toContain('Nothing stands out');
      expect((await ask(`/desk/supervision?workerId=${sam.actor.membershipId}`, kim)).statusCode).toBe(404);
    });
  });

  describe('a move', () => {
    it('out of the area is written down, kept until a day, and taken back', async () => {
      const { referralId, clientId } = await aCase(scheme, sam).begun();
      expect(await page(`/desk/people/${clientId}/moves`)).toContain(
        `/desk/referrals/${referralId}/area-move`,
      );
      const at = `/desk/referrals/${referralId}/area-move`;
      const wrong = await send(at, {
        whereTo: 'Leeds',
        'movedOn.day': '31',
        'movedOn.month': '2',
        'movedOn.year': '2027',
      });
      expect([wrong.status, wrong.body.includes('value="Leeds"')]).toEqual([422, true]);
      const { to = '' } = await send(at, {
        whereTo: 'Leeds',
        'movedOn.day': '1',
        'movedOn.month': '12',
        'movedOn.year': '2026',
      });
      expect(await page(to)).toContain('To be decided');
      const unsaid = await send(`${to}/decide`, { choice: 'keep', reason: 'They come back on Fridays' });
      expect([unsaid.status, unsaid.body.includes('They come back on Fridays')]).toEqual([422, true]);
      const kept = {
        choice: 'keep',
        reason: 'They come back on Fridays',
        'keepUntil.day': '18',
        'keepUntil.month': '12',
        'keepUntil.year': '2026',
      };
      expect((await send(`${to}/decide`, kept)).to).toBe(to);
      expect(await page(to)).toContain('Kept for now');
      const silent = await send(`${to}/cancel`, { reason: '' });
      expect([silent.status, silent.body.includes('href="#reason"')]).toEqual([422, true]);
      expect(silent.body).not.toContain('Decide anew');
      expect((await send(`${to}/cancel`, { reason: 'They stay' })).to).toBe(to);
      expect(await page(to)).toContain('They stay after all');
      const late = await send(`${to}/decide`, kept);
      expect(late.status).toBe(409);
      expect((await ask(to, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });

    it('to another practice asks the person who hears of them, and keeps what was answered', async () => {
      const { clientId, referralId } = await aSentCase(scheme, { worker: sam });
      const from = (
        await rowsOf<{ id: string }>(
          scheme,
          sql`select organisation_id as id from referral where scheme_id = ${scheme.id} and id = ${referralId}`,
        )
      )[0]?.id;
      const to = await anOrganisation(scheme, 'gp_practice');
      const id = newId();
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'practice_move', {
          scheme_id: scheme.id,
          id,
          client_id: clientId,
          from_organisation_id: from,
          to_organisation_id: to,
          moved_on: '2026-11-20',
          recorded_at: tx.now,
        }),
      );
      expect(await page(`/desk/people/${clientId}/moves`)).toContain('Ask them');
      const at = `/desk/practice-moves/${id}`;
      const unagreed = { formerHears: 'nothing', presentHears: 'progress', note: 'On the telephone' };
      const asked = await send(at, unagreed);
      expect([asked.status, asked.body.includes('On the telephone')]).toEqual([422, true]);
      expect(asked.body).toContain('href="#agreed"');
      expect(await page(at)).not.toMatch(/name="(agreed|agreement\.basis)"[^>]* checked/);
      const agreed = {
        ...unagreed,
        agreed: 'phone',
        'agreement.agreedOn.day': '23',
        'agreement.agreedOn.month': '11',
        'agreement.agreedOn.year': '2026',
      };
      expect((await send(at, agreed)).to).toBe(at);
      expect(await page(at)).toContain('Nothing more');
      expect(await page(at)).not.toContain('Save what they said');
    });
  });

  describe('another scheme', () => {
    const agreed = {
      agreed: 'phone',
      'agreement.agreedOn.day': '20',
      'agreement.agreedOn.month': '11',
      'agreement.agreedOn.year': '2026',
      result: 'helped',
    };

    it('gets exactly what was looked at, and a receipt closes the referral here', async () => {
      const { referralId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' }).begun();
      const at = `/desk/referrals/${referralId}/transfer`;
      const body = await page(`${at}?items=reasons&items=plan`);
      expect(body).toContain('First name: Ada');
      const [, digest = ''] = /name="digest" value="([^"]+)"/.exec(body) ?? [];
      const form = { ...agreed, items: ['reasons', 'plan'], digest, toName: 'Leeds' };
      const unsaid = await send(at, { ...form, result: '' });
      expect([unsaid.status, unsaid.body.includes('value="Leeds"')]).toEqual([422, true]);
      expect(body).not.toMatch(/name="(agreed|agreement\.basis)"[^>]* checked/);
      const unasked = await send(at, { ...form, agreed: 'no' });
      expect([unasked.status, unasked.body.includes('Ask them first')]).toEqual([422, true]);
      const other = await send(at, { ...form, digest: 'f'.repeat(64) });
      expect([other.status, other.body.includes('is not what you looked at')]).toEqual([409, true]);
      const { to = '' } = await send(at, form);
      expect(await page(to)).toContain('Waits for the other scheme');
      expect((await ask(`${to}/document`)).body).toContain('Handed over by');
      const empty = await send(`${to}/receipt`, { receivedBy: 'Kim' });
      expect([empty.status, empty.body.includes('value="Kim"')]).toEqual([422, true]);
      const arrived = {
        receivedBy: 'Kim',
        'receivedOn.day': '23',
        'receivedOn.month': '11',
        'receivedOn.year': '2026',
      };
      expect((await send(`${to}/receipt`, arrived)).to).toBe(to);
      expect(await page(to)).toContain('The other scheme has them');
      expect((await send(`${to}/cancel`, { reason: 'No' })).status).toBe(409);
      expect((await ask(to, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });

    it('hands somebody to us, who is taken on or not, once; what came with them is read later', async () => {
      const parcel = () =>
        aScheme(betony).then((from) =>
          aParcel(from, scheme.id, {
            sentAt: betony.clock.now(),
            answerBy: new Date('2026-12-07T17:00:00Z'),
            carries: {
              person: {
                firstName: 'Bo',
                lastName: 'Comes',
                dateOfBirth: '1950-02-03',
                phone: '+447700900123',
              },
              practice: null,
              needs: ['loneliness'],
            },
          }),
        );
      const [one, two] = [await parcel(), await parcel()];
      const list = await page('/desk/transfers/incoming');
      expect(list).not.toContain('Bo');
      const at = `/desk/transfers/incoming/${one}`;
      expect(await page(at)).toContain('First name: Bo');
      const silent = await send(`${at}/refuse`, { reason: '' });
      expect([silent.status, silent.body.includes('href="#reason"')]).toEqual([422, true]);
      expect((await send(`${at}/refuse`, { reason: 'Too far' })).to).toBe(at);
      expect(await page(at)).toContain('We did not take them on');
      const taken = `/desk/transfers/incoming/${two}`;
      expect((await send(`${taken}/receive`)).to).toBe(taken);
      const [, cameWith = ''] = /href="(\/desk\/referrals\/[^"]+\/came-with)"/.exec(await page(taken)) ?? [];
      const came = await page(cameWith, mo);
      expect(came).toContain('First name: Bo');
      const [, moves = ''] = /href="(\/desk\/people\/[^"]+\/moves)"/.exec(came) ?? [];
      expect(await page(moves, mo)).toContain(`href="${cameWith}"`);
      const [never] = await rowsOf<{ id: string }>(
        scheme,
        sql`select id from referral where scheme_id = ${scheme.id} and id <> ${cameWith.split('/')[3] ?? ''} limit 1`,
      );
      if (never) expect((await ask(`/desk/referrals/${never.id}/came-with`, mo)).statusCode).toBe(404);
      expect(await page(taken)).toContain('Among the new referrals');
      expect((await send(`${taken}/refuse`, { reason: 'Too late' })).status).toBe(409);
      expect((await ask('/desk/transfers/incoming', await aMember(scheme, 'referrer'))).statusCode).toBe(403);
    });
  });

  describe('what people say of us', () => {
    const SAID = {
      kind: 'concern',
      about: 'worker',
      words: 'Nobody <rang> back',
      wantsAnswer: 'yes',
      toldBy: 'client',
      toldHow: 'phone',
    };

    it('goes to the managers, is answered, and reaches the worker only once it is passed on', async () => {
      const { clientId } = await aCase(scheme, sam).begun();
      const at = `/desk/people/${clientId}/said`;
      const empty = await send(at, { ...SAID, kind: '' });
      expect([empty.status, empty.body.includes('Nobody &lt;rang&gt; back')]).toEqual([422, true]);
      const given = await send(at, SAID);
      expect([given.status, given.body.includes('It was passed on')]).toEqual([200, true]);
      expect(given.body).not.toContain('rang');
      expect(await page('/desk/said')).toContain('Nothing yet');
      const [, one = ''] = /href="(\/desk\/said\/[^"]+)"/.exec(await page('/desk/said?state=open', mo)) ?? [];
      expect(await page(one, mo)).toContain('Nobody &lt;rang&gt; back');
      expect((await ask(one)).statusCode).toBe(404);
      expect((await send(`${one}/look`, {}, mo)).to).toBe(one);
      const half = await send(`${one}/answer`, { answer: 'We rang and said sorry' }, mo);
      expect([half.status, half.body.includes('We rang and said sorry')]).toEqual([422, true]);
      expect((await send(`${one}/answer`, { answer: 'We rang', how: 'phone' }, mo)).to).toBe(one);
      expect((await send(`${one}/answer`, { answer: 'Again', how: 'phone' }, mo)).status).toBe(409);
      expect((await send(`${one}/release`, {}, mo)).to).toBe(one);
      expect(await page(one)).toContain('We rang');
      expect((await send(at, SAID, await aMember(scheme, 'link_worker'))).status).toBe(404);
      expect((await ask('/desk/said', await aMember(scheme, 'referrer'))).statusCode).toBe(403);
    });
  });

  it('is one click away, for whoever may', async () => {
    const body = await page('/desk/more');
    for (const [, href = ''] of body.matchAll(/<li><a href="(\/desk\/[^"]+)">[^<]+<\/a><br>/g))
      await page(href);
    expect(await page('/desk/manage', mo)).toContain('href="/desk/approvals?state=waiting"');
  });

  it('writes down who came, when a group tells it by telephone, and puts it right', async () => {
    const of = await aSentCase(scheme, { worker: sam, person: { firstName: 'Grace' } });
    const id = await anOffer(scheme, of, await aGroup(scheme)).accepted();
    expect(await page(`/desk/onward/${id}`)).toContain(`href="/desk/onward/${id}/attendance"`);
    const at = `/desk/onward/${id}/attendance`;
    const day = { 'sessionOn.day': '23', 'sessionOn.month': '11', 'sessionOn.year': '2026' };
    const silent = await send(at, day);
    expect([silent.status, silent.body.includes('href="#result"')]).toEqual([422, true]);
    expect((await send(at, { ...day, result: 'attended', note: 'She sang' })).to).toBe(at);
    expect(await page(at)).toMatch(/Mon, 23 November 2026.*They came.*She sang/);
    expect((await send(at, { ...day, result: 'absent_logistics' })).to).toBe(at);
    const right = await page(at);
    expect(right).toMatch(/Mon, 23 November 2026.*They could not get there/);
    expect(right).not.toMatch(/<span>They came<\/span>/);
    const stranger = await aMember(scheme, 'link_worker');
    expect((await ask(at, stranger)).statusCode).toBe(404);
  });
});
