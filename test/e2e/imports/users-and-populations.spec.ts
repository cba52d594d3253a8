import sql from 'sql-template-tag';
import type { ImportRowView, ImportView } from '../../../src/imports/batch.dto.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { workOn } from '../../factories/bulk-referrals.js';

describe('lists of users and of numbers of people', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;
  let ada: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    ada = await aMember(scheme, 'administrator');
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object | string) =>
    betony.inject({
      method,
      url: `/api/v1/imports${path}`,
      headers: { ...who.headers, ...(typeof payload === 'string' ? { 'content-type': 'text/csv' } : {}) },
      ...(payload === undefined ? {} : { payload }),
    });
  const brought = async (who: TestMember, kind: string, content: string): Promise<ImportView> => {
    const answer = await call(who, 'POST', `/file?kind=${kind}&name=list.csv`, content);
    expect([answer.statusCode, answer.body]).toEqual([201, expect.stringContaining('"state":"checked"')]);
    return answer.json();
  };
  const rows = async (who: TestMember, id: string): Promise<ImportRowView[]> =>
    (await call(who, 'GET', `/${id}/rows?limit=100`)).json<{ items: ImportRowView[] }>().items;
  const gone = async (who: TestMember, id: string, verb: 'approve' | 'undo'): Promise<ImportView> => {
    const answer = await call(
      who,
      'POST',
      `/${id}/${verb}`,
      verb === 'approve' ? { leaveOutRefused: true } : {},
    );
    expect([answer.statusCode, answer.body]).toEqual([202, expect.any(String)]);
    await workOn(scheme, id);
    return (await call(who, 'GET', `/${id}`)).json();
  };

  describe('users', () => {
    const invitations = () =>
      rowsOf<{ email: string; role: string; revoked: boolean }>(
        scheme,
        sql`select email, role, revoked_at is not null as revoked from invitation
          where scheme_id = ${scheme.id} order by email, role`,
      );
    const letters = async () =>
      (
        await rowsOf<{ id: string }>(
          scheme,
          sql`select id from outbox where scheme_id = ${scheme.id} and event = 'invitation.created'`,
        )
      ).length;
    const HEAD = 'Name,E-mail,Role,Team';
    let practice: string;

    beforeEach(async () => {
      practice = `Surgery ${scheme.id.slice(-8)}`;
      await anOrganisation(scheme, 'gp_practice', { name: practice });
    });

    it('are invited once somebody has looked at the list and approved it, and not before', async () => {
      const list = await brought(
        ada,
        'users',
        [
          HEAD,
          `Asha Patel,asha@example.org,Practice,${practice}`,
          `Bo Lin,bo@example.org,referrer,${practice.toUpperCase()}`,
        ].join('\n'),
      );
      expect(list).toMatchObject({ added: 2, same: 0, refused: 0 });
      expect([await invitations(), await letters()]).toEqual([[], 0]);
      expect(await gone(ada, list.id, 'approve')).toMatchObject({ state: 'applied', added: 2, done: 2 });
      expect(await invitations()).toEqual([
        { email: 'asha@example.org', role: 'referrer', revoked: false },
        { email: 'bo@example.org', role: 'referrer', revoked: false },
      ]);
      expect(await letters()).toBe(2);
    });

    it('who are here, or invited, are left as they are, and a namesake is asked about', async () => {
      const first = await brought(ada, 'users', `${HEAD}\nAsha Patel,asha@example.org,referrer,${practice}`);
      await gone(ada, first.id, 'approve');
      const list = await brought(
        ada,
        'users',
        [
          HEAD,
          `Asha Patel,ASHA@example.org,referrer,${practice}`,
          `asha patel,a.patel@example.org,referrer,${practice}`,
        ].join('\n'),
      );
      expect(list).toMatchObject({ same: 1, added: 1, warned: 1 });
      expect((await rows(ada, list.id)).map(({ warnings }) => warnings[0]?.reason)).toEqual([
        undefined,
        'Asha Patel is there already, as asha@example.org. Is it somebody else?',
      ]);
    });

    it('who cannot be invited are refused with everything that is wrong, as inviting each would', async () => {
      const list = await brought(
        ada,
        'users',
        [
          HEAD,
          ',nobody,king,',
          'Cy Day,cy@example.org,referrer,Nowhere',
          `Di Fox,di@example.org,provider member,${practice}`,
        ].join('\n'),
      );
      expect(list).toMatchObject({ added: 0, refused: 3 });
      const problems = (await rows(ada, list.id)).map((row) => row.problems.map(({ column }) => column));
      expect(problems).toEqual([['name', 'email', 'role', 'organisation'], ['organisation'], ['role']]);
      const both = await brought(ada, 'users', `${HEAD}\n,cy@example.org,referrer,Nowhere`);
      expect((await rows(ada, both.id))[0]?.problems.map(({ column }) => column)).toEqual([
        'name',
        'organisation',
      ]);
      const sheet = (await call(ada, 'GET', `/${list.id}/refused`)).body.split('\r\n');
      expect(sheet[0]).toMatch(/^row,what is wrong,name,/);
      expect(sheet[2]).toContain('organisation: There is no such organisation');
      const desk = aPageBrowser(betony, { who: ada });
      const { body } = await desk.open(`/desk/imports/${list.id}`);
      expect(body).toContain('There is nothing in it to import.');
      expect(body).toContain('role: Use one of: referrer, link worker');
    });

    it('taken back within a day, lose invitations that nobody used, and keep whom they let in', async () => {
      const list = await brought(
        ada,
        'users',
        [
          HEAD,
          `Asha Patel,asha@example.org,referrer,${practice}`,
          `Bo Lin,bo@example.org,referrer,${practice}`,
        ].join('\n'),
      );
      await gone(ada, list.id, 'approve');
      await rowsOf(
        scheme,
        sql`update invitation set accepted_at = ${betony.clock.now()} where email = 'asha@example.org'`,
      );
      expect(await gone(ada, list.id, 'undo')).toMatchObject({
        state: 'undone',
        partlyUndone: true,
        kept: 1,
      });
      expect(await invitations()).toMatchObject([
        { revoked: false },
        { email: 'bo@example.org', revoked: true },
      ]);
      expect(await rows(ada, list.id)).toMatchObject([
        { keptBecause: 'They stay: they have used the invitation.' },
      ]);
    });

    it('who stand on two lists that are approved together are invited once, by whoever approved the first', async () => {
      const content = `${HEAD}\nAsha Patel,asha@example.org,referrer,${practice}`;
      const lists = [await brought(ada, 'users', content), await brought(ada, 'users', content)];
      for (const { id } of lists)
        expect((await call(ada, 'POST', `/${id}/approve`, { leaveOutRefused: true })).statusCode).toBe(202);
      await Promise.all(lists.map(({ id }) => workOn(scheme, id)));
      const after = await Promise.all(
        lists.map(async ({ id }) => (await call(ada, 'GET', `/${id}`)).json<ImportView>()),
      );
      expect(after.map(({ added, same }) => [added, same]).sort()).toEqual([
        [0, 1],
        [1, 0],
      ]);
      const [row, ...others] = await rowsOf(
        scheme,
        sql`select i.created_by, e.actor_id from invitation i
          join audit_entry e on e.scheme_id = i.scheme_id and e.action = 'user.invite' and e.subject_id = i.id
          where i.scheme_id = ${scheme.id}`,
      );
      const { membershipId } = ada.actor;
      expect([row, others]).toEqual([{ created_by: membershipId, actor_id: membershipId }, []]);
    });

    it('are not invited once whoever approved the list may not do so any more', async () => {
      const list = await brought(ada, 'users', `${HEAD}\nBo Lin,bo@example.org,referrer,${practice}`);
      await call(ada, 'POST', `/${list.id}/approve`, {});
      await rowsOf(
        scheme,
        sql`update membership set ended_at = ${betony.clock.now()} where id = ${ada.actor.membershipId}`,
      );
      await workOn(scheme, list.id);
      const other = await aMember(scheme, 'administrator');
      expect((await call(other, 'GET', `/${list.id}`)).json()).toMatchObject({
        state: 'failed',
        because: expect.stringContaining('may not do so any more') as string,
      });
      expect(await invitations()).toEqual([]);
    });

    it('are told apart however their organisation is named, and a row that is far too long stops no other', async () => {
      const code = 'F81999';
      const other = await anOrganisation(scheme, 'gp_practice', { name: `Other ${practice}` });
      await rowsOf(scheme, sql`update organisation set ods_code = ${code} where id = ${other}`);
      const list = await brought(
        ada,
        'users',
        [
          HEAD,
          `Asha Patel,asha@example.org,referrer,Other ${practice}`,
          `Asha Patel,asha@example.org,referrer,${code}`,
          `Bo Lin,bo@example.org,referrer,${'x'.repeat(9000)}`,
        ].join('\n'),
      );
      expect(list).toMatchObject({ added: 1, refused: 2 });
      expect((await rows(ada, list.id)).map(({ problems }) => problems[0]?.reason)).toEqual([
        undefined,
        'The same person, role and organisation as row 2',
        'Use 200 characters or fewer',
      ]);
    });

    it('are for whoever may invite, and their lists are not there for others', async () => {
      const list = await brought(ada, 'users', `${HEAD}\nBo Lin,bo@example.org,referrer,${practice}`);
      expect((await call(manager, 'POST', '/file?kind=users', `${HEAD}\n`)).statusCode).toBe(422);
      for (const path of [`/${list.id}`, `/${list.id}/rows`, `/${list.id}/refused`])
        expect((await call(manager, 'GET', path)).statusCode).toBe(404);
      for (const verb of ['approve', 'discard', 'undo', 'stop'])
        expect((await call(manager, 'POST', `/${list.id}/${verb}`, {})).statusCode).toBe(404);
      expect((await call(manager, 'GET', '')).json()).toMatchObject({ items: [] });
      expect((await call(ada, 'GET', '')).json()).toMatchObject({ items: [{ id: list.id }] });
      expect((await call(ada, 'POST', '/feed', { address: 'https://a.example.org/x' })).statusCode).toBe(403);
      expect((await call(ada, 'POST', '/file?kind=assets', 'name\n')).statusCode).toBe(422);
      const forms = await aPageBrowser(betony, { who: ada }).open('/desk/imports/new');
      expect(forms.body).toContain('People who are to sign in');
      expect(forms.body).not.toMatch(/Assets of the community|on the internet/);
    });
  });

  describe('numbers of people', () => {
    const HEAD = 'Area,Age band,Sex,Ethnicity,Deprivation,Language,People,Source,Year';
    const population = () =>
      rowsOf<{ area: string | null; people: number }>(
        scheme,
        sql`select area, age_band, sex, people, year from population where scheme_id = ${scheme.id} order by area, people`,
      );

    it('are added, replaced by a later list of the same source and year, and taken back in turn', async () => {
      const first = await brought(
        manager,
        'populations',
        [
          HEAD,
          'E01021988,65-74,Female,,,,"1,204",ONS mid-year estimates,2024',
          'E01021988,all ages,,,,,6011,ONS mid-year estimates,2024',
          ',,,,,pl,320,Census,2021',
        ].join('\n'),
      );
      expect(first).toMatchObject({ added: 3, refused: 0, warned: 2 });
      expect(await population()).toEqual([]);
      await gone(manager, first.id, 'approve');
      const before = await population();
      expect(before).toEqual([
        { area: 'E01021988', age_band: '65-74', sex: 'female', people: 1204, year: 2024 },
        { area: 'E01021988', age_band: null, sex: null, people: 6011, year: 2024 },
        { area: null, age_band: null, sex: null, people: 320, year: 2021 },
      ]);
      betony.clock.advance({ minutes: 5 });
      const second = await brought(
        manager,
        'populations',
        [
          HEAD,
          'E01021988,65-74,female,,,,1300,ONS mid-year estimates,2024',
          'E01021988,,,,,,6011,ONS mid-year estimates,2024',
          'E01021988,,,,,,6100,ONS mid-year estimates,2025',
        ].join('\n'),
      );
      expect(second).toMatchObject({ added: 1, changed: 1, same: 1 });
      await gone(manager, second.id, 'approve');
      expect((await population()).map(({ people }) => people)).toEqual([1300, 6011, 6100, 320]);
      await gone(manager, second.id, 'undo');
      expect(await population()).toEqual(before);
      await gone(manager, first.id, 'undo');
      expect(await population()).toEqual([]);
    });

    it('that cannot be used say everything that is wrong, and the same group twice is refused', async () => {
      const list = await brought(
        manager,
        'populations',
        [
          HEAD,
          'E01021988,60-69,woman,White,9,Polish,many,,24',
          ',,,,,,10,Census,2021',
          ',all,,,,,11,Census,2021',
        ].join('\n'),
      );
      expect(list).toMatchObject({ added: 1, refused: 2 });
      const [wrong, , twice] = await rows(manager, list.id);
      expect(wrong?.problems.map(({ column }) => column)).toEqual([
        'age_band',
        'sex',
        'ethnicity',
        'deprivation',
        'language',
        'people',
        'source',
        'year',
      ]);
      expect(twice?.problems).toMatchObject([{ reason: 'The same as row 3' }]);
    });

    it('are the same whatever the case they are written in, and taken once from one list', async () => {
      const first = await brought(manager, 'populations', `${HEAD}\nOld Town,,,,,,1200,Census,2021`);
      await gone(manager, first.id, 'approve');
      betony.clock.advance({ minutes: 5 });
      const again = await brought(
        manager,
        'populations',
        `${HEAD}\nOLD TOWN,,,,,,1300,census,2021\nold town,,,,,,1400,Census,2021`,
      );
      expect(again).toMatchObject({ added: 0, changed: 1, refused: 1 });
      expect((await rows(manager, again.id))[1]?.problems).toMatchObject([
        { reason: 'The same people as row 2' },
      ]);
      await gone(manager, again.id, 'approve');
      expect((await population()).map(({ area, people }) => [area, people])).toEqual([['Old Town', 1300]]);
      await gone(manager, again.id, 'undo');
      expect((await population()).map(({ people }) => people)).toEqual([1200]);
    });

    it('are shown on the page of the import, with areas that are in no neighbourhood', async () => {
      const list = await brought(manager, 'populations', `${HEAD}\nE01021988,85+,,,,,1200,Census,2021`);
      const { body } = await aPageBrowser(betony, { who: manager }).open(`/desk/imports/${list.id}`);
      expect(body).toContain('E01021988, 85+, Census, 2021');
      expect(body).toContain('1,200 people');
      expect(body).toContain('None of your neighbourhoods has this area.');
    });
  });
});
