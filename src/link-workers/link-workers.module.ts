import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { MembershipHooks } from '../identity/membership.hooks.js';
import { CoversQueries } from './covers.queries.js';
import { Covers, leaveCovers } from './covers.service.js';
import { LinkWorkerHooks } from './link-worker.hooks.js';
import { CoversController, LinkWorkersController } from './link-workers.controller.js';
import { LinkWorkersQueries } from './link-workers.queries.js';
import { LinkWorkers } from './link-workers.service.js';

@Module({
  imports: [IdentityModule],
  controllers: [LinkWorkersController, CoversController],
  providers: [Covers, CoversQueries, LinkWorkerHooks, LinkWorkers, LinkWorkersQueries],
  exports: [Covers, CoversQueries, LinkWorkerHooks, LinkWorkers, LinkWorkersQueries],
})
export class LinkWorkersModule {
  constructor(hooks: MembershipHooks) {
    hooks.ending.register('link-workers', async (tx, { membershipId, because }) => {
      if (because === 'ended') await leaveCovers(tx, membershipId);
    });
  }
}
