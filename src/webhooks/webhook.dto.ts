import { ApiProperty } from '@nestjs/swagger';
import { Choices, Text } from '../platform/http/fields.js';
import {
  DELIVERY_STATES,
  type DeliveryState,
  OFF_BECAUSE,
  type OffBecause,
  WEBHOOK_EVENTS,
} from './webhook.types.js';

const URL_FIELD = {
  max: 500,
  example: 'https://records.example.org/betony',
  description: 'On the public internet, by https. It answers 2xx within 15 seconds.',
} as const;
const EVENTS = 'What it is told; which there are depends on the role of the program.';

export class MakeWebhookInput {
  @Text(URL_FIELD)
  url: string;

  @Choices(WEBHOOK_EVENTS, { min: 1, description: EVENTS })
  events: string[];
}

export class AmendWebhookInput {
  @Text({ ...URL_FIELD, optional: true })
  url?: string;

  @Choices(WEBHOOK_EVENTS, { optional: true, min: 1, description: EVENTS })
  events?: string[];
}

export class WebhookView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  programId: string;

  @ApiProperty({ example: 'Program Records system of Mill Lane' })
  programName: string;

  @ApiProperty({ example: 'https://records.example.org/betony' })
  url: string;

  @ApiProperty({ type: String, isArray: true, enum: WEBHOOK_EVENTS })
  events: string[];

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, nullable: true, example: 'Sam Reed' })
  createdBy: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until then the secret before it signs as well.',
  })
  oldSecretUntil: Date | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when nothing has been taken.',
  })
  failingSince: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  offAt: Date | null;

  @ApiProperty({ enum: OFF_BECAUSE, nullable: true })
  offBecause: OffBecause | null;

  @ApiProperty({ description: 'How much waits to be told.' })
  waiting: number;
}

export class WebhookMade {
  @ApiProperty({ type: WebhookView })
  webhook: WebhookView;

  @ApiProperty({
    example: 'whsec_…',
    description: 'What signatures are checked with. Shown here and never again.',
  })
  secret: string;
}

export class DeliveryView {
  @ApiProperty({ format: 'uuid', description: 'The `webhook-id` of it, the same each time it is told.' })
  id: string;

  @ApiProperty({ example: 'referral.in_touch' })
  event: string;

  @ApiProperty({ type: String, nullable: true, example: 'SP-7KM2-9PQX' })
  reference: string | null;

  @ApiProperty({
    enum: DELIVERY_STATES,
    description: 'kept_back: out of reach, or no longer agreed to, when it was to be told.',
  })
  state: DeliveryState;

  @ApiProperty({ description: 'How often it was told.' })
  tries: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Last.' })
  toldAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it is told next.' })
  dueAt: Date | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 204,
    description: 'The HTTP status of the last answer.',
  })
  status: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why there was no answer.' })
  because: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The first 500 characters of the last answer.' })
  answer: string | null;
}
