import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { normaliseEmail } from '../identity/account.rules.js';
import { reachFor } from '../permissions/reach.js';
import type { LinkActor, MemberActor, SystemActor } from '../platform/actor/actor.types.js';
import { addDays, addMonths, atLondon, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { CLAIM_LINK_DAYS } from '../providers/claim.rules.js';
import {
  addressHash,
  groupAddress,
  type GroupAddress,
  type GroupFacts,
  ukMobile,
} from '../providers/group-address.rules.js';
import { GROUP_FACTS } from '../providers/group-addresses.queries.js';
import { PRIVACY_VERSION } from '../providers/privacy-notice.js';
import { ProviderHooks } from '../providers/provider.hooks.js';
import { PROVIDER_EVENTS } from '../providers/provider.events.js';
import { tellOfProvider } from '../providers/telling.js';
import { onwardReference } from './onward-reference.js';
import type { OpenLink } from './reply-link.types.js';
import type { VolunteerData, VolunteerDataInput } from './volunteer.dto.js';

/** How long after they stop people who helped are remembered, and those whose claim was decided. */
export const FORGET_AFTER_MONTHS = 12;
const FORGET_CLAIM_AFTER_DAYS = 30;

const OWN_ALONE = 'Leave this out: you are given what we hold on you';

export const FORMER_VOLUNTEER = 'A former volunteer';

/** People who help in groups are people too: what is held on them is theirs to read, and goes some time after they stop. */
@Injectable()
export class Volunteers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ProviderHooks,
  ) {}

  /** For a manager who was asked. Somebody nobody knows is as empty as the next. */
  async dataFor(actor: MemberActor, { email, phone }: VolunteerDataInput): Promise<VolunteerData> {
    if (reachFor(actor, 'volunteer.data') === 'own') {
      if (email ?? phone) throw Refusal.invalidField(email ? 'email' : 'phone', OWN_ALONE);
      return this.ownData(actor);
    }
    const given = waysOf({ email, phone });
    if (given.length === 0) throw Refusal.invalidField('email', 'Give their address or their mobile number');
    return this.unitOfWork.run(actor, (tx) => this.collect(tx, given));
  }

  /** For whoever is signed in: what is held on the address of their own account. */
  async ownData(actor: MemberActor): Promise<VolunteerData> {
    reachFor(actor, 'volunteer.data');
    return this.unitOfWork.run(actor, async (tx) => {
      const { email } = await tx.one<{ email: string }>(sql`
        select email from user_profile where scheme_id = ${tx.schemeId} and account_id = ${actor.accountId}`);
      return this.collect(tx, [{ channel: 'email', to: email }], actor);
    });
  }

  /** For the volunteer, by their link; an address or number that others read is not theirs alone. */
  async dataByLink({ actor, address, shared }: OpenLink): Promise<VolunteerData> {
    reachFor(actor, 'volunteer.data');
    if (shared) {
      throw Refusal.conflict(
        'shared-address',
        'Others read what we send here too, so please ask the scheme for what we hold on you.',
      );
    }
    return this.unitOfWork.run(actor, (tx) => this.collect(tx, [address], actor));
  }

  /** `self`: asked by themselves, who are not given what they may share with others. */
  private async collect(
    tx: Tx,
    given: readonly GroupAddress[],
    self?: LinkActor | MemberActor,
  ): Promise<VolunteerData> {
    const of = (statement: Sql) => tx.rows<Record<string, unknown>>(statement);
    const { schemeId } = tx;
    const toOf = (way: GroupAddress['channel']): string[] =>
      given.flatMap(({ channel, to }) =>
        channel === way ? (way === 'email' ? normaliseEmail(to) : to) : [],
      );
    const emailGiven = sql`lower(p.contact_email) = any(${toOf('email')}::text[])`;
    const phoneGiven = sql`p.contact_phone = any(${toOf('text')}::text[])`;
    // What others read too may be named for one of them: no more of it is told than was given.
    const contactFor = await of(sql`
      select o.id as "organisationId", o.name as organisation,
        case when not p.contact_shared then p.contact_name end as name,
        case when not p.contact_shared or ${emailGiven} then p.contact_email end as email,
        case when not p.contact_shared or ${phoneGiven} then p.contact_phone end as phone,
        p.contact_shared as "sharedWithOthers"
      from provider p join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
      where p.scheme_id = ${schemeId} and (${emailGiven} or ${phoneGiven})
        and (not p.contact_shared or ${self === undefined})
      order by o.id`);
    // Whoever alone is named by address and number is one person; to themselves, that is known of their own group only.
    const alone = contactFor.filter(
      ({ organisationId, sharedWithOthers }) =>
        sharedWithOthers === false && (self === undefined || organisationId === self.organisationId),
    );
    const ways = [...given, ...alone.flatMap(waysOf)];
    const hashes = ways.map(addressHash);
    // Answers from where others read too may be theirs: a manager who was asked about just that way sees them.
    const asked = self === undefined ? given.map(addressHash) : [];
    const emails = ways.flatMap(({ channel, to }) => (channel === 'email' ? normaliseEmail(to) : []));
    const points = await of(sql`
      select c.id, o.name as organisation, c.created_at as "since", c.left_at as "leftAt", c.notice_version as "noticeVersion"
      from contact_point c join organisation o on o.scheme_id = c.scheme_id and o.id = c.organisation_id
      where c.scheme_id = ${schemeId} and coalesce(c.email_hash, c.phone_hash) = any(${hashes}::text[])
        and (coalesce(c.email_hash, c.phone_hash) = any(${asked}::text[]) or not exists (
          select 1 from provider p
          where p.scheme_id = c.scheme_id and p.organisation_id = c.organisation_id and p.contact_shared))
      order by c.id`);
    const pointIds = points.map(({ id }) => String(id));
    const signIn = await of(sql`
      select u.name, u.email, u.phone, u.created_at as "since", m.id as "membershipId", m.role, o.name as organisation,
        m.created_at as "from", m.ended_at as "until"
      from user_account a
      join user_profile u on u.scheme_id = ${schemeId} and u.account_id = a.id
      join membership m on m.scheme_id = u.scheme_id and m.account_id = a.id
      join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
      where a.email_hash = any(${hashes}::text[]) order by m.id`);
    const actors = [...pointIds, ...signIn.map(({ membershipId }) => String(membershipId))];
    const names = [...contactFor, ...signIn].flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
    const groups = contactFor.map(({ organisationId }) => String(organisationId));
    const [links, acts, safetyChecks, agreements, invitations, claims] = await Promise.all([
      of(sql`
        select l.purpose, l.created_at as "sentAt", l.expires_at as "worksUntil", l.revoked_at as "endedAt"
        from reply_link l
        where l.scheme_id = ${schemeId} and l.contact_point_id = any(${pointIds}::uuid[]) order by l.created_at`),
      of(sql`
        select e.at, e.action, e.subject_kind as about, e.subject_id as id from audit_entry e
        where e.scheme_id = ${schemeId} and e.actor_id = any(${actors}::uuid[]) order by e.at`),
      of(sql`
        select a.requirement, a.lead_name as lead, a.deputy_name as deputy, a.checked_on::text as "checkedOn",
          a.lapses_on::text as "lapsesOn", a.ended_at as "endedAt"
        from assurance_record a
        where a.scheme_id = ${schemeId} and a.organisation_id = any(${groups}::uuid[])
          and (a.lead_name = any(${names}::text[]) or a.deputy_name = any(${names}::text[])) order by a.id`),
      of(sql`
        select c.number as version, s.signed_by as "signedBy", s.signed_on::text as "signedOn", s.ended_at as "endedAt"
        from covenant_signature s join covenant c on c.scheme_id = s.scheme_id and c.id = s.covenant_id
        where s.scheme_id = ${schemeId} and s.organisation_id = any(${groups}::uuid[])
          and s.signed_by = any(${names}::text[]) order by s.id`),
      of(sql`
        select i.name, i.email, o.name as organisation, i.role, i.created_at as "createdAt", i.accepted_at as "acceptedAt"
        from invitation i join organisation o on o.scheme_id = i.scheme_id and o.id = i.organisation_id
        where i.scheme_id = ${schemeId} and lower(i.email) = any(${emails}::text[]) order by i.id`),
      of(sql`
        select k.name, k.email, k.why, o.name as organisation, k.state, k.asked_at as "askedAt", k.decided_at as "decidedAt"
        from provider_claim k join organisation o on o.scheme_id = k.scheme_id and o.id = k.organisation_id
        where k.scheme_id = ${schemeId} and k.email_hash = any(${hashes}::text[]) order by k.id`),
    ]);
    await audit(tx, {
      action: 'volunteer.data',
      ...(self?.kind === 'link' ? { subject: { kind: 'contact_point', id: self.contactPointId } } : {}),
      details: { addresses: pointIds },
    });
    return {
      asOf: tx.now,
      noticeVersion: PRIVACY_VERSION,
      contactFor,
      addresses: points,
      links,
      acts: acts.map(({ at, action, about, id }) =>
        about === 'onward_referral'
          ? { at, action, reference: onwardReference(String(id)) }
          : { at, action, about },
      ),
      safetyChecks,
      agreements,
      signIn,
      invitations,
      claims,
    };
  }

  /** Every night: who stopped a year ago is forgotten. Their groups' answers stay, without the name. */
  async forget(actor: SystemActor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const today = londonDate(tx.now);
      const before = atLondon(addMonths(today, -FORGET_AFTER_MONTHS), '00:00');
      const forgotten = {
        contacts: await forgetContacts(tx, before),
        names: await forgetNames(tx, before),
        people: await forgetPeople(tx, before),
        invitations: await forgetInvitations(tx, before),
        claims: (await forgetClaims(tx, today)) + (await this.forgetWaitingClaims(tx, before)),
        addresses: await forgetAddresses(tx, before),
      };
      if (Object.values(forgotten).some((count) => count > 0)) {
        await audit(tx, { action: 'volunteer.forget', details: forgotten });
      }
    });
  }

  /** Proved, and decided by nobody in all that time: refused without a letter, and managers are asked no more. */
  private async forgetWaitingClaims(tx: Tx, before: Date): Promise<number> {
    const claims = await tx.rows<{ organisationId: string; waiting: boolean }>(sql`
      update provider_claim k set state = 'refused', decided_at = ${tx.now}, name = null, email = null, why = null,
        decided_because = 'Nobody decided it for twelve months.', email_hash = 'forgotten ' || id
      where k.scheme_id = ${tx.schemeId} and k.state = 'proved' and k.proved_at < ${before}
      returning k.organisation_id as "organisationId", exists (
        select 1 from provider_claim w
        where w.scheme_id = k.scheme_id and w.organisation_id = k.organisation_id and w.state = 'proved'
          and w.proved_at >= ${before}) as waiting`);
    for (const { organisationId, waiting } of claims) {
      await this.hooks.claimed.run(tx, { organisationId, waiting });
    }
    return claims.length;
  }
}

/** The address and the mobile number that somebody is known by. */
function waysOf({ email, phone }: Record<string, unknown>): GroupAddress[] {
  const mobile = typeof phone === 'string' ? ukMobile(phone) : null;
  return [
    ...(typeof email === 'string' ? [{ channel: 'email' as const, to: email }] : []),
    ...(mobile === null ? [] : [{ channel: 'text' as const, to: mobile }]),
  ];
}

const countOf = async (tx: Tx, statement: Sql): Promise<number> => (await tx.run(statement)).rowCount ?? 0;

/** Of groups that closed. Whoever leaves, or is followed by somebody else, is forgotten that minute. */
async function forgetContacts(tx: Tx, before: Date): Promise<number> {
  const rows = await tx.rows<{ id: string }>(sql`
    update provider set contact_name = null, contact_email = null, contact_phone = null, contact_shared = false,
      answers_by = 'sign_in', version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and closed_for_good_on < ${londonDate(before)}::date
      and num_nonnulls(contact_name, contact_email, contact_phone) > 0
    returning organisation_id as id`);
  // A number's hash goes with the number; what is bound to it goes as long after the group closed as anything else.
  await tx.run(sql`
    update contact_point c set phone_hash = null,
      left_at = coalesce(c.left_at, p.closed_for_good_on::timestamp at time zone 'Europe/London')
    from provider p
    where c.scheme_id = ${tx.schemeId} and c.organisation_id = any(${rows.map(({ id }) => id)}::uuid[])
      and c.phone_hash is not null
      and p.scheme_id = c.scheme_id and p.organisation_id = c.organisation_id`);
  for (const { id } of rows) {
    await tellOfProvider(tx, id, 'provider.amend', PROVIDER_EVENTS.amend, { contact: 'forgotten' });
  }
  return rows.length;
}

/** Leads of safety checks and who signed for a group, where that ended or the group has closed. */
async function forgetNames(tx: Tx, before: Date): Promise<number> {
  const over = sql`(x.ended_at < ${before} or exists (
    select 1 from provider p
    where p.scheme_id = x.scheme_id and p.organisation_id = x.organisation_id
      and p.closed_for_good_on < ${londonDate(before)}::date))`;
  const leads = await countOf(
    tx,
    sql`
    update assurance_record x set lead_name = null, deputy_name = null
    where x.scheme_id = ${tx.schemeId} and num_nonnulls(x.lead_name, x.deputy_name) > 0 and ${over}`,
  );
  const signed = await countOf(
    tx,
    sql`
    update covenant_signature x set signed_by = null
    where x.scheme_id = ${tx.schemeId} and x.signed_by is not null and ${over}`,
  );
  return leads + signed;
}

/** Who signed in for groups alone. Their account ends too, where no other scheme has them. */
async function forgetPeople(tx: Tx, before: Date): Promise<number> {
  const people = await tx.rows<{ id: string }>(sql`
    update user_profile u set name = ${FORMER_VOLUNTEER}, email = u.account_id || '@forgotten.invalid', phone = null,
      version = u.version + 1, updated_at = ${tx.now}
    where u.scheme_id = ${tx.schemeId} and u.name <> ${FORMER_VOLUNTEER} and u.email is not null
      and exists (select 1 from membership m where m.scheme_id = u.scheme_id and m.account_id = u.account_id)
      and not exists (
        select 1 from membership m
        where m.scheme_id = u.scheme_id and m.account_id = u.account_id
          and (m.role <> 'provider_member' or m.ended_at is null or m.ended_at >= ${before}))
    returning u.account_id as id`);
  await tx.run(sql`
    update user_account a set email_hash = 'forgotten ' || a.id, password_hash = null, disabled_at = ${tx.now}
    where a.id = any(${people.map(({ id }) => id)}::uuid[]) and not exists (
      select 1 from membership m where m.account_id = a.id and m.scheme_id <> ${tx.schemeId})`);
  return people.length;
}

const forgetInvitations = (tx: Tx, before: Date): Promise<number> =>
  countOf(
    tx,
    sql`
    update invitation set name = ${FORMER_VOLUNTEER}, email = id || '@forgotten.invalid'
    where scheme_id = ${tx.schemeId} and role = 'provider_member' and name <> ${FORMER_VOLUNTEER}
      and least(coalesce(accepted_at, revoked_at, expires_at), expires_at) < ${before}`,
  );

/** Decided ones a month later; nobody ever proved the others, which may be anybody's name. */
async function forgetClaims(tx: Tx, today: string): Promise<number> {
  const decided = atLondon(addDays(today, -FORGET_CLAIM_AFTER_DAYS), '00:00');
  const asked = atLondon(addDays(today, -CLAIM_LINK_DAYS - 1), '00:00');
  const named = await countOf(
    tx,
    sql`
    update provider_claim set name = null, email = null, why = null, before_email = null, before_phone = null,
      email_hash = 'forgotten ' || id
    where scheme_id = ${tx.schemeId} and name is not null and decided_at < ${decided}`,
  );
  const never = await countOf(
    tx,
    sql`
    delete from provider_claim where scheme_id = ${tx.schemeId} and state = 'asked' and asked_at < ${asked}`,
  );
  return named + never;
}

interface OldPoint extends GroupFacts {
  id: string;
  /** Null for a number that somebody left. */
  hash: string | null;
  closed: boolean;
}

/** Addresses and numbers that groups are written to no more, with the links that were sent there. */
async function forgetAddresses(tx: Tx, before: Date): Promise<number> {
  const old = await tx.rows<OldPoint & Record<string, unknown>>(sql`
    select c.id, coalesce(c.email_hash, c.phone_hash) as hash, p.closed_for_good_on is not null as closed, ${GROUP_FACTS}
    from contact_point c
    join provider p on p.scheme_id = c.scheme_id and p.organisation_id = c.organisation_id
    join organisation o on o.scheme_id = c.scheme_id and o.id = c.organisation_id
    where c.scheme_id = ${tx.schemeId} and coalesce(c.left_at, c.created_at) < ${before} and not exists (
      select 1 from reply_link l
      where l.scheme_id = c.scheme_id and l.contact_point_id = c.id
        and least(l.revoked_at, l.expires_at) >= ${before})`);
  // Somebody who left an organisation's own address is not written to there again: that must not be forgotten first.
  const stopped = old.filter(({ hash, closed, ...facts }) => {
    const current = closed ? null : groupAddress({ ...facts, left: [] });
    return current === null || addressHash(current) !== hash;
  });
  const ids = stopped.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await tx.run(sql`
    delete from reply_code c using reply_link l
    where c.scheme_id = ${tx.schemeId} and l.id = c.link_id and l.scheme_id = c.scheme_id
      and l.contact_point_id = any(${ids}::uuid[])`);
  await tx.run(sql`
    delete from reply_link where scheme_id = ${tx.schemeId} and contact_point_id = any(${ids}::uuid[])`);
  return countOf(
    tx,
    sql`delete from contact_point where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[])`,
  );
}
