import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiReadAll } from '../platform/http/api.js';
import { NeighbourhoodView } from './neighbourhood.dto.js';
import { NeighbourhoodsQueries } from './neighbourhoods.queries.js';

@ApiTags('Neighbourhoods')
@Controller('neighbourhoods')
export class NeighbourhoodsController {
  constructor(private readonly queries: NeighbourhoodsQueries) {}

  @Get()
  @Can('neighbourhood.list')
  @ApiReadAll(
    NeighbourhoodView,
    'The neighbourhoods of the scheme, by name',
    'Loaded by the command `import neighbourhoods`.',
  )
  list(@CurrentActor() actor: MemberActor): Promise<NeighbourhoodView[]> {
    return this.queries.list(actor);
  }
}
