import { Injectable } from '@nestjs/common';
import sql, { empty } from 'sql-template-tag';
import { ClientHooks, type Merging } from '../clients/client.hooks.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { Side } from '../platform/pure/lifecycle.js';
import { ProviderHooks } from '../providers/provider.hooks.js';
import { daysOffOf, rhythmOf } from '../providers/rhythm.queries.js';
import { mayBeWrittenTo } from '../providers/rhythm.rules.js';
import { ReferralHooks, type Settling } from '../referrals/referral.hooks.js';
import { startAgain } from '../referrals/referral-moves.js';
import { agreedScopes } from './onward-facts.queries.js';
import { lapseApprovals } from './offer-approvals.service.js';
import { OnwardHooks } from './onward.hooks.js';
import { held, OnwardMoves } from './onward-moves.service.js';
import type { OnwardRecord } from './onward.entity.js';
import { OFFER_SCOPE, runningClock, stoppedClock } from './onward.rules.js';
import { isLive, LIVE_STATES, type SettledReason, type ToAct } from './onward.types.js';

const MODULE = 'onward-referrals';

/** What the group and the figures are told when a referral's end ends its onward referrals. */
const SETTLED_BY = {
  closed: 'referral_closed',
  withdrawn: 'referral_withdrawn',
  died: 'died',
  agreement_withdrawn: 'agreement_withdrawn',
} as const satisfies Record<Exclude<Settling['because'], 'held'>, SettledReason>;

interface Ending {
  reason: SettledReason;
  side: Side;
  /** A closed referral leaves people where they are: they finish, nobody knows how. Every other end stops them. */
  started: 'complete' | 'stop' | 'leave';
  /** What it leaves for the referral's owner to do. */
  toAct?: ToAct;
}

/** What happens to onward referrals when something below them ends, moves or pauses, in its transaction. */
@Injectable()
export class OnwardSettling {
  constructor(
    referralHooks: ReferralHooks,
    clientHooks: ClientHooks,
    providerHooks: ProviderHooks,
    private readonly moves: OnwardMoves,
    private readonly hooks: OnwardHooks,
  ) {
    referralHooks.settling.register(MODULE, (tx, event) => this.settle(tx, event));
    referralHooks.outcome.register(MODULE, (tx, event) => this.outcome(tx, event));
    referralHooks.moved.register(MODULE, async (tx, { referralId, action }) => {
      if (action === 'resume') await this.resume(tx, referralId);
    });
    providerHooks.closing.register(MODULE, async (tx, { organisationId }) => {
      await this.lockWith(tx, organisationId, 'wait');
    });
    providerHooks.closedForGood.register(MODULE, (tx, { organisationId }) =>
      this.groupClosed(tx, organisationId),
    );
    clientHooks.merging.register(MODULE, (tx, event) => this.merge(tx, event));
    clientHooks.unmerging.register(MODULE, (tx, event) => this.unmerge(tx, event));
    clientHooks.died.register(MODULE, (tx, { clientId }) => this.died(tx, clientId));
    clientHooks.agreementWithdrawn.register(MODULE, async (tx, { clientId, organisationId }) => {
      // The scheme's own agreement ends the referral, and that settles these.
      if (organisationId !== null) await this.agreementWithdrawn(tx, clientId, organisationId);
    });
  }

  /** For its sender: whether they took part in any group, not in which. */
  private async outcome(tx: Tx, { referralId, since }: { referralId: string; since: Date }) {
    return tx.one<{ joinedGroup: boolean }>(sql`
      select exists (select 1 from onward_referral o
        where o.scheme_id = ${tx.schemeId} and o.referral_id = ${referralId} and o.started_at >= ${since}) as "joinedGroup"`);
  }

  private async settle(tx: Tx, { referralId, because, endStarted, side }: Settling): Promise<void> {
    const rows = await this.moves.lockAll(tx, sql`o.referral_id = ${referralId}`);
    if (because === 'held') return this.pause(tx, rows);
    await this.end(tx, rows, {
      reason: SETTLED_BY[because],
      side,
      started: !endStarted ? 'leave' : because === 'closed' ? 'complete' : 'stop',
    });
    const asked = await lapseApprovals(tx, referralId);
    if (asked.length > 0) await this.hooks.approvalChanged.run(tx, { approvalIds: asked });
    // Nobody has anything left to do about the answers to a referral that has ended.
    for (const row of rows) {
      if (!isLive(row.state) && row.toAct !== null) {
        await this.moves.write(tx, row, 'noted', { toAct: null });
      }
    }
  }

  /** A hold stops the clocks of offers that wait for an answer; what was answered or started goes on. */
  private async pause(tx: Tx, rows: readonly OnwardRecord[]): Promise<void> {
    const running = rows.filter((row) => row.state === 'offered' && row.clockStopped === null);
    if (running.length === 0) return;
    for (const row of running) {
      await this.moves.write(tx, row, 'pause', {
        ...stoppedClock(tx.now, row, await daysOffOf(tx, row.organisationId)),
        clockStopped: 'hold',
      });
    }
  }

  private async resume(tx: Tx, referralId: string): Promise<void> {
    const rows = await this.moves.lockAll(
      tx,
      sql`o.referral_id = ${referralId} and o.state = 'offered' and o.clock_stopped = 'hold'`,
    );
    if (rows.length === 0) return;
    for (const row of rows) {
      const from = mayBeWrittenTo(tx.now, await rhythmOf(tx, row.organisationId));
      await this.moves.write(tx, row, 'resume', {
        ...runningClock(from, row.daysLeft ?? 1, await daysOffOf(tx, row.organisationId)),
        clockStopped: null,
      });
    }
  }

  /** Places first, in the order of their listings, then each row. */
  private async end(tx: Tx, rows: readonly OnwardRecord[], ending: Ending): Promise<void> {
    const ended = rows.filter(
      (row) => isLive(row.state) && !(row.state === 'started' && ending.started === 'leave'),
    );
    await this.moves.exchange(tx, ended.map(held));
    const { reason, side, toAct = null } = ending;
    for (const row of ended) {
      if (row.state !== 'started') {
        await this.moves.write(
          tx,
          row,
          'withdraw',
          { endReason: reason, endSide: side, toAct },
          { reason, side },
        );
      } else if (ending.started === 'complete') {
        await this.moves.write(tx, row, 'complete', { result: 'not_known', toAct }, { reason, side });
      } else {
        await this.moves.write(
          tx,
          row,
          'stop',
          { endReason: reason, endSide: side, toAct },
          { reason, side },
        );
      }
    }
  }

  private async died(tx: Tx, clientId: string): Promise<void> {
    const rows = await this.moves.lockAll(
      tx,
      sql`o.client_id = ${clientId} and o.state = any(${LIVE_STATES}::text[])`,
    );
    await this.end(tx, rows, { reason: 'died', side: 'client', started: 'stop' });
  }

  /** What this organisation may no longer be told of ends at once, started or not. */
  private async agreementWithdrawn(tx: Tx, clientId: string, organisationId: string): Promise<void> {
    const rows = await this.moves.lockAll(
      tx,
      sql`o.client_id = ${clientId} and o.organisation_id = ${organisationId}
        and o.state = any(${LIVE_STATES}::text[])
        and not ${OFFER_SCOPE} = any(${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)})`,
    );
    await this.end(tx, rows, { reason: 'agreement_withdrawn', side: 'client', started: 'stop' });
  }

  /** Everybody who is with a group or waits for it, locked in the order of every offer. */
  private async lockWith(tx: Tx, organisationId: string, others: 'wait' | 'skip'): Promise<OnwardRecord[]> {
    const live = sql`o.organisation_id = ${organisationId} and o.state = any(${LIVE_STATES}::text[])`;
    const people = await tx.rows<{ id: string }>(sql`
      select c.id from client c
      where c.scheme_id = ${tx.schemeId} and c.id in (
        select o.client_id from onward_referral o where o.scheme_id = ${tx.schemeId} and ${live})
      order by c.id for no key update ${others === 'skip' ? sql`skip locked` : empty}`);
    const held = people.map(({ id }) => id);
    const rows = await this.moves.lockAll(tx, sql`${live} and o.client_id = any(${held}::uuid[])`);
    if (others === 'skip') {
      const { all } = await tx.one<{ all: number }>(sql`
        select count(*)::int as all from onward_referral o where o.scheme_id = ${tx.schemeId} and ${live}`);
      // Somebody was offered to it between the two locks, and is being worked on: from the beginning.
      if (all !== rows.length) throw startAgain();
    }
    return rows;
  }

  /** Each of them is their worker's to ring; the group's links end with it. The group's lock is held. */
  private async groupClosed(tx: Tx, organisationId: string): Promise<void> {
    const rows = await this.lockWith(tx, organisationId, 'skip');
    await this.end(tx, rows, {
      reason: 'provider_closed',
      side: 'provider',
      started: 'stop',
      toAct: 'ended_by_group',
    });
    await tx.run(sql`
      update reply_link set revoked_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and revoked_at is null`);
  }

  /** Rows go with the person. Joining somebody who is with a group to a record that must never be offered to it is refused. */
  private async merge(tx: Tx, { keptId, mergedId, mergeId }: Merging): Promise<void> {
    const people = [keptId, mergedId];
    const rows = await this.moves.lockAll(tx, sql`o.client_id = any(${people}::uuid[])`);
    const forbidden = await tx.maybe(sql`
      select 1 from onward_referral o
      join never_offer n on n.scheme_id = o.scheme_id and n.organisation_id = o.organisation_id
        and n.client_id = any(${people}::uuid[])
      where o.scheme_id = ${tx.schemeId} and o.client_id = any(${people}::uuid[])
        and o.state = any(${LIVE_STATES}::text[])
      limit 1`);
    if (forbidden) {
      throw Refusal.conflict(
        'never-offer',
        'One record is with a group that is on the never-offer list of the other. End that first.',
      );
    }
    await this.follow(
      tx,
      'merge',
      rows.filter(({ clientId }) => clientId === mergedId),
      keptId,
      mergeId,
    );
  }

  /** Two people after all: every row goes with its referral, also one made since. */
  private async unmerge(tx: Tx, { keptId, mergedId, mergeId }: Merging): Promise<void> {
    const rows = await this.moves.lockAll(
      tx,
      sql`o.client_id = ${keptId} and exists (
        select 1 from referral r
        where r.scheme_id = o.scheme_id and r.id = o.referral_id and r.client_id = ${mergedId})`,
    );
    await this.follow(tx, 'unmerge', rows, mergedId, mergeId);
  }

  private async follow(
    tx: Tx,
    action: 'merge' | 'unmerge',
    rows: readonly OnwardRecord[],
    clientId: string,
    mergeId: string,
  ): Promise<void> {
    const ids = rows.map(({ id }) => id);
    await tx.run(sql`
      update onward_referral set client_id = ${clientId}, version = version + 1, updated_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[])`);
    await tx.run(sql`
      update signpost s set client_id = ${clientId} from referral r
      where s.scheme_id = ${tx.schemeId} and r.scheme_id = s.scheme_id and r.id = s.referral_id
        and r.client_id = ${clientId} and s.client_id <> ${clientId}`);
    for (const row of rows) {
      await this.moves.remember(tx, row, action, row.state, { details: { mergeId } });
    }
  }
}
