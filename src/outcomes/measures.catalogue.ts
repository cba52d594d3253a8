/**
 * The questionnaires Betony may ship, word for word. A changed word, option or band is a new version beside the old
 * one, because answers to different questions cannot be compared. Questionnaires whose licence forbids passing on the
 * wording (SWEMWBS, MYCaW, EQ-5D, PAM, Outcomes Star) have no place here.
 */

/** Which way is better for the person: a higher number or a lower one. */
export type Direction = 'higher_better' | 'lower_better';

export type AnswerType =
  | { kind: 'scale'; min: number; max: number; minLabel: string; maxLabel: string }
  | { kind: 'options'; options: readonly { value: number; label: string }[] };

export interface MeasureItem {
  key: string;
  text: string;
  answer: AnswerType;
  direction: Direction;
}

export interface Band {
  key: string;
  label: string;
  from: number;
  to: number;
}

/** One figure reported from the answers: the sum of its items, which for most is a single item. */
export interface MeasureScore {
  key: string;
  title: string;
  items: readonly string[];
  min: number;
  max: number;
  direction: Direction;
  /** In order, covering min to max without gaps. None where no published bands exist. */
  bands: readonly Band[];
  /** From how many points on a change is more than chance, where somebody has published that. */
  reliableChange?: { points: number; source: string };
}

export interface Measure {
  id: string;
  version: string;
  title: string;
  licence: string;
  source: string;
  /** Read out or shown before the first question. */
  intro: string;
  items: readonly MeasureItem[];
  scores: readonly MeasureScore[];
}

/** ONS thresholds for personal well-being, where higher is better. */
const WELLBEING_BANDS: readonly Band[] = [
  { key: 'low', label: 'Low', from: 0, to: 4 },
  { key: 'medium', label: 'Medium', from: 5, to: 6 },
  { key: 'high', label: 'High', from: 7, to: 8 },
  { key: 'very_high', label: 'Very high', from: 9, to: 10 },
];

/** ONS thresholds for anxiety, where lower is better. */
const ANXIETY_BANDS: readonly Band[] = [
  { key: 'very_low', label: 'Very low', from: 0, to: 1 },
  { key: 'low', label: 'Low', from: 2, to: 3 },
  { key: 'medium', label: 'Medium', from: 4, to: 5 },
  { key: 'high', label: 'High', from: 6, to: 10 },
];

/** The scale itself sets no cut: 6 and over is the customary one. */
const LONELINESS_BANDS: readonly Band[] = [
  { key: 'not_lonely', label: 'Not lonely', from: 3, to: 5 },
  { key: 'lonely', label: 'Lonely', from: 6, to: 9 },
];

const HOW_OFTEN: AnswerType = {
  kind: 'options',
  options: [
    { value: 1, label: 'Hardly ever or never' },
    { value: 2, label: 'Some of the time' },
    { value: 3, label: 'Often' },
  ],
};

function noughtToTen(minLabel: string, maxLabel: string): AnswerType {
  return { kind: 'scale', min: 0, max: 10, minLabel, maxLabel };
}

const ONS4: Measure = {
  id: 'ons4',
  version: '1',
  title: 'ONS personal well-being (ONS4)',
  licence: 'Open Government Licence v3.0',
  source: 'Government Statistical Service harmonised standard, Personal well-being; bands: ONS thresholds',
  intro:
    'Next I would like to ask you four questions about your feelings on aspects of your life. There are no right or wrong answers. For each of these questions I\'d like you to give an answer on a scale of 0 to 10, where 0 is "not at all" and 10 is "completely".',
  items: [
    {
      key: 'satisfied',
      text: 'Overall, how satisfied are you with your life nowadays?',
      answer: noughtToTen('Not at all satisfied', 'Completely satisfied'),
      direction: 'higher_better',
    },
    {
      key: 'worthwhile',
      text: 'Overall, to what extent do you feel that the things you do in your life are worthwhile?',
      answer: noughtToTen('Not at all worthwhile', 'Completely worthwhile'),
      direction: 'higher_better',
    },
    {
      key: 'happy',
      text: 'Overall, how happy did you feel yesterday?',
      answer: noughtToTen('Not at all happy', 'Completely happy'),
      direction: 'higher_better',
    },
    {
      key: 'anxious',
      text: 'On a scale where 0 is "not at all anxious" and 10 is "completely anxious", overall, how anxious did you feel yesterday?',
      answer: noughtToTen('Not at all anxious', 'Completely anxious'),
      direction: 'lower_better',
    },
  ],
  // Four figures: ONS publishes no sum of them, and neither do we.
  scores: [
    single('satisfied', 'Life satisfaction', 'higher_better', WELLBEING_BANDS),
    single('worthwhile', 'Feeling the things done in life are worthwhile', 'higher_better', WELLBEING_BANDS),
    single('happy', 'Happiness yesterday', 'higher_better', WELLBEING_BANDS),
    single('anxious', 'Anxiety yesterday', 'lower_better', ANXIETY_BANDS),
  ],
};

function single(key: string, title: string, direction: Direction, bands: readonly Band[]): MeasureScore {
  return { key, title, items: [key], min: 0, max: 10, direction, bands };
}

const UCLA3: Measure = {
  id: 'ucla3',
  version: '1',
  title: 'Loneliness (UCLA three items, and the direct question)',
  licence: 'Free to use; questions as published by ONS under the Open Government Licence v3.0',
  source:
    'ONS national indicators of loneliness; Hughes, Waite, Hawkley and Cacioppo (2004), Research on Aging 26(6), 655-672',
  intro:
    'The next four questions are about relationships with others. For each one, please say how often (if at all) you feel that way.',
  items: [
    {
      key: 'companionship',
      text: 'How often do you feel that you lack companionship?',
      answer: HOW_OFTEN,
      direction: 'lower_better',
    },
    {
      key: 'left_out',
      text: 'How often do you feel left out?',
      answer: HOW_OFTEN,
      direction: 'lower_better',
    },
    {
      key: 'isolated',
      text: 'How often do you feel isolated from others?',
      answer: HOW_OFTEN,
      direction: 'lower_better',
    },
    {
      key: 'direct',
      text: 'How often do you feel lonely?',
      // ONS numbers these from the loneliest, so that here a higher number is better.
      answer: {
        kind: 'options',
        options: [
          { value: 1, label: 'Often/always' },
          { value: 2, label: 'Some of the time' },
          { value: 3, label: 'Occasionally' },
          { value: 4, label: 'Hardly ever' },
          { value: 5, label: 'Never' },
        ],
      },
      direction: 'higher_better',
    },
  ],
  scores: [
    {
      key: 'ucla3',
      title: 'UCLA loneliness, three items',
      items: ['companionship', 'left_out', 'isolated'],
      min: 3,
      max: 9,
      direction: 'lower_better',
      bands: LONELINESS_BANDS,
    },
    {
      key: 'direct',
      title: 'How often lonely, asked directly',
      items: ['direct'],
      min: 1,
      max: 5,
      direction: 'higher_better',
      bands: [],
    },
  ],
};

/** Every version ever shipped. The last of each id is the one to ask now. */
export const MEASURES: readonly Measure[] = [ONS4, UCLA3];

export function findMeasure(id: string, version: string): Measure | undefined {
  return MEASURES.find((measure) => measure.id === id && measure.version === version);
}

/** The version to ask now. */
export function currentMeasure(id: string): Measure | undefined {
  return MEASURES.findLast((measure) => measure.id === id);
}
