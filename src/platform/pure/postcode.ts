/*
 * Letters allowed in each place: Royal Mail's Programmers' Guide to the Postcode Address File, as in BS 7666. The
 * NHS's stand-ins for no address (ZZ99 3VZ and its like) are not postcodes: a person without one has an answer of
 * their own.
 */
const OUTWARD = String.raw`GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRV-Y])`;
const INWARD = '[0-9][ABD-HJLNP-UW-Z]{2}';
const POSTCODE = new RegExp(`^(${OUTWARD})(${INWARD})$`);

/**
 * The postcode in capitals with its one space, such as 'CO15 1AB', or null when it is not a whole UK postcode. The
 * form is checked, not whether the postcode is in use.
 */
export function normalisePostcode(text: string): string | null {
  const parts = POSTCODE.exec(text.replace(/[\s.\p{Pd}]/gu, '').toUpperCase());
  return parts ? `${parts[1]} ${parts[2]}` : null;
}

/** The part before the space, such as 'CO15': a district, safe to show where the whole postcode is not. Refuses what is not a postcode. */
export function outwardCode(postcode: string): string {
  const whole = normalisePostcode(postcode);
  if (whole === null) throw new RangeError('Not a postcode');
  return whole.slice(0, -4);
}

/** The same of what is on record; null where there is none, or something else, as records brought from elsewhere may have. */
export const districtOf = (postcode: string | null): string | null =>
  postcode === null || normalisePostcode(postcode) === null ? null : outwardCode(postcode);

/** The district of a postcode, such as 'CO15', from what somebody typed; null when it cannot be one. */
export function normaliseOutward(text: string): string | null {
  const outward = text.replace(/\s/g, '').toUpperCase();
  // A district is real when some whole postcode could begin with it.
  return normalisePostcode(`${outward}1AA`) === `${outward} 1AA` ? outward : null;
}

/** What is said where one of several is none. */
export const NO_DISTRICT = 'Use the first part of a postcode for each, like CO15';
