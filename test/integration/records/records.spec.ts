import { readFileSync } from 'node:fs';
import sql, { raw } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { AuditSealer } from '../../../src/audit/seal.service.js';
import { AuditVerifier } from '../../../src/audit/verify.service.js';
import { DemoSeeder } from '../../../src/demo/demo.seeder.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { KEPT_RECORD, PERSON_DATA } from '../../../src/records/person-data.catalogue.js';
import type { RecordDocument } from '../../../src/records/record-document.types.js';
import type { CopyView, RetentionReviewView } from '../../../src/records/record.dto.js';
import { Retention } from '../../../src/records/retention.service.js';
import { SubjectAccess } from '../../../src/records/subject-access.service.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aClient } from '../../factories/clients.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aMember, anOrganisation, type TestMember, type TestScheme } from '../../support/people.js';
import { settle } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/** Columns by which a table without a foreign key would still lead to a person. */
const LEADS = [
  'client_id',
  'client_ids',
  'referral_id',
  'onward_referral_id',
  'contact_id',
  'appointment_id',
];

const EARLY = '2026-11-23T10:00:00Z';
const LATE = '2035-06-01T10:00:00Z';

describe('records', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;
  /** Somebody who came to the end of a long way: the one with the most offers. */
  let client: string;

  beforeAll(async () => {
    betony = await startApp({ now: '2026-11-23T10:00:00Z' });
    const { schemeId } = await betony.get(DemoSeeder).seed('a password for the demo');
    scheme = { betony, id: schemeId, name: 'Demo', homeOf: () => anOrganisation(scheme, 'host') };
    manager = await aMember(scheme, 'scheme_manager');
    const [most] = await rows<{ id: string }>(sql`
      select o.client_id as id from onward_referral o
      join referral r on r.scheme_id = o.scheme_id and r.client_id = o.client_id
      join attendance a on a.scheme_id = o.scheme_id and a.onward_referral_id = o.id
      join measure_response m on m.scheme_id = r.scheme_id and m.referral_id = r.id
      group by o.client_id having bool_and(r.state = 'closed') order by count(distinct o.id) desc, o.client_id limit 1`);
    client = most!.id;
  }, 180_000);
  afterAll(() => betony.stop());

  const rows = <Row extends Record<string, unknown>>(statement: ReturnType<typeof sql>): Promise<Row[]> =>
    betony.get(Database).read<Row>(scheme.id, statement);
  const call = (method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: manager.headers,
      ...(payload ? { payload } : {}),
    });

  it('have a line for every table that leads to a person', async () => {
    const links = await betony.get(DataSource).query<{ child: string; parent: string }[]>(`
      select distinct conrelid::regclass::text as child, confrelid::regclass::text as parent
      from pg_constraint where contype = 'f'`);
    const about = new Set(['client']);
    for (let grew = true; grew;) {
      grew = false;
      for (const { child, parent } of links) {
        if (!about.has(parent) || about.has(child)) continue;
        about.add(child);
        grew = true;
      }
    }
    const named = await betony.get(DataSource).query<{ table_name: string }[]>(
      `select distinct c.table_name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = any($1)`,
      [LEADS],
    );
    for (const { table_name } of named) about.add(table_name);
    // Its contact is somebody who works there, and signs in.
    about.delete('organisation');
    for (const kept of KEPT_RECORD) about.delete(kept);
    const lines = new Set(PERSON_DATA.map(({ table }) => table));
    expect([...about].filter((table) => !lines.has(table)).sort()).toEqual([]);
    expect([...lines].filter((table) => !about.has(table)).sort()).toEqual([]);
  });

  it('have lines that name columns there are', async () => {
    const columns = await betony
      .get(DataSource)
      .query<{ name: string }[]>(
        `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
      );
    const there = new Set(columns.map(({ name }) => name));
    const named = PERSON_DATA.flatMap(({ table, by, others = [], hide = [] }) =>
      [...by, ...others, ...hide].map((column) => `${table}.${column}`),
    );
    expect(named.filter((name) => !there.has(name))).toEqual([]);
  });

  it.each([
    ['referral', 'original_closing'],
    ['referral', 'returned_because'],
    ['warm_handover', 'goes_else'],
    ['agreement', 'withdrawal_note'],
    ['client', 'under_age_note'],
    ['onward_referral', 'help_note'],
    ['story', 'anonymised'],
    ['gap', 'why'],
  ])('offer for review %s.%s, as every other copy of such words', (table, column) => {
    expect(PERSON_DATA.find((line) => line.table === table)?.others).toContain(column);
  });

  it('are copied for the person: everything, who looked, and nothing of others unread', async () => {
    await call('GET', `clients/${client}`);
    const asked = await call('POST', `clients/${client}/subject-access`, {
      askedBy: 'person',
      identityChecked: 'Known to the worker; passport seen',
    });
    expect(asked.json<CopyView>()).toMatchObject({
      state: 'asked',
      askedOn: '2026-11-23',
      dueOn: '2026-12-23',
      overdue: false,
    });
    const path = `subject-access/${asked.json<CopyView>().id}`;
    expect((await call('GET', `${path}/document?forReview=true`)).statusCode).toBe(409);
    expect(
      (
        await call('POST', `clients/${client}/subject-access`, {
          askedBy: 'person',
          identityChecked: 'Again',
        })
      ).statusCode,
    ).toBe(409);
    await settle(betony);

    const prepared = (await call('GET', path)).json<CopyView>();
    expect(prepared.state).toBe('prepared');
    expect(prepared.toDecide.length).toBeGreaterThan(3);
    const full = (await call('GET', `${path}/document?forReview=true`)).json<RecordDocument>();
    const told = new Set(full.sections.map(({ section }) => section));
    for (const section of [
      'About you',
      'Your referrals',
      'Groups',
      'How you answered our questions',
    ] as const) {
      expect(told).toContain(section);
    }
    const closed = [...JSON.stringify(full).matchAll(/at POST ([^ "]+)\./g)].map(([, route]) => route!);
    for (const route of new Set(closed)) {
      const opened = await call('POST', route, { reason: 'They ask for a copy of all of it' });
      expect(opened.statusCode).toBeLessThan(300);
    }
    // Row for row what the database holds.
    const counted = new Map<string, number>();
    for (const { items } of full.sections) {
      for (const { id } of items) {
        const table = id.split(':')[0]!;
        counted.set(table, (counted.get(table) ?? 0) + 1);
      }
    }
    const [held] = await rows<Record<string, number>>(sql`
      select (select count(*) from onward_referral where client_id = ${client})::int as onward_referral,
        (select count(*) from attendance a join onward_referral o using (scheme_id)
          where a.onward_referral_id = o.id and o.client_id = ${client})::int as attendance,
        (select count(*) from referral where client_id = ${client})::int as referral,
        (select count(*) from agreement where client_id = ${client})::int as agreement`);
    for (const [table, count] of Object.entries(held!))
      expect([table, counted.get(table) ?? 0]).toEqual([table, count]);
    expect(full.whoLooked).toContainEqual({
      on: '2026-11-23',
      who: manager.name,
      did: 'Looked at a person’s record',
      times: 1,
    });
    // No key for finding, no id of anybody.
    expect(JSON.stringify(full.sections)).not.toContain('last_name_key');

    expect((await call('GET', `${path}/document`)).statusCode).toBe(409);
    expect((await call('POST', `${path}/release`, { how: 'post' })).statusCode).toBe(409);
    const [first] = prepared.toDecide;
    const unreasoned = await call('POST', `${path}/review`, {
      decisions: [{ ...first, decision: 'remove' }],
    });
    expect(unreasoned.json<{ errors: { field: string }[] }>().errors).toMatchObject([
      { field: 'decisions.0.reason' },
    ]);
    const stray = await call('POST', `${path}/review`, {
      decisions: [{ item: 'client:nobody', field: 'phone', decision: 'show' }],
    });
    expect(stray.json<{ errors: { field: string }[] }>().errors).toMatchObject([
      { field: 'decisions.0.item' },
    ]);
    const reviewed = await call('POST', `${path}/review`, {
      decisions: [{ ...first, decision: 'remove', reason: 'somebody_else' }],
      showTheRest: true,
    });
    expect(reviewed.json<CopyView>().toDecide).toEqual([]);

    const copy = (await call('GET', `${path}/document`)).json<RecordDocument>();
    const was = full.sections.flatMap(({ items }) => items).find(({ id }) => id === first!.item)!;
    const is = copy.sections.flatMap(({ items }) => items).find(({ id }) => id === first!.item)!;
    const valueOf = (item: typeof is) => item.fields.find(({ name }) => name === first!.field)!.value;
    expect(valueOf(is)).toMatch(/^Removed: /);
    expect(valueOf(was)).not.toEqual(valueOf(is));
    expect(JSON.stringify(copy)).not.toContain('"others"');

    const page = await betony.inject({
      method: 'GET',
      url: `/api/v1/${path}/document.html`,
      headers: manager.headers,
    });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-disposition']).toMatch(
      /^attachment; filename="what-we-hold-[0-9a-f-]+\.html"$/,
    );
    // In the person's own language, whichever the demo gave them.
    const [{ language } = { language: '' }] = await rows<{ language: string }>(
      sql`select language from client where id = ${client}`,
    );
    const words = JSON.parse(readFileSync(`src/web/words/${language}.json`, 'utf8')) as {
      copy: { looked: string };
    };
    expect(page.body).toContain(words.copy.looked);
    expect(page.body).not.toMatch(/<(script|link|img)/);

    expect((await call('POST', `${path}/release`, { how: 'post' })).json<CopyView>()).toMatchObject({
      state: 'released',
      releasedHow: 'post',
    });
    expect((await call('POST', `${path}/release`, { how: 'post' })).statusCode).toBe(409);
    expect((await call('POST', `${path}/refuse`, { because: 'They changed their mind' })).statusCode).toBe(
      409,
    );

    betony.clock.set('2027-03-23T10:00:00Z');
    await betony.get(SubjectAccess).emptyOld(systemActor(scheme.id, 'test'));
    expect((await call('GET', `${path}/document`)).statusCode).toBe(409);
    betony.clock.set('2026-11-23T10:00:00Z');
  });

  it('keep their history from everybody, save from a destruction that leaves a certificate', async () => {
    for (const table of ['referral_history', 'onward_referral_history', 'measure_response']) {
      await expect(rows(sql`delete from ${raw(table)} where scheme_id = ${scheme.id}`)).rejects.toThrow(
        'append-only',
      );
    }
    await expect(
      rows(sql`update referral_history set action = 'x' where scheme_id = ${scheme.id}`),
    ).rejects.toThrow('append-only');
    await expect(
      rows(sql`
        with permit as (
          insert into destruction (scheme_id, id, client_id, review_id, destroyed_at, last_contact_on)
          values (${scheme.id}, gen_random_uuid(), ${client}, gen_random_uuid(), now(), now()) returning 1)
        delete from referral_history where scheme_id = ${scheme.id} and exists (select 1 from permit)`),
    ).rejects.toThrow();
  });

  it('are destroyed after their time, a review and second thoughts; everybody else stays', async () => {
    const retention = betony.get(Retention);
    const tick = () => retention.destroyDue(systemActor(scheme.id, 'test'));
    const early = await call('POST', `clients/${client}/review-retention`, { decision: 'destroy' });
    expect(early.statusCode).toBe(409);

    betony.clock.set('2036-01-07T10:00:00Z');
    const due = await call('GET', 'retention/due?limit=100');
    expect(due.json<{ items: { clientId: string; keptUntil: string }[] }>().items.length).toBeGreaterThan(10);
    const held = await call('POST', `clients/${client}/legal-holds`, {
      reason: 'An inquiry',
    });
    expect(held.statusCode).toBe(201);
    expect(
      (await call('POST', `clients/${client}/review-retention`, { decision: 'destroy' })).statusCode,
    ).toBe(409);
    await call('POST', `clients/${client}/legal-holds/${held.json<{ id: string }>().id}/lift`, {
      reason: 'The inquiry is over',
    });

    const wrong = await call('POST', `clients/${client}/review-retention`, {
      decision: 'keep',
    });
    expect(wrong.json<{ errors: { field: string }[] }>().errors).toMatchObject([{ field: 'keepUntil' }]);
    const taken = await call('POST', `clients/${client}/review-retention`, {
      decision: 'destroy',
    });
    expect(taken.json<RetentionReviewView>()).toMatchObject({
      decision: 'destroy',
      destroyOn: '2036-01-21',
      rows: null,
    });
    expect(
      (await call('POST', `clients/${client}/review-retention`, { decision: 'destroy' })).statusCode,
    ).toBe(409);
    await call('POST', `retention/reviews/${taken.json<RetentionReviewView>().id}/cancel`);
    expect(
      (await call('POST', `retention/reviews/${taken.json<RetentionReviewView>().id}/cancel`)).statusCode,
    ).toBe(409);
    const decided = await call('POST', `clients/${client}/review-retention`, {
      decision: 'destroy',
    });
    await tick();
    expect(await rows(sql`select 1 as here from client where id = ${client}`)).toHaveLength(1);

    const count = async () => {
      const counts: Record<string, number> = {};
      for (const { table } of PERSON_DATA) {
        const [row] = await rows<{ n: number }>(
          sql`select count(*)::int as n from ${raw(table)} where scheme_id = ${scheme.id}`,
        );
        counts[table] = row!.n;
      }
      return counts;
    };
    const before = await count();
    betony.clock.set('2036-01-21T10:00:00Z');
    await tick();
    const after = await count();
    const certificate = await call('GET', 'retention/reviews?destroyed=true');
    expect(certificate.json<{ items: RetentionReviewView[] }>().items).toMatchObject([
      {
        id: decided.json<RetentionReviewView>().id,
        clientId: client,
        decidedBy: manager.name,
        destroyedAt: expect.any(String),
      },
    ]);
    const gone = certificate.json<{ items: RetentionReviewView[] }>().items[0]!.rows!;
    expect(gone).toMatchObject({
      client: 1,
      referral: expect.any(Number),
      referral_history: expect.any(Number),
    });
    const detached = new Set(PERSON_DATA.filter(({ detach }) => detach).map(({ table }) => table));
    for (const [table, n] of Object.entries(before)) {
      expect([table, n - after[table]!]).toEqual([table, detached.has(table) ? 0 : (gone[table] ?? 0)]);
    }
    expect((await call('GET', `clients/${client}`)).statusCode).toBe(404);
    await tick();
    expect(await count()).toEqual(after);

    await betony.get(AuditSealer).sealAll();
    const report = await betony.get(AuditVerifier).verify(scheme.id);
    expect(report.problems).toEqual([]);
    const [kept] = await rows<{ n: number }>(
      sql`select count(*)::int as n from audit_entry where ${client}::uuid = any(client_ids)`,
    );
    expect(kept!.n).toBeGreaterThan(3);
  });

  it('stay when something came in between', async () => {
    betony.clock.set('2036-02-04T10:00:00Z');
    const listed = await call('GET', 'retention/due');
    const other = listed.json<{ items: { clientId: string }[] }>().items[0]!.clientId;
    const review = await call('POST', `clients/${other}/review-retention`, {
      decision: 'destroy',
    });
    await call('POST', `clients/${other}/legal-holds`, { reason: 'A claim was made' });
    betony.clock.set('2036-02-19T10:00:00Z');
    await betony.get(Retention).destroyDue(systemActor(scheme.id, 'test'));
    const reviews = await call('GET', 'retention/reviews');
    expect(
      reviews
        .json<{ items: RetentionReviewView[] }>()
        .items.find(({ id }) => id === review.json<RetentionReviewView>().id),
    ).toMatchObject({
      overtakenAt: expect.any(String),
      destroyedAt: null,
    });
    expect((await call('GET', `clients/${other}`)).statusCode).toBe(200);
  });

  it('stay while a record that was joined to them is held', async () => {
    betony.clock.set('2036-03-03T10:00:00Z');
    const due = async () =>
      (await call('GET', 'retention/due?limit=100'))
        .json<{ items: { clientId: string }[] }>()
        .items.map(({ clientId }) => clientId);
    const kept = (await due()).at(-1)!;
    const twin = await aClient(scheme, { nhsNumber: null });
    const hold = await call('POST', `clients/${twin}/legal-holds`, { reason: 'A claim was made' });
    const merged = await call('POST', `clients/${kept}/merge`, { mergedId: twin, reason: 'The same person' });
    expect(merged.statusCode).toBe(200);
    expect((await call('GET', `clients/${kept}/legal-holds`)).json()).toMatchObject([
      { reason: 'A claim was made', liftedAt: null },
    ]);
    expect(await due()).not.toContain(kept);
    const path = `clients/${kept}/legal-holds/${hold.json<{ id: string }>().id}/lift`;
    expect((await call('POST', path, { reason: 'The claim was settled' })).statusCode).toBe(200);
    expect(await due()).toContain(kept);
  });

  it('stay for their time after help, words and stories, and while a concern or a task is open', async () => {
    betony.clock.set('2036-03-03T10:00:00Z');
    const due = (await call('GET', 'retention/due?limit=100')).json<{ items: { clientId: string }[] }>()
      .items;
    const helper = await anOrganisation(scheme, 'host');
    const cases: [string, object][] = [
      [
        'practical_help',
        { kind: 'food_parcel', quantity: 1, given_on: '2035-06-01', created_at: LATE, updated_at: LATE },
      ],
      ['page_message', { words: 'Hello', sent_at: LATE }],
      [
        'story',
        {
          state: 'draft',
          title: 'Tea',
          words: 'Tea',
          language: 'en',
          told_on: '2035-06-01',
          told_how: 'phone',
          created_at: LATE,
          updated_at: LATE,
        },
      ],
      [
        'client_feedback',
        {
          kind: 'feedback',
          about: 'service',
          words: 'Good',
          wants_answer: false,
          told_by: 'client',
          told_how: 'phone',
          state: 'open',
          received_at: EARLY,
          updated_at: EARLY,
        },
      ],
      [
        'safeguarding',
        {
          kind: 'neglect',
          about: 'client',
          what: 'Cold',
          understood_at: EARLY,
          follow_up_on: '2026-11-30',
          state: 'open',
          recorded_at: EARLY,
          updated_at: EARLY,
        },
      ],
      [
        'task',
        {
          kind: 'page_message',
          audience: 'managers',
          subject_kind: 'client',
          subject_id: newId(),
          due_at: EARLY,
          created_at: EARLY,
        },
      ],
    ];
    for (const [index, [table, columns]] of cases.entries()) {
      const { clientId } = due[index]!;
      const more = table === 'practical_help' ? { organisation_id: helper } : {};
      await inScheme(scheme, (tx) =>
        insertRow(tx, table, { scheme_id: scheme.id, id: newId(), client_id: clientId, ...columns, ...more }),
      );
      const refused = await call('POST', `clients/${clientId}/review-retention`, { decision: 'destroy' });
      expect([table, refused.statusCode]).toEqual([table, 409]);
    }
    const free = due[cases.length]!.clientId;
    const taken = await call('POST', `clients/${free}/review-retention`, { decision: 'destroy' });
    expect(taken.statusCode).toBeLessThan(300);
  });
});
