import { Choice, DateOnly, Text } from '../platform/http/fields.js';
import { CLOSURE_REASONS, type ClosureReason } from './closure.types.js';

export class CloseForGood {
  @Choice(CLOSURE_REASONS)
  reason: ClosureReason;

  @DateOnly({
    optional: true,
    description: 'The last day it was there: today unless told, at most a year ago. Until then, pause it.',
  })
  closedOn?: string;

  @Text({ optional: true, nullable: true, max: 500, description: 'The group can read it in its history.' })
  note?: string | null;
}

export class ReopenProvider {
  @Text({ max: 500, description: 'Why it was no closing after all; the group can read it.' })
  reason: string;
}
