import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { Client } from '../clients/client.entity.js';
import { clientWithin } from '../clients/client.reach.js';
import type { LoneWorkerFlag } from '../clients/lone-worker-flag.types.js';
import { flagsOf, NOTE_VERSION, noteReadSince } from '../clients/lone-worker-flags.service.js';
import { heldClient, reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { atLondon, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { columnsAs } from '../platform/database/entity-sql.js';
import { Refusal } from '../platform/errors/refusal.js';
import { ageOn } from '../platform/pure/names.js';
import type { Need } from '../platform/words/needs.js';
import { referralWithin } from './referral.reach.js';
import { STAGE } from './referral-stage.queries.js';
import { isOpen, type NextKind, type ReferralStage, type ReferralState } from './referral.types.js';

const SHOWN = [
  'id',
  'version',
  'mergedInto',
  'firstName',
  'lastName',
  'knownAs',
  'dateOfBirth',
  'nhsNumber',
  'postcode',
  'phone',
  'email',
  'safeToCall',
  'safeToText',
  'safeToEmail',
  'safeToWrite',
  'safeToLeaveMessage',
  'reachThrough',
  'reachNote',
  'language',
  'interpreter',
  'accessNeeds',
  'safetyFlag',
  'diedOn',
  'deathRecordedAt',
] as const satisfies readonly (keyof Client)[];

/** One referral of a person, as far as the head of their record needs it. */
export interface HeadReferral {
  id: string;
  version: number;
  reference: string;
  state: ReferralState;
  stage: ReferralStage;
  reasons: Need[];
  organisationName: string | null;
  ownerId: string | null;
  ownerName: string | null;
  nextAt: Date | null;
  nextKind: NextKind | null;
  sentAt: Date | null;
  /** The day in London, YYYY-MM-DD. */
  endedOn: string | null;
  /** May we ask again after closing? null until it was asked. */
  mayAskAgain: boolean | null;
}

/** Who a page is about, how they may be reached, and which referral the work on them belongs to. */
export type PersonHead = Pick<Client, (typeof SHOWN)[number]> & {
  age: number;
  /** What keeps whoever goes there safe. */
  flags: LoneWorkerFlag[];
  /** There is something to read before anything else, and whoever asks has not read it today. */
  noteUnread: boolean;
  /** At which what there is to read stands. */
  noteVersion: number;
  /** Where it is theirs only as opened in an emergency: that opening, which has a page of its own and not the record's. */
  openedBy: string | null;
  /** Newest first. */
  referrals: HeadReferral[];
  /** The open one, else the newest; null where they have none in reach. */
  current: HeadReferral | null;
  open: HeadReferral | null;
};

type Row = Pick<Client, (typeof SHOWN)[number]> & {
  flags: LoneWorkerFlag[];
  noteRead: boolean;
  noteVersion: number;
  openedBy: string | null;
  referrals: (Omit<HeadReferral, 'nextAt' | 'sentAt'> & { nextAt: string | null; sentAt: string | null })[];
};

/** One a year for a lifetime. */
const MOST = 100;

/** The head of every page about one person, in one statement that also records who was shown. */
@Injectable()
export class PersonHeads {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  of(actor: MemberActor, clientId: string): Promise<PersonHead> {
    return this.head(actor, sql`c.id = ${clientId}`);
  }

  /** Of whoever a referral is about; that referral is the current one. */
  async ofReferral(actor: MemberActor, referralId: string): Promise<PersonHead & { current: HeadReferral }> {
    const head = await this.head(
      actor,
      sql`c.id = (select x.client_id from referral x where x.scheme_id = ${actor.schemeId} and x.id = ${referralId})`,
    );
    const current = head.referrals.find(({ id }) => id === referralId);
    if (!current) throw Refusal.notFound();
    return { ...head, current };
  }

  /** Of those of these referrals that are in reach, each as of whose it is, in the order they are named. */
  async ofReferrals(
    actor: MemberActor,
    referralIds: readonly string[],
  ): Promise<(PersonHead & { current: HeadReferral })[]> {
    const heads = await this.heads(
      actor,
      sql`c.id in (
        select x.client_id from referral x where x.scheme_id = ${actor.schemeId} and x.id = any(${referralIds}::uuid[]))`,
    );
    return referralIds.flatMap((referralId) => {
      for (const head of heads) {
        const current = head.referrals.find(({ id }) => id === referralId);
        if (current) return [{ ...head, current }];
      }
      return [];
    });
  }

  /** Null where whoever asks may know of something about them, and not read their record. */
  async find(actor: MemberActor, clientId: string): Promise<PersonHead | null> {
    try {
      return await this.of(actor, clientId);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  }

  private async head(actor: MemberActor, which: Sql): Promise<PersonHead> {
    const [head] = await this.heads(actor, which);
    if (!head) throw Refusal.notFound();
    return head;
  }

  private async heads(actor: MemberActor, which: Sql): Promise<PersonHead[]> {
    const now = this.clock.now();
    const rows = await this.database.read<Row & Record<string, unknown>>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'client.get' }, headOf(actor, which, now)),
    );
    return rows.map((row) => headOfRow(row, now));
  }
}

function headOfRow(row: Row, now: Date): PersonHead {
  const { noteRead, ...known } = row;
  const referrals = row.referrals.map((one) => ({
    ...one,
    nextAt: moment(one.nextAt),
    sentAt: moment(one.sentAt),
  }));
  const open = referrals.find(({ state }) => isOpen(state)) ?? null;
  return {
    ...known,
    noteUnread: (row.safetyFlag || row.flags.length > 0) && !noteRead,
    age: ageOn(row.dateOfBirth, londonDate(now)),
    referrals,
    open,
    current: open ?? referrals[0] ?? null,
  };
}

const moment = (text: string | null): Date | null => (text === null ? null : new Date(text));

const headOf = (actor: MemberActor, which: Sql, now: Date): Sql => sql`
  select c.id as client_id, ${columnsAs(Client, 'c', SHOWN)}, coalesce(mine.referrals, '[]') as referrals,
    ${flagsOf(sql`c.scheme_id`, sql`c.id`)} as flags,
    ${noteReadSince(actor, sql`c.id`, atLondon(londonDate(now), '00:00'))} as "noteRead",
    ${NOTE_VERSION} as "noteVersion",
    (select b.id from break_glass b
      where b.scheme_id = c.scheme_id and b.client_id = c.id and b.membership_id = ${actor.membershipId}
        and b.until > ${now} and not ${heldClient(actor, sql`c.id`, now)}
      order by b.opened_at desc limit 1) as "openedBy"
  from client c
  left join lateral (
    select json_agg(json_build_object('id', r.id, 'version', r.version, 'reference', r.reference, 'state', r.state, 'stage', ${STAGE},
      'reasons', r.reasons, 'organisationName', o.name, 'ownerId', r.owner_id, 'ownerName', p.name,
      'nextAt', r.next_at, 'nextKind', r.next_kind, 'sentAt', r.sent_at,
      'endedOn', (r.ended_at at time zone 'Europe/London')::date, 'mayAskAgain', r.may_ask_again) order by r.id desc) as referrals
    from (
      select * from referral r
      where r.scheme_id = c.scheme_id and r.client_id = c.id
        and ${referralWithin(actor, reachFor(actor, 'caseload.list'), now)}
      order by r.id desc limit ${MOST}) r
    left join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id
    left join membership m on m.id = r.owner_id
    left join user_profile p on p.scheme_id = r.scheme_id and p.account_id = m.account_id
  ) mine on true
  where c.scheme_id = ${actor.schemeId} and ${which}
    and ${clientWithin(actor, reachFor(actor, 'client.get'), now)}`;
