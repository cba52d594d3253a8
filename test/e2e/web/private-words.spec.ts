import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { destroyAll, everythingAbout } from '../../../src/records/person-data.queries.js';
import { aCase, type Case } from '../../factories/caseload.js';
import { formsIn } from '../../support/page-forms.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { statementsOf } from '../../support/count-queries.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const NOTED = 'zebrafinch';

describe('what a worker notes for themselves', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let mina: TestMember;
  let grace: Case;
  let page: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    mina = await aMember(scheme, 'scheme_manager', { name: 'Mina Patel' });
    grace = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Obi' }).begun();
    page = `/desk/people/${grace.clientId}/conversation`;
  });
  afterAll(() => betony.stop());

  const open = async (url: string, who = sam): Promise<string> =>
    (await betony.inject({ url, headers: { cookie: who.browser.cookie } })).body;
  const shown = async (who = sam, at = page): Promise<Record<string, string>> =>
    formsIn(await open(at, who), page).find(({ action }) => action === page)?.anyway ?? {};
  const send = async (url: string, answers: Record<string, string>, who = sam) => {
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(answers).toString(),
    });
    return { status: answer.statusCode, body: answer.body.replace(/\s+/g, ' ') };
  };
  const note = async (words = NOTED, before: Record<string, string> = {}) =>
    send(page, {
      ...(Object.keys(before).length > 0 ? before : await shown()),
      'aboutMe.people': 'Her sister',
      'private.aboutMe.people': words,
    });
  const kept = (writer: TestMember) =>
    rowsOf<{ words: { aboutMe: Record<string, string> } }>(
      scheme,
      sql`select w.* from words_of_writer(${grace.referralId}, ${writer.actor.membershipId}::uuid) w`,
    );

  it('is read by its writer alone: not by a manager, on no page, in no answer and in no record of who did what', async () => {
    expect((await note()).status).toBe(303);
    const queries = await statementsOf(async () => {
      expect(await open(page)).toContain(NOTED);
    });
    expect(queries.length).toBeLessThanOrEqual(6);
    const record = `/desk/people/${grace.clientId}`;
    const found: string[] = [];
    for (const who of [mina, sam])
      for (const url of [
        record,
        `${record}/plan`,
        `${record}/plan/versions`,
        `${record}/timeline`,
        `${page}?print=1`,
        `${page}?quiet=1`,
        `/api/v1/referrals/${grace.referralId}/plan`,
        `/api/v1/referrals/${grace.referralId}/plan-draft`,
        `/api/v1/clients/${grace.clientId}/timeline`,
        ...(who === mina ? [page] : []),
      ]) {
        const { statusCode, body } = await betony.inject({
          url,
          headers: url.startsWith('/api') ? who.headers : { cookie: who.browser.cookie },
        });
        if (statusCode !== 200 || body.includes(NOTED))
          found.push(`${who.actor.role} ${url} ${String(statusCode)}`);
      }
    expect(found).toEqual([]);
    const audited = await rowsOf<{ details: string }>(
      scheme,
      sql`select details::text as details from audit_entry where action = 'plan.privateWords'`,
    );
    expect(audited.map(({ details }) => details)).toEqual(['{}']);
  });

  it('is kept out of the draft from its first letter, and closed in the database to everybody else', async () => {
    const answers = { ...(await shown()), 'aboutMe.people': 'Her sister', 'private.aboutMe.people': NOTED };
    expect((await send(`${page}/draft`, answers)).status).toBe(303);
    const drafts = await rowsOf<{ content: string }>(
      scheme,
      sql`select content::text as content from plan_draft`,
    );
    expect(drafts.map(({ content }) => [content.includes('Her sister'), content.includes(NOTED)])).toEqual([
      [true, false],
    ]);

    expect(await rowsOf(scheme, sql`select * from private_words`)).toEqual([]);
    expect(await kept(mina)).toEqual([]);
    expect((await kept(sam)).map(({ words }) => words.aboutMe['people'])).toEqual([NOTED]);
    // Nothing of it stays open on that connection.
    expect(await rowsOf(scheme, sql`select * from private_words`)).toEqual([]);
  });

  it('cannot be written, changed or taken away in the name of somebody else', async () => {
    await note();
    const run = (statement: ReturnType<typeof sql>) =>
      betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
        await tx.run(sql`select set_config('app.writer_id', ${mina.actor.membershipId}, true)`);
        return (await tx.run(statement)).rowCount;
      });
    expect(await run(sql`update private_words set words = '{}' where scheme_id = ${scheme.id}`)).toBe(0);
    expect(await run(sql`delete from private_words where scheme_id = ${scheme.id}`)).toBe(0);
    await expect(
      run(sql`
        insert into private_words (scheme_id, referral_id, writer_id, version, words, saved_at)
        values (${scheme.id}, ${grace.referralId}, ${sam.actor.membershipId}, 1, '{}', now())`),
    ).rejects.toThrow(/row-level security/);
    expect(await kept(sam)).toHaveLength(1);
  });

  it('is in the copy the person asks for, and is destroyed with their record', async () => {
    await note();
    const inOne = <Result>(work: (tx: Tx) => Promise<Result>) =>
      betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), work);
    const copy = await inOne((tx) => everythingAbout(tx, grace.clientId));
    const held = copy.filter(({ line }) => line.table === 'private_words');
    expect(held.map(({ row }) => JSON.stringify(row))).toEqual([expect.stringContaining(NOTED)]);

    const counts = await inOne(async (tx) => {
      const reviewId = newId();
      await tx.run(sql`
        insert into retention_review (scheme_id, id, client_id, decision, because, destroy_on, decided_at)
        values (${scheme.id}, ${reviewId}, ${grace.clientId}, 'destroy', 'kept_long_enough', now(), now())`);
      await tx.run(sql`
        insert into destruction (scheme_id, id, client_id, review_id, destroyed_at, last_contact_on)
        values (${scheme.id}, ${newId()}, ${grace.clientId}, ${reviewId}, now(), now())`);
      return destroyAll(tx, grace.clientId);
    });
    expect(counts['private_words']).toBe(1);
  });

  it('in two tabs of the same person is lost in neither', async () => {
    const first = await shown();
    await note(NOTED, first);
    const late = await note('wagtail', { ...first, _version: '1', _key: 'another-tab' });
    expect(late.status).toBe(412);
    expect(late.body).toContain('wagtail</textarea>');
    expect(late.body).toContain(`Saved meanwhile: <span class="betony-words">${NOTED}</span>`);
    expect((await kept(sam)).map(({ words }) => words.aboutMe['people'])).toEqual([NOTED]);
  });

  it('stays as it is where the page is shown to whoever sits beside the worker', async () => {
    await note();
    const quiet = await open(`${page}?quiet=1`);
    expect(quiet).not.toContain('Private to me');
    expect(quiet).not.toContain('safety-note');
    expect(quiet).toContain('What does a good day look like?');
    const answers = await shown(sam, `${page}?quiet=1`);
    expect((await send(page, { ...answers, 'aboutMe.people': 'Her sister and Ann' })).status).toBe(303);
    expect(await kept(sam)).toHaveLength(1);
    expect(await open(`/desk/people/${grace.clientId}/plan`)).toContain('Her sister and Ann');
  });
});
