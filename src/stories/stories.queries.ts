import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { clientWithin } from '../clients/client.reach.js';
import { memberName } from '../identity/member-name.queries.js';
import { reachOf } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { moment } from '../platform/database/moment.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import type { StoriesQuery, StoryLine, StoryView } from './story.dto.js';
import { namesOf } from './story-names.queries.js';
import { STORY_FROM, usableFor } from './story.reach.js';
import { namesOfRecord, possibleNames, secondReaderProblem, storyActions } from './story.rules.js';
import { STORY_USES } from './story.types.js';

type Row<View> = Omit<View, 'clientId'> & { client_id: string };
type WholeRow = Row<Omit<StoryView, 'lookAt' | 'namesOfRecord' | 'actions'>> & {
  names: string[];
  hasDied: boolean;
  writtenByAccount: string | null;
  offeredByAccount: string | null;
};

const accountOf = (member: Sql): Sql =>
  sql`(select m.account_id from membership m where m.scheme_id = s.scheme_id and m.id = ${member})`;

const by = (member: Sql): Sql => memberName(sql`s.scheme_id`, member);

const line = (at: Date): Sql => sql`
  c.id as client_id, s.id, s.version, c.first_name || ' ' || c.last_name as "clientName", s.state, s.title,
  array(select wanted.kind from unnest(${[...STORY_USES]}::text[]) as wanted (kind) where ${usableFor(sql`wanted.kind`, at)}) as "usableFor",
  ${by(sql`s.written_by`)} as "writtenBy", s.created_at as "createdAt"`;

/** What is withdrawn is kept for the person, who may ask for it, and shown to nobody else. */
const unless = (words: Sql): Sql => sql`case when s.state <> 'withdrawn' then ${words} end`;

const whole = (at: Date): Sql => sql`
  ${line(at)}, ${unless(sql`s.words`)} as words, ${unless(sql`s.anonymised`)} as anonymised, s.language,
  s.told_on::text as "toldOn", s.told_how as "toldHow", s.withdrawn_at as "withdrawnAt",
  (select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'use', k.use, 'basis', k.basis, 'decidedBy', k.decided_by,
      'agreedOn', k.agreed_on, 'how', k.how, 'expiresOn', k.expires_on, 'recordedBy', ${by(sql`k.recorded_by`)},
      'endedAt', ${moment(sql`k.ended_at`)}, 'endedBecause', k.ended_because) order by k.id desc), '[]')
    from story_consent k where k.scheme_id = s.scheme_id and k.story_id = s.id) as consents,
  (select coalesce(jsonb_agg(jsonb_build_object('number', e.number, 'title', e.title,
      'words', ${unless(sql`e.words`)}, 'offeredBy', ${by(sql`e.offered_by`)}, 'offeredAt', ${moment(sql`e.offered_at`)},
      'decision', e.decision, 'lookedAt', e.looked_at, 'note', e.note, 'decidedBy', ${by(sql`e.decided_by`)},
      'decidedAt', ${moment(sql`e.decided_at`)}) order by e.number desc), '[]')
    from story_edition e where e.scheme_id = s.scheme_id and e.story_id = s.id) as editions,
  (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'use', p.use, 'edition', p.edition, 'place', p.place,
      'printedOn', p.printed_on, 'recordedBy', ${by(sql`p.recorded_by`)}, 'settled', p.settled,
      'settledNote', p.settled_note, 'toTakeDown', p.settled is null and not exists (
        select 1 from story_consent k
        where k.scheme_id = s.scheme_id and k.story_id = s.id and k.use = p.use and k.ended_at is null
          and k.expires_on >= ${londonDate(at)}::date)) order by p.id desc), '[]')
    from story_printing p where p.scheme_id = s.scheme_id and p.story_id = s.id) as printings`;

@Injectable()
export class StoriesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first, by their headings. */
  async list(actor: MemberActor, query: StoriesQuery): Promise<Page<StoryLine>> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'story.list'), now);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const before = decodeIdCursor(query.after);
    const rows = await this.database.read<Row<StoryLine>>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'story.list', shows: limit },
        sql`
        select ${line(now)} ${STORY_FROM}
        where s.scheme_id = ${actor.schemeId} and ${within}
          and (${query.state ?? null}::text[] is null or s.state = any(${query.state ?? null}::text[]))
          and (${query.clientId ?? null}::uuid is null or ${query.clientId ?? null}::uuid in (c.id, own.id))
          and (${before}::uuid is null or s.id < ${before}::uuid)
        order by s.id desc limit ${limit + 1}`,
      ),
    );
    const { items, next } = pageOf(rows, limit, (row) => [row.id]);
    return { items: items.map(({ client_id: clientId, ...row }) => ({ ...row, clientId })), next };
  }

  async get(actor: MemberActor, id: string): Promise<StoryView> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'story.get'), now);
    const row = await this.database.maybe<WholeRow>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'story.get', subject: { kind: 'story', id } },
        sql`
        select ${whole(now)}, ${namesOf(sql`s.scheme_id`, sql`c.id`)} as names,
          c.death_recorded_at is not null as "hasDied", ${accountOf(sql`s.written_by`)} as "writtenByAccount",
          ${accountOf(sql`(select e.offered_by from story_edition e
            where e.scheme_id = s.scheme_id and e.story_id = s.id order by e.number desc limit 1)`)} as "offeredByAccount"
        ${STORY_FROM}
        where s.scheme_id = ${actor.schemeId} and s.id = ${id} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    const { client_id: clientId, names, hasDied, writtenByAccount, offeredByAccount, ...story } = row;
    const lookAt =
      story.anonymised === null ? [] : possibleNames(`${story.title}\n${story.anonymised}`, { names });
    const readsSecond =
      secondReaderProblem(actor.accountId, { writtenBy: writtenByAccount, offeredBy: offeredByAccount }) ===
      null;
    const actions = storyActions(
      { state: story.state, hasDied, readsSecond },
      (action) => reachOf(action, actor.role) !== 'none',
    );
    return { ...story, clientId, lookAt, namesOfRecord: namesOfRecord(lookAt, { names }), actions };
  }
}
