import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

@Injectable()
export class EscalationHooks extends HookSet {
  /** Put before the managers, or answered. */
  readonly changed = new Hook<{ escalationId: string }>('escalation.changed', ['reminders']);
}
