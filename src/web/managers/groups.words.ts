import type { Tradition } from '../../platform/words/traditions.js';
import type { Food, Prayer, ReligiousContent } from '../../providers/provider.types.js';
import { LIMIT_WORDS } from '../listing/listing.words.js';
import { DAY_WORDS } from '../link-worker/groups.words.js';
import { choicesOf, languageInWords, NEED_WORDS } from '../layout/words.js';
import { OFFERED_LANGUAGES } from '../my/my.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const TRADITION_WORDS: Record<Tradition, string> = sayAll({
  bahai: 'Bahá’í',
  buddhist: 'Buddhist',
  christian: 'Christian',
  hindu: 'Hindu',
  humanist: 'Humanist',
  jain: 'Jain',
  jewish: 'Jewish',
  muslim: 'Muslim',
  pagan: 'Pagan',
  sikh: 'Sikh',
  zoroastrian: 'Zoroastrian',
  interfaith: 'Several together',
  other: 'Another',
});

const PRAYER_WORDS: Record<Prayer, string> = sayAll({
  never: 'Never',
  only_if_asked: 'Only where somebody asks for it',
  may_ask_first: 'Somebody may offer it, and asks first',
});

const CONTENT_WORDS: Record<ReligiousContent, string> = sayAll({
  none: 'None',
  optional: 'Some, and nobody has to take part',
  part_of_it: 'It is part of what happens',
});

const FOOD_WORDS: Record<Food, string> = sayAll({
  halal: 'Halal',
  kosher: 'Kosher',
  vegetarian: 'Vegetarian',
  vegan: 'Vegan',
  alcohol_free: 'Free of alcohol',
});

const unsaid = sayAll({ value: '', text: 'Nobody has said yet' });
const YES_OR_NO = sayAll([unsaid, { value: 'yes', text: 'Yes' }, { value: 'no', text: 'No' }]);

/** What every group is asked of itself; `languages` are those it has said already. */
export const profileChoices = (languages: readonly string[]) => ({
  needs: choicesOf(NEED_WORDS),
  limits: choicesOf(LIMIT_WORDS),
  days: choicesOf(DAY_WORDS),
  food: choicesOf(FOOD_WORDS),
  yesOrNo: YES_OR_NO,
  traditions: [{ value: '', text: say('None, or not said') }, ...choicesOf(TRADITION_WORDS)],
  prayer: [unsaid, ...choicesOf(PRAYER_WORDS)],
  content: [unsaid, ...choicesOf(CONTENT_WORDS)],
  languages: [...new Set([...languages, ...OFFERED_LANGUAGES])].map((value) => ({
    value,
    text: languageInWords(value),
  })),
});
