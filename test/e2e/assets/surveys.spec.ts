import sql from 'sql-template-tag';
import { LINK_PURPOSES, SURVEY_TOPICS, SHARINGS } from '../../../src/assets/survey.types.js';
import type { GroupLinkView, SurveyReplyView } from '../../../src/assets/survey.dto.js';
import type { AssetView } from '../../../src/assets/asset.dto.js';
import { Surveys } from '../../../src/assets/surveys.service.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { aProvider } from '../../factories/providers.js';
import { checkLists } from '../../support/check-lists.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { watchWrites, type WriteWatch } from '../../support/write-watch.js';

const SECRET = 'Our treasurer speaks Farsi';

describe('what a group has to offer', () => {
  let betony: TestApp;
  let watch: WriteWatch;
  let scheme: TestScheme;
  let manager: TestMember;
  let worker: TestMember;
  let group: string;
  let rose: TestMember;
  let neighbourhood: string;

  beforeAll(async () => {
    betony = await startApp();
    watch = await watchWrites(betony.database);
  });
  afterAll(async () => {
    await watch.stop();
    await betony.stop();
  });

  let address = 0;
  beforeEach(async () => {
    address += 1;
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    worker = await aMember(scheme, 'link_worker');
    group = await aProvider(scheme, { name: 'St Mary’s' });
    rose = await aMember(scheme, 'provider_member', { organisation: group });
    neighbourhood = newId();
    await inScheme(scheme, async (tx) => {
      const times = { created_at: tx.now, updated_at: tx.now };
      const place = { scheme_id: scheme.id, edition: 'test' };
      await insertRow(tx, 'neighbourhood', { ...place, id: neighbourhood, name: 'Saltwick', ...times });
    });
  });

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1${path}`,
      headers: who.headers,
      ...(payload ? { payload } : {}),
    });
  const aLink = async (more: object = { organisationId: group }): Promise<GroupLinkView> => {
    const answer = await call(manager, 'POST', '/group-links', { purpose: 'survey', ...more });
    expect(answer.statusCode).toBe(201);
    return answer.json<GroupLinkView>();
  };
  const pathOf = (link: GroupLinkView): string => new URL(link.address ?? '').pathname;
  const page = (method: 'GET' | 'HEAD' | 'POST', url: string, form: Record<string, string> = {}) =>
    betony.inject({
      method,
      url,
      remoteAddress: `192.0.2.${String(address)}`,
      ...(method === 'POST'
        ? {
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            payload: new URLSearchParams(form).toString(),
          }
        : {}),
    });
  const replies = async (who: TestMember, query = ''): Promise<SurveyReplyView[]> =>
    (await call(who, 'GET', `/survey-replies?limit=100${query}`)).json<{ items: SurveyReplyView[] }>().items;
  const FULL = {
    people: SECRET,
    space: 'A hall with a piano, free on Tuesdays.',
    spaceSharing: 'tell',
    skills: 'We teach knitting to whoever comes.',
    skillsSharing: 'send',
    contactName: 'Rose Hall',
    contactPhone: '07700 900 123',
  };

  it('holds the lists of the code to those of the database', async () => {
    expect(await checkLists(betony.database, ['group_link', 'survey_answer'])).toEqual({
      'group_link.purpose': [...LINK_PURPOSES].sort(),
      'survey_answer.topic': [...SURVEY_TOPICS].sort(),
      'survey_answer.sharing': [...SHARINGS].sort(),
    });
  });

  it('GET and HEAD change nothing, however often they are opened, and pages are kept by nobody', async () => {
    const path = pathOf(await aLink());
    await watch.written();
    for (const url of [path, `${path}/thanks`]) {
      for (const method of ['GET', 'HEAD', 'GET'] as const) {
        const { statusCode, headers, body } = await page(method, url);
        expect(statusCode).toBe(200);
        expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
        expect(body).not.toMatch(/<script|<style| style=|https?:|nhs\.uk|onclick/i);
      }
    }
    expect(await watch.written()).toEqual({});
  });

  it('makes drafts of what may be told, and of nothing else', async () => {
    const path = pathOf(await aLink());
    const answer = await page('POST', path, FULL);
    expect([answer.statusCode, answer.headers['location']]).toEqual([303, `${path}/thanks`]);
    const [reply] = await replies(manager);
    expect(reply).toMatchObject({
      groupName: 'St Mary’s',
      organisationId: group,
      contactName: 'Rose Hall',
      contactPhone: '+447700900123',
      reviewedAt: null,
      answers: [
        { topic: 'people', words: SECRET, sharing: 'private', assetId: null, listingId: null },
        { topic: 'space', sharing: 'tell', assetId: expect.any(String), listingId: null },
        { topic: 'skills', sharing: 'send', assetId: null, listingId: expect.any(String) },
      ],
    });
    const [, space, skills] = reply!.answers;
    const asset = (await call(worker, 'GET', `/assets/${space!.assetId ?? ''}`)).json<AssetView>();
    expect(asset).toMatchObject({
      name: 'St Mary’s: space',
      state: 'in_review',
      foundBy: 'survey',
      kind: 'places',
      takesReferrals: false,
      organisationId: group,
    });
    const listing = await call(rose, 'GET', `/listings/${skills!.listingId ?? ''}`);
    expect(listing.json()).toMatchObject({ state: 'in_review', description: FULL.skills });
    const told = await auditOf(scheme, reply!.id);
    expect(told[0]).toMatchObject({
      action: 'survey.receive',
      details: { answers: ['people:private', 'space:tell', 'skills:send'] },
    });
    // Nothing of it is found before a manager has published it; then it is, and the private answer still is not.
    const seen = async () => {
      const places = await Promise.all([
        call(worker, 'GET', '/listings?text=knitting'),
        call(worker, 'GET', '/assets?limit=100&state=published'),
        betony.inject({ method: 'GET', url: `/open-referral/${scheme.id}/services` }),
        page('GET', path),
        page('GET', `${path}/thanks`),
      ]);
      return places.map(({ body }) => body).join('\n');
    };
    expect(await seen()).not.toMatch(/knitting|piano|Farsi/);
    const put = async (url: string, payload: object, method: 'PATCH' | 'POST' = 'POST') => {
      const headers = { ...manager.headers, ...(method === 'PATCH' ? { 'if-match': '"v1"' } : {}) };
      const answer = await betony.inject({ method, url: `/api/v1${url}`, headers, payload });
      expect(answer.statusCode).toBe(200);
    };
    await put(`/listings/${skills!.listingId ?? ''}`, { needs: ['creativity_and_nature'] }, 'PATCH');
    await put(`/listings/${skills!.listingId ?? ''}/publish`, {});
    await put(`/assets/${asset.id}`, { domains: ['be_well'], community: 'Everybody' }, 'PATCH');
    await put(`/assets/${asset.id}/publish`, {});
    expect(await seen()).toMatch(/knitting[^]*piano/);
    expect(await seen()).not.toMatch(/Farsi/);
    // Everything that a link worker, another group, a commissioner or the public can list.
    const others = await Promise.all([
      ...['/listings', '/assets?limit=100', '/providers', '/survey-replies', '/group-links'].map((url) =>
        call(worker, 'GET', url),
      ),
      call(
        await aMember(scheme, 'provider_member', { organisation: await aProvider(scheme) }),
        'GET',
        '/survey-replies',
      ),
      call(await aMember(scheme, 'commissioner'), 'GET', '/survey-replies'),
    ]);
    expect(others.map(({ body }) => body).join('\n')).not.toMatch(/Farsi|Rose Hall|900123/);
    expect((await replies(rose))[0]?.answers[0]?.words).toBe(SECRET);
  });

  it('refuses in the database that a private answer becomes anything', async () => {
    await page('POST', pathOf(await aLink()), FULL);
    const [reply] = await replies(manager);
    const [secret, space] = reply!.answers;
    await expect(
      changeRow(scheme, 'survey_answer', secret!.id, { asset_id: space!.assetId }),
    ).rejects.toThrow(/survey_answer_check/);
  });

  it('loses no word of a form that is not right yet', async () => {
    const path = pathOf(await aLink({ neighbourhoodId: neighbourhood }));
    const answer = await page('POST', path, {
      ...FULL,
      reachSharing: 'send',
      contactEmail: 'rose <at> example',
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Enter the name of your group');
    expect(answer.body).toContain('Enter an e-mail address, like name@example.org');
    expect(answer.body).toContain('rose &lt;at&gt; example');
    expect(answer.body).toContain(FULL.space);
    expect(answer.body).toContain(SECRET);
    expect(answer.body).toMatch(/name="spaceSharing" type="radio" value="tell" checked/);
    expect(answer.body).toMatch(/name="reachSharing" type="radio" value="send" checked/);
    expect(answer.body).toMatch(/name="peopleSharing" type="radio" value="private" checked/);
    expect(await replies(manager)).toEqual([]);
    const empty = await page('POST', path, {});
    expect(empty.statusCode).toBe(422);
    expect(empty.body).toContain('Write something in at least one of the five boxes');
    const markup = await page('POST', path, { groupName: '<b>x</b>', contactEmail: '{{ 7*7 }}' });
    expect(markup.body).toContain('&lt;b&gt;x&lt;/b&gt;');
    expect(markup.body).toContain('{{ 7*7 }}');
  });

  it('is one reply however often the same form is sent, fifty at once too', async () => {
    const path = pathOf(await aLink());
    const answers = await Promise.all(Array.from({ length: 50 }, () => page('POST', path, FULL)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303]));
    expect(await replies(manager)).toHaveLength(1);
    expect((await page('POST', path, { ...FULL, time: 'Tuesdays' })).statusCode).toBe(303);
    expect(await replies(manager)).toHaveLength(2);
    const drafts = await rowsOf<{ n: number }>(
      scheme,
      sql`select (select count(*) from asset)::int + (select count(*) from listing)::int as n`,
    );
    expect(drafts[0]?.n).toBe(4);
  });

  it('is open to every group of a neighbourhood, whose answers become assets there', async () => {
    const path = pathOf(await aLink({ neighbourhoodId: neighbourhood }));
    await page('POST', path, { groupName: 'Pier anglers', time: 'Early mornings', timeSharing: 'send' });
    await page('POST', path, { groupName: 'Choir', space: 'A loft', spaceSharing: 'tell' });
    const second = await page('GET', path);
    expect(second.body).not.toMatch(/anglers|loft/);
    const [choir, anglers] = await replies(manager, `&neighbourhoodId=${neighbourhood}`);
    expect(choir).toMatchObject({ groupName: 'Choir', organisationId: null });
    const { assetId } = anglers!.answers[0]!;
    expect((await call(manager, 'GET', `/assets/${assetId ?? ''}`)).json()).toMatchObject({
      name: 'Pier anglers: time',
      takesReferrals: true,
      neighbourhoodId: neighbourhood,
      organisationId: null,
      state: 'in_review',
    });
    expect(await replies(rose)).toEqual([]);
  });

  it('ends: after its days, at once when a manager says so, and with the group', async () => {
    const [first, second, third] = [
      await aLink(),
      await aLink({ organisationId: group, days: 2 }),
      await aLink(),
    ];
    const gone = async (link: GroupLinkView) => {
      const [read, sent] = [await page('GET', pathOf(link)), await page('POST', pathOf(link), FULL)];
      expect([read.statusCode, sent.statusCode]).toEqual([410, 410]);
      expect(read.body).toContain('This link does not work any more');
    };
    const ended = await call(manager, 'POST', `/group-links/${first.id}/revoke`);
    expect(ended.json()).toMatchObject({ address: null, revokedAt: expect.any(String) });
    expect((await call(manager, 'POST', `/group-links/${first.id}/revoke`)).statusCode).toBe(409);
    await gone(first);
    betony.clock.advance({ days: 3 });
    await gone(second);
    expect((await page('GET', pathOf(third))).statusCode).toBe(200);
    await inScheme(scheme, (tx) =>
      tx.run(sql`update provider set closed_for_good_on = current_date where organisation_id = ${group}`),
    );
    await gone(third);
    for (const token of ['x', 'A'.repeat(43), '%00', '../assets']) {
      expect([404, 410]).toContain((await page('GET', `/survey/${token}`)).statusCode);
    }
    // The database holds the hash alone.
    const [kept] = await rowsOf<{ hash: string }>(
      scheme,
      sql`select hash from group_link where id = ${third.id}`,
    );
    expect(kept?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(pathOf(third)).not.toContain(kept?.hash ?? '');
  });

  it('says which is wrong when a link is asked for', async () => {
    const refused = async (body: object) => {
      const answer = await call(manager, 'POST', '/group-links', { purpose: 'survey', ...body });
      return [answer.statusCode, answer.json<{ errors?: { field: string }[] }>().errors?.[0]?.field];
    };
    expect(await refused({})).toEqual([422, 'organisationId']);
    expect(await refused({ organisationId: group, neighbourhoodId: neighbourhood })).toEqual([
      422,
      'organisationId',
    ]);
    expect(await refused({ organisationId: neighbourhood })).toEqual([422, 'organisationId']);
    expect(await refused({ neighbourhoodId: group })).toEqual([422, 'neighbourhoodId']);
    expect(await refused({ purpose: 'tally', neighbourhoodId: neighbourhood })).toEqual([
      422,
      'organisationId',
    ]);
    expect(await refused({ organisationId: group, days: 400 })).toEqual([422, 'days']);
    expect(await refused({ purpose: 'spam', organisationId: group })).toEqual([422, 'purpose']);
  });

  it('is looked at by a manager, forgotten when asked, and keeps no contact longer than a year', async () => {
    const path = pathOf(await aLink());
    await page('POST', path, FULL);
    await page('POST', path, { ...FULL, time: 'Tuesdays' });
    const [later, earlier] = await replies(manager);
    const reviewed = await call(manager, 'POST', `/survey-replies/${earlier!.id}/review`);
    expect(reviewed.json()).toMatchObject({ reviewedAt: expect.any(String) });
    expect((await call(manager, 'POST', `/survey-replies/${earlier!.id}/review`)).statusCode).toBe(409);
    expect((await replies(manager, '&reviewed=false')).map(({ id }) => id)).toEqual([later!.id]);
    const forgotten = (
      await call(manager, 'POST', `/survey-replies/${earlier!.id}/forget`)
    ).json<SurveyReplyView>();
    expect(forgotten).toMatchObject({ contactName: null, contactPhone: null });
    expect(forgotten.answers.map(({ words }) => words)).toEqual([null, null, null]);
    const kept = async (reply: SurveyReplyView) => {
      const assetId = reply.answers.find((answer) => answer.assetId !== null)?.assetId ?? '';
      const listingId = reply.answers.find((answer) => answer.listingId !== null)?.listingId ?? '';
      const urls = [`/assets/${assetId}`, `/listings/${listingId}`];
      const [asset, listing] = await Promise.all(urls.map((url) => call(manager, 'GET', url)));
      const histories = await Promise.all(urls.map((url) => call(manager, 'GET', `${url}/history`)));
      expect(histories.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
      expect(histories.map(({ body }) => body).join()).not.toMatch(/piano|knitting/);
      return [asset, listing].map((answer) => {
        const { state, description } = answer!.json<{ state: string; description: string }>();
        return [state, description];
      });
    };
    expect(await kept(forgotten)).toEqual([
      ['retired', 'Forgotten when asked.'],
      ['closed', 'Forgotten when asked.'],
    ]);
    expect(await kept(later!)).toEqual([
      ['in_review', FULL.space],
      ['in_review', FULL.skills],
    ]);
    betony.clock.advance({ days: 364 });
    const sweep = () => betony.get(Surveys).forgetOldContacts(systemActor(scheme.id, 'test'));
    await sweep();
    expect((await replies(manager))[0]).toMatchObject({ contactName: 'Rose Hall' });
    betony.clock.advance({ days: 2 });
    await sweep();
    expect((await replies(manager))[0]).toMatchObject({ contactName: null, contactPhone: null });
    expect((await replies(manager))[0]?.answers[1]?.words).toBe(FULL.space);
  });
});
