import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit, auditedRead } from '../audit/audit.js';
import { clientWithin } from '../clients/client.reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { reachFor } from '../permissions/reach.js';
import { channelsOf } from './channel.rules.js';
import type { OwnSwitchView, SwitchView } from './message.dto.js';
import { CLIENT_SWITCHES, GROUP_SWITCHES, SCHEME_SWITCHES, type Telling } from './message.types.js';
import type { ReminderKind } from './reminder.kinds.js';
import { TASK_KINDS, type TaskKind } from './task.types.js';
import { TOLD_AT_ONCE } from './told-at-once.js';

interface Whose {
  membershipId: string | null;
  clientId: string | null;
}

const EVERYBODY: Whose = { membershipId: null, clientId: null };

const isForClients = (kind: string): kind is (typeof CLIENT_SWITCHES)[number] =>
  (CLIENT_SWITCHES as readonly string[]).includes(kind);

/** Letters go to clients only, texts to clients and groups. */
function ways(kind: string): readonly SendingChannel[] {
  if (isForClients(kind)) return channelsOf(kind satisfies ReminderKind);
  return (GROUP_SWITCHES as readonly string[]).includes(kind) ? ['email', 'text'] : ['email'];
}

const pairs = (kinds: readonly string[]): Omit<SwitchView, 'on'>[] =>
  kinds.flatMap((kind) => ways(kind).map((channel) => ({ kind, channel })));

const OF_SCHEME = pairs(SCHEME_SWITCHES);
const OF_CLIENT = pairs(CLIENT_SWITCHES);

/** How somebody may be told of a kind, the way it is when they chose nothing first. The daily e-mail is one among them. */
function tellings(kind: string): readonly [Telling, ...Telling[]] {
  const atOnce = TOLD_AT_ONCE[kind as TaskKind];
  if (atOnce === undefined) return ['daily', 'list'];
  return atOnce.mayBeLeftOut ? ['at_once', 'daily', 'list'] : ['at_once'];
}

const OWN = ['digest', ...TASK_KINDS].map((kind) => ({ kind, choices: tellings(kind) }));

/** What is switched off for somebody who wants it told in this way. */
const OFF_FOR = { at_once: null, daily: 'notice', list: 'email' } as const satisfies Record<
  Telling,
  string | null
>;

/** What is sent, and what not: for everybody, to one who works here, to one client. */
@Injectable()
export class MessageSwitches {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async ofScheme(actor: MemberActor): Promise<SwitchView[]> {
    reachFor(actor, 'messageSwitch.list');
    return this.read(actor, OF_SCHEME, sql`membership_id is null and client_id is null`);
  }

  async own(actor: MemberActor): Promise<OwnSwitchView[]> {
    reachFor(actor, 'messageSwitch.own');
    const off = await this.off(actor, sql`membership_id = ${actor.membershipId}`);
    return OWN.map(({ kind, choices }) => ({
      kind,
      choices,
      told: choices.find((told) => off.includes(`${kind} ${OFF_FOR[told] ?? ''}`)) ?? choices[0],
    }));
  }

  async ofClient(actor: MemberActor, clientId: string): Promise<SwitchView[]> {
    const reach = reachFor(actor, 'client.switchMessages');
    const now = this.clock.now();
    const page = sql`
      select c.id as client_id, array(
        select s.kind || ' ' || s.channel from message_switch s
        where s.scheme_id = c.scheme_id and s.client_id = c.id) as off
      from client c where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${clientWithin(actor, reach, now)}`;
    const row = await this.database.maybe<{ off: string[] }>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'client.switchMessages', subject: { kind: 'client', id: clientId } },
        page,
      ),
    );
    if (!row) throw Refusal.notFound();
    return withState(OF_CLIENT, row.off);
  }

  setForScheme(actor: MemberActor, kind: string, channel: string, on: boolean): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'messageSwitch.set');
      await set(tx, actor, OF_SCHEME, EVERYBODY, kind, channel, on);
      await audit(tx, {
        action: 'messageSwitch.set',
        subject: { kind: 'scheme', id: tx.schemeId },
        details: { kind, channel, on },
      });
      return tx.schemeId;
    });
  }

  setOwn(actor: MemberActor, kind: string, told: Telling): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'messageSwitch.own');
      const choices = tellings(kind);
      if (!choices.includes(told)) {
        throw Refusal.invalidField('told', `This cannot be chosen here. Choose: ${choices.join(', ')}`);
      }
      await tx.run(sql`
        delete from message_switch
        where scheme_id = ${tx.schemeId} and membership_id = ${actor.membershipId} and kind = ${kind}`);
      const off = told === choices[0] ? null : OFF_FOR[told];
      if (off !== null)
        await switchOff(tx, actor, { ...EVERYBODY, membershipId: actor.membershipId }, kind, off);
      await audit(tx, {
        action: 'messageSwitch.own',
        subject: { kind: 'membership', id: actor.membershipId },
        details: { kind, told },
      });
      return actor.membershipId;
    });
  }

  setForClient(
    actor: MemberActor,
    clientId: string,
    kind: string,
    channel: string,
    on: boolean,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = reachFor(actor, 'client.switchMessages');
      const client = await tx.maybe<{ standing: string }>(sql`
        select c.standing from client c
        where c.scheme_id = ${tx.schemeId} and c.id = ${clientId} and ${clientWithin(actor, reach, tx.now)} for update`);
      if (!client) throw Refusal.notFound();
      if (client.standing === 'merged') {
        throw Refusal.conflict('merged', 'This record was joined to another. Look at that one.');
      }
      await set(tx, actor, OF_CLIENT, { ...EVERYBODY, clientId }, kind, channel, on);
      await audit(tx, {
        action: 'client.switchMessages',
        subject: { kind: 'client', id: clientId },
        clients: [clientId],
        details: { kind, channel, on },
      });
      return clientId;
    });
  }

  private async read(
    actor: MemberActor,
    all: readonly Omit<SwitchView, 'on'>[],
    whose: Sql,
  ): Promise<SwitchView[]> {
    return withState(all, await this.off(actor, whose));
  }

  private async off(actor: MemberActor, whose: Sql): Promise<string[]> {
    const rows = await this.database.read<{ off: string }>(
      actor.schemeId,
      sql`select kind || ' ' || channel as off from message_switch where scheme_id = ${actor.schemeId} and ${whose}`,
    );
    return rows.map(({ off }) => off);
  }
}

const withState = (all: readonly Omit<SwitchView, 'on'>[], off: readonly string[]): SwitchView[] =>
  all.map((one) => ({ ...one, on: !off.includes(`${one.kind} ${one.channel}`) }));

async function set(
  tx: Tx,
  actor: MemberActor,
  allowed: readonly Omit<SwitchView, 'on'>[],
  whose: Whose,
  kind: string,
  channel: string,
  on: boolean,
): Promise<void> {
  if (!allowed.some((one) => one.kind === kind && one.channel === channel)) {
    const possible = allowed.filter((one) => one.kind === kind).map((one) => one.channel);
    throw Refusal.invalidField('channel', `This is never sent by ${channel}. Choose: ${possible.join(', ')}`);
  }
  if (!on) {
    await switchOff(tx, actor, whose, kind, channel);
    return;
  }
  await tx.run(sql`
    delete from message_switch where scheme_id = ${tx.schemeId} and kind = ${kind} and channel = ${channel}
      and membership_id is not distinct from ${whose.membershipId} and client_id is not distinct from ${whose.clientId}`);
}

const switchOff = (
  tx: Tx,
  actor: MemberActor,
  { membershipId, clientId }: Whose,
  kind: string,
  channel: string,
) =>
  tx.run(sql`
    insert into message_switch (scheme_id, id, membership_id, client_id, kind, channel, switched_off_at, switched_off_by)
    values (${tx.schemeId}, ${newId()}, ${membershipId}, ${clientId}, ${kind}, ${channel}, ${tx.now},
      ${actor.membershipId})
    on conflict do nothing`);
