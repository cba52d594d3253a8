import sql from 'sql-template-tag';
import { aPerson } from '../../factories/clients.js';
import { aReferral, theManager } from '../../factories/referrals.js';
import { aGroup, agreement, anOffer } from '../../factories/onward.js';
import { ResponsesService } from '../../../src/outcomes/responses.service.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { statementsOf } from '../../support/count-queries.js';
import { aPageBrowser, type PageBrowser } from '../../support/pages.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const DAY_MS = 86_400_000;

describe('what a practice sees of its referrals', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let priya: TestMember;
  let colleague: TestMember;
  let sam: TestMember;
  let desk: PageBrowser;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    priya = await aMember(scheme, 'referrer', { name: 'Priya Shah' });
    colleague = await aMember(scheme, 'referrer', { name: 'Dr Ali' });
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    desk = aPageBrowser(betony, { who: priya });
  });
  afterAll(() => betony.stop());

  const mine = (who = priya) => aReferral(scheme).from(who);
  const shown = async (url: string): Promise<string> => {
    const answer = await desk.open(url);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body;
  };
  const daysAgo = (days: number): void => {
    betony.clock.set(new Date(new Date(TEST_NOW).getTime() - days * DAY_MS).toISOString());
  };

  const begun = {
    couldComeToHarm: '',
    'client.firstName': 'Grace',
    'client.lastName': 'Okoro',
    'client.dateOfBirth.day': '2',
    'client.dateOfBirth.month': '3',
    'client.dateOfBirth.year': '1951',
    agreed: 'in_person',
    'agreement.agreedOn.day': '20',
    'agreement.agreedOn.month': '11',
    'agreement.agreedOn.year': '2026',
    note: 'Likes boats',
  };

  describe('a draft', () => {
    const draftOf = async (who = desk): Promise<string> => {
      expect((await who.send('/desk/drafts', begun, '/desk/refer')).headers.location).toBe('/desk/drafts');
      return /\/desk\/drafts\/[0-9a-f-]{36}/.exec((await who.open('/desk/drafts')).body)?.[0] ?? '';
    };

    it('is left for later, gone on with by a colleague, and sent', async () => {
      const draft = await draftOf();
      const other = aPageBrowser(betony, { who: colleague });
      const form = (await other.open(draft)).body;
      expect(form).toContain('value="Grace"');
      expect(form).toContain('Likes boats');
      expect(form).toMatch(/name="agreed"[^>]*value="in_person" checked/);
      expect((await other.send('/desk/drafts', { ...begun, agreed: 'no' }, '/desk/refer')).statusCode).toBe(
        303,
      );
      expect(await shown('/desk/referrals')).toContain(`href="${draft}"`);
      const now = { ...begun, note: '', reasons: 'food', 'client.phone': '07700 900123', _version: '1' };
      expect((await other.send(draft, now)).headers.location).toBe('/desk/drafts');
      expect(await shown(draft)).not.toContain('Likes boats');
      const late = await desk.send(draft, { ...now, note: 'Late', _version: '1' });
      expect(late.statusCode).toBe(412);
      expect(late.body.replace(/\s+/g, ' ')).toContain('Dr Ali changed this');
      const early = await desk.send(`${draft}/send`, now, draft);
      expect(early.statusCode).toBe(422);
      expect(early.body).toContain('href="#couldComeToHarm"');
      const whole = {
        ...now,
        _version: '2',
        couldComeToHarm: 'no',
        noKnownRisks: 'yes',
        feedback: 'progress',
        'client.noNhsNumberBecause': 'not_known',
        'client.safeToCall': 'yes',
      };
      const sent = await desk.send(`${draft}/send`, whole, draft);
      expect(sent.headers.location).toMatch(/^\/desk\/referrals\/[0-9a-f-]{36}\?sent$/);
      expect(await shown('/desk/drafts')).not.toContain(draft);
      expect((await desk.open(draft)).statusCode).toBe(404);
    });

    it('is discarded after one more question, and is nobody else’s', async () => {
      const draft = await draftOf();
      const stranger = aPageBrowser(betony, {
        who: await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) }),
      });
      expect((await stranger.open(draft)).statusCode).toBe(404);
      expect((await stranger.open('/desk/drafts')).body).not.toContain('Grace');
      expect(await shown(`${draft}/discard`)).toContain('Grace Okoro');
      expect((await desk.send(`${draft}/discard`, {}, `${draft}/discard`)).headers.location).toBe(
        '/desk/drafts',
      );
      expect((await desk.open(draft)).statusCode).toBe(404);
    });

    it('is a worker’s own as well, and keeps nothing where somebody may come to harm', async () => {
      const work = aPageBrowser(betony, { who: sam });
      const draft = await draftOf(work);
      expect((await work.open('/desk/triage')).body).toContain('href="/desk/drafts"');
      expect((await desk.open('/desk/drafts')).body).not.toContain(draft);
      const urgent = await work.send('/desk/drafts', { ...begun, couldComeToHarm: 'yes' }, '/desk/refer');
      expect(urgent.statusCode).toBe(422);
      expect(urgent.body).toContain('999');
      expect((await work.open('/desk/drafts')).body.match(/Go on/g)).toHaveLength(1);
    });
  });

  describe('what is pasted from the practice’s own system', () => {
    const PASTED = 'OKAFOR, Grace (Mrs)  Born 02-Mar-1948  NHS No. 999 000 0018\nTel: 07700 900123';

    it('fills in what is empty, says what differs and what is missing, and is not given back', async () => {
      const typed = { _pasted: PASTED, 'client.firstName': 'Gracie', note: 'Likes boats', reasons: 'food' };
      const form = await desk.send('/desk/refer/fill', typed, '/desk/refer');
      expect(form.statusCode).toBe(200);
      const { body } = form;
      expect(body).toMatch(/name="client.lastName"[^>]*value="Okafor"/);
      expect(body).toMatch(/name="client.nhsNumber"[^>]*value="9990000018"/);
      expect(body).toMatch(/name="client.dateOfBirth.year"[^>]*value="1948"/);
      expect(body).toMatch(/name="client.phone"[^>]*value="07700 900123"/);
      expect(body).toMatch(/name="client.firstName"[^>]*value="Gracie"/);
      expect(body).toContain('First name is left as you typed it. In the text it is Grace.');
      expect(body).toContain('Filled in: NHS number, Last name, Date of birth, Phone.');
      expect(body).toContain('Not taken from it: E-mail address, Address, Postcode.');
      expect(body).toContain('Likes boats');
      expect(body).toMatch(/name="reasons"[^>]*value="food" checked/);
      expect(body).not.toContain('OKAFOR');
    });

    it('is taken by a draft too, and is kept nowhere', async () => {
      const kept = await desk.send(
        '/desk/drafts',
        { ...begun, 'client.lastName': '', _pasted: PASTED },
        '/desk/refer',
      );
      expect(kept.headers.location).toBe('/desk/drafts');
      const draft = /\/desk\/drafts\/[0-9a-f-]{36}/.exec(await shown('/desk/drafts'))?.[0] ?? '';
      const form = await desk.send(`${draft}/fill`, { _pasted: PASTED, _version: '1' }, draft);
      expect(form.statusCode).toBe(200);
      expect(form.body).toMatch(/name="client.lastName"[^>]*value="Okafor"/);
      expect(form.body).toContain(`action="${draft}/send"`);
      expect(await shown(draft)).not.toContain('Okafor');
      await desk.send(
        '/desk/kept',
        { _path: '/desk/refer', note: 'Likes boats', _pasted: PASTED },
        '/desk/refer',
      );
      expect(await shown('/desk/kept')).not.toContain('OKAFOR');
      const everywhere = await rowsOf(
        scheme,
        sql`select 1 from referral where draft::text ~ 'OKAFOR' or note ~ 'OKAFOR'`,
      );
      expect(everywhere).toEqual([]);
    });
  });

  describe('whoever the practice referred before', () => {
    const GRACE = {
      firstName: 'Grace',
      lastName: 'Okafor',
      dateOfBirth: '1948-03-02',
      nhsNumber: '9990000018',
      phone: '07700 900123',
      safeToCall: 'yes' as const,
      safeToText: 'no' as const,
    };
    const find = (answers: Record<string, string>, who = desk) =>
      who.send('/desk/refer', answers, '/desk/refer');
    const boxOf = (body: string, name: string): string =>
      new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(body)?.[1] ?? '';
    const closedOf = (person: object, who = colleague) =>
      mine(who).about(person).accepted().allocatedTo(sam).active().closed();

    it('is filled in from its own referral by a name and Enter, as it was written then', async () => {
      const { id, clientId } = await closedOf(GRACE);
      const manager = await theManager(scheme);
      const clients = betony.get(ClientsService);
      const version = async () => {
        const [row] = await rowsOf<{ version: number }>(
          scheme,
          sql`select version from client where id = ${clientId}`,
        );
        return row?.version ?? 0;
      };
      // What others learnt meanwhile is nobody's to read here.
      await clients.amend(manager.actor, clientId, await version(), {
        phone: '07700 900999',
        postcode: 'CO3 4AB',
        safeToCall: 'no',
      });
      await clients.recordDeath(manager.actor, clientId, { diedOn: '2026-11-20', toldBy: 'family' });
      const typed = { _find: ' okafor ', couldComeToHarm: 'no', 'client.firstName': 'Gracie', note: 'Boats' };
      const { statusCode, body } = await find(typed);
      expect(statusCode).toBe(200);
      expect(boxOf(body, 'client.firstName')).toBe('Gracie');
      expect(boxOf(body, 'client.lastName')).toBe('Okafor');
      expect(boxOf(body, 'client.nhsNumber')).toBe('999 000 0018');
      expect(boxOf(body, 'client.phone')).toBe('07700 900123');
      expect(boxOf(body, 'client.dateOfBirth.year')).toBe('1948');
      // A yes was a word of that day; a no still holds.
      expect(body).not.toMatch(/name="client.safeToCall"[^>]*value="yes" checked/);
      expect(body).toMatch(/name="client.safeToText"[^>]*value="no" checked/);
      expect(body).toContain('Boats');
      // Nothing is left to look for: Enter in any other box sends the referral.
      expect(body).toContain('name="_find"');
      expect(body).not.toMatch(/name="_find"[^>]*value="[^"]/);
      expect(body).not.toMatch(/900999|900 999|CO3 4AB|[Dd]ied/);
      expect(await shown(`/desk/referrals/${id}`)).toContain(`href="/desk/refer?again=${id}"`);
      expect(boxOf(await shown(`/desk/refer?again=${id}`), 'client.phone')).toBe('07700 900123');
    });

    it('keeps the name and number it wrote, whatever others corrected, wherever it reads of them', async () => {
      const { id, clientId } = await mine().about({ ...GRACE, nhsNumber: null });
      const manager = await theManager(scheme);
      await betony.get(ClientsService).amend(manager.actor, clientId, 1, {
        firstName: 'Gracielle',
        dateOfBirth: '1949-03-02',
        nhsNumber: '9990000018',
        noNhsNumberBecause: null,
      });
      const learnt = /Gracielle|1949|999 ?000 ?0018/;
      for (const page of ['/desk/referrals', '/desk/referrals?file=csv', `/desk/referrals/${id}`]) {
        const body = await shown(page);
        expect(body).toContain('Grace');
        expect(body).not.toMatch(learnt);
      }
      const told = await betony.inject({ url: `/api/v1/referrals/${id}`, headers: priya.headers });
      expect(told.json()).toMatchObject({ client: { firstName: 'Grace', nhsNumber: null } });
      const found = async (payload: object) => {
        const url = '/api/v1/referrals/search';
        const answer = await betony.inject({ method: 'POST', url, headers: priya.headers, payload });
        return answer.json<{ items: { id: string }[] }>().items.some((line) => line.id === id);
      };
      for (const learntSince of [
        { firstName: 'Gracielle' },
        { nhsNumber: '9990000018' },
        { dateOfBirth: '1949-03-02' },
      ])
        expect([learntSince, await found(learntSince)]).toEqual([learntSince, false]);
      expect(await found({ firstName: 'grace', dateOfBirth: GRACE.dateOfBirth })).toBe(true);
    });

    it('and stands where that name puts it in the list', async () => {
      const sorted = async () => {
        const url = '/api/v1/referrals?sort=name&limit=100';
        const answer = await betony.inject({ url, headers: hers.headers });
        return answer.json<{ items: { id: string; client: { lastName: string } }[] }>().items;
      };
      const hers = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
      const { clientId } = await mine(hers).about({ ...GRACE, nhsNumber: null, lastName: 'Abbot' });
      await mine(hers).about({ ...GRACE, nhsNumber: null, lastName: 'Morris' });
      const { actor } = await theManager(scheme);
      const clients = betony.get(ClientsService);
      await clients.amend(actor, clientId, 1, { lastName: 'Zeal' });
      await clients.amend(actor, clientId, 2, { lastName: 'Young' });
      expect((await sorted()).map(({ client }) => client.lastName)).toEqual(['Abbot', 'Morris']);
    });

    it('and whom another practice referred is not there, whoever asks and however', async () => {
      const hospice = await aMember(scheme, 'referrer', {
        organisation: await anOrganisation(scheme, 'hospice'),
      });
      const { id } = await closedOf(GRACE);
      const theirs = aPageBrowser(betony, { who: hospice });
      const NONE = 'Your organisation has sent no referral of anybody like that.';
      for (const sought of ['okafor', 'Grace', '999 000 0018', '2/3/1948'])
        expect((await find({ _find: sought }, theirs)).body).toContain(NONE);
      expect((await find({ _find: 'x', _earlier: id }, theirs)).statusCode).toBe(404);
      expect((await theirs.open(`/desk/refer?again=${id}`)).statusCode).toBe(404);
      expect((await find({ _find: '07700 900123' })).body).toContain('Enter an NHS number, a name');
    });

    it('is chosen where there are several, once each, and one whose referral is open leads there first', async () => {
      await closedOf(GRACE);
      const again = await mine().about(GRACE);
      await closedOf({ ...GRACE, firstName: 'Femi', nhsNumber: null });
      const list = (await find({ _find: 'Okafor' })).body;
      expect(list.match(/name="_earlier"/g)).toHaveLength(2);
      expect(list).toContain(`value="${again.id}"`);
      const chosen = await desk.send(
        '/desk/refer/find',
        { _find: 'Okafor', _earlier: again.id },
        '/desk/refer',
      );
      expect(boxOf(chosen.body, 'client.firstName')).toBe('Grace');
      expect(chosen.body).toContain('Your organisation referred Grace Okafor');
      expect(chosen.body).toContain(`href="/desk/referrals/${again.id}#add"`);
    });
  });

  describe('the slip for the person', () => {
    it('says in their language who asked whom and what happens next, and nothing of why', async () => {
      const { id } = await mine().about({ firstName: 'Grace', lastName: 'Okoro' });
      await rowsOf(
        scheme,
        sql`update organisation set phone = '+447700900123' where id = ${priya.actor.organisationId}`,
      );
      expect(await shown(`/desk/referrals/${id}?sent`)).toContain(`href="/desk/referrals/${id}/slip"`);
      const slip = await shown(`/desk/referrals/${id}/slip`);
      const [reference = ''] = /[0-9B-Z]{4}-[0-9B-Z]{4}/.exec(slip) ?? [];
      expect(await shown(`/desk/referrals/${id}`)).toContain(reference);
      expect(slip).toContain('href="tel:+447700900123"');
      expect(slip).not.toMatch(/Grace|Okoro|lonely|loneliness/);
      expect(slip).not.toContain('A machine made this translation');
      for (const [language, direction] of [
        ['cy', ''],
        ['pl', ''],
        ['ro', ''],
        ['bn', ''],
        ['ne', ''],
        ['ur', ' dir="rtl"'],
        ['ar', ' dir="rtl"'],
      ] as const) {
        const answer = await desk.open(`/desk/referrals/${id}/slip?lang=${language}`);
        expect(answer.body).toContain(`<html lang="${language}"${direction}>`);
        expect(answer.body).toContain('class="betony-draft"');
        expect(answer.body).toContain(reference);
        // The language is the person's, and this browser the practice's.
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    });

    it('is a file too, save where our files cannot hold the writing, and then the page says so', async () => {
      const { id } = await mine().about({ firstName: 'Grace', lastName: 'Okoro' });
      const at = `/desk/referrals/${id}/slip`;
      for (const language of ['en', 'cy', 'pl', 'ro', 'bn', 'ne']) {
        expect(await shown(`${at}?lang=${language}`)).toContain(`href="${at}.pdf?lang=${language}"`);
      }
      const file = await desk.open(`${at}.pdf?lang=bn`);
      expect(file.headers).toMatchObject({
        'content-type': 'application/pdf',
        'cache-control': 'no-store',
        'content-disposition': 'attachment; filename="referral.pdf"',
      });
      expect(file.body).toMatch(/^%PDF-/);
      for (const language of ['ur', 'ar']) {
        const page = await shown(`${at}?lang=${language}`);
        expect(page).toContain('what is written from right to left');
        expect(page).not.toContain('.pdf');
        const led = await desk.open(`${at}.pdf?lang=${language}`);
        expect([led.statusCode, led.headers.location]).toEqual([303, `${at}?lang=${language}`]);
      }
      // Named in a script that no font of ours has.
      await rowsOf(
        scheme,
        sql`update organisation set name = '诊所' where id = ${priya.actor.organisationId}`,
      );
      expect((await desk.open(`${at}.pdf`)).headers.location).toBe(`${at}?lang=en`);
      const other = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
      const away = await aPageBrowser(betony, { who: other }).open(`${at}.pdf`);
      expect(away.statusCode).toBe(404);
    });

    it('is not there for other practices', async () => {
      const { id } = await mine();
      const other = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
      const away = await aPageBrowser(betony, { who: other }).open(`/desk/referrals/${id}/slip`);
      expect(away.statusCode).toBe(404);
    });
  });

  describe('the list', () => {
    it('is filtered by who sent, by whether it goes on, and by who waits too long', async () => {
      daysAgo(11);
      await mine().about({ firstName: 'Grace', lastName: 'Waits' });
      await mine(colleague)
        .about({ firstName: 'Musa', lastName: 'Begun' })
        .accepted()
        .allocatedTo(sam)
        .active();
      await mine().about({ firstName: 'Ann', lastName: 'Ended' }).declined();
      await mine().about({ firstName: 'Bo', lastName: 'Silent' }).saying({ feedback: 'nothing' }).accepted();
      const names = async (query: string): Promise<string[]> =>
        [
          ...(await shown(`/desk/referrals${query}`)).matchAll(
            /<a href="\/desk\/referrals\/[\w-]{36}">([^<]+)</g,
          ),
        ].map(([, name = '']) => name);
      betony.clock.set(TEST_NOW);
      expect(await names('')).toEqual(['Bo Silent', 'Ann Ended', 'Musa Begun', 'Grace Waits']);
      expect(await names('?mine=true')).toEqual(['Bo Silent', 'Ann Ended', 'Grace Waits']);
      expect(await names('?open=true')).toEqual(['Bo Silent', 'Musa Begun', 'Grace Waits']);
      expect(await names('?open=false')).toEqual(['Ann Ended']);
      expect(await names('?waiting=true')).toEqual(['Grace Waits']);
      expect(await names('?mine=false&open=true')).toEqual(['Musa Begun']);
      const none = await shown('/desk/referrals?mine=false&open=false');
      expect(none).toContain('Clear filters');
      expect((await desk.open('/desk/referrals?open=perhaps')).statusCode).toBe(422);
    });

    it('says of each what happened last, as far as its sender may hear', async () => {
      const { id } = await mine().about({ firstName: 'Ann', lastName: 'Noted' });
      await mine().about({ firstName: 'Musa', lastName: 'Taken' }).accepted();
      await mine().about({ firstName: 'Bo', lastName: 'Silent' }).saying({ feedback: 'nothing' }).accepted();
      await desk.send(`/desk/referrals/${id}/note`, { note: 'A new phone' }, `/desk/referrals/${id}`);
      const list = await betony.inject({ url: '/api/v1/referrals', headers: priya.headers });
      expect(list.json<{ items: { last: object }[] }>().items.map(({ last }) => last)).toMatchObject([
        { what: 'send', by: 'Priya Shah' },
        { what: 'status', by: null },
        { what: 'note', by: 'Priya Shah' },
      ]);
      const body = await shown('/desk/referrals');
      for (const words of ['What happened last', 'Added to by Priya Shah', 'Sent by Priya Shah'])
        expect(body).toContain(words);
      expect(body.match(/The scheme took it on/g)).toHaveLength(2);
      await desk.send(
        `/desk/referrals/${id}/withdraw`,
        { reason: 'no_longer_needed' },
        `/desk/referrals/${id}/withdraw`,
      );
      expect(await shown('/desk/referrals')).toContain('Withdrawn by Priya Shah');
      const work = aPageBrowser(betony, { who: await theManager(scheme) });
      expect((await work.open('/desk/referrals')).body).not.toContain('What happened last');
    });

    it.each([
      ['', ''],
      [', also behind a mark of our own', '\uE002'],
    ])(
      'is saved under the same filters, without a cell that a spreadsheet would run%s',
      async (_also, mark) => {
        await mine().about({ firstName: `${mark}=HYPERLINK("http://example.org")`, lastName: 'Osei, Grace' });
        await mine(colleague);
        const answer = await desk.open('/desk/referrals?mine=true&file=1');
        expect(answer.headers).toMatchObject({
          'content-type': 'text/csv; charset=utf-8',
          'cache-control': 'no-store',
          'content-disposition': 'attachment; filename="referrals-2026-11-23.csv"',
        });
        const lines = answer.body.trimEnd().split('\r\n');
        expect(lines).toHaveLength(2);
        expect(lines[0]).toContain('Reference,First name,Last name');
        expect(lines[1]).toContain(`"'=HYPERLINK(""http://example.org"")","Osei, Grace"`);
        expect(lines[1]).toContain(',2026-11-23,Priya Shah,Sent,');
        desk.jar.set('betony-language', 'cy');
        const welsh = await desk.open('/desk/referrals?mine=true&file=1');
        expect(welsh.body).toContain(`,"'=HYPERLINK(""http://example.org"")",`);
        expect(welsh.body).not.toContain('First name');
        const [read] = await rowsOf<{ clients: number }>(
          scheme,
          sql`select cardinality(client_ids) as clients from audit_entry
          where scheme_id = ${scheme.id} and action = 'referral.list' and actor_id = ${priya.actor.membershipId}`,
        );
        expect(read).toEqual({ clients: 1 });
      },
    );
  });

  describe('one referral', () => {
    const ENDED = { result: 'helped', reason: 'done', mayAskAgain: false } as const;
    const answered = (
      id: string,
      occasion: 'baseline' | 'closing',
      answeredOn: string,
      answers: Record<string, number>,
    ) =>
      betony.get(ResponsesService).record(sam.actor, id, {
        ...({ measure: 'ons4', version: '1', mode: 'phone' } as const),
        ...{
          occasion,
          answeredOn,
          answers: { satisfied: 5, worthwhile: 5, happy: 5, anxious: 5, ...answers },
        },
      });
    const joinsAGroup = async (referralId: string, clientId: string): Promise<void> => {
      const agreed = { ...agreement(), agreedOn: '2026-11-03' };
      const offer = anOffer(scheme, { referralId, clientId, worker: sam }, await aGroup(scheme), {
        agreement: agreed,
      });
      await offer.accepted().started();
    };

    it('tells what happened without anybody’s notes, and holds a summary for the record', async () => {
      const { id } = await mine()
        .about({ firstName: 'Grace', lastName: 'Okafor', nhsNumber: '9990000018' })
        .accepted()
        .allocatedTo(sam)
        .active();
      await betony.get(ReferralsService).note(sam.actor, id, { note: 'Only for the scheme' });
      await desk.send(
        `/desk/referrals/${id}/note`,
        { note: 'Her daughter is back' },
        `/desk/referrals/${id}`,
      );
      const body = await shown(`/desk/referrals/${id}?done=note`);
      expect(body).toContain('Sent by Priya Shah');
      expect(body).toContain('Her daughter is back');
      expect(body).toContain('In touch with the person');
      expect(body).not.toContain('Only for the scheme');
      expect(body).not.toContain('Sam Okoro');
      expect(body).toContain('SNOMED CT: 871731000000106 Referral to social prescribing service');
      expect(body).toContain('Grace Okafor');
      expect(body).toContain('NHS number 999 000 0018');
      const queries = await statementsOf(() => desk.open(`/desk/referrals/${id}`));
      expect(queries.length).toBeLessThanOrEqual(6);
    });

    it.each([
      ['nothing', 'SNOMED CT: nothing to record yet', 'Closed'],
      ['progress', 'Closed: Done', 'What came of it'],
      ['everything', 'What came of it: It helped', 'Only for the scheme'],
    ] as const)('says as much of the end as agreed: %s', async (feedback, says, saysNot) => {
      const { id } = await mine().saying({ feedback }).accepted().allocatedTo(sam).active().closed();
      const body = await shown(`/desk/referrals/${id}`);
      expect(body).toContain(says);
      expect(body).not.toContain(saysNot);
    });

    it('says after the end what happened, and with everything whether a group was joined and how the scores changed', async () => {
      const told = async (feedback: 'nothing' | 'progress' | 'everything'): Promise<string> => {
        daysAgo(21);
        const about = { lastName: feedback, phone: '07700 900123', safeToCall: 'yes' } as const;
        const { id, clientId } = await mine().saying({ feedback }).about(about).accepted().allocatedTo(sam);
        daysAgo(20);
        await betony.get(UnitOfWork).run(sam.actor, (tx) => betony.get(ReferralsService).begin(tx, id));
        await answered(id, 'baseline', '2026-11-03', { satisfied: 3, anxious: 7 });
        await joinsAGroup(id, clientId);
        betony.clock.set(TEST_NOW);
        const late = { ...ENDED, noResponseBecause: 'to_be_asked' } as const;
        await betony.get(ReferralsService).close(sam.actor, id, late);
        expect(await shown(`/desk/referrals/${id}`)).not.toContain('at the start');
        // What is answered once it was closed is told as well.
        await answered(id, 'closing', '2026-11-23', { satisfied: 6, anxious: 8 });
        return (await shown(`/desk/referrals/${id}`)).replace(/\s+/g, ' ');
      };
      const everything = await told('everything');
      const [timeline = ''] = /<ol class="betony-timeline">.*?<\/ol>/.exec(everything) ?? [];
      expect(timeline.replace(/<[^>]+>/g, '')).toMatch(
        /Sent by Priya Shah .*2 November.*The scheme took it on .*2 November.*First contact with the person .*3 November.*Closed: Done .*23 November/,
      );
      for (const says of [
        'Since it was sent they joined a group',
        'Life satisfaction: 3 at the start, 6 at the end, of 10 (better)',
        'Anxiety yesterday: 7 at the start, 8 at the end, of 10 (worse)',
        'First contact on Tue, 3 November 2026',
      ])
        expect(everything).toContain(says);
      const progress = await told('progress');
      expect(progress).toContain('First contact with the person');
      const nothing = await told('nothing');
      expect(nothing).not.toContain('First contact');
      expect(nothing).not.toContain('took it on');
      for (const body of [progress, nothing]) {
        expect(body).not.toContain('at the start');
        expect(body).not.toContain('they joined');
      }
    });

    it('names no first contact of somebody whom nobody reached, also where it is opened again, until somebody does', async () => {
      const { id } = await mine().saying({ feedback: 'progress' }).accepted().allocatedTo(sam);
      const referrals = betony.get(ReferralsService);
      await referrals.close(sam.actor, id, { ...ENDED, result: 'not_known', reason: 'could_not_reach' });
      await referrals.reopen(sam.actor, id, { nextOn: '2026-11-30', reason: 'She rang us' });
      expect(await shown(`/desk/referrals/${id}`)).not.toContain('First contact');
      await betony.get(UnitOfWork).run(sam.actor, (tx) => referrals.begin(tx, id));
      expect(await shown(`/desk/referrals/${id}`)).toContain('First contact');
    });

    it('tells whoever sent somebody known, and whose referral was joined, nothing of what was before', async () => {
      const organisation = await anOrganisation(scheme, 'hospice');
      const hospice = await aMember(scheme, 'referrer', { organisation });
      const about = aPerson({ phone: '07700 900123', safeToCall: 'yes' });
      const all = { feedback: 'everything' } as const;
      daysAgo(20);
      const { id: open, clientId } = await aReferral(scheme)
        .from(hospice)
        .saying(all)
        .about(about)
        .accepted()
        .allocatedTo(sam)
        .active();
      await answered(open, 'baseline', '2026-11-03', { satisfied: 3 });
      await joinsAGroup(open, clientId);
      daysAgo(10);
      const { id } = await mine().saying(all).about(about).joinedTo(open);
      betony.clock.set(TEST_NOW);
      await answered(open, 'closing', '2026-11-23', { satisfied: 9 });
      await betony.get(ReferralsService).close(sam.actor, open, ENDED);
      const theirs = (await aPageBrowser(betony, { who: hospice }).open(`/desk/referrals/${open}`)).body;
      for (const says of [
        'Since it was sent they joined a group',
        'Life satisfaction: 3 at the start',
        'First contact',
      ])
        expect(theirs).toContain(says);
      const ours = await shown(`/desk/referrals/${id}`);
      expect(ours).toContain('What came of it: It helped');
      for (const not of ['they joined', 'at the start', 'First contact']) expect(ours).not.toContain(not);
    });

    it('promises no more than its sender will hear', async () => {
      const justSent = async (feedback: 'nothing' | 'progress' | 'everything') =>
        shown(`/desk/referrals/${(await mine().saying({ feedback })).id}?sent`);
      expect(await justSent('everything')).toContain('You will see here what comes of it.');
      expect(await justSent('progress')).toContain('You will see here whether it was taken on');
      const nothing = await justSent('nothing');
      expect(nothing).toContain('you hear nothing more of this referral');
      expect(nothing).not.toContain('You will see here what');
    });

    it('offers nothing more for somebody whom its own organisation said had died, whatever it may hear', async () => {
      for (const feedback of ['nothing', 'progress'] as const) {
        const open = await mine().saying({ feedback }).accepted();
        const ended = await mine().accepted().allocatedTo(sam).active().closed();
        const other = await mine().accepted().allocatedTo(sam).active().closed();
        expect(await shown(`/desk/referrals/${ended.id}`)).toContain('Refer them again');
        for (const { id } of [open, ended]) {
          await desk.send(
            `/desk/referrals/${id}/died`,
            { toldBy: 'Her daughter' },
            `/desk/referrals/${id}/died`,
          );
          const body = await shown(`/desk/referrals/${id}`);
          for (const not of ['Refer them again', 'They have died</a>', 'Withdraw this referral'])
            expect(body).not.toContain(not);
        }
        expect(await shown(`/desk/referrals/${other.id}`)).toContain('Refer them again');
      }
    });

    it('keeps an empty note out and what was typed in', async () => {
      const { id } = await mine();
      const at = `/desk/referrals/${id}`;
      const empty = await desk.send(`${at}/note`, { note: ' ' }, at);
      expect([empty.statusCode, empty.body.includes('href="#note"')]).toEqual([422, true]);
      const manager = await theManager(scheme);
      await betony.get(ReferralsService).decline(manager.actor, id, { reason: 'outside_area' });
      const late = await betony.inject({
        method: 'POST',
        url: `${at}/note`,
        headers: { cookie: priya.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ _csrf: priya.browser.formToken, note: 'Typed too late' }).toString(),
      });
      expect(late.statusCode).toBe(409);
    });

    it('is withdrawn with a reason, once; another reason says whose it is', async () => {
      const { id } = await mine();
      const at = `/desk/referrals/${id}/withdraw`;
      // The reasons stand on its own page, a button each; one that has to be explained, and room, which is not theirs, do not.
      const buttons = [...(await shown(`/desk/referrals/${id}`)).matchAll(/name="reason" value="(\w+)"/g)];
      const reasons = buttons.map(([, reason]) => reason);
      expect(reasons).toContain('person_said_no');
      expect(reasons.filter((one) => ['other', 'no_capacity'].includes(one ?? ''))).toEqual([]);
      expect((await desk.send(at, {})).statusCode).toBe(422);
      const whose = await desk.send(at, { reason: 'other', note: 'Moving in with family' });
      expect([whose.statusCode, whose.body.includes('Moving in with family')]).toEqual([422, true]);
      const done = await desk.send(at, { reason: 'person_said_no', side: 'referrer' });
      expect([done.statusCode, done.headers.location]).toEqual([303, `/desk/referrals/${id}?done=withdrawn`]);
      const body = await shown(`/desk/referrals/${id}?done=withdrawn`);
      expect(body).toContain('Withdrawn by Priya Shah');
      expect(body).toContain('871711000000103');
      expect(body).not.toContain('Withdraw this referral');
    });

    it('that came back says what is missing and is sent again with it', async () => {
      const { id } = await mine().returned();
      const body = await shown(`/desk/referrals/${id}`);
      expect(body).toContain('A telephone number, please');
      expect(body).toContain('How to reach them');
      const at = `/desk/referrals/${id}/send-again`;
      const wrong = await desk.send(at, { couldComeToHarm: 'no', 'client.phone': '12' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('Enter a UK phone number');
      const sent = await desk.send(at, { couldComeToHarm: 'no', 'client.phone': '07700 900123' });
      expect([sent.statusCode, sent.headers.location]).toEqual([303, `/desk/referrals/${id}?done=again`]);
      expect(await shown(`/desk/referrals/${id}`)).not.toContain('This came back to you');
    });

    it('ends once the practice has said that somebody died, and whoever works with them is told', async () => {
      const { id, clientId } = await mine()
        .about({ firstName: 'Grace', lastName: 'Okafor' })
        .accepted()
        .allocatedTo(sam)
        .active();
      const at = `/desk/referrals/${id}`;
      expect(await shown(at)).toContain(`href="${at}/died"`);
      const nothing = await desk.send(`${at}/died/check`, {}, `${at}/died`);
      expect(nothing.statusCode).toBe(422);
      expect(nothing.body).toContain('href="#toldBy"');
      const heard = {
        'diedOn.day': '20',
        'diedOn.month': '11',
        'diedOn.year': '2026',
        toldBy: 'Her daughter',
      };
      const check = await desk.send(`${at}/died/check`, heard, `${at}/died`);
      expect(check.body.replace(/\s+/g, ' ')).toContain('Grace Okafor');
      expect(check.body).toContain('Her daughter');
      // Gone on with after signing in again: looked at once more, it still is that form, which ends once it is done.
      await desk.send('/desk/kept', { ...heard, _path: `${at}/died/check` }, `${at}/died`);
      const _kept = /name="_kept" value="([^"]+)"/.exec((await desk.open('/desk/kept')).body)?.[1] ?? '';
      const goneOn = await desk.send(`${at}/died/check`, { ...heard, _kept }, `${at}/died`);
      expect([_kept === '', goneOn.body.includes(`name="_kept" value="${_kept}"`)]).toEqual([false, true]);
      const deaths = () =>
        rowsOf<{ day: string | null; owner: string | null; kind: string | null }>(
          scheme,
          sql`
            select c.died_on::text as day, t.audience_id as owner, t.kind from client c
            left join task t on t.scheme_id = c.scheme_id and t.client_id = c.id and t.kind = 'death_told'
              and t.ended_at is null
            where c.id = ${clientId}`,
        );
      expect(await deaths()).toEqual([{ day: null, owner: null, kind: null }]);
      const done = await desk.send(`${at}/died`, { ...heard, _kept }, `${at}/died`);
      expect(done.headers.location).toBe(`${at}?done=died`);
      expect(await deaths()).toEqual([
        { day: '2026-11-20', owner: sam.actor.membershipId, kind: 'death_told' },
      ]);
      expect((await desk.open('/desk/kept')).body).not.toContain('Her daughter');
      expect(await shown(`${at}?done=died`)).toContain('Nobody rings or writes to them any more.');
      const again = await desk.send(`${at}/died`, heard, `${at}/died`);
      expect([again.statusCode, again.body.includes('recorded already')]).toEqual([409, true]);
      // Told by mistake: a manager takes it back, and nobody is sent to read it any more.
      await betony
        .get(ClientsService)
        .reverseDeath((await theManager(scheme)).actor, clientId, 'She rang us');
      expect(await deaths()).toEqual([{ day: null, owner: null, kind: null }]);
      // Whoever works with them need not be told what they wrote down themselves.
      await betony.get(ClientsService).recordDeath(sam.actor, clientId, { toldBy: 'Her daughter' });
      expect(await deaths()).toMatchObject([{ kind: null }]);
    });

    it('of another practice is not there', async () => {
      const other = await aMember(await aScheme(betony), 'referrer');
      const { id } = await mine();
      const answer = await aPageBrowser(betony, { who: other }).open(`/desk/referrals/${id}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.body).toContain('somebody who is not in your reach');
      expect(answer.body).toContain('href="/desk">Go to where you begin');
    });
  });

  describe('somebody referred before by the same practice', () => {
    const typed = (person: ReturnType<typeof aPerson>): Record<string, string> => ({
      couldComeToHarm: 'no',
      'client.firstName': person.firstName,
      'client.lastName': person.lastName,
      'client.dateOfBirth.day': '02',
      'client.dateOfBirth.month': '03',
      'client.dateOfBirth.year': '1951',
      'client.phone': '07700 900123',
      'client.safeToCall': 'yes',
      reasons: 'loneliness',
      noKnownRisks: 'yes',
      feedback: 'progress',
      agreed: 'in_person',
      'agreement.agreedOn.day': '23',
      'agreement.agreedOn.month': '11',
      'agreement.agreedOn.year': '2026',
    });

    it('is shown beside what was typed, with what differs; a note or "somebody else" are one click away', async () => {
      const person = { ...aPerson(), dateOfBirth: '1951-03-02' };
      const { id } = await mine().about(person);
      const answer = await desk.send('/desk/refer', typed(person));
      expect(answer.statusCode).toBe(409);
      expect(answer.body).toContain('Is this the same person?');
      expect(answer.body).toContain(`href="/desk/referrals/${id}#add"`);
      expect(answer.body.match(/<mark>/g)).toHaveLength(2);
      const other = await desk.send('/desk/refer', { ...typed(person), differentPerson: 'yes' });
      expect(other.statusCode).toBe(303);
    });

    it('by NHS number leads to the open referral; of another practice nothing is shown', async () => {
      const person = { ...aPerson(), dateOfBirth: '1951-03-02' };
      const known = { ...typed(person), 'client.nhsNumber': person.nhsNumber ?? '' };
      const hospice = await aMember(scheme, 'referrer', {
        organisation: await anOrganisation(scheme, 'hospice'),
      });
      const { id } = await mine().about(person);
      expect((await aPageBrowser(betony, { who: hospice }).send('/desk/refer', known)).statusCode).toBe(303);
      const answer = await desk.send('/desk/refer', known);
      expect(answer.statusCode).toBe(409);
      expect(answer.body).toContain(`Your organisation referred ${person.firstName} ${person.lastName}`);
      expect(answer.body).toContain(`href="/desk/referrals/${id}#add"`);
    });
  });

  it('shows what is kept of the practice, and who changes it', async () => {
    const body = await shown('/desk/practice');
    expect(body).toContain('Our practice');
    expect(body).toContain(`Ask ${scheme.name}`);
  });

  it('lets the practice say how it is reached, and nothing of what it is', async () => {
    const kept = async () => {
      const [row] = await rowsOf(
        scheme,
        sql`select name, phone, email, feedback_email as feedback, version from organisation
          where id = ${priya.actor.organisationId}`,
      );
      return row;
    };
    const send = (body: Record<string, string>, who = priya) =>
      betony.inject({
        method: 'POST',
        url: '/desk/practice',
        headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
      });
    const { name, version } = { name: '', version: 0, ...(await kept()) };
    const given = { phone: '01255 700 900', email: '', feedbackEmail: 'post@example.org' };
    const wrong = await send({ ...given, feedbackEmail: 'nowhere', _version: String(version) });
    expect([wrong.statusCode, wrong.body.includes('value="nowhere"')]).toEqual([422, true]);
    const right = await send({ ...given, _version: String(version) });
    expect(right.headers.location).toBe('/desk/practice?saved=yes');
    expect(await kept()).toMatchObject({ name, email: null, feedback: 'post@example.org' });
    // A colleague who began before that is told, and keeps what they typed.
    const stale = await send({ ...given, phone: '01255 700 901', _version: String(version) }, colleague);
    expect(stale.statusCode).toBe(412);
    expect(stale.body).toMatch(/value="01255 700 ?901"/);
    const named = await send({ ...given, name: 'Another', _version: String(version + 1) });
    expect([named.statusCode, await kept()]).toMatchObject([422, { name }]);
    expect((await send(given, sam)).statusCode).toBe(403);
  });

  it('lets the practice say how it hears and who answers for it, somebody of its own', async () => {
    const address = 'post@example.org';
    const versionOf = async () => {
      const [row] = await rowsOf<{ version: number }>(
        scheme,
        sql`select version from organisation where id = ${priya.actor.organisationId}`,
      );
      return row;
    };
    const elsewhere = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    const given = async (contact: TestMember, feedbackBy = 'none') => ({
      _version: String((await versionOf())?.version),
      phone: '',
      email: '',
      feedbackEmail: address,
      feedbackBy,
      weekly: 'no',
      contactId: contact.actor.membershipId,
    });
    const foreign = await desk.send('/desk/practice', await given(elsewhere));
    expect([foreign.statusCode, foreign.body.includes('Choose somebody who works with you now')]).toEqual([
      422,
      true,
    ]);
    expect((await desk.send('/desk/practice', await given(colleague))).headers.location).toBe(
      '/desk/practice?saved=yes',
    );
    const body = await shown('/desk/practice');
    expect(body).toContain('Not by e-mail: we read it here');
    expect(body).toMatch(/<option value="[\w-]{36}" selected>Dr Ali</);
    await desk.send('/desk/practice', await given(colleague, 'email'));
    expect(await shown('/desk/practice')).toContain(`Messages to ${address} name nobody`);
    await rowsOf(
      scheme,
      sql`insert into secure_address (scheme_id, organisation_id, email, added_at)
        values (${scheme.id}, ${priya.actor.organisationId}, ${address}, ${TEST_NOW})`,
    );
    expect(await shown('/desk/practice')).toContain('carry name, date of birth and NHS number');
    // Whoever answers and has left answers no more.
    await rowsOf(
      scheme,
      sql`update membership set ended_at = ${TEST_NOW} where id = ${colleague.actor.membershipId}`,
    );
    expect(await shown('/desk/practice')).toContain('Nobody in particular');
  });
});
