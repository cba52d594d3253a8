import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

@Injectable()
export class StoryHooks extends HookSet {
  /** Written, read, agreed to, printed or withdrawn: what anybody is to be reminded of is another now. */
  readonly changed = new Hook<{ storyId: string }>('story.changed', ['reminders']);
}
