import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { refreshAssurance } from './assurance-row.js';
import type { EndAssurance, RecordAssurance } from './assurance.dto.js';
import { recordProblems } from './assurance.rules.js';
import { ProviderHooks } from './provider.hooks.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { lockProvider } from './provider-row.js';
import { ofProviderWithin } from './provider.reach.js';
import { tellOfProvider } from './telling.js';

/** What was seen of a group's safety checks. Levels follow from these records; a lapse pauses new offers only. */
@Injectable()
export class AssuranceService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ProviderHooks,
  ) {}

  /** Takes the place of the record of the same requirement, which stays readable in the history. */
  async record(actor: Actor, organisationId: string, input: RecordAssurance): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.assure'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      await lockProvider(tx, organisationId, within);
      const {
        exemptBecause = null,
        checkedBy = null,
        leadName = null,
        deputyName = null,
        note = null,
        ...rest
      } = input;
      const record = { ...rest, exemptBecause, checkedBy, leadName, deputyName, note };
      const problems = recordProblems(record, londonDate(tx.now));
      if (problems.length > 0) throw Refusal.invalid(problems);
      const id = newId();
      const replaced = await tx.rows<{ id: string }>(sql`
        update assurance_record set ended_at = ${tx.now}, end_reason = 'replaced'
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}
          and requirement = ${record.requirement} and ended_at is null
        returning id`);
      await tx.run(sql`
        insert into assurance_record (scheme_id, id, organisation_id, requirement, level, exempt_because, checked_by,
          checked_on, lapses_on, lead_name, deputy_name, note, recorded_by, recorded_at)
        values (${tx.schemeId}, ${id}, ${organisationId}, ${record.requirement}, ${record.level},
          ${record.exemptBecause}, ${record.checkedBy}, ${record.checkedOn}, ${record.lapsesOn}, ${record.leadName},
          ${record.deputyName}, ${record.note}, ${actor.kind === 'member' ? actor.membershipId : null}, ${tx.now})`);
      await this.settle(tx, organisationId, [id, ...replaced.map((row) => row.id)]);
      await tellOfProvider(tx, organisationId, 'provider.assure', PROVIDER_EVENTS.assure, {
        requirement: record.requirement,
        level: record.level,
        lapsesOn: record.lapsesOn,
        exempt: record.exemptBecause !== null,
      });
      return organisationId;
    });
  }

  /** What was shown no longer holds: a lead has left, a policy was withdrawn. */
  async end(actor: Actor, organisationId: string, recordId: string, input: EndAssurance): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.assure'), sql`p.organisation_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      await lockProvider(tx, organisationId, within);
      const record = await tx.maybe<{ requirement: string; ended: boolean }>(sql`
        select requirement, ended_at is not null as ended from assurance_record
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and id = ${recordId}`);
      if (!record) throw Refusal.notFound();
      if (record.ended) throw Refusal.illegalMove('ended', 'end', 'This record has ended already.');
      await tx.run(sql`
        update assurance_record set ended_at = ${tx.now}, end_reason = ${input.reason}
        where scheme_id = ${tx.schemeId} and id = ${recordId}`);
      await this.settle(tx, organisationId, [recordId]);
      await tellOfProvider(tx, organisationId, 'provider.assure', PROVIDER_EVENTS.endAssurance, {
        requirement: record.requirement,
        reason: input.reason,
      });
      return organisationId;
    });
  }

  private async settle(tx: Tx, organisationId: string, recordIds: readonly string[]): Promise<void> {
    await refreshAssurance(tx, organisationId);
    await tx.run(sql`
      update provider set version = version + 1, updated_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
    await this.hooks.assuranceChanged.run(tx, { recordIds });
  }
}
