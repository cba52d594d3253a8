import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { EvidenceService } from './evidence.service.js';

const HOUR_MS = 60 * 60_000;

@Injectable()
export class EvidenceTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly evidence: EvidenceService,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'files',
      everyMs: HOUR_MS,
      for: 'scheme',
      run: async (actor) => {
        await this.evidence.sweep(actor);
      },
    });
  }
}
