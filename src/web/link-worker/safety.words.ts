import type {
  SafeguardingAbout,
  SafeguardingKind,
  SafeguardingOutcome,
  SafeguardingTold,
} from '../../clients/safeguarding.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const CONCERN_KIND_WORDS: Record<SafeguardingKind, string> = sayAll({
  neglect: 'Neglect',
  domestic_abuse: 'Domestic abuse',
  financial_abuse: 'Money taken or misused',
  physical_abuse: 'Physical abuse',
  sexual_abuse: 'Sexual abuse',
  emotional_abuse: 'Emotional abuse',
  exploitation: 'Exploitation or slavery',
  self_neglect: 'Not looking after themselves',
  self_harm_or_suicide: 'Self-harm or thoughts of suicide',
  radicalisation: 'Being drawn into terrorism',
  something_else: 'Something else',
});

export const CONCERN_ABOUT_WORDS: Record<SafeguardingAbout, string> = sayAll({
  client: 'This person',
  child: 'A child near them',
  another_adult: 'Another adult near them',
});

export const CONCERN_TOLD_WORDS: Record<SafeguardingTold, string> = sayAll({
  police: 'The police',
  ambulance: 'An ambulance',
  adult_social_care: 'Adult social care',
  children_social_care: 'Children’s social care',
  gp_practice: 'Their GP practice',
  safeguarding_lead: 'Our safeguarding lead',
  line_manager: 'My manager',
  mental_health_crisis: 'The mental health crisis line',
  nobody_yet: 'Nobody yet',
});

export const CONCERN_OUTCOME_WORDS: Record<SafeguardingOutcome, string> = sayAll({
  passed_on: 'Passed on, and they deal with it',
  protected: 'They are safe now',
  no_further_action: 'Nothing more needs doing',
  not_founded: 'It was not so',
});
