import sql, { raw } from 'sql-template-tag';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Refusal } from '../../../src/platform/errors/refusal.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { ReferralSending } from '../../../src/referrals/referral-sending.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { ReferralCheck } from '../../../src/referrals/referral-check.service.js';
import { NEXT_KIND } from '../../../src/referrals/referral.rules.js';
import {
  isOpen,
  isWithTriage,
  isWithWorker,
  NEXT_KINDS,
  REFERRAL_STATES,
  type ReferralState,
} from '../../../src/referrals/referral.types.js';
import { aPerson } from '../../factories/clients.js';
import { aReferral, aSend, referralRow, theManager, theSender } from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

let betony: TestApp;
let scheme: TestScheme;
let sam: TestMember;
let referrals: ReferralsService;
let sending: ReferralSending;

beforeAll(async () => {
  betony = await startApp();
  scheme = await aScheme(betony);
  sam = await aMember(scheme, 'link_worker');
  referrals = betony.get(ReferralsService);
  sending = betony.get(ReferralSending);
});
afterAll(async () => {
  await betony.stop();
});

const refusedWith = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => 'done',
    (failure: unknown) => failure,
  );
  return error instanceof Refusal ? error.code : String(error);
};

/** What each of several attempts at once came to, sorted. */
const outcomes = async (...work: Promise<unknown>[]): Promise<string[]> =>
  (await Promise.all(work.map((one) => refusedWith(one)))).sort();

describe('P1: every open referral has one owner and one next date', () => {
  /** What a row of each state must hold besides; the owner and date are what is being tried. */
  const REST: Record<ReferralState, string> = {
    draft: `draft = '{}', held_from = null, joined_into = null, ended_at = null`,
    sent: '',
    returned: '',
    accepted: '',
    allocated: '',
    active: '',
    on_hold: `held_from = 'active'`,
    joined: `joined_into = id, ended_at = now()`,
    declined: `ended_at = now(), end_reason = 'other', end_side = 'scheme'`,
    closed: `ended_at = now(), end_reason = 'done', end_side = 'client', result = 'helped'`,
    withdrawn: `ended_at = now(), end_reason = 'other', end_side = 'scheme'`,
    entered_in_error: `ended_at = now()`,
  };
  const owners = [
    [null, false],
    ['triage', false],
    ['triage', true],
    ['worker', false],
    ['worker', true],
    [null, true],
  ] as const;
  const cells = REFERRAL_STATES.flatMap((state) =>
    owners.flatMap(([kind, owner]) =>
      [true, false].flatMap((date) =>
        [null, ...NEXT_KINDS].map((next) => {
          const wanted = isOpen(state) ? NEXT_KIND[state] : null;
          const fits =
            date === isOpen(state) &&
            next === wanted &&
            kind === (isWithTriage(state) ? 'triage' : isWithWorker(state) ? 'worker' : null) &&
            owner === isWithWorker(state);
          return { state, kind, owner, date, next, fits };
        }),
      ),
    ),
  );

  it('has one good cell for each state', () => {
    expect(cells.filter(({ fits }) => fits).map(({ state }) => state)).toEqual([...REFERRAL_STATES]);
  });

  it.each(REFERRAL_STATES)('%s, with every owner, date and kind', async (state) => {
    const { id } = await aReferral(scheme);
    for (const { kind, owner, date, next, fits } of cells.filter((cell) => cell.state === state)) {
      const rest = REST[state] === '' ? sql`` : sql`, ${raw(REST[state])}`;
      const attempt = betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
        await tx.run(sql`
          update referral set state = ${state}, owner_kind = ${kind}, next_kind = ${next},
            owner_id = ${owner ? sam.actor.membershipId : null}, next_at = ${date ? tx.now : null} ${rest}
          where scheme_id = ${scheme.id} and id = ${id}`);
        throw new Error('it fits');
      });
      const because = await attempt.catch((error: unknown) => {
        const { constraint, message } = error as { constraint?: string; message: string };
        return constraint ?? message;
      });
      expect([state, kind, owner, date, next, because]).toEqual([
        state,
        kind,
        owner,
        date,
        next,
        fits ? 'it fits' : 'referral_owner_and_date',
      ]);
    }
  });

  it('is proved daily: what the database cannot refuse is found', async () => {
    const check = () => betony.get(ReferralCheck).run(systemActor(scheme.id, 'test'));
    const told = async () =>
      betony.get(Database).read<{ looked: number; events: string[] }>(
        scheme.id,
        sql`select (select count(*)::int from audit_entry where action = 'referral.check') as looked,
          array(select payload ->> 'referralId' from outbox
            where event = 'referral.ownerless' and scheme_id = ${scheme.id} order by seq) as events`,
      );
    const [left, lost] = [
      await aReferral(scheme)
        .accepted()
        .allocatedTo(await aMember(scheme, 'link_worker')),
      await aReferral(scheme),
    ];
    expect(await check()).toEqual([]);
    const { owner_id: ownerId } = await referralRow(scheme, left.id);
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
      await tx.run(sql`update membership set ended_at = ${tx.now} where id = ${ownerId}`);
      await tx.run(sql`delete from client_reach where source_id = ${lost.id}`);
    });
    expect(await check()).toEqual([
      { referralId: left.id, because: 'owner_left' },
      { referralId: lost.id, because: 'nobody_reaches' },
    ]);
    expect(await told()).toEqual([{ looked: 2, events: [left.id, lost.id] }]);
    await referrals.allocate((await theManager(scheme)).actor, left.id, {
      workerId: sam.actor.membershipId,
      overrideReason: 'For the test',
    });
    await referrals.void((await theManager(scheme)).actor, lost.id, { reason: 'test', note: 'For the test' });
    expect(await check()).toEqual([]);
  });
});

describe('a discarded draft', () => {
  it('reminds nobody of itself', async () => {
    const { actor } = await theSender(scheme);
    const id = await sending.draft(actor, { reasons: ['food'] });
    const waiting = () =>
      betony
        .get(Database)
        .read<{ state: string }>(
          scheme.id,
          sql`select distinct state from reminder where subject_id = ${id}`,
        );
    expect(await waiting()).toEqual([{ state: 'waiting' }]);
    await sending.discard(actor, id);
    expect(await waiting()).toEqual([{ state: 'dropped' }]);
  });
});

describe('P2: one open referral a person', () => {
  it('is refused by the database', async () => {
    const [first, second] = [await aReferral(scheme), await aReferral(scheme)];
    const attempt = betony
      .get(UnitOfWork)
      .run(systemActor(scheme.id, 'test'), (tx) =>
        tx.run(sql`update referral set client_id = ${first.clientId} where id = ${second.id}`),
      );
    await expect(attempt).rejects.toMatchObject({ constraint: 'referral_open_client' });
  });

  it('makes triage join instead of accepting twice, and lets it accept when the first is over', async () => {
    const manager = await theManager(scheme);
    const nobody = { nhsNumber: null };
    const first = await aReferral(scheme).about(nobody).accepted().allocatedTo(sam);
    const second = await aReferral(scheme).about(nobody);
    expect(await refusedWith(referrals.accept(manager.actor, second.id, { sameAs: first.clientId }))).toBe(
      'already-open',
    );
    await referrals.close(manager.actor, first.id, {
      result: 'helped',
      reason: 'done',
      noResponseBecause: 'declined',
      mayAskAgain: false,
    });
    await referrals.accept(manager.actor, second.id, { sameAs: first.clientId });
    expect(await referralRow(scheme, second.id)).toMatchObject({
      state: 'accepted',
      client_id: first.clientId,
      sent_client_id: second.clientId,
    });
    expect(
      await refusedWith(
        referrals.reopen(manager.actor, first.id, { nextOn: '2026-12-01', reason: 'She rang again' }),
      ),
    ).toBe('already-open');
  });
});

describe('two at once', () => {
  it('of accepting and withdrawing, one wins', async () => {
    const manager = await theManager(scheme);
    for (let round = 0; round < 5; round += 1) {
      const { id, sender } = await aReferral(scheme);
      const came = await outcomes(
        referrals.decline(manager.actor, id, { reason: 'outside_area' }),
        referrals.withdraw(sender.actor, id, { reason: 'no_longer_needed' }),
      );
      expect(came).toEqual(['done', 'illegal-move']);
      expect((await referralRow(scheme, id)).version).toBe(2);
    }
  });

  it('of ten acceptances, one wins', async () => {
    const manager = await theManager(scheme);
    const { id } = await aReferral(scheme);
    const came = await outcomes(...Array.from({ length: 10 }, () => referrals.accept(manager.actor, id, {})));
    expect(came).toEqual(['done', ...Array.from({ length: 9 }, () => 'illegal-move')]);
  });

  it('of ten allocations to a worker with room for one, one wins', async () => {
    const manager = await theManager(scheme);
    const kim = await aMember(scheme, 'link_worker');
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
      tx.run(sql`
        insert into link_worker (scheme_id, membership_id, caseload_limit)
        values (${scheme.id}, ${kim.actor.membershipId}, 1)`),
    );
    const waiting = await Promise.all(Array.from({ length: 10 }, () => aReferral(scheme).accepted()));
    const came = await outcomes(
      ...waiting.map(({ id }) => referrals.allocate(manager.actor, id, { workerId: kim.actor.membershipId })),
    );
    expect(came).toEqual(['done', ...Array.from({ length: 9 }, () => 'no-room')]);
  });

  it('of accepting two as the same person, one wins', async () => {
    const manager = await theManager(scheme);
    const nobody = { nhsNumber: null };
    const { clientId } = await aReferral(scheme).about(nobody).accepted().allocatedTo(sam).closed();
    const [one, other] = [await aReferral(scheme).about(nobody), await aReferral(scheme).about(nobody)];
    const came = await outcomes(
      referrals.accept(manager.actor, one.id, { sameAs: clientId }),
      referrals.accept(manager.actor, other.id, { sameAs: clientId }),
    );
    expect(came).toEqual(['already-open', 'done']);
  });
});

describe('P11: the same again', () => {
  it('gives the same referral for the same external id of the same organisation, also to twins', async () => {
    const { actor } = await theSender(scheme);
    const externalId = newId();
    const ids = await Promise.all(
      Array.from({ length: 5 }, () => sending.send(actor, aSend({ externalId }))),
    );
    expect(new Set(ids).size).toBe(1);
    const elsewhere = await aMember(scheme, 'referrer', {
      organisation: await anOrganisation(scheme, 'hospice'),
    });
    expect(await sending.send(elsewhere.actor, aSend({ externalId }))).not.toBe(ids[0]);
  });

  it('tells an organisation of its own open referral: by NHS number, or by name and birth date', async () => {
    const { actor } = await theSender(scheme);
    const first = aSend();
    const id = await sending.send(actor, first);
    expect(await refusedWith(sending.send(actor, aSend({}, { nhsNumber: first.client!.nhsNumber! })))).toBe(
      'already-sent',
    );
    const { firstName, lastName, dateOfBirth } = first.client!;
    const namesake = { firstName, lastName, dateOfBirth, nhsNumber: null };
    expect(await refusedWith(sending.send(actor, aSend({}, namesake)))).toBe('maybe-already-sent');
    const another = await sending.send(actor, aSend({ differentPerson: true }, namesake));
    expect(another).not.toBe(id);
    expect(await refusedWith(sending.send(actor, aSend({ samePersonAs: id })))).toBe('already-sent');
  });

  it('refuses by what the sender wrote, and by nothing that others corrected or found out since', async () => {
    const clients = betony.get(ClientsService);
    const manager = await theManager(scheme);
    const { actor } = await theSender(scheme);
    const written = { firstName: 'Ada', lastName: 'Marsh', dateOfBirth: '1950-05-01' };
    const corrected = { firstName: 'Adah', lastName: 'Mash', dateOfBirth: '1951-05-01' };
    const noNumber = { nhsNumber: null, noNhsNumberBecause: 'not_known' as const };
    const [was, is] = [aPerson().nhsNumber!, aPerson().nhsNumber!];

    const unnumbered = await sending.send(actor, aSend({}, { ...written, ...noNumber }));
    const { client_id: first } = await referralRow(scheme, unnumbered);
    await clients.amend(manager.actor, first!, 1, { ...corrected, nhsNumber: is, noNhsNumberBecause: null });
    expect(await refusedWith(sending.check(actor, aSend({}, { ...corrected, ...noNumber })))).toBe('done');
    expect(await refusedWith(sending.check(actor, aSend({}, { nhsNumber: is })))).toBe('done');
    expect(await refusedWith(sending.check(actor, aSend({}, { ...written, ...noNumber })))).toBe(
      'maybe-already-sent',
    );

    const numbered = await sending.send(actor, aSend({}, { nhsNumber: was }));
    const { client_id: second } = await referralRow(scheme, numbered);
    await clients.amend(manager.actor, second!, 1, { nhsNumber: aPerson().nhsNumber! });
    expect(await refusedWith(sending.check(actor, aSend({}, { nhsNumber: was })))).toBe('already-sent');
  });

  it('asks again how it is safe to reach somebody who is referred again, and keeps a no', async () => {
    const sender = await theSender(scheme);
    const said = { safeToCall: 'yes', safeToText: 'yes', safeToEmail: 'no' } as const;
    const earlier = await aReferral(scheme).from(sender).about(said).accepted().allocatedTo(sam).closed();
    const unnamed = { ...aSend({ samePersonAs: earlier.id }), client: undefined };
    const { client_id: again } = await referralRow(scheme, await sending.send(sender.actor, unnamed));
    const [row] = await betony
      .get(Database)
      .read<Record<string, string>>(
        scheme.id,
        sql`select safe_to_call, safe_to_text, safe_to_email from client where scheme_id = ${scheme.id} and id = ${again}`,
      );
    expect(row).toEqual({ safe_to_call: 'not_asked', safe_to_text: 'not_asked', safe_to_email: 'no' });
  });

  it('lets one of two sends of one person at once through', async () => {
    const { actor } = await theSender(scheme);
    const send = aSend();
    expect(await outcomes(sending.send(actor, send), sending.send(actor, send))).toEqual([
      'already-sent',
      'done',
    ]);
  });

  it('names a person by an own earlier referral, and by nobody else’s', async () => {
    const earlier = await aReferral(scheme).accepted().allocatedTo(sam).closed();
    const unnamed = { ...aSend({ samePersonAs: earlier.id }), client: undefined };
    const again = await sending.send(earlier.sender.actor, unnamed);
    const row = await referralRow(scheme, again);
    expect(row).toMatchObject({ state: 'sent', same_person_as: earlier.id });
    expect(row.client_id).not.toBe(earlier.clientId);

    const elsewhere = await aMember(scheme, 'referrer', {
      organisation: await anOrganisation(scheme, 'hospice'),
    });
    expect(await refusedWith(sending.send(elsewhere.actor, unnamed))).toBe('not-found');
  });
});
