import sql from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { newId } from '../../src/platform/pure/ids.js';
import { AgreementsService, type NewAgreement } from '../../src/clients/agreements.service.js';
import { hold } from '../../src/clients/client-reach.js';
import type { NewPerson } from '../../src/clients/person.rules.js';
import { ClientsService } from '../../src/clients/clients.service.js';
import type { TestMember, TestScheme } from '../support/people.js';

let count = 0;

/** A well-formed NHS number that was never issued to anybody, and was not given before in this process. */
export function anNhsNumber(): string {
  for (;;) {
    const digits = `999${String(++count).padStart(6, '0')}`;
    const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${digits}${String(check)}`;
  }
}

const SYLLABLES = ['ba', 'de', 'fi', 'go', 'ku', 'la', 'me', 'ni', 'po', 'ru', 'sa', 'te'];

/** A made-up name that neither equals nor sounds like the one before it. */
export function aName(): string {
  let number = ++count;
  let name = '';
  for (let place = 0; place < 4; place += 1) {
    name += SYLLABLES[number % SYLLABLES.length] ?? '';
    number = Math.floor(number / SYLLABLES.length);
  }
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Somebody unlike anybody else here, with whatever the test says about them. */
export function aPerson(details: Partial<NewPerson> = {}): NewPerson {
  const number = ++count;
  return {
    nhsNumber: anNhsNumber(),
    firstName: aName(),
    lastName: aName(),
    dateOfBirth: `19${String(30 + (number % 60))}-0${String(1 + (number % 9))}-1${String(number % 10)}`,
    phone: `07700 900${String(number % 1000).padStart(3, '0')}`.replace(/^0(\d+) (\d+)$/, '+44$1$2'),
    ...details,
  };
}

/** A sentence about a person, done in order when it is awaited: `await aClient(scheme).heldBy(worker)` gives the id. */
export interface ClientSentence extends PromiseLike<string> {
  provisional(organisationId?: string): ClientSentence;
  heldBy(member: TestMember): ClientSentence;
  inTriage(): ClientSentence;
  agreedWith(organisationId: string | null, ...scope: NewAgreement['scope']): ClientSentence;
  safeTo(...channels: ('call' | 'text' | 'email' | 'write' | 'leave_message')[]): ClientSentence;
}

export function aClient(scheme: TestScheme, details: Partial<NewPerson> = {}): ClientSentence {
  const { betony } = scheme;
  const person = aPerson(details);
  let standing: { provisional: boolean; organisationId: string | null } = {
    provisional: false,
    organisationId: null,
  };
  const after: ((tx: Tx, clientId: string) => Promise<unknown>)[] = [];
  const then = (work: (tx: Tx, clientId: string) => Promise<unknown>): ClientSentence => {
    after.push(work);
    return sentence;
  };
  const write = (): Promise<string> =>
    betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
      const clients = betony.get(ClientsService);
      const id = await clients.createProvisional(tx, person, standing.organisationId);
      if (!standing.provisional) await clients.confirm(tx, id);
      for (const work of after) await work(tx, id);
      return id;
    });
  const sentence: ClientSentence = {
    provisional: (organisationId) => {
      standing = { provisional: true, organisationId: organisationId ?? null };
      return sentence;
    },
    heldBy: (member) =>
      then((tx, clientId) =>
        hold(tx, {
          clientId,
          holderKind: 'membership',
          holderId: member.actor.membershipId,
          why: 'owns',
          sourceId: newId(),
        }),
      ),
    inTriage: () =>
      then((tx, clientId) =>
        hold(tx, {
          clientId,
          holderKind: 'triage',
          holderId: scheme.id,
          why: 'triage',
          sourceId: newId(),
        }),
      ),
    agreedWith: (organisationId, ...scope) =>
      then((tx, clientId) =>
        betony.get(AgreementsService).recordWithin(tx, clientId, {
          organisationId,
          scope,
          basis: 'agreed',
          agreedOn: '2026-11-02',
          how: 'in_person',
        }),
      ),
    safeTo: (...channels) =>
      then((tx, clientId) =>
        tx.run(sql`
          update client set
            safe_to_call = case when 'call' = any(${channels}::text[]) then 'yes' else safe_to_call end,
            safe_to_text = case when 'text' = any(${channels}::text[]) then 'yes' else safe_to_text end,
            safe_to_email = case when 'email' = any(${channels}::text[]) then 'yes' else safe_to_email end,
            safe_to_write = case when 'write' = any(${channels}::text[]) then 'yes' else safe_to_write end,
            safe_to_leave_message =
              case when 'leave_message' = any(${channels}::text[]) then 'yes' else safe_to_leave_message end
          where scheme_id = ${scheme.id} and id = ${clientId}`),
      ),
    then: (fulfilled, rejected) => write().then(fulfilled, rejected),
  };
  return sentence;
}
