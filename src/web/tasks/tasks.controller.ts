import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { MOST_COUNTED, TasksQueries } from '../../reminders/tasks.queries.js';
import { TasksService } from '../../reminders/tasks.service.js';
import { Desk, type Exchange } from '../layout/desk.js';
import { type Form, take } from '../layout/forms.js';
import { taskLines } from './task.steps.js';
import { say } from '../words/staff/staff-words.js';

/** What people, groups and the product itself ask of somebody: each until it is done. */
@ApiExcludeController()
@Controller('desk/tasks')
export class TaskPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly tasks: TasksService,
    private readonly queries: TasksQueries,
  ) {}

  @Get()
  @Can('task.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page({ request, reply }, actor);
  }

  /** Asked by every page once it is shown, so that no page waits for it. */
  @Get('count')
  @Can('task.list')
  async count(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const open = await this.queries.open(actor);
    await reply
      .header('cache-control', 'no-store')
      .send({ open, words: open > MOST_COUNTED ? `${String(MOST_COUNTED)}+` : String(open) });
  }

  @Post(':id/finish')
  @Can('task.finish')
  async finish(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async () => {
        await this.tasks.finish(actor, id);
        return '/desk/tasks';
      },
      (form) => this.page(exchange, actor, form),
    );
  }

  private async page(exchange: Exchange, actor: MemberActor, form?: Form): Promise<void> {
    const { items, next } = await this.queries.list(actor, { limit: 100 });
    await this.desk.show(exchange, actor, form?.status ?? 200, 'tasks/pages/tasks.njk', {
      title: say('To do'),
      form,
      tasks: { items: taskLines(items, actor), next },
    });
  }
}
