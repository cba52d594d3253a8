import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { applyChanges } from '../platform/pure/changes.js';
import { newId } from '../platform/pure/ids.js';
import { move } from '../platform/pure/lifecycle.js';
import { currentMeasure } from './measures.catalogue.js';
import { QUESTIONNAIRE_EVENTS } from './outcome.events.js';
import type {
  AmendQuestionnaireInput,
  QuestionnaireInput,
  RetireQuestionnaireInput,
  SwitchMeasureInput,
} from './questionnaire.dto.js';
import { QUESTIONNAIRE_LIFECYCLE, type QuestionnaireVerb } from './questionnaire.lifecycle.js';
import { type Definition, definitionProblems, nameProblems } from './questionnaire.rules.js';
import { OWN, type QuestionnaireState } from './questionnaire.types.js';

interface Row extends Record<string, unknown> {
  version: number;
  measure: string;
  number: number;
  state: QuestionnaireState;
  definition: Definition;
}

/** What a scheme asks besides what every scheme asks. */
@Injectable()
export class QuestionnairesService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** A first version, or the next one of a questionnaire that was published. */
  draft(actor: MemberActor, input: QuestionnaireInput): Promise<string> {
    const { name, ...definition } = input;
    const problems = [...nameProblems(name), ...definitionProblems(definition)];
    if (problems.length > 0) throw Refusal.invalid(problems);
    return this.unitOfWork.run(actor, async (tx) => {
      const measure = `${OWN}${name}`;
      await lockVersions(tx);
      const { drafts, last } = await tx.one<{ drafts: number; last: number }>(sql`
        select count(*) filter (where state = 'draft')::integer as drafts, coalesce(max(number), 0) as last
        from questionnaire where scheme_id = ${tx.schemeId} and measure = ${measure}`);
      if (drafts > 0) {
        throw Refusal.conflict(
          'draft-exists',
          'There is a draft of its next version already. Amend that one.',
        );
      }
      const id = newId();
      await tx.run(sql`
        insert into questionnaire (scheme_id, id, measure, number, state, definition, created_by, created_at)
        values (${tx.schemeId}, ${id}, ${measure}, ${last + 1}, 'draft', ${JSON.stringify(definition)},
          ${actor.membershipId}, ${tx.now})`);
      await tell(tx, 'draft', id);
      return id;
    });
  }

  amend(actor: MemberActor, id: string, version: number, input: AmendQuestionnaireInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lock(tx, id, 'amend');
      refuseStale(row.version, version);
      const { after } = applyChanges(row.definition, input);
      const problems = definitionProblems(after);
      if (problems.length > 0) throw Refusal.invalid(problems);
      await tx.run(sql`
        update questionnaire set version = version + 1, definition = ${JSON.stringify(after)}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'amend', id);
      return id;
    });
  }

  /** From here on it is asked, and stays as it is. The version before it is retired. */
  publish(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockVersions(tx);
      const { measure, number } = await lock(tx, id, 'publish');
      await tx.run(sql`
        update questionnaire set version = version + 1, state = 'retired', retired_at = ${tx.now},
          retired_by = ${actor.membershipId}, retired_because = ${`version ${String(number)} took its place`}
        where scheme_id = ${tx.schemeId} and measure = ${measure} and state = 'published'`);
      await tx.run(sql`
        update questionnaire set version = version + 1, state = 'published', published_at = ${tx.now},
          published_by = ${actor.membershipId}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'publish', id);
      return id;
    });
  }

  /** Not asked any more. Answers given to it stay, and may still be compared and corrected. */
  retire(actor: MemberActor, id: string, { because }: RetireQuestionnaireInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lock(tx, id, 'retire');
      await tx.run(sql`
        update questionnaire set version = version + 1, state = 'retired', retired_at = ${tx.now},
          retired_by = ${actor.membershipId}, retired_because = ${because}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'retire', id);
      return id;
    });
  }

  discard(actor: MemberActor, id: string): Promise<void> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lock(tx, id, 'discard');
      await tx.run(sql`delete from questionnaire where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'discard', id);
    });
  }

  /** A questionnaire that ships and is not asked everywhere: on with what it needs, off at once. */
  async switch(actor: MemberActor, input: SwitchMeasureInput): Promise<string> {
    const { measure } = input;
    const needsLicence = currentMeasure(measure)?.until === 'licence';
    const reference = input.licenceReference ?? null;
    if (needsLicence && input.on && reference === null) {
      throw Refusal.invalidField('licenceReference', 'Enter the reference of your own licence for it');
    }
    if (!needsLicence && reference !== null) {
      throw Refusal.invalidField('licenceReference', 'Leave this out: it needs no licence of your own');
    }
    return this.unitOfWork.run(actor, async (tx) => {
      await tx.run(sql`
        insert into measure_switch (scheme_id, measure, is_on, licence_reference, changed_by, changed_at)
        values (${tx.schemeId}, ${measure}, ${input.on}, ${reference}, ${actor.membershipId}, ${tx.now})
        on conflict (scheme_id, measure) do update set is_on = excluded.is_on,
          licence_reference = coalesce(excluded.licence_reference, measure_switch.licence_reference),
          changed_by = excluded.changed_by, changed_at = excluded.changed_at`);
      await audit(tx, {
        action: 'measure.switch',
        subject: { kind: 'scheme', id: tx.schemeId },
        details: { measure, on: input.on },
      });
      await outbox.add(tx, QUESTIONNAIRE_EVENTS.switch, { measure });
      return measure;
    });
  }
}

/** Versions of one scheme are numbered one after the other. */
const lockVersions = (tx: Tx) =>
  tx.one(sql`select 1 from scheme where id = ${tx.schemeId} for no key update`);

async function lock(tx: Tx, id: string, verb: QuestionnaireVerb): Promise<Row> {
  const row = await tx.maybe<Row>(sql`
    select version, measure, number, state, definition from questionnaire
    where scheme_id = ${tx.schemeId} and id = ${id} for update`);
  if (!row) throw Refusal.notFound();
  const answer = move(QUESTIONNAIRE_LIFECYCLE, verb, row.state);
  if (!answer.ok) throw Refusal.illegalMove(row.state, verb, answer.because);
  return row;
}

async function tell(tx: Tx, verb: QuestionnaireVerb, id: string): Promise<void> {
  await audit(tx, { action: `questionnaire.${verb}`, subject: { kind: 'questionnaire', id } });
  await outbox.add(tx, QUESTIONNAIRE_EVENTS[verb], { questionnaireId: id });
}
