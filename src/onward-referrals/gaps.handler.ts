import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import type { Need } from '../platform/words/needs.js';
import { LISTING_EVENTS } from '../providers/listing.events.js';
import { REFERRAL_EVENTS } from '../referrals/referral.events.js';
import { failedForCapacity, unmet } from './gap.rules.js';
import { GapsFound } from './gaps-found.queries.js';
import { Gaps } from './gaps.service.js';
import { ONWARD_EVENTS } from './onward.events.js';
import { isLive, type EndReason, type OnwardState } from './onward.types.js';

function named(payload: EventPayload, name: string): string {
  const id = payload[name];
  if (!id) throw new Error(`The event lacks its ${name}.`);
  return id;
}

/** Where every group asked had no room, or nobody suits, the need is written down without anybody having to think of it. */
async function openAfterAnswer(tx: Tx, gaps: Gaps, found: GapsFound, payload: EventPayload): Promise<void> {
  const referralId = named(payload, 'referralId');
  const onwardReferralId = named(payload, 'onwardReferralId');
  const offers = await tx.rows<{
    id: string;
    needs: Need[];
    state: OnwardState;
    endReason: EndReason | null;
  }>(sql`
    select o.id, o.needs, o.state, o.end_reason as "endReason" from onward_referral o
    join referral r on r.scheme_id = o.scheme_id and r.id = o.referral_id and r.state in ('allocated', 'active')
    where o.scheme_id = ${tx.schemeId} and o.referral_id = ${referralId} order by o.id`);
  const needs = offers.find(({ id }) => id === onwardReferralId)?.needs ?? [];
  // The same wish only: room for something else is no room for this.
  const same = offers.filter((offer) => offer.needs.some((need) => needs.includes(need)));
  if (failedForCapacity(same)) {
    for (const need of needs) await gaps.openFor(tx, referralId, need, 'no_capacity');
  } else if (!same.some(({ endReason }) => endReason === null)) {
    await openWhereNobodySuits(tx, gaps, found, referralId, needs);
  }
}

async function openWhereNobodySuits(
  tx: Tx,
  gaps: Gaps,
  found: GapsFound,
  referralId: string,
  needs: readonly Need[] | null,
): Promise<void> {
  const weighed = await found.weighed(tx, referralId, needs);
  if (weighed === null) return;
  // Whoever said no, or nothing, is not asked again.
  const open = weighed.services.filter(({ offered }) => offered === null || isLive(offered));
  for (const need of unmet(weighed.needs, open)) {
    await gaps.openFor(tx, referralId, need, 'nobody_eligible');
  }
}

@Handles(ONWARD_EVENTS.decline, 'open-gap-after-no')
export class OpenGapAfterNo implements EventHandler {
  constructor(
    private readonly gaps: Gaps,
    private readonly found: GapsFound,
  ) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return openAfterAnswer(tx, this.gaps, this.found, payload);
  }
}

@Handles(ONWARD_EVENTS.expire, 'open-gap-after-silence')
export class OpenGapAfterSilence implements EventHandler {
  constructor(
    private readonly gaps: Gaps,
    private readonly found: GapsFound,
  ) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return openAfterAnswer(tx, this.gaps, this.found, payload);
  }
}

/** Whose group has closed for good: where nobody else suits, the need is written down as unmet. */
async function openAfterClosing(tx: Tx, gaps: Gaps, found: GapsFound, payload: EventPayload): Promise<void> {
  const id = named(payload, 'onwardReferralId');
  const closed = await tx.maybe(sql`
    select 1 from onward_referral o
    where o.scheme_id = ${tx.schemeId} and o.id = ${id} and o.end_reason = 'provider_closed'`);
  if (closed) await openAfterAnswer(tx, gaps, found, payload);
}

@Handles(ONWARD_EVENTS.withdraw, 'open-gap-after-closing')
export class OpenGapAfterClosing implements EventHandler {
  constructor(
    private readonly gaps: Gaps,
    private readonly found: GapsFound,
  ) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return openAfterClosing(tx, this.gaps, this.found, payload);
  }
}

@Handles(ONWARD_EVENTS.stop, 'open-gap-after-stopping')
export class OpenGapAfterStopping implements EventHandler {
  constructor(
    private readonly gaps: Gaps,
    private readonly found: GapsFound,
  ) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return openAfterClosing(tx, this.gaps, this.found, payload);
  }
}

/** Once they were reached, their reasons are known to be theirs. */
@Handles(REFERRAL_EVENTS.begin, 'open-gap-where-nobody-suits')
export class OpenGapAtBegin implements EventHandler {
  constructor(
    private readonly gaps: Gaps,
    private readonly found: GapsFound,
  ) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return openWhereNobodySuits(tx, this.gaps, this.found, named(payload, 'referralId'), null);
  }
}

async function closeMetBy(
  tx: Tx,
  gaps: Gaps,
  found: GapsFound,
  payload: EventPayload,
  { at }: HandledEvent,
): Promise<void> {
  const listingId = named(payload, 'listingId');
  const ids = await found.metBy(tx, listingId, at);
  if (ids.length > 0) await gaps.end(tx, ids, { because: 'service_started', listingId });
}

@Handles(LISTING_EVENTS.publish, 'close-gaps-of-new-service')
export class CloseGapsOfNewService implements EventHandler {
  constructor(
    private readonly gaps: Gaps,
    private readonly found: GapsFound,
  ) {}

  handle(tx: Tx, payload: EventPayload, event: HandledEvent): Promise<void> {
    return closeMetBy(tx, this.gaps, this.found, payload, event);
  }
}

@Handles(LISTING_EVENTS.resume, 'close-gaps-of-resumed-service')
export class CloseGapsOfResumedService implements EventHandler {
  constructor(
    private readonly gaps: Gaps,
    private readonly found: GapsFound,
  ) {}

  handle(tx: Tx, payload: EventPayload, event: HandledEvent): Promise<void> {
    return closeMetBy(tx, this.gaps, this.found, payload, event);
  }
}

/** Whoever takes part is helped, whatever was written down before. */
@Handles(ONWARD_EVENTS.start, 'close-gaps-of-helped')
export class CloseGapsOfHelped implements EventHandler {
  constructor(private readonly gaps: Gaps) {}

  async handle(tx: Tx, payload: EventPayload): Promise<void> {
    const rows = await tx.rows<{ id: string; listingId: string }>(sql`
      select g.id, o.listing_id as "listingId" from onward_referral o
      join gap g on g.scheme_id = o.scheme_id and g.referral_id = o.referral_id and g.need = any(o.needs)
      where o.scheme_id = ${tx.schemeId} and o.id = ${named(payload, 'onwardReferralId')} and g.closed_at is null
        and o.started_on is not null`);
    const [first] = rows;
    if (!first) return;
    await this.gaps.end(
      tx,
      rows.map(({ id }) => id),
      { because: 'helped', listingId: first.listingId },
    );
  }
}

@Handles(ONWARD_EVENTS.notStarted, 'reopen-gaps-of-not-helped')
export class ReopenGapsOfNotHelped implements EventHandler {
  constructor(private readonly gaps: Gaps) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return this.gaps.reopenNotHelpedWithin(tx, named(payload, 'onwardReferralId'));
  }
}
