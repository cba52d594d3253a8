import { deflateSync } from 'node:zlib';

/** A form with one file, as a browser sends it. Everything about it may be said wrongly. */
export function aForm(
  bytes: Buffer,
  { field = 'file', name = 'policy.pdf', type = 'application/pdf', boundary = 'betony-boundary' } = {},
): { payload: Buffer; headers: Record<string, string> } {
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`;
  return {
    payload: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** A small whole PDF that says what it is told. */
export const aPdf = (text = 'Safeguarding policy', more = ''): Buffer =>
  Buffer.from(
    `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R${more}>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n` +
      `3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n` +
      `4 0 obj<</Length ${String(text.length + 25)}>>stream\nBT /F1 12 Tf (${text}) Tj ET\nendstream endobj\n` +
      `trailer<</Root 1 0 R>>\n%%EOF\n`,
    'latin1',
  );

/** A PDF whose objects are packed into one stream, as programs of today write them; everything about it may be said wrongly. */
export function packedPdf(
  objects: readonly string[],
  {
    type = '/Type/ObjStm',
    filter = '/FlateDecode',
    before = '',
    list = '',
    packed = null as Buffer | null,
  } = {},
): Buffer {
  let at = 0;
  const places = objects.map((object, index) => {
    const place = `${String(index + 1)} ${String(at)} `;
    at += object.length + 1;
    return place;
  });
  const header = list === '' ? places.join('') : list;
  const content = Buffer.from(header + objects.join(' '), 'latin1');
  const bytes = packed ?? (filter === '' ? content : deflateSync(content));
  const written = filter === '' ? '' : `/Filter ${filter}`;
  return Buffer.concat([
    Buffer.from(
      `%PDF-1.7\n50 0 obj<<${before}${type}/N ${String(objects.length)}/First ${String(header.length)}${written}/Length ${String(bytes.length)}>>stream\n`,
      'latin1',
    ),
    bytes,
    Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
  ]);
}
