import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { LOOPBACK } from '../../src/platform/database/postgres-server.js';
import { londonDate } from '../../src/platform/clock/calendar.js';
import { londonTime } from '../../src/platform/clock/wall-clock.js';
import { sha256 } from '../../src/platform/pure/hash.js';
import type { TakenMail } from '../support/smtp-stand-in.js';
import type { Arrival, Ask, Content, Verb } from './checker.js';
import type { Installation } from './installation.js';

/** Who asks, and for what, in one scheme. */
export interface People {
  practice: Headers;
  manager: Headers;
  workers: { id: string; headers: Headers }[];
  /** Services that count their places, each of a group that is written to. */
  listings: string[];
}
export type Headers = Record<string, string>;

const ANSWER_MS = 8_000;
const DAY_MS = 24 * 3_600_000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Whom a move is asked by, where it goes, and whether a key goes with it. */
interface Wish {
  verb: Verb;
  about: string;
  content: Content;
  path: string;
  headers: Headers;
  body: Record<string, unknown>;
}

/**
 * People at work, who ask again with the same key until they are told what became of it, and keep what they asked for and
 * what they were told. Groups answer by the links that they are written.
 */
export class Clients {
  readonly asks: Ask[] = [];
  readonly arrivals: Arrival[] = [];
  /** What was refused and why, with how often: for whoever looks why little was done. */
  readonly refusals = new Map<string, number>();
  again = 0;
  private calm = false;
  private deadline = Infinity;
  private readonly answering = new Set<Promise<void>>();
  private readonly seen = new Set<string>();
  private houses = 0;
  /** Appointments that stand, and from when whoever has one has been reminded of it. */
  private readonly standing: { id: string; headers: Headers; told: number }[] = [];

  constructor(
    private readonly at: () => Installation,
    private readonly people: () => People,
    private readonly random: () => number,
  ) {}

  get acknowledged(): number {
    return this.asks.filter(({ outcome }) => outcome === 'acknowledged').length;
  }

  /** One message came in; whoever it is for opens the link in it, once, and says yes or no. */
  heard({ messageId, to, text }: TakenMail): void {
    this.arrivals.push({ messageId, to, clock: this.at().clock.latest() });
    const link = /\/reply\/([\w-]{43})/.exec(text.replaceAll(/=\r?\n/g, ''))?.[1];
    if (link === undefined || this.seen.has(link) || this.calm) return;
    this.seen.add(link);
    const answering = this.answer(link).finally(() => this.answering.delete(answering));
    this.answering.add(answering);
  }

  /** So many at once refer, take on, speak, arrange, offer and close, until they are told to rest. */
  async work(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async () => {
        while (!this.calm) await this.episode();
      }),
    );
    await Promise.all(this.answering);
  }

  /** Nothing new; what has been asked for is asked for until it is answered, or for so long. */
  rest(ms: number): void {
    this.calm = true;
    this.deadline = Date.now() + ms;
  }

  private one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item;
  }

  /** A word that no other row has: letters alone, so that it may be somebody's name. */
  private mark(): string {
    const word = Array.from({ length: 14 }, () => LETTERS[Math.floor(this.random() * 26)]).join('');
    return `Q${word}`;
  }

  private async episode(): Promise<void> {
    const { practice, manager, workers, listings } = this.people();
    const { clock } = this.at();
    const name = this.mark();
    const person = {
      firstName: 'Grace',
      dateOfBirth: `19${String(30 + Math.floor(this.random() * 60))}-03-0${String(1 + Math.floor(this.random() * 9))}`,
      email: `${name.toLowerCase()}@example.org`,
      phone: `+447700900${String(100 + Math.floor(this.random() * 900))}`,
      noNhsNumberBecause: this.one(['not_known', 'overseas', 'not_given']),
      safeToCall: 'yes',
      safeToEmail: 'yes',
      safeToText: this.one(['yes', 'no', 'not_asked']),
      reachThrough: this.one(['email', 'phone']),
      reachNote: this.mark(),
    };
    const agreement = { agreedOn: '2026-11-20', how: this.one(['in_person', 'phone']) };
    const words = { reasonNote: this.mark(), note: this.mark() };
    const reasons = this.one([['loneliness'], ['debt_and_money', 'housing']]);
    const id = await this.make('refer', name, practice, '/referrals', {
      content: {
        ...person,
        ...agreement,
        ...words,
        basis: 'agreed',
        reasons: reasons.join(' '),
        risks: 'none known',
      },
      body: {
        client: { ...person, lastName: name, noKnownGpPractice: true },
        agreement: { ...agreement, basis: 'agreed' },
        ...words,
        reasons,
        noKnownRisks: true,
        couldComeToHarm: false,
      },
    });
    if (id === null) return;
    const looked = { note: this.mark() };
    const accepted = await this.move('accept', id, manager, `/referrals/${id}/accept`, {
      content: looked,
      body: looked,
    });
    if (!accepted) return;
    const worker = this.one(workers);
    const allocated = await this.move('allocate', id, manager, `/referrals/${id}/allocate`, {
      content: { worker: worker.id },
      body: { workerId: worker.id, overrideReason: 'Nobody else has room' },
    });
    if (!allocated) return;
    const said = this.mark();
    const contact = {
      kind: this.one(['phone', 'video']),
      outcome: 'reached',
      nextOn: londonDate(new Date(clock.latest() + (3 + Math.floor(this.random() * 9)) * DAY_MS)),
    };
    const minutes = 5 + Math.floor(this.random() * 40);
    await this.make('contact', said, worker.headers, `/referrals/${id}/contacts`, {
      content: { ...contact, referral: id, minutes: String(minutes) },
      body: { ...contact, minutes, note: said },
    });
    await this.arrange(id, worker.headers);
    const first = this.one(listings);
    const second = this.one(listings);
    // A round of two who race, or one alone.
    const round = first === second ? [first] : [first, second];
    const offers: string[] = [];
    for (const listing of round) {
      const offer = await this.offer(id, listing, round.length > 1, worker.headers);
      if (offer !== null) offers.push(offer);
    }
    await wait(100 + this.random() * 300);
    if (offers.length > 0 && this.random() < 0.3) await this.takeBack(this.one(offers), worker.headers);
    await this.callOff();
    if (this.random() < 0.3) {
      const end = { result: this.one(['helped', 'partly_helped']), reason: 'done', note: this.mark() };
      await this.move('close', id, worker.headers, `/referrals/${id}/close`, {
        content: { ...end, mayAskAgain: 'false' },
        body: { ...end, noResponseBecause: 'declined', mayAskAgain: false },
      });
    }
  }

  /** Tomorrow, a little later than now by the clock, so that the word the day before falls due while things go wrong. */
  private async arrange(id: string, headers: Headers): Promise<void> {
    const note = this.mark();
    const minute = 60_000;
    const at = new Date(
      Math.ceil((this.at().clock.latest() + (3 + this.random() * 20) * minute) / minute) * minute + DAY_MS,
    );
    const appointment = await this.make('arrange', note, headers, `/referrals/${id}/appointments`, {
      content: { referral: id, kind: 'phone', startsAt: at.toISOString(), minutes: '15' },
      body: {
        kind: 'phone',
        on: londonDate(at),
        time: londonTime(at),
        minutes: 15,
        note,
        evenSo: ['double_booked'],
      },
    });
    if (appointment === null) return;
    if (this.random() < 0.6) {
      this.standing.push({ id: appointment, headers, told: at.getTime() - DAY_MS + minute });
    } else await this.cancel(appointment, headers, { side: 'client', reason: 'unwell' });
  }

  /** One that somebody was reminded of by now, called off by us: they have to be told. */
  private async callOff(): Promise<void> {
    const now = this.at().clock.latest();
    const index = this.standing.findIndex(({ told }) => told < now && now < told + DAY_MS / 2);
    const [one] = index === -1 ? [] : this.standing.splice(index, 1);
    if (one) await this.cancel(one.id, one.headers, { side: 'scheme', reason: 'worker_away' });
  }

  private async cancel(id: string, headers: Headers, why: Content): Promise<void> {
    await this.move('cancel', id, headers, `/appointments/${id}/cancel`, { content: why, body: why });
  }

  private async offer(
    id: string,
    listingId: string,
    firstYesWins: boolean,
    headers: Headers,
  ): Promise<string | null> {
    const helpNote = this.mark();
    const howSoon = this.one(['this_week', 'no_hurry']);
    const agreement = { basis: 'agreed', agreedOn: '2026-11-20', how: this.one(['phone', 'in_person']) };
    return this.make('offer', helpNote, headers, `/referrals/${id}/onward-referrals`, {
      content: {
        ...agreement,
        referral: id,
        listing: listingId,
        needs: 'loneliness',
        howSoon,
        contactRoute: 'through_worker',
        firstYesWins: String(firstYesWins),
        scope: 'access_needs needs',
      },
      body: {
        listingId,
        needs: ['loneliness'],
        helpNote,
        howSoon,
        contactRoute: 'through_worker',
        firstYesWins,
        agreement: { ...agreement, scope: ['needs', 'access_needs'] },
      },
    });
  }

  private async takeBack(id: string, headers: Headers): Promise<void> {
    const why = { reason: this.one(['changed_mind', 'no_longer_needed']), side: 'client' };
    await this.move('withdraw', id, headers, `/onward-referrals/${id}/withdraw`, { content: why, body: why });
  }

  /** Two people of one group press a button each at the same moment, on pages of two processes. */
  private async answer(link: string): Promise<void> {
    const about = await this.offerOf(link);
    if (about === null) return;
    const press = (said: 'accept' | 'decline') => {
      const path = said === 'accept' ? 'yes' : 'no';
      // Each of them in a house of their own: forms without sign-in are counted by address.
      this.houses += 1;
      const house = `11.${String((this.houses >> 16) & 255)}.${String((this.houses >> 8) & 255)}.${String(this.houses & 255)}`;
      const headers = { 'x-forwarded-for': house, 'content-type': 'application/x-www-form-urlencoded' };
      const body: Record<string, string> = said === 'accept' ? {} : { reason: 'not_suitable' };
      return this.ask({
        verb: 'answer',
        about,
        content: { said, ...body },
        path: `/reply/${link}/${path}`,
        headers,
        body,
      });
    };
    await wait(this.random() * 300);
    const other = this.random() < 0.5 ? 'accept' : 'decline';
    await Promise.all([press('accept'), ...(this.random() < 0.5 ? [press(other)] : [])]);
  }

  /** Which offer a link is about, which its page does not say. */
  private async offerOf(link: string): Promise<string | null> {
    const [row] = await this.at().ask<{ id: string | null }>(
      `select onward_referral_id as id from reply_link where hash = $1 and purpose = 'answer'`,
      [sha256(link)],
    );
    return row?.id ?? null;
  }

  private async make(
    verb: Verb,
    about: string,
    headers: Headers,
    path: string,
    { content, body }: { content: Content; body: Record<string, unknown> },
  ): Promise<string | null> {
    const ask = await this.ask({ ...this.keyed(path, headers), verb, about, content, body });
    return ask.outcome === 'acknowledged' ? (ask.ids[0] ?? null) : null;
  }

  private async move(
    verb: Verb,
    about: string,
    headers: Headers,
    path: string,
    { content = {}, body = {} }: { content?: Content; body?: Record<string, unknown> },
  ): Promise<boolean> {
    const ask = await this.ask({ ...this.keyed(path, headers), verb, about, content, body });
    return ask.outcome === 'acknowledged';
  }

  private keyed(path: string, headers: Headers) {
    return {
      path: `/api/v1${path}`,
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    };
  }

  /** Again and again until there is an answer; now and then at both doors at once, as a double click. */
  private async ask(wish: Wish): Promise<Ask> {
    let tries = 0;
    let answers: Answer[] = [];
    while (answers.length === 0 && Date.now() < this.deadline) {
      if (tries > 0) {
        this.again += 1;
        await wait(100 + this.random() * 200);
      }
      const both = this.random() < 0.1;
      const { doors } = this.at();
      const door = Math.floor(this.random() * doors.length);
      const sent = (both ? [door, 1 - door] : [door]).map((one) => this.send(doors[one]?.port ?? 0, wish));
      tries += sent.length;
      answers = (await Promise.all(sent)).filter((answer) => answer !== null);
    }
    const done = answers.filter(({ status }) => status < 400);
    const ids = done.map(({ body }) => body['id']).filter((id) => typeof id === 'string');
    const outcome = done.length > 0 ? 'acknowledged' : answers.length > 0 ? 'refused' : 'unknown';
    for (const { status, body } of answers) {
      if (status < 400) continue;
      const why = `${wish.verb} ${String(status)} ${typeof body['title'] === 'string' ? body['title'] : ''}`;
      this.refusals.set(why, (this.refusals.get(why) ?? 0) + 1);
    }
    const { verb, about, content } = wish;
    const ask: Ask = { verb, about, content, outcome, ids, tries, clock: this.at().clock.latest() };
    this.asks.push(ask);
    await wait(20 + this.random() * 60);
    return ask;
  }

  /** Null where nobody knows what became of it. */
  private async send(port: number, { path, headers, body }: Wish): Promise<Answer | null> {
    const form = headers['content-type'] !== 'application/json';
    const texts = body as Record<string, string>;
    try {
      const answer = await fetch(`http://${LOOPBACK}:${String(port)}${path}`, {
        method: 'POST',
        headers,
        body: form ? new URLSearchParams(texts).toString() : JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await answer.text();
      // Not now, or nobody knows: it is asked again.
      if (answer.status >= 500 || answer.status === 429) return null;
      const json = answer.headers.get('content-type')?.includes('json') === true;
      return { status: answer.status, body: json ? (JSON.parse(text) as Record<string, unknown>) : {} };
    } catch {
      return null;
    }
  }
}
