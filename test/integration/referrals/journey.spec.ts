import pg from 'pg';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import type { MemberActor } from '../../../src/platform/actor/actor.types.js';
import { ReferralSending } from '../../../src/referrals/referral-sending.service.js';
import { REFERRAL_VERBS, type ReferralVerb } from '../../../src/referrals/referral.lifecycle.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { aReferral, aSend, referralRow, theManager, theSender, traceOf } from '../../factories/referrals.js';
import { aPerson } from '../../factories/clients.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

interface Case {
  /** Gives the referral that the verb is done to; null for a verb that makes one. */
  given: () => Promise<string | null>;
  /** Gives the id of what was made or moved. */
  when: (actor: MemberActor, id: string) => Promise<string>;
  as?: 'sender';
  then: { history: string; action: string; event: string };
}

describe('every verb', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let kim: TestMember;
  let referrals: ReferralsService;
  let sending: ReferralSending;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    kim = await aMember(scheme, 'link_worker');
    referrals = betony.get(ReferralsService);
    sending = betony.get(ReferralSending);
  });
  afterAll(async () => {
    await betony.stop();
  });

  const idOf = async (sentence: PromiseLike<{ id: string }>): Promise<string> => (await sentence).id;
  const aDraft = async (): Promise<string> =>
    sending.draft((await theSender(scheme)).actor, { client: aPerson(), reasons: ['food'] });
  const allocated = () => aReferral(scheme).accepted().allocatedTo(sam);
  const within =
    (work: (tx: Parameters<ReferralsService['begin']>[0]) => Promise<void>) =>
    async (actor: MemberActor, id: string) => {
      await betony.get(UnitOfWork).run(actor, work);
      return id;
    };

  const CASES: Record<Exclude<ReferralVerb, 'submit' | 'unjoin' | 'restore'>, Case> = {
    draft: {
      given: () => Promise.resolve(null),
      when: (actor) => sending.draft(actor, { reasons: ['food'] }),
      as: 'sender',
      then: { history: 'draft - draft', action: 'referral.draft', event: 'referral.drafted' },
    },
    amendDraft: {
      given: aDraft,
      when: async (actor, id) =>
        sending.amendDraft(actor, id, (await referralRow(scheme, id)).version, { note: 'Prefers mornings' }),
      as: 'sender',
      then: { history: 'amendDraft draft draft', action: 'referral.draft', event: 'referral.draftAmended' },
    },
    discard: {
      given: aDraft,
      when: (actor, id) => sending.discard(actor, id),
      as: 'sender',
      then: { history: 'discard draft gone', action: 'referral.discard', event: 'referral.discarded' },
    },
    send: {
      given: () => Promise.resolve(null),
      when: (actor) => sending.send(actor, aSend()),
      as: 'sender',
      then: { history: 'send - sent', action: 'referral.send', event: 'referral.sent' },
    },
    return: {
      given: () => idOf(aReferral(scheme)),
      when: (actor, id) => referrals.return(actor, id, { missing: ['risks'], message: 'Any risks?' }),
      then: { history: 'return sent returned', action: 'referral.return', event: 'referral.returned' },
    },
    accept: {
      given: () => idOf(aReferral(scheme)),
      when: (actor, id) => referrals.accept(actor, id, {}),
      then: { history: 'accept sent accepted', action: 'referral.accept', event: 'referral.accepted' },
    },
    join: {
      given: () => idOf(aReferral(scheme).about({ nhsNumber: null })),
      when: async (actor, id) => referrals.join(actor, id, { into: (await allocated()).id }),
      then: { history: 'join sent joined', action: 'referral.join', event: 'referral.joined' },
    },
    decline: {
      given: () => idOf(aReferral(scheme)),
      when: (actor, id) => referrals.decline(actor, id, { reason: 'outside_area' }),
      then: { history: 'decline sent declined', action: 'referral.decline', event: 'referral.declined' },
    },
    allocate: {
      given: () => idOf(aReferral(scheme).accepted()),
      when: (actor, id) =>
        referrals.allocate(actor, id, { workerId: sam.actor.membershipId, overrideReason: 'For the test' }),
      then: {
        history: 'allocate accepted allocated',
        action: 'referral.allocate',
        event: 'referral.allocated',
      },
    },
    begin: {
      given: () => idOf(allocated()),
      when: (actor, id) => within((tx) => referrals.begin(tx, id))(actor, id),
      then: { history: 'begin allocated active', action: 'referral.begin', event: 'referral.begun' },
    },
    setNext: {
      given: () => idOf(allocated()),
      when: (actor, id) => referrals.setNext(actor, id, { nextOn: '2026-12-01' }),
      then: { history: 'setNext allocated allocated', action: 'referral.setNext', event: 'referral.nextSet' },
    },
    note: {
      given: () => idOf(aReferral(scheme)),
      when: (actor, id) => referrals.note(actor, id, { note: 'Prefers mornings' }),
      as: 'sender',
      then: { history: 'note sent sent', action: 'referral.note', event: 'referral.noted' },
    },
    setRisks: {
      given: () => idOf(allocated()),
      when: (actor, id) => referrals.setRisks(actor, id, { risks: ['falls'], note: 'She told us' }),
      then: {
        history: 'setRisks allocated allocated',
        action: 'referral.setRisks',
        event: 'referral.risksSet',
      },
    },
    setFeedback: {
      given: () => idOf(allocated()),
      when: (actor, id) => referrals.setFeedback(actor, id, { feedback: 'nothing' }),
      then: {
        history: 'setFeedback allocated allocated',
        action: 'referral.setFeedback',
        event: 'referral.feedbackSet',
      },
    },
    hold: {
      given: () => idOf(allocated()),
      when: (actor, id) => referrals.hold(actor, id, { reason: 'away', resumeOn: '2026-12-14' }),
      then: { history: 'hold allocated on_hold', action: 'referral.hold', event: 'referral.held' },
    },
    resume: {
      given: () => idOf(allocated().active().onHold()),
      when: (actor, id) => referrals.resume(actor, id, {}),
      then: { history: 'resume on_hold active', action: 'referral.resume', event: 'referral.resumed' },
    },
    close: {
      given: () => idOf(allocated().active()),
      when: (actor, id) =>
        referrals.close(actor, id, {
          result: 'helped',
          reason: 'done',
          noResponseBecause: 'declined',
          mayAskAgain: true,
        }),
      then: { history: 'close active closed', action: 'referral.close', event: 'referral.closed' },
    },
    reopen: {
      given: () => idOf(allocated().active().closed()),
      when: (actor, id) =>
        referrals.reopen(actor, id, {
          nextOn: '2026-12-01',
          reason: 'She rang again',
          overrideReason: 'For the test',
        }),
      then: { history: 'reopen closed active', action: 'referral.reopen', event: 'referral.reopened' },
    },
    withdraw: {
      given: () => idOf(aReferral(scheme)),
      when: (actor, id) => referrals.withdraw(actor, id, { reason: 'no_longer_needed' }),
      as: 'sender',
      then: { history: 'withdraw sent withdrawn', action: 'referral.withdraw', event: 'referral.withdrawn' },
    },
    void: {
      given: () => idOf(allocated()),
      when: (actor, id) => referrals.void(actor, id, { reason: 'wrong_person', note: 'A namesake' }),
      then: { history: 'void allocated entered_in_error', action: 'referral.void', event: 'referral.voided' },
    },
  };
  const verbs = Object.keys(CASES) as (keyof typeof CASES)[];
  const actorOf = async ({ as }: Case): Promise<MemberActor> =>
    (as === 'sender' ? await theSender(scheme) : await theManager(scheme)).actor;

  it('is tested here, or where people refer themselves and where merges are undone', () => {
    expect([...verbs, 'submit', 'unjoin', 'restore'].sort()).toEqual([...REFERRAL_VERBS].sort());
  });

  it.each(verbs)('%s writes its row, history, audit and event', async (verb) => {
    const { given, when, then } = CASES[verb];
    const before = await given();
    const had = before === null ? null : await traceOf(scheme, before);
    const id = await when(await actorOf(CASES[verb]), before ?? '');
    const has = await traceOf(scheme, id);
    const isNew = (list: 'history' | 'audit' | 'events') => has[list].slice(had?.[list].length ?? 0);
    expect(isNew('history')).toEqual([then.history]);
    expect(isNew('audit')).toEqual([then.action]);
    expect(isNew('events')).toEqual([then.event]);
    expect(has.state).toBe(then.history.split(' ')[2]);
    const unchanged = verb === 'note';
    if (had && has.state !== 'gone') expect(has.version).toBe(had.version + (unchanged ? 0 : 1));
  });

  it.each(verbs)('%s writes nothing at all when its last line fails', async (verb) => {
    const { given, when } = CASES[verb];
    const before = await given();
    const actor = await actorOf(CASES[verb]);
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    const counted = async () =>
      (await owner.query<Record<string, number>>('select count(*)::int as events from outbox')).rows[0];
    try {
      await owner.query(
        `alter table outbox add constraint broken check (event not like 'referral.%') not valid`,
      );
      const [had, events] = [before === null ? null : await traceOf(scheme, before), await counted()];
      await expect(when(actor, before ?? '')).rejects.toThrow();
      if (before !== null) expect(await traceOf(scheme, before)).toEqual(had);
      expect(await counted()).toEqual(events);
    } finally {
      await owner.query('alter table outbox drop constraint if exists broken');
      await owner.end();
    }
  });

  describe('risks learned later', () => {
    it('replace those that were known, and the sender still reads its own words', async () => {
      const { id } = await allocated();
      const { actor } = sam;
      await referrals.setRisks(actor, id, { risks: ['falls', 'falls', 'unsafe_home'], note: 'On the phone' });
      expect(await referralRow(scheme, id)).toMatchObject({
        risks: ['falls', 'unsafe_home'],
        no_known_risks: false,
        as_sent: { risks: [], noKnownRisks: true },
      });
      await referrals.setRisks(actor, id, { noKnownRisks: true });
      expect(await referralRow(scheme, id)).toMatchObject({
        risks: [],
        no_known_risks: true,
        as_sent: { risks: [], noKnownRisks: true },
      });
    });

    it.each([
      ['nothing', {}, 'risks'],
      ['an empty list', { risks: [] }, 'risks'],
      ['a risk and none', { risks: ['falls'], noKnownRisks: true }, 'noKnownRisks'],
    ])('are refused as %s', async (_what, input, field) => {
      const { id } = await allocated();
      await expect(referrals.setRisks(sam.actor, id, input)).rejects.toMatchObject({
        status: 422,
        extra: { errors: [{ field }] },
      });
    });
  });

  it('hands an allocated referral to another worker and keeps who had it', async () => {
    const { id, clientId } = await allocated();
    const manager = await theManager(scheme);
    await referrals.allocate(manager.actor, id, {
      workerId: kim.actor.membershipId,
      overrideReason: 'For the test',
    });
    expect(await referralRow(scheme, id)).toMatchObject({
      state: 'allocated',
      owner_id: kim.actor.membershipId,
    });
    expect(clientId).not.toBe('');
    expect((await traceOf(scheme, id)).history.at(-1)).toBe('allocate allocated allocated');
  });
});
