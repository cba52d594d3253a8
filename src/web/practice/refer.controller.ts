import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { isUuid } from '../../platform/pure/ids.js';
import { ReferralSending } from '../../referrals/referral-sending.service.js';
import { withAgreement, withFooting } from '../layout/agreement.js';
import { dayBoxes } from '../layout/dates.js';
import { type Form, hidden, newForm, readForm, sent, take } from '../layout/forms.js';
import { Stops } from '../layout/stops.js';
import { answersOf } from '../link-worker/details.form.js';
import { NEW } from './drafts.controller.js';
import { ReferInput } from './refer.input.js';
import { KnownPeople, SOUGHT } from './known.js';
import { ReferPage } from './refer.page.js';

/** On the button that sends. */
const MEANT = '_send';

/** A practice refers on one page. It is shown its own earlier referral of the same person, and nobody else's. */
@ApiExcludeController()
@Controller('desk')
export class ReferController {
  constructor(
    private readonly page: ReferPage,
    private readonly clock: Clock,
    private readonly sending: ReferralSending,
    private readonly clients: ClientsQueries,
    private readonly stops: Stops,
    private readonly people: KnownPeople,
  ) {}

  @Get('refer')
  @Can('referral.send')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Query('person') person: unknown,
    @Query('again') again: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const begun = {
      ...dayBoxes('agreement.agreedOn', londonDate(this.clock.now())),
      'client.interpreter': 'not_needed',
      ...(await this.known(actor, person)),
    };
    const before =
      typeof again === 'string' && isUuid(again) ? await this.people.from(actor, again, begun) : undefined;
    await this.page.show(reply, actor, newForm({ ...begun, ...before?.put }), NEW, before);
  }

  @Post('refer')
  @Can('referral.send')
  async send(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    // Enter in the box that looks for somebody presses the form's first button.
    if (hidden(reply.request.body, SOUGHT).trim() !== '' && hidden(reply.request.body, MEANT) === '') {
      await this.looked(reply, actor);
      return;
    }
    if (await this.stops.shown(reply, actor)) return;
    await take(
      reply,
      async (body) => {
        const input = await readForm(ReferInput, withFooting(withAgreement(sent(body))));
        return `/desk/referrals/${await this.sending.send(actor, input)}?sent`;
      },
      (form) => this.page.show(reply, actor, form, NEW),
    );
  }

  @Post('refer/find')
  @Can('referral.send')
  @HttpCode(200)
  async find(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.looked(reply, actor);
  }

  private async looked(reply: FastifyReply, actor: MemberActor): Promise<void> {
    await this.page.find(reply, actor, (form, filled) => this.page.show(reply, actor, form, NEW, filled));
  }

  @Post('refer/fill')
  @Can('referral.send')
  @HttpCode(200)
  async fill(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page.fill(reply, (form, filled) => this.page.show(reply, actor, form, NEW, filled));
  }

  /** Somebody who is recorded already, in the reach of whoever refers them: nothing has to be typed anew. */
  private async known(actor: MemberActor, id: unknown): Promise<Form['values']> {
    if (typeof id !== 'string' || !isUuid(id) || reachOf('client.get', actor.role) === 'none') return {};
    const answers = answersOf(await this.clients.get(actor, id));
    return Object.fromEntries(Object.entries(answers).map(([name, value]) => [`client.${name}`, value]));
  }
}
