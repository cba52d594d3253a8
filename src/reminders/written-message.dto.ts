import { ApiProperty } from '@nestjs/swagger';
import { Choice, Text } from '../platform/http/fields.js';
import { SENDING_CHANNELS, type SendingChannel } from '../platform/messages/channel.types.js';
import { NO_WAY, type NoWay, WRITTEN_STATES, type WrittenState } from './written-message.types.js';

export class WriteToInput {
  @Choice(SENDING_CHANNELS, {
    optional: true,
    description:
      'One of the ways there are; unless told, the one they asked for, else e-mail, else a text. If it closes before it goes, a person says it another way.',
  })
  channel?: SendingChannel;

  @Text({
    max: 1000,
    description:
      'What it says between greeting and name. Nothing of health, faith or need: others may see it.',
  })
  words: string;
}

export class WayView {
  @ApiProperty({ enum: SENDING_CHANNELS })
  channel: SendingChannel;

  @ApiProperty({
    enum: NO_WAY,
    nullable: true,
    description: 'Why nothing is sent this way; null where it may be.',
  })
  because: NoWay | null;
}

export class WrittenMessageView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ enum: SENDING_CHANNELS })
  channel: SendingChannel;

  @ApiProperty()
  words: string;

  @ApiProperty({ type: String, nullable: true })
  writtenBy: string | null;

  @ApiProperty()
  writtenAt: Date;

  @ApiProperty({ description: 'The earliest at which it goes; in the night it waits for the morning.' })
  goesAt: Date;

  @ApiProperty({
    enum: WRITTEN_STATES,
    description:
      '`waiting`: it can be taken back. `going`: it is on its way. `not_sent`: its owner was asked to say it another way. `not_known`: nobody knows whether it arrived, and its owner was asked.',
  })
  state: WrittenState;
}

export class WritingView {
  @ApiProperty({ type: [WayView], description: 'First the one they asked for, where that is one.' })
  ways: WayView[];

  @ApiProperty({ type: [WrittenMessageView], description: 'The newest first, at most fifty.' })
  messages: WrittenMessageView[];
}

/** As it would arrive. */
export class ReadingView {
  @ApiProperty({ enum: SENDING_CHANNELS })
  channel: SendingChannel;

  @ApiProperty()
  subject: string;

  @ApiProperty()
  text: string;

  @ApiProperty({ description: 'Of what stands around the words, which are sent as they are.' })
  language: string;
}
