import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ProgramsQueries } from '../../identity/programs.queries.js';
import type { ProgramRole } from '../../identity/program.types.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { Action } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { AmendWebhookInput, MakeWebhookInput } from '../../webhooks/webhook.dto.js';
import { TOLD_TO } from '../../webhooks/webhook.types.js';
import { WebhooksQueries } from '../../webhooks/webhooks.queries.js';
import { Webhooks } from '../../webhooks/webhooks.service.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  overtaken,
  readChange,
  readForm,
  readQuery,
  take,
  versionIn,
} from '../layout/forms.js';
import { DELIVERY_STATE_WORDS, EVENT_WORDS, FAULT_WORDS, OFF_WORDS } from './webhooks.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/webhooks';

/** Where programs are told what happens, and what became of each thing they were told. */
@ApiExcludeController()
@Controller('desk')
export class WebhookPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly programs: ProgramsQueries,
    private readonly webhooks: Webhooks,
    private readonly queries: WebhooksQueries,
  ) {}

  @Get('programs/:id/webhooks/new')
  @Can('webhook.make')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.newWebhook(reply, actor, id, newForm());
  }

  @Post('programs/:id/webhooks/new')
  @Can('webhook.make')
  async make(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const made = await this.webhooks.make(actor, id, await readForm(MakeWebhookInput, body));
        return this.showSecret(reply, actor, made, 'webhook.make');
      },
      (form) => this.newWebhook(reply, actor, id, form),
    );
  }

  @Get('webhooks/:id')
  @Can('webhook.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, null, asked);
  }

  @Post('webhooks/:id')
  @Can('webhook.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, async (body) => {
      const input = await readChange(AmendWebhookInput, { events: [], ...(body as object) });
      await this.webhooks.amend(actor, id, versionIn(body), input);
    });
  }

  @Post('webhooks/:id/renew-secret')
  @Can('webhook.amend')
  async renewSecret(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => this.showSecret(reply, actor, await this.webhooks.renewSecret(actor, id), 'webhook.amend'),
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post('webhooks/:id/switch-off')
  @Can('webhook.amend')
  async switchOff(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, () => this.webhooks.switchOff(actor, id));
  }

  @Post('webhooks/:id/switch-on')
  @Can('webhook.amend')
  async switchOn(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, () => this.webhooks.switchOn(actor, id));
  }

  @Post('webhooks/:id/test')
  @Can('webhook.send')
  async test(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, () => this.webhooks.test(actor, id), '?sent');
  }

  @Post('webhooks/:id/deliveries/:deliveryId/send-again')
  @Can('webhook.send')
  async sendAgain(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('deliveryId') deliveryId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, () => this.webhooks.sendAgain(actor, deliveryId), '?sent');
  }

  private async change(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<unknown>,
    then = '',
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await work(body);
        return `${ADDRESS}/${id}${then}`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  /** Shown now and never again, so there is no page to lead on to. */
  private async showSecret(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    action: Action,
  ): Promise<null> {
    const { webhook, secret } = await this.queries.made(actor, id, action);
    await this.desk.show(reply, actor, 200, 'programs/pages/secret.njk', {
      title: say('The secret, shown this once'),
      webhook,
      secret,
    });
    return null;
  }

  private async newWebhook(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const program = await this.programs.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'programs/pages/webhook-new.njk', {
      title: say('Tell {{name}} what happens', { name: program.name }),
      program,
      form,
      events: eventsOf(program.role),
    });
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form | null,
    asked: Record<string, string> = {},
  ): Promise<void> {
    const { sent, ...rest } = asked;
    const query = await readQuery(PageQuery, rest);
    const webhook = await this.queries.get(actor, id);
    const program = await this.programs.get(actor, webhook.programId);
    const log = await this.queries.deliveries(actor, id, query);
    await this.desk.show(reply, actor, form?.status ?? 200, 'programs/pages/webhook.njk', {
      title: say('What {{programName}} is told', { programName: webhook.programName }),
      webhook,
      ended: program.endedAt !== null,
      notice: sent === undefined ? null : say('It is on its way: load this page again in a few seconds.'),
      form: form
        ? overtaken(form, webhook)
        : newForm({ url: webhook.url, events: webhook.events }, webhook.version),
      /** The smaller forms beside it, each with a key of its own. */
      other: newForm(),
      events: eventsOf(program.role),
      log: log.items,
      next: log.next && nextPage(`${ADDRESS}/${id}`, rest, log.next),
      further: query.after !== undefined,
      words: { event: EVENT_WORDS, state: DELIVERY_STATE_WORDS, off: OFF_WORDS, fault: FAULT_WORDS },
    });
  }
}

const eventsOf = (role: ProgramRole): { value: string; text: string }[] =>
  TOLD_TO[role].map((event) => ({ value: event, text: EVENT_WORDS[event] ?? event }));
