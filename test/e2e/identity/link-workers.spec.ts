import sql from 'sql-template-tag';
import { ROLES, systemActor, type Role } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { coverFor } from '../../../src/identity/cover.queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const TODAY = '2026-11-23';

describe('the team, absence and cover', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(`${TODAY}T10:00:00Z`);
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager', { name: 'Mo Manager' });
  });

  const worker = (name: string, triages = false) => aMember(scheme, 'link_worker', { name, triages });
  const call = (
    who: TestMember,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { ...who.headers, ...headers },
      ...(payload ? { payload } : {}),
    });
  const post = (path: string, payload: object = {}, who = manager) => call(who, 'POST', path, payload);
  const actsFor = async (who: TestMember): Promise<string[]> =>
    (await call(who, 'GET', 'me')).json().actsFor.slice(1).sort();
  const id = (member: TestMember) => member.actor.membershipId;
  const coverOn = (member: TestMember, date = TODAY) =>
    betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) => coverFor(tx, id(member), date));
  const away = (member: TestMember, payload: object = {}, who = manager) =>
    post(`link-workers/${id(member)}/absent`, payload, who);
  const standingCover = (member: TestMember | null) =>
    post('link-workers/standing-cover', { membershipId: member && id(member) });

  it('is not covered by somebody who is away on those days', async () => {
    const [bea, ann] = [await worker('Bea'), await worker('Ann')];
    expect((await away(ann, { endsOn: '2026-11-27' })).statusCode).toBe(201);
    const both = await away(bea, { coverId: id(ann), endsOn: '2026-11-25' });
    expect([both.statusCode, both.json()]).toMatchObject([422, { errors: [{ field: 'coverId' }] }]);
    const afterwards = { workerId: id(bea), reason: 'leave', startsOn: '2026-11-28', coverId: id(ann) };
    expect((await post('covers', afterwards)).statusCode).toBe(201);
  });

  it('is listed by name with limit, room and absence', async () => {
    const [bea, ann] = [await worker('Bea'), await worker('Ann', true)];
    await away(bea, { coverId: id(ann), endsOn: '2026-11-27' });
    const team = await call(ann, 'GET', 'link-workers');
    expect(team.json().items).toEqual([
      {
        membershipId: id(ann),
        userId: ann.actor.accountId,
        name: 'Ann',
        organisationId: ann.actor.organisationId,
        organisationName: expect.stringMatching(/^Organisation/),
        triages: true,
        caseload: 0,
        caseloadLimit: 40,
        room: 40,
        languages: [],
        areas: [],
        absence: null,
        version: 1,
      },
      expect.objectContaining({
        name: 'Bea',
        absence: {
          id: expect.any(String),
          reason: 'absent',
          endsOn: '2026-11-27',
          coverId: id(ann),
          coverName: 'Ann',
        },
      }),
    ]);
    const first = (await call(ann, 'GET', 'link-workers?limit=1')).json();
    const second = (await call(ann, 'GET', `link-workers?limit=1&after=${first.next as string}`)).json();
    expect([first.items[0].name, second.items[0].name, second.next]).toEqual(['Ann', 'Bea', null]);
    expect((await call(ann, 'GET', 'link-workers?name=b')).json().items).toHaveLength(1);
  });

  it('has its limits amended under a version', async () => {
    const sam = await worker('Sam');
    const amend = (payload: object, version: number) =>
      call(manager, 'PATCH', `link-workers/${id(sam)}`, payload, { 'if-match': `"v${String(version)}"` });
    const first = await amend({ caseloadLimit: 25, languages: ['en', 'pl'] }, 1);
    expect(first.json()).toMatchObject({ caseloadLimit: 25, room: 25, languages: ['en', 'pl'], version: 2 });
    expect((await amend({ caseloadLimit: 30 }, 1)).statusCode).toBe(412);
    expect((await amend({ areas: ['co15', 'CO16', 'CO15 '] }, 2)).json()).toMatchObject({
      caseloadLimit: 25,
      areas: ['CO15', 'CO16'],
      version: 3,
    });
    for (const [payload, field] of [
      [{ caseloadLimit: 501 }, 'caseloadLimit'],
      [{ caseloadLimit: -1 }, 'caseloadLimit'],
      [{ caseloadLimit: 1.5 }, 'caseloadLimit'],
      [{ areas: 'Clacton' }, 'areas'],
      [{ areas: ['CO15', 'Clacton'] }, 'areas'],
      [{ areas: ['CO15 1AB'] }, 'areas'],
    ] as const) {
      const refused = await amend(payload, 3);
      expect(refused.json().errors).toMatchObject([{ field }]);
    }
  });

  it('hands the work of an absent worker to the cover named, and back', async () => {
    const [sam, ann] = [await worker('Sam'), await worker('Ann')];
    const made = await away(sam, { coverId: id(ann) });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      workerName: 'Sam',
      coverName: 'Ann',
      startsOn: TODAY,
      endsOn: null,
      state: 'current',
    });
    expect(await actsFor(ann)).toEqual([id(sam)]);
    expect(await coverOn(sam)).toEqual({ coverId: id(ann), absent: true });
    expect((await away(sam)).statusCode).toBe(409);
    const back = await post(`link-workers/${id(sam)}/back`);
    expect(back.json()).toMatchObject({ membershipId: id(sam), absence: null });
    expect(await actsFor(ann)).toEqual([]);
    expect(await coverOn(sam)).toEqual({ coverId: null, absent: false });
    const again = await post(`link-workers/${id(sam)}/back`);
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ from: 'at work', action: 'back' });
    const entries = await betony
      .get(Database)
      .read(
        scheme.id,
        sql`select action, actor_id from audit_entry where scheme_id = ${scheme.id} and action like 'cover.%' order by id`,
      );
    expect(entries).toEqual([
      { action: 'cover.arrange', actor_id: id(manager) },
      { action: 'cover.end', actor_id: id(manager) },
    ]);
  });

  it('lets an absence begin and end at midnight in London', async () => {
    const [sam, ann] = [await worker('Sam'), await worker('Ann')];
    // In summer midnight in London is 23:00 the evening before in UTC.
    const arranged = await post('covers', {
      workerId: id(sam),
      coverId: id(ann),
      reason: 'leave',
      startsOn: '2027-06-07',
      endsOn: '2027-06-08',
    });
    expect(arranged.json()).toMatchObject({ state: 'upcoming' });
    for (const [now, acts] of [
      ['2027-06-06T22:59:00Z', []],
      ['2027-06-06T23:00:00Z', [id(sam)]],
      ['2027-06-08T22:59:00Z', [id(sam)]],
      ['2027-06-08T23:00:00Z', []],
    ] as const) {
      betony.clock.set(now);
      expect([now, await actsFor(ann)]).toEqual([now, acts]);
    }
    expect(await coverOn(sam, '2027-06-08')).toEqual({ coverId: id(ann), absent: true });
    expect(await coverOn(sam, '2027-06-09')).toEqual({ coverId: null, absent: false });
  });

  it('falls back on the standing cover, then on those who triage', async () => {
    const [sam, ann, stan, tri] = [
      await worker('Sam'),
      await worker('Ann'),
      await worker('Stan'),
      await worker('Tri', true),
    ];
    await away(sam);
    expect(await coverOn(sam)).toEqual({ coverId: null, absent: true });
    expect(await actsFor(tri)).toEqual([id(sam)]);
    expect(await actsFor(ann)).toEqual([]);

    const set = await standingCover(stan);
    expect(set.json()).toMatchObject({ standingCoverId: id(stan) });
    expect(await coverOn(sam)).toEqual({ coverId: id(stan), absent: true });
    expect(await actsFor(stan)).toEqual([id(sam)]);
    expect(await actsFor(tri)).toEqual([]);

    await away(stan);
    expect(await coverOn(sam)).toEqual({ coverId: null, absent: true });
    expect(await coverOn(stan)).toEqual({ coverId: null, absent: true });
    expect(await actsFor(tri)).toEqual([id(sam), id(stan)].sort());

    await standingCover(null);
    expect(await actsFor(tri)).toEqual([id(sam), id(stan)].sort());
  });

  it('passes over a cover who is away or gone', async () => {
    const [sam, ann, stan] = [await worker('Sam'), await worker('Ann'), await worker('Stan')];
    await standingCover(stan);
    await away(sam, { coverId: id(ann) });
    await away(ann);
    expect(await coverOn(sam)).toEqual({ coverId: id(stan), absent: true });
    expect([await actsFor(stan), await actsFor(ann)]).toEqual([[id(sam), id(ann)].sort(), []]);
    await post(`link-workers/${id(ann)}/back`);
    expect(await coverOn(sam)).toEqual({ coverId: id(ann), absent: true });
    expect([await actsFor(stan), await actsFor(ann)]).toEqual([[], [id(sam)]]);
    const admin = await aMember(scheme, 'administrator');
    await post(`memberships/${id(ann)}/end`, {}, admin);
    expect(await coverOn(sam)).toEqual({ coverId: id(stan), absent: true });
    expect((await call(manager, 'GET', 'covers')).json().items).toMatchObject([
      { workerName: 'Sam', coverId: null },
    ]);
    await post(`memberships/${id(stan)}/end`, {}, admin);
    expect((await call(manager, 'GET', 'scheme')).json().standingCoverId).toBeNull();
    await post(`memberships/${id(sam)}/end`, {}, admin);
    expect((await call(manager, 'GET', 'covers')).json().items).toEqual([]);
  });

  it('counts a part-time arrangement as sharing, not as absence', async () => {
    const [sam, ann] = [await worker('Sam'), await worker('Ann')];
    await post('covers', { workerId: id(sam), coverId: id(ann), reason: 'part_time', startsOn: TODAY });
    expect(await actsFor(ann)).toEqual([id(sam)]);
    expect(await coverOn(sam)).toEqual({ coverId: null, absent: false });
    expect((await call(ann, 'GET', `link-workers/${id(sam)}`)).json().absence).toBeNull();
    await away(sam, { coverId: id(ann) });
    expect(await actsFor(ann)).toEqual([id(sam)]);
    expect(await coverOn(sam)).toEqual({ coverId: id(ann), absent: true });
  });

  it('refuses days that overlap, also when two arrange at once', async () => {
    const sam = await worker('Sam');
    const leave = (startsOn: string, endsOn: string | null) =>
      post('covers', { workerId: id(sam), reason: 'leave', startsOn, endsOn });
    expect((await leave('2026-12-01', '2026-12-05')).statusCode).toBe(201);
    expect((await leave('2026-12-05', '2026-12-06')).json().title).toBe('already-away');
    expect((await leave('2026-12-06', '2026-12-07')).statusCode).toBe(201);
    const both = await Promise.all([leave('2027-01-04', null), leave('2027-01-11', null)]);
    expect(both.map((answer) => answer.statusCode).sort()).toEqual([201, 409]);
  });

  it('is away from today up to what was arranged for later, which keeps its cover', async () => {
    const [sam, ann, bea] = [await worker('Sam'), await worker('Ann'), await worker('Bea')];
    const leave = { reason: 'leave', startsOn: '2026-11-25', endsOn: '2026-12-02' };
    await post('covers', { ...leave, workerId: id(sam), coverId: id(ann) });
    const soon = await away(sam, { coverId: id(bea) });
    expect([soon.statusCode, soon.json()]).toMatchObject([201, { startsOn: TODAY, endsOn: '2026-11-24' }]);
    expect(await coverOn(sam)).toMatchObject({ absent: true, coverId: id(bea) });
    expect(await coverOn(sam, '2026-11-25')).toMatchObject({ absent: true, coverId: id(ann) });
    expect((await away(sam)).json().title).toBe('already-away');
  });

  it('refuses what cannot be', async () => {
    const [sam, ann] = [await worker('Sam'), await worker('Ann')];
    const foreign = await aMember(await aScheme(betony), 'link_worker');
    const practice = await aMember(scheme, 'referrer');
    const good = { workerId: id(sam), coverId: id(ann), reason: 'leave', startsOn: TODAY, endsOn: TODAY };
    for (const [change, field] of [
      [{ startsOn: '2026-11-22' }, 'startsOn'],
      [{ startsOn: '2026-02-30' }, 'startsOn'],
      [{ endsOn: '2026-11-22' }, 'endsOn'],
      [{ reason: 'holiday' }, 'reason'],
      [{ coverId: id(sam) }, 'coverId'],
      [{ coverId: id(foreign) }, 'coverId'],
      [{ coverId: id(practice) }, 'coverId'],
      [{ workerId: id(foreign) }, 'workerId'],
      [{ workerId: id(practice) }, 'workerId'],
      [{ workerId: 'sam' }, 'workerId'],
      [{ note: 'x' }, 'note'],
    ] as const) {
      const refused = await post('covers', { ...good, ...change });
      expect([change, refused.statusCode]).toEqual([change, 422]);
      expect(refused.json().errors).toEqual([expect.objectContaining({ field })]);
    }
    expect((await call(manager, 'GET', 'covers')).json().items).toEqual([]);
    expect((await standingCover(practice)).statusCode).toBe(422);
    expect((await standingCover(foreign)).statusCode).toBe(422);
    expect((await away(practice)).statusCode).toBe(404);
  });

  it('lists arrangements by day in pages, the past ones when asked', async () => {
    const [sam, ann] = [await worker('Sam'), await worker('Ann')];
    const leave = (member: TestMember, day: string) =>
      post('covers', { workerId: id(member), reason: 'leave', startsOn: day, endsOn: day });
    for (const day of ['2026-12-03', '2026-12-01', '2026-12-02']) await leave(sam, day);
    const anns = await leave(ann, '2026-12-01');
    const days = (page: { items: { startsOn: string }[] }) => page.items.map(({ startsOn }) => startsOn);
    const first = (await call(ann, 'GET', 'covers?limit=3')).json();
    const second = (await call(ann, 'GET', `covers?limit=3&after=${first.next as string}`)).json();
    expect([...days(first), ...days(second)]).toEqual([
      '2026-12-01',
      '2026-12-01',
      '2026-12-02',
      '2026-12-03',
    ]);
    expect(days((await call(ann, 'GET', `covers?workerId=${id(ann)}`)).json())).toEqual(['2026-12-01']);
    const ended = await post(`covers/${anns.json().id as string}/end`);
    expect(ended.json()).toMatchObject({ state: 'over' });
    expect((await post(`covers/${anns.json().id as string}/end`)).statusCode).toBe(409);
    betony.clock.set('2026-12-03T10:00:00Z');
    expect(days((await call(ann, 'GET', 'covers?state=over')).json())).toEqual([
      '2026-12-01',
      '2026-12-01',
      '2026-12-02',
    ]);
    expect(days((await call(ann, 'GET', 'covers')).json())).toEqual(['2026-12-03']);
  });

  it('lets a link worker arrange for themselves only', async () => {
    const [sam, ann] = [await worker('Sam'), await worker('Ann')];
    const own = await away(sam, { coverId: id(ann) }, sam);
    expect(own.statusCode).toBe(201);
    expect((await away(ann, {}, sam)).statusCode).toBe(404);
    expect(
      (await post('covers', { workerId: id(ann), reason: 'leave', startsOn: TODAY }, sam)).statusCode,
    ).toBe(422);
    expect((await post(`covers/${own.json().id as string}/end`, {}, ann)).statusCode).toBe(404);
    expect((await post(`link-workers/${id(sam)}/back`, {}, ann)).statusCode).toBe(404);
    expect((await post(`covers/${own.json().id as string}/end`, {}, sam)).statusCode).toBe(200);
  });

  const READS: Role[] = ['link_worker', 'scheme_manager'];
  it.each(ROLES)('answers a %s as the permission table says', async (role) => {
    const who = await aMember(scheme, role);
    const sam = await worker('Sam');
    const foreign = await aMember(await aScheme(betony), 'link_worker');
    const may = READS.includes(role);
    const manages = role === 'scheme_manager';
    const made = await away(sam);
    const coverId = made.json().id as string;
    const tries: [
      method: 'GET' | 'POST' | 'PATCH',
      path: string,
      body: object | undefined,
      status: number,
    ][] = [
      ['GET', 'link-workers', undefined, may ? 200 : 403],
      ['GET', `link-workers/${id(sam)}`, undefined, may ? 200 : 403],
      ['GET', `link-workers/${id(foreign)}`, undefined, may ? 404 : 403],
      ['PATCH', `link-workers/${id(sam)}`, { caseloadLimit: 9 }, manages ? 200 : 403],
      ['PATCH', `link-workers/${id(foreign)}`, { caseloadLimit: 9 }, manages ? 404 : 403],
      ['POST', 'link-workers/standing-cover', { membershipId: null }, manages ? 200 : 403],
      ['GET', 'covers', undefined, may ? 200 : 403],
      ['GET', `covers/${coverId}`, undefined, may ? 200 : 403],
      ['POST', `covers/${coverId}/end`, {}, manages ? 200 : may ? 404 : 403],
      ['POST', `link-workers/${id(sam)}/absent`, {}, manages ? 201 : may ? 404 : 403],
      ['POST', `link-workers/${id(foreign)}/absent`, {}, may ? 404 : 403],
      ['POST', `link-workers/${id(sam)}/back`, {}, manages ? 200 : may ? 404 : 403],
      ['POST', `link-workers/${id(foreign)}/back`, {}, may ? 404 : 403],
      [
        'POST',
        'covers',
        { workerId: id(sam), reason: 'other', startsOn: '2026-12-24' },
        manages ? 201 : may ? 422 : 403,
      ],
    ];
    for (const [method, path, body, status] of tries) {
      const answer = await call(who, method, path, body, { 'if-match': '"v1"' });
      expect([method, path, answer.statusCode]).toEqual([method, path, status]);
      const signedOut = await betony.inject({
        method,
        url: `/api/v1/${path}`,
        ...(body ? { payload: body } : {}),
      });
      expect(signedOut.statusCode).toBe(401);
    }
    const stranger = await aMember(await aScheme(betony), 'scheme_manager');
    expect((await call(stranger, 'GET', `covers/${coverId}`)).statusCode).toBe(404);
    expect((await post(`covers/${coverId}/end`, {}, stranger)).statusCode).toBe(404);
  });
});
