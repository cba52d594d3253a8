import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type BatchState, isGoingOn } from '../../imports/batch.types.js';
import { BatchesQueries } from '../../imports/batches.queries.js';
import { BulkReferralsQueries } from '../../imports/bulk-referrals.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { type Action, reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import { newForm } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { IMPORT_STATE_WORDS } from '../managers/imports.words.js';
import { BULK_STATE_WORDS } from '../practice/bulk.words.js';

/** Something that goes on for longer than anybody waits at a page. */
interface LongJob {
  what: string;
  state: BatchState;
  words: string;
  done: number;
  /** 0 while nobody knows. */
  of: number;
  unit: string;
  startedBy: string | null;
  /** Where its result is, and where `/stop` stops it. */
  at: string;
  mayStop: boolean;
}

/** How far something long is, in one place for all that is long. Once it is over, this leads to its result. */
@ApiExcludeController()
@Controller('desk/jobs')
export class JobPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly batches: BatchesQueries,
    private readonly lists: BulkReferralsQueries,
  ) {}

  @Get(':id')
  @Can('job.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.find(actor, id);
    if (!isGoingOn(job.state)) {
      await seeOther(reply, job.at);
      return;
    }
    await this.desk.show({ request, reply }, actor, 200, 'jobs/pages/job.njk', {
      title: `${job.words}: ${job.what.toLowerCase()}`,
      job,
      form: newForm(),
    });
  }

  private async find(actor: MemberActor, id: string): Promise<LongJob> {
    const may = (action: Action): boolean => reachOf(action, actor.role) !== 'none';
    if (may('bulkReferral.list')) {
      const { state, done, of, createdBy } = await this.lists.get(actor, id);
      const mayStop = state !== 'undoing' && may('bulkReferral.make');
      const at = `/desk/bulk-refer/${id}`;
      const words = BULK_STATE_WORDS[state];
      return {
        what: 'People from a list',
        state,
        words,
        done,
        of,
        unit: 'people',
        startedBy: createdBy,
        at,
        mayStop,
      };
    }
    if (!may('import.list')) throw Refusal.notFound();
    const { state, done, rows, createdBy } = await this.batches.get(actor, id);
    const mayStop = state === 'fetching' && may('import.make');
    const at = `/desk/imports/${id}`;
    const words = IMPORT_STATE_WORDS[state];
    return { what: 'Import', state, words, done, of: rows, unit: 'rows', startedBy: createdBy, at, mayStop };
  }
}
