import { aCase } from '../../factories/caseload.js';
import { statementsOf } from '../../support/count-queries.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { newId } from '../../../src/platform/pure/ids.js';
import sql from 'sql-template-tag';

const HERE = '/desk/account/messages';

describe('what somebody is told of, and how', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  });
  afterAll(() => betony.stop());

  const off = () =>
    rowsOf<{ kind: string }>(
      scheme,
      sql`select kind from message_switch
        where scheme_id = ${scheme.id} and membership_id = ${sam.actor.membershipId} order by kind`,
    );

  it('switches the daily e-mail, and each kind within it, off and on', async () => {
    const desk = aPageBrowser(betony, { who: sam });
    expect((await desk.open('/desk/account')).body).toContain(`href="${HERE}"`);
    const done = await desk.send(HERE, { kind: 'plan_review', told: 'list' });
    expect([done.statusCode, done.headers.location]).toEqual([303, `${HERE}#plan_review`]);
    expect(await off()).toEqual([{ kind: 'plan_review' }]);
    expect((await desk.open(HERE)).body).toContain('Tell me again');
    await desk.send(HERE, { kind: 'plan_review', told: 'daily' });
    await desk.send(HERE, { kind: 'digest', told: 'list' });
    expect(await off()).toEqual([{ kind: 'digest' }]);
    const { body } = await desk.open(HERE);
    expect(body).toContain('It is off.');
    expect(body).not.toContain('Leave it out');
    await desk.send(HERE, { kind: 'digest', told: 'daily' });
    expect(await off()).toEqual([]);
  });

  it('offers three ways for what is told as it happens, and none for what somebody’s safety hangs on', async () => {
    const desk = aPageBrowser(betony, { who: sam });
    const row = async (kind: string) =>
      new RegExp(`<tr[^>]* id="${kind}">([^]*?)</tr>`).exec((await desk.open(HERE)).body)?.[1];
    expect(await row('group_replied')).toContain('At once');
    await desk.send(HERE, { kind: 'group_replied', told: 'daily' });
    expect(await row('group_replied')).toContain('In the daily e-mail');
    expect(await row('group_replied')).toContain('Tell me at once');
    await desk.send(HERE, { kind: 'group_replied', told: 'list' });
    expect(await row('group_replied')).toContain('Only on your list');
    await desk.send(HERE, { kind: 'group_replied', told: 'at_once' });
    expect(await off()).toEqual([]);
    expect(await row('visit_overdue')).toBeUndefined();
    const refused = await desk.send(HERE, { kind: 'visit_overdue', told: 'list' });
    expect([refused.statusCode, await off()]).toEqual([422, []]);
  });

  it('refuses a kind that there is not, and shows a practice what it can be asked', async () => {
    const desk = aPageBrowser(betony, { who: sam });
    expect((await desk.send(HERE, { kind: 'everything', told: 'list' })).statusCode).toBe(422);
    const priya = aPageBrowser(betony, { who: await aMember(scheme, 'referrer') });
    const { body } = await priya.open(HERE);
    expect(body.match(/name="kind"/g)).toHaveLength(7);
    expect((await statementsOf(() => priya.open(HERE))).length).toBeLessThanOrEqual(6);
  });

  it('counts what is open on one’s own list, and nobody else’s', async () => {
    const count = async (who: TestMember) =>
      (await aPageBrowser(betony, { who }).open('/desk/tasks/count')).json<unknown>();
    const { referralId: id, clientId } = await aCase(scheme, sam);
    await inScheme(scheme, (tx) =>
      insertRow(tx, 'task', {
        scheme_id: scheme.id,
        id: newId(),
        kind: 'plan_review',
        audience: 'membership',
        audience_id: sam.actor.membershipId,
        subject_kind: 'referral',
        subject_id: id,
        referral_id: id,
        client_id: clientId,
        due_at: tx.now,
        created_at: tx.now,
      }),
    );
    expect(await count(sam)).toEqual({ open: 1, words: '1' });
    expect(await count(await aMember(scheme, 'link_worker'))).toEqual({ open: 0, words: '0' });
  });
});
