import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { Digests } from './digests.service.js';
import { DueReminders } from './due-reminders.service.js';
import { MessagesService } from './messages.service.js';
import { RemindersService } from './reminders.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';

@Module({
  imports: [ClientsModule],
  controllers: [TasksController],
  providers: [Digests, DueReminders, MessagesService, RemindersService, TasksQueries, TasksService],
  exports: [RemindersService],
})
export class RemindersModule {}
