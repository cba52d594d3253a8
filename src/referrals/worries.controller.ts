import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { RaiseWorryInput, WorryView } from './worry.dto.js';
import { WorriesQueries } from './worries.queries.js';
import { WorriesService } from './worries.service.js';

@ApiTags('Safeguarding')
@Controller('referrals/:id/worries')
export class WorriesController {
  constructor(
    private readonly worries: WorriesService,
    private readonly queries: WorriesQueries,
  ) {}

  @Get()
  @Can('safeguarding.worries')
  @ApiReadAll(WorryView, 'What you said that you are worried about, and whether somebody has looked')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WorryView[]> {
    return this.queries.list(actor, id);
  }

  @Post()
  @Can('safeguarding.worry')
  @ApiMake(
    WorryView,
    'Tell the scheme that you are worried about somebody whom you referred',
    'Not how to report an emergency: refused until `understood` is true. It goes to the safeguarding lead at once, and to the managers if nobody acts.',
  )
  async raise(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RaiseWorryInput,
  ): Promise<WorryView> {
    return this.queries.get(actor, id, await this.worries.raise(actor, id, body));
  }
}
