import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { lockWithin } from '../clients/client-rows.js';
import { ClientsService } from '../clients/clients.service.js';
import { derivedCode } from '../identity/token.rules.js';
import type { SystemActor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { equalInTime } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { PageTasks } from '../reminders/page-tasks.js';
import { PAGE_CHANGE_ASKED } from './page.events.js';
import { CHANGES_A_DAY, CODE_TRIES, codeUntil, typedAddress } from './page.rules.js';
import type { CodeChannel, Visit } from './page.types.js';

const DAY_MS = 86_400_000;
const KEPT_MS = 2 * DAY_MS;

/**
 * Another number or e-mail address, or the one we have made safe again: kept only when a code that went there comes
 * back, so that nobody who finds the page open can lead messages to themselves unseen. Whoever works with the person is
 * told.
 */
@Injectable()
export class PageChanges {
  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly clients: ClientsService,
    private readonly tasks: PageTasks,
  ) {}

  ask({ actor }: Visit, to: string): Promise<string> {
    const typed = typedAddress(to);
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.amend', actor.clientId);
      if (!typed) throw Refusal.invalidField('to', 'Enter an e-mail address or a UK mobile number');
      if (client.safetyFlag) {
        throw Refusal.conflict('safety-flag', 'Please talk to us: we change this together with you.');
      }
      const since = new Date(tx.now.getTime() - DAY_MS);
      const { asked } = await tx.one<{ asked: number }>(sql`
        select count(*)::int as asked from page_change
        where scheme_id = ${tx.schemeId} and client_id = ${actor.clientId} and created_at > ${since}`);
      if (asked >= CHANGES_A_DAY) throw Refusal.tooMany(DAY_MS / 1000);
      const id = newId();
      await tx.run(sql`
        insert into page_change (scheme_id, id, client_id, channel, address, created_at, expires_at)
        values (${tx.schemeId}, ${id}, ${actor.clientId}, ${typed.channel}, ${typed.address}, ${tx.now},
          ${codeUntil(tx.now)})`);
      await audit(tx, {
        action: 'page.askChange',
        subject: { kind: 'pageChange', id },
        clients: [actor.clientId],
        details: { channel: typed.channel },
      });
      await outbox.add(tx, PAGE_CHANGE_ASKED, { changeId: id });
      return id;
    });
  }

  /** Few tries and minutes, like every code. A wrong one is written down, so it is an answer and no fault. */
  confirm({ actor }: Visit, changeId: string, guess: string): Promise<'done' | 'wrong' | 'none'> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.amend', actor.clientId);
      const change = await tx.maybe<{
        channel: CodeChannel;
        address: string;
        tries: number;
        open: boolean;
      }>(sql`
        select channel, address, tries, done_at is null and expires_at > ${tx.now} as open from page_change
        where scheme_id = ${tx.schemeId} and id = ${changeId} and client_id = ${actor.clientId} for update`);
      if (!change?.open || change.tries >= CODE_TRIES || client.safetyFlag) return 'none';
      if (!equalInTime(guess, derivedCode(this.config.tokenKey, 'page_code', changeId))) {
        await tx.run(sql`
          update page_change set tries = tries + 1 where scheme_id = ${tx.schemeId} and id = ${changeId}`);
        await audit(tx, {
          action: 'page.wrongCode',
          subject: { kind: 'pageChange', id: changeId },
          clients: [actor.clientId],
        });
        return change.tries + 1 >= CODE_TRIES ? 'none' : 'wrong';
      }
      await tx.run(sql`
        update page_change set done_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${changeId}`);
      const { channel, address } = change;
      await this.clients.amendWithin(
        tx,
        actor.clientId,
        channel === 'text' ? { phone: address, safeToText: 'yes' } : { email: address, safeToEmail: 'yes' },
      );
      await this.tasks.ask(tx, 'contact_wish', { kind: 'client', id: actor.clientId }, actor.clientId);
      return 'done';
    });
  }

  async forgetOld(actor: SystemActor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      await tx.run(sql`
        delete from page_change
        where scheme_id = ${tx.schemeId} and expires_at < ${new Date(tx.now.getTime() - KEPT_MS)}`);
    });
  }
}
