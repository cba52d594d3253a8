import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { columnsAs } from '../platform/database/entity-sql.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { AgreementView } from './agreement.dto.js';
import { Agreement } from './agreement.entity.js';
import { clientWithin } from './client.reach.js';
import { type Audited, present, withoutAudit } from './clients.queries.js';

const COLUMNS = columnsAs(Agreement, 'a', [
  'id',
  'clientId',
  'recipientKind',
  'organisationId',
  'scope',
  'basis',
  'decidedBy',
  'authoritySeenOn',
  'consulted',
  'basisNote',
  'agreedOn',
  'how',
  'agreedWith',
  'advocate',
  'renewOn',
  'renewedOn',
  'recordedAt',
  'withdrawnAt',
  'withdrawalNote',
]);

@Injectable()
export class AgreementsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Live ones first, newest first; withdrawn ones stay to be seen. */
  async list(actor: Actor, clientId: string): Promise<AgreementView[]> {
    return present(
      await this.read(
        actor,
        { kind: 'client', id: clientId },
        (within) => sql`
          select c.id as client_id, ${COLUMNS}, o.name as "organisationName"
          from client c
          left join agreement a on a.scheme_id = c.scheme_id and a.client_id = c.id
          left join organisation o on o.scheme_id = a.scheme_id and o.id = a.organisation_id
          where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
          order by (a.withdrawn_at is null) desc, a.agreed_on desc, a.id desc`,
      ),
    );
  }

  async get(actor: Actor, clientId: string, agreementId: string): Promise<AgreementView> {
    const [view] = await this.read(
      actor,
      { kind: 'agreement', id: agreementId },
      (within) => sql`
        select c.id as client_id, ${COLUMNS}, o.name as "organisationName"
        from agreement a
        join client c on c.scheme_id = a.scheme_id and c.id = a.client_id
        left join organisation o on o.scheme_id = a.scheme_id and o.id = a.organisation_id
        where a.scheme_id = ${actor.schemeId} and a.id = ${agreementId} and a.client_id = ${clientId} and ${within}`,
    );
    if (!view) throw Refusal.notFound();
    return view;
  }

  private async read(
    actor: Actor,
    subject: { kind: string; id: string },
    page: (within: Sql) => Sql,
  ): Promise<AgreementView[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'agreement.list'), now);
    const rows = await this.database.read<Audited<AgreementView>>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'agreement.list', subject }, page(within)),
    );
    return rows.map(withoutAudit);
  }
}
