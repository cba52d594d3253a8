import { Injectable } from '@nestjs/common';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { Refusal } from '../platform/errors/refusal.js';
import { normalisePassword } from './password.rules.js';

/** argon2id, the second set of the OWASP password storage cheat sheet. Raise it here; hashes follow at each sign-in. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each takes 19 MiB and most of a core. */
const AT_ONCE = 2;
const MOST_WAITING = 200;
const BUSY_SECONDS = 30;

/** Nobody's password: checked where there is no account, so that an unknown address takes as long as a known one. */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$fUjygzymDNupZrmIAaInaQ$3yaBzMWZx/AkUZlKJlrG1vjLeDOHCSP7gzDh8gk5JCU';

@Injectable()
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(normalisePassword(password), PARAMETERS));
  }

  /** Takes the same time whether or not there is a hash to compare with. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const matches = await this.inTurn(() => verify(stored ?? NOBODY, normalisePassword(password)));
    return matches && stored !== null;
  }

  /** Whether a hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean {
    const { memoryCost, timeCost, parallelism } = parseOptions(stored);
    return (
      memoryCost !== PARAMETERS.memoryCost ||
      timeCost !== PARAMETERS.timeCost ||
      parallelism !== PARAMETERS.parallelism
    );
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= MOST_WAITING) throw Refusal.tooMany(BUSY_SECONDS);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      // The place passes straight to the next in line, so that nobody can slip in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
