import { existsSync, readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { INSTALLATION } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { digestOf, sealColumns } from './seal.queries.js';
import { type MarkedSeal, sealProblems } from './seal.rules.js';
import { ANCHOR, headFile } from './seal.service.js';

const PAGE = 200;

/** A seal that something outside its own chain remembers. */
export interface RememberedSeal {
  number: number;
  mac: string;
}

export interface AuditProblem {
  schemeId: string;
  /** null where the seal is gone. */
  seal: number | null;
  problem: string;
}

export interface SchemeReport {
  schemeId: string;
  seals: number;
  entries: number;
  /** Not sealed yet, and since when: the lag of the sealer. */
  waiting: number;
  waitingSince: Date | null;
  /** The last seal, worth noting down where the database's owner cannot reach it. */
  head: RememberedSeal | null;
  problems: AuditProblem[];
}

/** Finds every change of the audit record after it was sealed. Reads only. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Every scheme and the installation. `head` is a seal of the installation noted down elsewhere, such as in a log. */
  async verifyAll(head?: RememberedSeal): Promise<SchemeReport[]> {
    const schemes = await this.database.unscoped<{ id: string }>(sql`select id from scheme order by id`);
    const reports: SchemeReport[] = [];
    for (const { id } of schemes) reports.push(await this.verify(id));
    reports.push(await this.verify(INSTALLATION, head));
    return reports;
  }

  async verify(schemeId: string, head?: RememberedSeal): Promise<SchemeReport> {
    if (schemeId !== INSTALLATION) return this.verifyChain(schemeId, await this.anchorsOf(schemeId));
    return this.verifyChain(
      INSTALLATION,
      [this.keptHead(), head].filter((seal) => seal !== undefined),
    );
  }

  private async verifyChain(schemeId: string, remembered: readonly RememberedSeal[]): Promise<SchemeReport> {
    // By number, every mac that was ever remembered: a seal made anew was remembered twice.
    const expected = new Map<number, Set<string>>();
    for (const { number, mac } of remembered)
      expected.set(number, (expected.get(number) ?? new Set()).add(mac));
    const problems: AuditProblem[] = [];
    const problem = (seal: number | null, text: string) => problems.push({ schemeId, seal, problem: text });
    let before: MarkedSeal | null = null;
    let entries = 0;
    for await (const seal of this.seals(schemeId)) {
      const [found] = await this.database.read<{ entries: number; digest: string }>(
        schemeId,
        digestOf(schemeId, seal.fromXid, seal.toXid),
      );
      if (!found) throw new Error('A count gave no row.');
      for (const text of sealProblems(this.config.auditKey, seal, before, found)) problem(seal.number, text);
      const macs = [...(expected.get(seal.number) ?? [])];
      if (macs.some((mac) => mac !== seal.mac)) problem(seal.number, 'The seal was replaced by another.');
      expected.delete(seal.number);
      entries += found.entries;
      before = seal;
    }
    for (const number of expected.keys()) problem(null, `Seal ${number} was removed.`);
    const waiting = await this.waiting(schemeId, before?.toXid ?? '0');
    const head = before ? { number: before.number, mac: before.mac } : null;
    return { schemeId, seals: before?.number ?? 0, entries, ...waiting, head, problems };
  }

  private async *seals(schemeId: string): AsyncGenerator<MarkedSeal> {
    for (let after = 0; ;) {
      const page = await this.database.read<MarkedSeal>(
        schemeId,
        sql`
          select ${sealColumns} from audit_seal
          where scheme_id = ${schemeId} and number > ${after} order by number limit ${PAGE}`,
      );
      yield* page;
      const last = page.at(-1);
      if (!last) return;
      after = last.number;
    }
  }

  private async waiting(
    schemeId: string,
    toXid: string,
  ): Promise<Pick<SchemeReport, 'waiting' | 'waitingSince'>> {
    const [row] = await this.database.read<Pick<SchemeReport, 'waiting' | 'waitingSince'>>(
      schemeId,
      sql`
        select count(*)::int as waiting, min(at) as "waitingSince" from audit_entry
        where scheme_id = ${schemeId} and xid >= ${toXid}::xid8`,
    );
    return row ?? { waiting: 0, waitingSince: null };
  }

  private anchorsOf(schemeId: string): Promise<RememberedSeal[]> {
    return this.database.read<RememberedSeal>(
      INSTALLATION,
      sql`
        select (details->>'number')::int as number, details->>'mac' as mac from audit_entry
        where scheme_id = ${INSTALLATION} and subject_id = ${schemeId} and action = ${ANCHOR} order by id`,
    );
  }

  private keptHead(): RememberedSeal | undefined {
    const path = headFile(this.config.dataDir);
    if (!existsSync(path)) return undefined;
    return JSON.parse(readFileSync(path, 'utf8')) as RememberedSeal;
  }
}
