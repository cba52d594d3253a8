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
