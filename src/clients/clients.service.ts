import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { nameSound } from '../platform/pure/names.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { candidateRows, type CandidateRow } from './client-candidates.js';
import { actorIdOf, recordHistory } from './client-history.js';
import { placeEverybody, placeOf } from './client-place.js';
import { hold } from './client-reach.js';
import {
  changesOf,
  insertClient,
  insertRegistration,
  lockRow,
  lockWithin,
  updateClient,
  type ClientRow,
} from './client-rows.js';
import { answersOf, matchFactsOf, nameKeys, type Answers, type NewPerson } from './person.rules.js';
import type {
  AmendClientInput,
  CandidateView,
  CreateClientInput,
  GpRegistrationInput,
  RecordDeathInput,
} from './client.dto.js';
import type { ClientEvent } from './client.events.js';
import { ClientHooks } from './client.hooks.js';
import { presentClientWithin } from './client.reach.js';
import { answersToAskAgain, deathProblems, personProblems } from './client.rules.js';
import {
  CHANNELS,
  CREATED_HOLD_DAYS,
  SAFE_FIELDS,
  type Channel,
  type ChannelOffReason,
} from './client.types.js';
import { ClientsQueries } from './clients.queries.js';
import { ClientMerges } from './client-merges.service.js';
import { safetyLifted } from './lone-worker-flags.service.js';
import { matchesAmong, mustBeRuledOut, type MatchFacts } from './matching.rules.js';

CONSTRAINT_REFUSALS.set('client_nhs_number', () =>
  Refusal.conflict(
    'nhs-number-in-use',
    'Somebody here has this NHS number already. Check it, or join the two.',
  ),
);

const DAY_MS = 86_400_000;

@Injectable()
export class ClientsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ClientHooks,
    private readonly merges: ClientMerges,
    private readonly queries: ClientsQueries,
  ) {}

  /**
   * Writes somebody down after looking whether they are here already. Refused (409, with the candidates) while somebody
   * in the actor's reach is likely the same person and has not been ruled out.
   */
  async create(actor: Actor, input: CreateClientInput): Promise<string> {
    const person = matchFactsOf(input);
    const ruledOut = input.notTheSameAs ?? [];
    try {
      return await this.unitOfWork.run(actor, async (tx) => {
        await this.refuseLikelyDuplicates(tx, person, ruledOut);
        const id = await insertClient(tx, input, 'confirmed', null);
        if (reachFor(actor, 'client.get') !== 'scheme' && actor.kind === 'member') {
          await hold(tx, {
            clientId: id,
            holderKind: 'membership',
            holderId: actor.membershipId,
            why: 'created',
            sourceId: id,
            until: new Date(tx.now.getTime() + CREATED_HOLD_DAYS * DAY_MS),
          });
        }
        await this.record(tx, 'client.create', 'client.created', id, { notTheSameAs: ruledOut });
        return id;
      });
    } catch (error) {
      if (!(error instanceof LikelyDuplicates)) throw error;
      throw likelyDuplicate({ candidates: await this.queries.likelyDuplicates(actor, person, ruledOut) });
    }
  }

  /**
   * A person as a sender describes them, before anybody here has looked: no matching, so that the sender cannot learn
   * who is known. The caller's own verb adds the audit entry and the event.
   */
  async createProvisional(
    tx: Tx,
    input: NewPerson,
    broughtByOrganisationId: string | null = null,
  ): Promise<string> {
    return insertClient(tx, input, 'provisional', broughtByOrganisationId);
  }

  /**
   * A sender corrects what they wrote, while nobody here has looked: the whole description again. Their practice is
   * corrected in place, since it is still their word and no history of moving.
   */
  async amendProvisional(tx: Tx, clientId: string, input: NewPerson): Promise<void> {
    const client = await lockRow(tx, clientId);
    if (client.standing !== 'provisional') {
      throw Refusal.conflict('not-provisional', 'This person was confirmed already.');
    }
    const answers = answersOf(input);
    const settings = await schemeSettings(tx);
    const problems = personProblems(answers, londonDate(tx.now), settings.minimumAge);
    if (problems.length > 0) throw Refusal.invalid(problems);
    if (input.gpPracticeId || input.noKnownGpPractice) {
      await tx.run(sql`
        delete from gp_registration
        where scheme_id = ${tx.schemeId} and client_id = ${clientId} and ends_on is null`);
      await insertRegistration(tx, clientId, input.gpPracticeId ?? null, londonDate(tx.now), 'gpPracticeId');
    }
    const changes = changesOf(client, answers);
    await updateClient(tx, client, {
      ...answers,
      ...nameKeys(answers.firstName, answers.lastName),
      ...(await placeOf(tx, answers)),
    });
    await recordHistory(tx, clientId, 'client.amend', changes);
  }

  /**
   * Triage has looked and it is nobody known. Give `notTheSameAs` to have likely duplicates refused (409) save those
   * ruled out; ids only, since `GET /clients/:id/matches` shows them.
   */
  async confirm(tx: Tx, clientId: string, notTheSameAs?: readonly string[]): Promise<void> {
    const client = await lockRow(tx, clientId);
    if (client.standing === 'confirmed') return;
    if (notTheSameAs) {
      const likely = await this.unresolved(tx, matchFactsOf(client), sql`c.id <> ${clientId}`, notTheSameAs);
      if (likely.length > 0) throw likelyDuplicate({ candidateIds: likely });
    }
    await updateClient(tx, client, { standing: 'confirmed' });
    await recordHistory(tx, clientId, 'client.confirm', {
      standing: { from: 'provisional', to: 'confirmed' },
    });
    await this.record(tx, 'client.confirm', 'client.confirmed', clientId);
  }

  /** Triage has looked and the person a sender described is `keptId`. Can be undone like a merge. */
  async absorb(tx: Tx, provisionalId: string, keptId: string, reason: string): Promise<string> {
    return this.merges.absorb(tx, provisionalId, keptId, reason);
  }

  async amend(actor: Actor, clientId: string, version: number, input: AmendClientInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.amend', clientId);
      refuseStale(client.version, version);
      await this.change(tx, client, input);
      return clientId;
    });
  }

  /** For verbs that change a few answers of somebody on their word of this moment, such as on their own page. */
  async amendWithin(tx: Tx, clientId: string, input: AmendClientInput): Promise<void> {
    await this.change(tx, await lockWithin(tx, 'client.amend', clientId), input);
  }

  private async change(tx: Tx, client: ClientRow, input: AmendClientInput): Promise<void> {
    const clientId = client.id;
    const given = Object.fromEntries(
      Object.entries(input).filter(([, value]) => value !== undefined),
    ) as Partial<Answers>;
    const answers: Partial<Answers> = { ...given, ...answersToAskAgain(client, given) };
    const changes = changesOf(client, answers);
    if (Object.keys(changes).length === 0) return;
    const after = { ...client, ...answers };
    const settings = await schemeSettings(tx);
    const problems = personProblems(after, londonDate(tx.now), settings.minimumAge);
    if (problems.length > 0) throw Refusal.invalid(problems);
    const moved = ['postcode', 'noFixedAddress', 'dayPlacePostcode'].some((field) => field in changes);
    const place = moved ? await placeOf(tx, after) : {};
    await updateClient(tx, client, { ...answers, ...nameKeys(after.firstName, after.lastName), ...place });
    await recordHistory(tx, clientId, 'client.amend', changes);
    await this.record(tx, 'client.amend', 'client.amended', clientId, { fields: Object.keys(changes) });
    if (changes['safetyFlag']) {
      if (after.safetyFlag) await this.hooks.safetyNoted.run(tx, { clientId, holds: true });
      else await safetyLifted(tx, this.hooks, clientId);
    }
    for (const channel of CHANNELS) {
      const change = changes[SAFE_FIELDS[channel]];
      if (change?.from === 'yes') await this.hooks.messagesSwitchedOff.run(tx, { clientId, channel });
    }
  }

  async switchOffChannel(
    actor: Actor,
    clientId: string,
    channel: Channel,
    because: ChannelOffReason,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.switchOff(tx, await lockWithin(tx, 'client.amend', clientId), channel, because);
      return clientId;
    });
  }

  /** A wrong number or a bounce, in the transaction that learns of it. Doing it again changes nothing. */
  async switchOffChannelWithin(
    tx: Tx,
    clientId: string,
    channel: Channel,
    because: ChannelOffReason,
  ): Promise<void> {
    await this.switchOff(tx, await lockRow(tx, clientId), channel, because);
  }

  private async switchOff(
    tx: Tx,
    client: ClientRow,
    channel: Channel,
    because: ChannelOffReason,
  ): Promise<void> {
    const field = SAFE_FIELDS[channel];
    if (client[field] === 'no') return;
    await updateClient(tx, client, { [field]: 'no' });
    await recordHistory(tx, client.id, 'client.switchOffChannel', {
      [field]: { from: client[field], to: 'no' },
      because,
    });
    await this.record(tx, 'client.amend', 'client.channelSwitchedOff', client.id, { channel, because });
    await this.hooks.messagesSwitchedOff.run(tx, { clientId: client.id, channel });
  }

  /** After two records were joined somebody confirms how the person may be reached; until then nothing is sent. */
  async resumeMessages(actor: Actor, clientId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.amend', clientId);
      if (client.messagesPausedAt === null) {
        throw Refusal.conflict('not-paused', 'Messages to this person are not paused.');
      }
      await updateClient(tx, client, { messagesPausedAt: null });
      await recordHistory(tx, clientId, 'client.resumeMessages');
      await this.record(tx, 'client.amend', 'client.messagesResumed', clientId);
      return clientId;
    });
  }

  async recordDeath(actor: Actor, clientId: string, input: RecordDeathInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.recordDeath', clientId);
      refuseStale(client.version, seen);
      await this.die(tx, client, input);
      return clientId;
    });
  }

  /**
   * The same for those who reach a person only through a row of a higher module: the practice that referred them (a
   * route of referrals) and the group they take part in (a route of onward-referrals). Those routes ask for
   * `client.recordDeath`, authorise on their own row before or after, and give that row's client_id. Call this before
   * locking that row: the client's lock comes first.
   */
  async recordDeathWithin(tx: Tx, clientId: string, input: RecordDeathInput): Promise<void> {
    await this.die(tx, await lockRow(tx, clientId), input);
  }

  private async die(tx: Tx, client: ClientRow, input: RecordDeathInput): Promise<void> {
    if (client.deathRecordedAt !== null) {
      throw Refusal.conflict('death-recorded', 'This person’s death is recorded already.');
    }
    const diedOn = input.diedOn ?? null;
    const problems = deathProblems(diedOn, client.dateOfBirth, londonDate(tx.now));
    if (problems.length > 0) throw Refusal.invalid(problems);
    await updateClient(tx, client, { diedOn, deathRecordedAt: tx.now });
    await recordHistory(tx, client.id, 'client.recordDeath', { diedOn, toldBy: input.toldBy });
    await this.record(tx, 'client.recordDeath', 'client.died', client.id);
    await this.hooks.died.run(tx, { clientId: client.id });
  }

  async reverseDeath(actor: Actor, clientId: string, reason: string, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.reverseDeath', clientId);
      refuseStale(client.version, seen);
      if (client.deathRecordedAt === null) {
        throw Refusal.conflict('death-not-recorded', 'This person’s death is not recorded.');
      }
      await updateClient(tx, client, { diedOn: null, deathRecordedAt: null });
      await recordHistory(tx, clientId, 'client.reverseDeath', { diedOn: client.diedOn, reason });
      await this.record(tx, 'client.reverseDeath', 'client.deathReversed', clientId);
      await this.hooks.deathReversed.run(tx, { clientId });
      return clientId;
    });
  }

  /**
   * A move to another practice closes the registration before it the day before; where none was known that same day, it
   * takes its place. Who hears of them from now on is
   * somebody's to decide: until then the practice they left hears nothing more.
   */
  async register(actor: Actor, clientId: string, input: GpRegistrationInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'client.amend', clientId);
      const today = londonDate(tx.now);
      const startsOn = input.startsOn ?? today;
      const organisationId = input.organisationId ?? null;
      if ((organisationId === null) !== (input.noKnownPractice ?? false)) {
        throw Refusal.invalidField(
          'organisationId',
          'Name the practice, or say that there is no known practice',
        );
      }
      if (startsOn > today) throw Refusal.invalidField('startsOn', 'The date cannot be in the future');
      const current = await tx.maybe<{ id: string; organisationId: string | null; startsOn: string }>(sql`
        select id, organisation_id as "organisationId", starts_on::text as "startsOn" from gp_registration
        where scheme_id = ${tx.schemeId} and client_id = ${clientId} and ends_on is null`);
      if (current) {
        if (current.organisationId === organisationId) {
          throw Refusal.conflict('registered-already', 'They are registered there already.');
        }
        const replaces = current.organisationId === null && startsOn === current.startsOn;
        if (startsOn <= current.startsOn && !replaces) {
          throw Refusal.invalidField('startsOn', 'The date must be after the present registration began');
        }
        await tx.run(
          replaces
            ? sql`delete from gp_registration where scheme_id = ${tx.schemeId} and id = ${current.id}`
            : sql`
                update gp_registration set ends_on = ${addDays(startsOn, -1)}
                where scheme_id = ${tx.schemeId} and id = ${current.id}`,
        );
      }
      await insertRegistration(tx, clientId, organisationId, startsOn, 'organisationId');
      await recordHistory(tx, clientId, 'client.register', {
        gpPracticeId: { from: current?.organisationId ?? null, to: organisationId },
        startsOn,
      });
      await this.record(tx, 'client.amend', 'client.registered', clientId);
      if (current?.organisationId) {
        const moveId = newId();
        await tx.run(sql`
          insert into practice_move (scheme_id, id, client_id, from_organisation_id, to_organisation_id, moved_on,
            recorded_by, recorded_at)
          values (${tx.schemeId}, ${moveId}, ${clientId}, ${current.organisationId}, ${organisationId}, ${startsOn},
            ${actorIdOf(tx)}, ${tx.now})`);
        await this.hooks.practiceMoved.run(tx, { clientId, moveId });
      }
      return clientId;
    });
  }

  /** After postcodes or deciles were loaded: how many people it concerned. */
  async placeEverybody(actor: Actor): Promise<number> {
    return this.unitOfWork.run(actor, async (tx) => {
      const changed = await placeEverybody(tx);
      if (changed > 0) {
        await audit(tx, { action: 'client.place', details: { changed } });
        await outbox.add(tx, 'client.placed', {});
      }
      return changed;
    });
  }

  /** A gate that shows no reason to others, so none is kept. Adding twice changes nothing. */
  async addNeverOffer(actor: Actor, clientId: string, organisationId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.neverOffer', clientId);
      const organisation = await tx.maybe(sql`
        select 1 from organisation where scheme_id = ${tx.schemeId} and id = ${organisationId} and provides`);
      if (!organisation) throw Refusal.notFound();
      const added = await tx.run(sql`
        insert into never_offer (scheme_id, client_id, organisation_id, recorded_by, recorded_at)
        values (${tx.schemeId}, ${clientId}, ${organisationId},
          ${actor.kind === 'member' ? actor.membershipId : null}, ${tx.now})
        on conflict do nothing`);
      if (added.rowCount === 0) return clientId;
      await updateClient(tx, client, {});
      await recordHistory(tx, clientId, 'client.neverOffer', { added: organisationId });
      await this.record(tx, 'client.neverOffer', 'client.neverOfferChanged', clientId);
      await this.hooks.neverOfferChanged.run(tx, { clientId });
      return clientId;
    });
  }

  async removeNeverOffer(
    actor: Actor,
    clientId: string,
    organisationId: string,
    seen?: number,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.neverOffer', clientId);
      refuseStale(client.version, seen);
      const removed = await tx.run(sql`
        delete from never_offer
        where scheme_id = ${tx.schemeId} and client_id = ${clientId} and organisation_id = ${organisationId}`);
      if (removed.rowCount === 0) throw Refusal.notFound();
      await updateClient(tx, client, {});
      await recordHistory(tx, clientId, 'client.neverOffer', { removed: organisationId });
      await this.record(tx, 'client.neverOffer', 'client.neverOfferChanged', clientId);
      await this.hooks.neverOfferChanged.run(tx, { clientId });
      return clientId;
    });
  }

  /**
   * Two workers writing the same person down at once queue here on what the two would share, so that the second sees
   * the first's. The lock ends with the transaction.
   */
  private async refuseLikelyDuplicates(
    tx: Tx,
    person: MatchFacts,
    ruledOut: readonly string[],
  ): Promise<void> {
    for (const shared of [person.dateOfBirth, nameSound(person.lastName)]) {
      await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`${tx.schemeId} ${shared}`}, 0))`);
    }
    const within = presentClientWithin(tx.actor, reachFor(tx.actor, 'client.match'), tx.now);
    if ((await this.unresolved(tx, person, within, ruledOut)).length > 0) throw new LikelyDuplicates();
  }

  private async unresolved(
    tx: Tx,
    person: MatchFacts,
    within: Sql,
    ruledOut: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.rows<CandidateRow>(candidateRows(tx.schemeId, person, within));
    return matchesAmong(person, rows)
      .filter((match) => mustBeRuledOut(match, ruledOut))
      .map(({ candidate }) => candidate.id);
  }

  private async record(
    tx: Tx,
    action: Act,
    event: ClientEvent,
    clientId: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await audit(tx, { action, subject: { kind: 'client', id: clientId }, clients: [clientId], details });
    await outbox.add(tx, event, { clientId });
  }
}

const likelyDuplicate = (named: { candidates: CandidateView[] } | { candidateIds: string[] }): Refusal =>
  Refusal.conflict(
    'likely-duplicate',
    'This person may be here already. Use their record, or say which records are somebody else.',
    named,
  );

/** Thrown inside the transaction, so that nothing is written; who they are is then shown by an audited read of its own. */
class LikelyDuplicates extends Error {}
