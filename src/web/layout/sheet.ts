import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { CsvLine } from '../../imports/raw.rules.js';

type Lines = Iterable<CsvLine> | AsyncIterable<CsvLine>;

/** Hands lines over as a file for a spreadsheet, which takes it for UTF-8 by its first mark. The only door for CSV at the desk. */
export async function sendSheet(reply: FastifyReply, name: string, lines: Lines): Promise<void> {
  await reply
    .type('text/csv; charset=utf-8')
    .headers({
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="${name}.csv"`,
    })
    .send(Readable.from(sheetOf(lines), { objectMode: false }));
}

async function* sheetOf(lines: Lines): AsyncGenerator<string> {
  yield '\uFEFF';
  yield* lines;
}
