import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Config } from '../../src/platform/config/config.js';
import { MailSender } from '../../src/platform/mail/mail-sender.js';
import type { MailOutcome } from '../../src/platform/mail/mail.types.js';
import { type Behaviour, filedMail, startMailbox, type TestMailbox } from '../support/mailbox.js';
import { TestClock } from '../support/test-clock.js';

const MAIL = {
  to: 'sam@practice.example.org',
  subject: 'A referral was accepted – ßüø',
  text: 'Dear Sam,\n\n.a line that begins with a dot\n\nBetony',
  messageId: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de.1@betony.example.org',
};

let dataDir: string;
const sender = (smtpUrl: string | null) =>
  new MailSender(
    { dataDir, smtpUrl, mailFrom: 'Betony <no-reply@betony.example.org>' } as Config,
    new TestClock('2026-11-23T10:00:00Z'),
  );

beforeAll(() => {
  Logger.overrideLogger(false);
  dataDir = mkdtempSync(join(tmpdir(), 'betony-mail-'));
});
afterAll(() => {
  rmSync(dataDir, { recursive: true });
});

describe('mail through SMTP', () => {
  let mailbox: TestMailbox;
  beforeAll(async () => {
    mailbox = await startMailbox();
  });
  afterAll(async () => {
    await mailbox.stop();
  });

  it('arrives as it was written', async () => {
    mailbox.behaviour = 'takes';
    expect(await sender(mailbox.url).send(MAIL)).toEqual({ outcome: 'sent', code: '250' });
    const message = mailbox.messages.at(-1);
    expect(message?.subject).toBe(MAIL.subject);
    expect(message?.text?.trim()).toBe(MAIL.text);
    expect(message?.messageId).toBe(`<${MAIL.messageId}>`);
    expect(message?.to).toEqual([{ address: MAIL.to, name: '' }]);
    expect(message?.date).toBe('2026-11-23T10:00:00.000Z');
    expect(message?.headers.find((header) => header.key === 'auto-submitted')?.value).toBe('auto-generated');
  });

  it.each<[Behaviour, MailOutcome, string]>([
    ['refuses-recipient', 'refused', '550 5.1.1'],
    ['refuses-text', 'refused', '554 5.7.1'],
    ['busy-at-recipient', 'failed', '451 4.2.0'],
    ['busy-at-text', 'failed', '452 4.3.1'],
    ['refuses-sender', 'failed', '550'],
    ['hangs-up-before-text', 'failed', 'ECONNECTION'],
    ['hangs-up-after-text', 'unknown', 'ECONNECTION'],
    ['takes-then-hangs-up', 'unknown', 'ECONNECTION'],
  ])('a server that %s: %s', async (behaviour, outcome, code) => {
    mailbox.behaviour = behaviour;
    const result = await sender(mailbox.url).send(MAIL);
    expect(result.outcome).toBe(outcome);
    // Whether a cut connection is told as closed or as reset is the kernel's choice.
    if (outcome !== 'unknown' && !behaviour.startsWith('hangs')) expect(result.code).toBe(code);
    expect(JSON.stringify(result)).not.toContain('sam');
  });

  it('fails for now when nobody listens', async () => {
    const result = await sender('smtp://127.0.0.1:1').send(MAIL);
    expect(result).toEqual({ outcome: 'failed', code: 'ECONNREFUSED' });
  });

  it.each([
    '',
    'sam',
    'a@example.org, b@example.org',
    'sam@example.org\r\nBcc: all@example.org',
    '<sam@example.org>',
  ])('never sends to %j', async (to) => {
    const before = mailbox.messages.length;
    mailbox.behaviour = 'takes';
    expect(await sender(mailbox.url).send({ ...MAIL, to })).toEqual({ outcome: 'refused', code: 'EADDRESS' });
    expect(mailbox.messages).toHaveLength(before);
  });

  it('cannot be given another header through the subject', async () => {
    mailbox.behaviour = 'takes';
    await sender(mailbox.url).send({ ...MAIL, subject: 'Hello\r\nBcc: all@example.org' });
    const headers = mailbox.messages.at(-1)?.headers.map((header) => header.key);
    expect(headers).toContain('subject');
    expect(headers).not.toContain('bcc');
  });
});

describe('mail without SMTP', () => {
  it('becomes a file that only its owner may read', async () => {
    expect(await sender(null).send(MAIL)).toEqual({ outcome: 'sent', code: 'file' });
    const [message] = await filedMail(dataDir);
    expect(message?.subject).toBe(MAIL.subject);
    const [file] = readdirSync(join(dataDir, 'outbox'));
    expect(statSync(join(dataDir, 'outbox', file ?? '')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['by itself', undefined],
    ['beside a document', [{ name: 'Summary.txt', type: 'text/plain', content: 'word '.repeat(40) }]],
  ])('whose links can be copied from it, whole, %s', async (_how, documents) => {
    const link = `https://betony.example.org/reply/${'aB3_-'.repeat(20)}`;
    const text = `Zoë, please answer:\n${link}\n.a line that begins with a dot`;
    await sender(null).send({ ...MAIL, text, ...(documents ? { documents } : {}) });
    const folder = join(dataDir, 'outbox');
    const file = readdirSync(folder).sort().at(-1) ?? '';
    expect(readFileSync(join(folder, file), 'utf8').split('\n')).toContain(link);
    const message = (await filedMail(dataDir)).at(-1);
    expect(message?.text?.trim()).toBe(text);
    expect(message?.attachments.map(({ filename }) => filename)).toEqual(
      (documents ?? []).map(({ name }) => name),
    );
  });

  it('fails for now when the folder cannot be written', async () => {
    const before = dataDir;
    dataDir = mkdtempSync(join(tmpdir(), 'betony-mail-'));
    writeFileSync(join(dataDir, 'outbox'), 'a file where the folder should be');
    expect((await sender(null).send(MAIL)).outcome).toBe('failed');
    rmSync(dataDir, { recursive: true });
    dataDir = before;
  });
});
