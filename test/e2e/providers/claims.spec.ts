import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { Claims } from '../../../src/providers/claims.service.js';
import { Closures } from '../../../src/providers/closures.service.js';
import { OneTimeLinks } from '../../../src/identity/one-time-links.service.js';
import { Relay } from '../../../src/platform/outbox/relay.js';
import { Refusal } from '../../../src/platform/errors/refusal.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aProvider } from '../../factories/providers.js';
import { filedMail } from '../../support/mailbox.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { watchWrites, type WriteWatch } from '../../support/write-watch.js';

const TEXTED = { answersBy: 'text', contactName: 'Prudence Pryor' } as const;
const ANN = { name: 'Ann Lee', email: 'Ann@Example.org', why: 'I run the Tuesday lunch. Ring the hall.' };

describe('“this is my group”', () => {
  let betony: TestApp;
  let watch: WriteWatch;
  let scheme: TestScheme;
  let lead: TestMember;
  let group: string;
  let address = 0;
  beforeAll(async () => {
    betony = await startApp();
    watch = await watchWrites(betony.database);
  });
  afterAll(async () => {
    await watch.stop();
    await betony.stop();
  });
  beforeEach(async () => {
    address += 1;
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    lead = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
    group = await aProvider(scheme, { name: 'Knitters' });
  });

  const page = (method: 'GET' | 'POST', url: string, form: Record<string, string> = {}) =>
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
  const mailsOf = async (app: TestApp) =>
    (await filedMail(app.config.dataDir)).map(({ to, subject = '', text = '' }) => ({
      to: to?.[0]?.address ?? '',
      subject,
      text,
    }));
  const formOf = (id: string) => `/claim/${scheme.id}/${id}`;
  const ask = (form: Record<string, string> = ANN, id = group) => page('POST', formOf(id), form);
  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const links = async (): Promise<string[]> => {
    await settle(betony);
    const mails = await mailsOf(betony);
    return mails.flatMap(({ text }) => [...text.matchAll(/\/claim\/confirm\/\S+/g)].map(([path]) => path));
  };
  const waiting = async () => (await call(lead, 'GET', '/provider-claims')).json().items;
  const proved = async (form: Record<string, string> = ANN): Promise<string> => {
    const before = await links();
    await ask(form);
    const [path = ''] = (await links()).filter((one) => !before.includes(one));
    expect((await page('POST', path)).headers['location']).toBe('/claim/thanks');
    return (await waiting())[0].id;
  };

  it('asks, proves the address, and waits for a manager, who gives the group somebody to write to', async () => {
    expect((await call(lead, 'GET', `/providers/${group}`)).json()).toMatchObject({
      answeredFor: false,
      claimAddress: `https://betony.example.org${formOf(group)}`,
    });
    expect((await page('GET', formOf(group))).body).toContain('Knitters');
    const sent = await ask();
    expect([sent.statusCode, sent.headers['location']]).toEqual([303, '/claim/sent']);
    expect(await waiting()).toEqual([]);
    const [path = ''] = await links();
    // A mail scanner opens the link, again and again.
    await watch.written();
    for (let times = 0; times < 3; times++) expect((await page('GET', path)).statusCode).toBe(200);
    expect(await watch.written()).toEqual({});
    expect((await page('POST', path)).headers['location']).toBe('/claim/thanks');
    for (const method of ['GET', 'POST'] as const) expect((await page(method, path)).statusCode).toBe(410);
    const [claim] = await waiting();
    expect(claim).toMatchObject({
      organisationName: 'Knitters',
      answeredFor: false,
      name: 'Ann Lee',
      email: 'ann@example.org',
      state: 'proved',
    });
    const tasks = (await call(lead, 'GET', '/tasks')).json().items as { kind: string }[];
    expect(tasks.map(({ kind }) => kind)).toEqual(['group_claimed']);
    expect((await call(lead, 'POST', `/provider-claims/${claim.id}/approve`)).json()).toMatchObject({
      state: 'approved',
      decidedBy: 'Mo Rahman',
    });
    expect((await call(lead, 'GET', '/tasks')).json().items).toEqual([]);
    expect((await call(lead, 'GET', `/providers/${group}`)).json()).toMatchObject({
      contactName: 'Ann Lee',
      contactEmail: 'ann@example.org',
      contactShared: true,
      answersBy: 'email',
      answeredFor: true,
    });
    await settle(betony);
    const letters = (await mailsOf(betony)).filter(({ to }) => to === 'ann@example.org');
    expect(letters.map(({ subject }) => subject)).toEqual([
      'Please confirm your address',
      'You answer for your group now',
    ]);
    for (const { subject, text } of letters) {
      expect(subject + text).not.toMatch(/Knitters|Ann|lunch/);
      expect(text).toContain('https://betony.example.org/privacy');
    }
    // Kept for good, so without their name.
    const history = (await call(lead, 'GET', `/providers/${group}/history`)).body;
    expect(history).not.toMatch(/ann@|Ann Lee/i);
  });

  it('tapped twice is one letter, and one claim', async () => {
    const before = await links();
    const { body } = await page('GET', formOf(group));
    const form = { ...ANN, _key: /name="_key" value="([^"]+)"/.exec(body)?.[1] ?? '' };
    const both = [await ask(form), await ask(form)];
    expect(both.map(({ headers }) => headers['location'])).toEqual(['/claim/sent', '/claim/sent']);
    expect(await links()).toHaveLength(before.length + 1);
    const gone = await ask({ ...form, why: 'I keep the keys, and the kettle' });
    expect([gone.statusCode, gone.body.includes('This was sent already, as you wrote it before.')]).toEqual([
      422,
      true,
    ]);
    expect(gone.body).toContain('and the kettle');
    expect(await links()).toHaveLength(before.length + 1);
  });

  it('invites whoever wants to sign in, once', async () => {
    const id = await proved({ ...ANN, email: 'sign@example.org', 'sign-in': 'yes' });
    await call(lead, 'POST', `/provider-claims/${id}/approve`);
    const invited = await rowsOf<{ line: string }>(
      scheme,
      sql`select role || ' ' || email as line from invitation where organisation_id = ${group}`,
    );
    expect(invited).toEqual([{ line: 'provider_member sign@example.org' }]);
    const rose = await aMember(scheme, 'provider_member', { organisation: group });
    const again = await proved({ ...ANN, email: rose.email, 'sign-in': 'yes' });
    expect((await call(lead, 'POST', `/provider-claims/${again}/approve`)).statusCode).toBe(200);
    const others = await proved({ ...ANN, email: 'SIGN@example.org', 'sign-in': 'yes' });
    expect((await call(lead, 'POST', `/provider-claims/${others}/approve`)).statusCode).toBe(200);
    expect(await rowsOf(scheme, sql`select 1 from invitation where organisation_id = ${group}`)).toHaveLength(
      1,
    );
  });

  it('says no without a reason to whoever asked, and changes nothing', async () => {
    const id = await proved({ ...ANN, email: 'no@example.org' });
    const silent = await call(lead, 'POST', `/provider-claims/${id}/refuse`, { reason: ' ' });
    expect(silent.json()).toMatchObject({ status: 422, errors: [{ field: 'reason' }] });
    const refused = await call(lead, 'POST', `/provider-claims/${id}/refuse`, {
      reason: 'The hall does not know them.',
    });
    expect(refused.json()).toMatchObject({
      state: 'refused',
      decidedBecause: 'The hall does not know them.',
    });
    await settle(betony);
    const letter = (await mailsOf(betony)).filter(({ to }) => to === 'no@example.org').at(-1);
    expect(letter?.text).toContain('could not confirm');
    expect(letter?.text).not.toContain('hall');
    expect((await call(lead, 'GET', `/providers/${group}`)).json()).toMatchObject({ contactEmail: null });
    for (const verb of ['approve', 'refuse']) {
      const late = await call(lead, 'POST', `/provider-claims/${id}/${verb}`, { reason: 'Late' });
      expect(late.json()).toMatchObject({ status: 409, from: 'refused', action: verb });
    }
  });

  it('looks the same whether the address is known, the group answered for, or asked for too often', async () => {
    const claimed = await aProvider(scheme, {
      contactName: 'Prudence Pryor',
      contactEmail: 'pru@example.org',
    });
    const known = await aMember(scheme, 'provider_member', { organisation: claimed });
    const answers = [];
    for (const [email, id] of [
      ['nobody@example.org', group],
      [known.email, group],
      ['pru@example.org', claimed],
      ...Array.from({ length: 4 }, () => ['often@example.org', group] as const),
    ] as const) {
      const { statusCode, headers, body } = await ask({ ...ANN, email }, id);
      answers.push(JSON.stringify([statusCode, headers['location'], body]));
    }
    expect(new Set(answers).size).toBe(1);
    expect((await page('GET', formOf(claimed))).body).not.toMatch(/Prudence|pru@|answer for it already/i);
    await settle(betony);
    const often = (await mailsOf(betony)).filter(({ to }) => to === 'often@example.org');
    expect(often).toHaveLength(3);
  });

  it('tells a number that was texted before by text, once, and keeps it no longer', async () => {
    const old = await aProvider(scheme, { ...TEXTED, contactPhone: '07700 900222' });
    await ask({ ...ANN, email: 'after@example.org' }, old);
    await page('POST', (await links()).at(-1) ?? '');
    const [claim] = await waiting();
    expect(claim).toMatchObject({ organisationId: old, answeredFor: true });
    betony.clock.set('2026-11-23T22:00:00Z');
    await call(lead, 'POST', `/provider-claims/${claim.id}/approve`);
    await settle(betony);
    expect(
      await rowsOf(scheme, sql`select 1 from provider_claim where before_phone is not null`),
    ).toHaveLength(1);
    expect(await betony.get(Relay).stuck()).toBe(0);
    betony.clock.set('2026-11-24T08:00:00Z');
    await settle(betony);
    const folder = join(betony.config.dataDir, 'outbox');
    const texts = readdirSync(folder)
      .filter((name) => name.endsWith('.text.txt'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts).toEqual([
      expect.stringMatching(
        /^To: \+447700900222\n[^]*somebody else answers for your group now, so we write to them instead/,
      ),
    ]);
    expect(texts[0]).not.toMatch(/Ann|after@|Prudence/);
    expect(await rowsOf(scheme, sql`select 1 from provider_claim where before_phone is not null`)).toEqual(
      [],
    );
  });

  it('tells managers that somebody answers already, and puts them aside only on a yes', async () => {
    const old = await aProvider(scheme, {
      contactName: 'Prudence Pryor',
      contactEmail: 'pru@example.org',
      contactPhone: '07700 900111',
    });
    await ask({ ...ANN, email: 'new@example.org' }, old);
    const [path = ''] = (await links()).slice(-1);
    await page('POST', path);
    const [claim] = await waiting();
    expect(claim).toMatchObject({ organisationId: old, answeredFor: true });
    await call(lead, 'POST', `/provider-claims/${claim.id}/approve`);
    // Neither her address nor her number goes on as somebody else's.
    expect((await call(lead, 'GET', `/providers/${old}`)).json()).toMatchObject({
      contactName: 'Ann Lee',
      contactPhone: null,
    });
    // She is told, once, and not by whom; her address is kept no longer than that.
    await settle(betony);
    const toHer = (await mailsOf(betony)).filter(({ to }) => to === 'pru@example.org');
    expect(toHer.map(({ subject }) => subject).filter((subject) => subject.startsWith('Somebody'))).toEqual([
      'Somebody else answers for your group now',
    ]);
    expect(toHer.at(-1)?.text).toContain('please ring the scheme');
    expect(toHer.at(-1)?.text).not.toMatch(/Ann|new@|lunch|Prudence/);
    expect(await rowsOf(scheme, sql`select 1 from provider_claim where before_email is not null`)).toEqual(
      [],
    );
  });

  it('is decided once, and before its group closes', async () => {
    const id = await proved({ ...ANN, email: 'race@example.org' });
    const claims = betony.get(Claims);
    const outcomes = await Promise.allSettled([
      claims.approve(lead.actor, id),
      claims.refuse(lead.actor, id, { reason: 'No' }),
      claims.approve(lead.actor, id),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const waits = await proved({ ...ANN, email: 'late@example.org' });
    const close = () =>
      call(lead, 'POST', `/providers/${group}/close-for-good`, { reason: 'nobody_to_run_it' });
    expect((await close()).json()).toMatchObject({ status: 409, title: 'claim-waiting' });
    expect((await call(lead, 'GET', `/providers/${group}`)).json()).toMatchObject({ closedForGoodOn: null });
    await call(lead, 'POST', `/provider-claims/${waits}/refuse`, { reason: 'The hall does not know them.' });
    const before = await links();
    await ask({ ...ANN, email: 'slow@example.org' });
    const [unproved = ''] = (await links()).filter((one) => !before.includes(one));
    expect((await close()).statusCode).toBe(200);
    expect((await page('POST', unproved)).statusCode).toBe(410);
    expect(await waiting()).toEqual([]);
    for (const answer of [await page('GET', formOf(group)), await ask()]) {
      expect(answer.statusCode).toBe(410);
      expect(answer.body).toContain('We were told that Knitters has closed for good');
    }
    expect((await call(lead, 'GET', `/providers/${group}`)).json()).toMatchObject({ claimAddress: null });
    await call(lead, 'POST', `/providers/${group}/reopen`, { reason: 'A mistake' });
    expect((await page('GET', formOf(group))).statusCode).toBe(200);
  });

  it('says of a group that is no longer on the list that it is not, and keeps nothing', async () => {
    await inScheme(scheme, (tx) => tx.run(sql`update organisation set active = false where id = ${group}`));
    await watch.written();
    for (const answer of [await page('GET', formOf(group)), await ask()]) {
      expect(answer.statusCode).toBe(410);
      expect(answer.body).toContain('We no longer tell anybody about this group');
      expect(answer.body).not.toContain('Knitters');
    }
    expect(await watch.written()).toEqual({});
    expect((await call(lead, 'GET', `/providers/${group}`)).json()).toMatchObject({ claimAddress: null });
  });

  it('is never left waiting at a group that closes in the same moment', async () => {
    const [claims, closures] = [betony.get(Claims), betony.get(Closures)];
    const seen = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const one = await aProvider(scheme);
      const linkId = newId();
      const id = newId();
      await inScheme(scheme, async (tx) => {
        await insertRow(tx, 'provider_claim', {
          scheme_id: scheme.id,
          id,
          organisation_id: one,
          state: 'asked',
          name: 'Ann Lee',
          email: 'ann@example.org',
          email_hash: String(round),
          asked_at: tx.now,
        });
        const expiresAt = new Date(tx.now.getTime() + 60_000);
        await betony.get(OneTimeLinks).make(tx, { purpose: 'claim', linkId, subjectId: id, expiresAt });
      });
      const prove = async () => {
        // Every other round gives the closing a start, so that both orders are met.
        if (round % 2 === 1) await wait(round);
        await claims.prove(betony.get(OneTimeLinks).token('claim', linkId));
        await claims.approve(lead.actor, id);
      };
      const outcomes = await Promise.allSettled([
        prove(),
        prove(),
        closures.closeForGood(lead.actor, one, { reason: 'nobody_to_run_it' }),
      ]);
      const faults = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' && !(outcome.reason instanceof Refusal) ? [outcome.reason] : [],
      );
      expect(faults).toEqual([]);
      const [row] = await rowsOf<{ line: string; bad: boolean }>(
        scheme,
        sql`select k.state || case when p.closed_for_good_on is null then ' open' else ' closed' end as line,
            k.state = 'proved' and p.closed_for_good_on is not null as bad
          from provider_claim k join provider p on p.organisation_id = k.organisation_id where k.id = ${id}`,
      );
      expect(row).toMatchObject({ bad: false });
      seen.add(row!.line);
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it.each([
    ['no name', { ...ANN, name: ' ' }, 'Enter your name'],
    ['no address', { ...ANN, email: 'ann' }, 'Enter an e-mail address'],
    ['two addresses', { ...ANN, email: 'ann@example.org, bob@example.org' }, 'Enter an e-mail address'],
    [
      'a line break in the address',
      { ...ANN, email: 'ann@example.org\nbcc:x@example.org' },
      'Enter an e-mail',
    ],
    ['nothing to say', { ...ANN, why: '' }, 'Tell us what you do'],
    ['a novel', { ...ANN, why: 'x'.repeat(1001) }, '1,000 letters'],
    ['markup', { ...ANN, name: '<b>Ann</b>', email: '"><script>' }, 'Enter an e-mail address'],
  ])('refuses %s beside the field, and keeps what was typed', async (_name, form, words) => {
    const answer = await ask(form);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(words);
    expect(answer.body).not.toMatch(/<script>|<b>Ann/);
    expect(await rowsOf(scheme, sql`select 1 from provider_claim where organisation_id = ${group}`)).toEqual(
      [],
    );
  });

  it('has nothing at other addresses, and forged links are dead', async () => {
    const far = await aProvider(await aScheme(betony));
    for (const url of [formOf(far), `/claim/${scheme.id}/x`, `/claim/x/${group}`, '/claim']) {
      expect([url, (await page('GET', url)).statusCode]).toEqual([url, 404]);
    }
    for (const method of ['GET', 'POST'] as const) {
      expect((await page(method, `/claim/confirm/${'a'.repeat(43)}`)).statusCode).toBe(410);
    }
  });

  it('bounds what one address may send', async () => {
    const answers = [];
    for (let times = 0; times < 11; times++) answers.push((await ask()).statusCode);
    expect(answers.at(-1)).toBe(429);
  });

  it('says what is kept of whoever helps, by version', async () => {
    const notice = await page('GET', '/privacy');
    expect(notice.statusCode).toBe(200);
    expect(notice.body).toContain('Version of 22 November 2026');
    expect(notice.body).toContain('twelve months after you stop');
  });

  it('is found among the groups nobody answers for', async () => {
    const named = await aProvider(scheme, { contactName: 'Prudence Pryor' });
    const ids = async (query: string) =>
      (await call(lead, 'GET', `/providers?${query}`))
        .json()
        .items.map((one: { organisationId: string }) => one.organisationId);
    expect(await ids('answeredFor=false')).toEqual([group]);
    expect(await ids('answeredFor=true')).toEqual([named]);
  });
});
