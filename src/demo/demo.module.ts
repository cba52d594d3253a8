import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { RemindersModule } from '../reminders/reminders.module.js';
import { DemoSeeder } from './demo.seeder.js';

@Module({ imports: [IdentityModule, RemindersModule], providers: [DemoSeeder], exports: [DemoSeeder] })
export class DemoModule {}
