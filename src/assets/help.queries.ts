import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { auditedRead } from '../audit/audit.js';
import { clientWithin } from '../clients/client.reach.js';
import { isGroup, onwardWithin } from '../onward-referrals/onward.reach.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_LIMIT, decodeIdCursor, pageOf, type Page } from '../platform/http/pagination.js';
import type { HelpChangeView, HelpView, TallyListQuery } from './help.dto.js';
import { helpWithin } from './help.reach.js';

type Row = Omit<HelpView, 'clientId'> & { client_id: string | null };

const COLUMNS = sql`
  h.id, h.version, h.kind, h.quantity, h.household_members as "householdMembers", h.given_on::text as "givenOn",
  h.organisation_id as "organisationId", g.name as "organisationName", u.name as "recordedBy",
  h.client_id is null as tally, h.onward_referral_id as "onwardReferralId", h.neighbourhood_id as "neighbourhoodId",
  h.note, h.created_at as "recordedAt", h.voided_at is not null as voided, h.void_reason as "voidReason"`;
const BESIDE = sql`
  left join organisation g on g.scheme_id = h.scheme_id and g.id = h.organisation_id
  left join membership m on m.scheme_id = h.scheme_id and m.id = h.recorded_by
  left join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id`;

@Injectable()
export class HelpQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: MemberActor, id: string): Promise<HelpView> {
    const within = helpWithin(actor, reachFor(actor, 'help.list'), this.clock.now());
    const [row] = await this.read(
      actor,
      { action: 'help.get', subject: { kind: 'help', id } },
      sql`select ${COLUMNS}, h.client_id from practical_help h ${BESIDE}
        where h.scheme_id = ${actor.schemeId} and h.id = ${id} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return viewOf(actor, row);
  }

  /** Newest first. */
  async ofClient(actor: MemberActor, clientId: string): Promise<HelpView[]> {
    const within = clientWithin(actor, reachFor(actor, 'help.list'), this.clock.now());
    return this.of(
      actor,
      { kind: 'client', id: clientId },
      sql`select ${COLUMNS}, c.id as client_id from client c
        left join practical_help h on h.scheme_id = c.scheme_id and h.client_id = c.id ${BESIDE}
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by h.given_on desc, h.id desc`,
    );
  }

  /** What was recorded with one onward referral, newest first; a group reads it while somebody takes part. */
  async ofOnward(actor: MemberActor, onwardReferralId: string): Promise<HelpView[]> {
    const reach = reachFor(actor, 'help.list');
    const now = this.clock.now();
    return this.of(
      actor,
      { kind: 'onward_referral', id: onwardReferralId },
      sql`select ${COLUMNS}, o.client_id from onward_referral o
        left join practical_help h on h.scheme_id = o.scheme_id and h.onward_referral_id = o.id
          and ${helpWithin(actor, reach, now)} ${BESIDE}
        where o.scheme_id = ${actor.schemeId} and o.id = ${onwardReferralId} and ${onwardWithin(actor, reach, now)}
        order by h.given_on desc, h.id desc`,
    );
  }

  /** Help counted without a name, newest first. Nobody is in it, so that nobody's record is read. */
  async tallies(actor: MemberActor, query: TallyListQuery): Promise<Page<HelpView>> {
    const within = helpWithin(actor, reachFor(actor, 'help.list'), this.clock.now());
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const { kind = null, organisationId = null, neighbourhoodId = null, from = null, to = null } = query;
    const rows = await this.database.read<Row>(
      actor.schemeId,
      sql`
      select ${COLUMNS}, h.client_id from practical_help h ${BESIDE}
      where h.scheme_id = ${actor.schemeId} and h.client_id is null and ${within}
        and (${kind}::text[] is null or h.kind = any(${kind}::text[]))
        and (${organisationId}::uuid is null or h.organisation_id = ${organisationId}::uuid)
        and (${neighbourhoodId}::uuid is null or h.neighbourhood_id = ${neighbourhoodId}::uuid)
        and (${from}::date is null or h.given_on >= ${from}::date)
        and (${to}::date is null or h.given_on <= ${to}::date)
        and (${before}::uuid is null or h.id < ${before}::uuid)
      order by h.id desc limit ${limit + 1}`,
    );
    const page = pageOf(rows, limit, ({ id }) => [id]);
    return { items: page.items.map((row) => viewOf(actor, row)), next: page.next };
  }

  /** What was done to it, oldest first. */
  async trail(actor: MemberActor, id: string): Promise<HelpChangeView[]> {
    const help = await this.get(actor, id);
    const named = isGroup(actor) ? sql`m.organisation_id = ${actor.organisationId}` : sql`true`;
    return this.database.read<HelpChangeView & Record<string, unknown>>(
      actor.schemeId,
      sql`
      select t.id, t.at, t.action, t.reason, t.changes,
        case when t.actor_id is null then t.actor_name when ${named} then u.name end as by
      from practical_help_history t
      left join membership m on m.scheme_id = t.scheme_id and m.id = t.actor_id
      left join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
      where t.scheme_id = ${actor.schemeId} and t.help_id = ${help.id} order by t.id`,
    );
  }

  /** The subject is there with or without help; without the subject it is out of reach. */
  private async of(
    actor: MemberActor,
    subject: { kind: string; id: string },
    page: Sql,
  ): Promise<HelpView[]> {
    const rows = await this.read(actor, { action: 'help.list', subject }, page);
    if (rows.length === 0) throw Refusal.notFound();
    return rows.filter((row) => (row.id as string | null) !== null).map((row) => viewOf(actor, row));
  }

  private read(
    actor: MemberActor,
    fact: { action: Act; subject: { kind: string; id: string } },
    page: Sql,
  ): Promise<Row[]> {
    return this.database.read<Row>(actor.schemeId, auditedRead(actor, this.clock.now(), fact, page));
  }
}

/** A group knows somebody by their onward referral alone, and none of the scheme's staff by name. */
function viewOf(actor: MemberActor, { client_id: clientId, ...row }: Row): HelpView {
  return isGroup(actor)
    ? { ...row, recordedBy: null, clientId: null }
    : { ...row, clientId: row.tally ? null : clientId };
}
