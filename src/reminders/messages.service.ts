import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { ClientsService } from '../clients/clients.service.js';
import { addressees } from '../identity/membership.queries.js';
import { systemActor, type SystemActor } from '../platform/actor/actor.types.js';
import { outOfQuietHours } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { type Receipt, SENDING_CHANNELS, type SendingChannel } from '../platform/messages/channel.types.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import type { LinkPurpose } from '../onward-referrals/reply-link.types.js';
import { OnwardClocks } from '../onward-referrals/onward-clocks.service.js';
import { rhythmOf } from '../providers/rhythm.queries.js';
import { mayBeWrittenTo } from '../providers/rhythm.rules.js';
import { noticeDue } from '../providers/contact-points.js';
import { privacyAddress } from '../providers/privacy-notice.js';
import { type NewLink, ReplyLinks } from '../onward-referrals/reply-links.service.js';
import { MeasureLinks } from '../outcomes/measure-links.service.js';
import { listCounts, newsOf, weekOf } from './digests.service.js';
import { CLAIM_MS, settle, type Settlement, whileOfUse } from './message.rules.js';
import type { Attempt, MessageKind, RecipientKind } from './message.types.js';
import { switchesFor } from './message-switches.queries.js';
import { ENGLISH, type Letter, render } from './message.words.js';
import { letterFor, type LetterItem, PrivateWords } from './letters.queries.js';
import { clientRoutes, groupRoutes, inboxMail } from './recipients.queries.js';
import { factsOf, subjectsOf } from './reminder-facts.queries.js';
import { ROUTINE, URGENT } from './reminder.kinds.js';
import { audienceOf, digestUntil, isSame, planned, type Planned } from './reminder.rules.js';
import { isSecure } from './secure-mail.queries.js';
import { OCCASION_OF, type Facts, type SubjectKind, wouldBeHeard } from './reminder.types.js';
import { openTaskOf } from './notices.js';
import { type LedgerTask, taskWords } from './task.types.js';

export const MESSAGES_ACTOR = 'messages';
const MOST_AT_ONCE = 1000;
/** Notify forgets what it sent after seven days. */
const ASK_FOR_MS = 7 * 86_400_000;
const ASK_AGAIN_MS = 5 * 60_000;
const ASK_AT_ONCE = 100;

/** What a link in a message is for, where that is not to answer an offer. */
const LINK_PURPOSE: Partial<Record<string, LinkPurpose>> = {
  in_touch: 'in_touch',
  how_did_it_go: 'how_did_it_go',
  do_not_contact: 'ended',
  safety_changed: 'safety',
};

/** What a client's record calls a channel, and why it is switched off when nobody is there. */
const OFF_BY_CHANNEL = {
  email: { channel: 'email', because: 'bounced' },
  text: { channel: 'text', because: 'wrong_number' },
  letter: { channel: 'write', because: 'bounced' },
} as const;

interface Ready {
  /** A group that is written to another way since gets it that way. */
  channel: SendingChannel;
  to: string;
  letter: Letter;
  language: string;
  /** The language it should have been in. */
  languageMissing: string | null;
}

interface Cancelled {
  cancel: string;
  items: readonly LetterItem[];
}

/** How many messages that may have gone out became a person's, and how many are sent again. */
export interface MayHaveGone {
  forPeople: number;
  again: number;
}

/** Why a message that may have gone out is looked at again. The database's own check knows the word. */
const RESTORED = 'restored';

/** What a process that claimed a message needs to send it. Lives in memory only. */
export interface Claim {
  schemeId: string;
  id: string;
  /** Which attempt this is: a process that wakes up late settles only its own. */
  attempt: number;
  /** How many attempts had been made when a person had it sent again. */
  attemptsBefore: number;
  recipient: RecipientKind;
  clientId: string | null;
  channel: SendingChannel;
  /** An address, a number, or the lines of an envelope. */
  to: string;
  messageId: string;
  letter: Letter;
}

/** With the offers whose clock is to follow: they are told, or will be, at another moment than it says. */
interface Claimed {
  claim: Claim | null;
  told: { at: Date; offers: string[] } | null;
}

const NOTHING: Claimed = { claim: null, told: null };

interface MessageRow {
  id: string;
  kind: MessageKind;
  channel: SendingChannel;
  recipient_kind: RecipientKind;
  client_id: string | null;
  organisation_id: string | null;
  membership_id: string | null;
  digest_on: string | null;
  message_id: string;
  attempts: number;
  attempts_before: number;
}

interface ItemRow {
  kind: string;
  step: number;
  occasion: Date;
  subject_kind: SubjectKind;
  subject_id: string;
}

const COLUMNS = sql`id, kind, channel, recipient_kind, client_id, organisation_id, membership_id, digest_on::text, message_id,
  attempts, attempts_before`;

/**
 * The ledger. A message is claimed in one transaction and settled in another, with the sending between them: a process
 * killed anywhere leaves a row that says what is known.
 */
@Injectable()
export class MessagesService {
  private readonly logger = new Logger('messages');

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clients: ClientsService,
    private readonly replyLinks: ReplyLinks,
    private readonly measureLinks: MeasureLinks,
    private readonly config: Config,
    private readonly sender: MessageSender,
    private readonly clocks: OnwardClocks,
  ) {}

  /**
   * Still due, still wanted, still safe? Then the message is this process's to send. Null when it is not: somebody else
   * has it, it is night or a quiet time of the group, or it has been cancelled just now. The clocks of offers follow it.
   */
  async claim(schemeId: string, id: string): Promise<Claim | null> {
    const { claim, told } = await this.claimWithin(schemeId, id);
    for (const offer of told?.offers ?? []) {
      try {
        await this.clocks.follow(schemeId, offer, told?.at ?? new Date(NaN));
      } catch (error) {
        // What was claimed is sent all the same; an offer that ends untold is looked at again.
        this.logger.error({ err: error, fault: 'the clock of an offer did not follow', messageId: id });
      }
    }
    return claim;
  }

  private claimWithin(schemeId: string, id: string): Promise<Claimed> {
    return this.unitOfWork.run(systemActor(schemeId, MESSAGES_ACTOR), async (tx) => {
      const message = await tx.maybe<MessageRow>(sql`
        select ${COLUMNS} from message
        where scheme_id = ${schemeId} and id = ${id} and state = 'ready' and next_attempt_at <= ${tx.now}
        for update skip locked`);
      if (!message) return NOTHING;
      const mayGoAt = await mayGo(tx, message, tx.now);
      if (mayGoAt > tx.now) {
        await tx.run(sql`
          update message set next_attempt_at = ${mayGoAt} where scheme_id = ${schemeId} and id = ${id}`);
        if (message.client_id !== null) await this.sayInTime(tx, message, mayGoAt);
        return { claim: null, told: { at: mayGoAt, offers: await offersTold(tx, id, mayGoAt) } };
      }
      const ready = await this.prepare(tx, message);
      if ('cancel' in ready) {
        await this.cancel(tx, message, ready.cancel, ready.items);
        return NOTHING;
      }
      await tx.run(sql`
        update message set state = 'sending', claimed_at = ${tx.now}, attempts = attempts + 1, because = null,
          channel = ${ready.channel}, language = ${ready.language}, language_missing = ${ready.languageMissing}
        where scheme_id = ${schemeId} and id = ${id}`);
      const claim: Claim = {
        schemeId,
        id,
        attempt: message.attempts + 1,
        attemptsBefore: message.attempts_before,
        recipient: message.recipient_kind,
        clientId: message.client_id,
        channel: ready.channel,
        to: ready.to,
        messageId: message.message_id,
        letter: ready.letter,
      };
      return { claim, told: { at: tx.now, offers: await offersTold(tx, id, tx.now, 'sooner') } };
    });
  }

  /** Writes down what became of an attempt. A later attempt's row is left alone; a yes counts however late. */
  async settle(
    claim: Claim,
    attempt: Attempt,
    code: string | null,
    carrierId: string | null = null,
  ): Promise<void> {
    await this.unitOfWork.run(systemActor(claim.schemeId, MESSAGES_ACTOR), async (tx) => {
      const next = settle(claim, attempt, code, claim.attempt - claim.attemptsBefore, tx.now);
      // The client before the message: the order of everything else that touches both.
      if (next.state === 'failed' && next.switchOff && claim.clientId !== null) {
        await this.bounced(tx, claim.clientId, claim.channel);
      }
      const believed = next.state === 'sent' ? ['sending', 'unconfirmed', 'ready'] : ['sending'];
      const message = await tx.maybe<MessageRow & { was: string }>(sql`
        select ${COLUMNS}, state as was from message
        where scheme_id = ${claim.schemeId} and id = ${claim.id} and attempts = ${claim.attempt}
          and state = any(${believed}::text[])
        for update`);
      if (message) await this.write(tx, message, next, carrierId);
    });
  }

  /**
   * Claims that nobody will settle any more: their process was killed or froze. What may have reached a client, or a
   * telephone, becomes a task for a person; everything else is sent again.
   */
  async sweepStale(actor: SystemActor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const before = new Date(tx.now.getTime() - CLAIM_MS);
      const stale = await tx.rows<MessageRow>(sql`
        select ${COLUMNS} from message
        where scheme_id = ${tx.schemeId} and state = 'sending' and claimed_at <= ${before}
        order by claimed_at, id limit ${MOST_AT_ONCE} for update skip locked`);
      for (const message of stale) {
        const next = settle(
          { recipient: message.recipient_kind, channel: message.channel },
          'unknown',
          'process_lost',
          message.attempts - message.attempts_before,
          tx.now,
        );
        await this.write(tx, message, next);
      }
    });
  }

  /**
   * After a restore: what was ready or on its way by `until` may have gone out in what was lost. It is settled as if its
   * process had been killed in the middle of sending it.
   */
  async afterRestore(actor: SystemActor, until: Date): Promise<MayHaveGone> {
    const sum = { forPeople: 0, again: 0 };
    for (;;) {
      const done = await this.unitOfWork.run(actor, async (tx) => {
        const rows = await tx.rows<{ id: string }>(sql`
          update message set state = 'ready', claimed_at = null
          where scheme_id = ${tx.schemeId} and id in (
            select id from message
            where scheme_id = ${tx.schemeId} and (state = 'sending' or (state = 'ready' and next_attempt_at <= ${until}))
            order by id limit ${MOST_AT_ONCE} for update)
          returning id`);
        return this.mayHaveGoneWithin(
          tx,
          rows.map(({ id }) => id),
        );
      });
      sum.forPeople += done.forPeople;
      sum.again += done.again;
      if (done.forPeople + done.again < MOST_AT_ONCE) return sum;
    }
  }

  /**
   * P6 after a restore: to a client or a telephone, a person's to say; to a mailbox again, with the Message-ID it had.
   * One made only now is not the one that may have gone, so that a message made of what was due in between is a
   * person's too.
   */
  async mayHaveGoneWithin(tx: Tx, ids: readonly string[]): Promise<MayHaveGone> {
    const rows = await tx.rows<MessageRow & { fresh: boolean }>(sql`
      update message set attempts = attempts + 1
      where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[])
      returning ${COLUMNS}, created_at = ${tx.now} as fresh`);
    let again = 0;
    for (const message of rows) {
      const { recipient_kind: recipient, channel } = message;
      const tries = message.attempts - message.attempts_before;
      const next = message.fresh
        ? { state: 'unconfirmed' as const, because: RESTORED }
        : settle({ recipient, channel }, 'unknown', RESTORED, tries, tx.now);
      await this.write(tx, message, next);
      if (next.state === 'ready') again += 1;
    }
    return { forPeople: rows.length - again, again };
  }

  /** Texts and letters whose carrier has not said yet what became of them, those asked about longest ago first. */
  toAskAbout(actor: SystemActor): Promise<{ id: string; attempt: number; carrierId: string | null }[]> {
    return this.unitOfWork.run(actor, (tx) =>
      tx.rows<{ id: string; attempt: number; carrierId: string | null }>(sql`
        update message set asked_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id in (
          select id from message
          where scheme_id = ${tx.schemeId} and channel <> 'email' and receipt is null
            and state in ('sent', 'unconfirmed')
            and coalesce(asked_at, settled_at) <= ${new Date(tx.now.getTime() - ASK_AGAIN_MS)}
            and created_at > ${new Date(tx.now.getTime() - ASK_FOR_MS)}
          order by asked_at nulls first, id limit ${ASK_AT_ONCE} for update skip locked)
        returning id, attempts as attempt, carrier_id as "carrierId"`),
    );
  }

  /** Writes down what the carrier says. What it has taken was sent after all; what nobody got is a person's to say. */
  async received(actor: SystemActor, id: string, receipt: Receipt): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const whose = await tx.maybe<{ clientId: string | null; channel: SendingChannel }>(sql`
        select client_id as "clientId", channel from message where scheme_id = ${tx.schemeId} and id = ${id}`);
      if (!whose || receipt === 'not_known') return;
      if (receipt === 'wrong_address' && whose.clientId !== null) {
        await this.bounced(tx, whose.clientId, whose.channel);
      }
      const message = await tx.maybe<MessageRow & { was: string }>(sql`
        select ${COLUMNS}, state as was from message
        where scheme_id = ${tx.schemeId} and id = ${id} and state in ('sent', 'unconfirmed') and receipt is null
        for update`);
      if (!message) return;
      if (receipt === 'wrong_address' || receipt === 'not_delivered') {
        await this.write(tx, message, { state: 'failed', because: receipt, switchOff: false });
      } else if (message.was === 'unconfirmed') await this.write(tx, message, { state: 'sent' });
      if (receipt === 'on_its_way') return;
      await tx.run(sql`
        update message set receipt = ${receipt}, receipt_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
    });
  }

  /**
   * A group's rhythm is another: each message that waits for it asks it again, when it comes up. What has been tried
   * waits no longer than between any two tries.
   */
  async askRhythmAgain(tx: Tx, organisationId: string): Promise<void> {
    await tx.run(sql`
      update message set next_attempt_at = least(next_attempt_at,
        case when attempts = 0 then ${tx.now}::timestamptz else ${tx.now}::timestamptz + interval '12 hours' end)
      where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and recipient_kind = 'provider'
        and state = 'ready'`);
  }

  /** What is ready and due, longest first. */
  ready(actor: SystemActor): Promise<string[]> {
    return this.unitOfWork.run(actor, async (tx) => {
      const rows = await tx.rows<{ id: string }>(sql`
        select id from message
        where scheme_id = ${tx.schemeId} and state = 'ready' and next_attempt_at <= ${tx.now}
        order by next_attempt_at, id limit ${MOST_AT_ONCE}`);
      return rows.map((row) => row.id);
    });
  }

  /** Nothing that waits is sent to this person any more. What was to be said becomes its owner's task where it matters. */
  async cancelForClient(
    tx: Tx,
    clientId: string,
    because: string,
    channels: readonly SendingChannel[] = SENDING_CHANNELS,
  ): Promise<void> {
    const waiting = await tx.rows<MessageRow>(sql`
      select ${COLUMNS} from message
      where scheme_id = ${tx.schemeId} and client_id = ${clientId} and state = 'ready'
        and channel = any(${channels}::text[])
      order by id for update`);
    for (const message of waiting) {
      await this.cancel(tx, message, because, await this.wanted(tx, message));
    }
  }

  private async prepare(tx: Tx, message: MessageRow): Promise<Ready | Cancelled> {
    if (message.digest_on !== null) return this.prepareDigest(tx, message, message.digest_on);
    if (message.kind === 'notice') return this.prepareNotice(tx, message);
    const wanted = await this.wanted(tx, message);
    if (wanted.length === 0) return { cancel: 'moved_on', items: wanted };
    const found = await this.address(tx, message);
    const channel = 'to' in found ? found.channel : message.channel;
    if (!this.sender.carries(channel)) return { cancel: 'not_carried', items: wanted };
    const maySend = await switchesFor(tx, message.client_id === null ? [] : [message.client_id]);
    const isOn = ({ wanted: { kind }, facts }: LetterItem) =>
      wouldBeHeard(facts) && maySend(kind, channel, message.client_id);
    const items = inOrder(channel, wanted.filter(isOn));
    if (items.length === 0) {
      const isHeard = wanted.some(({ facts }) => wouldBeHeard(facts));
      return { cancel: isHeard ? 'switched_off' : 'closed', items: wanted };
    }
    if ('because' in found) return { cancel: found.because, items: wanted };
    const { to, language: asked = ENGLISH } = found;
    const replies = await this.replies(tx, { ...message, channel }, to, items);
    try {
      const { letter, language, left } = await letterFor(
        tx,
        { ...message, channel },
        to,
        items,
        this.config.publicUrl,
        replies,
        await this.noticeFor(tx, { ...message, channel }, to),
      );
      for (const item of wanted.filter((one) => !isOn(one))) await askInstead(tx, item);
      // A group gets the rest in a text of its own, in its rhythm; to a person we do not write again and again.
      if (message.recipient_kind === 'provider') await waitOn(tx, message.id, left);
      else for (const item of left) await askInstead(tx, item);
      return { channel, to, letter, language, languageMissing: language === asked ? null : asked };
    } catch (error) {
      if (!(error instanceof PrivateWords)) throw error;
      this.logger.error({ fault: 'a message would have told too much', messageId: message.id });
      return { cancel: 'words', items: wanted };
    }
  }

  /** What is kept of whoever is written to for a group: in every e-mail, and in the first text, which has little room. */
  private async noticeFor(
    tx: Tx,
    { id, channel, organisation_id: organisationId, recipient_kind: recipient }: MessageRow,
    to: string,
  ): Promise<string | null> {
    if (recipient !== 'provider' || organisationId === null || channel === 'letter') return null;
    const first = await noticeDue(tx, { organisationId, address: { channel, to } }, id);
    return first || channel === 'email' ? privacyAddress(this.config.publicUrl) : null;
  }

  /** Groups answer by link, one for each thing asked. Made with the claim, so that a message sent again has the same. */
  private async replies(
    tx: Tx,
    { id, channel, organisation_id: organisationId, recipient_kind: recipient }: MessageRow,
    to: string,
    items: readonly LetterItem[],
  ): Promise<ReadonlyMap<string, string>> {
    if (recipient === 'client') return this.questions(tx, id, channel, items);
    if (recipient !== 'provider' || organisationId === null || channel === 'letter') return new Map();
    const links = items.flatMap(({ wanted, facts }): NewLink[] => {
      const { subject, id: about } = facts;
      if (subject === 'listing') {
        return [{ purpose: 'listing_check' as const, about: { kind: subject, id: about } }];
      }
      if (subject === 'register') return [{ purpose: subject, about: { kind: subject, id: about } }];
      if (subject !== 'onward_referral') return [];
      const purpose = LINK_PURPOSE[wanted.kind] ?? ('answer' as const);
      return [{ purpose, about: { kind: subject, id: about }, answerBy: facts.answerBy }];
    });
    return this.replyLinks.forMessage(tx, { id, organisationId, address: { channel, to } }, links);
  }

  /** How things have been since is answered by link where one can be tapped: nobody copies one from a letter. */
  private async questions(
    tx: Tx,
    messageId: string,
    channel: SendingChannel,
    items: readonly LetterItem[],
  ): Promise<ReadonlyMap<string, string>> {
    const links = new Map<string, string>();
    if (channel === 'letter') return links;
    for (const { wanted, facts } of items) {
      const occasion = OCCASION_OF[wanted.kind];
      if (occasion === undefined || facts.referralId === null || links.has(facts.id)) continue;
      const link = await this.measureLinks.forMessage(tx, messageId, facts.referralId, occasion);
      if (link !== null) links.set(facts.id, link);
    }
    return links;
  }

  private async prepareDigest(tx: Tx, message: MessageRow, day: string): Promise<Ready | Cancelled> {
    if (tx.now >= digestUntil(day)) return { cancel: 'too_late', items: [] };
    const counts =
      message.kind === 'weekly'
        ? await weekOf(tx, message.organisation_id ?? '', day)
        : await listCounts(tx, message);
    if (counts === null) return { cancel: 'moved_on', items: [] };
    const found = await this.address(tx, message);
    if ('because' in found) return { cancel: found.because, items: [] };
    const news = message.kind === 'weekly' ? await this.weekNews(tx, message, day, found.to) : {};
    const letter = render(message.kind, { ...counts, ...news, link: this.config.publicUrl });
    return { channel: 'email', to: found.to, letter, language: ENGLISH, languageMissing: null };
  }

  private async weekNews(
    tx: Tx,
    { organisation_id: organisationId }: MessageRow,
    day: string,
    to: string,
  ): Promise<{ news: string }> {
    if (organisationId === null) return { news: '' };
    return { news: await newsOf(tx, organisationId, day, await isSecure(tx, organisationId, to)) };
  }

  private async prepareNotice(tx: Tx, message: MessageRow): Promise<Ready | Cancelled> {
    const kind = await openTaskOf(tx, message.id);
    if (kind === null) return { cancel: 'moved_on', items: [] };
    const found = await this.address(tx, message);
    if ('because' in found) return { cancel: found.because, items: [] };
    const name = found.channel === 'text' ? 'notice.text' : 'notice';
    const letter = render(name, { words: taskWords(kind), link: this.config.publicUrl });
    return { channel: found.channel, to: found.to, letter, language: ENGLISH, languageMissing: null };
  }

  /** The reminders in this message that still say something true and useful. */
  private async wanted(tx: Tx, message: MessageRow): Promise<LetterItem[]> {
    const [items, settings] = await Promise.all([
      tx.rows<ItemRow>(sql`
        select kind, step, occasion, subject_kind, subject_id from reminder
        where scheme_id = ${tx.schemeId} and message_id = ${message.id} order by due_at, id`),
      schemeSettings(tx),
    ]);
    const rhythm = { settings, holidays: holidaysOf(settings) };
    const facts = new Map((await factsOf(tx, subjectsOf(items))).map((one) => [one.id, one]));
    return items.flatMap((item) => {
      const about = facts.get(item.subject_id);
      const wanted = about && planned(about, rhythm).find((candidate) => isSame(item, candidate));
      if (!wanted || (wanted.until !== null && wanted.until <= tx.now)) return [];
      return [{ wanted, facts: about }];
    });
  }

  private async address(
    tx: Tx,
    message: MessageRow,
  ): Promise<{ channel: SendingChannel; to: string; language?: string } | { because: string }> {
    const { client_id: clientId, organisation_id: organisationId, membership_id: membershipId } = message;
    if (clientId !== null) {
      const found = (await clientRoutes(tx, [clientId])).get(clientId);
      if (!found) return { because: 'no_address' };
      const route = found.channels[message.channel];
      const { channel } = message;
      return 'to' in route ? { channel, to: route.to, language: found.language } : route;
    }
    if (membershipId !== null) {
      const [member] = await addressees(tx, [membershipId]);
      if (!member) return { because: 'left' };
      const channel = message.channel === 'text' ? 'text' : 'email';
      const to = channel === 'text' ? member.phone : member.email;
      return to === null ? { because: 'no_address' } : { channel, to };
    }
    if (organisationId === null) return { because: 'no_address' };
    if (message.recipient_kind === 'provider') {
      return (await groupRoutes(tx, [organisationId])).get(organisationId) ?? { because: 'no_address' };
    }
    const to = (await inboxMail(tx, [organisationId])).get(organisationId);
    return to === undefined ? { because: 'no_address' } : { channel: 'email', to };
  }

  /** Not sent; somebody is asked to do it another way where it was about something a person can still do. */
  private async cancel(
    tx: Tx,
    message: MessageRow,
    because: string,
    items: readonly LetterItem[],
  ): Promise<void> {
    await tx.run(sql`
      update message set state = 'cancelled', because = ${because}, settled_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and id = ${message.id}`);
    for (const item of items) await askInstead(tx, item);
  }

  private async write(
    tx: Tx,
    message: MessageRow & { was?: string },
    settled: Settlement,
    carrierId: string | null = null,
  ): Promise<void> {
    const next = settled.state === 'ready' ? await this.inTime(tx, message, settled) : settled;
    await tx.run(sql`
      update message set state = ${next.state}, claimed_at = null, carrier_id = coalesce(${carrierId}, carrier_id),
        because = ${next.state === 'sent' ? null : next.because},
        next_attempt_at = ${next.state === 'ready' ? next.nextAttemptAt : sql`next_attempt_at`},
        sent_at = ${next.state === 'sent' ? tx.now : null},
        settled_at = ${next.state === 'ready' ? null : tx.now}
      where scheme_id = ${tx.schemeId} and id = ${message.id}`);
    if (next.state === 'ready') return;
    const items = await this.itemFacts(tx, message);
    if (next.state === 'sent' && message.was === 'unconfirmed') {
      await tx.run(sql`
        update task set ended_at = ${tx.now}, outcome = 'moved_on'
        where scheme_id = ${tx.schemeId} and subject_id = ${message.id} and ended_at is null`);
    }
    if (next.state === 'unconfirmed') await this.askPerson(tx, message, 'message_unconfirmed', items);
    if (next.state === 'failed') await this.askPerson(tx, message, 'message_failed', items);
    const concerned = items.flatMap(({ clientId }) => clientId ?? []);
    await audit(tx, {
      action: 'message.send',
      subject: { kind: 'message', id: message.id },
      clients: [...new Set(message.client_id === null ? concerned : [message.client_id])],
      details: { kind: message.kind, to: message.recipient_kind, state: next.state },
    });
  }

  /** Tried again only where that can still help. What would come too late is a person's to say. */
  private async inTime(
    tx: Tx,
    message: MessageRow,
    settled: Settlement & { state: 'ready' },
  ): Promise<Settlement> {
    const items = await this.wanted(tx, message);
    const next = whileOfUse(
      settled,
      items.map(({ wanted }) => wanted.until),
      await mayGo(tx, message, settled.nextAttemptAt),
    );
    if (next.state !== 'ready') return next;
    for (const item of items) {
      const { until } = item.wanted;
      if (until !== null && until <= next.nextAttemptAt) await askInstead(tx, item);
    }
    return next;
  }

  /** What will be over by the time the message may go is a person's to say. */
  private async sayInTime(tx: Tx, message: MessageRow, at: Date): Promise<void> {
    for (const item of await this.wanted(tx, message)) {
      const { until } = item.wanted;
      if (until !== null && until <= at) await askInstead(tx, item);
    }
  }

  private async itemFacts(tx: Tx, message: MessageRow): Promise<Facts[]> {
    const items = await tx.rows<{ subject_kind: SubjectKind; subject_id: string }>(sql`
      select distinct subject_kind, subject_id from reminder
      where scheme_id = ${tx.schemeId} and message_id = ${message.id} order by subject_id`);
    return factsOf(tx, subjectsOf(items));
  }

  /** The first thing it was about says whose it is; an address that does not work for a practice is the managers'. */
  private async askPerson(
    tx: Tx,
    message: MessageRow,
    kind: LedgerTask,
    items: readonly Facts[],
  ): Promise<void> {
    if (message.digest_on !== null) {
      this.logger.warn({ fault: 'a digest could not be delivered', messageId: message.id });
      return;
    }
    const [first] = items;
    const mine = first !== undefined && message.recipient_kind !== 'referrer';
    const { audience, id } = mine ? audienceOf('owner', first) : { audience: 'managers' as const, id: null };
    await tx.run(sql`
      insert into task (scheme_id, id, kind, audience, audience_id, subject_kind, subject_id, referral_id, client_id,
        due_at, created_at)
      values (${tx.schemeId}, ${newId()}, ${kind}, ${audience}, ${id}, 'message', ${message.id},
        ${first?.referralId ?? null}, ${message.client_id ?? first?.clientId ?? null}, ${tx.now}, ${tx.now})
      on conflict (scheme_id, subject_id, kind, audience) where ended_at is null do update
        set audience_id = excluded.audience_id`);
  }

  /** Section 4: a bounce switches the channel off in the same transaction. */
  private async bounced(tx: Tx, clientId: string, channel: SendingChannel): Promise<void> {
    const { id } = await tx.one<{ id: string }>(sql`
      select coalesce(merged_into, id) as id from client where scheme_id = ${tx.schemeId} and id = ${clientId}`);
    const off = OFF_BY_CHANNEL[channel];
    await this.clients.switchOffChannelWithin(tx, id, off.channel, off.because);
  }
}

/**
 * The first moment from `at` on when a message may go. What cannot wait for the morning is told in the night, and what a
 * group must know at once on its quiet days too.
 */
async function mayGo(
  tx: Tx,
  { id, kind, recipient_kind: recipient, organisation_id: organisationId }: MessageRow,
  at: Date,
): Promise<Date> {
  if (kind === 'notice') return at;
  if (recipient !== 'provider' || organisationId === null) return outOfQuietHours(at);
  const urgent = await tx.maybe(sql`
    select 1 from reminder
    where scheme_id = ${tx.schemeId} and message_id = ${id} and kind = any(${[...URGENT]}::text[]) limit 1`);
  return urgent ? outOfQuietHours(at) : mayBeWrittenTo(at, await rhythmOf(tx, organisationId));
}

/** The offers a message tells of whose clock runs from another moment than `at`; or only from a later one. */
async function offersTold(
  tx: Tx,
  messageId: string,
  at: Date,
  which: 'sooner' | 'any' = 'any',
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select o.id from reminder r
    join onward_referral o on o.scheme_id = r.scheme_id and o.id = r.subject_id and o.state = 'offered'
    where r.scheme_id = ${tx.schemeId} and r.message_id = ${messageId} and r.kind = 'offer_made'
      and (o.clock_started_at > ${at} or (${which === 'any'} and o.clock_started_at < ${at}))
    order by o.id`);
  return rows.map(({ id }) => id);
}

/** A text has little room: what cannot wait comes first. */
const inOrder = (channel: SendingChannel, items: readonly LetterItem[]): LetterItem[] => {
  const rank = ({ wanted: { kind } }: LetterItem): number =>
    URGENT.has(kind) ? 0 : ROUTINE.has(kind) ? 2 : 1;
  return channel === 'text' ? [...items].sort((a, b) => rank(a) - rank(b)) : [...items];
};

/** Puts back what a message has no room for: it falls due again at once, by the rules of the next message. */
async function waitOn(tx: Tx, messageId: string, items: readonly LetterItem[]): Promise<void> {
  for (const { wanted } of items) {
    await tx.run(sql`
      update reminder set state = 'waiting', outcome = null, done_at = null, message_id = null, due_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and message_id = ${messageId} and subject_id = ${wanted.subjectId}
        and kind = ${wanted.kind} and step = ${wanted.step} and occasion = ${wanted.occasion}`);
  }
}

/** What was to be said is somebody's to say another way, where it was about something a person can still do. */
async function askInstead(tx: Tx, { wanted, facts }: LetterItem): Promise<void> {
  const { effect } = wanted;
  if (effect.by === 'message' && effect.or !== null) await addTask(tx, { wanted, facts, whose: effect.or });
}

async function addTask(
  tx: Tx,
  { wanted, facts, whose }: { wanted: Planned; facts: Facts; whose: Parameters<typeof audienceOf>[0] },
): Promise<void> {
  const { audience, id } = audienceOf(whose, facts);
  await tx.run(sql`
    insert into task (scheme_id, id, kind, audience, audience_id, subject_kind, subject_id, referral_id, client_id, step,
      occasion, due_at, created_at)
    values (${tx.schemeId}, ${newId()}, ${wanted.kind}, ${audience}, ${id}, ${wanted.subject}, ${wanted.subjectId},
      ${wanted.referralId}, ${wanted.clientId}, ${wanted.step}, ${wanted.occasion}, ${wanted.dueAt}, ${tx.now})
    on conflict (scheme_id, subject_id, kind, audience) where ended_at is null do update
      set audience_id = excluded.audience_id`);
}
