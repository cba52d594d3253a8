import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import {
  AnswerFeedbackInput,
  FeedbackQuery,
  FeedbackReceipt,
  FeedbackView,
  GiveFeedbackInput,
} from './feedback.dto.js';
import { FeedbackQueries } from './feedback.queries.js';
import { ClientFeedback } from './feedback.service.js';

@ApiTags('What people say of the service')
@Controller()
export class FeedbackController {
  constructor(
    private readonly feedback: ClientFeedback,
    private readonly queries: FeedbackQueries,
  ) {}

  @Post('clients/:id/feedback')
  @Can('clientFeedback.give')
  @ApiMake(
    FeedbackReceipt,
    'Write down what somebody says of the service, or is worried about',
    'It goes to the managers; where it is about one of them, to another. The answer repeats none of it.',
  )
  async give(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: GiveFeedbackInput,
  ): Promise<FeedbackReceipt> {
    return this.queries.receipt(actor, await this.feedback.give(actor, id, body));
  }

  @Get('client-feedback')
  @Can('clientFeedback.list')
  @ApiReadPage(
    FeedbackView,
    'What people said of the service, newest first',
    'Nobody finds what is about themselves until it is released to them.',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: FeedbackQuery): Promise<Page<FeedbackView>> {
    return this.queries.list(actor, query);
  }

  @Get('client-feedback/:id')
  @Can('clientFeedback.list')
  @ApiRead(FeedbackView, 'What somebody said, and what came of it')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<FeedbackView> {
    return this.queries.get(actor, id);
  }

  @Post('client-feedback/:id/look')
  @Can('clientFeedback.handle')
  @ApiWrite(FeedbackView, 'Say that you have looked at it')
  async look(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<FeedbackView> {
    return this.queries.get(actor, await this.feedback.look(actor, id));
  }

  @Post('client-feedback/:id/answer')
  @Can('clientFeedback.handle')
  @ApiWrite(FeedbackView, 'Write down what came of it and what the person was told')
  async answer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: AnswerFeedbackInput,
  ): Promise<FeedbackView> {
    return this.queries.get(actor, await this.feedback.answer(actor, id, body));
  }

  @Post('client-feedback/:id/release')
  @Can('clientFeedback.handle')
  @ApiWrite(FeedbackView, 'Let the worker it is about read it')
  async release(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<FeedbackView> {
    return this.queries.get(actor, await this.feedback.release(actor, id));
  }
}
