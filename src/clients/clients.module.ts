import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Agreement } from './agreement.entity.js';
import { AgreementsService } from './agreements.service.js';
import { ClientMerges } from './client-merges.service.js';
import { BreakGlass, Client, ClientHistory, ClientMerge, GpRegistration } from './client.entity.js';
import { ClientHooks } from './client.hooks.js';
import { ClientsService } from './clients.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Client, ClientHistory, ClientMerge, GpRegistration, BreakGlass, Agreement]),
  ],
  providers: [ClientHooks, ClientMerges, ClientsService, AgreementsService],
  exports: [ClientHooks, ClientsService, AgreementsService],
})
export class ClientsModule {}
