import sql from 'sql-template-tag';
import { aCase, aGroup, agreement, anOffer, inScheme, offerOf } from '../../factories/onward.js';
import { insertRow } from '../../factories/episodes.js';
import { spokenDate } from '../../../src/platform/clock/calendar.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, aScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const FRESH = { confirmedOn: '2026-08-25', confirmed: true, word: 'fresh', says: 'Confirmed 90 days ago' };
const OLD = {
  confirmedOn: '2026-08-24',
  confirmed: false,
  word: 'not_confirmed',
  says: 'Not confirmed since 91 days ago',
};

describe('whether what is said of a service is still right', () => {
  let betony: TestApp;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());

  it.each([
    ['ninety days ago', FRESH],
    ['longer ago', OLD],
  ])('stands, confirmed %s, wherever the service is shown', async (_name, { says, ...freshness }) => {
    betony.clock.set(TEST_NOW);
    const scheme = await aScheme(betony);
    const lead = await aMember(scheme, 'scheme_manager');
    const sam = await aMember(scheme, 'link_worker');
    const group = await aGroup(scheme);
    const { listingId, organisationId } = group;
    const grace = await aCase(scheme, { worker: sam });
    const offer = await anOffer(scheme, grace, group).declined();
    const other = await aGroup(scheme);
    await inScheme(scheme, async (tx) => {
      await tx.run(
        sql`update listing set confirmed_on = ${freshness.confirmedOn}, publishable = true where scheme_id = ${scheme.id}`,
      );
      await tx.run(sql`
        insert into gap (scheme_id, id, need, why, opened_at, closed_at, closed_because, listing_id)
        values (${scheme.id}, ${newId()}, 'loneliness', 'no_capacity', ${tx.now}, ${tx.now}, 'service_started', ${listingId})`);
    });
    const call = async (method: 'GET' | 'POST', path: string, payload?: object, who = sam) => {
      const answer = await betony.inject({
        method,
        url: `/api/v1${path}`,
        headers: who.headers,
        ...(payload ? { payload } : {}),
      });
      if (answer.statusCode >= 300) throw new Error(`${path} ${answer.body}`);
      return answer.json();
    };
    const of = `/referrals/${grace.referralId}`;
    const ola = await aCase(scheme, { worker: sam });
    await anOffer(scheme, ola, group).accepted().started();
    await inScheme(scheme, async (tx) => {
      await tx.run(
        sql`update listing set volunteer_role = true where scheme_id = ${scheme.id} and id = ${listingId}`,
      );
      const batch = newId();
      await insertRow(tx, 'import_batch', {
        scheme_id: scheme.id,
        id: batch,
        kind: 'open-referral',
        source: 'open-referral:x',
        state: 'applied',
        created_at: tx.now,
      });
      await insertRow(tx, 'import_record', {
        scheme_id: scheme.id,
        source: 'open-referral:x',
        source_id: '1',
        batch_id: batch,
        listing_id: listingId,
        organisation_id: organisationId,
        hash: 'x',
        raw: {},
        gone_since: tx.now,
      });
    });
    const told = { toldAbout: 'Lunch', listingId, toldOn: '2026-11-23', how: 'phone' };
    const shown = {
      search: (await call('GET', '/listings')).items[0].freshness,
      managed: (await call('GET', `/listings/managed?organisationId=${organisationId}`)).items[0].freshness,
      one: (await call('GET', `/listings/${listingId}`)).freshness,
      matching: (await call('GET', `${of}/services`)).items[0].listing.freshness,
      why: (await call('GET', `${of}/services/${listingId}`)).listing.freshness,
      candidates: (await call('GET', `/onward-referrals/${offer}/next-candidates`))[0].listing.freshness,
      today: (await call('GET', '/today')).groupReplies[0].listing.freshness,
      nextOnToday: (await call('GET', '/today')).groupReplies[0].nextCandidates[0].freshness,
      shortlist: (await call('POST', `${of}/shortlist`, { listingId })).listing.freshness,
      preview: (
        await call('POST', `${of}/onward-referrals/preview`, {
          ...offerOf(other.listingId),
          agreement: agreement(),
        })
      ).freshness,
      offer: (await call('GET', `/onward-referrals/${offer}`)).listing.freshness,
      toItsGroup: (await call('GET', `/onward-referrals/${offer}`, undefined, group.member)).listing
        .freshness,
      timelineOfOffer: (await call('GET', `/clients/${ola.clientId}/timeline`)).items.find(
        ({ what }: { what: string }) => what === 'offer',
      ).details.service.freshness,
      volunteering: (await call('GET', `/clients/${ola.clientId}/volunteering`)).roles[0].freshness,
      register: (
        await call('POST', `/listings/${listingId}/registers`, { sessionOn: '2026-11-23' }, group.member)
      ).listing.freshness,
      asset: (
        await call('POST', '/assets', {
          name: 'Lunch club',
          description: 'A table',
          kind: 'associations',
          organisationId,
          listingId,
        })
      ).listing.freshness,
      goneFromItsFeed: (await call('GET', '/imports/gone', undefined, lead)).items[0].listing.freshness,
      signpost: (await call('POST', `${of}/signposts`, told)).freshness,
      gap: (await call('GET', '/gaps?closed=true', undefined, lead)).items[0].freshness,
      provider: (await call('GET', `/providers/${organisationId}`)).services[0].freshness,
    };
    const [signposted] = (await call('GET', `/clients/${grace.clientId}/timeline`)).items.filter(
      ({ what }: { what: string }) => what === 'signpost',
    );
    expect(signposted.details).toMatchObject({
      toldAbout: 'Lunch',
      service: { id: listingId, freshness },
    });
    expect(shown).toEqual(Object.fromEntries(Object.keys(shown).map((where) => [where, freshness])));
    const feed = await betony.inject({ url: `/open-referral/${scheme.id}/services/${listingId}` });
    expect(feed.json()).toMatchObject(
      freshness.confirmed
        ? { assured_date: freshness.confirmedOn }
        : { alert: `Last confirmed on ${spokenDate(freshness.confirmedOn)}. Ask before you go.` },
    );

    const signedIn = async (url: string, who = sam) =>
      (await betony.inject({ url, headers: { cookie: who.browser.cookie } })).body;
    // For anybody, in eight languages: the day itself, which needs no plural.
    const finder = async () => (await aPageBrowser(betony).send(`/find/${scheme.id}`, {})).body;
    const pages = async () => ({
      today: await signedIn('/desk/today'),
      offer: await signedIn(`/desk/onward/${offer}`),
      groupsOfAPerson: await signedIn(`/desk/people/${ola.clientId}/groups`),
      toldAbout: await signedIn(`/desk/people/${grace.clientId}/groups`),
      withGroups: await signedIn('/desk/with-groups', lead),
      goneFromItsFeed: await signedIn('/desk/imports/gone', lead),
      find: await signedIn('/desk/find'),
      kept: await signedIn(`/desk${of}/shortlist`),
    });
    const silent = (shownOn: Record<string, string>, words: string) =>
      Object.keys(shownOn).filter((where) => !shownOn[where]?.includes(`>${words}</span>`));
    const confirmed = await pages();
    expect(silent(confirmed, says)).toEqual([]);
    const said = freshness.confirmed ? 'Confirmed on' : 'Not confirmed since';
    expect(await finder()).toContain(`>${said} ${spokenDate(freshness.confirmedOn)}`);
    expect(confirmed.today).toContain(`(${says.toLowerCase()})`);
    expect(confirmed.toldAbout.split(says)).toHaveLength(3);
    await inScheme(scheme, (tx) =>
      tx.run(sql`update listing set confirmed_on = null where scheme_id = ${scheme.id}`),
    );
    expect(silent(await pages(), 'Never confirmed')).toEqual([]);
    expect(await finder()).toContain('>Never confirmed: ask before you go<');
  });
});
