import sql from 'sql-template-tag';
import { Relay } from '../../../src/platform/outbox/relay.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { messageRow, messagesIn } from '../../factories/messages.js';
import { startMailbox, type TestMailbox } from '../../support/mailbox.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MONDAY = '2026-11-23T10:00:00Z';

describe('messages that did not arrive', () => {
  let betony: TestApp;
  let mailbox: TestMailbox;
  let scheme: TestScheme;
  let manager: TestMember;
  let administrator: TestMember;
  let worker: TestMember;

  beforeAll(async () => {
    mailbox = await startMailbox();
    betony = await startApp({ config: { smtpUrl: mailbox.url } });
  });
  afterAll(async () => {
    await betony.stop();
    await mailbox.stop();
  });
  beforeEach(async () => {
    betony.clock.set(MONDAY);
    mailbox.behaviour = 'takes';
    mailbox.messages.length = 0;
    scheme = await aScheme(betony);
    worker = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
    manager = await aMember(scheme, 'scheme_manager');
    administrator = await aMember(scheme, 'administrator');
  });

  const get = async (who: TestMember, url: string) => {
    const answer = await betony.inject({ url: `/api/v1${url}`, headers: who.headers });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };
  const post = async (who: TestMember, url: string, payload: object = {}) => {
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1${url}`,
      headers: who.headers,
      payload,
    });
    return {
      status: answer.statusCode,
      body: answer.body === '' ? {} : answer.json<Record<string, unknown>>(),
    };
  };
  const perform = (message: string) =>
    betony.get(SendMessage).perform({
      name: 'send-message',
      key: `send-message-${message}`,
      schemeId: scheme.id,
      ids: { message },
    });
  const dead = async (behaviour: TestMailbox['behaviour']) => {
    const made = await messagesIn(scheme, worker).toClient({ firstName: 'Grace', lastName: 'Adeyemi' });
    mailbox.behaviour = behaviour;
    await perform(made.messageId);
    mailbox.behaviour = 'takes';
    return made;
  };
  const tasks = (id: string) => reminderDesk(scheme).tasks(id);

  it('are listed with the reason, and names for managers only', async () => {
    const { messageId, clientId } = await dead('refuses-text');
    const shown = (await get(manager, '/messages')).body['items'];
    expect(shown).toEqual([
      expect.objectContaining({
        id: messageId,
        channel: 'email',
        recipient: 'client',
        state: 'failed',
        because: '554 5.7.1',
        about: ['appointment'],
        client: { id: clientId, name: 'Grace Adeyemi' },
      }),
    ]);
    const { body } = await get(administrator, '/messages');
    expect(body['items']).toEqual([expect.objectContaining({ id: messageId, client: null })]);
    expect(JSON.stringify(body)).not.toMatch(/Grace|Adeyemi|example\.org/);
    expect((await get(manager, '/messages?state=sent')).body['items']).toEqual([]);
  });

  it('are sent again when somebody says so, with the same Message-ID, and nobody need ring any more', async () => {
    const { messageId } = await dead('refuses-text');
    expect(await tasks(messageId)).toEqual(['message_failed membership open']);
    expect(await post(manager, `/messages/${messageId}/retry`)).toMatchObject({
      status: 200,
      body: { state: 'ready', attempts: 1 },
    });
    expect(await tasks(messageId)).toEqual(['message_failed membership finished']);
    await perform(messageId);
    expect(mailbox.messages.map((mail) => mail.messageId)).toEqual([`<${messageId}@betony.example.org>`]);
    expect(await messageRow(scheme, messageId)).toMatchObject({ state: 'sent', attempts: 2 });
    expect((await post(manager, `/messages/${messageId}/retry`)).status).toBe(409);
  });

  it('that may have reached somebody are sent again only by a person who asked them', async () => {
    const { messageId } = await dead('takes-then-hangs-up');
    expect(await messageRow(scheme, messageId)).toMatchObject({ state: 'unconfirmed' });
    for (const body of [{}, { notReceived: false }]) {
      expect(await post(manager, `/messages/${messageId}/retry`, body)).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'notReceived' }] },
      });
    }
    expect(mailbox.messages).toHaveLength(1);
    expect((await post(manager, `/messages/${messageId}/retry`, { notReceived: true })).status).toBe(200);
    await perform(messageId);
    await perform(messageId);
    expect(mailbox.messages).toHaveLength(2);
  });

  it('are asked again whether they are still wanted and safe', async () => {
    const gone = await dead('refuses-recipient');
    await post(manager, `/messages/${gone.messageId}/retry`);
    await perform(gone.messageId);
    expect(await messageRow(scheme, gone.messageId)).toMatchObject({
      state: 'cancelled',
      because: 'not_safe',
    });
    expect(mailbox.messages).toEqual([]);
    betony.clock.set(MONDAY);
    const over = await dead('refuses-text');
    await changeRow(scheme, 'appointment', over.id, { state: 'cancelled' });
    await post(manager, `/messages/${over.messageId}/retry`);
    await perform(over.messageId);
    expect(await messageRow(scheme, over.messageId)).toMatchObject({
      state: 'cancelled',
      because: 'moved_on',
    });
  });

  it('have as many tries again as the first time', async () => {
    const { messageId } = await dead('refuses-text');
    await changeRow(scheme, 'message', messageId, { attempts: 12 });
    await post(manager, `/messages/${messageId}/retry`);
    mailbox.behaviour = 'busy-at-text';
    await perform(messageId);
    expect(await messageRow(scheme, messageId)).toMatchObject({ state: 'ready', attempts: 13 });
  });

  it('wait while another message to the same person does', async () => {
    const { messageId, clientId } = await dead('refuses-text');
    await inScheme(scheme, (tx) =>
      insertRow(tx, 'message', {
        scheme_id: scheme.id,
        id: newId(),
        kind: 'client',
        channel: 'email',
        recipient_kind: 'client',
        client_id: clientId,
        message_id: `${newId()}@betony.example.org`,
        state: 'ready',
        next_attempt_at: tx.now,
        created_at: tx.now,
      }),
    );
    expect((await post(manager, `/messages/${messageId}/retry`)).status).toBe(409);
  });

  it('are let be with a reason, and leave the list', async () => {
    const { messageId } = await dead('refuses-text');
    expect((await post(manager, `/messages/${messageId}/drop`)).status).toBe(422);
    expect((await post(manager, `/messages/${messageId}/drop`, { because: 'bored' })).status).toBe(422);
    expect(
      await post(administrator, `/messages/${messageId}/drop`, { because: 'done_another_way' }),
    ).toMatchObject({ status: 200, body: { droppedBecause: 'done_another_way', client: null } });
    expect(await tasks(messageId)).toEqual(['message_failed membership finished']);
    expect((await get(manager, '/messages')).body['items']).toEqual([]);
    expect((await get(manager, '/messages?dropped=true')).body['items']).toHaveLength(1);
    expect((await post(manager, `/messages/${messageId}/retry`)).status).toBe(409);
    expect((await post(manager, `/messages/${messageId}/drop`, { because: 'cannot_be_done' })).status).toBe(
      409,
    );
  });

  it('of another scheme are not there, and a late answer settles nothing that was sent again', async () => {
    const { messageId } = await messagesIn(scheme, worker).toClient();
    const claim = await betony.get(MessagesService).claim(scheme.id, messageId);
    await betony.get(MessagesService).settle(claim!, 'unknown', 'ETIMEDOUT');
    const foreigner = await aMember(await aScheme(betony), 'scheme_manager');
    expect((await post(foreigner, `/messages/${messageId}/retry`, { notReceived: true })).status).toBe(404);
    await post(manager, `/messages/${messageId}/retry`, { notReceived: true });
    await perform(messageId);
    await betony.get(MessagesService).settle(claim!, 'refused', '550');
    expect(await messageRow(scheme, messageId)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('events nobody could handle are seen, passed on again, or let be', async () => {
    const ids = [newId(), newId()];
    for (const id of ids) {
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'outbox', {
          id,
          scheme_id: scheme.id,
          event: 'referral.sent',
          payload: '{}',
          created_at: '2026-11-23T09:00:00Z',
          published_at: '2026-11-23T09:55:00Z',
        }),
      );
    }
    expect((await get(administrator, '/stuck-events')).body['items']).toEqual(
      ids.map((id) => expect.objectContaining({ id, event: 'referral.sent' }) as unknown),
    );
    expect((await post(administrator, `/stuck-events/${ids[0]!}/retry`)).status).toBe(204);
    await betony.get(Relay).publish();
    expect(
      (await post(manager, `/stuck-events/${ids[1]!}/drop`, { because: 'no_longer_wanted' })).status,
    ).toBe(204);
    expect(
      (await post(manager, `/stuck-events/${ids[1]!}/drop`, { because: 'no_longer_wanted' })).status,
    ).toBe(404);
    const rows = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select published_at > '2026-11-23T09:58:00Z' as queued, finished_at is not null as finished from outbox
        where id = any(${ids}::uuid[]) order by created_at, id`),
    );
    expect(rows[0]).toMatchObject({ queued: true });
    expect(rows[1]).toMatchObject({ finished: true });
    const foreigner = await aMember(await aScheme(betony), 'administrator');
    expect((await get(foreigner, '/stuck-events')).body['items']).toEqual([]);
    expect((await post(foreigner, `/stuck-events/${ids[0]!}/retry`)).status).toBe(404);
  });

  it('templates are shown as they read, with made-up words, in each language', async () => {
    const { body } = await get(administrator, '/message-templates');
    const templates = body as unknown as {
      name: string;
      language: string;
      text: string;
      segments: number | null;
    }[];
    expect(templates.filter(({ text }) => text.includes('{{'))).toEqual([]);
    expect(templates).toContainEqual(
      expect.objectContaining({
        name: 'client.appointment.text',
        language: 'en',
        subject: '',
        text:
          'Hello. We arranged to meet or talk on Tuesday 24 November at 2pm. ' +
          'If that no longer suits you, please let us know. Sam',
        segments: 1,
      }),
    );
    const polish = (await get(manager, '/message-templates?language=pl')).body as unknown as object[];
    expect(polish.length).toBeGreaterThan(5);
    expect((await get(manager, '/message-templates?language=polish!')).status).toBe(422);
  });

  it('switches are for all, for oneself, and for one person', async () => {
    const { clientId } = await messagesIn(scheme, worker).toClient();
    const off = { kind: 'appointment', channel: 'text', on: false };
    const mine = async (who: TestMember, url: string) =>
      ((await get(who, url)).body as unknown as { kind: string; channel: string; on: boolean }[])
        .filter(({ on }) => !on)
        .map(({ kind, channel }) => `${kind} ${channel}`);
    expect((await post(manager, '/scheme/message-switches', off)).status).toBe(200);
    expect(await mine(worker, '/scheme/message-switches')).toEqual(['appointment text']);
    expect((await post(worker, '/scheme/message-switches', off)).status).toBe(403);
    await post(manager, '/scheme/message-switches', { ...off, on: true });
    expect(await mine(worker, '/scheme/message-switches')).toEqual([]);
    const told = async (who: TestMember, kind: string) =>
      ((await get(who, '/me/message-switches')).body as unknown as { kind: string; told: string }[]).find(
        (one) => one.kind === kind,
      )?.told;
    for (const way of ['list', 'daily', 'at_once']) {
      const done = await post(worker, '/me/message-switches', { kind: 'group_replied', told: way });
      expect([done.status, await told(worker, 'group_replied')]).toEqual([200, way]);
    }
    expect((await post(worker, '/me/message-switches', { kind: 'digest', told: 'list' })).status).toBe(200);
    expect([await told(worker, 'digest'), await told(manager, 'digest')]).toEqual(['list', 'daily']);
    expect((await post(manager, `/clients/${clientId}/message-switches`, off)).status).toBe(200);
    expect((await post(manager, `/clients/${clientId}/message-switches`, off)).status).toBe(200);
    expect(await mine(manager, `/clients/${clientId}/message-switches`)).toEqual(['appointment text']);
    const stranger = await aMember(scheme, 'link_worker');
    expect((await get(stranger, `/clients/${clientId}/message-switches`)).status).toBe(404);
    expect((await post(stranger, `/clients/${clientId}/message-switches`, off)).status).toBe(404);
  });

  it.each([
    ['/scheme/message-switches', { kind: 'offer_made', channel: 'email', on: false }, 'kind'],
    ['/scheme/message-switches', { kind: 'listing_check', channel: 'letter', on: false }, 'channel'],
    ['/scheme/message-switches', { kind: 'closing_summary', channel: 'text', on: false }, 'channel'],
    ['/scheme/message-switches', { kind: 'appointment', channel: 'letter', on: false }, 'channel'],
    ['/scheme/message-switches', { kind: 'appointment', channel: 'text', on: 'no' }, 'on'],
    ['/scheme/message-switches', { kind: 'appointment', channel: 'pigeon', on: true }, 'channel'],
    ['/me/message-switches', { kind: 'everything', told: 'list' }, 'kind'],
    ['/me/message-switches', { kind: 'digest', told: 'list', schemeId: 'x' }, 'schemeId'],
    ['/me/message-switches', { kind: 'digest', told: 'at_once' }, 'told'],
    ['/me/message-switches', { kind: 'visit_overdue', told: 'list' }, 'told'],
    ['/me/message-switches', { kind: 'group_replied', told: 'never' }, 'told'],
  ])('%s refuses %j', async (url, body, field) => {
    const answer = await post(manager, url, body);
    expect(answer.status).toBe(422);
    expect((answer.body['errors'] as { field: string }[]).map((error) => error.field)).toContain(field);
  });
});
