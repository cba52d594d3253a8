/** Faith traditions, as a group may show them and a person may ask for their own. `other` never matches another. */
export const TRADITIONS = [
  'bahai',
  'buddhist',
  'christian',
  'hindu',
  'humanist',
  'jain',
  'jewish',
  'muslim',
  'pagan',
  'sikh',
  'zoroastrian',
  'interfaith',
  'other',
] as const;
export type Tradition = (typeof TRADITIONS)[number];
