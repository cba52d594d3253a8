import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Config } from '../../../src/platform/config/config.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { Receipts } from '../../../src/reminders/receipts.service.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { inScheme } from '../../factories/episodes.js';
import { messageRow, messagesIn } from '../../factories/messages.js';
import { type NotifyBehaviour, type NotifyStandIn, startNotify } from '../../support/notify-stand-in.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { eventually } from '../../support/settle.js';
import { type SmtpBehaviour, type SmtpStandIn, startSmtpStandIn } from '../../support/smtp-stand-in.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MONDAY = '2026-11-23T10:00:00Z';
const BY_TEXT = { phone: '+447700900123', safe_to_text: 'yes', reach_through: 'text' };

/** What has become of a message to a client at once: what managers and the owner of the case read of it. */
interface Ends {
  /** `again`: it certainly did not arrive and is tried again. */
  as: 'sent' | 'again' | 'failed' | 'unconfirmed';
  says: RegExp;
  /** How often it was taken by then. */
  taken: number;
}

const AGAIN = / It is tried again by itself\.$/;
const LATE = /^There was no answer in time\./;
const BROKE = /^The connection broke off\./;

describe('carriers of messages that behave badly', () => {
  let betony: TestApp;
  let smtp: SmtpStandIn;
  let notify: NotifyStandIn;
  let scheme: TestScheme;
  let manager: TestMember;
  let owner: TestMember;
  let make: ReturnType<typeof messagesIn>;

  beforeAll(async () => {
    [smtp, notify] = await Promise.all([startSmtpStandIn(), startNotify()]);
    betony = await startApp({
      config: {
        smtpUrl: `smtp://127.0.0.1:${String(smtp.port)}`,
        notify: notify.settings,
        carrierWaits: { connect: 250, answer: 250 },
      },
    });
  });
  afterAll(async () => {
    await betony.stop();
    await Promise.all([smtp.stop(), notify.stop()]);
  });
  beforeEach(async () => {
    betony.clock.set(MONDAY);
    smtp.behaviour = 'takes';
    smtp.taken.length = 0;
    notify.behaviour = 'takes';
    notify.remembers = true;
    notify.taken.length = 0;
    scheme = await aScheme(betony);
    owner = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
    manager = await aMember(scheme, 'scheme_manager');
    make = messagesIn(scheme, owner);
  });

  const actor = () => systemActor(scheme.id, 'messages');
  const send = (message: string) =>
    betony
      .get(SendMessage)
      .perform({ name: 'send-message', key: message, schemeId: scheme.id, ids: { message } });
  const sendAll = async (): Promise<void> => {
    for (const id of await betony.get(MessagesService).ready(actor())) await send(id);
  };
  const get = async <Item>(who: TestMember, url: string): Promise<Item[]> =>
    (await betony.inject({ url: `/api/v1${url}`, headers: who.headers })).json<{ items: Item[] }>().items;

  interface Shown {
    id: string;
    says: string | null;
  }
  interface Listed {
    kind: string;
    why: string | null;
    words: string;
    subject: { id: string };
  }
  /** What is read of a message on /messages, in whatever state, and on the owner's list. */
  const read = async (id: string): Promise<{ says: string | null; tasks: Listed[] }> => {
    const { state } = await messageRow(scheme, id);
    const shown = await get<Shown>(manager, `/messages?state=${state}`);
    const tasks = (await get<Listed>(owner, '/tasks')).filter(({ subject }) => subject.id === id);
    return { says: shown.find((one) => one.id === id)?.says ?? null, tasks };
  };

  const expectEnd = async (id: string, { as, says }: Ends): Promise<void> => {
    const { state } = await messageRow(scheme, id);
    expect(state).toBe(as === 'again' ? 'ready' : as);
    const found = await read(id);
    if (as === 'sent') expect(found.says).toBeNull();
    else expect(found.says).toMatch(says);
    if (as === 'again') expect(found.says).toMatch(AGAIN);
    const kind = { failed: 'message_failed', unconfirmed: 'message_unconfirmed' }[as as 'failed'];
    expect(found.tasks.map((task) => [task.kind, task.why])).toEqual(
      as === 'failed' || as === 'unconfirmed' ? [[kind, found.says]] : [],
    );
    expect(JSON.stringify(found)).not.toMatch(/@|Grace|\+44/);
  };

  /** Nothing lost, nothing twice: whoever did not get it for certain has a person who was asked. */
  const expectEveryoneSeenTo = async (ids: readonly string[], copies: (id: string) => number) => {
    for (const id of ids) {
      const { state } = await messageRow(scheme, id);
      const { tasks } = await read(id);
      expect([state, state === 'sent' ? copies(id) >= 1 : tasks.length === 1]).toEqual([state, true]);
    }
  };

  describe.each<[SmtpBehaviour, Ends]>([
    ['takes', { as: 'sent', says: /^$/, taken: 1 }],
    ['says nothing at all', { as: 'again', says: LATE, taken: 0 }],
    ['greets with 421', { as: 'again', says: /^The mail server could not take it just then\./, taken: 0 }],
    ['greets with 554', { as: 'again', says: /^The mail server|^Their mail server/, taken: 0 }],
    ['answers no RCPT', { as: 'again', says: LATE, taken: 0 }],
    ['says 451 to RCPT', { as: 'again', says: /^The mail server could not take it just then\./, taken: 0 }],
    ['says 550 to one recipient', { as: 'failed', says: /^There is nobody at that address/, taken: 0 }],
    ['closes at DATA', { as: 'again', says: BROKE, taken: 0 }],
    ['says nothing to DATA', { as: 'again', says: LATE, taken: 0 }],
    ['says 451 to DATA', { as: 'again', says: /^The mail server could not take it just then\./, taken: 0 }],
    ['takes the text and hangs', { as: 'unconfirmed', says: LATE, taken: 1 }],
    ['takes the text and says 451', { as: 'again', says: /^The mail server could not/, taken: 0 }],
    ['takes the text and answers too late', { as: 'unconfirmed', says: LATE, taken: 1 }],
    ['says 250 and dies before it is read', { as: 'unconfirmed', says: BROKE, taken: 1 }],
    ['says 250 and closes', { as: 'sent', says: /^$/, taken: 1 }],
    [
      'offers STARTTLS and refuses it',
      { as: 'again', says: /^The mail server could not take it just then\./, taken: 0 },
    ],
    ['offers STARTTLS and closes', { as: 'again', says: BROKE, taken: 0 }],
  ])('a mail server that %s', (behaviour, ends) => {
    it('never makes anybody read the same twice, nor hear nothing without somebody knowing', async () => {
      const [client, group] = [await make.toClient(), await make.toGroup()];
      const copies = (id: string): number => smtp.taken.filter((taken) => taken === id).length;
      betony.clock.set('2026-11-24T14:00:00Z');
      smtp.behaviour = behaviour;
      await send(client.messageId);
      await expectEnd(client.messageId, ends);
      expect(copies(client.messageId)).toBe(ends.taken);
      await send(group.messageId);
      await smtp.quiet();

      smtp.behaviour = 'takes';
      for (let tries = 0; tries < 3; tries += 1) {
        betony.clock.advance({ minutes: 6 });
        await sendAll();
      }
      expect(copies(client.messageId)).toBe(ends.as === 'again' ? 1 : ends.taken);
      // To a group at least once; a repeat is the same message, by its Message-ID.
      expect(copies(group.messageId)).toBeGreaterThanOrEqual(1);
      expect(smtp.taken.every((id) => [client.messageId, group.messageId].includes(id))).toBe(true);
      await expectEveryoneSeenTo([client.messageId, group.messageId], copies);
    });
  });

  it('a server that speaks no TLS where TLS is asked for gets nothing', async () => {
    const { config } = betony;
    const plain = config.smtpUrl;
    const { messageId } = await make.toClient();
    for (const url of [
      `smtps://127.0.0.1:${String(smtp.port)}`,
      `smtp://127.0.0.1:${String(smtp.port)}?requireTLS=true`,
    ]) {
      Object.assign(betony.get(Config), { smtpUrl: url });
      await send(messageId);
      await expectEnd(messageId, { as: 'again', says: AGAIN, taken: 0 });
      betony.clock.advance({ minutes: 6 });
    }
    Object.assign(betony.get(Config), { smtpUrl: plain });
    expect(smtp.taken).toEqual([]);
  });

  it('a server that is away all day: a person is asked while there is time to ring', async () => {
    const { messageId, clientId } = await make.toClient();
    smtp.behaviour = 'greets with 421';
    let tries = 0;
    while ((await messageRow(scheme, messageId)).state === 'ready') {
      betony.clock.set((await messageRow(scheme, messageId)).next_attempt_at);
      await send(messageId);
      tries += 1;
    }
    // The appointment is at two in the afternoon of the day after.
    expect(betony.clock.now().toISOString() <= '2026-11-25T10:00:00.000Z').toBe(true);
    expect(tries).toBeGreaterThan(5);
    await expectEnd(messageId, { as: 'failed', says: /^The mail server could not/, taken: 0 });
    const { safe } = await inScheme(scheme, (tx) =>
      tx.one<{ safe: string }>(sql`
        select safe_to_email as safe from client where scheme_id = ${scheme.id} and id = ${clientId}`),
    );
    expect(safe).toBe('yes');
  });

  describe.each<[NotifyBehaviour, boolean, Ends]>([
    ['takes', true, { as: 'sent', says: /^$/, taken: 1 }],
    ['fault', true, { as: 'again', says: /^GOV\.UK Notify had a fault\./, taken: 0 }],
    ['fault', false, { as: 'unconfirmed', says: /^GOV\.UK Notify had a fault\./, taken: 0 }],
    ['fault-after-taking', true, { as: 'sent', says: /^$/, taken: 1 }],
    ['too-many', true, { as: 'again', says: /^GOV\.UK Notify takes no more from us just now\./, taken: 0 }],
    [
      'bad-key',
      true,
      { as: 'again', says: /^GOV\.UK Notify did not accept it as we are set up\./, taken: 0 },
    ],
    ['wrong-number', true, { as: 'failed', says: /^There is nobody at that address or number\./, taken: 0 }],
    ['hangs', false, { as: 'unconfirmed', says: LATE, taken: 0 }],
    ['takes-then-hangs', true, { as: 'sent', says: /^$/, taken: 1 }],
    ['takes-then-hangs', false, { as: 'unconfirmed', says: LATE, taken: 1 }],
    ['takes-late', false, { as: 'unconfirmed', says: LATE, taken: 0 }],
    ['takes-then-hangs-up', false, { as: 'unconfirmed', says: BROKE, taken: 1 }],
    ['nonsense', false, { as: 'unconfirmed', says: /^It could not be sent\./, taken: 1 }],
  ])('GOV.UK Notify with %s, and able to say so: %s', (behaviour, remembers, ends) => {
    it('never texts anybody twice, nor loses a text without somebody knowing', async () => {
      const { messageId } = await make.toClient({}, BY_TEXT);
      notify.behaviour = behaviour;
      notify.remembers = remembers;
      await send(messageId);
      await expectEnd(messageId, ends);
      expect(notify.taken).toHaveLength(ends.taken);
      notify.behaviour = 'takes';
      for (let tries = 0; tries < 3; tries += 1) {
        betony.clock.advance({ minutes: 6 });
        await sendAll();
        await betony.get(Receipts).ask(actor());
      }
      if (behaviour === 'takes-late') await lateTaken();
      expect(notify.taken.length).toBeLessThanOrEqual(1);
      await expectEveryoneSeenTo([messageId], () => notify.taken.length);
    });
  });

  const lateTaken = async (): Promise<void> => {
    await eventually(() => notify.taken.length > 0);
    expect(notify.taken).toHaveLength(1);
  };

  it('receipts that come out of order, twice, or about nobody change only what is not known yet', async () => {
    const { messageId } = await make.toClient({}, BY_TEXT);
    await send(messageId);
    const messages = betony.get(MessagesService);
    const state = async () => {
      const { state: now } = await messageRow(scheme, messageId);
      const [row] = await inScheme(scheme, (tx) =>
        tx.rows<{ receipt: string | null }>(sql`
          select receipt from message where scheme_id = ${scheme.id} and id = ${messageId}`),
      );
      return [now, row?.receipt ?? null, (await read(messageId)).tasks.map(({ kind }) => kind)];
    };
    await messages.received(actor(), messageId, 'not_known');
    await messages.received(actor(), messageId, 'on_its_way');
    expect(await state()).toEqual(['sent', null, []]);
    await messages.received(actor(), messageId, 'not_delivered');
    await messages.received(actor(), messageId, 'not_delivered');
    const failed = ['failed', 'not_delivered', ['message_failed']];
    expect(await state()).toEqual(failed);
    // What came first stands: a person has been asked by now.
    await messages.received(actor(), messageId, 'delivered');
    await messages.received(actor(), messageId, 'on_its_way');
    expect(await state()).toEqual(failed);
    await messages.received(actor(), randomUUID(), 'delivered');
    await messages.received(systemActor((await aScheme(betony)).id, 'messages'), messageId, 'delivered');
    expect(await state()).toEqual(failed);
  });

  it('a receipt about an earlier attempt says nothing of the one a person asked for', async () => {
    const { messageId } = await make.toClient({}, BY_TEXT);
    notify.behaviour = 'takes-then-hangs-up';
    notify.remembers = false;
    await send(messageId);
    expect((await messageRow(scheme, messageId)).state).toBe('unconfirmed');
    const again = await betony.inject({
      method: 'POST',
      url: `/api/v1/messages/${messageId}/retry`,
      headers: manager.headers,
      payload: { notReceived: true },
    });
    expect(again.statusCode).toBe(200);
    notify.behaviour = 'hangs-up';
    await send(messageId);
    notify.remembers = true;
    betony.clock.advance({ minutes: 6 });
    await betony.get(Receipts).ask(actor());
    // Notify knows the first attempt, and has never heard of the second.
    expect(await messageRow(scheme, messageId)).toMatchObject({ state: 'unconfirmed' });
  });
});
