import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { LinkActor, MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { equalInTime, sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { contactPointOf } from '../providers/contact-points.js';
import { groupsWritten } from '../providers/group-addresses.queries.js';
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

  /** Whoever is signed in is sent it where the group is written to today, not to an address of their own. */
  async send(asker: OpenLink | MemberActor): Promise<void> {
    const { actor, linkId, sessionId, subject } = ofAsker(asker);
    await this.unitOfWork.run(actor, async (tx) => {
      const contactPointId =
        actor.kind === 'link' ? actor.contactPointId : await pointOf(tx, actor.organisationId);
      // The point's row is the queue: of many at once each counts those before it.
      await tx.run(sql`
        select 1 from contact_point
        where scheme_id = ${tx.schemeId} and id = ${contactPointId} for no key update`);
      const since = new Date(tx.now.getTime() - HOUR_MS);
      const { sent } = await tx.one<{ sent: number }>(sql`
        select count(*)::int as sent from reply_code c left join reply_link l on l.id = c.link_id
        where c.scheme_id = ${tx.schemeId} and coalesce(c.contact_point_id, l.contact_point_id) = ${contactPointId}
          and c.created_at > ${since}`);
      if (sent >= CODES_AN_HOUR) throw Refusal.tooMany(HOUR_MS / 1000);
      const codeId = newId();
      await tx.run(sql`
        insert into reply_code (scheme_id, id, link_id, session_id, contact_point_id, created_at, expires_at)
        values (${tx.schemeId}, ${codeId}, ${linkId}, ${sessionId}, ${sessionId === null ? null : contactPointId},
          ${tx.now}, ${minutesFrom(tx.now, CODE_MINUTES)})`);
      await audit(tx, { action: 'link.sendCode', subject });
      await outbox.add(tx, REPLY_CODE_ASKED, { codeId });
    });
  }

  /** Only the last code sent counts, a few tries and minutes long. A wrong guess is written down, so it is not a fault. */
  async enter(asker: OpenLink | MemberActor, guess: string): Promise<Entered> {
    const { actor, mine, subject } = ofAsker(asker);
    return this.unitOfWork.run(actor, async (tx): Promise<Entered> => {
      const code = await tx.maybe<{ id: string; tries: number; open: boolean }>(sql`
        select c.id, c.tries, c.passed_hash is null and c.expires_at > ${tx.now} as open from reply_code c
        where c.scheme_id = ${tx.schemeId} and ${mine}
        order by c.created_at desc, c.id desc limit 1 for update`);
      if (!code?.open || code.tries >= CODE_TRIES) return 'none';
      if (!equalInTime(guess, codeOf(this.config.tokenKey, code.id))) {
        await tx.run(sql`
          update reply_code set tries = tries + 1 where scheme_id = ${tx.schemeId} and id = ${code.id}`);
        await audit(tx, { action: 'link.wrongCode', subject });
        return code.tries + 1 >= CODE_TRIES ? 'none' : 'wrong';
      }
      const pass = passOf(this.config.tokenKey, code.id);
      const until = minutesFrom(tx.now, PASS_MINUTES);
      await tx.run(sql`
        update reply_code set passed_hash = ${sha256(pass)}, passed_until = ${until}
        where scheme_id = ${tx.schemeId} and id = ${code.id}`);
      await audit(tx, { action: 'link.enterCode', subject });
      return { pass, until };
    });
  }

  /** Whether this browser entered the code of this link a while ago. */
  async passed(link: OpenLink, pass: string | null): Promise<boolean> {
    return pass !== null && (await this.entered(link, sql`c.passed_hash = ${sha256(pass)}`));
  }

  /** The same of whoever is signed in: their session is what entered it. */
  passedSignedIn(actor: MemberActor): Promise<boolean> {
    return this.entered(actor, sql`true`);
  }

  private async entered(asker: OpenLink | MemberActor, how: Sql): Promise<boolean> {
    const { actor, mine } = ofAsker(asker);
    const found = await this.database.maybe(
      actor.schemeId,
      sql`
        select 1 from reply_code c
        where c.scheme_id = ${actor.schemeId} and ${mine} and ${how} and c.passed_until > ${this.clock.now()}
        limit 1`,
    );
    return found !== null;
  }
}

interface Asker {
  actor: LinkActor | MemberActor;
  linkId: string | null;
  sessionId: string | null;
  /** Which codes, from `reply_code c`, are theirs. */
  mine: Sql;
  subject: { kind: string; id: string };
}

function ofAsker(asker: OpenLink | MemberActor): Asker {
  if ('kind' in asker) {
    const { sessionId, organisationId } = asker;
    const subject = { kind: 'organisation', id: organisationId };
    return { actor: asker, linkId: null, sessionId, mine: sql`c.session_id = ${sessionId}`, subject };
  }
  const { id, actor } = asker;
  const subject = { kind: 'reply_link', id };
  return { actor, linkId: id, sessionId: null, mine: sql`c.link_id = ${id}`, subject };
}

async function pointOf(tx: Tx, organisationId: string): Promise<string> {
  const group = (await groupsWritten(tx, [organisationId])).get(organisationId);
  if (!group) throw Refusal.conflict('no-address', 'We have no address of your group that a code can go to.');
  return contactPointOf(tx, organisationId, group.address);
}
