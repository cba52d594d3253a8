import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

@Injectable()
export class FeedbackHooks extends HookSet {
  readonly changed = new Hook<{ feedbackId: string }>('feedback.changed', ['reminders']);
}
