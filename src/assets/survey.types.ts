import type { AssetKind } from './asset.types.js';

export const LINK_PURPOSES = ['survey', 'tally'] as const;
export type GroupLinkPurpose = (typeof LINK_PURPOSES)[number];

/** How long a link works unless told, and at most. */
export const LINK_DAYS = 30;
export const MOST_LINK_DAYS = 366;

/** An open link in the wrong hands fills no database. */
export const MOST_REPLIES = 500;

/** A volunteer's name and number are kept this long, to ring them back. */
export const CONTACT_MONTHS = 12;

export const SURVEY_TOPICS = ['people', 'space', 'skills', 'time', 'reach'] as const;
export type SurveyTopic = (typeof SURVEY_TOPICS)[number];

/** Who may know: nobody but the scheme's managers and the group; whoever asks; whoever asks, and people may be sent. */
export const SHARINGS = ['private', 'tell', 'send'] as const;
export type Sharing = (typeof SHARINGS)[number];

export const GROUP_NAME_LENGTH = 200;
export const WORDS_LENGTH = 1500;
export const CONTACT_LENGTH = 120;

/** What each topic is on the map, until a manager says otherwise. */
export const TOPIC_KIND: Record<SurveyTopic, AssetKind> = {
  people: 'people_and_skills',
  space: 'places',
  skills: 'people_and_skills',
  time: 'people_and_skills',
  reach: 'associations',
};

export interface SurveyAnswer {
  topic: SurveyTopic;
  words: string;
  sharing: Sharing;
}

/** A form as somebody filled it in, tidied and checked. */
export interface SurveyForm {
  groupName: string | null;
  contactName: string | null;
  contactEmail: string | null;
  contactPhone: string | null;
  answers: SurveyAnswer[];
}

/** A link that works. */
export interface OpenGroupLink {
  id: string;
  schemeId: string;
  purpose: GroupLinkPurpose;
  organisationId: string | null;
  neighbourhoodId: string | null;
  scheme: string;
  /** Null for a neighbourhood's: whoever answers says which group they are. */
  group: string | null;
  /** Whether it offers services, so that people may be sent to it. */
  provides: boolean;
  neighbourhood: string | null;
  /** Whom to ring. */
  phone: string | null;
}
