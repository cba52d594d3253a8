import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeIdCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { nameOf } from './by-whom.js';
import type {
  CameWithView,
  IncomingTransferLine,
  IncomingTransferView,
  OtherSchemeView,
  TransferPreview,
  TransferView,
} from './transfer.dto.js';
import { incomingWithin } from './transfer.reach.js';
import { carriesOf, digestOf, transferDocument } from './transfer.rules.js';
import type { TransferItem } from './transfer.types.js';
import { wholeFrom, wholeOf, type WholeRow } from './transfer-whole.js';

type OfClient<View> = View & { client_id: string };

const COLUMNS: Sql = sql`
  t.id, t.version, t.referral_id as "referralId", t.how, t.to_name as "toName", t.items, t.carries, t.state,
  ${nameOf(sql`t.scheme_id`, sql`t.offered_by`)} as "offeredBy", t.offered_at as "offeredAt",
  t.answer_by as "answerBy", t.ended_at as "endedAt", t.answered_by as "answeredBy", t.receipt, t.reason`;

const LINE: Sql = sql`
  p.id, p.from_name as "fromName", p.state, p.sent_at as "sentAt", p.answer_by as "answerBy",
  p.answered_at as "answeredAt"`;

/** That something came with somebody, and by which referral it is read. */
export interface CameLine {
  referralId: string;
  reference: string;
  fromName: string;
  receivedAt: Date;
}

@Injectable()
export class TransfersQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  schemes(actor: MemberActor): Promise<OtherSchemeView[]> {
    reachFor(actor, 'transfer.schemes');
    return this.database.unscoped<OtherSchemeView & Record<string, unknown>>(
      sql`select id, name from scheme where id <> ${actor.schemeId} order by name, id`,
    );
  }

  async preview(
    actor: MemberActor,
    referralId: string,
    items: readonly TransferItem[],
  ): Promise<TransferPreview> {
    const within = referralWithin(actor, reachFor(actor, 'transfer.preview'), this.clock.now());
    const [row] = await this.read<WholeRow>(
      actor,
      'transfer.preview',
      { kind: 'referral', id: referralId },
      wholeOf(sql`r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${within}`),
    );
    if (!row) throw Refusal.notFound();
    const carries = carriesOf(wholeFrom(row), items);
    return { items: [...items], carries, digest: digestOf(carries) };
  }

  async list(actor: MemberActor, referralId: string): Promise<TransferView[]> {
    const within = referralWithin(actor, reachFor(actor, 'transfer.list'), this.clock.now());
    const rows = await this.read<OfClient<Omit<TransferView, 'id'> & { id: string | null }>>(
      actor,
      'transfer.list',
      { kind: 'referral', id: referralId },
      sql`
      select r.client_id, ${COLUMNS} from referral r
      left join transfer t on t.scheme_id = r.scheme_id and t.referral_id = r.id
      where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${within} order by t.id desc`,
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ id, ...row }) => (id === null ? [] : [{ id, ...without(row, 'client_id') }]));
  }

  async get(actor: MemberActor, id: string): Promise<TransferView> {
    return without(await this.one<TransferView>(actor, 'transfer.list', id, COLUMNS), 'client_id');
  }

  async document(actor: MemberActor, id: string): Promise<string> {
    const { carries, ...about } = await this.one<
      Pick<TransferView, 'carries'> & { from: string; to: string; reference: string; at: Date }
    >(
      actor,
      'transfer.document',
      id,
      sql`t.carries, t.to_name as "to", r.reference, t.offered_at as at,
        (select s.name from scheme s where s.id = t.scheme_id) as "from"`,
    );
    return transferDocument(carries, { ...about, on: londonDate(about.at) });
  }

  async incomingList(actor: MemberActor, query: PageQuery): Promise<Page<IncomingTransferLine>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const rows = await this.readIncoming<IncomingTransferLine>(
      actor,
      LINE,
      sql`(${before}::uuid is null or p.id < ${before}::uuid) order by p.id desc limit ${limit + 1}`,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  /** While it waits, as the sender gave it; afterwards what this scheme kept of it, which is nothing unless it took them on. */
  async incoming(actor: MemberActor, id: string): Promise<IncomingTransferView> {
    const [view] = await this.readIncoming<IncomingTransferView>(
      actor,
      sql`${LINE}, coalesce(p.carries, i.carries) as carries, i.referral_id as "referralId", p.receipt, p.reason`,
      sql`p.id = ${id}`,
      id,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }

  async cameWith(actor: MemberActor, referralId: string): Promise<CameWithView> {
    const within = referralWithin(actor, reachFor(actor, 'transfer.cameWith'), this.clock.now());
    const [row] = await this.read<OfClient<CameWithView>>(
      actor,
      'transfer.cameWith',
      { kind: 'referral', id: referralId },
      sql`
      select r.client_id, i.id, i.from_name as "fromName", i.carries, i.received_at as "receivedAt"
      from transfer_in i join referral r on r.scheme_id = i.scheme_id and r.id = i.referral_id
      where i.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return without(row, 'client_id');
  }

  /** What came with somebody, referral by referral, newest first. */
  async cameOf(actor: MemberActor, clientId: string): Promise<CameLine[]> {
    const within = referralWithin(actor, reachFor(actor, 'transfer.cameWith'), this.clock.now());
    const rows = await this.read<OfClient<CameLine>>(
      actor,
      'transfer.cameWith',
      { kind: 'client', id: clientId },
      sql`
      select r.client_id, r.id as "referralId", r.reference, i.from_name as "fromName", i.received_at as "receivedAt"
      from transfer_in i join referral r on r.scheme_id = i.scheme_id and r.id = i.referral_id
      where i.scheme_id = ${actor.schemeId} and r.client_id = ${clientId} and ${within} order by i.id desc`,
    );
    return rows.map((row) => without(row, 'client_id'));
  }

  private async one<View>(
    actor: MemberActor,
    action: 'transfer.list' | 'transfer.document',
    id: string,
    columns: Sql,
  ): Promise<OfClient<View>> {
    const within = referralWithin(actor, reachFor(actor, action), this.clock.now());
    const [row] = await this.read<OfClient<View> & Record<string, unknown>>(
      actor,
      action,
      { kind: 'transfer', id },
      sql`
      select r.client_id, ${columns} from transfer t
      join referral r on r.scheme_id = t.scheme_id and r.id = t.referral_id
      where t.scheme_id = ${actor.schemeId} and t.id = ${id} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return row;
  }

  private async readIncoming<View extends object>(
    actor: MemberActor,
    columns: Sql,
    which: Sql,
    id?: string,
  ): Promise<View[]> {
    const within = incomingWithin(actor, reachFor(actor, 'transfer.incoming'));
    const rows = await this.read<OfClient<View> & Record<string, unknown>>(
      actor,
      'transfer.incoming',
      id === undefined ? undefined : { kind: 'transfer', id },
      sql`
      select r.client_id, ${columns} from transfer_parcel p
      left join transfer_in i on i.scheme_id = ${actor.schemeId} and i.id = p.id
      left join referral r on r.scheme_id = i.scheme_id and r.id = i.referral_id
      where p.to_scheme_id = ${actor.schemeId} and ${within} and ${which}`,
    );
    return rows.map((row) => without(row, 'client_id') as unknown as View);
  }

  private read<Row extends Record<string, unknown> | object>(
    actor: MemberActor,
    action: Action,
    subject: { kind: string; id: string } | undefined,
    page: Sql,
  ): Promise<Row[]> {
    return this.database.read<Row & Record<string, unknown>>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action, ...(subject && { subject }) }, page),
    );
  }
}
