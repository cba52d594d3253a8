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

const CHANGED: Record<FactorChange, string> = {
  set_up: 'From now on signing in takes a code from the app you set up.',
  by_mail: 'From now on signing in takes a code that we send to this address.',
  codes_renewed: 'You have new recovery codes. The old ones do not work any more.',
  recovery_used: 'A recovery code was used in place of the app. It does not work again.',
  removed: 'Signing in takes your password alone again.',
  reset:
    'Whoever looks after sign-ins has taken away your second factor and signed you out everywhere. ' +
    'Sign in with your password, and set up another.',
};

export function factorLetter(facts: { name: string; what: FactorChange; account: string }): Letter {
  return {
    subject: 'Something about signing in has changed',
    text: [
      `Hello ${facts.name},`,
      '',
      CHANGED[facts.what],
      '',
      'If this was neither you nor at your wish, change your password at once and tell your scheme:',
      facts.account,
      '',
    ].join('\n'),
  };
}

/** `at` is a moment in London: '2026-11-23' and '10:42'. */
export function newDeviceLetter(facts: {
  name: string;
  device: string;
  at: readonly [date: string, time: string];
  account: string;
}): Letter {
  const [date, time] = facts.at;
  return {
    subject: 'Somebody signed in as you from somewhere new',
    text: [
      `Hello ${facts.name},`,
      '',
      `On ${longDate(date)} at ${time} somebody signed in as you with ${facts.device}, which we had not seen before.`,
      '',
      'If that was you, you need do nothing.',
      'If not: sign out everywhere else, then change your password, and tell your scheme.',
      `${facts.account}/sessions`,
      '',
    ].join('\n'),
  };
}

/** The code is not in the subject, which shows on locked telephones. */
export function codeLetter(facts: { name: string; code: string; minutes: number }): Letter {
  return {
    subject: 'Your code to sign in',
    text: [
      `Hello ${facts.name},`,
      '',
      `Your code is ${facts.code}`,
      '',
      `It works once, for ${facts.minutes} minutes, where you have just given your password. Never tell it to anybody: we do not ask.`,
      'If you were not signing in, somebody knows your password. Please change it.',
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
