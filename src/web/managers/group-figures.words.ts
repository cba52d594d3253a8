import { LISTING_CHECK_DAYS } from '../../providers/listing.types.js';
import type {
  GroupCountsView,
  GroupFiguresView,
  GroupsTogetherView,
} from '../../reporting/group-figures.dto.js';
import type { GroupTrouble } from '../../reporting/group-figures.types.js';
import { agoInWords, daysInWords } from '../layout/dates.js';
import { say, sayAll, sayCount } from '../words/staff/staff-words.js';

export const TROUBLE_WORDS: Record<GroupTrouble, string> = sayAll({
  no_reply: 'Did not reply to somebody',
  not_confirmed: 'Not said to be right lately',
  full: 'No place left',
  came_back: 'The last message came back',
});

/** One figure of a group: what it says, what has to be known beside it, and whether somebody should look at it. */
export interface Cell {
  text: string;
  beside: string;
  late: boolean;
}

const listed = (parts: readonly (readonly [number, string])[]): string =>
  parts.flatMap(([count, words]) => (count > 0 ? [words] : [])).join(', ');

/** A median may lie between two days. */
const inDays = (days: number): string => daysInWords(Math.round(days * 10) / 10);

/** What is missing from the answers: whoever has not given one yet, or never will. */
const unanswered = ({ noReply, notYet, takenBack }: GroupCountsView): string =>
  listed([
    [noReply, sayCount(noReply, '1 did not reply', '{{count}} did not reply')],
    [notYet, sayCount(notYet, '1 has time to answer', '{{count}} have time to answer')],
    [takenBack, sayCount(takenBack, '1 was withdrawn first', '{{count}} were withdrawn first')],
  ]);

function answers(of: GroupCountsView): Cell {
  if (of.asked === 0) return { text: say('Not asked in the last year'), beside: '', late: false };
  return {
    text:
      of.medianDays === null
        ? sayCount(of.answered, 'Too few to say: 1 answer', 'Too few to say: {{count}} answers')
        : sayCount(of.answered, '{{days}}, of 1 answer', '{{days}}, of {{count}} answers', {
            days: inDays(of.medianDays),
          }),
    beside: unanswered(of),
    late: false,
  };
}

function yes(of: GroupCountsView): Cell {
  if (of.asked === 0) return { text: '–', beside: '', late: false };
  const { accepted, asked, waitlisted, declined } = of;
  return {
    text: say('{{accepted}} of {{asked}} asked', { accepted, asked }),
    beside: listed([
      [waitlisted, sayCount(waitlisted, '1 on the waiting list', '{{count}} on the waiting list')],
      [declined, sayCount(declined, '1 no', '{{count}} no')],
    ]),
    late: false,
  };
}

function right(
  { services, neverConfirmed, notConfirmed, oldestConfirmedOn }: GroupCountsView,
  now: Date,
): Cell {
  if (services === 0) return { text: say('No service'), beside: '', late: false };
  return {
    text: oldestConfirmedOn === null ? say('Never') : agoInWords(oldestConfirmedOn, now),
    beside:
      oldestConfirmedOn !== null && neverConfirmed > 0
        ? say('{{never}} of {{services}} never', { never: neverConfirmed, services })
        : '',
    late: notConfirmed > 0,
  };
}

function places({ services, counted, places: all, taken, full, waiting }: GroupCountsView): Cell {
  if (services === 0) return { text: '–', beside: '', late: false };
  const uncounted = services - counted;
  return {
    text: counted === 0 ? say('Not counted') : say('{{free}} of {{all}} free', { free: all - taken, all }),
    beside: listed([
      [full, sayCount(full, '1 service is full', '{{count}} services are full')],
      [waiting, sayCount(waiting, '1 person waits', '{{count}} people wait')],
      [
        counted === 0 ? 0 : uncounted,
        sayCount(uncounted, '1 service does not count', '{{count}} services do not count'),
      ],
    ]),
    late: full > 0,
  };
}

function mail({ messages, cameBack, lastCameBack }: GroupFiguresView): Cell {
  if (messages === 0) return { text: say('None sent'), beside: '', late: false };
  return {
    text:
      cameBack === 0
        ? sayCount(messages, 'The one sent did not come back', '{{count}} sent, none came back')
        : say('{{cameBack}} of {{messages}} came back', { cameBack, messages }),
    beside: lastCameBack ? say('the last one too') : '',
    late: lastCameBack,
  };
}

/** A group as the page shows it, column by column. */
export const figuresInWords = (of: GroupFiguresView, now: Date) => ({
  answers: answers(of),
  yes: yes(of),
  right: right(of, now),
  places: places(of),
  mail: mail(of),
});

/** All of them as a few lines, each with what is missing from it. */
export function togetherInWords(of: GroupsTogetherView): { title: string; text: string; beside: string }[] {
  const { asked, accepted, answered, notConfirmed, services, counted, messages, cameBack } = of;
  const days =
    of.medianDays === null
      ? say('Too few answers to say')
      : say('Half of {{answered}} answers within {{days}}', { days: inDays(of.medianDays), answered });
  return [
    { title: say('Until they answer'), text: days, beside: unanswered(of) },
    {
      title: say('Said yes'),
      text:
        asked === 0
          ? say('Not asked in the last year')
          : say('{{accepted}} of {{asked}} asked', { accepted, asked }),
      beside: sayCount(
        of.neverAsked,
        '1 of {{groups}} groups was not asked',
        '{{count}} of {{groups}} groups were not asked',
        { groups: of.groups },
      ),
    },
    {
      title: say('Said to be right'),
      text: say('{{right}} of {{services}} services in the last {{days}} days', {
        right: services - notConfirmed,
        services,
        days: LISTING_CHECK_DAYS,
      }),
      beside: of.neverConfirmed > 0 ? sayCount(of.neverConfirmed, '1 never', '{{count}} never') : '',
    },
    {
      title: say('Places'),
      text: say('{{free}} of {{all}} free', { free: of.places - of.taken, all: of.places }),
      beside:
        services > counted
          ? sayCount(services - counted, '1 service does not count', '{{count}} services do not count')
          : '',
    },
    {
      title: say('Messages'),
      text:
        messages === 0
          ? say('None sent')
          : say('{{cameBack}} of {{messages}} came back', { cameBack, messages }),
      beside:
        of.unreached > 0
          ? sayCount(of.unreached, 'the last one to 1 group', 'the last one to each of {{count}} groups')
          : '',
    },
  ];
}
