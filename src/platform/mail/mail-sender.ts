import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import MailComposer from 'nodemailer/lib/mail-composer';
import type MimeNode from 'nodemailer/lib/mime-node';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { fileAway, makeOutbox } from '../messages/file-outbox.js';
import type { Mail, MailResult } from './mail.types.js';
import { sendThroughSmtp } from './smtp.js';

/** One plain address: no name, no list, nothing that could start another header. */
const ONE_ADDRESS = /^[^\s,;:<>"()[\]\\]+@[^\s,;:<>"()[\]\\@]+$/;

/** Sends one message to one person and says what became of it. It keeps nothing: whoever asks keeps the ledger. */
@Injectable()
export class MailSender implements OnModuleInit {
  private readonly logger = new Logger('mail');

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Made at once, since the start screen names it and people look there before anything was sent. */
  async onModuleInit(): Promise<void> {
    if (this.config.smtpUrl === null) await makeOutbox(this.config.dataDir);
  }

  async send(mail: Mail): Promise<MailResult> {
    if (!ONE_ADDRESS.test(mail.to)) return { outcome: 'refused', code: 'EADDRESS' };
    const composer = new MailComposer({
      from: this.config.mailFrom,
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      attachments: mail.documents?.map(({ name, type, content }) => ({
        filename: name,
        contentType: type,
        content,
      })),
      messageId: `<${mail.messageId}>`,
      date: this.clock.now(),
      headers: { 'Auto-Submitted': 'auto-generated' },
      // The text is ours, but parts of it are people's words: nothing in it may name a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const message = composer.compile();
    const result =
      this.config.smtpUrl === null
        ? await fileAway(this.config.dataDir, this.clock.now(), 'eml', await legible(message).build())
        : await sendThroughSmtp(
            this.config.smtpUrl,
            { from: addressIn(this.config.mailFrom), to: mail.to },
            await message.build(),
            this.config.carrierWaits,
          );
    if (result.outcome !== 'sent') this.logger.warn({ fault: 'mail not sent', ...result });
    return result;
  }
}

/**
 * A file is read by people, who copy links out of it: its words stand as they are, where nodemailer would break every
 * line of more than 76 characters. Servers get the usual form, since not every one takes 8-bit text.
 */
function legible(node: MimeNode): MimeNode {
  const type = node.getHeader('Content-Type');
  const isBody =
    typeof type === 'string' && type.startsWith('text/') && !node.getHeader('Content-Disposition');
  if (isBody) node.getTransferEncoding = () => '8bit';
  node.childNodes.forEach(legible);
  return node;
}

const addressIn = (from: string): string => /<([^<>]+)>$/.exec(from)?.[1] ?? from;
