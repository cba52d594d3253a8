import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { type CarrierWaits, Config, type NotifySettings } from '../config/config.js';
import { MailSender } from '../mail/mail-sender.js';
import { normaliseUkPhone } from '../pure/phone.js';
import type {
  Destination,
  OutgoingMessage,
  PostedLetter,
  Receipt,
  SendingChannel,
  SendResult,
  TextMessage,
} from './channel.types.js';
import { fileAway } from './file-outbox.js';
import type { Notify } from './notify.js';
import { MOST_SEGMENTS, textSize } from './text-size.rules.js';

/** Notify prints seven lines of an address, and needs three. */
const ADDRESS_LINES = { least: 3, most: 7 } as const;

/**
 * The one way out, whatever the channel: sends one message to one recipient and says what became of it. It keeps nothing:
 * whoever asks keeps the ledger.
 */
@Injectable()
export class MessageSender implements OnApplicationShutdown {
  private readonly logger = new Logger('sending');
  private readonly notify: Promise<Notify> | null;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly mail: MailSender,
  ) {
    this.notify = config.notify === null ? null : carrier(config.notify, config.carrierWaits);
  }

  /**
   * Where a channel leads. Where nothing at all is configured every message becomes a file, to be looked at; an
   * installation that writes to people never puts a text or a letter where nobody looks.
   */
  goesTo(channel: SendingChannel): Destination {
    const { notify, smtpUrl } = this.config;
    const unset: Destination = smtpUrl === null ? 'files' : 'nowhere';
    if (channel === 'email') return smtpUrl === null ? 'files' : 'people';
    if (notify === null) return unset;
    return (channel === 'text' ? notify.textTemplate : notify.letterTemplate) === null ? 'nowhere' : 'people';
  }

  carries(channel: SendingChannel): boolean {
    return this.goesTo(channel) !== 'nowhere';
  }

  async send(message: OutgoingMessage): Promise<SendResult> {
    const result = await this.dispatch(message);
    if (result.outcome !== 'sent' && message.channel !== 'email') {
      const { outcome, code } = result;
      this.logger.warn({ fault: 'message not sent', channel: message.channel, outcome, code });
    }
    return result;
  }

  /** Whether somebody can tell what became of a text or a letter; nobody can of a file. */
  givesReceipts(): boolean {
    return this.notify !== null;
  }

  async receipt(carrierId: string | null, reference: string): Promise<Receipt> {
    if (this.notify === null) throw new Error('Nobody gives receipts for files.');
    return (await this.notify).receipt(carrierId, reference);
  }

  async onApplicationShutdown(): Promise<void> {
    await (await this.notify)?.close();
  }

  private async dispatch(message: OutgoingMessage): Promise<SendResult> {
    switch (message.channel) {
      case 'email':
        return { ...(await this.mail.send(message)), carrierId: null };
      case 'text':
        return this.text(message);
      case 'letter':
        return this.letter(message);
    }
  }

  private async text({ to, text, reference }: TextMessage): Promise<SendResult> {
    if (normaliseUkPhone(to) !== to) return refused('EADDRESS');
    if (textSize(text).segments > MOST_SEGMENTS) return refused('ETOOLONG');
    if (this.notify) return (await this.notify).sendText({ to, text, reference });
    return this.file('text.txt', [`To: ${to}`, `Reference: ${reference}`, '', text]);
  }

  private async letter({ to, heading, text, reference }: PostedLetter): Promise<SendResult> {
    const lines = to.map((line) => line.replace(/\s+/g, ' ').trim()).filter((line) => line !== '');
    if (lines.length < ADDRESS_LINES.least || lines.length > ADDRESS_LINES.most) return refused('EADDRESS');
    if (this.notify) return (await this.notify).sendLetter({ to: lines, heading, text, reference });
    return this.file('letter.txt', [`Reference: ${reference}`, '', ...lines, '', heading, '', text]);
  }

  private async file(ending: 'text.txt' | 'letter.txt', lines: readonly string[]): Promise<SendResult> {
    if (this.config.smtpUrl !== null) return { outcome: 'failed', code: 'ENOCARRIER', carrierId: null };
    const filed = await fileAway(this.config.dataDir, this.clock.now(), ending, `${lines.join('\n')}\n`);
    return { ...filed, carrierId: null };
  }
}

/** Loaded only where it is configured: its client takes 20 MB. */
async function carrier(settings: NotifySettings, waits: CarrierWaits | undefined): Promise<Notify> {
  const { Notify } = await import('./notify.js');
  return new Notify(settings, waits);
}

const refused = (code: string): SendResult => ({ outcome: 'refused', code, carrierId: null });
