import sql from 'sql-template-tag';
import { aReferral } from '../../factories/referrals.js';
import { statementsOf } from '../../support/count-queries.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const GRACE = {
  nhsNumber: '9990000018',
  firstName: 'Grace',
  lastName: 'Okafor',
  dateOfBirth: '1951-03-02',
  phone: '+447700900123',
  postcode: 'CO97 1AA',
};

describe('the search on every page', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let priya: TestMember;
  let hospice: TestMember;
  let sam: TestMember;
  let grace: { id: string; clientId: string };
  let joined: { id: string };

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    priya = await aMember(scheme, 'referrer', { name: 'Priya Shah' });
    hospice = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme, 'hospice') });
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await aReferral(scheme).from(priya).about(GRACE).accepted().allocatedTo(sam);
    joined = await aReferral(scheme).from(hospice).about(GRACE).joinedTo(grace.id);
    // Two of one name, so that a name alone leads to a list.
    await aReferral(scheme)
      .from(priya)
      .about({ firstName: 'Gregory', lastName: 'Okafor' })
      .accepted()
      .allocatedTo(sam);
  });
  afterAll(() => betony.stop());

  const search = async (who: TestMember, q: string) => {
    const answer = await aPageBrowser(betony, { who }).send('/desk/search', { q });
    return {
      status: answer.statusCode,
      to: answer.headers.location,
      body: answer.body,
      people: [...answer.body.matchAll(/href="\/desk\/people\/([\w-]{36})"/g)].map(([, id]) => id),
      referrals: [...answer.body.matchAll(/href="\/desk\/referrals\/([\w-]{36})"/g)].map(([, id]) => id),
    };
  };

  it('is one box in the header, for those who may look for somebody', async () => {
    const { body } = await aPageBrowser(betony, { who: sam }).open('/desk/today');
    expect(body.match(/<form[^>]+action="\/desk\/search"/g)).toEqual([
      '<form class="betony-search" method="post" action="/desk/search"',
    ]);
    const clare = await aMember(scheme, 'commissioner');
    const { body: hers } = await aPageBrowser(betony, { who: clare }).open('/desk/overview');
    expect(hers).not.toContain('/desk/search');
  });

  it('leads straight to whoever has the NHS number, or to the referral of a reference', async () => {
    const found = await search(sam, '999 000 0018');
    expect([found.status, found.to]).toEqual([303, `/desk/people/${grace.clientId}`]);
    const [row] = await rowsOf<{ reference: string }>(
      scheme,
      sql`select reference from referral where scheme_id = ${scheme.id} and id = ${grace.id}`,
    );
    const quoted = await search(sam, (row?.reference ?? '').toLowerCase());
    expect([quoted.status, quoted.to]).toEqual([303, `/desk/referrals/${grace.id}`]);
    expect((await search(hospice, row?.reference ?? '')).status).toBe(200);
  });

  it.each(['Okafor', 'okaf', 'Okafor, Gr', 'Gr Okafor'])('lists those named %s', async (q) => {
    const found = await search(sam, q);
    expect(found.people).toContain(grace.clientId);
    expect([found.people.length, found.body.includes('Search: 2 found')]).toEqual([2, true]);
  });

  it.each(['07700 900123', '+447700900123', 'co971aa', '2/3/1951', 'Grace Okafor'])(
    'finds one by %s',
    async (q) => {
      const found = await search(sam, q);
      expect([found.status, found.people]).toEqual([200, [grace.clientId]]);
    },
  );

  it('takes one word for a first name where it is nobody’s last', async () => {
    expect((await search(sam, 'grac')).people).toEqual([grace.clientId]);
    expect((await search(priya, 'Grace')).referrals).toEqual([grace.id]);
  });

  it('offers who sounds alike where nobody is spelt so', async () => {
    const found = await search(sam, 'Okafore');
    expect(found.body).toContain('sound like it');
    expect(found.people).toContain(grace.clientId);
  });

  it('finds nobody out of reach, and does not say whether there is somebody', async () => {
    const kim = await aMember(scheme, 'link_worker', { name: 'Kim Ross' });
    const there = await search(kim, '999 000 0018');
    const nobody = await search(kim, '999 000 0026');
    const plain = (body: string) => body.replace(/value="[^"]*"|nonce[^>]+/g, '');
    expect(there.status).toBe(200);
    expect(plain(there.body)).toBe(plain(nobody.body));
  });

  it('finds a practice its own as it sent them: joined to somebody known or not', async () => {
    for (const q of ['Okafor, Grace', '999 000 0018', '2/3/1951']) {
      expect((await search(hospice, q)).referrals).toEqual([joined.id]);
      expect((await search(priya, q)).referrals).toEqual([grace.id]);
    }
    const phone = await search(priya, '07700 900123');
    expect([phone.status, phone.referrals]).toEqual([422, []]);
  });

  it('says what is wrong with what was typed, and keeps it', async () => {
    for (const [q, because] of [
      ['', 'Enter an NHS number'],
      ['9990000019', 'the last digit does not match'],
      ['<b>1', 'Enter a whole NHS number'],
    ] as const) {
      const answer = await search(sam, q);
      expect([answer.status, answer.body.includes(because), answer.body.includes('href="#q"')]).toEqual([
        422,
        true,
        true,
      ]);
      expect(answer.body).not.toContain('<b>1');
    }
  });

  it('is on record with whom it showed, takes few questions, and leaves no trace in an address', async () => {
    const seen = () =>
      rowsOf<{ clients: string[] }>(
        scheme,
        sql`select client_ids as clients from audit_entry
          where scheme_id = ${scheme.id} and actor_id = ${sam.actor.membershipId} and action = 'client.list'
          order by id desc limit 1`,
      );
    const browser = aPageBrowser(betony, { who: sam });
    await browser.open('/desk/search');
    const queries = await statementsOf(() => search(sam, 'Grace Okafor'));
    // The page with the form is opened first: who is there, and who they are, are asked twice.
    expect(queries.length).toBeLessThanOrEqual(6);
    expect(await seen()).toEqual([{ clients: [grace.clientId] }]);
    const asked = await browser.open('/desk/search?q=Okafor');
    expect([asked.statusCode, asked.body.includes('OKAFOR')]).toEqual([200, false]);
  });
});
