import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { reachFor } from '../permissions/reach.js';
import type { SecureAddressView } from './message.dto.js';

/** The addresses at which a practice takes mail that names somebody, such as those of NHSmail. */
@Injectable()
export class SecureAddresses {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
  ) {}

  async list(actor: MemberActor, organisationId: string): Promise<SecureAddressView[]> {
    reachFor(actor, 'secureAddress.list');
    const [there] = await this.database.read(
      actor.schemeId,
      sql`select 1 from organisation where scheme_id = ${actor.schemeId} and id = ${organisationId}`,
    );
    if (!there) throw Refusal.notFound();
    return this.database.read<SecureAddressView & Record<string, unknown>>(
      actor.schemeId,
      sql`select email, added_at as "addedAt" from secure_address
        where scheme_id = ${actor.schemeId} and organisation_id = ${organisationId} order by email`,
    );
  }

  /** Those that one's own organisation may choose among to hear by name. */
  async ofOwn(actor: MemberActor): Promise<string[]> {
    reachFor(actor, 'organisation.get');
    const rows = await this.database.read<{ email: string }>(
      actor.schemeId,
      sql`select email from secure_address
        where scheme_id = ${actor.schemeId} and organisation_id = ${actor.organisationId} order by email`,
    );
    return rows.map(({ email }) => email);
  }

  add(actor: MemberActor, organisationId: string, email: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'secureAddress.keep');
      const kind = await lockOrganisation(tx, organisationId);
      if (kind !== 'gp_practice') {
        throw Refusal.conflict('not-a-practice', 'Only a GP practice is sent mail that names somebody.');
      }
      await tx.run(sql`
        insert into secure_address (scheme_id, organisation_id, email, added_at, added_by)
        values (${tx.schemeId}, ${organisationId}, ${email.toLowerCase()}, ${tx.now}, ${actor.membershipId})
        on conflict do nothing`);
      await note(tx, organisationId, { added: true });
      return organisationId;
    });
  }

  remove(actor: MemberActor, organisationId: string, email: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'secureAddress.keep');
      await lockOrganisation(tx, organisationId);
      await tx.run(sql`
        delete from secure_address
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and email = ${email.toLowerCase()}`);
      await note(tx, organisationId, { added: false });
      return organisationId;
    });
  }
}

async function lockOrganisation(tx: Tx, id: string): Promise<string> {
  const row = await tx.maybe<{ kind: string }>(sql`
    select kind from organisation where scheme_id = ${tx.schemeId} and id = ${id} for update`);
  if (!row) throw Refusal.notFound();
  return row.kind;
}

const note = (tx: Tx, id: string, details: object): Promise<void> =>
  audit(tx, {
    action: 'secureAddress.keep',
    subject: { kind: 'organisation', id },
    details: { ...details },
  });
