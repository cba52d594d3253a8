import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { ConcernsQuery, ConcernView, RaiseConcern, ReviewConcern } from './concern.dto.js';
import { ConcernsQueries } from './concerns.queries.js';
import { Concerns } from './concerns.service.js';

@ApiTags('Concerns about groups')
@Controller('concerns')
export class ConcernsController {
  constructor(
    private readonly concerns: Concerns,
    private readonly queries: ConcernsQueries,
  ) {}

  @Get()
  @Can('concern.list')
  @ApiReadPage(
    ConcernView,
    'Concerns about pressure or unequal treatment, newest first',
    'No group reads them.',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: ConcernsQuery): Promise<Page<ConcernView>> {
    return this.queries.list(actor, query);
  }

  @Post()
  @Can('concern.raise')
  @ApiMake(ConcernView, 'Tell the scheme of pressure or unequal treatment by a group')
  async raise(@CurrentActor() actor: MemberActor, @Body() body: RaiseConcern): Promise<ConcernView> {
    return this.queries.get(actor, await this.concerns.raise(actor, body));
  }

  @Get(':id')
  @Can('concern.list')
  @ApiRead(ConcernView, 'One concern, and what came of it')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ConcernView> {
    return this.queries.get(actor, id);
  }

  @Post(':id/review')
  @Can('concern.review')
  @ApiWrite(ConcernView, 'Write down what was found and done')
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ReviewConcern,
  ): Promise<ConcernView> {
    return this.queries.get(actor, await this.concerns.review(actor, id, body));
  }
}
