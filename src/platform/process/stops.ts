import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';

interface Stop {
  what: string;
  deadlineMs: number;
  run: () => Promise<void>;
}

/** What was started is stopped in the opposite order, each part with its own deadline: the database stops last. */
export class Stops {
  private readonly stack: Stop[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly log: Logger) {}

  add(what: string, deadlineMs: number, run: () => Promise<void>): void {
    this.stack.push({ what, deadlineMs, run });
  }

  get begun(): boolean {
    return this.running !== undefined;
  }

  run(): Promise<void> {
    this.running ??= this.runAll();
    return this.running;
  }

  private async runAll(): Promise<void> {
    for (let stop = this.stack.pop(); stop; stop = this.stack.pop()) {
      const { what, deadlineMs, run } = stop;
      try {
        const late = wait(deadlineMs, 'late' as const, { ref: false });
        if ((await Promise.race([run(), late])) === 'late')
          this.log.warn({ what }, 'stopped without waiting');
      } catch (error) {
        this.log.error({ what, err: error }, 'did not stop well');
      }
    }
  }
}
