import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';
import type { AgreementScope } from './agreement.types.js';
import type { Channel } from './client.types.js';

export interface Merging {
  keptId: string;
  mergedId: string;
  mergeId: string;
}

/** What modules above must take part in. Each runs in the caller's transaction, with the client locked. */
@Injectable()
export class ClientHooks extends HookSet {
  /**
   * Two confirmed records turn out to be one person. Handlers refuse (409) while both have an open referral, move
   * their rows from `mergedId` to `keptId`, and note them with `rememberMoved` so that `unmerging` can put them back.
   * Not run when triage absorbs what a sender wrote: there the caller moves its own referral.
   */
  readonly merging = new Hook<Merging>('clients.merging', [
    'referrals',
    'onward-referrals',
    'assets',
    'outcomes',
    'reminders',
  ]);

  /** Two people after all: handlers put back what `movedBy` tells them, and whatever came of those rows since. */
  readonly unmerging = new Hook<Merging>('clients.unmerging', [
    'referrals',
    'onward-referrals',
    'assets',
    'reminders',
  ]);

  readonly died = new Hook<{ clientId: string }>('clients.died', [
    'referrals',
    'onward-referrals',
    'reminders',
  ]);

  /**
   * Something that keeps whoever works with them safe, or themselves, was written down; or nothing of it holds any more.
   * `recordId`: the one of two joined records to whose worker it is news, where that is not the one kept.
   */
  readonly safetyNoted = new Hook<{ clientId: string; recordId?: string; holds: boolean }>(
    'clients.safetyNoted',
    ['reminders'],
  );

  readonly deathReversed = new Hook<{ clientId: string }>('clients.deathReversed', [
    'referrals',
    'reminders',
  ]);

  /** They agreed to something by itself, not as part of another verb: what waited for it may go on. */
  readonly agreementRecorded = new Hook<{ clientId: string }>('clients.agreementRecorded', ['reminders']);

  /**
   * The person took back what is in `scope` for this recipient (null: the scheme). Whatever relied on it ends now.
   * One agreement may stand for several rows above; `agreementId` is the one named in the request.
   */
  readonly agreementWithdrawn = new Hook<{
    clientId: string;
    agreementId: string;
    organisationId: string | null;
    scope: AgreementScope[];
  }>('clients.agreementWithdrawn', ['referrals', 'onward-referrals', 'caseload', 'reminders']);

  /** Nothing may be sent on this channel from now on, unsent messages included. */
  readonly messagesSwitchedOff = new Hook<{ clientId: string; channel: Channel }>(
    'clients.messagesSwitchedOff',
    ['reminders'],
  );

  /** A safeguarding concern was recorded, acted on, given to somebody else or closed. */
  readonly safeguardingChanged = new Hook<{ safeguardingId: string }>('clients.safeguardingChanged', [
    'reminders',
  ]);

  /** Somebody changed their GP practice, or it was decided who hears of them since. */
  readonly practiceMoved = new Hook<{ clientId: string; moveId: string }>('clients.practiceMoved', [
    'reminders',
  ]);

  /** A lone-worker flag was raised, given another day to be looked at, or ended. */
  readonly flagChanged = new Hook<{ flagId: string }>('clients.flagChanged', ['reminders']);

  /** A group was put on, or taken off, the list of those the person is never offered to. */
  readonly neverOfferChanged = new Hook<{ clientId: string }>('clients.neverOfferChanged', ['reminders']);
}
