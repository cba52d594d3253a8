import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { SignpostInput, SignpostView } from './onward.dto.js';
import { SignpostsQueries } from './signposts.queries.js';
import { Signposts } from './signposts.service.js';

@ApiTags('Signposts')
@Controller('referrals/:referralId/signposts')
export class SignpostsController {
  constructor(
    private readonly signposts: Signposts,
    private readonly queries: SignpostsQueries,
  ) {}

  @Get()
  @Can('signpost.list')
  @ApiReadAll(SignpostView, 'What the person was told about')
  list(@CurrentActor() actor: MemberActor, @Id('referralId') referralId: string): Promise<SignpostView[]> {
    return this.queries.list(actor, referralId);
  }

  @Post()
  @Can('signpost.record')
  @ApiMake(
    SignpostView,
    'Record what the person was told about',
    'Not a referral: nothing is sent to anybody.',
  )
  async record(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Body() input: SignpostInput,
  ): Promise<SignpostView> {
    return this.queries.get(actor, referralId, await this.signposts.record(actor, referralId, input));
  }
}
