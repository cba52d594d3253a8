import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module.js';
import { FeedController } from './feed.controller.js';
import { FeedQueries } from './feed.queries.js';

@Module({ imports: [ProvidersModule], controllers: [FeedController], providers: [FeedQueries] })
export class OpenReferralModule {}
