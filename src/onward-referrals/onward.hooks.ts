import { Injectable } from '@nestjs/common';
import type { LinkActor } from '../platform/actor/actor.types.js';
import { Hook, HookSet } from '../platform/hooks/hook.js';
import type { OnwardVerb } from './onward.lifecycle.js';
import type { OnwardState } from './onward.types.js';

export interface OnwardMoved {
  onwardReferralId: string;
  referralId: string;
  clientId: string;
  organisationId: string;
  listingId: string;
  action: OnwardVerb;
  /** null: it was made just now. Equal to `to` where something was recorded and nothing moved. */
  from: OnwardState | null;
  to: OnwardState;
}

@Injectable()
export class OnwardHooks extends HookSet {
  /** "I no longer help here": a group may have nobody left who answers. */
  readonly contactLeft = new Hook<{ organisationId: string }>('onward.contactLeft', ['reminders']);

  /** A group is worried about somebody and wants to be rung. `person`: null where it did not say who. */
  readonly worried = new Hook<{
    about: LinkActor['about'];
    person: { referralId: string; clientId: string } | null;
  }>('onward.worried', ['reminders']);

  /** Every move, in its own transaction. */
  readonly moved = new Hook<OnwardMoved>('onward.moved', ['reminders']);
  /** A second person was asked, has answered, or needs to no more. */
  readonly approvalChanged = new Hook<{ approvalIds: readonly string[] }>('onward.approvalChanged', [
    'reminders',
  ]);
  /** Somebody goes along, has been, or does not. */
  readonly warmHandoverChanged = new Hook<{ warmHandoverId: string }>('onward.warmHandoverChanged', [
    'reminders',
  ]);
  /** A concern about a group was raised or reviewed. */
  readonly concernChanged = new Hook<{ concernId: string }>('onward.concernChanged', ['reminders']);
  /** The register of a session was opened after it, marked or made final. */
  readonly registerChanged = new Hook<{ registerId: string }>('onward.registerChanged', ['reminders']);
  /** A need nobody could meet was written down or met. */
  readonly gapChanged = new Hook<{ gapId: string }>('onward.gapChanged', ['reminders']);
}
