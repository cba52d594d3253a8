import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

@Injectable()
export class HandoverHooks extends HookSet {
  /** All that could be handed over has been. */
  readonly finished = new Hook<{ handoverId: string }>('handover.finished', ['reminders']);
}
