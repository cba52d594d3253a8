import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { isGoingOn } from '../../imports/batch.types.js';
import { BatchesQueries } from '../../imports/batches.queries.js';
import { BulkReferralsQueries } from '../../imports/bulk-referrals.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { type Action, reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { SubjectAccessQueries } from '../../records/subject-access.queries.js';
import { Desk } from '../layout/desk.js';
import { newForm } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { IMPORT_STATE_WORDS } from '../managers/imports.words.js';
import { COPY_STATE_WORDS } from '../managers/records.words.js';
import { BULK_STATE_WORDS } from '../practice/bulk.words.js';
import { say } from '../words/staff/staff-words.js';

/** Something that goes on for longer than anybody waits at a page. */
interface LongJob {
  what: string;
  goesOn: boolean;
  words: string;
  /** How far it is: null where it is one piece of work. `of` is 0 while nobody knows. */
  progress: { done: number; of: number; unit: string } | null;
  startedBy: string | null;
  /** Where its result is. */
  at: string;
  stop: { at: string; text: string } | null;
}

/** How far something long is, in one place for all that is long. Once it is over, this leads to its result. */
@ApiExcludeController()
@Controller('desk/jobs')
export class JobPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly batches: BatchesQueries,
    private readonly lists: BulkReferralsQueries,
    private readonly copies: SubjectAccessQueries,
  ) {}

  @Get(':id')
  @Can('job.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.find(actor, id);
    if (!job.goesOn) {
      await seeOther(reply, job.at);
      return;
    }
    await this.desk.show(reply, actor, 200, 'jobs/pages/job.njk', {
      title: `${job.words}: ${job.what.charAt(0).toLowerCase()}${job.what.slice(1)}`,
      job,
      form: newForm(),
    });
  }

  private async find(actor: MemberActor, id: string): Promise<LongJob> {
    const looks = [() => this.list(actor, id), () => this.import(actor, id), () => this.copy(actor, id)];
    for (const look of looks) {
      const job = await look().catch((error: unknown) => {
        if (error instanceof Refusal && error.status === 404) return null;
        throw error;
      });
      if (job) return job;
    }
    throw Refusal.notFound();
  }

  private async list(actor: MemberActor, id: string): Promise<LongJob | null> {
    if (!may(actor, 'bulkReferral.list')) return null;
    const { state, done, of, createdBy } = await this.lists.get(actor, id);
    const at = `/desk/bulk-refer/${id}`;
    const mayStop = state !== 'undoing' && may(actor, 'bulkReferral.make');
    return {
      what: say('People from a list'),
      goesOn: isGoingOn(state),
      words: BULK_STATE_WORDS[state],
      progress: { done, of, unit: 'people' },
      startedBy: createdBy,
      at,
      stop: mayStop ? { at: `${at}/stop`, text: say('Stop it') } : null,
    };
  }

  private async import(actor: MemberActor, id: string): Promise<LongJob | null> {
    if (!may(actor, 'import.list')) return null;
    const { state, done, rows, createdBy } = await this.batches.get(actor, id);
    const at = `/desk/imports/${id}`;
    const mayStop = state === 'fetching' && may(actor, 'import.make');
    return {
      what: say('Import'),
      goesOn: isGoingOn(state),
      words: IMPORT_STATE_WORDS[state],
      progress: { done, of: rows, unit: 'rows' },
      startedBy: createdBy,
      at,
      stop: mayStop ? { at: `${at}/stop`, text: say('Stop it') } : null,
    };
  }

  /** A copy of a record is collected in one act: there is no half of it, and it is stopped by refusing it. */
  private async copy(actor: MemberActor, id: string): Promise<LongJob | null> {
    if (!may(actor, 'subjectAccess.list')) return null;
    const { state, name } = await this.copies.get(actor, id);
    return {
      what: say('The copy for {{name}}', { name }),
      goesOn: state === 'asked',
      words: COPY_STATE_WORDS[state],
      progress: null,
      startedBy: null,
      at: `/desk/copies/${id}`,
      stop: null,
    };
  }
}

const may = (actor: MemberActor, action: Action): boolean => reachOf(action, actor.role) !== 'none';
