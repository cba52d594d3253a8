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
import { LISTING_COLUMNS } from './listing-row.js';
import type { FoundListing, SearchPage, SearchQuery } from './listing.dto.js';
import { coverage, LIKE_EACH, likeTexts, readNear, wordsIn, type Place } from './listing.rules.js';
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
      text: cursor?.spelling ?? query.text ?? null,
      query,
      point: near?.point ?? null,
      after: cursor?.keys ?? null,
      limit: query.limit ?? DEFAULT_LIMIT,
    };
    let rows = await this.find(asked);
    let spelling = cursor?.spelling ?? null;
    if (rows.length === 0 && cursor === null && query.text !== undefined) {
      spelling = await this.likeIt(asked, query.text);
      if (spelling !== null) rows = await this.find({ ...asked, text: spelling });
      if (rows.length === 0) spelling = null;
    }
    const page = pageOf(rows, asked.limit, (row) => [spelling, row.rank, row.nameKey, row.far, row.id]);
    return {
      items: page.items.map((row) => found(row, asked.today, near)),
      next: page.next,
      near: near && {
        known: near.point !== null,
        latitude: near.point?.lat ?? null,
        longitude: near.point?.lon ?? null,
      },
      spelling,
      nearMatch: spelling !== null,
    };
  }

  private async locate(query: SearchQuery): Promise<Place | null> {
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

  /** The likest text that something has: all words, each by itself or by one like it; else any of them. Null for none. */
  private async likeIt(asked: Asked, text: string): Promise<string | null> {
    const words = wordsIn(text);
    if (words.length === 0) return null;
    const rows = await this.database.read<{ word: string; meant: string[] }>(
      asked.schemeId,
      spellingStatement(asked.schemeId, words),
    );
    const like = new Map(rows.map(({ word, meant }) => [word, meant]));
    const texts = likeTexts(text, like);
    if (texts.length === 0) return null;
    const [first] = await this.database.read<{ text: string }>(asked.schemeId, firstFound(asked, texts));
    return first?.text ?? null;
  }
}

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
export function candidates(asked: Omit<Asked, 'after' | 'limit'>, most: number, unplaced: number): Sql {
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
function narrowed({ query, point }: Asked): Sql {
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
function filtered({ schemeId, today, query }: Asked): Sql {
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

/** The same as placesReading() being other than 'full'. */
const notFull = (today: string): Sql => sql`(
  (l.full_until is null or l.full_until <= ${today}::date)
  and (l.places_kind <> 'counted' or l.places_taken < l.places_total or l.places_confirmed_on is null
    or l.places_confirmed_on < ${today}::date - coalesce(
      (select (c.settings ->> 'placesStaleCalendarDays')::int from scheme c where c.id = l.scheme_id),
      ${DEFAULT_SETTINGS.placesStaleCalendarDays}::int)))`;

/** The first of the texts that something within the filters has. */
const firstFound = (asked: Asked, texts: readonly string[]): Sql => sql`
  select t.text from unnest(${texts}::text[]) with ordinality as t (text, turn)
  where exists (
    select 1 from websearch_to_tsquery('betony', t.text) as q(query), listing_search s ${filtered(asked)}
    where s.scheme_id = ${asked.schemeId} and s.words @@ q.query ${narrowed(asked)})
  order by t.turn limit 1`;

/**
 * For each word the likeliest few that published listings have: those that two letters changed places in, which are not
 * alike by three letters, then the most alike by three letters, itself before all, then by fewest changes. Words too common
 * to be looked for are left alone.
 */
export const spellingStatement = (schemeId: string, words: string[]): Sql => sql`
  select asked.word, array(
    select c.word from (
      select w.word from listing_word w
      where w.scheme_id = ${schemeId} and w.word % typed.word
      union
      select w.word from unnest(swapped.words) as v(word)
      join listing_word w on w.scheme_id = ${schemeId} and w.word = v.word collate "C"
    ) c
    where exists (
      select 1 from listing_search s
      where s.scheme_id = ${schemeId} and s.words @@ plainto_tsquery('betony', c.word))
    order by c.word = typed.word collate "C" desc, c.word collate "C" = any(swapped.words) desc,
      similarity(c.word, typed.word) desc, levenshtein(c.word, typed.word), c.word
    limit ${LIKE_EACH}
  ) as meant
  from unnest(${words}::text[]) as asked(word)
  cross join lateral (select lower(unaccent(asked.word)) as word) typed
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
