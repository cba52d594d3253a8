import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Uuid } from '../platform/http/fields.js';
import { CODE_CHANNELS, type CodeChannel } from './page.types.js';

export class PageAskedInput {
  @DateOnly({ description: 'When the person asked for a page, alone with you.' })
  askedOn: string;

  @Choice(CODE_CHANNELS, {
    description: 'The channel you tried together: the only one a code is ever sent by.',
  })
  channel: CodeChannel;
}

export class MakePageLinkInput {
  @Uuid({
    optional: true,
    nullable: true,
    description: 'A supporter who is given something; leave out for the person.',
  })
  supporterId?: string | null;
}

export class PageLinkView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'Shown once. It opens with the person’s date of birth.' })
  address: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt: Date;
}

export class PageVisitorView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null for the person.' })
  supporterId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The supporter’s name; null for the person.' })
  supporter: string | null;

  @ApiProperty({ description: 'Whether they may enter as things stand.' })
  open: boolean;

  @ApiProperty({ description: 'Whether a code can be sent to them as things stand.' })
  byCode: boolean;

  @ApiProperty({ description: 'Whether a link opens with the date of birth: never with a safety flag.' })
  byLink: boolean;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'With a safety flag: when they asked.',
  })
  askedOn: string | null;

  @ApiProperty({ enum: CODE_CHANNELS, nullable: true })
  askedChannel: CodeChannel | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who recorded that they asked.' })
  askedRecordedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  closedAt: Date | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who closed it; null where it was the person.' })
  closedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastEnteredAt: Date | null;
}
