import sql from 'sql-template-tag';
import { newId } from '../../../src/platform/pure/ids.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aListing, aPostcode, aProvider } from '../../factories/providers.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { aForm } from '../../support/upload.js';

const HARBOUR = { latitude: 51.8, longitude: 1.16 };
const OUTLINE = [
  [1.1, 51.7],
  [1.3, 51.7],
  [1.3, 51.9],
  [1.1, 51.9],
  [1.1, 51.7],
];
const geojson = (name = 'Saltwick') =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', properties: { name }, geometry: { type: 'Polygon', coordinates: [OUTLINE] } },
    ],
  });

describe('maps beside lists', () => {
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

  const page = async (url: string, who = mo) => {
    const answer = await betony.inject({ url, headers: { cookie: who.browser.cookie } });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer;
  };
  interface Shown {
    pins: { number: number; name: string; latitude: number; href: string }[];
    outlines: { name: string }[];
    own: string | null;
  }
  const mapIn = (body: string): Shown | null => {
    const [, data] = /data-map="([^"]*)"/.exec(body) ?? [];
    return data === undefined ? null : (JSON.parse(data.replace(/&quot;/g, '"')) as Shown);
  };
  const numbered = (body: string) =>
    [...body.matchAll(/betony-number">(\d+)\.<\/span>\s*(?:<a[^>]*>)?([^<]+)</g)].map(
      ([, number, name = '']) => [Number(number), name.trim()],
    );
  const marks = (body: string) =>
    [...body.matchAll(/class="betony-map__number">([^<]+)</g)].map(([, text]) => text);
  const make = (table: string, columns: Record<string, unknown>) =>
    inScheme(scheme, (tx) => insertRow(tx, table, columns));
  const upload = (file: string, query = '?source=Ours', who = mo) => {
    const { payload, headers } = aForm(Buffer.from(file), {
      name: 'areas.geojson',
      type: 'application/json',
    });
    return betony.inject({
      method: 'POST',
      url: `/api/v1/neighbourhoods/outlines${query}`,
      headers: { ...who.headers, ...headers },
      payload,
    });
  };

  it('carry the numbers of the list, and nothing whose place is kept back', async () => {
    const organisation = await aProvider(scheme, { name: 'St Mary’s' });
    const listing = (name: string, more: object) => aListing(scheme, { name, ...more }).by(organisation);
    await listing('A lunch', HARBOUR);
    await listing('B kept back', { ...HARBOUR, latitude: 51.8123, withholdLocation: true });
    await listing('C refuge', { ...HARBOUR, latitude: 51.8234, needs: ['housing', 'domestic_difficulty'] });
    await listing('D nowhere in particular', {});
    await listing('E singing', { ...HARBOUR, latitude: 51.9 });
    const sam = await aMember(scheme, 'link_worker');
    const { body, headers } = await page('/desk/find', sam);
    expect(numbered(body).map(([number]) => number)).toEqual([1, 2, 3, 4, 5]);
    const map = mapIn(body);
    expect(map?.pins.map(({ number, name }) => [number, name])).toEqual([
      [1, 'A lunch'],
      [5, 'E singing'],
    ]);
    for (const { number, name } of map!.pins) expect(numbered(body)).toContainEqual([number, name]);
    for (const { href } of map!.pins) expect(body).toContain(`id="${href.slice(1)}"`);
    expect(marks(body)).toEqual(['1', '5']);
    expect(body).toContain('Not on the map: 2, 3, 4.');
    expect(body).not.toMatch(/51\.8123|51\.8234/);
    expect(headers['content-security-policy']).toContain("img-src 'self' data:;");
    expect((await page('/desk/find?text=nothing-like-it', sam)).body).not.toContain('betony-map');
  });

  it('stand on the public finder too, which has no script without one', async () => {
    await aListing(scheme, { name: 'A lunch', publishable: true, ...HARBOUR });
    await aListing(scheme, { name: 'B kept back', publishable: true, ...HARBOUR, withholdLocation: true });
    const visitor = aPageBrowser(betony);
    const door = await visitor.open(`/find/${scheme.id}`);
    expect(door.headers['content-security-policy']).not.toContain('script-src');
    const { body, headers } = await visitor.send(`/find/${scheme.id}`, {});
    expect(mapIn(body)?.pins.map(({ name }) => name)).toEqual(['A lunch']);
    const nonce = /<script type="module" src="[^"]+map\.js" nonce="([^"]+)"/.exec(body)?.[1];
    expect(headers['content-security-policy']).toContain(`script-src 'nonce-${nonce ?? 'none'}'`);
    const none = await visitor.send(`/find/${scheme.id}`, { text: 'kept' });
    expect([mapIn(none.body), none.headers['content-security-policy']?.includes('script-src')]).toEqual([
      null,
      false,
    ]);
  });

  it('load what they need from here, once', async () => {
    await aListing(scheme, { name: 'A lunch', ...HARBOUR });
    const { body } = await page('/desk/find');
    const script = /src="([^"]+\/)map\.js"/.exec(body)?.[1] ?? '';
    const sheet = /href="(\/styles\/map\.[^"]+)"/.exec(body)?.[1] ?? '';
    for (const [url, words] of [
      [`${script}map.js`, "import('./leaflet.js')"],
      [`${script}leaflet.js`, 'Leaflet 1.9.4'],
      [sheet, '.betony-map__pin'],
    ] as const) {
      const answer = await betony.inject({ url });
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(answer.body).toContain(words);
    }
    expect((await page('/desk/find?print=1')).body).not.toContain('map.js');
    expect((await page('/desk/find?print=1')).body).toContain('betony-map__picture');
  });

  it('show what is strong in a neighbourhood, but not where somebody hides', async () => {
    await aPostcode(scheme, 'CO97 9ZZ', 51.8, 1.16);
    await aPostcode(scheme, 'CO97 9YY', 51.81, 1.17);
    const neighbourhood = newId();
    const now = new Date(TEST_NOW);
    const times = { created_at: now, updated_at: now };
    await make('neighbourhood', {
      scheme_id: scheme.id,
      id: neighbourhood,
      name: 'Saltwick',
      edition: 'test',
      ...times,
    });
    const strong = (name: string, postcode: string | null) =>
      make('asset', {
        scheme_id: scheme.id,
        id: newId(),
        name,
        description: 'There.',
        state: 'published',
        kind: 'places',
        domains: ['be_well'],
        neighbourhood_id: neighbourhood,
        postcode,
        found_by: 'conversation',
        found_on: '2026-11-01',
        ...times,
      });
    await strong('A bench', 'CO97 9ZZ');
    await strong('B garden', 'CO97 9YY');
    await strong('C walk', null);
    // What meets there keeps its place back, so nothing may point to it.
    await aListing(scheme, { name: 'Quiet house', postcode: 'CO97 9YY', withholdLocation: true });
    await upload(geojson());
    for (const url of [`/desk/neighbourhoods/${neighbourhood}`, '/desk/assets']) {
      const { body } = await page(url);
      const map = mapIn(body);
      expect([url, map?.pins.map(({ number, name }) => [number, name])]).toEqual([url, [[1, 'A bench']]]);
      expect(body).toContain('Not on the map: 2, 3.');
      expect(map?.outlines.map(({ name }) => name)).toEqual(['Saltwick']);
      expect(body).toContain('Outlines: Ours');
    }
    const clare = await aMember(scheme, 'commissioner');
    expect((await page(`/desk/neighbourhoods/${neighbourhood}`, clare)).body).not.toContain('betony-map');
    await inScheme(scheme, (tx) =>
      tx.run(sql`update asset set state = 'retired' where scheme_id = ${scheme.id} and name = 'A bench'`),
    );
    expect(mapIn((await page(`/desk/neighbourhoods/${neighbourhood}`)).body)).toBeNull();
  });

  describe('outlines', () => {
    it('are sent by a manager, all at once, and say whose they are', async () => {
      const answer = await upload(geojson());
      expect([answer.statusCode, answer.json()]).toEqual([
        200,
        [{ name: 'Saltwick', rings: [OUTLINE], source: 'Ours' }],
      ]);
      await upload(geojson('Thornmouth'), '?source=Others');
      const now = await betony.inject({ url: '/api/v1/neighbourhoods/outlines', headers: mo.headers });
      expect(now.json<{ name: string }[]>().map(({ name }) => name)).toEqual(['Thornmouth']);
      expect(
        await rowsOf(
          scheme,
          sql`select details from audit_entry where scheme_id = ${scheme.id} and action = 'outline.replace'`,
        ),
      ).toEqual([{ details: { outlines: 1 } }, { details: { outlines: 1 } }]);
      const sam = await aMember(scheme, 'link_worker');
      expect((await upload(geojson(), '?source=Sam', sam)).statusCode).toBe(403);
    });

    it.each([
      ['no areas', '{}', 'file', 'FeatureCollection'],
      ['nothing', '', 'file', 'GeoJSON'],
      ['too much', 'x'.repeat(5_000_001), 'file', 'smaller than 5 MB'],
    ])('are refused with %s', async (_what, file, field, words) => {
      const answer = await upload(file);
      expect(answer.statusCode).toBe(422);
      const [error] = answer.json<{ errors: { field: string; message: string }[] }>().errors;
      expect([error?.field, error?.message.includes(words)]).toEqual([field, true]);
    });

    it('are refused without a source, and a form that breaks off is no file', async () => {
      expect((await upload(geojson(), '')).json()).toMatchObject({ errors: [{ field: 'source' }] });
      const { payload, headers } = aForm(Buffer.from(geojson()));
      const broken = await betony.inject({
        method: 'POST',
        url: '/api/v1/neighbourhoods/outlines?source=Ours',
        headers: { ...mo.headers, ...headers },
        payload: payload.subarray(0, payload.length - 60),
      });
      expect(broken.statusCode).toBe(400);
    });

    it('are sent by a form on a page, which says what is wrong and keeps what was typed', async () => {
      const send = (source: string, file: string | null) => {
        const part = (name: string, value: string, more = '') =>
          `--b\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
        return betony.inject({
          method: 'POST',
          url: '/desk/outlines',
          headers: { cookie: mo.browser.cookie, 'content-type': 'multipart/form-data; boundary=b' },
          payload: `${part('_csrf', mo.browser.formToken)}${part('source', source)}${part(
            'file',
            file ?? '',
            `; filename="${file === null ? '' : 'areas.geojson'}"`,
          )}--b--\r\n`,
        });
      };
      expect((await page('/desk/outlines')).body).toContain('There are none yet');
      const wrong = await send('Ours & theirs', '{"type": "Feature"}');
      expect([wrong.statusCode, wrong.body.includes('value="Ours &amp; theirs"')]).toEqual([422, true]);
      expect(wrong.body).toMatch(/href="#file">\s*The file must be GeoJSON: a FeatureCollection/);
      expect((await send('Ours', null)).body).toMatch(/href="#file">\s*Choose a file/);
      expect((await send('', geojson())).body).toContain('href="#source"');
      const right = await send('Ours', geojson());
      expect([right.statusCode, right.headers.location]).toEqual([303, '/desk/outlines']);
      expect((await page('/desk/outlines')).body).toContain('Saltwick');
    });
  });
});
