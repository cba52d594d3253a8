import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

/** What modules above keep in step with an organisation, in the transaction that changed it. */
@Injectable()
export class OrganisationHooks extends HookSet {
  readonly amended = new Hook<{ organisationId: string; changed: readonly string[] }>(
    'organisation.amended',
    ['providers'],
  );

  /** An organisation asked about who signs in for it, or that was answered. */
  readonly staffAsked = new Hook<{ requestId: string }>('organisation.staffAsked', ['reminders']);
}
