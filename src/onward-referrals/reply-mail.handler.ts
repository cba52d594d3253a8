import sql from 'sql-template-tag';
import type { LinkActor } from '../platform/actor/actor.types.js';
import { outOfQuietHours } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { outbox } from '../platform/outbox/outbox.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { signsInFor } from '../providers/claims.queries.js';
import { noticeDueAt } from '../providers/contact-points.js';
import type { GroupLetter } from '../providers/group-address.rules.js';
import { sendToGroup } from '../providers/group-letter.js';
import { rhythmOf } from '../providers/rhythm.queries.js';
import { mayBeWrittenTo } from '../providers/rhythm.rules.js';
import { privacyAddress } from '../providers/privacy-notice.js';
import { askedAgain } from './onward-facts.queries.js';
import { onwardReference } from './onward-reference.js';
import { REGISTER_LINK_ASKED, REPLY_CODE_ASKED, REPLY_LINKS_ASKED } from './onward.events.js';
import { LIVE_STATES } from './onward.types.js';
import {
  type AnswerLink,
  type AnswerStands,
  type FreshLinks,
  codeLetter,
  linksLetter,
  registerLetter,
  withNotice,
} from './reply-letter.words.js';
import {
  addressNow,
  type AddressFacts,
  codeOf,
  HOUR_MS,
  MAILS_AN_HOUR,
  MAILS_AN_HOUR_TO_ONE,
} from './reply-link.rules.js';
import { addressFacts, ReplyLinks } from './reply-links.service.js';
import { linksSent, SCHEME_PHONE } from './reply.queries.js';

/** A letter that somebody can still read through. */
const MOST_LINKS = 20;

@Handles(REPLY_CODE_ASKED, 'send-reply-code', { unrepeatable: 'forget' })
export class SendReplyCode implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly sender: MessageSender,
  ) {}

  async handle(tx: Tx, { codeId }: EventPayload): Promise<void> {
    if (!codeId) throw new Error('The event lacks its id.');
    const code = await tx.maybe<{ contactPointId: string }>(sql`
      select coalesce(c.contact_point_id, l.contact_point_id) as "contactPointId"
      from reply_code c left join reply_link l on l.id = c.link_id
      where c.scheme_id = ${tx.schemeId} and c.id = ${codeId} and c.expires_at > ${tx.now}`);
    const facts = code && (await tx.maybe<AddressRow>(addressFacts(tx.schemeId, code.contactPointId)));
    const now = facts && addressNow(facts);
    if (!now) return;
    const letter = codeLetter(codeOf(this.config.tokenKey, codeId));
    const told = await firstTold(tx, this.config, code.contactPointId, codeId, letter);
    await sendToGroup(this.sender, this.config, now.address, told, codeId);
  }
}

/** The first letter to an address says what is kept of whoever reads it, whichever letter that is. */
async function firstTold(
  tx: Tx,
  { publicUrl }: Config,
  contactPointId: string,
  messageId: string,
  letter: GroupLetter,
): Promise<GroupLetter> {
  return (await noticeDueAt(tx, contactPointId, messageId))
    ? withNotice(letter, privacyAddress(publicUrl))
    : letter;
}

type AddressRow = AddressFacts & Record<string, unknown>;

/** The link of a register, as somebody asked for it, not whoever reads it: in the morning. Delivered again, the message is the same. */
@Handles(REGISTER_LINK_ASKED, 'send-register-link', { unrepeatable: 'ask' })
export class SendRegisterLink implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly sender: MessageSender,
    private readonly links: ReplyLinks,
  ) {}

  async handle(tx: Tx, { linkId }: EventPayload): Promise<void> {
    if (!linkId) throw new Error('The event lacks its id.');
    const morning = outOfQuietHours(tx.now);
    if (morning > tx.now) return outbox.hold(tx, morning, REGISTER_LINK_ASKED, { linkId });
    const link = await tx.maybe<{ contactPointId: string }>(sql`
      select contact_point_id as "contactPointId" from reply_link
      where scheme_id = ${tx.schemeId} and id = ${linkId} and revoked_at is null and expires_at > ${tx.now}`);
    const facts = link && (await tx.maybe<AddressRow>(addressFacts(tx.schemeId, link.contactPointId)));
    const now = facts && addressNow(facts);
    if (!now) return;
    const letter = registerLetter(this.links.address(linkId));
    const told = await firstTold(tx, this.config, link.contactPointId, linkId, letter);
    await sendToGroup(this.sender, this.config, now.address, told, linkId);
  }
}

/**
 * Fresh links for everything a group has open, to the address or number on file. The event is the message: tried again,
 * it is the same letter with the same links.
 */
@Handles(REPLY_LINKS_ASKED, 'send-reply-links', { unrepeatable: 'forget' })
export class SendReplyLinks implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly sender: MessageSender,
    private readonly links: ReplyLinks,
  ) {}

  async handle(
    tx: Tx,
    { contactPointId, linkId = null, onwardReferralId = null }: EventPayload,
    { id: messageId }: HandledEvent,
  ): Promise<void> {
    // A link or an address nobody has: the line was written so that nobody can tell.
    if (!contactPointId) return;
    // The point's row is the queue: of many at once each counts those before it.
    await tx.run(sql`
      select 1 from contact_point where scheme_id = ${tx.schemeId} and id = ${contactPointId} for no key update`);
    const facts = await tx.maybe<AddressRow & { organisationId: string }>(sql`
      select f.*, p.organisation_id as "organisationId"
      from (${addressFacts(tx.schemeId, contactPointId)}) as f
      join contact_point p on p.scheme_id = ${tx.schemeId} and p.id = ${contactPointId}`);
    const now = facts && addressNow(facts);
    if (!now) return;
    const { organisationId } = facts;
    const byWorker = onwardReferralId !== null;
    if (byWorker) {
      const free = mayBeWrittenTo(tx.now, await rhythmOf(tx, organisationId));
      if (free > tx.now)
        return outbox.hold(tx, free, REPLY_LINKS_ASKED, { contactPointId, onwardReferralId });
      if (await justSent(tx, contactPointId, onwardReferralId)) return;
    } else if (await tooMany(tx, contactPointId, linkId)) return;
    const make = async (kind: LinkActor['about']['kind'], id: string): Promise<string> => {
      const to = { organisationId, contactPointId, messageId };
      return this.links.address(await this.links.make(tx, { purpose: 'again', about: { kind, id } }, to));
    };
    const open = await this.open(tx, organisationId, linkId, onwardReferralId);
    // Answered since, while it waited for the group to be free.
    if (byWorker && !open.some(({ first, stands }) => first && stands !== 'ended')) return;
    const answers: AnswerLink[] = [];
    for (const { id, stands, offeredAt, first } of open.slice(0, MOST_LINKS)) {
      const link = await make('onward_referral', id);
      answers.push({ reference: onwardReference(id), link, stands, askedOn: dayOf(offeredAt), first });
    }
    const listings: FreshLinks['listings'][number][] = [];
    for (const { id, name } of await this.shown(tx, organisationId)) {
      listings.push({ name, link: await make('listing', id) });
    }
    if (answers.length + listings.length === 0) return;
    const { group, phone, signsIn } = await this.group(tx, organisationId);
    const letter = linksLetter({
      group,
      sent: byWorker,
      answers,
      listings,
      more: open.length > MOST_LINKS,
      signIn: signsIn ? this.config.publicUrl : null,
      phone,
    });
    const told = await firstTold(tx, this.config, contactPointId, messageId, letter);
    await sendToGroup(this.sender, this.config, now.address, told, messageId);
  }

  /**
   * What a group may still say something about, and one more than a letter holds: what is live, and of what ended lately
   * what it has not seen or may still take back. What the old link was about comes first, or what a worker asks about.
   */
  private async open(
    tx: Tx,
    organisationId: string,
    linkId: string | null,
    onwardReferralId: string | null,
  ): Promise<OpenRow[]> {
    const { afterEndingCalendarDays: days } = await schemeSettings(tx);
    const since = new Date(tx.now.getTime() - days * 24 * HOUR_MS);
    const first = sql`(o.id is not distinct from coalesce(${onwardReferralId}::uuid, (
      select l.onward_referral_id from reply_link l where l.scheme_id = o.scheme_id and l.id = ${linkId})))`;
    return tx.rows<OpenRow>(sql`
      select o.id, o.offered_at as "offeredAt", ${first} as first,
        case o.state when 'offered' then 'asked' when 'waitlisted' then 'waiting'
          when 'accepted' then 'yes' when 'started' then 'yes' else 'ended' end as stands
      from onward_referral o
      where o.scheme_id = ${tx.schemeId} and o.organisation_id = ${organisationId}
        and (o.state = any(${LIVE_STATES}::text[]) or (o.ended_at > ${since} and not ${askedAgain(sql`o`)} and (
          ${first} or o.undo_until > ${tx.now} or (o.state = 'expired' and o.late_yes_at is null)
          or (o.state in ('withdrawn', 'stopped') and o.end_side <> 'provider' and o.seen_at is null))))
      order by ${first} desc, o.state = 'offered' desc, o.ended_at is null desc, o.id desc limit ${MOST_LINKS + 1}`);
  }

  private async group(
    tx: Tx,
    organisationId: string,
  ): Promise<{ group: string; phone: string | null; signsIn: boolean }> {
    return tx.one(sql`
      select o.name as group, ${SCHEME_PHONE} as phone, ${signsInFor(sql`o.scheme_id`, sql`o.id`)} as "signsIn"
      from organisation o where o.scheme_id = ${tx.schemeId} and o.id = ${organisationId}`);
  }

  private shown(tx: Tx, organisationId: string): Promise<{ id: string; name: string }[]> {
    return tx.rows<{ id: string; name: string }>(sql`
      select l.id, l.name from listing l
      where l.scheme_id = ${tx.schemeId} and l.organisation_id = ${organisationId}
        and l.state in ('published', 'paused')
      order by l.id limit ${MOST_LINKS}`);
  }
}

/**
 * Anybody may ask in somebody's name; their mailbox or telephone should not fill up. Each link has its own share, so that
 * one that is asked from over and over keeps nobody else waiting.
 */
async function tooMany(tx: Tx, contactPointId: string, linkId: string | null): Promise<boolean> {
  const { mails, own } = await linksSent(tx, contactPointId, linkId);
  return own >= MAILS_AN_HOUR || mails >= MAILS_AN_HOUR_TO_ONE;
}

/** Whether a letter of this hour leads there already: those that waited for the group to be free come together. */
async function justSent(tx: Tx, contactPointId: string, onwardReferralId: string): Promise<boolean> {
  const sent = await tx.maybe(sql`
    select 1 from reply_link
    where scheme_id = ${tx.schemeId} and onward_referral_id = ${onwardReferralId} and purpose = 'again'
      and contact_point_id = ${contactPointId} and created_at > ${new Date(tx.now.getTime() - HOUR_MS)} limit 1`);
  return sent !== null;
}

interface OpenRow extends Record<string, unknown> {
  id: string;
  offeredAt: Date;
  stands: AnswerStands;
  /** It is what the link was about that somebody asked from. */
  first: boolean;
}

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', day: 'numeric', month: 'long' });
const dayOf = (at: Date): string => DAY.format(at);
