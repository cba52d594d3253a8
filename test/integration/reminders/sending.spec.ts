import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { ReminderTicks } from '../../../src/reminders/reminders.ticks.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { inScheme } from '../../factories/episodes.js';
import { messageRow, messagesIn } from '../../factories/messages.js';
import { type Behaviour, filedMail, startMailbox, type TestMailbox } from '../../support/mailbox.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { eventually, workDone } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MONDAY = '2026-11-23T10:00:00Z';

async function aDesk(betony: TestApp) {
  const scheme = await aScheme(betony);
  const worker = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
  return { scheme, make: messagesIn(scheme, worker), desk: reminderDesk(scheme) };
}

const perform = (betony: TestApp, scheme: TestScheme, message: string) =>
  betony
    .get(SendMessage)
    .perform({ name: 'send-message', key: `send-message-${message}`, schemeId: scheme.id, ids: { message } });

describe('sending through a real mail server', () => {
  let betony: TestApp;
  let mailbox: TestMailbox;

  beforeAll(async () => {
    mailbox = await startMailbox();
    betony = await startApp({ config: { smtpUrl: mailbox.url } });
  });
  afterAll(async () => {
    await betony.stop();
    await mailbox.stop();
  });
  beforeEach(() => {
    betony.clock.set(MONDAY);
    mailbox.behaviour = 'takes';
    mailbox.messages.length = 0;
  });

  it('one message to one person, marked as automatic, saying nothing about them', async () => {
    const { scheme, make } = await aDesk(betony);
    const { messageId } = await make.toClient({
      email: 'grace@example.org',
      firstName: 'Grace',
      lastName: 'Adeyemi',
    });
    await perform(betony, scheme, messageId);
    expect(mailbox.messages).toHaveLength(1);
    const [mail] = mailbox.messages;
    expect(mail).toMatchObject({
      subject: 'A reminder for Wednesday 25 November',
      messageId: `<${messageId}@betony.example.org>`,
      to: [{ address: 'grace@example.org' }],
    });
    expect(mail!.cc).toBeUndefined();
    expect(`${mail!.subject!} ${mail!.text!}`).not.toMatch(/Grace|Adeyemi/);
    expect(await messageRow(scheme, messageId)).toMatchObject({ state: 'sent', attempts: 1 });
    await perform(betony, scheme, messageId);
    expect(mailbox.messages).toHaveLength(1);
  });

  type Ends = { client: string; group: string; arrived: number; safe: 'yes' | 'no' };
  it.each<[Behaviour, Ends]>([
    ['takes', { client: 'sent', group: 'sent', arrived: 1, safe: 'yes' }],
    ['refuses-recipient', { client: 'failed', group: 'failed', arrived: 0, safe: 'no' }],
    ['refuses-text', { client: 'failed', group: 'failed', arrived: 0, safe: 'yes' }],
    ['refuses-sender', { client: 'ready', group: 'ready', arrived: 0, safe: 'yes' }],
    ['busy-at-recipient', { client: 'ready', group: 'ready', arrived: 0, safe: 'yes' }],
    ['busy-at-text', { client: 'ready', group: 'ready', arrived: 0, safe: 'yes' }],
    ['hangs-up-before-text', { client: 'ready', group: 'ready', arrived: 0, safe: 'yes' }],
    ['hangs-up-after-text', { client: 'unconfirmed', group: 'ready', arrived: 0, safe: 'yes' }],
    ['takes-then-hangs-up', { client: 'unconfirmed', group: 'ready', arrived: 1, safe: 'yes' }],
  ])('a server that %s', async (behaviour, ends) => {
    const { scheme, make, desk } = await aDesk(betony);
    const group = await make.toGroup();
    const client = await make.toClient();
    mailbox.behaviour = behaviour;
    await perform(betony, scheme, group.messageId);
    expect(mailbox.messages).toHaveLength(ends.arrived);
    await perform(betony, scheme, client.messageId);
    expect(mailbox.messages).toHaveLength(2 * ends.arrived);
    expect(await messageRow(scheme, group.messageId)).toMatchObject({ state: ends.group });
    expect(await messageRow(scheme, client.messageId)).toMatchObject({ state: ends.client });
    const { safe_to_email: safe } = await inScheme(scheme, (tx) =>
      tx.one<{ safe_to_email: string }>(sql`
        select safe_to_email from client where scheme_id = ${scheme.id} and id = ${client.clientId}`),
    );
    expect(safe).toBe(ends.safe);

    // Once the server is well again, everything goes out that certainly or possibly did not, except to the client.
    mailbox.behaviour = 'takes';
    betony.clock.advance({ minutes: 1 });
    await perform(betony, scheme, group.messageId);
    await perform(betony, scheme, client.messageId);
    const toClient = mailbox.messages.filter(
      (mail) => mail.messageId === `<${client.messageId}@betony.example.org>`,
    );
    const toGroup = mailbox.messages.filter(
      (mail) => mail.messageId === `<${group.messageId}@betony.example.org>`,
    );
    expect(toClient.length).toBe(ends.client === 'ready' ? 1 : ends.arrived);
    expect(toGroup.length).toBe(ends.group === 'ready' ? ends.arrived + 1 : ends.arrived);
    expect(await desk.tasks(client.messageId)).toEqual(
      ends.client === 'failed'
        ? ['message_failed membership open']
        : ends.client === 'unconfirmed'
          ? ['message_unconfirmed membership open']
          : [],
    );
  });

  it('several things for one group arrive as one message', async () => {
    const { scheme, make, desk } = await aDesk(betony);
    const { messageId } = await make.toGroup();
    await desk.work('2026-11-26T10:00:00Z');
    await perform(betony, scheme, messageId);
    const [mail, ...others] = mailbox.messages;
    expect(others).toEqual([]);
    expect(mail!.subject).toBe('2 things for your group');
    expect(mail!.text).toMatch(
      /can help \(G-\w{4}-\w{4}\)[^]*have not heard from you yet\. Please answer by Monday 7 December/,
    );
    const links = mail!.text!.match(/https:\S+\/reply\/[A-Za-z0-9_-]{43}\S*/g) ?? [];
    expect(links).toHaveLength(3);
    expect(links[1]).toBe(links[0]);
    expect(links[2]).toBe(`${links[0]!}/leave`);
  });

  it('an outage of the database between sending and writing it down costs a task, not a second message', async () => {
    const { scheme, make } = await aDesk(betony);
    const { messageId } = await make.toClient();
    const claim = await betony.get(MessagesService).claim(scheme.id, messageId);
    expect(claim).not.toBeNull();
    // The process sent it and died here.
    betony.clock.advance({ minutes: 10 });
    await betony.get(ReminderTicks).sweep(systemActor(scheme.id, 'messages'));
    expect(await messageRow(scheme, messageId)).toMatchObject({ state: 'unconfirmed' });
    await perform(betony, scheme, messageId);
    expect(mailbox.messages).toEqual([]);
  });
});

describe('sending without a mail server', () => {
  it('writes a file into the outbox folder', async () => {
    const betony = await startApp();
    try {
      const { scheme, make } = await aDesk(betony);
      const { messageId } = await make.toReferrer();
      await perform(betony, scheme, messageId);
      const [mail] = await filedMail(betony.config.dataDir);
      expect(mail!.to).toEqual([{ address: 'feedback@example.org', name: '' }]);
      expect(mail!.text!.trim().split('\n').filter(Boolean)).toEqual([
        expect.stringMatching(/^BT-\d+ – Closed: Done$/),
        expect.stringMatching(/, ended on \d+ \w+ \d{4}\.$/),
        'Nothing is asked of you. A new referral can be sent at any time.',
        'Sign in to read more: https://betony.example.org',
      ]);
      expect(readdirSync(join(betony.config.dataDir, 'outbox'))).toHaveLength(1);
    } finally {
      await betony.stop();
    }
  });
});

describe('a worker', () => {
  it('turns what is due into mail by itself', async () => {
    const mailbox = await startMailbox();
    const betony = await startApp({ work: true, config: { smtpUrl: mailbox.url } });
    try {
      const { scheme, make } = await aDesk(betony);
      const { messageId } = await make.toGroup();
      betony.clock.advance({ minutes: 2 });
      await eventually(async () => (await messageRow(scheme, messageId)).state === 'sent', 20_000);
      await workDone(betony);
      expect(mailbox.messages).toHaveLength(1);
    } finally {
      await betony.stop();
      await mailbox.stop();
    }
  });
});
