import sql from 'sql-template-tag';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aCase as anOnwardCase, aGroup, anOffer } from '../../factories/onward.js';
import { aReferral } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MANY = 5;
const NAMES = ['=Amina', 'Bo', 'Çelik', 'Dewi', 'Éva'];
const NEEDS = ['food', 'housing', 'loneliness', 'digital', 'bereavement'] as const;

/** Rows by what they say, without what is different at every showing. */
const rowsIn = (html: string): string[] =>
  [...html.matchAll(/<tr role="row" class="nhsuk-table__row">(.*?)<\/tr>/gs)].map(([, row = '']) =>
    row
      .replace(/<input[^>]*>/g, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
const decoded = (text: string): string => text.replaceAll('&amp;', '&');
const linkTo = (html: string, text: string): string | null =>
  decoded(new RegExp(`<a href="([^"]+)">${text}`).exec(html)?.[1] ?? '') || null;

describe('every list of the desk', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let people: Record<'manager' | 'administrator' | 'worker' | 'practice', TestMember>;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    people = {
      manager: await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' }),
      administrator: await aMember(scheme, 'administrator', { name: 'Ada Brook' }),
      worker: await aMember(scheme, 'link_worker', { name: 'Sam Okoro' }),
      practice: await aMember(scheme, 'referrer', { name: 'Priya Shah' }),
    };
    for (const [index, name] of NAMES.entries()) {
      betony.clock.set(`2026-11-${String(10 + index)}T10:00:00Z`);
      const person = { firstName: name, lastName: `Person${String(index)}` };
      await aReferral(scheme).from(people.practice).about(person);
      await aCase(scheme, people.worker)
        .due(`2026-12-0${String(9 - index)}`)
        .person(person);
      await aListing(scheme, { name: `${name} lunch` }).by(await aProvider(scheme, { name: `${name} hall` }));
      await betony.inject({
        method: 'POST',
        url: '/api/v1/gaps',
        headers: people.manager.headers,
        payload: { need: NEEDS[index], why: 'nothing_like_it', area: `CO${String(19 - index)}` },
      });
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'task', {
          scheme_id: scheme.id,
          id: newId(),
          kind: ['triage_waiting', 'returned', 'allocate', 'resume', 'in_touch'][index],
          audience: 'managers',
          subject_kind: 'referral',
          subject_id: newId(),
          due_at: `2026-11-2${String(index)}T09:00:00Z`,
          created_at: tx.now,
        }),
      );
      await betony.inject({
        method: 'POST',
        url: `/api/v1/imports/file?kind=assets&name=list${String(index)}.csv`,
        headers: { ...people.manager.headers, 'content-type': 'text/csv' },
        payload: `name,kind\n${'Hall,places\n'.repeat(index + 1)}`,
      });
      await betony.inject({
        method: 'POST',
        url: '/api/v1/assets',
        headers: people.manager.headers,
        payload: {
          name: `${name} garden`,
          description: 'Raised beds',
          kind: index % 2 === 0 ? 'places' : 'people_and_skills',
          domains: ['age_well'],
          community: `Gardeners ${String(9 - index)}`,
        },
      });
    }
    betony.clock.set('2026-11-23T10:00:00Z');
    for (const [index, name] of NAMES.entries()) {
      const group = await aGroup(scheme, { provider: { name: `${name} club` } });
      const offer = anOffer(scheme, await anOnwardCase(scheme), group).accepted();
      await (index % 2 === 0 ? offer : offer.started());
    }
  }, 120_000);
  afterAll(() => betony.stop());

  const ask = (url: string, who: TestMember) =>
    betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who: TestMember): Promise<string> => {
    const answer = await ask(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const with_ = (url: string, more: string): string => url + (url.includes('?') ? '&' : '?') + more;

  const LISTS: [url: string, who: keyof typeof people, least: number][] = [
    ['/desk/caseload', 'worker', MANY],
    ['/desk/caseload', 'manager', MANY],
    ['/desk/triage', 'manager', MANY],
    ['/desk/referrals', 'practice', MANY],
    ['/desk/referrals', 'manager', MANY],
    ['/desk/tasks', 'manager', MANY],
    ['/desk/groups', 'manager', MANY],
    ['/desk/groups/figures', 'manager', MANY],
    ['/desk/listings', 'manager', MANY],
    ['/desk/users', 'administrator', 4],
    ['/desk/gaps', 'manager', MANY],
    ['/desk/imports', 'manager', MANY],
    ['/desk/organisations', 'manager', MANY],
    ['/desk/assets', 'manager', MANY],
    ['/desk/with-groups', 'manager', MANY],
  ];

  it.each(LISTS)('%s of a %s says how many there are, and its file has as many', async (url, as, least) => {
    const who = people[as];
    const all = await page(with_(url, 'all=1'), who);
    const rows = rowsIn(all);
    expect(rows.length).toBeGreaterThanOrEqual(least);
    const told = `(${String(rows.length)})`;
    expect(/<title>(.*?) – /.exec(all)?.[1]).toContain(told);
    expect(/<h1[^>]*>(.*?)<\/h1>/.exec(all)?.[1]).toContain(told);
    const file = await ask(linkTo(all, 'Save as a table') ?? '', who);
    expect(file.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(file.body.trimEnd().split('\r\n')).toHaveLength(rows.length + 1);
    expect(file.body).not.toMatch(/(^|,)"?[=+@-]/m);
    const paper = await page(linkTo(all, 'Print') ?? '', who);
    expect(rowsIn(paper)).toHaveLength(rows.length);
  });

  it.each(LISTS)(
    '%s of a %s is put in order by each of its columns, both ways, page by page',
    async (url, as) => {
      const who = people[as];
      const first = await page(with_(url, 'all=1'), who);
      const orders = [...first.matchAll(/columnheader"[^>]*><a href="([^"]+)">([^<]+)/g)].map(
        ([, href = '', text = '']) => ({
          text,
          sort: new URLSearchParams(decoded(href).split('?')[1]).get('sort')?.replace('-', '') ?? '',
        }),
      );
      expect(orders.length).toBeGreaterThan(0);
      for (const { sort, text } of orders) {
        const up = await page(with_(url, `all=1&sort=${sort}`), who);
        expect(up).toContain('aria-sort="ascending"');
        const down = rowsIn(await page(with_(url, `all=1&sort=-${sort}`), who));
        expect([text, down]).toEqual([text, rowsIn(up).reverse()]);
        const read: string[] = [];
        let next: string | null = with_(url, `limit=2&sort=-${sort}`);
        while (next !== null) {
          const some = await page(next, who);
          read.push(...rowsIn(some));
          next = linkTo(some, 'Next page');
        }
        expect([text, read]).toEqual([text, down]);
      }
      const unknown = await ask(with_(url, 'sort=shoe'), who);
      expect(unknown.statusCode).toBe(422);
    },
  );

  it('and whose people a file holds is on record, as of the page', async () => {
    const { worker } = people;
    await ask('/desk/caseload?file=1', worker);
    const [read] = await rowsOf<{ clients: number }>(
      scheme,
      sql`select cardinality(client_ids) as clients from audit_entry
        where scheme_id = ${scheme.id} and action = 'caseload.list' and actor_id = ${worker.actor.membershipId}
        order by id desc limit 1`,
    );
    expect(read).toEqual({ clients: MANY });
    expect((await ask('/desk/users?file=1', worker)).statusCode).toBe(403);
  });

  it('and counts of a caseload’s parts are of those that the filters leave', async () => {
    const { worker } = people;
    const open = await page('/desk/caseload?openDays=0', worker);
    expect(open).toContain(`Everybody (${String(MANY)})`);
    expect(open).toContain(`Waiting for first contact (${String(MANY)})`);
    expect(open).toContain('Closed (0)');
    const none = await page('/desk/caseload?language=bn', worker);
    expect(none).toContain('Waiting for first contact (0)');
    expect(none).toContain('No one matches these filters.');
    expect(await page('/desk/caseload?reason=food', worker)).toContain('Everybody (0)');
  });
});
