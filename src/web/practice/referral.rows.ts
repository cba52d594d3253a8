import { londonDate } from '../../platform/clock/calendar.js';
import type { ReferralLine, ReferralView, SentReferralLine } from '../../referrals/referral.dto.js';
import type { ListOf } from '../layout/list-pages.js';
import { STAGE_WORDS, stageTag, toldTag } from '../layout/words.js';
import { say, sayAgain, sayAll } from '../words/staff/staff-words.js';
import { RESULT_TOLD_WORDS } from './practice.words.js';

export const isTold = <Sent extends SentReferralLine>(
  line: Sent | ReferralView | ReferralLine,
): line is Sent => 'statusText' in line;

export const byWhom = (what: string, by: string | null): string =>
  by === null ? what : say('{{what}} by {{by}}', { what, by });

/** What a sender did itself; that something was missing is the one act of others that is its to know. */
export const OWN_ACT_WORDS: Record<string, (by: string | null) => string> = {
  send: (by) => byWhom(say('Sent'), by),
  return: () => say('Came back: something is missing'),
  note: (by) => byWhom(say('Added to'), by),
  withdraw: (by) => byWhom(say('Withdrawn'), by),
};

type Line = SentReferralLine | ReferralLine;

const inFile = (line: Line): Record<string, unknown> => {
  const row = rowOf(line);
  return {
    [say('Reference')]: row.reference,
    [say('First name')]: line.client?.firstName,
    [say('Last name')]: line.client?.lastName,
    [say('Date of birth')]: line.client?.dateOfBirth,
    [say('NHS number')]: line.client?.nhsNumber,
    [say('Sent')]: row.sentAt && londonDate(row.sentAt),
    [say('Sent by')]: row.by,
    [say('Where it stands')]: row.status,
    [say('As of')]: row.at && londonDate(row.at),
    [say('Why')]: row.why,
    [say('What came of it')]: row.result,
    ...(row.last && {
      [say('What happened last')]: row.last.what,
      [say('On')]: londonDate(row.last.at),
    }),
  };
};

/** As told at the moment of asking. */
export const OUR_REFERRALS: ListOf<Line> = sayAll({
  address: '/desk/referrals',
  name: 'referrals',
  columns: [
    { text: 'Person', sort: 'name' },
    { text: 'Sent', sort: 'made' },
    { text: 'Where it stands', sort: 'status' },
    { text: 'What happened last' },
  ],
  usual: '-made',
  file: inFile,
});

/** For those who work for the scheme. */
export const REFERRALS: ListOf<Line> = sayAll({
  address: '/desk/referrals',
  name: 'referrals',
  columns: [
    { text: 'Person', sort: 'name' },
    { text: 'Sent', sort: 'made' },
    { text: 'Where it stands', sort: 'status' },
  ],
  usual: '-made',
  file: inFile,
});

export interface Row {
  id: string;
  reference: string;
  person: string;
  sentAt: Date | null;
  by: string | null;
  status: string;
  /** The same as a tag. */
  stage: { text: string; classes: string };
  why: string | null;
  at: Date | null;
  result: string | null;
  /** Only of one's own. */
  last: { what: string; at: Date } | null;
  draft: boolean;
}

/** "Closed: done", as a sender is told. */
export const withWhy = (status: string, why: string | null): string =>
  why === null ? sayAgain(status) : `${sayAgain(status)}: ${sayAgain(why)}`;

const lastOf = ({ last, statusText, whyText }: SentReferralLine): { what: string; at: Date } => ({
  at: last.at,
  what: OWN_ACT_WORDS[last.what]?.(last.by) ?? withWhy(statusText, whyText),
});

/** The same line for those who sent it and for those who work on it; each has been told what is theirs to know. */
export function rowOf(line: SentReferralLine | ReferralLine): Row {
  const { id, reference, client, sentAt } = line;
  const told = isTold<SentReferralLine>(line)
    ? {
        by: line.sentBy,
        status: sayAgain(line.statusText),
        stage: toldTag(line.status, withWhy(line.statusText, line.whyText)),
        why: line.whyText,
        at: line.statusAt,
        result: line.result && RESULT_TOLD_WORDS[line.result],
        last: lastOf(line),
        draft: line.status === 'draft',
      }
    : {
        by: line.organisationName,
        status: STAGE_WORDS[line.stage],
        stage: stageTag(line.stage),
        why: null,
        at: line.endedAt ?? line.nextAt,
        result: null,
        last: null,
        draft: line.state === 'draft',
      };
  const person = client ? [client.firstName, client.lastName].filter(Boolean).join(' ') : '';
  return { id, reference, person: person || say('Draft'), sentAt, ...told };
}
