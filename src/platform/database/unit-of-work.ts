import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PoolClient } from 'pg';
import type { Actor } from '../actor/actor.types.js';
import { Clock } from '../clock/clock.js';
import { currentClaim, currentRequestId, type IdempotencyClaim } from '../http/request-context.js';
import { begin, bindScheme, commit } from './database.js';
import { claimant, repeatedResult, rememberResult } from './idempotency.js';
import { inOneWrite } from './one-write.js';
import { overtaken } from './prepared.js';
import { Tx } from './tx.js';

const DEADLOCK = '40P01';
const SERIALISATION_FAILURE = '40001';
const TRIES = 3;

/** One write is one transaction: the row, its history, its audit entry and its outbox line, or none of them. */
@Injectable()
export class UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** `work` may run again after a deadlock or a migration, so it must touch nothing but `tx`. */
  run<Result>(actor: Actor, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.tried(actor, work, currentClaim());
  }

  /**
   * The same with the request's key left to its write: for what keeps nothing but that somebody looked, or stands whatever
   * becomes of that write.
   */
  beside<Result>(actor: Actor, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.tried(actor, work, undefined);
  }

  private async tried<Result>(
    actor: Actor,
    work: (tx: Tx) => Promise<Result>,
    claim: IdempotencyClaim | undefined,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(actor, work, claim);
      } catch (error) {
        const code = (error as { code?: string }).code;
        const again = code === DEADLOCK || code === SERIALISATION_FAILURE || overtaken(error);
        if (!again || attempt === TRIES) throw error;
      }
    }
  }

  private async attempt<Result>(
    actor: Actor,
    work: (tx: Tx) => Promise<Result>,
    claim: IdempotencyClaim | undefined,
  ): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    const flag = runner as { isTransactionActive: boolean };
    inOneWrite(client);
    // Sent without waiting: they arrive with the first statement of `work`.
    const opened = Promise.all([client.query(begin), client.query(bindScheme(actor.schemeId))]);
    opened.catch(() => undefined);
    // TypeORM must know a transaction is open, or its manager would open its own.
    flag.isTransactionActive = true;
    try {
      const tx = new Tx(actor, this.clock.now(), currentRequestId(), client, runner.manager);
      const result =
        claim && !claim.used && claimant(actor) !== null ? await this.once(tx, claim, work) : await work(tx);
      await opened;
      const ended = await client.query(commit);
      // PostgreSQL answers a commit of a failed transaction with ROLLBACK and no error.
      if (ended.command !== 'COMMIT') throw new Error('The transaction was rolled back by the database.');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      flag.isTransactionActive = false;
      await runner.release();
    }
  }

  /** A repeated Idempotency-Key gives the id of the first answer and does nothing; the caller authorises the reading of it again. */
  private async once<Result>(
    tx: Tx,
    claim: IdempotencyClaim,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<Result> {
    const earlier = await repeatedResult(tx, claim);
    if (earlier !== null) {
      claim.replayed = true;
      claim.used = true;
      return earlier as Result;
    }
    const result = await work(tx);
    await rememberResult(tx, claim, result);
    claim.used = true;
    return result;
  }
}
