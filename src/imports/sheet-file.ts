import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { CsvLine } from './raw.rules.js';

/** Lines as the answer of an API, while they are still being read. */
export const sheetFile = (name: string, lines: AsyncIterable<CsvLine>): StreamableFile =>
  new StreamableFile(Readable.from(lines, { objectMode: false }), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${name}.csv"`,
  });
