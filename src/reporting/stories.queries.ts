import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { without } from '../platform/pure/without.js';
import { STORY_FROM, usableFor } from '../stories/story.reach.js';
import type {
  PublishedStory,
  StoriesLeftOut,
  UsableStoriesQuery,
  UsableStoriesView,
  UsableStory,
} from './stories.dto.js';

const DEFINITION =
  'Stories approved by a second reader, whose person agrees today to this use. In their anonymised form and in no order that says when they were told';

/** What a report, a page or a training day may tell. It is asked anew each time, and keeps nothing. */
@Injectable()
export class UsableStoriesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** As it would stand in a report of today: the same stories as for that use, and of each only what is printed. */
  async published(actor: MemberActor): Promise<PublishedStory[]> {
    reachFor(actor, 'story.published');
    const now = this.clock.now();
    const rows = await this.database.read<PublishedStory & { client_id: string }>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'story.published' },
        sql`
        select c.id as client_id, e.title, e.words, s.language ${STORY_FROM}
        join story_edition e on e.scheme_id = s.scheme_id and e.story_id = s.id and e.number = s.edition
        where s.scheme_id = ${actor.schemeId} and ${usableFor('report', now)}
        order by e.title, e.words`,
      ),
    );
    return rows.map((row) => without(row, 'client_id'));
  }

  async list(actor: MemberActor, { use }: UsableStoriesQuery): Promise<UsableStoriesView> {
    reachFor(actor, 'story.use');
    const now = this.clock.now();
    const usable = usableFor(use, now);
    const agreed = sql`exists (
      select 1 from story_consent k
      where k.scheme_id = s.scheme_id and k.story_id = s.id and k.use = ${use} and k.ended_at is null
        and k.expires_on >= ${londonDate(now)}::date)`;
    const [rows, [leftOut]] = await Promise.all([
      this.database.read<UsableStory & { client_id: string }>(
        actor.schemeId,
        auditedRead(
          actor,
          now,
          { action: 'story.use', details: { use } },
          sql`
          select c.id as client_id, s.id, e.number as edition, e.title, e.words, s.language,
            (select k.expires_on::text from story_consent k where k.scheme_id = s.scheme_id and k.story_id = s.id
              and k.use = ${use} and k.ended_at is null) as until
          ${STORY_FROM}
          join story_edition e on e.scheme_id = s.scheme_id and e.story_id = s.id and e.number = s.edition
          where s.scheme_id = ${actor.schemeId} and ${usable}
          order by e.title, s.id`,
        ),
      ),
      this.database.read<StoriesLeftOut & Record<string, unknown>>(
        actor.schemeId,
        sql`
        select count(*) filter (where s.state = 'approved' and c.death_recorded_at is null and not ${usable})::integer
            as "notAgreed",
          count(*) filter (where s.state in ('draft', 'waiting') and c.death_recorded_at is null and ${agreed})::integer
            as "notRead",
          count(*) filter (where s.state <> 'withdrawn' and c.death_recorded_at is not null)::integer as died,
          count(*) filter (where s.state = 'withdrawn')::integer as withdrawn
        ${STORY_FROM} where s.scheme_id = ${actor.schemeId}`,
      ),
    ]);
    if (!leftOut) throw new Error('Counting gave no row.');
    return {
      use,
      asOf: now,
      definition: DEFINITION,
      stories: rows.map((row) => without(row, 'client_id')),
      leftOut,
    };
  }
}
