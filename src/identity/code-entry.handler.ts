import { audit } from '../audit/audit.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { AccountMail } from './account-mail.service.js';
import { CODE_ENTRY_MINUTES, CodeEntry } from './code-entry.service.js';
import { CODE_ENTRY_ASKED } from './identity.events.js';
import { entryCodeLetter } from './message.words.js';

/** The code is derived from the entry's id, since no job may carry it. */
@Handles(CODE_ENTRY_ASKED, 'send-entry-code')
export class SendEntryCode implements EventHandler {
  constructor(
    private readonly entries: CodeEntry,
    private readonly mail: AccountMail,
  ) {}

  async handle(tx: Tx, { accountId, entryId, language }: EventPayload, event: HandledEvent): Promise<void> {
    if (!entryId) throw new Error('The event lacks its id.');
    // An address nobody comes in with so: the line was written so that nobody can tell.
    if (!accountId || !(await this.entries.maySend(tx, entryId, accountId))) return;
    await audit(tx, {
      action: 'session.sendCode',
      subject: { kind: 'user', id: accountId },
    });
    const code = this.entries.codeOf(entryId);
    await this.mail.send(tx, accountId, event.id, (name) =>
      entryCodeLetter({ name, code, minutes: CODE_ENTRY_MINUTES }, language ?? null),
    );
  }
}
