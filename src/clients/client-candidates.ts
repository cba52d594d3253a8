import sql, { type Sql } from 'sql-template-tag';
import { nameSound, normaliseName } from '../platform/pure/names.js';
import type { MatchFacts } from './matching.rules.js';

/** One sound and birth date, or one household, never comes near this; it bounds what a shared telephone can bring up. */
const MOST_CANDIDATES = 500;

export interface CandidateRow extends MatchFacts {
  id: string;
}

/**
 * Everybody `within` worth comparing with a person: found by equality on stored keys only, one index look-up for each
 * way two records of one person may agree. `matchesAmong` then decides.
 */
export function candidateRows(schemeId: string, person: MatchFacts, within: Sql): Sql {
  const lastNameKey = normaliseName(person.lastName);
  const lastNameSound = nameSound(person.lastName);
  const firstNameKey = normaliseName(person.firstName);
  const { nhsNumber, dateOfBirth, postcode, phone } = person;
  return sql`
    select c.id, c.nhs_number as "nhsNumber", c.first_name as "firstName", c.last_name as "lastName",
      c.known_as as "knownAs", c.date_of_birth::text as "dateOfBirth", c.postcode, c.phone
    from client c
    join (
      select id from client where scheme_id = ${schemeId} and nhs_number = ${nhsNumber}
      union
      select id from client where scheme_id = ${schemeId} and date_of_birth = ${dateOfBirth}::date
      union
      select id from client
      where scheme_id = ${schemeId} and last_name_key = ${lastNameKey} and first_name_key = ${firstNameKey}
      union
      select id from client where scheme_id = ${schemeId} and postcode = ${postcode} and last_name_sound = ${lastNameSound}
      union
      select id from client where scheme_id = ${schemeId} and phone = ${phone}
    ) near on near.id = c.id
    where c.scheme_id = ${schemeId} and c.standing <> 'merged' and ${within}
    order by c.id
    limit ${MOST_CANDIDATES}`;
}
