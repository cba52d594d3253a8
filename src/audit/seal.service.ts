import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { audit } from './audit.js';
import { digestOf, sealColumns } from './seal.queries.js';
import { GENESIS, macOf, type MarkedSeal, type Seal } from './seal.rules.js';

/** Entries to a seal, save that one transaction is never cut in two. */
const BATCH = 5000;

/** What the installation's chain keeps of the others: an anchor in it shows when a seal at the end was removed. */
export const ANCHOR = 'audit.anchor';

/** The last seal of the installation's own chain, which nothing in the database anchors, is kept beside the database. */
export const headFile = (dataDir: string): string => join(dataDir, 'audit-head.json');

/**
 * Seals the audit record: per scheme, in batches, each chained to the one before and marked with a key that the
 * database does not hold. What was sealed cannot be changed without `AuditVerifier` finding it.
 */
@Injectable()
export class AuditSealer {
  private readonly logger = new Logger('audit');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Every scheme, then the installation with what anchors them. Gives the number of seals made. */
  async sealAll(): Promise<number> {
    let made = 0;
    const heads: MarkedSeal[] = [];
    const schemes = await this.database.unscoped<{ id: string }>(sql`select id from scheme order by id`);
    for (const { id } of schemes) {
      const seals = await this.sealScheme(id);
      const head = seals.at(-1);
      if (head) heads.push(head);
      made += seals.length;
    }
    for (const head of heads) await this.anchor(head);
    const own = await this.sealScheme(INSTALLATION);
    const head = own.at(-1);
    if (head) this.keepHead(head);
    return made + own.length;
  }

  /** All that can be sealed now, in as many batches as it takes. */
  async sealScheme(schemeId: string): Promise<MarkedSeal[]> {
    const made: MarkedSeal[] = [];
    for (;;) {
      const seal = await this.unitOfWork.run(systemActor(schemeId, 'audit'), (tx) => this.sealBatch(tx));
      if (!seal) return made;
      made.push(seal);
    }
  }

  /** The next seal, or null when nothing can be sealed yet. */
  private async sealBatch(tx: Tx): Promise<MarkedSeal | null> {
    await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`audit seal ${tx.schemeId}`}, 0))`);
    // Every transaction below the horizon has ended, so what later statements see of them is all there will ever be.
    const { horizon } = await tx.one<{ horizon: string }>(
      sql`select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`,
    );
    const before = await tx.maybe<MarkedSeal>(sql`
      select ${sealColumns} from audit_seal where scheme_id = ${tx.schemeId} order by number desc limit 1`);
    const fromXid = before?.toXid ?? '0';
    if (BigInt(horizon) < BigInt(fromXid)) {
      throw new Error(
        'The database counts transactions from a lower number than its audit seals. It was restored into another ' +
          'server: see docs/hazards.md.',
      );
    }
    const toXid = await this.endOfBatch(tx, fromXid, horizon);
    if (toXid === null) return null;
    const found = await tx.one<{ entries: number; digest: string }>(digestOf(tx.schemeId, fromXid, toXid));
    const seal: Seal = {
      schemeId: tx.schemeId,
      number: (before?.number ?? 0) + 1,
      fromXid,
      toXid,
      ...found,
      previous: before?.mac ?? GENESIS,
      sealedAt: tx.now.toISOString().replace('Z', '000Z'),
    };
    const mac = macOf(this.config.auditKey, seal);
    await tx.run(sql`
      insert into audit_seal (scheme_id, number, from_xid, to_xid, entries, digest, previous, mac, sealed_at)
      values (${seal.schemeId}, ${seal.number}, ${seal.fromXid}::xid8, ${seal.toXid}::xid8, ${seal.entries},
        ${seal.digest}, ${seal.previous}, ${mac}, ${tx.now})`);
    return { ...seal, mac };
  }

  /** Where the next batch ends: whole transactions, at least one; null when there is none. */
  private async endOfBatch(tx: Tx, fromXid: string, horizon: string): Promise<string | null> {
    const { first, last, entries } = await tx.one<{
      first: string | null;
      last: string;
      entries: number;
    }>(sql`
      select min(xid)::text as first, max(xid)::text as last, count(*)::int as entries from (
        select xid from audit_entry
        where scheme_id = ${tx.schemeId} and xid >= ${fromXid}::xid8 and xid < ${horizon}::xid8
        order by xid, id limit ${BATCH + 1}) batch`);
    if (first === null) return null;
    if (entries <= BATCH) return horizon;
    return last === first ? String(BigInt(first) + 1n) : last;
  }

  private async anchor({ schemeId, number, mac }: MarkedSeal): Promise<void> {
    await this.unitOfWork.run(systemActor(INSTALLATION, 'audit'), (tx) =>
      audit(tx, { action: ANCHOR, subject: { kind: 'scheme', id: schemeId }, details: { number, mac } }),
    );
  }

  private keepHead({ number, mac }: MarkedSeal): void {
    // The log is often kept elsewhere, which makes it a second witness.
    this.logger.log({ event: 'audit sealed', number, mac });
    mkdirSync(this.config.dataDir, { recursive: true });
    const path = headFile(this.config.dataDir);
    const draft = `${path}.${randomBytes(4).toString('hex')}`;
    writeFileSync(draft, `${JSON.stringify({ number, mac })}\n`);
    renameSync(draft, path);
  }
}
