import type { Measure, MeasureScore } from '../outcomes/measures.catalogue.js';
import type { ChangeFiguresView, GroupChangeView, ScoreChangeView } from './change.dto.js';
import {
  hiddenCounts,
  meanRefusal,
  scoreChange,
  type ScoreCount,
  shownRows,
  shownUnless,
  splitPeople,
  type TQuantile,
  WELLBY_ASSUMPTIONS,
  wellbyOf,
} from './change.rules.js';
import {
  type ChangeSplit,
  type PeopleCounts,
  type Person,
  type ScoreChange,
  WELLBY,
} from './change.types.js';
import type { Figure, Period } from './overview.rules.js';

interface Asked {
  measure: Measure;
  period: Period;
  asOf: Date;
  reach: 'scheme' | 'aggregate';
  minimumPairs: number;
  by: ChangeSplit | null;
}

interface Counted {
  counts: PeopleCounts;
  changes: Readonly<Record<string, ScoreChange>>;
  people: readonly Person[];
}

type Hidden = ReadonlySet<string>;

/** The figures as this reach may see them, each with its definition, its denominator and what is missing. */
export function changeView(asked: Asked, counted: Counted, tQuantile: TQuantile): ChangeFiguresView {
  const { measure, period, asOf, reach, minimumPairs, by } = asked;
  const hidden = hiddenCounts(counted.counts, counted.changes, reach);
  return {
    ...period,
    asOf,
    measure: measure.id,
    version: measure.version,
    title: measure.title,
    minimumPairs,
    figures: peopleFigures(counted.counts, hidden, measure.fromPlan ? OF_GOALS : OF_QUESTIONS),
    scores: measure.scores.flatMap((score) => {
      const change = counted.changes[score.key];
      return change ? [scoreView(score, change, minimumPairs, hidden)] : [];
    }),
    split: by && splitView(asked, by, counted.people, tQuantile),
    wellby: measure.id === WELLBY.measure ? wellbyView(counted.changes, minimumPairs, hidden) : null,
  };
}

const COUNTED = 'People asked at the start, without those counted apart';

interface CohortWords {
  asked: string;
  neverAsked: string;
  /** Null where nobody is asked why. */
  unexplained: string | null;
  again: string;
  /** Null where there are no versions. */
  versionChanged: string | null;
  /** Null where a day is no matter. */
  sameDay: string | null;
}

const OF_QUESTIONS: CohortWords = {
  asked:
    'People whose first answers to this version of the questionnaire were given in the period, by the date in London; each person once, with the first episode of the period',
  neverAsked:
    'People whose support began in the period, and who were not asked this questionnaire at the start',
  unexplained: 'Nobody has said why',
  again:
    'People asked at the start with answers of a later day to the same version in the same episode; the latest count. Out of all counted this is the completion rate',
  versionChanged:
    'Version changed: answered again, but only another version of the questionnaire, which cannot be compared',
  sameDay: 'Same day: answered again only on the day of the first answers, so that nothing lies between them',
};

const OF_GOALS: CohortWords = {
  asked:
    'People who first said in the period, by the date in London, how far one of the goals in their plan was; each person once, with the first episode of the period',
  neverAsked: 'People whose support began in the period, and who have not said how far any goal of theirs is',
  unexplained: null,
  again:
    'People who said it again later of at least one goal that is still wanted; the latest counts, and both numbers are over the same goals. Out of all counted this is the completion rate',
  versionChanged: null,
  sameDay: null,
};

function peopleFigures(counts: PeopleCounts, hidden: Hidden, words: CohortWords): Figure[] {
  const shown = (key: keyof PeopleCounts) => shownUnless(hidden, key, counts[key]);
  const part = (key: keyof PeopleCounts, title: string) => ({ key, title, ...shown(key) });
  return [
    {
      key: 'asked',
      title: 'Asked at the start',
      definition: words.asked,
      unit: 'people',
      ...shown('asked'),
      denominator: { definition: 'The same', ...shown('asked') },
      missing: {
        definition: words.neverAsked,
        ...shown('neverAsked'),
      },
      parts: [
        part('counted', 'Counted below'),
        part('died', 'Counted apart: died'),
        part('moved', 'Counted apart: moved away or handed to another scheme'),
        part('error', 'Counted apart: sent or entered in error'),
      ],
    },
    ...(words.unexplained === null
      ? []
      : [
          {
            key: 'neverAsked',
            title: 'No answers from the start',
            definition: words.neverAsked,
            unit: 'people' as const,
            ...shown('neverAsked'),
            denominator: { definition: 'The same', ...shown('neverAsked') },
            missing: { definition: words.unexplained, ...shown('unexplained') },
            parts: [
              part('declined', 'They did not want to'),
              part('not_appropriate', 'It was not the moment'),
              part('could_not_reach', 'They could not be reached'),
              part('not_asked', 'Nobody asked in time'),
              part('no_answer', 'Asked by a link, and not answered'),
            ],
          },
        ]),
    {
      key: 'pairs',
      title: 'Answered again',
      definition: words.again,
      unit: 'people',
      ...shown('pairs'),
      denominator: { definition: COUNTED, ...shown('counted') },
      missing: {
        definition: 'Asked at the start, not answered again so far: the referral is open',
        ...shown('open'),
      },
      parts: [
        ...(words.versionChanged ? [part('versionChanged', words.versionChanged)] : []),
        ...(words.sameDay ? [part('sameDay', words.sameDay)] : []),
        part('ended', 'Not answered again before the referral ended, nor since'),
      ],
    },
  ];
}

function scoreView(
  score: MeasureScore,
  change: ScoreChange,
  minimum: number,
  hidden: Hidden,
): ScoreChangeView {
  const name = (count: ScoreCount): string => `${score.key}.${count}`;
  const shown = (count: ScoreCount) => shownUnless(hidden, name(count), change[count]);
  const because = meanRefusal(change, minimum, hidden.has(name('scored')));
  return {
    key: score.key,
    title: score.title,
    direction: score.direction,
    definition:
      'The later number less the first, in points, over the people who have both; with the 95% confidence interval of the mean by Student’s t',
    denominator: {
      definition: 'People who answered again and have this number both times',
      ...shown('scored'),
    },
    missing: {
      definition: 'People who answered again and would rather not say, on one side or both',
      ...shown('notScored'),
    },
    ...meansOf(change, because),
    because,
    improved: shown('improved'),
    same: shown('same'),
    worse: shown('worse'),
    reliable: score.reliableChange
      ? {
          ...score.reliableChange,
          improved: shown('reliablyImproved'),
          worse: shown('reliablyWorse'),
          neither: shown('notReliable'),
        }
      : null,
  };
}

const meansOf = ({ meanBefore, meanAfter, meanDifference, interval }: ScoreChange, because: string | null) =>
  because === null
    ? { meanBefore, meanAfter, meanDifference, interval }
    : { meanBefore: null, meanAfter: null, meanDifference: null, interval: null };

/** By group the first score only: a table of every score by every group could be put together into people. */
function splitView(
  { measure, reach, minimumPairs }: Asked,
  by: ChangeSplit,
  people: readonly Person[],
  tQuantile: TQuantile,
): ChangeFiguresView['split'] {
  const [score] = measure.scores;
  if (!score) return null;
  const all = splitPeople(people.filter(({ apart }) => apart === null)).map(({ group, people: members }) => {
    const change = scoreChange(members, score, tQuantile);
    const { scored, notScored, improved, same, worse } = change;
    const pairs = scored + notScored;
    const counts = { asked: members.length, pairs, waiting: members.length - pairs, scored, notScored };
    return { group, change, counts: { ...counts, improved, same, worse } };
  });
  const { rows, hidden } = reach === 'scheme' ? { rows: all, hidden: 0 } : shownRows(all, 'asked');
  return {
    by,
    score: score.key,
    hidden,
    definition: `People counted, by ${SPLIT_WORDS[by]}. A group with a count of 1 to 4 is left out whole for commissioners, and others where it could be worked out`,
    groups: rows.map(({ group, change, counts }): GroupChangeView => {
      const because = meanRefusal(change, minimumPairs, false);
      const { meanDifference, interval } = meansOf(change, because);
      return { ...group, ...counts, meanDifference, interval, because };
    }),
  };
}

const SPLIT_WORDS: Record<ChangeSplit, string> = {
  need: 'the reasons for the referral; somebody with two stands in both',
  route: 'how the referral came',
  provider: 'the groups they took part in; somebody in two stands in both',
  area: 'the first half of their postcode; who has none stands nowhere',
};

function wellbyView(
  changes: Counted['changes'],
  minimum: number,
  hidden: Hidden,
): ChangeFiguresView['wellby'] {
  const change = changes[WELLBY.score];
  if (!change) return null;
  const because = meanRefusal(change, minimum, hidden.has(`${WELLBY.score}.scored`));
  const value = because === null ? wellbyOf(change) : null;
  return {
    definition:
      'Wellbeing-adjusted life years: the differences of life satisfaction of everybody who has both numbers, added up, each taken to last for one year',
    denominator: {
      definition: 'People with life satisfaction both times',
      ...shownUnless(hidden, `${WELLBY.score}.scored`, change.scored),
    },
    missing: {
      definition: 'People who answered again and would rather not say, on one side or both',
      ...shownUnless(hidden, `${WELLBY.score}.notScored`, change.notScored),
    },
    wellbys: value?.wellbys ?? null,
    pounds: value?.pounds ?? null,
    poundsLow: value?.poundsLow ?? null,
    poundsHigh: value?.poundsHigh ?? null,
    interval: value?.interval ?? null,
    because,
    assumptions: WELLBY_ASSUMPTIONS,
  };
}
