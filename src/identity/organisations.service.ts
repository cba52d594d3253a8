import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { applyChanges } from '../platform/pure/changes.js';
import { newId } from '../platform/pure/ids.js';
import { reachFor } from '../permissions/reach.js';
import { standing } from './cover.queries.js';
import type {
  AmendOrganisationInput,
  CreateOrganisationInput,
  KeepOwnOrganisationInput,
  OrganisationView,
} from './organisation.dto.js';
import { OrganisationHooks } from './organisation.hooks.js';
import { organisationWithin } from './organisation.reach.js';
import { ORGANISATION_COLUMNS } from './organisations.queries.js';

CONSTRAINT_REFUSALS.set('organisation_ods', () =>
  Refusal.conflict('already-there', 'Another organisation of this scheme has that ODS code.'),
);

@Injectable()
export class Organisations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OrganisationHooks,
  ) {}

  create(actor: MemberActor, input: CreateOrganisationInput): Promise<string> {
    return this.unitOfWork.run(actor, (tx) => this.createWithin(tx, input));
  }

  async createWithin(tx: Tx, input: CreateOrganisationInput): Promise<string> {
    reachFor(tx.actor, 'organisation.create');
    const id = newId();
    await tx.run(sql`
      insert into organisation (scheme_id, id, name, kind, refers, provides, ods_code, email, phone, address, postcode,
        feedback_email, created_at, updated_at)
      values (${tx.schemeId}, ${id}, ${input.name}, ${input.kind}, ${input.refers ?? false}, ${input.provides ?? false},
        ${input.odsCode ?? null}, ${input.email ?? null}, ${input.phone ?? null}, ${input.address ?? null},
        ${input.postcode ?? null}, ${input.feedbackEmail ?? null}, ${tx.now}, ${tx.now})`);
    await audit(tx, { action: 'organisation.create', subject: { kind: 'organisation', id } });
    return id;
  }

  amend(actor: MemberActor, id: string, version: number, input: AmendOrganisationInput): Promise<string> {
    return this.change(actor, 'organisation.amend', id, version, input);
  }

  /** By somebody who works there: how it is reached and how it hears, and nothing of what it is. */
  keepOwn(actor: MemberActor, version: number, input: KeepOwnOrganisationInput): Promise<string> {
    const { phone, email, feedbackEmail, feedbackBy, weekly, contactId } = input;
    const said = { phone, email, feedbackEmail, feedbackBy, weekly, contactId };
    return this.change(actor, 'organisation.keepOwn', actor.organisationId, version, said);
  }

  private async change(
    actor: MemberActor,
    action: 'organisation.amend' | 'organisation.keepOwn',
    id: string,
    version: number,
    input: AmendOrganisationInput & KeepOwnOrganisationInput,
  ): Promise<string> {
    const within = organisationWithin(actor, reachFor(actor, action), sql`o`);
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await tx.maybe<OrganisationView>(sql`
        select ${ORGANISATION_COLUMNS} from organisation o
        where o.scheme_id = ${tx.schemeId} and o.id = ${id} and ${within} for update`);
      if (!row) throw Refusal.notFound();
      refuseStale(row.version, version);
      const { after, changed } = applyChanges(row, input);
      if (changed.length === 0) return id;
      if (changed.includes('contactId')) await checkContact(tx, id, after.contactId);
      await tx.run(sql`
        update organisation set version = version + 1, updated_at = ${tx.now}, name = ${after.name}, kind = ${after.kind},
          refers = ${after.refers}, provides = ${after.provides}, ods_code = ${after.odsCode}, email = ${after.email},
          phone = ${after.phone}, address = ${after.address}, postcode = ${after.postcode},
          feedback_email = ${after.feedbackEmail}, feedback_by = ${after.feedbackBy}, weekly = ${after.weekly},
          contact_id = ${after.contactId}, active = ${after.active}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.hooks.amended.run(tx, { organisationId: id, changed });
      await audit(tx, {
        action,
        subject: { kind: 'organisation', id },
        details: { changed },
      });
      return id;
    });
  }
}

/** Whoever answers for an organisation works there. */
async function checkContact(tx: Tx, organisationId: string, contactId: string | null): Promise<void> {
  if (contactId === null) return;
  const works = await tx.maybe(sql`
    select 1 from membership m join user_account a on a.id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.id = ${contactId} and m.organisation_id = ${organisationId}
      and ${standing(sql`m`)} and a.disabled_at is null and a.kind = 'person'`);
  if (!works) throw Refusal.invalidField('contactId', 'Choose somebody who works with you now');
}
