import sql from 'sql-template-tag';
import type { ContactHistoryView, ContactView } from '../../../src/caseload/contact.dto.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import type { Page } from '../../../src/platform/http/pagination.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, countRows, eventsAbout, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const CALL = { kind: 'phone', outcome: 'reached', nextOn: '2026-11-30' };
const WRITTEN = [
  sql`contact`,
  sql`contact_history`,
  sql`audit_entry`,
  sql`outbox`,
  sql`referral_history`,
  sql`client_history`,
];

describe('contacts', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const log = (referralId: string, payload: object, member = sam, headers: Record<string, string> = {}) =>
    betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${referralId}/contacts`,
      payload,
      headers: { ...member.headers, ...headers },
    });
  const logged = async (referralId: string, payload: object = {}): Promise<ContactView> => {
    const answer = await log(referralId, { ...CALL, ...payload });
    expect(answer.json()).toMatchObject({ referralId });
    expect(answer.statusCode).toBe(201);
    return answer.json<ContactView>();
  };
  const read = (path: string, member = sam) =>
    betony.inject({ url: `/api/v1/${path}`, headers: member.headers });
  const amend = (id: string, payload: object, etag: string | null = '"v1"', member = sam) =>
    betony.inject({
      method: 'PATCH',
      url: `/api/v1/contacts/${id}`,
      payload,
      headers: { ...member.headers, ...(etag === null ? {} : { 'if-match': etag }) },
    });
  const referralOf = async (id: string) =>
    (
      await rowsOf<{ state: string; next_at: Date; next_kind: string }>(
        scheme,
        sql`select state, next_at, next_kind from referral where scheme_id = ${scheme.id} and id = ${id}`,
      )
    )[0];
  const safeOf = async (clientId: string) =>
    (
      await rowsOf<Record<string, string>>(
        scheme,
        sql`select safe_to_call as call, safe_to_text as text, safe_to_leave_message as message, safe_to_email as email,
            safe_to_write as write
          from client where scheme_id = ${scheme.id} and id = ${clientId}`,
      )
    )[0];

  describe('logging', () => {
    it('keeps what was said, sets the next date and begins the referral, all in one', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const contact = await logged(referralId, {
        at: '2026-11-23T09:40:00Z',
        minutes: 25,
        note: 'Talked about the garden. شكرا 🌱',
      });
      expect(contact).toEqual({
        id: expect.any(String),
        version: 1,
        referralId,
        kind: 'phone',
        outcome: 'reached',
        reached: true,
        at: '2026-11-23T09:40:00.000Z',
        minutes: 25,
        note: 'Talked about the garden. شكرا 🌱',
        sections: [],
        nextOn: '2026-11-30',
        unreachedInARow: 0,
        loggedBy: 'Sam Okoro',
        loggedAt: '2026-11-23T10:00:00.000Z',
        amended: false,
      });
      expect(await referralOf(referralId)).toEqual({
        state: 'active',
        next_at: new Date('2026-11-30T09:00:00Z'),
        next_kind: 'next_contact',
      });
      expect((await read(`contacts/${contact.id}/history`)).json()).toMatchObject([
        { action: 'log', by: 'Sam Okoro', reason: null, changes: {} },
      ]);
      expect(await auditOf(scheme, contact.id)).toMatchObject([
        { action: 'contact.log', actor_id: sam.actor.membershipId, client_ids: [clientId] },
        { action: 'contact.list', client_ids: [clientId] },
        { action: 'contact.list', client_ids: [clientId] },
      ]);
      expect(await eventsAbout(scheme, contact.id)).toEqual(['contact.logged']);
    });

    it('leaves a referral nobody answered where it was, with a new date for the first contact', async () => {
      const { referralId } = await aCase(scheme, sam);
      await logged(referralId, { outcome: 'no_answer', nextOn: '2026-11-23' });
      expect(await referralOf(referralId)).toEqual({
        state: 'allocated',
        next_at: new Date('2026-11-23T09:00:00Z'),
        next_kind: 'first_contact',
      });
    });

    it('moves the day to resume while on hold, and nothing else', async () => {
      const { referralId } = await aCase(scheme, sam).begun().onHold();
      await logged(referralId, { kind: 'letter', outcome: 'message_left', nextOn: '2027-01-04' });
      expect(await referralOf(referralId)).toEqual({
        state: 'on_hold',
        next_at: new Date('2027-01-04T09:00:00Z'),
        next_kind: 'resume',
      });
    });

    it('takes today from the clock in London', async () => {
      const { referralId } = await aCase(scheme, sam);
      betony.clock.set('2027-06-30T23:30:00Z');
      expect((await log(referralId, { ...CALL, nextOn: '2027-06-30' })).statusCode).toBe(422);
      expect((await log(referralId, { ...CALL, nextOn: '2027-07-01' })).statusCode).toBe(201);
      expect((await referralOf(referralId))?.next_at).toEqual(new Date('2027-07-01T08:00:00Z'));
    });

    it('is done once for one Idempotency-Key', async () => {
      const { referralId } = await aCase(scheme, sam);
      const key = { 'idempotency-key': newId() };
      const [one, two] = [await log(referralId, CALL, sam, key), await log(referralId, CALL, sam, key)];
      expect(two.statusCode).toBe(201);
      expect(two.json().id).toBe(one.json().id);
      expect((await read(`referrals/${referralId}/contacts`)).json().items).toHaveLength(1);
    });

    it('lets a cover log for an absent colleague, and stops with the cover', async () => {
      const { referralId } = await aCase(scheme, sam);
      const kim = await aMember(scheme, 'link_worker');
      expect((await log(referralId, CALL, kim)).statusCode).toBe(404);
      const cover = newId();
      await coverRow(cover, sam, kim);
      expect((await log(referralId, CALL, kim)).statusCode).toBe(201);
      betony.clock.advance({ days: 2 });
      expect((await log(referralId, CALL, kim)).statusCode).toBe(404);
    });

    const coverRow = async (id: string, worker: TestMember, cover: TestMember): Promise<void> => {
      await betony.get(UnitOfWork).run(worker.actor, (tx) =>
        tx.run(sql`
          insert into cover (scheme_id, id, worker_id, cover_id, reason, starts_on, ends_on, created_by, created_at)
          values (${scheme.id}, ${id}, ${worker.actor.membershipId}, ${cover.actor.membershipId}, 'leave', '2026-11-23',
            '2026-11-24', ${worker.actor.membershipId}, ${tx.now})`),
      );
    };
  });

  describe('a wrong number', () => {
    it.each([
      ['phone', { call: 'no', text: 'no', message: 'no', email: 'not_asked', write: 'not_asked' }],
      ['text', { call: 'no', text: 'no', message: 'no', email: 'not_asked', write: 'not_asked' }],
      [
        'email',
        { call: 'not_asked', text: 'not_asked', message: 'not_asked', email: 'no', write: 'not_asked' },
      ],
      [
        'letter',
        { call: 'not_asked', text: 'not_asked', message: 'not_asked', email: 'not_asked', write: 'no' },
      ],
    ])('by %s switches off what uses it, in the same transaction', async (kind, safe) => {
      const { referralId, clientId } = await aCase(scheme, sam);
      await logged(referralId, { kind, outcome: 'wrong_number' });
      expect(await safeOf(clientId)).toEqual(safe);
      expect(await eventsAbout(scheme, clientId)).toContain('client.channelSwitchedOff');
    });

    it('found out later switches it off when the contact is put right', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const { id } = await logged(referralId, { outcome: 'no_answer' });
      expect(await safeOf(clientId)).toMatchObject({ call: 'not_asked' });
      expect((await amend(id, { outcome: 'wrong_number', reason: 'A stranger rang back' })).statusCode).toBe(
        200,
      );
      expect(await safeOf(clientId)).toMatchObject({
        call: 'no',
        text: 'no',
        message: 'no',
        email: 'not_asked',
      });
    });

    it.each(['visit', 'video', 'meeting', 'drop_in'])('is refused for a %s', async (kind) => {
      const { referralId } = await aCase(scheme, sam);
      const answer = await log(referralId, { ...CALL, kind, outcome: 'wrong_number' });
      expect(answer.statusCode).toBe(422);
      expect(answer.json().errors).toMatchObject([{ field: 'outcome' }]);
    });
  });

  describe('three in a row without an answer', () => {
    it('is counted, told once, and starts again when somebody is reached', async () => {
      const { referralId } = await aCase(scheme, sam);
      const outcomes = [
        'no_answer',
        'message_left',
        'wrong_number',
        'no_answer',
        'reached',
        'no_answer',
        'no_answer',
        'no_answer',
      ];
      const counts: number[] = [];
      const told: number[] = [];
      for (const outcome of outcomes) {
        betony.clock.advance({ minutes: 5 });
        counts.push((await logged(referralId, { outcome })).unreachedInARow);
        const events = await eventsAbout(scheme, referralId);
        told.push(events.filter((event) => event === 'contact.thirdUnreached').length);
      }
      expect(counts).toEqual([1, 2, 3, 4, 0, 1, 2, 3]);
      expect(told).toEqual([0, 0, 1, 1, 1, 1, 1, 2]);
    });

    it('counts one that was logged late where it belongs', async () => {
      const { referralId } = await aCase(scheme, sam).unreached(2);
      await logged(referralId, { at: '2026-11-09T18:00:00Z' });
      const { items } = (await read(`referrals/${referralId}/contacts`)).json<{ items: ContactView[] }>();
      expect(items.map((contact) => [contact.at, contact.unreachedInARow])).toEqual([
        ['2026-11-10T10:00:00.000Z', 1],
        ['2026-11-09T18:00:00.000Z', 0],
        ['2026-11-09T10:00:00.000Z', 1],
      ]);
    });
  });

  describe('putting right', () => {
    it('keeps what it said before, who changed it and why', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const { id } = await logged(referralId, { note: 'Rang her daughter', minutes: 10 });
      const kim = await aMember(scheme, 'scheme_manager', { name: 'Kim Lee' });
      const answer = await amend(
        id,
        { note: 'Rang Grace', minutes: null, at: '2026-11-20T14:00:00+00:00', reason: 'Mixed up two calls' },
        '"v1"',
        kim,
      );
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['etag']).toBe('"v2"');
      expect(answer.json()).toMatchObject({
        version: 2,
        note: 'Rang Grace',
        minutes: null,
        at: '2026-11-20T14:00:00.000Z',
        kind: 'phone',
        amended: true,
        loggedBy: 'Sam Okoro',
      });
      const history = (await read(`contacts/${id}/history`)).json<ContactHistoryView[]>();
      expect(history).toMatchObject([
        { action: 'log', by: 'Sam Okoro' },
        {
          action: 'amend',
          by: 'Kim Lee',
          reason: 'Mixed up two calls',
          changes: {
            note: { from: 'Rang her daughter', to: 'Rang Grace' },
            minutes: { from: 10, to: null },
            at: { from: '2026-11-23T10:00:00.000Z', to: '2026-11-20T14:00:00.000Z' },
          },
        },
      ]);
      expect(await auditOf(scheme, id)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ action: 'contact.amend', client_ids: [clientId] }),
        ]),
      );
      expect(await eventsAbout(scheme, id)).toEqual(['contact.logged', 'contact.amended']);
    });

    it('begins a referral when it turns out that somebody was reached', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await logged(referralId, { outcome: 'no_answer' });
      await amend(id, { outcome: 'reached', reason: 'Wrong button' });
      expect((await referralOf(referralId))?.state).toBe('active');
    });

    it('asks for a decision when it makes three in a row', async () => {
      const { referralId } = await aCase(scheme, sam).unreached(2);
      const { id } = await logged(referralId);
      await amend(id, { outcome: 'no_answer', reason: 'Wrong button' });
      expect(await eventsAbout(scheme, id)).toContain('contact.thirdUnreached');
    });

    it('refuses a stale version, a missing one and one we never gave', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await logged(referralId);
      const change = { minutes: 5, reason: 'Longer' };
      expect((await amend(id, change, null)).statusCode).toBe(428);
      expect((await amend(id, change, 'W/"v1"')).statusCode).toBe(412);
      expect((await amend(id, change)).statusCode).toBe(200);
      expect((await amend(id, { ...change, minutes: 6 })).statusCode).toBe(412);
      expect((await read(`contacts/${id}`)).json()).toMatchObject({ minutes: 5, version: 2 });
    });

    it('of two at once lets one through', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await logged(referralId);
      const answers = await Promise.all(
        [1, 2, 3, 4].map((minutes) => amend(id, { minutes, reason: 'At the same time' })),
      );
      expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 412, 412, 412]);
      expect((await read(`contacts/${id}/history`)).json()).toHaveLength(2);
    });
  });

  describe('the list', () => {
    it('shows newest first, page by page, without a gap or a repeat', async () => {
      const { referralId } = await aCase(scheme, sam).unreached(5);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const query: string = after === null ? 'limit=2' : `limit=2&after=${after}`;
        const page = (await read(`referrals/${referralId}/contacts?${query}`)).json<Page<ContactView>>();
        seen.push(...page.items.map((contact) => `${String(contact.at)} ${String(contact.unreachedInARow)}`));
        after = page.next;
      } while (after !== null);
      expect(seen).toEqual([
        '2026-11-13T10:00:00.000Z 5',
        '2026-11-12T10:00:00.000Z 4',
        '2026-11-11T10:00:00.000Z 3',
        '2026-11-10T10:00:00.000Z 2',
        '2026-11-09T10:00:00.000Z 1',
      ]);
    });

    it('is empty for a referral without contacts, and tells the audit record who was looked at', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const answer = await read(`referrals/${referralId}/contacts`);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({ items: [], next: null });
      expect(await auditOf(scheme, referralId)).toMatchObject([
        { action: 'contact.list', actor_id: sam.actor.membershipId, client_ids: [clientId] },
      ]);
    });

    it.each(['x', 'WyIyMDI2Il0', Buffer.from('["2026-11-23","no id"]').toString('base64url')])(
      'refuses the cursor %s',
      async (after) => {
        const { referralId } = await aCase(scheme, sam);
        const answer = await read(`referrals/${referralId}/contacts?after=${after}`);
        expect(answer.statusCode).toBe(422);
        expect(answer.json().errors).toMatchObject([{ field: 'after' }]);
      },
    );
  });

  it('follows the person when two records turn out to be one, and goes back when they do not', async () => {
    const manager = await aMember(scheme, 'scheme_manager');
    const kept = await aCase(scheme, sam);
    const merged = await aCase(scheme, sam)
      .person({ nhsNumber: null, noNhsNumberBecause: 'not_known' })
      .begun();
    const { id } = await logged(merged.referralId);
    const shownOf = async () => {
      expect((await read(`contacts/${id}`, manager)).statusCode).toBe(200);
      return (await auditOf(scheme, id)).at(-1)?.client_ids;
    };
    expect(await shownOf()).toEqual([merged.clientId]);
    await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${merged.referralId}/close`,
      payload: { result: 'helped', reason: 'done', mayAskAgain: true },
      headers: sam.headers,
    });
    const join = await betony.inject({
      method: 'POST',
      url: `/api/v1/clients/${kept.clientId}/merge`,
      payload: { mergedId: merged.clientId, reason: 'Same person' },
      headers: manager.headers,
    });
    expect(join.statusCode).toBe(200);
    expect(await shownOf()).toEqual([kept.clientId]);
    const part = await betony.inject({
      method: 'POST',
      url: `/api/v1/clients/${merged.clientId}/unmerge`,
      payload: { reason: 'Two people' },
      headers: manager.headers,
    });
    expect(part.statusCode).toBe(200);
    expect(await shownOf()).toEqual([merged.clientId]);
  });

  describe('what is refused', () => {
    it.each<[string, object, string]>([
      ['no kind', { kind: undefined }, 'kind'],
      ['an unknown kind', { kind: 'pigeon' }, 'kind'],
      ['an unknown outcome', { outcome: 'maybe' }, 'outcome'],
      ['no next date', { nextOn: undefined }, 'nextOn'],
      ['yesterday as next date', { nextOn: '2026-11-22' }, 'nextOn'],
      ['a next date that is none', { nextOn: '2026-11-31' }, 'nextOn'],
      ['a next date in years', { nextOn: '2029-01-01' }, 'nextOn'],
      ['a contact in the future', { at: '2026-11-23T10:00:01Z' }, 'at'],
      ['a contact before the referral', { at: '2026-11-02T09:29:59Z' }, 'at'],
      ['a moment without a zone', { at: '2026-11-23T09:00:00' }, 'at'],
      ['minus one minute', { minutes: -1 }, 'minutes'],
      ['minutes as text', { minutes: '10' }, 'minutes'],
      ['a day of minutes', { minutes: 1440 }, 'minutes'],
      ['a note of 200 kB', { note: 'x'.repeat(200_000) }, 'note'],
      ['a note of 20,001 characters', { note: 'x'.repeat(20_001) }, 'note'],
      ['an empty note', { note: '  ' }, 'note'],
      ['a note with a bell in it', { note: 'ring \u0007' }, 'note'],
      ['half an emoji', { note: 'half \ud83c' }, 'note'],
      ['a note that is a list', { note: ['a'] }, 'note'],
      ['an unknown field', { mood: 'fine' }, 'mood'],
      ['a scheme in the body', { schemeId: newId() }, 'schemeId'],
    ])('%s', async (_name, change, field) => {
      const { referralId } = await aCase(scheme, sam);
      const before = await countRows(scheme, WRITTEN);
      const answer = await log(referralId, { ...CALL, ...change });
      expect(answer.statusCode).toBe(422);
      expect(answer.headers['content-type']).toMatch('application/problem+json');
      const errors = answer.json().errors as { field: string; message: string }[];
      expect(errors.map((error) => error.field)).toEqual([field]);
      expect(errors[0]?.message).toMatch(/^[A-Z].{5,}/);
      expect(await countRows(scheme, WRITTEN)).toEqual(before);
    });

    it('says the limit of a note in words', async () => {
      const { referralId } = await aCase(scheme, sam);
      const answer = await log(referralId, { ...CALL, note: 'x'.repeat(200_000) });
      expect(answer.json().errors).toEqual([{ field: 'note', message: 'Use 20000 characters or fewer' }]);
    });

    it.each<[string, object, string]>([
      ['no reason', { minutes: 5 }, 'reason'],
      ['a change that changes nothing', { kind: 'phone', reason: 'None' }, 'reason'],
      ['a next date, which is the referral’s', { nextOn: '2026-12-01', reason: 'Later' }, 'nextOn'],
      ['a contact moved to the future', { at: '2026-12-01T10:00:00Z', reason: 'Later' }, 'at'],
      ['a wrong number at a meeting', { kind: 'meeting', outcome: 'wrong_number', reason: 'Odd' }, 'outcome'],
    ])('an amendment with %s', async (_name, payload, field) => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await logged(referralId);
      const before = await countRows(scheme, WRITTEN);
      const answer = await amend(id, payload);
      expect(answer.statusCode).toBe(422);
      expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual([field]);
      expect(await countRows(scheme, WRITTEN)).toEqual(before);
    });

    it('a contact for a closed referral, with where it stands', async () => {
      const { referralId } = await aCase(scheme, sam).begun().closed();
      const answer = await log(referralId, CALL);
      expect(answer.statusCode).toBe(409);
      expect(answer.json()).toMatchObject({ from: 'closed', action: 'log', because: expect.any(String) });
    });
  });

  describe('who', () => {
    const ROUTES: [string, (ids: { referral: string; contact: string }, member: TestMember) => unknown][] = [
      ['log', ({ referral }, member) => log(referral, CALL, member)],
      ['list', ({ referral }, member) => read(`referrals/${referral}/contacts`, member)],
      ['get', ({ contact }, member) => read(`contacts/${contact}`, member)],
      ['history', ({ contact }, member) => read(`contacts/${contact}/history`, member)],
      ['amend', ({ contact }, member) => amend(contact, { minutes: 7, reason: 'Longer' }, '"v1"', member)],
    ];
    const statusOf = async (answer: unknown): Promise<number> =>
      ((await answer) as { statusCode: number }).statusCode;

    it.each(ROUTES)('may %s', async (_name, route) => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await logged(referralId);
      const ids = { referral: referralId, contact: id };
      const elsewhere = await aScheme(betony);
      const refused: [string, TestMember, number][] = [
        ['another worker', await aMember(scheme, 'link_worker'), 404],
        ['a worker of another scheme', await aMember(elsewhere, 'link_worker'), 404],
        ['a manager of another scheme', await aMember(elsewhere, 'scheme_manager'), 404],
        ['a referrer', await aMember(scheme, 'referrer'), 403],
        ['a group', await aMember(scheme, 'provider_member'), 403],
        ['a commissioner', await aMember(scheme, 'commissioner'), 403],
        ['an administrator', await aMember(scheme, 'administrator'), 403],
      ];
      const before = await countRows(scheme, [sql`contact`, sql`contact_history`, sql`audit_entry`]);
      for (const [who, member, status] of refused) {
        expect([who, await statusOf(route(ids, member))]).toEqual([who, status]);
      }
      const stranger: TestMember = { ...sam, headers: { authorization: 'Bearer nobody' } };
      expect(await statusOf(route(ids, stranger))).toBe(401);
      expect(await statusOf(route({ referral: newId(), contact: newId() }, sam))).toBe(404);
      expect(await statusOf(route({ referral: 'x', contact: 'x' }, sam))).toBe(404);
      expect(await countRows(scheme, [sql`contact`, sql`contact_history`, sql`audit_entry`])).toEqual(before);
      for (const member of [await aMember(scheme, 'scheme_manager'), sam]) {
        expect([200, 201, 412]).toContain(await statusOf(route(ids, member)));
      }
    });
  });
});
