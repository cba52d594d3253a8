import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** What can open a connection. Types alone cannot. */
const OPENS =
  /(?:^|[^\w.])(?:fetch|WebSocket|EventSource)\(|^(?!import type).*(?:from|import\()\s*'(?:node:)?(?:https?|http2|net|tls|dgram|undici|ioredis|openid-client|nodemailer[^']*|axios|got|node-fetch)'/m;

/** Who may, and to where. An address that somebody typed goes through `Outgoing` alone, which looks where it leads. */
const WAYS: Record<string, string> = {
  'platform/outgoing/outgoing.ts': 'feeds and webhooks, wherever they may lead',
  'platform/messages/notify.ts': 'texts and letters, to the address in the settings',
  'platform/mail/smtp.ts': 'mail, to the server in the settings',
  'platform/jobs/job-queue.ts': 'the queue, to the Redis in the settings',
  'identity/organisation-sign-in.service.ts': 'sign-in, to the issuer in the settings',
  'platform/database/postgres-server.ts': 'a free port of this machine, listened on',
  'platform/http/address.ts': 'a free port of this machine, listened on',
  'platform/http/leave.ts': 'nobody: what listens is closed',
};
/** From the same packages, without a connection. */
const HARMLESS = [
  /import \{ isIP \} from 'node:net'/,
  /import \{ STATUS_CODES \} from 'node:http'/,
  /import \w+ from 'nodemailer\/lib\/mail-composer'/,
];

const opens = (text: string): boolean =>
  text
    .split('\n')
    .filter((line) => !HARMLESS.some((one) => one.test(line)))
    .some((line) => OPENS.test(line));

describe('a connection to somebody else', () => {
  it.each([
    "const answer = await fetch('http://169.254.169.254/');",
    "import { request } from 'node:http';",
    "const { Agent } = await import('undici');",
    "import { request } from 'undici';",
  ])('is seen: %s', (line) => {
    expect(opens(line)).toBe(true);
  });

  it('is opened where it is said, and nowhere else', () => {
    const found = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .filter((name) => opens(readFileSync(join(src, name), 'utf8')));
    expect(found.sort()).toEqual(Object.keys(WAYS).sort());
  });
});
