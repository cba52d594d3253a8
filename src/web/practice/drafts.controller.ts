import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { without } from '../../platform/pure/without.js';
import { DraftInput } from '../../referrals/referral.dto.js';
import { ReferralSending } from '../../referrals/referral-sending.service.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { withAgreementIfSaid, withFooting } from '../layout/agreement.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  overtaken,
  seenIn,
  readForm,
  readQuery,
  sent,
  take,
  versionIn,
} from '../layout/forms.js';
import { Stops } from '../layout/stops.js';
import { answersIn, unanswered } from './draft.answers.js';
import { SendDraftInput } from './refer.input.js';
import { type Filling, type Going, ReferPage } from './refer.page.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/drafts';

/** Referrals that were begun and not sent: gone on with by whoever of the organisation has the time, or discarded. */
@ApiExcludeController()
@Controller('desk/drafts')
export class DraftPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly page: ReferPage,
    private readonly sending: ReferralSending,
    private readonly referrals: ReferralsQueries,
    private readonly stops: Stops,
  ) {}

  @Get()
  @Can('referral.draft')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const page = await this.referrals.drafts(actor, query);
    await this.desk.show(reply, actor, 200, 'practice/pages/drafts.njk', {
      title: say('Drafts of referrals'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
    });
  }

  @Post()
  @Can('referral.draft')
  async begin(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    if (await this.stops.shown(reply, actor, 'harm')) return;
    await take(
      reply,
      async (body) => {
        await this.sending.draft(actor, await draftIn(body));
        return ADDRESS;
      },
      (form) => this.page.show(reply, actor, form, NEW),
    );
  }

  @Get(':id')
  @Can('referral.draft')
  async goOn(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, id, null);
  }

  @Post(':id')
  @Can('referral.draft')
  async keep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (await this.stops.shown(reply, actor, 'harm')) return;
    await take(
      reply,
      async (body) => {
        const input = await draftIn(body);
        await this.sending.amendDraft(actor, id, versionIn(body), input, unanswered(input));
        return ADDRESS;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post(':id/fill')
  @Can('referral.draft')
  @HttpCode(200)
  async fill(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page.fill(reply, (form, filled) => this.show(reply, actor, id, form, filled));
  }

  @Post(':id/send')
  @Can('referral.send')
  async send(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (await this.stops.shown(reply, actor)) return;
    await take(
      reply,
      async (body) => {
        const input = await readForm(SendDraftInput, answersOf(sent(body)));
        const emptied = unanswered(input);
        return `/desk/referrals/${await this.sending.sendAgain(actor, id, input, emptied, seenIn(body))}?sent`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Get(':id/discard')
  @Can('referral.discard')
  async askDiscard(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.discarding(reply, actor, id, newForm());
  }

  @Post(':id/discard')
  @Can('referral.discard')
  async discard(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.sending.discard(actor, id);
        return ADDRESS;
      },
      (form) => this.discarding(reply, actor, id, form),
    );
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    tried: Form | null,
    filled?: Filling,
  ): Promise<void> {
    const { reference, version, draft } = await this.draft(actor, id);
    const form = overtaken(tried ?? newForm(answersIn(draft), version), { id, version });
    const going: Going = {
      title: say('Draft {{reference}}', { reference }),
      send: `${ADDRESS}/${id}/send`,
      keep: `${ADDRESS}/${id}`,
      fill: `${ADDRESS}/${id}/fill`,
      discard: `${ADDRESS}/${id}/discard`,
    };
    await this.page.show(reply, actor, form, going, filled);
  }

  private async discarding(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const { reference, draft } = await this.draft(actor, id);
    const answers = answersIn(draft);
    await this.desk.show(reply, actor, form.status, 'practice/pages/draft-discard.njk', {
      title: say('Discard draft {{reference}}', { reference }),
      form,
      id,
      reference,
      name: [answers['client.firstName'], answers['client.lastName']].filter(Boolean).join(' '),
    });
  }

  /** Sent or discarded meanwhile, it is no draft any more. */
  private async draft(actor: MemberActor, id: string) {
    const { reference, version, draft } = await this.referrals.get(actor, id);
    if (draft === null || version === null) throw Refusal.notFound();
    return { reference, version, draft };
  }
}

/** Where a referral that begins goes. */
export const NEW: Going = sayAll({
  title: 'Make a referral',
  send: '/desk/refer',
  keep: ADDRESS,
  fill: '/desk/refer/fill',
  find: '/desk/refer/find',
});

const answersOf = (typed: Form['values']): Form['values'] => withFooting(withAgreementIfSaid(typed));

/** Whether somebody may come to harm is asked anew when it is sent: it is no part of what is kept. */
const draftIn = (body: unknown): Promise<DraftInput> =>
  readForm(DraftInput, answersOf(without(sent(body), 'couldComeToHarm')));
