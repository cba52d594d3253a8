import { registerEvents } from '../platform/outbox/events.js';

/** Payloads hold `responseId` and `referralId`. */
export const RESPONSE_EVENTS = {
  record: 'response.recorded',
  correct: 'response.corrected',
  strikeOut: 'response.voided',
} as const;

/** Payloads hold `questionnaireId`; of a switch, `measure`. */
export const QUESTIONNAIRE_EVENTS = {
  draft: 'questionnaire.drafted',
  amend: 'questionnaire.amended',
  publish: 'questionnaire.published',
  retire: 'questionnaire.retired',
  discard: 'questionnaire.discarded',
  switch: 'measure.switched',
} as const;

registerEvents([...Object.values(RESPONSE_EVENTS), ...Object.values(QUESTIONNAIRE_EVENTS)]);
