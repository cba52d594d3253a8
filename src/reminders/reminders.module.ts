import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { Digests } from './digests.service.js';
import { Doorbell } from './doorbell.service.js';
import { DueReminders } from './due-reminders.service.js';
import { MessagesService } from './messages.service.js';
import { ReminderTicks } from './reminders.ticks.js';
import { RemindersService } from './reminders.service.js';
import { SendMessage } from './send-message.handler.js';
import { TasksController } from './tasks.controller.js';
import { TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';

@Module({
  imports: [ClientsModule],
  controllers: [TasksController],
  providers: [
    Digests,
    Doorbell,
    DueReminders,
    MessagesService,
    ReminderTicks,
    RemindersService,
    SendMessage,
    TasksQueries,
    TasksService,
  ],
  exports: [RemindersService],
})
export class RemindersModule {}
