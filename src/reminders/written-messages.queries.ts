import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { clientWithin } from '../clients/client.reach.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { SENDING_CHANNELS, type SendingChannel } from '../platform/messages/channel.types.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { without } from '../platform/pure/without.js';
import { type ClientRow, ROUTE_COLUMNS, routesOf, usualWay } from './recipients.queries.js';
import { IS_STOPPED } from '../referrals/written-message.fate.js';
import type { NoWay } from './written-message.types.js';
import type { WayView, WritingView, WrittenMessageView } from './written-message.dto.js';

const SHOWN = 50;
/** Of what differs from way to way: said first is what somebody can see to soonest. */
const EASIEST_MENDED: readonly NoWay[] = ['no_address', 'not_asked', 'not_safe', 'not_carried'];

/** What was written `w`, and what became of it. */
const VIEW: Sql = sql`
  select w.id, w.referral_id as "referralId", w.channel, w.words, p.name as "writtenBy", w.written_at as "writtenAt",
    w.goes_at as "goesAt", case
      when w.taken_back_at is not null then 'taken_back'
      when ${IS_STOPPED} then 'not_sent'
      when m.state = 'sent' then 'sent'
      when m.state = 'unconfirmed' then 'not_known'
      when m.state = 'sending' then 'going'
      else 'waiting' end as state
  from written_message w
  join referral r on r.scheme_id = w.scheme_id and r.id = w.referral_id
  left join reminder d on d.scheme_id = w.scheme_id and d.subject_id = w.id and d.kind = 'written_message'
  left join message m on m.scheme_id = d.scheme_id and m.id = d.message_id
  left join membership b on b.scheme_id = w.scheme_id and b.id = w.written_by
  left join user_profile p on p.scheme_id = b.scheme_id and p.account_id = b.account_id`;

/** Of a client `c`: their routes, and whether somebody works with them, who would hear an answer. */
export const WAY_COLUMNS: Sql = sql`${ROUTE_COLUMNS}, exists (
        select 1 from referral r
        where r.scheme_id = c.scheme_id and r.client_id = c.id and r.owner_kind = 'worker') as "isHeld"`;

export type WayRow = ClientRow & { isHeld: boolean };

/** As it comes within another row: moments are texts there. */
type Kept = Omit<WrittenMessageView, 'writtenAt' | 'goesAt'> & { writtenAt: string; goesAt: string };

export interface UsualWay {
  channel: SendingChannel | null;
  because: WayView['because'];
  language: string;
}

@Injectable()
export class WrittenMessagesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sender: MessageSender,
  ) {}

  /** By which ways a person may be written to and why by no other, with what was written to them. */
  async of(actor: MemberActor, clientId: string): Promise<WritingView> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'writtenMessage.list'), now);
    const row = await this.database.maybe<WayRow & { messages: string; client_id: string }>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'writtenMessage.list', subject: { kind: 'client', id: clientId } },
        sql`
        select c.id as client_id, ${WAY_COLUMNS}, (
          select coalesce(jsonb_agg(to_jsonb(one)), '[]')::text from (
            ${VIEW} where r.scheme_id = c.scheme_id and r.client_id = c.id order by w.id desc limit ${SHOWN}) one) as messages
        from client c where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    const messages = JSON.parse(row.messages) as Kept[];
    return {
      ways: this.waysOf(row),
      messages: messages.map((one) => ({
        ...one,
        writtenAt: new Date(one.writtenAt),
        goesAt: new Date(one.goesAt),
      })),
    };
  }

  /** How each of these people would be written to by whoever chooses no way, those in reach: by which, or why by none. */
  async usualOf(actor: MemberActor, clientIds: readonly string[]): Promise<Map<string, UsualWay>> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'writtenMessage.list'), now);
    const rows = await this.database.read<WayRow & { client_id: string }>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'writtenMessage.list' },
        sql`
        select c.id as client_id, ${WAY_COLUMNS} from client c
        where c.scheme_id = ${actor.schemeId} and c.id = any(${clientIds}::uuid[]) and ${within}`,
      ),
    );
    return new Map(
      rows.map((row): [string, UsualWay] => {
        const ways = this.waysOf(row);
        const [{ channel, because }] = ways;
        if (because === null) return [row.id, { channel, because, language: row.language }];
        const mendable = EASIEST_MENDED.find((one) => ways.some((way) => way.because === one));
        return [row.id, { channel: null, because: mendable ?? because, language: row.language }];
      }),
    );
  }

  async get(actor: MemberActor, id: string): Promise<WrittenMessageView> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'writtenMessage.list'), now);
    const row = await this.database.maybe<WrittenMessageView & { client_id: string }>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'writtenMessage.list', subject: { kind: 'written_message', id } },
        sql`
        select one.*, c.id as client_id from (${VIEW} where w.scheme_id = ${actor.schemeId} and w.id = ${id}) one
        join referral r on r.scheme_id = ${actor.schemeId} and r.id = one."referralId"
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        where ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return without(row, 'client_id');
  }

  /** The one they are usually written by comes first, where there is one. */
  waysOf(row: WayRow): [WayView, ...WayView[]] {
    const channels = routesOf(row);
    const because = (channel: SendingChannel): WayView['because'] => {
      if (!row.isHeld && !row.died && !row.merged) return 'closed';
      const route = channels[channel];
      if ('because' in route) return route.because;
      return this.sender.carries(channel) ? null : 'not_carried';
    };
    const usual = usualWay({ channels, reachThrough: row.reachThrough }, (one) => this.sender.carries(one));
    const view = (channel: SendingChannel): WayView => ({ channel, because: because(channel) });
    const first = usual ?? SENDING_CHANNELS[0];
    return [view(first), ...SENDING_CHANNELS.filter((one) => one !== first).map(view)];
  }
}
