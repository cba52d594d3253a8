import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { Deliveries } from './deliveries.service.js';
import { NOTE_HANDLERS } from './note.handlers.js';
import { TellPrograms, WebhookTicks } from './tell-programs.js';
import { TellAdministratorsOfWebhookOff } from './webhook-off.handler.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksQueries } from './webhooks.queries.js';
import { Webhooks } from './webhooks.service.js';

@Module({
  imports: [IdentityModule],
  controllers: [WebhooksController],
  providers: [
    Deliveries,
    ...NOTE_HANDLERS,
    TellAdministratorsOfWebhookOff,
    TellPrograms,
    Webhooks,
    WebhooksQueries,
    WebhookTicks,
  ],
  exports: [Deliveries, TellPrograms, Webhooks, WebhooksQueries],
})
export class WebhooksModule {}
