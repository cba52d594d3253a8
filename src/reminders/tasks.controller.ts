import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { TasksQuery, TaskView } from './task.dto.js';
import { TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';

@ApiTags('Tasks')
@Controller('tasks')
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly queries: TasksQueries,
  ) {}

  @Get()
  @Can('task.list')
  @ApiReadPage(TaskView, 'List what there is to do, longest due first')
  list(@CurrentActor() actor: MemberActor, @Query() query: TasksQuery): Promise<Page<TaskView>> {
    return this.queries.list(actor, query);
  }

  @Post(':id/finish')
  @Can('task.finish')
  @ApiWrite(TaskView, 'Say that a task is done', 'A task also ends by itself when what it is about moves on.')
  async finish(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<TaskView> {
    return this.queries.get(actor, await this.tasks.finish(actor, id));
  }
}
