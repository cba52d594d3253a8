import { Controller, Get, Header, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IncomingTransfers } from '../../caseload/incoming-transfers.service.js';
import {
  OfferTransferInput,
  TransferPreviewQuery,
  TransferReasonInput,
  TransferReceiptInput,
  TransferRefusedInput,
} from '../../caseload/transfer.dto.js';
import { transferParts } from '../../caseload/transfer.rules.js';
import { TransfersQueries } from '../../caseload/transfers.queries.js';
import { TransfersService } from '../../caseload/transfers.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { validated } from '../../platform/http/validation.js';
import { without } from '../../platform/pure/without.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { AGREED_CHOICES, besideAgreed, withAgreement } from '../layout/agreement.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, sent, take } from '../layout/forms.js';
import { shapeOf } from '../layout/shape-of.js';
import { Stops } from '../layout/stops.js';
import { choicesOf } from '../layout/words.js';
import { CLOSE_RESULT_WORDS, NO_RESPONSE_WORDS } from '../link-worker/link-worker.words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { TRANSFER_ITEM_WORDS, TRANSFER_STATE_WORDS } from './across.words.js';
import { say } from '../words/staff/staff-words.js';

const INCOMING = '/desk/transfers/incoming';

/** Handing somebody to another scheme, and taking on whom others hand over. They stay somebody's until there is a receipt. */
@ApiExcludeController()
@Controller('desk')
export class TransferPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly transfers: TransfersService,
    private readonly incoming: IncomingTransfers,
    private readonly queries: TransfersQueries,
    private readonly stops: Stops,
  ) {}

  /** First what goes, by ticks in the address; then exactly that, to look at and to send. */
  @Get('referrals/:id/transfer')
  @Can('transfer.preview')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { items = [] } = await readQuery(TransferPreviewQuery, asked);
    const today = dayBoxes('agreement.agreedOn', londonDate(this.clock.now()));
    await this.form(reply, actor, id, newForm({ items, ...today }));
  }

  @Post('referrals/:id/transfer')
  @Can('transfer.offer')
  async offer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (await this.stops.shown(reply, actor)) return;
    await take(
      reply,
      async (body) => {
        // Nothing beside what is needed may travel: that is an answer as well.
        const input = await validated(OfferTransferInput, {
          items: [],
          ...shapeOf(OfferTransferInput, withAgreement(sent(body))),
        });
        return `/desk/transfers/${await this.transfers.offer(actor, id, input)}`;
      },
      (form) => this.form(reply, actor, id, besideAgreed(form)),
    );
  }

  @Get('referrals/:id/came-with')
  @Can('transfer.cameWith')
  async cameWith(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const came = await this.queries.cameWith(actor, id);
    const person = await this.heads.ofReferral(actor, id);
    await this.desk.show(reply, actor, 200, 'across/pages/came-with.njk', {
      title: say('What came with referral {{reference}}', { reference: person.current.reference }),
      person,
      came,
      parts: transferParts(came.carries).join('\n'),
      words: { reach: REACH_WORDS },
    });
  }

  @Post('transfers/:id/receipt')
  @Can('transfer.settle')
  async receipt(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `/desk/transfers/${await this.transfers.receipt(actor, id, await readForm(TransferReceiptInput, body))}`,
      (form) => this.page(reply, actor, id, form, 'receipt'),
    );
  }

  @Post('transfers/:id/refused')
  @Can('transfer.settle')
  async refused(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `/desk/transfers/${await this.transfers.refused(actor, id, await readForm(TransferRefusedInput, body))}`,
      (form) => this.page(reply, actor, id, form, 'refused'),
    );
  }

  @Post('transfers/:id/cancel')
  @Can('transfer.settle')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `/desk/transfers/${await this.transfers.cancel(actor, id, (await readForm(TransferReasonInput, body)).reason)}`,
      (form) => this.page(reply, actor, id, form, 'cancel'),
    );
  }

  @Get('transfers/incoming')
  @Can('transfer.incoming')
  async listIncoming(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const page = await this.queries.incomingList(actor, query);
    await this.desk.show(reply, actor, 200, 'across/pages/transfers-incoming.njk', {
      title: say('From other schemes'),
      items: page.items,
      next: page.next && nextPage(INCOMING, asked, page.next),
      further: query.after !== undefined,
      words: { state: TRANSFER_STATE_WORDS },
    });
  }

  @Get('transfers/incoming/:id')
  @Can('transfer.incoming')
  async oneIncoming(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.incomingPage(reply, actor, id, newForm());
  }

  @Post('transfers/incoming/:id/receive')
  @Can('transfer.receive')
  async receive(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${INCOMING}/${await this.incoming.receive(actor, id)}`,
      (form) => this.incomingPage(reply, actor, id, form),
    );
  }

  @Post('transfers/incoming/:id/refuse')
  @Can('transfer.receive')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { reason } = await readForm(TransferReasonInput, body);
        return `${INCOMING}/${await this.incoming.refuse(actor, id, reason)}`;
      },
      (form) => this.incomingPage(reply, actor, id, form),
    );
  }

  @Get('transfers/:id')
  @Can('transfer.list')
  async one(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Get('transfers/:id/document')
  @Can('transfer.document')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="handed-over.txt"')
  @Header('cache-control', 'no-store')
  document(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<string> {
    return this.queries.document(actor, id);
  }

  private async form(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const { items = [] } = form.values;
    const chosen = await readQuery(TransferPreviewQuery, { items: [items].flat().join(',') });
    const preview = await this.queries.preview(actor, id, chosen.items ?? []);
    const schemes = await this.queries.schemes(actor);
    await this.desk.show(reply, actor, form.status, 'across/pages/transfer-new.njk', {
      title: say('Hand over to another scheme, referral {{reference}}', {
        reference: person.current.reference,
      }),
      person,
      referral: person.current,
      preview,
      parts: transferParts(preview.carries).join('\n'),
      form,
      items: choicesOf(TRANSFER_ITEM_WORDS),
      schemes: schemes.map(({ id: value, name: text }) => ({ value, text })),
      results: choicesOf(without(CLOSE_RESULT_WORDS, 'died')),
      noResponse: [{ value: '', text: say('They moved') }, ...choicesOf(NO_RESPONSE_WORDS)],
      agreed: AGREED_CHOICES,
      words: { reach: REACH_WORDS },
    });
  }

  /** `wrong` names the form that was sent, where one was: the others begin anew. */
  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    wrong: 'receipt' | 'refused' | 'cancel' | null = null,
  ): Promise<void> {
    const transfer = await this.queries.get(actor, id);
    const person = await this.heads.ofReferral(actor, transfer.referralId);
    await this.desk.show(reply, actor, form.status, 'across/pages/transfer.njk', {
      title: say('To another scheme, referral {{reference}}', { reference: person.current.reference }),
      transfer,
      person,
      parts: transferParts(transfer.carries).join('\n'),
      form,
      wrong,
      other: newForm(dayBoxes('receivedOn', londonDate(this.clock.now()))),
      words: { reach: REACH_WORDS, state: TRANSFER_STATE_WORDS },
    });
  }

  private async incomingPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const transfer = await this.queries.incoming(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/transfer-incoming.njk', {
      title: say('From {{fromName}}', { fromName: transfer.fromName }),
      transfer,
      parts: transfer.carries && transferParts(transfer.carries).join('\n'),
      form,
      other: newForm(),
      words: { state: TRANSFER_STATE_WORDS },
    });
  }
}
