import { Injectable } from '@nestjs/common';

/** The only place that asks what time it is, so that tests can say. */
@Injectable()
export class Clock {
  now(): Date {
    return this.machine();
  }

  /** What this machine's own clock shows, whatever time it is said to be: for judging that clock itself. */
  machine(): Date {
    return new Date();
  }
}
