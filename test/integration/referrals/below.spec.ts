import sql from 'sql-template-tag';
import type { AgreementScope } from '../../../src/clients/agreement.types.js';
import { AgreementsService, type NewAgreement } from '../../../src/clients/agreements.service.js';
import { ClientMerges } from '../../../src/clients/client-merges.service.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { Memberships } from '../../../src/identity/memberships.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { londonDate } from '../../../src/platform/clock/calendar.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Refusal } from '../../../src/platform/errors/refusal.js';
import { ReferralsQueries } from '../../../src/referrals/referrals.queries.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { aReferral, referralRow, takesBackSupport, theManager, traceOf } from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

let betony: TestApp;
let scheme: TestScheme;
let manager: TestMember;
let sam: TestMember;
let referrals: ReferralsService;

const NOBODY = { nhsNumber: null };

beforeAll(async () => {
  betony = await startApp();
  scheme = await aScheme(betony);
  manager = await theManager(scheme);
  sam = await aMember(scheme, 'link_worker');
  referrals = betony.get(ReferralsService);
});
afterAll(async () => {
  await betony.stop();
});

const refusal = async (work: Promise<unknown>): Promise<Refusal> => {
  const error: unknown = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Refusal)) throw new Error(`Not refused: ${String(error)}`);
  return error;
};

interface Holder {
  who: string;
  why: string;
  ends: boolean;
}

/** Who reaches a client through a referral: by what, and whether it ends. */
async function holders(clientId: string, referralId: string): Promise<Holder[]> {
  return betony.get(Database).read<Holder>(
    scheme.id,
    sql`select holder_id as who, why, until is not null as ends from client_reach
      where client_id = ${clientId} and source_id = ${referralId} order by why, until nulls first`,
  );
}

describe('reach', () => {
  it('follows the referral: triage, then its owner; whoever handed it on for a day more', async () => {
    const { id, clientId, sender } = await aReferral(scheme);
    const practice = { who: sender.actor.organisationId, why: 'referred', ends: false };
    expect(await holders(clientId, id)).toEqual([practice, { who: scheme.id, why: 'triage', ends: false }]);
    await referrals.accept(manager.actor, id, {});
    await referrals.allocate(manager.actor, id, { workerId: sam.actor.membershipId });
    const owner = { who: sam.actor.membershipId, why: 'owns', ends: false };
    expect(await holders(clientId, id)).toEqual([
      owner,
      practice,
      { who: scheme.id, why: 'triage', ends: true },
    ]);
    const triager = await aMember(scheme, 'link_worker', { triages: true });
    const queries = betony.get(ReferralsQueries);
    expect(await queries.get(triager.actor, id)).toMatchObject({ state: 'allocated' });
    betony.clock.advance({ days: 1, seconds: 1 });
    expect((await refusal(queries.get(triager.actor, id))).status).toBe(404);
    expect(await queries.get(sam.actor, id)).toMatchObject({ state: 'allocated' });
  });

  it('stays with the last owner until they can no longer reopen, or have asked at six months', async () => {
    const queries = betony.get(ReferralsQueries);
    const [short, long] = [
      await aReferral(scheme).accepted().allocatedTo(sam).closed(false),
      await aReferral(scheme).accepted().allocatedTo(sam).closed(true),
    ];
    betony.clock.advance({ days: 28 });
    expect(await queries.get(sam.actor, short.id)).toMatchObject({ state: 'closed' });
    betony.clock.advance({ days: 2 });
    expect((await refusal(queries.get(sam.actor, short.id))).status).toBe(404);
    betony.clock.advance({ days: 180 });
    expect(await queries.get(sam.actor, long.id)).toMatchObject({ state: 'closed' });
  });

  it('ends at once when it should never have been', async () => {
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(sam).voided();
    expect(await holders(clientId, id)).toEqual([]);
  });
});

describe('when two records are one person', () => {
  it('is refused while both have an open referral, and takes the referrals along when not', async () => {
    const kept = await aReferral(scheme).about(NOBODY).accepted().allocatedTo(sam);
    const other = await aReferral(scheme).about(NOBODY).accepted();
    const merges = betony.get(ClientMerges);
    const refused = await refusal(merges.merge(manager.actor, kept.clientId, other.clientId, 'One person'));
    expect([refused.status, refused.code]).toEqual([409, 'both-open']);

    await referrals.decline(manager.actor, other.id, { reason: 'could_not_reach' });
    await merges.merge(manager.actor, kept.clientId, other.clientId, 'One person');
    expect(await referralRow(scheme, other.id)).toMatchObject({
      client_id: kept.clientId,
      sent_client_id: other.clientId,
    });
    expect((await traceOf(scheme, other.id)).history.at(-1)).toBe('client_merged - -');

    await merges.unmerge(manager.actor, other.clientId, 'Two after all');
    expect(await referralRow(scheme, other.id)).toMatchObject({ client_id: other.clientId });
    expect(await referralRow(scheme, kept.id)).toMatchObject({ client_id: kept.clientId });
  });

  it('lets whoever was joined by mistake wait for triage again', async () => {
    const open = await aReferral(scheme).about(NOBODY).accepted().allocatedTo(sam);
    const joined = await aReferral(scheme).about(NOBODY);
    const sentAs = joined.clientId;
    await referrals.join(manager.actor, joined.id, { into: open.id });
    expect(await referralRow(scheme, joined.id)).toMatchObject({ state: 'joined', client_id: open.clientId });

    await betony.get(ClientMerges).unmerge(manager.actor, sentAs, 'Two after all');
    expect(await referralRow(scheme, joined.id)).toMatchObject({
      state: 'sent',
      client_id: sentAs,
      joined_into: null,
      owner_kind: 'triage',
      told_status: 'sent',
    });
    expect(await holders(sentAs, joined.id)).toContainEqual({ who: scheme.id, why: 'triage', ends: false });
    expect(await holders(open.clientId, joined.id)).toEqual([]);
    expect((await traceOf(scheme, joined.id)).events.at(-1)).toBe('referral.unjoined');
    expect(await referralRow(scheme, open.id)).toMatchObject({ state: 'allocated' });
  });
});

describe('when two turn out to be two after one of them took back agreement', () => {
  const live = async (clientId: string): Promise<string[]> => {
    const rows = await betony.get(Database).read<{ scope: string[] }>(
      scheme.id,
      sql`select scope from agreement where scheme_id = ${scheme.id} and client_id = ${clientId}
        and withdrawn_at is null and organisation_id is null`,
    );
    return rows.flatMap((row) => row.scope).sort();
  };
  const SUPPORT = ['access_needs', 'contact_details', 'needs', 'scheme_support'];

  it('whoever was joined by mistake waits for triage on the agreement they gave', async () => {
    const kept = await aReferral(scheme).about(NOBODY).accepted().allocatedTo(sam).active();
    const joined = await aReferral(scheme).about(NOBODY);
    const sentAs = joined.clientId;
    await referrals.join(manager.actor, joined.id, { into: kept.id });
    await takesBackSupport(scheme, sam, kept.clientId);
    expect(await referralRow(scheme, kept.id)).toMatchObject({ state: 'withdrawn' });

    await betony.get(ClientMerges).unmerge(manager.actor, sentAs, 'Two after all');
    expect(await referralRow(scheme, joined.id)).toMatchObject({ state: 'sent', owner_kind: 'triage' });
    expect(await live(sentAs)).toEqual(SUPPORT);
    expect(await live(kept.clientId)).toEqual([]);
    await referrals.accept(manager.actor, joined.id, {});
    const history = await betony.get(Database).read<{ action: string; scope: unknown }>(
      scheme.id,
      sql`select action, changes -> 'scope' as scope from client_history where scheme_id = ${scheme.id}
        and client_id = ${sentAs} and action like 'agreement.%' order by id`,
    );
    expect(history.at(-1)).toMatchObject({
      action: 'agreement.giveBack',
      scope: { from: [], to: expect.arrayContaining(SUPPORT) as unknown },
    });
  });

  it('a referral that the other’s withdrawal ended waits for triage, and what was joined to it stays joined', async () => {
    const kept = await aReferral(scheme).about(NOBODY).accepted().allocatedTo(sam).closed();
    const other = await aReferral(scheme).about(NOBODY).accepted().allocatedTo(sam).active();
    const joined = await aReferral(scheme).about(NOBODY).joinedTo(other.id);
    const merges = betony.get(ClientMerges);
    await merges.merge(manager.actor, kept.clientId, other.clientId, 'The same');
    await takesBackSupport(scheme, sam, kept.clientId);
    expect(await referralRow(scheme, other.id)).toMatchObject({ state: 'withdrawn' });
    await merges.unmerge(manager.actor, other.clientId, 'Two after all');
    expect(await live(other.clientId)).toEqual([...SUPPORT, ...SUPPORT].sort());
    expect(await referralRow(scheme, other.id)).toMatchObject({
      state: 'sent',
      client_id: other.clientId,
      owner_kind: 'triage',
      end_reason: null,
      told_status: 'sent',
    });
    expect(await holders(other.clientId, other.id)).toContainEqual({
      who: scheme.id,
      why: 'triage',
      ends: false,
    });
    expect(await referralRow(scheme, joined.id)).toMatchObject({
      state: 'joined',
      client_id: other.clientId,
      told_status: 'sent',
    });
    expect(await referralRow(scheme, kept.id)).toMatchObject({ state: 'closed' });
  });

  it('what was taken back bit by bit comes back whole, and what they had taken back themselves does not', async () => {
    const kept = await aReferral(scheme).about(NOBODY).accepted().allocatedTo(sam).active();
    const other = await aReferral(scheme).about(NOBODY).accepted().allocatedTo(sam).closed();
    const agreements = betony.get(AgreementsService);
    const taken = async (clientId: string, scope: AgreementScope): Promise<void> => {
      const [row] = await betony.get(Database).read<{ id: string }>(
        scheme.id,
        sql`select id from agreement where scheme_id = ${scheme.id} and client_id = ${clientId}
          and organisation_id is null and withdrawn_at is null order by id`,
      );
      await agreements.withdraw(manager.actor, clientId, row!.id, { scope: [scope] });
    };
    await taken(other.clientId, 'access_needs');
    const merges = betony.get(ClientMerges);
    await merges.merge(manager.actor, kept.clientId, other.clientId, 'The same');
    await taken(kept.clientId, 'needs');
    await taken(kept.clientId, 'contact_details');
    await merges.unmerge(manager.actor, other.clientId, 'Two after all');
    expect(await live(other.clientId)).toEqual(['contact_details', 'needs', 'scheme_support']);
    expect(await live(kept.clientId)).toEqual(['access_needs', 'scheme_support']);
  });
});

describe('when a person dies', () => {
  it.each([
    ['sent', 'withdrawn', () => aReferral(scheme)],
    ['returned', 'withdrawn', () => aReferral(scheme).returned()],
    ['accepted', 'withdrawn', () => aReferral(scheme).accepted()],
    ['allocated', 'closed', () => aReferral(scheme).accepted().allocatedTo(sam)],
    ['active', 'closed', () => aReferral(scheme).accepted().allocatedTo(sam).active()],
    ['on_hold', 'closed', () => aReferral(scheme).accepted().allocatedTo(sam).onHold()],
  ] as const)('a referral that is %s is %s, needing no answers', async (_from, to, sentence) => {
    const { id, clientId, sender } = await sentence();
    await referrals.recordDeath(sender.actor, id, { toldBy: 'The practice' });
    expect(await referralRow(scheme, id)).toMatchObject({
      state: to,
      result: 'died',
      end_reason: 'died',
      end_side: 'client',
      may_ask_again: false,
      told_why: 'died',
      owner_kind: null,
      next_at: null,
    });
    expect((await traceOf(scheme, id)).events.at(-1)).toBe(`referral.${to}`);

    await betony.get(ClientsService).reverseDeath(manager.actor, clientId, 'Another of that name');
    const goesOn =
      to === 'closed'
        ? { state: 'active', owner_id: sam.actor.membershipId, next_kind: 'next_contact' }
        : { state: 'sent', owner_kind: 'triage', next_kind: 'triage' };
    expect(await referralRow(scheme, id)).toMatchObject({
      ...goesOn,
      next_at: expect.any(Date),
      ended_at: null,
      end_reason: null,
      result: null,
      told_why: null,
    });
  });

  it('by mistake, a worker who has no room takes them back; after they left, triage does', async () => {
    const full = await aMember(scheme, 'link_worker');
    const admin = await aMember(scheme, 'administrator');
    const clients = betony.get(ClientsService);
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(full);
    await clients.recordDeath(manager.actor, clientId, { toldBy: 'A neighbour' });
    await betony.get(UnitOfWork).run(manager.actor, (tx) =>
      tx.run(sql`
        insert into link_worker (scheme_id, membership_id, caseload_limit)
        values (${scheme.id}, ${full.actor.membershipId}, 0)
        on conflict (scheme_id, membership_id) do update set caseload_limit = 0`),
    );
    await clients.reverseDeath(manager.actor, clientId, 'Another of that name');
    expect(await referralRow(scheme, id)).toMatchObject({ owner_id: full.actor.membershipId });
    await clients.recordDeath(manager.actor, clientId, { toldBy: 'A neighbour' });
    await betony.get(Memberships).end(admin.actor, full.actor.membershipId, sam.actor.membershipId);
    await clients.reverseDeath(manager.actor, clientId, 'Another of that name');
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'sent', owner_kind: 'triage' });
  });

  it('leaves a referral that ended before as it was, and lets none be reopened', async () => {
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(sam).closed();
    const before = await referralRow(scheme, id);
    await betony.get(ClientsService).recordDeath(manager.actor, clientId, { toldBy: 'A neighbour' });
    expect(await referralRow(scheme, id)).toEqual(before);
    const reopen = referrals.reopen(manager.actor, id, { nextOn: '2027-12-01', reason: 'By mistake' });
    expect((await refusal(reopen)).status).toBe(409);
  });

  it('can be told by a sender of its own referral only, and of none that should never have been there', async () => {
    const { id } = await aReferral(scheme).accepted();
    const voided = await aReferral(scheme).accepted().voided();
    const never = await refusal(
      referrals.recordDeath(voided.sender.actor, voided.id, { toldBy: 'Somebody' }),
    );
    expect(never.status).toBe(404);

    const elsewhere = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    const refused = await refusal(referrals.recordDeath(elsewhere.actor, id, { toldBy: 'Somebody' }));
    expect(refused.status).toBe(404);
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'accepted' });
  });
});

describe('when agreement is taken back', () => {
  const agreementOf = async (clientId: string, organisationId: string | null): Promise<string> => {
    const [row] = await betony.get(Database).read<{ id: string }>(
      scheme.id,
      sql`select id from agreement
        where client_id = ${clientId} and organisation_id is not distinct from ${organisationId}`,
    );
    return row!.id;
  };

  it('to the support itself, the referral is withdrawn on the side of the client', async () => {
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(sam).active();
    const agreementId = await agreementOf(clientId, null);
    await betony.get(AgreementsService).withdraw(manager.actor, clientId, agreementId, {});
    expect(await referralRow(scheme, id)).toMatchObject({
      state: 'withdrawn',
      end_reason: 'agreement_withdrawn',
      end_side: 'client',
      told_why: 'person_said_no',
    });
    expect((await traceOf(scheme, id)).history.at(-1)).toBe('withdraw active withdrawn');
  });

  it('to the support after it closed, it is reopened only on a new agreement, and stands on that', async () => {
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(sam).active().closed();
    await takesBackSupport(scheme, sam, clientId);
    const reopen = () =>
      referrals.reopen(sam.actor, id, { nextOn: londonDate(betony.clock.now()), reason: 'She rang again' });
    const refused = await refusal(reopen());
    expect([refused.status, refused.code]).toEqual([409, 'no-agreement']);
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'closed', owner_kind: null });
    const agreed: NewAgreement = {
      scope: ['scheme_support', 'contact_details'],
      basis: 'agreed',
      agreedOn: '2026-11-02',
      how: 'phone',
    };
    const agreementId = await betony.get(AgreementsService).record(sam.actor, clientId, agreed);
    await reopen();
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'active', agreement_id: agreementId });
  });

  it('to the support of somebody recorded as dead by mistake, nothing goes on', async () => {
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(sam).active();
    const clients = betony.get(ClientsService);
    await clients.recordDeath(manager.actor, clientId, { toldBy: 'A neighbour' });
    await takesBackSupport(scheme, manager, clientId);
    await clients.reverseDeath(manager.actor, clientId, 'She is alive');
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'closed' });
  });

  it('to a part of it only, the referral goes on', async () => {
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(sam);
    const agreementId = await agreementOf(clientId, null);
    await betony
      .get(AgreementsService)
      .withdraw(manager.actor, clientId, agreementId, { scope: ['access_needs'] });
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'allocated' });
  });

  it('to telling the sender, the sender is told no more from that moment', async () => {
    const { id, clientId, sender } = await aReferral(scheme).accepted().allocatedTo(sam).active();
    const queries = betony.get(ReferralsQueries);
    expect(await queries.get(sender.actor, id)).toMatchObject({ status: 'in_touch', feedback: 'progress' });
    const agreementId = await agreementOf(clientId, sender.actor.organisationId);
    await betony.get(AgreementsService).withdraw(manager.actor, clientId, agreementId, {});
    expect(await queries.get(sender.actor, id)).toMatchObject({ status: 'sent', feedback: 'nothing' });
    expect(await referralRow(scheme, id)).toMatchObject({ state: 'active' });
  });
});

describe('when a worker leaves', () => {
  it('is refused with how many while nobody takes over, and hands everything over in the same act', async () => {
    const [kim, lee, admin] = [
      await aMember(scheme, 'link_worker'),
      await aMember(scheme, 'link_worker'),
      await aMember(scheme, 'administrator'),
    ];
    const live = [
      await aReferral(scheme).accepted().allocatedTo(kim),
      await aReferral(scheme).accepted().allocatedTo(kim).active(),
      await aReferral(scheme).accepted().allocatedTo(kim).onHold(),
    ];
    const done = await aReferral(scheme).accepted().allocatedTo(kim).closed();
    const memberships = betony.get(Memberships);
    const refused = await refusal(memberships.end(admin.actor, kim.actor.membershipId, null));
    expect([refused.code, refused.extra['referrals']]).toEqual(['live-referrals', 3]);
    expect(await referralRow(scheme, live[0]!.id)).toMatchObject({ owner_id: kim.actor.membershipId });

    const before = await Promise.all(live.map(({ id }) => referralRow(scheme, id)));
    await memberships.end(admin.actor, kim.actor.membershipId, lee.actor.membershipId);
    for (const [place, { id, clientId }] of live.entries()) {
      expect(await referralRow(scheme, id)).toMatchObject({
        state: before[place]!.state,
        next_at: before[place]!.next_at,
        owner_id: lee.actor.membershipId,
      });
      expect(await holders(clientId, id)).toContainEqual({
        who: lee.actor.membershipId,
        why: 'owns',
        ends: false,
      });
      expect((await traceOf(scheme, id)).events.at(-1)).toBe('referral.allocated');
    }
    expect(await referralRow(scheme, done.id)).toMatchObject({ state: 'closed' });
    const assignments = await betony.get(Database).read(
      scheme.id,
      sql`select owner_id, ends_at is null as current, reason from referral_assignment
        where referral_id = ${live[0]!.id} order by id`,
    );
    expect(assignments).toEqual([
      { owner_id: kim.actor.membershipId, current: false, reason: null },
      { owner_id: lee.actor.membershipId, current: true, reason: 'worker_left' },
    ]);
  });

  it('is nobody allocated to who is away without cover', async () => {
    const away = await aMember(scheme, 'link_worker');
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
      tx.run(sql`
        insert into cover (scheme_id, id, worker_id, reason, starts_on, created_by, created_at)
        values (${scheme.id}, ${away.actor.sessionId}, ${away.actor.membershipId}, 'absent', '2020-01-01',
          ${manager.actor.membershipId}, ${tx.now})`),
    );
    const { id } = await aReferral(scheme).accepted();
    const refused = await refusal(
      referrals.allocate(manager.actor, id, { workerId: away.actor.membershipId }),
    );
    expect(refused.code).toBe('worker-absent');
  });
});
