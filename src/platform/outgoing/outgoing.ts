import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Agent } from 'undici';
import { isPublicAddress } from './public-address.rules.js';

const MOST_REDIRECTS = 4;
const SILENCE_MS = 20_000;
const CONNECT_MS = 10_000;
const PORTS = ['', '80', '443'];

export const OUTGOING_FAULTS = {
  not_an_address: 'That is not an address that begins with https:// or http://, without a user or password.',
  not_secure: 'That address does not begin with https://.',
  not_public: 'That address is not on the public internet.',
  unreachable: 'There was no answer from that address.',
  redirects: 'That address sends us on too often, or to somewhere we may not go.',
  too_large: 'What it sent is too large.',
  too_slow: 'It took too long to answer.',
  unreadable: 'What it sent cannot be unpacked.',
} as const;
export type OutgoingBecause = keyof typeof OUTGOING_FAULTS;

/** Somebody else's server could not be read. The words are for people and name neither address nor answer. */
export class OutgoingFault extends Error {
  constructor(readonly because: OutgoingBecause) {
    super(OUTGOING_FAULTS[because]);
    this.name = 'OutgoingFault';
  }
}

export interface OutgoingLimits {
  /** Of what it sends once unpacked. */
  bytes: number;
  /** From the first look-up to the last byte. */
  milliseconds: number;
}

export interface OutgoingAnswer {
  status: number;
  contentType: string;
  /** Where it came from in the end. */
  url: URL;
  body: AsyncGenerator<Buffer>;
  /** For whoever does not read the body. */
  leave(): Promise<void>;
}

export interface OutgoingOptions {
  resolve?: (host: string) => Promise<string[]>;
  /** Besides public ones; for tests, whose servers are on this machine. */
  addresses?: readonly string[];
  ports?: readonly string[];
  /** What is told to others goes by https alone; for tests, whose servers have no certificate. */
  plain?: boolean;
}

/** What somebody answered to what they were told, as far as it is kept. */
export interface TellingAnswer {
  status: number;
  text: string;
}

/**
 * Reads what somebody told us to read. They may be wrong or mean harm, so: the public internet only, checked for the very
 * address that is connected to (a name that means something else a moment later gains nothing), redirects followed by
 * hand and checked like the first, no credentials, no cookies, and an end to size, time and unpacking.
 */
export class Outgoing {
  private readonly resolve: (host: string) => Promise<string[]>;

  constructor(private readonly options: OutgoingOptions = {}) {
    this.resolve = options.resolve ?? resolved;
  }

  /** Refuses at once what could never be read, so that whoever typed it hears it there. */
  check(address: string): URL {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
      throw new OutgoingFault('not_an_address');
    // A name that ends in a dot is the same name.
    const literal = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const isLiteral = /^[\d.]+$/.test(literal) || literal.includes(':');
    const local = literal === 'localhost' || literal.endsWith('.localhost');
    if (local || (isLiteral && !this.allowed(literal)) || !(this.options.ports ?? PORTS).includes(url.port))
      throw new OutgoingFault('not_public');
    return url;
  }

  /** The answer of whatever status; redirects are followed. Read its body or leave it, or the connection stays. */
  async get(address: string, limits: OutgoingLimits, accept = 'application/json'): Promise<OutgoingAnswer> {
    const { agent, signal } = await this.agentFor(limits.milliseconds);
    try {
      const { answer, url } = await this.follow(this.check(address), agent, signal, accept);
      const length = Number(answer.headers['content-length'] ?? 0);
      if (length > limits.bytes) throw new OutgoingFault('too_large');
      const encoding = textOf(answer.headers['content-encoding']);
      return {
        status: answer.statusCode,
        contentType: textOf(answer.headers['content-type']),
        url,
        body: body(answer.body, encoding, limits.bytes, signal, agent),
        leave: async () => {
          answer.body.on('error', () => undefined).destroy();
          await agent.destroy();
        },
      };
    } catch (error) {
      await agent.destroy();
      throw faultOf(error, signal);
    }
  }

  /** As `check`, of an address that is told something. */
  checkTold(address: string): URL {
    const url = this.check(address);
    if (url.protocol !== 'https:' && !this.options.plain) throw new OutgoingFault('not_secure');
    return url;
  }

  /**
   * Tells somebody's server something, guarded as reading is. Not followed elsewhere: what is meant for one address is
   * for nobody it names. Of the answer the beginning is kept.
   */
  async post(
    address: string,
    body: string,
    headers: Record<string, string>,
    { bytes, milliseconds }: OutgoingLimits,
  ): Promise<TellingAnswer> {
    const url = this.checkTold(address);
    const { request } = await import('undici');
    const { agent, signal } = await this.agentFor(milliseconds);
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: agent,
        signal,
        headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'Betony' },
        body,
      });
      return { status: answer.statusCode, text: await beginningOf(answer.body, bytes) };
    } catch (error) {
      throw faultOf(error, signal);
    } finally {
      await agent.destroy();
    }
  }

  private async agentFor(milliseconds: number): Promise<{ agent: Agent; signal: AbortSignal }> {
    const { Agent } = await import('undici');
    const agent = new Agent({
      connect: { lookup: this.lookup(), timeout: CONNECT_MS },
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
      maxHeaderSize: 16_384,
    });
    const signal = AbortSignal.timeout(milliseconds);
    // undici heeds the signal only once it is connected: a name nobody answers for would be waited for longer.
    signal.addEventListener('abort', () => void agent.destroy());
    return { agent, signal };
  }

  private async follow(from: URL, agent: Agent, signal: AbortSignal, accept: string) {
    const { request } = await import('undici');
    let url = from;
    for (let hop = 0; ; hop += 1) {
      const answer = await request(url, {
        dispatcher: agent,
        signal,
        headers: { accept, 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'Betony' },
      });
      const location = answer.headers['location'];
      if (![301, 302, 303, 307, 308].includes(answer.statusCode) || typeof location !== 'string')
        return { answer, url };
      answer.body.on('error', () => undefined).destroy();
      if (hop === MOST_REDIRECTS || !URL.canParse(location, url)) throw new OutgoingFault('redirects');
      const next = this.check(new URL(location, url).href);
      if (url.protocol === 'https:' && next.protocol === 'http:') throw new OutgoingFault('redirects');
      url = next;
    }
  }

  /** Asked by the socket itself as it connects, so that what was checked is what is connected to. */
  private lookup(): LookupFunction {
    return (host, options, done) => {
      this.resolve(host).then(
        (addresses) => {
          const [first] = addresses;
          if (first === undefined) done(new OutgoingFault('unreachable'), '', 4);
          else if (!addresses.every((address) => this.allowed(address)))
            done(new OutgoingFault('not_public'), '', 4);
          else if (options.all)
            done(
              null,
              addresses.map((address) => ({ address, family: familyOf(address) })),
            );
          else done(null, first, familyOf(first));
        },
        () => {
          done(new OutgoingFault('unreachable'), '', 4);
        },
      );
    };
  }

  private allowed(address: string): boolean {
    return isPublicAddress(address) || (this.options.addresses?.includes(address) ?? false);
  }
}

const resolved = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

const familyOf = (address: string): number => (address.includes(':') ? 6 : 4);

const textOf = (header: string | string[] | undefined): string =>
  (Array.isArray(header) ? header.join(', ') : (header ?? '')).trim().toLowerCase();

/** What comes after it is not waited for. */
async function beginningOf(stream: Readable, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= most) break;
    }
  } finally {
    stream.on('error', () => undefined).destroy();
  }
  return Buffer.concat(chunks).subarray(0, most).toString('utf8');
}

const UNPACKERS: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

async function* body(
  stream: Readable,
  encoding: string,
  most: number,
  signal: AbortSignal,
  agent: Agent,
): AsyncGenerator<Buffer> {
  try {
    let size = 0;
    for await (const chunk of unpacked(stream, encoding)) {
      size += chunk.length;
      if (size > most) throw new OutgoingFault('too_large');
      yield chunk;
    }
  } catch (error) {
    throw faultOf(error, signal);
  } finally {
    stream.on('error', () => undefined).destroy();
    await agent.destroy();
  }
}

function unpacked(stream: Readable, encoding: string): AsyncIterable<Buffer> {
  if (encoding === '' || encoding === 'identity') return stream as AsyncIterable<Buffer>;
  const unpacker = UNPACKERS[encoding];
  // Several at once are how bombs are stacked; nobody else sends them.
  if (!unpacker) throw new OutgoingFault('unreadable');
  return stream.compose(unpacker()) as AsyncIterable<Buffer>;
}

function faultOf(error: unknown, signal: AbortSignal): OutgoingFault {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutgoingFault) return cause;
  }
  const code = (error as { code?: string }).code ?? '';
  if (signal.aborted || code.endsWith('_TIMEOUT')) return new OutgoingFault('too_slow');
  return new OutgoingFault(
    code.startsWith('Z_') || code.startsWith('ERR__ERROR') ? 'unreadable' : 'unreachable',
  );
}
