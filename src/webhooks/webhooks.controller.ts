import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { type Page, PageQuery } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import {
  AmendWebhookInput,
  DeliveryView,
  MakeWebhookInput,
  WebhookMade,
  WebhookView,
} from './webhook.dto.js';
import { WebhooksQueries } from './webhooks.queries.js';
import { Webhooks } from './webhooks.service.js';

const HOW =
  'Each thing is sent by POST as Standard Webhooks has it (standardwebhooks.com): `{ "type", "timestamp", "data": { "id", ' +
  '"reference", "link" } }`, with `webhook-id`, `webhook-timestamp` and `webhook-signature`. It names nobody: read the link with ' +
  'your key. At least once, under the same `webhook-id`; anything but 2xx within 15 seconds is tried again for three days, and ' +
  '410 ends it.';

@ApiTags('Programs')
@Controller()
export class WebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly queries: WebhooksQueries,
  ) {}

  @Get('programs/:id/webhooks')
  @Can('webhook.list')
  @ApiReadAll(WebhookView, 'List where a program is told what happens')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WebhookView[]> {
    return this.queries.ofProgram(actor, id);
  }

  @Post('programs/:id/webhooks')
  @Can('webhook.make')
  @ApiMake(WebhookMade, 'Have a program told what happens', HOW)
  async make(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: MakeWebhookInput,
  ): Promise<WebhookMade> {
    return this.queries.made(actor, await this.webhooks.make(actor, id, input), 'webhook.make');
  }

  @Get('webhooks/:id')
  @Can('webhook.list')
  @ApiRead(WebhookView, 'Read one webhook')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WebhookView> {
    return this.queries.get(actor, id);
  }

  @Patch('webhooks/:id')
  @Can('webhook.amend')
  @ApiAmend(WebhookView, 'Change where a program is told, or what')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() input: AmendWebhookInput,
  ): Promise<WebhookView> {
    return this.queries.get(actor, await this.webhooks.amend(actor, id, version, input));
  }

  @Post('webhooks/:id/renew-secret')
  @Can('webhook.amend')
  @ApiWrite(
    WebhookMade,
    'Make another secret',
    'For a day the one before signs as well: two signatures, either of which will do.',
  )
  async renewSecret(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WebhookMade> {
    return this.queries.made(actor, await this.webhooks.renewSecret(actor, id), 'webhook.amend');
  }

  @Post('webhooks/:id/switch-off')
  @Can('webhook.amend')
  @ApiWrite(WebhookView, 'Tell it nothing any more')
  async switchOff(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WebhookView> {
    return this.queries.get(actor, await this.webhooks.switchOff(actor, id));
  }

  @Post('webhooks/:id/switch-on')
  @Can('webhook.amend')
  @ApiWrite(WebhookView, 'Tell it again', 'What still waits is told at once; what happened meanwhile is not.')
  async switchOn(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WebhookView> {
    return this.queries.get(actor, await this.webhooks.switchOn(actor, id));
  }

  @Post('webhooks/:id/test')
  @Can('webhook.send')
  @ApiWrite(DeliveryView, 'Send it a test')
  async test(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<DeliveryView> {
    return this.queries.delivery(actor, await this.webhooks.test(actor, id));
  }

  @Get('webhooks/:id/deliveries')
  @Can('webhook.list')
  @ApiReadPage(DeliveryView, 'List what it was told, the newest first', 'Kept for 14 days.')
  deliveries(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<DeliveryView>> {
    return this.queries.deliveries(actor, id, query);
  }

  @Post('webhook-deliveries/:id/send-again')
  @Can('webhook.send')
  @ApiWrite(DeliveryView, 'Tell it something again', 'Under the same `webhook-id`.')
  async sendAgain(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<DeliveryView> {
    return this.queries.delivery(actor, await this.webhooks.sendAgain(actor, id));
  }
}
