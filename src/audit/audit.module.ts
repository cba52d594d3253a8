import { Module, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { AuditSealer } from './seal.service.js';
import { AuditVerifier } from './verify.service.js';

const SEAL_EVERY_MS = 5 * 60_000;

@Module({ providers: [AuditSealer, AuditVerifier], exports: [AuditSealer, AuditVerifier] })
export class AuditModule implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly sealer: AuditSealer,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'seal-audit',
      everyMs: SEAL_EVERY_MS,
      for: 'installation',
      run: async () => {
        await this.sealer.sealAll();
      },
    });
  }
}
