import { ApiProperty } from '@nestjs/swagger';
import {
  Choice,
  ChoicesInQuery,
  Email,
  OdsCode,
  Postcode,
  Text,
  UkPhone,
  Uuid,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import {
  FEEDBACK_BY,
  type FeedbackBy,
  ORGANISATION_KINDS,
  type OrganisationKind,
} from './organisation.types.js';

const AWAY = { optional: true, nullable: true } as const;

export class CreateOrganisationInput {
  @Text({ max: 200, example: 'Mill Lane Surgery' })
  name: string;

  @Choice(ORGANISATION_KINDS)
  kind: OrganisationKind;

  @YesNo({ optional: true, description: 'Sends referrals. False unless told.' })
  refers?: boolean;

  @YesNo({ optional: true, description: 'Offers services. False unless told.' })
  provides?: boolean;

  @OdsCode(AWAY)
  odsCode?: string | null;

  @Email(AWAY)
  email?: string | null;

  @UkPhone(AWAY)
  phone?: string | null;

  @Text({ ...AWAY, max: 500 })
  address?: string | null;

  @Postcode(AWAY)
  postcode?: string | null;

  @Email({ ...AWAY, description: 'Where a practice wants to read what became of its referrals.' })
  feedbackEmail?: string | null;
}

export class AmendOrganisationInput {
  @Text({ optional: true, max: 200 })
  name?: string;

  @Choice(ORGANISATION_KINDS, { optional: true })
  kind?: OrganisationKind;

  @YesNo({ optional: true })
  refers?: boolean;

  @YesNo({ optional: true })
  provides?: boolean;

  @OdsCode(AWAY)
  odsCode?: string | null;

  @Email(AWAY)
  email?: string | null;

  @UkPhone(AWAY)
  phone?: string | null;

  @Text({ ...AWAY, max: 500 })
  address?: string | null;

  @Postcode(AWAY)
  postcode?: string | null;

  @Email(AWAY)
  feedbackEmail?: string | null;

  @YesNo({
    optional: true,
    description: 'False for one that has closed: it is kept, and no longer offered as a choice.',
  })
  active?: boolean;
}

/** What a practice says of itself: how it is reached, who answers for it, and how it hears what became of its referrals. */
export class KeepOwnOrganisationInput {
  @UkPhone(AWAY)
  phone?: string | null;

  @Email(AWAY)
  email?: string | null;

  @Email({
    ...AWAY,
    description:
      'Null: the address above. Nobody is named there unless the scheme allowed the address for it.',
  })
  feedbackEmail?: string | null;

  @Choice(FEEDBACK_BY, {
    optional: true,
    description: 'None: what became of a referral is read by signing in, and no message says so.',
  })
  feedbackBy?: FeedbackBy;

  @YesNo({ optional: true, description: 'Whether its week comes by e-mail, on the first working day.' })
  weekly?: boolean;

  @Uuid({
    ...AWAY,
    description: 'The membership of whoever answers for it where nobody in particular is meant.',
  })
  contactId?: string | null;
}

export const ORGANISATION_SORTS = ['name', 'kind', 'active'] as const;
export type OrganisationSort = (typeof ORGANISATION_SORTS)[number];

export class OrganisationsQuery extends PageQuery {
  @Text({ optional: true, max: 100, description: 'The beginning of the name.' })
  name?: string;

  @ChoicesInQuery(ORGANISATION_KINDS, { optional: true })
  kind?: OrganisationKind[];

  @YesNoInQuery({ optional: true })
  refers?: boolean;

  @YesNoInQuery({ optional: true })
  provides?: boolean;

  @YesNoInQuery({ optional: true })
  active?: boolean;

  @SortInQuery(ORGANISATION_SORTS, 'name')
  sort?: Sort<OrganisationSort>;
}

export class OrganisationView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ example: 'Mill Lane Surgery' })
  name: string;

  @ApiProperty({ enum: ORGANISATION_KINDS })
  kind: OrganisationKind;

  @ApiProperty()
  refers: boolean;

  @ApiProperty()
  provides: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'F81011' })
  odsCode: string | null;

  @ApiProperty({ type: String, nullable: true })
  email: string | null;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  postcode: string | null;

  @ApiProperty({ type: String, nullable: true })
  feedbackEmail: string | null;

  @ApiProperty({
    enum: FEEDBACK_BY,
    description: 'None: it is told nothing by message of what became of a referral, and reads it here.',
  })
  feedbackBy: FeedbackBy;

  @ApiProperty({ description: 'Whether its week comes by e-mail.' })
  weekly: boolean;

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  contactId: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Whoever answers for it. Null: nobody in particular, or they have left.',
  })
  contactName: string | null;

  @ApiProperty()
  active: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt: Date;
}
