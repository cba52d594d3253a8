import { Module } from '@nestjs/common';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { StylesController } from './layout/styles.controller.js';
import { Pages } from './layout/pages.js';
import { ReplyController } from './reply/reply.controller.js';

/** Pages for people, by journey. They call the services and queries that the API calls, and never the database. */
@Module({
  imports: [OnwardReferralsModule, ProvidersModule],
  controllers: [StylesController, ReplyController],
  providers: [Pages],
})
export class WebModule {}
