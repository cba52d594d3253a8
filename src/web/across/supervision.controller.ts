import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SupervisionQuery } from '../../caseload/workload.dto.js';
import { WorkloadQueries } from '../../caseload/workload.queries.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Desk } from '../layout/desk.js';
import { readQuery } from '../layout/forms.js';
import { say } from '../words/staff/staff-words.js';

/** What a worker's cases give reason to talk over, for the talk itself: their own, or for a manager anybody's. */
@ApiExcludeController()
@Controller('desk/supervision')
export class SupervisionPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly workload: WorkloadQueries,
    private readonly workers: LinkWorkersQueries,
  ) {}

  @Get()
  @Can('supervision.read')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { workerId } = await readQuery(SupervisionQuery, asked);
    const own = actor.role === 'link_worker';
    const whose = workerId ?? (own ? actor.membershipId : null);
    const team = own ? [] : (await this.workers.list(actor, { limit: 100 })).items;
    const worker = team.find(({ membershipId }) => membershipId === whose);
    const cases = whose === null ? [] : await this.workload.supervision(actor, { workerId: whose });
    await this.desk.show(reply, actor, 200, 'across/pages/supervision.njk', {
      title: worker ? say('To talk over with {{name}}', { name: worker.name }) : say('To talk over'),
      cases,
      whose,
      workers: team.map(({ membershipId: value, name: text }) => ({ value, text })),
    });
  }
}
