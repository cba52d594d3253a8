import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { Retention } from './retention.service.js';
import { SubjectAccess } from './subject-access.service.js';

const HOUR_MS = 60 * 60_000;

@Injectable()
export class RecordsTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly retention: Retention,
    private readonly copies: SubjectAccess,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'records',
      everyMs: HOUR_MS,
      for: 'scheme',
      run: async (actor) => {
        await this.retention.destroyDue(actor);
        await this.copies.emptyOld(actor);
      },
    });
  }
}
