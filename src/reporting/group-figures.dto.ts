import { ApiProperty } from '@nestjs/swagger';
import { Choice, ChoicesInQuery, Text } from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { SECTORS, type Sector } from '../providers/provider.types.js';
import {
  FEWEST_ANSWERS,
  GROUP_FIGURE_SORTS,
  GROUP_TROUBLES,
  type GroupFigureSort,
  type GroupTrouble,
} from './group-figures.types.js';

export class GroupFiguresQuery extends PageQuery {
  @Text({ optional: true, max: 100, description: 'Part of the name.' })
  text?: string;

  @ChoicesInQuery(SECTORS, { optional: true })
  sector?: Sector[];

  @Choice(GROUP_TROUBLES, {
    optional: true,
    description:
      'Only groups with an offer they did not reply to, a service nobody has said is right for 90 days, no place left, or a last message that came back.',
  })
  trouble?: GroupTrouble;

  @SortInQuery(GROUP_FIGURE_SORTS, 'name')
  sort?: Sort<GroupFigureSort>;
}

/** Of one group, or of all of them together. */
export class GroupCountsView {
  @ApiProperty({
    description: 'Offers made in the last 365 days. Those of a referral entered in error are left out.',
  })
  asked: number;

  @ApiProperty({ description: 'Of those asked: yes, no, or on the waiting list.' })
  answered: number;

  @ApiProperty({ description: 'Of the answers: yes, whatever came of it later.' })
  accepted: number;

  @ApiProperty({ description: 'Of the answers: on the waiting list.' })
  waitlisted: number;

  @ApiProperty({ description: 'Of the answers: no.' })
  declined: number;

  @ApiProperty({ description: 'Of those asked: the time for an answer ran out.' })
  noReply: number;

  @ApiProperty({ description: 'Of those asked: still has time to answer.' })
  notYet: number;

  @ApiProperty({ description: 'Of those asked: withdrawn before there was an answer.' })
  takenBack: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: `Median calendar days from asking to the answer. Null for fewer than ${String(FEWEST_ANSWERS)} answers. Offers without an answer are not in it: read it beside \`noReply\` and \`notYet\`.`,
  })
  medianDays: number | null;

  @ApiProperty({ description: 'Published services.' })
  services: number;

  @ApiProperty({ description: 'Of the services: not said to be right in the last 90 days, or never.' })
  notConfirmed: number;

  @ApiProperty({ description: 'Of the services: never said to be right.' })
  neverConfirmed: number;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'Of the services that were ever said to be right, the day that is longest ago.',
  })
  oldestConfirmedOn: string | null;

  @ApiProperty({ description: 'Of the services: those whose places are counted. The others have no number.' })
  counted: number;

  @ApiProperty({ description: 'Places of the services that count them.' })
  places: number;

  @ApiProperty({ description: 'Of the places: held or taken.' })
  taken: number;

  @ApiProperty({
    description: 'Of the services: no place is left, or the group says that it is full for now.',
  })
  full: number;

  @ApiProperty({ description: 'People on the waiting lists today.' })
  waiting: number;

  @ApiProperty({
    description: 'Messages to the group of the last 365 days of which we know whether they went.',
  })
  messages: number;

  @ApiProperty({ description: 'Of the messages: came back, or could not be delivered.' })
  cameBack: number;
}

export class GroupFiguresView extends GroupCountsView {
  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: SECTORS })
  sector: Sector;

  @ApiProperty({ description: 'Whether the last message did not arrive.' })
  lastCameBack: boolean;
}

export class GroupsTogetherView extends GroupCountsView {
  @ApiProperty({ description: 'Groups that have not closed for good.' })
  groups: number;

  @ApiProperty({ description: 'Of the groups: not asked in the last 365 days.' })
  neverAsked: number;

  @ApiProperty({ description: 'Of the groups: the last message did not arrive.' })
  unreached: number;

  @ApiProperty({ format: 'date', description: 'Offers and messages are counted from this day on.' })
  since: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When what was counted was so: now, or where a replica is read up to five minutes ago.',
  })
  asOf: Date;
}
