import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { standing } from '../identity/cover.queries.js';
import { agreedScopes } from '../onward-referrals/onward-facts.queries.js';
import { ONWARD_EVENTS } from '../onward-referrals/onward.events.js';
import { onwardWithin } from '../onward-referrals/onward.reach.js';
import { onwardReference } from '../onward-referrals/onward-reference.js';
import { OFFER_SCOPE } from '../onward-referrals/onward.rules.js';
import { reachFor } from '../permissions/reach.js';
import { type MemberActor, type Role, systemActor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import type { EventPayload } from '../platform/outbox/events.js';
import type { HandledEvent } from '../platform/outbox/handles.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { HEARS, TOLD_COLUMNS } from '../referrals/referral-hears.queries.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { toldTo, type ToldRow } from '../referrals/referral.rules.js';
import type { Feedback } from '../referrals/referral.types.js';
import { WEBHOOK_OFF } from './webhook.events.js';
import { type Outcome, outcomeOf, PATIENCE_MS, TELLING_MS } from './webhook.rules.js';
import { ANSWER_KEPT, LOG_DAYS } from './webhook.types.js';
import { webhookSecret } from './webhooks.queries.js';

const WEBHOOKS_ACTOR = 'webhooks';

/** How many that may not be told any more are put aside in one turn. */
const MOST_KEPT_BACK = 50;

/** Something that happened to something an organisation reaches. */
interface Happened {
  id: string;
  organisationId: string;
  event: string;
  reference: string | null;
  /** Where it is read, below the API. */
  path: string;
}

/** What is to be told now, with all that telling it needs. */
export interface Claim {
  schemeId: string;
  webhookId: string;
  id: string;
  /** Which try this is: whoever wakes up late settles only its own. */
  tries: number;
  url: string;
  body: string;
  /** The newest first. */
  secrets: string[];
}

type ReferralRow = ToldRow & { id: string; reference: string; organisation_id: string; hears: Feedback };

interface WebhookRow {
  id: string;
  url: string;
  secret_number: number;
  old_secret: boolean;
  membership_id: string;
  account_id: string;
  organisation_id: string;
  role: Role;
}

interface DeliveryRow {
  id: string;
  event: string;
  subject_id: string | null;
  body: string;
  tries: number;
}

/** A row for each thing told to each webhook: noted with the event, told apart from it, settled by what was answered. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
  ) {}

  /** Ids and a reference alone: whoever is told reads the rest where it is, as far as they may by then. */
  async note(tx: Tx, name: string, payload: EventPayload, { id: eventId, at }: HandledEvent): Promise<void> {
    if (
      !(await tx.maybe(
        sql`select 1 from webhook where scheme_id = ${tx.schemeId} and off_at is null limit 1`,
      ))
    )
      return;
    for (const { id, organisationId, event, reference, path } of await happened(tx, name, payload, at)) {
      const link = `${this.config.publicUrl}/api/v1${path}`;
      const body = JSON.stringify({ type: event, timestamp: at, data: { id, reference, link } });
      const webhooks = await tx.rows<{ id: string }>(sql`
        select w.id from webhook w join membership m on m.id = w.membership_id
        where w.scheme_id = ${tx.schemeId} and w.off_at is null and ${event} = any(w.events)
          and m.organisation_id = ${organisationId} and ${standing(sql`m`)}`);
      for (const webhook of webhooks) {
        await tx.run(sql`
          insert into webhook_delivery (scheme_id, id, webhook_id, seq, happened_at, event, subject_id, reference, body,
            due_at, give_up_at, created_at)
          select ${tx.schemeId}, ${newId()}, ${webhook.id}, o.seq, ${at}, ${event}, ${id}, ${reference}, ${body},
            ${tx.now}, ${new Date(tx.now.getTime() + PATIENCE_MS)}, ${tx.now}
          from outbox o where o.id = ${eventId}
          on conflict do nothing`);
      }
    }
  }

  /**
   * The next thing for a webhook, in the order of the outbox; null where nothing is due or somebody else tells it
   * something now. Asked again here: whether the program stands, reaches it, and it is still agreed to.
   */
  claim(schemeId: string, webhookId: string): Promise<Claim | null> {
    return this.unitOfWork.run(systemActor(schemeId, WEBHOOKS_ACTOR), async (tx) => {
      const webhook = await tx.maybe<WebhookRow & Record<string, unknown>>(sql`
        select w.id, w.url, w.secret_number, coalesce(w.old_secret_until > ${tx.now}, false) as old_secret,
          w.membership_id, m.account_id, m.organisation_id, m.role
        from webhook w join membership m on m.id = w.membership_id
        join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
        where w.scheme_id = ${schemeId} and w.id = ${webhookId} and w.off_at is null
          and (w.telling_until is null or w.telling_until <= ${tx.now}) and ${standing(sql`m`)} and o.active
        for update of w skip locked`);
      if (!webhook) return null;
      for (let kept = 0; kept < MOST_KEPT_BACK; kept += 1) {
        const delivery = await tx.maybe<DeliveryRow & Record<string, unknown>>(sql`
          select id, event, subject_id, body, tries from webhook_delivery
          where scheme_id = ${schemeId} and webhook_id = ${webhookId} and state = 'waiting' and due_at <= ${tx.now}
          order by seq nulls first, id limit 1`);
        if (!delivery) return null;
        const may = await mayTell(tx, actorOf(schemeId, webhook), delivery);
        if (may === null) {
          await tx.run(sql`
            update webhook_delivery set state = 'kept_back' where scheme_id = ${schemeId} and id = ${delivery.id}`);
          continue;
        }
        const tries = delivery.tries + 1;
        await tx.run(sql`
          update webhook_delivery set tries = ${tries}, told_at = ${tx.now}
          where scheme_id = ${schemeId} and id = ${delivery.id}`);
        await tx.run(sql`
          update webhook set telling_until = ${new Date(tx.now.getTime() + TELLING_MS)}
          where scheme_id = ${schemeId} and id = ${webhookId}`);
        await audit(tx, {
          action: 'webhook.tell',
          subject: { kind: 'webhook', id: webhookId },
          clients: may.clients,
          details: { deliveryId: delivery.id, event: delivery.event, tries },
        });
        const numbers = [webhook.secret_number, ...(webhook.old_secret ? [webhook.secret_number - 1] : [])];
        return {
          schemeId,
          webhookId,
          id: delivery.id,
          tries,
          url: webhook.url,
          body: delivery.body,
          secrets: numbers.map((number) => webhookSecret(this.config.tokenKey, webhookId, number)),
        };
      }
      return null;
    });
  }

  /** What was answered, or why nothing was. Gives what became of it; null where somebody else has told it meanwhile. */
  settle(
    { schemeId, webhookId, id, tries }: Claim,
    said: { status: number | null; because: string | null; answer: string | null },
  ): Promise<Outcome | null> {
    return this.unitOfWork.run(systemActor(schemeId, WEBHOOKS_ACTOR), async (tx) => {
      const row = await tx.maybe<{ failing_since: Date | null; give_up_at: Date }>(sql`
        select w.failing_since, d.give_up_at
        from webhook w join webhook_delivery d on d.scheme_id = w.scheme_id and d.webhook_id = w.id
        where w.scheme_id = ${schemeId} and w.id = ${webhookId} and d.id = ${id} and d.tries = ${tries}
          and d.state = 'waiting' for update`);
      if (!row) return null;
      const outcome = outcomeOf({
        now: tx.now,
        status: said.status,
        tries,
        giveUpAt: row.give_up_at,
        failingSince: row.failing_since,
      });
      const answer = said.answer?.replaceAll('\0', '').slice(0, ANSWER_KEPT) ?? null;
      await tx.run(sql`
        update webhook_delivery set state = ${outcome.state}, due_at = coalesce(${outcome.dueAt}, due_at),
          status = ${said.status}, because = ${said.because}, answer = ${answer}
        where scheme_id = ${schemeId} and id = ${id}`);
      await tx.run(sql`
        update webhook set telling_until = null, failing_since = ${outcome.failingSince},
          off_at = case when ${outcome.off}::text is null then off_at else ${tx.now}::timestamptz end,
          off_because = coalesce(${outcome.off}, off_because)
        where scheme_id = ${schemeId} and id = ${webhookId}`);
      if (outcome.off !== null) {
        await audit(tx, {
          action: 'webhook.switchOff',
          subject: { kind: 'webhook', id: webhookId },
          details: { because: outcome.off },
        });
        await outbox.add(tx, WEBHOOK_OFF, { webhookId });
      }
      return outcome;
    });
  }

  /** Webhooks for which something is due, and to which nobody is telling something now. */
  due(schemeId: string): Promise<string[]> {
    return this.unitOfWork.run(systemActor(schemeId, WEBHOOKS_ACTOR), async (tx) => {
      const rows = await tx.rows<{ id: string }>(sql`
        select w.id from webhook w
        where w.scheme_id = ${schemeId} and w.off_at is null
          and (w.telling_until is null or w.telling_until <= ${tx.now})
          and exists (
            select 1 from webhook_delivery d
            where d.scheme_id = w.scheme_id and d.webhook_id = w.id and d.state = 'waiting' and d.due_at <= ${tx.now})
        order by w.id`);
      return rows.map(({ id }) => id);
    });
  }

  async forgetOld(schemeId: string): Promise<void> {
    await this.unitOfWork.run(systemActor(schemeId, WEBHOOKS_ACTOR), async (tx) => {
      const before = new Date(tx.now.getTime() - LOG_DAYS * 86_400_000);
      await tx.run(
        sql`delete from webhook_delivery where scheme_id = ${schemeId} and created_at < ${before}`,
      );
    });
  }
}

/** Whom it concerns: an onward referral its group, a listing its group, a referral whoever is told something new of it. */
async function happened(tx: Tx, event: string, payload: EventPayload, at: Date): Promise<Happened[]> {
  const { onwardReferralId, organisationId, listingId, referralId } = payload;
  if (onwardReferralId && organisationId) {
    const id = onwardReferralId;
    return [{ id, organisationId, event, reference: onwardReference(id), path: `/onward-referrals/${id}` }];
  }
  if (referralId) {
    // What senders are told moves at the very moment of the event, theirs whose referral was joined to it too.
    const rows = await tx.rows<ReferralRow & Record<string, unknown>>(sql`
      select r.id, r.reference, r.organisation_id, ${TOLD_COLUMNS}, ${HEARS} as hears from referral r
      where r.scheme_id = ${tx.schemeId} and r.organisation_id is not null and r.told_at = ${at}
        and (r.id = ${referralId} or (r.joined_into = ${referralId} and r.state = 'joined'))
      order by r.id`);
    return rows.flatMap((row) => {
      const told = toldTo(row, row.hears);
      return told.at.getTime() === at.getTime()
        ? [
            {
              id: row.id,
              organisationId: row.organisation_id,
              event: `referral.${told.status}`,
              reference: row.reference,
              path: `/referrals/${row.id}`,
            },
          ]
        : [];
    });
  }
  if (!listingId) throw new Error(`${event} lacks its ids.`);
  const listing = await tx.maybe<{ organisationId: string }>(sql`
    select organisation_id as "organisationId" from listing where scheme_id = ${tx.schemeId} and id = ${listingId}`);
  // Taken back with the import it came by.
  if (!listing) return [];
  return [{ id: listingId, ...listing, event, reference: null, path: `/listings/${listingId}` }];
}

const actorOf = (schemeId: string, webhook: WebhookRow): MemberActor => ({
  kind: 'member',
  schemeId,
  accountId: webhook.account_id,
  sessionId: webhook.id,
  membershipId: webhook.membership_id,
  organisationId: webhook.organisation_id,
  role: webhook.role,
  actsFor: [webhook.membership_id],
  triages: false,
  program: true,
});

/** Of whom it tells, or null where it may not be told any more: out of reach, or no longer agreed to. */
async function mayTell(
  tx: Tx,
  actor: MemberActor,
  { event, subject_id: id }: DeliveryRow,
): Promise<{ clients: string[] } | null> {
  if (id === null) return { clients: [] };
  const [noun] = event.split('.', 1);
  if (noun === 'referral') {
    const within = referralWithin(actor, reachFor(actor, 'referral.get'), tx.now);
    const row = await tx.maybe<ReferralRow & { client_id: string | null }>(sql`
      select r.id, r.reference, r.organisation_id, r.client_id, ${TOLD_COLUMNS}, ${HEARS} as hears from referral r
      where r.scheme_id = ${tx.schemeId} and r.id = ${id} and ${within}`);
    const hears = row && (event === 'referral.sent' || toldTo(row, row.hears).status === row.told_status);
    return hears ? { clients: row.client_id === null ? [] : [row.client_id] } : null;
  }
  if (noun === 'listing') {
    reachFor(actor, 'listing.get');
    const row = await tx.maybe(sql`
      select 1 from listing l
      where l.scheme_id = ${tx.schemeId} and l.id = ${id} and l.organisation_id = ${actor.organisationId}`);
    return row && { clients: [] };
  }
  const within = onwardWithin(actor, reachFor(actor, 'onward.get'), tx.now);
  const row = await tx.maybe<{ client_id: string; agreed: string[] }>(sql`
    select o.client_id, ${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)} as agreed from onward_referral o
    where o.scheme_id = ${tx.schemeId} and o.id = ${id} and ${within}`);
  // That it is over is told whatever is agreed: nobody goes on with somebody because nobody said so.
  const covered = row && (row.agreed.includes(OFFER_SCOPE) || event === ONWARD_EVENTS.withdraw);
  return covered ? { clients: [row.client_id] } : null;
}
