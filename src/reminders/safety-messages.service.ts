import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { OneTimeLinks } from '../identity/one-time-links.service.js';
import { reachFor } from '../permissions/reach.js';
import { type MemberActor, publicActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { SENDER_LEFT } from '../referrals/referral-hears.queries.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { RemindersService } from './reminders.service.js';
import type { HeardSafetyMessageInput, SendSafetyMessageInput } from './safety-message.dto.js';
import { SAFETY_MESSAGE_READ, SAFETY_MESSAGE_SENT } from './safety-message.events.js';
import { safetyAnswerBy } from './safety-message.rules.js';
import { safetyAddress } from './secure-mail.queries.js';

const LINK_DAYS = 7;
const DAY_MS = 86_400_000;
const PRACTICE_ACTOR = 'a practice, by link';

CONSTRAINT_REFUSALS.set('safety_message_open', () =>
  Refusal.conflict(
    'sent-already',
    'A message to them has not been read yet, or could not be sent. Ring them.',
  ),
);

interface Open {
  id: string;
  clientId: string | null;
  readAt: Date | null;
}

/** Somebody could not be reached, and somebody is worried: who knows them is told the same day, and must say so. */
@Injectable()
export class SafetyMessages {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly links: OneTimeLinks,
    private readonly reminders: RemindersService,
  ) {}

  send(actor: MemberActor, referralId: string, { to }: SendSafetyMessageInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'safetyMessage.send'), tx.now);
      const referral = await lockReferral(tx, referralId, within);
      const clientId = referral.client_id;
      if (clientId === null || !(await isUnreached(tx, referralId))) {
        throw Refusal.conflict('not-unreached', 'Log first that you tried to reach them and could not.');
      }
      const organisationId = await recipientOf(tx, referralId, clientId, to);
      if (organisationId === null) {
        throw Refusal.invalidField(
          'to',
          'There is nobody of that kind. Choose the other, or ring whoever knows them',
        );
      }
      if ((await safetyAddress(tx, organisationId, to === 'sender')) === null) {
        throw Refusal.conflict(
          'no-address',
          'There is no address that this may be written to. Ring them now.',
        );
      }
      const id = newId();
      const answerBy = safetyAnswerBy(tx.now, holidaysOf(await schemeSettings(tx)));
      await tx.run(sql`
        insert into safety_message (scheme_id, id, referral_id, organisation_id, sent_by, sent_at, answer_by)
        values (${tx.schemeId}, ${id}, ${referralId}, ${organisationId}, ${actor.membershipId}, ${tx.now}, ${answerBy})`);
      const expiresAt = new Date(tx.now.getTime() + LINK_DAYS * DAY_MS);
      await this.links.make(tx, { purpose: 'safety_message', linkId: id, subjectId: id, expiresAt });
      await audit(tx, {
        action: 'safetyMessage.send',
        subject: { kind: 'safety_message', id },
        clients: [clientId],
        details: { to, organisationId },
      });
      await outbox.add(tx, SAFETY_MESSAGE_SENT, { safetyMessageId: id });
      await this.reminders.plan(tx, { safety_message: [id] });
      return id;
    });
  }

  /** Somebody rang, and was told that they know. */
  heard(actor: MemberActor, id: string, { by }: HeardSafetyMessageInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'safetyMessage.send'), tx.now);
      const row = await tx.maybe<Open & Record<string, unknown>>(sql`
        select m.id, r.client_id as "clientId", m.read_at as "readAt" from safety_message m
        join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
        where m.scheme_id = ${tx.schemeId} and m.id = ${id} and ${within} for update of m`);
      if (!row) throw Refusal.notFound();
      if (row.readAt !== null)
        throw Refusal.illegalMove('read', 'heard', 'They have said that they read it.');
      await this.read(tx, row, { through: 'phone', by, notedBy: actor.membershipId });
      await this.links.revoke(tx, 'safety_message', id);
      return id;
    });
  }

  /** The reference of what a link is about. Changes nothing; a link that was used or ran out is refused. */
  async opened(token: string): Promise<{ reference: string; scheme: string; phone: string | null }> {
    const { schemeId, subjectId } = await this.links.find('safety_message', token, this.clock.now());
    const row = await this.database.maybe<{ reference: string; scheme: string; phone: string | null }>(
      schemeId,
      sql`
        select r.reference, s.name as scheme, (
          select h.phone from organisation h
          where h.scheme_id = m.scheme_id and h.kind = 'host' and h.phone is not null order by h.id limit 1) as phone
        from safety_message m
        join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
        join scheme s on s.id = m.scheme_id
        where m.scheme_id = ${schemeId} and m.id = ${subjectId} and m.read_at is null`,
    );
    if (!row) throw Refusal.notFound();
    return row;
  }

  /** "We have read this." Once, however often the button is pressed. */
  async acknowledge(token: string): Promise<void> {
    const { schemeId } = await this.links.find('safety_message', token, this.clock.now());
    await this.unitOfWork.run(publicActor(schemeId, PRACTICE_ACTOR), async (tx) => {
      const { subjectId } = await this.links.claim(tx, 'safety_message', token);
      const row = await tx.one<Open & Record<string, unknown>>(sql`
        select m.id, r.client_id as "clientId", m.read_at as "readAt" from safety_message m
        join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
        where m.scheme_id = ${tx.schemeId} and m.id = ${subjectId} for update of m`);
      if (row.readAt === null) await this.read(tx, row, { through: 'link', by: null, notedBy: null });
      return subjectId;
    });
  }

  private async read(
    tx: Tx,
    { id, clientId }: Open,
    how: { through: 'link' | 'phone'; by: string | null; notedBy: string | null },
  ): Promise<void> {
    await tx.run(sql`
      update safety_message set read_at = ${tx.now}, read_through = ${how.through}, read_by = ${how.by},
        noted_by = ${how.notedBy}
      where scheme_id = ${tx.schemeId} and id = ${id}`);
    await audit(tx, {
      action: 'safetyMessage.acknowledge',
      subject: { kind: 'safety_message', id },
      clients: clientId === null ? [] : [clientId],
      details: { through: how.through },
    });
    await outbox.add(tx, SAFETY_MESSAGE_READ, { safetyMessageId: id });
    await this.reminders.plan(tx, { safety_message: [id] });
  }
}

/** Tried, and not reached since. */
async function isUnreached(tx: Tx, referralId: string): Promise<boolean> {
  const last = await tx.maybe<{ outcome: string }>(sql`
    select outcome from contact where scheme_id = ${tx.schemeId} and referral_id = ${referralId}
    order by at desc, id desc limit 1`);
  return last !== null && last.outcome !== 'reached';
}

async function recipientOf(
  tx: Tx,
  referralId: string,
  clientId: string,
  to: SendSafetyMessageInput['to'],
): Promise<string | null> {
  const row = await tx.maybe<{ id: string | null }>(
    to === 'sender'
      ? sql`select r.organisation_id as id from referral r
          where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and not ${SENDER_LEFT}`
      : sql`select organisation_id as id from gp_registration
          where scheme_id = ${tx.schemeId} and client_id = ${clientId} and ends_on is null`,
  );
  return row?.id ?? null;
}
