import type { Tx } from '../database/tx.js';

type HookHandler<Event, Result> = (tx: Tx, event: Event) => Promise<Result>;

/**
 * A verb of a lower module that higher modules must take part in, inside the caller's transaction.
 * `expects` names every module that has to register; start-up fails when one has not.
 */
export class Hook<Event, Result = void> {
  private readonly handlers = new Map<string, HookHandler<Event, Result>>();

  constructor(
    readonly name: string,
    readonly expects: readonly string[],
  ) {}

  register(module: string, handler: HookHandler<Event, Result>): void {
    if (!this.expects.includes(module)) {
      throw new Error(`Hook ${this.name} does not expect ${module}`);
    }
    this.handlers.set(module, handler);
  }

  missing(): string[] {
    return this.expects.filter((module) => !this.handlers.has(module));
  }

  /** Runs the handlers in the order `expects` lists them, so that locks are always taken in the same order. */
  async run(tx: Tx, event: Event): Promise<Result[]> {
    const results: Result[] = [];
    for (const module of this.expects) {
      const handler = this.handlers.get(module);
      if (!handler) throw new Error(`Hook ${this.name} lacks ${module}`);
      results.push(await handler(tx, event));
    }
    return results;
  }
}

/** Base of the `*Hooks` classes: every Hook that is a property is checked when the application starts. */
export abstract class HookSet {
  onApplicationBootstrap(): void {
    for (const hook of Object.values(this)) {
      if (hook instanceof Hook && hook.missing().length > 0) {
        throw new Error(`Hook ${hook.name} has no handler from: ${hook.missing().join(', ')}`);
      }
    }
  }
}
