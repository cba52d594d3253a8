import { type AddressInfo, createServer, type Socket } from 'node:net';

/** How a mail server misbehaves, each in the words of what it does. */
export type SmtpBehaviour =
  | 'takes'
  | 'says nothing at all'
  | 'greets with 421'
  | 'greets with 554'
  | 'answers no RCPT'
  | 'says 451 to RCPT'
  | 'says 550 to one recipient'
  | 'says 550 to everybody'
  | 'closes at DATA'
  | 'says nothing to DATA'
  | 'says 451 to DATA'
  | 'takes the text and hangs'
  | 'takes the text and says 451'
  | 'takes the text and answers too late'
  | 'says 250 and dies before it is read'
  | 'says 250 and closes'
  | 'offers STARTTLS and refuses it'
  | 'offers STARTTLS and closes'
  | 'speaks no TLS';

export interface SmtpStandIn {
  port: number;
  behaviour: SmtpBehaviour;
  /** Message-IDs of what it took, in order; it may have told nobody. */
  taken: string[];
  /** Waits for what it said too late. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

const LATE_MS = 700;

/** A message as the server took it. */
export interface TakenMail {
  messageId: string;
  to: string;
  text: string;
}

/** A mail server that speaks just enough of RFC 5321, and stops doing so at the place it is told to. */
export async function startSmtpStandIn(
  tell: (mail: TakenMail) => void = () => undefined,
): Promise<SmtpStandIn> {
  const sockets = new Set<Socket>();
  const later = new Set<Promise<void>>();
  const serve = (socket: Socket): void => {
    const { behaviour } = standIn;
    const say = (line: string) => socket.write(`${line}\r\n`);
    let text: string | null = null;
    let to = '';
    let waiting = '';
    const took = () => {
      const messageId = /^Message-ID: <([^@>]+)@/im.exec(text ?? '')?.[1] ?? 'unknown';
      standIn.taken.push(messageId);
      tell({ messageId, to, text: text ?? '' });
    };
    const afterText = (): void => {
      switch (behaviour) {
        case 'takes the text and hangs':
          took();
          return;
        case 'takes the text and says 451':
          say('451 4.3.0 try later');
          return;
        case 'takes the text and answers too late':
          took();
          later.add(
            new Promise((resolve) => {
              setTimeout(() => {
                if (!socket.destroyed) say('250 2.0.0 taken');
                resolve();
              }, LATE_MS);
            }),
          );
          return;
        case 'says 250 and dies before it is read':
          took();
          // What it said is lost with the connection: for whoever listens it was never said.
          socket.resetAndDestroy();
          return;
        case 'says 250 and closes':
          took();
          socket.end('250 2.0.0 taken\r\n');
          return;
        default:
          took();
          say('250 2.0.0 taken');
      }
    };
    const command = (line: string): void => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') {
        const offers = behaviour.startsWith('offers STARTTLS');
        say(offers ? '250-stand-in.example.org\r\n250 STARTTLS' : '250 stand-in.example.org');
      } else if (verb === 'STAR') {
        if (behaviour === 'offers STARTTLS and closes') socket.destroy();
        else say('454 4.7.0 TLS not available');
      } else if (verb === 'RCPT') {
        if (behaviour === 'answers no RCPT') return;
        to = /<([^>]*)>/.exec(line)?.[1] ?? '';
        if (behaviour === 'says 451 to RCPT') say('451 4.2.0 try later');
        else if (behaviour === 'says 550 to everybody') say('550 5.7.1 not from you');
        else if (behaviour === 'says 550 to one recipient' && line.includes('somebody@'))
          say('550 5.1.1 nobody there');
        else say('250 2.1.5 ok');
      } else if (verb === 'DATA') {
        if (behaviour === 'closes at DATA') socket.destroy();
        else if (behaviour === 'says nothing to DATA') return;
        else if (behaviour === 'says 451 to DATA') say('451 4.3.0 try later');
        else {
          text = '';
          say('354 go on');
        }
      } else if (verb === 'QUIT') {
        socket.end('221 bye\r\n');
      } else say('250 ok');
    };
    const read = (part: Buffer): void => {
      waiting += part.toString();
      if (text !== null) {
        text += waiting;
        waiting = '';
        if (!text.endsWith('\r\n.\r\n')) return;
        afterText();
        text = null;
        return;
      }
      for (let end = waiting.indexOf('\r\n'); end >= 0; end = waiting.indexOf('\r\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        command(line);
      }
    };
    socket.on('data', read);
    if (behaviour === 'greets with 421') socket.end('421 4.3.2 not now\r\n');
    else if (behaviour === 'greets with 554') socket.end('554 5.3.2 no service\r\n');
    else if (behaviour !== 'says nothing at all') say('220 stand-in.example.org ESMTP');
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: SmtpStandIn = {
    port: (server.address() as AddressInfo).port,
    behaviour: 'takes',
    taken: [],
    quiet: async () => {
      await Promise.all(later);
      later.clear();
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return standIn;
}
