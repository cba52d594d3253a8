import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import sql from 'sql-template-tag';
import { DemoSeeder } from '../../src/demo/demo.seeder.js';
import type { Role } from '../../src/platform/actor/actor.types.js';
import { newToken, sha256 } from '../../src/platform/pure/hash.js';
import { FONTS } from '../../src/web/layout/assets.js';
import { newId } from '../../src/platform/pure/ids.js';
import { inScheme } from '../factories/episodes.js';
import { aBrowser } from '../support/browser.js';
import { linksOf } from '../support/links.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { rowsOf } from '../support/records.js';
import { startApp, type TestApp } from '../support/start-app.js';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const WIDTH = 800;
const MOST_BYTES = 60_000;
const DESK = { width: 1200, height: 900 };
const PHONE = { width: 400, height: 720 };

interface Picture {
  name: string;
  url: string;
  cookie: string;
  phone?: boolean;
}

/** Pages as they are with the demo's own people, small enough to be read in the README. */
describe('screenshots', () => {
  let betony: TestApp;
  let scheme: TestScheme;

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    const { schemeId } = await betony.get(DemoSeeder).seed('a password for the demo');
    scheme = { ...(await aScheme(betony)), id: schemeId, name: 'Demo' };
  }, 120_000);
  afterAll(() => betony.stop());

  /** The cookie of the first of the demo's people in a role. */
  const signedIn = async (role: Role): Promise<{ membershipId: string; cookie: string }> => {
    const [member] = await rowsOf<{ id: string; account_id: string }>(
      scheme,
      sql`select m.id, m.account_id from membership m where m.scheme_id = ${scheme.id} and m.role = ${role}
        order by (select count(*) from referral r where r.scheme_id = m.scheme_id and r.owner_id = m.id) desc, m.id limit 1`,
    );
    const secret = newToken();
    const [id, accountId] = [member?.id ?? '', member?.account_id ?? ''];
    await inScheme(scheme, (tx) => {
      const end = new Date(tx.now.getTime() + 86_400_000);
      return tx.run(sql`
        insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at, cookie_hash)
        values (${newId()}, ${accountId}, ${id}, ${tx.now}, ${tx.now}, ${end}, ${sha256(secret)})`);
    });
    return { membershipId: id, cookie: `__Host-betony=${secret}` };
  };
  const one = async (statement: ReturnType<typeof sql>): Promise<string> =>
    (await rowsOf<{ id: string }>(scheme, statement))[0]?.id ?? '';

  it('are taken of what each group of users sees', async () => {
    const worker = await signedIn('link_worker');
    const manager = await signedIn('scheme_manager');
    const practice = await signedIn('referrer');
    // Somebody whose record has something of everything, and whose page asks nothing to be read first.
    const person = await one(sql`
      select r.client_id as id from referral r
      where r.scheme_id = ${scheme.id} and r.owner_id = ${worker.membershipId} and r.state = 'active'
        and not exists (select from lone_worker_flag f where f.scheme_id = r.scheme_id and f.client_id = r.client_id)
        and not exists (select from client c where c.scheme_id = r.scheme_id and c.id = r.client_id and c.safety_flag)
      order by (select count(*) from plan p where p.scheme_id = r.scheme_id and p.referral_id = r.id) desc,
        (select count(*) from onward_referral o where o.scheme_id = r.scheme_id and o.referral_id = r.id) desc, r.id limit 1`);
    const referral = await one(sql`
      select id from referral where scheme_id = ${scheme.id} and client_id = ${person} and state = 'active'`);
    const sent = await one(sql`
      select r.id from referral r join membership m on m.scheme_id = r.scheme_id and m.organisation_id = r.organisation_id
      where r.scheme_id = ${scheme.id} and m.id = ${practice.membershipId} and r.state = 'closed'
      order by (select count(*) from onward_referral o where o.scheme_id = r.scheme_id and o.referral_id = r.id) desc, r.id desc
      limit 1`);
    const links = await linksOf(betony, 'pictures@example.org');
    await inScheme(links.scheme, async (tx) => {
      const here = sql`where scheme_id = ${links.scheme.id}`;
      await tx.run(
        sql`update client set first_name = 'Grace', last_name = 'Okafor', known_as = null ${here}`,
      );
      await tx.run(sql`update listing set name = 'Friday lunch' ${here}`);
      await tx.run(sql`update organisation set name = 'St Mary’s lunch club' ${here} and provides`);
    });
    const entered = await betony.inject({
      method: 'POST',
      url: links.my,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'day=2&month=3&year=1948',
    });
    const own = String(entered.headers['set-cookie']).split(';')[0] ?? '';
    const pictures: Picture[] = [
      { name: 'refer', url: '/desk/refer', cookie: practice.cookie },
      { name: 'referral', url: `/desk/referrals/${sent}`, cookie: practice.cookie },
      { name: 'today', url: '/desk/today', cookie: worker.cookie },
      { name: 'caseload', url: '/desk/caseload', cookie: worker.cookie },
      { name: 'record', url: `/desk/people/${person}`, cookie: worker.cookie },
      { name: 'plan', url: `/desk/people/${person}/plan`, cookie: worker.cookie },
      { name: 'find', url: `/desk/referrals/${referral}/find`, cookie: worker.cookie },
      { name: 'overview', url: '/desk/overview', cookie: manager.cookie },
      { name: 'health', url: '/desk/health', cookie: manager.cookie },
      { name: 'finder', url: `/find/${scheme.id}`, cookie: '', phone: true },
      { name: 'reply', url: links.reply, cookie: '', phone: true },
      { name: 'own-page', url: '/my?lang=ar', cookie: own, phone: true },
    ];
    const browser = await aBrowser();
    if (!browser) throw new Error('No browser starts here. Set CHROMIUM_PATH.');
    const address = await betony.app.getUrl();
    const context = await browser.newContext({ viewport: DESK });
    const page = await context.newPage();
    mkdirSync(FOLDER, { recursive: true });
    const faults: string[] = [];
    for (const { name, url, cookie, phone } of pictures) {
      await context.clearCookies();
      const [key = '', value = ''] = cookie.split(/=(.*)/s);
      if (key) await context.addCookies([{ name: key, value, url: address.replace('http:', 'https:') }]);
      await page.setViewportSize(phone ? PHONE : DESK);
      const answer = await page.goto(address + url);
      if (answer?.status() !== 200 || new URL(page.url()).pathname !== url.split('?', 1)[0])
        faults.push(`${name}: ${String(answer?.status())} ${page.url()}`);
      // A reader's own machine has letters for the names of all languages; one for tests has not.
      for (const letters of phone ? [FONTS.bn, FONTS.ne] : [])
        if (letters !== undefined) await page.addStyleTag({ url: letters });
      await page.evaluate('document.fonts.ready.then(() => true)');
      const taken = sharp(await page.screenshot()).resize({ width: phone ? PHONE.width : WIDTH });
      const small = await taken.webp({ quality: 70, effort: 6 }).toBuffer();
      if (small.length > MOST_BYTES) faults.push(`${name}: ${String(small.length)} bytes`);
      writeFileSync(`${FOLDER}${name}.webp`, small);
    }
    await browser.close();
    expect(faults).toEqual([]);
  }, 300_000);
});
