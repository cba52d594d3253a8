import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { columnsAs } from '../platform/database/entity-sql.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  decodeIdCursor,
  DEFAULT_LIMIT,
  encodeCursor,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { ageOn, nameSound, normaliseName } from '../platform/pure/names.js';
import { candidateRows, type CandidateRow } from './client-candidates.js';
import { matchFactsOf } from './person.rules.js';
import type {
  CandidateView,
  ClientLine,
  ClientSearchInput,
  ClientsQuery,
  ClientView,
  GpRegistrationView,
  HistoryView,
  MatchesView,
  MatchInput,
  NeverOfferView,
} from './client.dto.js';
import { Client } from './client.entity.js';
import { clientWithin, presentClientWithin } from './client.reach.js';
import { matchesAmong, mustBeRuledOut, type Match, type MatchFacts } from './matching.rules.js';

const LINE = [
  'id',
  'standing',
  'nhsNumber',
  'firstName',
  'lastName',
  'knownAs',
  'dateOfBirth',
  'postcode',
  'safetyFlag',
  'accessNeeds',
  'deathRecordedAt',
] as const satisfies readonly (keyof Client & keyof ClientLine)[];

const VIEW = [
  ...LINE,
  'version',
  'mergedInto',
  'noNhsNumberBecause',
  'underAgeBasis',
  'underAgeNote',
  'sex',
  'gender',
  'ethnicity',
  'phone',
  'email',
  'address',
  'noFixedAddress',
  'dayPlacePostcode',
  'safeToCall',
  'safeToText',
  'safeToEmail',
  'safeToWrite',
  'safeToLeaveMessage',
  'reachThrough',
  'reachNote',
  'language',
  'interpreter',
  'interpreterNote',
  'accessNote',
  'initialsOnly',
  'faithPreference',
  'faithTradition',
  'lsoa',
  'deprivationDecile',
  'deprivationEdition',
  'placeEdition',
  'placeFoundBy',
  'messagesPausedAt',
  'diedOn',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Client & keyof ClientView)[];

const LINE_COLUMNS = columnsAs(Client, 'c', LINE);
const VIEW_COLUMNS = columnsAs(Client, 'c', VIEW);

/** Sorts after every name that begins with what stands before it. */
const LAST = '\u{10FFFF}';
const MOST_SHOWN = 20;

/** What an audited page carries for the audit record, and views do not. */
export type Audited<View> = View & { client_id: string };

@Injectable()
export class ClientsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, clientId: string): Promise<ClientView> {
    const [row] = await this.about<Omit<ClientView, 'age'>>(
      actor,
      'client.get',
      clientId,
      (within) => sql`
        select c.id as client_id, ${VIEW_COLUMNS},
          case when g.id is not null then json_build_object('organisationId', g.organisation_id, 'name', o.name,
            'noKnownPractice', g.no_known_practice, 'startsOn', g.starts_on) end as "gpPractice"
        from client c
        left join gp_registration g
          on g.scheme_id = c.scheme_id and g.client_id = c.id and g.ends_on is null
        left join organisation o on o.scheme_id = g.scheme_id and o.id = g.organisation_id
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return { ...row, age: ageOn(row.dateOfBirth, londonDate(this.clock.now())) };
  }

  async list(actor: Actor, query: ClientsQuery): Promise<Page<ClientLine>> {
    const standing = query.standing ?? null;
    return this.page(
      actor,
      query,
      sql`c.standing <> 'merged' and (${standing}::text is null or c.standing = ${standing})`,
    );
  }

  async search(actor: Actor, input: ClientSearchInput): Promise<Page<ClientLine>> {
    return this.page(actor, input, soughtBy(input));
  }

  /** Who may be the person about to be written down, side by side, among those the actor may see. */
  async match(actor: Actor, input: MatchInput): Promise<MatchesView> {
    const within = presentClientWithin(actor, reachFor(actor, 'client.match'), this.clock.now());
    return { candidates: await this.candidates(actor, matchFactsOf(input), within) };
  }

  /** Those a refusal to write down a likely duplicate names: all that were not ruled out. */
  async likelyDuplicates(
    actor: Actor,
    person: MatchFacts,
    ruledOut: readonly string[],
  ): Promise<CandidateView[]> {
    const within = presentClientWithin(actor, reachFor(actor, 'client.match'), this.clock.now());
    return this.candidates(actor, person, within, (match) => mustBeRuledOut(match, ruledOut));
  }

  /**
   * Who else this client may be. Whoever works the triage queue compares a person still in it with everybody in the
   * scheme, since finding that somebody is known is what triage is for; others see only those in their reach.
   */
  async matchesOf(actor: Actor, clientId: string): Promise<MatchesView> {
    const reach = reachFor(actor, 'client.match');
    const within = clientWithin(actor, reach, this.clock.now());
    const subject = await this.database.maybe<MatchFacts & { standing: string }>(
      actor.schemeId,
      sql`
        select c.standing, c.nhs_number as "nhsNumber", c.first_name as "firstName", c.last_name as "lastName",
          c.known_as as "knownAs", c.date_of_birth::text as "dateOfBirth", c.postcode, c.phone
        from client c where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}`,
    );
    if (!subject) throw Refusal.notFound();
    const here = presentClientWithin(actor, reach, this.clock.now());
    const triages = actor.kind === 'member' && actor.triages && subject.standing === 'provisional';
    const among = triages ? sql`true` : here;
    return { candidates: await this.candidates(actor, subject, sql`(${among}) and c.id <> ${clientId}`) };
  }

  async history(actor: Actor, clientId: string, query: PageQuery): Promise<Page<HistoryView>> {
    const after = decodeIdCursor(query.after);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const rows = await this.about<HistoryView & { more: boolean }>(
      actor,
      'client.get',
      clientId,
      (within) => sql`
        with few as (
          select c.id as client_id, h.id, h.at, h.action, h.actor_id as "actorId", h.actor_name as "actorName", h.changes
          from client c
          left join client_history h on h.scheme_id = c.scheme_id and h.client_id = c.id
            and (${after}::uuid is null or h.id > ${after}::uuid)
          where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
          order by h.id limit ${limit + 1})
        select few.*, (select count(*) from few) > ${limit} as more from few order by id limit ${limit}`,
      { part: 'history' },
    );
    return pageFrom(present(rows));
  }

  async registrations(actor: Actor, clientId: string): Promise<GpRegistrationView[]> {
    const rows = await this.about<GpRegistrationView>(
      actor,
      'client.get',
      clientId,
      (within) => sql`
        select c.id as client_id, g.id, g.organisation_id as "organisationId", o.name,
          g.no_known_practice as "noKnownPractice", g.starts_on::text as "startsOn", g.ends_on::text as "endsOn",
          g.recorded_at as "recordedAt"
        from client c
        left join gp_registration g on g.scheme_id = c.scheme_id and g.client_id = c.id
        left join organisation o on o.scheme_id = g.scheme_id and o.id = g.organisation_id
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by g.starts_on desc, g.id desc`,
      { part: 'registrations' },
    );
    return present(rows);
  }

  async neverOffers(actor: Actor, clientId: string): Promise<NeverOfferView[]> {
    const rows = await this.about<NeverOfferView & { id: string | null }>(
      actor,
      'client.neverOffer',
      clientId,
      (within) => sql`
        select c.id as client_id, n.organisation_id as id, n.organisation_id as "organisationId", o.name,
          n.recorded_at as "recordedAt"
        from client c
        left join never_offer n on n.scheme_id = c.scheme_id and n.client_id = c.id
        left join organisation o on o.scheme_id = n.scheme_id and o.id = n.organisation_id
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by o.name, n.organisation_id`,
      { part: 'neverOffer' },
    );
    return present(rows).map(({ organisationId, name, recordedAt }) => ({
      organisationId,
      name,
      recordedAt,
    }));
  }

  /**
   * Reads about one client, recorded in the statement that shows them. Statements give one row even where there is
   * nothing to list, so that "nothing" and "out of reach" differ, and reading "nothing" is recorded too.
   */
  private async about<View extends object>(
    actor: Actor,
    action: Action,
    clientId: string,
    page: (within: Sql) => Sql,
    details: Record<string, unknown> = {},
  ): Promise<View[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, action), now);
    const rows = await this.database.read<Audited<View>>(
      actor.schemeId,
      auditedRead(actor, now, { action, subject: { kind: 'client', id: clientId }, details }, page(within)),
    );
    return rows.map(withoutAudit);
  }

  private async page(actor: Actor, query: PageQuery, which: Sql): Promise<Page<ClientLine>> {
    const now = this.clock.now();
    const within = presentClientWithin(actor, reachFor(actor, 'client.list'), now);
    const rows = await this.database.read<
      Audited<ClientLine & { more: boolean; key1: string; key2: string }>
    >(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'client.list' },
        linesStatement(actor.schemeId, within, which, query),
      ),
    );
    return pageFrom(
      rows.map((row) => {
        const line: ClientLine & { more: boolean; key1?: string; key2?: string } = withoutAudit(row);
        delete line.key1;
        delete line.key2;
        return line;
      }),
    );
  }

  /** Comparing happens before anything is shown; those shown are then read by id, and that read is the recorded one. */
  private async candidates(
    actor: Actor,
    person: MatchFacts,
    within: Sql,
    worthShowing: (match: Match<CandidateRow>) => boolean = () => true,
  ): Promise<CandidateView[]> {
    const rows = await this.database.read<CandidateRow>(
      actor.schemeId,
      candidateRows(actor.schemeId, person, within),
    );
    const matches = matchesAmong(person, rows).filter(worthShowing).slice(0, MOST_SHOWN);
    if (matches.length === 0) return [];
    const ids = matches.map(({ candidate }) => candidate.id);
    const shown = await this.database.read<Audited<ClientLine & { phone: string | null }>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'client.match' },
        sql`
        select c.id as client_id, ${LINE_COLUMNS}, c.phone from client c
        where c.scheme_id = ${actor.schemeId} and c.id = any(${ids}::uuid[]) and ${within}`,
      ),
    );
    const byId = new Map(shown.map((row) => [row.id, withoutAudit(row)]));
    return matches.flatMap(({ candidate, likelihood, facts }) => {
      const client: (ClientLine & { phone?: string | null }) | undefined = byId.get(candidate.id);
      if (!client) return [];
      const phone = client.phone ?? null;
      delete client.phone;
      return [{ likelihood, facts, client, phone }];
    });
  }
}

export function withoutAudit<View extends object>(row: Audited<View>): View {
  const view: View & { client_id?: string } = { ...row };
  delete view.client_id;
  return view;
}

/** The rows of a list about one client, where a single row without an id says that there are none. */
export function present<View extends { id: string | null }>(rows: View[]): View[] {
  if (rows.length === 0) throw Refusal.notFound();
  return rows.filter(({ id }) => id !== null);
}

export function pageFrom<View extends { id: string }>(rows: (View & { more: boolean })[]): Page<View> {
  const more = rows.at(-1)?.more ?? false;
  const last = rows.at(-1)?.id;
  const items = rows.map((row) => {
    const view: View & { more?: boolean } = { ...row };
    delete view.more;
    return view;
  });
  return { items, next: more && last !== undefined ? encodeCursor([last]) : null };
}

function beginning(column: Sql, field: string, typed: string): Sql {
  const start = normaliseName(typed);
  if (start === '') throw Refusal.invalidField(field, 'Enter at least one letter');
  return sql`(${column} >= ${start} and ${column} < ${start + LAST})`;
}

/**
 * By equality and ranges on stored keys only, so that row security leaves the indexes usable. Refuses what no index
 * could answer.
 */
export function soughtBy(input: ClientSearchInput, among: Sql = sql`c.standing <> 'merged'`): Sql {
  const conditions: Sql[] = [];
  if (input.nhsNumber !== undefined) conditions.push(sql`c.nhs_number = ${input.nhsNumber}`);
  if (input.phone !== undefined) conditions.push(sql`c.phone = ${input.phone}`);
  if (input.postcode !== undefined) conditions.push(sql`c.postcode = ${input.postcode}`);
  if (input.dateOfBirth !== undefined) conditions.push(sql`c.date_of_birth = ${input.dateOfBirth}::date`);
  if (input.lastName !== undefined) {
    conditions.push(
      input.soundsLike
        ? sql`c.last_name_sound = ${nameSound(input.lastName)}`
        : beginning(sql`c.last_name_key`, 'lastName', input.lastName),
    );
  }
  if (input.firstName !== undefined)
    conditions.push(beginning(sql`c.first_name_key`, 'firstName', input.firstName));
  if (conditions.length === 0) {
    throw Refusal.invalidField(
      'lastName',
      'Give an NHS number, a name, a date of birth, a postcode or a phone number',
    );
  }
  return conditions.reduce((before, one) => sql`${before} and ${one}`, among);
}

/** A page of lines in the order of names. The row beyond it only tells that there is one: not shown, so not recorded. */
export function linesStatement(schemeId: string, within: Sql, which: Sql, query: PageQuery): Sql {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const after = decodeIdCursor(query.after);
  const last = (column: Sql): Sql =>
    sql`(select ${column} from client p where p.scheme_id = ${schemeId} and p.id = ${after}::uuid)`;
  const further =
    after === null
      ? sql`true`
      : sql`(c.last_name_key, c.first_name_key, c.id)
          > (${last(sql`p.last_name_key`)}, ${last(sql`p.first_name_key`)}, ${after}::uuid)`;
  return sql`
    with few as (
      select c.id as client_id, ${LINE_COLUMNS}, c.last_name_key as key1, c.first_name_key as key2
      from client c
      where c.scheme_id = ${schemeId} and ${within} and ${further} and ${which}
      order by c.last_name_key, c.first_name_key, c.id limit ${limit + 1})
    select few.*, (select count(*) from few) > ${limit} as more from few order by key1, key2, id limit ${limit}`;
}
