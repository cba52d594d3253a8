import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ReasonInput } from '../clients/client.dto.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import {
  KeptLongEnoughView,
  LegalHoldView,
  PlaceHoldInput,
  RetentionQuery,
  RetentionReviewView,
  ReviewRetentionInput,
} from './record.dto.js';
import { RetentionQueries } from './retention.queries.js';
import { Retention } from './retention.service.js';

@ApiTags('Records')
@Controller()
export class RetentionController {
  constructor(
    private readonly retention: Retention,
    private readonly queries: RetentionQueries,
  ) {}

  @Get('clients/:id/legal-holds')
  @Can('legalHold.place')
  @ApiReadAll(LegalHoldView, 'List what keeps a record from being destroyed')
  holds(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<LegalHoldView[]> {
    return this.queries.holds(actor, id);
  }

  @Post('clients/:id/legal-holds')
  @Can('legalHold.place')
  @ApiMake(LegalHoldView, 'Keep a record whatever its age, such as for an inquiry')
  async placeHold(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: PlaceHoldInput,
  ): Promise<LegalHoldView> {
    return this.queries.hold(actor, id, await this.retention.placeHold(actor, id, input.reason));
  }

  @Post('clients/:id/legal-holds/:holdId/lift')
  @Can('legalHold.place')
  @ApiWrite(LegalHoldView, 'Lift a legal hold')
  async liftHold(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('holdId') holdId: string,
    @Body() input: ReasonInput,
  ): Promise<LegalHoldView> {
    return this.queries.hold(actor, id, await this.retention.liftHold(actor, id, holdId, input.reason));
  }

  @Get('retention/due')
  @Can('retention.list')
  @ApiReadPage(
    KeptLongEnoughView,
    'List records that have been kept long enough',
    'A page may hold fewer than its limit while there is a `next`.',
  )
  due(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<KeptLongEnoughView>> {
    return this.queries.due(actor, query);
  }

  @Post('clients/:id/review-retention')
  @Can('retention.review')
  @ApiMake(
    RetentionReviewView,
    'Decide whether a record is kept longer or destroyed',
    'Destroyed two weeks later, with a certificate, unless it is taken back or something happens with the person.',
  )
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: ReviewRetentionInput,
  ): Promise<RetentionReviewView> {
    return this.queries.review(actor, await this.retention.review(actor, id, input));
  }

  @Get('retention/reviews')
  @Can('retention.list')
  @ApiReadPage(
    RetentionReviewView,
    'List decisions about old records, with the certificates of those destroyed',
  )
  reviews(
    @CurrentActor() actor: MemberActor,
    @Query() query: RetentionQuery,
  ): Promise<Page<RetentionReviewView>> {
    return this.queries.reviews(actor, query);
  }

  @Post('retention/reviews/:id/cancel')
  @Can('retention.review')
  @ApiWrite(RetentionReviewView, 'Take back a decision to destroy')
  async cancel(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<RetentionReviewView> {
    return this.queries.review(actor, await this.retention.cancel(actor, id));
  }
}
