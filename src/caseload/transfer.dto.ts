import { ApiProperty } from '@nestjs/swagger';
import { Choice, Choices, ChoicesInQuery, DateOnly, Nested, Text, Uuid } from '../platform/http/fields.js';
import { SendAgreementInput } from '../referrals/referral.dto.js';
import {
  CLOSE_RESULTS,
  NO_RESPONSE_REASONS,
  type NoResponseReason,
  type Result,
} from '../referrals/referral.types.js';
import {
  TRANSFER_ITEMS,
  TRANSFER_STATES,
  TRANSFER_WAYS,
  type Carries,
  type TransferItem,
  type TransferState,
  type TransferWay,
} from './transfer.types.js';

export class OtherSchemeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;
}

export class TransferPreviewQuery {
  @ChoicesInQuery(TRANSFER_ITEMS, { optional: true, description: 'What travels beside what is needed.' })
  items?: TransferItem[];
}

export class TransferPreview {
  @ApiProperty({ enum: TRANSFER_ITEMS, isArray: true })
  items: TransferItem[];

  @ApiProperty({
    type: Object,
    additionalProperties: true,
    description: 'Exactly what the other scheme gets.',
  })
  carries: Carries;

  @ApiProperty({ description: 'Give this when handing over: it says that this is what you looked at.' })
  digest: string;
}

export class OfferTransferInput {
  @Uuid({
    optional: true,
    description: 'A scheme of this installation; else say whom it goes to by document.',
  })
  toSchemeId?: string;

  @Text({ optional: true, max: 200, description: 'A scheme that is not here: it gets a document.' })
  toName?: string;

  @Choices(TRANSFER_ITEMS)
  items: TransferItem[];

  @Text({ max: 64, description: 'Of the preview. Another is refused if something changed since.' })
  digest: string;

  @Nested(() => SendAgreementInput, { description: 'How the person agreed to be handed over, with this.' })
  agreement: SendAgreementInput;

  @Choice(CLOSE_RESULTS, { description: 'What came of it here; kept until there is a receipt.' })
  result: Exclude<Result, 'died'>;

  @Choice(NO_RESPONSE_REASONS, {
    optional: true,
    description: 'Why there are no closing answers, should there be none: "moved" unless said.',
  })
  noResponseBecause?: NoResponseReason;
}

export class TransferReceiptInput {
  @Text({ max: 180, description: 'Who over there said that it arrived.' })
  receivedBy: string;

  @DateOnly({ description: 'When.' })
  receivedOn: string;

  @Text({ optional: true, max: 100, description: 'Their reference.' })
  receipt?: string;
}

export class TransferReasonInput {
  @Text({ max: 1000, description: 'Why. No more about the person than the other scheme needs.' })
  reason: string;
}

export class TransferRefusedInput extends TransferReasonInput {
  @Text({ max: 200, description: 'Who over there said so.' })
  refusedBy: string;
}

const NullableText = () => ApiProperty({ type: String, nullable: true });
const NullableMoment = () => ApiProperty({ type: Date, nullable: true });

export class TransferView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ enum: TRANSFER_WAYS })
  how: TransferWay;

  @ApiProperty()
  toName: string;

  @ApiProperty({ enum: TRANSFER_ITEMS, isArray: true })
  items: TransferItem[];

  @ApiProperty({ type: Object, additionalProperties: true, description: 'Exactly what went.' })
  carries: Carries;

  @ApiProperty({ enum: TRANSFER_STATES })
  state: TransferState;

  @NullableText()
  offeredBy: string | null;

  @ApiProperty()
  offeredAt: Date;

  @ApiProperty({ description: 'Without an answer by then it comes back to the owner.' })
  answerBy: Date;

  @NullableMoment()
  endedAt: Date | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who over there answered.' })
  answeredBy: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The reference of the other scheme.' })
  receipt: string | null;

  @NullableText()
  reason: string | null;
}

export class IncomingTransferLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  fromName: string;

  @ApiProperty({ enum: TRANSFER_STATES })
  state: TransferState;

  @ApiProperty()
  sentAt: Date;

  @ApiProperty()
  answerBy: Date;

  @NullableMoment()
  answeredAt: Date | null;
}

export class IncomingTransferView extends IncomingTransferLine {
  @ApiProperty({
    type: Object,
    nullable: true,
    additionalProperties: true,
    description: 'What comes with the person, while it waits for an answer and once they are taken on.',
  })
  carries: Carries | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  referralId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The receipt that the sender reads.' })
  receipt: string | null;

  @NullableText()
  reason: string | null;
}

export class CameWithView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  fromName: string;

  @ApiProperty({ type: Object, additionalProperties: true })
  carries: Carries;

  @ApiProperty()
  receivedAt: Date;
}
