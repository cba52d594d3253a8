import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { Volunteers } from './volunteers.service.js';

const DAY_MS = 24 * 60 * 60_000;

@Injectable()
export class VolunteersTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly volunteers: Volunteers,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'forget volunteers',
      everyMs: DAY_MS,
      for: 'scheme',
      run: (actor) => this.volunteers.forget(actor),
    });
  }
}
