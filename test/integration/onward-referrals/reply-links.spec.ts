import sql from 'sql-template-tag';
import { OnwardChasing } from '../../../src/onward-referrals/onward-chasing.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { onwardReference } from '../../../src/onward-referrals/onward-reference.js';
import { ReplyCodes } from '../../../src/onward-referrals/reply-codes.service.js';
import { codeOf } from '../../../src/onward-referrals/reply-link.rules.js';
import type { OpenLink } from '../../../src/onward-referrals/reply-link.types.js';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { groupsWritten } from '../../../src/providers/group-addresses.queries.js';
import type { AmendProvider } from '../../../src/providers/provider.dto.js';
import { ProvidersService } from '../../../src/providers/providers.service.js';
import { Organisations } from '../../../src/identity/organisations.service.js';
import { contactPointOf } from '../../../src/providers/contact-points.js';
import { PRIVACY_VERSION } from '../../../src/providers/privacy-notice.js';
import { newId } from '../../../src/platform/pure/ids.js';
import type { OutgoingMessage } from '../../../src/platform/messages/channel.types.js';
import { MessageSender } from '../../../src/platform/messages/message-sender.js';
import { EventRunner } from '../../../src/platform/outbox/event-runner.js';
import { Database } from '../../../src/platform/database/database.js';
import { aCase, aGroup, anOffer, inScheme, type TestGroup } from '../../factories/onward.js';
import { filedMail } from '../../support/mailbox.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { eventually, settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const MO = 'mo@example.org';
/** Sessions that wait for this one's locks. */
const WAITING = sql`
  select count(*)::int as waiting from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))`;

describe('links that answer without an account', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: TestGroup;
  let offer: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    group = await aGroup(scheme, { places: 3, provider: { contactEmail: MO, answersBy: 'email' } });
    offer = await anOffer(scheme, await aCase(scheme), group);
  });

  const links = () => betony.get(ReplyLinks);
  const aLink = async (purpose: OpenLink['purpose'] = 'answer', email = MO): Promise<string> =>
    inScheme(scheme, async (tx) => {
      const contactPointId = await contactPointOf(tx, group.organisationId, { channel: 'email', to: email });
      const to = { organisationId: group.organisationId, contactPointId, messageId: null };
      return links().token(
        await links().make(tx, { purpose, about: { kind: 'onward_referral', id: offer } }, to),
      );
    });
  const opened = async (token: string): Promise<OpenLink> => {
    const link = await links().open(token);
    if (!link) throw new Error('The link does not open.');
    return link;
  };
  const mails = async () => {
    await settle(betony);
    return filedMail(betony.config.dataDir);
  };
  const rows = <Row extends object>(statement: ReturnType<typeof sql>) =>
    inScheme(scheme, (tx) => tx.rows<Row & Record<string, unknown>>(statement));

  const amend = async (changes: AmendProvider) => {
    const [row] = await rows<{ version: number }>(sql`
      select version from provider where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`);
    const { actor } = await aMember(scheme, 'scheme_manager');
    await betony.get(ProvidersService).amend(actor, group.organisationId, row!.version, changes);
  };
  const contact = async () => {
    const [row] = await rows<object>(sql`
      select contact_email, contact_name, contact_phone from provider
      where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`);
    return row;
  };

  it('are kept as hashes only', async () => {
    const token = await aLink();
    const kept = await betony.get(Database).unscoped<{ all: string }>(sql`
      select (select jsonb_agg(l)::text from reply_link l) || (select jsonb_agg(c)::text from contact_point c) as all`);
    expect(kept[0]!.all).not.toContain(token);
    expect(kept[0]!.all).not.toContain(MO);
  });

  it.each([
    ['neither address nor number', sql`null, null, null`, 'contact_point_one_way'],
    ['both', sql`'e', 'p', null`, 'contact_point_one_way'],
    ['both, of somebody who left', sql`'e', 'p', now()`, 'contact_point_one_way'],
    ['a number twice', sql`null, 'p', null`, 'contact_point_number'],
  ])('are bound to one way: the database refuses %s', async (_what, values, rule) => {
    const insert = (what: typeof values) =>
      inScheme(scheme, (tx) =>
        tx.run(sql`
          insert into contact_point (scheme_id, id, organisation_id, created_at, email_hash, phone_hash, left_at)
          values (${scheme.id}, gen_random_uuid(), ${group.organisationId}, now(), ${what})`),
      );
    await insert(sql`null, 'p', null`);
    await insert(sql`null, null, now()`);
    await expect(insert(values)).rejects.toMatchObject({ constraint: rule });
  });

  it('open for one onward referral, one address and a time', async () => {
    const token = await aLink();
    expect(await opened(token)).toMatchObject({
      purpose: 'answer',
      address: { channel: 'email', to: MO },
      shared: false,
      actor: {
        kind: 'link',
        organisationId: group.organisationId,
        about: { kind: 'onward_referral', id: offer },
      },
    });
    betony.clock.advance({ days: 44 });
    expect(await links().open(token)).toBeNull();
    expect(await links().open('A'.repeat(43))).toBeNull();
    expect(await links().open("' or true --")).toBeNull();
  });

  it('end with the address: another one is not answered from', async () => {
    const token = await aLink();
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update provider set contact_email = 'new@example.org'
        where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`),
    );
    expect(await links().open(token)).toBeNull();
  });

  it('of a message tried again are the same, and others that open where the group is by then', async () => {
    const id = newId();
    const sent = async (to: string): Promise<string> => {
      const message = {
        id,
        organisationId: group.organisationId,
        address: { channel: 'email', to },
      } as const;
      const about = { kind: 'onward_referral', id: offer } as const;
      const made = await inScheme(scheme, (tx) =>
        links().forMessage(tx, message, [{ purpose: 'answer', about }]),
      );
      return made.get(offer)!.split('/').at(-1)!;
    };
    const first = await sent(MO);
    expect(await sent(MO)).toBe(first);
    await amend({ contactEmail: 'new@example.org' });
    const second = await sent('new@example.org');
    expect(await opened(second)).toMatchObject({ address: { to: 'new@example.org' } });
    expect([await sent('new@example.org'), await links().open(first)]).toEqual([second, null]);
  });

  it('fifty answers at once are one, by the address in the audit record', async () => {
    const link = await opened(await aLink());
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, () => betony.get(OnwardAnswers).accept(link.actor, offer, {})),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [history] = await rows<{ accepts: number; by: string }>(sql`
      select count(*)::int as accepts, max(actor_name) as by from onward_referral_history
      where scheme_id = ${scheme.id} and onward_referral_id = ${offer} and action = 'accept'`);
    expect(history).toEqual({ accepts: 1, by: 'the group, by link' });
    const [entry] = await rows<object>(sql`
      select actor_kind, actor_id from audit_entry
      where scheme_id = ${scheme.id} and subject_id = ${offer} and action = 'onward.accept'`);
    expect(entry).toEqual({ actor_kind: 'link', actor_id: link.actor.contactPointId });
    const [places] = await rows<object>(sql`
      select o.answered_through as through, l.places_taken as taken from onward_referral o
      join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
      where o.scheme_id = ${scheme.id} and o.id = ${offer}`);
    expect(places).toEqual({ through: 'link', taken: 1 });
  });

  it('reach what they are about, and nothing else of the same group', async () => {
    const link = await opened(await aLink());
    const other = await anOffer(scheme, await aCase(scheme), group);
    await expect(betony.get(OnwardAnswers).accept(link.actor, other, {})).rejects.toMatchObject({
      status: 404,
    });
    await expect(betony.get(OnwardAnswers).rang(link.actor, offer, null)).rejects.toMatchObject({
      status: 403,
    });
  });

  it('“I no longer help here” ends them all at once, forgets the address and tells the scheme, once', async () => {
    const [first, second] = [await aLink(), await aLink('again')];
    const [link, other] = [await opened(first), await opened(second)];
    await Promise.all([links().leave(link), links().leave(link), links().leave(other)]);
    expect([await links().open(first), await links().open(second)]).toEqual([null, null]);
    expect(await contact()).toEqual({ contact_email: null, contact_name: null, contact_phone: null });
    expect(await reminderDesk(scheme).tasks(group.organisationId)).toEqual(['contact_left managers open']);
    // Named again, old links stay ended.
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update provider set contact_email = ${MO}
        where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`),
    );
    expect(await links().open(first)).toBeNull();
    expect(await links().open(await aLink())).not.toBeNull();
  });

  it('“I no longer help here” is heard again from somebody who was named again', async () => {
    for (let times = 0; times < 2; times += 1) {
      if (times > 0) await amend({ contactEmail: MO });
      const token = await aLink();
      await links().leave(await opened(token));
      expect(await links().open(token)).toBeNull();
      expect(await contact()).toEqual({ contact_email: null, contact_name: null, contact_phone: null });
    }
    // Nor is the organisation's own address written to that they left, though the group had named it.
    await inScheme(scheme, (tx) =>
      tx.run(
        sql`update organisation set email = ${MO} where scheme_id = ${scheme.id} and id = ${group.organisationId}`,
      ),
    );
    const written = await inScheme(scheme, (tx) => groupsWritten(tx, [group.organisationId]));
    expect(written.size).toBe(0);
  });

  it('“I no longer help here” leaves alone whoever is named in the same moment', async () => {
    const token = await aLink();
    const link = await opened(token);
    let leaving: Promise<void> | undefined;
    await inScheme(scheme, async (tx) => {
      await tx.run(sql`
        update provider set contact_email = 'bob@example.org', contact_name = 'Bob'
        where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`);
      leaving = links().leave(link);
      await eventually(async () => (await tx.one<{ waiting: number }>(WAITING)).waiting > 0);
    });
    await leaving;
    expect(await contact()).toMatchObject({ contact_email: 'bob@example.org', contact_name: 'Bob' });
    expect(await reminderDesk(scheme).tasks(group.organisationId)).toEqual([]);
    const ended = await rows<object>(sql`
      select c.left_at is not null as left, l.revoked_at is not null as ended from reply_link l
      join contact_point c on c.scheme_id = l.scheme_id and c.id = l.contact_point_id
      where l.scheme_id = ${scheme.id} and l.id = ${link.id}`);
    expect(ended).toEqual([{ left: true, ended: true }]);
  });

  it('“I am worried” is the managers’ and the owner’s to ring about, today', async () => {
    const link = await opened(await aLink());
    await links().worried(link.actor, link.actor.about);
    await links().worried(link.actor, link.actor.about);
    expect(
      (await reminderDesk(scheme).tasks(offer)).filter((line) => line.startsWith('group_worried')).sort(),
    ).toEqual(['group_worried managers open', 'group_worried membership open']);
  });

  describe('fresh ones', () => {
    const fresh = async (email = MO) =>
      (await mails()).filter(({ subject, to }) => subject === 'Your new links' && to?.[0]?.address === email);
    let people = 0;
    const somebody = () => `volunteer${String(++people)}@example.org`;

    it('go to the address on file, whoever asks, three times an hour at most', async () => {
      const token = await aLink();
      const before = (await fresh()).length;
      betony.clock.advance({ days: 60 });
      for (let times = 0; times < 5; times += 1) {
        await links().askAgain(token);
        betony.clock.advance({ minutes: 1 });
        await settle(betony);
      }
      const sent = await fresh();
      expect(sent.length - before).toBe(3);
      const again = /reply\/([A-Za-z0-9_-]{43})/.exec(sent.at(-1)!.text!)?.[1] ?? '';
      expect(await opened(again)).toMatchObject({ purpose: 'again', address: { channel: 'email', to: MO } });
      expect(sent.at(-1)!.text).toMatch(/^[A-Z0-9-]+ \(asked on 23 November\): https:/m);
    });

    /** A link of another group than the one of every test, about one of its offers. */
    const linkTo = (organisationId: string, email: string, id: string, purpose: OpenLink['purpose']) =>
      inScheme(scheme, async (tx) => {
        const contactPointId = await contactPointOf(tx, organisationId, { channel: 'email', to: email });
        const to = { organisationId, contactPointId, messageId: null };
        const about = { kind: 'onward_referral', id } as const;
        return links().token(await links().make(tx, { purpose, about }, to));
      });

    it('say what is kept of people in the first letter to an address, whichever it is, and once', async () => {
      const [email, other] = [somebody(), somebody()];
      const to = await aGroup(scheme, { provider: { contactEmail: email } });
      const fromCode = await aGroup(scheme, { provider: { contactEmail: other } });
      const id = await anOffer(scheme, await aCase(scheme), fromCode);
      await links().askFor({ channel: 'email', to: email });
      await links().askFor({ channel: 'email', to: email });
      const link = await linkTo(fromCode.organisationId, other, id, 'answer');
      await betony.get(ReplyCodes).send(await opened(link));
      const sent = await mails();
      const says = (address: string) =>
        sent
          .filter((mail) => mail.to?.[0]?.address === address)
          .map(({ text }) => /What we keep of you, and for how long: https?:\S+\/privacy/.test(text ?? ''));
      expect([says(email).sort(), says(other)]).toEqual([[false, true], [true]]);
      const told = await rows<{ version: string | null }>(sql`
        select notice_version as version from contact_point
        where scheme_id = ${scheme.id} and organisation_id in (${to.organisationId}, ${fromCode.organisationId})`);
      expect(told).toEqual([{ version: PRIVACY_VERSION }, { version: PRIVACY_VERSION }]);
    });

    it('are each link’s own three an hour, and ten in all, so that one asked from over and over locks nobody out', async () => {
      const email = somebody();
      const to = await aGroup(scheme, { provider: { contactEmail: email, answersBy: 'email' } });
      const id = await anOffer(scheme, await aCase(scheme), to);
      const link = (purpose: OpenLink['purpose']) => linkTo(to.organisationId, email, id, purpose);
      const sentAfter = async (times: number, ask: () => Promise<void>): Promise<number> => {
        for (let one = 0; one < times; one += 1) await ask();
        return (await fresh(email)).length;
      };
      const [busy, other] = [await link('answer'), await link('in_touch')];
      expect(await sentAfter(5, () => links().askAgain(busy))).toBe(3);
      expect(await sentAfter(1, () => links().askAgain(other))).toBe(4);
      // Whoever types the address has a share of their own, too.
      expect(await sentAfter(5, () => links().askFor({ channel: 'email', to: email }))).toBe(7);
      const [third, fourth] = [await link('ended'), await link('how_did_it_go')];
      expect(await sentAfter(3, () => links().askAgain(third))).toBe(10);
      expect(await sentAfter(3, () => links().askAgain(fourth))).toBe(10);
      betony.clock.advance({ minutes: 61 });
      expect(await sentAfter(1, () => links().askAgain(busy))).toBe(11);
    });

    it('go again when a worker sends them, by day and to where the group is written to now, once a day', async () => {
      const [email, now] = [somebody(), somebody()];
      const to = await aGroup(scheme, { provider: { contactEmail: email, answersBy: 'email' } });
      const id = await anOffer(scheme, await aCase(scheme), to);
      const old = await linkTo(to.organisationId, email, id, 'answer');
      const lead = (await aMember(scheme, 'scheme_manager')).actor;
      const provider = (contactEmail: string | null, answersBy = 'email') =>
        inScheme(scheme, (tx) =>
          tx.run(sql`update provider set contact_email = ${contactEmail}, answers_by = ${answersBy}
            where scheme_id = ${scheme.id} and organisation_id = ${to.organisationId}`),
        );
      await provider(now);
      betony.clock.set('2026-11-23T21:30:00Z');
      await betony.get(OnwardChasing).resend(lead, id);
      expect(await fresh(now)).toEqual([]);
      betony.clock.set('2026-11-24T08:01:00Z');
      const [mail] = await fresh(now);
      expect([mail!.subject, mail!.text]).toEqual([
        'Your new links',
        expect.stringContaining('once more, new ones'),
      ]);
      expect(mail!.text).not.toContain('You asked');
      const link = /reply\/([A-Za-z0-9_-]{43})/.exec(mail!.text!)?.[1] ?? '';
      expect((await opened(link)).actor.about).toEqual({ kind: 'onward_referral', id });
      await expect(opened(old)).rejects.toThrow();
      await expect(betony.get(OnwardChasing).resend(lead, id)).rejects.toThrow('less than a day ago');
      await provider(now, 'phone');
      betony.clock.advance({ days: 2 });
      await expect(betony.get(OnwardChasing).resend(lead, id)).rejects.toThrow('Ring it');
      expect(await fresh(email)).toEqual([]);
    });

    it('go again on no day the group keeps free, with the offer that was meant first, and not once it is answered', async () => {
      const email = somebody();
      const to = await aGroup(scheme, { places: 60, provider: { contactEmail: email, answersBy: 'email' } });
      const meant = await anOffer(scheme, await aCase(scheme), to);
      for (let times = 0; times < 21; times += 1) await anOffer(scheme, await aCase(scheme), to);
      const lead = (await aMember(scheme, 'scheme_manager')).actor;
      // Tuesdays are kept free.
      await inScheme(scheme, (tx) =>
        tx.run(sql`update provider set quiet_days = '{2}'
          where scheme_id = ${scheme.id} and organisation_id = ${to.organisationId}`),
      );
      betony.clock.set('2026-11-24T10:00:00Z');
      await betony.get(OnwardChasing).resend(lead, meant);
      expect(await fresh(email)).toEqual([]);
      betony.clock.set('2026-11-25T08:01:00Z');
      const [mail] = await fresh(email);
      const token = /reply\/([A-Za-z0-9_-]{43})/.exec(mail!.text!)?.[1] ?? '';
      expect((await opened(token)).actor.about).toEqual({ kind: 'onward_referral', id: meant });

      betony.clock.set('2026-11-26T21:00:00Z');
      await betony.get(OnwardChasing).resend(lead, meant);
      await betony.get(OnwardAnswers).decline(to.member.actor, meant, { reason: 'other' });
      betony.clock.set('2026-11-27T09:00:00Z');
      expect(await fresh(email)).toHaveLength(1);
    });

    it('are not said to have gone again where the address has had its share of an hour', async () => {
      const email = somebody();
      const to = await aGroup(scheme, { provider: { contactEmail: email, answersBy: 'email' } });
      const id = await anOffer(scheme, await aCase(scheme), to);
      const lead = (await aMember(scheme, 'scheme_manager')).actor;
      for (const purpose of ['answer', 'in_touch', 'ended'] as const) {
        const old = await linkTo(to.organisationId, email, id, purpose);
        for (let times = 0; times < 3; times += 1) await links().askAgain(old);
        await fresh(email);
      }
      await links().askFor({ channel: 'email', to: email });
      expect(await fresh(email)).toHaveLength(10);
      await expect(betony.get(OnwardChasing).resend(lead, id)).rejects.toThrow(
        'several times in the last hour',
      );
      betony.clock.advance({ minutes: 61 });
      await betony.get(OnwardChasing).resend(lead, id);
      expect(await fresh(email)).toHaveLength(11);
    });

    it('begin with what the old link was about, and leave out what ended and was seen', async () => {
      const email = somebody();
      const to = await aGroup(scheme, { places: 9, provider: { contactEmail: email, answersBy: 'email' } });
      const offers: string[] = [];
      for (let times = 0; times < 5; times += 1) offers.push(await anOffer(scheme, await aCase(scheme), to));
      const [asked, ended, seen, declined, old] = offers as [string, string, string, string, string];
      const withdraw = { reason: 'found_something_else', side: 'client' } as const;
      const lead = (await aMember(scheme, 'scheme_manager')).actor;
      for (const id of [ended, seen]) await betony.get(OnwardParticipation).withdraw(lead, id, withdraw);
      await betony.get(OnwardParticipation).seen(to.member.actor, seen);
      await betony.get(OnwardAnswers).decline(to.member.actor, old, { reason: 'other' });
      betony.clock.advance({ hours: 30 });
      await betony.get(OnwardAnswers).decline(to.member.actor, declined, { reason: 'other' });
      const token = await linkTo(to.organisationId, email, ended, 'ended');
      await links().askAgain(token);
      const [mail] = await fresh(email);
      const references = [...mail!.text!.matchAll(/^(\S+) \(asked on/gm)].map(([, reference]) => reference);
      expect(references).toEqual([ended, asked, declined].map(onwardReference));
      expect(mail!.text).toContain('What your old link was about:');
      expect(mail!.text).not.toMatch(/sign in/);
    });

    it('are three letters an hour however many ask at once', async () => {
      const email = somebody();
      await aGroup(scheme, { provider: { contactEmail: email } });
      await settle(betony);
      for (let times = 0; times < 6; times += 1) await links().askFor({ channel: 'email', to: email });
      const asked = await rows<{ id: string }>(sql`
        select id from outbox where scheme_id = ${scheme.id} and finished_at is null`);
      expect(asked).toHaveLength(6);
      const runner = betony.get(EventRunner);
      await Promise.all(asked.map(({ id }) => runner.run(scheme.id, id, 'send-reply-links')));
      expect(await fresh(email)).toHaveLength(3);
    });

    it('are the same letter, with the same links, where it is not sure that it went', async () => {
      const email = somebody();
      await aGroup(scheme, { provider: { contactEmail: email } });
      await settle(betony);
      await links().askFor({ channel: 'email', to: email });
      const sender = betony.get(MessageSender);
      const real = sender.send.bind(sender);
      const sent: OutgoingMessage[] = [];
      sender.send = (message) => {
        sent.push(message);
        return sent.length > 1
          ? real(message)
          : Promise.resolve({ outcome: 'unknown', code: 'timeout', carrierId: null });
      };
      try {
        await expect(settle(betony)).rejects.toThrow('Nothing was sent');
        betony.clock.advance({ minutes: 1 });
        await settle(betony);
      } finally {
        sender.send = real;
      }
      const [first, second] = sent;
      expect(sent).toHaveLength(2);
      expect(second).toEqual(first);
    });

    it('are asked for by address as well, which does not say whether anybody has it', async () => {
      const email = somebody();
      await aGroup(scheme, { provider: { contactEmail: email } });
      await links().askFor({ channel: 'email', to: 'nobody-at-all@example.org' });
      await links().askFor({ channel: 'email', to: ` ${email.toUpperCase()} ` });
      expect(await fresh(email)).toHaveLength(1);
    });

    it('come at once to an address that nothing was ever sent to, in the night, and answer', async () => {
      betony.clock.set('2026-11-24T02:30:00Z');
      const email = somebody();
      const to = await aGroup(scheme, { provider: { contactEmail: email, answersBy: 'email' } });
      const id = await anOffer(scheme, await aCase(scheme), to);
      await links().askFor({ channel: 'email', to: email });
      const [mail] = await fresh(email);
      const token =
        /^[A-Z0-9-]+ \(asked on .*\): \S+\/reply\/([A-Za-z0-9_-]{43})$/m.exec(mail!.text!)?.[1] ?? '';
      expect(await opened(token)).toMatchObject({ actor: { about: { kind: 'onward_referral', id } } });
    });

    it('say what people are told, and that nothing waits, where nothing does', async () => {
      const email = somebody();
      const to = await aGroup(scheme, { provider: { contactEmail: email } });
      await links().askFor({ channel: 'email', to: email });
      const [mail] = await fresh(email);
      expect(mail!.text).toContain('Nothing is waiting for an answer');
      const token = /\/reply\/([A-Za-z0-9_-]{43})$/m.exec(mail!.text!)?.[1] ?? '';
      expect(await opened(token)).toMatchObject({ actor: { about: { kind: 'listing', id: to.listingId } } });
    });

    it('go to every group that is written to at this address, and follow the address when it changes', async () => {
      const [old, email] = [somebody(), somebody()];
      const moving = await aGroup(scheme, { provider: { contactEmail: old } });
      await aGroup(scheme, { provider: { contactEmail: email } });
      const { actor } = await aMember(scheme, 'scheme_manager');
      await betony.get(ProvidersService).amend(actor, moving.organisationId, 1, { contactEmail: email });
      await links().askFor({ channel: 'email', to: old });
      await links().askFor({ channel: 'email', to: email });
      expect([(await fresh(old)).length, (await fresh(email)).length]).toEqual([0, 2]);
    });

    it('reach the organisation’s own address where nobody is named', async () => {
      const email = somebody();
      const to = await aGroup(scheme);
      const { actor } = await aMember(scheme, 'administrator');
      await betony.get(Organisations).amend(actor, to.organisationId, 1, { email });
      await links().askFor({ channel: 'email', to: email });
      expect(await fresh(email)).toHaveLength(1);
    });

    it('are not sent to somebody who left, or for a token that never was', async () => {
      const token = await aLink();
      await links().leave(await opened(token));
      const before = (await fresh()).length;
      await links().askAgain(token);
      await links().askAgain('B'.repeat(43));
      expect((await fresh()).length).toBe(before);
    });
  });

  describe('a code', () => {
    const codes = () => betony.get(ReplyCodes);
    const lastCode = async () => {
      const [row] = await rows<{ id: string }>(sql`
        select id from reply_code where scheme_id = ${scheme.id} order by created_at desc, id desc limit 1`);
      return codeOf(betony.config.tokenKey, row!.id);
    };
    const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

    it('goes to the address, opens for this browser and this link alone, and for half an hour', async () => {
      const link = await opened(await aLink());
      await codes().send(link);
      const code = await lastCode();
      const mail = (await mails()).filter(({ subject }) => subject === 'Your code').at(-1)!;
      expect(mail.text).toContain(code);
      const entered = await codes().enter(link, code);
      if (typeof entered === 'string') throw new Error(entered);
      expect(await codes().passed(link, entered.pass)).toBe(true);
      expect(await codes().passed(link, null)).toBe(false);
      expect(await codes().passed(link, 'C'.repeat(43))).toBe(false);
      expect(await codes().passed(await opened(await aLink()), entered.pass)).toBe(false);
      // Once is enough: it opens nothing a second time.
      expect(await codes().enter(link, code)).toBe('none');
      betony.clock.advance({ minutes: 30 });
      expect(await codes().passed(link, entered.pass)).toBe(false);
    });

    it('is gone after five guesses, however many come at once', async () => {
      const link = await opened(await aLink());
      await codes().send(link);
      const code = await lastCode();
      const guesses = await Promise.all(Array.from({ length: 20 }, () => codes().enter(link, wrong(code))));
      expect(guesses.filter((one) => one === 'wrong')).toHaveLength(4);
      expect(await codes().enter(link, code)).toBe('none');
    });

    it('lasts ten minutes, and only the newest counts', async () => {
      const link = await opened(await aLink());
      await codes().send(link);
      const first = await lastCode();
      betony.clock.advance({ minutes: 1 });
      await codes().send(link);
      const second = await lastCode();
      expect(await codes().enter(link, first)).toBe('wrong');
      betony.clock.advance({ minutes: 10 });
      expect(await codes().enter(link, second)).toBe('none');
    });

    it('is sent five times an hour at most, however many ask at once', async () => {
      const link = await opened(await aLink());
      const asked = await Promise.allSettled(Array.from({ length: 12 }, () => codes().send(link)));
      expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      betony.clock.advance({ minutes: 61 });
      await codes().send(link);
    });
  });
});
