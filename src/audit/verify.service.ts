import { existsSync, readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { INSTALLATION } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import {
  DETACH,
  type Detachment,
  type Digest,
  findingOf,
  isAsSealed,
  isGenuine,
  type MarkedDetachment,
  NOTHING,
  type Pieces,
} from './detachment.rules.js';
import { digestOf, digestsWithArchive, sealColumns } from './seal.queries.js';
import { type MarkedSeal, sealProblems } from './seal.rules.js';
import { ANCHOR, headFile } from './seal.service.js';

const PAGE = 50;

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
  /** Seals that cannot be checked whole without a table of the archive that is not there. */
  away: (Pick<Detachment, 'month' | 'table' | 'at' | 'by'> & { seals: number })[];
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
    const key = this.config.auditKey;
    const present = await this.archive();
    const said = await this.detachmentsOf(schemeId);
    const genuine = said.filter((one) => isGenuine(key, schemeId, one));
    if (genuine.length < said.length)
      problem(null, 'An entry says that a month was detached, and was not written by audit:detach.');
    const detachments = [...new Map(genuine.map((one) => [one.table, one])).values()];
    if (schemeId === INSTALLATION) {
      for (const table of present) {
        if (!detachments.some((one) => one.table === table))
          problem(null, `No entry says that the month in archive.${table} was detached.`);
      }
    }
    const away = new Map<string, SchemeReport['away'][number]>();
    let before: MarkedSeal | null = null;
    let entries = 0;
    for await (const { live, ...seal } of this.seals(schemeId)) {
      const alone = detachments.length === 0 && present.size === 0;
      const pieces = alone || isAsSealed(seal, live) ? null : await this.pieces(seal);
      const finding = pieces ? findingOf(seal, pieces, detachments, present) : { found: live };
      const found = 'found' in finding ? finding.found : seal;
      for (const text of sealProblems(key, seal, before, found)) problem(seal.number, text);
      if ('problem' in finding) problem(seal.number, finding.problem);
      if ('away' in finding) {
        for (const { month, table, at, by } of finding.away)
          away.set(table, { month, table, at, by, seals: (away.get(table)?.seals ?? 0) + 1 });
      }
      const macs = [...(expected.get(seal.number) ?? [])];
      if (macs.some((mac) => mac !== seal.mac)) problem(seal.number, 'The seal was replaced by another.');
      expected.delete(seal.number);
      entries += pieces?.whole.entries ?? live.entries;
      before = seal;
    }
    for (const number of expected.keys()) problem(null, `Seal ${number} was removed.`);
    const waiting = await this.waiting(schemeId, before?.toXid ?? '0');
    const head = before ? { number: before.number, mac: before.mac } : null;
    return {
      schemeId,
      seals: before?.number ?? 0,
      entries,
      ...waiting,
      away: [...away.values()],
      head,
      problems,
    };
  }

  /** With what is in the record of each, the archive left out. */
  private async *seals(schemeId: string): AsyncGenerator<MarkedSeal & { live: Digest }> {
    for (let after = 0; ;) {
      const page = await this.database.read<MarkedSeal & { live: Digest }>(
        schemeId,
        sql`
          select s.*, row_to_json(l.*) as live
          from (
            select ${sealColumns} from audit_seal
            where scheme_id = ${schemeId} and number > ${after} order by number limit ${PAGE}) s
          cross join lateral (${digestOf(schemeId, sql`s."fromXid"`, sql`s."toXid"`)}) l
          order by s.number`,
      );
      yield* page;
      const last = page.at(-1);
      if (!last) return;
      after = last.number;
    }
  }

  private async pieces({ schemeId, fromXid, toXid }: MarkedSeal): Promise<Pieces> {
    const rows = await this.database.read<Digest & { part: string | null }>(
      schemeId,
      digestsWithArchive(schemeId, fromXid, toXid),
    );
    const of = (part: string | null): Digest => rows.find((row) => row.part === part) ?? NOTHING;
    return { whole: of(null), live: of(''), archivedIn: of };
  }

  /** The tables that are in the archive now. */
  private async archive(): Promise<Set<string>> {
    const rows = await this.database.read<{ name: string }>(
      INSTALLATION,
      sql`
        select c.relname as name from pg_class c
        where c.relnamespace = to_regnamespace('archive') and c.relkind = 'r'`,
    );
    return new Set(rows.map(({ name }) => name));
  }

  /** What entries say, whoever wrote them. */
  private async detachmentsOf(schemeId: string): Promise<MarkedDetachment[]> {
    const rows = await this.database.read<{ details: MarkedDetachment }>(
      schemeId,
      sql`
        select details from audit_entry
        where scheme_id = ${schemeId} and subject_id = ${schemeId} and action = ${DETACH} order by id`,
    );
    return rows.map(({ details }) => details);
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
