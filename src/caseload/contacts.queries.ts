import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
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
import { nameOf } from './by-whom.js';
import type {
  ContactHistoryView,
  ContactView,
  RestrictedSectionView,
  UnreachedChoiceView,
} from './contact.dto.js';
import { CHOICE_FOLLOWS } from './contact.rules.js';
import { CAN_ASK } from './contact.types.js';

type Row = ContactView & { client_id: string; at_text: string };
/** A referral without a contact gives one row of nulls, so that an empty list is not an absent referral. */
type SectionRow = RestrictedSectionView & { client_id: string };
type MaybeSection = Omit<SectionRow, 'id'> & { id: string | null };
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

/** Restricted words are shown to whoever wrote them; what must be known to be safe, to everybody who reaches the contact. */
const sections = (actor: Actor): Sql => sql`(
  select coalesce(json_agg(json_build_object('id', s.id, 'kind', s.kind,
      'words', case when s.kind = 'safety' or s.written_by = ${actor.kind === 'member' ? actor.membershipId : null}::uuid
        then s.words end,
      'notice', case when s.kind = 'restricted' then ${CAN_ASK}::text end,
      'writtenBy', ${nameOf(sql`s.scheme_id`, sql`s.written_by`)}, 'writtenAt', s.written_at) order by s.id), '[]')
  from contact_section s
  where s.scheme_id = c.scheme_id and s.contact_id = c.id and s.ended_at is null) as sections`;

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
        select r.client_id, ${CONTACT}, ${sections(actor)}
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
          select ${CONTACT}, ${sections(actor)} from contact c
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

  /** The restricted words of a contact, with those they took the place of, to the manager who said why. */
  async restricted(actor: MemberActor, readingId: string): Promise<RestrictedSectionView[]> {
    const rows = await this.database.read<MaybeSection>(
      actor.schemeId,
      this.audited(
        actor,
        'contact.readRestricted',
        'contact_reading',
        readingId,
        sql`
        select r.client_id, s.id, s.kind, s.words, ${CAN_ASK}::text as notice,
          ${nameOf(sql`s.scheme_id`, sql`s.written_by`)} as "writtenBy", s.written_at as "writtenAt",
          s.ended_at as "endedAt", s.ended_because as "endedBecause"
        from contact_reading d join contact c on c.scheme_id = d.scheme_id and c.id = d.contact_id
        join referral r on r.scheme_id = c.scheme_id and r.id = c.referral_id
        left join contact_section s on s.scheme_id = c.scheme_id and s.contact_id = c.id
        where d.scheme_id = ${actor.schemeId} and d.id = ${readingId} and d.reader_id = ${actor.membershipId}
        order by s.id`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.filter((row): row is SectionRow => row.id !== null).map((row) => without(row, 'client_id'));
  }

  async choice(actor: Actor, choiceId: string): Promise<UnreachedChoiceView> {
    const found = await this.database.maybe<Omit<UnreachedChoiceView, 'follows'> & { client_id: string }>(
      actor.schemeId,
      this.audited(
        actor,
        'contact.list',
        'unreached_choice',
        choiceId,
        sql`
        select r.client_id, u.id, u.referral_id as "referralId", u.choice, u.note,
          ${nameOf(sql`u.scheme_id`, sql`u.chosen_by`)} as by, u.chosen_at as at
        from unreached_choice u join referral r on r.scheme_id = u.scheme_id and r.id = u.referral_id
        where u.scheme_id = ${actor.schemeId} and u.id = ${choiceId} and ${this.within(actor)}`,
      ),
    );
    if (!found) throw Refusal.notFound();
    return { ...without(found, 'client_id'), follows: CHOICE_FOLLOWS[found.choice] };
  }

  private within(actor: Actor): Sql {
    return referralWithin(actor, reachFor(actor, 'contact.list'), this.clock.now());
  }

  private audited(actor: Actor, action: Act, kind: string, id: string, page: Sql): Sql {
    return auditedRead(actor, this.clock.now(), { action, subject: { kind, id } }, page);
  }
}

const viewOf = (row: Row): ContactView => without(row, 'client_id', 'at_text');
