import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

/**
 * Brings the search index in step with one listing, in the transaction that changed it: a published listing is found
 * by its words, needs and place; any other is not found at all.
 */
export const indexListing = (tx: Tx, listingId: string): Promise<void> => index(tx, sql`l.id = ${listingId}`);

/** The same for several. */
export const indexListings = (tx: Tx, listingIds: readonly string[]): Promise<void> =>
  index(tx, sql`l.id = any(${listingIds}::uuid[])`);

/** The same for every listing of an organisation, such as when its name changes. */
export const indexListingsOf = (tx: Tx, organisationId: string): Promise<void> =>
  index(tx, sql`l.organisation_id = ${organisationId}`);

/** The same for every listing of the scheme, after many were written at once. */
export const indexAllListings = (tx: Tx): Promise<void> => index(tx, sql`true`);

const NEED_WORDS = sql`replace(array_to_string(l.needs, ' '), '_', ' ')`;

async function index(tx: Tx, which: Sql): Promise<void> {
  // Whoever is amending one of them finishes first, and what follows reads what they left; else the older words could
  // be written last.
  await tx.run(sql`
    select 1 from listing l where l.scheme_id = ${tx.schemeId} and ${which} order by l.id for no key update`);
  await tx.run(sql`
    delete from listing_search s using listing l
      join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    where s.scheme_id = ${tx.schemeId} and l.scheme_id = ${tx.schemeId} and l.id = s.listing_id
      and ${which} and not (l.state = 'published' and o.active)`);
  await tx.run(sql`
    insert into listing_search (scheme_id, listing_id, organisation_id, name_key, words, needs, place)
    select l.scheme_id, l.id, l.organisation_id, lower(l.name),
      setweight(to_tsvector('betony', l.name), 'A') || setweight(to_tsvector('betony', o.name), 'B')
        || setweight(to_tsvector('betony', ${NEED_WORDS}), 'B')
        || setweight(to_tsvector('betony', l.description), 'C'),
      l.needs, case when l.latitude is not null then ll_to_earth(l.latitude, l.longitude) end
    from listing l join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    where l.scheme_id = ${tx.schemeId} and ${which} and l.state = 'published' and o.active
    on conflict (scheme_id, listing_id) do update set
      organisation_id = excluded.organisation_id, name_key = excluded.name_key, words = excluded.words,
      needs = excluded.needs, place = excluded.place`);
  // In the order of the words, so that two who publish at once wait for each other and do not deadlock.
  await tx.run(sql`
    insert into listing_word (scheme_id, word)
    select distinct l.scheme_id, w.word
    from listing l join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      cross join unnest(tsvector_to_array(to_tsvector('betony_words',
        concat_ws(' ', l.name, o.name, ${NEED_WORDS}, l.description)))) as w(word)
    where l.scheme_id = ${tx.schemeId} and ${which} and l.state = 'published' and o.active
      and length(w.word) between 3 and 40 and w.word !~ '[0-9]'
    order by 1, 2
    on conflict do nothing`);
}
