import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { AgreementsService } from '../clients/agreements.service.js';
import { actorIdOf, recordHistory } from '../clients/client-history.js';
import { ClientHooks } from '../clients/client.hooks.js';
import { lockWithin } from '../clients/client-rows.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import type { DecidePracticeMoveInput } from './practice-move.dto.js';
import type { FormerHears } from './practice-move.types.js';
import { agreedWith } from './referral-hears.queries.js';
import { inside } from './referral-moves.js';
import { TOLD_SCOPES } from './referral.rules.js';
import type { Feedback } from './referral.types.js';

interface Row {
  toOrganisationId: string | null;
  formerHears: FormerHears | null;
  presentHears: Feedback | null;
  newer: boolean;
}

/** Somebody changed their practice: whether the one they left still hears of them, and whether the other does. */
@Injectable()
export class PracticeMoves {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly agreements: AgreementsService,
    private readonly clients: ClientHooks,
  ) {}

  /** Can be decided anew: people change their minds about what a practice may hear. */
  decide(actor: MemberActor, id: string, input: DecidePracticeMoveInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { formerHears, presentHears, agreement, note = null } = input;
      const found = await tx.maybe<{ clientId: string }>(sql`
        select coalesce(c.merged_into, c.id) as "clientId" from practice_move m
        join client c on c.scheme_id = m.scheme_id and c.id = m.client_id
        where m.scheme_id = ${tx.schemeId} and m.id = ${id}`);
      if (!found) throw Refusal.notFound();
      const { id: clientId } = await lockWithin(tx, 'practiceMove.decide', found.clientId);
      const row = await tx.one<Row & Record<string, unknown>>(sql`
        select m.to_organisation_id as "toOrganisationId", m.former_hears as "formerHears",
          m.present_hears as "presentHears", exists (
            select 1 from practice_move newer
            where newer.scheme_id = m.scheme_id and newer.client_id = m.client_id and newer.id > m.id) as newer
        from practice_move m where m.scheme_id = ${tx.schemeId} and m.id = ${id} for update of m`);
      if (row.newer) {
        throw Refusal.conflict(
          'moved-again',
          'They have moved to another practice since. Decide on that move.',
        );
      }
      const scope = TOLD_SCOPES[presentHears];
      if (scope.length > 0) {
        const organisationId = row.toOrganisationId;
        if (organisationId === null) {
          throw Refusal.invalidField('presentHears', 'There is no practice now that we know of');
        }
        if (agreement !== undefined) {
          const heard = Object.assign({ scope, organisationId }, agreement);
          await inside('agreement', this.agreements.recordWithin(tx, clientId, heard));
        } else if (!(await agreedWith(tx, clientId, organisationId, scope))) {
          throw Refusal.invalidField('agreement', 'Say when and how the person agreed to this');
        }
      }
      await tx.run(sql`
        update practice_move set former_hears = ${formerHears}, present_hears = ${presentHears}, note = ${note},
          decided_by = ${actorIdOf(tx)}, decided_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await recordHistory(tx, clientId, 'practiceMove.decide', {
        moveId: id,
        formerHears: { from: row.formerHears, to: formerHears },
        presentHears: { from: row.presentHears, to: presentHears },
        note,
      });
      await audit(tx, {
        action: 'practiceMove.decide',
        subject: { kind: 'practice_move', id },
        clients: [clientId],
        details: { formerHears, presentHears },
      });
      await outbox.add(tx, 'client.practiceMoveDecided', { clientId, moveId: id });
      await this.clients.practiceMoved.run(tx, { clientId, moveId: id });
      return id;
    });
  }
}
