import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { Registers } from './registers.service.js';

const HALF_AN_HOUR_MS = 30 * 60_000;

@Injectable()
export class RegistersTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly registers: Registers,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'registers after sessions',
      everyMs: HALF_AN_HOUR_MS,
      for: 'scheme',
      run: (actor) => this.registers.askAfterSessions(actor),
    });
  }
}
