import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, SystemActor } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { groupSpeaks } from '../providers/contact-points.js';
import type { Session } from '../providers/listing.types.js';
import { PERIODS } from '../providers/rhythm.queries.js';
import type { Period } from '../providers/rhythm.types.js';
import { ofProviderWithin } from '../providers/provider.reach.js';
import {
  REGISTER_CORRECTED,
  REGISTER_FINALISED,
  REGISTER_OPENED,
  REGISTER_REOPENED,
} from './onward.events.js';
import { OnwardHooks } from './onward.hooks.js';
import { OnwardParticipation } from './onward-participation.service.js';
import type { Attendance } from './onward.types.js';
import type { CorrectRegisterInput, MarkRegisterInput, OpenRegisterInput } from './register.dto.js';
import { registerWithin } from './register.reach.js';
import { markProblems, sessionsJustOver } from './register.rules.js';
import type { RegisterState } from './register.types.js';
import { noSuchSession, onRegister, sessionSaid } from './registers.queries.js';

/** A register is for a session somebody still remembers (days). */
const BACK_DAYS = 60;

interface RegisterRow {
  id: string;
  listing_id: string;
  session_on: string;
  session_at: string | null;
  state: RegisterState;
  walk_ins: number;
  version: number;
}

interface Marked {
  id: string;
  result: Attendance | null;
  came: number | null;
}

/** Registers of group sessions. What they say of a person is the one fact of `attendance`, kept by its own verb. */
@Injectable()
export class Registers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly participation: OnwardParticipation,
    private readonly hooks: OnwardHooks,
  ) {}

  /** The register of a session; the one there is, if it was opened before. */
  open(actor: Actor, listingId: string, input: OpenRegisterInput): Promise<string> {
    return this.unitOfWork.run(actor, (tx) => this.openWithin(tx, listingId, input));
  }

  /** The same for callers in a transaction of their own. */
  async openWithin(tx: Tx, listingId: string, input: OpenRegisterInput): Promise<string> {
    const { actor } = tx;
    const within = ofProviderWithin(actor, reachFor(actor, 'register.keep'), sql`l.organisation_id`);
    const listing = await tx.maybe(sql`
      select 1 from listing l where l.scheme_id = ${tx.schemeId} and l.id = ${listingId} and ${within}
        and l.state in ('published', 'paused') for key share`);
    if (!listing) throw Refusal.notFound();
    const today = londonDate(tx.now);
    const { sessionOn } = input;
    if (sessionOn > today || sessionOn < addDays(today, -BACK_DAYS)) {
      throw Refusal.invalidField('sessionOn', `Enter a day within the last ${String(BACK_DAYS)} days`);
    }
    const { sessionAt, around } = await sessionSaid(tx, listingId, input);
    if (around) throw noSuchSession();
    const made = await tx.maybe<{ id: string }>(sql`
      insert into register (scheme_id, id, listing_id, session_on, session_at, state, opened_by, opened_at)
      values (${tx.schemeId}, ${newId()}, ${listingId}, ${sessionOn}, ${sessionAt}, 'open', ${member(actor)}, ${tx.now})
      on conflict (scheme_id, listing_id, session_on, session_at) do nothing returning id`);
    if (made) {
      await tell(tx, 'open', made.id);
      return made.id;
    }
    const there = await tx.one<{ id: string }>(sql`
      select id from register
      where scheme_id = ${tx.schemeId} and listing_id = ${listingId} and session_on = ${sessionOn}
        and session_at is not distinct from ${sessionAt}::time`);
    return there.id;
  }

  /**
   * After a session that people of ours belong to, its register is opened so that the group can be asked who came. Once:
   * one that somebody opened before is theirs.
   */
  async askAfterSessions(actor: SystemActor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const listings = await tx.rows<{ id: string; schedule: Session[]; periods: Period[] }>(sql`
        select l.id, l.schedule, ${PERIODS} as periods from listing l
        join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
        where l.scheme_id = ${tx.schemeId} and l.state in ('published', 'paused') and l.schedule <> '[]'
          and exists (
            select 1 from onward_referral o
            where o.scheme_id = l.scheme_id and o.listing_id = l.id and o.state in ('accepted', 'started'))
        order by l.id`);
      for (const { id: listingId, schedule, periods } of listings) {
        for (const { sessionOn, sessionAt } of sessionsJustOver(schedule, periods, tx.now)) {
          const made = await tx.maybe<{ id: string }>(sql`
            insert into register (scheme_id, id, listing_id, session_on, session_at, state, opened_at, asked_at)
            select ${tx.schemeId}, ${newId()}, ${listingId}, ${sessionOn}, ${sessionAt}, 'open', ${tx.now}, ${tx.now}
            where exists (
              select 1 from onward_referral o
              where o.scheme_id = ${tx.schemeId} and ${onRegister(sql`${listingId}::uuid`, sessionOn)})
            on conflict (scheme_id, listing_id, session_on, session_at) do nothing returning id`);
          if (!made) continue;
          await tell(tx, 'open', made.id);
          await this.hooks.registerChanged.run(tx, { registerId: made.id });
        }
      }
    });
  }

  /** Saved as often as anybody likes until it is final; whoever says otherwise than somebody did meanwhile is told. */
  mark(actor: Actor, id: string, input: MarkRegisterInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const register = await lock(tx, id, 'register.keep');
      refuseFinal(register, 'mark');
      const ids = input.marks.map(({ onwardReferralId }) => onwardReferralId);
      const people = await peopleOn(tx, register);
      const stranger = ids.findIndex((one) => !people.some((person) => person.id === one));
      if (stranger >= 0) {
        throw Refusal.invalidField(
          `marks.${String(stranger)}.onwardReferralId`,
          'Choose somebody on this register',
        );
      }
      const kept = people.flatMap(({ id: one, result }) =>
        result === null || ids.includes(one) ? [] : result,
      );
      const walkIns = input.walkIns ?? register.walk_ins;
      // Sent twice by one finger, or marked alike by two: nobody is overtaken by what changes nothing.
      if (walkIns !== register.walk_ins || !marksStand(people, input.marks))
        refuseStale(register.version, seen);
      const problems = markProblems(input.marks, kept, walkIns);
      if (problems.length > 0) throw Refusal.invalid(problems);
      for (const mark of [...input.marks].sort(byId)) await this.keep(tx, register, mark);
      await tx.run(sql`
        update register set walk_ins = ${walkIns}, version = version + 1
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'register.keep',
        subject: { kind: 'register', id },
        details: { marks: ids.length },
      });
      await this.hooks.registerChanged.run(tx, { registerId: id });
      return id;
    });
  }

  /** Everybody was marked: it may be taken back for a day, and else only a manager changes it. */
  finalise(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const register = await lock(tx, id, 'register.keep');
      refuseFinal(register, 'finalise');
      const unmarked = (await peopleOn(tx, register)).filter(({ result }) => result === null).length;
      if (unmarked > 0) {
        const because = `${String(unmarked)} on it ${unmarked === 1 ? 'is' : 'are'} not marked yet.`;
        throw Refusal.illegalMove('open', 'finalise', because);
      }
      await tx.run(sql`
        update register set state = 'final', final_by = ${member(actor)}, final_at = ${tx.now}, version = version + 1
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'finalise', id);
      await this.hooks.registerChanged.run(tx, { registerId: id });
      return id;
    });
  }

  /**
   * Finished too early: open again within a day, with every mark, unless a manager has put something right since. What is
   * open already is as it was asked for.
   */
  async reopen(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const register = await lock(tx, id, 'register.keep');
      if (register.state === 'open') return id;
      const { undoHours } = await schemeSettings(tx);
      const since = new Date(tx.now.getTime() - undoHours * 3_600_000);
      const opened = await tx.maybe(sql`
        update register r set state = 'open', final_by = null, final_at = null, version = version + 1
        where r.scheme_id = ${tx.schemeId} and r.id = ${id} and r.final_at > ${since}
          and not exists (
            select 1 from register_correction k where k.scheme_id = r.scheme_id and k.register_id = r.id)
        returning r.id`);
      if (!opened) {
        throw Refusal.conflict(
          'nothing-to-take-back',
          'It was finished too long ago, or something in it was put right since.',
        );
      }
      await tell(tx, 'reopen', id);
      await this.hooks.registerChanged.run(tx, { registerId: id });
      return id;
    });
  }

  /**
   * A manager puts right what was final, and says why. What it said stays to be read; whoever was shown something older is
   * told first.
   */
  correct(actor: Actor, id: string, input: CorrectRegisterInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const register = await lock(tx, id, 'register.correct');
      if (register.state !== 'final') {
        throw Refusal.illegalMove(register.state, 'correct', 'It is not final. Mark it instead.');
      }
      refuseStale(register.version, seen);
      const { onwardReferralId, result, reason } = input;
      const fact = await tx.maybe<{ result: Attendance }>(sql`
        select a.result from attendance a
        join onward_referral o on o.scheme_id = a.scheme_id and o.id = a.onward_referral_id
        where a.scheme_id = ${tx.schemeId} and a.onward_referral_id = ${onwardReferralId}
          and o.listing_id = ${register.listing_id} and a.session_on = ${register.session_on}
          and a.session_at is not distinct from ${register.session_at}::time`);
      if (!fact) throw Refusal.invalidField('onwardReferralId', 'Choose somebody on this register');
      if (fact.result === result && input.people === undefined) {
        throw Refusal.invalidField('result', 'Change something: this is what it says already');
      }
      await this.keep(tx, register, input, true);
      await tx.run(sql`
        insert into register_correction (scheme_id, id, register_id, onward_referral_id, was, result, reason,
          corrected_by, at)
        values (${tx.schemeId}, ${newId()}, ${id}, ${onwardReferralId}, ${fact.result}, ${result}, ${reason},
          ${member(actor)}, ${tx.now})`);
      await tx.run(
        sql`update register set version = version + 1 where scheme_id = ${tx.schemeId} and id = ${id}`,
      );
      await tell(tx, 'correct', id);
      return id;
    });
  }

  private async keep(
    tx: Tx,
    register: RegisterRow,
    mark: { onwardReferralId: string; result: Attendance; people?: number },
    correcting = false,
  ): Promise<void> {
    const { result, people } = mark;
    await this.participation.attendWithin(
      tx,
      mark.onwardReferralId,
      {
        sessionOn: register.session_on,
        sessionAt: register.session_at,
        result,
        ...(people === undefined ? {} : { people }),
      },
      correcting,
    );
  }
}

const byId = (a: { onwardReferralId: string }, b: { onwardReferralId: string }): number =>
  a.onwardReferralId < b.onwardReferralId ? -1 : 1;

const member = (actor: Actor): string | null => (actor.kind === 'member' ? actor.membershipId : null);

async function lock(tx: Tx, id: string, action: 'register.keep' | 'register.correct'): Promise<RegisterRow> {
  const within = registerWithin(tx.actor, reachFor(tx.actor, action));
  const row = await tx.maybe<RegisterRow & Record<string, unknown>>(sql`
    select r.id, r.listing_id, r.session_on::text as session_on, to_char(r.session_at, 'HH24:MI') as session_at,
      r.state, r.walk_ins, r.version
    from register r join listing l on l.scheme_id = r.scheme_id and l.id = r.listing_id
    where r.scheme_id = ${tx.schemeId} and r.id = ${id} and ${within} for update of r`);
  if (!row) throw Refusal.notFound();
  return row;
}

function refuseFinal({ state }: RegisterRow, verb: string): void {
  if (state !== 'final') return;
  throw Refusal.illegalMove(state, verb, 'It is final. A manager can put right what is wrong in it.');
}

/** Whether those marked are marked so already. */
const marksStand = (people: readonly Marked[], marks: MarkRegisterInput['marks']): boolean =>
  marks.every(({ onwardReferralId, result, people: many }) =>
    people.some(
      (person) =>
        person.id === onwardReferralId &&
        person.result === result &&
        (many === undefined || many === person.came),
    ),
  );

const peopleOn = (tx: Tx, register: RegisterRow): Promise<Marked[]> =>
  tx.rows<Marked & Record<string, unknown>>(sql`
    select o.id, a.result, a.people as came from onward_referral o
    left join attendance a on a.scheme_id = o.scheme_id and a.onward_referral_id = o.id
      and a.session_on = ${register.session_on} and a.session_at is not distinct from ${register.session_at}::time
    where o.scheme_id = ${tx.schemeId} and ${onRegister(sql`${register.listing_id}::uuid`, register.session_on)}
    order by o.id`);

const EVENTS = {
  open: REGISTER_OPENED,
  finalise: REGISTER_FINALISED,
  reopen: REGISTER_REOPENED,
  correct: REGISTER_CORRECTED,
} as const;

async function tell(tx: Tx, verb: keyof typeof EVENTS, id: string): Promise<void> {
  const action = verb === 'correct' ? 'register.correct' : 'register.keep';
  await audit(tx, { action, subject: { kind: 'register', id }, details: { verb } });
  await groupSpeaks(tx);
  await outbox.add(tx, EVENTS[verb], { registerId: id });
}
