import fs, { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { NO_CERTIFICATES } from '../../../src/providers/evidence.rules.js';
import { EvidenceService } from '../../../src/providers/evidence.service.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { collect } from '../../support/garbage.js';
import { HOSTILE_FILES, HOSTILE_FORMS, picture, text } from '../../support/hostile-files.js';
import { eventually } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';
import { aForm, aPdf, packedPdf } from '../../support/upload.js';

const MB = 1024 * 1024;
const SPACES = Buffer.alloc(MB, 0x20);
const stopsInTheMiddle = HOSTILE_FORMS.find(({ what }) => what === 'a form that stops in the middle')!;

describe('files that show safety checks', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let rose: TestMember;
  let lead: TestMember;
  let group: string;
  let origin: string;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    group = await aProvider(scheme);
    rose = await aMember(scheme, 'provider_member', { organisation: group });
    lead = await aMember(scheme, 'scheme_manager');
    await betony.app.listen(0, '127.0.0.1');
    origin = `http://127.0.0.1:${String((betony.app.getHttpServer().address() as AddressInfo).port)}`;
  });
  afterAll(() => betony.stop());

  const url = (path = '?kind=safeguarding_policy') => `/api/v1/providers/${group}/evidence${path}`;
  const send = (form: { payload: Buffer | string; headers: Record<string, string> }, path?: string) =>
    betony.inject({
      method: 'POST',
      url: url(path),
      headers: { ...rose.headers, ...form.headers },
      payload: form.payload,
    });
  const read = (id: string, who = lead) => betony.inject({ url: url(`/${id}`), headers: who.headers });
  const onDisk = (): string[] =>
    ['incoming', 'kept'].flatMap((part) => {
      try {
        return readdirSync(join(betony.config.dataDir, 'files', scheme.id, part));
      } catch {
        return [];
      }
    });
  const rows = () =>
    rowsOf<{ id: string }>(
      scheme,
      sql`select id from evidence_file where scheme_id = ${scheme.id} and removed_at is null order by id`,
    );

  it('are kept, listed, saved as attachments and taken away', async () => {
    const sent = await send(aForm(aPdf(), { name: 'Safeguarding policy 2026.pdf' }));
    expect(sent.statusCode).toBe(201);
    const { id } = sent.json();
    expect(sent.json()).toEqual({
      id,
      organisationId: group,
      kind: 'safeguarding_policy',
      name: 'Safeguarding policy 2026.pdf',
      contentType: 'application/pdf',
      bytes: aPdf().length,
      uploadedAt: '2026-11-23T10:00:00.000Z',
    });
    const saved = await read(id);
    expect(saved.rawPayload.equals(aPdf())).toBe(true);
    expect(saved.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': expect.stringMatching(/^attachment; filename="Safeguarding policy 2026.pdf"/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cache-control': 'no-store',
    });
    expect(onDisk()).toEqual([id]);
    const removed = await betony.inject({ method: 'DELETE', url: url(`/${id}`), headers: rose.headers });
    expect(removed.statusCode).toBe(204);
    expect((await read(id)).statusCode).toBe(404);
    expect(onDisk()).toEqual([]);
  });

  it('are kept as programs of today pack them, with a page to turn to', async () => {
    const packed = packedPdf(['<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>', '<</Type/Pages>>']);
    const sent = await send(aForm(packed));
    expect({ status: sent.statusCode, body: sent.statusCode === 201 || sent.body }).toEqual({
      status: 201,
      body: true,
    });
    const { id } = sent.json();
    expect((await read(id)).rawPayload.equals(packed)).toBe(true);
    await betony.inject({ method: 'DELETE', url: url(`/${id}`), headers: rose.headers });
  });

  describe('pictures are drawn again', () => {
    const kept = async (bytes: Buffer, name: string): Promise<Buffer> => {
      const sent = await send(aForm(bytes, { name, type: 'image/jpeg' }), '?kind=photo_of_place');
      expect({ status: sent.statusCode, body: sent.statusCode === 201 || sent.body }).toEqual({
        status: 201,
        body: true,
      });
      const { id } = sent.json();
      const saved = (await read(id)).rawPayload;
      await betony.inject({ method: 'DELETE', url: url(`/${id}`), headers: rose.headers });
      return saved;
    };
    const located = () =>
      picture('jpeg')
        .withExif({
          IFD0: { Artist: 'Rose Hall', Copyright: 'Rose Hall' },
          IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 47/1 0/1' },
        })
        .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">Rose Hall</x:xmpmeta>')
        .toBuffer();

    it('without where they were taken, and by whom', async () => {
      const before = await located();
      expect((await sharp(before).metadata()).exif).toBeDefined();
      const after = await kept(before, 'door.jpg');
      const { exif, xmp, iptc, icc, format } = await sharp(after).metadata();
      expect({ exif, xmp, iptc, icc, format }).toEqual({
        exif: undefined,
        xmp: undefined,
        iptc: undefined,
        icc: undefined,
        format: 'jpeg',
      });
      expect(after.includes('Rose')).toBe(false);
    });

    it.each([
      ['a JPEG with an archive behind it', 'jpeg', 'PK\x03\x04hidden.exePK\x05\x06'],
      ['a JPEG with a program behind it', 'jpeg', '<?php system($_GET[0]); ?>'],
      ['a PNG with a web page behind it', 'png', '<html><script>alert(1)</script>'],
      ['a PNG with a PDF behind it', 'png', '%PDF-1.4 /JavaScript %%EOF'],
    ] as const)('and %s loses it', async (_name, format, tail) => {
      const after = await kept(Buffer.concat([await picture(format).toBuffer(), text(tail)]), 'a.jpg');
      expect(after.includes(tail)).toBe(false);
      expect((await sharp(after).metadata()).format).toBe(format);
    });

    it('and a PNG with words in it loses them', async () => {
      const png = await picture('png').toBuffer();
      const words = text('Comment\0<script>alert(1)</script>');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(words.length);
      const chunk = Buffer.concat([length, text('tEXt'), words, Buffer.alloc(4)]);
      // The sum at a chunk's end is not checked for chunks that may be skipped.
      const spoilt = Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
      expect((await kept(spoilt, 'a.png')).includes('script')).toBe(false);
    });
  });

  type Hostile = [
    what: string,
    form: () => Promise<{ payload: Buffer; headers: Record<string, string> }>,
    status: number,
    field?: string | undefined,
    path?: string,
  ];
  const file = () => Promise.resolve(aForm(aPdf()));
  const HOSTILE: Hostile[] = [
    ...HOSTILE_FILES.map(({ what, bytes, name, type }): Hostile => {
      const form = async () => aForm(await bytes(), { name, type });
      return what === '11 MB' ? [what, form, 413] : [what, form, 422, 'file'];
    }),
    ['a PDF as a picture of a place', file, 422, 'file', '?kind=photo_of_place'],
    ['a certificate by kind', file, 422, 'kind', '?kind=dbs_certificate'],
    ['an identity document by kind', file, 422, 'kind', '?kind=identity_document'],
    ['a kind we do not know', file, 422, 'kind', '?kind=other'],
    ['no kind', file, 422, 'kind', ''],
    ['a kind twice', file, 422, 'kind', '?kind=dbs_policy&kind=insurance_policy'],
    ['a field we do not know', file, 422, 'path', '?kind=dbs_policy&path=/etc'],
    ...HOSTILE_FORMS.map(({ what, payload, type, status }): Hostile => [
      what,
      () => Promise.resolve({ payload: payload(''), headers: { 'content-type': type } }),
      status,
      status === 422 ? 'file' : undefined,
    ]),
  ];

  it('is tried in more than forty hostile ways', () => {
    expect(new Set(HOSTILE.map(([what]) => what)).size).toBe(HOSTILE.length);
    expect(HOSTILE.length).toBeGreaterThan(40);
  });

  it.each(HOSTILE.map((one) => [one[0], one] as const))(
    'refuses %s, and nothing is left of it',
    async (_what, [, form, status, field, path]) => {
      const answer = await send(await form(), path ?? '?kind=safeguarding_policy');
      expect({ status: answer.statusCode, body: answer.json() }).toMatchObject({
        status,
        body: { status, ...(field ? { errors: [{ field }] } : {}) },
      });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.body).not.toMatch(/at \w+ \(|node_modules|\/tmp\//);
      expect(await rows()).toEqual([]);
      expect(onDisk()).toEqual([]);
    },
  );

  it('leaves nothing of a form that stops before a slow disk has opened the file', async () => {
    const { open } = fs;
    Object.assign(fs, {
      open: (...args: Parameters<typeof open>) => {
        setTimeout(() => {
          open(...args);
        }, 100);
      },
    });
    try {
      const { payload, type } = stopsInTheMiddle;
      const answer = await send({ payload: payload(''), headers: { 'content-type': type } });
      expect(answer.statusCode).toBe(400);
      expect(onDisk()).toEqual([]);
      await wait(200);
      expect(onDisk()).toEqual([]);
    } finally {
      Object.assign(fs, { open });
    }
  });

  it('says in words why a certificate is not kept', async () => {
    const answer = await send(aForm(aPdf()), '?kind=dbs_certificate');
    expect(answer.json().errors).toEqual([{ field: 'kind', message: NO_CERTIFICATES }]);
  });

  it.each([
    ['../../../../etc/cron.d/x', 'x.pdf'],
    ['..\\..\\windows\\system32\\x.dll', 'x.pdf'],
    ['policy.pdf%00.exe', 'policy.pdf 00.pdf'],
    ['policy.html', 'policy.pdf'],
    ['policy.php.pdf', 'policy.pdf'],
    ['CON', 'CON.pdf'],
    [`${'a'.repeat(300)}.pdf`, `${'a'.repeat(100)}.pdf`],
  ])('a file called %s is saved as %s', async (name, as) => {
    const { id, name: shown } = (await send(aForm(aPdf(), { name }))).json();
    expect(shown).toBe(as);
    expect(onDisk()).toEqual([id]);
    await betony.inject({ method: 'DELETE', url: url(`/${id}`), headers: rose.headers });
  });

  it('are out of reach of other groups, and of other routes', async () => {
    const { id } = (await send(aForm(aPdf()))).json();
    const neighbour = await aMember(scheme, 'provider_member', { organisation: await aProvider(scheme) });
    expect((await read(id, neighbour)).statusCode).toBe(404);
    const elsewhere = await betony.inject({
      method: 'POST',
      url: '/api/v1/listings',
      headers: { ...rose.headers, ...aForm(aPdf()).headers },
      payload: aForm(aPdf()).payload,
    });
    expect(elsewhere.statusCode).toBe(415);
    await betony.inject({ method: 'DELETE', url: url(`/${id}`), headers: rose.headers });
  });

  it('are refused when there is no room', async () => {
    const full = await aScheme(betony);
    const theirs = await aProvider(full);
    const member = await aMember(full, 'provider_member', { organisation: theirs });
    await inScheme(full, async (tx) => {
      for (let n = 0; n < 50; n += 1) {
        await insertRow(tx, 'evidence_file', {
          scheme_id: full.id,
          id: newId(),
          organisation_id: theirs,
          kind: 'complaints_policy',
          name: 'a.pdf',
          content_type: 'application/pdf',
          bytes: 10,
          sha256: 'x',
          uploaded_at: tx.now,
        });
      }
    });
    const { payload, headers } = aForm(aPdf());
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/providers/${theirs}/evidence?kind=insurance_policy`,
      headers: { ...member.headers, ...headers },
      payload,
    });
    expect(answer.json()).toMatchObject({ status: 409, title: 'no-room' });
  });

  it('are swept when no row speaks of them, and only then', async () => {
    const { id } = (await send(aForm(aPdf()))).json();
    const folder = (part: string) => join(betony.config.dataDir, 'files', scheme.id, part);
    mkdirSync(folder('incoming'), { recursive: true });
    const [lost, half, young] = [newId(), newId(), newId()];
    writeFileSync(join(folder('kept'), lost), 'x');
    writeFileSync(join(folder('incoming'), half), 'x');
    writeFileSync(join(folder('kept'), young), 'x');
    const now = betony.clock.now().getTime() / 1000;
    for (const [part, name, age] of [
      ['kept', lost, 7200],
      ['kept', id, 7200],
      ['incoming', half, 7200],
      ['kept', young, 60],
    ] as const) {
      utimesSync(join(folder(part), name), now - age, now - age);
    }
    expect(await betony.get(EvidenceService).sweep(systemActor(scheme.id, 'files'))).toBe(2);
    expect(onDisk().sort()).toEqual([id, young].sort());
    expect((await read(id)).statusCode).toBe(200);
    await betony.inject({ method: 'DELETE', url: url(`/${id}`), headers: rose.headers });
    utimesSync(join(folder('kept'), young), now - 7200, now - 7200);
    await betony.get(EvidenceService).sweep(systemActor(scheme.id, 'files'));
  });

  /** Over a real connection, as much as is asked for and no length said beforehand. */
  const stream = (megabytes: number, stopAfter = Infinity) =>
    new Promise<number | 'broken'>((resolve) => {
      const request = httpRequest(origin + url(), {
        method: 'POST',
        headers: { ...rose.headers, 'content-type': 'multipart/form-data; boundary=b' },
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      request.on('error', () => {
        resolve('broken');
      });
      request.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4\n');
      let sent = 0;
      const more = () => {
        while (sent < megabytes) {
          if (sent >= stopAfter) {
            request.destroy();
            return;
          }
          sent += 1;
          if (!request.write(SPACES)) {
            request.once('drain', more);
            return;
          }
        }
        request.end('\r\n--b--\r\n');
      };
      more();
    });

  it('of 100 MB without a length are refused at no more memory than a chunk', async () => {
    // Far from all of it; what the sender of this test has in hand counts too.
    const MOST = 40 * MB;
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const taken = () => process.memoryUsage().arrayBuffers - before;
    const watching = setInterval(() => {
      if (taken() > MOST) collect();
      most = Math.max(most, taken());
    }, 5);
    const answer = await stream(100);
    clearInterval(watching);
    expect([413, 'broken']).toContain(answer);
    expect(most).toBeLessThan(MOST);
    await eventually(() => onDisk().length === 0);
    expect(await rows()).toEqual([]);
  });

  it('that break off in the middle leave nothing behind', async () => {
    expect(await Promise.all([stream(9, 3), stream(9, 1), stream(9, 5)])).toEqual([
      'broken',
      'broken',
      'broken',
    ]);
    await eventually(() => onDisk().length === 0);
    expect(await rows()).toEqual([]);
  });
});
