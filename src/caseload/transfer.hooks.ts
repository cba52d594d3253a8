import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

@Injectable()
export class TransferHooks extends HookSet {
  /** Offered, answered or taken back, as seen by the scheme of this transaction: sender or receiver. */
  readonly changed = new Hook<{ transferId: string }>('transfer.changed', ['reminders']);
}
