import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { BANK_HOLIDAYS } from '../../platform/clock/bank-holidays.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { Pages } from '../layout/pages.js';

const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const SHOWN = 10;

/**
 * Where whoever leaves a page quickly lands: something anybody might have been reading, of our own, which says neither
 * what this site is nor how to come back.
 */
@ApiExcludeController()
@Controller('bank-holidays')
export class NeutralController {
  constructor(
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Public()
  @LimitPerAddress(300, 10)
  bankHolidays(@Res() reply: FastifyReply): Promise<void> {
    const today = londonDate(this.clock.now());
    const days = [...BANK_HOLIDAYS]
      .filter((day) => day >= today)
      .sort()
      .slice(0, SHOWN)
      .map((day) => DAY.format(new Date(`${day}T12:00:00Z`)));
    return this.pages.show(reply, 200, 'my/pages/neutral.njk', { days });
  }
}
