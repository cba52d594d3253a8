import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import { reachFor } from '../permissions/reach.js';
import { absence, caresForPeople, standing, substitute } from '../identity/cover.queries.js';
import { beginsWith } from '../identity/organisations.queries.js';
import type { LinkWorkersQuery, LinkWorkerView } from './link-worker.dto.js';
import { LinkWorkerHooks } from './link-worker.hooks.js';

/** Where nobody has set another; the default of the table too. */
export const CASELOAD_LIMIT = 40;

type Row = Omit<LinkWorkerView, 'caseload' | 'room'>;

const linkWorker = (on: Sql): Sql => sql`
  select m.id as "membershipId", m.account_id as "userId", p.name, m.organisation_id as "organisationId",
    o.name as "organisationName", m.triages, coalesce(w.caseload_limit, ${CASELOAD_LIMIT}) as "caseloadLimit",
    coalesce(w.languages, '{}') as languages, coalesce(w.areas, '{}') as areas, coalesce(w.version, 1) as version,
    (select json_build_object('id', c.id, 'reason', c.reason, 'endsOn', c.ends_on, 'coverId', s.id, 'coverName', sp.name)
     from cover c
     left join membership s on s.id = ${substitute(sql`c`, sql`h`, on)}
     left join user_profile sp on sp.scheme_id = c.scheme_id and sp.account_id = s.account_id
     where c.scheme_id = m.scheme_id and c.worker_id = m.id and ${absence(sql`c`, on)}) as absence
  from membership m
  join scheme h on h.id = m.scheme_id
  join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
  join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
  left join link_worker w on w.scheme_id = m.scheme_id and w.membership_id = m.id`;

@Injectable()
export class LinkWorkersQueries {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly hooks: LinkWorkerHooks,
  ) {}

  /** The team, by name. */
  list(actor: MemberActor, query: LinkWorkersQuery): Promise<Page<LinkWorkerView>> {
    reachFor(actor, 'linkWorker.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const lastKey = sql`(
      select k.name_key from membership n join user_profile k on k.scheme_id = n.scheme_id and k.account_id = n.account_id
      where n.scheme_id = ${actor.schemeId} and n.id = ${after}::uuid)`;
    return this.unitOfWork.run(actor, async (tx) => {
      const rows = await tx.rows<Row>(sql`
        ${linkWorker(this.today())}
        where m.scheme_id = ${tx.schemeId} and m.role = 'link_worker' and ${standing(sql`m`)}
          and ${beginsWith(sql`p.name_key`, query.name)}
          and ${after === null ? sql`true` : sql`(p.name_key, m.id) > (${lastKey}, ${after}::uuid)`}
        order by p.name_key, m.id limit ${limit + 1}`);
      const page = pageOf(rows, limit, (row) => [row.membershipId]);
      return { items: await this.withCaseloads(tx, page.items), next: page.next };
    });
  }

  get(actor: MemberActor, membershipId: string): Promise<LinkWorkerView> {
    reachFor(actor, 'linkWorker.list');
    return this.unitOfWork.run(actor, async (tx) => {
      const rows = await tx.rows<Row>(sql`
        ${linkWorker(this.today())}
        where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId} and ${caresForPeople(sql`m`)} and ${standing(sql`m`)}`);
      const [view] = await this.withCaseloads(tx, rows);
      if (!view) throw Refusal.notFound();
      return view;
    });
  }

  /** Also of somebody who has left: people may still be theirs. */
  async nameOf(actor: MemberActor, membershipId: string): Promise<string> {
    reachFor(actor, 'linkWorker.list');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await tx.maybe<{ name: string }>(sql`
        select p.name from membership m
        join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
        where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId} and ${caresForPeople(sql`m`)}`);
      if (!row) throw Refusal.notFound();
      return row.name;
    });
  }

  private today(): Sql {
    return sql`${londonDate(this.clock.now())}::date`;
  }

  private async withCaseloads(tx: Tx, rows: readonly Row[]): Promise<LinkWorkerView[]> {
    const counted = await this.hooks.caseloads.run(tx, {
      membershipIds: rows.map((row) => row.membershipId),
    });
    const live = new Map<string, number>();
    for (const { membershipId, live: count } of counted.flat()) {
      live.set(membershipId, (live.get(membershipId) ?? 0) + count);
    }
    return rows.map((row) => {
      const caseload = live.get(row.membershipId) ?? 0;
      return { ...row, caseload, room: Math.max(0, row.caseloadLimit - caseload) };
    });
  }
}
