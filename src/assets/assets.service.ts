import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { columnsAs } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { move } from '../platform/pure/lifecycle.js';
import { changesOf, FORGOTTEN_WORDS, known, newValues } from '../providers/changes.rules.js';
import type { AmendAsset, CreateAsset, MoveAsset, ReturnAsset } from './asset.dto.js';
import { Asset } from './asset.entity.js';
import { ASSET_EVENTS } from './asset.events.js';
import { assetLifecycle, type AssetVerb } from './asset.lifecycle.js';
import { assetWithin } from './asset.reach.js';
import { mapProblems } from './asset.rules.js';
import type { AssetRow } from './asset.types.js';
import { neighbourhoodOfPostcode } from './neighbourhood-of.js';

/** What is strong, written down: by a conversation, by a survey, or by an import. */
@Injectable()
export class AssetsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  create(actor: Actor, input: CreateAsset): Promise<string> {
    const reach = reachFor(actor, 'asset.create');
    return this.unitOfWork.run(actor, async (tx) => {
      if (
        reach === 'organisation' &&
        (actor.kind !== 'member' || input.organisationId !== actor.organisationId)
      )
        throw Refusal.notFound();
      if (input.foundOn !== undefined && input.foundOn > londonDate(tx.now)) {
        throw Refusal.invalidField('foundOn', 'Enter a date that is not in the future');
      }
      return this.createWithin(tx, input);
    });
  }

  /** In the caller's transaction, which has decided that it may. */
  async createWithin(tx: Tx, input: CreateAsset): Promise<string> {
    const { name, description, kind, forReview, foundBy, foundOn, ...details } = input;
    const today = londonDate(tx.now);
    const verb = forReview ? 'propose' : 'draft';
    const asset = await placed(tx, { ...NEW_ASSET, ...known(details) }, null);
    await refuseStrangers(tx, asset);
    const id = newId();
    await tx.manager.insert(Asset, {
      ...asset,
      schemeId: tx.schemeId,
      id,
      name,
      description,
      kind,
      state: forReview ? 'in_review' : 'draft',
      foundBy: foundBy ?? 'conversation',
      foundOn: foundOn ?? today,
      createdBy: tx.actor.kind === 'member' ? tx.actor.membershipId : null,
      createdAt: tx.now,
      updatedAt: tx.now,
    });
    await tellOfAsset(tx, id, 'asset.create', verb, { name: { from: null, to: name } });
    return id;
  }

  amend(actor: Actor, id: string, version: number, input: AmendAsset): Promise<string> {
    const within = assetWithin(actor, reachFor(actor, 'asset.amend'));
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockAsset(tx, id, within);
      refuseStale(before.version, version);
      moved('amend', before);
      const changes = changesOf(before, await placed(tx, known(input), before));
      const after = { ...before, ...newValues(changes) };
      await refuseStrangers(tx, after);
      if (before.state === 'published') refuseUnmapped(after);
      if (Object.keys(changes).length === 0) return id;
      await write(tx, before, newValues(changes));
      await tellOfAsset(tx, id, 'asset.amend', 'amend', changes);
      return id;
    });
  }

  submit(actor: Actor, id: string): Promise<string> {
    return this.move(actor, 'asset.amend', 'submit', id, {});
  }

  return(actor: Actor, id: string, input: ReturnAsset): Promise<string> {
    return this.move(actor, 'asset.publish', 'return', id, input);
  }

  /** Whether it is right is another question, which somebody answers by confirming it. */
  publish(actor: Actor, id: string): Promise<string> {
    return this.move(actor, 'asset.publish', 'publish', id, {}, (_tx, asset) => {
      refuseUnmapped(asset);
      return {};
    });
  }

  retire(actor: Actor, id: string, input: MoveAsset): Promise<string> {
    return this.move(actor, 'asset.retire', 'retire', id, input);
  }

  restore(actor: Actor, id: string, input: MoveAsset): Promise<string> {
    return this.move(actor, 'asset.publish', 'restore', id, input);
  }

  confirm(actor: Actor, id: string): Promise<string> {
    return this.move(actor, 'asset.confirm', 'confirm', id, {}, (tx) => ({
      confirmedOn: londonDate(tx.now),
    }));
  }

  /**
   * In the caller's transaction: a draft that nobody has worked on since it was proposed is retired without its words,
   * which its history does not keep either. Any other stays as it is.
   */
  async forgetDraftWithin(tx: Tx, id: string): Promise<void> {
    const before = await lockAsset(tx, id, sql`true`);
    if (before.state !== 'in_review' || before.version !== 1) return;
    const state = moved('retire', before);
    await write(tx, before, { state, description: FORGOTTEN_WORDS });
    await tellOfAsset(tx, id, 'asset.retire', 'retire', {
      ...changesOf(before, { state }),
      description: 'changed',
    });
  }

  private move(
    actor: Actor,
    action: Extract<Action, `asset.${string}`>,
    verb: AssetVerb,
    id: string,
    input: { reason?: string | null },
    also?: (tx: Tx, asset: AssetRow) => Partial<AssetRow>,
  ): Promise<string> {
    const within = assetWithin(actor, reachFor(actor, action));
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockAsset(tx, id, within);
      const state = moved(verb, before);
      const changes = changesOf(before, { state, ...also?.(tx, before) });
      await write(tx, before, newValues(changes));
      await tellOfAsset(tx, id, action, verb, {
        ...changes,
        ...(input.reason ? { reason: input.reason } : {}),
      });
      return id;
    });
  }
}

/** The three that go with every change of an asset: its history, its audit entry and its outbox line. */
async function tellOfAsset(
  tx: Tx,
  assetId: string,
  action: Action,
  verb: AssetVerb,
  changes: Record<string, unknown>,
): Promise<void> {
  const { actor } = tx;
  await tx.run(sql`
    insert into asset_history (scheme_id, id, asset_id, at, action, actor_id, actor_name, changes)
    values (${tx.schemeId}, ${newId()}, ${assetId}, ${tx.now}, ${ASSET_EVENTS[verb]},
      ${actor.kind === 'member' ? actor.membershipId : null}, ${actor.kind === 'system' ? actor.name : null},
      ${JSON.stringify(changes)})`);
  await audit(tx, {
    action,
    subject: { kind: 'asset', id: assetId },
    details: { event: ASSET_EVENTS[verb], fields: Object.keys(changes) },
  });
  await outbox.add(tx, ASSET_EVENTS[verb], { assetId });
}

/** Locks one asset and authorises in the same statement. */
async function lockAsset(tx: Tx, id: string, within: Sql): Promise<AssetRow> {
  const asset = await tx.maybe<AssetRow & Record<string, unknown>>(sql`
    select ${columnsAs(Asset, 'a')} from asset a
    where a.scheme_id = ${tx.schemeId} and a.id = ${id} and ${within} for no key update`);
  if (!asset) throw Refusal.notFound();
  return asset;
}

function moved(verb: AssetVerb, asset: AssetRow): AssetRow['state'] {
  const answer = move(assetLifecycle, verb, asset.state);
  if (!answer.ok) throw Refusal.illegalMove(asset.state, verb, answer.because);
  if (answer.to === 'before' || answer.to === 'gone') throw new Error('An asset neither goes back nor away.');
  return answer.to;
}

function refuseUnmapped(asset: AssetRow): void {
  const problems = mapProblems(asset);
  if (problems.length > 0) throw Refusal.invalid(problems);
}

const write = (tx: Tx, before: AssetRow, values: Record<string, unknown>) =>
  tx.manager.update(
    Asset,
    { schemeId: tx.schemeId, id: before.id },
    { ...values, version: before.version + 1, updatedAt: tx.now },
  );

/** Puts the neighbourhood of a new postcode beside it, unless one was given. */
async function placed<Given extends Partial<AssetRow>>(
  tx: Tx,
  given: Given,
  before: AssetRow | null,
): Promise<Given> {
  const { postcode, neighbourhoodId } = given;
  if (
    !postcode ||
    postcode === before?.postcode ||
    (neighbourhoodId !== undefined && neighbourhoodId !== null)
  ) {
    return given;
  }
  const row = await tx.one<{ id: string | null }>(sql`
    select ${neighbourhoodOfPostcode(tx.schemeId, sql`${postcode}::text`)} as id`);
  return { ...given, neighbourhoodId: row.id };
}

/** Whatever it names must be of this scheme, and a service must be one of the group named. */
async function refuseStrangers(
  tx: Tx,
  asset: Pick<AssetRow, 'neighbourhoodId' | 'organisationId' | 'listingId'>,
): Promise<void> {
  const { neighbourhoodId, organisationId, listingId } = asset;
  const found = await tx.one<{ neighbourhood: boolean; organisation: boolean; listing: string | null }>(sql`
    select
      exists (select 1 from neighbourhood n where n.scheme_id = ${tx.schemeId} and n.id = ${neighbourhoodId}) as neighbourhood,
      exists (select 1 from organisation o where o.scheme_id = ${tx.schemeId} and o.id = ${organisationId}) as organisation,
      (select l.organisation_id from listing l where l.scheme_id = ${tx.schemeId} and l.id = ${listingId}) as listing`);
  if (neighbourhoodId !== null && !found.neighbourhood) {
    throw Refusal.invalidField('neighbourhoodId', 'There is no such neighbourhood');
  }
  if (organisationId !== null && !found.organisation) {
    throw Refusal.invalidField('organisationId', 'There is no such group');
  }
  if (listingId !== null && (found.listing === null || found.listing !== organisationId)) {
    throw Refusal.invalidField('listingId', 'Choose a service of the group that it belongs to');
  }
}

const NEW_ASSET: Omit<AssetRow, 'id' | 'name' | 'description' | 'state' | 'kind' | 'foundBy' | 'foundOn'> = {
  version: 1,
  domains: [],
  neighbourhoodId: null,
  community: null,
  takesReferrals: false,
  howToJoin: null,
  address: null,
  postcode: null,
  organisationId: null,
  listingId: null,
  confirmedOn: null,
  source: null,
};
