import sql from 'sql-template-tag';
import { onwardReference } from '../onward-referrals/onward-reference.js';
import { endingForGroup, endingWords } from '../onward-referrals/onward.rules.js';
import type { Tx } from '../platform/database/tx.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import { NOTICE_WORDS } from '../providers/privacy-notice.js';
import {
  HEARS,
  PRESENT_PRACTICE,
  type PresentPractice,
  TOLD_COLUMNS,
} from '../referrals/referral-hears.queries.js';
import { toldTo, type Told, type ToldRow } from '../referrals/referral.rules.js';
import type { Feedback } from '../referrals/referral.types.js';
import type { MessageKind } from './message.types.js';
import {
  compose,
  draftNote,
  ENGLISH,
  fitsText,
  languageFor,
  LEAVE_BY_TEXT,
  type Letter,
  type Part,
  render,
  sayCourse,
  sayDate,
  sayDay,
  sayEnding,
  sayNext,
  sayTime,
  tellsTooMuch,
  withoutMeaningless,
  type Words,
} from './message.words.js';
import { closingDocument, type ClosingFacts, identityLine } from './closing-document.js';
import { withEnglish } from '../platform/messages/templates.js';
import { privateWords } from '../platform/words/private-words.js';
import type { Planned } from './reminder.rules.js';
import { type Facts, signedBy } from './reminder.types.js';
import { identitiesOf, isSecure } from './secure-mail.queries.js';

export interface LetterItem {
  wanted: Planned;
  facts: Facts;
}

interface ReferralWords {
  reference: string;
  told: Told;
  /** The same as the practice they went to may hear it. */
  toldPresent: Told;
}

const questions = (_facts: Facts, reply: string | undefined): string =>
  reply === undefined ? 'questions' : 'questions_link';

/** Which template tells of a kind. */
const TEMPLATE_OF: Partial<
  Record<Planned['kind'], string | ((facts: Facts, reply: string | undefined) => string)>
> = {
  appointment: 'appointment',
  appointment_changed: (facts) =>
    facts.subject === 'appointment' && facts.state === 'cancelled' ? 'appointment_off' : 'appointment_moved',
  write_letter: 'unreached',
  send_text: 'unreached',
  measure_baseline: questions,
  measure_review: questions,
  measure_closing: questions,
  measure_3_months: (_facts, reply) => (reply === undefined ? 'measure' : 'measure_link'),
  measure_6_months: (_facts, reply) => (reply === undefined ? 'measure' : 'measure_link'),
  offer_made: 'offer_made',
  reply_wanted: 'reply_wanted',
  safety_changed: 'safety_changed',
  in_touch: 'in_touch',
  how_did_it_go: 'how_did_it_go',
  // Who had said nothing yet, or waited, knows nobody to be in touch with.
  do_not_contact: (facts) =>
    facts.subject === 'onward_referral' && facts.acceptedAt === null ? 'no_longer_needed' : 'do_not_contact',
  waiting_list: 'waiting_list',
  closing_summary: 'closing_summary',
  closing_present: 'closing_summary',
  written_message: 'written',
  assurance_lapsing: 'assurance_lapsing',
  listing_check: 'listing_check',
  register_wanted: 'register_wanted',
  group_closed: 'group_closed',
};

/** For a message that asks nothing a link could answer. */
const LEAVE_BY_PHONE = 'If you no longer help here, please ring us.';

export interface Written {
  letter: Letter;
  language: string;
  /** What did not fit into a text, for a person to say. */
  left: readonly LetterItem[];
}

/** The words of a message as they are true now. References, dates and counts; never who, and never what for. */
export async function letterFor(
  tx: Tx,
  message: {
    kind: MessageKind;
    channel: SendingChannel;
    client_id: string | null;
    organisation_id: string | null;
  },
  to: string,
  items: readonly LetterItem[],
  link: string,
  replies: ReadonlyMap<string, string> = new Map(),
  notice: string | null = null,
): Promise<Written> {
  const { kind, channel } = message;
  if (kind === 'digest' || kind === 'inbox' || kind === 'weekly' || kind === 'notice')
    throw new Error(`${kind} has words of its own`);
  const [referrals, reader] = await Promise.all([
    referralWords(tx, items),
    message.client_id === null ? null : readerOf(tx, message.client_id, items),
  ]);
  const [reply] = replies.values();
  const leaving = channel === 'text' ? LEAVE_BY_TEXT : `I no longer help here: ${reply ?? ''}/leave`;
  const leave = reply === undefined ? LEAVE_BY_PHONE : leaving;
  const inWords = (language: string): { parts: Part[]; words: Words } => {
    const signature = reader?.name ?? (reader ? render('client.thanks.text', {}, language).text : '');
    const parts = items.map(({ wanted, facts }) => {
      const tells = TEMPLATE_OF[wanted.kind];
      const template = typeof tells === 'function' ? tells(facts, replies.get(facts.id)) : tells;
      if (template === undefined) throw new Error(`No template tells of ${wanted.kind}`);
      const referral = referrals.get(facts.referralId ?? '');
      const words = wordsOf(
        facts,
        referral && wanted.kind === 'closing_present'
          ? { ...referral, told: referral.toldPresent }
          : referral,
        replies,
        reader?.name ?? null,
        language,
      );
      return { template, words };
    });
    return { parts, words: { link, signature, leave, privacy: `${link}/privacy/people/${tx.schemeId}` } };
  };
  const language = languageFor(reader?.language ?? ENGLISH, kind, inWords(ENGLISH).parts, channel);
  const { parts, words: plain } = inWords(language);
  let said = parts.length;
  while (channel === 'text' && said > 1 && !fitsText(kind, parts.slice(0, said), plain, language)) said -= 1;
  const words = withNotice(plain, notice, channel, (more) =>
    fitsText(kind, parts.slice(0, said), more, language),
  );
  const note = channel === 'text' ? null : draftNote(language);
  const inEnglish = note === null ? null : inWords(ENGLISH);
  for (const [of, saying] of [
    [language, { parts, words }],
    ...(inEnglish ? [[ENGLISH, inEnglish] as const] : []),
  ] as const) {
    const bare = saying.parts
      .slice(0, said)
      .map((part) => ({ ...part, words: withoutMeaningless(part.words) }));
    const told = compose(kind, bare, withoutMeaningless(saying.words), { channel, language: of });
    if (tellsTooMuch(told, of).length > 0) throw new PrivateWords();
  }
  const letter = withEnglish(compose(kind, parts.slice(0, said), words, { channel, language }), note, () =>
    compose(kind, inEnglish?.parts ?? parts, inEnglish?.words ?? words, { channel }),
  );
  const left = items.slice(said);
  if (kind !== 'referrer' || !(await isSecure(tx, message.organisation_id, to)))
    return { letter, language, left };
  return {
    letter: await withIdentities(tx, message.organisation_id ?? '', letter, parts, items),
    language,
    left,
  };
}

/** What is kept of whoever reads it; where a text has no room left, the page behind its link tells them. */
function withNotice(
  words: Words,
  notice: string | null,
  channel: SendingChannel,
  fits: (words: Words) => boolean,
): Words {
  if (notice === null) return words;
  const told = { ...words, leave: `${words['leave'] ?? ''}${NOTICE_WORDS[channel]}${notice}` };
  return channel === 'text' && !fits(told) ? words : told;
}

/** For a practice that can take it: who each referral is about, and the document to file. Never in the subject. */
async function withIdentities(
  tx: Tx,
  organisationId: string,
  letter: Letter,
  parts: readonly Part[],
  items: readonly LetterItem[],
): Promise<Letter> {
  const ids = items.flatMap(({ facts }) => facts.referralId ?? []);
  const identities = await identitiesOf(tx, organisationId, ids);
  const closings = parts.flatMap(({ words }, index): ClosingFacts[] => {
    const identity = identities.get(items[index]?.facts.referralId ?? '');
    const { reference = '', status = '', course = '', next = '' } = words;
    return identity ? [{ ...identity, reference, lines: [`${reference} – ${status}`, course, next] }] : [];
  });
  const named = closings.map((facts) => `${facts.reference}: ${identityLine(facts)}`);
  return {
    ...letter,
    text: [...named, '', letter.text].join('\n'),
    documents: closings.map(closingDocument),
  };
}

/** P7 stopped a message. It does not say at which word: that would be in a log. */
export class PrivateWords extends Error {
  override readonly name = 'PrivateWords';
}

function wordsOf(
  facts: Facts,
  referral: ReferralWords | undefined,
  replies: ReadonlyMap<string, string>,
  keeper: string | null,
  language: string,
): Words {
  switch (facts.subject) {
    case 'appointment':
      return { day: sayDay(facts.startsAt, language), time: sayTime(facts.startsAt, language) };
    case 'onward_referral':
      return {
        reference: onwardReference(facts.id),
        reply: replies.get(facts.id) ?? '',
        why: endingWords(endingForGroup(facts) ?? 'no_longer_needed', 'This person'),
        keeper: keeper === null ? '' : render('client.keeper.text', { name: keeper }, language).text,
        ...(facts.answerBy === null ? {} : { day: sayDay(facts.answerBy) }),
      };
    case 'assurance':
      return { day: sayDate(facts.lapsesOn) };
    case 'listing':
    case 'register':
      return { reply: replies.get(facts.id) ?? '' };
    case 'concern':
    case 'closure':
    case 'safeguarding':
    case 'lone_worker_flag':
    case 'approval':
    case 'gap':
    case 'warm_handover':
    case 'safety_message':
    case 'story':
    case 'client_feedback':
    case 'escalation':
    case 'transfer':
    case 'practice_move':
    case 'area_move':
    case 'handover':
    case 'membership':
    case 'practice':
    case 'staff_request':
    case 'program':
      return {};
    case 'written_message':
      return { words: facts.words };
    case 'referral':
      return {
        reference: referral?.reference ?? '',
        reply: replies.get(facts.id) ?? '',
        status: sayEnding(referral?.told.status ?? '', referral?.told.why ?? null),
        course: sayCourse(facts.sentAt, facts.begunAt, facts.toldAt),
        next: sayNext(referral?.told.why ?? null),
      };
  }
}

async function referralWords(tx: Tx, items: readonly LetterItem[]): Promise<Map<string, ReferralWords>> {
  const ids = items.flatMap(({ facts }) => facts.referralId ?? []);
  if (ids.length === 0) return new Map();
  const rows = await tx.rows<
    ToldRow & { id: string; reference: string; hears: Feedback; present: PresentPractice | null }
  >(sql`
    select r.id, r.reference, ${TOLD_COLUMNS}, ${HEARS} as hears, ${PRESENT_PRACTICE} as present from referral r
    where r.scheme_id = ${tx.schemeId} and r.id = any(${ids}::uuid[])`);
  return new Map(
    rows.map((row) => {
      const told = toldTo(row, row.hears);
      const toldPresent = toldTo(row, row.present?.hears ?? 'nothing');
      return [row.id, { reference: row.reference, told, toldPresent }];
    }),
  );
}

/**
 * Who reads it: in which language, and the first name of whoever says it, so that they know who writes. No name where several
 * say it, where somebody else may be reading, nor one that reads like a word nobody should.
 */
async function readerOf(
  tx: Tx,
  clientId: string,
  items: readonly LetterItem[],
): Promise<{ language: string; name: string | null }> {
  const [writer = null, ...others] = new Set(items.flatMap(({ facts }) => signedBy(facts) ?? []));
  const signs = others.length === 0 ? writer : null;
  const row = await tx.one<{ language: string; name: string | null }>(sql`
    select c.language, case when not c.safety_flag then split_part(p.name, ' ', 1) end as name
    from client c
    left join membership m on m.scheme_id = c.scheme_id and m.id = ${signs}::uuid
    left join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where c.scheme_id = ${tx.schemeId} and c.id = ${clientId}`);
  const tells = row.name !== null && privateWords(row.name, row.language).length > 0;
  return tells ? { ...row, name: null } : row;
}
