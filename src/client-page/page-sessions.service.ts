import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { derivedToken } from '../identity/token.rules.js';
import { type SystemActor, systemActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { sha256 } from '../platform/pure/hash.js';
import { idleUntil, looksLikeToken, mayVisit } from './page.rules.js';
import type { EnteredBy, Visit } from './page.types.js';
import { type Ring, visitorFacts, visitorOf, type VisitorRead, WHO_TO_RING } from './page-visitors.js';

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
    if (token === null || !looksLikeToken(token)) return null;
    const now = this.clock.now();
    const [session] = await this.database.unscoped<SessionRow>(sql`
      select id, scheme_id as "schemeId", visitor_id as "visitorId", entered_by as "enteredBy", seen_at as "seenAt",
        expires_at as "expiresAt"
      from page_session where hash = ${sha256(token)} and ended_at is null`);
    if (!session || idleUntil(session.seenAt, session.expiresAt) <= now) return null;
    const { schemeId, visitorId } = session;
    const row = await this.database.maybe<VisitorRead & { ring: Ring }>(
      schemeId,
      visitorFacts(schemeId, visitorId, sql`, ${WHO_TO_RING} as ring`),
    );
    const visitor = row && visitorOf(row);
    if (!visitor || !mayVisit(visitor, session.enteredBy, londonDate(now))) return null;
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
      formKey: derivedToken(this.config.tokenKey, 'page_form', session.id),
      safetyFlag: visitor.safetyFlag,
      worker: row.ring.name,
      phone: row.ring.phone,
      language: visitor.language,
      until: idleUntil(now, session.expiresAt),
    };
  }

  /** Leaving: the session is over for every window that shares it. */
  async end({ actor }: Visit): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const { rowCount } = await tx.run(sql`
        update page_session set ended_at = ${tx.now} where id = ${actor.sessionId} and ended_at is null`);
      if (rowCount === 0) return;
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
