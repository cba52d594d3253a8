import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

/** What modules above keep in step with groups and their services, in the transaction that changed them. */
@Injectable()
export class ProviderHooks extends HookSet {
  /** Safety checks that were recorded, replaced or ended. */
  readonly assuranceChanged = new Hook<{ recordIds: readonly string[] }>('provider.assuranceChanged', [
    'reminders',
  ]);
  /** A group is about to close for good: whoever keeps people with it locks them, before the group itself is locked. */
  readonly closing = new Hook<{ organisationId: string }>('provider.closing', ['onward-referrals']);
  /** It has: its services are closed, and nobody new can be offered to it. */
  readonly closedForGood = new Hook<{ organisationId: string; closureId: string }>('provider.closedForGood', [
    'onward-referrals',
    'reminders',
  ]);
  /** That was a mistake. */
  readonly reopened = new Hook<{ organisationId: string; closureId: string }>('provider.reopened', [
    'reminders',
  ]);
  /** Somebody says that a group is theirs, or a manager has decided; `waiting`: whether one still waits for that. */
  readonly claimed = new Hook<{ organisationId: string; waiting: boolean }>('provider.claimed', [
    'reminders',
  ]);
  /** What a group takes and who is there, or how close one of its services comes to people, is not what it was. */
  readonly fitChanged = new Hook<{ organisationId: string } | { listingId: string }>('provider.fitChanged', [
    'reminders',
  ]);
  /** When it may be written to is not what it was. */
  readonly rhythmChanged = new Hook<{ organisationId: string }>('provider.rhythmChanged', ['reminders']);
  /** Services whose state, or the day somebody last confirmed them, is another. */
  readonly listingsChanged = new Hook<{ listingIds: readonly string[] }>('provider.listingsChanged', [
    'reminders',
  ]);
}
