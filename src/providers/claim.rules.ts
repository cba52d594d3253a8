import type { FieldProblem } from '../platform/errors/refusal.js';
import type { ClaimForm } from './claim.types.js';
import type { GroupLetter } from './group-address.rules.js';

/** How long the link to an address works. */
export const CLAIM_LINK_DAYS = 7;
/** Anybody may ask in somebody's name: their mailbox must not fill up, and no group be buried. */
export const CLAIMS_AN_HOUR_BY_ADDRESS = 3;
export const CLAIMS_A_DAY_OF_GROUP = 10;

const ADDRESS = /^[^@\s]{1,64}@[^@\s]{1,189}$/;

/** What is wrong with the form, by field, in the words of its page. */
export function claimProblems({ name, email, why }: Omit<ClaimForm, 'wantsSignIn'>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (name === '') problems.push({ field: 'name', message: 'Enter your name' });
  if (name.length > 200) problems.push({ field: 'name', message: 'Use 200 letters or fewer' });
  if (!ADDRESS.test(email)) {
    problems.push({ field: 'email', message: 'Enter an e-mail address, like name@example.org' });
  }
  if (why === '') problems.push({ field: 'why', message: 'Tell us what you do in the group' });
  if (why.length > 1000) problems.push({ field: 'why', message: 'Use 1,000 letters or fewer' });
  return problems;
}

interface ClaimLetter {
  subject: string;
  text: string;
}

/** Neither letter names the group or the person: a mailbox may be read by others. */
export const proveLetter = (link: string, privacy: string): ClaimLetter => ({
  subject: 'Please confirm your address',
  text: [
    'Hello,',
    '',
    'Somebody, we hope you, told us at our website that they answer for a group. Please confirm that this is your address:',
    link,
    '',
    `The link works once, for ${String(CLAIM_LINK_DAYS)} days. Then somebody of the scheme looks at what you wrote.`,
    'If it was not you, you need do nothing: we forget it by ourselves.',
    '',
    `What we keep of you, and for how long: ${privacy}`,
    '',
  ].join('\n'),
});

/** To where the group was written to before: it says neither which group nor who came after. */
export const replacedLetter = (privacy: string): GroupLetter => ({
  subject: 'Somebody else answers for your group now',
  text: [
    'Hello,',
    '',
    'We used to write to this address when somebody might come to your group. Somebody else answers for it now, so we write to them instead.',
    'If that is wrong, please ring the scheme.',
    '',
    `What we keep of you, and for how long: ${privacy}`,
    '',
  ].join('\n'),
  texts: [
    `Betony: somebody else answers for your group now, so we write to them instead. If that is wrong, please ring the scheme. What we keep of you: ${privacy}`,
  ],
});

export const decidedLetter = (approved: boolean, privacy: string): ClaimLetter => ({
  subject: approved ? 'You answer for your group now' : 'About what you told us',
  text: [
    'Hello,',
    '',
    ...(approved
      ? [
          'Thank you. From now on we write to you at this address when somebody may come to your group. Each message has a link that says "I no longer help here".',
          'Others may read this address too, so a message with a code comes before we show the name and number of anybody. If only you read it, please tell the scheme.',
        ]
      : [
          'Thank you for telling us. We could not confirm that you answer for the group, so nothing has changed. Please ring the scheme if you think that is wrong.',
        ]),
    '',
    `What we keep of you, and for how long: ${privacy}`,
    '',
  ].join('\n'),
});
