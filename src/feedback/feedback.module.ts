import { Module } from '@nestjs/common';
import { FeedbackController } from './feedback.controller.js';
import { FeedbackHooks } from './feedback.hooks.js';
import { FeedbackQueries } from './feedback.queries.js';
import { ClientFeedback } from './feedback.service.js';

@Module({
  controllers: [FeedbackController],
  providers: [ClientFeedback, FeedbackHooks, FeedbackQueries],
  exports: [ClientFeedback, FeedbackHooks, FeedbackQueries],
})
export class FeedbackModule {}
