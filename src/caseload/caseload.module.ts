import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { AgreementHooks } from './agreement.hooks.js';
import { AppointmentHooks } from './appointment.hooks.js';
import { AppointmentsController } from './appointments.controller.js';
import { AppointmentsQueries } from './appointments.queries.js';
import { AppointmentsService } from './appointments.service.js';
import { AreaMoveHooks } from './area-move.hooks.js';
import { AreaMovesController } from './area-moves.controller.js';
import { AreaMovesQueries } from './area-moves.queries.js';
import { AreaMoves } from './area-moves.service.js';
import { CalendarController } from './calendar.controller.js';
import { Calendars } from './calendar.service.js';
import { CaseloadLists } from './caseload-lists.queries.js';
import { ContactHooks } from './contact.hooks.js';
import { ContactsController } from './contacts.controller.js';
import { ContactsQueries } from './contacts.queries.js';
import { ContactsService } from './contacts.service.js';
import { EndingHooks } from './ending.hooks.js';
import { EscalationHooks } from './escalation.hooks.js';
import { EscalationsQueries } from './escalations.queries.js';
import { EscalationsService } from './escalations.service.js';
import { HandoverHooks } from './handover.hooks.js';
import { HandoversController } from './handovers.controller.js';
import { HandoversQueries } from './handovers.queries.js';
import { HandoversService } from './handovers.service.js';
import { PlanHooks } from './plan.hooks.js';
import { PlanDraftsService } from './plan-drafts.service.js';
import { PlansController } from './plans.controller.js';
import { PlansQueries } from './plans.queries.js';
import { PlansService } from './plans.service.js';
import { TimelineQueries } from './timeline.queries.js';
import { TodayController } from './today.controller.js';
import { TodayQueries } from './today.queries.js';
import { IncomingTransfers } from './incoming-transfers.service.js';
import { TransferHooks } from './transfer.hooks.js';
import { TransfersController } from './transfers.controller.js';
import { AskTriageAboutTransfer, AskTriageNoMore, SettleAnsweredTransfer } from './transfers.handler.js';
import { TransfersQueries } from './transfers.queries.js';
import { TransfersService } from './transfers.service.js';
import { WorkloadController } from './workload.controller.js';
import { WorkloadQueries } from './workload.queries.js';

@Module({
  imports: [ClientsModule, OnwardReferralsModule, ReferralsModule],
  controllers: [
    AreaMovesController,
    ContactsController,
    AppointmentsController,
    CalendarController,
    HandoversController,
    PlansController,
    WorkloadController,
    TodayController,
    TransfersController,
  ],
  providers: [
    AgreementHooks,
    AreaMoveHooks,
    AreaMoves,
    AreaMovesQueries,
    AppointmentHooks,
    AppointmentsQueries,
    AppointmentsService,
    Calendars,
    CaseloadLists,
    ContactHooks,
    ContactsQueries,
    ContactsService,
    EndingHooks,
    EscalationHooks,
    EscalationsQueries,
    EscalationsService,
    HandoverHooks,
    HandoversQueries,
    HandoversService,
    IncomingTransfers,
    PlanDraftsService,
    PlanHooks,
    PlansQueries,
    PlansService,
    TimelineQueries,
    TodayQueries,
    AskTriageAboutTransfer,
    AskTriageNoMore,
    SettleAnsweredTransfer,
    TransferHooks,
    TransfersQueries,
    TransfersService,
    WorkloadQueries,
  ],
  exports: [
    AreaMoveHooks,
    AreaMoves,
    AreaMovesQueries,
    AppointmentHooks,
    AppointmentsQueries,
    Calendars,
    CaseloadLists,
    ContactHooks,
    EscalationHooks,
    EscalationsQueries,
    EscalationsService,
    HandoverHooks,
    HandoversQueries,
    HandoversService,
    PlanDraftsService,
    PlanHooks,
    PlansQueries,
    PlansService,
    IncomingTransfers,
    TransferHooks,
    TransfersQueries,
    TransfersService,
    ContactsQueries,
    ContactsService,
    AppointmentsService,
    TimelineQueries,
    TodayQueries,
    WorkloadQueries,
  ],
})
export class CaseloadModule {}
