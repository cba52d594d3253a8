/** A questionnaire that a scheme wrote itself: one version. What was published is never changed. */
export const QUESTIONNAIRE_STATES = ['draft', 'published', 'retired'] as const;
export type QuestionnaireState = (typeof QUESTIONNAIRE_STATES)[number];

/** Ids of scheme-made questionnaires begin with this, so that none is ever taken for one that ships. */
export const OWN = 'own_';

/** What somebody did at once after an answer that must not wait. */
export const RISK_STEPS = [
  'stayed_with_them',
  'made_safety_plan',
  'rang_999',
  'rang_crisis_line',
  'told_gp_same_day',
  'told_manager',
  'told_somebody_close',
  'already_in_care_for_it',
  'other',
] as const;
export type RiskStep = (typeof RISK_STEPS)[number];
