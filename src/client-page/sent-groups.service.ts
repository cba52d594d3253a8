import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { lockRow } from '../clients/client-rows.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { PublishedServices } from '../providers/published-services.queries.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { PageTasks } from '../reminders/page-tasks.js';
import { GOES } from '../referrals/written-message.fate.js';
import type { NoWay } from '../reminders/written-message.types.js';
import { WrittenMessages } from '../reminders/written-messages.service.js';
import type { Visit } from './page.types.js';
import type { AnswerGroupInput, NoEntry, SendGroupsInput } from './sent-groups.dto.js';
import { SENDING_EVERY_MS, SentGroupsQueries, sentTo, TO_ANSWER } from './sent-groups.queries.js';

const NO_ENTRY_WORDS: Record<NoEntry, string> = {
  no_page: 'They have no page of their own: print it, or tell them',
  no_code: 'A code sent this way would not open their page. Choose another way',
};

const isNoEntry = (because: NoWay | NoEntry): because is NoEntry => because in NO_ENTRY_WORDS;

/**
 * Services that are kept in mind, sent to the person to think about. What they are told of stands on their own page; the message
 * says only that something is there, and goes as whatever a worker writes goes.
 */
@Injectable()
export class SentGroups {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: SentGroupsQueries,
    private readonly published: PublishedServices,
    private readonly messages: WrittenMessages,
    private readonly tasks: PageTasks,
  ) {}

  async send(
    actor: MemberActor,
    referralId: string,
    { listingIds, channel }: SendGroupsInput,
  ): Promise<string> {
    const { groups, ways, words } = await this.queries.sending(actor, referralId);
    const mayBeSent = new Set(groups.filter(({ because }) => because === null).map((one) => one.listingId));
    if (listingIds.some((id) => !mayBeSent.has(id))) {
      throw Refusal.invalidField('listingIds', 'One of these cannot be sent any more. Choose again');
    }
    const because = ways.find((way) => way.channel === channel)?.because ?? null;
    // Every other reason is told by whoever writes.
    if (because !== null && isNoEntry(because)) {
      throw Refusal.invalidField('channel', NO_ENTRY_WORDS[because]);
    }
    const told = await this.published.among(actor.schemeId, listingIds);
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'shortlist.send'), tx.now);
      const referral = await tx.maybe<{ clientId: string }>(sql`
        select r.client_id as "clientId" from referral r
        where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and r.client_id is not null and ${within}`);
      if (!referral) throw Refusal.notFound();
      const { clientId } = referral;
      const message = await this.messages.writeWithin(tx, actor, clientId, { channel, words });
      if (message.referralId !== referralId) {
        throw Refusal.conflict('another-referral', 'Somebody works with them under another referral now.');
      }
      const { sentToday } = await tx.one<{ sentToday: boolean }>(sql`
        select exists (
          select 1 from shortlist_sent x
          join written_message w on w.scheme_id = x.scheme_id and w.id = x.written_message_id
          where x.scheme_id = ${tx.schemeId} and x.referral_id = ${referralId} and ${GOES}
            and w.written_at > ${new Date(tx.now.getTime() - SENDING_EVERY_MS)}) as "sentToday"`);
      if (sentToday) {
        throw Refusal.conflict(
          'sent-today',
          'They were sent groups to think about within the last 24 hours. Ring them, or send these after that.',
        );
      }
      for (const service of told) {
        await tx.run(sql`
          insert into shortlist_sent (scheme_id, id, referral_id, listing_id, written_message_id, told)
          values (${tx.schemeId}, ${newId()}, ${referralId}, ${service.id}, ${message.id}, ${JSON.stringify(service)}::jsonb)`);
      }
      await audit(tx, {
        action: 'shortlist.send',
        subject: { kind: 'referral', id: referralId },
        clients: [clientId],
        details: { listingIds: told.map(({ id }) => id), channel },
      });
      return message.id;
    });
  }

  /** It can be said anew; whoever works with them is asked to read it either way. */
  answer({ actor }: Visit, sentId: string, { answer }: AnswerGroupInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockRow(tx, actor.clientId);
      const sent = await tx.maybe<{ referralId: string; answer: string | null }>(sql`
        select x.referral_id as "referralId", x.answer from shortlist_sent x
        where x.scheme_id = ${tx.schemeId} and x.id = ${sentId}
          and x.id in (select one.id from (${sentTo(actor, tx.now)}) one where ${TO_ANSWER})
        for update of x`);
      if (!sent) throw Refusal.notFound();
      if (sent.answer === answer) return sentId;
      await tx.run(sql`
        update shortlist_sent set answer = ${answer}, answered_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${sentId}`);
      await audit(tx, {
        action: 'page.answerGroup',
        subject: { kind: 'shortlist_sent', id: sentId },
        clients: [actor.clientId],
        details: { answer },
      });
      const { referralId } = sent;
      await this.tasks.ask(tx, 'shortlist_answered', { kind: 'referral', id: referralId }, actor.clientId);
      return sentId;
    });
  }
}
