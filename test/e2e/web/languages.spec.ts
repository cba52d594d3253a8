import { gzipSync } from 'node:zlib';
import { Schemes } from '../../../src/identity/schemes.service.js';
import type { OpenLink } from '../../../src/onward-referrals/reply-link.types.js';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { contactPointOf } from '../../../src/providers/contact-points.js';
import { directionIn, LANGUAGES, OWN_NAMES } from '../../../src/web/words/languages.js';
import { type Key, speechIn } from '../../../src/web/words/speech.js';
import { aCase, aGroup, anOffer, inScheme } from '../../factories/onward.js';
import { aScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const LIMIT_BYTES = 60_000;
/** What a key looks like that nobody put words in for. */
const RAW =
  />[^<]*\b(?:dates|frame|common|failed|wrong|my|reply|finder|selfReferral|groups|privacy|schemes|entry|account)\.\w+[^<]*</;

describe('pages in the language of whoever reads them', () => {
  let betony: TestApp;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());

  const get = (url: string, cookie?: string) =>
    betony.inject({ url, headers: cookie === undefined ? {} : { cookie } });
  const linked = (html: string, what: RegExp): string[] => [...html.matchAll(what)].map(([, to = '']) => to);

  it.each([...LANGUAGES])(
    'speaks %s: the page, its direction, its letters and its way to the others',
    async (language) => {
      const answer = await get(`/my/enter?lang=${language}`);
      const { t, tag, draft } = speechIn(language);
      expect(answer.statusCode).toBe(200);
      const rtl = directionIn(language) === 'rtl';
      expect(answer.body).toContain(`<html lang="${tag}"${rtl ? ' dir="rtl"' : ''}>`);
      expect(answer.body).toContain(`<title>${t('my.title.page')} – Betony</title>`);
      expect(answer.body).not.toMatch(RAW);
      expect(answer.body).not.toMatch(/undefined|\{\{|\[object/);
      for (const one of LANGUAGES) {
        expect(answer.body).toContain(`lang="${one}" hreflang="${one}"`);
        expect(answer.body).toContain(`>${OWN_NAMES[one]}</a>`);
      }
      expect(answer.body.includes('betony-draft')).toBe(draft);
      expect(answer.headers['set-cookie']).toMatch(
        new RegExp(`^betony-language=${language}; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax$`),
      );

      // Compressed by our own measure: the letters are so already.
      let bytes = gzipSync(answer.body).length;
      const sheets = linked(answer.body, /<link rel="stylesheet" href="([^"]+)"/g);
      expect(sheets.some((sheet) => sheet.includes('betony.rtl'))).toBe(rtl);
      for (const sheet of sheets) {
        const css = await get(sheet);
        expect([sheet, css.statusCode]).toEqual([sheet, 200]);
        bytes += gzipSync(css.body).length;
        for (const letters of linked(css.body, /url\('([^']+)'\)/g)) {
          const font = await get(letters);
          expect([font.statusCode, font.headers['content-type']]).toEqual([200, 'font/woff2']);
          expect(font.headers['cache-control']).toContain('immutable');
          expect(font.rawPayload.subarray(0, 4).toString('latin1')).toBe('wOF2');
          bytes += font.rawPayload.length;
        }
      }
      expect(bytes).toBeLessThan(LIMIT_BYTES);
      if (process.env['SHOTS']) process.stderr.write(`${language}: ${String(bytes)}\n`);
    },
  );

  describe('of a group', () => {
    let token: string;
    let taking: string;
    let listing: string;
    beforeAll(async () => {
      const scheme = await aScheme(betony);
      const group = await aGroup(scheme, {
        places: 2,
        provider: { contactEmail: 'mo@example.org', answersBy: 'email' },
      });
      const of = await aCase(scheme, { person: { firstName: 'Grace', lastName: 'Okafor', knownAs: null } });
      const offer = await anOffer(scheme, of, group);
      const began = await anOffer(scheme, await aCase(scheme), group)
        .accepted()
        .started();
      const aLink = (about: OpenLink['actor']['about'], purpose: OpenLink['purpose']) =>
        inScheme(scheme, async (tx) => {
          const links = betony.get(ReplyLinks);
          const { organisationId } = group;
          const contactPointId = await contactPointOf(tx, organisationId, {
            channel: 'email',
            to: 'mo@example.org',
          });
          return links.token(
            await links.make(tx, { purpose, about }, { organisationId, contactPointId, messageId: null }),
          );
        });
      token = await aLink({ kind: 'onward_referral', id: offer }, 'answer');
      taking = await aLink({ kind: 'onward_referral', id: began }, 'how_did_it_go');
      listing = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
    });

    it.each([...LANGUAGES])('speaks %s on every page there is by link, within 60 kB', async (language) => {
      const cookie = `betony-language=${language}`;
      const { t, tag, direction } = speechIn(language);
      const pages: [string, Key][] = [
        ['/reply', 'reply.title.ask'],
        ['/reply/sent', 'reply.ask.sentHeading'],
        ['/reply/left', 'reply.left.heading'],
        ['/reply/nothing', 'reply.title.gone'],
        [`/reply/${token}`, 'reply.title.asked'],
        [`/reply/${token}/no`, 'reply.title.no'],
        [`/reply/${token}/talk`, 'reply.title.talk'],
        [`/reply/${taking}/came`, 'reply.title.came'],
        [`/reply/${taking}/finish`, 'reply.title.finish'],
        [`/reply/${token}/worried`, 'reply.title.worried'],
        [`/reply/${token}/rings-you`, 'reply.title.ringsYou'],
        [`/reply/${token}/leave`, 'reply.title.leave'],
        [`/reply/${listing}`, 'reply.title.listing'],
        [`/reply/${listing}/full`, 'reply.title.full'],
        [`/reply/${listing}/session`, 'reply.session.which'],
        [`/reply/${listing}/thanks`, 'reply.title.thanks'],
      ];
      for (const [path, title] of pages) {
        const { body, statusCode } = await get(path, cookie);
        expect([path, [200, 410].includes(statusCode)]).toEqual([path, true]);
        expect(body).toContain(`<html lang="${tag}"${direction === 'rtl' ? ' dir="rtl"' : ''}>`);
        expect([path, /<title>(.*) – Betony<\/title>/.exec(body)?.[1]]).toEqual([path, t(title)]);
        expect([path, RAW.exec(body)?.[0]]).toEqual([path, undefined]);
        expect(body).not.toMatch(/undefined|\{\{|\[object/);
        // Numbers and names of the language links are the same in every language, and so is what a group wrote itself.
        if (language !== 'en') expect(body).not.toMatch(/\b(?:please|you|your|answer|Back|Save)\b/);
      }
      const asked = await get(`/reply/${token}?lang=${language}`);
      const sheets = linked(asked.body, /<link rel="stylesheet" href="([^"]+)"/g);
      const css = await Promise.all(sheets.map(async (sheet) => (await get(sheet)).body));
      const letters = css.flatMap((one) => linked(one, /url\('([^']+)'\)/g));
      const fonts = await Promise.all(letters.map(async (one) => (await get(one)).rawPayload.length));
      const bytes = [asked.body, ...css].map((text) => gzipSync(text).length).concat(fonts);
      expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(LIMIT_BYTES);
    });

    it('says in it what is wrong with an answer, and thanks for it', async () => {
      const { t } = speechIn('pl');
      const send = (path: string, payload = '') =>
        betony.inject({
          method: 'POST',
          url: `/reply/${token}${path}`,
          headers: {
            cookie: 'betony-language=pl',
            'content-type': 'application/x-www-form-urlencoded',
          },
          payload,
        });
      const wrong = await send('/no', `note=${'x'.repeat(501)}`);
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain(`<title>${t('frame.error')}: ${t('reply.title.no')}`);
      expect(wrong.body).toContain(t('reply.no.choose'));
      expect(wrong.body).toContain(t('common.shorter', { most: 500 }));
      const long = await send('/no', `note=${'x'.repeat(300_000)}`);
      expect(long.statusCode).toBe(413);
      expect(long.body).toContain(t('failed.413.most', { most: '256 KB' }));
      expect((await send('/yes')).statusCode).toBe(303);
      const said = await get(`/reply/${token}`, 'betony-language=pl');
      expect(said.body).toContain(t('reply.yes.said'));
      expect(said.body).toContain(t('reply.yes.purpose', { name: 'Grace' }));
      const late = await send('/no', 'no=full_14');
      expect(late.statusCode).toBe(409);
      expect(late.body).toContain(t('reply.refused.accepted'));
      const came = await send('/came', 'result=attended&day=٢٣&month=১১&year=२०२६');
      expect(came.headers.location).toBe(`/reply/${token}?saved=yes`);
    });
  });

  describe('of whoever comes in', () => {
    let token: string;
    beforeAll(async () => {
      const { token: made } = await betony
        .get(Schemes)
        .create({ name: 'Marling', adminEmail: 'ada@example.org', adminName: 'Ada Brook' });
      token = made;
    });
    const SPOKEN = LANGUAGES.filter((one) => !['en', 'cy'].includes(one));

    it.each(SPOKEN)('speaks %s where they sign in, join and do not know their password', async (language) => {
      const cookie = `betony-language=${language}`;
      const { t, tag, direction } = speechIn(language);
      const pages: [string, Key, number][] = [
        ['/desk/sign-in', 'entry.title', 200],
        ['/desk/sign-in?after=joined', 'entry.title', 200],
        ['/desk/forgotten', 'entry.forgotten', 200],
        ['/desk/forgotten/sent', 'entry.look', 200],
        [`/desk/join/${token}`, 'entry.join', 200],
        [`/desk/join/${'x'.repeat(43)}`, 'entry.ended.title', 410],
        [`/desk/new-password/${'x'.repeat(43)}`, 'entry.ended.title', 410],
      ];
      for (const [path, title, status] of pages) {
        const { body, statusCode } = await get(path, cookie);
        expect([path, statusCode]).toEqual([path, status]);
        expect(body).toContain(`<html lang="${tag}"${direction === 'rtl' ? ' dir="rtl"' : ''}>`);
        expect([path, /<title>(.*) – Betony<\/title>/.exec(body)?.[1]]).toEqual([path, t(title)]);
        expect([path, RAW.exec(body)?.[0]]).toEqual([path, undefined]);
        expect(body).not.toMatch(/undefined|\{\{|\[object/);
        expect(body).not.toMatch(/\b(?:please|you|your|password|Back|Save)\b(?![^<]*>)/i);
      }
      expect((await get('/desk/sign-in?after=joined', cookie)).body).toContain(t('entry.after.joined'));
    });

    it('leads from the page of staff to every other language, and comes back to it', async () => {
      const english = await get('/desk/sign-in');
      for (const one of LANGUAGES.filter((code) => code !== 'en'))
        expect(english.body).toContain(`href="?lang=${one}" lang="${one}"`);
      expect(String((await get('/desk/sign-in?lang=pl')).headers['set-cookie'])).toContain(
        'betony-language=pl',
      );
      const welsh = await get('/desk/sign-in', 'betony-language=cy');
      expect(welsh.body).toContain('<html lang="cy');
      // Of a page that is there for staff alone there is English.
      expect((await get('/desk/sign-in', 'betony-language=tlh')).body).toContain(
        '<h1 class="nhsuk-heading-l">Sign in</h1>',
      );
    });

    it('says in it what is wrong, keeps the address and never the password', async () => {
      const { t } = speechIn('pl');
      const asked = await get('/desk/sign-in', 'betony-language=pl');
      const formCookie = String(asked.headers['set-cookie']).split(';', 1)[0] ?? '';
      const csrf = /name="_csrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? '';
      const send = (url: string, answers: Record<string, string>) =>
        betony.inject({
          method: 'POST',
          url,
          headers: {
            cookie: `betony-language=pl; ${formCookie}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          payload: new URLSearchParams({ _csrf: csrf, ...answers }).toString(),
        });
      const wrong = await send('/desk/sign-in', {
        email: 'bo@example.org',
        password: 'something quite else',
        next: '/desk/group/referrals',
      });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain(`<title>${t('frame.error')}: ${t('entry.title')}`);
      expect(wrong.body).toContain(t('entry.wrong'));
      expect(wrong.body).toContain('value="bo@example.org"');
      expect(wrong.body).toContain('name="next" value="/desk/group/referrals"');
      expect(wrong.body).not.toContain('something quite else');
      const empty = await send('/desk/forgotten', { email: '' });
      expect([empty.statusCode, empty.body.includes(t('wrong.email'))]).toEqual([422, true]);
      const short = await send(`/desk/join/${token}`, { password: 'short' });
      expect([short.statusCode, short.body.includes(t('account.wrong.short'))]).toEqual([422, true]);
      const joined = await send(`/desk/join/${token}`, { password: 'quiet harbour lantern' });
      expect(joined.headers.location).toBe('/desk/sign-in?after=joined');
    });
  });

  it('keeps the choice, and takes nothing else for one', async () => {
    expect((await get('/my/enter', 'betony-language=pl')).body).toContain('<html lang="pl">');
    for (const [url, cookie] of [
      ['/my/enter?lang=tlh', undefined],
      ['/my/enter?lang=pl&lang=cy', undefined],
      ['/my/enter', 'betony-language=__proto__'],
      ['/my/enter?lang=%3Cscript%3E', 'betony-language=<script>'],
    ] as const) {
      const answer = await get(url, cookie);
      expect([url, answer.statusCode]).toEqual([url, 200]);
      expect(answer.body).toContain('<html lang="en-GB">');
      expect(answer.body).not.toContain('<script>');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    const asked = await get('/my/enter?other=%22%3E%3Cb%3E&lang=cy');
    expect(asked.body).toContain('href="?other=%22%3E%3Cb%3E&amp;lang=pl"');
  });

  it('leads from the answer to a form to no page that would not bring it back', async () => {
    const answer = await betony.inject({
      method: 'POST',
      url: '/my/enter',
      headers: { cookie: 'betony-language=ar', 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'to=nobody',
    });
    const { t } = speechIn('ar');
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(`<title>${t('frame.error')}: `);
    expect(answer.body).toContain(t('my.refused.address'));
    expect(answer.body).toContain('betony-draft');
    expect(answer.body).not.toContain('betony-languages');
  });

  it('says what went wrong in that language too', async () => {
    const missing = await get('/my/nowhere', 'betony-language=ro');
    expect(missing.statusCode).toBe(404);
    expect(missing.body).toContain('<html lang="ro">');
    expect(missing.body).toContain(speechIn('ro').t('failed.404.heading'));
    const gone = await get('/my/link/nothing', 'betony-language=bn');
    expect([gone.statusCode, gone.body.includes(speechIn('bn').t('my.gone.heading'))]).toEqual([410, true]);
  });

  it('is all in English where a page is there in English alone', async () => {
    const answer = await get('/bank-holidays?lang=pl', 'betony-language=ar');
    expect(answer.body).toContain('<html lang="en-GB">');
    expect(answer.body).not.toContain('betony-languages');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('forgets the choice with everything else when somebody leaves at once', async () => {
    const left = await get('/my/leave', 'betony-language=pl');
    expect(left.headers['set-cookie']).toContainEqual(expect.stringMatching(/^betony-language=; Max-Age=0/));
    expect((await get('/bank-holidays', 'betony-language=pl')).body).toContain('<html lang="en-GB">');
  });

  it('has no letters but its own', async () => {
    expect((await get('/fonts/other.woff2')).statusCode).toBe(404);
    expect((await get('/fonts/..%2f..%2fpackage.json')).statusCode).toBe(404);
  });
});
