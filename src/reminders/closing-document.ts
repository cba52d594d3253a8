import type { Attachment } from '../platform/mail/mail.types.js';
import { sayDate } from './message.words.js';
import type { Identity } from './secure-mail.queries.js';

export interface ClosingFacts extends Identity {
  reference: string;
  /** The lines a GP reads first. */
  lines: readonly string[];
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** Three groups, as on every NHS letter: 999 123 4560. */
const sayNhsNumber = (number: string | null): string =>
  number === null ? 'not known' : number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');

export const identityLine = ({ name, dateOfBirth, nhsNumber }: Identity): string =>
  `${name}, born ${sayDate(dateOfBirth)}, NHS number ${sayNhsNumber(nhsNumber)}`;

/** What a practice files. Its name is the reference: names of files are read in lists and logs. */
export function closingDocument(facts: ClosingFacts): Attachment {
  const paragraphs = facts.lines.map((line) => `<p>${escaped(line)}</p>`).join('\n');
  return {
    name: `social-support-${facts.reference}.html`,
    type: 'text/html; charset=utf-8',
    content: `<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<title>${escaped(facts.reference)}</title>
<h1>What became of a referral</h1>
<p>${escaped(identityLine(facts))}</p>
${paragraphs}
</html>
`,
  };
}
