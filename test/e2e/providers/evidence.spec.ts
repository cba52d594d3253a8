import fs, { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
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
import { eventually } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';
import { aForm, aPdf, packedPdf } from '../../support/upload.js';

const MB = 1024 * 1024;
const JAVASCRIPT = '<</S/JavaScript/JS(app.alert(1))>>';
const SPACES = Buffer.alloc(MB, 0x20);
const text = (words: string) => Buffer.from(words, 'latin1');
const picture = (format: 'jpeg' | 'png', size = 32) =>
  sharp({ create: { width: size, height: size, channels: 3, background: '#3a7' } })[format]();

/** A PNG that says it is 60,000 by 60,000 and is a few bytes. */
function hugePng(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, text(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

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
    form: () => Promise<{ payload: Buffer | string; headers: Record<string, string> }>,
    status: number,
    field?: string,
    path?: string,
  ];
  const file =
    (bytes: Buffer | (() => Buffer | Promise<Buffer>), options: Parameters<typeof aForm>[1] = {}) =>
    async () =>
      aForm(typeof bytes === 'function' ? await bytes() : bytes, options);
  const raw =
    (payload: string, type = 'multipart/form-data; boundary=b') =>
    () =>
      Promise.resolve({ payload, headers: { 'content-type': type } });
  const head = (extra: string) => `--b\r\ncontent-disposition: form-data; ${extra}\r\n\r\n`;

  const HOSTILE: Hostile[] = [
    ['nothing in it', file(Buffer.alloc(0)), 422, 'file'],
    ['one null byte', file(Buffer.alloc(1)), 422, 'file'],
    ['a megabyte of null bytes', file(Buffer.alloc(MB)), 422, 'file'],
    ['a web page called a PDF', file(text('<html><script>alert(1)</script></html>')), 422, 'file'],
    ['a web page that begins like a PDF', file(text('%PDF-1.4\n<html><script>x</script>%%EOF')), 422, 'file'],
    ['a PDF after a line of JavaScript', file(Buffer.concat([text('x=`'), aPdf()])), 422, 'file'],
    ['a PDF with JavaScript', file(aPdf('x', '/OpenAction<</S/JavaScript/JS(app.alert(1))>>')), 422, 'file'],
    ['a PDF with hidden JavaScript', file(aPdf('x', '/AA<</O<</S/J#61v#61Script/JS(x)>>>>')), 422, 'file'],
    ['a PDF that starts a program', file(aPdf('x', '/OpenAction<</S/Launch/F(calc.exe)>>')), 422, 'file'],
    ['a PDF with a file inside', file(aPdf('x', '/Names<</EmbeddedFiles 9 0 R>>')), 422, 'file'],
    ['a PDF with JavaScript among packed objects', file(packedPdf([JAVASCRIPT])), 422, 'file'],
    ['a PDF that packs it under no name', file(packedPdf([JAVASCRIPT], { type: '' })), 422, 'file'],
    ['a PDF that packs it twice over', file(packedPdf([JAVASCRIPT], { filter: '[/Fl/Fl]' })), 422, 'file'],
    [
      'a PDF that opens a website, packed',
      file(packedPdf(['<</OpenAction<</S/URI/URI(x)>>>>'])),
      422,
      'file',
    ],
    [
      'a PDF that unpacks to 9 MB of nothing',
      file(packedPdf([`<</X(${' '.repeat(9 * MB)})>>`])),
      422,
      'file',
    ],
    [
      'a PDF whose packed objects do not unpack',
      file(packedPdf(['<<>>'], { packed: text('x') })),
      422,
      'file',
    ],
    ['a PDF as a picture of a place', file(aPdf()), 422, 'file', '?kind=photo_of_place'],
    ['a PDF with a form that runs', file(aPdf('x', '/AcroForm<</XFA 9 0 R>>')), 422, 'file'],
    ['a PDF with a film', file(aPdf('x', '/RichMedia 9 0 R')), 422, 'file'],
    ['a PDF cut in half', file(aPdf().subarray(0, 120)), 422, 'file'],
    [
      'a PDF with an archive inside its end',
      file(Buffer.concat([aPdf().subarray(0, -6), text('PK\x05\x06'), Buffer.alloc(18), text('\n%%EOF\n')])),
      422,
      'file',
    ],
    [
      'a PDF with a megabyte behind its end',
      file(Buffer.concat([aPdf(), Buffer.alloc(MB, 0x41)])),
      422,
      'file',
    ],
    [
      'a drawing with a script',
      file(text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), {
        name: 'a.svg',
        type: 'image/svg+xml',
      }),
      422,
      'file',
    ],
    [
      'a drawing called a PNG',
      file(text('<?xml version="1.0"?><svg onload="alert(1)"/>'), { name: 'a.png', type: 'image/png' }),
      422,
      'file',
    ],
    [
      'a drawing that reads our files',
      file(text('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'), { name: 'a.png' }),
      422,
      'file',
    ],
    ['an archive', file(text('PK\x03\x04\x14\0\0\0\x08\0')), 422, 'file'],
    ['an archive that unpacks to a gigabyte', file(gzipSync(Buffer.alloc(8 * MB))), 422, 'file'],
    [
      'a Word document',
      file(text('PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml word/document.xml'), { name: 'p.docx' }),
      422,
      'file',
    ],
    [
      'an old Word document',
      file(
        Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]),
        { name: 'p.doc' },
      ),
      422,
      'file',
    ],
    [
      'a program for Windows',
      file(Buffer.concat([text('MZ\x90\0'), Buffer.alloc(600)]), { name: 'policy.pdf' }),
      422,
      'file',
    ],
    [
      'a program for Linux',
      file(Buffer.concat([text('\x7fELF\x02\x01\x01'), Buffer.alloc(600)])),
      422,
      'file',
    ],
    ['a shell script', file(text('#!/bin/sh\nrm -rf /\n')), 422, 'file'],
    ['a moving picture', file(text('GIF89a\x01\0\x01\0\0\0\0;'), { name: 'a.gif' }), 422, 'file'],
    [
      'a picture of another kind',
      file(() => picture('jpeg').webp().toBuffer(), { name: 'a.jpg' }),
      422,
      'file',
    ],
    ['a picture that unpacks to 10 GB', file(hugePng(), { name: 'a.png', type: 'image/png' }), 422, 'file'],
    [
      'a JPEG cut in half',
      file(async () => (await picture('jpeg', 400).toBuffer()).subarray(0, 400), { name: 'a.jpg' }),
      422,
      'file',
    ],
    ['the beginning of a JPEG alone', file(Buffer.from([0xff, 0xd8, 0xff, 0xe0])), 422, 'file'],
    [
      'the beginning of a PNG alone',
      file(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
      422,
      'file',
    ],
    [
      'a JPEG whose middle is noise',
      file(
        async () => {
          const jpeg = await picture('jpeg', 400).toBuffer();
          jpeg.fill(0xff, 200, 260);
          return jpeg;
        },
        { name: 'a.jpg' },
      ),
      422,
      'file',
    ],
    ['11 MB', file(Buffer.concat([aPdf(), Buffer.alloc(11 * MB)])), 413],
    ['a certificate by name', file(aPdf(), { name: 'DBS certificate Rose Hall.pdf' }), 422, 'file'],
    ['a passport by name', file(() => picture('jpeg').toBuffer(), { name: 'passport.jpg' }), 422, 'file'],
    ['a certificate by kind', file(aPdf()), 422, 'kind', '?kind=dbs_certificate'],
    ['an identity document by kind', file(aPdf()), 422, 'kind', '?kind=identity_document'],
    ['a kind we do not know', file(aPdf()), 422, 'kind', '?kind=other'],
    ['no kind', file(aPdf()), 422, 'kind', ''],
    ['a kind twice', file(aPdf()), 422, 'kind', '?kind=dbs_policy&kind=insurance_policy'],
    ['a field we do not know', file(aPdf()), 422, 'path', '?kind=dbs_policy&path=/etc'],
    ['a part by another name', file(aPdf(), { field: 'upload' }), 422, 'file'],
    ['a part called __proto__', file(aPdf(), { field: '__proto__' }), 400],
    ['a form without a file', raw(`${head('name="file"')}words\r\n--b--\r\n`), 422, 'file'],
    ['an empty form', raw('--b--\r\n'), 422, 'file'],
    [
      'two files',
      raw(
        `${head('name="file"; filename="a.pdf"')}${aPdf().toString('latin1')}\r\n${head('name="file"; filename="b.pdf"')}x\r\n--b--\r\n`,
      ),
      422,
      'file',
    ],
    ['a form that stops in the middle', raw(`${head('name="file"; filename="a.pdf"')}%PDF-1.4 half`), 400],
    ['no boundary', raw('x', 'multipart/form-data'), 400],
    ['another boundary than its own', raw('--c\r\n\r\n', 'multipart/form-data; boundary=b'), 400],
    ['a part without headers', raw('--b\r\n\r\nx\r\n--b--\r\n'), 422, 'file'],
    ['JSON', raw('{"file":"x"}', 'application/json'), 415],
    ['a mixed body', raw('--b--', 'multipart/mixed; boundary=b'), 415],
    ['a form of fields', raw('file=x', 'application/x-www-form-urlencoded'), 415],
    ['bytes alone', raw('%PDF-1.4', 'application/octet-stream'), 415],
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
      const answer = await send(
        await raw(`${head('name="file"; filename="a.pdf"')}%PDF-1.4 half`)(),
        '?kind=safeguarding_policy',
      );
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
      request.write(`${head('name="file"; filename="a.pdf"')}%PDF-1.4\n`);
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
