import sql from 'sql-template-tag';
import { londonDate } from '../platform/clock/calendar.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { AccountMail } from './account-mail.service.js';
import { SESSION_ON_NEW_DEVICE } from './identity.events.js';
import { newDeviceLetter } from './message.words.js';

@Handles(SESSION_ON_NEW_DEVICE, 'tell-of-new-device')
export class TellOfNewDevice implements EventHandler {
  constructor(private readonly mail: AccountMail) {}

  async handle(tx: Tx, { accountId, sessionId }: EventPayload, event: HandledEvent): Promise<void> {
    if (!accountId || !sessionId) throw new Error('The event lacks its ids.');
    if (!(await schemeSettings(tx)).newDeviceNotice) return;
    const { device } = await tx.one<{ device: string }>(
      sql`select device from session where id = ${sessionId}`,
    );
    const at = [londonDate(event.at), londonTime(event.at)] as const;
    const account = this.mail.address;
    await this.mail.send(tx, accountId, event.id, (name) => newDeviceLetter({ name, device, at, account }));
  }
}
