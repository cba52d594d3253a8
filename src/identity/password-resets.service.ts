import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { Accounts } from './accounts.service.js';
import { standing } from './cover.queries.js';
import { PASSWORD_RESET_ASKED } from './identity.events.js';

@Injectable()
export class PasswordResets {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: Accounts,
  ) {}

  /** The same line is written, in the same time, for an address nobody has: the worker then finds nobody to write to. */
  async ask(email: string): Promise<void> {
    const account = await this.accounts.find(email);
    const [home] = await this.database.unscoped<{ scheme_id: string }>(sql`
      select m.scheme_id from membership m
      where m.account_id = ${account && !account.disabled ? account.id : newId()} and ${standing(sql`m`)}
      order by m.created_at, m.id limit 1`);
    const actor = systemActor(home?.scheme_id ?? INSTALLATION, 'password reset');
    await this.unitOfWork.run(actor, (tx) =>
      outbox.add(tx, PASSWORD_RESET_ASKED, {
        accountId: home && account ? account.id : null,
        linkId: newId(),
      }),
    );
  }
}
