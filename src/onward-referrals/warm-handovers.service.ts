import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { standing } from '../identity/cover.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { addMonths, londonDate } from '../platform/clock/calendar.js';
import { readLondon } from '../platform/clock/wall-clock.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { WARM_HANDOVER_EVENTS } from './onward.events.js';
import { OnwardHooks } from './onward.hooks.js';
import { onwardWithin } from './onward.reach.js';
import type { OnwardState } from './onward.types.js';
import type { ArrangeWarmHandover, CancelWarmHandover, SettleWarmHandover } from './warm-handover.dto.js';
import { warmHandoverWithin } from './warm-handover.reach.js';
import { HANDOVER_MONTHS, type WarmHandoverState } from './warm-handover.types.js';

CONSTRAINT_REFUSALS.set('warm_handover_arranged', () =>
  Refusal.conflict('already-arranged', 'Somebody goes along already. Cancel that first.'),
);

interface Row {
  id: string;
  onwardReferralId: string;
  clientId: string;
  state: WarmHandoverState;
  meetAt: Date;
}

/** A first visit that nobody has to make alone. */
@Injectable()
export class WarmHandovers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OnwardHooks,
  ) {}

  arrange(actor: Actor, onwardReferralId: string, input: ArrangeWarmHandover): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = onwardWithin(actor, reachFor(actor, 'warmHandover.arrange'), tx.now);
      const onward = await tx.maybe<{ clientId: string; state: OnwardState }>(sql`
        select o.client_id as "clientId", o.state from onward_referral o
        where o.scheme_id = ${tx.schemeId} and o.id = ${onwardReferralId} and ${reach} for no key update`);
      if (!onward) throw Refusal.notFound();
      if (onward.state !== 'accepted' && onward.state !== 'started') {
        throw Refusal.illegalMove(
          onward.state,
          'arrange',
          'Somebody goes along once the group has said yes.',
        );
      }
      const meetAt = meetingOf(input, tx.now);
      const goesElse = input.goesElse ?? null;
      if (goesElse !== null && input.goesId !== undefined) {
        throw Refusal.invalidField('goesElse', 'Choose a colleague or somebody else, one of the two');
      }
      const goesId = goesElse === null ? (input.goesId ?? memberOf(actor)) : null;
      if (goesElse === null) await refuseStranger(tx, goesId);
      const id = newId();
      await tx.run(sql`
        insert into warm_handover (scheme_id, id, onward_referral_id, goes_id, goes_else, meet_at, place, state,
          arranged_by, arranged_at)
        values (${tx.schemeId}, ${id}, ${onwardReferralId}, ${goesId}, ${goesElse}, ${meetAt}, ${input.place ?? null},
          'arranged', ${memberOf(actor)}, ${tx.now})`);
      await this.tell(tx, 'arrange', { id, clientId: onward.clientId, onwardReferralId });
      return id;
    });
  }

  /** What happened: whoever went along says so, or whoever supports the person. */
  settle(actor: Actor, id: string, input: SettleWarmHandover): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lock(tx, id, 'warmHandover.settle');
      refuseEnded(row, 'settle');
      if (row.meetAt > tx.now) throw Refusal.illegalMove('arranged', 'settle', 'It is still to come.');
      await tx.run(sql`
        update warm_handover set state = 'settled', outcome = ${input.outcome}, note = ${input.note ?? null},
          ended_by = ${memberOf(actor)}, ended_at = ${tx.now}, version = version + 1
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'settle', row, { outcome: input.outcome });
      return id;
    });
  }

  cancel(actor: Actor, id: string, input: CancelWarmHandover): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lock(tx, id, 'warmHandover.settle');
      refuseEnded(row, 'cancel');
      await tx.run(sql`
        update warm_handover set state = 'cancelled', note = ${input.reason}, ended_by = ${memberOf(actor)},
          ended_at = ${tx.now}, version = version + 1
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'cancel', row);
      return id;
    });
  }

  private async tell(
    tx: Tx,
    verb: keyof typeof WARM_HANDOVER_EVENTS,
    { id, clientId, onwardReferralId }: Pick<Row, 'id' | 'clientId' | 'onwardReferralId'>,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await audit(tx, {
      action: verb === 'arrange' ? 'warmHandover.arrange' : 'warmHandover.settle',
      subject: { kind: 'warm_handover', id },
      clients: [clientId],
      details: { verb, ...details },
    });
    await outbox.add(tx, WARM_HANDOVER_EVENTS[verb], { warmHandoverId: id, onwardReferralId });
    await this.hooks.warmHandoverChanged.run(tx, { warmHandoverId: id });
  }
}

const memberOf = (actor: Actor): string | null => (actor.kind === 'member' ? actor.membershipId : null);

function meetingOf({ on, time, which }: ArrangeWarmHandover, now: Date): Date {
  if (on > addMonths(londonDate(now), HANDOVER_MONTHS)) {
    throw Refusal.invalidField('on', `Choose a date within ${String(HANDOVER_MONTHS)} months`);
  }
  const read = readLondon(on, time, which);
  if (!read.ok) {
    throw read.because === 'does_not_exist'
      ? Refusal.invalidField(
          'time',
          'Choose another time: the clocks go forward that night and skip this one',
        )
      : Refusal.invalidField(
          'which',
          'The clocks go back that night and this time comes twice. Choose earlier or later',
        );
  }
  if (read.at <= now) {
    throw Refusal.invalidField(on < londonDate(now) ? 'on' : 'time', 'Choose a time that is still to come');
  }
  return read.at;
}

/** Somebody of the scheme who supports people: they will read whom they go along with. */
async function refuseStranger(tx: Tx, membershipId: string | null): Promise<void> {
  const found = await tx.maybe(sql`
    select 1 from membership m
    where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId} and m.role in ('link_worker', 'scheme_manager')
      and ${standing(sql`m`)}`);
  if (!found) throw Refusal.invalidField('goesId', 'Choose a link worker or manager of your scheme');
}

async function lock(tx: Tx, id: string, action: 'warmHandover.settle'): Promise<Row> {
  const row = await tx.maybe<Row & Record<string, unknown>>(sql`
    select w.id, w.onward_referral_id as "onwardReferralId", o.client_id as "clientId", w.state, w.meet_at as "meetAt"
    from warm_handover w
    join onward_referral o on o.scheme_id = w.scheme_id and o.id = w.onward_referral_id
    where w.scheme_id = ${tx.schemeId} and w.id = ${id}
      and ${warmHandoverWithin(tx.actor, reachFor(tx.actor, action), tx.now)} for update of w`);
  if (!row) throw Refusal.notFound();
  return row;
}

function refuseEnded({ state }: Row, verb: string): void {
  if (state === 'arranged') return;
  throw Refusal.illegalMove(
    state,
    verb,
    state === 'settled' ? 'What happened is written down.' : 'It was cancelled.',
  );
}
