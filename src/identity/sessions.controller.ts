import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import { ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Problem } from '../platform/errors/problem.js';
import { ApiOpen, ApiRead, ApiReadAll, ApiRemove, ApiWriteAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { LimitPerAddress } from '../platform/http/rate-limit.js';
import { Can, CurrentActor, Public } from '../permissions/can.decorator.js';
import { atApi } from './arrival.js';
import { MembershipQueries } from './membership.queries.js';
import { SecondFactorNeeded } from './second-factor.dto.js';
import {
  Me,
  MembershipBrief,
  RefreshInput,
  SessionView,
  SignedIn,
  SignInInput,
  SwitchInput,
} from './session.dto.js';
import { SessionQueries } from './session.queries.js';
import { Sessions } from './sessions.service.js';
import { SignIn } from './sign-in.service.js';

// The limits leave room for a whole practice behind one address; an account has its own, in throttle.rules.ts.
@ApiTags('Sign-in')
@Controller()
export class SessionsController {
  constructor(
    private readonly signIns: SignIn,
    private readonly sessions: Sessions,
    private readonly memberships: MembershipQueries,
    private readonly queries: SessionQueries,
    private readonly clock: Clock,
  ) {}

  @Post('sign-in')
  @Public()
  @LimitPerAddress(300, 5)
  @ApiOpen(
    [SignedIn, SecondFactorNeeded],
    'Sign in with e-mail address and password',
    'Gives tokens, or a challenge where a second factor is asked for: answer it at `POST /sign-in/code`.',
  )
  @ApiUnauthorizedResponse({ type: Problem, description: 'Not right; which of the two is not said' })
  signIn(
    @Body() { email, password }: SignInInput,
    @Req() request: FastifyRequest,
  ): Promise<SignedIn | SecondFactorNeeded> {
    return this.signIns.signIn(email, password, atApi(request));
  }

  @Post('session/refresh')
  @Public()
  @LimitPerAddress(600, 5)
  @ApiOpen(SignedIn, 'Exchange a refresh token for new tokens')
  @ApiUnauthorizedResponse({ type: Problem, description: 'Used, expired, unknown or ended: sign in again' })
  refresh(@Body() { refreshToken }: RefreshInput): Promise<SignedIn> {
    return this.sessions.refresh(refreshToken);
  }

  @Post('session/switch')
  @Can('session.use')
  @ApiOpen(SignedIn, 'Act under another of your memberships')
  switchTo(@CurrentActor() actor: MemberActor, @Body() { membershipId }: SwitchInput): Promise<SignedIn> {
    return this.sessions.switchTo(actor, membershipId);
  }

  @Post('session/sign-out')
  @Can('session.use')
  @ApiRemove('Sign out: every token of this session stops working')
  signOut(@CurrentActor() actor: MemberActor): Promise<void> {
    return this.sessions.signOut(actor);
  }

  @Get('sessions')
  @Can('session.use')
  @ApiReadAll(SessionView, 'Where you are signed in')
  sessionsOf(@CurrentActor() actor: MemberActor): Promise<SessionView[]> {
    return this.queries.ofAccount(actor, this.clock.now());
  }

  @Post('sessions/:id/end')
  @Can('session.use')
  @ApiWriteAll(SessionView, 'Sign out elsewhere')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SessionView[]> {
    await this.sessions.end(actor, id);
    return this.queries.ofAccount(actor, this.clock.now());
  }

  @Post('sessions/end-others')
  @Can('session.use')
  @ApiWriteAll(SessionView, 'Sign out everywhere but here')
  async endOthers(@CurrentActor() actor: MemberActor): Promise<SessionView[]> {
    await this.sessions.endOthers(actor);
    return this.queries.ofAccount(actor, this.clock.now());
  }

  @Get('session/memberships')
  @Can('session.use')
  @ApiReadAll(MembershipBrief, 'Your memberships')
  list(@CurrentActor() actor: MemberActor): Promise<MembershipBrief[]> {
    return this.memberships.ofAccount(actor.accountId);
  }

  @Get('me')
  @Can('session.use')
  @ApiRead(Me, 'Who am I, and what may I do')
  me(@CurrentActor() actor: MemberActor): Promise<Me> {
    return this.memberships.me(actor);
  }
}
