import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { aForm, aPdf, packedPdf } from './upload.js';

const MB = 1024 * 1024;
const JAVASCRIPT = '<</S/JavaScript/JS(app.alert(1))>>';
export const text = (words: string) => Buffer.from(words, 'latin1');
export const picture = (format: 'jpeg' | 'png', size = 32) =>
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

/** What a browser says beside the bytes of a file. */
interface Said {
  name?: string;
  type?: string;
}

export interface HostileFile extends Said {
  what: string;
  bytes: () => Promise<Buffer>;
}

type Bytes = Buffer | (() => Buffer | Promise<Buffer>);
const file = (bytes: Bytes, said: Said = {}): Omit<HostileFile, 'what'> => ({
  ...said,
  bytes: async () => (typeof bytes === 'function' ? bytes() : bytes),
});

/** Files that no door takes, whatever it is for: broken, of another kind than they say, or with something in them that runs. */
export const HOSTILE_FILES: readonly HostileFile[] = (
  [
    ['nothing in it', file(Buffer.alloc(0))],
    ['one null byte', file(Buffer.alloc(1))],
    ['a megabyte of null bytes', file(Buffer.alloc(MB))],
    ['a web page called a PDF', file(text('<html><script>alert(1)</script></html>'))],
    ['a web page that begins like a PDF', file(text('%PDF-1.4\n<html><script>x</script>%%EOF'))],
    ['a PDF after a line of JavaScript', file(Buffer.concat([text('x=`'), aPdf()]))],
    ['a PDF with JavaScript', file(aPdf('x', '/OpenAction<</S/JavaScript/JS(app.alert(1))>>'))],
    ['a PDF with hidden JavaScript', file(aPdf('x', '/AA<</O<</S/J#61v#61Script/JS(x)>>>>'))],
    ['a PDF that starts a program', file(aPdf('x', '/OpenAction<</S/Launch/F(calc.exe)>>'))],
    ['a PDF with a file inside', file(aPdf('x', '/Names<</EmbeddedFiles 9 0 R>>'))],
    ['a PDF with JavaScript among packed objects', file(packedPdf([JAVASCRIPT]))],
    ['a PDF that packs it under no name', file(packedPdf([JAVASCRIPT], { type: '' }))],
    ['a PDF that packs it twice over', file(packedPdf([JAVASCRIPT], { filter: '[/Fl/Fl]' }))],
    ['a PDF that opens a website, packed', file(packedPdf(['<</OpenAction<</S/URI/URI(x)>>>>']))],
    ['a PDF that unpacks to 9 MB of nothing', file(packedPdf([`<</X(${' '.repeat(9 * MB)})>>`]))],
    ['a PDF whose packed objects do not unpack', file(packedPdf(['<<>>'], { packed: text('x') }))],
    ['a PDF with a form that runs', file(aPdf('x', '/AcroForm<</XFA 9 0 R>>'))],
    ['a PDF with a film', file(aPdf('x', '/RichMedia 9 0 R'))],
    ['a PDF cut in half', file(aPdf().subarray(0, 120))],
    [
      'a PDF with an archive inside its end',
      file(Buffer.concat([aPdf().subarray(0, -6), text('PK\x05\x06'), Buffer.alloc(18), text('\n%%EOF\n')])),
    ],
    ['a PDF with a megabyte behind its end', file(Buffer.concat([aPdf(), Buffer.alloc(MB, 0x41)]))],
    [
      'a drawing with a script',
      file(text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), {
        name: 'a.svg',
        type: 'image/svg+xml',
      }),
    ],
    [
      'a drawing called a PNG',
      file(text('<?xml version="1.0"?><svg onload="alert(1)"/>'), { name: 'a.png', type: 'image/png' }),
    ],
    [
      'a drawing that reads our files',
      file(text('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'), { name: 'a.png' }),
    ],
    ['an archive', file(text('PK\x03\x04\x14\0\0\0\x08\0'))],
    ['an archive that unpacks to a gigabyte', file(gzipSync(Buffer.alloc(8 * MB)))],
    [
      'a Word document',
      file(text('PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml word/document.xml'), { name: 'p.docx' }),
    ],
    [
      'an old Word document',
      file(
        Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]),
        { name: 'p.doc' },
      ),
    ],
    [
      'a program for Windows',
      file(Buffer.concat([text('MZ\x90\0'), Buffer.alloc(600)]), { name: 'policy.pdf' }),
    ],
    ['a program for Linux', file(Buffer.concat([text('\x7fELF\x02\x01\x01'), Buffer.alloc(600)]))],
    ['a shell script', file(text('#!/bin/sh\nrm -rf /\n'))],
    ['a moving picture', file(text('GIF89a\x01\0\x01\0\0\0\0;'), { name: 'a.gif' })],
    ['a picture of another kind', file(() => picture('jpeg').webp().toBuffer(), { name: 'a.jpg' })],
    ['a picture that unpacks to 10 GB', file(hugePng(), { name: 'a.png', type: 'image/png' })],
    [
      'a JPEG cut in half',
      file(async () => (await picture('jpeg', 400).toBuffer()).subarray(0, 400), { name: 'a.jpg' }),
    ],
    ['the beginning of a JPEG alone', file(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))],
    ['the beginning of a PNG alone', file(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))],
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
    ],
    ['11 MB', file(Buffer.concat([aPdf(), Buffer.alloc(11 * MB)]))],
    ['a certificate by name', file(aPdf(), { name: 'DBS certificate Rose Hall.pdf' })],
    ['a passport by name', file(() => picture('jpeg').toBuffer(), { name: 'passport.jpg' })],
  ] as const
).map(([what, given]) => ({ what, ...given }));

/** The boundary of the forms below. */
export const BOUNDARY = 'b';
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;
/** A field of such a form, as it stands before the file. */
export const field = (name: string, value: string): string => `${head(`name="${name}"`)}${value}\r\n`;

export interface HostileForm {
  what: string;
  /** `before` are the fields that a door wants before the file. */
  payload: (before: string) => Buffer;
  type: string;
  /** With what a program is refused. */
  status: number;
}

const form = (
  what: string,
  status: number,
  words: string | ((before: string) => Buffer),
  type = FORM,
): HostileForm => ({
  what,
  status,
  type,
  payload:
    typeof words === 'string' ? (before) => text((words.startsWith('--b') ? before : '') + words) : words,
});
const head = (extra: string) => `--${BOUNDARY}\r\ncontent-disposition: form-data; ${extra}\r\n\r\n`;
const aFile = (name: string, words: string) => `${head(`name="file"; filename="${name}"`)}${words}`;
const named = (name: string) => (before: string) =>
  Buffer.concat([text(before), aForm(aPdf(), { field: name, boundary: BOUNDARY }).payload]);

/** What is no form with one file in it. */
export const HOSTILE_FORMS: readonly HostileForm[] = [
  form('a part by another name', 422, named('upload')),
  form('a part called __proto__', 400, named('__proto__')),
  form('a form without a file', 422, `${head('name="file"')}words\r\n--b--\r\n`),
  form('an empty form', 422, '--b--\r\n'),
  form(
    'two files',
    422,
    `${aFile('a.pdf', aPdf().toString('latin1'))}\r\n${aFile('b.pdf', 'x')}\r\n--b--\r\n`,
  ),
  form('a form that stops in the middle', 400, aFile('a.pdf', '%PDF-1.4 half')),
  form('no boundary', 400, 'x', 'multipart/form-data'),
  form('another boundary than its own', 400, '--c\r\n\r\n'),
  form('a part without headers', 422, '--b\r\n\r\nx\r\n--b--\r\n'),
  form('JSON', 415, '{"file":"x"}', 'application/json'),
  form('a mixed body', 415, '--b--', 'multipart/mixed; boundary=b'),
  form('a form of fields', 415, 'file=x', 'application/x-www-form-urlencoded'),
  form('bytes alone', 415, '%PDF-1.4', 'application/octet-stream'),
];
