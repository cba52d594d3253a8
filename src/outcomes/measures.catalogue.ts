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

/** One figure reported from the answers: the sum of its items unless it says otherwise, and for most a single item. */
export interface MeasureScore {
  key: string;
  title: string;
  items: readonly string[];
  rule?: 'sum' | 'mean';
  /** Items counted from the other end of their range. */
  reversed?: readonly string[];
  /** What each sum stands for, where the published figure is another. */
  table?: Readonly<Record<number, number>>;
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
  /** Not asked in a scheme until a manager says so; `licence`: not without the reference of the scheme's own licence. */
  until?: 'switched_on' | 'licence';
  /** Asked only while a worker is there to hear the answer: never on paper or by link. */
  withWorker?: true;
  /** The wording may not be passed on: answers are copied from the scheme's own licensed form, never asked here. */
  withoutWording?: true;
  /** Nobody fills it in: it follows from what the person says of the goals of their plan. */
  fromPlan?: true;
  /** An answer above this is not left for later: what to do now is said, and what was done is kept. */
  risk?: RiskRule;
}

export interface RiskRule {
  item: string;
  above: number;
  prompt: string;
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

const HOW_MANY_DAYS: AnswerType = {
  kind: 'options',
  options: [
    { value: 0, label: 'Not at all' },
    { value: 1, label: 'Several days' },
    { value: 2, label: 'More than half the days' },
    { value: 3, label: 'Nearly every day' },
  ],
};
const BOTHERED = 'Over the last 2 weeks, how often have you been bothered by any of the following problems?';
const PFIZER =
  'Developed by Drs Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an educational grant from Pfizer Inc. No permission required to reproduce, translate, display or distribute';

const bothered = (texts: readonly string[]): MeasureItem[] =>
  texts.map((text, index) => ({
    key: `q${String(index + 1)}`,
    text,
    answer: HOW_MANY_DAYS,
    direction: 'lower_better',
  }));
const keysOf = (items: readonly MeasureItem[]): string[] => items.map(({ key }) => key);

const PHQ9_ITEMS = bothered([
  'Little interest or pleasure in doing things',
  'Feeling down, depressed, or hopeless',
  'Trouble falling or staying asleep, or sleeping too much',
  'Feeling tired or having little energy',
  'Poor appetite or overeating',
  'Feeling bad about yourself - or that you are a failure or have let yourself or your family down',
  'Trouble concentrating on things, such as reading the newspaper or watching television',
  'Moving or speaking so slowly that other people could have noticed? Or the opposite - being so fidgety or restless that you have been moving around a lot more than usual',
  'Thoughts that you would be better off dead or of hurting yourself in some way',
]);

const PHQ9: Measure = {
  id: 'phq9',
  version: '1',
  title: 'Depression (PHQ-9)',
  licence: PFIZER,
  source:
    'Kroenke, Spitzer and Williams (2001), Journal of General Internal Medicine 16(9), 606-613; bands as published there',
  intro: BOTHERED,
  until: 'switched_on',
  withWorker: true,
  items: PHQ9_ITEMS,
  scores: [
    {
      key: 'phq9',
      title: 'PHQ-9',
      items: keysOf(PHQ9_ITEMS),
      min: 0,
      max: 27,
      direction: 'lower_better',
      bands: [
        { key: 'none_minimal', label: 'None or minimal', from: 0, to: 4 },
        { key: 'mild', label: 'Mild', from: 5, to: 9 },
        { key: 'moderate', label: 'Moderate', from: 10, to: 14 },
        { key: 'moderately_severe', label: 'Moderately severe', from: 15, to: 19 },
        { key: 'severe', label: 'Severe', from: 20, to: 27 },
      ],
      reliableChange: { points: 6, source: 'NHS Talking Therapies manual: 6 points' },
    },
  ],
  risk: {
    item: 'q9',
    above: 0,
    prompt:
      'They have had thoughts of being dead or of hurting themselves. Do not leave this for later: ask about it now, and stay with them or on the line. In danger now: 999. Otherwise NHS 111, option 2, for the crisis line, and their GP the same day. Then write down what you did.',
  },
};

const GAD7_ITEMS = bothered([
  'Feeling nervous, anxious or on edge',
  'Not being able to stop or control worrying',
  'Worrying too much about different things',
  'Trouble relaxing',
  'Being so restless that it is hard to sit still',
  'Becoming easily annoyed or irritable',
  'Feeling afraid as if something awful might happen',
]);

const GAD7: Measure = {
  id: 'gad7',
  version: '1',
  title: 'Anxiety (GAD-7)',
  licence: PFIZER,
  source:
    'Spitzer, Kroenke, Williams and Löwe (2006), Archives of Internal Medicine 166(10), 1092-1097; bands as published there',
  intro: BOTHERED,
  until: 'switched_on',
  withWorker: true,
  items: GAD7_ITEMS,
  scores: [
    {
      key: 'gad7',
      title: 'GAD-7',
      items: keysOf(GAD7_ITEMS),
      min: 0,
      max: 21,
      direction: 'lower_better',
      bands: [
        { key: 'minimal', label: 'Minimal', from: 0, to: 4 },
        { key: 'mild', label: 'Mild', from: 5, to: 9 },
        { key: 'moderate', label: 'Moderate', from: 10, to: 14 },
        { key: 'severe', label: 'Severe', from: 15, to: 21 },
      ],
      reliableChange: { points: 4, source: 'NHS Talking Therapies manual: 4 points' },
    },
  ],
};

/** Only how it is scored: the scale itself may not be passed on. */
const SWEMWBS: Measure = {
  id: 'swemwbs',
  version: '1',
  title: 'Short Warwick-Edinburgh Mental Wellbeing Scale (scoring only)',
  licence:
    'Copyright NHS Health Scotland, Universities of Warwick and Edinburgh. Each organisation needs its own licence, and asks from its own copy',
  source:
    'Raw to metric scores: Stewart-Brown and colleagues (2009), Health and Quality of Life Outcomes 7:15. Reliable change: Shah and colleagues (2018), 2.77 standard errors of measurement, 2.87 points',
  intro: 'Ask from your licensed copy, and enter the number of each answer.',
  until: 'licence',
  withoutWording: true,
  items: Array.from({ length: 7 }, (_, index) => ({
    key: `q${String(index + 1)}`,
    text: `Question ${String(index + 1)} of your licensed copy`,
    answer: { kind: 'scale', min: 1, max: 5, minLabel: '1', maxLabel: '5' },
    direction: 'higher_better',
  })),
  scores: [
    {
      key: 'swemwbs',
      title: 'SWEMWBS, metric score',
      items: ['q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7'],
      min: 7,
      max: 35,
      direction: 'higher_better',
      bands: [],
      // prettier-ignore
      table: {
        7: 7, 8: 9.51, 9: 11.25, 10: 12.4, 11: 13.33, 12: 14.08, 13: 14.75, 14: 15.32, 15: 15.84, 16: 16.36, 17: 16.88,
        18: 17.43, 19: 17.98, 20: 18.59, 21: 19.25, 22: 19.98, 23: 20.73, 24: 21.54, 25: 22.35, 26: 23.21, 27: 24.11,
        28: 25.03, 29: 26.02, 30: 27.03, 31: 28.13, 32: 29.31, 33: 30.7, 34: 32.55, 35: 35,
      },
      reliableChange: {
        points: 2.87,
        source: 'Shah and colleagues (2018): 2.77 standard errors of measurement',
      },
    },
  ],
};

/** How far somebody is with what they set out for: no two people are asked about the same thing, and each is compared with themselves. */
const GOALS: Measure = {
  id: 'goals',
  version: '1',
  title: 'Goal attainment',
  licence: 'Betony’s own, under the licence of Betony',
  source:
    'How far each goal of the plan is, 0 to 10, by the person’s own say. Goals count by how much they matter to the person, 1 to 10, as goal attainment scaling weights them (Kiresuk and Sherman 1968, Community Mental Health Journal 4(6), 443-453); its five levels written for each goal, and so its T-score, are not used',
  intro: 'For each goal in the plan, in the person’s own words.',
  fromPlan: true,
  items: [
    {
      key: 'how_far',
      text: 'How far are you with this goal?',
      answer: noughtToTen('Not begun', 'All the way'),
      direction: 'higher_better',
    },
  ],
  scores: [
    {
      key: 'attainment',
      title: 'How far with their goals, by how much each matters',
      items: ['how_far'],
      rule: 'mean',
      min: 0,
      max: 10,
      direction: 'higher_better',
      bands: [],
    },
  ],
};

/** Every version ever shipped. The last of each id is the one to ask now. */
export const MEASURES: readonly Measure[] = [ONS4, UCLA3, PHQ9, GAD7, SWEMWBS, GOALS];

/** What every scheme asks, without being told to. */
export const EVERYWHERE: readonly Measure[] = MEASURES.filter(
  ({ until, fromPlan }) => until === undefined && !fromPlan,
);

export function findMeasure(
  id: string,
  version: string,
  measures: readonly Measure[] = MEASURES,
): Measure | undefined {
  return measures.find((measure) => measure.id === id && measure.version === version);
}

/** The version to ask now. */
export function currentMeasure(id: string, measures: readonly Measure[] = MEASURES): Measure | undefined {
  return measures.findLast((measure) => measure.id === id);
}
