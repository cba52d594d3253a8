import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { lockWithin } from '../clients/client-rows.js';
import { clientWithin } from '../clients/client.reach.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { MOST_SEGMENTS, textSize } from '../platform/messages/text-size.rules.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { privateWords } from '../platform/words/private-words.js';
import { letterFor, PrivateWords } from './letters.queries.js';
import { ENGLISH } from './message.words.js';
import { clientRoutes, usualWay } from './recipients.queries.js';
import { planned } from './reminder.rules.js';
import type { WrittenMessageFacts } from './reminder.types.js';
import { RemindersService } from './reminders.service.js';
import type { ReadingView, WriteToInput } from './written-message.dto.js';
import type { NoWay } from './written-message.types.js';

/** How long it waits for whoever wrote it to take it back. */
const UNDO_MS = 5 * 60_000;
/** More in a day is a conversation, for which there is the telephone. */
const MOST_A_DAY = 3;
const DAY_MS = 86_400_000;

const BECAUSE: Record<NoWay, string> = {
  died: 'They died: nothing is sent to them',
  merged: 'This record was joined to another: write from that one',
  paused: 'Nothing is sent until somebody has looked at how they may be reached',
  not_safe: 'They said that this is not safe. Choose another way',
  not_asked: 'Nobody asked them whether this is safe. Ask them, or choose another way',
  no_address: 'Nothing is known to send it to. Choose another way',
  agreement_withdrawn: 'They do not agree to be supported any more: nothing is sent to them',
  not_carried: 'Nothing is sent this way here. Choose another',
  closed: 'Nobody works with them now, so that nobody would hear an answer.',
};

const tellsTooMuch = (words: readonly string[]): Refusal =>
  Refusal.invalidField(
    'words',
    words.length > 0
      ? `Leave out ${words.map((word) => `“${word}”`).join(', ')}: somebody else may see the message`
      : 'Leave out what tells of health, faith or need: somebody else may see the message',
  );

/**
 * Somebody here writes to a person in their own words. It goes as reminders go: only a way that is safe at that moment, never
 * at night, at most once; and what cannot be sent is its owner's to say another way.
 */
@Injectable()
export class WrittenMessages {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
    private readonly sender: MessageSender,
    private readonly reminders: RemindersService,
  ) {}

  /** As it would arrive, and whether it may be sent at all. Nothing is kept, so that whoever asks again is answered anew. */
  read(actor: MemberActor, clientId: string, input: WriteToInput): Promise<ReadingView> {
    return this.unitOfWork.beside(actor, async (tx) => {
      const { reading } = await this.looked(tx, actor, clientId, input);
      await audit(tx, {
        action: 'writtenMessage.list',
        subject: { kind: 'client', id: clientId },
        clients: [clientId],
      });
      return reading;
    });
  }

  write(actor: MemberActor, clientId: string, input: WriteToInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => (await this.writeWithin(tx, actor, clientId, input)).id);
  }

  /** For a verb that sends something else with it. */
  async writeWithin(
    tx: Tx,
    actor: MemberActor,
    clientId: string,
    input: WriteToInput,
  ): Promise<Pick<WrittenMessageFacts, 'id' | 'referralId'>> {
    const { facts } = await this.looked(tx, actor, clientId, input);
    const { today } = await tx.one<{ today: number }>(sql`
      select count(*)::int as today from written_message w
      join referral r on r.scheme_id = w.scheme_id and r.id = w.referral_id
      where r.scheme_id = ${tx.schemeId} and r.client_id = ${clientId} and w.taken_back_at is null
        and w.written_at > ${new Date(tx.now.getTime() - DAY_MS)}`);
    if (today >= MOST_A_DAY) {
      throw Refusal.conflict(
        'enough-today',
        'They were written to three times within 24 hours. Ring them, or write after that.',
      );
    }
    const { id, referralId, channel, words, goesAt } = facts;
    await tx.run(sql`
      insert into written_message (scheme_id, id, referral_id, channel, words, written_by, written_at, goes_at)
      values (${tx.schemeId}, ${id}, ${referralId}, ${channel}, ${words}, ${actor.membershipId}, ${tx.now}, ${goesAt})`);
    await audit(tx, {
      action: 'writtenMessage.write',
      subject: { kind: 'written_message', id },
      clients: [clientId],
      details: { channel },
    });
    await this.reminders.plan(tx, { written_message: [id] });
    return { id, referralId };
  }

  /** Until it is on its way. Said twice is said once. */
  takeBack(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await tx.maybe<{ clientId: string; isTakenBack: boolean }>(sql`
        select c.id as "clientId", w.taken_back_at is not null as "isTakenBack" from written_message w
        join referral r on r.scheme_id = w.scheme_id and r.id = w.referral_id
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        where w.scheme_id = ${tx.schemeId} and w.id = ${id}
          and ${clientWithin(actor, reachFor(actor, 'writtenMessage.write'), tx.now)} for update of w`);
      if (!row) throw Refusal.notFound();
      if (row.isTakenBack) return id;
      // Held first, no message can be made of it meanwhile; made already, it is held before it is asked how it stands.
      const due = await tx.maybe<{ messageId: string | null }>(sql`
        select message_id as "messageId" from reminder
        where scheme_id = ${tx.schemeId} and subject_id = ${id} and kind = 'written_message' for update`);
      const gone = await tx.maybe<{ state: string }>(sql`
        select state from message
        where scheme_id = ${tx.schemeId} and id = ${due?.messageId ?? null}::uuid for update`);
      if (gone && gone.state !== 'ready' && gone.state !== 'cancelled') {
        throw Refusal.illegalMove('gone', 'takeBack', 'It has gone out already.');
      }
      await tx.run(sql`
        update written_message set taken_back_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'writtenMessage.takeBack',
        subject: { kind: 'written_message', id },
        clients: [row.clientId],
      });
      await this.reminders.plan(tx, { written_message: [id] });
      return id;
    });
  }

  /** Refuses what could not be sent as things stand. */
  private async looked(
    tx: Tx,
    actor: MemberActor,
    clientId: string,
    { channel: asked, words }: WriteToInput,
  ): Promise<{ facts: WrittenMessageFacts; reading: ReadingView }> {
    const client = await lockWithin(tx, 'writtenMessage.write', clientId);
    const routes = (await clientRoutes(tx, [clientId])).get(clientId);
    if (!routes) throw Refusal.notFound();
    const channel = asked ?? usualWay(routes, (one) => this.sender.carries(one));
    if (channel === null) {
      throw Refusal.conflict('no-way', 'There is no way that they said is safe. Ring them, or ask them.');
    }
    const route = routes.channels[channel];
    if ('because' in route) throw Refusal.invalidField('channel', BECAUSE[route.because]);
    if (!this.sender.carries(channel)) throw Refusal.invalidField('channel', BECAUSE.not_carried);
    const telling = [
      ...new Set([ENGLISH, client.language].flatMap((language) => privateWords(words, language))),
    ];
    if (telling.length > 0) throw tellsTooMuch(telling);
    const referral = await tx.maybe<{ id: string; ownerId: string }>(sql`
      select id, owner_id as "ownerId" from referral
      where scheme_id = ${tx.schemeId} and client_id = ${clientId} and owner_kind = 'worker' order by id desc limit 1`);
    if (!referral) {
      throw Refusal.conflict('nobody-has-them', BECAUSE.closed);
    }
    const facts: WrittenMessageFacts = {
      subject: 'written_message',
      id: newId(),
      referralId: referral.id,
      clientId,
      person: { died: false, bornOn: null },
      ownerId: referral.ownerId,
      held: true,
      writtenBy: actor.membershipId,
      channel,
      words,
      goesAt: new Date(tx.now.getTime() + UNDO_MS),
      takenBack: false,
      settled: false,
    };
    const settings = await schemeSettings(tx);
    const items = planned(facts, { settings, holidays: holidaysOf(settings) })
      .filter(({ effect }) => effect.by === 'message')
      .map((wanted) => ({ wanted, facts }));
    const message = { kind: 'client', channel, client_id: clientId, organisation_id: null } as const;
    try {
      const { letter, language } = await letterFor(tx, message, route.to, items, this.config.publicUrl);
      if (channel === 'text' && textSize(letter.text).segments > MOST_SEGMENTS) {
        throw Refusal.invalidField('words', 'This is too long for a text. Shorten it, or choose another way');
      }
      return { facts, reading: { channel, subject: letter.subject, text: letter.text, language } };
    } catch (error) {
      if (error instanceof PrivateWords) throw tellsTooMuch([]);
      throw error;
    }
  }
}
