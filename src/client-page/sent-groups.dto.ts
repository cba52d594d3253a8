import { ApiProperty } from '@nestjs/swagger';
import { SHORTLIST_ANSWERS, type ShortlistAnswer } from '../onward-referrals/onward.types.js';
import { MOST_KEPT } from '../onward-referrals/shortlists.service.js';
import { Choice, Uuids } from '../platform/http/fields.js';
import { SessionInput } from '../providers/listing.dto.js';
import { COSTS, type Cost, type Session } from '../providers/listing.types.js';
import { NO_WAY, type NoWay } from '../reminders/written-message.types.js';
import { CODE_CHANNELS, type CodeChannel } from './page.types.js';

/** Why somebody written to by a way could not open what they are told of: a code by that way has to open their page. */
export const NO_ENTRY = ['no_page', 'no_code'] as const;
export type NoEntry = (typeof NO_ENTRY)[number];

/** Why a service that is kept in mind is not sent. */
export const NOT_SENT = ['not_open', 'not_suitable', 'asked'] as const;
export type NotSent = (typeof NOT_SENT)[number];

/** Whether the group was told of the person: its answer is awaited or it has them, or that is over. */
export const ASKED = ['never', 'now', 'before'] as const;
export type Asked = (typeof ASKED)[number];

export class SendGroupsInput {
  @Uuids({ min: 1, max: MOST_KEPT, description: 'Services that are kept in mind, and may be sent.' })
  listingIds: string[];

  @Choice(CODE_CHANNELS, { description: 'By which way they are told that something is on their page.' })
  channel: CodeChannel;
}

export class SendingWayView {
  @ApiProperty({ enum: CODE_CHANNELS })
  channel: CodeChannel;

  @ApiProperty({
    enum: [...NO_WAY, ...NO_ENTRY],
    nullable: true,
    type: String,
    description:
      'Why it is not sent this way; null where it may be. `no_page`: they have no page of their own. `no_code`: a code sent this way would not open it.',
  })
  because: NoWay | NoEntry | null;
}

export class KeptToSendView {
  @ApiProperty({ format: 'uuid' })
  listingId: string;

  @ApiProperty()
  name: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({
    enum: NOT_SENT,
    nullable: true,
    type: String,
    description:
      'Why it is not sent; null where it may be. `not_open`: it is not published for everybody. `not_suitable`: a gate is not passed. `asked`: the group is being asked, or has them.',
  })
  because: NotSent | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  sentAt: Date | null;

  @ApiProperty({ description: 'What was sent last is still to go, and can be taken back.' })
  waits: boolean;

  @ApiProperty({ enum: SHORTLIST_ANSWERS, nullable: true, type: String })
  answer: ShortlistAnswer | null;
}

export class SendingView {
  @ApiProperty({ type: [SendingWayView] })
  ways: SendingWayView[];

  @ApiProperty({ type: [KeptToSendView], description: 'What is kept in mind, by name.' })
  groups: KeptToSendView[];

  @ApiProperty({ description: 'They were sent some within a day: no more until it is over.' })
  sentToday: boolean;

  @ApiProperty({ description: 'What the message says between greeting and name.' })
  words: string;
}

export class PageGroupView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ type: String, nullable: true })
  organisationName: string | null;

  @ApiProperty({ type: String, nullable: true })
  description: string | null;

  @ApiProperty({ type: [SessionInput] })
  schedule: Session[];

  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  postcode: string | null;

  @ApiProperty({ enum: COSTS, nullable: true, type: String })
  cost: Cost | null;

  @ApiProperty({ type: String, nullable: true })
  costNote: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null: ask us, and we introduce you.' })
  howToJoin: string | null;

  @ApiProperty({ format: 'date-time', description: 'All of this is as it was published then.' })
  sentAt: Date;

  @ApiProperty({
    description:
      'False: it is not suggested any more, as it is not for everybody to join or was taken off what is kept in mind. Only its name is told then.',
  })
  stillThere: boolean;

  @ApiProperty({
    enum: ASKED,
    description: 'Whether the group was told of the person. While that is `now` no answer is taken.',
  })
  asked: Asked;

  @ApiProperty({ enum: SHORTLIST_ANSWERS, nullable: true, type: String })
  answer: ShortlistAnswer | null;
}

export class AnswerGroupInput {
  @Choice(SHORTLIST_ANSWERS)
  answer: ShortlistAnswer;
}
