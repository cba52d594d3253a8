import { registerEvents } from '../platform/outbox/events.js';

export const SURVEY_RECEIVED = 'survey.received';
export const SURVEY_REVIEWED = 'survey.reviewed';
export const SURVEY_FORGOTTEN = 'survey.forgotten';

registerEvents([SURVEY_RECEIVED, SURVEY_REVIEWED, SURVEY_FORGOTTEN]);
