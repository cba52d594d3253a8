import pg from 'pg';
import sql, { raw } from 'sql-template-tag';
import { AppointmentsService } from '../../../src/caseload/appointments.service.js';
import { ContactsService } from '../../../src/caseload/contacts.service.js';
import { PlansService } from '../../../src/caseload/plans.service.js';
import { ResponsesService } from '../../../src/outcomes/responses.service.js';
import { aCase } from '../../factories/caseload.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { countRows, rowsOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const TABLES = [
  'contact',
  'contact_history',
  'contact_section',
  'unreached_choice',
  'appointment',
  'appointment_history',
  'plan',
  'plan_version',
  'goal',
  'goal_progress',
  'action',
  'plan_draft',
  'private_words',
  'measure_response',
  'audit_entry',
  'outbox',
  'referral_history',
  'client_history',
];

/** P4: one write is one transaction. Whichever of its parts fails, none of the others is there. */
describe('a write of the caseload', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let owner: pg.Client;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    owner = new pg.Client({ connectionString: betony.database.superuserUrl });
    await owner.connect();
    await owner.query(`create function broken() returns trigger language plpgsql as $$
      begin raise exception 'broken for this test'; end $$`);
  });
  afterAll(async () => {
    await owner.end();
    await betony.stop();
  });

  const snapshot = async (referralId: string, clientId: string) => ({
    counts: await countRows(
      scheme,
      TABLES.map((table) => raw(table)),
    ),
    rows: await rowsOf(
      scheme,
      sql`select r.version as referral, r.state, r.next_at, c.version as client, c.safe_to_call,
          (select count(*) from appointment a where a.referral_id = r.id and a.state = 'cancelled') as cancelled,
          (select count(*) from measure_response m where m.referral_id = r.id and m.superseded_at is not null) as superseded
        from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        where r.scheme_id = ${scheme.id} and r.id = ${referralId} and c.id = ${clientId}`,
    ),
  });

  const contacts = () => betony.get(ContactsService);
  const appointments = () => betony.get(AppointmentsService);
  const plans = () => betony.get(PlansService);
  const plan = {
    goals: [{ words: 'Company', importance: 8, actions: [{ what: 'Ring', who: 'client' as const }] }],
  };
  const planOf = async (id: string): Promise<string> => {
    const [row] = await rowsOf<{ id: string }>(scheme, sql`select id from plan where referral_id = ${id}`);
    return row?.id ?? '';
  };
  const responses = () => betony.get(ResponsesService);
  const evenSo = ['double_booked' as const];
  const booking = { kind: 'phone' as const, on: '2026-11-25', time: '10:00', minutes: 20, evenSo };
  const why = { side: 'client' as const, reason: 'unwell' as const };
  const answers = { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 };
  const baseline = {
    measure: 'ons4',
    version: '1',
    occasion: 'baseline' as const,
    answeredOn: '2026-11-20',
    mode: 'phone' as const,
    answers,
  };
  const call = { kind: 'phone' as const, outcome: 'reached' as const, nextOn: '2026-11-30' };

  const VERBS: [string, string[], (referralId: string) => Promise<() => Promise<string>>][] = [
    [
      'logging a first conversation',
      ['contact_history', 'audit_entry', 'outbox', 'referral_history'],
      (id) => Promise.resolve(() => contacts().log(sam.actor, id, call)),
    ],
    [
      'logging a wrong number',
      ['client_history', 'referral_history'],
      (id) => Promise.resolve(() => contacts().log(sam.actor, id, { ...call, outcome: 'wrong_number' })),
    ],
    [
      'amending a contact',
      ['contact_history', 'audit_entry', 'outbox', 'referral_history'],
      async (id) => {
        const contact = await contacts().log(sam.actor, id, { ...call, outcome: 'no_answer' });
        return () => contacts().amend(sam.actor, contact, 1, { outcome: 'reached', reason: 'Mistyped' });
      },
    ],
    [
      'logging a contact with words that are restricted',
      ['contact_section'],
      (id) => {
        const sections = [{ kind: 'restricted' as const, words: 'What she said' }];
        return Promise.resolve(() => contacts().log(sam.actor, id, { ...call, sections }));
      },
    ],
    [
      'closing after three tries',
      ['unreached_choice', 'referral_history', 'audit_entry', 'outbox'],
      async (id) => {
        for (let n = 0; n < 3; n++) await contacts().log(sam.actor, id, { ...call, outcome: 'no_answer' });
        return () =>
          contacts().choose(sam.actor, id, { choice: 'close', noResponseBecause: 'could_not_reach' });
      },
    ],
    [
      'making a plan',
      ['plan', 'plan_version', 'goal', 'goal_progress', 'action', 'audit_entry', 'outbox', 'reminder'],
      (id) => Promise.resolve(() => plans().make(sam.actor, id, plan)),
    ],
    [
      'changing a plan',
      ['plan_version', 'goal', 'audit_entry', 'outbox'],
      async (id) => {
        await plans().make(sam.actor, id, plan);
        const planId = await planOf(id);
        return () => plans().save(sam.actor, planId, 1, { goals: [{ words: 'Quiet', importance: 2 }] });
      },
    ],
    [
      'making an appointment',
      ['appointment_history', 'audit_entry', 'outbox'],
      (id) => Promise.resolve(() => appointments().make(sam.actor, id, booking)),
    ],
    [
      'moving an appointment',
      ['appointment_history', 'audit_entry', 'outbox'],
      async (id) => {
        const appointment = await appointments().make(sam.actor, id, booking);
        return () =>
          appointments().move(sam.actor, appointment, { ...why, on: '2026-11-26', time: '10:00', evenSo });
      },
    ],
    [
      'cancelling an appointment',
      ['appointment_history', 'audit_entry', 'outbox'],
      async (id) => {
        const appointment = await appointments().make(sam.actor, id, booking);
        return () => appointments().cancel(sam.actor, appointment, why);
      },
    ],
    [
      'recording answers',
      ['audit_entry', 'outbox'],
      (id) => Promise.resolve(() => responses().record(sam.actor, id, baseline)),
    ],
    [
      'correcting answers',
      ['measure_response', 'audit_entry', 'outbox'],
      async (id) => {
        const response = await responses().record(sam.actor, id, baseline);
        return () => responses().correct(sam.actor, response, { mode: 'paper', reason: 'On paper' });
      },
    ],
    [
      'striking out answers',
      ['audit_entry', 'outbox'],
      async (id) => {
        const response = await responses().record(sam.actor, id, baseline);
        return () => responses().strikeOut(sam.actor, response, { reason: 'Not hers' });
      },
    ],
  ];
  const cases = VERBS.flatMap(([name, tables, prepare]) =>
    tables.map((table) => [name, table, prepare] as const),
  );

  it.each(cases)('%s leaves nothing when %s cannot be written', async (_name, table, prepare) => {
    const { referralId, clientId } = await aCase(scheme, sam);
    const verb = await prepare(referralId);
    const before = await snapshot(referralId, clientId);
    await owner.query(
      `create trigger broken before insert on ${table} for each row execute function broken()`,
    );
    try {
      await expect(verb()).rejects.toThrow('broken for this test');
    } finally {
      await owner.query(`drop trigger broken on ${table}`);
    }
    expect(await snapshot(referralId, clientId)).toEqual(before);
    await expect(verb()).resolves.toEqual(expect.any(String));
    expect(await snapshot(referralId, clientId)).not.toEqual(before);
  });
});
