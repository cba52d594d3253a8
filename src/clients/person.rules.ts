import { nameSound, normaliseName } from '../platform/pure/names.js';
import type { MatchInput, NewClientInput } from './client.dto.js';
import type { Client } from './client.entity.js';
import type { MatchFacts } from './matching.rules.js';

/** A person as written down by somebody, without the class that checked it. */
export type NewPerson = { [Property in keyof NewClientInput]: NewClientInput[Property] };

/** What matching compares, kept beside the names so that an index can find it. */
export const nameKeys = (firstName: string, lastName: string) => ({
  firstNameKey: normaliseName(firstName),
  lastNameKey: normaliseName(lastName),
  lastNameSound: nameSound(lastName),
});

/** A person's answers with every question that was not answered filled in. */
export function answersOf(input: NewPerson) {
  return {
    nhsNumber: input.nhsNumber ?? null,
    noNhsNumberBecause: input.noNhsNumberBecause ?? null,
    firstName: input.firstName,
    lastName: input.lastName,
    knownAs: input.knownAs ?? null,
    dateOfBirth: input.dateOfBirth,
    underAgeBasis: input.underAgeBasis ?? null,
    underAgeNote: input.underAgeNote ?? null,
    sex: input.sex ?? null,
    gender: input.gender ?? null,
    ethnicity: input.ethnicity ?? null,
    phone: input.phone ?? null,
    email: input.email ?? null,
    address: input.address ?? null,
    postcode: input.postcode ?? null,
    noFixedAddress: input.noFixedAddress ?? false,
    dayPlacePostcode: input.dayPlacePostcode ?? null,
    safeToCall: input.safeToCall ?? 'not_asked',
    safeToText: input.safeToText ?? 'not_asked',
    safeToEmail: input.safeToEmail ?? 'not_asked',
    safeToWrite: input.safeToWrite ?? 'not_asked',
    safeToLeaveMessage: input.safeToLeaveMessage ?? 'not_asked',
    reachThrough: input.reachThrough ?? null,
    reachNote: input.reachNote ?? null,
    language: input.language ?? 'en',
    interpreter: input.interpreter ?? 'not_needed',
    interpreterNote: input.interpreterNote ?? null,
    accessNeeds: input.accessNeeds ?? [],
    accessNote: input.accessNote ?? null,
    initialsOnly: input.initialsOnly ?? false,
    safetyFlag: input.safetyFlag ?? false,
    faithPreference: input.faithPreference ?? 'not_asked',
    faithTradition: input.faithTradition ?? null,
  } satisfies Partial<Client>;
}
export type Answers = ReturnType<typeof answersOf>;

/** What is compared of a person being written down. */
export const matchFactsOf = (person: {
  [Fact in keyof MatchInput]: MatchInput[Fact];
}): MatchFacts => ({
  nhsNumber: person.nhsNumber ?? null,
  firstName: person.firstName,
  lastName: person.lastName,
  knownAs: person.knownAs ?? null,
  dateOfBirth: person.dateOfBirth,
  postcode: person.postcode ?? null,
  phone: person.phone ?? null,
});
