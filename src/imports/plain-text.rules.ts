const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  rsquo: '’',
  lsquo: '‘',
  pound: '£',
};

/** The words of what may be HTML: no marks, no scripts, entities as characters, at most one empty line between two. */
export function plainText(value: unknown): string {
  if (typeof value !== 'string') return '';
  // Far more than any field holds; the rest could only cost time.
  return withoutCode(value.slice(0, 100_000))
    .replace(/<(?:br|\/p|\/div|\/li|\/h\d)\b[^<>]{0,500}>/gi, '\n')
    .replace(/<\/?[a-z!][^<>]{0,2000}>/gi, ' ')
    .replace(
      /&(#x?[0-9a-f]{1,6}|[a-z]{2,8});/gi,
      (whole, name: string) => ENTITIES[name.toLowerCase()] ?? numbered(name) ?? whole,
    )
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .normalize('NFC')
    .trim();
}

/** Piece by piece and never back, so that a text made to be slow is not. */
function withoutCode(html: string): string {
  const opens = /<(script|style)\b/gi;
  let text = '';
  let from = 0;
  for (let open = opens.exec(html); open; open = opens.exec(html)) {
    const closes = new RegExp(`</${open[1] ?? ''}`, 'gi');
    closes.lastIndex = opens.lastIndex;
    text += `${html.slice(from, open.index)} `;
    from = closes.exec(html) ? closes.lastIndex : html.length;
    // What is left of the closing mark.
    const end = html.indexOf('>', from);
    from = end < 0 ? html.length : end + 1;
    opens.lastIndex = from;
  }
  return text + html.slice(from);
}

function numbered(name: string): string | null {
  if (!name.startsWith('#')) return null;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : null;
}
