import sql from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { atLondon } from '../../src/platform/clock/calendar.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { newId } from '../../src/platform/pure/ids.js';
import { hold } from '../../src/clients/client-reach.js';
import type { NewPerson } from '../../src/clients/person.rules.js';
import type { TestMember, TestScheme } from '../support/people.js';
import { aClient } from './clients.js';

/** Sent on a Monday three weeks before TEST_NOW. */
const SENT_AT = new Date('2026-11-02T09:30:00Z');

export interface Case {
  referralId: string;
  clientId: string;
}

/** A sentence about somebody a link worker has, done in order when it is awaited: `await aCase(scheme, sam).begun()`. */
export interface CaseSentence extends PromiseLike<Case> {
  /** Somebody was reached. */
  begun(): CaseSentence;
  onHold(until?: string): CaseSentence;
  /** The next date, in London. */
  due(on: string): CaseSentence;
  closed(mayAskAgain?: boolean): CaseSentence;
  /** Written as rows, without what logging a contact sets going. */
  unreached(times: number, from?: string): CaseSentence;
  person(details: Partial<NewPerson>): CaseSentence;
}

/** A referral allocated to a link worker and not begun, unless more is said. */
export function aCase(scheme: TestScheme, worker: TestMember): CaseSentence {
  let person: Partial<NewPerson> = {};
  const after: ((tx: Tx, id: string) => Promise<unknown>)[] = [];
  const then = (work: (tx: Tx, id: string) => Promise<unknown>): CaseSentence => {
    after.push(work);
    return sentence;
  };
  const set = (change: (tx: Tx) => ReturnType<typeof sql>): CaseSentence =>
    then((tx, id) =>
      tx.run(sql`update referral set ${change(tx)} where scheme_id = ${scheme.id} and id = ${id}`),
    );
  const write = async (): Promise<Case> => {
    const clientId = await aClient(scheme, person).agreedWith(null, 'scheme_support');
    const referralId = newId();
    const owner = worker.actor.membershipId;
    await scheme.betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
      await tx.run(sql`
        insert into referral (scheme_id, id, reference, client_id, sent_client_id, route, state, reasons, sent_at,
          accepted_at, allocated_at, owner_kind, owner_id, next_at, next_kind, told_status, told_at, created_at, updated_at)
        values (${scheme.id}, ${referralId}, ${referralId.slice(-12)}, ${clientId}, ${clientId}, 'gp', 'allocated',
          ${['loneliness']}, ${SENT_AT}, ${SENT_AT}, ${SENT_AT}, 'worker', ${owner}, ${atLondon('2026-11-27', '17:00')},
          'first_contact', 'taken_on', ${SENT_AT}, ${SENT_AT}, ${SENT_AT})`);
      await hold(tx, {
        clientId,
        holderKind: 'membership',
        holderId: owner,
        why: 'owns',
        sourceId: referralId,
      });
      for (const work of after) await work(tx, referralId);
    });
    return { referralId, clientId };
  };
  const sentence: CaseSentence = {
    begun: () => set((tx) => sql`state = 'active', next_kind = 'next_contact', begun_at = ${tx.now}`),
    onHold: (until = '2026-12-14') =>
      set(
        () => sql`state = 'on_hold', next_kind = 'resume', next_at = ${atLondon(until, '09:00')},
          held_from = case when begun_at is null then 'allocated' else 'active' end`,
      ),
    due: (on) => set(() => sql`next_at = ${atLondon(on, '09:00')}`),
    closed: (mayAskAgain = true) =>
      set(
        (tx) => sql`state = 'closed', owner_kind = null, owner_id = null, next_at = null, next_kind = null,
          ended_at = ${tx.now}, end_reason = 'done', end_side = 'client', result = 'helped', may_ask_again = ${mayAskAgain}`,
      ),
    unreached: (times, from = '2026-11-09') =>
      then(async (tx, id) => {
        for (let n = 0; n < times; n++) {
          const at = new Date(atLondon(from, '10:00').getTime() + n * 86_400_000);
          await tx.run(sql`
            insert into contact (scheme_id, id, referral_id, kind, outcome, at, next_on, logged_by, created_at, updated_at)
            values (${scheme.id}, ${newId()}, ${id}, 'phone', 'no_answer', ${at}, '2026-11-27',
              ${worker.actor.membershipId}, ${at}, ${at})`);
        }
      }),
    person: (details) => {
      person = details;
      return sentence;
    },
    then: (fulfilled, rejected) => write().then(fulfilled, rejected),
  };
  return sentence;
}
