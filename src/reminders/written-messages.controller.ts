import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { ReadingView, WriteToInput, WritingView, WrittenMessageView } from './written-message.dto.js';
import { WrittenMessagesQueries } from './written-messages.queries.js';
import { WrittenMessages } from './written-messages.service.js';

@ApiTags('Messages')
@Controller()
export class WrittenMessagesController {
  constructor(
    private readonly messages: WrittenMessages,
    private readonly queries: WrittenMessagesQueries,
  ) {}

  @Get('clients/:id/written-messages')
  @Can('writtenMessage.list')
  @ApiRead(WritingView, 'How a person may be written to, and what was written to them')
  of(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WritingView> {
    return this.queries.of(actor, id);
  }

  @Post('clients/:id/written-messages')
  @Can('writtenMessage.write')
  @ApiMake(
    WrittenMessageView,
    'Write to a person in your own words',
    'It waits five minutes, in which it can be taken back, and never goes at night. What cannot be sent becomes a task.',
  )
  async write(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: WriteToInput,
  ): Promise<WrittenMessageView> {
    return this.queries.get(actor, await this.messages.write(actor, id, body));
  }

  @Post('clients/:id/written-messages/preview')
  @HttpCode(200)
  @Can('writtenMessage.write')
  @ApiRead(
    ReadingView,
    'See a message as it would arrive',
    'Refused where it could not be sent. Nothing is kept.',
  )
  preview(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: WriteToInput,
  ): Promise<ReadingView> {
    return this.messages.read(actor, id, body);
  }

  @Post('written-messages/:id/take-back')
  @Can('writtenMessage.write')
  @ApiWrite(WrittenMessageView, 'Take back what has not gone out yet')
  async takeBack(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WrittenMessageView> {
    return this.queries.get(actor, await this.messages.takeBack(actor, id));
  }
}
