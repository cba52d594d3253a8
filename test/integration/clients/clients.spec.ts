import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { BreakGlassService } from '../../../src/clients/break-glass.service.js';
import { ClientMerges } from '../../../src/clients/client-merges.service.js';
import { movedBy, rememberMoved } from '../../../src/clients/client-moves.js';
import { hold, release } from '../../../src/clients/client-reach.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { aClient, anNhsNumber, aPerson } from '../../factories/clients.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('people in the database', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let manager: TestMember;
  let clients: ClientsService;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager');
    clients = betony.get(ClientsService);
  });
  afterAll(() => betony.stop());

  const rows = <Row extends pg.QueryResultRow = pg.QueryResultRow>(statement: Sql, schemeId = scheme.id) =>
    betony.get(Database).read<Row>(schemeId, statement);
  const within = <Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> =>
    betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), work);

  describe('one verb is one transaction', () => {
    const before = async () =>
      rows(sql`
        select
          (select json_agg(c order by c.id) from client c) as client,
          (select json_agg(a order by a.id) from agreement a) as agreement,
          (select json_agg(g order by g.id) from gp_registration g) as registration,
          (select json_agg(r order by r.source_id) from client_reach r) as reach,
          (select count(*) from never_offer) as never,
          (select count(*) from client_history) as history,
          (select count(*) from client_merge) as merges,
          (select count(*) from break_glass) as glass,
          (select count(*) from audit_entry) as audit,
          (select count(*) from outbox) as outbox`);

    /** Makes the last thing a verb writes fail, as a full disk or a lost connection would. */
    async function outboxFails<Result>(work: () => Promise<Result>): Promise<Result> {
      const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
      await owner.connect();
      try {
        await owner.query(`
          create function fail_here() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$;
          create trigger fail_here before insert on outbox for each row execute function fail_here()`);
        return await work();
      } finally {
        await owner.query('drop trigger fail_here on outbox; drop function fail_here()');
        await owner.end();
      }
    }

    const verbs: Record<string, (given: Given) => Promise<unknown>> = {
      create: () => clients.create(sam.actor, aPerson()),
      amend: ({ client }) => clients.amend(sam.actor, client, 3, { knownAs: 'Gracie', phone: null }),
      confirm: ({ provisional }) => within((tx) => clients.confirm(tx, provisional)),
      absorb: ({ client, provisional }) => within((tx) => clients.absorb(tx, provisional, client, 'Same')),
      switchOffChannel: ({ client }) => clients.switchOffChannel(sam.actor, client, 'text', 'wrong_number'),
      recordDeath: ({ client }) => clients.recordDeath(sam.actor, client, { toldBy: 'Daughter' }),
      reverseDeath: ({ died }) => clients.reverseDeath(manager.actor, died, 'Mistake'),
      register: ({ client }) => clients.register(sam.actor, client, { noKnownPractice: true }),
      addNeverOffer: ({ client, group }) => clients.addNeverOffer(sam.actor, client, group),
      merge: ({ client, other }) => betony.get(ClientMerges).merge(sam.actor, client, other, 'Same'),
      unmerge: ({ merged }) => betony.get(ClientMerges).unmerge(manager.actor, merged, 'Two'),
      resumeMessages: ({ paused }) => clients.resumeMessages(sam.actor, paused),
      'agreement.record': ({ client }) =>
        betony.get(AgreementsService).record(sam.actor, client, {
          scope: ['scheme_support'],
          basis: 'agreed',
          agreedOn: '2026-11-20',
          how: 'phone',
        }),
      'agreement.renew': ({ client, agreement }) =>
        betony
          .get(AgreementsService)
          .renew(sam.actor, client, agreement, { agreedOn: '2026-11-20', how: 'phone' }),
      'agreement.withdraw': ({ client, agreement }) =>
        betony.get(AgreementsService).withdraw(sam.actor, client, agreement, {}),
      breakGlass: ({ number }) =>
        betony.get(BreakGlassService).open(sam.actor, { nhsNumber: number, reason: 'At the desk' }),
    };
    interface Given {
      client: string;
      other: string;
      provisional: string;
      died: string;
      merged: string;
      paused: string;
      group: string;
      agreement: string;
      number: string;
    }

    async function given(): Promise<Given> {
      const number = anNhsNumber();
      const group = await anOrganisation(scheme, 'community_group');
      const client = await aClient(scheme, { nhsNumber: number })
        .heldBy(sam)
        .safeTo('text')
        .agreedWith(group, 'needs');
      await within((tx) => tx.run(sql`update client set version = 3 where id = ${client}`));
      const other = await aClient(scheme, { nhsNumber: null }).heldBy(sam);
      const provisional = await aClient(scheme, { nhsNumber: null }).provisional().inTriage();
      const died = await aClient(scheme).heldBy(sam);
      await clients.recordDeath(sam.actor, died, { toldBy: 'Somebody' });
      const paused = await aClient(scheme, { nhsNumber: null }).heldBy(sam);
      const merged = await aClient(scheme, { nhsNumber: null }).heldBy(sam);
      await betony.get(ClientMerges).merge(sam.actor, paused, merged, 'Same');
      const [agreement] = await rows<{ id: string }>(
        sql`select id from agreement where client_id = ${client}`,
      );
      return { client, other, provisional, died, merged, paused, group, agreement: agreement!.id, number };
    }

    it.each(Object.keys(verbs))('%s writes everything or nothing', async (verb) => {
      const people = await given();
      const state = await before();
      await expect(outboxFails(() => verbs[verb]!(people))).rejects.toThrow();
      expect(await before()).toEqual(state);
      await verbs[verb]!(people);
      const [was, is] = [state[0]!, (await before())[0]!];
      for (const kept of ['history', 'audit', 'outbox']) {
        expect([kept, Number(is[kept])]).toEqual([kept, expect.any(Number)]);
        expect(Number(is[kept])).toBeGreaterThan(Number(was[kept]));
      }
    });

    it('carries ids and codes only in its events and audit details', async () => {
      const person = aPerson({ firstName: 'Persephone', lastName: 'Quillfeather', postcode: 'CO14 8ZZ' });
      const id = await clients.create(sam.actor, person);
      await clients.amend(sam.actor, id, 1, { knownAs: 'Percy', phone: '+447700900777' });
      await clients.recordDeath(sam.actor, id, { toldBy: 'Her sister Hermione' });
      const [found] = await rows<{ text: string }>(sql`
        select string_agg(details::text, ' ') || (select string_agg(payload::text, ' ') from outbox) as text
        from audit_entry where ${id}::uuid = any(client_ids)`);
      for (const word of [
        'Persephone',
        'Quillfeather',
        'CO14',
        'Percy',
        '7700900777',
        'Hermione',
        person.nhsNumber!,
      ]) {
        expect(found?.text).not.toContain(word);
      }
    });
  });

  describe('what a sender writes', () => {
    it('is kept apart, and may repeat anybody’s number without a word', async () => {
      const nhsNumber = anNhsNumber();
      const known = await aClient(scheme, { nhsNumber });
      const practice = await scheme.homeOf('referrer');
      const id = await aClient(scheme, { nhsNumber, gpPracticeId: practice }).provisional(practice);
      expect(
        await rows(sql`
          select c.standing, c.version, c.brought_by_organisation_id as by, g.organisation_id as practice
          from client c join gp_registration g on g.client_id = c.id where c.id = ${id}`),
      ).toEqual([{ standing: 'provisional', version: 1, by: practice, practice }]);
      await expect(within((tx) => clients.confirm(tx, id))).rejects.toMatchObject({
        constraint: 'client_nhs_number',
      });
      expect(await rows(sql`select standing from client where id in (${known}, ${id}) order by id`)).toEqual([
        { standing: 'confirmed' },
        { standing: 'provisional' },
      ]);
    });

    it('becomes a person once triage has ruled the others out', async () => {
      const person = aPerson({ nhsNumber: null });
      const known = await aClient(scheme, person);
      const id = await aClient(scheme, person).provisional().inTriage();
      await expect(within((tx) => clients.confirm(tx, id, []))).rejects.toMatchObject({
        status: 409,
        code: 'likely-duplicate',
        extra: { candidateIds: [known] },
      });
      await within((tx) => clients.confirm(tx, id, [known]));
      await within((tx) => clients.confirm(tx, id));
      expect(await rows(sql`select standing, version from client where id = ${id}`)).toEqual([
        { standing: 'confirmed', version: 2 },
      ]);
    });

    it('or is found to be somebody: basis and holders go along, a "no" is kept, nothing is paused', async () => {
      const group = await anOrganisation(scheme, 'community_group');
      const source = newId();
      const kept = await aClient(scheme, { phone: '+447700900321', safeToCall: 'yes', safeToText: 'yes' });
      const sent = await aClient(scheme, { nhsNumber: null, safeToText: 'no', accessNeeds: ['bsl'] })
        .provisional()
        .agreedWith(group, 'needs');
      await within((tx) =>
        hold(tx, {
          clientId: sent,
          holderKind: 'triage',
          holderId: scheme.id,
          why: 'triage',
          sourceId: source,
        }),
      );
      const mergeId = await within((tx) => clients.absorb(tx, sent, kept, 'Same person'));
      expect(
        await rows(sql`
          select safe_to_call, safe_to_text, access_needs, messages_paused_at, standing from client where id = ${kept}`),
      ).toEqual([
        {
          safe_to_call: 'yes',
          safe_to_text: 'no',
          access_needs: ['bsl'],
          messages_paused_at: null,
          standing: 'confirmed',
        },
      ]);
      expect(await rows(sql`select standing, merged_into from client where id = ${sent}`)).toEqual([
        { standing: 'merged', merged_into: kept },
      ]);
      expect(await rows(sql`select client_id from client_reach where source_id = ${source}`)).toEqual([
        { client_id: kept },
      ]);
      expect(
        await rows(sql`select client_id, scope from agreement where organisation_id = ${group}`),
      ).toEqual([{ client_id: kept, scope: ['needs'] }]);
      expect(await rows(sql`select kind from client_merge where id = ${mergeId}`)).toEqual([
        { kind: 'absorbed' },
      ]);
      await expect(within((tx) => clients.absorb(tx, sent, kept, 'Again'))).rejects.toMatchObject({
        code: 'merged',
      });
      const confirmed = await aClient(scheme, { nhsNumber: null });
      await expect(within((tx) => clients.absorb(tx, confirmed, kept, 'No'))).rejects.toMatchObject({
        code: 'not-provisional',
      });
      await betony.get(ClientMerges).unmerge(manager.actor, sent, 'Two people');
      expect(await rows(sql`select standing, merged_into from client where id = ${sent}`)).toEqual([
        { standing: 'provisional', merged_into: null },
      ]);
    });
  });

  describe('holding', () => {
    it('is given and taken by its source', async () => {
      const client = await aClient(scheme);
      const [source, another] = [newId(), newId()];
      const held = () =>
        rows(
          sql`select why, until, source_id as source from client_reach where client_id = ${client} order by why`,
        );
      const give = (sourceId: string, why: 'owns' | 'triage', until?: Date) =>
        within((tx) =>
          hold(tx, {
            clientId: client,
            holderKind: 'membership',
            holderId: sam.actor.membershipId,
            why,
            sourceId,
            ...(until && { until }),
          }),
        );
      const until = new Date('2026-12-01T00:00:00Z');
      await give(source, 'owns');
      await give(source, 'triage');
      await give(another, 'triage');
      await give(source, 'owns', until);
      expect(await held()).toHaveLength(3);
      expect((await held())[0]).toEqual({ why: 'owns', until, source });
      await within((tx) => release(tx, { sourceId: source, why: 'triage' }));
      expect(await held()).toHaveLength(2);
      await within((tx) => release(tx, { sourceId: source, clientId: newId() }));
      expect(await held()).toHaveLength(2);
      await within((tx) => release(tx, { sourceId: source }));
      expect(await held()).toEqual([{ why: 'triage', until: null, source: another }]);
    });

    it('remembers what a merge moved, table by table', async () => {
      const kept = await aClient(scheme, { nhsNumber: null });
      const merged = await aClient(scheme, { nhsNumber: null });
      const mergeId = await betony.get(ClientMerges).merge(manager.actor, kept, merged, 'Same');
      const ids = [newId(), newId()];
      await within((tx) => rememberMoved(tx, mergeId, 'referral', ids));
      await within((tx) => rememberMoved(tx, mergeId, 'onward_referral', []));
      await within(async (tx) => {
        expect(await movedBy(tx, mergeId, 'referral')).toEqual(ids);
        expect(await movedBy(tx, mergeId, 'onward_referral')).toEqual([]);
        expect(await movedBy(tx, mergeId, 'nothing')).toEqual([]);
      });
    });
  });

  describe('verbs called from above', () => {
    it('switch a channel off once, with its history', async () => {
      const client = await aClient(scheme).safeTo('email');
      await within((tx) => clients.switchOffChannelWithin(tx, client, 'email', 'bounced'));
      await within((tx) => clients.switchOffChannelWithin(tx, client, 'email', 'bounced'));
      expect(await rows(sql`select safe_to_email from client where id = ${client}`)).toEqual([
        { safe_to_email: 'no' },
      ]);
      expect(
        await rows(sql`
          select actor_id, actor_name, changes from client_history
          where client_id = ${client} and action = 'client.switchOffChannel'`),
      ).toEqual([
        {
          actor_id: null,
          actor_name: 'test',
          changes: { safeToEmail: { from: 'yes', to: 'no' }, because: 'bounced' },
        },
      ]);
    });

    it('record a death for those who reach the person by a row of their own', async () => {
      const client = await aClient(scheme);
      await within((tx) =>
        clients.recordDeathWithin(tx, client, { diedOn: '2026-11-20', toldBy: 'The practice' }),
      );
      expect(await rows(sql`select died_on::text from client where id = ${client}`)).toEqual([
        { died_on: '2026-11-20' },
      ]);
    });
  });

  describe('where people are', () => {
    it('is looked up again after files were loaded, for everybody it concerns', async () => {
      const apart = await aScheme(betony);
      const [housed, unhoused, elsewhere, nobodyKnows] = [
        await aClient(apart, { postcode: 'CM1 1AA', dayPlacePostcode: 'CM2 2BB' }),
        await aClient(apart, { postcode: 'CM1 1AA', dayPlacePostcode: 'CM2 2BB', noFixedAddress: true }),
        await aClient(apart, { postcode: 'CM9 9ZZ' }),
        await aClient(apart),
      ];
      const again = () => clients.placeEverybody(systemActor(apart.id, 'command:place-people'));
      expect(await again()).toBe(0);
      await within(async (tx) => {
        await tx.run(sql`insert into postcode_place (postcode, lsoa, latitude, longitude, edition) values
          ('CM1 1AA', 'E01000001', 51.7, 0.47, 'first'), ('CM2 2BB', 'E01000002', 51.8, 0.48, 'first')`);
        await tx.run(
          sql`insert into lsoa_deprivation (lsoa, decile, edition) values ('E01000001', 3, 'IMD 2025')`,
        );
      });
      expect(await again()).toBe(2);
      expect(await again()).toBe(0);
      const placed = await rows<{ id: string }>(
        sql`select id, lsoa, deprivation_decile as decile, place_found_by as found, version from client order by id`,
        apart.id,
      );
      const version = 2;
      expect(placed).toEqual(
        [
          { id: housed, lsoa: 'E01000001', decile: 3, found: 'postcode', version },
          { id: unhoused, lsoa: 'E01000002', decile: null, found: 'day_place', version },
          { id: elsewhere, lsoa: null, decile: null, found: null, version },
          { id: nobodyKnows, lsoa: null, decile: null, found: null, version },
        ].sort((a, b) => (a.id < b.id ? -1 : 1)),
      );
      expect(
        await rows(
          sql`select changes, actor_name from client_history where client_id = ${housed} and action = 'client.place'`,
          apart.id,
        ),
      ).toEqual([
        {
          actor_name: 'command:place-people',
          changes: { lsoa: { from: null, to: 'E01000001' }, deprivationDecile: { from: null, to: 3 } },
        },
      ]);
    });
  });

  describe('row security', () => {
    const TABLES = [
      'client',
      'client_reach',
      'client_history',
      'gp_registration',
      'agreement',
      'never_offer',
      'client_merge',
      'break_glass',
    ];

    it('shows another scheme nothing, in any table, and lets nothing be written for it', async () => {
      const number = anNhsNumber();
      const group = await anOrganisation(scheme, 'community_group');
      const client = await aClient(scheme, { nhsNumber: number, noKnownGpPractice: true })
        .heldBy(sam)
        .agreedWith(group, 'needs');
      await clients.addNeverOffer(sam.actor, client, group);
      const other = await aClient(scheme, { nhsNumber: null }).heldBy(sam);
      await betony.get(ClientMerges).merge(sam.actor, client, other, 'Same');
      await betony.get(BreakGlassService).open(sam.actor, { nhsNumber: number, reason: 'At the desk' });
      const abroad = await aScheme(betony);
      const counts = async (schemeId: string) => {
        const found = await rows<Record<string, number>>(
          sql`select (select count(*)::int from client) as client, (select count(*)::int from client_reach) as client_reach,
            (select count(*)::int from client_history) as client_history,
            (select count(*)::int from gp_registration) as gp_registration,
            (select count(*)::int from agreement) as agreement, (select count(*)::int from never_offer) as never_offer,
            (select count(*)::int from client_merge) as client_merge, (select count(*)::int from break_glass) as break_glass`,
          schemeId,
        );
        return found[0]!;
      };
      const [here, there] = [await counts(scheme.id), await counts(abroad.id)];
      for (const table of TABLES) {
        expect([table, here[table]]).not.toEqual([table, 0]);
        expect([table, there[table]]).toEqual([table, 0]);
      }
      const stolen = betony.get(UnitOfWork).run(systemActor(abroad.id, 'test'), (tx) =>
        tx.run(sql`insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id)
          values (${scheme.id}, ${client}, 'membership', ${newId()}, 'owns', ${newId()})`),
      );
      await expect(stolen).rejects.toMatchObject({ code: '42501' });
      const renamed = await betony
        .get(UnitOfWork)
        .run(systemActor(abroad.id, 'test'), (tx) =>
          tx.run(sql`update client set first_name = 'X' where id = ${client}`),
        );
      expect(renamed.rowCount).toBe(0);
    });

    it('forces the owner too', async () => {
      const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
      await owner.connect();
      try {
        for (const table of TABLES) {
          const found = await owner.query(`select count(*)::int as count from ${table}`);
          expect([table, found.rows[0]]).toEqual([table, { count: 0 }]);
        }
      } finally {
        await owner.end();
      }
    });

    it('and history stays written', async () => {
      const client = await aClient(scheme);
      for (const change of [
        sql`update client_history set action = 'x' where client_id = ${client}`,
        sql`delete from client_history where client_id = ${client}`,
      ]) {
        await expect(within((tx) => tx.run(change))).rejects.toMatchObject({ code: '23001' });
      }
    });
  });
});
