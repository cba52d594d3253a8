import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

export interface PlanChanged {
  planId: string;
  referralId: string;
  clientId: string;
}

/** A plan was made or changed, with its review date: reminders follow in the same transaction. */
@Injectable()
export class PlanHooks extends HookSet {
  readonly changed = new Hook<PlanChanged>('plan.changed', ['reminders']);
}
