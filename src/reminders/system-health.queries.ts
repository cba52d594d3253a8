import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import { INSTALLATION, type MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Readiness } from '../platform/health/readiness.js';
import { SENDING_CHANNELS, type SendingChannel } from '../platform/messages/channel.types.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { STUCK_MS } from '../platform/outbox/stuck-events.js';
import type { SystemHealthView } from './message.dto.js';

/** What comes round by itself looks every few seconds for what is due: later than this, no worker runs. */
const LATE_MS = 5 * 60_000;

type Counted = Pick<SystemHealthView, 'regularWorkLateSince' | 'stuckEvents' | 'sealedAt'>;
type OfChannel = Omit<SystemHealthView['channels'][number], 'goesTo'>;
type Row = Counted & OfChannel;

/** Whether what should happen by itself does: what the installation depends on, and what waits in this scheme. */
@Injectable()
export class SystemHealthQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly sender: MessageSender,
  ) {}

  async look(actor: MemberActor): Promise<SystemHealthView> {
    reachFor(actor, 'health.read');
    const [{ checks, warnings }, rows] = await Promise.all([this.readiness.check(), this.counted(actor)]);
    const [first] = rows;
    if (!first) throw new Error('A count gave no row.');
    const { regularWorkLateSince, stuckEvents, sealedAt } = first;
    return {
      checks,
      warnings,
      regularWorkLateSince,
      stuckEvents,
      channels: rows.map(({ channel, lastSentAt, waiting, waitingSince, toLookAt }) => ({
        channel,
        goesTo: this.sender.goesTo(channel),
        lastSentAt,
        waiting,
        waitingSince,
        toLookAt,
      })),
      sealedAt,
    };
  }

  /** A row for each channel, in the order of the list. */
  private counted({ schemeId }: MemberActor): Promise<Row[]> {
    const now = this.clock.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    const channels: readonly SendingChannel[] = SENDING_CHANNELS;
    return this.database.read<Row>(
      schemeId,
      sql`
      select c.channel,
        (select max(m.sent_at) from message m
          where m.scheme_id = ${schemeId} and m.channel = c.channel and m.state = 'sent') as "lastSentAt",
        w.waiting, w.since as "waitingSince",
        (select count(*)::int from message m
          where m.scheme_id = ${schemeId} and m.channel = c.channel and m.state in ('failed', 'unconfirmed')
            and m.dropped_at is null) as "toLookAt",
        (select min(t.due_at) from tick t
          where t.scheme_id in (${schemeId}, ${INSTALLATION}) and t.due_at < ${before(LATE_MS)})
          as "regularWorkLateSince",
        (select count(*)::int from outbox o
          where o.scheme_id = ${schemeId} and o.finished_at is null and o.created_at < ${before(STUCK_MS)})
          as "stuckEvents",
        (select max(s.sealed_at) from audit_seal s where s.scheme_id = ${schemeId}) as "sealedAt"
      from unnest(${channels}::text[]) with ordinality as c (channel, place)
      cross join lateral (
        select count(*)::int as waiting, min(m.next_attempt_at) as since from message m
        where m.scheme_id = ${schemeId} and m.channel = c.channel and m.state = 'ready'
          and m.next_attempt_at <= ${now}) w
      order by c.place`,
    );
  }
}
