import type { FieldProblem } from '../platform/errors/refusal.js';
import { ageOn } from '../platform/pure/names.js';
import type { AgreementBasis, AgreementScope } from './agreement.types.js';
import type { UnderAgeBasis } from './client.types.js';

/** Parental responsibility ends at 18 (Children Act 1989, section 3 with section 105), whatever a scheme's own minimum age. */
export const ADULT = 18;

export interface AgreementFacts {
  scope: readonly AgreementScope[];
  basis: AgreementBasis;
  decidedBy: string | null;
  authoritySeenOn: string | null;
  consulted: string | null;
  agreedOn: string;
  renewOn: string | null;
  /** null: the scheme itself. */
  organisationId: string | null;
}

export interface AgreeingPerson {
  dateOfBirth: string;
  underAgeBasis: UnderAgeBasis | null;
}

/**
 * What is wrong with a recorded agreement; empty when nothing is (domain page, section 4). Whoever decides for the
 * person is named; an attorney's or deputy's authority has been seen; a best-interests decision says who was
 * consulted. An advocate supports and never decides, so no basis names one.
 */
export function agreementProblems(
  agreement: AgreementFacts,
  person: AgreeingPerson,
  today: string,
  minimumAge: number,
): FieldProblem[] {
  const { basis, decidedBy, authoritySeenOn, consulted, agreedOn, renewOn } = agreement;
  const problems: FieldProblem[] = [];
  const say = (field: string, message: string): void => {
    problems.push({ field, message });
  };
  if (agreedOn > today) say('agreedOn', 'The date cannot be in the future');
  if (agreedOn < person.dateOfBirth) say('agreedOn', 'The date cannot be before the date of birth');
  if (renewOn !== null && renewOn <= agreedOn) say('renewOn', 'Renewal must be after the agreement');
  if (basis === 'agreed') {
    if (decidedBy !== null) say('decidedBy', 'Leave this out when the person agreed themselves');
  } else if (decidedBy === null) {
    say('decidedBy', DECIDED_BY_MISSING[basis]);
  }
  if (basis === 'attorney_or_deputy') {
    if (authoritySeenOn === null) say('authoritySeenOn', 'Say when you saw the power of attorney or order');
    else if (authoritySeenOn > today) say('authoritySeenOn', 'The date cannot be in the future');
  } else if (authoritySeenOn !== null) {
    say('authoritySeenOn', 'Only for an attorney or deputy');
  }
  if (basis === 'best_interests' && consulted === null) say('consulted', 'Say who was consulted');
  if (basis !== 'best_interests' && consulted !== null) {
    say('consulted', 'Only for a best-interests decision');
  }
  if (agreement.organisationId !== null && agreement.scope.includes('scheme_support')) {
    say('scope', 'Support by the scheme is agreed with the scheme, not with an organisation');
  }
  if (problems.length === 0) problems.push(...ageProblems(basis, person, today, minimumAge));
  return problems;
}

const DECIDED_BY_MISSING: Record<Exclude<AgreementBasis, 'agreed'>, string> = {
  attorney_or_deputy: 'Name the attorney or deputy',
  best_interests: 'Name who decided, and their role',
  parental_responsibility: 'Name who holds parental responsibility',
};

function ageProblems(
  basis: AgreementBasis,
  person: AgreeingPerson,
  today: string,
  minimumAge: number,
): FieldProblem[] {
  const age = ageOn(person.dateOfBirth, today);
  if (basis === 'parental_responsibility' && age >= ADULT) {
    return [{ field: 'basis', message: 'Parental responsibility ended at 18' }];
  }
  if (basis === 'agreed' && age < minimumAge && person.underAgeBasis !== 'competence') {
    return [
      {
        field: 'basis',
        message: `This person is under ${String(minimumAge)} and not recorded as competent to agree themselves`,
      },
    ];
  }
  return [];
}

/** What is left of an agreement when some scopes are taken back, in the order it was given. */
export const scopeLeft = (
  scope: readonly AgreementScope[],
  takenBack: readonly AgreementScope[],
): AgreementScope[] => scope.filter((one) => !takenBack.includes(one));
