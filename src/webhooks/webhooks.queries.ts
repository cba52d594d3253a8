import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { memberName } from '../identity/member-name.queries.js';
import { derivedToken } from '../identity/token.rules.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  decodeIdCursor,
  DEFAULT_LIMIT,
  type Page,
  pageOf,
  type PageQuery,
} from '../platform/http/pagination.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { DeliveryView, WebhookMade, WebhookView } from './webhook.dto.js';
import { secretOf } from './webhook.rules.js';

const WEBHOOK: Sql = sql`
  select w.id, w.version, w.membership_id as "programId", ${memberName(sql`w.scheme_id`, sql`w.membership_id`)} as "programName",
    w.url, w.events, w.created_at as "createdAt", ${memberName(sql`w.scheme_id`, sql`w.created_by`)} as "createdBy",
    w.old_secret_until as "oldSecretUntil", w.failing_since as "failingSince", w.off_at as "offAt",
    w.off_because as "offBecause",
    (select count(*)::int from webhook_delivery d
      where d.scheme_id = w.scheme_id and d.webhook_id = w.id and d.state = 'waiting') as waiting
  from webhook w`;

const DELIVERY: Sql = sql`
  select d.id, d.event, d.reference, d.state, d.tries, d.created_at as "createdAt", d.told_at as "toldAt",
    case when d.state = 'waiting' then d.due_at end as "dueAt", d.status, d.because, d.answer
  from webhook_delivery d`;

/** How it stands with all of a scheme together, for whoever looks after the system. */
export interface WebhookHealth {
  on: number;
  failing: number;
  switchedOff: number;
  waiting: number;
  waitingSince: Date | null;
}

export const webhookSecret = (tokenKey: string, id: string, number: number): string =>
  secretOf(derivedToken(tokenKey, 'webhook', `${id} ${String(number)}`));

@Injectable()
export class WebhooksQueries {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** Of one program, the newest first: ten at most. */
  async ofProgram(actor: MemberActor, programId: string): Promise<WebhookView[]> {
    reachFor(actor, 'webhook.list');
    const rows = await this.database.read<WebhookView>(
      actor.schemeId,
      sql`
      select x.* from program p
      left join lateral (${WEBHOOK} where w.scheme_id = p.scheme_id and w.membership_id = p.membership_id) x on true
      where p.scheme_id = ${actor.schemeId} and p.membership_id = ${programId} order by x.id desc`,
    );
    if (rows.length === 0) throw Refusal.notFound();
    // A program that is told nothing is a row without a webhook.
    return rows.filter(({ id }) => (id as string | null) !== null);
  }

  async get(actor: MemberActor, id: string): Promise<WebhookView> {
    reachFor(actor, 'webhook.list');
    const view = await this.database.maybe<WebhookView & Record<string, unknown>>(
      actor.schemeId,
      sql`${WEBHOOK} where w.scheme_id = ${actor.schemeId} and w.id = ${id}`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }

  /** The answer to whoever made a webhook or a new secret, and to the same request sent again. */
  async made(actor: MemberActor, id: string, action: Action): Promise<WebhookMade> {
    reachFor(actor, action);
    const webhook = await this.get(actor, id);
    const row = await this.database.maybe<{ number: number }>(
      actor.schemeId,
      sql`select secret_number as number from webhook where scheme_id = ${actor.schemeId} and id = ${id}`,
    );
    return { webhook, secret: webhookSecret(this.config.tokenKey, id, row?.number ?? 0) };
  }

  /** The newest first. */
  async deliveries(actor: MemberActor, webhookId: string, query: PageQuery): Promise<Page<DeliveryView>> {
    await this.get(actor, webhookId);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const rows = await this.database.read<DeliveryView>(
      actor.schemeId,
      sql`
      ${DELIVERY} where d.scheme_id = ${actor.schemeId} and d.webhook_id = ${webhookId}
        and ${before === null ? sql`true` : sql`d.id < ${before}::uuid`}
      order by d.id desc limit ${limit + 1}`,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async delivery(actor: MemberActor, id: string): Promise<DeliveryView> {
    reachFor(actor, 'webhook.list');
    const view = await this.database.maybe<DeliveryView & Record<string, unknown>>(
      actor.schemeId,
      sql`${DELIVERY} where d.scheme_id = ${actor.schemeId} and d.id = ${id}`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }

  async health(actor: MemberActor): Promise<WebhookHealth> {
    reachFor(actor, 'health.read');
    const row = await this.database.maybe<WebhookHealth & Record<string, unknown>>(
      actor.schemeId,
      sql`
      select count(*) filter (where w.off_at is null)::int as on,
        count(*) filter (where w.off_at is null and w.failing_since is not null)::int as failing,
        count(*) filter (where w.off_because <> 'by_hand')::int as "switchedOff",
        coalesce(sum(d.waiting), 0)::int as waiting, min(d.since) as "waitingSince"
      from webhook w
      cross join lateral (
        select count(*) as waiting, min(x.created_at) as since from webhook_delivery x
        where x.scheme_id = w.scheme_id and x.webhook_id = w.id and x.state = 'waiting' and w.off_at is null) d
      where w.scheme_id = ${actor.schemeId}`,
    );
    if (!row) throw new Error('A count gave no row.');
    return row;
  }
}
