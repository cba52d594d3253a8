import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import { insertOf } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { isUuid, newId } from '../platform/pure/ids.js';
import { normaliseName } from '../platform/pure/names.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import type { BreakGlassInput, ReviewGlassInput } from './break-glass.dto.js';
import { actorIdOf, recordHistory } from './client-history.js';
import { hold, release } from './client-reach.js';
import { BreakGlass } from './client.entity.js';
import type { GlassFoundBy } from './client.types.js';

type Sought =
  | { by: 'nhs_number'; nhsNumber: string }
  | { by: 'name_and_birth'; firstName: string; lastName: string; dateOfBirth: string };

const MINUTE_MS = 60_000;
/** What a try that opened nothing leaves as its result: the try itself is written down, so it may not roll back. */
const NOBODY = 'nobody';
const SEVERAL = 'several';

@Injectable()
export class BreakGlassService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Opens one person's record for a while to a worker who does not hold it. Every try is audited, those that found
   * nobody too; an opened one alerts the manager, without a word about the person, and waits in the review queue.
   */
  async open(actor: MemberActor, input: BreakGlassInput): Promise<string> {
    const sought = soughtBy(input);
    const result = await this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'client.breakGlass');
      const found = await this.find(tx, sought);
      const [clientId] = found;
      if (clientId === undefined || found.length > 1) {
        const outcome = clientId === undefined ? NOBODY : SEVERAL;
        await audit(tx, { action: 'client.breakGlass', details: { foundBy: sought.by, outcome } });
        return outcome;
      }
      return this.openFor(tx, actor, clientId, sought.by, input.reason);
    });
    if (isUuid(result)) return result;
    if (result === SEVERAL) {
      throw Refusal.conflict('more-than-one', 'More than one record fits. Ask the scheme manager.');
    }
    throw Refusal.notFound();
  }

  private async openFor(
    tx: Tx,
    actor: MemberActor,
    clientId: string,
    foundBy: GlassFoundBy,
    reason: string,
  ): Promise<string> {
    const id = newId();
    const settings = await schemeSettings(tx);
    const until = new Date(tx.now.getTime() + settings.breakGlassMinutes * MINUTE_MS);
    const { membershipId } = actor;
    await tx.run(
      insertOf(BreakGlass, {
        schemeId: tx.schemeId,
        id,
        membershipId,
        clientId,
        foundBy,
        reason,
        openedAt: tx.now,
        until,
      }),
    );
    await hold(tx, {
      clientId,
      holderKind: 'membership',
      holderId: membershipId,
      why: 'break_glass',
      sourceId: id,
      until,
    });
    await recordHistory(tx, clientId, 'client.breakGlass', { breakGlassId: id, foundBy });
    await audit(tx, {
      action: 'client.breakGlass',
      subject: { kind: 'breakGlass', id },
      clients: [clientId],
      details: { foundBy },
    });
    await outbox.add(tx, 'breakGlass.opened', { breakGlassId: id });
    return id;
  }

  /** A confirmed record before one nobody has looked at; several of a kind are no answer. */
  private async find(tx: Tx, sought: Sought): Promise<string[]> {
    const fits =
      sought.by === 'nhs_number'
        ? sql`nhs_number = ${sought.nhsNumber}`
        : sql`last_name_key = ${normaliseName(sought.lastName)}
            and first_name_key = ${normaliseName(sought.firstName)} and date_of_birth = ${sought.dateOfBirth}::date`;
    const rows = await tx.rows<{ id: string; standing: string }>(sql`
      select id, standing from client
      where scheme_id = ${tx.schemeId} and standing <> 'merged' and ${fits}`);
    const confirmed = rows.filter(({ standing }) => standing === 'confirmed');
    return (confirmed.length > 0 ? confirmed : rows).map(({ id }) => id);
  }

  /** Once. Finding it not justified ends the reach at once, if it has not ended by itself. */
  async review(actor: Actor, id: string, input: ReviewGlassInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'breakGlass.review');
      const row = await tx.maybe<{ clientId: string; reviewedAt: Date | null }>(sql`
        select client_id as "clientId", reviewed_at as "reviewedAt" from break_glass
        where scheme_id = ${tx.schemeId} and id = ${id} for update`);
      if (!row) throw Refusal.notFound();
      if (row.reviewedAt !== null) {
        throw Refusal.illegalMove('reviewed', 'review', 'This was reviewed already.');
      }
      await tx.run(sql`
        update break_glass
        set reviewed_at = ${tx.now}, reviewed_by = ${actorIdOf(tx)}, outcome = ${input.outcome},
          review_note = ${input.note ?? null}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      if (input.outcome === 'not_justified') await release(tx, { sourceId: id, why: 'break_glass' });
      await recordHistory(tx, row.clientId, 'breakGlass.review', {
        breakGlassId: id,
        outcome: input.outcome,
      });
      await audit(tx, {
        action: 'breakGlass.review',
        subject: { kind: 'breakGlass', id },
        clients: [row.clientId],
        details: { outcome: input.outcome },
      });
      await outbox.add(tx, 'breakGlass.reviewed', { breakGlassId: id });
      return id;
    });
  }
}

function soughtBy(input: BreakGlassInput): Sought {
  const { nhsNumber, firstName, lastName, dateOfBirth } = input;
  if (nhsNumber !== undefined) return { by: 'nhs_number', nhsNumber };
  if (firstName !== undefined && lastName !== undefined && dateOfBirth !== undefined) {
    return { by: 'name_and_birth', firstName, lastName, dateOfBirth };
  }
  throw Refusal.invalidField('nhsNumber', 'Give an NHS number, or first name, last name and date of birth');
}
