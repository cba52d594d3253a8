import { setTimeout as wait } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { Database } from '../../src/platform/database/database.js';
import { JobQueue } from '../../src/platform/jobs/job-queue.js';
import { JobRegistry } from '../../src/platform/jobs/registry.js';
import { EventRunner } from '../../src/platform/outbox/event-runner.js';
import type { TestApp } from './start-app.js';

/**
 * Runs the handlers of every event told so far, here and now, as the worker would: same transaction, same marks. Goes
 * on until they tell nothing new. For tests about effects; those about the queue start the app with `work: true`.
 */
export async function settle(betony: TestApp): Promise<void> {
  const database = betony.get(Database);
  const registry = betony.get(JobRegistry);
  const runner = betony.get(EventRunner);
  for (;;) {
    const lines = await database.unscoped<{ id: string; scheme_id: string; event: string }>(
      sql`select id, scheme_id, event from outbox
        where finished_at is null and (published_at is null or published_at <= ${betony.clock.now()})
        order by seq`,
    );
    if (lines.length === 0) return;
    for (const line of lines) {
      const handlers = registry.handlersOf(line.event);
      for (const { name } of handlers) await runner.run(line.scheme_id, line.id, name);
      if (handlers.length === 0) {
        await database.unscoped(sql`
          update outbox set published_at = ${betony.clock.now()}, finished_at = ${betony.clock.now()}
          where id = ${line.id}`);
      }
    }
  }
}

/** Waits until a worker has nothing left: every event finished and no job waiting or running. */
export async function workDone(betony: TestApp, deadlineMs = 60_000): Promise<void> {
  await eventually(async () => {
    const [open] = await betony
      .get(Database)
      .unscoped<{ count: string }>(sql`select count(*) from outbox where finished_at is null`);
    return Number(open?.count) === 0 && (await betony.get(JobQueue).depth()) === 0;
  }, deadlineMs);
}

/** Asks until the answer is yes. */
export async function eventually(
  question: () => Promise<boolean> | boolean,
  deadlineMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await question())) {
    if (performance.now() > deadline)
      throw new Error(`Not so within ${deadlineMs} ms: ${question.toString()}`);
    await wait(25);
  }
}
