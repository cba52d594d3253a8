import { Module } from '@nestjs/common';
import { ImportRunner } from './import.runner.js';

@Module({ providers: [ImportRunner], exports: [ImportRunner] })
export class ImportsModule {}
