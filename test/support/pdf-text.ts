import { inflateSync } from 'node:zlib';

/** One object of a file: what is said of it, and its stream unpacked. */
interface PdfObject {
  said: string;
  stream: string;
}

const unpacked = (bytes: Buffer): string => {
  try {
    return inflateSync(bytes).toString('latin1');
  } catch {
    // Not packed, or a picture or a font.
    return bytes.toString('latin1');
  }
};

function objectsOf(file: Buffer): Map<string, PdfObject> {
  const text = file.toString('latin1');
  const objects = new Map<string, PdfObject>();
  for (const found of text.matchAll(/(\d+) 0 obj\r?\n?([\s\S]*?)\r?\n?endobj/g)) {
    const [, id = '', content = ''] = found;
    const [said = '', ...rest] = content.split(/stream\r?\n/);
    const packed = rest.join('stream\n').replace(/\r?\nend(stream\n)?$/, '');
    objects.set(id, { said, stream: packed === '' ? '' : unpacked(Buffer.from(packed, 'latin1')) });
  }
  return objects;
}

const unicode = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le');

/** What each glyph of a font says, by its number in four hexadecimal digits. */
function glyphsOf(cmap: string): Map<string, string> {
  const glyphs = new Map<string, string>();
  for (const [, block = ''] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, first = '', list = ''] of block.matchAll(/<(\w+)>\s*<\w+>\s*\[([^\]]*)\]/g)) {
      [...list.matchAll(/<(\w+)>/g)].forEach(([, hex = ''], index) => {
        glyphs.set((parseInt(first, 16) + index).toString(16).padStart(4, '0'), unicode(hex));
      });
    }
  }
  return glyphs;
}

/**
 * The words of a PDF as pdfmake writes it, and everything else in it unpacked: its letters are numbers of glyphs in a packed
 * stream, where no search would find them.
 */
export function textOfPdf(file: Buffer): string {
  const objects = objectsOf(file);
  const fonts = new Map<string, Map<string, string>>();
  for (const { said } of objects.values()) {
    for (const [, name = '', id = ''] of said.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id)?.said ?? '')?.[1] ?? '';
      fonts.set(name, glyphsOf(objects.get(map)?.stream ?? ''));
    }
  }
  const words: string[] = [];
  for (const { stream } of objects.values()) {
    let glyphs = new Map<string, string>();
    for (const [, font, shown = ''] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (font !== undefined) glyphs = fonts.get(font) ?? new Map<string, string>();
      const hex = [...shown.matchAll(/<(\w+)>/g)].map(([, part = '']) => part).join('');
      words.push((hex.match(/.{4}/g) ?? []).map((glyph) => glyphs.get(glyph) ?? '').join(''));
    }
  }
  return [
    words.join('').replaceAll(/ +/g, ' '),
    ...[...objects.values()].flatMap(({ said, stream }) => [said, stream]),
  ].join('\n');
}
