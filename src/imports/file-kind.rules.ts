const SAVE = 'choose Save as and the type “CSV UTF-8”, then send that file';
const SHEET = `Open it in a spreadsheet program, ${SAVE}`;

/** What people send in place of a list as text, and what to do, by its type as its content tells. */
const KINDS: readonly (readonly [RegExp, string, string])[] = [
  [/ms-excel|spreadsheetml/, 'an Excel workbook', `In Excel ${SAVE}`],
  [/opendocument\.spreadsheet/, 'an OpenDocument sheet', SHEET],
  [/x-cfb/, 'a file of an older Office program', SHEET],
  [
    /msword|wordprocessingml|opendocument\.text|rtf/,
    'a text document',
    'Copy its table into a sheet and save that as CSV UTF-8',
  ],
  [/pdf/, 'a PDF', 'Ask whoever made it for the sheet behind it, saved as CSV UTF-8'],
  [/^image\//, 'a picture', 'Send the list itself, as a sheet saved as CSV UTF-8'],
  [
    /zip|gzip|tar|7z|rar|bzip|x-xz|zstd/,
    'a packed file or a workbook',
    'Unpack it and send the list in it. A workbook: save it as CSV UTF-8',
  ],
];
const OTHER = ['not a text file', 'Save the list as CSV UTF-8, then send that file'] as const;
const JSON_WANTED = 'Services of groups come as JSON or NDJSON, the way their directory gives them out';

/** Of a file's first bytes, as many as a text may hold that no text needs. */
const MOST_UNSEEN = 0.1;

const isUnseen = (byte: number): boolean =>
  byte < 0x20 && ![0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b].includes(byte);

/**
 * What a file is whose first bytes are no text, and how to send what is in it; null for text. `mime` is its type by its
 * content, where that is known: not believed of a text, whose heading may well begin like a picture.
 */
export function noTextProblem(
  head: Uint8Array,
  mime: string | undefined,
  format: 'csv' | 'json',
): string | null {
  const unseen = head.filter(isUnseen).length;
  const written = mime === 'application/pdf' || mime === 'application/rtf';
  if (!written && (mime === undefined ? unseen <= head.length * MOST_UNSEEN : unseen === 0)) return null;
  const [, what, how] = KINDS.find(([type]) => type.test(mime ?? '')) ?? [null, ...OTHER];
  return `This is ${what}. ${format === 'json' ? JSON_WANTED : how}`;
}

/** What a text is that has none of our headings, by how it begins; null where it may be a sheet. */
export function otherTextProblem(head: string): string | null {
  if (/^[[{]/.test(head))
    return 'This is JSON, not a sheet. Choose what is in it, or save the sheet as CSV UTF-8';
  if (/^<(?:!doctype html|html)/i.test(head))
    return 'This is a web page, not a sheet. Save the list itself as CSV UTF-8, then send that file';
  return head.startsWith('<')
    ? 'This is XML, not a sheet. Save the list as CSV UTF-8, then send that file'
    : null;
}
