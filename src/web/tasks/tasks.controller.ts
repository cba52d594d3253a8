import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Id } from '../../platform/http/id-param.js';
import { TasksQuery, type TaskView } from '../../reminders/task.dto.js';
import { MOST_TOLD, TasksQueries } from '../../reminders/tasks.queries.js';
import { TasksService } from '../../reminders/tasks.service.js';
import { type Form, newForm, readQuery, take } from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { taskLines } from './task.steps.js';
import { say, sayAgain, sayAll } from '../words/staff/staff-words.js';

const TASKS: ListOf<TaskView> = sayAll({
  address: '/desk/tasks',
  name: 'to-do',
  columns: [
    { text: 'What', sort: 'what' },
    { text: 'About' },
    { text: 'Due', sort: 'due' },
    { text: 'Next step' },
  ],
  usual: 'due',
  file: ({ words, why, client, organisation, reference, dueAt, endedAt }) => ({
    [say('What')]: sayAgain(words),
    [say('Why')]: why,
    [say('Person')]: client?.name,
    [say('Group')]: organisation?.name,
    [say('Reference')]: reference,
    [say('Due')]: londonDate(dueAt),
    [say('Ended')]: endedAt && londonDate(endedAt),
  }),
});

/** What people, groups and the product itself ask of somebody: each until it is done. */
@ApiExcludeController()
@Controller('desk/tasks')
export class TaskPagesController {
  constructor(
    private readonly lists: ListPages,
    private readonly tasks: TasksService,
    private readonly queries: TasksQueries,
  ) {}

  @Get()
  @Can('task.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, asked);
  }

  /** Asked by every page once it is shown, so that no page waits for it. */
  @Get('count')
  @Can('task.list')
  async count(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const open = await this.queries.open(actor);
    await reply
      .header('cache-control', 'no-store')
      .send({ open, words: open > MOST_TOLD ? `${String(MOST_TOLD)}+` : String(open) });
  }

  @Post(':id/finish')
  @Can('task.finish')
  async finish(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.tasks.finish(actor, id);
        return '/desk/tasks';
      },
      (form) => this.page(reply, actor, {}, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form = newForm(),
  ): Promise<void> {
    const list = {
      asked,
      status: form.status,
      query: await readQuery(TasksQuery, asked),
      read: (query: TasksQuery) => this.queries.list(actor, query),
      count: (query: TasksQuery) => this.queries.count(actor, query),
    };
    await this.lists.show(reply, actor, 'tasks/pages/tasks.njk', TASKS, list, (items) => ({
      title: list.query.ended ? say('What was to do') : say('To do'),
      form,
      filters: { values: asked, wrong: {} },
      ended: list.query.ended ?? false,
      mayAskForAll: reachOf('task.list', actor.role) === 'scheme',
      rows: taskLines(items, actor),
    }));
  }
}
