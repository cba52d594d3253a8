import { createRequire } from 'node:module';
import type { FastifyReply } from 'fastify';
import type pdfmake from 'pdfmake';
import { type Block, type Letter, runsOf } from './letter.rules.js';

const { resolve } = createRequire(import.meta.url);

const noto = (script: string, weight: 400 | 700): string =>
  resolve(
    `@fontsource/noto-sans-${script}/files/noto-sans-${script}-${script}-${String(weight)}-normal.woff`,
  );
const roboto = (weight: 'Regular' | 'Medium'): string => resolve(`pdfmake/fonts/Roboto/Roboto-${weight}.ttf`);

const FONTS = {
  Roboto: { normal: roboto('Regular'), bold: roboto('Medium') },
  Bengali: { normal: noto('bengali', 400), bold: noto('bengali', 700) },
  Devanagari: { normal: noto('devanagari', 400), bold: noto('devanagari', 700) },
};
const FILES: ReadonlySet<string> = new Set(
  Object.values(FONTS).flatMap(({ normal, bold }) => [normal, bold]),
);

/** Two megabytes of program, which most processes never need: read with the first letter. */
async function writer(): Promise<typeof pdfmake> {
  const { default: made } = await import('pdfmake');
  made.setFonts(FONTS);
  // A letter is made of words alone: whatever they say, nothing is fetched, and no file read but our fonts.
  made.setUrlAccessPolicy(() => false);
  made.setLocalAccessPolicy((path) => FILES.has(path));
  return made;
}

function contentOf(block: Block): object {
  if ('heading' in block) return { text: runsOf(block.heading), style: 'heading' };
  if ('text' in block) return { text: runsOf(block.text), style: 'text' };
  const items = block.list.map((one) => ({ text: runsOf(one) }));
  return { [block.numbered ? 'ol' : 'ul']: items, style: 'text' };
}

/** A4, in type that most people read without glasses. */
export async function pdfOf({ title, blocks }: Letter, language: string): Promise<Buffer> {
  const pdfmake = await writer();
  return pdfmake
    .createPdf({
      content: [{ text: runsOf(title), style: 'title' }, ...blocks.map(contentOf)],
      pageSize: 'A4',
      pageMargins: [56, 56, 56, 56],
      language,
      info: { title },
      defaultStyle: { font: 'Roboto', fontSize: 14, lineHeight: 1.3 },
      styles: {
        title: { fontSize: 22, bold: true, margin: [0, 0, 0, 14] },
        heading: { fontSize: 17, bold: true, margin: [0, 12, 0, 6] },
        text: { margin: [0, 0, 0, 8] },
      },
    })
    .getBuffer();
}

/** Its name says nothing of what is in it: names of files are read in lists and logs. */
export async function sendPdf(reply: FastifyReply, name: string, file: Buffer): Promise<void> {
  await reply
    .type('application/pdf')
    .headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}.pdf"` })
    .send(file);
}
