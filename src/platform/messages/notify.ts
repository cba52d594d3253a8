import { NotifyClient } from 'notifications-node-client';
import { Agent, request } from 'undici';
import { CARRIER_WAITS, type CarrierWaits, type NotifySettings } from '../config/config.js';
import type { MailOutcome } from '../mail/mail.types.js';
import type { PostedLetter, Receipt, SendResult, TextMessage } from './channel.types.js';

/** The codes of faults that came before a byte of the message went out. */
const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** https://docs.notifications.service.gov.uk/rest-api.html#get-message-status; those not here are on their way. */
const RECEIPTS: Record<string, Receipt> = {
  delivered: 'delivered',
  // To another country, where nobody tells Notify more.
  sent: 'delivered',
  // A letter, handed to the printers' post.
  received: 'delivered',
  'permanent-failure': 'wrong_address',
  'temporary-failure': 'not_delivered',
  'technical-failure': 'not_delivered',
  'validation-failed': 'not_delivered',
  'virus-scan-failed': 'not_delivered',
  cancelled: 'not_delivered',
};

interface Answer {
  status: number;
  /** Null where it was no JSON: then somebody between us and Notify spoke. */
  data: unknown;
}

interface Fault {
  code: string;
  answer: Answer | null;
}

/** What is said of a message that is known to Notify. */
interface Known {
  id: string;
  status: string;
}

/** Texts and letters through GOV.UK Notify. Its templates hold `((message))` alone, letters `((heading))` as well. */
export class Notify {
  private readonly client: NotifyClient;
  private readonly agent: Agent;

  constructor(
    private readonly settings: NotifySettings,
    waits: CarrierWaits = CARRIER_WAITS,
  ) {
    this.agent = new Agent({
      connect: { timeout: waits.connect },
      headersTimeout: waits.answer,
      bodyTimeout: waits.answer,
      // A connection kept open may be closed as the next message goes out: then nobody knows what became of that.
      pipelining: 0,
    });
    this.client = new NotifyClient(settings.url, settings.apiKey);
    // Its own is axios, which waits for ever and does not say whether a request had left.
    this.client.setClient(this.ask.bind(this) as never);
  }

  sendText({ to, text, reference }: TextMessage): Promise<SendResult> {
    const { textTemplate } = this.settings;
    if (textTemplate === null) return Promise.resolve(NOT_CARRIED);
    return this.send(reference, 'sms', () =>
      this.client.sendSms(textTemplate, to, { personalisation: { message: text }, reference }),
    );
  }

  sendLetter({ to, heading, text, reference }: PostedLetter): Promise<SendResult> {
    const { letterTemplate } = this.settings;
    if (letterTemplate === null) return Promise.resolve(NOT_CARRIED);
    const lines = Object.fromEntries(to.map((line, index) => [`address_line_${String(index + 1)}`, line]));
    return this.send(reference, 'letter', () =>
      this.client.sendLetter(letterTemplate, {
        personalisation: { ...lines, heading, message: text },
        reference,
      }),
    );
  }

  /** What became of a message, by Notify's own name for it or, where we never learnt that, by ours. */
  async receipt(carrierId: string | null, reference: string): Promise<Receipt> {
    const known = carrierId === null ? await this.find(reference) : await this.byId(carrierId);
    return known === null ? 'not_known' : (RECEIPTS[known.status] ?? 'on_its_way');
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** Where the answer leaves it open whether Notify has the message, Notify is asked. */
  private async send(
    reference: string,
    kind: 'sms' | 'letter',
    call: () => Promise<unknown>,
  ): Promise<SendResult> {
    try {
      const { data } = (await call()) as Answer;
      const id = (data as { id?: unknown } | null)?.id;
      return { outcome: 'sent', code: '201', carrierId: typeof id === 'string' ? id : null };
    } catch (error) {
      const fault = faultIn(error);
      const { outcome, code } = judge(fault, kind);
      if (outcome !== 'unknown') return { outcome, code, carrierId: null };
      try {
        const known = await this.find(reference);
        if (known) return { outcome: 'sent', code: 'found', carrierId: known.id };
        // Notify itself said that it could not, and knows nothing of it: it certainly was not taken.
        if (saidItself(fault)) return { outcome: 'failed', code, carrierId: null };
      } catch {
        // Then it stays unknown.
      }
      return { outcome, code, carrierId: null };
    }
  }

  private async find(reference: string): Promise<Known | null> {
    const { data } = (await this.client.getNotifications(undefined, undefined, reference)) as unknown as {
      data: { notifications: (Known & { reference: string | null })[] };
    };
    return data.notifications.find((one) => one.reference === reference) ?? null;
  }

  private async byId(id: string): Promise<Known | null> {
    try {
      const { data } = (await this.client.getNotificationById(id)) as unknown as { data: Known };
      return data;
    } catch (error) {
      if (faultIn(error).answer?.status === 404) return null;
      throw error;
    }
  }

  private async ask(options: {
    method: string;
    url: string;
    data?: unknown;
    headers: Record<string, string>;
  }): Promise<Answer> {
    const { statusCode, body } = await request(options.url, {
      method: options.method.toUpperCase() as 'GET' | 'POST',
      headers: { ...options.headers, 'content-type': 'application/json' },
      ...(options.data === undefined ? {} : { body: JSON.stringify(options.data) }),
      dispatcher: this.agent,
    });
    const text = await body.text();
    const answer = { status: statusCode, data: parsed(text) };
    if (statusCode >= 200 && statusCode < 300 && answer.data !== null) return answer;
    throw Object.assign(new Error('Notify refused'), { answer });
  }
}

const NOT_CARRIED: SendResult = { outcome: 'failed', code: 'ENOCARRIER', carrierId: null };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

function faultIn(error: unknown): Fault {
  const { answer, code, name } = error as { answer?: Answer; code?: string; name?: string };
  return { answer: answer ?? null, code: code ?? name ?? 'fault' };
}

const errorsIn = (answer: Answer | null): { error: string; message: string }[] => {
  const errors = (answer?.data as { errors?: unknown } | null)?.errors;
  return Array.isArray(errors) ? (errors as { error: string; message: string }[]) : [];
};

const saidItself = ({ answer }: Fault): boolean => errorsIn(answer).length > 0;

/** Whom a message is for is told in the first word of what Notify finds wrong. */
const WRONG_NUMBER = /^phone_number\b/;
const WRONG_ADDRESS =
  /^(?:address_line|postcode|(?:The )?last line|Must be a real (?:UK )?(?:postcode|address)|Address )/i;

/** `EADDRESS` is the recipient's; any other refusal is ours to put right, and may go well later. */
function judge(fault: Fault, kind: 'sms' | 'letter'): { outcome: MailOutcome; code: string } {
  const { answer, code } = fault;
  if (answer === null) {
    return { outcome: NEVER_LEFT.has(code) ? 'failed' : 'unknown', code };
  }
  const { status } = answer;
  // An answer of success that is no answer of Notify's: a proxy's page, or one cut short.
  if (status < 400 || status >= 500) return { outcome: 'unknown', code: String(status) };
  const about = kind === 'sms' ? WRONG_NUMBER : WRONG_ADDRESS;
  const theirs = status === 400 && errorsIn(answer).some(({ message }) => about.test(message));
  return theirs ? { outcome: 'refused', code: '400 EADDRESS' } : { outcome: 'failed', code: String(status) };
}
