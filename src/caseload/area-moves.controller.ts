import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import {
  AreaMoveView,
  CancelAreaMoveInput,
  DecideAreaMoveInput,
  RecordAreaMoveInput,
} from './area-move.dto.js';
import { AreaMovesQueries } from './area-moves.queries.js';
import { AreaMoves } from './area-moves.service.js';

@ApiTags('Moves')
@Controller()
export class AreaMovesController {
  constructor(
    private readonly moves: AreaMoves,
    private readonly queries: AreaMovesQueries,
  ) {}

  @Get('referrals/:id/area-moves')
  @Can('areaMove.list')
  @ApiReadAll(AreaMoveView, 'Each time somebody was to move out of the area, newest first')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AreaMoveView[]> {
    return this.queries.list(actor, id);
  }

  @Post('referrals/:id/area-moves')
  @Can('areaMove.record')
  @ApiMake(
    AreaMoveView,
    'Write down that somebody moves out of the area',
    'They stay their worker’s, who is asked to decide with them: hand over, keep until a day, or close.',
  )
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RecordAreaMoveInput,
  ): Promise<AreaMoveView> {
    return this.queries.get(actor, await this.moves.record(actor, id, body));
  }

  @Get('area-moves/:id')
  @Can('areaMove.list')
  @ApiRead(AreaMoveView, 'One move out of the area, and what was decided')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AreaMoveView> {
    return this.queries.get(actor, id);
  }

  @Post('area-moves/:id/decide')
  @Can('areaMove.decide')
  @ApiWrite(
    AreaMoveView,
    'Decide what becomes of somebody who moves out of the area',
    'To hand over, offer a transfer next: its receipt closes the referral. Kept, it is decided anew on the day named. ' +
      'Closed, the referral ends as moved away and its sender hears as agreed.',
  )
  async decide(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: DecideAreaMoveInput,
  ): Promise<AreaMoveView> {
    return this.queries.get(actor, await this.moves.decide(actor, id, body));
  }

  @Post('area-moves/:id/cancel')
  @Can('areaMove.decide')
  @ApiWrite(AreaMoveView, 'Write down that they do not move away after all')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: CancelAreaMoveInput,
  ): Promise<AreaMoveView> {
    return this.queries.get(actor, await this.moves.cancel(actor, id, body));
  }
}
