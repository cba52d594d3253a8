import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** What the file outbox of a data folder holds, oldest first. */
export async function filedMail(dataDir: string): Promise<Email[]> {
  const folder = join(dataDir, 'outbox');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort();
  return await Promise.all(files.map((name) => PostalMime.parse(readFileSync(join(folder, name)))));
}

export type Behaviour =
  | 'takes'
  | 'refuses-recipient'
  | 'busy-at-recipient'
  | 'refuses-sender'
  | 'refuses-text'
  | 'busy-at-text'
  | 'hangs-up-before-text'
  | 'hangs-up-after-text'
  | 'takes-then-hangs-up';

export interface TestMailbox {
  url: string;
  behaviour: Behaviour;
  /** What arrived, in order. */
  messages: Email[];
  stop(): Promise<void>;
}

const answer = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });

/** A real SMTP server on a port of its own. */
export async function startMailbox(): Promise<TestMailbox> {
  const sockets = new Set<Socket>();
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const box: TestMailbox = { url: '', behaviour: 'takes', messages: [], stop: () => Promise.resolve() };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_address, _session, done) => {
      done(box.behaviour === 'refuses-sender' ? answer(550, 'not you') : undefined);
    },
    onRcptTo: ({ address }, _session, done) => {
      switch (box.behaviour) {
        case 'refuses-recipient':
          done(answer(550, `5.1.1 no such person ${address}`));
          return;
        case 'busy-at-recipient':
          done(answer(451, '4.2.0 try later'));
          return;
        case 'hangs-up-before-text':
          hangUp();
          return;
        default:
          done();
      }
    },
    onData: (stream, _session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        void (async () => {
          switch (box.behaviour) {
            case 'refuses-text':
              done(answer(554, '5.7.1 not wanted'));
              return;
            case 'busy-at-text':
              done(answer(452, '4.3.1 full'));
              return;
            case 'hangs-up-after-text':
              hangUp();
              return;
            default:
              box.messages.push(await PostalMime.parse(Buffer.concat(parts)));
          }
          if (box.behaviour === 'takes-then-hangs-up') hangUp();
          else done();
        })();
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  box.url = `smtp://127.0.0.1:${port}`;
  box.stop = async () => {
    hangUp();
    await new Promise<void>((resolve) => {
      server.close(resolve);
    });
  };
  return box;
}
