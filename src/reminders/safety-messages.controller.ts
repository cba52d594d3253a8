import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { HeardSafetyMessageInput, SafetyMessageView, SendSafetyMessageInput } from './safety-message.dto.js';
import { SafetyMessagesQueries } from './safety-messages.queries.js';
import { SafetyMessages } from './safety-messages.service.js';

@ApiTags('Messages about safety')
@Controller()
export class SafetyMessagesController {
  constructor(
    private readonly messages: SafetyMessages,
    private readonly queries: SafetyMessagesQueries,
  ) {}

  @Get('referrals/:id/safety-messages')
  @Can('safetyMessage.list')
  @ApiReadAll(SafetyMessageView, 'What a practice was told about somebody’s safety, newest first')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SafetyMessageView[]> {
    return this.queries.list(actor, id);
  }

  @Post('referrals/:id/safety-messages')
  @Can('safetyMessage.send')
  @ApiMake(
    SafetyMessageView,
    'Tell a practice today that somebody could not be reached and somebody is worried',
    'Not for an emergency: ring 999. It names the person only at an address on the practice’s secure list, and must be acknowledged by the end of the working day.',
  )
  async send(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SendSafetyMessageInput,
  ): Promise<SafetyMessageView> {
    return this.queries.get(actor, await this.messages.send(actor, id, body));
  }

  @Post('safety-messages/:id/heard')
  @Can('safetyMessage.send')
  @ApiWrite(SafetyMessageView, 'Say that they know: you rang them')
  async heard(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: HeardSafetyMessageInput,
  ): Promise<SafetyMessageView> {
    return this.queries.get(actor, await this.messages.heard(actor, id, body));
  }
}
