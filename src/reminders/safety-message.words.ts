import { spokenPhone } from '../platform/pure/phone.js';
import { type Letter, render } from './message.words.js';

/** The subject names nobody. `identity` is for an address on the practice's secure list alone. */
export const safetyLetter = (facts: {
  reference: string;
  link: string;
  phone: string | null;
  identity: string | null;
}): Letter =>
  render('safety.message', {
    reference: facts.reference,
    link: facts.link,
    phone: facts.phone === null ? '.' : `: ${spokenPhone(facts.phone)}`,
    identity: facts.identity === null ? '' : `${facts.identity}\n\n`,
  });
