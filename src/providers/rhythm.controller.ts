import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiRemove, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PeriodInput, QuietTimesInput, RhythmView } from './rhythm.dto.js';
import { RhythmQueries } from './rhythm.queries.js';
import { RhythmService } from './rhythm.service.js';

@ApiTags('Groups')
@Controller('providers/:id')
export class RhythmController {
  constructor(
    private readonly rhythm: RhythmService,
    private readonly queries: RhythmQueries,
  ) {}

  @Get('rhythm')
  @Can('provider.get')
  @ApiRead(RhythmView, 'When a group answers, changes its times and may be written to')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<RhythmView> {
    return this.queries.get(actor, id);
  }

  @Post('periods')
  @Can('provider.amend')
  @ApiMake(
    RhythmView,
    'Enter a time when a group changes: closed, shorter, extra or quiet',
    'While it is closed nobody is offered and its clock stands; holy days are quiet. Clocks begun before keep their day.',
  )
  async addPeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: PeriodInput,
  ): Promise<RhythmView> {
    return this.queries.get(actor, await this.rhythm.addPeriod(actor, id, input));
  }

  @Delete('periods/:periodId')
  @Can('provider.amend')
  @ApiRemove('Take such a time away')
  removePeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('periodId') periodId: string,
  ): Promise<void> {
    return this.rhythm.removePeriod(actor, id, periodId);
  }

  @Post('quiet-times')
  @Can('provider.amend')
  @ApiWrite(RhythmView, 'Say in which hours of every week a group wants no messages')
  async setQuietTimes(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: QuietTimesInput,
  ): Promise<RhythmView> {
    return this.queries.get(actor, await this.rhythm.setQuietTimes(actor, id, input));
  }
}
