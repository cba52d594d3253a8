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
import { sendToGroup } from '../providers/group-letter.js';
import { onwardReference } from './onward-reference.js';
import { REGISTER_LINK_ASKED, REPLY_CODE_ASKED, REPLY_LINKS_ASKED } from './onward.events.js';
import { LIVE_STATES } from './onward.types.js';
import { codeLetter, linksLetter, registerLetter } from './reply-letter.rules.js';
import { addressNow, type AddressFacts, codeOf, HOUR_MS, MAILS_AN_HOUR } from './reply-link.rules.js';
import { addressFacts, ReplyLinks } from './reply-links.service.js';

/** A group with more than this open at once signs in instead. */
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
      select l.contact_point_id as "contactPointId" from reply_code c join reply_link l on l.id = c.link_id
      where c.scheme_id = ${tx.schemeId} and c.id = ${codeId} and c.expires_at > ${tx.now}`);
    const facts = code && (await tx.maybe<AddressRow>(addressFacts(tx.schemeId, code.contactPointId)));
    const now = facts && addressNow(facts);
    if (!now) return;
    const letter = codeLetter(codeOf(this.config.tokenKey, codeId));
    await sendToGroup(this.sender, this.config, now.address, letter, codeId);
  }
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
    await sendToGroup(this.sender, this.config, now.address, letter, linkId);
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

  async handle(tx: Tx, { contactPointId }: EventPayload, { id: messageId }: HandledEvent): Promise<void> {
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
    if (!now || (await this.tooMany(tx, contactPointId))) return;
    const { organisationId } = facts;
    const make = async (kind: LinkActor['about']['kind'], ids: readonly string[]): Promise<string[]> => {
      const made: string[] = [];
      for (const id of ids) {
        const to = { organisationId, contactPointId, messageId };
        made.push(await this.links.make(tx, { purpose: 'again', about: { kind, id } }, to));
      }
      return made;
    };
    const open = await this.open(tx, organisationId);
    const answers = await make('onward_referral', open);
    const checks = await make('listing', await this.shown(tx, organisationId));
    if (answers.length + checks.length === 0) return;
    const letter = linksLetter(
      open.map((id, index) => ({
        reference: onwardReference(id),
        link: this.links.address(answers[index] ?? ''),
      })),
      checks.map((id) => this.links.address(id)),
      this.config.publicUrl,
    );
    await sendToGroup(this.sender, this.config, now.address, letter, messageId);
  }

  /** Anybody may ask in somebody's name; their mailbox or telephone should not fill up. */
  private async tooMany(tx: Tx, contactPointId: string): Promise<boolean> {
    const { mails } = await tx.one<{ mails: number }>(sql`
      select count(distinct message_id)::int as mails from reply_link
      where scheme_id = ${tx.schemeId} and contact_point_id = ${contactPointId} and purpose = 'again'
        and created_at > ${new Date(tx.now.getTime() - HOUR_MS)}`);
    return mails >= MAILS_AN_HOUR;
  }

  /** What a group may still say something about: live, or ended so lately that it still sees whom it must not contact. */
  private async open(tx: Tx, organisationId: string): Promise<string[]> {
    const { afterEndingCalendarDays: days } = await schemeSettings(tx);
    const since = new Date(tx.now.getTime() - days * 24 * HOUR_MS);
    const rows = await tx.rows<{ id: string }>(sql`
      select o.id from onward_referral o
      where o.scheme_id = ${tx.schemeId} and o.organisation_id = ${organisationId}
        and (o.state = any(${LIVE_STATES}::text[]) or o.ended_at > ${since})
      order by o.state = 'offered' desc, o.id desc limit ${MOST_LINKS}`);
    return rows.map(({ id }) => id);
  }

  private async shown(tx: Tx, organisationId: string): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(sql`
      select l.id from listing l
      where l.scheme_id = ${tx.schemeId} and l.organisation_id = ${organisationId}
        and l.state in ('published', 'paused')
      order by l.id limit ${MOST_LINKS}`);
    return rows.map(({ id }) => id);
  }
}
