import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { derivedToken } from '../identity/token.rules.js';
import { type SystemActor, systemActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { equalInTime, sha256 } from '../platform/pure/hash.js';
import { idleUntil, looksLikeToken, mayVisit } from './page.rules.js';
import type { EnteredBy, Visit } from './page.types.js';
import {
  type Ring,
  visitorFacts,
  visitorOf,
  type VisitorRead,
  type VisitorRow,
  WHO_TO_RING,
} from './page-visitors.js';

interface SessionRow extends Record<string, unknown> {
  id: string;
  schemeId: string;
  visitorId: string;
  enteredBy: EnteredBy;
  seenAt: Date;
  expiresAt: Date;
}

/** A touch is written down at most so often. */
const TOUCH_MS = 30_000;
/** Longer than codes are counted for. */
const KEPT_MS = 2 * 86_400_000;

/** Short sessions. Whether somebody may still be here is asked of their record at every request. */
@Injectable()
export class PageSessions {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async visit(token: string | null): Promise<Visit | null> {
    const now = this.clock.now();
    const session = await this.notEnded(token);
    if (!session || idleUntil(session.seenAt, session.expiresAt) <= now) return null;
    const { schemeId } = session;
    const found = await this.visitorOn(session);
    if (!found) return null;
    const { visitor, ring } = found;
    if (now.getTime() - session.seenAt.getTime() >= TOUCH_MS) {
      await this.unitOfWork.run(systemActor(schemeId, 'own page'), (tx) =>
        tx.run(sql`update page_session set seen_at = ${now} where id = ${session.id}`),
      );
    }
    return {
      actor: {
        kind: 'client',
        schemeId,
        clientId: visitor.clientId,
        sessionId: session.id,
        supporterId: visitor.supporterId,
        items: visitor.supporter?.items ?? [],
      },
      scheme: visitor.scheme,
      name: visitor.name,
      formKey: this.formKey(session),
      safetyFlag: visitor.safetyFlag,
      worker: ring.name,
      phone: ring.phone,
      language: visitor.language,
      until: idleUntil(now, session.expiresAt),
    };
  }

  /** Whose it was, where it closed by itself and they may still enter; `formKey` proves that a form of it was sent. */
  async ranOut(
    token: string | null,
    formKey: string,
  ): Promise<{ schemeId: string; visitorId: string } | null> {
    const session = await this.notEnded(token);
    if (!session || idleUntil(session.seenAt, session.expiresAt) > this.clock.now()) return null;
    if (!equalInTime(formKey, this.formKey(session))) return null;
    return (await this.visitorOn(session)) && session;
  }

  /** Whose visit it is, where the key is that of another session of theirs, as in a tab that was open before they entered again. */
  async enteredAgain(
    { actor }: Visit,
    formKey: string,
  ): Promise<{ schemeId: string; visitorId: string } | null> {
    const theirs = await this.database.read<Pick<SessionRow, 'id' | 'schemeId' | 'visitorId'>>(
      actor.schemeId,
      sql`
      select o.id, o.scheme_id as "schemeId", o.visitor_id as "visitorId"
      from page_session s join page_session o on o.scheme_id = s.scheme_id and o.visitor_id = s.visitor_id
      where s.scheme_id = ${actor.schemeId} and s.id = ${actor.sessionId} and o.ended_at is null`,
    );
    return theirs.find((session) => equalInTime(formKey, this.formKey(session))) ?? null;
  }

  private async notEnded(token: string | null): Promise<SessionRow | null> {
    if (token === null || !looksLikeToken(token)) return null;
    const [session] = await this.database.unscoped<SessionRow>(sql`
      select id, scheme_id as "schemeId", visitor_id as "visitorId", entered_by as "enteredBy", seen_at as "seenAt",
        expires_at as "expiresAt"
      from page_session where hash = ${sha256(token)} and ended_at is null`);
    return session ?? null;
  }

  private async visitorOn({
    schemeId,
    visitorId,
    enteredBy,
  }: SessionRow): Promise<{ visitor: VisitorRow; ring: Ring } | null> {
    const row = await this.database.maybe<VisitorRead & { ring: Ring }>(
      schemeId,
      visitorFacts(schemeId, visitorId, sql`, ${WHO_TO_RING} as ring`),
    );
    const visitor = row && visitorOf(row);
    const may = visitor && mayVisit(visitor, enteredBy, londonDate(this.clock.now()));
    return may ? { visitor, ring: row.ring } : null;
  }

  private formKey({ id }: Pick<SessionRow, 'id'>): string {
    return derivedToken(this.config.tokenKey, 'page_form', id);
  }

  /** Also of a page that closed by itself: what was kept of it then is what somebody may have to take away at once. */
  async leave(token: string | null): Promise<void> {
    const visit = await this.visit(token);
    if (visit) return this.end(visit);
    const session = await this.notEnded(token);
    if (!session) return;
    await this.unitOfWork.run(systemActor(session.schemeId, 'own page'), (tx) => endWithin(tx, session.id));
  }

  /** Leaving: the session is over for every window that shares it, and what was typed and not sent is gone. */
  async end({ actor }: Visit): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      if (!(await endWithin(tx, actor.sessionId))) return;
      await audit(tx, {
        action: 'page.leave',
        subject: { kind: 'pageSession', id: actor.sessionId },
        clients: [actor.clientId],
      });
    });
  }

  /** Codes and sessions that open nothing any more say nothing either. */
  async forgetOld(actor: SystemActor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const before = new Date(tx.now.getTime() - KEPT_MS);
      await tx.run(sql`delete from page_code where expires_at < ${before}`);
      await tx.run(sql`delete from page_session where expires_at < ${before}`);
    });
  }
}

/** Whether it was still to be ended. */
async function endWithin(tx: Tx, sessionId: string): Promise<boolean> {
  const { rowCount } = await tx.run(sql`
    update page_session set ended_at = ${tx.now} where id = ${sessionId} and ended_at is null`);
  if (rowCount === 0) return false;
  await tx.run(sql`
    delete from page_kept_form k using page_session s
    where k.scheme_id = ${tx.schemeId} and s.scheme_id = k.scheme_id and s.visitor_id = k.visitor_id
      and s.id = ${sessionId}`);
  return true;
}
