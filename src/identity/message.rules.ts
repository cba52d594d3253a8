import type { Role } from '../platform/actor/actor.types.js';

/** How a role is called in a message. */
const CALLED: Record<Role, string> = {
  referrer: 'to send referrals',
  link_worker: 'as a link worker',
  scheme_manager: 'as a manager',
  provider_member: 'to answer for your group',
  commissioner: 'to read its figures',
  administrator: 'as an administrator',
};

export interface Letter {
  subject: string;
  text: string;
}

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
export function invitationLetter(facts: InvitationFacts): Letter {
  return {
    subject: 'You are invited to sign in',
    text: [
      `Hello ${facts.name},`,
      '',
      `${facts.schemeName} invites you to sign in ${CALLED[facts.role]} (${facts.organisationName}).`,
      '',
      'Choose your password here:',
      facts.link,
      '',
      `The link works once, until ${longDate(facts.until)}. It is for you only: please do not pass it on.`,
      'If you did not expect this, you need do nothing.',
      '',
    ].join('\n'),
  };
}

export function resetLetter(facts: { name: string; link: string; minutes: number }): Letter {
  return {
    subject: 'Set a new password',
    text: [
      `Hello ${facts.name},`,
      '',
      'Somebody, probably you, asked to set a new password. You can do it here:',
      facts.link,
      '',
      `The link works once, for ${facts.minutes} minutes.`,
      'If it was not you, you need do nothing: your password stays as it is.',
      '',
    ].join('\n'),
  };
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
