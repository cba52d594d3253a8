import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { SessionQueries } from '../identity/session.queries.js';
import { reachFor } from '../permissions/reach.js';
import { type Actor, type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { type FieldProblem, Refusal } from '../platform/errors/refusal.js';
import { validated } from '../platform/http/validation.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { SendInput } from '../referrals/referral.dto.js';
import { ReferralSending, refuseUrgent } from '../referrals/referral-sending.service.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { IMPORT_WAITING } from './batch.events.js';
import {
  type Batch,
  forgetNotRead,
  forgetRows,
  memberOf,
  progress,
  sheetOf,
  step,
  told,
  withOldRows,
} from './batch.steps.js';
import { REFERRALS, UNDO_HOURS, type PersonRowOutcome, type Verdict } from './batch.types.js';
import type { CheckBulkReferral } from './bulk-referral.dto.js';
import { encodingOf, rowsOf } from './import.file.js';
import { received } from './import-uploads.service.js';
import { kept, tooMuch, WHOLE_ROW } from './raw.rules.js';
import {
  columnOf,
  columnsProblem,
  PeopleSoFar,
  readRow,
  recognise,
  saidOfCell,
  type SheetDefaults,
  withStandIns,
} from './referral-sheet.rules.js';

export const MOST_LIST_BYTES = 5_000_000;
/** More than a search of one practice finds. What is longer is looked at in parts. */
export const MOST_PEOPLE = 2_000;

const ONE_COLUMN =
  'This file has one column, and nobody is found in one. Save the list with a column for each answer, as CSV UTF-8';
const CHUNK = 50;
const HOUR_MS = 3_600_000;

interface Row {
  row: number;
  raw: Record<string, string>;
}

/** Without a column where it is wrong with the row as a whole. */
interface Problem {
  column: string | null;
  reason: string;
}

interface Judged {
  row: number;
  outcome: PersonRowOutcome;
  problems?: readonly Problem[];
  value?: unknown;
  referral_id?: string | null;
}

/**
 * People whom an organisation refers together. Each row is sent as its sender would send it by itself, by the same
 * service: what stands in the way, what counts as the same person, and what is said of others is the same.
 */
@Injectable()
export class BulkReferrals implements OnModuleInit {
  private readonly folder: string;

  constructor(
    config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly sending: ReferralSending,
    private readonly referrals: ReferralsService,
    private readonly sessions: SessionQueries,
    private readonly ticks: Ticks,
  ) {
    this.folder = join(config.dataDir, 'imports');
  }

  onModuleInit(): void {
    this.ticks.register({
      name: 'bulk-referrals-forget',
      everyMs: HOUR_MS,
      for: 'scheme',
      run: (actor) => this.forgetOld(actor),
    });
  }

  /** Reads the file to its end, and keeps it no longer than that. Nothing of it is judged yet. */
  async upload(actor: MemberActor, name: string | undefined, body: unknown): Promise<string> {
    reachFor(actor, 'bulkReferral.make');
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, newId());
    try {
      await received(body, file, MOST_LIST_BYTES);
      const encoding = await encodingOf(file, 'csv');
      const rows: object[] = [];
      let headings: string[] = [];
      for await (const { row, cells, misfit } of rowsOf({ format: 'csv', columns: [] }, file, encoding)) {
        if (headings.length === 0) headings = Object.keys(cells).filter((heading) => heading !== '');
        if (rows.length === MOST_PEOPLE) {
          throw Refusal.invalidField('file', `Use ${MOST_PEOPLE.toLocaleString('en-GB')} people or fewer`);
        }
        const reason = misfit ?? tooMuch(cells, row)?.reason ?? null;
        const problems = reason === null ? [] : [{ column: WHOLE_ROW, reason }];
        rows.push({ row, raw: kept(cells), problems, outcome: reason === null ? 'added' : 'refused' });
      }
      if (rows.length === 0) throw Refusal.invalidField('file', 'The file has no rows below its headings');
      if (headings.length === 1) throw Refusal.invalidField('file', ONE_COLUMN);
      if (headings.length > 100) throw Refusal.invalidField('file', 'Use 100 columns or fewer');
      return await this.unitOfWork.run(actor, async (tx) => {
        const id = newId();
        await tx.run(sql`
          insert into import_batch (scheme_id, id, kind, source, file_name, encoding, state, organisation_id, headings,
            columns, rows, created_by, created_at)
          values (${tx.schemeId}, ${id}, ${REFERRALS}, ${REFERRALS}, ${name?.slice(-200) ?? null}, ${encoding},
            'uploaded', ${actor.organisationId}, ${headings}::text[], ${recognise(headings)}::text[], ${rows.length},
            ${actor.membershipId}, ${tx.now})`);
        await tx.run(sql`
          insert into import_row (scheme_id, batch_id, row, raw, outcome, problems)
          select ${tx.schemeId}, ${id}, r.row, r.raw, r.outcome, r.problems
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (row integer, raw jsonb, outcome text, problems jsonb)`);
        await told(tx, id, 'bulkReferral.make');
        return id;
      });
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Judges every row by what its columns are said to be. May be asked again with others, until it is approved. */
  read(actor: MemberActor, id: string, input: CheckBulkReferral): Promise<string> {
    const mine = within(actor, 'bulkReferral.make');
    return this.unitOfWork.run(actor, async (tx) => {
      await step(tx, id, 'read', mine);
      const sheet = await sheetOf(tx, id);
      const columns = input.columns ?? sheet.columns;
      const problem = columnsProblem(sheet.headings, columns);
      if (problem !== null) throw Refusal.invalidField('columns', problem);
      const defaults: SheetDefaults = {
        how: input.how,
        ...(input.reasons === undefined ? {} : { reasons: input.reasons }),
      };
      await tx.run(sql`
        update import_batch set columns = ${columns}::text[], defaults = ${JSON.stringify(defaults)}, because = null
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      return this.ask(tx, actor, id, 'bulkReferral.make');
    });
  }

  /** Of somebody who looks like one whom this organisation referred: whether they are. */
  decide(actor: MemberActor, id: string, row: number, verdict: Verdict): Promise<string> {
    const mine = within(actor, 'bulkReferral.make');
    // No list is that long, and no number in the database either.
    if (row < 0 || row > MOST_PEOPLE * 10) throw Refusal.notFound();
    return this.unitOfWork.run(actor, async (tx) => {
      const batch = await tx.maybe<{ state: string }>(sql`
        select state from import_batch where scheme_id = ${tx.schemeId} and id = ${id} and ${mine} for no key update`);
      if (!batch) throw Refusal.notFound();
      if (batch.state !== 'checked') {
        throw Refusal.illegalMove(batch.state, 'decide', 'This can be done only while it is checked.');
      }
      const [changed] = await tx.rows<{ row: number }>(sql`
        update import_row set verdict = ${verdict}
        where scheme_id = ${tx.schemeId} and batch_id = ${id} and row = ${row} and outcome = 'alike' returning row`);
      if (!changed) throw Refusal.notFound();
      await tx.run(sql`
        update import_batch set version = version + 1 where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'bulkReferral.make',
        subject: { kind: 'import', id },
        details: { row, verdict },
      });
      return id;
    });
  }

  /** Whoever approves answers for all of them at once that nobody is in danger. */
  approve(actor: MemberActor, id: string, couldComeToHarm: boolean): Promise<string> {
    const mine = within(actor, 'bulkReferral.approve');
    refuseUrgent(couldComeToHarm);
    return this.unitOfWork.run(actor, async (tx) => {
      await step(tx, id, 'approve', mine);
      const { unsent } = await tx.one<{ unsent: number }>(sql`
        select count(*)::int as unsent from import_row r
        where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and ${toSend}`);
      if (unsent === 0) throw Refusal.conflict('nothing-to-send', 'There is nobody on this list to refer.');
      await tx.run(sql`
        update import_batch set approved_by = ${memberOf(actor)}, approved_at = ${tx.now}, added = ${unsent}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      return this.ask(tx, actor, id, 'bulkReferral.approve');
    });
  }

  /** What is being checked is given up; of what is being sent, the rest stays unsent. */
  stop(actor: MemberActor, id: string): Promise<string> {
    const mine = within(actor, 'bulkReferral.make');
    return this.unitOfWork.run(actor, async (tx) => {
      await step(tx, id, 'stop', mine);
      await tx.run(sql`
        update import_batch set stopped_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`);
      await told(tx, id, 'bulkReferral.make');
      return id;
    });
  }

  discard(actor: MemberActor, id: string): Promise<string> {
    const mine = within(actor, 'bulkReferral.make');
    return this.unitOfWork.run(actor, async (tx) => {
      await step(tx, id, 'discard', mine);
      await forgetRows(tx, id);
      await told(tx, id, 'bulkReferral.make');
      return id;
    });
  }

  /** Withdraws every referral of the list that still can be; the others say why they stay. */
  undo(actor: MemberActor, id: string): Promise<string> {
    const mine = within(actor, 'bulkReferral.undo');
    return this.unitOfWork.run(actor, async (tx) => {
      const batch = await step(tx, id, 'undo', mine);
      if (tx.now.getTime() > (batch.appliedAt?.getTime() ?? 0) + UNDO_HOURS * HOUR_MS) {
        throw Refusal.conflict(
          'too-late',
          `A list can be taken back as a whole for ${String(UNDO_HOURS)} hours. Withdraw referrals one by one instead.`,
        );
      }
      return this.ask(tx, actor, id, 'bulkReferral.undo');
    });
  }

  /** What a worker does: begun again after it died, it goes on where it was. */
  async perform(schemeId: string, batch: Batch): Promise<void> {
    const { id } = batch;
    const system = systemActor(schemeId, 'bulk referral');
    const asker =
      batch.askedBy && batch.askedSession
        ? await this.sessions.actorLater(schemeId, batch.askedBy, batch.askedSession)
        : null;
    const able = asker?.role === 'referrer' ? asker : null;
    if (batch.state === 'fetching') await this.judgeAll(system, able, id);
    else if (batch.state === 'approved') await this.sendAll(system, able, id);
    else await this.takeBackAll(system, able, id);
  }

  private async judgeAll(system: Actor, asker: MemberActor | null, id: string): Promise<void> {
    try {
      const goesOn = asker !== null && (await this.judgeRows(system, asker, id));
      if (goesOn) await this.unitOfWork.run(system, (tx) => checked(tx, id));
      else await this.fail(system, id, asker === null ? GONE_ASKER : 'It was stopped. Nobody was referred.');
    } catch (error) {
      await this.fail(system, id, 'Something went wrong. Nobody was referred.');
      throw error;
    }
  }

  /** False where somebody stopped it. */
  private async judgeRows(system: Actor, asker: MemberActor, id: string): Promise<boolean> {
    const { headings, columns, defaults } = await this.unitOfWork.run(system, async (tx) => {
      // Asked again with other columns, only what is wrong with a row as a row still is.
      await tx.run(sql`
        update import_row set outcome = 'added', problems = '[]', value = null, referral_id = null, verdict = null
        where scheme_id = ${tx.schemeId} and batch_id = ${id}
          and not problems @> ${JSON.stringify([{ column: WHOLE_ROW }])}::jsonb`);
      return tx.one<{ headings: string[]; columns: string[]; defaults: SheetDefaults }>(sql`
        select headings, columns, defaults from import_batch where scheme_id = ${tx.schemeId} and id = ${id}`);
    });
    const earlier = new PeopleSoFar();
    let [after, done] = [0, 0];
    for (;;) {
      const rows = await this.unitOfWork.run(system, (tx) =>
        tx.rows<Row & Record<string, unknown>>(sql`
          select row, raw from import_row
          where scheme_id = ${tx.schemeId} and batch_id = ${id} and row > ${after} and outcome = 'added'
          order by row limit ${CHUNK}`),
      );
      if (rows.length === 0) return true;
      const judged: Judged[] = [];
      for (const { row, raw } of rows) {
        judged.push(await this.judge(asker, row, raw, { headings, columns, defaults, earlier }));
      }
      after = rows.at(-1)?.row ?? after;
      done += rows.length;
      const goesOn = await this.unitOfWork.run(system, async (tx) => {
        await write(tx, id, judged);
        return progress(tx, id, done);
      });
      if (!goesOn) return false;
    }
  }

  private async judge(
    asker: MemberActor,
    row: number,
    raw: Record<string, string>,
    sheet: Sheet,
  ): Promise<Judged> {
    const { send, problems: unreadable } = readRow(sheet.headings, sheet.columns, raw, sheet.defaults);
    const before = sheet.earlier.find(send, row);
    const problems: Problem[] = [...unreadable];
    const stoodIn = new Set<string>();
    // What is wrong with its words hides what is wrong with its sense: each time something right takes their place.
    for (let tried = send; ;) {
      const refusal = await this.refusalOf(asker, tried);
      if (refusal === null) break;
      const own = ownReferral(row, refusal, send);
      if (own && (own.outcome === 'same' || problems.length === 0)) return own;
      if (own) break;
      problems.push(
        ...problemsOf(refusal, sheet).filter(
          (found) => !problems.some(({ column }) => column === found.column),
        ),
      );
      const fields = fieldProblems(refusal)
        .map(({ field }) => field)
        .filter((field) => !stoodIn.has(field));
      if (fields.length === 0) break;
      for (const field of fields) stoodIn.add(field);
      tried = withStandIns(tried, fields);
    }
    if (before !== undefined) {
      const reason = `The same person as row ${String(before)}. Refer them by the form if they are two`;
      problems.push({ column: null, reason });
    }
    return problems.length > 0
      ? { row, outcome: 'refused', problems }
      : { row, outcome: 'added', value: send };
  }

  /** Why somebody could not be referred like this; null where they could. */
  private async refusalOf(asker: MemberActor, send: Record<string, unknown>): Promise<Refusal | null> {
    try {
      await this.sending.check(asker, await validated(SendInput, send));
      return null;
    } catch (error) {
      // What is no refusal is for the job, which is tried again.
      if (!(error instanceof Refusal)) throw error;
      return error;
    }
  }

  /**
   * One transaction a person, with the row's own key as the sender's own id of it: a worker that died between the sending
   * and the noting is told by the second sending what the first had done.
   */
  private async sendAll(system: Actor, asker: MemberActor | null, id: string): Promise<void> {
    let done = await this.countOf(system, id, sql`r.outcome = 'added' and r.referral_id is not null`);
    const sheet = await this.unitOfWork.run(system, (tx) => sheetOf(tx, id));
    for (;;) {
      const [next] = await this.unitOfWork.run(system, (tx) =>
        tx.rows<{ row: number; value: Record<string, unknown>; different: boolean }>(sql`
          select r.row, r.value, r.outcome = 'alike' as different from import_row r
          where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and ${toSend} order by r.row limit 1`),
      );
      if (!next) break;
      const judged =
        asker === null
          ? { row: next.row, outcome: 'refused' as const, problems: [{ column: null, reason: GONE_ASKER }] }
          : await this.sendRow(asker, id, next, sheet);
      done += 1;
      const goesOn = await this.unitOfWork.run(system, async (tx) => {
        await write(tx, id, [judged]);
        return progress(tx, id, done);
      });
      if (!goesOn) {
        await this.unitOfWork.run(system, async (tx) => {
          await tx.run(sql`
            update import_row r set outcome = 'ignored', referral_id = null
            where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and ${toSend}`);
        });
      }
    }
    await this.unitOfWork.run(system, async (tx) => {
      await step(tx, id, 'apply');
      await forgetNotRead(tx, id);
      const counts = await count(tx, id, sql`applied_at = ${tx.now}, worked_at = null, stopped_at = null`);
      await audit(tx, { action: 'bulkReferral.apply', subject: { kind: 'import', id }, details: counts });
    });
  }

  private async sendRow(
    asker: MemberActor,
    id: string,
    { row, value, different }: { row: number; value: Record<string, unknown>; different: boolean },
    sheet: Pick<Sheet, 'headings' | 'columns'>,
  ): Promise<Judged> {
    try {
      const input = await validated(SendInput, {
        ...value,
        externalId: `list ${id} row ${String(row)}`,
        ...(different ? { differentPerson: true } : {}),
      });
      return { row, outcome: 'added', value, referral_id: await this.sending.send(asker, input) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return (
        ownReferral(row, error, value) ?? { row, outcome: 'refused', problems: problemsOf(error, sheet) }
      );
    }
  }

  private async takeBackAll(system: Actor, asker: MemberActor | null, id: string): Promise<void> {
    let done = await this.countOf(system, id, sql`r.outcome = 'undone' or r.kept_because is not null`);
    for (;;) {
      const [next] = await this.unitOfWork.run(system, (tx) =>
        tx.rows<{ row: number; referralId: string }>(sql`
          select row, referral_id as "referralId" from import_row r
          where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.outcome = 'added'
            and r.referral_id is not null and r.kept_because is null order by r.row limit 1`),
      );
      if (!next) break;
      const because = asker === null ? GONE_ASKER : await this.takeBack(asker, next.referralId);
      done += 1;
      await this.unitOfWork.run(system, async (tx) => {
        await tx.run(sql`
          update import_row set kept_because = ${because}, outcome = ${because === null ? 'undone' : 'added'}
          where scheme_id = ${tx.schemeId} and batch_id = ${id} and row = ${next.row}`);
        await progress(tx, id, done);
      });
    }
    await this.unitOfWork.run(system, async (tx) => {
      await step(tx, id, 'finishUndo');
      const { added } = await count(tx, id, sql`undone_at = ${tx.now}, worked_at = null`);
      await tx.run(
        sql`update import_batch set kept = ${added} where scheme_id = ${tx.schemeId} and id = ${id}`,
      );
      await audit(tx, {
        action: 'bulkReferral.undo',
        subject: { kind: 'import', id },
        details: { done, kept: added },
      });
    });
  }

  /** Why it stays; null when it is withdrawn, also where it was before. */
  private async takeBack(asker: MemberActor, referralId: string): Promise<string | null> {
    try {
      await this.referrals.withdraw(asker, referralId, { reason: 'sent_in_error' });
      return null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.extra['from'] === 'withdrawn' ? null : error.message;
    }
  }

  private countOf(system: Actor, id: string, which: Sql): Promise<number> {
    return this.unitOfWork.run(system, async (tx) => {
      const { found } = await tx.one<{ found: number }>(sql`
        select count(*)::int as found from import_row r
        where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and (${which})`);
      return found;
    });
  }

  private fail(system: Actor, id: string, because: string): Promise<void> {
    return this.unitOfWork.run(system, async (tx) => {
      await step(tx, id, 'fail');
      await tx.run(sql`
        update import_batch set because = ${because}, worked_at = null, stopped_at = null
        where scheme_id = ${tx.schemeId} and id = ${id}`);
    });
  }

  /** In whose name the next piece of work is done, and that it waits. */
  private async ask(tx: Tx, actor: MemberActor, id: string, action: Act): Promise<string> {
    await tx.run(sql`
      update import_batch set asked_by = ${actor.membershipId}, asked_session = ${actor.sessionId}, done = 0,
        worked_at = null, stopped_at = null
      where scheme_id = ${tx.schemeId} and id = ${id}`);
    await told(tx, id, action);
    await outbox.add(tx, IMPORT_WAITING, { importId: id });
    return id;
  }

  /** Lists with people's details are no record: what came of each person is on their referral. */
  async forgetOld(actor: Actor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      for (const { id, state } of await withOldRows(tx, sql`kind = ${REFERRALS}`)) {
        if (state !== 'applied' && state !== 'undone') await step(tx, id, 'discard');
        await forgetRows(tx, id);
        await audit(tx, { action: 'bulkReferral.forget', subject: { kind: 'import', id } });
      }
    });
  }
}

const GONE_ASKER = 'Whoever asked for this no longer signs in here. A colleague can do it instead.';

interface Sheet {
  headings: readonly string[];
  columns: readonly string[];
  defaults: SheetDefaults;
  earlier: PeopleSoFar;
}

/** Rows that are sent once it is approved. `r` is a row of import_row. */
export const toSend = sql`(
  r.outcome = 'added' and r.referral_id is null or r.outcome = 'alike' and r.verdict = 'different')`;

/** Lists of the actor's own organisation: of those of others nobody learns that they are there. */
export function within(actor: MemberActor, action: BulkAction): Sql {
  reachFor(actor, action);
  return sql`(kind = ${REFERRALS} and organisation_id = ${actor.organisationId})`;
}
type BulkAction = 'bulkReferral.list' | 'bulkReferral.make' | 'bulkReferral.approve' | 'bulkReferral.undo';

/** Where what stands in the way is this organisation's own open referral, of them or of somebody like them. */
function ownReferral(row: number, refusal: Refusal, value: unknown): Judged | null {
  const referral_id = refusal.extra['referralId'] as string | undefined;
  return referral_id === undefined
    ? null
    : { row, outcome: refusal.code === 'already-sent' ? 'same' : 'alike', value, referral_id };
}

const fieldProblems = (refusal: Refusal): FieldProblem[] => (refusal.extra['errors'] ?? []) as FieldProblem[];

function problemsOf(refusal: Refusal, { headings, columns }: Pick<Sheet, 'headings' | 'columns'>): Problem[] {
  const fields = fieldProblems(refusal);
  if (fields.length === 0) return [{ column: null, reason: refusal.message }];
  return fields.map(({ field, message }) => ({
    column: columnOf(field, headings, columns),
    reason: saidOfCell(message),
  }));
}

async function write(tx: Tx, id: string, judged: readonly Judged[]): Promise<void> {
  await tx.run(sql`
    update import_row r set outcome = j.outcome, problems = coalesce(j.problems, '[]'), value = j.value,
      referral_id = j.referral_id
    from jsonb_to_recordset(${JSON.stringify(judged)}::jsonb) as j (row integer, outcome text, problems jsonb, value jsonb,
      referral_id uuid)
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.row = j.row`);
}

async function checked(tx: Tx, id: string): Promise<void> {
  await step(tx, id, 'check');
  await count(tx, id, sql`checked_at = ${tx.now}, worked_at = null, stopped_at = null`);
}

/** Counts its rows anew, as what each of them came to. */
const count = (tx: Tx, id: string, more: Sql): Promise<{ added: number; refused: number }> =>
  tx.one<{ added: number; refused: number }>(sql`
    update import_batch b set added = c.added, same = c.same, alike = c.alike, refused = c.refused, ignored = c.ignored,
      ${more}
    from (
      select count(*) filter (where outcome = 'added')::int as added,
        count(*) filter (where outcome = 'same')::int as same,
        count(*) filter (where outcome = 'alike')::int as alike,
        count(*) filter (where outcome = 'refused')::int as refused,
        count(*) filter (where outcome = 'ignored')::int as ignored
      from import_row where scheme_id = ${tx.schemeId} and batch_id = ${id}
    ) c
    where b.scheme_id = ${tx.schemeId} and b.id = ${id} returning b.added, b.refused`);
