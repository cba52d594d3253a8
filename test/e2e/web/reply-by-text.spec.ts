import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sql, { type Sql } from 'sql-template-tag';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { MOST_SEGMENTS, textSize } from '../../../src/platform/messages/text-size.rules.js';
import { contactPointOf } from '../../../src/providers/contact-points.js';
import { ProvidersService } from '../../../src/providers/providers.service.js';
import { MessageSender } from '../../../src/platform/messages/message-sender.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { privateWords } from '../../../src/platform/words/private-words.js';
import { aCase, aGroup, anOffer, inScheme, type TestCase, type TestGroup } from '../../factories/onward.js';
import { filedMail } from '../../support/mailbox.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const BY_TEXT = { answersBy: 'text', contactName: 'Mo' } as const;
const GRACE = { firstName: 'Grace', lastName: 'Okafor', knownAs: null, phone: '07700900123' };
const TOKEN = /https:\/\/betony\.example\.org\/reply\/([A-Za-z0-9_-]{43})/g;
/** Chance makes words, too. */
const REFERENCE = /\bG-[A-Z0-9-]+/g;

describe('a group that answers by text', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let desk: ReturnType<typeof reminderDesk>;
  let number: string;
  let group: TestGroup;
  const seen = new Set<string>();
  let runs = 0;

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    runs += 1;
    betony.clock.set(TEST_NOW);
    number = `+447700900${String(runs).padStart(3, '0')}`;
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    sam = await aMember(scheme, 'link_worker');
    group = await aGroup(scheme, { places: 9, provider: { ...BY_TEXT, contactPhone: number } });
    texts();
  });

  /** What was texted since this was asked last. */
  const texts = (): { to: string; text: string }[] => {
    const folder = join(betony.config.dataDir, 'outbox');
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.text.txt') && !seen.has(name))
      .sort();
    for (const name of files) seen.add(name);
    return files.map((name) => {
      const file = readFileSync(join(folder, name), 'utf8');
      const [, to = '', text = ''] = /^To: (.*)\nReference: .*\n\n([^]*)\n$/.exec(file) ?? [];
      expect(textSize(text)).toMatchObject({ alphabet: 'gsm7' });
      expect(textSize(text).segments).toBeLessThanOrEqual(MOST_SEGMENTS);
      expect(privateWords(text.replaceAll(TOKEN, '').replaceAll(REFERENCE, ''))).toEqual([]);
      expect(text).not.toMatch(/Grace|Okafor|loneliness/);
      return { to, text };
    });
  };
  const tokensIn = (said: readonly { text: string }[]): string[] =>
    said.flatMap(({ text }) => [...text.matchAll(TOKEN)].map(([, token = '']) => token));
  const mails = async () => (await filedMail(betony.config.dataDir)).length;
  const send = async (ids: readonly string[]) => {
    for (const id of ids) {
      const job = { name: 'send-message', key: `send-message-${id}`, schemeId: scheme.id };
      await betony.get(SendMessage).perform({ ...job, ids: { message: id } });
    }
  };
  const work = async (at?: string) => {
    await send(await desk.work(at));
    return texts();
  };
  const fresh = async () => {
    await settle(betony);
    return texts();
  };
  const aPerson = (): Promise<TestCase> => aCase(scheme, { worker: sam, person: GRACE });
  const offered = async (): Promise<string> => anOffer(scheme, await aPerson(), group);
  const page = (method: 'GET' | 'POST', url: string, form = '', cookie?: string) =>
    betony.inject({
      method,
      url,
      remoteAddress: `203.0.113.${String(runs)}`,
      headers: {
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(cookie ? { cookie } : {}),
      },
      ...(method === 'POST' ? { payload: form } : {}),
    });
  const of = (token = ''): string => `/reply/${token}`;
  const rows = <Row extends object>(statement: Sql) =>
    inScheme(scheme, (tx) => tx.rows<Row & Record<string, unknown>>(statement));
  const state = async (id: string) =>
    (await rows<{ state: string }>(sql`select state from onward_referral where id = ${id}`))[0]?.state;
  const provider = (changes: Sql) =>
    rows(sql`update provider set ${changes} where organisation_id = ${group.organisationId} returning 1`);

  it('is asked, says yes, enters its code, sees how to reach her and says how it went, by text alone', async () => {
    await provider(sql`contact_shared = true`);
    const before = await mails();
    const offer = await offered();
    const [asked, ...others] = await work();
    expect(others).toEqual([]);
    expect(asked?.to).toBe(number);
    expect(asked?.text).toMatch(
      /^Betony: Can your group help somebody \(\S+\)\? See what they look for, and answer: https:\S+ No longer help here\? Say so there\. What we keep of you: https:\S+\/privacy$/,
    );
    const [token] = tokensIn([asked!]);
    const base = of(token);
    expect((await page('GET', base)).body).toContain('Can you help Grace?');
    const answers = await Promise.all(Array.from({ length: 50 }, () => page('POST', `${base}/yes`)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303]));
    expect(
      await rows(
        sql`select 1 from onward_referral_history where onward_referral_id = ${offer} and action = 'accept'`,
      ),
    ).toHaveLength(1);
    expect((await page('GET', base)).body).not.toMatch(/Okafor|07700/);

    await page('POST', `${base}/code`);
    const [coded] = await fresh();
    expect(coded?.to).toBe(number);
    const code = /your code is (\d{6})\./.exec(coded!.text)?.[1] ?? '';
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    expect((await page('POST', `${base}/open`, `code=${wrong}`)).statusCode).toBe(422);
    const opened = await page('POST', `${base}/open`, `code=${code}`);
    const cookie = String(opened.headers['set-cookie']).split(';')[0];
    const details = (await page('GET', base, '', cookie)).body;
    expect(details).toContain('Grace Okafor');
    expect(details).toMatch(/tel:\+?[0-9]+/);

    betony.clock.set('2026-11-30T10:00:00Z');
    const [touched] = await work();
    expect(touched?.text).toContain('Did you manage?');
    const inTouch = of(tokensIn([touched!])[0]);
    expect((await page('POST', `${inTouch}/in-touch`, 'reached=yes')).statusCode).toBe(303);
    const went = await work('2026-12-07T10:00:00Z');
    expect(went.map(({ text }) => text)).toEqual([expect.stringContaining('Did they come')]);
    const how = of(tokensIn(went)[0]);
    expect((await page('POST', `${how}/came`, 'result=attended&day=6&month=12&year=2026')).statusCode).toBe(
      303,
    );
    expect((await page('POST', `${how}/finish`, 'result=still_going')).statusCode).toBe(303);
    expect(await state(offer)).toBe('completed');
    expect(await mails()).toBe(before);
    expect(await desk.tasks(offer)).toEqual([]);
  });

  it('is nudged, told that somebody is not to be contacted, and asked whether its listing is right', async () => {
    const of = await aPerson();
    const offer = await anOffer(scheme, of, group);
    await work();
    expect(await work('2026-11-27T10:00:00Z')).toMatchObject([
      { text: expect.stringMatching(/We have not heard yet\. Please answer by Monday 7 December/) },
    ]);
    await betony
      .get(OnwardParticipation)
      .withdraw(of.worker.actor, offer, { reason: 'found_something_else', side: 'client' });
    const ended = await work();
    expect(ended).toMatchObject([{ text: expect.stringContaining('destroy any notes') }]);
    expect((await page('GET', `/reply/${tokensIn(ended)[0]!}`)).body).toContain(
      'Please do not contact Grace',
    );
    const [check] = await work('2027-02-22T10:00:00Z');
    expect(check?.text).toContain('still right? Please look');
    const right = await page('POST', `/reply/${tokensIn([check!])[0]!}/right`);
    expect(right.statusCode).toBe(303);
  });

  it('hears nothing at night, and what falls due together comes in texts of their own', async () => {
    betony.clock.set('2026-11-24T21:00:00Z');
    const offers = [await offered(), await offered(), await offered()];
    expect(await work()).toEqual([]);
    betony.clock.set('2026-11-25T08:00:00Z');
    const waiting = (await desk.messages(group.organisationId)).map(({ id }) => id);
    await send(waiting);
    const said = texts();
    for (let times = 0; times < 3; times += 1) said.push(...(await work()));
    const tokens = tokensIn(said);
    expect(tokens).toHaveLength(3);
    const opened = await Promise.all(tokens.map((token) => betony.get(ReplyLinks).open(token)));
    expect(opened.map((link) => link?.actor.about.id).sort()).toEqual([...offers].sort());
    for (const offer of offers) expect(await desk.tasks(offer)).toEqual([]);
    // Only the first says what is kept of them.
    expect(said.map(({ text }) => text.includes('What we keep of you'))).toEqual([true, false, false]);
  });

  it('gets at most one routine message a week, whether by text or by e-mail', async () => {
    const offer = await anOffer(scheme, await aPerson(), group).accepted();
    await work();
    await provider(sql`answers_by = 'email', contact_email = 'mo@example.org'`);
    const before = await mails();
    expect(await work('2026-11-30T10:00:00Z')).toEqual([]);
    expect((await mails()) - before).toBe(1);
    expect(await desk.reminders(offer)).toContainEqual('in_touch 1 2026-11-30T10:00 done message');
    await provider(sql`answers_by = 'text'`);
    await rows(sql`
      update reminder set due_at = '2026-12-01T10:00:00Z'
      where subject_id = ${offer} and kind = 'how_did_it_go' and step = 1 returning 1`);
    expect(await work('2026-12-01T10:00:00Z')).toEqual([]);
    expect(await work('2026-12-06T10:00:00Z')).toEqual([]);
    expect(await work('2026-12-07T10:00:00Z')).toHaveLength(1);
  });

  describe('gets no second routine message', () => {
    const accepted = async (count: number): Promise<void> => {
      for (let made = 0; made < count; made += 1) await anOffer(scheme, await aPerson(), group).accepted();
      await work();
      betony.clock.set('2026-11-30T10:00:00Z');
    };
    const fails = async (ids: readonly string[], attempt: 'failed' | 'unknown') => {
      const messages = betony.get(MessagesService);
      for (const id of ids) {
        const claim = await messages.claim(scheme.id, id);
        if (claim) await messages.settle(claim, attempt, '500');
      }
    };

    it('while the first is tried again', async () => {
      await accepted(3);
      const made = await desk.work();
      expect(made).toHaveLength(1);
      for (let minutes = 0; minutes < 3; minutes += 1) {
        await fails(made, 'failed');
        expect(await desk.work()).toEqual([]);
        betony.clock.advance({ minutes: 1 });
      }
      betony.clock.advance({ minutes: 30 });
      await send(made);
      expect(texts()).toHaveLength(1);
      expect(await work()).toEqual([]);
    });

    it('while the first is being sent, nor after it may have arrived', async () => {
      await accepted(2);
      const messages = betony.get(MessagesService);
      const [id = ''] = await desk.work();
      const claim = await messages.claim(scheme.id, id);
      expect(await desk.work()).toEqual([]);
      await messages.settle(claim!, 'unknown', 'timeout');
      betony.clock.advance({ minutes: 2 });
      expect(await work()).toEqual([]);
      expect(await desk.messages(group.organisationId)).toContainEqual(
        expect.objectContaining({ id, state: 'unconfirmed' }),
      );
    });

    it('while the first waits to go by e-mail', async () => {
      const first = await anOffer(scheme, await aPerson(), group).accepted();
      await rows(
        sql`update onward_referral set in_touch_by = date '2026-11-27' where id = ${first} returning 1`,
      );
      await desk.plan({ onward_referral: [first] });
      await accepted(1);
      await provider(sql`answers_by = 'email', contact_email = 'mo@example.org'`);
      expect(await desk.work('2026-11-27T10:00:00Z')).toHaveLength(1);
      await provider(sql`answers_by = 'text'`);
      expect(await desk.work('2026-11-30T10:00:00Z')).toEqual([]);
    });
  });

  it('is written to where it is today, and links sent elsewhere end', async () => {
    await offered();
    const made = await desk.work();
    await provider(sql`answers_by = 'email', contact_email = 'new@example.org'`);
    const before = await mails();
    await send(made);
    expect([(await mails()) - before, texts().length]).toEqual([1, 0]);
    await provider(sql`answers_by = 'text'`);
    const mail = (await filedMail(betony.config.dataDir)).at(-1)!;
    const [token] = tokensIn([{ text: mail.text! }]);
    expect((await page('GET', of(token))).statusCode).toBe(410);
    expect(await rows(sql`select channel from message where id = any(${made}::uuid[])`)).toEqual([
      { channel: 'email' },
    ]);
  });

  it('one that is tried again waits beside the next, which does not join it', async () => {
    const messages = betony.get(MessagesService);
    await offered();
    const [first = ''] = await desk.work();
    const claim = await messages.claim(scheme.id, first);
    await offered();
    const [second = ''] = await desk.work();
    expect(second).not.toBe(first);
    await messages.settle(claim!, 'failed', '500');
    betony.clock.advance({ minutes: 2 });
    await send([first, second]);
    expect(tokensIn(texts())).toHaveLength(2);
  });

  it('one that is tried again at another number leads somewhere from there', async () => {
    const messages = betony.get(MessagesService);
    await offered();
    const [id = ''] = await desk.work();
    await messages.settle((await messages.claim(scheme.id, id))!, 'failed', '500');
    await provider(sql`contact_phone = '+447700900888'`);
    betony.clock.advance({ minutes: 5 });
    await send([id]);
    const said = texts();
    expect(said).toMatchObject([{ to: '+447700900888' }]);
    expect((await page('GET', of(tokensIn(said)[0]))).statusCode).toBe(200);
  });

  describe('asks for new links by its number', () => {
    const ask = (to: string) => page('POST', '/reply', `to=${encodeURIComponent(to)}`);

    it('as people write it, in the night too, and three times an hour at most', async () => {
      betony.clock.set('2026-11-24T02:30:00Z');
      const offer = await offered();
      const written = [number, number.replace('+44', '0'), ` 0${number.slice(3, 7)} ${number.slice(7)} `];
      for (const [index, to] of [...written, number].entries()) {
        betony.clock.advance({ minutes: 1 });
        expect((await ask(to)).headers['location']).toBe('/reply/sent');
        const said = await fresh();
        // The first is followed by what is kept of whoever reads it.
        expect(said).toHaveLength(index === 0 ? 2 : index < 3 ? 1 : 0);
        if (index > 0) continue;
        expect(said[0]).toMatchObject({ to: number });
        const [token = '', listing = ''] = tokensIn(said);
        expect(await betony.get(ReplyLinks).open(token)).toMatchObject({ actor: { about: { id: offer } } });
        expect((await page('GET', of(listing))).body).toContain('Is this still right?');
      }
    });

    it('and those of a first text open, though the second was tried again', async () => {
      for (let times = 0; times < 4; times += 1) await offered();
      await work();
      const sender = betony.get(MessageSender);
      const real = sender.send.bind(sender);
      const refused: string[] = [];
      sender.send = (message) => {
        if (refused.length > 0 || message.channel !== 'text' || !message.reference.endsWith('.2')) {
          return real(message);
        }
        refused.push(message.text);
        return Promise.resolve({ outcome: 'failed', code: '500', carrierId: null });
      };
      try {
        await ask(number);
        await expect(settle(betony)).rejects.toThrow('Nothing was sent');
        const first = tokensIn(texts());
        expect(first).not.toHaveLength(0);
        betony.clock.advance({ minutes: 2 });
        await settle(betony);
        for (const token of first) expect((await page('GET', of(token))).statusCode).toBe(200);
        expect(tokensIn(texts())).toEqual(expect.arrayContaining(tokensIn([{ text: refused[0]! }])));
      } finally {
        sender.send = real;
      }
    });

    it('which says nothing about a number nobody has', async () => {
      const [known, unknown] = [await ask(number), await ask('07700 900999')];
      expect(unknown.headers['location']).toBe(known.headers['location']);
      expect([unknown.statusCode, unknown.body]).toEqual([known.statusCode, known.body]);
      expect(await fresh()).toHaveLength(1);
    });

    it.each([
      ['nothing', ''],
      ['half a number', '07700'],
      ['a landline', '01632 960001'],
      ['an emergency', '999'],
      ['neither', 'mo at example'],
      ['a number abroad', '+1 202 555 0100'],
      ['a thousand digits', '7'.repeat(1000)],
      ['a statement', "' or 1=1"],
    ])('and is told how to write one: %s', async (_what, to) => {
      const answer = await ask(to);
      expect(answer.statusCode).toBe(422);
      expect(answer.body).toContain('or a mobile number, like 07700 900 982');
      expect(answer.body).toContain('href="#to"');
    });

    it('and from an old link', async () => {
      await offered();
      const [token] = tokensIn(await work());
      betony.clock.advance({ days: 60 });
      expect((await page('POST', `${of(token)}/new-link`)).statusCode).toBe(303);
      expect(await fresh()).toMatchObject([{ to: number }]);
    });
  });

  it('answers for its own scheme alone, though both have the same number', async () => {
    const [ours, ourGroup] = [await offered(), group];
    const [token] = tokensIn(await work());
    const mine = scheme;
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    sam = await aMember(scheme, 'link_worker');
    group = await aGroup(scheme, { places: 3, provider: { ...BY_TEXT, contactPhone: number } });
    const theirs = await offered();
    const [other] = tokensIn(await work());
    expect((await page('POST', `${of(token)}/yes`)).statusCode).toBe(303);
    expect(await state(theirs)).toBe('offered');
    scheme = mine;
    expect(await state(ours)).toBe('accepted');
    // Neither scheme's point of contact takes a link of the other.
    const about = { kind: 'onward_referral', id: theirs } as const;
    const { organisationId } = ourGroup;
    await expect(
      inScheme(mine, async (tx) => {
        const contactPointId = await contactPointOf(tx, organisationId, { channel: 'text', to: number });
        return betony
          .get(ReplyLinks)
          .make(tx, { purpose: 'answer', about }, { organisationId, contactPointId, messageId: null });
      }),
    ).rejects.toThrow(/foreign key/);
    expect((await page('POST', `${of(other)}/no`, 'no=wrong_area')).statusCode).toBe(303);
    expect(await state(ours)).toBe('accepted');
    expect((await page('GET', of(`${'A'.repeat(42)}B`))).statusCode).toBe(410);
  });

  it('no longer helps here: the number is forgotten, nothing more is sent, and the scheme is told', async () => {
    await offered();
    const [token] = tokensIn(await work());
    expect((await page('POST', `${of(token)}/leave`)).headers['location']).toBe('/reply/left');
    expect((await page('GET', of(token))).statusCode).toBe(410);
    const [left] = await rows(sql`
      select p.contact_phone, p.contact_name, c.phone_hash, c.left_at is not null as left from provider p
      join contact_point c on c.scheme_id = p.scheme_id and c.organisation_id = p.organisation_id
      where p.organisation_id = ${group.organisationId}`);
    expect(left).toEqual({ contact_phone: null, contact_name: null, phone_hash: null, left: true });
    expect(await desk.tasks(group.organisationId)).toEqual(['contact_left managers open']);
    await page('POST', '/reply', `to=${encodeURIComponent(number)}`);
    expect(await fresh()).toEqual([]);
    const next = await offered();
    expect(await work()).toEqual([]);
    expect(await desk.tasks(next)).toEqual(['offer_made membership open']);
    // Named again, the old link stays ended, and a new one is made.
    await provider(sql`contact_phone = ${number}`);
    expect((await page('GET', of(token))).statusCode).toBe(410);
    await offered();
    const [again] = tokensIn(await work());
    expect((await page('GET', of(again))).statusCode).toBe(200);
  });

  it('is sent the register of a session by text, and opens no session of another', async () => {
    const call = (path: string, payload: object) =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/${path}`,
        headers: group.member.headers,
        payload,
      });
    await anOffer(scheme, await aPerson(), group).accepted();
    const opened = await call(`listings/${group.listingId}/registers`, { sessionOn: '2026-11-23' });
    betony.clock.set('2026-11-23T21:30:00Z');
    expect((await call(`registers/${opened.json().id}/send-link`, {})).statusCode).toBe(200);
    expect(await fresh()).toEqual([]);
    betony.clock.set('2026-11-24T08:00:00Z');
    const said = await fresh();
    expect(said).toMatchObject([{ to: number, text: expect.stringContaining('who came to your group') }]);
    const [token] = tokensIn(said);
    expect((await page('GET', of(token))).body).toContain('Grace');
    expect((await page('POST', `${of(token)}/yes`)).statusCode).toBe(404);

    const theirs = await aGroup(scheme, { provider: { ...BY_TEXT, contactPhone: '+447700900999' } });
    const foreign = await anOffer(scheme, await aPerson(), theirs).accepted();
    const day = 'day=23&month=11&year=2026';
    expect((await page('POST', `${of(token)}/session`, day)).statusCode).toBe(404);
    await page('POST', `${of(token)}/save`, `w-${foreign}=attended`);
    expect(await rows(sql`select 1 from attendance where onward_referral_id = ${foreign}`)).toEqual([]);
    // A link of this group about a service of another, as no message makes it.
    const about = (id: string) =>
      inScheme(scheme, async (tx) => {
        const { organisationId } = group;
        const contactPointId = await contactPointOf(tx, organisationId, { channel: 'text', to: number });
        const to = { organisationId, contactPointId, messageId: null };
        const links = betony.get(ReplyLinks);
        return of(
          links.token(await links.make(tx, { purpose: 'again', about: { kind: 'listing', id } }, to)),
        );
      });
    const session = async (listingId: string) =>
      (await page('POST', `${await about(listingId)}/session`, day)).statusCode;
    expect([await session(group.listingId), await session(theirs.listingId)]).toEqual([303, 404]);
    expect(await rows(sql`select 1 from register where listing_id = ${theirs.listingId}`)).toEqual([]);
  });

  it('reads what is held on it by its own link, unless others read the number', async () => {
    await offered();
    const [token] = tokensIn(await work());
    const data = (await page('GET', `${of(token)}/my-data?file=json`)).json();
    expect(data).toMatchObject({
      contactFor: [{ name: 'Mo', phone: number }],
      addresses: [{ leftAt: null }],
      links: [{ purpose: 'answer' }],
    });
    await provider(sql`contact_shared = true`);
    expect((await page('GET', `${of(token)}/my-data`)).statusCode).toBe(409);
  });

  it('is known by a new number from the moment it is written down', async () => {
    const { actor } = await aMember(scheme, 'scheme_manager');
    await betony
      .get(ProvidersService)
      .amend(actor, group.organisationId, 1, { contactPhone: '+447700900777' });
    await page('POST', '/reply', 'to=07700900777');
    expect(await fresh()).toMatchObject([{ to: '+447700900777' }]);
    await page('POST', '/reply', `to=${encodeURIComponent(number)}`);
    expect(await fresh()).toEqual([]);
    const points = await rows(sql`
      select phone_hash is null as forgotten, left_at is not null as left from contact_point
      where organisation_id = ${group.organisationId} order by created_at, id`);
    expect(points).toEqual([
      { forgotten: true, left: true },
      { forgotten: false, left: false },
    ]);
  });

  it('hears from a manager too what is held on it, by its number', async () => {
    const manager = await aMember(scheme, 'scheme_manager');
    const ask = async (payload: object) =>
      (
        await betony.inject({
          method: 'POST',
          url: '/api/v1/volunteers/data',
          headers: manager.headers,
          payload,
        })
      ).json();
    await offered();
    await work();
    const held = { contactFor: [{ name: 'Mo' }], links: [{ purpose: 'answer' }] };
    expect(await ask({ phone: number.replace('+44', '0') })).toMatchObject(held);
    expect(await ask({ phone: number, email: 'nobody@example.org' })).toMatchObject(held);
    expect(await ask({ phone: '07700 900998' })).toMatchObject({ contactFor: [], links: [] });
    expect(await ask({})).toMatchObject({ status: 422, errors: [{ field: 'email' }] });
    expect(await ask({ phone: '12' })).toMatchObject({ status: 422, errors: [{ field: 'phone' }] });
  });
});
