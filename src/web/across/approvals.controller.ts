import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  ApprovalsQuery,
  ApproveOffer,
  AskApproval,
  RefuseOffer,
} from '../../onward-referrals/offer-approval.dto.js';
import { OfferApprovalQueries } from '../../onward-referrals/offer-approval.queries.js';
import { OfferApprovals } from '../../onward-referrals/offer-approvals.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, sent, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { APPROVAL_STATE_WORDS, OWN_SERVICE_WORDS } from './across.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/approvals';

/** A second pair of eyes on an offer to a service of one's own organisation: asked for, and decided. */
@ApiExcludeController()
@Controller('desk')
export class ApprovalPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly approvals: OfferApprovals,
    private readonly queries: OfferApprovalQueries,
    private readonly listings: ListingsQueries,
    private readonly heads: PersonHeads,
  ) {}

  @Get('approvals')
  @Can('approval.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(ApprovalsQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'across/pages/approvals.njk', {
      title: say('A second person asked'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filters: { values: asked, wrong: {} },
      states: [{ value: '', text: say('Any') }, ...choicesOf(APPROVAL_STATE_WORDS)],
      words: { state: APPROVAL_STATE_WORDS },
    });
  }

  @Get('approvals/:id')
  @Can('approval.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post('approvals/:id/approve')
  @Can('approval.decide')
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, async (body) =>
      this.approvals.approve(actor, id, await readForm(ApproveOffer, body)),
    );
  }

  @Post('approvals/:id/refuse')
  @Can('approval.decide')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, async (body) =>
      this.approvals.refuse(actor, id, await readForm(RefuseOffer, body)),
    );
  }

  @Post('approvals/:id/withdraw')
  @Can('approval.ask')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, () => this.approvals.withdraw(actor, id));
  }

  @Get('referrals/:id/approvals/:listingId')
  @Can('approval.ask')
  async askFor(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.askForm(reply, actor, id, listingId, newForm());
  }

  @Post('referrals/:id/approvals/:listingId')
  @Can('approval.ask')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(AskApproval, { ...sent(body), listingId });
        return `${ADDRESS}/${await this.approvals.ask(actor, id, input)}`;
      },
      (form) => this.askForm(reply, actor, id, listingId, form),
    );
  }

  private async askForm(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    listingId: string,
    form: Form,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const listing = await this.listings.get(actor, listingId);
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', {
      title: say('Ask a second person, referral {{reference}}', { reference: person.current.reference }),
      back: { text: say('Refer to this group'), href: `/desk/referrals/${id}/refer/${listingId}` },
      says: say(
        '{{service}} belongs to an organisation of yours, or to the one that referred {{person}}. Somebody else looks first; their yes holds for this referral and this service.',
        { service: listing.name, person: person.firstName },
      ),
      action: `/desk/referrals/${id}/approvals/${listingId}`,
      label: say('Why this service rather than another?'),
      name: 'because',
      buttonText: say('Ask a second person'),
      form,
    });
  }

  private async move(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${ADDRESS}/${await work(body)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const approval = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/approval.njk', {
      title: say('A second person asked, referral {{reference}}', { reference: approval.reference }),
      approval,
      form,
      other: newForm(),
      person: await this.heads.find(actor, approval.client.id),
      words: { state: APPROVAL_STATE_WORDS, why: OWN_SERVICE_WORDS, reach: REACH_WORDS },
    });
  }
}
