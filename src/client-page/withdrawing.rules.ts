import type { AgreementScope } from '../clients/agreement.types.js';

/** What is said of taking back, and done by it: kept beside what the hooks of `agreementWithdrawn` do. */
const OF_SCHEME: Record<AgreementScope, string> = {
  scheme_support:
    'We stop supporting you. Your appointments with us are cancelled, and nobody rings or writes to you.',
  contact_details: 'We use your phone number and addresses no more than the law asks us to.',
  needs: 'We tell nobody what you want help with.',
  access_needs: 'We tell nobody what you need so that you can take part.',
  progress_feedback: 'Whoever referred you hears no more than that we received it.',
  full_feedback: 'Whoever referred you hears no more details.',
  plan: 'Nobody outside our service reads your plan.',
};
const OF_ORGANISATION: Record<AgreementScope, string> = {
  scheme_support: OF_SCHEME.scheme_support,
  contact_details: 'They can no longer see your name, phone number or address here.',
  needs: 'They can no longer see what you want help with.',
  access_needs: 'They can no longer see what you need so that you can take part.',
  progress_feedback: 'They hear no more of how it is going.',
  full_feedback: 'They hear no more of what came of it.',
  plan: 'They can no longer read your plan.',
};

/**
 * What happens at once when all of an agreement is taken back, in words, before anybody confirms it. `organisation` is
 * null for the scheme itself; `takesPart`: the person is with that group, was offered to it, or waits for it.
 */
export function effectsOf(
  scope: readonly AgreementScope[],
  organisation: string | null,
  takesPart: boolean,
): string[] {
  const words = organisation === null ? OF_SCHEME : OF_ORGANISATION;
  const effects = scope.map((one) => words[one]);
  if (organisation === null && scope.includes('scheme_support')) {
    effects.push('Groups that you go to, or that we asked for you, are told not to contact you through us.');
  }
  if (organisation !== null && takesPart) {
    effects.push(`Your place at ${organisation} ends, and they are asked not to contact you.`);
  }
  effects.push(
    'What was shared before stays known to whoever read it.',
    'Your care at your practice stays as it is.',
  );
  return effects;
}

/** Only what somebody agreed to themselves is theirs to take back by a button; the rest is talked over. */
export const mayTakeBack = (agreement: { basis: string; withdrawnAt: Date | null }): boolean =>
  agreement.basis === 'agreed' && agreement.withdrawnAt === null;
