import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { Timeline } from '../../../src/platform/database/timeline.js';
import { PlainFault } from '../../../src/platform/errors/plain-fault.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { restoredCommand } from '../../../src/reminders/restored.command.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { inScheme } from '../../factories/episodes.js';
import { messageRow, messagesIn } from '../../factories/messages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/** When the lost server stopped, and when the restored one is set to work. */
const LOST_UNTIL = '2026-11-24T14:20:00Z';
const RESTORED_AT = '2026-11-24T15:00:00Z';

describe('after a restore from a backup', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let worker: TestMember;
  let desk: ReturnType<typeof reminderDesk>;
  let make: ReturnType<typeof messagesIn>;

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    worker = await aMember(scheme, 'link_worker');
    make = messagesIn(scheme, worker);
  });

  async function restored(...args: string[]): Promise<string> {
    const lines: string[] = [];
    await restoredCommand.run(
      { config: betony.config, app: () => Promise.resolve(betony.app), print: (text) => lines.push(text) },
      args,
    );
    return lines.join('\n');
  }
  /** People have signed in to the schemes of other tests since. */
  const settled = () => {
    betony.clock.set(RESTORED_AT);
    return restored('--lost-until', LOST_UNTIL, '--even-so');
  };
  const row = (id: string) => messageRow(scheme, id);
  const claim = (id: string) => betony.get(MessagesService).claim(scheme.id, id);
  const add = (event: string, payload: object) =>
    inScheme(scheme, async (tx) => {
      const id = newId();
      await tx.run(sql`
        insert into outbox (id, scheme_id, event, payload, created_at, published_at)
        values (${id}, ${scheme.id}, ${event}, ${JSON.stringify(payload)}, ${tx.now}, ${tx.now})`);
      return id;
    });
  const line = async (id: string) =>
    (
      await betony
        .get(Database)
        .unscoped<{ line: string }>(
          sql`select concat_ws(' ', case when finished_at is null then 'open' else 'finished' end, case when kept_back then 'kept back' end) as line from outbox where id = ${id}`,
        )
    )[0]?.line;

  it('a person is asked about a message to a client that was ready, or on its way, and it is never sent again', async () => {
    const ready = await make.toClient();
    betony.clock.set('2026-11-23T10:00:00Z');
    const sending = await make.toClient();
    expect(await claim(sending.messageId)).not.toBeNull();
    await settled();
    for (const { messageId } of [ready, sending]) {
      expect(await row(messageId)).toMatchObject({ state: 'unconfirmed', because: 'restored' });
      expect(await desk.tasks(messageId)).toEqual(['message_unconfirmed membership open']);
      expect(await claim(messageId)).toBeNull();
    }
  });

  it('a message to a group goes again with its Message-ID, and nothing that falls due since is put into it', async () => {
    const { messageId } = await make.toGroup();
    const before = await row(messageId);
    betony.clock.set('2026-11-24T14:10:00Z');
    await settled();
    expect(await row(messageId)).toMatchObject({ state: 'ready', because: 'restored', attempts: 1 });
    betony.clock.set('2026-11-24T15:05:00Z');
    expect(await claim(messageId)).toMatchObject({ messageId: before.message_id, attempt: 2 });
  });

  it('what fell due in what was lost may have gone under a Message-ID nobody knows, and is a person’s', async () => {
    const client = await make.toClient();
    const group = await make.toGroup();
    // As the restored database has them: not fallen due yet, and no message made.
    await inScheme(scheme, async (tx) => {
      await tx.run(sql`
        update reminder set state = 'waiting', outcome = null, done_at = null, message_id = null
        where scheme_id = ${scheme.id} and message_id is not null`);
      await tx.run(sql`delete from message where scheme_id = ${scheme.id}`);
    });
    await settled();
    const messages = [...(await desk.messages(client.clientId)), ...(await desk.messages(group.group))];
    expect(messages.map(({ kind, state, because }) => [kind, state, because])).toEqual([
      ['client', 'unconfirmed', 'restored'],
      ['group', 'unconfirmed', 'restored'],
    ]);
    for (const { id } of messages) {
      expect(await desk.tasks(id)).toEqual(['message_unconfirmed membership open']);
    }
    expect(await desk.work('2026-11-24T15:05:00Z')).toEqual([]);
  });

  it('what falls due later is sent as ever', async () => {
    const { id, clientId } = await make.toClient();
    await inScheme(scheme, async (tx) => {
      await tx.run(sql`delete from reminder where scheme_id = ${scheme.id}`);
      await tx.run(sql`delete from message where scheme_id = ${scheme.id}`);
      await tx.run(sql`
        update appointment set starts_at = '2026-11-25T16:00:00Z' where scheme_id = ${scheme.id} and id = ${id}`);
    });
    betony.clock.set('2026-11-23T10:00:00Z');
    await desk.plan({ appointment: [id] });
    await settled();
    expect(await desk.messages(clientId)).toEqual([]);
    const [messageId] = await desk.work('2026-11-24T16:00:00Z');
    expect(await claim(messageId ?? '')).toMatchObject({ clientId, attempt: 1 });
  });

  it('codes asked for are left out, and what nobody can ask for again waits for a manager', async () => {
    const code = await add('page.codeAsked', { codeId: newId() });
    const register = await add('register.linkAsked', { linkId: newId() });
    const mail = await add('passwordReset.asked', { linkId: newId(), accountId: null });
    const told = await settled();
    expect(told).toContain(
      '1 codes and links somebody had asked for are left out; 1 events wait for a manager',
    );
    expect([await line(code), await line(register), await line(mail)]).toEqual([
      'finished',
      'open kept back',
      'open',
    ]);
    const manager = await aMember(scheme, 'scheme_manager');
    const stuck = await betony.inject({ url: '/api/v1/stuck-events', headers: manager.headers });
    expect(stuck.json().items).toContainEqual(expect.objectContaining({ id: register, keptBack: true }));
    const retry = await betony.inject({
      method: 'POST',
      url: `/api/v1/stuck-events/${register}/retry`,
      headers: manager.headers,
    });
    expect(retry.statusCode).toBe(204);
    expect(await line(register)).toBe('open');
  });

  it('today’s digests are made once, though nobody knows of the first', async () => {
    const days = () =>
      inScheme(scheme, (tx) =>
        tx.rows<{ day: string }>(sql`
          select day::text from digest_day where scheme_id = ${scheme.id}`),
      );
    await settled();
    expect(await days()).toEqual([{ day: '2026-11-24' }]);
  });

  it('may be run again, and then finds nothing more', async () => {
    await make.toClient();
    expect(await settled()).toMatch(/^[^:]+: \d+ messages may have gone out/);
    const again = await settled();
    expect(again.match(/: (\d+) messages/g)).toEqual(again.match(/: 0 messages/g));
  });

  it('is kept in the audit record of each scheme', async () => {
    await settled();
    const [entry] = await betony
      .get(Database)
      .read<{ details: Record<string, unknown> }>(
        scheme.id,
        sql`select details from audit_entry where scheme_id = ${scheme.id} and action = 'scheme.restore'`,
      );
    expect(entry?.details).toMatchObject({ until: '2026-11-24T14:20:00.000Z', forPeople: 0, again: 0 });
  });

  it.each([
    [[], 'Say until when'],
    [['--nothing-lost', '--lost-until', LOST_UNTIL], 'Say until when'],
    [['--lost-until', '2026-11-24T14:20:00'], 'with its zone'],
    [['--lost-until', '2026-13-24T14:20:00Z'], 'with its zone'],
    [['--lost-until', '2026-11-24T15:00:01Z'], 'in the future'],
  ])('refuses %j and says why', async (args, because) => {
    betony.clock.set(RESTORED_AT);
    const refused = await restored(...args).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PlainFault);
    expect((refused as PlainFault).message).toContain(because);
  });

  it('refuses a time before something that is known', async () => {
    betony.clock.set(RESTORED_AT);
    await make.toGroup();
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        insert into audit_entry (scheme_id, at, actor_kind, action) values (${scheme.id}, ${tx.now}, 'member', 'spec.done')`),
    );
    const refused = await restored('--lost-until', '2026-11-24T14:59:59Z').catch((error: unknown) => error);
    expect((refused as PlainFault).message).toContain('later than --lost-until');
  });

  it('no worker starts on a history of the server’s that nobody has vouched for', async () => {
    const timeline = betony.get(Timeline);
    const change = (number: number) =>
      betony.get(Database).unscoped(sql`update timeline set number = ${number}`);
    await timeline.mustBeKnown();
    // As the table stands in a database that was restored.
    await change(0);
    await expect(timeline.mustBeKnown()).rejects.toThrow('restored from a backup');
    await settled();
    await timeline.mustBeKnown();
    await betony.get(Database).unscoped(sql`delete from timeline where number <> 0`);
    await expect(timeline.mustBeKnown()).rejects.toThrow('restored from a backup');
    await restored('--nothing-lost');
    await timeline.mustBeKnown();
  });
});
