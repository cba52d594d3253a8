import { Injectable, type OnModuleInit } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import { type Actor, systemActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { outbox } from '../platform/outbox/outbox.js';
import { canonicalJson, sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { ListingsService } from '../providers/listings.service.js';
import { AssetsService } from './assets.service.js';
import { GroupLinks } from './group-links.service.js';
import { neighbourhoodOfPostcode } from './neighbourhood-of.js';
import { SURVEY_FORGOTTEN, SURVEY_RECEIVED, SURVEY_REVIEWED } from './survey.events.js';
import { becomes } from './survey.rules.js';
import {
  CONTACT_MONTHS,
  MOST_REPLIES,
  TOPIC_KIND,
  type SurveyAnswer,
  type SurveyForm,
  type SurveyTopic,
  type OpenGroupLink,
} from './survey.types.js';

const DAY_MS = 86_400_000;
const NAME_LENGTH = 200;

const TITLES: Record<SurveyTopic, string> = {
  people: 'People',
  space: 'Space',
  skills: 'Skills',
  time: 'Time',
  reach: 'Whom we reach',
};

/** "What your group has to offer": what came by a link, and what a manager makes of it. */
@Injectable()
export class Surveys implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly links: GroupLinks,
    private readonly listings: ListingsService,
    private readonly assets: AssetsService,
    private readonly ticks: Ticks,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'survey-contacts',
      everyMs: DAY_MS,
      for: 'scheme',
      run: (actor) => this.forgetOldContacts(actor),
    });
  }

  /** Keeps what was said and makes drafts of what may be told, all or nothing. The same form sent again is one reply. */
  receive(link: OpenGroupLink, form: SurveyForm): Promise<void> {
    return this.unitOfWork.run(systemActor(link.schemeId, 'a group, by link'), async (tx) => {
      await this.links.refuseEnded(tx, link.id);
      const groupName = link.group ?? form.groupName ?? '';
      const replyId = newId();
      const kept = await tx.maybe(sql`
        insert into survey_reply (scheme_id, id, link_id, organisation_id, neighbourhood_id, group_name, contact_name,
          contact_email, contact_phone, said_hash, received_at)
        select ${tx.schemeId}, ${replyId}, ${link.id}, ${link.organisationId},
          coalesce(${link.neighbourhoodId}::uuid, (
            select ${neighbourhoodOfPostcode(tx.schemeId, sql`o.postcode`)} from organisation o
            where o.scheme_id = ${tx.schemeId} and o.id = ${link.organisationId})),
          ${groupName}, ${form.contactName}, ${form.contactEmail}, ${form.contactPhone},
          ${sha256(canonicalJson(form))}, ${tx.now}
        on conflict (scheme_id, link_id, said_hash) do nothing
        returning id`);
      if (!kept) return;
      const { replies, neighbourhoodId } = await tx.one<{
        replies: number;
        neighbourhoodId: string | null;
      }>(sql`
        select (select count(*)::int from survey_reply where scheme_id = ${tx.schemeId} and link_id = ${link.id}) as replies,
          (select neighbourhood_id from survey_reply where scheme_id = ${tx.schemeId} and id = ${replyId})
            as "neighbourhoodId"`);
      if (replies > MOST_REPLIES) {
        throw Refusal.conflict(
          'link-full',
          'This link has had too many answers. Ask the scheme for a new one.',
        );
      }
      for (const answer of form.answers) {
        const made = await this.make(tx, answer, groupName, { ...link, neighbourhoodId });
        await tx.run(sql`
          insert into survey_answer (scheme_id, id, reply_id, topic, words, sharing, asset_id, listing_id)
          values (${tx.schemeId}, ${newId()}, ${replyId}, ${answer.topic}, ${answer.words}, ${answer.sharing},
            ${made.assetId}, ${made.listingId})`);
      }
      await audit(tx, {
        action: 'survey.receive',
        subject: { kind: 'survey_reply', id: replyId },
        details: { link: link.id, answers: form.answers.map(({ topic, sharing }) => `${topic}:${sharing}`) },
      });
      await outbox.add(tx, SURVEY_RECEIVED, { surveyReplyId: replyId });
    });
  }

  /** A manager has looked at it, and done with the drafts what there was to do. */
  review(actor: Actor, id: string): Promise<string> {
    reachFor(actor, 'survey.review');
    return this.unitOfWork.run(actor, async (tx) => {
      const { reviewed } = await lockReply(tx, id);
      if (reviewed) throw Refusal.illegalMove('reviewed', 'review', 'It has been looked at already.');
      await tx.run(sql`
        update survey_reply set reviewed_at = ${tx.now},
          reviewed_by = ${actor.kind === 'member' ? actor.membershipId : null}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, { action: 'survey.review', subject: { kind: 'survey_reply', id } });
      await outbox.add(tx, SURVEY_REVIEWED, { surveyReplyId: id });
      return id;
    });
  }

  /** Whoever answered may ask to be forgotten: names, numbers and words go, also from drafts nobody has worked on. What was is retired by itself. */
  forget(actor: Actor, id: string): Promise<string> {
    reachFor(actor, 'survey.review');
    return this.unitOfWork.run(actor, async (tx) => {
      const { forgotten } = await lockReply(tx, id);
      if (forgotten) throw Refusal.illegalMove('forgotten', 'forget', 'It has been forgotten already.');
      await tx.run(sql`
        update survey_reply set contact_name = null, contact_email = null, contact_phone = null, forgotten_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      const made = await tx.rows<{ listingId: string | null; assetId: string | null }>(sql`
        update survey_answer set words = null where scheme_id = ${tx.schemeId} and reply_id = ${id}
        returning listing_id as "listingId", asset_id as "assetId"`);
      for (const { listingId, assetId } of made) {
        if (listingId !== null) await this.listings.forgetDraftWithin(tx, listingId);
        if (assetId !== null) await this.assets.forgetDraftWithin(tx, assetId);
      }
      await audit(tx, { action: 'survey.forget', subject: { kind: 'survey_reply', id } });
      await outbox.add(tx, SURVEY_FORGOTTEN, { surveyReplyId: id });
      return id;
    });
  }

  /** A volunteer's name and number were for ringing back: after a year they are gone. */
  async forgetOldContacts(actor: Actor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const gone = await tx.rows<{ id: string }>(sql`
        update survey_reply set contact_name = null, contact_email = null, contact_phone = null
        where scheme_id = ${tx.schemeId} and ${hasContact}
          and received_at < ${tx.now}::timestamptz - make_interval(months => ${CONTACT_MONTHS})
        returning id`);
      for (const { id } of gone) {
        await audit(tx, {
          action: 'survey.forget',
          subject: { kind: 'survey_reply', id },
          details: { contact: true },
        });
      }
    });
  }

  private async make(
    tx: Tx,
    { topic, words, sharing }: SurveyAnswer,
    groupName: string,
    {
      organisationId,
      neighbourhoodId,
      provides,
    }: Pick<OpenGroupLink, 'organisationId' | 'neighbourhoodId' | 'provides'>,
  ): Promise<{ assetId: string | null; listingId: string | null }> {
    const name = `${groupName}: ${TITLES[topic].toLowerCase()}`.slice(0, NAME_LENGTH);
    switch (becomes({ sharing }, provides)) {
      case null:
        return { assetId: null, listingId: null };
      case 'listing': {
        const listingId = await this.listings.createWithin(tx, {
          organisationId: organisationId ?? '',
          name,
          description: words,
          forReview: true,
        });
        return { assetId: null, listingId };
      }
      case 'asset': {
        const assetId = await this.assets.createWithin(tx, {
          organisationId,
          neighbourhoodId,
          name,
          description: words,
          kind: TOPIC_KIND[topic],
          takesReferrals: sharing === 'send',
          foundBy: 'survey',
          source: groupName.slice(0, NAME_LENGTH),
          forReview: true,
        });
        return { assetId, listingId: null };
      }
    }
  }
}

const hasContact: Sql = sql`(contact_name is not null or contact_email is not null or contact_phone is not null)`;

async function lockReply(tx: Tx, id: string): Promise<{ reviewed: boolean; forgotten: boolean }> {
  const row = await tx.maybe<{ reviewed: boolean; forgotten: boolean }>(sql`
    select reviewed_at is not null as reviewed, forgotten_at is not null as forgotten from survey_reply
    where scheme_id = ${tx.schemeId} and id = ${id} for no key update`);
  if (!row) throw Refusal.notFound();
  return row;
}
