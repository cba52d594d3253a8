import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { publicActor, systemActor } from '../../../src/platform/actor/actor.types.js';
import { AGREED_HOW } from '../../../src/clients/agreement.types.js';
import { ReminderTicks } from '../../../src/reminders/reminders.ticks.js';
import { Stories } from '../../../src/stories/stories.service.js';
import {
  CONSENT_ENDINGS,
  PRINTING_ENDS,
  STORY_BASES,
  STORY_DECISIONS,
  STORY_STATES,
  STORY_USES,
  type StoryUse,
} from '../../../src/stories/story.types.js';
import { aCase } from '../../factories/caseload.js';
import { checkLists } from '../../support/check-lists.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, eventsAbout, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Words that may be found in one place only. */
const OWN = 'I am Grace and my neighbour Tom drove me to the Warm Welcome lunch 🍞';
const ANONYMISED = 'A neighbour, Tom, drove me to a lunch. I laugh again.';
const TOLD = { title: 'Lunch', words: OWN, anonymised: ANONYMISED, toldHow: 'in_person' };
const agreed = (use: StoryUse, more: object = {}) => ({
  use,
  basis: 'agreed',
  agreedOn: '2026-11-20',
  how: 'in_person',
  ...more,
});

interface Story {
  id: string;
  clientId: string;
  version: number;
  state: string;
  words: string | null;
  anonymised: string | null;
  usableFor: string[];
  lookAt: string[];
  consents: { use: string; expiresOn: string; endedBecause: string | null }[];
  editions: { number: number; decision: string | null; note: string | null; words: string | null }[];
  printings: { id: string; place: string; toTakeDown: boolean; settled: string | null; edition: number }[];
}
interface Usable {
  stories: { id: string; words: string; until: string; edition: number }[];
  leftOut: Record<string, number>;
}

describe('stories', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let another: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    another = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager', { name: 'Mo Manager' });
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const call = (
    who: TestMember,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    headers: object = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { ...who.headers, ...headers },
      ...(payload ? { payload } : {}),
    });
  const ok = async (answer: ReturnType<typeof call>): Promise<Story> => {
    const { statusCode, body } = await answer;
    if (statusCode > 201) throw new Error(body);
    return JSON.parse(body) as Story;
  };
  const fields = (answer: Awaited<ReturnType<typeof call>>) =>
    answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field);
  const told = async (more: object = {}, who = sam) => {
    const { clientId, referralId } = await aCase(scheme, sam).person({
      firstName: 'Grace',
      lastName: 'Adeyemi',
    });
    const story = await ok(call(who, 'POST', `clients/${clientId}/stories`, { ...TOLD, ...more }));
    return { ...story, referralId };
  };
  const offered = async (uses: readonly StoryUse[] = ['report', 'web_page'], more: object = {}) => {
    const { id, clientId } = await told(more);
    for (const use of uses) await ok(call(sam, 'POST', `stories/${id}/consents`, agreed(use)));
    await ok(call(sam, 'POST', `stories/${id}/offer`));
    return { id, clientId };
  };
  const approved = async (uses?: readonly StoryUse[]) => {
    const { id } = await offered(uses);
    return ok(call(manager, 'POST', `stories/${id}/approve`, { lookedAt: ['Tom'] }));
  };
  const usable = async (use: StoryUse) =>
    (await call(manager, 'GET', `figures/stories?use=${use}`)).json<Usable>();
  const has = async (use: StoryUse, id: string) =>
    (await usable(use)).stories.some((story) => story.id === id);
  const tick = () => betony.get(ReminderTicks).fire(systemActor(scheme.id, 'reminders'));
  const tasksAbout = async (id: string) =>
    (
      await betony
        .get(Database)
        .read<{ kind: string; audience: string; late: boolean }>(
          scheme.id,
          sql`select kind, audience, late from task where subject_id = ${id} and ended_at is null order by kind`,
        )
    ).map(({ kind, audience, late }) => `${kind} ${audience}${late ? ' late' : ''}`);

  it('keeps the same lists in the code and in the database', async () => {
    const lists = {
      'story.state': STORY_STATES,
      'story.told_how': AGREED_HOW,
      'story_edition.decision': STORY_DECISIONS,
      'story_consent.use': STORY_USES,
      'story_consent.basis': STORY_BASES,
      'story_consent.how': AGREED_HOW,
      'story_consent.ended_because': CONSENT_ENDINGS,
      'story_consent.ended_how': AGREED_HOW,
      'story_printing.use': STORY_USES,
      'story_printing.settled': PRINTING_ENDS,
    };
    const code = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list].sort()]));
    const tables = ['story', 'story_edition', 'story_consent', 'story_printing'];
    expect(await checkLists(betony.database, tables)).toEqual(code);
  });

  it('is shown for a use once it is agreed to and read by somebody else, and then in its anonymised form', async () => {
    const { id, clientId } = await offered(['report']);
    expect(await has('report', id)).toBe(false);
    const own = await call(sam, 'POST', `stories/${id}/approve`, { lookedAt: ['Tom'] });
    expect(own.json()).toMatchObject({ status: 409, title: 'own-story' });
    const unread = await call(manager, 'POST', `stories/${id}/approve`, { lookedAt: [] });
    expect(unread.json()).toMatchObject({
      errors: [{ field: 'lookedAt', message: expect.stringContaining('Tom') as string }],
    });
    const story = await ok(
      call(manager, 'POST', `stories/${id}/approve`, { lookedAt: ['Tom'], note: 'A common name' }),
    );
    expect(story).toMatchObject({
      state: 'approved',
      usableFor: ['report'],
      lookAt: ['Tom'],
      editions: [
        {
          number: 1,
          decision: 'approved',
          lookedAt: ['Tom'],
          decidedBy: 'Mo Manager',
          offeredBy: 'Sam Okoro',
        },
      ],
    });
    const page = await call(manager, 'GET', 'figures/stories?use=report');
    expect(page.json<Usable>().stories).toContainEqual({
      id,
      edition: 1,
      title: 'Lunch',
      words: ANONYMISED,
      language: 'en',
      until: '2027-11-20',
    });
    expect(page.body).not.toContain('Grace');
    expect(page.body).not.toContain(clientId);
    expect(await has('press', id)).toBe(false);
    const [shown] = await betony
      .get(Database)
      .read<{ client_ids: string[] }>(
        scheme.id,
        sql`select client_ids from audit_entry where action = 'story.use' and ${clientId}::uuid = any(client_ids) limit 1`,
      );
    expect(shown?.client_ids).toContain(clientId);
    expect(
      (await auditOf(scheme, id)).map(({ action }) => action).filter((one) => one !== 'story.get'),
    ).toEqual(['story.write', 'story.consent', 'story.offer', 'story.approve']);
    expect(await eventsAbout(scheme, id)).toEqual([
      'story.written',
      'story.consented',
      'story.offered',
      'story.approved',
    ]);
  });

  it('is read by commissioners as a report would show it, while that is agreed to, and by no other way', async () => {
    const commissioner = await aMember(scheme, 'commissioner');
    const published = () => call(commissioner, 'GET', 'figures/stories/published');
    const { id, clientId } = await approved(['report', 'press']);
    await approved(['web_page']);
    await offered(['report']);
    const before = (await usable('report')).stories.length;
    const page = await published();
    expect(page.json<object[]>()).toHaveLength(before);
    expect(page.json()).toContainEqual({ title: 'Lunch', words: ANONYMISED, language: 'en' });
    for (const secret of [id, clientId, OWN, 'Grace', '2027']) expect(page.body).not.toContain(secret);
    for (const path of ['figures/stories?use=report', 'stories', `stories/${id}`]) {
      expect([path, (await call(commissioner, 'GET', path)).statusCode]).toEqual([path, 403]);
    }
    const shown = () =>
      betony
        .get(Database)
        .read<{ at: Date }>(
          scheme.id,
          sql`select at from audit_entry where action = 'story.published' and ${clientId}::uuid = any(client_ids)`,
        );
    expect(await shown()).toHaveLength(1);
    await ok(call(sam, 'POST', `stories/${id}/withdraw`, { uses: ['report'], how: 'phone' }));
    expect((await published()).json<object[]>()).toHaveLength(before - 1);
    expect(await shown()).toHaveLength(1);
    betony.clock.set('2027-11-21T10:00:00Z');
    expect((await published()).json()).toEqual([]);
  });

  it('is not offered without a consent, without its anonymised form, or with what lets somebody be found', async () => {
    const bare = await told({ anonymised: null });
    expect(fields(await call(sam, 'POST', `stories/${bare.id}/offer`))).toEqual(['anonymised']);
    const { id, version } = await told({ anonymised: 'Ring me on 07700 900123, CO97 1AA' });
    expect(fields(await call(sam, 'POST', `stories/${id}/offer`))).toEqual(['anonymised']);
    await ok(
      call(sam, 'PATCH', `stories/${id}`, { anonymised: 'I went.' }, { 'if-match': `"v${String(version)}"` }),
    );
    expect((await call(sam, 'POST', `stories/${id}/offer`)).json()).toMatchObject({ title: 'no-consent' });
    expect((await call(manager, 'POST', `stories/${id}/approve`, { lookedAt: [] })).json()).toMatchObject({
      from: 'draft',
      action: 'approve',
    });
    const stale = await call(sam, 'PATCH', `stories/${id}`, { title: 'x' }, { 'if-match': '"v1"' });
    expect(stale.statusCode).toBe(412);
  });

  it('tells of each use on the day that its own consent runs out', async () => {
    const { id } = await told();
    await ok(call(sam, 'POST', `stories/${id}/consents`, agreed('report')));
    await ok(call(sam, 'POST', `stories/${id}/consents`, agreed('web_page', { expiresOn: '2027-03-01' })));
    const waiting = await rowsOf<{ day: string; steps: number }>(
      scheme,
      sql`
        select (occasion at time zone 'Europe/London')::date::text as day, count(*)::int as steps from reminder
        where scheme_id = ${scheme.id} and subject_id = ${id} and kind = 'story_expiring' and state = 'waiting'
        group by 1 order by 1`,
    );
    expect(waiting).toEqual([
      { day: '2027-03-01', steps: 2 },
      { day: '2027-11-20', steps: 2 },
    ]);
  });

  it('refuses consents that cannot be', async () => {
    const { id } = await told();
    const refusedFor = async (more: object) =>
      fields(await call(sam, 'POST', `stories/${id}/consents`, agreed('report', more)));
    expect(await refusedFor({ basis: 'best_interests' })).toEqual(['basis']);
    expect(await refusedFor({ use: 'billboard' })).toEqual(['use']);
    expect(await refusedFor({ basis: 'attorney_or_deputy' })).toEqual(['decidedBy', 'authoritySeenOn']);
    expect(await refusedFor({ basis: 'parental_responsibility', decidedBy: 'Her mother' })).toEqual([
      'basis',
    ]);
    expect(await refusedFor({ agreedOn: '2026-11-24' })).toEqual(['agreedOn']);
    expect(await refusedFor({ agreedOn: '2025-11-20' })).toEqual(['expiresOn']);
    expect(await refusedFor({ expiresOn: '2031-01-01' })).toEqual(['expiresOn']);
    expect(await refusedFor({ agreedOn: '2026-02-30' })).toEqual(['agreedOn']);
    const { clientId } = await aCase(scheme, sam);
    const said = await call(sam, 'POST', `clients/${clientId}/stories`, {
      ...TOLD,
      words: 'x'.repeat(20_001),
      toldOn: '2026-11-24',
    });
    expect(fields(said)).toEqual(['words']);
    const later = await call(sam, 'POST', `clients/${clientId}/stories`, { ...TOLD, toldOn: '2026-11-24' });
    expect(fields(later)).toEqual(['toldOn']);
  });

  it('is a draft again when anything is changed, and shows nothing until it is read again', async () => {
    const { id, version } = await approved(['report']);
    await ok(
      call(
        sam,
        'PATCH',
        `stories/${id}`,
        { anonymised: 'I laugh again.' },
        { 'if-match': `"v${String(version)}"` },
      ),
    );
    expect(await has('report', id)).toBe(false);
    await ok(call(sam, 'POST', `stories/${id}/offer`));
    const sent = await ok(call(manager, 'POST', `stories/${id}/send-back`, { note: 'Laugh at what?' }));
    expect(sent).toMatchObject({ state: 'draft', usableFor: [] });
    expect(sent.editions.map(({ number, decision, note }) => [number, decision, note])).toEqual([
      [2, 'sent_back', 'Laugh at what?'],
      [1, 'approved', null],
    ]);
    await tick();
    expect(await tasksAbout(id)).toEqual(['story_sent_back membership']);
    await expect(
      betony
        .get(Database)
        .read(scheme.id, sql`update story_edition set words = 'other' where story_id = ${id} returning 1`),
    ).rejects.toThrow(/stayed|stays/);
  });

  it('leaves the next report for one use, or for all, at once; what was printed is listed and made a task', async () => {
    const { id } = await approved();
    const print = (use: StoryUse, place: string) =>
      call(manager, 'POST', `stories/${id}/printings`, { use, place });
    await ok(print('report', 'Annual report, page 4'));
    await ok(print('web_page', 'Front page'));
    expect((await print('press', 'Gazette')).json()).toMatchObject({ title: 'not-agreed' });
    expect(
      (await call(sam, 'POST', `stories/${id}/printings`, { use: 'report', place: 'x' })).statusCode,
    ).toBe(403);

    const some = await ok(call(sam, 'POST', `stories/${id}/withdraw`, { uses: ['web_page'], how: 'phone' }));
    expect(some).toMatchObject({ state: 'approved', usableFor: ['report'] });
    expect([await has('web_page', id), await has('report', id)]).toEqual([false, true]);
    expect(some.printings.map(({ place, toTakeDown }) => [place, toTakeDown])).toEqual([
      ['Front page', true],
      ['Annual report, page 4', false],
    ]);
    await tick();
    expect(await tasksAbout(id)).toEqual(['story_take_down managers']);

    const all = await ok(call(sam, 'POST', `stories/${id}/withdraw`, { how: 'phone' }));
    expect(all).toMatchObject({ state: 'withdrawn', words: null, anonymised: null, usableFor: [] });
    expect(all.editions[0]?.words).toBeNull();
    expect(await has('report', id)).toBe(false);
    expect((await usable('report')).leftOut['withdrawn']).toBeGreaterThan(0);
    expect((await ok(call(sam, 'POST', `stories/${id}/withdraw`, { how: 'phone' }))).version).toBe(
      all.version,
    );
    expect((await call(sam, 'POST', `stories/${id}/consents`, agreed('report'))).statusCode).toBe(409);

    const [page, report] = all.printings;
    const settle = (printing: string | undefined, body: object) =>
      call(manager, 'POST', `stories/${id}/printings/${printing ?? ''}/settle`, body);
    expect(fields(await settle(report?.id, { result: 'cannot_be_taken_back' }))).toEqual(['note']);
    await ok(settle(page?.id, { result: 'taken_down' }));
    expect((await settle(page?.id, { result: 'taken_down' })).statusCode).toBe(409);
    await tick();
    expect(await tasksAbout(id)).toEqual(['story_take_down managers']);
    await ok(
      settle(report?.id, { result: 'cannot_be_taken_back', note: 'On paper; left out of the reprint' }),
    );
    expect(await tasksAbout(id)).toEqual([]);
  });

  it('can be withdrawn for the person by a verb of their own page, and by nobody else’s', async () => {
    const { id, clientId } = await approved(['report']);
    const withdraw = (whose: string) =>
      betony
        .get(UnitOfWork)
        .run(publicActor(scheme.id, 'the person, by link'), (tx) =>
          betony.get(Stories).withdrawWithin(tx, whose, id, { how: 'online' }),
        );
    await expect(withdraw((await aCase(scheme, sam)).clientId)).rejects.toThrow(/cannot find/);
    expect(await has('report', id)).toBe(true);
    await withdraw(clientId);
    expect(await has('report', id)).toBe(false);
    expect((await auditOf(scheme, id)).at(-1)).toMatchObject({ action: 'story.withdraw' });
  });

  it('is asked about again before a consent runs out, and stands nowhere after it did', async () => {
    const { id } = await approved(['report']);
    await ok(call(manager, 'POST', `stories/${id}/printings`, { use: 'report', place: 'Website' }));
    betony.clock.set('2027-10-20T09:00:00Z');
    await tick();
    expect(await tasksAbout(id)).toEqual([]);
    betony.clock.set('2027-10-21T09:00:00Z');
    await tick();
    expect(await tasksAbout(id)).toEqual(['story_expiring membership']);
    betony.clock.set('2027-11-20T12:00:00Z');
    expect(await has('report', id)).toBe(true);
    await tick();
    expect(await tasksAbout(id)).toEqual(['story_expiring membership late']);
    betony.clock.set('2027-11-21T09:00:00Z');
    await tick();
    expect(await has('report', id)).toBe(false);
    expect(await tasksAbout(id)).toEqual(['story_expiring membership late', 'story_take_down managers']);
    const renewed = await ok(
      call(sam, 'POST', `stories/${id}/consents`, agreed('report', { agreedOn: '2027-11-21' })),
    );
    expect(renewed.consents.map(({ expiresOn, endedBecause }) => [expiresOn, endedBecause])).toEqual([
      ['2028-11-21', null],
      ['2027-11-20', 'renewed'],
    ]);
    expect(await has('report', id)).toBe(true);
    expect(await tasksAbout(id)).toEqual([]);
  });

  it('waits on the managers’ list for a second reader, and late after five working days', async () => {
    const { id } = await offered();
    await tick();
    expect(await tasksAbout(id)).toEqual(['story_waiting managers']);
    betony.clock.set('2026-12-01T09:00:00Z');
    await tick();
    expect(await tasksAbout(id)).toEqual(['story_waiting managers late']);
    await ok(call(manager, 'POST', `stories/${id}/approve`, { lookedAt: ['Tom'] }));
    expect(await tasksAbout(id)).toEqual([]);
  });

  it('leaves every report when the person dies', async () => {
    const { id, clientId } = await approved(['report']);
    const death = await call(sam, 'POST', `clients/${clientId}/record-death`, { toldBy: 'family' });
    expect([death.statusCode, death.body]).toEqual([200, expect.any(String) as string]);
    expect(await has('report', id)).toBe(false);
    expect((await usable('report')).leftOut['died']).toBeGreaterThan(0);
    expect((await call(sam, 'POST', `stories/${id}/consents`, agreed('press'))).json()).toMatchObject({
      title: 'died',
    });
  });

  it('is found by whoever holds the person and by managers, and its words in no list, history or task', async () => {
    const { id, clientId } = await offered();
    expect((await call(another, 'GET', `stories/${id}`)).statusCode).toBe(404);
    expect((await call(another, 'POST', `stories/${id}/withdraw`, { how: 'phone' })).statusCode).toBe(404);
    expect((await call(another, 'GET', 'stories')).json()).toEqual({ items: [], next: null });
    await tick();
    const elsewhere = [
      await call(manager, 'GET', `stories?clientId=${clientId}&state=waiting`),
      await call(sam, 'GET', `clients/${clientId}/history`),
      await call(manager, 'GET', 'tasks?limit=100'),
    ];
    for (const answer of elsewhere) {
      expect(answer.statusCode).toBe(200);
      expect(answer.body).not.toMatch(/neighbour|Warm Welcome/);
    }
    expect(elsewhere[0]?.json()).toMatchObject({ items: [{ id, clientId, state: 'waiting' }] });
  });

  describe('at the desk', () => {
    const page = async (url: string, who = sam): Promise<string> => {
      const answer = await betony.inject({ url, headers: { cookie: who.browser.cookie } });
      expect([url, answer.statusCode]).toEqual([url, 200]);
      return answer.body.replace(/\s+/g, ' ');
    };
    const send = async (url: string, answers: Record<string, string | string[]> = {}, who = sam) => {
      const pairs = Object.entries({ _csrf: who.browser.formToken, ...answers }).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      );
      const answer = await betony.inject({
        method: 'POST',
        url,
        headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(pairs).toString(),
      });
      return {
        status: answer.statusCode,
        to: answer.headers.location,
        body: answer.body.replace(/\s+/g, ' '),
      };
    };

    it('is written down, agreed to, read side by side by a second person, shown, and taken back', async () => {
      const { clientId } = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Adeyemi' });
      expect(await page(`/desk/people/${clientId}`)).toContain('Their stories');
      const { to: story = '' } = await send(`/desk/people/${clientId}/stories`, {
        title: 'Lunch',
        words: OWN,
        anonymised: '',
        language: 'en',
        toldHow: 'in_person',
      });
      const begun = await page(story);
      expect(begun).toContain('Write it as it may be shown');
      expect(begun).toContain('Say where Grace agrees that it is used');
      const changed = {
        title: 'Lunch',
        words: OWN,
        anonymised: 'Everybody said: Grace, you laugh again.',
        language: 'en',
      };
      expect((await send(`${story}/change`, { ...changed, _version: '1' })).to).toBe(story);
      const late = await send(`${story}/change`, { ...changed, title: 'Dinner', _version: '1' });
      expect([late.status, late.body.includes('value="Dinner"')]).toEqual([412, true]);
      expect((await send(`${story}/consent`, { use: 'report' })).body).toContain('href="#basis"');
      const agreedNow = {
        use: 'report',
        basis: 'agreed',
        'agreedOn.day': '20',
        'agreedOn.month': '11',
        'agreedOn.year': '2026',
        how: 'in_person',
      };
      expect((await send(`${story}/consent`, agreedNow)).to).toBe(story);
      const named = await send(`${story}/offer`);
      expect([named.status, named.body]).toEqual([
        422,
        expect.stringContaining('own name: “Grace” in “Everybody said: Grace, you laugh again.”') as string,
      ]);
      const { version } = await ok(call(sam, 'GET', story.replace('/desk/', '')));
      await send(`${story}/change`, {
        ...changed,
        anonymised: 'Then Tom said: you laugh again.',
        _version: String(version),
      });
      expect((await send(`${story}/offer`)).to).toBe(story);
      expect(await page(story)).not.toContain('You are the second reader');
      expect(await page('/desk/stories?state=waiting', manager)).toContain(`href="${story}"`);
      const toRead = await page(story, manager);
      expect(toRead).toContain('You are the second reader');
      expect(toRead).toContain('value="Tom"');
      expect((await send(`${story}/approve`, {}, manager)).body).toContain('href="#lookedAt"');
      expect((await send(`${story}/send-back`, { note: '' }, manager)).body).toContain('href="#note"');
      expect((await send(`${story}/approve`, { lookedAt: 'Tom' }, manager)).to).toBe(story);
      expect(await page(story)).toContain('<strong>a report of ours</strong>');
      expect(await page(story)).not.toContain('Write it down');
      await send(`${story}/printings`, { use: 'report', place: 'Annual report, page 4' }, manager);
      await send(`${story}/withdraw`, { how: 'phone' });
      const over = await page(story, manager);
      expect(over).toContain('It was taken back on');
      expect(over).not.toContain('Warm Welcome');
      const [, printing = ''] = /href="([^"]+\/printings\/[^"]+)"/.exec(over) ?? [];
      expect(await page(printing, manager)).toContain('It is no longer agreed to');
      expect((await send(printing, { result: 'cannot_be_taken_back' }, manager)).body).toContain(
        'href="#note"',
      );
      expect((await send(printing, { result: 'taken_down' }, manager)).to).toBe(story);
      expect(await page(story, manager)).toContain('It was taken down');
      expect((await send(`${story}/consent`, agreedNow)).status).toBe(409);
    });

    it('approves nothing that holds a name of the person, learned after it was given to be read', async () => {
      const { id, clientId } = await offered(['report'], { anonymised: 'Gracie said yes.' });
      const { version } = (await call(sam, 'GET', `clients/${clientId}`)).json<{ version: number }>();
      const known = await call(
        sam,
        'PATCH',
        `clients/${clientId}`,
        { knownAs: 'Gracie' },
        { 'if-match': `"v${String(version)}"` },
      );
      expect(known.statusCode).toBe(200);
      const answer = await call(manager, 'POST', `stories/${id}/approve`, { lookedAt: ['Gracie'] });
      expect(answer.json()).toMatchObject({
        errors: [
          {
            field: 'anonymised',
            message: 'Take out the person’s own name: “Gracie” in “Gracie said yes.”',
          },
        ],
      });
    });
  });
});
