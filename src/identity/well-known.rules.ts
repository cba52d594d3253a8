/** What is left must be this long to be looked up by itself, and what is repeated to be more than a rhythm. */
const CORE_MIN = 4;

/**
 * Whether a password is among the first that attackers try: on the list of passwords from published breaches, such a
 * one with digits or signs before or after it, or one written several times over. Letters count as small ones.
 * `known` holds the list, all in small letters.
 */
export function isWellKnown(password: string, known: ReadonlySet<string>): boolean {
  const small = password.normalize('NFKC').toLowerCase();
  const core = /\p{L}(?:.*\p{L})?/su.exec(small)?.[0] ?? '';
  return [small, core].some((text) => {
    const piece = repeatedIn(text);
    if (piece.length < CORE_MIN) return piece !== text;
    return known.has(text) || known.has(piece);
  });
}

/** The shortest piece that, written over and over, makes up the text; the text itself where there is none. */
const repeatedIn = (text: string): string => text.slice(0, (text + text).indexOf(text, 1));
