import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { clientWithin } from '../clients/client.reach.js';
import { timelineOf } from '../clients/timeline.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeMomentCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import { listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow } from '../providers/listing.types.js';
import type { TimelineItem } from './timeline.dto.js';
import './timeline.sources.js';

type Row = Omit<TimelineItem, 'details'> & {
  client_id: string;
  at_text: string;
  details: Record<string, unknown> & { service?: ListingNamedRow | null };
};
/** A person without anything gives one row of nulls, so that an empty timeline is not an absent person. */
type MaybeRow = Omit<Row, 'id'> & { id: string | null };

@Injectable()
export class TimelineQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Everything that happened with a person, or what of it is of some kinds; newest first, over all their referrals. */
  async list(
    actor: MemberActor,
    clientId: string,
    query: PageQuery,
    only?: readonly string[],
  ): Promise<Page<TimelineItem>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const rows = await this.database.read<MaybeRow>(
      actor.schemeId,
      timelineStatement(actor, clientId, this.clock.now(), { limit, after: query.after, only }),
    );
    if (rows.length === 0) throw Refusal.notFound();
    const items = rows.filter((row): row is Row => row.id !== null);
    const page = pageOf(items, limit, (row) => [row.at_text, row.id]);
    const today = londonDate(this.clock.now());
    return { items: page.items.map((row) => item(row, today)), next: page.next };
  }
}

function item(row: Row, today: string): TimelineItem {
  const { service, ...details } = row.details;
  const shown = without(row, 'client_id', 'at_text');
  if (!service) return shown;
  return { ...shown, details: { ...details, service: listingNamed(service, today) } };
}

/** One page of it, one row more than asked for, and in the same statement the record of whom it showed. */
export function timelineStatement(
  actor: MemberActor,
  clientId: string,
  now: Date,
  page: { limit: number; after?: string | undefined; only?: readonly string[] | undefined },
): Sql {
  const [at, id] = decodeMomentCursor(page.after);
  return auditedRead(
    actor,
    now,
    { action: 'timeline.list', subject: { kind: 'client', id: clientId } },
    sql`
    select c.id as client_id, page.* from client c left join lateral (
      select e.at, e.id, e.what, e.action, e.referral_id as "referralId", e.subject_id as "subjectId", e.by, e.words,
        e.details, e.at::text as at_text
      from (${join(timelineOf(sql`c.scheme_id`, sql`c.id`, page.only), ' union all ')})
        as e(at, id, what, action, referral_id, subject_id, by, words, details)
      where ${at}::timestamptz is null or (e.at, e.id) < (${at}::timestamptz, ${id}::uuid)
      order by e.at desc, e.id desc limit ${page.limit + 1}
    ) page on true
    where c.scheme_id = ${actor.schemeId} and c.id = ${clientId}
      and ${clientWithin(actor, reachFor(actor, 'timeline.list'), now)}
    order by page.at desc, page.id desc`,
  );
}
