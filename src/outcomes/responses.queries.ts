import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_LIMIT, decodeMomentCursor, pageOf, type Page } from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { type CatalogueRow, catalogueRow, readCatalogue } from './catalogue.queries.js';
import {
  type Catalogued,
  catalogueOf,
  findIn,
  forEpisode,
  FROM_PLAN,
  mayBeAskedByLink,
  newestIn,
} from './catalogue.rules.js';
import { askedAtStart } from './closing.queries.js';
import { readAloud } from './measure-link.rules.js';
import { pairedChange } from './paired-change.rules.js';
import type { AskedAtStart } from './response.types.js';
import type {
  ChangeQuery,
  ChangeView,
  MeasureView,
  ResponseQuery,
  ResponseView,
  UnansweredView,
} from './response.dto.js';

type Row = ResponseView & { client_id: string };
type MaybeRow = Omit<Row, 'id'> & { id: string | null };
type Unanswered = Omit<UnansweredView, 'title' | 'recordedAt'> & { recordedAt: string };

const person = (column: Sql): Sql => sql`(
  select p.name from membership m join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
  where m.scheme_id = q.scheme_id and m.id = ${column})`;

const RESPONSE = sql`q.id, q.referral_id as "referralId", q.measure, q.measure_version as version, q.occasion,
  q.answered_on::text as "answeredOn", q.mode, q.answers, q.scores, q.bands,
  (select jsonb_build_object('steps', k.steps, 'note', k.note, 'seenBy', ${person(sql`k.acknowledged_by`)},
      'seenAt', k.acknowledged_at)
    from measure_risk k where k.scheme_id = q.scheme_id and k.response_id = q.id) as risk,
  ${person(sql`q.recorded_by`)} as "recordedBy", q.recorded_at as "recordedAt", q.corrects_id as "correctsId",
  q.superseded_at as "supersededAt", ${person(sql`q.superseded_by`)} as "supersededBy",
  q.superseded_because as "supersededBecause"`;

/** Of a referral `r`, the newest reason for each questionnaire and occasion that has no answers. */
const UNANSWERED = sql`(
  select coalesce(jsonb_agg(jsonb_build_object('measure', u.measure, 'occasion', u.occasion, 'because', u.because,
    'recordedBy', u.by, 'recordedAt', u.recorded_at) order by u.recorded_at desc, u.id desc), '[]')
  from (
    select distinct on (q.measure, q.occasion) q.*, ${person(sql`q.recorded_by`)} as by
    from measure_missing q
    where q.scheme_id = r.scheme_id and q.referral_id = r.id and not exists (
      select 1 from measure_response a
      where a.scheme_id = q.scheme_id and a.referral_id = q.referral_id and a.measure = q.measure
        and a.occasion = q.occasion and a.superseded_at is null)
    order by q.measure, q.occasion, q.recorded_at desc, q.id desc) u)`;

/** More than anybody is asked in one episode. */
const MOST = 100;

/** One score, as somebody reads it. */
export interface ReadScore {
  title: string;
  score: number | null;
  max: number;
  band: string | null;
}

/** One questionnaire through a referral, newest answers first. */
export interface Course {
  measure: string;
  title: string;
  responses: { response: ResponseView; scores: ReadScore[] }[];
  /** Of the latest answers against the first. */
  change: ChangeView;
}

@Injectable()
export class ResponsesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The catalogue, with the wording to use. About questions, not people. */
  async measures(actor: Actor): Promise<MeasureView[]> {
    const catalogue = await readCatalogue(this.database, actor.schemeId);
    return catalogue.map((one) => measureView(one, newestIn(catalogue, one.measure.id) === one));
  }

  /** The version to ask now, or the last that was. */
  async measure(actor: Actor, id: string): Promise<MeasureView> {
    const found = newestIn(await readCatalogue(this.database, actor.schemeId), id);
    if (!found) throw Refusal.notFound();
    return measureView(found, true);
  }

  /** What to ask of one referral, by the version it began with, and what was answered of it before, newest first. */
  async toAsk(
    actor: Actor,
    referralId: string,
    measure: string,
  ): Promise<{ measure: MeasureView; earlier: ResponseView[] }> {
    const { items: earlier } = await this.list(actor, referralId, { measure, limit: MOST });
    const catalogue = await readCatalogue(this.database, actor.schemeId);
    const found = newestIn(forEpisode(catalogue, earlier.filter(isBaseline)), measure);
    if (!found) throw Refusal.notFound();
    return { measure: measureView(found, true), earlier };
  }

  async get(actor: Actor, responseId: string): Promise<ResponseView> {
    const found = await this.database.maybe<Row>(
      actor.schemeId,
      this.audited(
        actor,
        'response',
        responseId,
        sql`
        select r.client_id, ${RESPONSE}
        from measure_response q join referral r on r.scheme_id = q.scheme_id and r.id = q.referral_id
        where q.scheme_id = ${actor.schemeId} and q.id = ${responseId} and ${this.within(actor)}`,
      ),
    );
    if (!found) throw Refusal.notFound();
    return viewOf(found);
  }

  /** Newest answers first. */
  async list(actor: Actor, referralId: string, query: ResponseQuery): Promise<Page<ResponseView>> {
    return (await this.listed(actor, referralId, query)).page;
  }

  private async listed(
    actor: Actor,
    referralId: string,
    query: ResponseQuery,
  ): Promise<{ page: Page<ResponseView>; unanswered: Unanswered[] }> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const [on, id] = decodeMomentCursor(query.after);
    const rows = await this.database.read<MaybeRow & { unanswered: Unanswered[] }>(
      actor.schemeId,
      this.audited(
        actor,
        'referral',
        referralId,
        sql`
        select r.client_id, u.unanswered, page.* from referral r
        cross join lateral (select ${UNANSWERED} as unanswered) u left join lateral (
          select ${RESPONSE} from measure_response q
          where q.scheme_id = r.scheme_id and q.referral_id = r.id
            and (${query.measure ?? null}::text is null or q.measure = ${query.measure ?? null})
            and (${query.superseded ?? false}::boolean or q.superseded_at is null)
            and (${on}::date is null or (q.answered_on, q.id) < (${on}::date, ${id}::uuid))
          order by q.answered_on desc, q.id desc limit ${limit + 1}
        ) page on true
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}
        order by page."answeredOn" desc, page.id desc`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    const responses = rows
      .map((row) => without(row, 'unanswered'))
      .filter((row): row is Row => row.id !== null);
    const page = pageOf(responses, limit, (row) => [row.answeredOn, row.id]);
    return {
      page: { items: page.items.map(viewOf), next: page.next },
      unanswered: rows[0]?.unanswered ?? [],
    };
  }

  /** Which questionnaires of a referral have no answers, and why. */
  async unanswered(actor: Actor, referralId: string): Promise<UnansweredView[]> {
    const catalogue = await readCatalogue(this.database, actor.schemeId);
    const { unanswered } = await this.listed(actor, referralId, { limit: 1 });
    return unanswered.map((one) => unansweredView(catalogue, one));
  }

  /** Everything this response was before and became after, first to last. */
  async trail(actor: Actor, responseId: string): Promise<ResponseView[]> {
    const rows = await this.database.read<Row>(
      actor.schemeId,
      this.audited(
        actor,
        'response',
        responseId,
        sql`
        select r.client_id, ${RESPONSE}
        from referral r join measure_response q on q.scheme_id = r.scheme_id and q.referral_id = r.id
        where q.scheme_id = ${actor.schemeId} and ${this.within(actor)} and q.id in (
          with recursive earlier as (
            select m.id, m.corrects_id from measure_response m
            where m.scheme_id = ${actor.schemeId} and m.id = ${responseId}
            union all
            select m.id, m.corrects_id from earlier join measure_response m
              on m.scheme_id = ${actor.schemeId} and m.id = earlier.corrects_id
          ), later as (
            select m.id from measure_response m where m.scheme_id = ${actor.schemeId} and m.id = ${responseId}
            union all
            select m.id from later join measure_response m
              on m.scheme_id = ${actor.schemeId} and m.corrects_id = later.id
          )
          select id from earlier union select id from later)
        order by q.id`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.map(viewOf);
  }

  /** Which questionnaires were asked at the start of a referral, by title, and whether closing has their answers. */
  async closing(actor: Actor, referralId: string): Promise<(AskedAtStart & { title: string })[]> {
    const rows = await this.database.read<{ measure: string | null; hasClosing: boolean } & CatalogueRow>(
      actor.schemeId,
      this.audited(
        actor,
        'referral',
        referralId,
        sql`
        select r.client_id, asked.*, catalogue.* from referral r
        left join lateral (${askedAtStart(actor.schemeId, referralId)}) asked on true
        cross join (${catalogueRow(actor.schemeId)}) catalogue
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}
        order by asked.measure`,
      ),
    );
    const [first] = rows;
    if (!first) throw Refusal.notFound();
    const catalogue = catalogueOf(first.switches, first.own);
    return rows.flatMap(({ measure, hasClosing }) =>
      measure === null
        ? []
        : [{ measure, hasClosing, title: newestIn(catalogue, measure)?.measure.title ?? measure }],
    );
  }

  /** What may be asked now, and all that was answered of a referral with what changed, by questionnaire. */
  async courses(
    actor: Actor,
    referralId: string,
  ): Promise<{ asked: MeasureView[]; answered: Course[]; unanswered: UnansweredView[] }> {
    const catalogue = await readCatalogue(this.database, actor.schemeId);
    const { page, unanswered } = await this.listed(actor, referralId, { limit: MOST });
    const { items } = page;
    const ofEpisode = forEpisode(catalogue, items.filter(isBaseline));
    const isNewest = (one: Catalogued): boolean => newestIn(ofEpisode, one.measure.id) === one;
    const asked = ofEpisode.filter(
      (one) => one.standing === 'asked' && one.measure.fromPlan === undefined && isNewest(one),
    );
    const answered = [...new Set(items.map(({ measure }) => measure))].sort().map((id): Course => {
      const responses = items.filter(({ measure }) => measure === id);
      const baseline = responses.find(isBaseline);
      const later = responses.filter((one) => !isBaseline(one));
      return {
        title: newestIn(catalogue, id)?.measure.title ?? id,
        measure: id,
        responses: responses.map((response) => ({
          response,
          scores: scoresIn(response, findIn(catalogue, id, response.version)),
        })),
        change: changeOf(
          catalogue,
          id,
          baseline,
          later.find(({ version }) => version === baseline?.version) ?? later[0],
        ),
      };
    });
    return {
      asked: asked.map((one) => measureView(one, true)),
      answered,
      unanswered: unanswered.map((one) => unansweredView(catalogue, one)),
    };
  }

  /** What changed for one person between the baseline and a follow-up of the same episode. */
  async change(actor: Actor, referralId: string, query: ChangeQuery): Promise<ChangeView> {
    const catalogue = await readCatalogue(this.database, actor.schemeId);
    const found = newestIn(catalogue, query.measure);
    if (!found) throw Refusal.invalidField('measure', 'There is no such questionnaire');
    if (found.measure.fromPlan) throw Refusal.invalidField('measure', FROM_PLAN);
    const rows = await this.database.read<MaybeRow>(
      actor.schemeId,
      this.audited(
        actor,
        'referral',
        referralId,
        sql`
        select r.client_id, compared.* from referral r left join lateral (
          (select ${RESPONSE} from measure_response q
            where q.scheme_id = r.scheme_id and q.referral_id = r.id and q.measure = ${query.measure}
              and q.occasion = 'baseline' and q.superseded_at is null)
          union all
          (select ${RESPONSE} from measure_response q
            where q.scheme_id = r.scheme_id and q.referral_id = r.id and q.measure = ${query.measure}
              and q.occasion <> 'baseline' and q.superseded_at is null
              and (${query.occasion ?? null}::text is null or q.occasion = ${query.occasion ?? null})
            order by exists (select 1 from measure_response b
                where b.scheme_id = q.scheme_id and b.referral_id = q.referral_id and b.measure = q.measure
                  and b.occasion = 'baseline' and b.superseded_at is null
                  and b.measure_version = q.measure_version) desc,
              q.answered_on desc, q.id desc limit 1)
        ) compared on true
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    const responses = rows.filter((row): row is Row => row.id !== null);
    return changeOf(
      catalogue,
      query.measure,
      responses.find(isBaseline),
      responses.find((row) => !isBaseline(row)),
    );
  }

  private within(actor: Actor): Sql {
    return referralWithin(actor, reachFor(actor, 'response.list'), this.clock.now());
  }

  private audited(actor: Actor, kind: string, id: string, page: Sql): Sql {
    return auditedRead(actor, this.clock.now(), { action: 'response.list', subject: { kind, id } }, page);
  }
}

const isBaseline = ({ occasion }: Pick<ResponseView, 'occasion'>): boolean => occasion === 'baseline';

const viewOf = (row: Row): ResponseView => {
  const view = without(row, 'client_id');
  if (row.risk === null) return view;
  const { steps, note, seenBy, seenAt } = row.risk;
  return { ...view, risk: { steps, note, seenBy, seenAt: new Date(seenAt) } };
};

const unansweredView = (catalogue: readonly Catalogued[], one: Unanswered): UnansweredView => ({
  ...one,
  title: newestIn(catalogue, one.measure)?.measure.title ?? one.measure,
  recordedAt: new Date(one.recordedAt),
});

const measureView = (catalogued: Catalogued, isNewest: boolean): MeasureView => {
  const { measure, standing, because, licenceReference } = catalogued;
  const { id, version, title, licence, source, intro, items, scores } = measure;
  return {
    id,
    version,
    current: isNewest && standing !== 'retired',
    standing,
    because,
    byLink: mayBeAskedByLink(catalogued),
    withWorker: measure.withWorker ?? false,
    risk: measure.risk ?? null,
    title,
    licence,
    licenceReference,
    source,
    intro,
    items: items.map((item) => ({ ...item, aloud: readAloud(item) })),
    scores,
  };
};

function changeOf(
  catalogue: readonly Catalogued[],
  measure: string,
  baseline: ResponseView | undefined,
  followUp: ResponseView | undefined,
): ChangeView {
  const nothing = {
    measure,
    baseline: baseline ? comparedOf(baseline) : null,
    followUp: followUp ? comparedOf(followUp) : null,
    daysBetween: null,
    changes: [],
  };
  if (!baseline) return { ...nothing, because: 'There is no baseline' };
  if (!followUp) return { ...nothing, because: 'There is no follow-up yet' };
  const asked = findIn(catalogue, measure, baseline.version)?.measure;
  const change = pairedChange(scoredOf(baseline), scoredOf(followUp), asked);
  if (!change.ok) return { ...nothing, because: change.because };
  const titles = new Map(asked?.scores.map(({ key, title }) => [key, title]));
  return {
    ...nothing,
    daysBetween: change.daysBetween,
    changes: change.changes.map((one) => ({ ...one, title: titles.get(one.key) ?? one.key })),
    because: null,
  };
}

const scoresIn = ({ scores, bands }: ResponseView, asked: Catalogued | undefined): ReadScore[] =>
  (asked?.measure.scores ?? []).map(({ key, title, max, bands: all }) => ({
    title,
    max,
    score: scores[key] ?? null,
    band: all.find((band) => band.key === bands[key])?.label ?? null,
  }));

const comparedOf = ({ id, occasion, answeredOn, mode }: ResponseView) => ({ id, occasion, answeredOn, mode });

const scoredOf = ({ measure, version, answeredOn, scores }: ResponseView) => ({
  measureId: measure,
  version,
  takenOn: answeredOn,
  scores,
});
