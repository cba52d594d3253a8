import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

@Injectable()
export class HandoverHooks extends HookSet {
  /** All that could be handed over has been, or it was called off. */
  readonly ended = new Hook<{ handoverId: string }>('handover.ended', ['reminders']);
}
