import sql from 'sql-template-tag';
import { inScheme } from '../../factories/episodes.js';
import { aProgram } from '../../factories/programs.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('the pages about programs of others', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let amara: TestMember;
  let practice: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    amara = await aMember(scheme, 'administrator', { name: 'Amara Bello' });
    practice = await anOrganisation(scheme, 'gp_practice', { name: 'Mill Lane Surgery' });
  });
  afterAll(() => betony.stop());

  const ask = (url: string, who = amara) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const send = (url: string, body: Record<string, string>, who = amara) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
  const page = async (url: string): Promise<string> => {
    const answer = await ask(url);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const keyIn = (body: string): string => /betony_key_[\w-]{43}/.exec(body)?.[0] ?? '';
  const comesIn = async (key: string) =>
    (await betony.inject({ url: '/api/v1/program', headers: { authorization: `Bearer ${key}` } })).statusCode;

  const NEW = {
    name: 'Records system',
    role: 'referrer',
    perMinute: '120',
    addresses: '',
    organisationId: '',
  };

  it('are found from Manage, and by nobody but an administrator', async () => {
    expect(await page('/desk/manage')).toContain('href="/desk/programs"');
    expect(await page('/desk/programs')).toContain('No program of others is let in.');
    const mo = await aMember(scheme, 'scheme_manager');
    expect((await ask('/desk/programs', mo)).statusCode).toBe(403);
    expect((await ask('/desk/manage', mo)).body).not.toContain('/desk/programs');
  });

  it('let one in and show its key on that answer alone, the same to a second click', async () => {
    expect(await page('/desk/programs/new')).toContain('Mill Lane Surgery');
    const form = {
      ...NEW,
      organisationId: practice,
      addresses: '192.0.2.7\r\n127.0.0.0/8',
      _key: 'one-click',
    };
    const [first, second] = [await send('/desk/programs/new', form), await send('/desk/programs/new', form)];
    expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
    const key = keyIn(first.body);
    expect(keyIn(second.body)).toBe(key);
    expect(await comesIn(key)).toBe(200);
    const list = await page('/desk/programs');
    expect(list.match(/Program Records system/g)).toHaveLength(1);
    expect(list).toContain('Works until Tue, 23 November 2027');
    const [, id = ''] = /href="\/desk\/programs\/([0-9a-f-]{36})"/.exec(list) ?? [];
    const shown = await page(`/desk/programs/${id}`);
    expect(shown).toContain('by Amara Bello');
    expect(shown).toContain('192.0.2.7/32');
    expect(shown).not.toContain(key);
    expect(shown).toContain(`…${key.slice(-4)}`);
  });

  it.each([
    [{ name: '' }, 'name', 'Enter an answer'],
    [{ role: '' }, 'role', 'Select an answer'],
    [{ organisationId: '' }, 'organisationId', 'Select from the list'],
    [{ role: 'provider_member' }, 'role', 'does not offer services'],
    [{ addresses: 'the surgery' }, 'addresses', 'like 192.0.2.7 or 192.0.2.0/24'],
    [{ perMinute: 'often' }, 'perMinute', 'Enter a whole number from 1 to 6000'],
    [{ 'endsOn.day': '1', 'endsOn.month': '1', 'endsOn.year': '2030' }, 'endsOn', 'Choose a day from today'],
  ])('say beside the box what is wrong with %j, and keep what was typed', async (wrong, field, words) => {
    const answer = await send('/desk/programs/new', { ...NEW, organisationId: practice, ...wrong });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(`href="#${field}"`);
    expect(answer.body.toLowerCase()).toContain(words.toLowerCase());
    if (!('name' in wrong)) expect(answer.body).toContain('value="Records system"');
    expect(await page('/desk/programs')).toContain('No program of others is let in.');
  });

  it('change its bounds, and say who was first where two do', async () => {
    const { id } = await aProgram(scheme, 'referrer', { organisationId: practice, addresses: ['192.0.2.7'] });
    const change = (version: string, perMinute: string) =>
      send(`/desk/programs/${id}`, { _version: version, perMinute, addresses: '' });
    expect((await change('1', '60')).headers.location).toBe(`/desk/programs/${id}`);
    expect(await page(`/desk/programs/${id}`)).toContain('value="60"');
    const late = await change('1', '70');
    expect(late.statusCode).toBe(412);
    expect(late.body).toContain('Amara Bello changed this');
    expect(late.body).toContain('Requests a minute: 60');
    expect(late.body).toContain('value="70"');
    expect((await change('2', '70')).statusCode).toBe(303);
    expect((await change('3', '')).statusCode).toBe(422);
  });

  it('change its key, revoke one, and switch it off', async () => {
    const { id, key, keyId } = await aProgram(scheme, 'referrer', { organisationId: practice });
    const made = await send(`/desk/programs/${id}/keys/new`, { oldKeyDays: '7' });
    const next = keyIn(made.body);
    expect([await comesIn(key), await comesIn(next)]).toEqual([200, 200]);
    expect(await page(`/desk/programs/${id}`)).not.toContain('Make another key');
    const third = await send(`/desk/programs/${id}/keys/new`, { oldKeyDays: '7' });
    expect([third.statusCode, third.body.includes('Two keys work already')]).toEqual([409, true]);
    expect((await send(`/desk/programs/${id}/keys/${keyId}/revoke`, {})).statusCode).toBe(303);
    expect([await comesIn(key), await comesIn(next)]).toEqual([401, 200]);
    expect(await page(`/desk/programs/${id}/end`)).toContain('This cannot be taken back');
    expect((await send(`/desk/programs/${id}/end`, {})).statusCode).toBe(303);
    expect(await comesIn(next)).toBe(401);
    const over = await page(`/desk/programs/${id}`);
    expect(over).toContain('Switched off on');
    expect(over).not.toContain('Make another key');
    expect(await page('/desk/programs')).toContain('Switched off');
  });

  describe('what one is told', () => {
    const HOOK = { url: 'https://records.example.org/betony', events: 'referral.closed' };
    const subscribed = async (program: string): Promise<string> => {
      await send(`/desk/programs/${program}/webhooks/new`, HOOK);
      return (
        /href="\/desk\/webhooks\/([0-9a-f-]{36})"/.exec(await page(`/desk/programs/${program}`))?.[1] ?? ''
      );
    };

    it('is asked for, changed, tried, switched off and on, and its secret is shown once', async () => {
      const { id } = await aProgram(scheme, 'referrer', { organisationId: practice });
      expect(await page(`/desk/programs/${id}`)).toContain('Nothing: it has to ask.');
      expect(await page(`/desk/programs/${id}/webhooks/new`)).toContain('A referral ended');
      const form = { ...HOOK, _key: 'once' };
      const [made, again] = [
        await send(`/desk/programs/${id}/webhooks/new`, form),
        await send(`/desk/programs/${id}/webhooks/new`, form),
      ];
      const secret = /whsec_[^<]+/.exec(made.body)?.[0] ?? 'none';
      expect(again.body).toContain(secret);
      const list = await page(`/desk/programs/${id}`);
      const hooks = [...list.matchAll(/href="(\/desk\/webhooks\/[0-9a-f-]{36})"/g)].map(
        ([, href = '']) => href,
      );
      expect(hooks).toHaveLength(1);
      const hook = hooks[0] ?? '';
      expect(await page(hook)).not.toContain(secret);
      expect(
        (await send(hook, { _version: '1', url: 'http://localhost/x', events: 'referral.closed' })).body,
      ).toContain('not on the public internet');
      expect((await send(hook, { _version: '1', url: HOOK.url })).statusCode).toBe(422);
      expect((await send(hook, { _version: '1', ...HOOK, events: 'referral.sent' })).statusCode).toBe(303);
      expect((await send(hook, { _version: '1', ...HOOK })).statusCode).toBe(412);
      expect((await send(`${hook}/test`, {})).headers.location).toBe(`${hook}?sent`);
      expect(await page(`${hook}?sent`)).toContain('It is on its way');
      expect(await page(hook)).toContain('A test');
      expect((await send(`${hook}/switch-off`, {})).statusCode).toBe(303);
      expect(await page(hook)).toContain('Switched off by an administrator');
      expect((await send(`${hook}/test`, {})).statusCode).toBe(409);
      expect((await send(`${hook}/switch-on`, {})).statusCode).toBe(303);
      const [, deliveryId = ''] = /deliveries\/([0-9a-f-]{36})\/send-again/.exec(await page(hook)) ?? [];
      expect((await send(`${hook}/deliveries/${deliveryId}/send-again`, {})).statusCode).toBe(303);
      expect((await send(`${hook}/renew-secret`, {})).body).toContain('The secret before it is good until');
    });

    it('shows on the health of the system when nothing is taken', async () => {
      expect(await page('/desk/health')).not.toContain('Telling programs of others');
      const { id } = await aProgram(scheme, 'referrer', { organisationId: practice });
      const hook = await subscribed(id);
      expect(await page('/desk/health')).toContain('Telling programs of others');
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update webhook set off_at = ${tx.now}, off_because = 'failing' where scheme_id = ${scheme.id} and id = ${hook}`),
      );
      expect(await page('/desk/health')).toContain('0 not taken now, 1 switched off.');
    });

    it('is nothing for one that reads figures', async () => {
      const host = await anOrganisation(scheme, 'commissioner');
      const { id } = await aProgram(scheme, 'commissioner', { organisationId: host });
      expect(await page(`/desk/programs/${id}`)).toContain('asks for them');
    });
  });

  it('mark a key that ends soon', async () => {
    const { id } = await aProgram(scheme, 'referrer', { organisationId: practice, endsOn: '2026-12-01' });
    expect(await page(`/desk/programs/${id}`)).toContain('Ends soon');
    expect(await page('/desk/programs')).toContain('Ends soon');
  });
});
