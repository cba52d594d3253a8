import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodingOf, rowsOf } from './import.file.js';
import type { RawRow } from './import.types.js';

const KIND = { format: 'csv', columns: [['name'], ['town']] } as const;

describe('a file of rows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'betony-rows-'));
  const path = join(folder, 'rows.csv');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const read = async (bytes: string, encoding: BufferEncoding = 'utf8'): Promise<RawRow[]> => {
    writeFileSync(path, Buffer.from(bytes, encoding));
    const rows: RawRow[] = [];
    for await (const row of rowsOf(KIND, path, await encodingOf(path, 'csv'))) rows.push(row);
    return rows;
  };
  const row = (at: number, name: string, town: string) => ({ row: at, cells: { name, town } });

  it.each<[string, string, BufferEncoding]>([
    ['ends its lines in one way', 'name,town\nChoir,Leeds\nLunch,York\n', 'utf8'],
    ['ends its heading in another way than its rows', 'name,town\r\nChoir,Leeds\nLunch,York\n', 'utf8'],
    ['ends its rows in another way than its heading', 'name,town\nChoir,Leeds\r\nLunch,York\r\n', 'utf8'],
    ['begins with the mark of UTF-8', '\ufeffname,town\nChoir,Leeds\nLunch,York\n', 'utf8'],
  ])('is read whatever %s', async (_what, text, encoding) => {
    expect(await read(text, encoding)).toEqual([row(2, 'Choir', 'Leeds'), row(3, 'Lunch', 'York')]);
  });

  it('is read though it begins with the mark of UTF-8 and is Windows-1252', async () => {
    expect(await read('\xef\xbb\xbfname,town\nCaf\xe9,Leeds\n', 'latin1')).toEqual([row(2, 'Café', 'Leeds')]);
  });

  it.each([
    ['with semicolons', 'name;town\n"Choir, mixed; and loud";Leeds\n', 'Choir, mixed; and loud'],
    ['with tabs', 'name\ttown\nChoir, mixed\tLeeds\n', 'Choir, mixed'],
    [
      'with commas, though more of the others',
      'name,town,"a;b;c\n;d\te"\n"Choir; mixed",Leeds,\n',
      'Choir; mixed',
    ],
  ])('is read %s between its cells', async (_what, text, name) => {
    expect(await read(text)).toMatchObject([row(2, name, 'Leeds')]);
  });

  it.each([
    ['little', 'UTF-16LE'],
    ['big', 'UTF-16BE'],
  ])('is read in UTF-16 with its mark, its %s end first', async (end, encoding) => {
    const bytes = Buffer.from('\ufeffname\ttown\r\nCôr Tŷ 🌼\tLeeds\r\n', 'utf16le');
    writeFileSync(path, end === 'big' ? bytes.swap16() : bytes);
    expect(await encodingOf(path, 'csv')).toBe(encoding);
    const rows: RawRow[] = [];
    for await (const one of rowsOf(KIND, path, await encodingOf(path, 'csv'))) rows.push(one);
    expect(rows).toEqual([row(2, 'Côr Tŷ 🌼', 'Leeds')]);
  });

  it.each([
    ['JSON', '[{"name":"Choir","town":"Leeds"}]', 'This is JSON, not a sheet.'],
    ['a web page', '\n<!DOCTYPE html><html><body>Sign in</body></html>', 'This is a web page, not a sheet.'],
    ['XML', '<?xml version="1.0"?><groups/>', 'This is XML, not a sheet.'],
    ['columns of its own', 'a;b\n1;2\n', 'These columns are missing: name, town'],
    ['one of ours', 'x;town\n1;2\n', 'These columns are missing: name'],
  ])('is refused for being %s', async (_what, text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      extra: { errors: [{ field: 'file', message: expect.stringContaining(message) }] },
    });
  });

  it('keeps quotes that stand in the middle of a cell', async () => {
    expect(await read('name,town\nThe "open" door,Leeds\n')).toEqual([row(2, 'The "open" door', 'Leeds')]);
  });

  it.each([
    ['plain', 'x'.repeat(1_100_000)],
    ['in quotes', `"${'x'.repeat(1_100_000)}"`],
  ])('names the row with a cell that is too long, %s', async (_how, cell) => {
    await expect(read(`name,town\nChoir,Leeds\n${cell},York\n`)).rejects.toMatchObject({
      extra: { errors: [{ field: 'file', message: expect.stringMatching(/^A cell of row 3 is too long/) }] },
    });
  });

  it('names the row whose quote never ends', async () => {
    await expect(read('name,town\nChoir,Leeds\nLunch,York\n"Half,Leeds\n')).rejects.toMatchObject({
      extra: { errors: [{ field: 'file', message: expect.stringContaining('Row 4 cannot be read') }] },
    });
  });
});
