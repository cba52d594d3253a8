import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

export interface Caseload {
  membershipId: string;
  /** Referrals owned and not ended. */
  live: number;
}

/** What only a higher module knows of a team, or does where it changes. */
@Injectable()
export class LinkWorkerHooks extends HookSet {
  /** The caseloads of these link workers; those with none may be left out. */
  readonly caseloads = new Hook<{ membershipIds: readonly string[] }, readonly Caseload[]>(
    'linkWorkers.caseloads',
    ['referrals'],
  );
  /** Somebody is to be away, or is not after all. */
  readonly coverChanged = new Hook<{ workerId: string }>('linkWorkers.coverChanged', ['reminders']);
}
