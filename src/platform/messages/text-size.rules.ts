/** The alphabet of 3GPP TS 23.038 section 6.2.1: one unit of seven bits each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension table: an escape before each, so two units. */
const EXTENDED = new Set('\f^{}\\[~]|€');

const ONE = { gsm7: 160, ucs2: 70 } as const;
/** Each part of a longer text gives up room to say which part it is. */
const EACH = { gsm7: 153, ucs2: 67 } as const;

/** Longer ones cost more and come apart on old telephones. */
export const MOST_SEGMENTS = 2;

export interface TextSize {
  alphabet: 'gsm7' | 'ucs2';
  segments: number;
}

/**
 * How many parts a text message travels in. One character outside GSM-7 makes the whole of it UCS-2. A character of two
 * units (an escape and its letter, or a surrogate pair) is never cut in two, so a part may end a unit early.
 */
export function textSize(text: string): TextSize {
  const characters = Array.from(text);
  const alphabet = characters.every((one) => BASIC.has(one) || EXTENDED.has(one)) ? 'gsm7' : 'ucs2';
  const units = characters.map((one) => (alphabet === 'ucs2' ? one.length : EXTENDED.has(one) ? 2 : 1));
  const total = units.reduce((sum, one) => sum + one, 0);
  if (total <= ONE[alphabet]) return { alphabet, segments: 1 };
  let segments = 1;
  let used = 0;
  for (const one of units) {
    if (used + one > EACH[alphabet]) {
      segments += 1;
      used = 0;
    }
    used += one;
  }
  return { alphabet, segments };
}
