import { ApiProperty } from '@nestjs/swagger';
import { Choice, Email, LanguageCode, Text, YesNo, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  type Destination,
  DESTINATIONS,
  SENDING_CHANNELS,
  type SendingChannel,
} from '../platform/messages/channel.types.js';
import {
  CLIENT_SWITCHES,
  DROP_REASONS,
  MESSAGE_KINDS,
  MESSAGE_STATES,
  RECIPIENT_KINDS,
  SCHEME_SWITCHES,
  type Telling,
  TELLINGS,
} from './message.types.js';
import { TaskClient } from './task.dto.js';
import { TASK_KINDS } from './task.types.js';

export class MessagesQuery extends PageQuery {
  @Choice(MESSAGE_STATES, {
    optional: true,
    description:
      'Unless told: those that failed and those nobody can confirm, which somebody has to look at.',
  })
  state?: string;

  @Choice(SENDING_CHANNELS, { optional: true })
  channel?: string;

  @YesNoInQuery({ optional: true, description: 'Those that somebody has let be, instead.' })
  dropped?: boolean;
}

export class RetryMessageInput {
  @YesNo({
    optional: true,
    description: 'For a message that may have reached a person: you asked them, and it did not.',
  })
  notReceived?: boolean;
}

export class DropInput {
  @Choice(DROP_REASONS)
  because: (typeof DROP_REASONS)[number];
}

/** Who it was for and what became of it. Addresses and words are kept nowhere. */
export class MessageView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: MESSAGE_KINDS })
  kind: string;

  @ApiProperty({ enum: SENDING_CHANNELS })
  channel: string;

  @ApiProperty({ enum: RECIPIENT_KINDS })
  recipient: string;

  @ApiProperty({ type: TaskClient, nullable: true, description: 'Shown to managers only' })
  client: TaskClient | null;

  @ApiProperty({ type: String, nullable: true, description: 'The group or practice' })
  organisation: string | null;

  @ApiProperty({ type: [String], description: 'The kinds of reminder it carried' })
  about: string[];

  @ApiProperty({ enum: MESSAGE_STATES })
  state: string;

  @ApiProperty({ type: String, nullable: true, description: 'A code of ours or of whoever carries it' })
  because: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What that means and what there is to do, in plain words; null where all is well',
  })
  says: string | null;

  @ApiProperty()
  attempts: number;

  @ApiProperty({ type: String, nullable: true })
  language: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The language it should have been in, where we have no words in that yet',
  })
  languageMissing: string | null;

  @ApiProperty({ type: String, enum: ['delivered', 'wrong_address', 'not_delivered'], nullable: true })
  receipt: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  settledAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  droppedAt: Date | null;

  @ApiProperty({ type: String, enum: DROP_REASONS, nullable: true })
  droppedBecause: string | null;
}

export class StuckEventView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'What happened' })
  event: string;

  @ApiProperty({ type: [String], description: 'What should have followed, and has not' })
  waitingFor: string[];

  @ApiProperty({
    description:
      'Whether it waits for a person because it may have gone out already, before a backup was restored. Retry passes it on',
  })
  keptBack: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;
}

class ChannelHealthView {
  @ApiProperty({ enum: SENDING_CHANNELS })
  channel: SendingChannel;

  @ApiProperty({
    enum: DESTINATIONS,
    description: '`files`: a folder, for trying out. `nowhere`: nobody is set up to carry it',
  })
  goesTo: Destination;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastSentAt: Date | null;

  @ApiProperty({ description: 'Messages whose time to go out has come' })
  waiting: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  waitingSince: Date | null;

  @ApiProperty({ description: 'Messages that failed or that nobody can confirm, and that nobody has let be' })
  toLookAt: number;
}

export class SystemHealthView {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What the installation depends on: `ok`, or what is wrong',
    example: { database: 'ok', migrations: 'ok', queue: 'ok' },
  })
  checks: Record<string, string>;

  @ApiProperty({ type: [String] })
  warnings: string[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when work that comes round by itself waits; null where it is up to date',
  })
  regularWorkLateSince: Date | null;

  @ApiProperty({ description: 'What happened and was not passed on, though it was tried again and again' })
  stuckEvents: number;

  @ApiProperty({ type: [ChannelHealthView] })
  channels: ChannelHealthView[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the record of who did what was last sealed',
  })
  sealedAt: Date | null;
}

export class TemplateView {
  @ApiProperty()
  name: string;

  @ApiProperty()
  language: string;

  @ApiProperty({ enum: SENDING_CHANNELS })
  channel: string;

  @ApiProperty({ description: 'With made-up words put in; empty for a text message' })
  subject: string;

  @ApiProperty()
  text: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Of a text message: the parts it travels in' })
  segments: number | null;
}

export class TemplatesQuery {
  @LanguageCode({ optional: true })
  language?: string;
}

export class TemplateTestInput {
  @Text({ max: 64, description: 'The name of the message, as listed.' })
  name: string;

  @LanguageCode()
  language: string;
}

export class SecureAddressInput {
  @Email()
  email: string;
}

export class SecureAddressView {
  @ApiProperty()
  email: string;

  @ApiProperty({ format: 'date-time' })
  addedAt: Date;
}

export class SwitchView {
  @ApiProperty()
  kind: string;

  @ApiProperty({ enum: SENDING_CHANNELS })
  channel: string;

  @ApiProperty({ description: 'Whether it is sent' })
  on: boolean;
}

/** What somebody who works here is told of, and how. */
export class OwnSwitchView {
  @ApiProperty({ description: '`digest`: the daily e-mail itself. Anything else: what is asked of you.' })
  kind: string;

  @ApiProperty({
    enum: TELLINGS,
    description:
      '`at_once`: in an e-mail of its own. `daily`: in the daily e-mail. `list`: on your list alone.',
  })
  told: Telling;

  @ApiProperty({
    enum: TELLINGS,
    isArray: true,
    description: 'How it may be told, first the way it is until you choose. One alone cannot be changed.',
  })
  choices: readonly Telling[];
}

class Switched {
  @YesNo({ description: 'False: not sent. Whatever still has to be done becomes a task instead.' })
  on: boolean;
}

export class SchemeSwitchInput extends Switched {
  @Choice(SCHEME_SWITCHES)
  kind: string;

  @Choice(SENDING_CHANNELS)
  channel: string;
}

export class ClientSwitchInput extends Switched {
  @Choice(CLIENT_SWITCHES)
  kind: string;

  @Choice(SENDING_CHANNELS)
  channel: string;
}

export class OwnSwitchInput {
  @Choice(['digest', ...TASK_KINDS], {
    description: '`digest`: the daily e-mail itself. Anything else: what is asked of you.',
  })
  kind: string;

  @Choice(TELLINGS, {
    description: 'One of the choices there are for this kind. Your list has it in any case.',
  })
  told: Telling;
}
