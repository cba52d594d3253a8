import { create } from 'qrcode';

/** Modules of white that a reader needs around the code (ISO/IEC 18004). */
const QUIET = 4;

export interface QrPicture {
  /** Of the whole, in modules. */
  size: number;
  /** The dark modules, as the path of an SVG. */
  path: string;
}

/** A picture that telephones read, drawn by attributes alone: it needs no other file, and no style inside the page. */
export function qrPicture(text: string): QrPicture {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  const path = Array.from(data, (dark, index) =>
    dark === 1
      ? `M${String((index % size) + QUIET)} ${String(Math.floor(index / size) + QUIET)}h1v1h-1z`
      : '',
  ).join('');
  return { size: size + 2 * QUIET, path };
}
