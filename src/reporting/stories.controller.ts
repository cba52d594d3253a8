import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead, ApiReadAll } from '../platform/http/api.js';
import { PublishedStory, UsableStoriesQuery, UsableStoriesView } from './stories.dto.js';
import { UsableStoriesQueries } from './stories.queries.js';

@ApiTags('Stories')
@Controller('figures')
export class UsableStoriesController {
  constructor(private readonly queries: UsableStoriesQueries) {}

  @Get('stories/published')
  @Can('story.published')
  @ApiReadAll(
    PublishedStory,
    'Stories that may stand in a report today, as a reader of it sees them',
    'Anonymised, approved by a second reader, and agreed to for reports. Asked anew each time: what somebody takes back is gone.',
  )
  published(@CurrentActor() actor: MemberActor): Promise<PublishedStory[]> {
    return this.queries.published(actor);
  }

  @Get('stories')
  @Can('story.use')
  @ApiRead(
    UsableStoriesView,
    'The stories that may be used for something today, and how many are left out',
    'Asked anew each time: what somebody takes back is gone from the next answer. Write down where one was used.',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: UsableStoriesQuery): Promise<UsableStoriesView> {
    return this.queries.list(actor, query);
  }
}
