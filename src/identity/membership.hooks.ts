import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

export interface MembershipEnding {
  membershipId: string;
  /** Who takes over live work: the worker named, else the scheme's standing cover. Null: refuse if there is any. */
  handTo: string | null;
  because: 'ended' | 'disabled';
}

/** What must be settled in the transaction in which somebody stops working. */
@Injectable()
export class MembershipHooks extends HookSet {
  /** Somebody was shut out or let in again, or has left, whatever became of their work. */
  readonly shut = new Hook<{ membershipIds: readonly string[] }>('membership.shut', ['reminders']);

  /** A program has another key, or one key or all of it less. */
  readonly programChanged = new Hook<{ programId: string }>('membership.programChanged', ['reminders']);

  readonly ending = new Hook<MembershipEnding>('membership.ending', ['link-workers', 'referrals']);
}
