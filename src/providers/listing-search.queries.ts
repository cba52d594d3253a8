import { Injectable } from '@nestjs/common';
import sql, { empty, type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_LIMIT, decodeCursor, pageOf } from '../platform/http/pagination.js';
import type { Point } from '../platform/pure/distance.js';
import { isUuid } from '../platform/pure/ids.js';
import { outwardCode } from '../platform/pure/postcode.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import { EVERYDAY_WORDS } from './everyday-words.js';
import { LISTING_COLUMNS } from './listing-row.js';
import type { FoundListing, PlaceView, SearchPage, SearchQuery } from './listing.dto.js';
import {
  anyOfWords,
  coverage,
  LIKE_EACH,
  likeTexts,
  readNear,
  saysAny,
  wordsIn,
  type Place,
} from './listing.rules.js';
import { NOT_KNOWN } from './listing.types.js';
import { OWNER_COLUMNS, shown, type Owned } from './listing.view.js';

const METRES_IN_A_MILE = 1609.344;

/** What the cursor holds: how well the words fit or how the name sorts, how far, and the id. */
interface Keys {
  rank: number | null;
  name: string | null;
  far: number | null;
  id: string;
}

export interface Asked {
  schemeId: string;
  today: string;
  text: string | null;
  query: SearchQuery;
  point: Point | null;
  after: Keys | null;
  limit: number;
}

/** What is asked of the index, whatever is then made of what it finds. */
export type Sought = Omit<Asked, 'after' | 'limit'> & {
  /** Further bounds on the services `s` of the index whose words may stand for what was typed. */
  among?: Sql;
};

/** What was found, and by which words where nothing has those that were typed. */
export interface FoundByWords<Row> {
  rows: Row[];
  spelling: string | null;
  nearMatch: boolean;
  anyWord: boolean;
}

type Found = Owned & {
  rank: number | null;
  nameKey: string | null;
  far: number | null;
  miles: number | null;
};

/**
 * Finds published services of one scheme. The candidates come from listing_search through its indexes and in order;
 * each is then joined to its listing, under row security, one by one (`offset 0` keeps it so: not knowing how short a
 * page is, the planner would read all listings to match one). The texts of the statements are few: which of text, need, near, within and
 * after were asked; everything else is a value.
 */
@Injectable()
export class ListingSearch {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async search(actor: Actor, query: SearchQuery): Promise<SearchPage> {
    if (reachFor(actor, 'listing.search') !== 'scheme') throw Refusal.forbidden();
    const near = await this.locate(query);
    const cursor = query.after === undefined ? null : readCursor(query.after);
    const asked: Asked = {
      schemeId: actor.schemeId,
      today: londonDate(this.clock.now()),
      text: query.text ?? null,
      query,
      point: near?.point ?? null,
      after: cursor?.keys ?? null,
      limit: query.limit ?? DEFAULT_LIMIT,
    };
    const find = (text: string | null) => this.find({ ...asked, text });
    const { rows, spelling, nearMatch, anyWord } = cursor
      ? { rows: await find(cursor.spelling ?? asked.text), ...asMeant(query.text, cursor.spelling) }
      : await this.byWords(asked, find);
    const page = pageOf(rows, asked.limit, (row) => [spelling, row.rank, row.nameKey, row.far, row.id]);
    return {
      items: page.items.map((row) => found(row, asked.today, near)),
      next: page.next,
      near: near && placeView(near),
      spelling,
      nearMatch,
      anyWord,
    };
  }

  /**
   * The one way to look for words: as they were typed; where nothing is found so, by the likeliest text that something
   * within `asked` has, so that who asks for the same in two places is put right alike. `find` is asked again only where
   * that is so. Words that are spelt right and that nothing in `narrower` has are put in others that something there has.
   */
  async byWords<Row>(
    asked: Sought,
    find: (text: string | null) => Promise<Row[]>,
    narrower: Sought | null = null,
  ): Promise<FoundByWords<Row>> {
    const rows = await find(asked.text);
    const { text } = asked;
    let spelling = rows.length > 0 || text === null ? null : await this.likeIt(asked, text);
    // What was typed is there, and does not help: something may that is said in other words.
    if (spelling === text) spelling = narrower && text !== null ? await this.likeIt(narrower, text) : null;
    return {
      rows: spelling === null ? rows : await find(spelling),
      ...asMeant(asked.text ?? undefined, spelling),
    };
  }

  /** Where the place given as near is, as far as is known; null without one. */
  async locate(query: Pick<SearchQuery, 'near' | 'withinMiles'>): Promise<Place | null> {
    if (query.near === undefined) {
      if (query.withinMiles === undefined) return null;
      throw Refusal.invalidField('near', 'Say where to measure the miles from');
    }
    const near = readNear(query.near);
    if (near === null) {
      throw Refusal.invalidField('near', 'Enter a full postcode, like LS1 4AP, or latitude,longitude');
    }
    if (near.kind === 'point') return { outward: null, point: near.point };
    const [place] = await this.database.unscoped<{ lat: number; lon: number }>(sql`
      select latitude as lat, longitude as lon from postcode_place where postcode = ${near.postcode}`);
    if (!place && query.withinMiles !== undefined) {
      throw Refusal.invalidField('near', 'We do not know where that postcode is. Leave out withinMiles');
    }
    return { outward: outwardCode(near.postcode), point: place ?? null };
  }

  private find(asked: Asked): Promise<Found[]> {
    return this.database.read<Found>(asked.schemeId, searchStatement(asked));
  }

  /**
   * The likest text that something has: all words, those that something has as they are, others by one like it; else any of
   * them; else what they mean in other words. Null for none.
   */
  private async likeIt(asked: Sought, text: string): Promise<string | null> {
    const words = wordsIn(text);
    const rows =
      words.length === 0
        ? []
        : await this.database.read<{ word: string; there: boolean; meant: string[] }>(
            asked.schemeId,
            spellingStatement(asked.schemeId, words),
          );
    const like = new Map(rows.map(({ word, there, meant }) => [word, there ? [word] : meant]));
    const means = new Map(rows.map(({ word, meant }) => [word, meant]));
    const texts = [...likeTexts(text, like), ...anyOfWords(text, like), ...likeTexts(text, means)];
    if (texts.length === 0) return null;
    const [first] = await this.database.read<{ text: string }>(asked.schemeId, firstFound(asked, texts));
    return first?.text ?? null;
  }
}

const asMeant = (typed: string | undefined, spelling: string | null) => ({
  spelling,
  nearMatch: spelling !== null,
  anyWord: spelling !== null && saysAny(typed ?? '', spelling),
});

/** Exported for the tests that read its plan. */
export function searchStatement(asked: Asked): Sql {
  const candidates =
    asked.text !== null
      ? byWords(asked, asked.text)
      : asked.point !== null
        ? byDistance(asked, asked.point)
        : byName(asked);
  return sql`
    with page as (${candidates})
    select l.*, page.rank, page.name_key as "nameKey", nullif(page.far, 'Infinity') as far,
      round((sec_to_gc(nullif(page.far, 'Infinity')) / ${METRES_IN_A_MILE}::float8)::numeric, 1)::float8 as miles
    from page cross join lateral (
      select ${LISTING_COLUMNS}, ${OWNER_COLUMNS} from listing l
      join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
      join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      where l.scheme_id = ${asked.schemeId} and l.id = page.listing_id
      offset 0
    ) l
    order by page.rank desc nulls last, page.name_key, page.far, page.listing_id`;
}

/**
 * The services of which a person's own order is made: `listing_id` alone, those that fit the words best, or the nearest
 * and beside them some of which nobody knows where they are, since an unknown distance must not exclude.
 */
export function candidates(asked: Sought, most: number, unplaced: number): Sql {
  const within = { ...asked, after: null, limit: most - 1 };
  if (asked.text !== null) return sql`select listing_id from (${byWords(within, asked.text)}) as fitting`;
  if (asked.point === null) return sql`select listing_id from (${byName(within)}) as fitting`;
  const from = origin(asked.point);
  const placed = sql`
    select s.listing_id from listing_search s ${filtered(within)}
    where s.scheme_id = ${asked.schemeId} and s.place is not null ${narrowed(within)}
    order by s.place <-> ${from}, s.listing_id limit ${most}`;
  if (asked.query.withinMiles !== undefined) return placed;
  return sql`
    select listing_id from ((${placed}) union all (
      select s.listing_id from listing_search s ${filtered(within)}
      where s.scheme_id = ${asked.schemeId} and s.place is null ${narrowed(within)}
      order by s.listing_id limit ${unplaced})) as fitting`;
}

/** Best words first, told apart by a tenth, so that among about equals the nearest comes first. */
function byWords(asked: Asked, text: string): Sql {
  const { after } = asked;
  const beyond = after
    ? sql`where (s.rank < ${after.rank}::float8 or (s.rank = ${after.rank}::float8
        and (s.far, s.listing_id) > (coalesce(${after.far}::float8, 'Infinity'), ${after.id}::uuid)))`
    : empty;
  return sql`
    select s.listing_id, s.rank, null::text as name_key, s.far
    from (
      select s.listing_id, round(ts_rank(s.words, q.query)::numeric, 1)::float8 as rank, ${farFrom(asked)} as far
      from websearch_to_tsquery('betony', ${text}) as q(query), listing_search s
      where s.scheme_id = ${asked.schemeId} and s.words @@ q.query ${narrowed(asked)}
    ) s ${filtered(asked)} ${beyond}
    order by s.rank desc, s.far, s.listing_id limit ${asked.limit + 1}`;
}

/** Nearest first, straight from the index; then, where no distance limits the search, those whose place is unknown. */
function byDistance(asked: Asked, point: Point): Sql {
  const { after, limit } = asked;
  const from = origin(point);
  const beyond = after
    ? sql`and (s.place <-> ${from}, s.listing_id) > (coalesce(${after.far}::float8, 'Infinity'), ${after.id}::uuid)`
    : empty;
  const placed = sql`
    select s.listing_id, null::float8 as rank, null::text as name_key, s.place <-> ${from} as far
    from listing_search s ${filtered(asked)}
    where s.scheme_id = ${asked.schemeId} and s.place is not null ${narrowed(asked)} ${beyond}
    order by s.place <-> ${from}, s.listing_id limit ${limit + 1}`;
  if (asked.query.withinMiles !== undefined) return placed;
  const unplaced = sql`
    select s.listing_id, null::float8 as rank, null::text as name_key, 'Infinity'::float8 as far
    from listing_search s ${filtered(asked)}
    where s.scheme_id = ${asked.schemeId} and s.place is null ${narrowed(asked)}
      ${after?.far === null ? sql`and s.listing_id > ${after.id}::uuid` : empty}
    order by s.listing_id limit ${limit + 1}`;
  return sql`
    select * from ((${placed}) union all (${unplaced})) as page
    order by page.far, page.listing_id limit ${limit + 1}`;
}

function byName(asked: Asked): Sql {
  const { after } = asked;
  const beyond = after
    ? sql`and (s.name_key, s.listing_id) > (${after.name ?? ''}::text collate "C", ${after.id}::uuid)`
    : empty;
  return sql`
    select s.listing_id, null::float8 as rank, s.name_key, 'Infinity'::float8 as far
    from listing_search s ${filtered(asked)}
    where s.scheme_id = ${asked.schemeId} ${narrowed(asked)} ${beyond}
    order by s.name_key, s.listing_id limit ${asked.limit + 1}`;
}

/** Worked out once: without the select, again for every service that is measured. */
const origin = ({ lat, lon }: Point): Sql => sql`(select ll_to_earth(${lat}, ${lon}))`;

const farFrom = ({ point }: Asked): Sql =>
  point ? sql`coalesce(s.place <-> ${origin(point)}, 'Infinity'::float8)` : sql`'Infinity'::float8`;

/** What the index of listing_search can answer by itself. */
function narrowed({ query, point }: Sought): Sql {
  const need = query.need ? sql`and s.needs && ${query.need}::text[]` : empty;
  if (query.withinMiles === undefined || point === null) return need;
  const from = origin(point);
  const metres = query.withinMiles * METRES_IN_A_MILE;
  return sql`${need} and s.place <@ (select earth_box(${from}, ${metres}))
    and s.place <-> ${from} <= (select gc_to_sec(${metres}))`;
}

/**
 * What only the listing itself knows; where nothing of it was asked nobody looks, since all that is in the index is
 * published. A filter that was not asked is null, so that the text stays the same.
 */
function filtered({ schemeId, today, query }: Sought): Sql {
  const { day, cost, setting, access, language, hasPlaces, volunteerRole } = query;
  const asked = (day ?? cost ?? setting ?? access ?? language ?? volunteerRole) !== undefined;
  if (!asked && !hasPlaces) return empty;
  const days = query.day ? query.day.map((day) => JSON.stringify([{ day }])) : null;
  return sql`
    cross join lateral (
      select 1 from listing l
      where l.scheme_id = ${schemeId} and l.id = s.listing_id and l.state = 'published'
        and (${days}::text[] is null or l.schedule @> any(${days}::text[]::jsonb[]))
        and (${query.cost ?? null}::text[] is null or coalesce(l.cost, ${NOT_KNOWN}::text) = any(${query.cost ?? null}::text[]))
        and (${query.setting ?? null}::text[] is null or coalesce(l.setting, ${NOT_KNOWN}::text) = any(${query.setting ?? null}::text[]))
        and (${query.access ?? null}::text[] is null or l.access @> ${query.access ?? null}::text[])
        and (${query.language ?? null}::text is null or ${query.language ?? null}::text = any(
          case when l.languages = '{}' then array['en'] else l.languages end))
        and (${query.volunteerRole ?? null}::boolean is null or l.volunteer_role = ${query.volunteerRole ?? null}::boolean)
        and (not ${query.hasPlaces ?? false}::boolean or ${notFull(today)})
      offset 0
    ) l`;
}

/** Nobody confirmed its places lately, so that a number of them is not believed. */
export const placesStale = (today: string): Sql => sql`(
  l.places_confirmed_on is null or l.places_confirmed_on < ${today}::date - coalesce(
    (select (c.settings ->> 'placesStaleCalendarDays')::int from scheme c where c.id = l.scheme_id),
    ${DEFAULT_SETTINGS.placesStaleCalendarDays}::int))`;

/** The same as placesReading() being other than 'full'. */
export const notFull = (today: string): Sql => sql`(
  (l.full_until is null or l.full_until <= ${today}::date)
  and (l.places_kind <> 'counted' or l.places_taken < l.places_total or ${placesStale(today)}))`;

/** The first of the texts that something within the filters has. Exported for the tests that read its plan. */
export const firstFound = (asked: Sought, texts: readonly string[]): Sql => sql`
  select t.text from unnest(${texts}::text[]) with ordinality as t (text, turn)
  where exists (
    ${having(asked.schemeId, sql`websearch_to_tsquery('betony', t.text)`)}
    select 1 from having_words s ${filtered(asked)} where s.scheme_id = ${asked.schemeId} ${narrowed(asked)}
      ${asked.among ?? empty})
  order by t.turn limit 1`;

/**
 * What has the words, from their index. Materialised, since the first alone is asked for: the planner would walk through
 * the table in the hope of meeting it soon, and with words that nothing has it meets it never.
 */
const having = (schemeId: string, query: Sql): Sql => sql`
  with having_words as materialized (
    select s.scheme_id, s.listing_id, s.needs, s.place from ${query} as q(query), listing_search s
    where s.scheme_id = ${schemeId} and s.words @@ q.query)`;

const has = (schemeId: string, word: Sql): Sql => sql`exists (
  ${having(schemeId, sql`plainto_tsquery('betony', ${word})`)} select 1 from having_words)`;

/**
 * For each word the likeliest few that published listings have: itself; those that two letters changed places in, which
 * are not alike by three letters; words people use for what they want, or else what those mean; then those of the fewest
 * changes. A short word bears fewer of them than a long one. A word of everyday use, or one that something has, is not put
 * right. Words too common to be looked for are left alone.
 */
export const spellingStatement = (schemeId: string, words: string[]): Sql => sql`
  with everyday as materialized (
    select e.word, e.means from unnest(${EVERYDAY_WORDS.map(({ word }) => word)}::text[],
      ${EVERYDAY_WORDS.map(({ means }) => means)}::text[]) as e (word, means)
  )
  select asked.word, typed.there, array(
    select c.word from (
      select w.word, w.word as via, 1 as turn, false as everyday from listing_word w
      where w.scheme_id = ${schemeId} and w.word % typed.word
      union all
      select w.word, w.word, 1, false from unnest(swapped.words) as v(word)
      join listing_word w on w.scheme_id = ${schemeId} and w.word = v.word collate "C"
      union all
      select e.word, e.word, 1, true from everyday e
      union all
      select e.means, e.word, 2, true from everyday e where e.means <> e.word
    ) c
    cross join lateral (
      select c.via = typed.word collate "C" as same, c.via collate "C" = any(swapped.words) as swapped,
        levenshtein(c.via, typed.word) as changes
    ) how
    where (how.same or not typed.known and (how.swapped or how.changes <= typed.bears))
      and ${has(schemeId, sql`c.word`)}
    group by c.word collate "C", c.word
    order by bool_or(how.same) desc, bool_or(how.swapped) desc, bool_or(c.everyday) desc, min(how.changes),
      min(c.turn), max(similarity(c.via, typed.word)) desc, c.word collate "C"
    limit ${LIKE_EACH}
  ) as meant
  from unnest(${words}::text[]) as asked(word)
  cross join lateral (
    select t.word, there.there, there.there or exists (select 1 from everyday e where e.word = t.word) as known,
      case when length(t.word) <= 3 then 0 when length(t.word) <= 5 then 1 when length(t.word) <= 8 then 2 else 3 end as bears
    from (select lower(unaccent(asked.word)) as word) t
    cross join lateral (select ${has(schemeId, sql`t.word`)} as there) there
  ) typed
  cross join lateral (
    select array(
      select left(typed.word, n - 1) || substr(typed.word, n + 1, 1) || substr(typed.word, n, 1) || substr(typed.word, n + 2)
      from generate_series(1, length(typed.word) - 1) n) as words
  ) swapped
  where numnode(plainto_tsquery('betony', asked.word)) > 0`;

function found(row: Found, today: string, near: Place | null): FoundListing {
  return {
    ...shown(row, today),
    miles: row.miles,
    coversPlace: near === null ? null : coverage(row, near),
  };
}

function readCursor(after: string): { spelling: string | null; keys: Keys } {
  const [spelling, rank, name, far, id] = decodeCursor(after, 5);
  if (
    typeof spelling === 'number' ||
    typeof rank === 'string' ||
    typeof name === 'number' ||
    typeof far === 'string' ||
    typeof id !== 'string' ||
    !isUuid(id) ||
    (spelling ?? '').length > 600
  ) {
    throw Refusal.invalidField('after', 'Use the `next` of the page before, unchanged');
  }
  return {
    spelling: spelling ?? null,
    keys: { rank: rank ?? null, name: name ?? null, far: far ?? null, id },
  };
}

export const placeView = ({ point }: Place): PlaceView => ({
  known: point !== null,
  latitude: point?.lat ?? null,
  longitude: point?.lon ?? null,
});
