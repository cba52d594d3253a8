import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { standing } from '../identity/cover.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow } from '../providers/listing.types.js';
import type { ApprovalsQuery, ApprovalView } from './offer-approval.dto.js';
import { approvalWithin } from './offer-approval.reach.js';
import { approvalRefusal } from './offer-approval.rules.js';
import { APPROVAL_VERBS, type OwnService } from './offer-approval.types.js';

const worksFor = (account: Sql): Sql => sql`exists (
  select 1 from membership m
  where m.scheme_id = r.scheme_id and m.organisation_id = l.organisation_id and m.account_id = ${account}
    and ${standing(sql`m`)})`;

/** `referral r`, or one joined to it, was written so. `w` is a row of referral. */
const written = (so: Sql): Sql => sql`exists (
  select 1 from referral w
  where w.scheme_id = r.scheme_id and (w.id = r.id or (w.joined_into = r.id and w.state = 'joined')) and (${so}))`;

const AUTHOR_ACCOUNT: Sql = sql`(
  select u.account_id from membership u where u.scheme_id = w.scheme_id and u.id = w.author_id)`;

/**
 * Why an offer of `referral r` to `listing l` is one to somebody's own organisation; null when it is not. Whoever asks
 * counts with all their roles. The product itself, such as an import, is nobody's.
 */
export const ownServiceOf = (asker: Actor): Sql =>
  asker.kind !== 'member'
    ? sql`null::text`
    : sql`case
        when ${worksFor(sql`${asker.accountId}::uuid`)} then 'worker'
        when ${written(sql`w.organisation_id = l.organisation_id or ${worksFor(AUTHOR_ACCOUNT)}`)} then 'referrer'
      end`;

/** What ties whoever looks to `listing l` or to `referral r`, so that they are no second person; null when nothing does. */
export const tieOf = (decider: MemberActor): Sql => sql`case
    when ${worksFor(sql`${decider.accountId}::uuid`)} then 'worker'
    when ${written(sql`${AUTHOR_ACCOUNT} = ${decider.accountId}::uuid`)} then 'referrer'
  end`;

/** A second person has said yes to `referral r` being offered to `listing l`. */
export const secondPersonAgreed: Sql = sql`exists (
  select 1 from offer_approval y
  where y.scheme_id = r.scheme_id and y.referral_id = r.id and y.listing_id = l.id and y.state = 'approved')`;

interface Row extends Omit<ApprovalView, 'client' | 'listing' | 'organisation' | 'actions'> {
  client_id: string;
  clientName: string;
  listing: ListingNamedRow;
  organisationId: string;
  organisationName: string;
  askedByAccount: string;
  tie: OwnService | null;
}

const approvalsFor = (actor: MemberActor): Sql => sql`
  select a.id, a.referral_id as "referralId", r.reference, c.id as client_id,
    coalesce(c.known_as, c.first_name) || ' ' || c.last_name as "clientName", ${LISTING_NAMED} as listing,
    o.id as "organisationId", o.name as "organisationName", a.why, a.because,
    a.state, au.name as "askedBy", am.account_id as "askedByAccount", a.asked_at as "askedAt", du.name as "decidedBy",
    a.decided_at as "decidedAt", a.decided_because as "decidedBecause",
    ${tieOf(actor)} as tie
  from offer_approval a
  join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
  join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
  join listing l on l.scheme_id = a.scheme_id and l.id = a.listing_id
  join organisation o on o.scheme_id = a.scheme_id and o.id = a.organisation_id
  join membership am on am.scheme_id = a.scheme_id and am.id = a.asked_by
  left join user_profile au on au.scheme_id = am.scheme_id and au.account_id = am.account_id
  left join membership dm on dm.scheme_id = a.scheme_id and dm.id = a.decided_by
  left join user_profile du on du.scheme_id = dm.scheme_id and du.account_id = dm.account_id`;

@Injectable()
export class OfferApprovalQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(actor: MemberActor, query: ApprovalsQuery): Promise<Page<ApprovalView>> {
    const now = this.clock.now();
    const within = approvalWithin(actor, reachFor(actor, 'approval.list'), now);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const states = query.state ?? null;
    const page = sql`
      ${approvalsFor(actor)}
      where a.scheme_id = ${actor.schemeId} and ${within}
        and (${states}::text[] is null or a.state = any(${states}::text[]))
        and (${before}::uuid is null or a.id < ${before}::uuid)
      order by a.id desc limit ${limit + 1}`;
    const rows = await this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'approval.list', shows: limit }, page),
    );
    const { items, next } = pageOf(rows, limit, (row) => [row.id]);
    return { items: items.map((row) => this.view(actor, row)), next };
  }

  async get(actor: MemberActor, id: string): Promise<ApprovalView> {
    const now = this.clock.now();
    const within = approvalWithin(actor, reachFor(actor, 'approval.list'), now);
    const page = sql`${approvalsFor(actor)} where a.scheme_id = ${actor.schemeId} and a.id = ${id} and ${within}`;
    const fact = { action: 'approval.get', subject: { kind: 'offer_approval', id } } as const;
    const row = await this.database.maybe<Row>(actor.schemeId, auditedRead(actor, now, fact, page));
    if (!row) throw Refusal.notFound();
    return this.view(actor, row);
  }

  private view(actor: MemberActor, row: Row): ApprovalView {
    const today = londonDate(this.clock.now());
    return {
      id: row.id,
      referralId: row.referralId,
      reference: row.reference,
      client: { id: row.client_id, name: row.clientName },
      listing: listingNamed(row.listing, today),
      organisation: { id: row.organisationId, name: row.organisationName },
      why: row.why,
      because: row.because,
      state: row.state,
      askedBy: row.askedBy,
      askedAt: row.askedAt,
      decidedBy: row.decidedBy,
      decidedAt: row.decidedAt,
      decidedBecause: row.decidedBecause,
      actions: APPROVAL_VERBS.filter((verb) => approvalRefusal(verb, row, actor.accountId) === null),
    };
  }
}
