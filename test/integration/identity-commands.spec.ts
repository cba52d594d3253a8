import sql from 'sql-template-tag';
import { auditVerifyCommand } from '../../src/audit/audit.command.js';
import { IDENTITY_COMMANDS } from '../../src/identity/identity.commands.js';
import { Database } from '../../src/platform/database/database.js';
import { PlainFault } from '../../src/platform/errors/plain-fault.js';
import { aCase } from '../factories/caseload.js';
import { withApp } from '../factories/second-factors.js';
import { aMember, aScheme } from '../support/people.js';
import { reminderDesk } from '../support/reminder-desk.js';
import { eventually } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe('the commands for people and the audit record', () => {
  let betony: TestApp;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  afterEach(() => {
    process.exitCode = undefined;
  });

  async function run(name: string, ...args: string[]): Promise<string> {
    const command = [...IDENTITY_COMMANDS, auditVerifyCommand].find((one) => one.name === name)!;
    const lines: string[] = [];
    await command.run(
      { config: betony.config, app: () => Promise.resolve(betony.app), print: (text) => lines.push(text) },
      args,
    );
    return lines.join('\n');
  }
  const post = (url: string, payload: object) =>
    betony.inject({ method: 'POST', url: `/api/v1/${url}`, payload });

  it('make a scheme whose administrator can sign in', async () => {
    const told = await run(
      'scheme:create',
      '--name=Tendring Scheme',
      '--admin-email=ada@example.org',
      '--admin-name=Ada Lane',
    );
    const [, token] = /https:\/\/betony\.example\.org\/desk\/join\/([A-Za-z0-9_-]{43})/.exec(told)!;
    expect(told).toContain('Made the scheme Tendring Scheme');
    expect((await post('invitations/accept', { token, password: 'three random words' })).statusCode).toBe(
      201,
    );
    const signIn = await post('sign-in', { email: 'ada@example.org', password: 'three random words' });
    expect(signIn.json().membership).toMatchObject({ role: 'administrator', schemeName: 'Tendring Scheme' });
  });

  it.each([
    [[], '--name'],
    [['--name=X', '--admin-name=Y'], '--admin-email'],
    [['--name=X', '--admin-email=nobody', '--admin-name=Y'], '--admin-email: Enter an e-mail address'],
    [['--colour=red'], 'colour'],
  ])('refuse %j and say why', async (args, because) => {
    const refused = await run('scheme:create', ...args).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PlainFault);
    expect((refused as PlainFault).message).toContain(because);
  });

  const me = async (headers: Record<string, string>) =>
    (await betony.inject({ url: '/api/v1/me', headers })).statusCode;

  it('shut an account everywhere at once', async () => {
    const sam = await aMember(await aScheme(betony), 'link_worker');
    const there = await aMember(await aScheme(betony), 'referrer', { accountId: sam.actor.accountId });
    expect([await me(sam.headers), await me(there.headers)]).toEqual([200, 200]);
    const told = await run('user:disable', `--email=${sam.email.toUpperCase()}`);
    expect(told.match(/live work handed over/g)).toHaveLength(2);
    expect([await me(sam.headers), await me(there.headers)]).toEqual([401, 401]);
    const rows = await betony
      .get(Database)
      .unscoped<{ at: Date | null }>(
        sql`select user_disabled_at as at from membership where account_id = ${sam.actor.accountId}`,
      );
    expect(rows.map(({ at }) => at)).toEqual([betony.clock.now(), betony.clock.now()]);
    await expect(run('user:disable', '--email=nobody@example.org')).rejects.toThrow('Nobody has an account');
    await expect(run('user:disable')).rejects.toThrow('--email');
  });

  it('shut an account though nobody takes over its work, which is the managers’ to see to at once, and hand over later', async () => {
    const scheme = await aScheme(betony);
    const [sam, ann, manager] = [
      await aMember(scheme, 'link_worker'),
      await aMember(scheme, 'link_worker'),
      await aMember(scheme, 'scheme_manager'),
    ];
    const admin = await aMember(scheme, 'administrator');
    const { referralId } = await aCase(scheme, sam).begun().due('2026-11-23');
    const desk = reminderDesk(scheme);
    await desk.plan({ referral: [referralId] });
    await desk.work();
    const tasks = async () =>
      (await betony.inject({ url: '/api/v1/tasks', headers: manager.headers }))
        .json<{ items: { kind: string }[] }>()
        .items.map(({ kind }) => kind)
        .sort();
    expect(await tasks()).toEqual([]);

    expect(await run('user:disable', `--email=${sam.email}`)).toContain('NOT handed over');
    process.exitCode = undefined;
    await desk.work();
    expect(await tasks()).toEqual(['next_contact', 'people_left']);
    expect((await desk.messages(manager.actor.membershipId)).map(({ kind }) => kind)).toEqual(['notice']);
    const enabled = await betony.inject({
      method: 'POST',
      url: `/api/v1/users/${sam.actor.accountId}/enable`,
      headers: admin.headers,
      payload: {},
    });
    expect([enabled.statusCode, enabled.json()]).toMatchObject([409, { from: 'shut' }]);

    await betony.inject({
      method: 'POST',
      url: '/api/v1/link-workers/standing-cover',
      headers: manager.headers,
      payload: { membershipId: ann.actor.membershipId },
    });
    expect(await run('user:disable', `--email=${sam.email}`)).toContain('live work handed over');
    expect(await tasks()).toEqual([]);
    expect(await desk.tasks(sam.actor.membershipId)).toEqual(['people_left managers moved_on']);
    const [now] = await desk.taskRows(referralId);
    expect(now).toMatchObject({ audience_id: ann.actor.membershipId, outcome: null });
  });

  it('take away a second factor that is lost, and sign the person out', async () => {
    const { member } = await withApp(await aScheme(betony));
    expect(await run('user:reset-factor', `--email=${member.email}`)).toContain('password alone');
    expect(await me(member.headers)).toBe(401);
    await expect(run('user:reset-factor', `--email=${member.email}`)).rejects.toThrow('no second factor');
    await expect(run('user:reset-factor', '--email=nobody@example.org')).rejects.toThrow('Nobody who works');
    await expect(run('user:reset-factor')).rejects.toThrow('--email');
  });

  it('verify the audit record, and say the head to note down', async () => {
    // Sealing waits for whoever shares the test server.
    let told = '';
    await eventually(async () => {
      told = await run('audit:verify', '--seal');
      return told.includes('noted elsewhere');
    }, 100_000);
    expect(told).toContain('No change after sealing was found.');
    const [, head] = /noted elsewhere: (\d+:[0-9a-f]{64})/.exec(told)!;
    expect(await run('audit:verify', `--head=${head!}`)).toContain('No change after sealing was found.');
    expect(process.exitCode).toBeUndefined();
    const forged = head!.replace(/^\d+/, '999');
    expect(await run('audit:verify', `--head=${forged}`)).toContain('Seal 999 was removed.');
    expect(process.exitCode).toBe(1);
    await expect(run('audit:verify', '--head=last')).rejects.toThrow('--head must be');
  });
});
