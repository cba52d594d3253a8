import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { auditedRead } from '../audit/audit.js';
import type { Reach } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_LIMIT, decodeIdCursor, pageOf, type Page } from '../platform/http/pagination.js';
import { GroupLinks } from './group-links.service.js';
import type {
  GroupLinkListQuery,
  GroupLinkView,
  SurveyReplyListQuery,
  SurveyReplyView,
} from './survey.dto.js';

type LinkRow = Omit<GroupLinkView, 'address'> & { live: boolean };

@Injectable()
export class SurveysQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly groupLinks: GroupLinks,
  ) {}

  async link(actor: Actor, id: string): Promise<GroupLinkView> {
    reachFor(actor, 'groupLink.list');
    const [link] = await this.readLinks(actor, sql`k.id = ${id}`, 1);
    if (!link) throw Refusal.notFound();
    return link;
  }

  /** Newest first. */
  async links(actor: Actor, query: GroupLinkListQuery): Promise<Page<GroupLinkView>> {
    reachFor(actor, 'groupLink.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const { purpose = null, organisationId = null } = query;
    const wanted = sql`(${purpose}::text is null or k.purpose = ${purpose}::text)
      and (${organisationId}::uuid is null or k.organisation_id = ${organisationId}::uuid)
      and (${before}::uuid is null or k.id < ${before}::uuid)`;
    return pageOf(await this.readLinks(actor, wanted, limit + 1), limit, ({ id }) => [id]);
  }

  private async readLinks(actor: Actor, wanted: Sql, limit: number): Promise<GroupLinkView[]> {
    const rows = await this.database.read<LinkRow>(
      actor.schemeId,
      sql`
      select k.id, k.purpose, k.organisation_id as "organisationId", o.name as "organisationName",
        k.neighbourhood_id as "neighbourhoodId", n.name as "neighbourhoodName", k.created_at as "createdAt",
        k.expires_at as "expiresAt", k.revoked_at as "revokedAt",
        k.revoked_at is null and k.expires_at > ${this.clock.now()} as live,
        (select count(*)::int from survey_reply r where r.scheme_id = k.scheme_id and r.link_id = k.id) as replies
      from group_link k
      left join organisation o on o.scheme_id = k.scheme_id and o.id = k.organisation_id
      left join neighbourhood n on n.scheme_id = k.scheme_id and n.id = k.neighbourhood_id
      where k.scheme_id = ${actor.schemeId} and ${wanted}
      order by k.id desc limit ${limit}`,
    );
    return rows.map(({ live, ...link }) => ({
      ...link,
      address: live ? this.groupLinks.address(link.id, link.purpose) : null,
    }));
  }

  async get(actor: Actor, id: string): Promise<SurveyReplyView> {
    const within = surveyWithin(actor, reachFor(actor, 'survey.list'));
    const [reply] = await this.read(actor, sql`r.id = ${id} and ${within}`, 1, { kind: 'survey_reply', id });
    if (!reply) throw Refusal.notFound();
    return reply;
  }

  /** Newest first. A group reads what it said itself. */
  async list(actor: Actor, query: SurveyReplyListQuery): Promise<Page<SurveyReplyView>> {
    const within = surveyWithin(actor, reachFor(actor, 'survey.list'));
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const { reviewed = null, organisationId = null, neighbourhoodId = null } = query;
    const wanted = sql`${within}
      and (${reviewed}::boolean is null or (r.reviewed_at is not null) = ${reviewed}::boolean)
      and (${organisationId}::uuid is null or r.organisation_id = ${organisationId}::uuid)
      and (${neighbourhoodId}::uuid is null or r.neighbourhood_id = ${neighbourhoodId}::uuid)
      and (${before}::uuid is null or r.id < ${before}::uuid)`;
    return pageOf(await this.read(actor, wanted, limit + 1), limit, ({ id }) => [id]);
  }

  private read(
    actor: Actor,
    wanted: Sql,
    limit: number,
    subject?: { kind: string; id: string },
  ): Promise<SurveyReplyView[]> {
    const page = sql`
      select null::uuid as client_id, r.id, r.organisation_id as "organisationId",
        r.neighbourhood_id as "neighbourhoodId", r.group_name as "groupName", r.contact_name as "contactName",
        r.contact_email as "contactEmail", r.contact_phone as "contactPhone", r.received_at as "receivedAt",
        r.reviewed_at as "reviewedAt", r.forgotten_at as "forgottenAt",
        (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'topic', a.topic, 'words', a.words,
            'sharing', a.sharing, 'assetId', a.asset_id, 'listingId', a.listing_id) order by a.id), '[]')
          from survey_answer a where a.scheme_id = r.scheme_id and a.reply_id = r.id) as answers
      from survey_reply r
      where r.scheme_id = ${actor.schemeId} and ${wanted}
      order by r.id desc limit ${limit}`;
    const action: Act = subject ? 'survey.get' : 'survey.list';
    const fact = { action, ...(subject && { subject }) };
    return this.database
      .read<SurveyReplyView & { client_id?: null }>(
        actor.schemeId,
        auditedRead(actor, this.clock.now(), fact, page),
      )
      .then((rows) =>
        rows.map((row) => {
          delete row.client_id;
          return row;
        }),
      );
  }
}

/** What was said, whatever of it may be told, is for managers and for the group itself. */
function surveyWithin(actor: Actor, reach: Reach): Sql {
  if (reach === 'scheme') return sql`true`;
  return reach === 'organisation' && actor.kind === 'member'
    ? sql`r.organisation_id = ${actor.organisationId}`
    : sql`false`;
}
