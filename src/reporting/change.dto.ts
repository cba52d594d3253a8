import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Text } from '../platform/http/fields.js';
import { CHANGE_SPLITS, type ChangeSplit } from './change.types.js';
import { DefinedView, FigureView, ShownView } from './overview.dto.js';

export class ChangeFiguresQuery {
  @Text({ max: 50, example: 'ons4' })
  measure: string;

  @Text({ optional: true, max: 20, example: '1', description: 'The newest unless told.' })
  version?: string;

  @DateOnly({
    optional: true,
    description: 'The first day of first answers, in London. Without a period: the last whole quarter.',
  })
  from?: string;

  @DateOnly({
    optional: true,
    description: 'The last day, included. A commissioner asks for one whole calendar quarter that is over.',
  })
  to?: string;

  @Choice(CHANGE_SPLITS, { optional: true, description: 'Also by group, for the first score.' })
  by?: ChangeSplit;
}

class IntervalView {
  @ApiProperty()
  low: number;

  @ApiProperty()
  high: number;
}

const NULL_BECAUSE = { type: Number, nullable: true, description: 'Null with a reason in `because`.' };

class ReliableView {
  @ApiProperty({ description: 'From how many points on a change is more than chance.' })
  points: number;

  @ApiProperty({ description: 'Where that is published.' })
  source: string;

  @ApiProperty({ type: ShownView })
  improved: ShownView;

  @ApiProperty({ type: ShownView })
  worse: ShownView;

  @ApiProperty({ type: ShownView })
  neither: ShownView;
}

export class ScoreChangeView {
  @ApiProperty({ example: 'satisfied' })
  key: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ enum: ['higher_better', 'lower_better'] })
  direction: string;

  @ApiProperty()
  definition: string;

  @ApiProperty({ type: DefinedView })
  denominator: DefinedView;

  @ApiProperty({ type: DefinedView })
  missing: DefinedView;

  @ApiProperty(NULL_BECAUSE)
  meanBefore: number | null;

  @ApiProperty(NULL_BECAUSE)
  meanAfter: number | null;

  @ApiProperty(NULL_BECAUSE)
  meanDifference: number | null;

  @ApiProperty({ type: IntervalView, nullable: true, description: '95% confidence interval.' })
  interval: IntervalView | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why no mean is told.' })
  because: string | null;

  @ApiProperty({ type: ShownView })
  improved: ShownView;

  @ApiProperty({ type: ShownView })
  same: ShownView;

  @ApiProperty({ type: ShownView })
  worse: ShownView;

  @ApiProperty({ type: ReliableView, nullable: true, description: 'Null where nothing is published.' })
  reliable: ReliableView | null;
}

export class GroupChangeView {
  @ApiProperty({ description: 'A need, a route, the id of a group, or the first half of a postcode.' })
  key: string;

  @ApiProperty()
  title: string;

  @ApiProperty()
  asked: number;

  @ApiProperty()
  pairs: number;

  @ApiProperty({ description: 'Asked at the start, not answered again.' })
  waiting: number;

  @ApiProperty()
  scored: number;

  @ApiProperty()
  notScored: number;

  @ApiProperty()
  improved: number;

  @ApiProperty()
  same: number;

  @ApiProperty()
  worse: number;

  @ApiProperty(NULL_BECAUSE)
  meanDifference: number | null;

  @ApiProperty({ type: IntervalView, nullable: true })
  interval: IntervalView | null;

  @ApiProperty({ type: String, nullable: true })
  because: string | null;
}

class ChangeSplitView {
  @ApiProperty({ enum: CHANGE_SPLITS })
  by: ChangeSplit;

  @ApiProperty({ description: 'Which score the groups are compared by.' })
  score: string;

  @ApiProperty()
  definition: string;

  @ApiProperty({ description: 'How many groups are left out because somebody could be worked out.' })
  hidden: number;

  @ApiProperty({ type: [GroupChangeView] })
  groups: GroupChangeView[];
}

class WellbyView {
  @ApiProperty()
  definition: string;

  @ApiProperty({ type: DefinedView })
  denominator: DefinedView;

  @ApiProperty({ type: DefinedView })
  missing: DefinedView;

  @ApiProperty(NULL_BECAUSE)
  wellbys: number | null;

  @ApiProperty(NULL_BECAUSE)
  pounds: number | null;

  @ApiProperty(NULL_BECAUSE)
  poundsLow: number | null;

  @ApiProperty(NULL_BECAUSE)
  poundsHigh: number | null;

  @ApiProperty({ type: IntervalView, nullable: true, description: 'From the 95% interval of the mean.' })
  interval: IntervalView | null;

  @ApiProperty({ type: String, nullable: true })
  because: string | null;

  @ApiProperty({ type: [String], description: 'To be printed wherever the figure is.' })
  assumptions: readonly string[];
}

export class ChangeFiguresView {
  @ApiProperty({ format: 'date' })
  from: string;

  @ApiProperty({ format: 'date' })
  to: string;

  @ApiProperty({ format: 'date-time', description: 'When it was counted.' })
  asOf: Date;

  @ApiProperty({ example: 'ons4' })
  measure: string;

  @ApiProperty({ example: '1' })
  version: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ description: 'Of fewer people no mean is told.' })
  minimumPairs: number;

  @ApiProperty({ type: [FigureView] })
  figures: FigureView[];

  @ApiProperty({ type: [ScoreChangeView] })
  scores: ScoreChangeView[];

  @ApiProperty({ type: ChangeSplitView, nullable: true })
  split: ChangeSplitView | null;

  @ApiProperty({ type: WellbyView, nullable: true, description: 'Only of life satisfaction.' })
  wellby: WellbyView | null;
}
