import sql, { type Sql } from 'sql-template-tag';
import { columnsAs, insertOf } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { londonDate } from '../platform/clock/calendar.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import { actorIdOf, recordHistory, type Changes } from './client-history.js';
import { placeOf } from './client-place.js';
import { joined } from './client-reach.js';
import { Client } from './client.entity.js';
import { clientWithin } from './client.reach.js';
import { personProblems } from './client.rules.js';
import type { Standing } from './client.types.js';
import { answersOf, nameKeys, type NewPerson } from './person.rules.js';

/** A row as read: the entity's properties without its class. */
export type ClientRow = { [Property in keyof Client]: Client[Property] };

export const CLIENT_COLUMNS: Sql = columnsAs(Client, 'c');

/**
 * Locks and authorises clients in one statement, by id, so that two verbs on the same people wait instead of
 * embracing: whoever may not reach one learns nothing from the refusal. A row that was waited for is judged by what
 * held it before (PostgreSQL rechecks the row, not the rows joined to it), so when one is missing the statement is
 * asked once more with fresh eyes.
 */
export async function lockAllWithin(tx: Tx, action: Action, ids: readonly string[]): Promise<ClientRow[]> {
  const within = clientWithin(tx.actor, reachFor(tx.actor, action), tx.now);
  const ask = () =>
    tx.rows<ClientRow>(sql`
      select ${CLIENT_COLUMNS} from client c
      where c.scheme_id = ${tx.schemeId} and c.id = any(${ids}::uuid[]) and ${within}
      order by c.id for update of c`);
  const rows = await ask();
  return rows.length === ids.length ? rows : ask();
}

/** The same for one client, refusing one that was joined to another. */
export async function lockWithin(tx: Tx, action: Action, clientId: string): Promise<ClientRow> {
  const [row] = await lockAllWithin(tx, action, [clientId]);
  if (!row) throw Refusal.notFound();
  if (row.mergedInto !== null) throw joined(row.mergedInto);
  return row;
}

/** For verbs that were authorised on a row of their own. */
export async function lockAll(tx: Tx, ids: readonly string[]): Promise<ClientRow[]> {
  return tx.rows<ClientRow>(sql`
    select ${CLIENT_COLUMNS} from client c
    where c.scheme_id = ${tx.schemeId} and c.id = any(${ids}::uuid[])
    order by c.id for update of c`);
}

export async function lockRow(tx: Tx, clientId: string): Promise<ClientRow> {
  const [row] = await lockAll(tx, [clientId]);
  if (!row) throw Refusal.notFound();
  if (row.mergedInto !== null) throw joined(row.mergedInto);
  return row;
}

/** Writes a new person down: the row, their GP registration if told, and the first line of their history. */
export async function insertClient(
  tx: Tx,
  input: NewPerson,
  standing: Exclude<Standing, 'merged'>,
  broughtByOrganisationId: string | null,
): Promise<string> {
  const answers = answersOf(input);
  const today = londonDate(tx.now);
  const [settings, place] = await Promise.all([schemeSettings(tx), placeOf(tx, answers)]);
  const problems = personProblems(answers, today, settings.minimumAge);
  if (input.noKnownGpPractice && input.gpPracticeId) {
    problems.push({ field: 'noKnownGpPractice', message: 'Leave this out when you name the practice' });
  }
  if (problems.length > 0) throw Refusal.invalid(problems);
  const id = newId();
  await Promise.all([
    tx.run(
      insertOf(Client, {
        schemeId: tx.schemeId,
        id,
        version: 1,
        standing,
        ...answers,
        ...nameKeys(answers.firstName, answers.lastName),
        ...place,
        broughtByOrganisationId,
        createdAt: tx.now,
        updatedAt: tx.now,
      }),
    ),
    ...(input.gpPracticeId || input.noKnownGpPractice
      ? [insertRegistration(tx, id, input.gpPracticeId ?? null, today, 'gpPracticeId')]
      : []),
    recordHistory(tx, id, 'client.create', { standing }),
  ]);
  return id;
}

/** null for the practice: no known practice. */
export async function insertRegistration(
  tx: Tx,
  clientId: string,
  organisationId: string | null,
  startsOn: string,
  field: string,
): Promise<void> {
  const written = await tx.run(sql`
    insert into gp_registration (scheme_id, id, client_id, organisation_id, no_known_practice, starts_on, recorded_by,
      recorded_at)
    select ${tx.schemeId}, ${newId()}, ${clientId}, ${organisationId}, ${organisationId === null}, ${startsOn},
      ${actorIdOf(tx)}, ${tx.now}
    where ${organisationId}::uuid is null or exists (
      select 1 from organisation
      where scheme_id = ${tx.schemeId} and id = ${organisationId}::uuid and kind = 'gp_practice')`);
  if (written.rowCount === 0) throw Refusal.invalidField(field, 'Choose a GP practice of this scheme');
}

/** A safety flag ends all that was shared with anybody: the person is asked again, alone. */
export async function stopSharing(tx: Tx, clientId: string): Promise<void> {
  await tx.run(sql`
    update supporter set version = version + 1, shares = '{}'
    where scheme_id = ${tx.schemeId} and client_id = ${clientId} and ended_at is null and cardinality(shares) > 0`);
}

/**
 * Changes a client and moves its version on. Only properties given are touched. A safety flag that is raised or lifted
 * ends what was asked under the other: whether there is a page of their own is asked again. Raised by whatever way, it
 * stops the sharing with supporters too.
 */
export async function updateClient(tx: Tx, client: ClientRow, changes: Partial<ClientRow>): Promise<void> {
  if (changes.safetyFlag !== undefined && changes.safetyFlag !== client.safetyFlag) {
    await tx.run(sql`
      update page_visitor set asked_on = null, asked_channel = null, asked_by = null, asked_at = null
      where scheme_id = ${tx.schemeId} and client_id = ${client.id} and asked_on is not null`);
    if (changes.safetyFlag) await stopSharing(tx, client.id);
  }
  await tx.manager.update(
    Client,
    { schemeId: tx.schemeId, id: client.id },
    { ...changes, version: client.version + 1, updatedAt: tx.now },
  );
}

/** The properties that differ from what is recorded. Lists are compared as sets: their order says nothing. */
export function changesOf(client: ClientRow, after: Partial<ClientRow>): Changes {
  const plain = (value: unknown): string =>
    JSON.stringify(Array.isArray(value) ? [...(value as string[])].sort() : value);
  const changes: Changes = {};
  for (const [property, to] of Object.entries(after)) {
    const from = client[property as keyof ClientRow];
    if (plain(from) !== plain(to)) changes[property] = { from, to };
  }
  return changes;
}
