import { Injectable } from '@nestjs/common';
import { Outgoing } from '../platform/outgoing/outgoing.js';
import { type GroupRow, MOST_ROWS } from './import.types.js';
import { readService } from './hsds-service.rules.js';
import { unreadFields } from './unread-fields.rules.js';

const PAGE_BYTES = 20_000_000;
const PAGE_MS = 60_000;
const ALL_MS = 30 * 60_000;
const PER_PAGE = 100;
const MOST_PAGES = 2_000;
/** Of all pages together. */
const ALL_BYTES = 500_000_000;
/** Asked at once of somebody else's server. */
const ABREAST = 4;

/** The feed is not one, or broke off. The words are for people. */
export class UnreadableFeed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableFeed';
  }
}

type Found = Record<string, unknown>;

/** What nests in a service when all of it is given. */
const NESTED = [
  'service_at_locations',
  'schedules',
  'cost_options',
  'attributes',
  'languages',
  'service_areas',
  'contacts',
];

/**
 * Reads every service of an Open Referral feed, leniently: totals and filters are not believed (pages are read until one
 * brings nothing new), what only a service's own address tells is asked for there, and what is not there is done without.
 * A page that fails fails the whole: half a feed must not look like a feed whose other half has gone.
 */
@Injectable()
export class FeedReader {
  constructor(private readonly outgoing: Outgoing) {}

  async *services(base: string, source: string): AsyncGenerator<GroupRow> {
    const deadline = performance.now() + ALL_MS;
    const seen = new Set<string>();
    let at = 0;
    let read = 0;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      if (performance.now() > deadline)
        throw new UnreadableFeed('The feed is too slow to be read as a whole.');
      const { contents, bytes } = await this.page(base, page);
      read += bytes;
      if (read > ALL_BYTES) throw new UnreadableFeed('The feed is too large to be read as a whole.');
      const fresh = contents.filter((one) => {
        const id = idOf(one);
        return page === 1 || id === null || !seen.has(id);
      });
      for (const one of contents) seen.add(idOf(one) ?? '');
      if (fresh.length === 0 || (page > 1 && fresh.every((one) => idOf(one) === null))) {
        // An empty feed is likelier a fault than the end of every service.
        if (at === 0) throw new UnreadableFeed('The feed has no services in it.');
        return;
      }
      for (let from = 0; from < fresh.length; from += ABREAST) {
        const whole = await Promise.all(
          fresh.slice(from, from + ABREAST).map((one) => this.whole(base, one)),
        );
        for (const raw of whole) {
          at += 1;
          if (at > MOST_ROWS)
            throw new UnreadableFeed(`The feed has more than ${String(MOST_ROWS)} services.`);
          yield {
            at,
            raw,
            sourceId: idOf(raw),
            checked: readService(raw, source),
            notKept: unreadFields(raw),
          };
        }
      }
    }
    throw new UnreadableFeed(`The feed has more than ${String(MOST_PAGES)} pages.`);
  }

  private async page(base: string, page: number): Promise<{ contents: unknown[]; bytes: number }> {
    const asked = [`page=${String(page)}&per_page=${String(PER_PAGE)}&full=true`, `page=${String(page)}`];
    for (const query of asked) {
      const { status, value, bytes } = await this.json(`${base}/services?${query}`);
      if (status === 200) {
        const contents = Array.isArray(value) ? (value as unknown[]) : (value as Found | null)?.['contents'];
        if (Array.isArray(contents)) return { contents: contents as unknown[], bytes };
        throw new UnreadableFeed(`Page ${String(page)} of the feed holds no list of services.`);
      }
      // Past the last page some answer so; on the first it means that they do not know a parameter.
      if (status !== 400 && status !== 404 && status !== 422)
        throw new UnreadableFeed(`Page ${String(page)} of the feed was answered with ${String(status)}.`);
      if (page > 1) return { contents: [], bytes: 0 };
    }
    throw new UnreadableFeed('There is no feed at that address.');
  }

  /** The service as its own address has it, where the list gives only its head. */
  private async whole(base: string, listed: unknown): Promise<unknown> {
    const id = idOf(listed);
    if (id === null || NESTED.some((name) => name in (listed as Found))) return listed;
    const { status, value } = await this.json(`${base}/services/${encodeURIComponent(id)}`);
    if (status >= 500) throw new UnreadableFeed(`A service of the feed was answered with ${String(status)}.`);
    const found = typeof value === 'object' && value !== null && !Array.isArray(value);
    return status === 200 && found ? { ...(listed as Found), ...(value as Found) } : listed;
  }

  private async json(address: string): Promise<{ status: number; value: unknown; bytes: number }> {
    const answer = await this.outgoing.get(address, { bytes: PAGE_BYTES, milliseconds: PAGE_MS });
    if (answer.status !== 200) {
      await answer.leave();
      return { status: answer.status, value: null, bytes: 0 };
    }
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    const text = Buffer.concat(chunks)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
    try {
      return { status: 200, value: JSON.parse(text) as unknown, bytes: text.length };
    } catch {
      throw new UnreadableFeed('The feed is not JSON, or it was cut short.');
    }
  }
}

const idOf = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { id } = value as Found;
  return typeof id === 'string' && id !== '' ? id : typeof id === 'number' ? String(id) : null;
};

/** The base address people mean, whichever of its pages they copied. */
export const baseOf = (url: URL): string =>
  `${url.origin}${url.pathname.replace(/(?:\/services)?(?<!\/)\/*$/, '')}`;
