import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { AgreementsService } from '../clients/agreements.service.js';
import { supportAgreements } from '../clients/support.queries.js';
import { ClientsService } from '../clients/clients.service.js';
import { movedBy, rememberMoved } from '../clients/client-moves.js';
import type { RecordDeathInput } from '../clients/client.dto.js';
import { release } from '../clients/client-reach.js';
import { CASELOAD_LIMIT } from '../link-workers/link-workers.queries.js';
import { coverFor, standing } from '../identity/cover.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import type { Side } from '../platform/pure/lifecycle.js';
import { holidaysOf, schemeSettings, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { agreedWith } from './referral-hears.queries.js';
import {
  holdNew,
  lockFor,
  lockReferral,
  lockReferralRow,
  record,
  refusalAsTold,
  refuseIllegal,
  startAgain,
  tell,
  tellJoined,
  tellReached,
  inside,
  type Fact,
} from './referral-moves.js';
import type {
  AcceptInput,
  AllocateInput,
  CloseInput,
  DeclineInput,
  HoldInput,
  JoinInput,
  NoteInput,
  ReopenInput,
  ResumeInput,
  ReturnInput,
  SetFeedbackInput,
  SetNextInput,
  SetRisksInput,
  VoidInput,
  WithdrawInput,
} from './referral.dto.js';
import { ReferralHooks, type Settling } from './referral.hooks.js';
import type { ReferralVerb } from './referral.lifecycle.js';
import { referralWithin } from './referral.reach.js';
import {
  chosenNextAt,
  dueAt,
  mayReopen,
  movedTo,
  nextDateProblem,
  reachUntil,
  riskProblems,
  sideOfEnd,
  sideOfHold,
  TOLD_SCOPES,
} from './referral.rules.js';
import {
  isOpen,
  isWithTriage,
  isWithWorker,
  TOLD_OPEN,
  type Closing,
  type EndReason,
  type ReferralRow,
  type ReferralState,
  type ToldOutcome,
} from './referral.types.js';

/** One public method per verb. Sending has its own service; see referral-sending.service.ts. */
@Injectable()
export class ReferralsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ReferralHooks,
    private readonly clients: ClientsService,
    private readonly agreements: AgreementsService,
  ) {}

  /** Back to the sender, saying what is missing. Whoever referred themselves is rung instead. */
  async return(actor: Actor, id: string, input: ReturnInput): Promise<string> {
    return this.verb(actor, 'return', id, (tx, referral, to, settings) => {
      if (referral.route === 'self') {
        throw Refusal.conflict('ring-instead', 'This person referred themselves. Ring them instead.');
      }
      if (referral.organisation_id === null) {
        throw Refusal.conflict(
          'ring-instead',
          'Another scheme handed this person over. Ring them, or it, instead.',
        );
      }
      const after = movedTo(referral, to, tx.now, {
        next_at: dueAt('returned', tx.now, settings, holidaysOf(settings)),
        returned_at: tx.now,
        returned_because: input.message,
        returned_missing: input.missing,
      });
      return Promise.resolve({ after, fact: { note: input.message, details: { missing: input.missing } } });
    });
  }

  /** Triage takes it on: as somebody new, or as the person it found. */
  async accept(actor: Actor, id: string, input: AcceptInput, seen?: number): Promise<string> {
    const sameAs = input.sameAs ?? null;
    return this.verb(
      actor,
      'accept',
      id,
      async (tx, referral, to, settings) => {
        const clientId = clientOf(referral);
        const change: Partial<ReferralRow> = {
          accepted_at: tx.now,
          next_at: dueAt('accepted', tx.now, settings, holidaysOf(settings)),
        };
        const details: Record<string, unknown> = {};
        if (sameAs === null || sameAs === clientId) {
          await this.clients.confirm(tx, clientId, input.notTheSameAs ?? []);
        } else {
          await this.refuseSecondOpen(tx, sameAs);
          const mergeId = await this.clients.absorb(tx, clientId, sameAs, 'Found in triage');
          await rememberMoved(tx, mergeId, 'referral', [id]);
          details['mergeId'] = mergeId;
          change.client_id = sameAs;
        }
        return { after: movedTo(referral, to, tx.now, change), fact: { note: input.note, details } };
      },
      { alsoClient: sameAs, seen },
    );
  }

  /** The person has an open referral: this one is added to it, and its sender told that it was taken on. */
  async join(actor: Actor, id: string, input: JoinInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const intoClient = await tx.maybe<{ client_id: string | null }>(sql`
        select client_id from referral where scheme_id = ${tx.schemeId} and id = ${input.into}`);
      const { referral, to } = await lockFor(tx, 'join', id, { alsoClient: intoClient?.client_id ?? null });
      if (to === 'gone') throw new Error('A join leads somewhere.');
      if (id === input.into) throw Refusal.invalidField('into', 'Choose another referral');
      const into = await lockReferralRow(tx, input.into);
      if (into.client_id !== (intoClient?.client_id ?? null)) throw startAgain();
      const [clientId, keptId] = [clientOf(referral), clientOf(into)];
      if (!isOpen(into.state) || into.state === 'sent' || into.state === 'returned') {
        throw Refusal.conflict('nothing-to-join', 'Join it to a referral that is open and was accepted.', {
          from: into.state,
        });
      }
      const mergeId =
        clientId === keptId
          ? null
          : await this.clients.absorb(tx, clientId, keptId, 'Found in triage, with an open referral');
      if (mergeId !== null) await rememberMoved(tx, mergeId, 'referral', [id]);
      const joined = movedTo(referral, to, tx.now, {
        client_id: keptId,
        joined_into: into.id,
        accepted_at: tx.now,
      });
      const details = { into: into.id, ...(mergeId && { mergeId }) };
      await record(tx, referral, joined, { verb: 'join', note: input.note, details });
      const grown: ReferralRow = {
        ...into,
        updated_at: tx.now,
        as_sent: asSent(into),
        reasons: union(into.reasons, referral.reasons),
        risks: union(into.risks, referral.risks),
        no_known_risks: into.no_known_risks && referral.risks.length === 0,
      };
      await record(tx, into, grown, {
        verb: 'note',
        note: [referral.reason_note, referral.note, referral.risk_note].filter(Boolean).join('\n\n') || null,
        details: { joined: referral.id, reasons: referral.reasons, risks: referral.risks },
      });
      await this.moved(tx, 'join', referral, joined);
      await this.moved(tx, 'note', into, grown);
      return id;
    });
  }

  async decline(actor: Actor, id: string, input: DeclineInput): Promise<string> {
    return this.verb(actor, 'decline', id, (tx, referral, to, settings) =>
      Promise.resolve(ending(tx, referral, to, input, settings)),
    );
  }

  /** To a link worker with room, or over their limit with a manager's reason; or from one worker to another. */
  async allocate(actor: Actor, id: string, input: AllocateInput, seen?: number): Promise<string> {
    return this.verb(
      actor,
      'allocate',
      id,
      async (tx, referral, to, settings) => {
        if (referral.owner_id === input.workerId) {
          throw Refusal.conflict('same-worker', 'This link worker has it already.');
        }
        const overridden = await this.workerWithRoom(tx, 'workerId', input.workerId, input.overrideReason);
        const change: Partial<ReferralRow> = { owner_id: input.workerId };
        if (referral.state === 'accepted') {
          change.allocated_at = tx.now;
          change.next_at = dueAt('allocated', tx.now, settings, holidaysOf(settings));
        }
        const after = movedTo(referral, to, tx.now, change);
        return {
          after,
          fact: {
            note: input.note ?? (overridden ? input.overrideReason : null),
            details: { workerId: input.workerId, fromWorkerId: referral.owner_id, overridden },
          },
        };
      },
      { seen },
    );
  }

  /**
   * Somebody reached the person: called for every reached contact, by a caller that holds the referral's lock and asked
   * its own permission. The first time begins the referral, or lets one on hold resume as begun; every time tells
   * those whose referral was joined to this one.
   */
  async begin(tx: Tx, referralId: string): Promise<void> {
    const referral = await lockReferralRow(tx, referralId);
    if (!isWithWorker(referral.state)) refuseIllegal('begin', referral);
    if (referral.begun_at !== null) {
      await tellJoined(tx, referral);
      return tellReached(tx, referral);
    }
    const to = referral.state === 'allocated' ? 'active' : referral.state;
    const after = movedTo(referral, to, tx.now, {
      begun_at: tx.now,
      held_from: to === 'on_hold' ? 'active' : null,
    });
    await record(tx, referral, after, { verb: 'begin' });
    await tellReached(tx, after);
    await this.moved(tx, 'begin', referral, after);
  }

  async setNext(actor: Actor, id: string, input: SetNextInput, seen?: number): Promise<string> {
    return this.verb(
      actor,
      'setNext',
      id,
      (tx, referral) => {
        const nextAt = nextAtOf('nextOn', input.nextOn, tx.now, 0);
        return Promise.resolve({
          after: { ...referral, updated_at: tx.now, next_at: nextAt },
          fact: { note: input.note, details: { nextOn: input.nextOn } },
        });
      },
      { seen },
    );
  }

  /** The next date chosen with a contact, by a caller that holds the referral's lock and asked its own permission. */
  async setNextWithin(tx: Tx, referralId: string, nextAt: Date): Promise<void> {
    const referral = await lockReferralRow(tx, referralId);
    refuseIllegal('setNext', referral);
    const after = { ...referral, updated_at: tx.now, next_at: nextAt };
    await record(tx, referral, after, { verb: 'setNext', details: { nextOn: londonDate(nextAt) } });
    await this.moved(tx, 'setNext', referral, after);
  }

  /** The sender, or anybody whose hands it is in, adds what they know. A sender's note reaches the owner. */
  async note(actor: Actor, id: string, input: NoteInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { referral } = await lockFor(tx, 'note', id);
      if (isSender(actor, 'referral.note')) await refuseEndedForSender(tx, 'note', referral);
      const fact: Fact = { verb: 'note', note: input.note };
      await tell(tx, referral, referral.state, fact);
      await this.moved(tx, 'note', referral, referral);
      if (referral.joined_into !== null) {
        const into = await lockReferralRow(tx, referral.joined_into);
        await tell(tx, into, into.state, { ...fact, details: { joined: referral.id } });
        await this.moved(tx, 'note', into, into);
      }
      return id;
    });
  }

  /** All the risks known now, or that none are: what its sender said stays theirs. */
  async setRisks(actor: Actor, id: string, input: SetRisksInput, seen?: number): Promise<string> {
    const { risks = [], noKnownRisks = false } = input;
    const problems = riskProblems({ risks, noKnownRisks });
    if (problems.length > 0) throw Refusal.invalid(problems);
    return this.verb(
      actor,
      'setRisks',
      id,
      (tx, referral) =>
        Promise.resolve({
          after: {
            ...referral,
            updated_at: tx.now,
            as_sent: asSent(referral),
            risks: union([], risks),
            no_known_risks: noKnownRisks,
          },
          fact: { note: input.note, details: { risks, before: referral.risks } },
        }),
      { seen },
    );
  }

  /** Less is heard at once; more only once the person's agreement to it is recorded, here or before. */
  async setFeedback(actor: Actor, id: string, input: SetFeedbackInput, seen?: number): Promise<string> {
    return this.verb(
      actor,
      'setFeedback',
      id,
      async (tx, referral) => {
        const { feedback, agreement } = input;
        const { organisation_id: organisationId, client_id: clientId } = referral;
        if (organisationId === null || clientId === null) {
          throw Refusal.conflict('no-sender', 'Nobody sent this referral who could hear of it.');
        }
        const scope = TOLD_SCOPES[feedback];
        if (agreement !== undefined && scope.length > 0) {
          const heard = Object.assign({ scope, organisationId }, agreement);
          await inside('agreement', this.agreements.recordWithin(tx, clientId, heard));
        } else if (!(await agreedWith(tx, clientId, organisationId, scope))) {
          throw Refusal.invalidField('agreement', 'Say when and how the person agreed to this');
        }
        return { after: { ...referral, updated_at: tx.now, feedback }, fact: { details: { feedback } } };
      },
      { seen },
    );
  }

  async hold(actor: Actor, id: string, input: HoldInput, seen?: number): Promise<string> {
    return this.verb(
      actor,
      'hold',
      id,
      async (tx, referral, to) => {
        const side = sideOf(sideOfHold(input.reason, input.side));
        const nextAt = nextAtOf('resumeOn', input.resumeOn, tx.now, 1);
        await this.settle(tx, referral, 'held', input.reason, side, false);
        const from = referral.state === 'active' ? 'active' : 'allocated';
        const after = movedTo(referral, to, tx.now, { held_from: from, next_at: nextAt });
        return {
          after,
          fact: { reason: input.reason, side, note: input.note, details: { resumeOn: input.resumeOn } },
        };
      },
      { seen },
    );
  }

  async resume(actor: Actor, id: string, input: ResumeInput, seen?: number): Promise<string> {
    return this.verb(
      actor,
      'resume',
      id,
      (tx, referral, to, settings) => {
        const nextAt =
          input.nextOn === undefined
            ? dueAt('allocated', tx.now, settings, holidaysOf(settings))
            : nextAtOf('nextOn', input.nextOn, tx.now, 0);
        const after = movedTo(referral, to, tx.now, { next_at: nextAt });
        return Promise.resolve({ after, fact: { note: input.note } });
      },
      { seen },
    );
  }

  async close(actor: Actor, id: string, input: CloseInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.closeWithin(tx, id, input, seen);
      return id;
    });
  }

  /** The same as a part of another write. It locks and asks permission itself. */
  async closeWithin(tx: Tx, id: string, input: CloseInput, seen?: number): Promise<void> {
    const { referral } = await lockFor(tx, 'close', id, { seen });
    await this.end(tx, 'close', referral, input, await schemeSettings(tx));
  }

  private async end(
    tx: Tx,
    verb: 'close',
    referral: ReferralRow,
    input: CloseInput,
    settings: SchemeSettings,
  ): Promise<void> {
    const { after, fact } = ending(tx, referral, 'closed', input, settings, {
      result: input.result,
      may_ask_again: input.mayAskAgain,
    });
    fact.reachUntil = reachUntil(tx.now, input.mayAskAgain, settings.reopenDays);
    const clientId = clientOf(referral);
    await this.settle(tx, referral, 'closed', input.reason, sideOfFact(fact), true);
    await this.hooks.closing.run(tx, {
      referralId: referral.id,
      clientId,
      input: {
        result: input.result,
        noResponseBecause: input.noResponseBecause ?? null,
        mayAskAgain: input.mayAskAgain,
        goals: input.goals ?? [],
      },
    });
    await record(tx, referral, after, {
      ...fact,
      verb,
      details: { result: input.result, mayAskAgain: input.mayAskAgain },
    });
    await this.tellOutcome(tx, referral.id, sql`told_status = 'closed'`);
    await this.moved(tx, verb, referral, after);
  }

  /** Answers that come, or are put right, once it was closed. The caller holds the referral's lock. */
  async outcomeLearnt(tx: Tx, referralId: string): Promise<void> {
    await this.tellOutcome(tx, referralId, sql`told_outcome is not null`);
  }

  /**
   * To its own sender, and to those whose referral was joined to it, of what began since each of them sent theirs: what
   * was earlier would tell that the person was known.
   */
  private async tellOutcome(tx: Tx, referralId: string, which: Sql): Promise<void> {
    const told = await tx.rows<{ id: string; since: Date }>(sql`
      select id, sent_at as since from referral
      where scheme_id = ${tx.schemeId} and (id = ${referralId} or joined_into = ${referralId}) and ${which}
      order by id`);
    for (const { id, since } of told) {
      const parts = await this.hooks.outcome.run(tx, { referralId, since });
      const none: ToldOutcome = { joinedGroup: false, scores: [] };
      const outcome = parts.reduce<ToldOutcome>((all, part) => ({ ...all, ...part }), none);
      await tx.run(sql`
        update referral set told_outcome = ${JSON.stringify(outcome)}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
    }
  }

  /** Within the scheme's days of closing, with the last owner or another who has room. */
  async reopen(actor: Actor, id: string, input: ReopenInput, seen?: number): Promise<string> {
    return this.verb(
      actor,
      'reopen',
      id,
      async (tx, referral, to, settings) => {
        if (referral.ended_at === null) throw new Error('A closed referral has no end.');
        if (!mayReopen(referral.ended_at, tx.now, settings.reopenDays)) {
          throw Refusal.illegalMove(
            referral.state,
            'reopen',
            `It closed more than ${settings.reopenDays} days ago. Start a new referral.`,
          );
        }
        const nextAt = nextAtOf('nextOn', input.nextOn, tx.now, 0);
        await this.refuseSecondOpen(tx, clientOf(referral));
        await refuseDead(tx, clientOf(referral));
        const agreementId = await supportOf(tx, referral);
        if (agreementId === null) {
          throw Refusal.conflict(
            'no-agreement',
            'This person took back their agreement to be supported. Record a new one first, if they agree again.',
          );
        }
        const had = await lastOwner(tx, id);
        const workerId = input.workerId ?? had?.id;
        if (workerId === undefined) throw Refusal.invalidField('workerId', 'Choose a link worker');
        const { overrideReason } = input;
        const overridden = await this.workerWithRoom(
          tx,
          'workerId',
          workerId,
          overrideReason,
          workerId === had?.id,
        );
        const after = movedTo(referral, to, tx.now, {
          owner_id: workerId,
          next_at: nextAt,
          agreement_id: agreementId,
          begun_at: referral.begun_at ?? tx.now,
          original_closing: referral.original_closing ?? closingOf(referral),
          ...NOT_ENDED,
        });
        return { after, fact: { note: input.reason, details: { workerId, overridden } } };
      },
      { seen },
    );
  }

  /** A sender while triage has it; afterwards the worker whose it is, or a manager. */
  async withdraw(actor: Actor, id: string, input: WithdrawInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const own = isSender(actor, 'referral.withdraw');
      const referral = own ? await this.lockForSender(tx, id) : (await lockFor(tx, 'withdraw', id)).referral;
      const settings = await schemeSettings(tx);
      const { after, fact } = ending(tx, referral, 'withdrawn', input, settings, { told_own: own });
      await this.withdrawTo(tx, referral, after, { ...fact, verb: 'withdraw' }, 'withdrawn');
      return id;
    });
  }

  /** It should never have been there. A manager's verb; it leaves every figure. */
  async void(actor: Actor, id: string, input: VoidInput, seen?: number): Promise<string> {
    return this.verb(
      actor,
      'void',
      id,
      async (tx, referral, to) => {
        const joined = await tx.maybe(sql`
        select 1 from referral where scheme_id = ${tx.schemeId} and joined_into = ${id} limit 1`);
        if (joined) {
          throw Refusal.conflict(
            'others-joined',
            'Another referral was joined to this one. Close it instead.',
          );
        }
        await this.settle(tx, referral, 'withdrawn', 'entered_in_error', 'scheme', true);
        const after = movedTo(referral, to, tx.now, {
          end_reason: input.reason,
          end_side: 'scheme',
          end_note: input.note,
          joined_into: null,
        });
        return { after, fact: { reason: input.reason, side: 'scheme', note: input.note } };
      },
      { seen },
    );
  }

  /** The sender, or whoever has the referral, says that the person died. */
  async recordDeath(actor: Actor, id: string, input: RecordDeathInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = reachFor(actor, 'client.recordDeath');
      const found = await tx.maybe<{ client_id: string | null }>(sql`
        select r.client_id from referral r
        where r.scheme_id = ${tx.schemeId} and r.id = ${id} and ${referralWithin(actor, reach, tx.now)}
          and r.state <> 'entered_in_error'`);
      if (!found?.client_id) throw Refusal.notFound();
      await this.clients.recordDeathWithin(tx, found.client_id, input);
      return id;
    });
  }

  /** The open referral of somebody who died ends; what was asked of nobody any more is not asked. */
  async endForDeath(tx: Tx, clientId: string): Promise<void> {
    for (const referral of await lockOpenOf(tx, clientId)) {
      const withTriage = isWithTriage(referral.state);
      const verb = withTriage ? 'withdraw' : 'close';
      const after = movedTo(referral, withTriage ? 'withdrawn' : 'closed', tx.now, {
        end_reason: 'died',
        end_side: 'client',
        result: 'died',
        may_ask_again: false,
      });
      const fact = await this.heldOn(tx, { verb, reason: 'died', side: 'client' });
      await this.withdrawTo(tx, referral, after, fact, 'died');
    }
  }

  /**
   * The person is alive: what their recorded death ended goes on, with the worker who had it, room or not, and with
   * triage where there was none or they have left. Offers to groups stay ended; places may have gone to others. Nothing
   * goes on that nobody agrees to any more.
   */
  async goOnAfterAll(tx: Tx, clientId: string): Promise<void> {
    if ((await lockOpenOf(tx, clientId)).length > 0) return;
    const referral = await tx.maybe<ReferralRow>(sql`
      select r.* from referral r
      where r.scheme_id = ${tx.schemeId} and r.client_id = ${clientId} and r.state in ('closed', 'withdrawn')
        and r.end_reason = 'died'
      order by r.ended_at desc limit 1 for no key update of r`);
    const agreementId = referral && (await supportOf(tx, referral));
    if (!referral || agreementId === null) return;
    const settings = await schemeSettings(tx);
    const had = await lastOwner(tx, referral.id);
    const toWorker = referral.state === 'closed' && had?.stands === true;
    const after = movedTo(referral, toWorker ? 'active' : 'sent', tx.now, {
      ...NOT_ENDED,
      agreement_id: agreementId,
      ...(toWorker ? { owner_id: had.id, begun_at: referral.begun_at ?? tx.now } : { accepted_at: null }),
      next_at: dueAt(toWorker ? 'allocated' : 'sent', tx.now, settings, holidaysOf(settings)),
    });
    const verb = toWorker ? 'reopen' : 'restore';
    await record(tx, referral, after, { verb, details: { because: 'death_reversed' } });
    await this.moved(tx, verb, referral, after);
  }

  /** The person takes back their agreement to be supported: the referral is withdrawn, on their side. */
  async endForAgreement(tx: Tx, clientId: string): Promise<void> {
    for (const referral of await lockOpenOf(tx, clientId)) {
      const after = movedTo(referral, 'withdrawn', tx.now, {
        end_reason: 'agreement_withdrawn',
        end_side: 'client',
      });
      const fact = await this.heldOn(tx, {
        verb: 'withdraw',
        reason: 'agreement_withdrawn',
        side: 'client',
      });
      await this.withdrawTo(tx, referral, after, fact, 'agreement_withdrawn');
    }
  }

  /** Two records are one person: their referrals become one person's. Not while both have an open one. */
  async merge(tx: Tx, keptId: string, mergedId: string, mergeId: string): Promise<void> {
    const open = await tx.rows<{ client_id: string }>(sql`
      select client_id from referral
      where scheme_id = ${tx.schemeId} and client_id in (${keptId}, ${mergedId})
        and state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')`);
    if (open.length > 1) {
      throw Refusal.conflict(
        'both-open',
        'Both have an open referral. Join one to the other, or end one, before you merge them.',
      );
    }
    const moved = await tx.rows<{ id: string }>(sql`
      update referral set client_id = ${keptId}, version = version + 1, updated_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and client_id = ${mergedId} returning id`);
    const ids = moved.map(({ id }) => id);
    await rememberMoved(tx, mergeId, 'referral', ids);
    await this.noteMove(tx, ids, 'client_merged', { mergeId, keptId, mergedId });
  }

  /** Two people after all: what the merge moved goes back, and what was joined by mistake waits for triage again. */
  async unmerge(tx: Tx, keptId: string, mergedId: string, mergeId: string): Promise<void> {
    const moved = await movedBy(tx, mergeId, 'referral');
    const rows = await tx.rows<ReferralRow>(sql`
      update referral set client_id = ${mergedId}, version = version + 1, updated_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and client_id = ${keptId} and id = any(${moved}::uuid[]) returning *`);
    await this.noteMove(
      tx,
      rows.map(({ id }) => id),
      'client_unmerged',
      { mergeId, keptId, mergedId },
    );
    const settings = await schemeSettings(tx);
    const { merged_at: mergedAt } = await tx.one<{ merged_at: Date }>(sql`
      select merged_at from client_merge where scheme_id = ${tx.schemeId} and id = ${mergeId}`);
    for (const referral of rows) {
      await release(tx, { sourceId: referral.id, clientId: keptId });
      const verb = lostByMerge(referral, moved, mergedAt);
      if (verb === null) {
        await Promise.all(holdNew(tx, referral));
        continue;
      }
      const after = movedTo(referral, 'sent', tx.now, {
        ...NOT_ENDED,
        joined_into: null,
        accepted_at: null,
        next_at: dueAt('sent', tx.now, settings, holidaysOf(settings)),
      });
      await record(tx, referral, after, { verb, details: { mergeId } });
      await this.moved(tx, verb, referral, after);
    }
  }

  private async noteMove(
    tx: Tx,
    ids: readonly string[],
    action: string,
    details: Record<string, string>,
  ): Promise<void> {
    const { actor } = tx;
    await tx.run(sql`
      insert into referral_history (scheme_id, id, referral_id, at, action, actor_id, actor_name, details)
      select ${tx.schemeId}, unnest(${ids.map(() => newId())}::uuid[]), unnest(${[...ids]}::uuid[]), ${tx.now}, ${action},
        ${actor.kind === 'member' ? actor.membershipId : null}, ${actor.kind === 'system' ? actor.name : null},
        ${JSON.stringify(details)}`);
  }

  /** Hands every live referral of a worker who leaves to another; 409 naming how many when there is nobody. */
  async handOver(tx: Tx, workerId: string, handTo: string | null): Promise<void> {
    const live = await tx.rows<{ id: string }>(sql`
      select id from referral where scheme_id = ${tx.schemeId} and owner_id = ${workerId} order by client_id`);
    if (live.length === 0) return;
    if (handTo === null || handTo === workerId) {
      throw Refusal.conflict(
        'live-referrals',
        `This link worker has ${live.length} open referral(s). Name a link worker to take them, or set a standing cover.`,
        { referrals: live.length },
      );
    }
    for (const { id } of live) {
      const referral = await lockReferral(tx, id);
      if (referral.owner_id !== workerId) continue;
      await this.handWithin(tx, referral, handTo, 'worker_left');
    }
  }

  /** Gives one to another worker, whatever their room, by a caller that holds its lock and saw that the worker is there. */
  async handWithin(
    tx: Tx,
    referral: ReferralRow,
    workerId: string,
    reason: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    const after = { ...referral, updated_at: tx.now, owner_id: workerId };
    await record(tx, referral, after, {
      verb: 'allocate',
      reason,
      details: { workerId, fromWorkerId: referral.owner_id, overridden: true, ...details },
    });
    await this.moved(tx, 'allocate', referral, after);
  }

  /**
   * A sender withdraws only what triage still has, and not once somebody else's referral was joined to it: that one
   * must not vanish. Whatever the reason, the refusal is the same, so that it tells nothing of who is known.
   */
  private async lockForSender(tx: Tx, id: string): Promise<ReferralRow> {
    const reach = reachFor(tx.actor, 'referral.withdraw');
    const referral = await lockReferral(tx, id, referralWithin(tx.actor, reach, tx.now));
    await refuseEndedForSender(tx, 'withdraw', referral);
    if (isWithTriage(referral.state)) {
      const joined = await tx.maybe(sql`
        select 1 from referral where scheme_id = ${tx.schemeId} and joined_into = ${id} limit 1`);
      if (!joined) return referral;
    }
    throw Refusal.conflict(
      'ask-link-worker',
      'A link worker is helping this person. Ask them to end it, or add a note for them.',
    );
  }

  private async withdrawTo(
    tx: Tx,
    referral: ReferralRow,
    after: ReferralRow,
    fact: Fact,
    because: Settling['because'],
  ): Promise<void> {
    await this.settle(tx, referral, because, fact.reason as EndReason, sideOfFact(fact), true);
    await record(tx, referral, after, fact);
    await this.moved(tx, fact.verb, referral, after);
  }

  private async heldOn(tx: Tx, fact: Fact): Promise<Fact> {
    const settings = await schemeSettings(tx);
    return { ...fact, reachUntil: reachUntil(tx.now, false, settings.reopenDays) };
  }

  /**
   * The frame of most verbs: lock and authorise, do the verb's own, write it all down, let modules above take part. `seen` is
   * the version that somebody was shown before they chose it.
   */
  private async verb(
    actor: Actor,
    verb: ReferralVerb,
    id: string,
    work: (
      tx: Tx,
      referral: ReferralRow,
      to: ReferralState,
      settings: SchemeSettings,
    ) => Promise<{ after: ReferralRow; fact: Omit<Fact, 'verb'> }>,
    { alsoClient = null, seen }: { alsoClient?: string | null; seen?: number | undefined } = {},
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const [{ referral, to }, settings] = await Promise.all([
        lockFor(tx, verb, id, { alsoClient, seen }),
        schemeSettings(tx),
      ]);
      if (to === 'gone') throw new Error(`${verb} leaves the row where it is.`);
      const { after, fact } = await work(tx, referral, to, settings);
      await record(tx, referral, after, { ...fact, verb });
      await this.moved(tx, verb, referral, after);
      return id;
    });
  }

  private async moved(tx: Tx, action: ReferralVerb, before: ReferralRow, after: ReferralRow): Promise<void> {
    await this.hooks.moved.run(tx, {
      referralId: after.id,
      clientId: after.client_id,
      action,
      from: before.state,
      to: after.state,
    });
  }

  /** Only a referral that a worker has can have anything offered. */
  private async settle(
    tx: Tx,
    referral: ReferralRow,
    because: Settling['because'],
    reason: Settling['reason'],
    side: Side,
    endStarted: boolean,
  ): Promise<void> {
    if (!isWithWorker(referral.state)) return;
    await this.hooks.settling.run(tx, {
      referralId: referral.id,
      clientId: clientOf(referral),
      because,
      endStarted,
      reason,
      side,
    });
  }

  private async refuseSecondOpen(tx: Tx, clientId: string): Promise<void> {
    const open = await tx.maybe<{ id: string }>(sql`
      select id from referral where scheme_id = ${tx.schemeId} and client_id = ${clientId}
        and state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')`);
    if (open) {
      throw Refusal.conflict(
        'already-open',
        'This person has an open referral already. Join this one to it.',
        {
          referralId: open.id,
        },
      );
    }
  }

  /** Locks the worker, so that two allocations at once cannot both take the last room. Gives whether it was overridden. */
  private async workerWithRoom(
    tx: Tx,
    field: string,
    workerId: string,
    overrideReason: string | null | undefined,
    /** The limit is for taking on, not for taking back. */
    hadIt = false,
  ): Promise<boolean> {
    const [worker, load, cover] = await Promise.all([
      tx.maybe(sql`
        select m.id from membership m
        where m.scheme_id = ${tx.schemeId} and m.id = ${workerId} and m.role = 'link_worker' and ${standing(sql`m`)}
        for no key update of m`),
      tx.one<{ held: number; limit: number }>(sql`
        select (select count(*)::int from referral r
            where r.scheme_id = ${tx.schemeId} and r.owner_id = ${workerId} and r.owner_kind = 'worker') as held,
          coalesce((select w.caseload_limit from link_worker w
            where w.scheme_id = ${tx.schemeId} and w.membership_id = ${workerId}), ${CASELOAD_LIMIT}) as "limit"`),
      coverFor(tx, workerId, londonDate(tx.now)),
    ]);
    if (!worker) throw Refusal.invalidField(field, 'Choose a link worker of this scheme');
    if (cover.absent && cover.coverId === null) {
      throw Refusal.conflict('worker-absent', 'This link worker is away and nobody covers for them.');
    }
    if (hadIt || load.held < load.limit) return false;
    const mayOverride =
      tx.actor.kind === 'system' || (tx.actor.kind === 'member' && tx.actor.role === 'scheme_manager');
    if (mayOverride && overrideReason) return true;
    throw Refusal.conflict(
      'no-room',
      mayOverride
        ? 'This link worker has no room. Choose another, or give a reason for going over their limit.'
        : 'This link worker has no room. Choose another, or ask a manager.',
      { caseload: load.held, limit: load.limit },
    );
  }
}

/**
 * What waits for triage again when a merge is undone: what was joined to the other person's referral, and what the
 * other person's agreement, taken back since, ended. Null for all that stays as it is.
 */
function lostByMerge(
  referral: ReferralRow,
  moved: readonly string[],
  mergedAt: Date,
): 'unjoin' | 'restore' | null {
  if (referral.joined_into !== null) return moved.includes(referral.joined_into) ? null : 'unjoin';
  const ended = referral.ended_at !== null && referral.ended_at >= mergedAt;
  return ended && referral.end_reason === 'agreement_withdrawn' ? 'restore' : null;
}

const NOT_ENDED = {
  end_reason: null,
  end_side: null,
  end_note: null,
  result: null,
  may_ask_again: null,
} as const;

function clientOf(referral: ReferralRow): string {
  if (referral.client_id === null) throw new Error('A referral that was sent has no client.');
  return referral.client_id;
}

/** What its sender is shown of it: their own words, whatever is learned later. */
const asSent = ({ as_sent, reasons, risks, no_known_risks }: ReferralRow): ReferralRow['as_sent'] =>
  as_sent ?? { reasons, risks, noKnownRisks: no_known_risks };

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];

function sideOf(answer: ReturnType<typeof sideOfEnd>): Side {
  if ('problem' in answer) throw Refusal.invalid([answer.problem]);
  return answer.side;
}

function sideOfFact(fact: Omit<Fact, 'verb'>): Side {
  if (!fact.side) throw new Error('An ending has no side.');
  return fact.side;
}

function nextAtOf(field: string, date: string, now: Date, earliest: 0 | 1): Date {
  const problem = nextDateProblem(date, now, earliest);
  if (problem !== null) throw Refusal.invalidField(field, problem);
  return chosenNextAt(date);
}

/** The row and the fact of an ending that a person chose a reason for. */
function ending(
  tx: Tx,
  referral: ReferralRow,
  to: ReferralState,
  input: { reason: EndReason; side?: Side; note?: string | null },
  settings: SchemeSettings,
  more: Partial<ReferralRow> = {},
): { after: ReferralRow; fact: Omit<Fact, 'verb'> } {
  const side = sideOf(sideOfEnd(input.reason, input.side));
  const note = input.note ?? null;
  return {
    after: movedTo(referral, to, tx.now, {
      ...more,
      end_reason: input.reason,
      end_side: side,
      end_note: note,
    }),
    fact: {
      reason: input.reason,
      side,
      note,
      reachUntil: reachUntil(tx.now, false, settings.reopenDays),
    },
  };
}

const closingOf = (referral: ReferralRow): Closing => ({
  endedAt: (referral.ended_at ?? referral.updated_at).toISOString(),
  result: referral.result,
  reason: referral.end_reason as EndReason | null,
  side: referral.end_side,
  note: referral.end_note,
  mayAskAgain: referral.may_ask_again,
});

const isSender = (actor: Actor, action: 'referral.note' | 'referral.withdraw'): boolean =>
  reachFor(actor, action) === 'organisation';

/** Judged and said by what the sender is told: a joined referral ends for them when the other does. */
async function refuseEndedForSender(tx: Tx, verb: ReferralVerb, referral: ReferralRow): Promise<void> {
  if ((TOLD_OPEN as readonly string[]).includes(referral.told_status)) return;
  throw await refusalAsTold(tx, verb, referral);
}

/** Who had it last, and whether they still work here. */
const lastOwner = (tx: Tx, referralId: string): Promise<{ id: string; stands: boolean } | null> =>
  tx.maybe(sql`
    select a.owner_id as id, exists (select 1 from membership m
      where m.scheme_id = a.scheme_id and m.id = a.owner_id and ${standing(sql`m`)}) as stands
    from referral_assignment a
    where a.scheme_id = ${tx.schemeId} and a.referral_id = ${referralId}
    order by a.starts_at desc, a.id desc limit 1`);

/** What a referral that goes on can stand on: its own agreement if that is live, else the person's newest. */
async function supportOf(tx: Tx, referral: ReferralRow): Promise<string | null> {
  const { client_id: clientId, agreement_id: own } = referral;
  const live = await tx.maybe<{ id: string }>(sql`
    select a.id from ${supportAgreements(sql`${tx.schemeId}`, sql`${clientId}`)}
    order by a.id = ${own} desc nulls last, a.id desc limit 1`);
  return live?.id ?? null;
}

async function refuseDead(tx: Tx, clientId: string): Promise<void> {
  const dead = await tx.maybe(sql`
    select 1 from client where scheme_id = ${tx.schemeId} and id = ${clientId} and death_recorded_at is not null`);
  if (dead) throw Refusal.conflict('died', 'This person’s death is recorded.');
}

/** At most one among confirmed clients; the caller holds the client's lock. */
async function lockOpenOf(tx: Tx, clientId: string): Promise<ReferralRow[]> {
  return tx.rows<ReferralRow>(sql`
    select r.* from referral r
    where r.scheme_id = ${tx.schemeId} and r.client_id = ${clientId}
      and r.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')
    order by r.id for no key update of r`);
}
