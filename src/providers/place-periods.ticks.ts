import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { PlacePeriods } from './place-periods.service.js';

const QUARTER_MS = 15 * 60_000;

@Injectable()
export class PlacePeriodTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly periods: PlacePeriods,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'place periods',
      everyMs: QUARTER_MS,
      for: 'scheme',
      run: async ({ schemeId }) => {
        await this.periods.turn(schemeId);
      },
    });
  }
}
