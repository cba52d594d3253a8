import { Injectable, type OnModuleInit } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type MemberActor, type SystemActor, systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { Vault } from '../platform/vault/vault.js';
import { standing } from './cover.queries.js';
import type { KeptAnswers } from './kept-form.rules.js';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 7 * DAY_MS;
/** Of one person at once: a browser that sends the same again and again fills nothing. */
const MOST_KEPT = 20;

export interface KeptForm {
  id: string;
  path: string;
  answers: KeptAnswers;
  keptAt: Date;
}

interface KeptRow extends Omit<KeptForm, 'answers'> {
  answers: string;
}

/** What was typed under a session that ran out, until its owner goes on with it or a week has passed. */
@Injectable()
export class KeptForms implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly vault: Vault,
    private readonly ticks: Ticks,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'forget-kept-forms',
      everyMs: DAY_MS / 24,
      for: 'scheme',
      run: (actor) => this.forget(actor),
    });
  }

  /** Whether it was kept: only for a session that ran out by itself, of somebody who may still sign in. */
  async keep(cookie: string, path: string, answers: KeptAnswers): Promise<boolean> {
    const [owner] = await this.database.unscoped<{ scheme_id: string; membership_id: string }>(sql`
      select m.scheme_id, m.id as membership_id
      from session s join membership m on m.id = s.membership_id join user_account a on a.id = s.account_id
      where s.cookie_hash = ${sha256(cookie)} and s.revoked_at is null and a.disabled_at is null
        and ${standing(sql`m`)}`);
    if (!owner) return false;
    const { scheme_id: schemeId, membership_id: membershipId } = owner;
    const locked = this.vault.lock('kept-form', about(membershipId, path), JSON.stringify(answers));
    await this.unitOfWork.run(systemActor(schemeId, 'kept form'), async (tx) => {
      await tx.run(sql`
        insert into kept_form (scheme_id, id, membership_id, path, answers, kept_at)
        values (${schemeId}, ${newId()}, ${membershipId}, ${path}, ${locked}, ${tx.now})
        on conflict (scheme_id, membership_id, path) do update
          set answers = excluded.answers, kept_at = excluded.kept_at`);
      await tx.run(sql`
        delete from kept_form where scheme_id = ${schemeId} and id in (
          select id from kept_form where scheme_id = ${schemeId} and membership_id = ${membershipId}
          order by kept_at desc, id desc offset ${MOST_KEPT})`);
    });
    return true;
  }

  /** The newest first. */
  async ofMember({ schemeId, membershipId }: MemberActor): Promise<KeptForm[]> {
    const rows = await this.database.read<KeptRow>(
      schemeId,
      sql`select id, path, answers, kept_at as "keptAt" from kept_form
        where scheme_id = ${schemeId} and membership_id = ${membershipId} order by kept_at desc, id desc`,
    );
    return rows.flatMap((row) => {
      const text = this.vault.open('kept-form', about(membershipId, row.path), row.answers);
      return text === null ? [] : [{ ...row, answers: JSON.parse(text) as KeptAnswers }];
    });
  }

  async drop(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const gone = await tx.run(sql`
        delete from kept_form
        where scheme_id = ${tx.schemeId} and id = ${id} and membership_id = ${actor.membershipId}`);
      if (gone.rowCount !== 1) throw Refusal.notFound();
      return id;
    });
  }

  async forget(actor: SystemActor): Promise<void> {
    await this.unitOfWork.run(actor, (tx) =>
      tx.run(sql`
        delete from kept_form where scheme_id = ${tx.schemeId} and kept_at < ${new Date(tx.now.getTime() - KEPT_MS)}`),
    );
  }
}

const about = (membershipId: string, path: string): string => `${membershipId} ${path}`;
