import type { FieldProblem } from '../platform/errors/refusal.js';
import type { Commitment } from './covenant.types.js';

/** What is wrong with a text of the local agreement, by field. Codes are compared, so each stands once. */
export function covenantProblems(commitments: readonly Commitment[]): FieldProblem[] {
  return commitments.flatMap(({ code }, index) => {
    const field = `commitments.${String(index)}.code`;
    if (!/^[a-z][a-z_]{2,59}$/.test(code)) {
      return [{ field, message: 'Use small letters and underscores, like listen_first' }];
    }
    return commitments.findIndex((other) => other.code === code) < index
      ? [{ field, message: 'Use each code only once' }]
      : [];
  });
}

/** What is wrong with a signature under that text. `today` and `publishedOn` are dates in London. */
export function signatureProblems(
  signature: { commitments: readonly string[]; signedOn: string },
  covenant: { commitments: readonly Commitment[]; publishedOn: string },
  today: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (signature.commitments.some((code) => !covenant.commitments.some((one) => one.code === code))) {
    problems.push({ field: 'commitments', message: 'Choose from the commitments of this version' });
  }
  if (signature.signedOn > today) {
    problems.push({ field: 'signedOn', message: 'Enter a date that is not in the future' });
  } else if (signature.signedOn < covenant.publishedOn) {
    problems.push({
      field: 'signedOn',
      message: 'Enter a date on or after the day this version was published',
    });
  }
  return problems;
}
