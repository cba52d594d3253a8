import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

@Injectable()
export class AreaMoveHooks extends HookSet {
  /** Somebody is to move out of the area, it was decided what becomes of that, or it is over. */
  readonly changed = new Hook<{ areaMoveId: string }>('areaMove.changed', ['reminders']);
}
