import { ApiProperty } from '@nestjs/swagger';
import { Choice, Uuid, WholeNumber, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  LINK_DAYS,
  LINK_PURPOSES,
  MOST_LINK_DAYS,
  SURVEY_TOPICS,
  SHARINGS,
  type GroupLinkPurpose,
  type SurveyTopic,
  type Sharing,
} from './survey.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

export class MakeGroupLink {
  @Choice(LINK_PURPOSES, {
    description:
      'survey: "what your group has to offer", a form about its people, space, skills, time and reach. tally: a form to count the help it gave, naming nobody; of one group only.',
  })
  purpose: GroupLinkPurpose;

  @Uuid({ ...UNTOLD, description: 'For one group. Either this or a neighbourhood.' })
  organisationId?: string | null;

  @Uuid({ ...UNTOLD, description: 'Open to every group of a neighbourhood.' })
  neighbourhoodId?: string | null;

  @WholeNumber({
    optional: true,
    min: 1,
    max: MOST_LINK_DAYS,
    description: `How many days it works; ${String(LINK_DAYS)} unless told.`,
  })
  days?: number;
}

export class GroupLinkListQuery extends PageQuery {
  @Choice(LINK_PURPOSES, { optional: true })
  purpose?: GroupLinkPurpose;

  @Uuid({ optional: true })
  organisationId?: string;
}

export class GroupLinkView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: LINK_PURPOSES })
  purpose: GroupLinkPurpose;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  organisationId: string | null;

  @ApiProperty({ type: String, nullable: true })
  organisationName: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  neighbourhoodId: string | null;

  @ApiProperty({ type: String, nullable: true })
  neighbourhoodName: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What to send or print; null once it has ended.',
  })
  address: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time' })
  expiresAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt: Date | null;

  @ApiProperty({ description: 'How many replies came by it.' })
  replies: number;
}

export class SurveyReplyListQuery extends PageQuery {
  @YesNoInQuery({
    optional: true,
    description: 'Only those that a manager has looked at, or only the others.',
  })
  reviewed?: boolean;

  @Uuid({ optional: true })
  organisationId?: string;

  @Uuid({ optional: true })
  neighbourhoodId?: string;
}

export class SurveyAnswerView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: SURVEY_TOPICS })
  topic: SurveyTopic;

  @ApiProperty({ type: String, nullable: true, description: 'Null once it was forgotten.' })
  words: string | null;

  @ApiProperty({
    enum: SHARINGS,
    description: 'private: shown to managers and the group, and to nobody else.',
  })
  sharing: Sharing;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The draft that it became.' })
  assetId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The service that it became.' })
  listingId: string | null;
}

export class SurveyReplyView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  organisationId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  neighbourhoodId: string | null;

  @ApiProperty()
  groupName: string;

  @ApiProperty({ type: String, nullable: true })
  contactName: string | null;

  @ApiProperty({ type: String, nullable: true })
  contactEmail: string | null;

  @ApiProperty({ type: String, nullable: true })
  contactPhone: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  receivedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  reviewedAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  forgottenAt: Date | null;

  @ApiProperty({ type: [SurveyAnswerView] })
  answers: SurveyAnswerView[];
}
