import sql, { type Sql } from 'sql-template-tag';
import { emailHash } from '../../../src/identity/account.rules.js';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { FORMER_VOLUNTEER, Volunteers } from '../../../src/onward-referrals/volunteers.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { contactPointOf } from '../../../src/providers/contact-points.js';
import { Closures } from '../../../src/providers/closures.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { aCase, aGroup, anOffer, inScheme, type TestGroup } from '../../factories/onward.js';
import { changeRow } from '../../factories/episodes.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const PRU = 'prudence@example.org';
const HER = /prudence|pryor|900111/i;

describe('people who help in groups', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let lead: TestMember;
  let sam: TestMember;
  let group: TestGroup;
  let offer: string;
  let address = 0;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    address += 1;
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    lead = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
    group = await aGroup(scheme, {
      provider: {
        answersBy: 'email',
        contactName: 'Prudence Pryor',
        contactEmail: PRU,
        contactPhone: '07700 900111',
      },
    });
    offer = await anOffer(scheme, await aCase(scheme, { worker: sam }), group);
  });

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const page = (method: 'GET' | 'POST', url: string) =>
    betony.inject({ method, url, remoteAddress: `198.51.100.${String(address)}` });
  const aLink = (to = PRU): Promise<string> =>
    inScheme(scheme, async (tx) => {
      const { organisationId } = group;
      const links = betony.get(ReplyLinks);
      const channel = to.startsWith('+') ? 'text' : 'email';
      const contactPointId = await contactPointOf(tx, organisationId, { channel, to });
      const about = { kind: 'onward_referral' as const, id: offer };
      return links.token(
        await links.make(
          tx,
          { purpose: 'answer', about },
          { organisationId, contactPointId, messageId: null },
        ),
      );
    });
  const changeGroup = (what: Sql) =>
    inScheme(scheme, (tx) =>
      tx.run(sql`update provider set ${what} where organisation_id = ${group.organisationId}`),
    );
  const forget = () => betony.get(Volunteers).forget(systemActor(scheme.id, 'forget volunteers'));
  const everything = async (): Promise<string> =>
    JSON.stringify(
      await rowsOf(
        scheme,
        sql`select (select jsonb_agg(p) from provider p) as a, (select jsonb_agg(x) from assurance_record x) as b,
          (select jsonb_agg(s) from covenant_signature s) as c, (select jsonb_agg(u) from user_profile u) as d,
          (select jsonb_agg(i) from invitation i) as e, (select jsonb_agg(k) from provider_claim k) as f,
          (select jsonb_agg(h) from provider_history h) as g, (select jsonb_agg(h) from listing_history h) as h,
          (select jsonb_agg(h) from onward_referral_history h) as i`,
      ),
    );

  it('are told in every e-mail what is kept of them', async () => {
    const desk = reminderDesk(scheme);
    const letters = async () => {
      const made = await desk.work();
      const messages = betony.get(MessagesService);
      return Promise.all(
        made.map(async (id) => {
          const claim = await messages.claim(scheme.id, id);
          if (claim) await messages.settle(claim, 'failed', null);
          betony.clock.advance({ minutes: 2 });
          const again = await messages.claim(scheme.id, id);
          if (again) await messages.settle(again, 'sent', null);
          return [claim, again].map((one) => /https:\/\/\S+\/privacy/.test(one?.letter.text ?? ''));
        }),
      );
    };
    // Sent again, it says it again.
    expect(await letters()).toEqual([[true, true]]);
    await anOffer(scheme, await aCase(scheme, { worker: sam }), group);
    expect(await letters()).toEqual([[true, true]]);
    // Somebody else takes over.
    const { version } = (await call(lead, 'GET', `/providers/${group.organisationId}`)).json();
    await betony.inject({
      method: 'PATCH',
      url: `/api/v1/providers/${group.organisationId}`,
      headers: { ...lead.headers, 'if-match': `"v${String(version)}"` },
      payload: { contactName: 'Bob', contactEmail: 'bob@example.org' },
    });
    await anOffer(scheme, await aCase(scheme, { worker: sam }), group);
    expect(await letters()).toEqual([[true, true]]);
  });

  it('read all that is held on them by their own link', async () => {
    const token = await aLink();
    await page('POST', `/reply/${token}/yes`);
    expect((await page('GET', `/reply/${token}`)).body).toContain(`/reply/${token}/my-data`);
    const read = await page('GET', `/reply/${token}/my-data`);
    expect(read.body).toContain('<h1 class="nhsuk-heading-l">All we hold on you</h1>');
    expect(read.body).toContain('G-');
    expect((await page('GET', `/reply/${token}/my-data?lang=ur`)).body).toContain('dir="rtl"');
    const answer = await page('GET', `/reply/${token}/my-data?file=json`);
    expect(answer.headers).toMatchObject({
      'content-disposition': 'attachment; filename="what-we-hold-on-you.json"',
      'cache-control': 'no-store',
    });
    const data = answer.json();
    expect(data).toMatchObject({
      noticeVersion: '2026-11-22',
      contactFor: [{ name: 'Prudence Pryor', email: PRU, phone: '07700 900111' }],
      addresses: [{ leftAt: null }],
      links: [{ purpose: 'answer' }],
    });
    expect(data.acts.map(({ action }: { action: string }) => action)).toContain('onward.accept');
    // Nobody she helps is in it, and nothing that would open a link.
    const { clientId } = (await call(lead, 'GET', `/onward-referrals/${offer}`)).json();
    for (const secret of [offer, clientId, token]) expect(answer.body).not.toContain(secret);
    expect((await page('GET', `/reply/${'a'.repeat(43)}/my-data`)).statusCode).toBe(410);
    await changeGroup(sql`contact_shared = true`);
    const shared = await page('GET', `/reply/${token}/my-data`);
    expect(shared.statusCode).toBe(409);
    expect(shared.body).not.toContain('href="tel:+');
    const host = await anOrganisation(scheme, 'host');
    await inScheme(scheme, (tx) =>
      tx.run(sql`update organisation set phone = '+441632960011' where id = ${host}`),
    );
    expect((await page('GET', `/reply/${token}/my-data`)).body).toContain(
      'Please ring us on <a href="tel:+441632960011">01632 960011</a>',
    );
  });

  it('read nothing of somebody else whose group has the same number, and shares it', async () => {
    await changeGroup(sql`answers_by = 'text', contact_phone = '+447700900111'`);
    const bob = await aMember(scheme, 'provider_member', { name: 'Bob Hall' });
    const theirs = await aGroup(scheme, {
      provider: {
        answersBy: 'text',
        contactName: 'Bob Hall',
        contactEmail: bob.email,
        contactPhone: '+447700900111',
        contactShared: true,
      },
    });
    await inScheme(scheme, async (tx) => {
      const to = { channel: 'text', to: '+447700900111' } as const;
      await contactPointOf(tx, group.organisationId, to);
      await contactPointOf(tx, theirs.organisationId, to);
      await tx.run(sql`
        insert into provider_claim (scheme_id, id, organisation_id, state, name, email, email_hash, why, asked_at)
        values (${scheme.id}, gen_random_uuid(), ${theirs.organisationId}, 'asked', 'Bob Hall', ${bob.email},
          ${emailHash(bob.email)}, 'Bob runs the hall', ${TEST_NOW})`);
    });
    const groupsIn = (answer: { json: () => { addresses: { organisation: string }[] } }) =>
      new Set(answer.json().addresses.map(({ organisation }) => organisation)).size;
    const hers = await page('GET', `/reply/${await aLink('+447700900111')}/my-data?file=json`);
    expect(hers.json()).toMatchObject({ contactFor: [{ name: 'Prudence Pryor', email: PRU }] });
    expect(groupsIn(hers)).toBe(1);
    for (const his of ['Bob', bob.email]) expect(hers.body).not.toContain(his);

    const asked = await call(lead, 'POST', '/volunteers/data', { phone: '07700 900111' });
    expect(asked.json().contactFor).toEqual([
      expect.objectContaining({ name: 'Prudence Pryor', email: PRU, sharedWithOthers: false }),
      expect.objectContaining({ name: null, email: null, phone: '+447700900111', sharedWithOthers: true }),
    ]);
    expect(groupsIn(asked)).toBe(2);
    for (const his of ['Bob', bob.email]) expect(asked.body).not.toContain(his);
    // Her number came from her group, so what others send from it is not hers.
    const byEmail = await call(lead, 'POST', '/volunteers/data', { email: PRU });
    expect(byEmail.json()).toMatchObject({ contactFor: [{ name: 'Prudence Pryor' }] });
    expect(groupsIn(byEmail)).toBe(1);
    const his = await call(lead, 'POST', '/volunteers/data', { email: bob.email });
    expect(his.json()).toMatchObject({ signIn: [{ name: 'Bob Hall' }], claims: [{ name: 'Bob Hall' }] });
    expect(his.body).not.toMatch(HER);
  });

  it('are answered by a manager too, which is on record without their address', async () => {
    const data = await call(lead, 'POST', '/volunteers/data', { email: 'PRUDENCE@example.org' });
    expect(data.json()).toMatchObject({ contactFor: [{ name: 'Prudence Pryor' }] });
    const rose = await call(lead, 'POST', '/volunteers/data', { email: group.member.email });
    expect(rose.json()).toMatchObject({ signIn: [{ role: 'provider_member', email: group.member.email }] });
    const nobody = (await call(lead, 'POST', '/volunteers/data', { email: 'nobody@example.org' })).json();
    expect([nobody.contactFor, nobody.signIn, nobody.addresses]).toEqual([[], [], []]);
    const entries = await rowsOf<{ details: object }>(
      scheme,
      sql`select details from audit_entry where action = 'volunteer.data'`,
    );
    expect(entries).toHaveLength(3);
    expect(JSON.stringify(entries)).not.toMatch(/@|Prudence/);
    expect((await call(sam, 'POST', '/volunteers/data', { email: PRU })).statusCode).toBe(403);
    expect((await call(lead, 'POST', '/volunteers/data', { email: 'x' })).json()).toMatchObject({
      status: 422,
      errors: [{ field: 'email' }],
    });
  });

  it('are nowhere that is published: not their name, their address or their number', async () => {
    const { referralId } = await aCase(scheme, { worker: sam });
    const shown = await Promise.all(
      [
        '/listings',
        '/listings?text=service',
        `/listings/${group.listingId}`,
        `/listings/${group.listingId}/history`,
        `/providers/${group.organisationId}/history`,
        `/referrals/${referralId}/services`,
        '/listings/managed',
      ].map(async (path) => [path, await call(sam, 'GET', path)] as const),
    );
    for (const [path, { statusCode, body }] of shown) {
      expect([path, statusCode]).toEqual([path, 200]);
      expect(body).not.toMatch(HER);
    }
    for (const path of ['/services?full=true', '/services?format=ndjson', '/organizations?full=true']) {
      const feed = await page('GET', `/open-referral/${scheme.id}${path}`);
      expect([path, feed.statusCode]).toEqual([path, 200]);
      expect(feed.body).not.toMatch(HER);
    }
  });

  it('are forgotten twelve months after they stop; what their group answered stays', async () => {
    const token = await aLink();
    await page('POST', `/reply/${token}/yes`);
    await inScheme(scheme, async (tx) => {
      await tx.run(sql`
        insert into assurance_record (scheme_id, id, organisation_id, requirement, level, checked_on, lapses_on, lead_name,
          deputy_name, recorded_at)
        values (${scheme.id}, gen_random_uuid(), ${group.organisationId}, 'safeguarding_policy', 'personal_contact',
          '2026-11-01', '2030-11-01', 'Prudence Pryor', 'Ann Lee', ${tx.now})`);
    });
    await changeRow(scheme, 'membership', group.member.actor.membershipId, { ended_at: TEST_NOW });
    await betony.get(Closures).closeForGood(lead.actor, group.organisationId, { reason: 'nobody_to_run_it' });
    betony.clock.set('2027-11-23T03:00:00Z');
    await forget();
    expect(await everything()).toMatch(/Prudence Pryor.*900111|900111.*Prudence Pryor/s);

    betony.clock.set('2027-11-25T03:00:00Z');
    await forget();
    const left = await everything();
    expect(left).not.toMatch(HER);
    expect(left).not.toContain(group.member.email);
    expect(left).not.toContain(group.member.name);
    expect(left).toContain(FORMER_VOLUNTEER);
    const points = await rowsOf(
      scheme,
      sql`select 1 from contact_point c left join reply_link l on l.contact_point_id = c.id
        where c.organisation_id = ${group.organisationId}`,
    );
    expect(points).toEqual([]);
    // The answer is there, and that somebody of the group gave it.
    const history = (await call(lead, 'GET', `/onward-referrals/${offer}/history`)).json();
    expect(history).toContainEqual(expect.objectContaining({ action: 'accept', by: 'the group, by link' }));
    // The night after finds nothing to do, and the staff are who they were.
    const [before] = await rowsOf(scheme, sql`select count(*) as entries from audit_entry`);
    await forget();
    expect(await rowsOf(scheme, sql`select count(*) as entries from audit_entry`)).toEqual([before]);
    expect(left).toContain('Mo Rahman');
  });

  it('take the hash of their number with them when a closed group forgets it, whatever link still works', async () => {
    const number = '+447700900111';
    await changeGroup(sql`answers_by = 'text', contact_phone = ${number}`);
    await aLink(number);
    await betony.get(Closures).closeForGood(lead.actor, group.organisationId, { reason: 'nobody_to_run_it' });
    await inScheme(scheme, (tx) =>
      tx.run(sql`update reply_link set expires_at = '2028-01-01', revoked_at = null`),
    );
    const points = () =>
      rowsOf(
        scheme,
        sql`
        select phone_hash is null as forgotten, left_at is not null as left from contact_point
        where organisation_id = ${group.organisationId} and email_hash is null`,
      );
    betony.clock.set('2027-11-23T03:00:00Z');
    await forget();
    expect(await points()).toEqual([{ forgotten: false, left: false }]);
    betony.clock.set('2027-11-25T03:00:00Z');
    await forget();
    expect(await points()).toEqual([{ forgotten: true, left: true }]);
    // The link that kept it ends, and so does what is left of it, a year after that.
    betony.clock.set('2029-01-03T03:00:00Z');
    await forget();
    expect(await points()).toEqual([]);
  });

  it('who said that a group is theirs and got no answer for twelve months are forgotten', async () => {
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        insert into provider_claim (scheme_id, id, organisation_id, state, name, email, email_hash, why, asked_at, proved_at)
        values (${scheme.id}, gen_random_uuid(), ${group.organisationId}, 'proved', 'Zelda Quill', 'zelda@example.org', 'hash',
          'Zelda runs it', ${TEST_NOW}, ${TEST_NOW})`),
    );
    betony.clock.set('2027-11-20T03:00:00Z');
    await forget();
    expect(await everything()).toContain('Zelda');
    betony.clock.set('2027-11-25T03:00:00Z');
    await forget();
    expect(await everything()).not.toMatch(/zelda/i);
    expect(await rowsOf(scheme, sql`select state, email_hash = 'hash' as known from provider_claim`)).toEqual(
      [{ state: 'refused', known: false }],
    );
  });

  it('who go on helping are not forgotten, however long ago they began', async () => {
    await aLink();
    betony.clock.set('2030-01-01T03:00:00Z');
    await forget();
    const kept = await everything();
    expect(kept).toContain('Prudence Pryor');
    expect(kept).toContain(group.member.email);
    expect(await rowsOf(scheme, sql`select 1 from contact_point`)).not.toEqual([]);
  });

  it('who left an organisation’s own address are still not written to there after a year', async () => {
    await changeRow(scheme, 'organisation', group.organisationId, { email: 'office@example.org' });
    await changeGroup(sql`contact_email = null, contact_name = null`);
    const token = await aLink('office@example.org');
    await page('POST', `/reply/${token}/leave`);
    betony.clock.set('2028-01-01T03:00:00Z');
    await forget();
    const left = await rowsOf(scheme, sql`select 1 from contact_point where left_at is not null`);
    expect(left).toHaveLength(1);
  });
});
