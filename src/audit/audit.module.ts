import { Module, type OnModuleInit } from '@nestjs/common';
import { Readiness } from '../platform/health/readiness.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { AuditDetacher } from './detach.service.js';
import { AuditMonths } from './months.service.js';
import { AuditSealer } from './seal.service.js';
import { AuditVerifier } from './verify.service.js';

const SEAL_EVERY_MS = 5 * 60_000;
const MAKE_MONTHS_EVERY_MS = 24 * 60 * 60_000;

@Module({
  providers: [AuditDetacher, AuditMonths, AuditSealer, AuditVerifier],
  exports: [AuditDetacher, AuditSealer, AuditVerifier],
})
export class AuditModule implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly sealer: AuditSealer,
    private readonly months: AuditMonths,
    private readonly readiness: Readiness,
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
    this.ticks.register({
      name: 'make-audit-months',
      everyMs: MAKE_MONTHS_EVERY_MS,
      for: 'installation',
      run: () => this.months.make(),
    });
    this.readiness.add('audit', () => this.months.check());
  }
}
