import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiGoneResponse,
  ApiOperation,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Problem } from '../platform/errors/problem.js';
import { ApiMake, ApiOpen, ApiRead, ApiReadPage, ApiRemove, ApiWrite, Made } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { LimitPerAddress } from '../platform/http/rate-limit.js';
import { Can, CurrentActor, Public } from '../permissions/can.decorator.js';
import { Accounts } from './accounts.service.js';
import {
  AcceptInvitationInput,
  AskPasswordResetInput,
  InvitationsQuery,
  InvitationView,
  InviteInput,
  ResetPasswordInput,
} from './invitation.dto.js';
import { InvitationsQueries } from './invitations.queries.js';
import { Invitations } from './invitations.service.js';
import { PasswordResets } from './password-resets.service.js';

const DEAD = { type: Problem, description: 'The link is used, expired, withdrawn or unknown' };

@ApiTags('Invitations')
@Controller('invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly queries: InvitationsQueries,
  ) {}

  @Get()
  @Can('user.invite')
  @ApiReadPage(InvitationView, 'List invitations, newest first')
  list(@CurrentActor() actor: MemberActor, @Query() query: InvitationsQuery): Promise<Page<InvitationView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('user.invite')
  @ApiRead(InvitationView, 'Read one invitation')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<InvitationView> {
    return this.queries.get(actor, id);
  }

  @Post()
  @Can('user.invite')
  @ApiMake(InvitationView, 'Invite somebody by e-mail', 'Sends a link that works once, within seven days.')
  async invite(@CurrentActor() actor: MemberActor, @Body() input: InviteInput): Promise<InvitationView> {
    return this.queries.get(actor, await this.invitations.invite(actor, input));
  }

  @Post(':id/resend')
  @Can('user.invite')
  @ApiWrite(InvitationView, 'Send a new link; the old one stops working')
  async resend(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<InvitationView> {
    return this.queries.get(actor, await this.invitations.resend(actor, id));
  }

  @Post(':id/revoke')
  @Can('user.invite')
  @ApiWrite(InvitationView, 'Withdraw an invitation')
  async revoke(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<InvitationView> {
    return this.queries.get(actor, await this.invitations.revoke(actor, id));
  }

  @Post('accept')
  @Public()
  @LimitPerAddress(200, 15)
  @ApiOpen(
    Made,
    'Accept an invitation: choose a password',
    'Answers with the id of the membership. Then sign in.',
    201,
  )
  @ApiGoneResponse(DEAD)
  async accept(@Body() input: AcceptInvitationInput): Promise<Made> {
    return { id: await this.invitations.accept(input) };
  }
}

@ApiTags('Sign-in')
@Controller('password-resets')
export class PasswordResetsController {
  constructor(
    private readonly resets: PasswordResets,
    private readonly accounts: Accounts,
  ) {}

  @Post()
  @Public()
  @LimitPerAddress(30, 15)
  @HttpCode(202)
  @ApiOperation({
    summary: 'Ask for a link to set a new password',
    description: 'The answer is the same whether or not anybody has this address.',
  })
  @ApiAcceptedResponse()
  @ApiUnprocessableEntityResponse({ type: Problem })
  ask(@Body() { email }: AskPasswordResetInput): Promise<void> {
    return this.resets.ask(email);
  }

  @Post('use')
  @Public()
  @LimitPerAddress(60, 15)
  @ApiRemove('Set a new password with the link', 'Every session of the person ends.')
  @ApiGoneResponse(DEAD)
  use(@Body() { token, password }: ResetPasswordInput): Promise<void> {
    return this.accounts.resetPassword(token, password);
  }
}
