/** What may be kept: what every office can make and no reader runs. The list is short on purpose. */
export const CONTENT_TYPES = ['application/pdf', 'image/jpeg', 'image/png'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

const EXTENSIONS: Record<ContentType, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
};

export const isContentType = (type: string | undefined): type is ContentType =>
  (CONTENT_TYPES as readonly (string | undefined)[]).includes(type);

/** What was seen of a file's bytes while they went by. */
export interface Seen {
  bytes: number;
  /** Its first bytes, and its last. */
  head: Buffer;
  tail: Buffer;
  /** Names that no policy needs, such as /JavaScript. */
  active: boolean;
}

/** Names in a PDF that run something, start something, or hide another file. */
const ACTIVE = /\/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA)\b/;

/** Names may be written with #xx for any letter. */
export const hasActiveNames = (text: string): boolean =>
  ACTIVE.test(
    text.replace(/#([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
  );

export const DOES_SOMETHING = 'This PDF does something when it is opened. Print it to PDF, then send that.';
export const UNSEEN_PARTS = 'Parts of this PDF cannot be looked through. Print it to PDF, then send that.';

const MARKUP = /<\s*(?:script|html|svg|iframe|!doctype|\?xml|\?php)/i;
const END_OF_ZIP = Buffer.from('PK\x05\x06', 'latin1');

/**
 * Why a PDF is not kept, by its bytes; null when nothing speaks against it. A file that is also something else (a web page,
 * an archive), that ends early, or that does something when opened is refused.
 */
export function pdfProblem({ head, tail, active }: Seen): string | null {
  if (!head.subarray(0, 5).equals(Buffer.from('%PDF-')))
    return 'This is not a whole PDF. Save it again as PDF.';
  if (MARKUP.test(head.subarray(0, 1024).toString('latin1')))
    return 'This is a web page that calls itself a PDF.';
  if (!tail.subarray(-2048).includes('%%EOF')) return 'This PDF ends too early. Save it again, then send it.';
  if (tail.includes(END_OF_ZIP)) return 'This PDF has an archive inside. Send the document alone.';
  return active ? DOES_SOMETHING : null;
}

/** Controls, and marks that turn the direction of writing: "fdp.exe" must not read "exe.pdf". */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const LONGEST = 100;

/** What a name is called apart from one kind of file after another: "letter.pdf.exe" is "letter". */
function withoutEndings(name: string): string {
  const parts = name.split('.');
  while (parts.length > 1 && /^[A-Za-z0-9]{1,5}$/.test(parts.at(-1) ?? '')) parts.pop();
  return parts.join('.');
}

/** A name to show and to save under: the last part of a path, nothing unseen, and the ending of what the file really is. */
export function safeName(given: string | undefined, type: ContentType): string {
  const last = (given ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(UNSEEN, '')
    .replace(/[<>:"|?*;%]/g, ' ')
    .trim();
  const named = withoutEndings(plain)
    .replace(/^[.\s]+/, '')
    .replace(/\s+/g, ' ')
    .trim();
  const short = Array.from(named).slice(0, LONGEST).join('').trim();
  return `${short === '' ? 'document' : short}.${EXTENSIONS[type]}`;
}

/** The header that makes a browser save a file and never show it. */
export const attachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`;
