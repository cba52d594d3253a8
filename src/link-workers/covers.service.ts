import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { reachFor } from '../permissions/reach.js';
import { absence, caresForPeople, standing } from '../identity/cover.queries.js';
import { workerWithin } from './cover.reach.js';
import { coverProblems, type ProposedCover } from './cover.rules.js';
import type { AbsentInput, ArrangeCoverInput } from './link-worker.dto.js';
import { COVER_ARRANGED, COVER_ENDED } from './link-worker.events.js';
import { LinkWorkerHooks } from './link-worker.hooks.js';

CONSTRAINT_REFUSALS.set('cover_once', () =>
  Refusal.conflict('already-away', 'They are already away for some of those days. End that first.'),
);

@Injectable()
export class Covers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly hooks: LinkWorkerHooks,
  ) {}

  arrange(actor: MemberActor, input: ArrangeCoverInput): Promise<string> {
    const { workerId, reason, startsOn, coverId = null, endsOn = null } = input;
    return this.make(actor, { workerId, reason, startsOn, coverId, endsOn }, 'body');
  }

  /** In one click, from today until somebody says they are back, or until what was arranged for later begins. */
  absentToday(actor: MemberActor, workerId: string, input: AbsentInput): Promise<string> {
    const { coverId = null, endsOn = null } = input;
    const startsOn = londonDate(this.clock.now());
    return this.make(actor, { workerId, reason: 'absent', startsOn, coverId, endsOn }, 'path');
  }

  private async make(actor: MemberActor, asked: ProposedCover, workerIn: 'body' | 'path'): Promise<string> {
    const within = workerWithin(actor, reachFor(actor, 'cover.arrange'), sql`m.id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const worker = await tx.maybe(sql`
        select 1 from membership m
        where m.scheme_id = ${tx.schemeId} and m.id = ${asked.workerId} and ${caresForPeople(sql`m`)}
          and ${within} and ${standing(sql`m`)} for no key update of m`);
      if (!worker && workerIn === 'path') throw Refusal.notFound();
      if (!worker) throw Refusal.invalidField('workerId', 'We cannot find this link worker or manager');
      const proposed = workerIn === 'path' ? await untilLater(tx, asked) : asked;
      const problems = coverProblems(proposed, londonDate(tx.now));
      if (problems.length > 0) throw Refusal.invalid(problems);
      if (proposed.coverId) await checkCover(tx, proposed.coverId, proposed);
      const id = newId();
      await tx.run(sql`
        insert into cover (scheme_id, id, worker_id, cover_id, reason, starts_on, ends_on, created_by, created_at)
        values (${tx.schemeId}, ${id}, ${proposed.workerId}, ${proposed.coverId}, ${proposed.reason},
          ${proposed.startsOn}, ${proposed.endsOn}, ${actor.membershipId}, ${tx.now})`);
      await audit(tx, {
        action: 'cover.arrange',
        subject: { kind: 'cover', id },
        details: { workerId: proposed.workerId, coverId: proposed.coverId, reason: proposed.reason },
      });
      await outbox.add(tx, COVER_ARRANGED, { coverId: id, workerId: proposed.workerId });
      await this.hooks.coverChanged.run(tx, { workerId: proposed.workerId });
      return id;
    });
  }

  async end(actor: MemberActor, id: string): Promise<string> {
    const within = workerWithin(actor, reachFor(actor, 'cover.end'), sql`c.worker_id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await tx.maybe<{ worker_id: string; over: boolean }>(sql`
        select c.worker_id, c.ended_at is not null or c.ends_on < ${londonDate(tx.now)}::date as over from cover c
        where c.scheme_id = ${tx.schemeId} and c.id = ${id} and ${within} for update`);
      if (!row) throw Refusal.notFound();
      if (row.over) throw Refusal.illegalMove('over', 'end', 'This arrangement is over already.');
      await endWithin(tx, id, row.worker_id);
      await this.hooks.coverChanged.run(tx, { workerId: row.worker_id });
      return id;
    });
  }

  /** Ends whatever keeps somebody away today. Answers with the membership's id. */
  async back(actor: MemberActor, workerId: string): Promise<string> {
    const within = workerWithin(actor, reachFor(actor, 'cover.end'), sql`m.id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const worker = await tx.maybe(sql`
        select 1 from membership m
        where m.scheme_id = ${tx.schemeId} and m.id = ${workerId} and ${caresForPeople(sql`m`)} and ${within}
          and ${standing(sql`m`)}`);
      if (!worker) throw Refusal.notFound();
      const rows = await tx.rows<{ id: string }>(sql`
        select c.id from cover c
        where c.scheme_id = ${tx.schemeId} and c.worker_id = ${workerId}
          and ${absence(sql`c`, sql`${londonDate(tx.now)}::date`)} for update`);
      if (rows.length === 0) throw Refusal.illegalMove('at work', 'back', 'They are not away today.');
      for (const { id } of rows) await endWithin(tx, id, workerId);
      await this.hooks.coverChanged.run(tx, { workerId });
      return workerId;
    });
  }
}

/** Up to the day before what keeps them away later: both together are one absence, and that one keeps its cover. */
async function untilLater(tx: Tx, proposed: ProposedCover): Promise<ProposedCover> {
  if (proposed.endsOn !== null && proposed.endsOn < proposed.startsOn) return proposed;
  const { startsOn } = await tx.one<{ startsOn: string | null }>(sql`
    select min(c.starts_on)::text as "startsOn" from cover c
    where c.scheme_id = ${tx.schemeId} and c.worker_id = ${proposed.workerId} and c.ended_at is null
      and c.reason <> 'part_time' and c.starts_on > ${proposed.startsOn}::date
      and c.starts_on <= coalesce(${proposed.endsOn}::date, 'infinity')`);
  return startsOn === null ? proposed : { ...proposed, endsOn: addDays(startsOn, -1) };
}

async function endWithin(tx: Tx, id: string, workerId: string): Promise<void> {
  await tx.run(sql`update cover set ended_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`);
  await audit(tx, { action: 'cover.end', subject: { kind: 'cover', id }, details: { workerId } });
  await outbox.add(tx, COVER_ENDED, { coverId: id, workerId });
}

async function checkCover(tx: Tx, coverId: string, { startsOn, endsOn }: ProposedCover): Promise<void> {
  const able = await tx.maybe<{ away: boolean }>(sql`
    select exists (select 1 from cover c
      where c.scheme_id = m.scheme_id and c.worker_id = m.id and c.ended_at is null and c.reason <> 'part_time'
        and c.starts_on <= coalesce(${endsOn}::date, 'infinity')
        and coalesce(c.ends_on, 'infinity') >= ${startsOn}::date) as away
    from membership m
    where m.scheme_id = ${tx.schemeId} and m.id = ${coverId} and ${caresForPeople(sql`m`)}
      and ${standing(sql`m`)} for share of m`);
  if (!able) throw Refusal.invalidField('coverId', 'Choose a link worker or manager who is here');
  if (able.away)
    throw Refusal.invalidField('coverId', 'Choose somebody else: they are away on some of those days');
}

/** What a membership that ends leaves behind: its own absences are over, and those it covered fall to the next in line. */
export async function leaveCovers(tx: Tx, membershipId: string): Promise<void> {
  await tx.run(sql`
    update cover set ended_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and ended_at is null
      and (worker_id = ${membershipId} or (cover_id = ${membershipId} and reason = 'part_time'))`);
  await tx.run(sql`
    update cover set cover_id = null
    where scheme_id = ${tx.schemeId} and ended_at is null and cover_id = ${membershipId}`);
}
