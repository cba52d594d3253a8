import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import { Notices } from './notices.js';
import type { PageTask, TASK_SUBJECTS, ToldTask } from './task.types.js';
import { TOLD_AT_ONCE } from './told-at-once.js';

type About = { kind: (typeof TASK_SUBJECTS)[number]; id: string };

/** What a person asks for on their own page, or others tell of them, and who is told of it. */
@Injectable()
export class PageTasks {
  constructor(private readonly notices: Notices) {}

  /** `recordId`: whose worker is asked, while two records of the person are being joined. */
  async ask(
    tx: Tx,
    kind: PageTask | ToldTask,
    subject: About,
    clientId: string,
    recordId = clientId,
  ): Promise<void> {
    await putOnList(tx, kind, subject, clientId, recordId);
    if (kind in TOLD_AT_ONCE) await this.notices.tell(tx, [subject.id]);
  }
}

/** A death that managers recorded themselves, or of somebody whom nobody ever supported, is news to nobody. */
const endsFor = ({ actor }: Tx, newest: { ownerId: string | null } | null): boolean =>
  newest !== null && !(newest.ownerId === null && actor.kind === 'member' && actor.role === 'scheme_manager');

/**
 * Puts what a person asked for on the list of whoever has them now, or else had their newest referral last; on the
 * managers' where nobody does. Asked again while it stands there, it is asked once, of whoever it is now. Nobody is
 * asked what they did themselves.
 */
async function putOnList(
  tx: Tx,
  kind: PageTask | ToldTask,
  subject: About,
  clientId: string,
  recordId: string,
): Promise<void> {
  const newest = await tx.maybe<{ id: string; ownerId: string | null; isOwned: boolean }>(sql`
    select r.id, m.id as "ownerId", r.owner_id is not null as "isOwned" from referral r
    left join lateral (
      select a.owner_id from referral_assignment a
      where a.scheme_id = r.scheme_id and a.referral_id = r.id order by a.starts_at desc limit 1) last on true
    left join membership m on m.scheme_id = r.scheme_id and m.id = coalesce(r.owner_id, last.owner_id)
      and m.ended_at is null and m.disabled_at is null and m.user_disabled_at is null
    where r.scheme_id = ${tx.schemeId} and r.client_id = ${recordId}
      and r.state not in ('draft', 'entered_in_error')
    order by r.owner_id is null, m.id is null, r.id desc limit 1`);
  const ownerId = newest?.ownerId ?? null;
  if (tx.actor.kind === 'member' && tx.actor.membershipId === ownerId) return;
  if (kind === 'death_told' && !endsFor(tx, newest)) return;
  // Whoever takes them on later reads it there and then.
  if (kind === 'safety_noted' && !(newest?.isOwned === true && ownerId !== null)) return;
  await tx.run(sql`
    insert into task (scheme_id, id, kind, audience, audience_id, subject_kind, subject_id, referral_id, client_id,
      due_at, created_at)
    values (${tx.schemeId}, ${newId()}, ${kind}, ${ownerId === null ? 'managers' : 'membership'}, ${ownerId},
      ${subject.kind}, ${subject.id}, ${newest?.id ?? null}, ${clientId}, ${tx.now}, ${tx.now})
    on conflict (scheme_id, subject_id, kind, audience) where ended_at is null do update
      set audience_id = excluded.audience_id, referral_id = excluded.referral_id`);
}
