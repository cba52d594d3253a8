import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead, ApiReadAll, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { DecidePracticeMoveInput, PracticeMoveView } from './practice-move.dto.js';
import { PracticeMovesQueries } from './practice-moves.queries.js';
import { PracticeMoves } from './practice-moves.service.js';

@ApiTags('Moves')
@Controller()
export class PracticeMovesController {
  constructor(
    private readonly moves: PracticeMoves,
    private readonly queries: PracticeMovesQueries,
  ) {}

  @Get('clients/:id/practice-moves')
  @Can('practiceMove.list')
  @ApiReadAll(PracticeMoveView, 'Each time somebody changed their GP practice, newest first')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PracticeMoveView[]> {
    return this.queries.list(actor, id);
  }

  @Get('practice-moves/:id')
  @Can('practiceMove.list')
  @ApiRead(PracticeMoveView, 'One change of GP practice, and who hears of the person since')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PracticeMoveView> {
    return this.queries.get(actor, id);
  }

  @Post('practice-moves/:id/decide')
  @Can('practiceMove.decide')
  @ApiWrite(
    PracticeMoveView,
    'Say, having asked the person, which practice hears of them from now on',
    'Until this is said the practice they left hears nothing more, and the one they went to nothing yet.',
  )
  async decide(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: DecidePracticeMoveInput,
  ): Promise<PracticeMoveView> {
    return this.queries.get(actor, await this.moves.decide(actor, id, body));
  }
}
