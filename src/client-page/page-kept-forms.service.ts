import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type KeptAnswers, worthKeeping } from '../identity/kept-form.rules.js';
import { type SystemActor, systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Vault } from '../platform/vault/vault.js';
import { PageSessions } from './page-sessions.service.js';
import type { Visit } from './page.types.js';

const KEPT_MS = 86_400_000;

/**
 * What somebody typed on a page that closed by itself meanwhile, until whoever typed it enters again. Whoever left did so
 * to leave nothing: of them nothing is kept.
 */
@Injectable()
export class PageKeptForms {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly vault: Vault,
    private readonly sessions: PageSessions,
  ) {}

  /** Whether it was kept: only what a form of that session sent, of somebody who may still enter. */
  async keep(token: string | null, formKey: string, path: string, sent: KeptAnswers): Promise<boolean> {
    return this.keepOf(await this.sessions.ranOut(token, formKey), path, sent);
  }

  /** The same of somebody who has entered again since that form was opened. */
  async keepOfEarlier(visit: Visit, formKey: string, path: string, sent: KeptAnswers): Promise<boolean> {
    return this.keepOf(await this.sessions.enteredAgain(visit, formKey), path, sent);
  }

  private async keepOf(
    whose: { schemeId: string; visitorId: string } | null,
    path: string,
    sent: KeptAnswers,
  ): Promise<boolean> {
    const answers = worthKeeping(sent);
    if (!whose || !answers) return false;
    const { schemeId, visitorId } = whose;
    const locked = this.vault.lock('page-kept-form', about(visitorId, path), JSON.stringify(answers));
    await this.unitOfWork.run(systemActor(schemeId, 'own page'), (tx) =>
      tx.run(sql`
        insert into page_kept_form (scheme_id, visitor_id, path, answers, kept_at)
        values (${tx.schemeId}, ${visitorId}, ${path}, ${locked}, ${tx.now})
        on conflict (scheme_id, visitor_id, path) do update
          set answers = excluded.answers, kept_at = excluded.kept_at`),
    );
    return true;
  }

  /** Where what was typed last was sent; null where nothing waits. */
  async lastPath({ actor }: Visit): Promise<string | null> {
    const kept = await this.database.maybe<{ path: string }>(
      actor.schemeId,
      sql`
      select k.path from page_kept_form k join page_session s on s.scheme_id = k.scheme_id and s.visitor_id = k.visitor_id
      where k.scheme_id = ${actor.schemeId} and s.id = ${actor.sessionId}
      order by k.kept_at desc, k.path limit 1`,
    );
    return kept?.path ?? null;
  }

  /** What was sent to any of these, together. */
  async of({ actor }: Visit, paths: readonly string[]): Promise<KeptAnswers | null> {
    const kept = await this.database.read<{ visitorId: string; path: string; answers: string }>(
      actor.schemeId,
      sql`
      select k.visitor_id as "visitorId", k.path, k.answers
      from page_kept_form k join page_session s on s.scheme_id = k.scheme_id and s.visitor_id = k.visitor_id
      where k.scheme_id = ${actor.schemeId} and s.id = ${actor.sessionId} and k.path = any(${paths}::text[])`,
    );
    const opened = kept.flatMap(({ visitorId, path, answers }) => {
      const text = this.vault.open('page-kept-form', about(visitorId, path), answers);
      return text ? Object.entries(JSON.parse(text) as KeptAnswers) : [];
    });
    return opened.length > 0 ? Object.fromEntries(opened) : null;
  }

  /** Sent, or not to be sent any more, it waits no longer. Whether anything did. */
  async drop({ actor }: Visit, path: string): Promise<boolean> {
    const { rowCount } = await this.unitOfWork.beside(actor, (tx) =>
      tx.run(sql`
        delete from page_kept_form k using page_session s
        where k.scheme_id = ${tx.schemeId} and k.path = ${path}
          and s.scheme_id = k.scheme_id and s.visitor_id = k.visitor_id and s.id = ${actor.sessionId}`),
    );
    return rowCount !== null && rowCount > 0;
  }

  async forgetOld(actor: SystemActor): Promise<void> {
    await this.unitOfWork.run(actor, (tx) =>
      tx.run(sql`
        delete from page_kept_form
        where scheme_id = ${tx.schemeId} and kept_at < ${new Date(tx.now.getTime() - KEPT_MS)}`),
    );
  }
}

const about = (visitorId: string, path: string): string => `${visitorId} ${path}`;
