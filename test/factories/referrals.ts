import sql from 'sql-template-tag';
import { AgreementsService } from '../../src/clients/agreements.service.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { addDays, londonDate } from '../../src/platform/clock/calendar.js';
import type { NewPerson } from '../../src/clients/person.rules.js';
import type { SendInput } from '../../src/referrals/referral.dto.js';
import { ReferralSending } from '../../src/referrals/referral-sending.service.js';
import { ReferralsService } from '../../src/referrals/referrals.service.js';
import type { ReferralRow } from '../../src/referrals/referral.types.js';
import { aMember, type TestMember, type TestScheme } from '../support/people.js';
import { aPerson } from './clients.js';

export interface TestReferral {
  id: string;
  clientId: string;
  sender: TestMember;
}

/** Said in order and done in order when it is awaited: `await aReferral(scheme).accepted().allocatedTo(sam).active()`. */
export interface ReferralSentence extends PromiseLike<TestReferral> {
  from(sender: TestMember): ReferralSentence;
  about(person: Partial<NewPerson>): ReferralSentence;
  saying(answers: Partial<SendInput>): ReferralSentence;
  sent(): ReferralSentence;
  returned(): ReferralSentence;
  accepted(sameAs?: string): ReferralSentence;
  joinedTo(referralId: string): ReferralSentence;
  declined(): ReferralSentence;
  allocatedTo(worker: TestMember): ReferralSentence;
  active(): ReferralSentence;
  onHold(): ReferralSentence;
  closed(mayAskAgain?: boolean): ReferralSentence;
  withdrawn(): ReferralSentence;
  voided(): ReferralSentence;
}

const senders = new WeakMap<TestScheme, Promise<TestMember>>();
const managers = new WeakMap<TestScheme, Promise<TestMember>>();

const once = (
  known: WeakMap<TestScheme, Promise<TestMember>>,
  scheme: TestScheme,
  role: 'referrer' | 'scheme_manager',
): Promise<TestMember> => {
  const member = known.get(scheme) ?? aMember(scheme, role);
  known.set(scheme, member);
  return member;
};

/** The practice that sends unless told, and the manager who does what nobody else is told to. */
export const theSender = (scheme: TestScheme): Promise<TestMember> => once(senders, scheme, 'referrer');
export const theManager = (scheme: TestScheme): Promise<TestMember> =>
  once(managers, scheme, 'scheme_manager');

/** A send with nothing missing, as JSON would carry it. */
export const aSend = (answers: Partial<SendInput> = {}, person: Partial<NewPerson> = {}): SendInput => ({
  client: aPerson(person),
  agreement: { basis: 'agreed', agreedOn: '2026-11-02', how: 'in_person' },
  reasons: ['loneliness'],
  noKnownRisks: true,
  couldComeToHarm: false,
  ...answers,
});

/** A program sends for somebody. */
const named = ({ actor }: TestMember): Partial<SendInput> =>
  actor.program ? { sender: { name: 'Dr Asha Patel' } } : {};

export function aReferral(scheme: TestScheme): ReferralSentence {
  const { betony } = scheme;
  let sender: TestMember | null = null;
  let person: Partial<NewPerson> = {};
  let answers: Partial<SendInput> = {};
  const steps: ((service: ReferralsService, id: string, manager: TestMember) => Promise<unknown>)[] = [];
  const then = (step: (typeof steps)[number]): ReferralSentence => {
    steps.push(step);
    return sentence;
  };
  const day = (days: number): string => addDays(londonDate(betony.clock.now()), days);
  const write = async (): Promise<TestReferral> => {
    const from = sender ?? (await theSender(scheme));
    const manager = await theManager(scheme);
    const id = await betony
      .get(ReferralSending)
      .send(from.actor, aSend({ ...named(from), ...answers }, person));
    for (const step of steps) await step(betony.get(ReferralsService), id, manager);
    const { client_id: clientId } = await referralRow(scheme, id);
    return { id, clientId: clientId ?? '', sender: from };
  };
  const sentence: ReferralSentence = {
    from: (member) => {
      sender = member;
      return sentence;
    },
    about: (details) => {
      person = details;
      return sentence;
    },
    saying: (said) => {
      answers = said;
      return sentence;
    },
    sent: () => sentence,
    returned: () =>
      then((service, id, manager) =>
        service.return(manager.actor, id, {
          missing: ['contact_details'],
          message: 'A telephone number, please',
        }),
      ),
    accepted: (sameAs) =>
      then((service, id, manager) => service.accept(manager.actor, id, sameAs ? { sameAs } : {})),
    joinedTo: (into) => then((service, id, manager) => service.join(manager.actor, id, { into })),
    declined: () =>
      then((service, id, manager) => service.decline(manager.actor, id, { reason: 'outside_area' })),
    allocatedTo: (worker) =>
      then((service, id, manager) =>
        service.allocate(manager.actor, id, {
          workerId: worker.actor.membershipId,
          overrideReason: 'For the test',
        }),
      ),
    active: () =>
      then((service, id, manager) =>
        betony.get(UnitOfWork).run(manager.actor, (tx) => service.begin(tx, id)),
      ),
    onHold: () =>
      then((service, id, manager) => service.hold(manager.actor, id, { reason: 'away', resumeOn: day(14) })),
    closed: (mayAskAgain = true) =>
      then((service, id, manager) =>
        service.close(manager.actor, id, {
          result: 'helped',
          reason: 'done',
          noResponseBecause: 'declined',
          mayAskAgain,
        }),
      ),
    withdrawn: () =>
      then((service, id, manager) => service.withdraw(manager.actor, id, { reason: 'person_said_no' })),
    voided: () =>
      then((service, id, manager) =>
        service.void(manager.actor, id, { reason: 'test', note: 'For the test' }),
      ),
    then: (fulfilled, rejected) => write().then(fulfilled, rejected),
  };
  return sentence;
}

/** The person no longer agrees to be supported by the scheme; somebody writes it down. */
export async function takesBackSupport(scheme: TestScheme, by: TestMember, clientId: string): Promise<void> {
  const [agreement] = await scheme.betony.get(Database).read<{ id: string }>(
    scheme.id,
    sql`select id from agreement where scheme_id = ${scheme.id} and client_id = ${clientId}
      and organisation_id is null and withdrawn_at is null order by id`,
  );
  if (!agreement) throw new Error('Nothing to take back');
  await scheme.betony.get(AgreementsService).withdraw(by.actor, clientId, agreement.id, {});
}

/** The row itself, as the database has it. */
export async function referralRow(scheme: TestScheme, id: string): Promise<ReferralRow> {
  const [row] = await scheme.betony
    .get(Database)
    .read<ReferralRow>(scheme.id, sql`select * from referral where scheme_id = ${scheme.id} and id = ${id}`);
  if (!row) throw new Error('No such referral');
  return row;
}

export interface Trace {
  version: number;
  state: string;
  history: string[];
  audit: string[];
  events: string[];
}

/** All that a referral left behind: its row's version and state, and what was written about it, in order. */
export async function traceOf(scheme: TestScheme, id: string): Promise<Trace> {
  const [trace] = await scheme.betony.get(Database).read<Trace>(
    scheme.id,
    sql`select coalesce((select version from referral where id = ${id}), 0) as version,
      coalesce((select state from referral where id = ${id}), 'gone') as state,
      array(select concat_ws(' ', action, coalesce(from_state, '-'), coalesce(to_state, '-')) from referral_history
        where referral_id = ${id} order by id) as history,
      array(select action from audit_entry where subject_id = ${id} order by id) as audit,
      array(select event from outbox where payload ->> 'referralId' = ${id} order by seq) as events`,
  );
  if (!trace) throw new Error('No trace');
  return trace;
}
