import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { actsOf, didOf, LOOKING } from '../audit/acts.js';
import { audit, auditedRead } from '../audit/audit.js';
import { type Audited, withoutAudit } from '../clients/clients.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, daysBetween, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted } from '../platform/database/listed.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeMomentNumberCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import type { AuditEntryView, AuditQuery, AuditWhoView, WhoQuery } from './audit-search.dto.js';

const USUAL_DAYS = 30;
/** By person the record of every day in between is read through. */
const MOST_DAYS = 366;
const PEOPLE_NAMED = 5;

export interface Days {
  from: string;
  to: string;
}

type Row = Omit<AuditEntryView, 'did'>;

interface AskedOf {
  total: number;
  person: string | null;
  user: string | null;
}

/** Whom `entry e` is about: the person themselves, and every record that was joined to theirs. */
const about = (schemeId: string, clientId: string): Sql => sql`
  e.client_ids && array(
    select c.id from client c where c.scheme_id = ${schemeId} and c.merged_into = ${clientId}
    union all select ${clientId}::uuid)`;

/** Who did `entry e`, beside `membership m`, `user_profile p`. */
const WHO = sql`
  case e.actor_kind
    when 'member' then coalesce(p.name, 'Somebody whose account is gone')
    when 'system' then 'Betony'
    when 'link' then 'A group, by its link'
    else case when e.actor_id = any(e.client_ids) then 'The person, on their own page'
      else 'Somebody they named, on their page' end
  end`;

const ACTORS = sql`
  left join membership m on e.actor_kind = 'member' and m.scheme_id = e.scheme_id and m.id = e.actor_id
  left join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id`;

const LOOKED = sql`split_part(e.action, '.', 2) = any(${[...LOOKING]}::text[])`;

function entriesAsked(
  { schemeId }: MemberActor,
  { clientId, userId, about: area, did }: AuditQuery,
  days: Days,
): Sql {
  return sql`audit_entry e
    where e.scheme_id = ${schemeId} and ${within(days)}
      and ${clientId === undefined ? sql`true` : about(schemeId, clientId)}
      and ${
        userId === undefined
          ? sql`true`
          : sql`e.actor_id = any(array(
              select m.id from membership m where m.scheme_id = ${schemeId} and m.account_id = ${userId}))`
      }
      and ${area === undefined ? sql`true` : sql`e.action = any(${actsOf(area)}::text[])`}
      and ${did === undefined ? sql`true` : did === 'looked' ? LOOKED : sql`not ${LOOKED}`}`;
}

/** A page of the record, with an entry more than it holds. */
export function entriesPage(actor: MemberActor, query: AuditQuery, days: Days, limit: number): Sql {
  const [at, number] = decodeMomentNumberCursor(query.after);
  const [way, beyond] = query.sort === 'at' ? [raw('asc'), raw('>')] : [raw('desc'), raw('<')];
  const { clientId } = query;
  return sql`
    with few as materialized (
      select e.* from ${entriesAsked(actor, query, days)}
        and ${at === null ? sql`true` : sql`(e.at, e.id) ${beyond} (${at}::timestamptz, ${number}::bigint)`}
      order by e.at ${way}, e.id ${way} limit ${limit + 1})
    select e.id::text as id, e.at, ${WHO} as who, p.account_id as "userId", m.role, e.action,
      cardinality(e.client_ids) as "peopleCount",
      (select coalesce(json_agg(json_build_object('id', n.id, 'name', n.name) order by n.place), '[]'::json)
        from (
          select c.id, concat_ws(' ', c.first_name, c.last_name) as name,
            row_number() over (order by c.last_name, c.first_name, c.id) as place
          from client c
          where c.scheme_id = e.scheme_id and c.id = any(e.client_ids)
            and ${clientId === undefined ? sql`true` : sql`${clientId} in (c.id, c.merged_into)`}
          order by place limit ${PEOPLE_NAMED}) n) as people
    from few e ${ACTORS}
    order by e.at ${way}, e.id ${way}`;
}

/** Who looked at whose record, and who did what. Asking is on record as well. */
@Injectable()
export class AuditSearchQueries {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first unless told. */
  search(actor: MemberActor, query: AuditQuery): Promise<Page<AuditEntryView>> {
    reachFor(actor, 'audit.search');
    const days = this.daysOf(query);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { clientId = null, userId = null } = query;
    return this.unitOfWork.run(actor, async (tx) => {
      const rows = await tx.rows<Row & Record<string, unknown>>(entriesPage(actor, query, days, limit));
      const { items, next } = pageOf(rows, limit, (row) => [row.at.toISOString(), row.id]);
      const named = items.flatMap(({ people }) => people.map(({ id }) => id));
      await audit(tx, {
        action: 'audit.search',
        clients: [...new Set(clientId === null ? named : [clientId, ...named])],
        details: { ...days, userId },
      });
      return { items: items.map((row) => ({ ...row, did: didOf(row.action) })), next };
    });
  }

  /** Everybody who looked at a person's record or wrote in it, whoever did so last first. */
  async who(actor: MemberActor, clientId: string, query: WhoQuery): Promise<AuditWhoView[]> {
    reachFor(actor, 'audit.search');
    const days = this.daysOf(query);
    const rows = await this.database.read<Audited<AuditWhoView>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'audit.search', subject: { kind: 'client', id: clientId }, details: { ...days } },
        sql`
        select ${clientId}::uuid as client_id, d.who, d.account_id as "userId", d.role, o.name as organisation,
          d.looked, d.did, d.last_at as "lastAt"
        from (
          select ${WHO} as who, p.account_id, m.role::text, m.organisation_id,
            count(*) filter (where ${LOOKED})::int as looked, count(*) filter (where not ${LOOKED})::int as did,
            max(e.at) as last_at
          from audit_entry e ${ACTORS}
          where e.scheme_id = ${actor.schemeId} and ${within(days)} and ${about(actor.schemeId, clientId)}
          group by 1, 2, 3, 4) d
        left join organisation o on o.scheme_id = ${actor.schemeId} and o.id = d.organisation_id
        order by d.last_at desc, d.who`,
      ),
    );
    if (rows.length === 0 && (await this.asked(actor, { clientId, ...days })).person === null)
      throw Refusal.notFound();
    return rows.map(withoutAudit);
  }

  /** Of a search: how many entries there are, and the names a page has for whom it is asked about, null where there is nobody of that id. */
  async asked(actor: MemberActor, query: AuditQuery): Promise<AskedOf> {
    reachFor(actor, 'audit.search');
    const { clientId = null, userId = null } = query;
    const few = sql`select 1 from ${entriesAsked(actor, query, this.daysOf(query))}`;
    const found = await this.database.maybe<AskedOf & Record<string, unknown>>(
      actor.schemeId,
      sql`
      select (${counted(few)}) as total,
        (select concat_ws(' ', c.first_name, c.last_name) from client c
          where c.scheme_id = ${actor.schemeId} and c.id = ${clientId}::uuid) as person,
        (select p.name from user_profile p
          where p.scheme_id = ${actor.schemeId} and p.account_id = ${userId}::uuid) as user`,
    );
    return found ?? { total: 0, person: null, user: null };
  }

  daysOf({ from, to }: Partial<Days>): Days {
    const last = to ?? londonDate(this.clock.now());
    const first = from ?? addDays(last, -USUAL_DAYS);
    if (first > last) throw Refusal.invalidField('from', 'The first day must not be after the last');
    if (daysBetween(first, last) > MOST_DAYS)
      throw Refusal.invalidField('from', 'Ask for at most a year at a time');
    return { from: first, to: last };
  }
}

/** By London's calendar, both days with it. */
const within = ({ from, to }: Days): Sql =>
  sql`e.at >= ${atLondon(from, '00:00')} and e.at < ${atLondon(addDays(to, 1), '00:00')}`;
