import { Module } from '@nestjs/common';
import { StoriesController } from './stories.controller.js';
import { StoriesQueries } from './stories.queries.js';
import { Stories } from './stories.service.js';
import { StoryHooks } from './story.hooks.js';

@Module({
  controllers: [StoriesController],
  providers: [Stories, StoriesQueries, StoryHooks],
  exports: [Stories, StoriesQueries, StoryHooks],
})
export class StoriesModule {}
