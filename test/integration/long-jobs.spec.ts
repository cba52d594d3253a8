import sql from 'sql-template-tag';
import { PrepareCopy } from '../../src/records/prepare-copy.handler.js';
import { SubjectAccess } from '../../src/records/subject-access.service.js';
import { BatchesService } from '../../src/imports/batches.service.js';
import { TellImportOver } from '../../src/imports/batch.work.js';
import { MessageSwitches } from '../../src/reminders/message-switches.service.js';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { aClient } from '../factories/clients.js';
import { aPageBrowser } from '../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { rowsOf } from '../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const later = (seconds: number): string =>
  new Date(new Date(TEST_NOW).getTime() + seconds * 1000).toISOString();

describe('something long', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let mo: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    mo = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
  });
  afterAll(() => betony.stop());

  const actor = () => systemActor(scheme.id, 'import');
  const batches = () => betony.get(BatchesService);
  const page = (url: string) => aPageBrowser(betony, { who: mo }).open(url);
  /** An import that is being read, and ends after so many seconds. */
  const anImport = async (seconds: number): Promise<string> => {
    const id = await batches().begin(mo.actor, {
      kind: 'assets',
      source: 'assets',
      address: 'https://example.org',
    });
    betony.clock.set(later(seconds));
    await batches().fail(actor(), id, 'The list could not be read.');
    return id;
  };
  const tell = async (id: string): Promise<void> => {
    await betony
      .get(UnitOfWork)
      .run(actor(), (tx) => betony.get(TellImportOver).handle(tx, { importId: id }));
  };
  const told = (id: string) =>
    rowsOf(
      scheme,
      sql`select t.kind, t.outcome, m.channel from task t
        left join message m on m.scheme_id = t.scheme_id and m.task_id = t.id
        where t.scheme_id = ${scheme.id} and t.subject_id = ${id}`,
    );

  it('that took half a minute or more is told of, on a list and by e-mail, and leads to what came of it', async () => {
    const id = await anImport(30);
    await tell(id);
    await tell(id);
    expect(await told(id)).toEqual([{ kind: 'job_over', outcome: null, channel: 'email' }]);
    const list = (await page('/desk/tasks')).body;
    expect(list).toContain('Look at what came of something long that you started: it is over');
    expect(list).toContain(`href="/desk/jobs/${id}"`);
    expect((await page(`/desk/jobs/${id}`)).headers.location).toBe(`/desk/imports/${id}`);
  });

  it('that was over sooner is not', async () => {
    const id = await anImport(29);
    await tell(id);
    expect(await told(id)).toEqual([]);
  });

  it('sends no e-mail to whoever left that out', async () => {
    await betony.get(MessageSwitches).setOwn(mo.actor, 'job_over', 'list');
    const id = await anImport(45);
    await tell(id);
    expect(await told(id)).toEqual([{ kind: 'job_over', outcome: null, channel: null }]);
  });

  it('is nobody’s to look at once it is put aside', async () => {
    const id = await anImport(45);
    await tell(id);
    await batches().discard(mo.actor, id);
    expect(await told(id)).toEqual([{ kind: 'job_over', outcome: 'moved_on', channel: 'email' }]);
  });

  it('leaves its rows for seven days, and says when they went', async () => {
    const id = await anImport(5);
    await rowsOf(
      scheme,
      sql`insert into import_row (scheme_id, batch_id, row, outcome, raw, problems) values (${scheme.id}, ${id}, 2, 'refused', '{}', '[{"column": null, "reason": "Wrong"}]')`,
    );
    const left = () =>
      rowsOf(scheme, sql`select 1 from import_row where scheme_id = ${scheme.id} and batch_id = ${id}`);
    expect((await page(`/desk/imports/${id}`)).body).toContain(
      'Its rows are kept until Mon, 30 November 2026',
    );
    betony.clock.set('2026-11-30T09:00:00Z');
    await batches().forgetOld(actor());
    expect(await left()).toHaveLength(1);
    betony.clock.set('2026-11-30T11:00:00Z');
    await batches().forgetOld(actor());
    expect(await left()).toEqual([]);
    // Whoever looks a week later has signed in anew.
    mo = await aMember(scheme, 'scheme_manager');
    expect((await page(`/desk/imports/${id}`)).body).toContain(
      'Its rows were deleted on Mon, 30 November 2026',
    );
  });

  it('is a copy of a record too: its page keeps up, and leads to it once it is there', async () => {
    const clientId = await aClient(scheme, { firstName: 'Grace', lastName: 'Okoro' });
    const id = await betony
      .get(SubjectAccess)
      .ask(mo.actor, clientId, { askedBy: 'person', identityChecked: 'Known to us' });
    const going = await page(`/desk/jobs/${id}`);
    expect(going.statusCode).toBe(200);
    expect(going.body).toContain('Being collected: the copy for Grace Okoro');
    expect(going.body).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
    betony.clock.set(later(60));
    await betony
      .get(UnitOfWork)
      .run(actor(), (tx) => betony.get(PrepareCopy).handle(tx, { subjectAccessId: id }));
    expect((await page(`/desk/jobs/${id}`)).headers.location).toBe(`/desk/copies/${id}`);
    expect(await told(id)).toEqual([{ kind: 'job_over', outcome: null, channel: 'email' }]);
  });
});
