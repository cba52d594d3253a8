import { londonDate } from '../../platform/clock/calendar.js';
import type { HistoryEntry, SentReferralView } from '../../referrals/referral.dto.js';
import { STATUS_WORDS } from '../../referrals/referral.rules.js';
import type { ScoreChange, ToldStatus, Why } from '../../referrals/referral.types.js';
import { longDate } from '../layout/dates.js';
import { NEED_WORDS, spokenNhsNumber } from '../layout/words.js';
import { byWhom, OWN_ACT_WORDS, withWhy } from './referral.rows.js';
import { RESULT_TOLD_WORDS } from './practice.words.js';
import { say, sayAgain, sayAll } from '../words/staff/staff-words.js';

/** One thing that happened, in the words of whoever sent the referral. */
export interface Step {
  at: Date;
  what: string;
  words: string | null;
}

/** Told by the sender's own acts. */
const OWN_STATUS: readonly ToldStatus[] = ['draft', 'sent', 'returned'];
/** Told by the day on which it came to be so. */
const TOLD_MEANWHILE: readonly ToldStatus[] = ['taken_on', 'in_touch'];

/** What happened, oldest first: the sender's own acts, and what it was told as far as it may hear. Never a note of others. */
export function courseOf(referral: SentReferralView, history: readonly HistoryEntry[]): Step[] {
  const own = history.flatMap((entry): Step[] => {
    const words = OWN_ACT_WORDS[entry.action];
    return words ? [{ at: entry.at, what: words(entry.by), words: entry.note }] : [];
  });
  const { status, statusAt, statusText, acceptedAt, firstContactAt } = referral;
  const at = (when: Date | null, what: string): Step[] =>
    when === null ? [] : [{ at: when, what, words: null }];
  const meanwhile = [
    ...at(acceptedAt, sayAgain(STATUS_WORDS.taken_on)),
    ...at(firstContactAt, say('First contact with the person')),
  ];
  const ownEnd = status === 'withdrawn' && history.some(({ action }) => action === 'withdraw');
  const said = meanwhile.some((step) => step.at.getTime() === statusAt.getTime());
  const now =
    ownEnd || OWN_STATUS.includes(status) || (said && TOLD_MEANWHILE.includes(status))
      ? []
      : [
          {
            at: statusAt,
            what: withWhy(statusText, referral.whyText),
            words: cameOf(referral).join('\n') || null,
          },
        ];
  return [...own, ...meanwhile, ...now].sort((a, b) => a.at.getTime() - b.at.getTime());
}

const CHANGE_WORDS: Record<ScoreChange, string> = sayAll({
  improved: 'better',
  same: 'the same',
  worse: 'worse',
});

/** What came of it, a line each; nothing where its sender may not hear. */
export function cameOf({ result, outcome }: Pick<SentReferralView, 'result' | 'outcome'>): string[] {
  const lines =
    result === null ? [] : [say('What came of it: {{result}}', { result: RESULT_TOLD_WORDS[result] })];
  if (outcome === null) return lines;
  return [
    ...lines,
    // That nobody has said so is no word that they did not.
    ...(outcome.joinedGroup ? [say('Since it was sent they joined a group')] : []),
    ...outcome.scores.map(({ title, before, after, max, change }) =>
      say('{{title}}: {{before}} at the start, {{after}} at the end, of {{max}} ({{change}})', {
        ...{ title: sayAgain(title), before, after, max },
        change: CHANGE_WORDS[change],
      }),
    ),
  ];
}

/**
 * SNOMED CT UK: a referral counts once, when the person has taken it up; declining is the person's own act, not the
 * scheme's. Source: the social prescribing indicator of the Network Contract DES.
 */
const TAKEN_UP = '871731000000106 Referral to social prescribing service';
const DECLINED = '871711000000103 Social prescribing declined';

/** As they are told to those who run a scheme. */
export const SNOMED = sayAll([
  { code: TAKEN_UP, when: 'Somebody has been reached and takes part, or what they wanted is done' },
  { code: DECLINED, when: 'The person said no' },
] as const);

const saidNo: Why = 'person_said_no';

/** The code that fits what the sender was told; null where nothing is to be recorded. */
export function codeFor({ status, why }: Pick<SentReferralView, 'status' | 'why'>): string | null {
  if (why === saidNo) return DECLINED;
  return status === 'in_touch' || (status === 'closed' && why === 'done') ? TAKEN_UP : null;
}

/** A few lines to copy into the sender's own record of the person. */
export function summaryOf(referral: SentReferralView, now: Date): string {
  const { client, reference, sentAt, sentBy, reasons, statusText, statusAt, whyText, firstContactAt } =
    referral;
  const on = (at: Date): string => longDate(londonDate(at));
  const code = codeFor(referral);
  const born =
    client.dateOfBirth === null
      ? []
      : [say('born {{dateOfBirth}}', { dateOfBirth: longDate(client.dateOfBirth) })];
  return [
    `Social prescribing referral ${reference}, as of ${on(now)}`,
    [
      [client.firstName, client.lastName].filter(Boolean).join(' '),
      ...born,
      `NHS number ${spokenNhsNumber(client.nhsNumber)}`,
    ].join(', '),
    ...(sentAt === null ? [] : [byWhom(say('Sent on {{sentAt}}', { sentAt: on(sentAt) }), sentBy)]),
    `Wants help with: ${reasons.map((reason) => NEED_WORDS[reason]).join(', ')}`,
    `Where it stands since ${on(statusAt)}: ${withWhy(statusText, whyText)}`,
    ...(firstContactAt === null ? [] : [`First contact on ${on(firstContactAt)}`]),
    ...cameOf(referral),
    `SNOMED CT: ${code ?? 'nothing to record yet'}`,
  ].join('\n');
}
