import { Readable } from 'node:stream';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { CARRIER_WAITS, type CarrierWaits } from '../config/config.js';
import type { MailResult } from './mail.types.js';

interface SmtpFault extends Error {
  code?: string;
  originalCode?: string;
  responseCode?: number;
  response?: string;
  command?: string;
}

/**
 * One connection for one message: nothing is shared that a fault could leave in doubt. nodemailer's connection rather
 * than its transport, because only here can be seen whether the server had asked for the text before it went away.
 */
export async function sendThroughSmtp(
  url: string,
  envelope: { from: string; to: string },
  message: Buffer,
  waits: CarrierWaits = CARRIER_WAITS,
): Promise<MailResult> {
  const { auth, ...options } = parseConnectionUrl(url);
  const connection = new SMTPConnection({
    ...options,
    connectionTimeout: waits.connect,
    greetingTimeout: waits.connect,
    dnsTimeout: waits.connect,
    socketTimeout: waits.answer,
  });
  let textGiven = false;
  const text = new Readable({
    read() {
      textGiven = true;
      this.push(message);
      this.push(null);
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject);
      connection.once('end', () => {
        reject(new Error('closed'));
      });
      const then = (next: () => void) => (error?: Error | null) => {
        if (error) reject(error);
        else next();
      };
      const send = () => {
        connection.send({ from: envelope.from, to: [envelope.to] }, text, then(resolve));
      };
      connection.connect(
        then(() => {
          if (auth && connection.allowsAuth) connection.login(auth, then(send));
          else send();
        }),
      );
    });
    connection.quit();
    return { outcome: 'sent', code: '250' };
  } catch (error) {
    connection.close();
    return judge(error as SmtpFault, textGiven);
  }
}

/** What the server answered decides; where it did not answer, whether it had been given the text. */
function judge(fault: SmtpFault, textGiven: boolean): MailResult {
  const code = codeOf(fault);
  if (fault.responseCode !== undefined) {
    // A refused sender or password is ours to put right, and says nothing about this message.
    const aboutTheMessage = fault.command === 'RCPT TO' || fault.command === 'DATA';
    return { outcome: fault.responseCode >= 500 && aboutTheMessage ? 'refused' : 'failed', code };
  }
  return { outcome: textGiven ? 'unknown' : 'failed', code };
}

function codeOf({ response, originalCode, code }: SmtpFault): string {
  const answered = /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response ?? '')?.[0];
  return answered?.replace('-', ' ') ?? originalCode ?? code ?? 'closed';
}
