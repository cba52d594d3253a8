import { Controller, Delete, Get, Header, Param, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { Can, CurrentActor, Public } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Problem } from '../platform/errors/problem.js';
import { ApiMake, ApiRead, ApiRemove } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { LimitPerAddress } from '../platform/http/rate-limit.js';
import { CalendarFeedView, NewCalendarFeedView } from './calendar.dto.js';
import { Calendars } from './calendar.service.js';

@ApiTags('Calendar')
@Controller()
export class CalendarController {
  constructor(private readonly calendars: Calendars) {}

  @Post('calendar-feed')
  @Can('calendar.feed')
  @ApiMake(
    NewCalendarFeedView,
    'A private address of your appointments for your own calendar',
    'Times and initials only. The address before this one ends.',
  )
  async make(@CurrentActor() actor: MemberActor): Promise<NewCalendarFeedView> {
    return this.calendars.made(actor, await this.calendars.make(actor));
  }

  @Get('calendar-feed')
  @Can('calendar.feed')
  @ApiRead(CalendarFeedView, 'Whether there is such an address, and since when')
  get(@CurrentActor() actor: MemberActor): Promise<CalendarFeedView> {
    return this.calendars.get(actor);
  }

  @Delete('calendar-feed')
  @Can('calendar.feed')
  @ApiRemove('End the address: calendars that read it find nothing from now on')
  end(@CurrentActor() actor: MemberActor): Promise<void> {
    return this.calendars.end(actor);
  }

  @Get('appointments/:id/calendar')
  @Can('appointment.list')
  @Header('content-type', 'text/calendar; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="appointment.ics"')
  @ApiOperation({
    summary: 'One appointment as a file for a calendar',
    description: 'Times and initials only.',
  })
  @ApiProduces('text/calendar')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiNotFoundResponse({ type: Problem })
  @ApiConflictResponse({ type: Problem, description: 'It was cancelled' })
  one(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<string> {
    return this.calendars.one(actor, id);
  }

  @Get('calendars/:file')
  @Public()
  @LimitPerAddress(300, 10)
  @Header('content-type', 'text/calendar; charset=utf-8')
  @ApiOperation({
    summary: 'What a calendar reads',
    description: 'iCalendar; the address is the permission.',
  })
  @ApiProduces('text/calendar')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiNotFoundResponse({ type: Problem, description: 'Forged, ended, or of somebody who has left' })
  read(@Param('file') file: string): Promise<string> {
    return this.calendars.read(file);
  }
}
