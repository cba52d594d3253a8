import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

/** What modules above keep in step with groups and their services, in the transaction that changed them. */
@Injectable()
export class ProviderHooks extends HookSet {
  /** Safety checks that were recorded, replaced or ended. */
  readonly assuranceChanged = new Hook<{ recordIds: readonly string[] }>('provider.assuranceChanged', [
    'reminders',
  ]);
  /** Services whose state, or the day somebody last confirmed them, is another. */
  readonly listingsChanged = new Hook<{ listingIds: readonly string[] }>('provider.listingsChanged', [
    'reminders',
  ]);
}
