import { Injectable, type OnModuleInit } from '@nestjs/common';
import sql from 'sql-template-tag';
import {
  type Actor,
  type MemberActor,
  type SystemActor,
  systemActor,
} from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { Vault } from '../platform/vault/vault.js';
import { standing } from './cover.queries.js';
import type { KeptAnswers, KeptPage } from './kept-form.rules.js';

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

const ALONE: KeptPage = { tab: '', wentOnWith: null };

/** What was typed and not sent, until its owner goes on with it or a week has passed: drafts, and under a session that ran out. */
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
  async keep(cookie: string, path: string, answers: KeptAnswers, page: KeptPage = ALONE): Promise<boolean> {
    const [owner] = await this.database.unscoped<{ scheme_id: string; membership_id: string }>(sql`
      select m.scheme_id, m.id as membership_id
      from session s join membership m on m.id = s.membership_id join user_account a on a.id = s.account_id
      where s.cookie_hash = ${sha256(cookie)} and s.revoked_at is null and a.disabled_at is null
        and ${standing(sql`m`)}`);
    if (!owner) return false;
    const { scheme_id: schemeId, membership_id: membershipId } = owner;
    await this.put(systemActor(schemeId, 'kept form'), membershipId, path, answers, page);
    return true;
  }

  /** A draft of a form that is not sent yet. Answers with its id, by which the form goes on with it. */
  keepDraft(actor: MemberActor, path: string, answers: KeptAnswers, page: KeptPage): Promise<string> {
    return this.put(actor, actor.membershipId, path, answers, page);
  }

  /** One of each page that is open; what it went on with is in it. */
  private put(
    actor: Actor,
    membershipId: string,
    path: string,
    answers: KeptAnswers,
    { tab, wentOnWith }: KeptPage,
  ): Promise<string> {
    const locked = this.vault.lock('kept-form', about(membershipId, path), JSON.stringify(answers));
    return this.unitOfWork.run(actor, async (tx) => {
      const { id } = await tx.one<{ id: string }>(sql`
        insert into kept_form (scheme_id, id, membership_id, path, tab, answers, kept_at)
        values (${tx.schemeId}, ${newId()}, ${membershipId}, ${path}, ${tab}, ${locked}, ${tx.now})
        on conflict (scheme_id, membership_id, path, tab) do update
          set answers = excluded.answers, kept_at = excluded.kept_at
        returning id`);
      await tx.run(sql`
        delete from kept_form where scheme_id = ${tx.schemeId} and membership_id = ${membershipId} and id <> ${id}
          and (id = ${wentOnWith}::uuid or id in (
            select id from kept_form where scheme_id = ${tx.schemeId} and membership_id = ${membershipId}
            order by kept_at desc, id desc offset ${MOST_KEPT}))`);
      return id;
    });
  }

  /** The newest first; where a path is given, of that form alone. */
  async ofMember({ schemeId, membershipId }: MemberActor, of: string | null = null): Promise<KeptForm[]> {
    const rows = await this.database.read<KeptRow>(
      schemeId,
      sql`select id, path, answers, kept_at as "keptAt" from kept_form
        where scheme_id = ${schemeId} and membership_id = ${membershipId} and (${of}::text is null or path = ${of}::text)
        order by kept_at desc, id desc`,
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
