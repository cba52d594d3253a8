import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor, SystemActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { FileStore, type GivenFile, type Received } from '../platform/files/file-store.js';
import { fileProblem, namesIdentity, NO_CERTIFICATES, quotaProblem } from './evidence.rules.js';
import { EVIDENCE_KINDS, type EvidenceKind } from './evidence.types.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { lockProvider } from './provider-row.js';
import { ofProviderWithin } from './provider.reach.js';
import { tellOfProvider } from './telling.js';

/** Files that show what a group's safety checks rest on: policies, and pictures of a place. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly files: FileStore,
  ) {}

  /** Everything that can be refused before the first byte is read is; the row and the file appear together or not at all. */
  async upload(
    actor: Actor,
    organisationId: string,
    kind: string,
    from: FastifyRequest | GivenFile,
  ): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'evidence.upload'), sql`p.organisation_id`);
    const known = kindOf(kind);
    await this.unitOfWork.run(actor, async (tx) => {
      await lockProvider(tx, organisationId, within);
      await refuseWithoutRoom(tx, organisationId, 1);
    });
    const received =
      'bytes' in from
        ? await this.files.receiveGiven(actor.schemeId, from)
        : await this.files.receive(actor.schemeId, from);
    const problem = fileProblem(known, received);
    if (problem !== null) {
      await this.files.discard(received);
      throw Refusal.invalidField('file', problem);
    }
    const id = await this.files.keep(actor.schemeId, received);
    try {
      const kept = await this.unitOfWork.run(actor, async (tx) => {
        // The scheme before the group: one at a time counts the scheme's room.
        await tx.one(sql`select 1 from scheme where id = ${tx.schemeId} for no key update`);
        await lockProvider(tx, organisationId, within);
        await refuseWithoutRoom(tx, organisationId, received.bytes);
        await insert(tx, { id, organisationId, kind: known, received });
        await tellOfProvider(tx, organisationId, 'evidence.upload', PROVIDER_EVENTS.addEvidence, {
          fileId: id,
          kind: known,
        });
        return id;
      });
      // A request repeated under its key is done already.
      if (kept !== id) await this.files.remove(actor.schemeId, id);
      return kept;
    } catch (error) {
      await this.files.remove(actor.schemeId, id);
      throw error;
    }
  }

  async remove(actor: Actor, organisationId: string, id: string): Promise<void> {
    const within = ofProviderWithin(actor, reachFor(actor, 'evidence.upload'), sql`p.organisation_id`);
    await this.unitOfWork.run(actor, async (tx) => {
      await lockProvider(tx, organisationId, within);
      const removed = await tx.maybe<{ kind: string }>(sql`
        update evidence_file set removed_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and id = ${id} and removed_at is null
        returning kind`);
      if (!removed) throw Refusal.notFound();
      await tellOfProvider(tx, organisationId, 'evidence.upload', PROVIDER_EVENTS.removeEvidence, {
        fileId: id,
        kind: removed.kind,
      });
    });
    await this.files.remove(actor.schemeId, id);
  }

  /** Files that no row speaks of, left behind by a process that was killed. */
  sweep(actor: SystemActor): Promise<number> {
    return this.files.sweep(actor.schemeId, (ids) =>
      this.unitOfWork.run(actor, async (tx) => {
        const rows = await tx.rows<{ id: string }>(sql`
          select id from evidence_file
          where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[]) and removed_at is null`);
        return new Set(rows.map((row) => row.id));
      }),
    );
  }
}

function kindOf(kind: string): EvidenceKind {
  const known = EVIDENCE_KINDS.find((one) => one === kind);
  if (known) return known;
  throw Refusal.invalidField(
    'kind',
    namesIdentity(kind) ? NO_CERTIFICATES : `Choose one of: ${EVIDENCE_KINDS.join(', ')}`,
  );
}

async function refuseWithoutRoom(tx: Tx, organisationId: string, adding: number): Promise<void> {
  const kept = await tx.one<{ files: number; bytes: number }>(sql`
    select count(*) filter (where organisation_id = ${organisationId})::int as files,
      coalesce(sum(bytes), 0)::float8 as bytes
    from evidence_file where scheme_id = ${tx.schemeId} and removed_at is null`);
  const problem = quotaProblem(kept, adding);
  if (problem !== null) throw Refusal.conflict('no-room', problem);
}

const insert = (
  tx: Tx,
  file: { id: string; organisationId: string; kind: EvidenceKind; received: Received },
) =>
  tx.run(sql`
    insert into evidence_file (scheme_id, id, organisation_id, kind, name, content_type, bytes, sha256, uploaded_by, uploaded_at)
    values (${tx.schemeId}, ${file.id}, ${file.organisationId}, ${file.kind}, ${file.received.name},
      ${file.received.contentType}, ${file.received.bytes}, ${file.received.sha256},
      ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}, ${tx.now})`);
