import { Injectable } from '@nestjs/common';
import { Outgoing } from '../platform/outgoing/outgoing.js';
import { type GroupRow, MOST_ROWS, type Remark } from './import.types.js';
import { readService } from './hsds-service.rules.js';
import { counted, type Totals, totalsIn, wrongTotals } from './totals.rules.js';
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

/** With all of each service at once; some know neither of the two parameters. */
const WAYS = [`&per_page=${String(PER_PAGE)}&full=true`, ''] as const;
type Way = (typeof WAYS)[number];

interface Page {
  contents: unknown[];
  bytes: number;
  totals: Totals;
  /** How it was asked for. */
  way: Way;
}

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
 * At its end it says what of that was odd.
 * A page that fails fails the whole: half a feed must not look like a feed whose other half has gone.
 */
@Injectable()
export class FeedReader {
  constructor(private readonly outgoing: Outgoing) {}

  async *services(base: string, source: string): AsyncGenerator<GroupRow | Remark> {
    const deadline = performance.now() + ALL_MS;
    const seen = new Set<string>();
    let at = 0;
    let read = 0;
    let ways: readonly Way[] = WAYS;
    let said: Totals = { items: undefined, pages: undefined };
    let again = 0;
    let partly = 0;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      if (performance.now() > deadline)
        throw new UnreadableFeed('The feed is too slow to be read as a whole.');
      const { contents, bytes, totals, way } = await this.page(base, page, ways);
      // Another way of asking may mean other pages.
      ways = [way];
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
        for (const remark of wrongTotals(said, { items: at, pages: page - 1 })) yield { remark };
        if (again > 0) yield { remark: cameAgain(again) };
        if (partly > 0) yield { remark: headOnly(partly) };
        return;
      }
      // The last page that brings something knows best what there is by now.
      said = totals;
      again += contents.length - fresh.length;
      for (let from = 0; from < fresh.length; from += ABREAST) {
        const whole = await Promise.all(
          fresh.slice(from, from + ABREAST).map((one) => this.whole(base, one)),
        );
        for (const { raw, all } of whole) {
          at += 1;
          if (!all) partly += 1;
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

  private async page(base: string, page: number, ways: readonly Way[]): Promise<Page> {
    for (const way of ways) {
      const { status, value, bytes } = await this.json(`${base}/services?page=${String(page)}${way}`);
      if (status === 200) {
        const contents = Array.isArray(value) ? (value as unknown[]) : (value as Found | null)?.['contents'];
        if (Array.isArray(contents))
          return { contents: contents as unknown[], bytes, totals: totalsIn(value), way };
        throw new UnreadableFeed(`Page ${String(page)} of the feed holds no list of services.`);
      }
      // Past the last page some answer so; on the first it means that they do not know a parameter.
      if (status !== 400 && status !== 404 && status !== 422)
        throw new UnreadableFeed(`Page ${String(page)} of the feed was answered with ${String(status)}.`);
      if (page > 1) return { contents: [], bytes: 0, totals: totalsIn(null), way };
    }
    throw new UnreadableFeed('There is no feed at that address.');
  }

  /** The service as its own address has it, where the list gives only its head. */
  private async whole(base: string, listed: unknown): Promise<{ raw: unknown; all: boolean }> {
    const id = idOf(listed);
    if (id === null || NESTED.some((name) => name in (listed as Found))) return { raw: listed, all: true };
    const { status, value } = await this.json(`${base}/services/${encodeURIComponent(id)}`);
    if (status >= 500) throw new UnreadableFeed(`A service of the feed was answered with ${String(status)}.`);
    const found = typeof value === 'object' && value !== null && !Array.isArray(value);
    return status === 200 && found
      ? { raw: { ...(listed as Found), ...(value as Found) }, all: true }
      : { raw: listed, all: false };
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

const cameAgain = (many: number): string =>
  `${counted(many, 'service')} came again on a later page, and ${many === 1 ? 'was' : 'were'} taken once.`;

const headOnly = (many: number): string =>
  `${counted(many, 'service')} could not be had from ${many === 1 ? 'its own address' : 'their own addresses'}, so that only what the list says is taken.`;

const idOf = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { id } = value as Found;
  return typeof id === 'string' && id !== '' ? id : typeof id === 'number' ? String(id) : null;
};

/** The base address people mean, whichever of its pages they copied. */
export const baseOf = (url: URL): string =>
  `${url.origin}${url.pathname.replace(/(?:\/services)?(?<!\/)\/*$/, '')}`;
