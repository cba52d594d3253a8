import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { REPLY_CODE_ASKED } from './onward.events.js';
import {
  CODE_MINUTES,
  CODE_TRIES,
  codeOf,
  CODES_AN_HOUR,
  HOUR_MS,
  minutesFrom,
  PASS_MINUTES,
  passOf,
} from './reply-link.rules.js';
import type { OpenLink } from './reply-link.types.js';

/** What entering a code came to: a pass for this browser, a wrong guess, or no code that could still be entered. */
export type Entered = { pass: string; until: Date } | 'wrong' | 'none';

/** Six digits to the address itself, so that a forwarded or shared message alone does not show who somebody is. */
@Injectable()
export class ReplyCodes {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async send({ id: linkId, actor }: OpenLink): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      // The point's row is the queue: of many at once each counts those before it.
      await tx.run(sql`
        select 1 from contact_point
        where scheme_id = ${tx.schemeId} and id = ${actor.contactPointId} for no key update`);
      const since = new Date(tx.now.getTime() - HOUR_MS);
      const { sent } = await tx.one<{ sent: number }>(sql`
        select count(*)::int as sent from reply_code c join reply_link l on l.id = c.link_id
        where c.scheme_id = ${tx.schemeId} and l.contact_point_id = ${actor.contactPointId}
          and c.created_at > ${since}`);
      if (sent >= CODES_AN_HOUR) throw Refusal.tooMany(HOUR_MS / 1000);
      const codeId = newId();
      await tx.run(sql`
        insert into reply_code (scheme_id, id, link_id, created_at, expires_at)
        values (${tx.schemeId}, ${codeId}, ${linkId}, ${tx.now}, ${minutesFrom(tx.now, CODE_MINUTES)})`);
      await audit(tx, { action: 'link.sendCode', subject: { kind: 'reply_link', id: linkId } });
      await outbox.add(tx, REPLY_CODE_ASKED, { codeId });
    });
  }

  /** Only the last code sent counts, a few tries and minutes long. A wrong guess is written down, so it is not a fault. */
  async enter({ id: linkId, actor }: OpenLink, guess: string): Promise<Entered> {
    return this.unitOfWork.run(actor, async (tx): Promise<Entered> => {
      const code = await tx.maybe<{ id: string; tries: number; open: boolean }>(sql`
        select id, tries, passed_hash is null and expires_at > ${tx.now} as open from reply_code
        where scheme_id = ${tx.schemeId} and link_id = ${linkId}
        order by created_at desc, id desc limit 1 for update`);
      if (!code?.open || code.tries >= CODE_TRIES) return 'none';
      if (!same(guess, codeOf(this.config.tokenKey, code.id))) {
        await tx.run(sql`
          update reply_code set tries = tries + 1 where scheme_id = ${tx.schemeId} and id = ${code.id}`);
        await audit(tx, { action: 'link.wrongCode', subject: { kind: 'reply_link', id: linkId } });
        return code.tries + 1 >= CODE_TRIES ? 'none' : 'wrong';
      }
      const pass = passOf(this.config.tokenKey, code.id);
      const until = minutesFrom(tx.now, PASS_MINUTES);
      await tx.run(sql`
        update reply_code set passed_hash = ${sha256(pass)}, passed_until = ${until}
        where scheme_id = ${tx.schemeId} and id = ${code.id}`);
      await audit(tx, { action: 'link.enterCode', subject: { kind: 'reply_link', id: linkId } });
      return { pass, until };
    });
  }

  /** Whether this browser entered the code of this link a while ago. */
  async passed({ id: linkId, actor }: OpenLink, pass: string | null): Promise<boolean> {
    if (pass === null) return false;
    const found = await this.database.maybe(
      actor.schemeId,
      sql`
        select 1 from reply_code
        where scheme_id = ${actor.schemeId} and link_id = ${linkId} and passed_hash = ${sha256(pass)}
          and passed_until > ${this.clock.now()}`,
    );
    return found !== null;
  }
}

function same(guess: string, code: string): boolean {
  const [a, b] = [Buffer.from(guess), Buffer.from(code)];
  return a.length === b.length && timingSafeEqual(a, b);
}
