import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { lockWithin } from '../clients/client-rows.js';
import { isGroup, onwardWithin } from '../onward-referrals/onward.reach.js';
import type { OnwardState } from '../onward-referrals/onward.types.js';
import { reachFor } from '../permissions/reach.js';
import { type Actor, systemActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { canonicalJson } from '../platform/pure/hash.js';
import { idWithin, newId } from '../platform/pure/ids.js';
import { changesOf, known, type Changes } from '../providers/changes.rules.js';
import { GroupLinks } from './group-links.service.js';
import type { AmendHelp, RecordHelp, RecordHelpForClient, RecordTally, VoidHelp } from './help.dto.js';
import { HELP_EVENTS } from './help.events.js';
import { helpWithin, takesPart } from './help.reach.js';
import type { HelpRow } from './help.types.js';
import type { OpenGroupLink } from './survey.types.js';

type NewHelp = Pick<HelpRow, 'organisationId' | 'clientId' | 'onwardReferralId' | 'neighbourhoodId' | 'note'>;

/** Practical help, recorded as what it was: for somebody, or counted without a name. */
@Injectable()
export class Help {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly links: GroupLinks,
  ) {}

  recordForClient(actor: Actor, clientId: string, input: RecordHelpForClient): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'help.record', clientId);
      const organisationId = await giver(tx, input.organisationId ?? null);
      return record(tx, input, {
        organisationId,
        clientId,
        onwardReferralId: null,
        neighbourhoodId: null,
        note: input.note ?? null,
      });
    });
  }

  /** What a group gives to somebody who takes part with it. */
  recordForOnward(actor: Actor, onwardReferralId: string, input: RecordHelp): Promise<string> {
    const reach = reachFor(actor, 'help.record');
    return this.unitOfWork.run(actor, async (tx) => {
      const within = onwardWithin(actor, reach, tx.now);
      const onward = await tx.maybe<{
        state: OnwardState;
        takesPart: boolean;
        organisationId: string;
        clientId: string;
      }>(sql`
        select o.state, ${takesPart} as "takesPart", o.organisation_id as "organisationId", o.client_id as "clientId"
        from onward_referral o
        where o.scheme_id = ${tx.schemeId} and o.id = ${onwardReferralId} and ${within} for share of o`);
      if (!onward) throw Refusal.notFound();
      const { state, organisationId, clientId } = onward;
      if (!onward.takesPart) {
        // What an agreement no longer covers is withdrawn, as far as its group may know.
        const live = state === 'accepted' || state === 'started';
        throw Refusal.illegalMove(
          live && isGroup(actor) ? 'withdrawn' : state,
          'recordHelp',
          'Help is recorded while somebody takes part: accepted or started, and agreed to.',
        );
      }
      return record(tx, input, {
        organisationId,
        clientId,
        onwardReferralId,
        neighbourhoodId: null,
        note: input.note ?? null,
      });
    });
  }

  tally(actor: Actor, input: RecordTally): Promise<string> {
    const reach = reachFor(actor, 'help.tally');
    return this.unitOfWork.run(actor, async (tx) => {
      const asked = input.organisationId ?? null;
      if (
        reach === 'organisation' &&
        asked !== null &&
        actor.kind === 'member' &&
        asked !== actor.organisationId
      ) {
        throw Refusal.notFound();
      }
      return recordTally(tx, input, await giver(tx, asked));
    });
  }

  /**
   * The same by a group's link. One form sent twice, as by two taps, is counted once; gone back to and filled in anew, it
   * is another.
   */
  async tallyByLink(link: OpenGroupLink, input: RecordTally, formId: string): Promise<void> {
    const { organisationId } = link;
    if (organisationId === null) throw new Error('A link to count help is always of a group.');
    await this.unitOfWork.run(systemActor(link.schemeId, 'a group, by link'), async (tx) => {
      await this.links.refuseEnded(tx, link.id);
      const id = idWithin(formId, canonicalJson([link.id, input]));
      await recordTally(tx, input, organisationId, { linkId: link.id, id });
    });
  }

  amend(actor: Actor, id: string, version: number, input: AmendHelp): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockHelp(tx, id);
      refuseStale(before.version, version);
      if (before.voided) throw Refusal.illegalMove('voided', 'amend', 'It was recorded by mistake.');
      const { reason, ...given } = known(input);
      if (before.clientId === null && given.note) {
        throw Refusal.invalidField('note', 'Leave this out: a tally has no words');
      }
      if (before.clientId !== null && given.neighbourhoodId) {
        throw Refusal.invalidField('neighbourhoodId', 'Leave this out: it is where they live');
      }
      const changes = changesOf(before, given);
      if (Object.keys(changes).length === 0) return id;
      const after = { ...before, ...given };
      await refuseUnfit(tx, after);
      await tx.run(sql`
        update practical_help set kind = ${after.kind}, quantity = ${after.quantity},
          household_members = ${after.householdMembers}, given_on = ${after.givenOn},
          neighbourhood_id = ${after.neighbourhoodId}, note = ${after.note}, version = version + 1,
          updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'amend', before, changes, reason ?? null);
      return id;
    });
  }

  void(actor: Actor, id: string, { reason }: VoidHelp): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockHelp(tx, id);
      if (before.voided) throw Refusal.illegalMove('voided', 'void', 'It has been taken out already.');
      await tx.run(sql`
        update practical_help set voided_at = ${tx.now}, void_reason = ${reason}, version = version + 1,
          updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'void', before, {}, reason);
      return id;
    });
  }
}

/** Whoever is named, a group of this scheme; else the organisation of whoever writes it down. */
async function giver(tx: Tx, organisationId: string | null): Promise<string> {
  const own = tx.actor.kind === 'member' ? tx.actor.organisationId : null;
  const named = organisationId ?? own;
  if (named === null) throw Refusal.invalidField('organisationId', 'Say who gave it');
  if (named === own) return own;
  const known = await tx.maybe(sql`
    select 1 from provider where scheme_id = ${tx.schemeId} and organisation_id = ${named}`);
  if (!known) throw Refusal.invalidField('organisationId', 'There is no such group');
  return named;
}

/** The link it came by, and the id of what its form said. */
interface ByLink {
  linkId: string | null;
  id: string;
}

const recordTally = (
  tx: Tx,
  input: Omit<RecordTally, 'organisationId'>,
  organisationId: string,
  by?: ByLink,
): Promise<string> => {
  const neighbourhoodId = input.neighbourhoodId ?? null;
  const nobody = { clientId: null, onwardReferralId: null, note: null };
  return record(tx, input, { ...nobody, organisationId, neighbourhoodId }, by);
};

async function record(
  tx: Tx,
  given: Pick<RecordHelp, 'kind' | 'quantity' | 'householdMembers' | 'givenOn'>,
  more: NewHelp,
  { linkId, id }: ByLink = { linkId: null, id: newId() },
): Promise<string> {
  const { kind, quantity = 1, householdMembers = null, givenOn } = given;
  await refuseUnfit(tx, { givenOn, neighbourhoodId: more.neighbourhoodId });
  const made = await tx.maybe(sql`
    insert into practical_help (scheme_id, id, kind, quantity, household_members, given_on, organisation_id, recorded_by,
      link_id, client_id, onward_referral_id, neighbourhood_id, note, created_at, updated_at)
    values (${tx.schemeId}, ${id}, ${kind}, ${quantity}, ${householdMembers}, ${givenOn}, ${more.organisationId},
      ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}, ${linkId}, ${more.clientId},
      ${more.onwardReferralId}, ${more.neighbourhoodId}, ${more.note}, ${tx.now}, ${tx.now})
    on conflict (scheme_id, id) do nothing returning id`);
  if (made) await tell(tx, 'record', { id, clientId: more.clientId }, {}, null);
  return id;
}

async function refuseUnfit(tx: Tx, help: Pick<HelpRow, 'givenOn' | 'neighbourhoodId'>): Promise<void> {
  if (help.givenOn > londonDate(tx.now)) {
    throw Refusal.invalidField('givenOn', 'Enter a date that is not in the future');
  }
  if (help.neighbourhoodId === null) return;
  const known = await tx.maybe(sql`
    select 1 from neighbourhood where scheme_id = ${tx.schemeId} and id = ${help.neighbourhoodId}`);
  if (!known) throw Refusal.invalidField('neighbourhoodId', 'There is no such neighbourhood');
}

async function lockHelp(tx: Tx, id: string): Promise<HelpRow> {
  const within = helpWithin(tx.actor, reachFor(tx.actor, 'help.amend'), tx.now);
  const row = await tx.maybe<HelpRow & Record<string, unknown>>(sql`
    select h.id, h.version, h.kind, h.quantity, h.household_members as "householdMembers",
      h.given_on::text as "givenOn", h.organisation_id as "organisationId", h.client_id as "clientId",
      h.onward_referral_id as "onwardReferralId", h.neighbourhood_id as "neighbourhoodId", h.note,
      h.voided_at is not null as voided
    from practical_help h
    where h.scheme_id = ${tx.schemeId} and h.id = ${id} and ${within} for no key update of h`);
  if (!row) throw Refusal.notFound();
  return row;
}

/** Its history, its audit entry and its outbox line. */
async function tell(
  tx: Tx,
  verb: keyof typeof HELP_EVENTS,
  { id, clientId }: Pick<HelpRow, 'id' | 'clientId'>,
  changes: Changes,
  reason: string | null,
): Promise<void> {
  const { actor } = tx;
  await tx.run(sql`
    insert into practical_help_history (scheme_id, id, help_id, at, action, actor_id, actor_name, reason, changes)
    values (${tx.schemeId}, ${newId()}, ${id}, ${tx.now}, ${HELP_EVENTS[verb]},
      ${actor.kind === 'member' ? actor.membershipId : null}, ${actor.kind === 'system' ? actor.name : null}, ${reason},
      ${JSON.stringify(changes)})`);
  await audit(tx, {
    action: `help.${verb}`,
    subject: { kind: 'help', id },
    clients: clientId === null ? [] : [clientId],
    details: { fields: Object.keys(changes) },
  });
  await outbox.add(tx, HELP_EVENTS[verb], { helpId: id });
}
