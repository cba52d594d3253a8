import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import { ApiGoneResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Problem } from '../platform/errors/problem.js';
import { ApiOpen, ApiRead, ApiRemove, ApiWrite } from '../platform/http/api.js';
import { LimitPerAddress } from '../platform/http/rate-limit.js';
import { Can, CurrentActor, Public } from '../permissions/can.decorator.js';
import { atApi } from './arrival.js';
import {
  ChallengeCodeInput,
  ChallengeInput,
  CodeInput,
  FactorOffer,
  FactorProofInput,
  RecoveryCodes,
  SecondFactorNeeded,
  SecondFactorView,
  SignedInAnew,
} from './second-factor.dto.js';
import { SecondFactors } from './second-factors.service.js';
import { SignedIn } from './session.dto.js';
import { SignInChallenges } from './sign-in-challenges.service.js';
import { SignIn } from './sign-in.service.js';

const TOO_LATE = ApiGoneResponse({
  type: Problem,
  description: 'Used, or too late: begin the sign-in again',
});

/** The second step of a sign-in whose password was right. */
@ApiTags('Sign-in')
@Controller('sign-in')
export class SignInStepsController {
  constructor(
    private readonly signIns: SignIn,
    private readonly challenges: SignInChallenges,
  ) {}

  @Post('code')
  @Public()
  @LimitPerAddress(300, 5)
  @ApiOpen(
    [SignedIn, SignedInAnew, SecondFactorNeeded],
    'Show the code that the sign-in asks for',
    'From the app, a recovery code in its place, or the one sent to the work mailbox. Good once. Where an app has to be ' +
      'set up, a code from it ends the sign-in and gives the recovery codes.',
  )
  @TOO_LATE
  code(
    @Body() { challengeToken, code }: ChallengeCodeInput,
    @Req() request: FastifyRequest,
  ): Promise<SignedIn | SignedInAnew | SecondFactorNeeded> {
    return this.signIns.answer(challengeToken, code, atApi(request));
  }

  @Post('send-code')
  @Public()
  @LimitPerAddress(300, 5)
  @ApiRemove('Send the code to the work mailbox again')
  @TOO_LATE
  sendCode(@Body() { challengeToken }: ChallengeInput): Promise<void> {
    return this.challenges.sendAgain(challengeToken, 'api');
  }

  @Post('set-up')
  @Public()
  @LimitPerAddress(300, 5)
  @ApiOpen(FactorOffer, 'Ask for a secret to put into an app, where the sign-in asks for one to be set up')
  @TOO_LATE
  setUp(@Body() { challengeToken }: ChallengeInput): Promise<FactorOffer> {
    return this.challenges.offer(challengeToken, 'api');
  }
}

@ApiTags('Sign-in')
@Controller('me/second-factor')
export class SecondFactorController {
  constructor(private readonly factors: SecondFactors) {}

  @Get()
  @Can('session.use')
  @ApiRead(SecondFactorView, 'Your second factor, and what your scheme says of it')
  view(@CurrentActor() actor: MemberActor): Promise<SecondFactorView> {
    return this.factors.view(actor);
  }

  @Post('offer')
  @Can('session.use')
  @ApiWrite(FactorOffer, 'Ask for a secret to put into an app')
  offer(@CurrentActor() actor: MemberActor, @Body() proof: FactorProofInput): Promise<FactorOffer> {
    return this.factors.offer(actor, proof);
  }

  @Post('confirm')
  @Can('session.use')
  @ApiWrite(RecoveryCodes, 'Show a code from the app, which is set up with it')
  async confirm(@CurrentActor() actor: MemberActor, @Body() { code }: CodeInput): Promise<RecoveryCodes> {
    return { recoveryCodes: await this.factors.confirm(actor, code) };
  }

  @Post('use-mail')
  @Can('session.use')
  @ApiWrite(SecondFactorView, 'Have codes sent to your work mailbox instead')
  async useMail(
    @CurrentActor() actor: MemberActor,
    @Body() proof: FactorProofInput,
  ): Promise<SecondFactorView> {
    await this.factors.useMail(actor, proof);
    return this.factors.view(actor);
  }

  @Post('renew-codes')
  @Can('session.use')
  @ApiWrite(RecoveryCodes, 'Make new recovery codes')
  async renewCodes(
    @CurrentActor() actor: MemberActor,
    @Body() proof: FactorProofInput,
  ): Promise<RecoveryCodes> {
    return { recoveryCodes: await this.factors.renewCodes(actor, proof) };
  }

  @Post('remove')
  @Can('session.use')
  @ApiRemove('Sign in with the password alone again')
  remove(@CurrentActor() actor: MemberActor, @Body() proof: FactorProofInput): Promise<void> {
    return this.factors.remove(actor, proof);
  }
}
