import { londonDate } from '../platform/clock/calendar.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { AccountMail } from './account-mail.service.js';
import { PASSWORD_CHANGED } from './identity.events.js';
import { passwordChangedLetter } from './message.words.js';

/** Whoever did not do it themselves has to hear of it, whatever their scheme has switched off. */
@Handles(PASSWORD_CHANGED, 'tell-of-password')
export class TellOfPassword implements EventHandler {
  constructor(private readonly mail: AccountMail) {}

  async handle(tx: Tx, { accountId }: EventPayload, event: HandledEvent): Promise<void> {
    if (!accountId) throw new Error('The event lacks its account.');
    const at = [londonDate(event.at), londonTime(event.at)] as const;
    const forgotten = new URL('/desk/forgotten', this.mail.address).href;
    await this.mail.send(tx, accountId, event.id, (name) => passwordChangedLetter({ name, at, forgotten }));
  }
}
