import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { ProviderHooks } from './provider.hooks.js';
import { ofProviderWithin } from './provider.reach.js';
import { WEEKDAYS } from './provider.types.js';
import type { PeriodInput, QuietTimeInput, QuietTimesInput } from './rhythm.dto.js';
import { quietTimesOf, rhythmOf } from './rhythm.queries.js';
import { periodProblems, quietTimeProblems } from './rhythm.rules.js';
import { MOST_PERIODS, MOST_QUIET_TIMES, type Period } from './rhythm.types.js';
import { tellOfProvider } from './telling.js';

/** When a group is there, changes its times, and does not want to be written to: its own to say. */
@Injectable()
export class RhythmService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ProviderHooks,
  ) {}

  async addPeriod(actor: Actor, organisationId: string, input: PeriodInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.lock(tx, actor, organisationId);
      const today = londonDate(tx.now);
      const others = await tx.rows<Period>(sql`
        select kind, name, from_on::text as from, until_on::text as until from provider_period
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and until_on >= ${today}::date
        order by from_on, id`);
      if (others.length >= MOST_PERIODS) {
        throw Refusal.conflict(
          'too-many-periods',
          `At most ${MOST_PERIODS} can be kept. Take one away first.`,
        );
      }
      const week = await rhythmOf(tx, organisationId);
      const problems = periodProblems(input, others, today, week);
      if (problems.length > 0) throw Refusal.invalid(problems);
      const { kind, name, from, until, note = null } = input;
      await tx.run(sql`
        insert into provider_period (scheme_id, id, organisation_id, kind, name, from_on, until_on, note, entered_at)
        values (${tx.schemeId}, ${newId()}, ${organisationId}, ${kind}, ${name}, ${from}, ${until}, ${note}, ${tx.now})`);
      await this.tell(tx, organisationId, { period: { from: null, to: { kind, name, from, until } } });
      return organisationId;
    });
  }

  async removePeriod(actor: Actor, organisationId: string, id: string): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      await this.lock(tx, actor, organisationId);
      await this.removeWithin(tx, organisationId, id);
    });
  }

  /** As usual again from today on. Days that have been stay what they were: nobody is asked who came on them. */
  async endPeriod(actor: Actor, organisationId: string, id: string): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      await this.lock(tx, actor, organisationId);
      const today = londonDate(tx.now);
      const before = await tx.maybe<Period>(sql`
        select kind, name, from_on::text as from, until_on::text as until from provider_period
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and id = ${id}`);
      if (!before) throw Refusal.notFound();
      if (before.until < today) return;
      if (before.from >= today) return this.removeWithin(tx, organisationId, id);
      const to = { ...before, until: addDays(today, -1) };
      await tx.run(sql`
        update provider_period set until_on = ${to.until}
        where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and id = ${id}`);
      await this.tell(tx, organisationId, { period: { from: before, to } });
    });
  }

  private async removeWithin(tx: Tx, organisationId: string, id: string): Promise<void> {
    const gone = await tx.maybe<Period>(sql`
      delete from provider_period
      where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and id = ${id}
      returning kind, name, from_on::text as from, until_on::text as until`);
    if (!gone) throw Refusal.notFound();
    await this.tell(tx, organisationId, { period: { from: gone, to: null } });
  }

  /** All of them at once: what is left out is no more. */
  async setQuietTimes(actor: Actor, organisationId: string, input: QuietTimesInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.lock(tx, actor, organisationId);
      await this.keepQuietTimes(tx, organisationId, input.times, (field) => field);
      return organisationId;
    });
  }

  /** One more, whatever else somebody enters or takes away at the same time. */
  async addQuietTime(actor: Actor, organisationId: string, time: QuietTimeInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.lock(tx, actor, organisationId);
      const kept = await quietTimesOf(tx, organisationId);
      if (kept.length >= MOST_QUIET_TIMES) {
        throw Refusal.conflict(
          'too-many-times',
          `At most ${MOST_QUIET_TIMES} can be kept. Take one away first.`,
        );
      }
      // Whatever is wrong is wrong with the one that is new.
      await this.keepQuietTimes(tx, organisationId, [...kept, time], (field) =>
        field === 'times' ? 'to' : (field.split('.').at(-1) ?? field),
      );
      return organisationId;
    });
  }

  async removeQuietTime(actor: Actor, organisationId: string, time: QuietTimeInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.lock(tx, actor, organisationId);
      const kept = await quietTimesOf(tx, organisationId);
      const left = kept.filter(
        ({ day, from, to }) => day !== time.day || from !== time.from || to !== time.to,
      );
      if (left.length === kept.length) throw Refusal.notFound();
      await this.keepQuietTimes(tx, organisationId, left, (field) => field);
      return organisationId;
    });
  }

  private async keepQuietTimes(
    tx: Tx,
    organisationId: string,
    given: readonly QuietTimeInput[],
    fieldOf: (field: string) => string,
  ): Promise<void> {
    const times = given.map(({ day, from, to, name }) => ({
      day: WEEKDAYS.indexOf(day) + 1,
      from,
      to,
      name: name ?? null,
    }));
    const { quietDays } = await rhythmOf(tx, organisationId);
    const problems = quietTimeProblems(times, quietDays);
    if (problems.length > 0) {
      throw Refusal.invalid(problems.map(({ field, message }) => ({ field: fieldOf(field), message })));
    }
    await tx.run(sql`
      delete from provider_quiet_time where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
    await tx.run(sql`
      insert into provider_quiet_time (scheme_id, organisation_id, day, from_time, to_time, name)
      select ${tx.schemeId}, ${organisationId}, t.day, t.from, t.to, t.name
      from jsonb_to_recordset(${JSON.stringify(times)}::jsonb) as t (day smallint, "from" time, "to" time, name text)`);
    await this.tell(tx, organisationId, { quietTimes: { to: given } });
  }

  private async lock(tx: Tx, actor: Actor, organisationId: string): Promise<void> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.amend'), sql`p.organisation_id`);
    const provider = await tx.maybe(sql`
      select 1 from provider p
      where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${organisationId} and ${within}
      for no key update`);
    if (!provider) throw Refusal.notFound();
  }

  private async tell(tx: Tx, organisationId: string, changes: Record<string, unknown>): Promise<void> {
    await tellOfProvider(tx, organisationId, 'provider.amend', PROVIDER_EVENTS.amend, changes);
    await this.hooks.rhythmChanged.run(tx, { organisationId });
  }
}
