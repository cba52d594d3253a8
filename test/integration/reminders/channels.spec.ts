import sql from 'sql-template-tag';
import { ClientMerges } from '../../../src/clients/client-merges.service.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { ProvidersService } from '../../../src/providers/providers.service.js';
import { Digests } from '../../../src/reminders/digests.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { Receipts } from '../../../src/reminders/receipts.service.js';
import { clientRoutes } from '../../../src/reminders/recipients.queries.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { aClient } from '../../factories/clients.js';
import {
  anAppointmentRow,
  anEpisode,
  changeRow,
  closedAt,
  inScheme,
  insertRow,
  withWorker,
} from '../../factories/episodes.js';
import { messagesIn } from '../../factories/messages.js';
import { startMailbox, type TestMailbox } from '../../support/mailbox.js';
import { type NotifyBehaviour, type NotifyStandIn, startNotify } from '../../support/notify-stand-in.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MONDAY = '2026-11-23T10:00:00Z';
const MOBILE = '+447700900123';
const BY_TEXT = { phone: MOBILE, safe_to_text: 'yes', reach_through: 'text' };

let betony: TestApp;
let notify: NotifyStandIn;
let mailbox: TestMailbox;
let scheme: TestScheme;
let worker: TestMember;
let desk: ReturnType<typeof reminderDesk>;
let make: ReturnType<typeof messagesIn>;

beforeAll(async () => {
  [notify, mailbox] = await Promise.all([startNotify(), startMailbox()]);
  betony = await startApp({ config: { notify: notify.settings, smtpUrl: mailbox.url } });
});
afterAll(async () => {
  await betony.stop();
  await Promise.all([notify.stop(), mailbox.stop()]);
});
beforeEach(async () => {
  betony.clock.set(MONDAY);
  notify.behaviour = 'takes';
  notify.remembers = true;
  notify.taken.length = 0;
  mailbox.messages.length = 0;
  scheme = await aScheme(betony);
  desk = reminderDesk(scheme);
  worker = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
  make = messagesIn(scheme, worker);
});

const send = (message: string) =>
  betony
    .get(SendMessage)
    .perform({ name: 'send-message', key: `send-message-${message}`, schemeId: scheme.id, ids: { message } });

const rowOf = (id: string) =>
  inScheme(scheme, (tx) =>
    tx.one<Record<string, unknown>>(sql`
      select channel, state, because, language, language_missing, carrier_id, receipt from message
      where scheme_id = ${scheme.id} and id = ${id}`),
  );
const safe = (clientId: string) =>
  inScheme(scheme, (tx) =>
    tx.one<Record<string, unknown>>(sql`
      select safe_to_email as email, safe_to_text as text, safe_to_write as write from client
      where scheme_id = ${scheme.id} and id = ${clientId}`),
  );
const switchOff = (kind: string, channel: string, whose: Record<string, string> = {}) =>
  inScheme(scheme, (tx) =>
    insertRow(tx, 'message_switch', {
      scheme_id: scheme.id,
      id: newId(),
      kind,
      channel,
      switched_off_at: MONDAY,
      ...whose,
    }),
  );
const actor = () => systemActor(scheme.id, 'messages');

describe('the ways to a person', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['to somebody who has died', { died_on: '2026-11-22', death_recorded_at: MONDAY }, 'died'],
    ['to somebody whose messages are paused', { messages_paused_at: MONDAY }, 'paused'],
    ['that somebody called unsafe', { safe_to_email: 'no' }, 'not_safe'],
  ])('leave none %s, whatever else would send it', async (_what, record, because) => {
    const { clientId } = await make.toClient();
    await changeRow(scheme, 'client', clientId, { safe_to_text: 'no', safe_to_write: 'no', ...record });
    const routes = await inScheme(scheme, (tx) => clientRoutes(tx, [clientId]));
    expect(routes.get(clientId)?.channels.email).toEqual({ because });
  });
});

describe('the way a message to a person goes', () => {
  it.each<[string, Record<string, unknown>, string | null]>([
    ['e-mail, where that is all there is', {}, 'email'],
    ['a text, where they asked for texts', BY_TEXT, 'text'],
    ['e-mail, where nobody asked whether texts are safe', { ...BY_TEXT, safe_to_text: 'not_asked' }, 'email'],
    ['e-mail, where a text cannot reach the telephone', { ...BY_TEXT, phone: '+441632960123' }, 'email'],
    ['a text, where e-mail is not safe', { ...BY_TEXT, reach_through: null, safe_to_email: 'no' }, 'text'],
    [
      'no letter for tomorrow',
      {
        safe_to_email: 'no',
        safe_to_write: 'yes',
        reach_through: 'letter',
        address: '1 Mill Lane',
        postcode: 'LS1 1AA',
      },
      null,
    ],
    ['none, where nobody was asked', { safe_to_email: 'not_asked' }, null],
  ])('is %s', async (_what, record, channel) => {
    const { id, messageId } = await make.toClient({}, record);
    if (channel === null) {
      expect(messageId).toBe('');
      expect(await desk.tasks(id)).toEqual(['appointment membership open']);
      return;
    }
    await send(messageId);
    expect(await rowOf(messageId)).toMatchObject({ channel, state: 'sent' });
    expect([notify.taken.length, mailbox.messages.length]).toEqual(channel === 'text' ? [1, 0] : [0, 1]);
  });

  /** Tried three times, and its worker has chosen what to send. */
  const chosen = async (choice: 'letter' | 'text', record: Record<string, unknown>) => {
    const clientId = await aClient(scheme).agreedWith(null, 'scheme_support');
    await changeRow(scheme, 'client', clientId, record);
    const owner = withWorker('active', worker.actor.membershipId, '2026-12-01T09:00:00Z');
    const referralId = await anEpisode(scheme, 'active', { client_id: clientId, ...owner });
    const row = { scheme_id: scheme.id, id: newId(), referral_id: referralId, choice, chosen_at: MONDAY };
    await inScheme(scheme, (tx) => insertRow(tx, 'unreached_choice', row));
    await desk.plan({ referral: [referralId] });
    const [messageId] = await desk.work(MONDAY);
    if (messageId !== undefined) await send(messageId);
    const kind = choice === 'letter' ? 'write_letter' : 'send_text';
    return { messageId, tasks: (await desk.tasks(referralId)).filter((task) => task.startsWith(kind)) };
  };
  const POSTED = { address: '1 Mill Lane, Leeds', postcode: 'LS1 1AA' };

  it('is the letter or the text that was chosen after three tries, where that is safe', async () => {
    const text = await chosen('text', { phone: MOBILE, safe_to_text: 'yes', reach_through: 'email' });
    const letter = await chosen('letter', { ...POSTED, safe_to_write: 'yes' });
    expect(await rowOf(text.messageId ?? '')).toMatchObject({ channel: 'text', state: 'sent' });
    expect(await rowOf(letter.messageId ?? '')).toMatchObject({ channel: 'letter', state: 'sent' });
    expect([text.tasks, letter.tasks, mailbox.messages.length]).toEqual([[], [], 0]);
    expect(notify.taken[0]?.personalisation).toEqual({
      message:
        'Hello. We tried to reach you and could not. Please let us know when and how suits you, ' +
        'or that you would rather we did not. Sam',
    });
    expect(JSON.stringify(notify.taken[1]?.personalisation)).toMatch(
      /1 Mill Lane.*LS1 1AA.*not been able to reach you/,
    );
  });

  it.each<[string, 'letter' | 'text', Record<string, unknown>, string]>([
    ['a letter nobody said was safe', 'letter', POSTED, 'write_letter membership open'],
    [
      'a letter without a postcode',
      'letter',
      { address: '1 Mill Lane', safe_to_write: 'yes' },
      'write_letter membership open',
    ],
    [
      'a text to no mobile',
      'text',
      { phone: '+441632960123', safe_to_text: 'yes' },
      'send_text membership open',
    ],
    [
      'a text while messages are paused',
      'text',
      { phone: MOBILE, safe_to_text: 'yes', messages_paused_at: MONDAY },
      'send_text membership open',
    ],
  ])('leaves %s to the owner', async (_what, choice, record, task) => {
    expect(await chosen(choice, { postcode: null, ...record })).toEqual({
      messageId: undefined,
      tasks: [task],
    });
    expect(notify.taken).toEqual([]);
  });

  it('tells in a text what, when and from whom, in one part, and nothing else', async () => {
    const { messageId } = await make.toClient({}, BY_TEXT);
    await send(messageId);
    expect(notify.taken).toMatchObject([
      {
        phone_number: MOBILE,
        reference: `${messageId}.1`,
        personalisation: {
          message:
            'Hello. We arranged to meet or talk on Wednesday 25 November at 2pm. ' +
            'If that no longer suits you, please let us know. Sam',
        },
      },
    ]);
    expect(await rowOf(messageId)).toMatchObject({ carrier_id: notify.taken[0]!.id, language: 'en' });
  });

  it('names nobody where somebody else may be reading, nor a worker whose name is a word to keep quiet', async () => {
    const flagged = await make.toClient({}, { ...BY_TEXT, safety_flag: true });
    await send(flagged.messageId);
    betony.clock.set(MONDAY);
    const faith = await aMember(scheme, 'link_worker', { name: 'Faith Okoro' });
    const theirs = await messagesIn(scheme, faith).toClient({}, BY_TEXT);
    await send(theirs.messageId);
    expect(notify.taken.map((one) => one.personalisation['message']!.slice(-9))).toEqual([
      'Thank you',
      'Thank you',
    ]);
  });

  it('is in their language where our words are in it, and says where they are not', async () => {
    const polish = await make.toClient({}, { ...BY_TEXT, language: 'pl' });
    await send(polish.messageId);
    betony.clock.set(MONDAY);
    const urdu = await make.toClient({}, { ...BY_TEXT, language: 'ur' });
    await send(urdu.messageId);
    betony.clock.set(MONDAY);
    const somali = await make.toClient({}, { ...BY_TEXT, language: 'so' });
    await send(somali.messageId);
    expect(notify.taken[0]!.personalisation['message']).toBe(
      'Dzień dobry. Przypominamy: środa, 25 listopada, godz. 14:00. Termin nie pasuje? Daj nam znać. Sam',
    );
    expect(notify.taken[1]!.personalisation['message']).toMatch(/^آداب۔ .*25.*14:00.* Sam$/);
    expect(notify.taken[2]!.personalisation['message']).toContain('Hello.');
    expect(await rowOf(polish.messageId)).toMatchObject({ language: 'pl', language_missing: null });
    expect(await rowOf(urdu.messageId)).toMatchObject({ language: 'ur', language_missing: null });
    expect(await rowOf(somali.messageId)).toMatchObject({ language: 'en', language_missing: 'so' });
  });

  it('is a letter for those who asked for letters, where there is time', async () => {
    const clientId = await aClient(scheme, { firstName: 'Grace', lastName: 'Okoro' }).agreedWith(
      null,
      'scheme_support',
    );
    await changeRow(scheme, 'client', clientId, {
      safe_to_write: 'yes',
      reach_through: 'letter',
      address: 'Flat 2, Mill House, 1 Mill Lane, Beeston, Leeds, West Yorkshire',
      postcode: 'LS1 1AA',
    });
    const referralId = await anEpisode(scheme, 'closed', {
      client_id: clientId,
      ...closedAt('2026-08-23T10:00:00Z'),
      may_ask_again: true,
    });
    await desk.plan({ referral: [referralId] });
    const [messageId] = await desk.work(MONDAY);
    await send(messageId!);
    expect(notify.taken).toMatchObject([
      {
        type: 'letter',
        personalisation: {
          address_line_1: 'Grace Okoro',
          address_line_5: 'Beeston',
          address_line_6: 'Leeds, West Yorkshire',
          address_line_7: 'LS1 1AA',
          heading: 'Getting in touch, as we agreed',
        },
      },
    ]);
    expect(notify.taken[0]!.personalisation['message']).toContain('If you did not expect this letter');
  });

  it('fits into a text, or a person says the rest', async () => {
    const first = await make.toClient({}, BY_TEXT);
    const others = await Promise.all(
      ['2026-11-25T15:00:00Z', '2026-11-25T16:00:00Z', '2026-11-25T17:00:00Z'].map((at) =>
        anAppointmentRow(scheme, first.referralId, at, { updated_at: MONDAY }),
      ),
    );
    await desk.plan({ appointment: others });
    await desk.work('2026-11-24T17:00:00Z');
    await send(first.messageId);
    const said = notify.taken[0]!.personalisation['message']!;
    expect(said.match(/We arranged/g)).toHaveLength(2);
    const tasks = await Promise.all(others.map((id) => desk.tasks(id)));
    expect(tasks).toEqual([[], ['appointment membership open'], ['appointment membership open']]);
  });
});

describe('a text that does not arrive', () => {
  it('for want of such a number closes that channel in the same act, and no other', async () => {
    const { clientId, messageId } = await make.toClient({}, BY_TEXT);
    notify.behaviour = 'wrong-number';
    await send(messageId);
    expect(await rowOf(messageId)).toMatchObject({ state: 'failed', because: '400 EADDRESS' });
    expect(await safe(clientId)).toMatchObject({ text: 'no', email: 'yes' });
    expect(await desk.tasks(messageId)).toEqual(['message_failed membership open']);
  });

  it.each<[NotifyBehaviour, boolean, string, number]>([
    ['bad-key', true, 'ready', 0],
    ['too-many', true, 'ready', 0],
    ['fault', true, 'ready', 0],
    ['fault-after-taking', true, 'sent', 1],
    ['takes-then-hangs-up', true, 'sent', 1],
    ['takes-then-hangs-up', false, 'unconfirmed', 1],
    ['hangs-up', false, 'unconfirmed', 0],
    ['gateway', true, 'unconfirmed', 0],
  ])(
    'with %s (asked about it: %s) is %s, and never there twice',
    async (behaviour, remembers, state, taken) => {
      const { clientId, messageId } = await make.toClient({}, BY_TEXT);
      notify.behaviour = behaviour;
      notify.remembers = remembers;
      await send(messageId);
      expect(await rowOf(messageId)).toMatchObject({ state });
      expect(notify.taken).toHaveLength(taken);
      expect(await safe(clientId)).toMatchObject({ text: 'yes' });
      notify.behaviour = 'takes';
      betony.clock.advance({ minutes: 2 });
      await send(messageId);
      expect(notify.taken.length).toBeLessThanOrEqual(1);
      expect(await desk.tasks(messageId)).toEqual(
        state === 'unconfirmed' ? ['message_unconfirmed membership open'] : [],
      );
    },
  );

  it.each([
    ['delivered', 'sent', 'delivered', [], 'yes'],
    ['sending', 'sent', null, [], 'yes'],
    ['permanent-failure', 'failed', 'wrong_address', ['message_failed membership open'], 'no'],
    ['temporary-failure', 'failed', 'not_delivered', ['message_failed membership open'], 'yes'],
  ])('as Notify says later (%s) is %s', async (status, state, receipt, tasks, text) => {
    const { clientId, messageId } = await make.toClient({}, BY_TEXT);
    await send(messageId);
    notify.taken[0]!.status = status;
    await betony.get(Receipts).ask(actor());
    expect(await rowOf(messageId)).toMatchObject({ receipt: null });
    betony.clock.advance({ minutes: 6 });
    await betony.get(Receipts).ask(actor());
    await betony.get(Receipts).ask(actor());
    expect(await rowOf(messageId)).toMatchObject({ state, receipt });
    expect(await desk.tasks(messageId)).toEqual(tasks);
    expect(await safe(clientId)).toMatchObject({ text });
  });

  it('that nobody was sure of is sent once Notify knows it, and the task ends', async () => {
    const { messageId } = await make.toClient({}, BY_TEXT);
    notify.behaviour = 'takes-then-hangs-up';
    notify.remembers = false;
    await send(messageId);
    notify.remembers = true;
    betony.clock.advance({ minutes: 6 });
    await betony.get(Receipts).ask(actor());
    expect(await rowOf(messageId)).toMatchObject({ state: 'sent' });
    expect(await desk.tasks(messageId)).toEqual(['message_unconfirmed membership moved_on']);
  });

  it('that Notify never heard of stays with the person who was asked', async () => {
    const { messageId } = await make.toClient({}, BY_TEXT);
    notify.behaviour = 'hangs-up';
    await send(messageId);
    betony.clock.advance({ minutes: 6 });
    await betony.get(Receipts).ask(actor());
    expect(await rowOf(messageId)).toMatchObject({ state: 'unconfirmed', receipt: null });
    expect(await desk.tasks(messageId)).toEqual(['message_unconfirmed membership open']);
  });
});

describe('a text to a group', () => {
  const toGroup = async () => {
    const made = await make.toGroup();
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update provider set answers_by = 'text', contact_phone = ${MOBILE}
        where scheme_id = ${scheme.id} and organisation_id = ${made.group}`),
    );
    return made;
  };

  it.each<[NotifyBehaviour, boolean, string, number]>([
    ['takes', true, 'sent', 1],
    ['fault', true, 'ready', 0],
    ['takes-then-hangs-up', true, 'sent', 1],
    ['takes-then-hangs-up', false, 'unconfirmed', 1],
    ['gateway', true, 'unconfirmed', 0],
    ['wrong-number', true, 'failed', 0],
  ])(
    'with %s (asked about it: %s) is %s: once there, or its worker’s',
    async (behaviour, remembers, state, taken) => {
      const { messageId } = await toGroup();
      notify.behaviour = behaviour;
      notify.remembers = remembers;
      await send(messageId);
      expect(await rowOf(messageId)).toMatchObject({ channel: 'text', state });
      expect([notify.taken.length, mailbox.messages.length]).toEqual([taken, 0]);
      notify.behaviour = 'takes';
      betony.clock.advance({ minutes: 2 });
      await send(messageId);
      expect(notify.taken.length).toBeLessThanOrEqual(1);
      const task = { unconfirmed: 'message_unconfirmed', failed: 'message_failed' }[state];
      expect(await desk.tasks(messageId)).toEqual(task === undefined ? [] : [`${task} membership open`]);
    },
  );

  it('that reached nobody, as Notify says later, is its worker’s to ring about', async () => {
    const { messageId } = await toGroup();
    await send(messageId);
    notify.taken[0]!.status = 'permanent-failure';
    betony.clock.advance({ minutes: 6 });
    await betony.get(Receipts).ask(actor());
    expect(await rowOf(messageId)).toMatchObject({ state: 'failed', receipt: 'wrong_address' });
    expect(await desk.tasks(messageId)).toEqual(['message_failed membership open']);
  });

  it('is not made where nothing carries texts: somebody rings, and no group can choose them', async () => {
    const { id, messageId } = await toGroup();
    const { textTemplate } = notify.settings;
    notify.settings.textTemplate = null;
    try {
      await send(messageId);
      expect(await rowOf(messageId)).toMatchObject({ state: 'cancelled', because: 'not_carried' });
      expect(await desk.tasks(id)).toEqual(['offer_made membership open']);
      const organisationId = await anOrganisation(scheme, 'community_group', { provides: true });
      await expect(
        betony.get(ProvidersService).create(actor(), {
          organisationId,
          sector: 'community',
          answersBy: 'text',
          contactPhone: MOBILE,
        }),
      ).rejects.toMatchObject({ status: 422, extra: { errors: [{ field: 'answersBy' }] } });
    } finally {
      notify.settings.textTemplate = textTemplate;
    }
  });

  it('is not sent of a kind that is switched off, by that channel alone', async () => {
    const { id, group } = await toGroup();
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update message set state = 'sent', sent_at = ${MONDAY}, settled_at = ${MONDAY}
        where scheme_id = ${scheme.id} and organisation_id = ${group}`),
    );
    await switchOff('reply_wanted', 'text');
    expect(await desk.work('2026-11-27T10:00:00Z')).toEqual([]);
    expect(await desk.tasks(id)).toEqual(['reply_wanted membership open']);
  });
});

describe('what is switched off', () => {
  it('for everybody goes another way, and where none is left to a person', async () => {
    await switchOff('appointment', 'text');
    const { messageId } = await make.toClient({}, BY_TEXT);
    expect(await rowOf(messageId)).toMatchObject({ channel: 'email' });
    await switchOff('appointment', 'email');
    betony.clock.set(MONDAY);
    const other = await make.toClient({}, BY_TEXT);
    expect(other.messageId).toBe('');
    expect(await desk.tasks(other.id)).toEqual(['appointment membership open']);
  });

  it('by one person stops what waits for them, and nobody else', async () => {
    const one = await make.toClient();
    betony.clock.set(MONDAY);
    const other = await make.toClient();
    await switchOff('appointment', 'email', { client_id: one.clientId });
    await send(one.messageId);
    await send(other.messageId);
    expect(await rowOf(one.messageId)).toMatchObject({ state: 'cancelled', because: 'switched_off' });
    expect(await desk.tasks(one.id)).toEqual(['appointment membership open']);
    expect(await rowOf(other.messageId)).toMatchObject({ state: 'sent' });
  });

  it('as a channel of a person cancels what waits in that channel only', async () => {
    const { clientId, messageId } = await make.toClient({}, BY_TEXT);
    await betony.get(ClientsService).switchOffChannel(actor(), clientId, 'email', 'asked');
    expect(await rowOf(messageId)).toMatchObject({ state: 'ready' });
    await betony.get(ClientsService).switchOffChannel(actor(), clientId, 'text', 'asked');
    expect(await rowOf(messageId)).toMatchObject({ state: 'cancelled', because: 'switched_off' });
  });

  it('stays off when two records turn out to be one person', async () => {
    const [kept, merged] = await Promise.all([
      aClient(scheme, { nhsNumber: null }).heldBy(worker),
      aClient(scheme, { nhsNumber: null }).heldBy(worker),
    ]);
    await switchOff('appointment', 'email', { client_id: merged });
    await betony.get(ClientMerges).merge(worker.actor, kept, merged, 'Same');
    const [row] = await inScheme(scheme, (tx) =>
      tx.rows(sql`select kind from message_switch where scheme_id = ${scheme.id} and client_id = ${kept}`),
    );
    expect(row).toEqual({ kind: 'appointment' });
  });

  it('keeps a kind, or all, out of somebody’s daily e-mail, and never off their list', async () => {
    const clientId = await aClient(scheme).agreedWith(null, 'scheme_support');
    const owned = withWorker('active', worker.actor.membershipId, MONDAY);
    const referralId = await anEpisode(scheme, 'active', { client_id: clientId, ...owned });
    // Nobody asked whether this person may be written to: the appointment is the worker's to say.
    const meeting = await anAppointmentRow(scheme, referralId, '2026-11-24T10:00:00Z', {
      updated_at: '2026-11-20T10:00:00Z',
    });
    await desk.plan({ referral: [referralId], appointment: [meeting] });
    await desk.work(MONDAY);
    expect(await desk.tasks(referralId)).toContain('next_contact membership open');
    const mine = { membership_id: worker.actor.membershipId };
    const digestsOn = async (day: string) => {
      betony.clock.set(day);
      const made = await betony.get(Digests).make(actor());
      const claimed = await Promise.all(made.map((id) => betony.get(MessagesService).claim(scheme.id, id)));
      return claimed.flatMap((one) => one?.letter.subject ?? []);
    };
    expect(await digestsOn('2026-11-24T09:00:00Z')).toEqual(['Your list for today: 2']);
    await switchOff('next_contact', 'email', mine);
    expect(await digestsOn('2026-11-25T09:00:00Z')).toEqual(['Your list for today: 1']);
    await switchOff('digest', 'email', mine);
    expect(await digestsOn('2026-11-26T09:00:00Z')).toEqual([]);
    expect(await desk.tasks(referralId)).toContain('next_contact membership open');
  });
});
