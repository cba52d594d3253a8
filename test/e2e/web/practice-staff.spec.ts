import sql from 'sql-template-tag';
import { Invitations } from '../../../src/identity/invitations.service.js';
import { STAFF_REQUEST_KINDS, STAFF_REQUEST_STATES } from '../../../src/identity/staff.dto.js';
import { checkLists } from '../../support/check-lists.js';
import { aPageBrowser, type PageBrowser } from '../../support/pages.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('who works at a practice', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let priya: TestMember;
  let colleague: TestMember;
  let keeper: TestMember;
  let practice: PageBrowser;
  let administrator: PageBrowser;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    scheme = await aScheme(betony);
    priya = await aMember(scheme, 'referrer', { name: 'Priya Shah' });
    colleague = await aMember(scheme, 'referrer', { name: 'Dr Ali' });
    keeper = await aMember(scheme, 'administrator');
    practice = aPageBrowser(betony, { who: priya });
    administrator = aPageBrowser(betony, { who: keeper });
  });
  afterAll(() => betony.stop());

  const NEW = { kind: 'join', name: 'Grace Osei', email: 'grace.osei@example.org' };
  const HERE = '/desk/practice/staff';
  const asked = async (body: Record<string, string> = NEW): Promise<string> => {
    const answer = await practice.send(HERE, body);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `${HERE}?done=asked`]);
    const [row] = await rowsOf<{ id: string }>(
      scheme,
      sql`select id from staff_request where scheme_id = ${scheme.id} order by id desc limit 1`,
    );
    return row!.id;
  };
  const shown = async (browser: PageBrowser, url: string): Promise<string> => {
    const answer = await browser.open(url);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body;
  };

  it('is its own, by name, since when, and what the scheme asks when they sign in', async () => {
    await aMember(scheme, 'referrer', {
      name: 'Somebody Elsewhere',
      organisation: await anOrganisation(scheme),
    });
    const body = await shown(practice, HERE);
    expect([...body.matchAll(/>Name <\/span><span>([^<]+)/g)].map(([, name]) => name)).toEqual([
      'Dr Ali',
      'Priya Shah (you)',
    ]);
    expect(body).toContain('A second step is offered to everybody here, and asked of nobody.');
    await rowsOf(
      scheme,
      sql`update scheme set settings = ${JSON.stringify({ secondFactorRequired: ['referrer'], secondFactorByMail: ['referrer'] })}
        where id = ${scheme.id}`,
    );
    expect(await shown(practice, HERE)).toContain('a code to their work mailbox is enough');
  });

  describe('somebody new', () => {
    it('is an administrator’s to invite, with one click, and the practice reads that it is done', async () => {
      const id = await asked();
      await reminderDesk(scheme).work();
      const list = await shown(administrator, '/desk/tasks');
      expect(list).toContain('Answer a practice: somebody is to sign in for it, or no more');
      expect(list).toContain(`href="/desk/staff-requests/${id}"`);
      expect(list).not.toContain('Grace Osei');
      expect(await shown(administrator, `/desk/staff-requests/${id}`)).toContain('Send the invitation');
      expect(
        (await administrator.send(`/desk/staff-requests/${id}/grant`, {}, `/desk/staff-requests/${id}`))
          .statusCode,
      ).toBe(303);
      const invited = await rowsOf(
        scheme,
        sql`select email, name, role, organisation_id as at from invitation where scheme_id = ${scheme.id}`,
      );
      expect(invited).toEqual([
        { email: NEW.email, name: NEW.name, role: 'referrer', at: priya.actor.organisationId },
      ]);
      expect(await shown(practice, HERE)).toMatch(/Grace Osei[^]*Done, /);
      expect(await shown(administrator, '/desk/tasks')).toContain('Nothing is asked of you.');
    });

    describe('who was invited already', () => {
      const invite = (role: 'referrer' | 'link_worker', organisationId: string) =>
        betony.get(Invitations).invite(keeper.actor, {
          email: 'Grace.Osei@example.org',
          name: NEW.name,
          role,
          organisationId,
        });
      const grant = async (): Promise<void> => {
        const page = `/desk/staff-requests/${await asked()}`;
        expect((await administrator.send(`${page}/grant`, {}, page)).statusCode).toBe(303);
      };
      const links = () =>
        rowsOf<{ invitation: string; live: boolean }>(
          scheme,
          sql`select subject_id as invitation, revoked_at is null as live from one_time_link
            where scheme_id = ${scheme.id} and purpose = 'invitation' order by live, created_at, subject_id`,
        );

      it('is sent that invitation again', async () => {
        const invitation = await invite('referrer', priya.actor.organisationId);
        await grant();
        expect(await links()).toEqual([
          { invitation, live: false },
          { invitation, live: true },
        ]);
      });

      it('to something else, has two, and either can be sent again', async () => {
        const other = await invite('link_worker', keeper.actor.organisationId);
        await grant();
        const both = (await links()).map(({ invitation }) => invitation);
        expect(both).toHaveLength(2);
        expect(both).toContain(other);
        for (const one of both) await betony.get(Invitations).resend(keeper.actor, one);
        const live = (await links()).filter((link) => link.live).map(({ invitation }) => invitation);
        expect(live.sort()).toEqual(both.sort());
      });
    });

    it('is not asked for twice, nor who signs in already, nor nobody', async () => {
      const needs = async (body: Record<string, string>): Promise<[number, string]> => {
        const answer = await practice.send(HERE, body);
        return [answer.statusCode, answer.body];
      };
      const [empty, words] = await needs({ kind: 'join' });
      expect(empty).toBe(422);
      expect(words).toContain('Enter their name');
      expect(words).toContain('Enter their e-mail address');
      const [known, said] = await needs({ ...NEW, email: colleague.email });
      expect([known, said.includes('signs in for you already')]).toEqual([422, true]);
      await asked();
      const [twice, again] = await needs(NEW);
      expect([twice, again.includes('asked for that already')]).toEqual([409, true]);
    });

    it('is refused with a reason, or taken back, and not both', async () => {
      const id = await asked();
      const silent = await administrator.send(
        `/desk/staff-requests/${id}/refuse`,
        {},
        `/desk/staff-requests/${id}`,
      );
      expect(silent.statusCode).toBe(422);
      await administrator.send(
        `/desk/staff-requests/${id}/refuse`,
        { because: 'Ask with a work address' },
        `/desk/staff-requests/${id}`,
      );
      expect(await shown(practice, HERE)).toMatch(/Not done, [^<]*: Ask with a work address/);
      expect((await practice.send(`/desk/staff-requests/${id}/withdraw`, {}, HERE)).statusCode).toBe(409);
      const other = await asked();
      expect((await practice.send(`/desk/staff-requests/${other}/withdraw`, {}, HERE)).statusCode).toBe(303);
      expect(
        (await administrator.send(`/desk/staff-requests/${other}/grant`, {}, `/desk/staff-requests/${other}`))
          .statusCode,
      ).toBe(409);
    });
  });

  it('ends for a colleague who has left, who is signed out at once', async () => {
    const id = await asked({ kind: 'leave', membershipId: colleague.actor.membershipId });
    expect(await shown(practice, HERE)).toContain('Asked to sign in no more');
    await administrator.send(`/desk/staff-requests/${id}/grant`, {}, `/desk/staff-requests/${id}`);
    expect((await aPageBrowser(betony, { who: colleague }).open(HERE)).statusCode).not.toBe(200);
    expect(await shown(practice, HERE)).not.toMatch(/>Name <\/span><span>Dr Ali/);
  });

  it('is nobody’s of another practice, and no colleague there can be ended from here', async () => {
    const elsewhere = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    const foreign = await practice.send(HERE, {
      kind: 'leave',
      membershipId: elsewhere.actor.membershipId,
    });
    expect([foreign.statusCode, foreign.body.includes('Choose somebody who works with you now')]).toEqual([
      422,
      true,
    ]);
    const id = await asked();
    const away = aPageBrowser(betony, { who: elsewhere });
    expect((await away.open(`/desk/staff-requests/${id}`)).statusCode).toBe(404);
    expect((await away.send(`/desk/staff-requests/${id}/withdraw`, {}, HERE)).statusCode).toBe(404);
  });

  it('waits red on the administrators’ list after two working days, and on nobody else’s', async () => {
    const id = await asked();
    await reminderDesk(scheme).work('2026-11-26T18:00:00Z');
    expect(await reminderDesk(scheme).tasks(id)).toEqual(['staff_request administrators late open']);
  });

  it('has the same lists in the code and in the database', async () => {
    expect(await checkLists(betony.database, ['staff_request'])).toEqual({
      'staff_request.kind': [...STAFF_REQUEST_KINDS].sort(),
      'staff_request.state': [...STAFF_REQUEST_STATES].sort(),
    });
  });
});
