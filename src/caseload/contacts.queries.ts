import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
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
import { referralWithin } from '../referrals/referral.reach.js';
import type { ContactHistoryView, ContactView } from './contact.dto.js';

type Row = ContactView & { client_id: string; at_text: string };
/** A referral without a contact gives one row of nulls, so that an empty list is not an absent referral. */
type ListRow = Omit<Row, 'id'> & { id: string | null };

const CONTACT = sql`c.id, c.version, c.referral_id as "referralId", c.kind, c.outcome,
  c.outcome = 'reached' as reached, c.at, c.minutes, c.note, c.next_on::text as "nextOn",
  (select count(*)::integer from contact u
    where c.outcome <> 'reached' and u.scheme_id = c.scheme_id and u.referral_id = c.referral_id
      and (u.at, u.id) <= (c.at, c.id)
      and not exists (select 1 from contact d where d.scheme_id = u.scheme_id and d.referral_id = u.referral_id
        and d.outcome = 'reached' and (d.at, d.id) >= (u.at, u.id) and (d.at, d.id) < (c.at, c.id))
  ) as "unreachedInARow",
  (select p.name from membership m join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.id = c.logged_by and m.scheme_id = c.scheme_id) as "loggedBy",
  c.created_at as "loggedAt", c.version > 1 as amended, c.at::text as at_text`;

@Injectable()
export class ContactsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, contactId: string): Promise<ContactView> {
    const found = await this.database.maybe<Row>(
      actor.schemeId,
      this.audited(
        actor,
        'contact.list',
        'contact',
        contactId,
        sql`
        select r.client_id, ${CONTACT}
        from contact c join referral r on r.scheme_id = c.scheme_id and r.id = c.referral_id
        where c.scheme_id = ${actor.schemeId} and c.id = ${contactId} and ${this.within(actor)}`,
      ),
    );
    if (!found) throw Refusal.notFound();
    return viewOf(found);
  }

  /** Newest first. */
  async list(actor: Actor, referralId: string, query: PageQuery): Promise<Page<ContactView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const [at, id] = decodeMomentCursor(query.after);
    const rows = await this.database.read<ListRow>(
      actor.schemeId,
      this.audited(
        actor,
        'contact.list',
        'referral',
        referralId,
        sql`
        select r.client_id, page.* from referral r left join lateral (
          select ${CONTACT} from contact c
          where c.scheme_id = r.scheme_id and c.referral_id = r.id
            and (${at}::timestamptz is null or (c.at, c.id) < (${at}::timestamptz, ${id}::uuid))
          order by c.at desc, c.id desc limit ${limit + 1}
        ) page on true
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}
        order by page.at desc, page.id desc`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    const contacts = rows.filter((row): row is Row => row.id !== null);
    const page = pageOf(contacts, limit, (row) => [row.at_text, row.id]);
    return { items: page.items.map(viewOf), next: page.next };
  }

  /** Everything this contact has said, oldest first. */
  async history(actor: Actor, contactId: string): Promise<ContactHistoryView[]> {
    const rows = await this.database.read<ContactHistoryView & { client_id: string }>(
      actor.schemeId,
      this.audited(
        actor,
        'contact.list',
        'contact',
        contactId,
        sql`
        select r.client_id, h.at, h.action, coalesce(h.actor_name, p.name) as by, h.reason, h.changes
        from contact c join referral r on r.scheme_id = c.scheme_id and r.id = c.referral_id
        join contact_history h on h.scheme_id = c.scheme_id and h.contact_id = c.id
        left join membership m on m.scheme_id = h.scheme_id and m.id = h.actor_id
        left join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
        where c.scheme_id = ${actor.schemeId} and c.id = ${contactId} and ${this.within(actor)}
        order by h.id`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.map((row) => without(row, 'client_id'));
  }

  private within(actor: Actor): Sql {
    return referralWithin(actor, reachFor(actor, 'contact.list'), this.clock.now());
  }

  private audited(actor: Actor, action: string, kind: string, id: string, page: Sql): Sql {
    return auditedRead(actor, this.clock.now(), { action, subject: { kind, id } }, page);
  }
}

const viewOf = (row: Row): ContactView => without(row, 'client_id', 'at_text');
