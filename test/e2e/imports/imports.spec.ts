import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { ImportWork } from '../../../src/imports/batch.work.js';
import type { ImportRowView, ImportView } from '../../../src/imports/batch.dto.js';
import { importNeighbourhoods } from '../../../src/assets/neighbourhood-import.js';
import { Gaps } from '../../../src/onward-referrals/gaps.service.js';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { Outgoing } from '../../../src/platform/outgoing/outgoing.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { contactPointOf } from '../../../src/providers/contact-points.js';
import { inScheme } from '../../factories/episodes.js';
import { aCase } from '../../factories/onward.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { aLocalServer, type LocalServer } from '../../support/local-server.js';
import { openReferralSchemas } from '../../support/open-referral.js';
import { decoded } from '../../support/page-forms.js';
import { aPageBrowser } from '../../support/pages.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { eventually } from '../../support/settle.js';
import { sharedData } from '../../support/shared-data.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const HEAD = 'registered_charity_number,charity_name,charity_activities,charity_contact_postcode';
const GOOD = `${HEAD}\n1000001,Saltwick Methodist Church,Meals for lonely people,CO97 1AA\n1000002,Saltwick Carers,NA,NA\n`;

const FOOD = 'Name,Referral method,Opening times,Address,Postcode,Contact';

const aService = (id: string, more: object = {}) => ({
  id,
  name: `Service ${id}`,
  description: 'Meals for lonely people',
  status: 'active',
  organization: { id: `org-${id}`, name: `Group ${id}`, description: 'A group' },
  attributes: [],
  ...more,
});

/** The beginning of a workbook as Excel writes it: an archive with what is in it first. */
const aWorkbook = (): Buffer => {
  const name = '[Content_Types].xml';
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
  const content = `<Types><Override PartName="/xl/workbook.xml" ContentType="${type}"/></Types>`;
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04\x14', 'latin1');
  header.writeUInt32LE(content.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name + content)]);
};

describe('imports', () => {
  let betony: TestApp;
  let server: LocalServer;
  let scheme: TestScheme;
  let manager: TestMember;

  beforeAll(async () => {
    server = await aLocalServer();
    betony = await startApp({
      customise: (builder) => builder.overrideProvider(Outgoing).useValue(server.outgoing),
    });
  });
  beforeEach(async () => {
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    betony.clock.set('2026-11-23T10:00:00Z');
  });
  afterAll(async () => {
    await betony.stop();
    server.stop();
  });

  const call = (method: 'GET' | 'POST', path: string, payload?: object | string | Buffer, type?: string) =>
    betony.inject({
      method,
      url: `/api/v1/imports${path}`,
      headers: { ...manager.headers, ...(type ? { 'content-type': type } : {}) },
      ...(payload === undefined ? {} : { payload }),
    });
  const csv = (content: string | Buffer, kind = 'charities') =>
    call('POST', `/file?kind=${kind}&name=list.csv`, content, 'text/csv');
  const view = async (id: string): Promise<ImportView> => (await call('GET', `/${id}`)).json();
  const rows = async (id: string, outcome: string): Promise<ImportRowView[]> =>
    (await call('GET', `/${id}/rows?outcome=${outcome}&limit=100`)).json<{ items: ImportRowView[] }>().items;
  /** What a worker would do once it hears of it. */
  const work = async (id: string): Promise<ImportView> => {
    await betony
      .get(ImportWork)
      .perform({ name: 'import', key: id, schemeId: scheme.id, ids: { import: id } });
    return view(id);
  };
  const approved = async (id: string, body: object = {}): Promise<ImportView> => {
    const answer = await call('POST', `/${id}/approve`, body);
    expect([answer.statusCode, answer.json<ImportView>().state]).toEqual([202, 'approved']);
    return work(id);
  };
  const imported = async (content: string): Promise<ImportView> =>
    approved((await csv(content)).json<ImportView>().id);
  const undone = async (id: string): Promise<ImportView> => {
    expect((await call('POST', `/${id}/undo`, {})).statusCode).toBe(202);
    return work(id);
  };
  const feed = async (path = '/feed'): Promise<ImportView> => {
    const answer = await call('POST', '/feed', { address: `http://feed.test:${server.port}${path}` });
    expect([answer.statusCode, answer.json<ImportView>().state]).toEqual([202, 'fetching']);
    return work(answer.json<ImportView>().id);
  };
  /** Serves services a page each, as a well-behaved feed does. */
  const serve = (services: unknown[], perPage = 2) => {
    server.answer((request, reply) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 1);
      const contents = services.slice((page - 1) * perPage, page * perPage);
      reply.setHeader('content-type', 'application/json').end(JSON.stringify({ total_pages: 1, contents }));
    });
  };

  interface Listed {
    id: string;
    name: string;
    state: string;
    source: string | null;
    organisation: string;
    active: boolean;
  }
  const listings = () =>
    rowsOf<Listed>(
      scheme,
      sql`select l.id, l.name, l.state, l.source, o.name as organisation, o.active from listing l
        join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id order by l.name`,
    );

  describe('rows that look like services which are here', () => {
    const sheet = (number = '1000002', name = 'Saltwick Carers', activities = 'Help for carers') =>
      `${HEAD}\n${number},${name},${activities},CO97 1AA\n1000009,Quite Another,Meals,CO97 2AA\n`;
    const browser = () => aPageBrowser(betony, { who: manager });
    const decides = (id: string, verdict: string, row = 2, headers: Record<string, string> = {}) =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/imports/${id}/rows/${String(row)}/verdict`,
        headers: { ...manager.headers, ...headers },
        payload: { verdict },
      });
    let ours: string;
    beforeEach(async () => {
      const group = await aProvider(scheme, { name: 'Saltwick Carers.' });
      ours = await aListing(scheme, { name: 'Carers’ cafe', postcode: 'CO97 1AA' }).by(group);
    });

    it('are counted, put beside them with what differs, and left out while nobody has said anything', async () => {
      // given
      const { id } = (await csv(sheet())).json<ImportView>();
      // then
      expect(await view(id)).toMatchObject({ added: 1, alike: 1, refused: 0 });
      expect(await rows(id, 'alike')).toMatchObject([{ row: 2, verdict: null, like: { id: ours } }]);
      const page = decoded((await browser().open(`/desk/imports/${id}?outcome=alike`)).body).replace(
        /\s+/g,
        ' ',
      );
      expect(page).toContain('Look like ones that are here: compare them');
      expect(page).toContain('<mark>Carers’ cafe</mark>');
      expect(page).toContain('Nobody has said yet, so it is left out.');
      // when
      const done = await approved(id);
      // then
      expect(done).toMatchObject({ state: 'applied', added: 1, alike: 1 });
      expect((await listings()).map(({ name }) => name)).toEqual(['Carers’ cafe', 'Quite Another']);
    });

    it('come in where somebody says that they are another, and go again when it is taken back', async () => {
      const { id } = (await csv(sheet())).json<ImportView>();
      const at = `/desk/imports/${id}`;
      const said = await browser().send(
        `${at}/rows/2/verdict`,
        { verdict: 'different' },
        `${at}?outcome=alike`,
      );
      expect([said.statusCode, said.headers.location]).toEqual([303, `${at}?outcome=alike#row-2`]);
      expect(await approved(id)).toMatchObject({ added: 2, alike: 0 });
      expect((await listings()).map(({ name }) => name)).toEqual([
        'Carers’ cafe',
        'Quite Another',
        'Saltwick Carers',
      ]);
      expect(await undone(id)).toMatchObject({ state: 'undone', kept: 0 });
      expect((await listings()).filter(({ state }) => state !== 'closed').map(({ name }) => name)).toEqual([
        'Carers’ cafe',
      ]);
    });

    it('are known again once somebody says that it is that one, until they change, or it is taken back', async () => {
      const first = (await csv(sheet())).json<ImportView>().id;
      expect((await decides(first, 'same')).json<ImportView>()).toMatchObject({ alike: 1 });
      await approved(first);
      expect(await listings()).toHaveLength(2);
      // The same again is here already; changed, it is asked again.
      const again = (await csv(sheet())).json<ImportView>().id;
      expect(await view(again)).toMatchObject({ added: 0, same: 2, alike: 0 });
      await call('POST', `/${again}/discard`, {});
      const changed = (await csv(sheet('1000002', 'Saltwick Carers', 'Meals too'))).json<ImportView>().id;
      expect(await rows(changed, 'alike')).toMatchObject([{ row: 2, like: { id: ours } }]);
      await call('POST', `/${changed}/discard`, {});
      await undone(first);
      const anew = (await csv(sheet())).json<ImportView>().id;
      expect(await view(anew)).toMatchObject({ same: 0, alike: 1 });
      const [row] = await rowsOf<{ name: string; source: string | null; state: string }>(
        scheme,
        sql`select name, source, state from listing where scheme_id = ${scheme.id} and id = ${ours}`,
      );
      expect(row).toEqual({ name: 'Carers’ cafe', source: null, state: 'published' });
    });

    it('are what they were said to be once an import that said otherwise is taken back', async () => {
      // given
      const first = (await csv(sheet())).json<ImportView>().id;
      await decides(first, 'same');
      await approved(first);
      betony.clock.advance({ minutes: 5 });
      const changed = sheet('1000002', 'Saltwick Carers', 'Meals too');
      const second = (await csv(changed)).json<ImportView>().id;
      await decides(second, 'different');
      await approved(second);
      // when
      await undone(second);
      // then
      const [record] = await rowsOf<{ listing_id: string; theirs: string }>(
        scheme,
        sql`select c.listing_id, l.organisation_id = c.organisation_id as theirs
          from import_record c join listing l on l.scheme_id = c.scheme_id and l.id = c.listing_id
          where c.scheme_id = ${scheme.id} and c.source_id = (
            select source_id from import_row where scheme_id = ${scheme.id} and batch_id = ${first} and row = 2)`,
      );
      expect(record).toEqual({ listing_id: ours, theirs: true });
      const again = (await csv(changed)).json<ImportView>().id;
      expect(await rows(again, 'alike')).toMatchObject([{ row: 2, like: { id: ours } }]);
    });

    it('are said on the page that they stand on, which comes again', async () => {
      // given
      await aListing(scheme, { name: 'Quite Another', postcode: 'CO97 2AA' }).by(
        await aProvider(scheme, { name: 'Quite Another' }),
      );
      const { id } = (await csv(sheet())).json<ImportView>();
      const at = `/desk/imports/${id}`;
      const first = decoded((await browser().open(`${at}?outcome=alike&limit=1`)).body);
      const [, next = ''] = /<a href="([^"]+)">Next page/.exec(first) ?? [];
      const page = decoded((await browser().open(next)).body);
      const [, action = ''] = /action="([^"]+\/rows\/3\/verdict[^"]*)"/.exec(page) ?? [];
      // when
      const said = await browser().send(action, { verdict: 'same' }, next);
      // then
      expect(said.statusCode).toBe(303);
      const [shown = '', row] = (said.headers.location ?? '').split('#');
      expect(row).toBe('row-3');
      const again = decoded((await browser().open(shown)).body);
      expect(again).toContain('id="row-3"');
      expect(again).not.toContain('id="row-2"');
      // when
      const wrong = await browser().send(action, { verdict: 'perhaps' }, next);
      // then
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('id="row-3"');
      expect(wrong.body).not.toContain('id="row-2"');
    });

    it('are told apart where name and place do not both fit, and two of one directory are two', async () => {
      const elsewhere = sheet().replace('CO97 1AA', 'CO97 9ZZ');
      expect((await csv(elsewhere)).json<ImportView>()).toMatchObject({ added: 2, alike: 0 });
      await imported(sheet('1000003', 'Tea Makers'));
      expect((await csv(sheet('1000004', 'Tea Makers'))).json<ImportView>()).toMatchObject({ alike: 0 });
    });

    it('are said once however often it is pressed, of what was looked at, and of no other row', async () => {
      const { id } = (await csv(sheet())).json<ImportView>();
      const stale = { 'if-match': '"v1"' };
      const { version } = await view(id);
      expect((await decides(id, 'same', 2, { 'if-match': `"v${String(version)}"` })).statusCode).toBe(200);
      expect((await decides(id, 'same')).json<ImportView>().version).toBe(version + 1);
      expect((await decides(id, 'different', 2, stale)).statusCode).toBe(412);
      expect((await decides(id, 'same', 3)).statusCode).toBe(404);
      expect((await decides(id, 'perhaps')).statusCode).toBe(422);
      expect((await call('POST', `/${id}/approve`, {})).statusCode).toBe(202);
      expect((await decides(id, 'different')).statusCode).toBe(409);
    });
  });

  describe('of a sheet of assets', () => {
    const COLUMNS =
      'name,description,kind,domains,neighbourhood,community,takes_referrals,how_to_join,address,postcode';
    const ORCHARD = 'The orchard,Forty apple trees,places,Be well; age_well,the marlings,,yes,Ask Ann,,';
    const KNITTERS =
      '"Knitters, Polish","Eight who knit\nand teach",People and skills,,,Polish speakers,,,,CO97 1AA';
    interface Kept {
      name: string;
      state: string;
      kind: string;
      domains: string[];
      neighbourhood: string | null;
      found_by: string;
      source_id: string | null;
      version: number;
    }
    const kept = () =>
      rowsOf<Kept>(
        scheme,
        sql`select a.name, a.state, a.kind, a.domains, n.name as neighbourhood, a.found_by, a.source_id, a.version
          from asset a left join neighbourhood n on n.scheme_id = a.scheme_id and n.id = a.neighbourhood_id
          order by a.name, a.state`,
      );
    const sheet = async (...lines: string[]): Promise<ImportView> => {
      const answer = await csv([COLUMNS, ...lines, ''].join('\n'), 'assets');
      expect(answer.statusCode).toBe(201);
      return answer.json<ImportView>();
    };
    beforeEach(async () => {
      await inScheme(scheme, async (tx) => {
        await importNeighbourhoods(
          tx,
          [
            { neighbourhood: 'The Marlings', pcnCode: null, code: 'CO98' },
            { neighbourhood: 'Saltwick', pcnCode: null, code: 'CO97' },
          ],
          'test',
        );
      });
    });

    describe('whose headings are not ours', () => {
      const THEIRS = 'Title,About,Sort,Person\nThe orchard,Forty apple trees,places,Ann\nNo words,,places,\n';
      const asked = (content: string, kind = 'assets') =>
        call('POST', `/file?kind=${kind}&name=theirs.csv&sayColumns=true`, content, 'text/csv');
      const said = (id: string, columns: string[]) => call('POST', `/${id}/columns`, { columns });

      it('waits for somebody to say what its columns are, and is read as often as they say', async () => {
        const refused = await csv(THEIRS, 'assets');
        expect([refused.statusCode, refused.json<{ errors: object[] }>().errors]).toMatchObject([
          422,
          [{ field: 'file' }],
        ]);
        const { id, ...uploaded } = (await asked(THEIRS)).json<ImportView>();
        expect(uploaded).toMatchObject({
          state: 'uploaded',
          rows: 2,
          added: 0,
          headings: ['Title', 'About', 'Sort', 'Person'],
          columns: ['none', 'none', 'none', 'none'],
        });
        expect((await call('POST', `/${id}/approve`, {})).statusCode).toBe(409);
        const wrong = await said(id, ['name', 'name', 'kind', 'none']);
        expect([wrong.statusCode, wrong.json<{ errors: object[] }>().errors]).toMatchObject([
          422,
          [{ field: 'columns', message: 'Two columns are both “name”. Keep one of them' }],
        ]);
        expect((await view(id)).state).toBe('uploaded');
        expect((await said(id, ['name', 'none', 'kind', 'how_to_join'])).statusCode).toBe(202);
        expect(await work(id)).toMatchObject({ state: 'checked', added: 0, refused: 2 });
        expect((await said(id, ['name', 'description', 'kind', 'how_to_join'])).statusCode).toBe(202);
        expect(await work(id)).toMatchObject({
          state: 'checked',
          rows: 2,
          added: 1,
          refused: 1,
          notKept: [],
        });
        expect(await rows(id, 'refused')).toMatchObject([
          {
            row: 3,
            raw: { Title: 'No words' },
            problems: [{ column: 'description', reason: 'Give a description' }],
          },
        ]);
        await approved(id, { leaveOutRefused: true });
        expect(await kept()).toMatchObject([{ name: 'The orchard', kind: 'places', state: 'in_review' }]);
        expect((await said(id, ['name', 'description', 'kind', 'none'])).statusCode).toBe(409);
      });

      it('keeps what nobody needs only while somebody may still say otherwise', async () => {
        const { id } = (await asked(THEIRS)).json<ImportView>();
        await said(id, ['name', 'description', 'kind', 'none']);
        await work(id);
        const inDatabase = (): Promise<{ kept: number }[]> =>
          rowsOf<{ kept: number }>(
            scheme,
            sql`select (
                select count(*)::int from import_row where scheme_id = ${scheme.id} and batch_id = ${id} and raw::text like '%Ann%'
              ) + (select count(*)::int from import_record where scheme_id = ${scheme.id} and raw::text like '%Ann%') as kept`,
          );
        expect(await inDatabase()).toEqual([{ kept: 1 }]);
        await approved(id, { leaveOutRefused: true });
        expect(await inDatabase()).toEqual([{ kept: 0 }]);
        expect(await rows(id, 'refused')).toMatchObject([{ raw: { Title: 'No words', Sort: 'places' } }]);
      });

      it('is approved by nobody who looked at another reading of it', async () => {
        const { id } = (await asked(THEIRS)).json<ImportView>();
        await said(id, ['name', 'description', 'kind', 'none']);
        const looked = await work(id);
        await said(id, ['name', 'description', 'kind', 'how_to_join']);
        const now = await work(id);
        const send = async (verb: string, version: number, payload: object): Promise<number> =>
          (
            await betony.inject({
              method: 'POST',
              url: `/api/v1/imports/${id}/${verb}`,
              headers: { ...manager.headers, 'if-match': `"v${String(version)}"` },
              payload,
            })
          ).statusCode;
        const others = { columns: ['name', 'description', 'kind', 'none'] };
        expect(await send('columns', looked.version, others)).toBe(412);
        expect(await send('approve', looked.version, { leaveOutRefused: true })).toBe(412);
        expect((await view(id)).state).toBe('checked');
        expect(await send('approve', now.version, { leaveOutRefused: true })).toBe(202);
      });

      it('has all its columns though its first row is short', async () => {
        const short = THEIRS.replace('\n', '\nLunch club,Friday\n');
        const { id, headings } = (await asked(short)).json<ImportView>();
        expect(headings).toEqual(['Title', 'About', 'Sort', 'Person']);
        const ours = (await asked(`${COLUMNS}\nLunch club\n${ORCHARD}\n`)).json<ImportView>();
        expect([ours.headings, ours.added]).toEqual([COLUMNS.split(','), 1]);
        await said(id, ['name', 'description', 'kind', 'none']);
        expect(await work(id)).toMatchObject({ added: 1, refused: 2 });
      });

      it('is not asked about where its headings are known, and can still be read otherwise', async () => {
        const known = (await asked(`${COLUMNS}\n${ORCHARD}\n`)).json<ImportView>();
        expect(known).toMatchObject({ state: 'checked', added: 1 });
        expect([known.headings, known.columns]).toEqual([COLUMNS.split(','), COLUMNS.split(',')]);
        const without = COLUMNS.split(',').map((name) => (name === 'description' ? 'none' : name));
        expect((await said(known.id, without)).statusCode).toBe(202);
        expect(await work(known.id)).toMatchObject({ state: 'checked', added: 0, refused: 1 });
        expect(await work(known.id)).toMatchObject({ state: 'checked' });
      });

      it('is refused as ever where nobody could name a column of it', async () => {
        for (const nothing of ['one\ntwo\n', '{"a": 1}', '']) {
          const answer = await asked(nothing);
          expect([nothing, answer.statusCode]).toEqual([nothing, 422]);
        }
      });

      it('keeps its rows where reading it again is stopped, for another try', async () => {
        const { id } = (await asked(THEIRS)).json<ImportView>();
        await said(id, ['name', 'description', 'kind', 'none']);
        await call('POST', `/${id}/stop`, {});
        expect(await work(id)).toMatchObject({
          state: 'failed',
          because: expect.stringContaining('stopped') as string,
        });
        await said(id, ['name', 'description', 'kind', 'none']);
        expect(await work(id)).toMatchObject({ state: 'checked', added: 1, refused: 1 });
      });
    });

    it('a feed that nobody wants any more is given up, and nothing of it kept', async () => {
      serve([aService('1'), aService('2')]);
      const address = `http://feed.test:${server.port}/feed`;
      const { id } = (await call('POST', '/feed', { address })).json<ImportView>();
      expect((await call('POST', `/${id}/stop`)).statusCode).toBe(200);
      expect(await work(id)).toMatchObject({
        state: 'failed',
        because: 'It was stopped. Nothing was written.',
      });
      expect((await call('GET', `/${id}/rows`)).json()).toMatchObject({ items: [] });
      expect((await call('POST', `/${id}/stop`)).statusCode).toBe(409);
    });

    it('are checked, approved, wait for review, come again unchanged or changed, and are taken back', async () => {
      const batch = await sheet(ORCHARD, KNITTERS);
      expect(batch).toMatchObject({ kind: 'assets', state: 'checked', added: 2, refused: 0 });
      expect(await kept()).toEqual([]);
      expect(await approved(batch.id)).toMatchObject({ state: 'applied', added: 2 });
      const all = await kept();
      expect(all).toMatchObject([
        { name: 'Knitters, Polish', kind: 'people_and_skills', domains: [], neighbourhood: 'Saltwick' },
        {
          name: 'The orchard',
          kind: 'places',
          domains: ['be_well', 'age_well'],
          neighbourhood: 'The Marlings',
        },
      ]);
      for (const one of all)
        expect(one).toMatchObject({ state: 'in_review', found_by: 'import', version: 1 });
      const written = (await call('GET', `/${batch.id}/rows`)).json<{ items: ImportRowView[] }>().items;
      for (const { assetId, listingId, organisationId } of written) {
        expect([assetId, listingId, organisationId]).toEqual([expect.any(String), null, null]);
      }
      const [orchard, knitters] = written.map(({ assetId }) => assetId ?? '');
      const asset = (path: string, payload?: object) =>
        betony.inject({
          method: payload ? 'POST' : 'GET',
          url: `/api/v1/assets/${path}`,
          headers: manager.headers,
          ...(payload ? { payload } : {}),
        });
      const history = async (id = '') =>
        (await asset(`${id}/history`))
          .json<{ items: { action: string }[] }>()
          .items.map(({ action }) => action);
      expect(await history(orchard)).toEqual(['asset.imported']);
      betony.clock.advance({ hours: 1 });
      // Published here, it is ours; the other is brought up to date.
      expect((await asset(`${orchard}/publish`, {})).statusCode).toBe(200);
      const second = await sheet(ORCHARD.replace('Forty', 'Fifty'), KNITTERS.replace('Eight', 'Nine'));
      expect(second).toMatchObject({ added: 0, changed: 2 });
      expect(await approved(second.id)).toMatchObject({ added: 0, changed: 1, same: 1 });
      expect((await asset(`${orchard}`)).json()).toMatchObject({
        state: 'published',
        description: 'Forty apple trees',
      });
      expect((await asset(`${knitters}`)).json()).toMatchObject({ description: 'Nine who knit\nand teach' });
      expect(await sheet(ORCHARD.replace('Forty', 'Fifty'), KNITTERS.replace('Eight', 'Nine'))).toMatchObject(
        {
          added: 0,
          changed: 0,
          same: 2,
        },
      );
      // The first stands under the second.
      expect((await call('POST', `/${batch.id}/undo`, {})).json()).toMatchObject({
        title: 'import-built-on',
      });
      expect(await undone(second.id)).toMatchObject({ state: 'undone', kept: 0 });
      expect((await asset(`${knitters}`)).json()).toMatchObject({ description: 'Eight who knit\nand teach' });
      // Publishing alone keeps nothing; what was said since would.
      expect(await undone(batch.id)).toMatchObject({ state: 'undone', kept: 0, partlyUndone: false });
      expect((await kept()).map(({ name, state }) => [name, state])).toEqual([
        ['Knitters, Polish', 'retired'],
        ['The orchard', 'retired'],
      ]);
      // Taken back, it is nowhere to be seen, and may come again.
      expect((await asset(`${knitters}`)).statusCode).toBe(404);
      expect((await asset(`${orchard}`)).statusCode).toBe(404);
      const third = await sheet(KNITTERS);
      expect(third).toMatchObject({ added: 1 });
      await approved(third.id);
      expect(await kept()).toHaveLength(3);
    });

    it('stay where somebody has said more of them than to put them on the map, and say what', async () => {
      const other = KNITTERS.replace('skills,,', 'skills,be well,');
      const { id } = await approved((await sheet(ORCHARD, other)).id);
      for (const { assetId } of await rows(id, 'added')) {
        const move = async (verb: string) => {
          const url = `/api/v1/assets/${String(assetId)}/${verb}`;
          const answer = await betony.inject({ method: 'POST', url, headers: manager.headers, payload: {} });
          expect([verb, answer.statusCode]).toEqual([verb, 200]);
          return answer.json<{ freshness: object }>();
        };
        // Put on the map, it has not been confirmed by anybody.
        expect((await move('publish')).freshness).toMatchObject({ confirmedOn: null, word: 'not_confirmed' });
        await move(assetId === (await rows(id, 'added'))[0]?.assetId ? 'confirm' : 'retire');
      }
      expect(await undone(id)).toMatchObject({ kept: 2, partlyUndone: true });
      expect((await rows(id, 'added')).map(({ keptBecause }) => keptBecause)).toEqual([
        'It stays: somebody here has confirmed it.',
        'It stays: somebody here has taken it off the map.',
      ]);
    });

    it('have no formula for a name or a description, and lose one elsewhere', async () => {
      const { id } = await sheet(
        '=A1,Trees,places,be well,,x,,,,',
        'Orchard,=A1,places,be well,,x,,,,',
        '"The\norchard",Trees,places,be well,,"=B2",,@SUM(1),-1+1,',
      );
      expect(await rows(id, 'refused')).toMatchObject([
        { problems: [{ column: 'name', reason: 'A formula, not a name. Write the name itself' }] },
        {
          problems: [
            { column: 'description', reason: 'A formula, not a description. Write the words themselves' },
          ],
        },
      ]);
      const left = 'A formula, so it is left out';
      expect(await rows(id, 'added')).toMatchObject([
        {
          value: { name: 'The orchard', community: null, howToJoin: null, address: null },
          warnings: [
            { column: 'name', reason: 'It had more than one line, and is on one line now' },
            { column: 'community', reason: left },
            { column: 'how_to_join', reason: left },
            { column: 'address', reason: left },
          ],
        },
      ]);
    });

    it('cannot be undone after a day', async () => {
      const { id } = await approved((await sheet(ORCHARD)).id);
      betony.clock.advance({ days: 1, minutes: 1 });
      expect((await call('POST', `/${id}/undo`, {})).json()).toMatchObject({ title: 'too-late' });
    });

    it('are refused row by row with the column and the reason, and nothing is written of those left out', async () => {
      const batch = await sheet(
        ',No name,places,,,,,,,',
        'No words,,places,,,,,,,',
        'A kind of its own,Words,castle,,,,,,,',
        'A domain of its own,Words,places,sleep_well,,,,,,',
        'Nowhere,Words,places,,Atlantis,,,,,',
        'A bad postcode,Words,places,,,,,,,CO97',
        'Perhaps,Words,places,,,,perhaps,,,',
        `${'x'.repeat(201)},Words,places,,,,,,,`,
        ORCHARD,
        ORCHARD.toUpperCase(),
        'Too many cells,Words,places,,,,,,,,,,',
        '=HYPERLINK(1),Words,places,be_well,Saltwick,,,,,',
      );
      const refused = await rows(batch.id, 'refused');
      expect(refused.map(({ row, problems }) => [row, problems[0]?.column])).toEqual([
        [2, 'name'],
        [3, 'description'],
        [4, 'kind'],
        [5, 'domains'],
        [6, 'neighbourhood'],
        [7, 'postcode'],
        [8, 'takes_referrals'],
        [9, 'name'],
        [11, 'id'],
        [12, 'whole row'],
        [13, 'name'],
      ]);
      for (const { problems } of refused) expect(problems).toMatchObject([{ reason: expect.any(String) }]);
      expect(await kept()).toEqual([]);
      expect((await call('POST', `/${batch.id}/approve`, {})).json()).toMatchObject({
        title: 'rows-refused',
      });
      await approved(batch.id, { leaveOutRefused: true });
      expect((await kept()).map(({ name }) => name)).toEqual(['The orchard']);
      const lacking = await csv('name,kind\nOrchard,places\n', 'assets');
      expect([lacking.statusCode, lacking.json().errors[0].field]).toEqual([422, 'file']);
    });
  });

  describe('of a sheet', () => {
    it('are checked, looked at, approved, and wait for review, unclaimed', async () => {
      const answer = await csv(GOOD);
      expect(answer.statusCode).toBe(201);
      const checked = answer.json<ImportView>();
      expect(checked).toMatchObject({
        state: 'checked',
        rows: 2,
        added: 2,
        refused: 0,
        fileName: 'list.csv',
        encoding: 'UTF-8',
      });
      expect(await listings()).toEqual([]);
      expect((await rows(checked.id, 'added'))[0]).toMatchObject({
        row: 2,
        sourceId: '1000001',
        raw: { charity_name: 'Saltwick Methodist Church' },
        value: { sector: 'faith' },
      });
      const applied = await approved(checked.id);
      expect(applied).toMatchObject({ state: 'applied', added: 2, changed: 0, same: 0, done: 2 });
      expect(applied.undoUntil).toBe('2026-11-24T10:00:00.000Z');
      expect((await listings()).map(({ name, state }) => [name, state])).toEqual([
        ['Saltwick Carers', 'in_review'],
        ['Saltwick Methodist Church', 'in_review'],
      ]);
      expect((await rows(checked.id, 'added')).every(({ listingId }) => listingId !== null)).toBe(true);
      expect((await auditOf(scheme, checked.id)).map(({ action }) => action)).toEqual([
        'import.make',
        'import.approve',
        'import.apply',
      ]);
    });

    it('claim nothing of setting, cost or area that the file does not say, wherever they are read', async () => {
      await imported(`${HEAD}\n1000002,Saltwick Friends,Meals for lonely people,NA\n`);
      const [listing] = await listings();
      const id = String(listing?.id);
      const worker = await aMember(scheme, 'link_worker');
      const to = async (who: TestMember, method: 'GET' | 'POST', path: string) => {
        const answer = await betony.inject({ method, url: `/api/v1${path}`, headers: who.headers });
        expect([path, answer.statusCode]).toEqual([path, 200]);
        return answer.json();
      };
      const unsaid = { setting: null, cost: null, notKnown: ['setting', 'cost', 'areas'] };
      expect(await to(manager, 'POST', `/listings/${id}/publish`)).toMatchObject({
        ...unsaid,
        areas: null,
        freshness: { confirmedOn: null, confirmed: false },
      });
      expect((await to(worker, 'GET', '/listings?near=CO97%201AA')).items).toMatchObject([
        { id, ...unsaid, coversPlace: 'unknown' },
      ]);
      const why = async (faithPreference: string) => {
        const { referralId, clientId } = await aCase(scheme, { worker });
        await inScheme(scheme, (tx) =>
          tx.run(
            sql`update client set faith_preference = ${faithPreference} where scheme_id = ${scheme.id} and id = ${clientId}`,
          ),
        );
        const { standing, gates } = (await to(worker, 'GET', `/referrals/${referralId}/services/${id}`)) as {
          standing: string;
          gates: { gate: string; passed: boolean; because: string }[];
        };
        const said = (name: string) => gates.find(({ gate }) => gate === name)?.because;
        return [standing, said('preference_respected'), said('in_area')];
      };
      const area = 'Area not known: nobody has said where it takes people from. Ask.';
      expect(await why('do_not_mind')).toEqual([
        'may_be_offered',
        'They have not asked for, or against, a religious setting.',
        area,
      ]);
      expect(await why('non_religious')).toEqual([
        'not_suitable',
        'Setting not known, and they asked for a non-religious one. Ask the group, and say it here.',
        area,
      ]);
      const told = async () =>
        (await betony.inject({ url: `/open-referral/${scheme.id}/services/${id}` })).json();
      const published = await told();
      for (const field of ['cost_options', 'fees', 'service_areas', 'assured_date']) {
        expect(published).not.toHaveProperty(field);
      }
      expect(published.alert).toBe('Nobody has confirmed these details yet. Ask before you go.');
      await to(manager, 'POST', `/listings/${id}/confirm`);
      expect(await told()).toMatchObject({ assured_date: '2026-11-23' });
    });

    it('say what is new, changed and the same, and change nothing twice', async () => {
      await imported(GOOD);
      const again = (await csv(GOOD)).json<ImportView>();
      expect(again).toMatchObject({ added: 0, changed: 0, same: 2 });
      const changed = await imported(
        `${GOOD.replace('Meals for lonely people', 'Debt advice')}1000003,A third,NA,NA\n`,
      );
      expect(changed).toMatchObject({ added: 1, changed: 1, same: 1 });
      expect(await rowsOf(scheme, sql`select description from listing where source_id = '1000001'`)).toEqual([
        { description: 'Debt advice' },
      ]);
    });

    const CELLS = 'x,'.repeat(30);
    it.each([
      ['a byte order mark', `\uFEFF${GOOD}`, { rows: 2, refused: 0, encoding: 'UTF-8' }],
      [
        'Windows-1252',
        Buffer.from(`${HEAD}\r\n1000001,Caf\xe9 \x93Saltwick\x94,NA,NA\r\n`, 'latin1'),
        { rows: 1, refused: 0, encoding: 'Windows-1252' },
      ],
      [
        'quotes and line breaks in cells',
        `${HEAD}\n1000001,"The ""Old""\nHall, Saltwick",NA,NA\n`,
        { rows: 1, refused: 0 },
      ],
      ['formula cells', `${HEAD}\n1000001,"=HYPERLINK(""http://x"")",+1+1,NA\n`, { rows: 1, refused: 1 }],
      ['30 columns too many', `${GOOD}1000003,A,B,NA,${CELLS}\n`, { rows: 3, refused: 1 }],
      [
        '30 columns too many in the heading too',
        `${HEAD},${CELLS}\n1000001,A,B,NA,${CELLS}\n`,
        { rows: 1, refused: 0 },
      ],
      ['too few cells', `${GOOD}1000003,A\n`, { rows: 3, refused: 1 }],
      ['the same number twice', `${GOOD}1000001,Again,NA,NA\n`, { rows: 3, refused: 1 }],
      ['a megabyte in a name', `${GOOD}1000003,${'x'.repeat(1_000_000)},NA,NA\n`, { rows: 3, refused: 1 }],
      ['a character no database keeps', `${HEAD}\n1000001,A\u0000B,NA,NA\n`, { rows: 1, refused: 0 }],
    ])('take %s', async (_what, content, expected) => {
      const checked = (await csv(content)).json<ImportView>();
      expect(checked).toMatchObject({ state: 'checked', ...expected });
      const applied = await approved(checked.id, { leaveOutRefused: true });
      expect(applied).toMatchObject({ state: 'applied', done: expected.rows - expected.refused });
    });

    it('name what is wrong where it is no one cell', async () => {
      const checked = (await csv(`${GOOD}1000003,A,B,NA,${CELLS}\n`)).json<ImportView>();
      expect(await rows(checked.id, 'refused')).toMatchObject([
        {
          row: 4,
          problems: [{ column: 'whole row', reason: 'This row has more or fewer cells than the heading' }],
        },
      ]);
    });

    it('say which values of a row are left out, and which columns are not kept', async () => {
      const checked = (
        await csv(
          'registered_charity_number,charity_name,charity_activities,charity_contact_postcode,charity_contact_phone,fax\n' +
            '1000001,Saltwick Choir,Songs,CO97,01632 960001,\n1000002,Saltwick Carers,Rest,CO97 1AA,01632 960002,1\n',
        )
      ).json<ImportView>();
      expect(checked).toMatchObject({
        added: 2,
        refused: 0,
        warned: 1,
        notKept: [
          { field: 'charity_contact_phone', rows: 2 },
          { field: 'fax', rows: 1 },
        ],
      });
      const warned = await call('GET', `/${checked.id}/rows?warned=true`);
      expect(warned.json<{ items: ImportRowView[] }>().items).toMatchObject([
        {
          row: 2,
          outcome: 'added',
          warnings: [{ column: 'charity_contact_postcode', reason: 'Not a postcode, so it is left out' }],
          value: { postcode: null },
        },
      ]);
      const others = (await call('GET', `/${checked.id}/rows?warned=false`)).json<{
        items: ImportRowView[];
      }>();
      expect(others.items).toMatchObject([{ row: 3, warnings: [] }]);
      const banks = (await csv(`${FOOD}\nThe Pantry,,,,,01632 960001\n`, 'food-banks')).json<ImportView>();
      expect((await rows(banks.id, 'added'))[0]?.warnings).toEqual([
        { column: 'Contact', reason: 'Not an e-mail address, so it is left out' },
      ]);
    });

    it('make no name of a formula and no line break of a name, and give refused rows back as a sheet that runs nothing', async () => {
      const content = `${HEAD}\n1000001,"=HYPERLINK(""http://x"",""y"")",NA,NA\n=cmd|x,"+Evil, ""quoted""",NA,NA\n1000009,,NA,NA\n1000003,"Saltwick\nSingers",=A1,NA\n1000004,@Home,NA,NA\n1000005,@SUM(1),NA,NA\n`;
      const checked = (await csv(content)).json<ImportView>();
      expect(checked.assumed[0]).toContain('for everyone');
      expect(await rows(checked.id, 'refused')).toMatchObject([
        {
          row: 2,
          problems: [{ column: 'charity_name', reason: 'A formula, not a name. Write the name itself' }],
        },
        {
          row: 3,
          problems: [{ column: 'registered_charity_number', reason: 'Not a charity number, like 1089464' }],
        },
        { row: 4, problems: [{ column: 'charity_name', reason: 'Give a name' }] },
        {
          row: 7,
          problems: [{ column: 'charity_name', reason: 'A formula, not a name. Write the name itself' }],
        },
      ]);
      expect((await rows(checked.id, 'added')).map(({ row, warnings }) => [row, warnings])).toEqual([
        [
          5,
          [
            { column: 'charity_name', reason: 'It had more than one line, and is on one line now' },
            { column: 'charity_activities', reason: 'A formula, so it is left out' },
          ],
        ],
        [6, [{ column: 'charity_name', reason: 'It begins with “@”. Check that this is its name' }]],
      ]);
      const sheet = await call('GET', `/${checked.id}/refused`);
      expect(sheet.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(sheet.headers['content-disposition']).toBe('attachment; filename="refused.csv"');
      const lines = sheet.body.split('\r\n');
      expect(lines).toHaveLength(6);
      expect(lines[1]).toContain(`"'=HYPERLINK(`);
      expect(lines[2]).toContain("'=cmd|x");
      expect(lines[2]).toContain(`"'+Evil, ""quoted"""`);
      // Sent back as it came, or behind a mark of our own, it is as little a name, and no sheet runs it.
      for (const name of ["'=1+1", '\uE002=1+1']) {
        const again = (await csv(`${HEAD}\n1000001,${name},NA,NA\n`)).json<ImportView>().id;
        expect(await rows(again, 'added')).toEqual([]);
        expect((await call('GET', `/${again}/refused`)).body).toContain(",'=1+1,");
      }
      const refused = await call('POST', `/${checked.id}/approve`, {});
      expect([refused.statusCode, refused.json()]).toEqual([409, expect.objectContaining({ refused: 4 })]);
      await approved(checked.id, { leaveOutRefused: true });
      expect((await listings()).map(({ name, organisation }) => [name, organisation])).toEqual([
        ['@Home', '@Home'],
        ['Saltwick Singers', 'Saltwick Singers'],
      ]);
    });

    it('keep telephone numbers and lists in words, and leave formulas out of everything else', async () => {
      const { id } = (
        await csv(
          `${FOOD}\nThe Pantry,- Ring +44 1632 960001,"=NOW()","+cmd|' /C calc'!A0",CO97 1AA,+44 1632 960001\n"The\tLarder",,,1 Quay,,\n=A1,,,,,\n`,
          'food-banks',
        )
      ).json<ImportView>();
      const [pantry, larder] = await rows(id, 'added');
      expect(pantry).toMatchObject({
        value: {
          name: 'The Pantry',
          address: null,
          description: 'Food bank. How people are sent: - Ring +44 1632 960001.',
        },
        warnings: [
          { column: 'Opening times', reason: 'A formula, so it is left out' },
          { column: 'Address', reason: 'A formula, so it is left out' },
          { column: 'Contact', reason: 'Not an e-mail address, so it is left out' },
        ],
      });
      expect(larder).toMatchObject({ value: { name: 'The Larder' }, warnings: [] });
      expect(await rows(id, 'refused')).toMatchObject([{ row: 4, problems: [{ column: 'Name' }] }]);
    });

    it.each([
      ['an unclosed quote', `${HEAD}\n1000001,"A,NA,NA\n`],
      ['no such columns', 'a,b\n1,2\n'],
      ['headings alone', `${HEAD}\n`],
      ['nothing', ''],
      [
        'a picture',
        Buffer.from('\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR', 'latin1'),
        /^This is a picture\. Send the list/,
      ],
      [
        'a workbook',
        aWorkbook(),
        /^This is an Excel workbook\. In Excel choose Save as and the type “CSV UTF-8”/,
      ],
      ['a web page', '<html><body>Please sign in</body></html>', /^This is a web page/],
    ])('are refused whole for %s, and leave nothing behind', async (_what, content, because = /./) => {
      const answer = await csv(content);
      expect([answer.statusCode, answer.json()]).toEqual([
        422,
        expect.objectContaining({ errors: [{ field: 'file', message: expect.stringMatching(because) }] }),
      ]);
      const left = (await call('GET', '')).json<{ items: ImportView[] }>().items;
      expect(left.filter(({ state }) => state !== 'failed')).toEqual([]);
      expect(await listings()).toEqual([]);
    });

    it('are read as programs in other countries, and “Unicode text”, save them', async () => {
      const cells = GOOD.replaceAll(',', '\t').replace('Carers', 'Gofalwyr Tŷ');
      const unicode = await csv(Buffer.from(`\ufeff${cells}`, 'utf16le'));
      expect(unicode.json()).toMatchObject({ state: 'checked', added: 2, encoding: 'UTF-16LE', remarks: [] });
      const { id } = (await csv(GOOD.replaceAll(',', ';'))).json<ImportView>();
      expect(await approved(id)).toMatchObject({ added: 2 });
    });

    it('are taken back whole, and may come again', async () => {
      const { id } = await imported(GOOD);
      expect(await undone(id)).toMatchObject({ state: 'undone', done: 2, kept: 0 });
      for (const one of await listings())
        expect(one).toMatchObject({ state: 'closed', source: null, active: false });
      expect(await rowsOf(scheme, sql`select * from import_record`)).toEqual([]);
      expect(await imported(GOOD)).toMatchObject({ added: 2 });
      expect((await listings()).filter(({ state }) => state === 'in_review')).toHaveLength(2);
    });

    const PANTRIES = `${FOOD}\nThe Pantry,Ring first,Mondays,1 Quay,CO97 1AA,pantry@example.org\nThe Larder,Walk in,Tuesdays,2 Quay,CO97 1AB,larder@example.org\n`;
    const food = async (content: string): Promise<ImportView> =>
      approved((await csv(content, 'food-banks')).json<ImportView>().id);
    const read = (path: string) => betony.inject({ url: `/api/v1${path}`, headers: manager.headers });
    const named = async (path: string): Promise<string[]> =>
      (await read(path)).json<{ items: { name: string }[] }>().items.map(({ name }) => name);
    const heldOn = async (email: string) =>
      (
        await betony.inject({
          method: 'POST',
          url: '/api/v1/volunteers/data',
          headers: manager.headers,
          payload: { email },
        })
      ).json<{ addresses: object[] }>().addresses;

    it('leave nothing to be seen once they are taken back: no group, no service, no address, no row', async () => {
      const { id } = await food(PANTRIES);
      const [written] = await rows(id, 'added');
      const pages = [
        `/providers/${String(written?.organisationId)}`,
        `/providers/${String(written?.organisationId)}/history`,
        `/organisations/${String(written?.organisationId)}`,
        `/listings/${String(written?.listingId)}`,
        `/listings/${String(written?.listingId)}/history`,
      ];
      for (const page of pages) expect([page, (await read(page)).statusCode]).toEqual([page, 200]);
      expect(await named('/providers')).toEqual(['The Larder', 'The Pantry']);
      expect(await heldOn('larder@example.org')).toHaveLength(1);
      expect(await undone(id)).toMatchObject({ state: 'undone', rows: 2, kept: 0 });
      for (const page of pages) expect([page, (await read(page)).statusCode]).toEqual([page, 404]);
      expect(await named('/providers')).toEqual([]);
      expect(await named('/listings/managed?limit=100')).toEqual([]);
      expect(await named('/organisations?kind=community_group')).toEqual([]);
      expect(await heldOn('larder@example.org')).toEqual([]);
      expect(await rows(id, 'added')).toEqual([]);
      expect(
        await rowsOf(scheme, sql`select email from organisation where email like '%example.org'`),
      ).toEqual([]);
      // It may come again, as something new.
      await food(PANTRIES);
      expect(await named('/providers')).toEqual(['The Larder', 'The Pantry']);
      expect(await heldOn('larder@example.org')).toHaveLength(1);
    });

    const move = async (listingId: string, verb: string) => {
      const url = `/api/v1/listings/${listingId}/${verb}`;
      const answer = await betony.inject({ method: 'POST', url, headers: manager.headers, payload: {} });
      expect([verb, answer.statusCode]).toEqual([verb, 200]);
    };
    it('leave nothing live though it was published since: no service, no place in the search, no gap closed', async () => {
      const { id } = await food(PANTRIES);
      const wish = { need: 'food', why: 'nothing_like_it' };
      const gap = await betony.inject({
        method: 'POST',
        url: '/api/v1/gaps',
        headers: manager.headers,
        payload: wish,
      });
      expect(gap.statusCode).toBe(201);
      const gapId = gap.json<{ id: string }>().id;
      const written = (await rows(id, 'added')).map(({ listingId }) => String(listingId));
      for (const listingId of written) await move(listingId, 'publish');
      await move(String(written[0]), 'pause');
      await inScheme(scheme, (tx) =>
        betony.get(Gaps).end(tx, [gapId], { because: 'service_started', listingId: written[1] ?? null }),
      );
      expect(await named('/listings')).toEqual(['Food bank']);
      expect(await undone(id)).toMatchObject({ state: 'undone', kept: 0, partlyUndone: false });
      for (const listingId of written) expect((await read(`/listings/${listingId}`)).statusCode).toBe(404);
      expect(await named('/listings')).toEqual([]);
      expect(await named('/providers')).toEqual([]);
      expect(
        await rowsOf(scheme, sql`select listing_id from listing_search where scheme_id = ${scheme.id}`),
      ).toEqual([]);
      expect(await rowsOf(scheme, sql`select closed_at, listing_id from gap`)).toEqual([
        { closed_at: null, listing_id: null },
      ]);
      await food(PANTRIES);
      expect(await named('/providers')).toEqual(['The Larder', 'The Pantry']);
    });

    it('stay as they are where a person was referred there, though only published', async () => {
      const { id } = await food(PANTRIES);
      const [pantry, larder] = (await rows(id, 'added')).map(({ listingId }) => String(listingId));
      await move(String(pantry), 'publish');
      await move(String(larder), 'publish');
      const grace = await aCase(scheme, { worker: await aMember(scheme, 'link_worker') });
      const told = await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${grace.referralId}/signposts`,
        headers: grace.worker.headers,
        payload: { listingId: pantry, toldAbout: 'The Pantry', toldOn: '2026-11-23', how: 'phone' },
      });
      expect(told.statusCode).toBe(201);
      expect(await undone(id)).toMatchObject({ kept: 1, partlyUndone: true });
      expect(await rows(id, 'added')).toMatchObject([
        {
          listingId: pantry,
          keptBecause:
            'The service stays: somebody was told about it. The group stays: it has a service that stays.',
        },
      ]);
      expect(await named('/listings')).toEqual(['Food bank']);
      expect((await read(`/listings/${String(larder)}`)).statusCode).toBe(404);
    });

    it('leave what somebody used since, and say what stays and why', async () => {
      const more = ['Mill', 'Barn', 'Farm', 'Inn', 'Quay']
        .map((name) => `The ${name},,,,,${name}@example.org`)
        .join('\n');
      const { id } = await food(`${PANTRIES}${more}\n`);
      const of = Object.fromEntries(
        (await rows(id, 'added')).map((row) => [(row.value as { name: string }).name, row]),
      );
      const group = (name: string) => String(of[name]?.organisationId);
      const patch = async (path: string, payload: object) => {
        const headers = { ...manager.headers, 'if-match': '"v1"' };
        const answer = await betony.inject({ method: 'PATCH', url: `/api/v1${path}`, headers, payload });
        expect(answer.statusCode).toBe(200);
      };
      await patch(`/listings/${String(of['The Larder']?.listingId)}`, { cost: 'free' });
      await patch(`/providers/${group('The Mill')}`, { dress: 'Warm' });
      await move(String(of['The Inn']?.listingId), 'publish');
      await move(String(of['The Inn']?.listingId), 'confirm');
      await move(String(of['The Quay']?.listingId), 'close');
      await aMember(scheme, 'provider_member', { organisation: group('The Barn') });
      const { referralId } = await aCase(scheme, { worker: await aMember(scheme, 'link_worker') });
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          insert into shortlist_item (scheme_id, id, referral_id, listing_id, kept_at)
          values (${scheme.id}, ${newId()}, ${referralId}, ${of['The Farm']?.listingId}, ${tx.now})`),
      );
      expect(await undone(id)).toMatchObject({ state: 'undone', kept: 6, partlyUndone: true });
      const why = (await rows(id, 'added')).map(({ value, keptBecause }) => [
        (value as { name: string }).name,
        keptBecause,
      ]);
      const service = 'The group stays: it has a service that stays.';
      expect(why).toEqual([
        ['The Larder', `The service stays: somebody here has changed it. ${service}`],
        ['The Mill', 'The group stays: somebody here has changed it.'],
        ['The Barn', 'The group stays: somebody signs in for it.'],
        ['The Farm', `The service stays: it is on a shortlist. ${service}`],
        ['The Inn', `The service stays: somebody here has confirmed it. ${service}`],
        ['The Quay', `The service stays: somebody here has closed it. ${service}`],
      ]);
      expect(await named('/providers')).toEqual([
        'The Barn',
        'The Farm',
        'The Inn',
        'The Larder',
        'The Mill',
        'The Quay',
      ]);
      expect((await read(`/listings/${String(of['The Mill']?.listingId)}`)).statusCode).toBe(404);
      expect((await read(`/listings/${String(of['The Larder']?.listingId)}`)).statusCode).toBe(200);
    });

    it('are answered for from the moment somebody answers by a link to the address they brought, and not before', async () => {
      const { id } = await food(PANTRIES);
      const [row] = (await rows(id, 'added')).filter(
        ({ value }) => (value as { name: string }).name === 'The Pantry',
      );
      const [organisationId, listingId] = [String(row?.organisationId), String(row?.listingId)];
      await betony.inject({
        method: 'POST',
        url: `/api/v1/listings/${listingId}/publish`,
        headers: manager.headers,
      });
      const answeredFor = async () => (await read(`/providers/${organisationId}`)).json().answeredFor;
      const token = await inScheme(scheme, async (tx) => {
        const links = betony.get(ReplyLinks);
        const contactPointId = await contactPointOf(tx, organisationId, {
          channel: 'email',
          to: 'pantry@example.org',
        });
        const about = { kind: 'listing', id: listingId } as const;
        const to = { organisationId, contactPointId, messageId: null };
        return links.token(await links.make(tx, { purpose: 'listing_check', about }, to));
      });
      const page = (method: 'GET' | 'POST', path: string) =>
        betony.inject({
          method,
          url: `/reply/${token}${path}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
      expect((await page('GET', '')).statusCode).toBe(200);
      expect(await answeredFor()).toBe(false);
      expect((await page('POST', '/right')).statusCode).toBe(303);
      expect(await answeredFor()).toBe(true);
      // Its directory changes it no more.
      await food(PANTRIES.replace('1 Quay', '9 Quay'));
      expect((await read(`/organisations/${organisationId}`)).json()).toMatchObject({ address: '1 Quay' });
      expect((await page('POST', '/leave')).statusCode).toBe(303);
      expect(await answeredFor()).toBe(false);
    });

    it('are taken back to what was before, save what somebody has touched', async () => {
      await imported(GOOD);
      betony.clock.advance({ minutes: 5 });
      const second = await imported(
        GOOD.replace('lonely people', 'everybody').replace('Carers,NA', 'Carers,Rest'),
      );
      expect(second).toMatchObject({ changed: 2 });
      await rowsOf(
        scheme,
        sql`update listing set version = 2, description = 'Ours' where source_id = '1000002'`,
      );
      expect(await undone(second.id)).toMatchObject({ state: 'undone', kept: 1 });
      expect(await rowsOf(scheme, sql`select description from listing order by source_id`)).toEqual([
        { description: 'Meals for lonely people' },
        { description: 'Ours' },
      ]);
      expect((await csv(GOOD)).json()).toMatchObject({ same: 2 });
    });

    it('wait for review again, with the words of before, where what they changed was only published', async () => {
      await imported(GOOD);
      betony.clock.advance({ minutes: 5 });
      const second = await imported(GOOD.replace('lonely people', 'everybody'));
      const [changed] = await rows(second.id, 'changed');
      await move(String(changed?.listingId), 'publish');
      expect(await named('/listings')).toEqual(['Saltwick Methodist Church']);
      expect(await undone(second.id)).toMatchObject({ state: 'undone', kept: 0 });
      expect(await named('/listings')).toEqual([]);
      const now = (await read(`/listings/${String(changed?.listingId)}`)).json<object>();
      expect(now).toMatchObject({ state: 'in_review', description: 'Meals for lonely people', version: 3 });
      betony.clock.advance({ minutes: 5 });
      // It is still the directory's, which brings it up to date.
      expect(await imported(GOOD.replace('lonely people', 'all'))).toMatchObject({ changed: 1 });
    });

    it('cannot be undone after a day, nor under a later one', async () => {
      const first = await imported(GOOD);
      betony.clock.advance({ hours: 1 });
      const second = await imported(GOOD.replace('Meals', 'Teas'));
      expect((await call('POST', `/${first.id}/undo`, {})).json()).toMatchObject({
        status: 409,
        title: 'import-built-on',
      });
      betony.clock.advance({ hours: 24, seconds: 1 });
      expect((await call('POST', `/${second.id}/undo`, {})).json()).toMatchObject({
        status: 409,
        title: 'too-late',
      });
      betony.clock.advance({ seconds: -1 });
      await undone(second.id);
    });

    it('cannot be approved once another from there was written, nor twice, nor after being thrown away', async () => {
      const [one, two, three] = [await csv(GOOD), await csv(GOOD), await csv(GOOD)].map(
        (it) => it.json<ImportView>().id,
      );
      betony.clock.advance({ minutes: 1 });
      await approved(String(one));
      expect((await call('POST', `/${String(two)}/approve`, {})).json()).toMatchObject({
        title: 'import-outdated',
      });
      expect((await call('POST', `/${String(one)}/approve`, {})).json()).toMatchObject({
        title: 'illegal-move',
      });
      expect((await call('POST', `/${String(three)}/discard`, {})).json()).toMatchObject({
        state: 'discarded',
      });
      expect(await rows(String(three), 'added')).toEqual([]);
      expect((await call('POST', `/${String(three)}/approve`, {})).statusCode).toBe(409);
    });

    it('are written by one worker, once, however often it is told', async () => {
      const { id } = (await csv(GOOD)).json<ImportView>();
      await call('POST', `/${id}/approve`, {});
      await Promise.all([work(id), work(id), work(id)]);
      expect(await work(id)).toMatchObject({ state: 'applied', added: 2 });
      expect(await listings()).toHaveLength(2);
    });

    it('are begun again when a worker died, and a file that was cut off is said to be', async () => {
      const { id } = (await csv(GOOD)).json<ImportView>();
      await call('POST', `/${id}/approve`, {});
      await rowsOf(scheme, sql`update import_batch set worked_at = ${betony.clock.now()}`);
      expect(await work(id)).toMatchObject({ state: 'approved' });
      betony.clock.advance({ minutes: 3 });
      expect(await work(id)).toMatchObject({ state: 'applied' });
      await rowsOf(
        scheme,
        sql`update import_batch set state = 'fetching', worked_at = null, headings = '{}'`,
      );
      expect(await work(id)).toMatchObject({
        state: 'failed',
        because: 'The file was cut short. Send it again.',
      });
    });

    it('with the same key are one import', async () => {
      const send = () =>
        betony.inject({
          method: 'POST',
          url: '/api/v1/imports/file?kind=charities',
          headers: { ...manager.headers, 'content-type': 'text/csv', 'idempotency-key': 'once' },
          payload: GOOD,
        });
      const [first, second] = [await send(), await send()];
      expect([second.statusCode, second.json<ImportView>().id]).toEqual([201, first.json<ImportView>().id]);
      expect((await call('GET', '')).json<{ items: unknown[] }>().items).toHaveLength(1);
    });

    it.each([
      ['/file?kind=people', GOOD, 'text/csv', 422],
      ['/file', GOOD, 'text/csv', 422],
      ['/file?kind=charities&source=me', GOOD, 'text/csv', 422],
      ['/file?kind=charities', GOOD, 'application/xml', 415],
      ['/feed', GOOD, 'text/csv', 415],
      [`/${newId()}/approve`, {}, undefined, 404],
      [`/${newId()}/undo`, {}, undefined, 404],
    ] as const)('refuse %s', async (path, payload, type, status) => {
      expect((await call('POST', path, payload, type)).statusCode).toBe(status);
    });

    const trafford = sharedData('directories/charities_operating_in_trafford.csv');
    const banks = sharedData('directories/gm_food_banks.csv');
    (trafford && banks ? it : it.skip)(
      'the two real directories, approved, published and found',
      async () => {
        for (const [kind, file] of [
          ['charities', trafford],
          ['food-banks', banks],
        ] as const) {
          const checked = (await csv(readFileSync(file ?? ''), kind)).json<ImportView>();
          expect(checked.refused / checked.rows).toBeLessThan(0.05);
          const applied = await approved(checked.id, { leaveOutRefused: true });
          expect(applied).toMatchObject({
            state: 'applied',
            added: checked.rows - checked.refused - checked.alike,
          });
        }
        const waiting = await rowsOf<{ id: string }>(
          scheme,
          sql`select id from listing where name = 'Food bank' order by id limit 3`,
        );
        for (const { id } of waiting) {
          const answer = await betony.inject({
            method: 'POST',
            url: `/api/v1/listings/${id}/publish`,
            headers: manager.headers,
          });
          expect(answer.statusCode).toBe(200);
        }
        const found = await betony.inject({
          url: '/api/v1/listings?text=food%20bank',
          headers: manager.headers,
        });
        expect(found.json<{ items: unknown[] }>().items).toHaveLength(3);
      },
    );
  });

  it('of more rows than any directory has are stopped, and nothing of them is kept for approval', async () => {
    const answer = await csv(`${HEAD}\n${'x,,,\n'.repeat(100_001)}`);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      errors: [{ field: 'file', message: 'Use 100,000 rows or fewer' }],
    });
    const [failed] = (await call('GET', '')).json<{ items: ImportView[] }>().items;
    expect(failed).toMatchObject({ state: 'failed', because: 'Use 100,000 rows or fewer' });
    expect(await rowsOf(scheme, sql`select count(*)::int as rows from import_row`)).toEqual([{ rows: 0 }]);
  });

  describe('of a feed', () => {
    it('read every page, whatever the totals say, and mark what is gone without deleting it', async () => {
      serve(['a', 'b', 'c'].map((id) => aService(id)));
      const checked = await feed('/feed/services?page=9');
      expect(checked).toMatchObject({
        state: 'checked',
        rows: 3,
        added: 3,
        address: `http://feed.test:${server.port}/feed`,
      });
      await approved(checked.id);
      betony.clock.advance({ hours: 1 });
      serve(['a', 'd'].map((id) => aService(id)));
      const second = await feed();
      expect(second).toMatchObject({ added: 1, same: 1, gone: 2 });
      const gone = async () =>
        (await call('GET', '/gone')).json<{ items: { listing: { name: string } }[] }>().items;
      expect(await gone()).toEqual([]);
      await approved(second.id);
      expect((await gone()).map(({ listing }) => listing.name).sort()).toEqual(['Service b', 'Service c']);
      expect((await listings()).map(({ state }) => state)).toEqual(Array(4).fill('in_review'));
      betony.clock.advance({ hours: 1 });
      serve(['a', 'b', 'd'].map((id) => aService(id)));
      const third = await feed();
      expect(third).toMatchObject({ changed: 1, same: 2, gone: 0 });
      await approved(third.id);
      expect((await gone()).map(({ listing }) => listing.name)).toEqual(['Service c']);
      await undone(third.id);
      expect((await gone()).map(({ listing }) => listing.name).sort()).toEqual(['Service b', 'Service c']);
    });

    it('hold nothing for gone that the feed still has, though it is broken or there twice', async () => {
      serve(['a', 'b', 'c'].map((id) => aService(id)));
      await approved((await feed()).id);
      serve([aService('a'), aService('b', { name: '' }), aService('c'), aService('c', { name: 'Again' })]);
      const second = await feed();
      expect(second).toMatchObject({ same: 2, refused: 2, gone: 0 });
      await approved(second.id, { leaveOutRefused: true });
      expect((await call('GET', '/gone')).json<{ items: unknown[] }>().items).toEqual([]);
    });

    it('keep each record as it came, with its source', async () => {
      serve([aService('a', { strange: { field: '<b>kept</b>' } })]);
      await approved((await feed()).id);
      expect(
        await rowsOf(scheme, sql`select source, source_id, raw -> 'strange' as strange from import_record`),
      ).toEqual([
        {
          source: `open-referral:http://feed.test:${server.port}/feed`,
          source_id: 'a',
          strange: { field: '<b>kept</b>' },
        },
      ]);
    });

    it('take several services of one group, and take them back', async () => {
      const organization = { id: 'o', name: 'One group' };
      serve(['a', 'b', 'c'].map((id) => aService(id, { organization })));
      const { id } = await approved((await feed()).id);
      expect(new Set((await listings()).map(({ organisation }) => organisation))).toEqual(
        new Set(['One group']),
      );
      expect(await rowsOf(scheme, sql`select 1 from organisation where name = 'One group'`)).toHaveLength(1);
      await undone(id);
      expect((await listings()).every(({ active, state }) => !active && state === 'closed')).toBe(true);
    });

    it('quarantine records that are none, and read the others', async () => {
      const bad = [
        aService('a'),
        aService('a', { name: 'The same again' }),
        aService('b', { name: 'x'.repeat(1_000_000) }),
        aService('c', { organization: null }),
        { name: 'Nobody' },
        'not a record',
        null,
        aService('d', {
          minimum_age: -1,
          description: '<p>Tea &amp; cake</p>',
          last_modified: '2024-01-01T00:00:00',
        }),
        aService('e', { status: 'defunct' }),
      ];
      serve(bad, 20);
      const checked = await feed();
      expect(checked).toMatchObject({ state: 'checked', rows: 9, added: 2, refused: 6, ignored: 1 });
      expect(
        (await rows(checked.id, 'refused')).map(({ row, problems }) => [row, problems[0]?.column]),
      ).toEqual([
        [2, 'id'],
        [3, 'whole row'],
        [4, 'organization'],
        [5, 'id'],
        [6, 'whole row'],
        [7, 'whole row'],
      ]);
      expect((await rows(checked.id, 'added'))[1]?.value).toMatchObject({ description: 'Tea & cake' });
    });

    it('ask a service’s own address for what the list leaves out, and do without where there is none', async () => {
      const head = (id: string) => ({ ...aService(id), attributes: undefined });
      server.answer((request, reply) => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
        if (searchParams.has('full')) reply.writeHead(400).end();
        else if (pathname === '/feed/services')
          reply.end(JSON.stringify({ contents: [head('a'), head('b')] }));
        else if (pathname === '/feed/services/a')
          reply.end(JSON.stringify(aService('a', { minimum_age: 60 })));
        else reply.writeHead(404).end();
      });
      const checked = await feed();
      expect(checked).toMatchObject({
        state: 'checked',
        added: 2,
        remarks: [
          '1 service could not be had from its own address, so that only what the list says is taken.',
        ],
      });
      const values = (await rows(checked.id, 'added')).map(
        ({ value }) => value as { details: { minimumAge: number | null } },
      );
      expect(values.map(({ details }) => details.minimumAge)).toEqual([60, null]);
    });

    it.each([
      ['truncated JSON on a later page', 'cut', /not JSON, or it was cut short/],
      ['an answer of 500 on a later page', '500', /answered with 500/],
      ['a page that is no list', '{"error":"x"}', /holds no list/],
      ['a login page', '<html>', /not JSON/],
      ['a connection that breaks off', 'break', /no answer/],
      ['a redirect to a private address', 'inside', /not on the public internet/],
      ['a page without end', 'endless', /too large/],
      ['no services at all', '{"contents":[]}', /no services/],
    ])('fail whole on %s: nothing is deleted, unpublished or half there', async (_what, how, because) => {
      serve(['a', 'b'].map((id) => aService(id)));
      await approved((await feed()).id);
      const before = await listings();
      betony.clock.advance({ hours: 1 });
      server.answer((request, reply) => {
        const later = !(request.url ?? '').includes('page=1&');
        const first = JSON.stringify({ contents: [aService('z')] });
        if (['cut', '500', 'break'].includes(how) && !later) reply.end(first);
        else if (how === 'cut') reply.end(first.slice(0, 40));
        else if (how === '500') reply.writeHead(500).end();
        else if (how === 'break') reply.destroy();
        else if (how === 'inside') reply.writeHead(302, { location: 'http://169.254.169.254/' }).end();
        else if (how === 'endless') {
          const more = (): void => {
            while (!reply.destroyed && reply.write(' '.repeat(60_000)));
            if (!reply.destroyed) reply.once('drain', more);
          };
          more();
        } else reply.end(how);
      });
      const failed = await feed();
      expect(failed.state).toBe('failed');
      expect(failed.because).toMatch(because);
      expect(await listings()).toEqual(before);
      expect((await call('POST', `/${failed.id}/approve`, {})).statusCode).toBe(409);
      expect((await call('GET', '/gone')).json()).toMatchObject({ items: [] });
    });

    const SHORT = 'Look whether some are missing before you approve it.';
    it('say what is odd about the whole, and take what came', async () => {
      const page = (contents: object[], more: object) => JSON.stringify({ ...more, contents });
      server.answer((request, reply) => {
        const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
        if (at === 1)
          reply.end(page([aService('a'), aService('b')], { total_items: 12, total_pages: 'two' }));
        else if (at === 2)
          reply.end(page([aService('b'), aService('c')], { total_items: 1200, total_pages: 2 }));
        else reply.writeHead(404).end();
      });
      const checked = await feed();
      expect(checked).toMatchObject({
        state: 'checked',
        added: 3,
        warned: 0,
        remarks: [
          `It says that it has 1,200 services, and 3 came. ${SHORT}`,
          '1 service came again on a later page, and was taken once.',
        ],
      });
      expect(await approved(checked.id)).toMatchObject({ state: 'applied', remarks: checked.remarks });
      const [listed] = (await call('GET', '')).json<{ items: ImportView[] }>().items;
      expect(listed?.remarks).toEqual(checked.remarks);
      serve(['a', 'b', 'c'].map((id) => aService(id)));
      expect((await feed()).remarks).toEqual(['It says that it has 1 page, and 2 came.']);
    });

    it('read every page of one that does not know how many may be on it', async () => {
      server.answer((request, reply) => {
        const asked = new URL(request.url ?? '', 'http://x').searchParams;
        const found = ['a', 'b', 'c'][Number(asked.get('page')) - 1];
        if (asked.has('per_page')) reply.writeHead(400).end();
        else reply.end(JSON.stringify({ contents: found === undefined ? [] : [aService(found)] }));
      });
      expect(await feed()).toMatchObject({ state: 'checked', rows: 3, remarks: [] });
    });

    it('stop where a feed that ignores pages begins to repeat itself', async () => {
      server.asked.length = 0;
      server.answer((_request, reply) => reply.end(JSON.stringify([aService('a'), aService('b')])));
      expect(await feed()).toMatchObject({ rows: 2 });
      expect(server.asked).toHaveLength(2);
    });

    it.each([
      'http://127.0.0.1/feed',
      'http://169.254.169.254/latest/meta-data',
      'http://[::1]/',
      'http://localhost/feed',
      'ftp://feed.test/',
      'http://sam:secret@feed.test/',
      'http://feed.test:22/',
      'nonsense',
    ])('refuse to be pointed at %s', async (address) => {
      const asked = server.asked.length;
      const answer = await call('POST', '/feed', { address });
      // This machine is allowed here for the test's own server alone, at its own port.
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ errors: [{ field: 'address' }] });
      expect(server.asked).toHaveLength(asked);
    });
  });

  describe('of a file of services', () => {
    const ndjson = (content: string) =>
      call('POST', '/file?kind=open-referral&source=Saltwick', content, 'application/x-ndjson');

    it('take one a line, and quarantine the line that was cut', async () => {
      const lines = [aService('a'), aService('b')].map((one) => JSON.stringify(one)).join('\n');
      const checked = (await ndjson(`${lines}\n{"id":"c","na`)).json<ImportView>();
      expect(checked).toMatchObject({ rows: 3, added: 2, refused: 1, source: 'open-referral:Saltwick' });
      expect(await rows(checked.id, 'refused')).toMatchObject([
        { row: 3, problems: [{ reason: 'This line is not JSON, or it was cut short' }] },
      ]);
    });

    it('quarantine what goes down without end, and take what is beside it', async () => {
      const deep = `{"id":"deep","name":"Lunch","extra":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
      const checked = (await ndjson(`${deep}\n${JSON.stringify(aService('a'))}`)).json<ImportView>();
      expect(checked).toMatchObject({ state: 'checked', rows: 2, added: 1, refused: 1 });
      expect(await rows(checked.id, 'refused')).toMatchObject([
        { row: 1, problems: [{ reason: 'This record has far too much inside itself' }] },
      ]);
    });

    it('keep no file open, whatever became of it', async () => {
      // More than is read of it at once, and many lines in that.
      const many = Array.from({ length: 2_000 }, (_, n) =>
        JSON.stringify({ id: String(n), name: `Lunch ${String(n)}` }),
      );
      const checked = (await ndjson(`\uFEFF${many.join('\r\n')}\r\n`)).json<ImportView>();
      expect(checked).toMatchObject({ state: 'checked', rows: 2_000 });
      expect((await ndjson('{"id":"c","na')).statusCode).toBe(422);
      expect((await csv(`${HEAD}\n1000001,"A,NA,NA\n`)).statusCode).toBe(422);
      const folder = join(betony.config.dataDir, 'imports');
      const open = (): string[] =>
        readdirSync('/proc/self/fd').flatMap((fd) => {
          try {
            const path = readlinkSync(`/proc/self/fd/${fd}`);
            return path.startsWith(folder) ? [path] : [];
          } catch {
            return [];
          }
        });
      await eventually(() => open().length === 0);
      expect(readdirSync(folder)).toEqual([]);
    });

    it('take a page, a list or one, and refuse what was cut short', async () => {
      const octets = (content: string) =>
        call('POST', '/file?kind=open-referral', content, 'application/octet-stream');
      const page = JSON.stringify({ total_items: 9, contents: [aService('a'), aService('b')] }, null, 2);
      expect((await octets(page)).json()).toMatchObject({
        rows: 2,
        remarks: [
          'It says that it has 9 services, and 2 came. Look whether some are missing before you approve it.',
        ],
      });
      const unicode = Buffer.from(`\ufeff${page}`, 'utf16le');
      const inOtherBytes = await call(
        'POST',
        '/file?kind=open-referral',
        unicode,
        'application/octet-stream',
      );
      expect(inOtherBytes.json()).toMatchObject({ rows: 2, encoding: 'UTF-16LE' });
      expect((await octets(JSON.stringify([aService('a')]))).json()).toMatchObject({ rows: 1 });
      expect((await call('POST', '/file?kind=open-referral', aService('a'))).json()).toMatchObject({
        rows: 1,
      });
      const cut = {
        field: 'file',
        message: 'The file is not JSON. It stops in the middle, at line 5, character 15: was it cut short?',
      };
      const upTo = page.indexOf('"id"') + 8;
      for (const type of ['application/octet-stream', 'application/json']) {
        const answer = await call('POST', '/file?kind=open-referral', page.slice(0, upTo), type);
        expect([answer.statusCode, answer.json()]).toMatchObject([422, { errors: [cut] }]);
      }
      // As long as a directory may be, however it is called.
      const long = aService('a', { notes: 'x'.repeat(1000) });
      const many = { contents: Array.from({ length: 1200 }, (_, n) => ({ ...long, id: String(n) })) };
      const sent = await call('POST', '/file?kind=open-referral', JSON.stringify(many), 'application/json');
      expect([sent.statusCode, sent.json()]).toMatchObject([
        201,
        { rows: 1200, added: 1200, notKept: [{ field: 'notes' }, { field: 'organization.description' }] },
      ]);
    });
  });

  const check = openReferralSchemas();
  const mocks = sharedData('oruk/mocks');
  const withMocks = check && mocks ? it : it.skip;

  withMocks.each(['V3.0-UK-Default', 'V3.0-UK-Warn'])(
    'the official mock %s comes in, is published again, and is valid',
    async (name) => {
      const folder = join(mocks ?? '', name);
      const file = (part: string) => readFileSync(join(folder, `${part}.json`), 'utf8');
      server.answer((request, reply) => {
        const { pathname } = new URL(request.url ?? '', 'http://x');
        reply.end(file(pathname === '/mock/services' ? 'service_list' : 'service_full'));
      });
      const checked = await feed('/mock');
      expect(checked).toMatchObject({ state: 'checked', rows: 1, added: 1, refused: 0 });
      const unkept = checked.notKept.map(({ field }) => field);
      expect(unkept).toEqual(expect.arrayContaining(['contacts', 'url', 'organization.website']));
      expect(unkept).not.toContain('name');
      await approved(checked.id);
      const [listing] = await listings();
      const published = await betony.inject({
        method: 'POST',
        url: `/api/v1/listings/${String(listing?.id)}/publish`,
        headers: manager.headers,
      });
      expect(published.statusCode).toBe(200);
      const told = await betony.inject({
        url: `/open-referral/${scheme.id}/services/${String(listing?.id)}`,
      });
      expect(check?.('service', told.json())).toEqual([]);
      expect(told.json()).toMatchObject({
        name: 'Community Counselling',
        minimum_age: 12,
        maximum_age: 100,
        schedules: [{ byday: 'TH', opens_at: '10:00' }, { byday: 'FR' }],
      });
      const list = await betony.inject({ url: `/open-referral/${scheme.id}/services?full=true` });
      expect(check?.('service_list', list.json())).toEqual([]);
    },
  );
});

describe('an import, with a worker running', () => {
  it('goes from the queue to the end by itself', async () => {
    const server = await aLocalServer();
    const betony = await startApp({
      work: true,
      customise: (builder) => builder.overrideProvider(Outgoing).useValue(server.outgoing),
    });
    try {
      server.answer((request, reply) =>
        reply.end(
          JSON.stringify({ contents: (request.url ?? '').includes('page=1&') ? [aService('a')] : [] }),
        ),
      );
      const { headers } = await aMember(await aScheme(betony), 'scheme_manager');
      const reached = (id: string, state: string): Promise<void> =>
        eventually(async () => {
          const seen = await betony.inject({ url: `/api/v1/imports/${id}`, headers });
          return seen.json<ImportView>().state === state;
        });
      const begun = await betony.inject({
        method: 'POST',
        url: '/api/v1/imports/feed',
        headers,
        payload: { address: `http://feed.test:${server.port}/feed` },
      });
      const { id } = begun.json<ImportView>();
      await reached(id, 'checked');
      await betony.inject({ method: 'POST', url: `/api/v1/imports/${id}/approve`, headers, payload: {} });
      await reached(id, 'applied');
      await betony.inject({ method: 'POST', url: `/api/v1/imports/${id}/undo`, headers, payload: {} });
      await reached(id, 'undone');
    } finally {
      await betony.stop();
      server.stop();
    }
  });
});
