import sql from 'sql-template-tag';
import { derivedCode } from '../identity/token.rules.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { codeMessage } from './page-code.words.js';
import { mayHaveCode } from './page.rules.js';
import { PAGE_CHANGE_ASKED, PAGE_CODE_ASKED } from './page.events.js';
import type { CodeChannel } from './page.types.js';
import { addressBy, visitorFacts, visitorOf, type VisitorRead } from './page-visitors.js';

/** Asks anew, at the moment of sending, whether a code may go there. Nobody is sent one twice (P6). */
@Handles(PAGE_CODE_ASKED, 'send-page-code', { unrepeatable: 'forget' })
export class SendPageCode implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly sender: MessageSender,
  ) {}

  async handle(tx: Tx, { codeId }: EventPayload): Promise<void> {
    if (!codeId) throw new Error('The event lacks its id.');
    const code = await tx.maybe<{ visitorId: string; channel: CodeChannel }>(sql`
      select visitor_id as "visitorId", channel from page_code
      where scheme_id = ${tx.schemeId} and id = ${codeId} and expires_at > ${tx.now} and visitor_id is not null`);
    const row = code && (await tx.maybe<VisitorRead>(visitorFacts(tx.schemeId, code.visitorId)));
    if (!code || !row) return;
    const visitor = visitorOf(row);
    const to = addressBy(visitor, code.channel);
    if (to === null || !mayHaveCode(visitor, code.channel, londonDate(tx.now))) return;
    const { hostname } = new URL(this.config.publicUrl);
    const six = derivedCode(this.config.tokenKey, 'page_code', codeId);
    const { outcome, code: fault } = await this.sender.send(
      codeMessage(code.channel, to, six, codeId, hostname, visitor.language),
    );
    // It was certainly not taken. One that may have been is not sent again: another code can be asked for.
    if (outcome === 'failed') throw new Error(`Nothing was sent: ${fault}`);
  }
}

/** To the new address itself: that the code comes back shows that somebody reads it there. */
@Handles(PAGE_CHANGE_ASKED, 'send-page-change', { unrepeatable: 'forget' })
export class SendPageChange implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly sender: MessageSender,
  ) {}

  async handle(tx: Tx, { changeId }: EventPayload): Promise<void> {
    if (!changeId) throw new Error('The event lacks its id.');
    const change = await tx.maybe<{ channel: CodeChannel; address: string; language: string }>(sql`
      select p.channel, p.address, c.language from page_change p
      join client c on c.scheme_id = p.scheme_id and c.id = p.client_id
      where p.scheme_id = ${tx.schemeId} and p.id = ${changeId} and p.expires_at > ${tx.now} and p.done_at is null
        and not c.safety_flag and c.death_recorded_at is null and c.merged_into is null`);
    if (!change) return;
    const { hostname } = new URL(this.config.publicUrl);
    const six = derivedCode(this.config.tokenKey, 'page_code', changeId);
    const { outcome, code: fault } = await this.sender.send(
      codeMessage(change.channel, change.address, six, changeId, hostname, change.language),
    );
    if (outcome === 'failed') throw new Error(`Nothing was sent: ${fault}`);
  }
}
