import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Config } from '../../src/platform/config/config.js';
import { MailSender } from '../../src/platform/mail/mail-sender.js';
import type { MailOutcome } from '../../src/platform/mail/mail.types.js';
import type { OutgoingMessage } from '../../src/platform/messages/channel.types.js';
import { MessageSender } from '../../src/platform/messages/message-sender.js';
import { Notify } from '../../src/platform/messages/notify.js';
import { filedMail } from '../support/mailbox.js';
import { type NotifyBehaviour, type NotifyStandIn, startNotify } from '../support/notify-stand-in.js';
import { TestClock } from '../support/test-clock.js';

const TEXT: OutgoingMessage = {
  channel: 'text',
  to: '+447700900123',
  text: 'A reminder for Tuesday.',
  reference: 'm1',
};
const LETTER: OutgoingMessage = {
  channel: 'letter',
  to: ['Grace Adeyemi', '1 Mill Lane', 'Leeds', 'LS1 1AA'],
  heading: 'A few words',
  text: 'We tried to ring you.',
  reference: 'm2',
};

let dataDir: string;
const sender = (settings: Partial<Pick<Config, 'smtpUrl' | 'notify'>> = {}) => {
  const config = {
    dataDir,
    smtpUrl: null,
    notify: null,
    mailFrom: 'Betony <no-reply@betony.example.org>',
    ...settings,
  } as Config;
  const clock = new TestClock('2026-11-23T10:00:00Z');
  return new MessageSender(config, clock, new MailSender(config, clock));
};

beforeAll(() => {
  Logger.overrideLogger(false);
  dataDir = mkdtempSync(join(tmpdir(), 'betony-texts-'));
});
afterAll(() => {
  rmSync(dataDir, { recursive: true });
});

describe('texts and letters through GOV.UK Notify', () => {
  let notify: NotifyStandIn;
  let through: MessageSender;
  beforeAll(async () => {
    notify = await startNotify();
    through = sender({ notify: notify.settings });
  });
  afterAll(async () => {
    await through.onApplicationShutdown();
    await notify.stop();
  });
  beforeEach(() => {
    notify.behaviour = 'takes';
    notify.remembers = true;
    notify.taken.length = 0;
  });

  it('a text arrives as it was written, with our reference', async () => {
    const result = await through.send(TEXT);
    const [taken] = notify.taken;
    expect(result).toEqual({ outcome: 'sent', code: '201', carrierId: taken!.id });
    expect(taken).toMatchObject({
      type: 'sms',
      phone_number: TEXT.to,
      reference: 'm1',
      personalisation: { message: 'A reminder for Tuesday.' },
    });
  });

  it('a letter arrives with its address line by line', async () => {
    await through.send(LETTER);
    expect(notify.taken[0]).toMatchObject({
      type: 'letter',
      reference: 'm2',
      personalisation: {
        address_line_1: 'Grace Adeyemi',
        address_line_2: '1 Mill Lane',
        address_line_3: 'Leeds',
        address_line_4: 'LS1 1AA',
        heading: 'A few words',
        message: 'We tried to ring you.',
      },
    });
  });

  it.each<[NotifyBehaviour, MailOutcome, string, number]>([
    ['wrong-number', 'refused', '400 EADDRESS', 0],
    ['wrong-address', 'failed', '400', 0],
    ['team-only', 'failed', '400', 0],
    ['bad-key', 'failed', '403', 0],
    ['too-many', 'failed', '429', 0],
    ['fault', 'failed', '500', 0],
    ['fault-after-taking', 'sent', 'found', 1],
    ['gateway', 'unknown', '502', 0],
    ['hangs-up', 'unknown', 'UND_ERR_SOCKET', 0],
    ['takes-then-hangs-up', 'sent', 'found', 1],
    ['takes-late', 'sent', '201', 1],
    ['nonsense', 'sent', 'found', 1],
  ])('a Notify that answers a text with %s: %s', async (behaviour, outcome, code, taken) => {
    notify.behaviour = behaviour;
    expect(await through.send(TEXT)).toMatchObject({ outcome, code });
    expect(notify.taken).toHaveLength(taken);
  });

  it.each<[NotifyBehaviour, MailOutcome]>([
    ['fault', 'unknown'],
    ['fault-after-taking', 'unknown'],
    ['takes-then-hangs-up', 'unknown'],
    ['nonsense', 'unknown'],
    ['too-many', 'failed'],
  ])('and is then away (%s): %s', async (behaviour, outcome) => {
    notify.behaviour = behaviour;
    notify.remembers = false;
    expect(await through.send(TEXT)).toMatchObject({ outcome });
  });

  it.each<[NotifyBehaviour, MailOutcome, string]>([
    ['hangs', 'unknown', 'UND_ERR_HEADERS_TIMEOUT'],
    ['takes-then-hangs', 'sent', 'found'],
  ])('waits only so long for one that %s', async (behaviour, outcome, code) => {
    notify.behaviour = behaviour;
    const impatient = new Notify(notify.settings, { connect: 1_000, answer: 1_000 });
    const result = await impatient.sendText(TEXT);
    expect(result).toMatchObject({ outcome, code });
    await impatient.close();
  });

  it('an address that Notify cannot post to is the address’s fault', async () => {
    notify.behaviour = 'wrong-address';
    expect(await through.send(LETTER)).toMatchObject({ outcome: 'refused', code: '400 EADDRESS' });
  });

  it('fails for now when nobody listens', async () => {
    const away = sender({ notify: { ...notify.settings, url: 'http://127.0.0.1:1' } });
    expect(await away.send(TEXT)).toEqual({ outcome: 'failed', code: 'ECONNREFUSED', carrierId: null });
    await away.onApplicationShutdown();
  });

  it.each([
    ['sending', 'on_its_way'],
    ['pending', 'on_its_way'],
    ['delivered', 'delivered'],
    ['permanent-failure', 'wrong_address'],
    ['temporary-failure', 'not_delivered'],
    ['technical-failure', 'not_delivered'],
  ])('says of a text that is %s: %s', async (status, receipt) => {
    const { carrierId } = await through.send(TEXT);
    notify.taken[0]!.status = status;
    expect(await through.receipt(carrierId, 'm1')).toBe(receipt);
    expect(await through.receipt(null, 'm1')).toBe(receipt);
  });

  it('says of a text nobody has heard of that it is not known', async () => {
    expect(await through.receipt(null, 'm9')).toBe('not_known');
    expect(await through.receipt('1631f2d0-0000-4eb0-8407-a37497a57507', 'm9')).toBe('not_known');
  });

  it.each<[string, OutgoingMessage, string]>([
    ['a number that is none', { ...TEXT, to: 'Grace' }, 'EADDRESS'],
    ['two numbers', { ...TEXT, to: '+447700900123, +447700900124' }, 'EADDRESS'],
    ['an address of two lines', { ...LETTER, to: ['Grace Adeyemi', ' ', 'LS1 1AA'] }, 'EADDRESS'],
    ['a text of three parts', { ...TEXT, text: 'a'.repeat(307) }, 'ETOOLONG'],
    ['a text of three parts because of one emoji', { ...TEXT, text: `${'a'.repeat(134)}😀` }, 'ETOOLONG'],
  ])('never sends: %s', async (_what, message, code) => {
    expect(await through.send(message)).toEqual({ outcome: 'refused', code, carrierId: null });
    expect(notify.taken).toHaveLength(0);
  });

  it('tells nothing of whom it is for in what it answers', async () => {
    notify.behaviour = 'wrong-number';
    expect(JSON.stringify(await through.send(TEXT))).not.toContain('7700');
  });

  it('carries what it has a template for, and nothing goes to a file', async () => {
    const textsOnly = sender({ notify: { ...notify.settings, letterTemplate: null } });
    expect(textsOnly.carries('text')).toBe(true);
    expect(textsOnly.carries('letter')).toBe(false);
    expect(await textsOnly.send(LETTER)).toMatchObject({ outcome: 'failed', code: 'ENOCARRIER' });
    await textsOnly.onApplicationShutdown();
  });
});

describe('texts and letters without anybody to carry them', () => {
  const files = (ending: string) =>
    readdirSync(join(dataDir, 'outbox'))
      .filter((name) => name.endsWith(ending))
      .map((name) => readFileSync(join(dataDir, 'outbox', name), 'utf8'));

  it('become files, as e-mails do', async () => {
    const filing = sender();
    expect(['email', 'text', 'letter'].map((channel) => filing.carries(channel as 'text'))).toEqual([
      true,
      true,
      true,
    ]);
    for (const message of [TEXT, LETTER]) {
      expect(await filing.send(message)).toEqual({ outcome: 'sent', code: 'file', carrierId: null });
    }
    await filing.send({ channel: 'email', to: 'a@example.org', subject: 'S', text: 'T', messageId: 'm@x' });
    expect(files('.text.txt')).toEqual(['To: +447700900123\nReference: m1\n\nA reminder for Tuesday.\n']);
    expect(files('.letter.txt')[0]).toContain('Grace Adeyemi\n1 Mill Lane\nLeeds\nLS1 1AA\n\nA few words');
    expect((await filedMail(dataDir)).map((mail) => mail.subject)).toEqual(['S']);
    expect(filing.givesReceipts()).toBe(false);
  });

  it('are not sent, rather than filed where nobody looks, by an installation that sends mail', async () => {
    const mailOnly = sender({ smtpUrl: 'smtp://127.0.0.1:1' });
    expect([mailOnly.carries('text'), mailOnly.carries('letter')]).toEqual([false, false]);
    expect(await mailOnly.send(TEXT)).toMatchObject({ outcome: 'failed', code: 'ENOCARRIER' });
  });
});
