import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead, ApiReadPage } from '../platform/http/api.js';
import type { Page } from '../platform/http/pagination.js';
import { GroupFiguresQuery, GroupFiguresView, GroupsTogetherView } from './group-figures.dto.js';
import { GroupFiguresQueries } from './group-figures.queries.js';

@ApiTags('Figures')
@Controller('figures/groups')
export class GroupFiguresController {
  constructor(private readonly queries: GroupFiguresQueries) {}

  @Get()
  @Can('figures.groups')
  @ApiReadPage(
    GroupFiguresView,
    'How groups are doing, one by one',
    'Whether they answer and how soon, what is said of their services, what room they have, and whether messages arrive. Groups that have closed for good are left out.',
  )
  list(
    @CurrentActor() actor: MemberActor,
    @Query() query: GroupFiguresQuery,
  ): Promise<Page<GroupFiguresView>> {
    return this.queries.list(actor, query);
  }

  @Get('together')
  @Can('figures.groups')
  @ApiRead(GroupsTogetherView, 'The same of all groups together')
  together(@CurrentActor() actor: MemberActor): Promise<GroupsTogetherView> {
    return this.queries.together(actor);
  }
}
