import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';
import type { Occasion } from './response.types.js';

export interface ResponseRecorded {
  responseId: string;
  referralId: string;
  clientId: string;
  measure: string;
  occasion: Occasion;
}

/** A reminder that answers are due is dropped when they are there, and comes back when they are struck out. */
@Injectable()
export class OutcomeHooks extends HookSet {
  /** Recorded, put right or struck out. */
  readonly recorded = new Hook<ResponseRecorded>('outcomes.recorded', ['reminders']);
  /** Somebody wants no questionnaires, or does again. */
  readonly wished = new Hook<{ clientId: string }>('outcomes.wished', ['reminders']);
}
