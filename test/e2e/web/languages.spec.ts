import { gzipSync } from 'node:zlib';
import { directionIn, LANGUAGES, OWN_NAMES } from '../../../src/web/words/languages.js';
import { speechIn } from '../../../src/web/words/speech.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const LIMIT_BYTES = 60_000;
/** What a key looks like that nobody put words in for. */
const RAW = />[^<]*\b(?:dates|frame|common|failed|my)\.\w+[^<]*</;

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
    const answer = await get('/privacy?lang=pl', 'betony-language=ar');
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
