import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { ClosingHooks } from './closing.hooks.js';
import { MeasureLinksController } from './measure-links.controller.js';
import { MeasureLinksQueries } from './measure-links.queries.js';
import { MeasureLinks } from './measure-links.service.js';
import { OutcomeHooks } from './outcome.hooks.js';
import { QuestionnairesController } from './questionnaires.controller.js';
import { QuestionnairesQueries } from './questionnaires.queries.js';
import { QuestionnairesService } from './questionnaires.service.js';
import { ResponsesController } from './responses.controller.js';
import { ResponsesQueries } from './responses.queries.js';
import { ResponsesService } from './responses.service.js';
import { KeepWishes } from './wishes.hooks.js';

@Module({
  imports: [ClientsModule, ReferralsModule],
  controllers: [MeasureLinksController, QuestionnairesController, ResponsesController],
  providers: [
    ClosingHooks,
    KeepWishes,
    MeasureLinks,
    MeasureLinksQueries,
    OutcomeHooks,
    QuestionnairesQueries,
    QuestionnairesService,
    ResponsesQueries,
    ResponsesService,
  ],
  exports: [
    MeasureLinks,
    MeasureLinksQueries,
    OutcomeHooks,
    QuestionnairesQueries,
    QuestionnairesService,
    ResponsesQueries,
    ResponsesService,
  ],
})
export class OutcomesModule {}
