import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdentityModule } from '../identity/identity.module.js';
import { Agreement } from './agreement.entity.js';
import { AgreementsController } from './agreements.controller.js';
import { AgreementsQueries } from './agreements.queries.js';
import { AgreementsService } from './agreements.service.js';
import { BreakGlassController } from './break-glass.controller.js';
import { AlertManagersOfBreakGlass } from './break-glass.handler.js';
import { BreakGlassQueries } from './break-glass.queries.js';
import { BreakGlassService } from './break-glass.service.js';
import { ClientMerges } from './client-merges.service.js';
import { ClientRecordsController } from './client-records.controller.js';
import { BreakGlass, Client, ClientHistory, ClientMerge, GpRegistration } from './client.entity.js';
// Registers the events' names; everybody else imports only their types.
import './client.events.js';
import { ClientHooks } from './client.hooks.js';
import { ClientsController } from './clients.controller.js';
import { ClientsQueries } from './clients.queries.js';
import { ClientsService } from './clients.service.js';
import { LoneWorkerFlagsController } from './lone-worker-flags.controller.js';
import { LoneWorkerFlagsQueries } from './lone-worker-flags.queries.js';
import { LoneWorkerFlags } from './lone-worker-flags.service.js';
import { MergesQueries } from './merges.queries.js';
import { PeopleCloseController } from './people-close.controller.js';
import { PeopleCloseQueries } from './people-close.queries.js';
import { PeopleCloseService } from './people-close.service.js';
import { SafeguardingController } from './safeguarding.controller.js';
import { SafeguardingQueries } from './safeguarding.queries.js';
import { Safeguarding } from './safeguarding.service.js';

@Module({
  imports: [
    IdentityModule,
    TypeOrmModule.forFeature([Client, ClientHistory, ClientMerge, GpRegistration, BreakGlass, Agreement]),
  ],
  controllers: [
    ClientsController,
    ClientRecordsController,
    AgreementsController,
    BreakGlassController,
    PeopleCloseController,
    LoneWorkerFlagsController,
    SafeguardingController,
  ],
  providers: [
    ClientHooks,
    ClientMerges,
    ClientsService,
    ClientsQueries,
    MergesQueries,
    AgreementsService,
    AgreementsQueries,
    PeopleCloseService,
    PeopleCloseQueries,
    BreakGlassService,
    BreakGlassQueries,
    AlertManagersOfBreakGlass,
    LoneWorkerFlags,
    LoneWorkerFlagsQueries,
    Safeguarding,
    SafeguardingQueries,
  ],
  exports: [
    Safeguarding,
    SafeguardingQueries,
    LoneWorkerFlags,
    LoneWorkerFlagsQueries,
    ClientHooks,
    ClientMerges,
    ClientsService,
    ClientsQueries,
    AgreementsService,
    AgreementsQueries,
    PeopleCloseService,
    PeopleCloseQueries,
    BreakGlassQueries,
    BreakGlassService,
    MergesQueries,
  ],
})
export class ClientsModule {}
