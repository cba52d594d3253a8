import type {
  EthnicCategory,
  FaithPreference,
  Gender,
  NoNhsNumberReason,
  Sex,
  UnderAgeBasis,
} from '../../clients/client.types.js';
import type { Relation, SharedItem, SupporterRole } from '../../clients/people-close.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const NO_NUMBER_WORDS: Record<NoNhsNumberReason, string> = sayAll({
  not_known: 'Nobody knows it',
  overseas: 'From overseas',
  devolved_nation: 'From Scotland or Northern Ireland',
  not_given: 'They would rather not say',
});

export const SEX_WORDS: Record<Sex, string> = sayAll({
  female: 'Female',
  male: 'Male',
  indeterminate: 'Indeterminate',
  not_known: 'Not known',
});

export const GENDER_WORDS: Record<Gender, string> = sayAll({
  female: 'Woman',
  male: 'Man',
  non_binary: 'Non-binary',
  other: 'In another way',
  not_stated: 'They would rather not say',
  not_known: 'Not known',
});

/** NHS Data Dictionary, ETHNIC CATEGORY. */
export const ETHNICITY_WORDS: Record<EthnicCategory, string> = sayAll({
  A: 'White: British',
  B: 'White: Irish',
  C: 'White: any other background',
  D: 'Mixed: White and Black Caribbean',
  E: 'Mixed: White and Black African',
  F: 'Mixed: White and Asian',
  G: 'Mixed: any other background',
  H: 'Asian or Asian British: Indian',
  J: 'Asian or Asian British: Pakistani',
  K: 'Asian or Asian British: Bangladeshi',
  L: 'Asian or Asian British: any other background',
  M: 'Black or Black British: Caribbean',
  N: 'Black or Black British: African',
  P: 'Black or Black British: any other background',
  R: 'Chinese',
  S: 'Any other ethnic group',
  Z: 'They would rather not say',
  '99': 'Not known',
});

export const FAITH_WORDS: Record<FaithPreference, string> = sayAll({
  not_asked: 'Not asked',
  do_not_mind: 'They do not mind',
  own_tradition: 'Of their own tradition',
  non_religious: 'Not of a religious group',
});

export const UNDER_AGE_WORDS: Record<UnderAgeBasis, string> = sayAll({
  competence: 'They decide themselves, and were found competent',
  parental_responsibility: 'A parent decides',
});

/** What somebody else is to the person. */
export const RELATION_WORDS: Record<Relation, string> = sayAll({
  household: 'Of the same household',
  partner: 'Their partner',
  parent: 'Their parent',
  child: 'Their child',
  carer: 'Looks after them',
  cared_for: 'Is looked after by them',
  other: 'Belongs with them in another way',
});

export const SUPPORTER_ROLE_WORDS: Record<SupporterRole, string> = sayAll({
  carer: 'Looks after them',
  advocate: 'Speaks for them',
  attorney: 'Attorney or deputy',
  parent: 'Parent',
  family: 'Family',
  friend: 'Friend',
  other: 'Somebody else',
});

export const SHARED_ITEM_WORDS: Record<SharedItem, string> = sayAll({
  plan: 'Their plan',
  appointments: 'Their appointments',
  questionnaires: 'Their answers to questionnaires',
  messages: 'Messages to us and from us',
});
