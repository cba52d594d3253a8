import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { lockWithin } from '../clients/client-rows.js';
import { reachFor } from '../permissions/reach.js';
import type { Action } from '../permissions/permission.table.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import { addDays, addMonths, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { closedParts, type ClosedRow } from './closed-parts.queries.js';
import { everythingAbout, namesOf, whoLooked } from './person-data.queries.js';
import { documentOf, idsIn, strayDecisions, undecided } from './record-document.rules.js';
import type { Decision, RecordDocument } from './record-document.types.js';
import type { AskForCopyInput, ReleaseCopyInput, ReviewCopyInput } from './record.dto.js';
import { COPY_ASKED_FOR } from './record.events.js';
import type { AccessState } from './record.types.js';
import { COPY_KEPT_DAYS } from './retention.rules.js';

interface CopyRow {
  id: string;
  clientId: string;
  state: AccessState;
  document: RecordDocument | null;
  decisions: Decision[];
  recordedAt: Date;
}

/** A person asks for a copy of all that is held about them; the scheme has a month. (UK GDPR, article 15.) */
@Injectable()
export class SubjectAccess {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async ask(actor: Actor, clientId: string, input: AskForCopyInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'subjectAccess.ask', clientId);
      const today = londonDate(tx.now);
      const askedOn = input.askedOn ?? today;
      if (askedOn > today) throw Refusal.invalidField('askedOn', 'The date cannot be in the future');
      if ((input.askedBy === 'representative') !== (input.representative !== undefined)) {
        throw Refusal.invalidField(
          'representative',
          'Say who asks on their behalf, or leave this out where they ask themselves',
        );
      }
      const under = await tx.maybe<{ id: string }>(sql`
        select id from subject_access
        where scheme_id = ${tx.schemeId} and client_id = ${clientId} and state in ('asked', 'prepared')`);
      if (under) throw Refusal.conflict('under-way', 'A copy for this person is being prepared already.');
      const id = newId();
      await tx.run(sql`
        insert into subject_access (scheme_id, id, client_id, state, asked_on, asked_by, representative,
          identity_checked, due_on, recorded_by, recorded_at)
        values (${tx.schemeId}, ${id}, ${clientId}, 'asked', ${askedOn}, ${input.askedBy},
          ${input.representative ?? null}, ${input.identityChecked}, ${addMonths(askedOn, 1)},
          ${actor.kind === 'member' ? actor.membershipId : null}, ${tx.now})`);
      await this.record(tx, 'subjectAccess.ask', id, clientId);
      await outbox.add(tx, COPY_ASKED_FOR, { subjectAccessId: id });
      return id;
    });
  }

  /** Collects everything as it stands now. What is reviewed later is this, and so is what is released. */
  async prepare(tx: Tx, id: string): Promise<void> {
    const copy = await this.lock(tx, id);
    if (copy.state !== 'asked') return;
    const held = await everythingAbout(tx, copy.clientId);
    const looks = await whoLooked(tx, copy.clientId);
    const document = documentOf(held, looks, await namesOf(tx, idsIn(held, looks)), tx.now);
    await tx.run(sql`
      update subject_access
      set version = version + 1, state = 'prepared', prepared_at = ${tx.now}, document = ${JSON.stringify(document)}
      where scheme_id = ${tx.schemeId} and id = ${id}`);
    await this.record(tx, 'subjectAccess.prepare', id, copy.clientId);
  }

  /** Nobody decides about what is closed to them: what is about them is for another manager, the rest is opened first. */
  async review(actor: MemberActor, id: string, input: ReviewCopyInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const {
        document,
        decisions: before,
        clientId,
        recordedAt,
      } = await this.prepared(tx, id, 'subjectAccess.review');
      const rows = await tx.rows<ClosedRow>(closedParts(actor, document, recordedAt));
      const closed = new Map(rows.map(({ item, openBy }) => [item, openBy]));
      const given: Decision[] = input.decisions.map(({ item, field, decision, reason }) => ({
        item,
        field,
        decision,
        reason: reason ?? null,
      }));
      const problems = given.flatMap(({ decision, reason }, index) =>
        (decision === 'remove') === (reason !== null)
          ? []
          : [
              {
                field: `decisions.${String(index)}.reason`,
                message: 'Give a reason to remove it, and none to show it',
              },
            ],
      );
      for (const stray of strayDecisions(document, given)) {
        const index = given.indexOf(stray);
        problems.push({
          field: `decisions.${String(index)}.item`,
          message: 'There is no such field in this copy',
        });
      }
      given.forEach(({ item }, index) => {
        const openBy = closed.get(item);
        if (openBy === undefined) return;
        problems.push({
          field: `decisions.${String(index)}.item`,
          message: openBy === null ? 'Another manager decides this' : `Open it first, at POST ${openBy}`,
        });
      });
      if (problems.length > 0) throw Refusal.invalid(problems);
      const key = ({ item, field }: { item: string; field: string }) => `${item} ${field}`;
      const decided = new Map([...before, ...given].map((one) => [key(one), one]));
      if (input.showTheRest) {
        for (const rest of undecided(document, [...decided.values()])) {
          if (!closed.has(rest.item)) decided.set(key(rest), { ...rest, decision: 'show', reason: null });
        }
      }
      await tx.run(sql`
        update subject_access set version = version + 1, decisions = ${JSON.stringify([...decided.values()])}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.record(tx, 'subjectAccess.review', id, clientId, { decided: decided.size });
      return id;
    });
  }

  async release(actor: Actor, id: string, input: ReleaseCopyInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { document, decisions, clientId } = await this.prepared(tx, id, 'subjectAccess.release');
      const left = undecided(document, decisions).length;
      if (left > 0) {
        throw Refusal.conflict(
          'not-reviewed',
          `Read what may tell of somebody else first: ${String(left)} left to decide.`,
        );
      }
      await tx.run(sql`
        update subject_access
        set version = version + 1, state = 'released', released_at = ${tx.now}, released_how = ${input.how},
          released_by = ${actor.kind === 'member' ? actor.membershipId : null}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.record(tx, 'subjectAccess.release', id, clientId, { how: input.how });
      return id;
    });
  }

  async refuse(actor: Actor, id: string, because: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'subjectAccess.release');
      const copy = await this.lock(tx, id);
      if (copy.state === 'released' || copy.state === 'refused') throw settled();
      await tx.run(sql`
        update subject_access
        set version = version + 1, state = 'refused', refused_because = ${because}, document = null, decisions = '[]',
          emptied_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.record(tx, 'subjectAccess.refuse', id, copy.clientId);
      return id;
    });
  }

  /** A released copy is a second record of the person: it goes when questions about it have had their time. */
  async emptyOld(actor: Actor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const gone = await tx.rows<{ id: string; clientId: string }>(sql`
        update subject_access set document = null, decisions = '[]', emptied_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and state = 'released' and document is not null
          and released_at < ${addDays(londonDate(tx.now), -COPY_KEPT_DAYS)}::date
        returning id, client_id as "clientId"`);
      for (const { id, clientId } of gone) await this.record(tx, 'subjectAccess.empty', id, clientId);
    });
  }

  private async prepared(
    tx: Tx,
    id: string,
    action: Action,
  ): Promise<CopyRow & { document: RecordDocument }> {
    reachFor(tx.actor, action);
    const copy = await this.lock(tx, id);
    if (copy.state === 'asked') {
      throw Refusal.conflict('not-prepared', 'The copy is being prepared. Try again in a minute.');
    }
    if (copy.state !== 'prepared' || copy.document === null) throw settled();
    return { ...copy, document: copy.document };
  }

  private async lock(tx: Tx, id: string): Promise<CopyRow> {
    const row = await tx.maybe<CopyRow>(sql`
      select id, client_id as "clientId", state, document, decisions,
        recorded_at as "recordedAt"
      from subject_access
      where scheme_id = ${tx.schemeId} and id = ${id} for update`);
    if (!row) throw Refusal.notFound();
    return row;
  }

  private async record(
    tx: Tx,
    action: Act,
    id: string,
    clientId: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await audit(tx, { action, subject: { kind: 'subjectAccess', id }, clients: [clientId], details });
  }
}

const settled = (): Refusal => Refusal.conflict('settled', 'This request was released or refused already.');
