import type { Role } from '../platform/actor/actor.types.js';
import { ENGLISH, type Template, templatesIn, withEnglish } from '../platform/messages/templates.js';

/** How a role is called in a message. */
const CALLED: Record<Role, string> = {
  referrer: 'to send referrals',
  link_worker: 'as a link worker',
  scheme_manager: 'as a manager',
  provider_member: 'to answer for your group',
  commissioner: 'to read its figures',
  administrator: 'as an administrator',
};

export type Letter = Template;

const { render, of, draftNote } = templatesIn(new URL('templates', import.meta.url));

/** `until` is a date in London, 'YYYY-MM-DD'. */
interface InvitationFacts {
  name: string;
  schemeName: string;
  organisationName: string;
  role: Role;
  link: string;
  until: string;
}

/** The subject names nobody and nothing: it shows on locked telephones. */
export const invitationLetter = (facts: InvitationFacts): Letter =>
  render('account.invitation', {
    name: facts.name,
    scheme: facts.schemeName,
    organisation: facts.organisationName,
    role: CALLED[facts.role],
    link: facts.link,
    until: longDate(facts.until),
  });

export const resetLetter = ({ minutes, ...words }: { name: string; link: string; minutes: number }): Letter =>
  render('account.new_password', { ...words, minutes: String(minutes) });

/** What happened to somebody's second factor. */
export const FACTOR_CHANGES = [
  'set_up',
  'by_mail',
  'codes_renewed',
  'recovery_used',
  'removed',
  'reset',
] as const;
export type FactorChange = (typeof FACTOR_CHANGES)[number];

export const factorLetter = (facts: { name: string; what: FactorChange; account: string }): Letter =>
  render('account.factor', {
    name: facts.name,
    what: render(`account.factor_${facts.what}.text`, {}).text,
    link: facts.account,
  });

/** `at` is a moment in London: '2026-11-23' and '10:42'. */
export function newDeviceLetter(facts: {
  name: string;
  device: string;
  at: readonly [date: string, time: string];
  account: string;
}): Letter {
  const [date, time] = facts.at;
  const { name, device, account: link } = facts;
  return render('account.new_device', { name, device, day: longDate(date), time, link });
}

export function passwordChangedLetter(facts: {
  name: string;
  at: readonly [date: string, time: string];
  forgotten: string;
}): Letter {
  const [date, time] = facts.at;
  return render('account.password_changed', {
    name: facts.name,
    day: longDate(date),
    time,
    link: facts.forgotten,
  });
}

/** The code is not in the subject, which shows on locked telephones. */
export const codeLetter = ({ minutes, ...words }: { name: string; code: string; minutes: number }): Letter =>
  render('account.code', { ...words, minutes: String(minutes) });

/** The same where no password was asked for, in the language it was asked for in where there are words in it. */
export function entryCodeLetter(
  facts: { name: string; code: string; minutes: number },
  asked: string | null,
): Letter {
  const words = { ...facts, minutes: String(facts.minutes) };
  const say = (language: string): Letter => render('account.entry_code', words, language);
  const language = asked !== null && of.has(asked) ? asked : ENGLISH;
  return withEnglish(say(language), draftNote(language), () => say(ENGLISH));
}

/** The same for every repeat of one message, so that a mailbox shows it once. Without angle brackets. */
export function messageId(linkId: string, publicUrl: string): string {
  return `${linkId}@${new URL(publicUrl).hostname}`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function longDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${day} ${MONTHS[(month ?? 1) - 1]} ${year}`;
}
