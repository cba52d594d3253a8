import { Body, Controller, Get, Header, Post, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Problem } from '../platform/errors/problem.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import {
  CameWithView,
  IncomingTransferLine,
  IncomingTransferView,
  OfferTransferInput,
  OtherSchemeView,
  TransferPreview,
  TransferPreviewQuery,
  TransferReasonInput,
  TransferReceiptInput,
  TransferRefusedInput,
  TransferView,
} from './transfer.dto.js';
import { IncomingTransfers } from './incoming-transfers.service.js';
import { TransfersQueries } from './transfers.queries.js';
import { TransfersService } from './transfers.service.js';

@ApiTags('Handing to another scheme')
@Controller()
export class TransfersController {
  constructor(
    private readonly transfers: TransfersService,
    private readonly incoming: IncomingTransfers,
    private readonly queries: TransfersQueries,
  ) {}

  @Get('transfers/schemes')
  @Can('transfer.schemes')
  @ApiReadAll(OtherSchemeView, 'The other schemes of this installation')
  schemes(@CurrentActor() actor: MemberActor): Promise<OtherSchemeView[]> {
    return this.queries.schemes(actor);
  }

  @Get('referrals/:id/transfer-preview')
  @Can('transfer.preview')
  @ApiRead(TransferPreview, 'Exactly what another scheme would get of somebody')
  preview(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: TransferPreviewQuery,
  ): Promise<TransferPreview> {
    return this.queries.preview(actor, id, query.items ?? []);
  }

  @Get('referrals/:id/transfers')
  @Can('transfer.list')
  @ApiReadAll(TransferView, 'Each time somebody was to be handed to another scheme, newest first')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<TransferView[]> {
    return this.queries.list(actor, id);
  }

  @Post('referrals/:id/transfers')
  @Can('transfer.offer')
  @ApiMake(
    TransferView,
    'Hand somebody to another scheme',
    'They stay yours, with their next date, until the other scheme says that it has them. Refused, or not answered in ten working days, it comes back to you.',
  )
  async offer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: OfferTransferInput,
  ): Promise<TransferView> {
    return this.queries.get(actor, await this.transfers.offer(actor, id, body));
  }

  @Get('referrals/:id/came-with')
  @Can('transfer.cameWith')
  @ApiRead(CameWithView, 'What came with somebody whom another scheme handed over')
  cameWith(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<CameWithView> {
    return this.queries.cameWith(actor, id);
  }

  @Get('transfers/incoming')
  @Can('transfer.incoming')
  @ApiReadPage(IncomingTransferLine, 'Who was handed to this scheme by others, newest first, without names')
  listIncoming(
    @CurrentActor() actor: MemberActor,
    @Query() query: PageQuery,
  ): Promise<Page<IncomingTransferLine>> {
    return this.queries.incomingList(actor, query);
  }

  @Get('transfers/incoming/:id')
  @Can('transfer.incoming')
  @ApiRead(IncomingTransferView, 'One of them, with what comes with the person')
  getIncoming(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<IncomingTransferView> {
    return this.queries.incoming(actor, id);
  }

  @Post('transfers/incoming/:id/receive')
  @Can('transfer.receive')
  @ApiWrite(
    IncomingTransferView,
    'Take somebody on from another scheme, which gives it a receipt',
    'A referral then waits in triage like any other: it is matched, accepted or joined there.',
  )
  async receive(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<IncomingTransferView> {
    return this.queries.incoming(actor, await this.incoming.receive(actor, id));
  }

  @Post('transfers/incoming/:id/refuse')
  @Can('transfer.receive')
  @ApiWrite(IncomingTransferView, 'Not to take somebody on, and why: the sender reads it')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: TransferReasonInput,
  ): Promise<IncomingTransferView> {
    return this.queries.incoming(actor, await this.incoming.refuse(actor, id, body.reason));
  }

  @Get('transfers/:id')
  @Can('transfer.list')
  @ApiRead(TransferView, 'One handing over to another scheme')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<TransferView> {
    return this.queries.get(actor, id);
  }

  @Get('transfers/:id/document')
  @Can('transfer.document')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="handed-over.txt"')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'The copy for the other scheme',
    description: 'Exactly what was chosen, as text.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiNotFoundResponse({ type: Problem })
  document(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<string> {
    return this.queries.document(actor, id);
  }

  @Post('transfers/:id/receipt')
  @Can('transfer.settle')
  @ApiWrite(TransferView, 'Write down that a document arrived: who said so, and when', 'Closes the referral.')
  async receipt(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: TransferReceiptInput,
  ): Promise<TransferView> {
    return this.queries.get(actor, await this.transfers.receipt(actor, id, body));
  }

  @Post('transfers/:id/refused')
  @Can('transfer.settle')
  @ApiWrite(TransferView, 'Write down that the scheme that got a document does not take somebody on')
  async refused(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: TransferRefusedInput,
  ): Promise<TransferView> {
    return this.queries.get(actor, await this.transfers.refused(actor, id, body));
  }

  @Post('transfers/:id/cancel')
  @Can('transfer.settle')
  @ApiWrite(
    TransferView,
    'Take it back, before it was answered',
    'The other scheme sees nothing of it any more.',
  )
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: TransferReasonInput,
  ): Promise<TransferView> {
    return this.queries.get(actor, await this.transfers.cancel(actor, id, body.reason));
  }
}
