import sql from 'sql-template-tag';
import { ROLES, systemActor, type Role } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aClient, anNhsNumber, aPerson } from '../../factories/clients.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

type Verb = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

describe('people', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let people: Record<Role, TestMember>;
  let sam: TestMember;
  let manager: TestMember;
  let colleague: TestMember;
  let triager: TestMember;
  let stranger: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    people = Object.fromEntries(
      await Promise.all(ROLES.map(async (role) => [role, await aMember(scheme, role)] as const)),
    ) as Record<Role, TestMember>;
    ({ link_worker: sam, scheme_manager: manager } = people);
    colleague = await aMember(scheme, 'link_worker');
    triager = await aMember(scheme, 'link_worker', { triages: true });
    stranger = await aMember(await aScheme(betony), 'scheme_manager');
  });
  afterAll(() => betony.stop());

  const call = (
    who: TestMember | null,
    method: Verb,
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/clients${path}`,
      headers: { ...who?.headers, ...headers },
      ...(payload ? { payload } : {}),
    });

  const audits = async (id: string) => {
    const rows = await betony.get(Database).read<{ line: string }>(
      scheme.id,
      sql`select action || ' ' || coalesce(actor_id::text, actor_name) as line
          from audit_entry where ${id}::uuid = any(client_ids) order by id`,
    );
    return rows.map(({ line }) => line);
  };
  const counted = async (table: 'client' | 'audit_entry' | 'outbox' | 'client_history') => {
    const rows = await betony.get(Database).read<{ count: number }>(
      scheme.id,
      {
        client: sql`select count(*)::int as count from client`,
        audit_entry: sql`select count(*)::int as count from audit_entry`,
        outbox: sql`select count(*)::int as count from outbox where scheme_id = ${scheme.id}`,
        client_history: sql`select count(*)::int as count from client_history`,
      }[table],
    );
    return rows[0]?.count ?? 0;
  };
  const fieldsOf = (answer: { json: () => unknown }) =>
    (answer.json() as { errors: { field: string }[] }).errors.map(({ field }) => field);

  describe('are written down', () => {
    it('by a link worker, who then holds them for a while', async () => {
      const person = aPerson({
        firstName: ' Grace ',
        postcode: 'co151ab',
        safeToCall: 'yes',
        accessNeeds: ['bsl'],
      });
      const made = await call(sam, 'POST', '', person);
      expect(made.json()).toMatchObject({
        ...person,
        firstName: 'Grace',
        postcode: 'CO15 1AB',
        standing: 'confirmed',
        version: 1,
        safeToText: 'not_asked',
        language: 'en',
        gpPractice: null,
        lsoa: null,
        mergedInto: null,
      });
      expect(made.statusCode).toBe(201);
      expect(made.headers['etag']).toBe('"v1"');
      for (const hidden of ['client_id', 'schemeId', 'lastNameKey', 'latitude']) {
        expect(made.json()).not.toHaveProperty(hidden);
      }
      const { id } = made.json<{ id: string }>();
      expect((await call(sam, 'GET', `/${id}`)).statusCode).toBe(200);
      expect((await call(colleague, 'GET', `/${id}`)).statusCode).toBe(404);
      expect((await call(manager, 'GET', `/${id}`)).statusCode).toBe(200);
      betony.clock.advance({ days: 31 });
      expect((await call(sam, 'GET', `/${id}`)).statusCode).toBe(404);
      betony.clock.advance({ days: -31 });
    });

    it('with a practice, a place and a decile, each with its edition', async () => {
      await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
        await tx.run(sql`insert into postcode_place (postcode, lsoa, latitude, longitude, edition)
          values ('CO16 9ZZ', 'E01021988', 51.8, 1.15, 'ONSPD test')`);
        await tx.run(
          sql`insert into lsoa_deprivation (lsoa, decile, edition) values ('E01021988', 1, 'IMD 2025')`,
        );
      });
      const practice = await scheme.homeOf('referrer');
      const made = await call(sam, 'POST', '', aPerson({ postcode: 'CO16 9ZZ', gpPracticeId: practice }));
      expect(made.json()).toMatchObject({
        lsoa: 'E01021988',
        deprivationDecile: 1,
        deprivationEdition: 'IMD 2025',
        placeEdition: 'ONSPD test',
        placeFoundBy: 'postcode',
        gpPractice: { organisationId: practice, noKnownPractice: false, startsOn: '2026-11-23' },
      });
      const { id, version } = made.json<{ id: string; version: number }>();
      const moved = await call(
        sam,
        'PATCH',
        `/${id}`,
        { postcode: 'CO16 9ZY' },
        { 'if-match': `"v${version}"` },
      );
      expect(moved.json()).toMatchObject({ lsoa: null, deprivationDecile: null, placeFoundBy: null });
      const hostel = await call(
        sam,
        'PATCH',
        `/${id}`,
        { postcode: null, noFixedAddress: true, dayPlacePostcode: 'CO16 9ZZ' },
        { 'if-match': `"v${version + 1}"` },
      );
      expect(hostel.json()).toMatchObject({ deprivationDecile: 1, placeFoundBy: 'day_place' });
    });

    it('with a practice that is learned the day none was known, which takes its place', async () => {
      const practice = await anOrganisation(scheme, 'gp_practice');
      const id = (await call(sam, 'POST', '', aPerson({ noKnownGpPractice: true }))).json().id;
      const told = await call(sam, 'POST', `/${id}/gp-registrations`, { organisationId: practice });
      expect([told.statusCode, told.json()]).toMatchObject([
        201,
        { gpPractice: { organisationId: practice } },
      ]);
      const items = (await call(sam, 'GET', `/${id}/gp-registrations`)).json();
      expect(items).toMatchObject([{ organisationId: practice, endsOn: null }]);
      expect(items).toHaveLength(1);
      const back = await call(sam, 'POST', `/${id}/gp-registrations`, { noKnownPractice: true });
      expect(back.statusCode).toBe(422);
    });

    it('with no known practice as an answer', async () => {
      const made = await call(sam, 'POST', '', aPerson({ noKnownGpPractice: true }));
      expect(made.json()).toMatchObject({ gpPractice: { organisationId: null, noKnownPractice: true } });
    });

    it.each<[string, object, string[]]>([
      ['nothing', {}, ['firstName', 'lastName', 'dateOfBirth']],
      ['an NHS number that fails its check', { nhsNumber: '9990000019' }, ['nhsNumber']],
      ['a birth date in the future', { dateOfBirth: '2027-01-01' }, ['dateOfBirth']],
      ['an impossible birth date', { dateOfBirth: '1951-02-30' }, ['dateOfBirth']],
      ['a child on no footing', { dateOfBirth: '2015-01-01' }, ['underAgeBasis']],
      ['a practice of nowhere', { gpPracticeId: '0199a1b2-0000-7000-8000-000000000000' }, ['gpPracticeId']],
      ['a practice and none', { gpPracticeId: null, noKnownGpPractice: 'yes' }, ['noKnownGpPractice']],
      ['a language that is a word', { language: 'English' }, ['language']],
      ['an unknown access need', { accessNeeds: ['helicopter'] }, ['accessNeeds']],
      ['immigration status', { immigrationStatus: 'settled' }, ['immigrationStatus']],
      ['somebody else’s scheme', { schemeId: '0199a1b2-0000-7000-8000-000000000000' }, ['schemeId']],
      ['an interpreter who is a child', { interpreter: 'child' }, ['interpreter']],
      ['a name of control characters', { firstName: 'Gr\u0000ace' }, ['firstName']],
      ['null for a name', { lastName: null }, ['lastName']],
    ])('but not with %s', async (what, change, fields) => {
      const before = await counted('client');
      const body = what === 'nothing' ? {} : { ...aPerson(), ...change };
      const answer = await call(sam, 'POST', '', body);
      expect([answer.statusCode, fieldsOf(answer)]).toEqual([422, fields]);
      expect(answer.body).not.toContain('9990000019');
      expect(await counted('client')).toBe(before);
    });

    it('once, however often the request is repeated with its key', async () => {
      const person = aPerson();
      const key = { 'idempotency-key': 'write-grace-down-once' };
      const first = await call(sam, 'POST', '', person, key);
      const again = await call(sam, 'POST', '', person, key);
      expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
      expect(again.json<{ id: string }>().id).toBe(first.json<{ id: string }>().id);
      expect(again.headers['idempotency-replayed']).toBe('true');
    });
  });

  describe('are compared before they are written down', () => {
    it('side by side, saying which facts agree', async () => {
      const nhsNumber = anNhsNumber();
      const id = await aClient(scheme, {
        nhsNumber,
        firstName: 'Catherine',
        lastName: 'Featherstone',
        dateOfBirth: '1944-05-06',
        postcode: 'CO15 4QQ',
      }).heldBy(sam);
      const asked = {
        firstName: 'Kathryn',
        lastName: 'Fetherstoan',
        dateOfBirth: '1944-05-06',
        postcode: 'CO15 9PP',
      };
      const answer = await call(sam, 'POST', '/match', asked);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({
        candidates: [
          {
            likelihood: 'likely',
            facts: {
              nhsNumber: 'unknown',
              firstName: 'alike',
              lastName: 'alike',
              dateOfBirth: 'same',
              postcode: 'alike',
              phone: 'unknown',
            },
            client: { id, firstName: 'Catherine', nhsNumber },
          },
        ],
      });
      expect(await audits(id)).toContain(`client.match ${sam.actor.membershipId}`);
    });

    it('only with those in reach', async () => {
      const person = aPerson();
      const id = await aClient(scheme, person).heldBy(sam);
      const { nhsNumber, firstName, lastName, dateOfBirth } = person;
      const asked = { nhsNumber, firstName, lastName, dateOfBirth };
      const shownTo = async (who: TestMember) =>
        (await call(who, 'POST', '/match', asked)).json<{ candidates: unknown[] }>().candidates.length;
      expect([await shownTo(sam), await shownTo(manager)]).toEqual([1, 1]);
      expect([await shownTo(colleague), await shownTo(triager), await shownTo(stranger)]).toEqual([0, 0, 0]);
      const seen = await audits(id);
      expect(seen.filter((line) => line.startsWith('client.match'))).toHaveLength(2);
    });

    it('and a likely duplicate is refused until it is ruled out', async () => {
      const known = aPerson({ nhsNumber: null });
      const id = await aClient(scheme, known).heldBy(sam);
      const before = await counted('client');
      const refused = await call(sam, 'POST', '', known);
      expect(refused.statusCode).toBe(409);
      expect(refused.json()).toMatchObject({
        title: 'likely-duplicate',
        candidates: [{ likelihood: 'likely', client: { id } }],
      });
      expect(await counted('client')).toBe(before);
      expect((await audits(id)).at(-1)).toBe(`client.match ${sam.actor.membershipId}`);
      const made = await call(sam, 'POST', '', { ...known, notTheSameAs: [id] });
      expect(made.statusCode).toBe(201);
    });

    it('and an NHS number is nobody else’s, in reach or not', async () => {
      const nhsNumber = anNhsNumber();
      await aClient(scheme, { nhsNumber }).heldBy(sam);
      const refused = await call(colleague, 'POST', '', aPerson({ nhsNumber }));
      expect(refused.statusCode).toBe(409);
      expect(refused.json()).toMatchObject({ title: 'nhs-number-in-use' });
      expect(refused.body).not.toContain(nhsNumber);
      const elsewhere = await call(stranger, 'POST', '', aPerson({ nhsNumber }));
      expect(elsewhere.statusCode).toBe(201);
    });

    it('with the whole scheme by triage, for somebody in its queue', async () => {
      const person = aPerson();
      const known = await aClient(scheme, person).heldBy(sam);
      const sent = await aClient(scheme, person).provisional().inTriage();
      const candidates = async (who: TestMember) => {
        const answer = await call(who, 'GET', `/${sent}/matches`);
        if (answer.statusCode !== 200) return answer.statusCode;
        return answer
          .json<{ candidates: { client: { id: string } }[] }>()
          .candidates.map((one) => one.client.id);
      };
      expect(await candidates(triager)).toEqual([known]);
      expect(await candidates(manager)).toEqual([known]);
      expect(await candidates(sam)).toBe(404);
      expect((await call(triager, 'GET', `/${known}`)).statusCode).toBe(404);
      expect((await call(sam, 'GET', `/${known}/matches`)).json()).toEqual({ candidates: [] });
    });

    it('written down twice at once, only one is', async () => {
      const person = aPerson({ nhsNumber: null });
      const answers = await Promise.all(Array.from({ length: 8 }, () => call(manager, 'POST', '', person)));
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([
        201,
        ...Array<number>(7).fill(409),
      ]);
    });
  });

  describe('are found', () => {
    it('by number, phone, postcode, birth date and the beginning of a name, each read recorded', async () => {
      const person = aPerson({ postcode: 'CO14 8AA', lastName: 'Xanthopoulos', firstName: 'Eleni' });
      const id = await aClient(scheme, person).heldBy(sam);
      const found = async (input: object) => {
        const answer = await call(sam, 'POST', '/search', input);
        return answer.json<{ items: { id: string }[] }>().items.map((line) => line.id);
      };
      expect(await found({ nhsNumber: person.nhsNumber })).toEqual([id]);
      expect(await found({ phone: person.phone, dateOfBirth: person.dateOfBirth })).toEqual([id]);
      expect(await found({ postcode: 'co148aa' })).toEqual([id]);
      expect(await found({ lastName: 'xanTHO' })).toEqual([id]);
      expect(await found({ lastName: 'xantho', firstName: 'el' })).toEqual([id]);
      expect(await found({ lastName: 'xantho', firstName: 'nel' })).toEqual([]);
      expect(await found({ firstName: 'eleni' })).toEqual([id]);
      expect(await found({ lastName: 'Zanthopoulus', soundsLike: true })).toEqual([id]);
      expect(await found({ lastName: 'Zanthopoulus' })).toEqual([]);
      expect((await audits(id)).filter((line) => line.startsWith('client.list'))).toHaveLength(7);
    });

    it.each<[string, object, string]>([
      ['nothing to go by', {}, 'lastName'],
      ['an apostrophe', { lastName: "'" }, 'lastName'],
      ['a broken cursor', { lastName: 'a', after: 'x' }, 'after'],
      ['a page of 1000', { lastName: 'a', limit: 1000 }, 'limit'],
    ])('but not with %s', async (_what, input, field) => {
      const answer = await call(sam, 'POST', '/search', input);
      expect([answer.statusCode, fieldsOf(answer)]).toEqual([422, [field]]);
    });

    it('page by page in the order of their names, with no name in the address', async () => {
      const apart = await aScheme(betony);
      const worker = await aMember(apart, 'link_worker');
      for (const [lastName, firstName] of [
        ['Ash', 'Zoe'],
        ['Ash', 'Amy'],
        ['Óak', 'Bo'],
        ['Elm', 'Cy'],
        ['Ash', 'Amy'],
      ] as const) {
        await aClient(apart, { lastName, firstName }).heldBy(worker);
      }
      await aClient(apart);
      const names: string[] = [];
      let next: string | null = '';
      for (let pages = 0; next !== null && pages < 9; pages += 1) {
        const after: string = next === '' ? '' : `&after=${next}`;
        const answer = await call(worker, 'GET', `?limit=2${after}`);
        const page = answer.json<{ items: { firstName: string; lastName: string }[]; next: string | null }>();
        names.push(...page.items.map(({ firstName, lastName }) => `${lastName} ${firstName}`));
        if (page.next)
          expect(Buffer.from(page.next, 'base64url').toString()).toMatch(/^\["[0-9a-f-]{36}"\]$/);
        next = page.next;
      }
      expect(names).toEqual(['Ash Amy', 'Ash Amy', 'Ash Zoe', 'Elm Cy', 'Óak Bo']);
      const shown = await betony
        .get(Database)
        .read<{ shown: number }>(
          apart.id,
          sql`select cardinality(client_ids) as shown from audit_entry where action = 'client.list' order by id`,
        );
      expect(shown.map((row) => row.shown)).toEqual([2, 2, 1]);
    });
  });

  describe('are changed', () => {
    it('under a version, with each answer before and after', async () => {
      const id = await aClient(scheme, { phone: '07700 900123' }).heldBy(sam).safeTo('call', 'text');
      const read = await call(sam, 'GET', `/${id}`);
      const etag = String(read.headers['etag']);
      const changed = await call(
        sam,
        'PATCH',
        `/${id}`,
        { knownAs: 'Gracie', phone: '07700 900456', safeToText: 'yes' },
        { 'if-match': etag },
      );
      expect(changed.json()).toMatchObject({
        knownAs: 'Gracie',
        phone: '+447700900456',
        safeToCall: 'not_asked',
        safeToText: 'yes',
      });
      expect(changed.headers['etag']).not.toBe(etag);
      const stale = await call(sam, 'PATCH', `/${id}`, { knownAs: 'G' }, { 'if-match': etag });
      expect(stale.statusCode).toBe(412);
      const bare = await call(sam, 'PATCH', `/${id}`, { knownAs: 'G' });
      expect(bare.statusCode).toBe(428);
      const history = await call(sam, 'GET', `/${id}/history`);
      const { items } = history.json<{ items: { action: string; changes: unknown; actorId: string }[] }>();
      expect(items.at(-1)).toMatchObject({
        action: 'client.amend',
        actorId: sam.actor.membershipId,
        changes: {
          knownAs: { from: null, to: 'Gracie' },
          safeToCall: { from: 'yes', to: 'not_asked' },
        },
      });
      expect(items.filter(({ action }) => action === 'client.amend')).toHaveLength(1);
    });

    it('by two at once: one wins, the other reads again', async () => {
      const id = await aClient(scheme).heldBy(sam);
      const etag = String((await call(sam, 'GET', `/${id}`)).headers['etag']);
      const answers = await Promise.all(
        ['One', 'Two', 'Three'].map((knownAs) =>
          call(sam, 'PATCH', `/${id}`, { knownAs }, { 'if-match': etag }),
        ),
      );
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412]);
    });

    it.each<[string, object, string[]]>([
      ['a name taken away', { firstName: null }, ['firstName']],
      ['an empty name', { firstName: ' ' }, ['firstName']],
      ['a practice, which is a registration', { gpPracticeId: null }, ['gpPracticeId']],
      ['a standing', { standing: 'confirmed' }, ['standing']],
      ['a birth date in the future', { dateOfBirth: '2027-01-01' }, ['dateOfBirth']],
      ['a phone that is none', { phone: '12' }, ['phone']],
    ])('but not by %s', async (_what, change, fields) => {
      const id = await aClient(scheme).heldBy(sam);
      const etag = String((await call(sam, 'GET', `/${id}`)).headers['etag']);
      const answer = await call(sam, 'PATCH', `/${id}`, change, { 'if-match': etag });
      expect([answer.statusCode, fieldsOf(answer)]).toEqual([422, fields]);
      expect((await call(sam, 'GET', `/${id}`)).headers['etag']).toBe(etag);
    });

    it('by switching a channel off for a wrong number', async () => {
      const id = await aClient(scheme).heldBy(sam).safeTo('call', 'text');
      const off = await call(sam, 'POST', `/${id}/switch-off-channel`, {
        channel: 'text',
        because: 'wrong_number',
      });
      expect([off.statusCode, off.json()]).toMatchObject([200, { safeToText: 'no', safeToCall: 'yes' }]);
      const wrong = await call(sam, 'POST', `/${id}/switch-off-channel`, {
        channel: 'pigeon',
        because: 'bounced',
      });
      expect([wrong.statusCode, fieldsOf(wrong)]).toEqual([422, ['channel']]);
    });

    it('by moving to another practice, which closes the registration before', async () => {
      const [first, second] = [await scheme.homeOf('referrer'), await anOrganisation(scheme, 'gp_practice')];
      const id = await aClient(scheme, { gpPracticeId: first }).heldBy(sam);
      betony.clock.advance({ days: 10 });
      const moved = await call(sam, 'POST', `/${id}/gp-registrations`, { organisationId: second });
      expect(moved.statusCode).toBe(201);
      expect(moved.json()).toMatchObject({ gpPractice: { organisationId: second, startsOn: '2026-12-03' } });
      const again = await call(sam, 'POST', `/${id}/gp-registrations`, { organisationId: second });
      expect(again.statusCode).toBe(409);
      betony.clock.advance({ days: -10 });
      const list = await call(sam, 'GET', `/${id}/gp-registrations`);
      expect(list.json()).toMatchObject([
        { organisationId: second, startsOn: '2026-12-03', endsOn: null },
        { organisationId: first, startsOn: '2026-11-23', endsOn: '2026-12-02' },
      ]);
    });

    it.each<[string, (organisation: string) => object, string]>([
      ['an organisation that is no practice', (organisationId) => ({ organisationId }), 'organisationId'],
      ['neither practice nor none', () => ({}), 'organisationId'],
      ['both', (organisationId) => ({ organisationId, noKnownPractice: true }), 'organisationId'],
      ['a day to come', () => ({ noKnownPractice: true, startsOn: '2026-11-24' }), 'startsOn'],
    ])('but not by moving to %s', async (_what, input, field) => {
      const id = await aClient(scheme).heldBy(sam);
      const group = await scheme.homeOf('provider_member');
      const answer = await call(sam, 'POST', `/${id}/gp-registrations`, input(group));
      expect([answer.statusCode, fieldsOf(answer)]).toEqual([422, [field]]);
    });

    it('by naming whom they are never offered to', async () => {
      const id = await aClient(scheme).heldBy(sam);
      const group = await scheme.homeOf('provider_member');
      expect((await call(sam, 'GET', `/${id}/never-offer`)).json()).toEqual([]);
      expect((await call(sam, 'PUT', `/${id}/never-offer/${group}`)).statusCode).toBe(204);
      expect((await call(sam, 'PUT', `/${id}/never-offer/${group}`)).statusCode).toBe(204);
      expect((await call(sam, 'GET', `/${id}/never-offer`)).json()).toMatchObject([
        { organisationId: group },
      ]);
      expect((await call(sam, 'PUT', `/${id}/never-offer/${newId()}`)).statusCode).toBe(404);
      expect((await call(sam, 'DELETE', `/${id}/never-offer/${group}`)).statusCode).toBe(204);
      expect((await call(sam, 'DELETE', `/${id}/never-offer/${group}`)).statusCode).toBe(404);
      const history = (await call(sam, 'GET', `/${id}/history`)).json<{ items: { action: string }[] }>();
      expect(history.items.filter(({ action }) => action === 'client.neverOffer')).toHaveLength(2);
    });
  });

  describe('die', () => {
    it('once, and a manager can take a mistake back', async () => {
      const id = await aClient(scheme).heldBy(sam);
      const told = { diedOn: '2026-11-20', toldBy: 'Her daughter, by phone' };
      const died = await call(sam, 'POST', `/${id}/record-death`, told);
      expect([died.statusCode, died.json()]).toMatchObject([200, { diedOn: '2026-11-20' }]);
      expect((await call(sam, 'POST', `/${id}/record-death`, told)).statusCode).toBe(409);
      expect((await call(sam, 'POST', `/${id}/reverse-death`, { reason: 'Wrong person' })).statusCode).toBe(
        403,
      );
      const back = await call(manager, 'POST', `/${id}/reverse-death`, { reason: 'Wrong person' });
      expect([back.statusCode, back.json()]).toMatchObject([200, { diedOn: null, deathRecordedAt: null }]);
      expect((await call(manager, 'POST', `/${id}/reverse-death`, { reason: 'Again' })).statusCode).toBe(409);
    });

    it('also while provisional, and on a day nobody knows', async () => {
      const id = await aClient(scheme).provisional().inTriage();
      const died = await call(triager, 'POST', `/${id}/record-death`, { toldBy: 'The practice' });
      expect(died.json()).toMatchObject({ diedOn: null, deathRecordedAt: expect.any(String) });
    });

    it('but not tomorrow, nor before they were born', async () => {
      const id = await aClient(scheme).heldBy(sam);
      for (const diedOn of ['2026-11-24', '1899-01-01']) {
        const answer = await call(sam, 'POST', `/${id}/record-death`, { diedOn, toldBy: 'Somebody' });
        expect([answer.statusCode, fieldsOf(answer)]).toEqual([422, ['diedOn']]);
      }
    });
  });

  describe('are joined when two records are one person', () => {
    it('keeping the stricter contact rule, with messages paused until somebody confirms', async () => {
      const group = await scheme.homeOf('provider_member');
      const kept = await aClient(scheme, { nhsNumber: null }).heldBy(sam).safeTo('call', 'text');
      const merged = await aClient(scheme, { accessNeeds: ['bsl'] })
        .heldBy(colleague)
        .heldBy(sam)
        .safeTo('call')
        .agreedWith(group, 'needs');
      const answer = await call(sam, 'POST', `/${kept}/merge`, {
        mergedId: merged,
        reason: 'Same phone, same house',
      });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({
        keptId: kept,
        mergedId: merged,
        kind: 'merged',
        undoUntil: '2027-02-21T10:00:00.000Z',
        undoneAt: null,
        earlierDisclosures: [{ organisationId: group, scope: ['needs'], withdrawnAt: null }],
      });
      const after = (await call(sam, 'GET', `/${kept}`)).json<{
        nhsNumber: string;
        messagesPausedAt: string;
      }>();
      expect(after).toMatchObject({
        safeToCall: 'yes',
        safeToText: 'not_asked',
        accessNeeds: ['bsl'],
        nhsNumber: expect.stringMatching(/^999/),
        messagesPausedAt: expect.any(String),
      });
      // Whoever held the other holds this one; the old id says where the person is now.
      expect((await call(colleague, 'GET', `/${kept}`)).statusCode).toBe(200);
      const old = await call(colleague, 'GET', `/${merged}`);
      expect([old.statusCode, old.json()]).toMatchObject([200, { standing: 'merged', mergedInto: kept }]);
      const write = await call(sam, 'POST', `/${merged}/record-death`, { toldBy: 'Somebody' });
      expect([write.statusCode, write.json()]).toMatchObject([409, { title: 'merged', mergedInto: kept }]);
      // The old id stays in history and audit.
      const history = (await call(sam, 'GET', `/${merged}/history`)).json<{ items: { action: string }[] }>();
      expect(history.items.at(-1)).toMatchObject({ action: 'client.merge', changes: { mergedInto: kept } });
      expect(await audits(merged)).toContain(`client.merge ${sam.actor.membershipId}`);
      const resumed = await call(colleague, 'POST', `/${kept}/resume-messages`);
      expect([resumed.statusCode, resumed.json()]).toMatchObject([200, { messagesPausedAt: null }]);
      expect((await call(sam, 'POST', `/${kept}/resume-messages`)).statusCode).toBe(409);
      expect((await call(sam, 'GET', `/${kept}/merges`)).json()).toMatchObject([{ mergedId: merged }]);
    });

    it('and taken apart again within 90 days, each with what was theirs', async () => {
      const group = await scheme.homeOf('provider_member');
      const kept = await aClient(scheme, { nhsNumber: null, phone: null }).heldBy(sam).safeTo('text');
      const merged = await aClient(scheme).heldBy(sam).agreedWith(group, 'needs');
      const before = (await call(sam, 'GET', `/${kept}`)).json<Record<string, unknown>>();
      const beforeMerged = (await call(sam, 'GET', `/${merged}`)).json<Record<string, unknown>>();
      await call(sam, 'POST', `/${kept}/merge`, { mergedId: merged, reason: 'Mistaken' });
      const etag = String((await call(sam, 'GET', `/${kept}`)).headers['etag']);
      await call(sam, 'PATCH', `/${kept}`, { reachNote: 'After four' }, { 'if-match': etag });
      expect((await call(sam, 'POST', `/${merged}/unmerge`, { reason: 'Two people' })).statusCode).toBe(403);
      const back = await call(manager, 'POST', `/${merged}/unmerge`, { reason: 'Two people' });
      expect(back.statusCode).toBe(200);
      expect(back.json()).toMatchObject({
        ...beforeMerged,
        version: expect.any(Number),
        updatedAt: expect.any(String),
      });
      const after = (await call(sam, 'GET', `/${kept}`)).json<Record<string, unknown>>();
      expect(after).toMatchObject({
        ...before,
        reachNote: 'After four',
        version: expect.any(Number),
        updatedAt: expect.any(String),
      });
      const agreements = async (id: string) =>
        (await call(sam, 'GET', `/${id}/agreements`)).json<unknown[]>().length;
      expect([await agreements(kept), await agreements(merged)]).toEqual([0, 1]);
      expect((await call(manager, 'POST', `/${merged}/unmerge`, { reason: 'Again' })).statusCode).toBe(404);
    });

    it('but not taken apart after 90 days', async () => {
      const [kept, merged] = [
        await aClient(scheme, { nhsNumber: null }).heldBy(sam),
        await aClient(scheme).heldBy(sam),
      ];
      await call(sam, 'POST', `/${kept}/merge`, { mergedId: merged, reason: 'Same' });
      betony.clock.advance({ days: 91 });
      const late = await call(manager, 'POST', `/${merged}/unmerge`, { reason: 'Two people' });
      betony.clock.advance({ days: -91 });
      expect([late.statusCode, late.json()]).toMatchObject([409, { title: 'too-late' }]);
    });

    it('a chain of joinings is undone from its end', async () => {
      const [a, b, c] = [
        await aClient(scheme, { nhsNumber: null }).heldBy(sam),
        await aClient(scheme, { nhsNumber: null }).heldBy(sam),
        await aClient(scheme, { nhsNumber: null }).heldBy(sam),
      ];
      await call(sam, 'POST', `/${b}/merge`, { mergedId: a, reason: 'Same' });
      await call(sam, 'POST', `/${c}/merge`, { mergedId: b, reason: 'Same' });
      expect((await call(sam, 'GET', `/${a}`)).json()).toMatchObject({ mergedInto: c });
      const early = await call(manager, 'POST', `/${a}/unmerge`, { reason: 'No' });
      expect([early.statusCode, early.json()]).toMatchObject([409, { title: 'merged-since', mergedInto: c }]);
      expect((await call(manager, 'POST', `/${b}/unmerge`, { reason: 'No' })).statusCode).toBe(200);
      expect((await call(sam, 'GET', `/${a}`)).json()).toMatchObject({ mergedInto: b });
      expect((await call(manager, 'POST', `/${a}/unmerge`, { reason: 'No' })).statusCode).toBe(200);
      expect((await call(sam, 'GET', `/${a}`)).json()).toMatchObject({
        standing: 'confirmed',
        mergedInto: null,
      });
    });

    it('refused where it cannot be right, or is out of reach', async () => {
      const kept = await aClient(scheme).heldBy(sam);
      const numbered = await aClient(scheme).heldBy(sam);
      const died = await aClient(scheme, { nhsNumber: null }).heldBy(sam);
      await call(sam, 'POST', `/${died}/record-death`, { toldBy: 'Somebody' });
      const provisional = await aClient(scheme, { nhsNumber: null }).provisional().heldBy(sam);
      const unheld = await aClient(scheme, { nhsNumber: null });
      const join = async (id: string, mergedId: string, who = sam) => {
        const answer = await call(who, 'POST', `/${id}/merge`, { mergedId, reason: 'Same' });
        return answer.json<{ title: string }>().title;
      };
      expect(await join(kept, numbered)).toBe('different-nhs-numbers');
      expect(await join(kept, died)).toBe('death-differs');
      expect(await join(provisional, died)).toBe('not-confirmed');
      expect(await join(kept, kept)).toBe('invalid');
      expect(await join(kept, unheld)).toBe('not-found');
      expect(await join(kept, newId())).toBe('not-found');
      expect(await join(kept, numbered, colleague)).toBe('not-found');
    });

    it('by two at once the other way round: one wins', async () => {
      const [one, other] = [
        await aClient(scheme, { nhsNumber: null }).heldBy(sam),
        await aClient(scheme, { nhsNumber: null }).heldBy(sam),
      ];
      const answers = await Promise.all([
        call(sam, 'POST', `/${one}/merge`, { mergedId: other, reason: 'Same' }),
        call(sam, 'POST', `/${other}/merge`, { mergedId: one, reason: 'Same' }),
      ]);
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    });
  });

  describe('are nobody’s business', () => {
    const ROUTES: [Verb, string, object | undefined][] = [
      ['GET', '/:id', undefined],
      ['GET', '/:id/history', undefined],
      ['GET', '/:id/matches', undefined],
      ['GET', '/:id/merges', undefined],
      ['GET', '/:id/gp-registrations', undefined],
      ['GET', '/:id/never-offer', undefined],
      ['GET', '/:id/agreements', undefined],
      ['PATCH', '/:id', { knownAs: 'X' }],
      ['POST', '/:id/switch-off-channel', { channel: 'text', because: 'asked' }],
      ['POST', '/:id/resume-messages', undefined],
      ['POST', '/:id/record-death', { toldBy: 'X' }],
      ['POST', '/:id/reverse-death', { reason: 'X' }],
      ['POST', '/:id/merge', { mergedId: '0199a1b2-0000-7000-8000-000000000000', reason: 'X' }],
      ['POST', '/:id/unmerge', { reason: 'X' }],
      ['POST', '/:id/gp-registrations', { noKnownPractice: true }],
      ['PUT', '/:id/never-offer/0199a1b2-0000-7000-8000-000000000000', undefined],
      ['DELETE', '/:id/never-offer/0199a1b2-0000-7000-8000-000000000000', undefined],
      [
        'POST',
        '/:id/agreements',
        { scope: ['scheme_support'], basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' },
      ],
      [
        'POST',
        '/:id/agreements/0199a1b2-0000-7000-8000-000000000000/renew',
        { agreedOn: '2026-11-20', how: 'phone' },
      ],
      ['POST', '/:id/agreements/0199a1b2-0000-7000-8000-000000000000/withdraw', {}],
    ];
    const MANAGER_ONLY = ['/:id/reverse-death', '/:id/unmerge'];

    it.each(ROUTES)('%s %s', async (method, path, payload) => {
      const id = await aClient(scheme).heldBy(sam);
      const [audited, written] = [await counted('audit_entry'), await counted('client_history')];
      const status = async (who: TestMember | null, clientId = id) => {
        const answer = await call(who, method, path.replace(':id', clientId), payload, {
          'if-match': '"v2"',
        });
        return [answer.statusCode, answer.json<{ detail: string }>().detail] as const;
      };
      const managerOnly = MANAGER_ONLY.includes(path);
      const absent = await status(managerOnly ? manager : sam, newId());
      expect(absent[0]).toBe(404);
      expect(await status(stranger)).toEqual(absent);
      expect((await status(colleague))[0]).toBe(managerOnly ? 403 : 404);
      if (!managerOnly) expect(await status(colleague)).toEqual(absent);
      expect((await status(null))[0]).toBe(401);
      for (const role of ['commissioner', 'administrator'] as const) {
        expect((await status(people[role]))[0]).toBe(403);
      }
      // A death may be told by those who referred somebody or take them in, but not here: through their own rows.
      const outsiders = path === '/:id/record-death' ? 404 : 403;
      for (const role of ['referrer', 'provider_member'] as const) {
        expect((await status(people[role]))[0]).toBe(outsiders);
      }
      expect([await counted('audit_entry'), await counted('client_history')]).toEqual([audited, written]);
    });

    it.each<[Verb, string, object | undefined]>([
      ['GET', '', undefined],
      ['POST', '', aPerson()],
      ['POST', '/match', { firstName: 'A', lastName: 'B', dateOfBirth: '1951-03-02' }],
      ['POST', '/search', { lastName: 'B' }],
    ])('%s %s', async (method, path, payload) => {
      expect((await call(null, method, path, payload)).statusCode).toBe(401);
      for (const role of ['referrer', 'provider_member', 'commissioner', 'administrator'] as const) {
        expect((await call(people[role], method, path, payload)).statusCode).toBe(403);
      }
    });

    it('that of a worker who covers for a colleague excepted', async () => {
      const id = await aClient(scheme).heldBy(sam);
      await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
        await tx.run(sql`
          insert into cover (scheme_id, id, worker_id, cover_id, reason, starts_on, created_by, created_at)
          values (${scheme.id}, ${newId()}, ${sam.actor.membershipId}, ${colleague.actor.membershipId}, 'leave',
            '2026-11-23', ${manager.actor.membershipId}, ${tx.now})`);
      });
      expect((await call(colleague, 'GET', `/${id}`)).statusCode).toBe(200);
      await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
        await tx.run(sql`update cover set ended_at = ${tx.now} where scheme_id = ${scheme.id}`);
      });
      expect((await call(colleague, 'GET', `/${id}`)).statusCode).toBe(404);
    });

    it('and every read of one is recorded: once each, with who and what', async () => {
      const id = await aClient(scheme).heldBy(sam);
      const before = (await audits(id)).length;
      const paths = ['', '/history', '/gp-registrations', '/never-offer', '/agreements', '/merges'];
      for (const path of paths) expect((await call(sam, 'GET', `/${id}${path}`)).statusCode).toBe(200);
      const who = sam.actor.membershipId;
      expect((await audits(id)).slice(before)).toEqual([
        `client.get ${who}`,
        `client.get ${who}`,
        `client.get ${who}`,
        `client.neverOffer ${who}`,
        `agreement.list ${who}`,
        `client.merge ${who}`,
      ]);
    });
  });
});
