import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { derivedCode, derivedToken } from '../identity/token.rules.js';
import { systemActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { equalInTime, newToken, sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import {
  CODE_TRIES,
  codeUntil,
  idleUntil,
  LINK_TRIES,
  looksLikeToken,
  mayVisit,
  secondsToWait,
  sessionUntil,
  typedAddress,
} from './page.rules.js';
import { PAGE_CODE_ASKED } from './page.events.js';
import type { EnteredBy } from './page.types.js';
import { keepVisitor, visitorFacts, visitorOf, type VisitorRead, whoHas } from './page-visitors.js';

/** What an attempt came to: the token of a session, a wrong guess, or nothing that could still be entered. */
export type Entered = { token: string; until: Date } | 'wrong' | 'none';

const DAY_MS = 86_400_000;
/** Whoever waits for a scheme to be chosen sees these many. */
const MOST_SCHEMES = 200;

/**
 * The ways in. What is written and answered is the same whether or not an address is anybody's, whether they may enter
 * or not: a guess learns nothing, and neither does whoever looks over a shoulder.
 */
@Injectable()
export class PageEntry {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** By name; of the people in them it says nothing. */
  schemes(): Promise<{ id: string; name: string }[]> {
    return this.database.unscoped<{ id: string; name: string }>(sql`
      select id, name from scheme order by name, id limit ${MOST_SCHEMES}`);
  }

  /** Sends a code to an address if it is somebody's who may enter by it. The id stands for the asking alone. */
  async askCode(schemeId: string | null, to: string): Promise<string> {
    const typed = typedAddress(to);
    if (!typed) throw Refusal.invalidField('to', 'Enter an e-mail address or a UK mobile number');
    const scheme = await this.schemeFor(schemeId);
    const { channel, address } = typed;
    const hash = derivedToken(this.config.tokenKey, 'page_address', `${scheme} ${channel} ${address}`);
    return this.unitOfWork.run(systemActor(scheme, 'own page'), async (tx) => {
      await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${hash}, 0))`);
      const earlier = await tx.rows<{ at: Date }>(sql`
        select created_at as at from page_code
        where address_hash = ${hash} and created_at > ${new Date(tx.now.getTime() - DAY_MS)}
        order by created_at desc`);
      const wait = secondsToWait(
        earlier.map(({ at }) => at),
        tx.now,
      );
      if (wait > 0) throw Refusal.tooMany(wait);
      const who = await whoHas(tx, typed);
      const visitorId = who && (await keepVisitor(tx, who.clientId, who.supporterId));
      const id = newId();
      await tx.run(sql`
        insert into page_code (id, scheme_id, visitor_id, address_hash, channel, created_at, expires_at)
        values (${id}, ${tx.schemeId}, ${visitorId}, ${hash}, ${channel}, ${tx.now}, ${codeUntil(tx.now)})`);
      await audit(tx, {
        action: 'page.askCode',
        subject: { kind: 'pageCode', id },
        clients: who ? [who.clientId] : [],
      });
      await outbox.add(tx, PAGE_CODE_ASKED, { codeId: id });
      return id;
    });
  }

  /** Few tries and minutes, and each code opens once. A code that went to nobody is wrong like any other. */
  async enterCode(askId: string, guess: string): Promise<Entered> {
    const [asked] = await this.database.unscoped<{ schemeId: string }>(sql`
      select scheme_id as "schemeId" from page_code where id = ${askId}`);
    if (!asked) return 'none';
    return this.unitOfWork.run(systemActor(asked.schemeId, 'own page'), async (tx): Promise<Entered> => {
      const code = await tx.one<{ visitorId: string | null; tries: number; open: boolean }>(sql`
        select visitor_id as "visitorId", tries, entered_at is null and expires_at > ${tx.now} as open
        from page_code where id = ${askId} for update`);
      if (!code.open || code.tries >= CODE_TRIES) return 'none';
      const right = equalInTime(guess, derivedCode(this.config.tokenKey, 'page_code', askId));
      const entered = right && code.visitorId !== null ? await this.enter(tx, code.visitorId, 'code') : null;
      if (entered) {
        await tx.run(sql`update page_code set entered_at = ${tx.now} where id = ${askId}`);
        return entered;
      }
      await tx.run(sql`update page_code set tries = tries + 1 where id = ${askId}`);
      await audit(tx, { action: 'page.wrongCode', subject: { kind: 'pageCode', id: askId } });
      return code.tries + 1 >= CODE_TRIES ? 'none' : 'wrong';
    });
  }

  /** Whether a link still leads anywhere. It says nothing of whom it was given to. */
  async linkWorks(token: string): Promise<boolean> {
    return (await this.linkOf(token)) !== null;
  }

  /** The link and the person's date of birth together; some wrong dates end the link. */
  async enterByLink(token: string, dateOfBirth: string): Promise<Entered> {
    const link = await this.linkOf(token);
    if (!link) return 'none';
    return this.unitOfWork.run(systemActor(link.schemeId, 'own page'), async (tx): Promise<Entered> => {
      const row = await tx.maybe<{ visitorId: string; tries: number }>(sql`
        select visitor_id as "visitorId", tries from page_link
        where id = ${link.id} and revoked_at is null and tries < ${LINK_TRIES} for update`);
      const visitor = row && (await tx.maybe<VisitorRead>(visitorFacts(tx.schemeId, row.visitorId)));
      if (!row || !visitor) return 'none';
      if (visitor.bornOn === dateOfBirth) {
        await tx.run(sql`update page_link set tries = 0 where id = ${link.id}`);
        return (await this.enter(tx, row.visitorId, 'link')) ?? 'none';
      }
      const last = row.tries + 1 >= LINK_TRIES;
      await tx.run(sql`
        update page_link set tries = tries + 1, revoked_at = ${last ? tx.now : null} where id = ${link.id}`);
      await audit(tx, {
        action: 'page.wrongDate',
        subject: { kind: 'pageLink', id: link.id },
        clients: [visitor.clientId],
      });
      return last ? 'none' : 'wrong';
    });
  }

  private async enter(tx: Tx, visitorId: string, by: EnteredBy): Promise<Exclude<Entered, string> | null> {
    const row = await tx.maybe<VisitorRead>(visitorFacts(tx.schemeId, visitorId));
    const visitor = row && visitorOf(row);
    if (!visitor || !mayVisit(visitor, by, londonDate(tx.now))) return null;
    const [token, id, until] = [newToken(), newId(), sessionUntil(tx.now)];
    await tx.run(sql`
      insert into page_session (hash, id, scheme_id, visitor_id, entered_by, created_at, seen_at, expires_at)
      values (${sha256(token)}, ${id}, ${tx.schemeId}, ${visitorId}, ${by}, ${tx.now}, ${tx.now}, ${until})`);
    await audit(tx, {
      action: 'page.enter',
      subject: { kind: 'pageSession', id },
      clients: [visitor.clientId],
      details: { by, supporterId: visitor.supporterId },
    });
    return { token, until: idleUntil(tx.now, until) };
  }

  private async linkOf(token: string): Promise<{ id: string; schemeId: string } | null> {
    if (!looksLikeToken(token)) return null;
    const [link] = await this.database.unscoped<{ id: string; schemeId: string; visitorId: string }>(sql`
      select id, scheme_id as "schemeId", visitor_id as "visitorId" from page_link
      where hash = ${sha256(token)} and revoked_at is null and expires_at > ${this.clock.now()}`);
    if (!link) return null;
    const row = await this.database.maybe<VisitorRead>(
      link.schemeId,
      visitorFacts(link.schemeId, link.visitorId),
    );
    const open = row && mayVisit(visitorOf(row), 'link', londonDate(this.clock.now()));
    return open ? link : null;
  }

  private async schemeFor(schemeId: string | null): Promise<string> {
    const schemes = await this.schemes();
    if (schemeId === null && schemes.length === 1) return schemes[0]?.id ?? '';
    const chosen = schemes.find(({ id }) => id === schemeId);
    if (!chosen) throw Refusal.invalidField('schemeId', 'Choose who supports you');
    return chosen.id;
  }
}
