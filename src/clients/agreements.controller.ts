import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import {
  AgreementView,
  RecordAgreementInput,
  RenewAgreementInput,
  WithdrawAgreementInput,
} from './agreement.dto.js';
import { CONFLICT } from './client.dto.js';
import { AgreementsQueries } from './agreements.queries.js';
import { AgreementsService } from './agreements.service.js';

@ApiTags('Agreements')
@Controller('clients/:id/agreements')
export class AgreementsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly queries: AgreementsQueries,
  ) {}

  @Get()
  @Can('agreement.list')
  @ApiReadAll(AgreementView, 'List what a person agreed to share, and with whom')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AgreementView[]> {
    return this.queries.list(actor, id);
  }

  @Post()
  @Can('agreement.record')
  @ApiConflictResponse(CONFLICT)
  @ApiMake(AgreementView, 'Record the basis for sharing with one recipient')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: RecordAgreementInput,
  ): Promise<AgreementView> {
    return this.queries.get(actor, id, await this.agreements.record(actor, id, input));
  }

  @Post(':agreementId/renew')
  @Can('agreement.record')
  @ApiConflictResponse(CONFLICT)
  @ApiWrite(AgreementView, 'Record that they were asked again and still agree')
  async renew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Body() input: RenewAgreementInput,
  ): Promise<AgreementView> {
    return this.queries.get(actor, id, await this.agreements.renew(actor, id, agreementId, input));
  }

  @Post(':agreementId/withdraw')
  @Can('agreement.withdraw')
  @ApiConflictResponse(CONFLICT)
  @ApiWrite(
    AgreementView,
    'Take an agreement back, whole or in part',
    'Acts at once, on every live agreement with the same recipient. Taking back support by the scheme withdraws the referral.',
  )
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Body() input: WithdrawAgreementInput,
  ): Promise<AgreementView> {
    return this.queries.get(actor, id, await this.agreements.withdraw(actor, id, agreementId, input));
  }
}
