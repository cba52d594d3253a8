import sql from 'sql-template-tag';
import type { ContactView, RestrictedSectionView } from '../../../src/caseload/contact.dto.js';
import type { TimelineItem } from '../../../src/caseload/timeline.dto.js';
import type { Page } from '../../../src/platform/http/pagination.js';
import { aCase } from '../../factories/caseload.js';
import { insertRow, inScheme } from '../../factories/episodes.js';
import { aCase as aSentCase, aGroup, anOffer } from '../../factories/onward.js';
import { aReferral, theSender } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, eventsAbout, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const RESTRICTED = 'Her husband must not know. שלום 🔒';
const SAFETY = 'Ring first: there is a dog';
const CAN_ASK = 'The person can ask to read this';
const CALL = { kind: 'phone', outcome: 'reached', nextOn: '2026-11-30' };

describe('what a contact keeps apart, what follows three tries, and the timeline', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let kim: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
    manager = await aMember(scheme, 'scheme_manager');
    await inScheme(scheme, (tx) =>
      insertRow(tx, 'cover', {
        scheme_id: scheme.id,
        id: '01980000-0000-7000-8000-000000000001',
        worker_id: sam.actor.membershipId,
        cover_id: kim.actor.membershipId,
        reason: 'leave',
        starts_on: '2026-11-23',
        ends_on: '2026-11-24',
        created_by: sam.actor.membershipId,
        created_at: tx.now,
      }),
    );
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const post = (path: string, payload: object, member = sam) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: member.headers });
  const read = (path: string, member = sam) =>
    betony.inject({ url: `/api/v1/${path}`, headers: member.headers });
  const logged = async (referralId: string, payload: object = {}, member = sam): Promise<ContactView> => {
    const answer = await post(`referrals/${referralId}/contacts`, { ...CALL, ...payload }, member);
    expect([answer.statusCode, answer.json()]).toEqual([201, expect.objectContaining({ referralId })]);
    return answer.json<ContactView>();
  };
  const BOTH = {
    note: 'Talked for an hour',
    sections: [
      { kind: 'restricted', words: RESTRICTED },
      { kind: 'safety', words: SAFETY },
    ],
  };
  const wordsOf = ({ sections }: ContactView) =>
    sections.map(({ kind, words, notice }) => [kind, words, notice]);

  describe('restricted words and safety items', () => {
    it('are read whole by their author; a cover reads what keeps people safe, and that there is more', async () => {
      const { referralId } = await aCase(scheme, sam);
      const contact = await logged(referralId, BOTH);
      const whole = [
        ['restricted', RESTRICTED, CAN_ASK],
        ['safety', SAFETY, null],
      ];
      const closed = [
        ['restricted', null, CAN_ASK],
        ['safety', SAFETY, null],
      ];
      expect(wordsOf(contact)).toEqual(whole);
      for (const [who, member, expected] of [
        ['author', sam, whole],
        ['cover', kim, closed],
        ['manager', manager, closed],
      ] as const) {
        const one = (await read(`contacts/${contact.id}`, member)).json<ContactView>();
        const [listed] = (await read(`referrals/${referralId}/contacts`, member)).json<Page<ContactView>>()
          .items;
        expect([who, wordsOf(one)]).toEqual([who, expected]);
        expect([who, listed && wordsOf(listed)]).toEqual([who, expected]);
      }
    });

    it('are opened by a manager who says why, which is on record, and by nobody else', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const contact = await logged(referralId, BOTH);
      const open = (member: TestMember, payload: object) =>
        post(`contacts/${contact.id}/read-restricted`, payload, member);
      const reason = 'A complaint about this visit';
      expect((await open(kim, { reason })).statusCode).toBe(403);
      expect((await open(manager, { reason: 'why not' })).json()).toMatchObject({
        status: 422,
        errors: [{ field: 'reason' }],
      });
      expect(
        (await open(await aMember(await aScheme(betony), 'scheme_manager'), { reason })).statusCode,
      ).toBe(404);
      const opened = await open(manager, { reason });
      expect(opened.statusCode).toBe(200);
      expect(opened.json<RestrictedSectionView[]>().map(({ words, notice }) => [words, notice])).toEqual([
        [RESTRICTED, CAN_ASK],
        [SAFETY, CAN_ASK],
      ]);
      const kept = await rowsOf(
        scheme,
        sql`select reason, reader_id from contact_reading where contact_id = ${contact.id}`,
      );
      expect(kept).toEqual([{ reason, reader_id: manager.actor.membershipId }]);
      expect((await auditOf(scheme, contact.id)).map(({ action }) => action)).toContain(
        'contact.readRestricted',
      );
      const [reading] = await rowsOf<{ id: string }>(
        scheme,
        sql`select id from contact_reading where contact_id = ${contact.id}`,
      );
      expect(await auditOf(scheme, reading?.id ?? '')).toMatchObject([
        { action: 'contact.readRestricted', actor_id: manager.actor.membershipId, client_ids: [clientId] },
      ]);
      // Opened once: the next look needs a reason again.
      expect(wordsOf((await read(`contacts/${contact.id}`, manager)).json())[0]).toEqual([
        'restricted',
        null,
        CAN_ASK,
      ]);
    });

    it('are put right with a trail, restricted ones by their author alone, and are in no history', async () => {
      const { referralId } = await aCase(scheme, sam);
      const contact = await logged(referralId, BOTH);
      const [restricted, safety] = contact.sections;
      const amend = (id: string | undefined, payload: object, member = sam) =>
        post(`contacts/${contact.id}/sections/${id ?? ''}/amend`, payload, member);
      expect((await amend(restricted?.id, { words: 'Other', reason: 'Odd' }, kim)).json()).toMatchObject({
        status: 409,
        title: 'not-yours',
      });
      const byCover = await amend(safety?.id, { words: 'Two dogs', reason: 'I was there' }, kim);
      expect(byCover.json()).toMatchObject({ version: 2, amended: true });
      const taken = await amend(restricted?.id, { words: null, reason: 'She asked' });
      expect(wordsOf(taken.json())).toEqual([['safety', 'Two dogs', null]]);
      expect((await amend(restricted?.id, { words: 'Again', reason: 'Gone' })).statusCode).toBe(404);
      const history = (await read(`contacts/${contact.id}/history`)).body;
      expect(history).toContain('She asked');
      for (const words of [RESTRICTED, SAFETY, 'Two dogs']) expect(history).not.toContain(words);
      const all = await post(
        `contacts/${contact.id}/read-restricted`,
        { reason: 'What was taken away' },
        manager,
      );
      expect(
        all.json<RestrictedSectionView[]>().map(({ words, endedBecause }) => [words, endedBecause]),
      ).toEqual([
        [RESTRICTED, 'She asked'],
        [SAFETY, 'I was there'],
        ['Two dogs', null],
      ]);
    });

    it('are added later by whoever has the person in hand, five at most', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await logged(referralId);
      for (let n = 1; n <= 5; n++) {
        const answer = await post(
          `contacts/${id}/sections`,
          { kind: 'safety', words: `Item ${String(n)}` },
          kim,
        );
        expect(answer.statusCode).toBe(201);
      }
      expect((await post(`contacts/${id}/sections`, { kind: 'safety', words: 'Item 6' })).statusCode).toBe(
        409,
      );
    });

    it('never change in the database either', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { sections } = await logged(referralId, BOTH);
      const change = inScheme(scheme, (tx) =>
        tx.run(sql`update contact_section set words = 'Quietly' where id = ${sections[0]?.id}`),
      );
      await expect(change).rejects.toThrow('never change');
    });
  });

  describe('a note', () => {
    it.each([
      ['right to left with emoji', 'لا يسمع جيدا 👨‍👩‍👧‍👦 \u200fשלום\u200e ok'],
      ['as long as may be', '🌻 é\n'.repeat(3333)],
      ['as many flowers as there may be letters', '🌻'.repeat(20_000)],
    ])('%s comes back to the byte', async (_name, note) => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await logged(referralId, { note });
      expect((await read(`contacts/${id}`)).json()).toMatchObject({ note: note.normalize('NFC').trim() });
    });

    it.each([
      ['200 kB', 'a'.repeat(200 * 1024), 'Use 20000 characters or fewer'],
      ['one flower too many', '🌻'.repeat(20_001), 'Use 20000 characters or fewer'],
      ['control characters', 'A bell \u0007 rang', 'Remove characters that cannot be shown'],
      ['marks of our own', '\uE002=1+1', 'Remove characters that cannot be shown'],
      ['a zero byte', 'A\u0000B', 'Remove characters that cannot be shown'],
    ])('of %s is refused in words, and what was there stays', async (_name, note, message) => {
      const { referralId } = await aCase(scheme, sam);
      const refused = await post(`referrals/${referralId}/contacts`, { ...CALL, note });
      expect(refused.json()).toMatchObject({ status: 422, errors: [{ field: 'note', message }] });
      const hidden = await post(`referrals/${referralId}/contacts`, {
        ...CALL,
        sections: [{ kind: 'restricted', words: note }],
      });
      expect(hidden.json()).toMatchObject({ status: 422, errors: [{ field: 'sections.0.words', message }] });
      const { id } = await logged(referralId, { note: 'Kept' });
      const amended = await betony.inject({
        method: 'PATCH',
        url: `/api/v1/contacts/${id}`,
        payload: { note, reason: 'Longer' },
        headers: { ...sam.headers, 'if-match': '"v1"' },
      });
      expect(amended.json()).toMatchObject({ status: 422, errors: [{ field: 'note' }] });
      expect((await read(`contacts/${id}`)).json()).toMatchObject({ note: 'Kept', version: 1 });
    });
  });

  describe('after three tries without an answer', () => {
    const choose = (referralId: string, payload: object, member = sam) =>
      post(`referrals/${referralId}/unreached-choice`, payload, member);
    /** As in life: each try logged, so that its reminder is there. */
    const triedOf = async (referralId: string, times = 3): Promise<string> => {
      for (let n = 0; n < times; n++) {
        betony.clock.advance({ minutes: 5 });
        await logged(referralId, { outcome: 'no_answer' });
      }
      return referralId;
    };
    const waiting = async (referralId: string) =>
      (
        await rowsOf<{ kind: string }>(
          scheme,
          sql`select kind from reminder where subject_id = ${referralId} and state = 'waiting'
            and kind in ('third_unreached', 'write_letter', 'send_text', 'ask_practice')`,
        )
      ).map(({ kind }) => kind);

    it.each([
      ['letter', { safeToWrite: 'yes', address: '1 Mill Lane' }, 'write_letter'],
      ['text', { safeToText: 'yes', phone: '07700 900123' }, 'send_text'],
    ])('%s makes the task, and the next contact ends it', async (choice, person, kind) => {
      const { referralId } = await aCase(scheme, sam).person(person as object);
      await triedOf(referralId);
      expect(await waiting(referralId)).toEqual(['third_unreached']);
      const answer = await choose(referralId, { choice, note: 'Mornings' });
      expect([answer.statusCode, answer.json()]).toEqual([
        201,
        expect.objectContaining({ choice, note: 'Mornings', by: 'Sam Okoro', follows: expect.any(String) }),
      ]);
      expect(await waiting(referralId)).toEqual([kind]);
      betony.clock.advance({ minutes: 5 });
      await logged(referralId, { kind: choice, outcome: 'message_left' });
      expect(await waiting(referralId)).toEqual([]);
      expect(await eventsAbout(scheme, referralId)).toContain('contact.nextChosen');
    });

    it('asks the practice that referred, where it may hear of them', async () => {
      const sender = await theSender(scheme);
      const { id } = await aReferral(scheme).from(sender).accepted().allocatedTo(sam);
      await triedOf(id);
      expect((await choose(id, { choice: 'ask_practice' })).statusCode).toBe(201);
      expect(await waiting(id)).toEqual(['ask_practice']);

      const silent = await aReferral(scheme).from(sender).accepted().allocatedTo(sam);
      await post(`referrals/${silent.id}/feedback`, { feedback: 'nothing' });
      await triedOf(silent.id);
      expect((await choose(silent.id, { choice: 'ask_practice' })).json()).toMatchObject({ status: 409 });
      expect(await waiting(silent.id)).toEqual(['third_unreached']);
    });

    it('closes as could not reach, in the same step', async () => {
      const { referralId } = await aCase(scheme, sam);
      await triedOf(referralId);
      const answer = await choose(referralId, { choice: 'close', noResponseBecause: 'could_not_reach' });
      expect(answer.statusCode).toBe(201);
      expect((await read(`referrals/${referralId}`)).json()).toMatchObject({
        state: 'closed',
        ending: { reason: 'could_not_reach' },
      });
      expect((await choose(referralId, { choice: 'letter' })).json()).toMatchObject({
        status: 409,
        from: 'closed',
      });
    });

    it.each<[string, object, object]>([
      ['a text nobody called safe', { choice: 'text' }, { safeToText: 'not_asked' }],
      ['a letter that is not safe', { choice: 'letter' }, { safeToWrite: 'no' }],
      ['a letter without an address', { choice: 'letter' }, { safeToWrite: 'yes', address: null }],
      ['a practice where nobody referred', { choice: 'ask_practice' }, {}],
    ])('refuses %s, saying why', async (_name, payload, person) => {
      const { referralId } = await aCase(scheme, sam).person(person).unreached(3);
      const answer = await choose(referralId, payload);
      expect(answer.json()).toMatchObject({ status: 409, because: expect.any(String) });
      expect(
        await rowsOf(scheme, sql`select 1 from unreached_choice where referral_id = ${referralId}`),
      ).toEqual([]);
    });

    it('is for after three, and not for somebody who was reached', async () => {
      const { referralId } = await aCase(scheme, sam).unreached(2);
      expect((await choose(referralId, { choice: 'close' })).json()).toMatchObject({ status: 409 });
      expect((await choose(referralId, { choice: 'pigeon' })).json()).toMatchObject({
        status: 422,
        errors: [{ field: 'choice' }],
      });
      expect(
        (await choose(referralId, { choice: 'letter' }, await aMember(scheme, 'link_worker'))).statusCode,
      ).toBe(404);
    });
  });

  describe('the timeline', () => {
    it('shows contacts, moves, offers, plans and appointments in order, page by page, on record', async () => {
      const grace = await aSentCase(scheme, { worker: sam });
      const { referralId, clientId } = grace;
      const steps: [string, object][] = [
        ['contacts', { ...CALL, ...BOTH }],
        ['plan', { goals: [{ words: 'Company', importance: 8 }] }],
        ['appointments', { kind: 'phone', on: '2026-12-01', time: '10:00', minutes: 30 }],
      ];
      for (const [path, payload] of steps) {
        betony.clock.advance({ minutes: 10 });
        expect((await post(`referrals/${referralId}/${path}`, payload)).statusCode).toBe(201);
      }
      await anOffer(scheme, grace, await aGroup(scheme));
      const seen: TimelineItem[] = [];
      let after: string | null = null;
      do {
        const query: string = after === null ? 'limit=3' : `limit=3&after=${after}`;
        const page = (await read(`clients/${clientId}/timeline?${query}`)).json<Page<TimelineItem>>();
        seen.push(...page.items);
        after = page.next;
      } while (after !== null);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
      expect(seen.map(({ at }) => String(at))).toEqual(
        seen
          .map(({ at }) => String(at))
          .sort()
          .reverse(),
      );
      const told = seen.map(({ what, action }) => `${what} ${action}`);
      for (const one of [
        'contact reached',
        'referral begin',
        'plan make',
        'appointment make',
        'offer offer',
      ]) {
        expect(told).toContain(one);
      }
      expect(told).not.toContain('referral setNext');
      expect(seen.find(({ what }) => what === 'contact')).toMatchObject({
        words: 'Talked for an hour',
        by: 'Sam Okoro',
      });
      expect(JSON.stringify(seen)).not.toContain(RESTRICTED);
      expect(
        (await auditOf(scheme, clientId)).filter(({ action }) => action === 'timeline.list'),
      ).toHaveLength(Math.ceil(seen.length / 3));
      expect((await read(`clients/${clientId}/timeline`, kim)).statusCode).toBe(200);
      const stranger = await aMember(scheme, 'link_worker');
      expect((await read(`clients/${clientId}/timeline`, stranger)).statusCode).toBe(404);
      expect((await read(`clients/${clientId}/timeline?after=x`)).statusCode).toBe(422);
    });
  });
});
