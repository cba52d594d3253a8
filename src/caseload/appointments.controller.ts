import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite, ApiWriteSeen } from '../platform/http/api.js';
import { IfMatchIfSent } from '../platform/http/version.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import {
  AppointmentHistoryView,
  AppointmentView,
  CancelAppointmentInput,
  InterpreterInput,
  MakeAppointmentInput,
  MoveAppointmentInput,
  SetOutInput,
} from './appointment.dto.js';
import { AppointmentsQueries } from './appointments.queries.js';
import { AppointmentsService } from './appointments.service.js';

@ApiTags('Appointments')
@Controller()
export class AppointmentsController {
  constructor(
    private readonly service: AppointmentsService,
    private readonly queries: AppointmentsQueries,
  ) {}

  @Post('referrals/:id/appointments')
  @Can('appointment.make')
  @ApiMake(AppointmentView, 'Make an appointment, by the clock in London')
  async make(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MakeAppointmentInput,
  ): Promise<AppointmentView> {
    return this.queries.get(actor, await this.service.make(actor, id, body));
  }

  @Get('referrals/:id/appointments')
  @Can('appointment.list')
  @ApiReadPage(AppointmentView, 'Appointments of a referral, latest first')
  list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<AppointmentView>> {
    return this.queries.list(actor, id, query);
  }

  @Get('appointments/:id')
  @Can('appointment.list')
  @ApiRead(AppointmentView, 'One appointment')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AppointmentView> {
    return this.queries.get(actor, id);
  }

  @Get('appointments/:id/history')
  @Can('appointment.list')
  @ApiReadAll(AppointmentHistoryView, 'When it was made, moved and cancelled, by whom and why')
  history(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AppointmentHistoryView[]> {
    return this.queries.history(actor, id);
  }

  @Post('appointments/:id/move')
  @Can('appointment.move')
  @ApiWriteSeen(AppointmentView, 'Move an appointment, saying whose doing it was and why')
  async move(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: MoveAppointmentInput,
  ): Promise<AppointmentView> {
    return this.queries.get(actor, await this.service.move(actor, id, body, seen));
  }

  @Post('appointments/:id/interpreter')
  @Can('appointment.move')
  @ApiWriteSeen(AppointmentView, 'Say who interprets, and how far booking them has come')
  async interpret(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: InterpreterInput,
  ): Promise<AppointmentView> {
    return this.queries.get(actor, await this.service.interpret(actor, id, body, seen));
  }

  @Post('appointments/:id/set-out')
  @Can('appointment.visit')
  @ApiWrite(AppointmentView, 'Set out to a home visit, on its day')
  async setOut(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SetOutInput,
  ): Promise<AppointmentView> {
    return this.queries.get(actor, await this.service.setOut(actor, id, body));
  }

  @Post('appointments/:id/back')
  @Can('appointment.visit')
  @ApiWrite(
    AppointmentView,
    'Back from a home visit, and safe',
    'Without it a colleague is asked to ring the worker once they were expected back, and the managers after half an hour.',
  )
  async back(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AppointmentView> {
    return this.queries.get(actor, await this.service.back(actor, id));
  }

  @Post('appointments/:id/cancel')
  @Can('appointment.cancel')
  @ApiWriteSeen(AppointmentView, 'Cancel an appointment, saying whose doing it was and why')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: CancelAppointmentInput,
  ): Promise<AppointmentView> {
    return this.queries.get(actor, await this.service.cancel(actor, id, body, seen));
  }
}
