import type { ReadStream } from 'node:fs';
import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { FileStore } from '../platform/files/file-store.js';
import type { EvidenceView } from './evidence.dto.js';
import { ofProviderWithin } from './provider.reach.js';

const FILES: Sql = sql`
  f.id, f.organisation_id as "organisationId", f.kind, f.name, f.content_type as "contentType", f.bytes,
  f.uploaded_at as "uploadedAt"`;

@Injectable()
export class EvidenceQueries {
  constructor(
    private readonly database: Database,
    private readonly files: FileStore,
  ) {}

  /** Newest first: a group has few. */
  async list(actor: Actor, organisationId: string): Promise<EvidenceView[]> {
    const group = await this.database.maybe(
      actor.schemeId,
      sql`
      select 1 from provider p
      where p.scheme_id = ${actor.schemeId} and p.organisation_id = ${organisationId}
        and ${reaching(actor, 'evidence.list', sql`p.organisation_id`)}`,
    );
    if (!group) throw Refusal.notFound();
    return this.database.read<EvidenceView>(
      actor.schemeId,
      sql`
      select ${FILES} from evidence_file f
      where f.scheme_id = ${actor.schemeId} and f.organisation_id = ${organisationId} and f.removed_at is null
      order by f.id desc`,
    );
  }

  async get(actor: Actor, organisationId: string, id: string): Promise<EvidenceView> {
    const file = await this.database.maybe<EvidenceView>(
      actor.schemeId,
      sql`
      select ${FILES} from evidence_file f
      where f.scheme_id = ${actor.schemeId} and f.organisation_id = ${organisationId} and f.id = ${id}
        and f.removed_at is null and ${reaching(actor, 'evidence.get', sql`f.organisation_id`)}`,
    );
    if (!file) throw Refusal.notFound();
    return file;
  }

  async open(
    actor: Actor,
    organisationId: string,
    id: string,
  ): Promise<{ file: EvidenceView; bytes: ReadStream }> {
    const file = await this.get(actor, organisationId, id);
    return { file, bytes: this.files.open(actor.schemeId, id) };
  }
}

const reaching = (actor: Actor, action: Extract<Action, `evidence.${string}`>, organisationId: Sql): Sql =>
  ofProviderWithin(actor, reachFor(actor, action), organisationId);
