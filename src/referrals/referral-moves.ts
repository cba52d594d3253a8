import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { hold, release, type Holding } from '../clients/client-reach.js';
import { reachFor } from '../permissions/reach.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal, type FieldProblem } from '../platform/errors/refusal.js';
import { nameInHistory } from '../platform/actor/actor.types.js';
import { insertOf, setOf } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import type { Side } from '../platform/pure/lifecycle.js';
import { Referral, ReferralAssignment, ReferralHistory } from './referral.entity.js';
import { REFERRAL_EVENTS } from './referral.events.js';
import { moveReferral, VERB_ACTION, type ReferralVerb } from './referral.lifecycle.js';
import { hears } from './referral-hears.queries.js';
import { referralWithin } from './referral.reach.js';
import { toldTo } from './referral.rules.js';
import type { ReferralRow, ReferralState } from './referral.types.js';

/*
 * Locking, refusing and recording: what every verb does around its own few lines. Statements that do not wait for each
 * other's answers are sent together, since a round trip costs more than any of them.
 */

CONSTRAINT_REFUSALS.set('referral_open_client', () =>
  Refusal.conflict('already-open', 'This person has an open referral already. Join this one to it.'),
);

CONSTRAINT_REFUSALS.set('referral_external', () =>
  Refusal.invalidField('externalId', 'Another of your referrals has this reference of yours already'),
);

const row = (tx: Tx, id: string, within: Sql): Sql => sql`
  select r.* from referral r where r.scheme_id = ${tx.schemeId} and r.id = ${id} and ${within}
  for no key update of r`;

/** The client changed hands (a merge) while we waited for the lock. UnitOfWork starts such work again. */
export const startAgain = (): Error =>
  Object.assign(new Error('The referral changed its client meanwhile.'), { code: '40001' });

/**
 * Locks the client, then the referral, both at once on the wire. Out of reach and absent are the same refusal. A verb
 * that goes on to touch another client names it here, since clients are locked together, by id.
 */
export async function lockReferral(
  tx: Tx,
  id: string,
  within: Sql = sql`true`,
  alsoClient: string | null = null,
): Promise<ReferralRow> {
  const [clients, referral] = await Promise.all([
    tx.rows<{ id: string }>(sql`
      select c.id from client c
      where c.scheme_id = ${tx.schemeId}
        and c.id in ((select client_id from referral where scheme_id = ${tx.schemeId} and id = ${id}), ${alsoClient}::uuid)
      order by c.id for no key update of c`),
    tx.plannedOnce(() => tx.maybe<ReferralRow>(row(tx, id, within))),
  ]);
  if (!referral) throw Refusal.notFound();
  if (referral.client_id !== null && !clients.some((client) => client.id === referral.client_id)) {
    throw startAgain();
  }
  return referral;
}

/** Locks the referral alone, for callers that hold its client's lock or change nothing of the client's. */
export async function lockReferralRow(tx: Tx, id: string): Promise<ReferralRow> {
  const referral = await tx.maybe<ReferralRow>(row(tx, id, sql`true`));
  if (!referral) throw Refusal.notFound();
  return referral;
}

/**
 * Locks the referral within the actor's reach for this verb and refuses a move its state does not allow. `seen` is the
 * version that somebody was shown before they chose it: who was first is said before what it led to.
 */
export async function lockFor(
  tx: Tx,
  verb: ReferralVerb,
  id: string,
  { alsoClient = null, seen }: { alsoClient?: string | null; seen?: number | undefined } = {},
): Promise<Allowed> {
  const action = VERB_ACTION[verb];
  if (action === null) throw new Error(`${verb} is not for asking`);
  const reach = reachFor(tx.actor, action);
  const referral = await lockReferral(tx, id, referralWithin(tx.actor, reach, tx.now), alsoClient);
  refuseStale(referral.version, seen);
  if (reach === 'organisation' && !moveReferral(verb, referral.state).ok) {
    throw await refusalAsTold(tx, verb, referral);
  }
  return { referral, to: refuseIllegal(verb, referral) };
}

export interface Allowed {
  referral: ReferralRow;
  to: ReferralState | 'gone';
}

/** What a sender reads instead: the words of what it may hear today, never of the state itself. */
export async function refusalAsTold(tx: Tx, verb: ReferralVerb, referral: ReferralRow): Promise<Refusal> {
  const { status } = toldTo(referral, await hears(tx, referral));
  return Refusal.illegalMove(status, verb, 'This can no longer be done from where it stands.');
}

/** Where the verb leads from here; 409 with from, action and because when it leads nowhere. */
export function refuseIllegal(verb: ReferralVerb, referral: ReferralRow): ReferralState | 'gone' {
  const answer = moveReferral(verb, referral.state);
  if (!answer.ok) throw Refusal.illegalMove(referral.state, verb, answer.because);
  if (answer.to !== 'before') return answer.to;
  if (referral.held_from === null) throw new Error('A held referral does not know where it was held from.');
  return referral.held_from;
}

/** What history and audit say of a verb beside the rows. Codes and ids in `details`; free text only in `note`. */
export interface Fact {
  verb: ReferralVerb;
  reason?: string | null;
  side?: Side | null;
  note?: string | null;
  details?: Record<string, unknown>;
  /** Until when those who had it in their hands still reach the client; for a day unless told. */
  reachUntil?: Date;
}

/** Whoever hands a referral on can look at what they did, and put it right, for this long. */
const REACH_AFTER_HANDING_ON_MS = 24 * 60 * 60 * 1000;

/** Only a referral that triage took on can have others joined to it. */
const ALONE: readonly ReferralState[] = ['draft', 'sent', 'returned'];

/** What a sender is told beside when. `told_own` is not among them: nobody's own act is another sender's. */
const TOLD = ['told_status', 'told_why', 'told_result'] as const satisfies readonly (keyof ReferralRow)[];

/** Writes the row as it is now, with its history, audit entry, outbox line, assignment and reach. */
export async function record(
  tx: Tx,
  before: ReferralRow,
  after: ReferralRow,
  fact: Fact,
): Promise<ReferralRow> {
  const version = before.version + 1;
  const reassigned = after.owner_id !== before.owner_id;
  const toldChanged = TOLD.some((column) => after[column] !== before[column]);
  await Promise.all([
    tx.run(updateOf(after)),
    tell(tx, after, before.state, fact),
    ...(reassigned ? assignments(tx, before, after, fact) : []),
    ...reachChanges(tx, before, after, fact),
    ...(toldChanged && !ALONE.includes(before.state) ? [tellJoined(tx, after)] : []),
  ]);
  return { ...after, version };
}

/** History, audit and outbox of one verb: all three or none. */
export async function tell(
  tx: Tx,
  after: ReferralRow,
  from: ReferralState | null,
  fact: Fact,
  to: ReferralState | 'gone' = after.state,
): Promise<void> {
  const { actor } = tx;
  await Promise.all([
    tx.run(
      insertOf(ReferralHistory, {
        scheme_id: tx.schemeId,
        id: newId(),
        referral_id: after.id,
        at: tx.now,
        action: fact.verb,
        from_state: from,
        to_state: to,
        actor_id: actor.kind === 'member' ? actor.membershipId : null,
        actor_name: nameInHistory(actor),
        reason: fact.reason ?? null,
        side: fact.side ?? null,
        note: fact.note ?? null,
        details: fact.details ?? {},
      }),
    ),
    audit(tx, {
      action: VERB_ACTION[fact.verb] ?? `referral.${fact.verb}`,
      subject: { kind: 'referral', id: after.id },
      clients: after.client_id === null ? [] : [after.client_id],
      details: { from, to, ...(fact.reason ? { reason: fact.reason } : {}), ...fact.details },
    }),
    outbox.add(tx, REFERRAL_EVENTS[fact.verb], { referralId: after.id }),
  ]);
}

/** Left alone by every update. */
const KEPT = {
  scheme_id: undefined,
  id: undefined,
  version: undefined,
  reference: undefined,
  created_at: undefined,
};

/** The whole row, always: one statement to plan for all verbs. */
const updateOf = (row: ReferralRow): Sql => sql`
  update referral set version = version + 1, ${setOf(Referral, { ...row, ...KEPT })}
  where scheme_id = ${row.scheme_id} and id = ${row.id}`;

/** Who works on it, and since when: the row before ends where the next begins. */
function assignments(tx: Tx, before: ReferralRow, after: ReferralRow, fact: Fact): Promise<unknown>[] {
  const changes: Promise<unknown>[] = [];
  if (before.owner_id !== null) {
    changes.push(
      tx.run(sql`
        update referral_assignment set ends_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and referral_id = ${after.id} and ends_at is null`),
    );
  }
  if (after.owner_id !== null) {
    changes.push(
      tx.run(
        insertOf(ReferralAssignment, {
          scheme_id: tx.schemeId,
          id: newId(),
          referral_id: after.id,
          owner_id: after.owner_id,
          starts_at: tx.now,
          reason: fact.note ?? fact.reason ?? null,
          assigned_by: tx.actor.kind === 'member' ? tx.actor.membershipId : null,
        }),
      ),
    );
  }
  return changes;
}

/** Whom an open referral lets reach its client: the triage queue, which is the scheme itself, or its owner. */
function holdingOf(r: ReferralRow): Omit<Holding, 'until'> | null {
  if (r.client_id === null) return null;
  const of = { clientId: r.client_id, sourceId: r.id };
  if (r.owner_kind === 'triage') {
    return { ...of, holderKind: 'triage', holderId: r.scheme_id, why: 'triage' };
  }
  return r.owner_id === null ? null : { ...of, holderKind: 'membership', holderId: r.owner_id, why: 'owns' };
}

function reachChanges(tx: Tx, before: ReferralRow, after: ReferralRow, fact: Fact): Promise<unknown>[] {
  if (after.state === 'entered_in_error') return [release(tx, { sourceId: after.id })];
  const had = holdingOf(before);
  const has = holdingOf(after);
  const until = fact.reachUntil ?? new Date(tx.now.getTime() + REACH_AFTER_HANDING_ON_MS);
  if (before.client_id !== after.client_id) {
    // Joined: whoever held what was sent may see where it went.
    const now =
      has ?? (had && after.client_id !== null ? { ...had, clientId: after.client_id, until } : null);
    return [
      release(tx, { sourceId: before.id }),
      ...(now ? [hold(tx, now)] : []),
      ...holdForSender(tx, after),
    ];
  }
  const changes: Promise<unknown>[] = [];
  if (before.state === 'closed') changes.push(release(tx, { sourceId: after.id, why: 'owns' }));
  const handedOn = had && (had.holderId !== has?.holderId || had.why !== has.why);
  if (handedOn) changes.push(hold(tx, { ...had, until }));
  if (has && (handedOn || !had)) changes.push(hold(tx, has));
  return changes;
}

/** The organisation that referred may say that the person died; it reaches nothing else of theirs. */
export const holdForSender = (tx: Tx, r: ReferralRow): Promise<void>[] =>
  r.organisation_id === null || r.client_id === null
    ? []
    : [
        hold(tx, {
          clientId: r.client_id,
          holderKind: 'organisation',
          holderId: r.organisation_id,
          why: 'referred',
          sourceId: r.id,
        }),
      ];

/** Gives a referral that is new in the triage queue its holders. */
export const holdNew = (tx: Tx, r: ReferralRow): Promise<void>[] => {
  const has = holdingOf(r);
  return [...(has ? [hold(tx, has)] : []), ...holdForSender(tx, r)];
};

/** Senders whose referral was joined to this one are told what its own sender is told, at the same moment. */
export async function tellJoined(tx: Tx, into: ReferralRow): Promise<void> {
  await tx.run(sql`
    update referral set told_status = ${into.told_status}, told_at = ${tx.now}, told_why = ${into.told_why},
      told_result = ${into.told_result}, told_outcome = null
    where scheme_id = ${tx.schemeId} and joined_into = ${into.id} and state = 'joined'
      and (told_status, told_why, told_result)
        is distinct from (${into.told_status}, ${into.told_why}, ${into.told_result})`);
}

/** Each sender learns of the first contact since they sent theirs: one before would tell that the person was known. */
export async function tellReached(tx: Tx, { id }: ReferralRow): Promise<void> {
  await tx.run(sql`
    update referral set told_reached_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and (id = ${id} or (joined_into = ${id} and state = 'joined'))
      and told_status = 'in_touch' and told_reached_at is null`);
}

export const within = (name: string, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map(({ field, message }) => ({ field: `${name}.${field}`, message }));

/** A lower module names its own fields; ours are one level up. */
export async function inside<Result>(name: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const errors = error instanceof Refusal && error.status === 422 ? error.extra['errors'] : undefined;
    if (!Array.isArray(errors)) throw error;
    throw Refusal.invalid(within(name, errors as FieldProblem[]));
  }
}
