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
    const answers = worthKeeping(sent);
    const over = answers && (await this.sessions.ranOut(token, formKey));
    if (!over) return false;
    const { schemeId, visitorId } = over;
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

  /** The page on which to go on with what was typed last; null where nothing waits. */
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

  async of({ actor }: Visit, path: string): Promise<KeptAnswers | null> {
    const kept = await this.database.maybe<{ visitorId: string; answers: string }>(
      actor.schemeId,
      sql`
      select k.visitor_id as "visitorId", k.answers
      from page_kept_form k join page_session s on s.scheme_id = k.scheme_id and s.visitor_id = k.visitor_id
      where k.scheme_id = ${actor.schemeId} and s.id = ${actor.sessionId} and k.path = ${path}`,
    );
    const text = kept && this.vault.open('page-kept-form', about(kept.visitorId, path), kept.answers);
    return text ? (JSON.parse(text) as KeptAnswers) : null;
  }

  /** It was sent, so it waits no longer. */
  async drop({ actor }: Visit, path: string): Promise<void> {
    await this.unitOfWork.run(actor, (tx) =>
      tx.run(sql`
        delete from page_kept_form k using page_session s
        where k.scheme_id = ${tx.schemeId} and k.path = ${path}
          and s.scheme_id = k.scheme_id and s.visitor_id = k.visitor_id and s.id = ${actor.sessionId}`),
    );
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
