import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

export interface ContactLogged {
  contactId: string;
  referralId: string;
  clientId: string;
  reached: boolean;
}

/** Reminders are made and dropped in the same transaction as the contact that asks for it. */
@Injectable()
export class ContactHooks extends HookSet {
  readonly logged = new Hook<ContactLogged>('contact.logged', ['reminders']);
  /** Put right: whoever counts contacts counts again. */
  readonly amended = new Hook<ContactLogged>('contact.amended', ['reminders']);
  /** Chosen what next after three tries: what it makes somebody's task. */
  readonly chosen = new Hook<{ referralId: string }>('contact.chosen', ['reminders']);
}
