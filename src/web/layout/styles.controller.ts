import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { STYLES } from './pages.js';

@ApiExcludeController()
@Controller('styles')
export class StylesController {
  /** One style sheet, under the name of what it holds: a browser that has it never asks again. */
  @Get(':file')
  @Public()
  file(@Param('file') file: string, @Res() reply: FastifyReply): void {
    if (file !== STYLES.file) throw Refusal.notFound();
    void reply
      .type('text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(STYLES.css);
  }
}
