import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { ASSETS } from './assets.js';

/** Style sheets and scripts, each under the name of what it holds: a browser that has one never asks again. */
@ApiExcludeController()
@Controller()
export class AssetsController {
  @Get('styles/:file')
  @Public()
  style(@Param('file') file: string, @Res() reply: FastifyReply): void {
    send(reply, 'text/css', ASSETS.styles.get(file));
  }

  @Get('scripts/:age/:file')
  @Public()
  script(@Param('age') age: string, @Param('file') file: string, @Res() reply: FastifyReply): void {
    send(reply, 'text/javascript', ASSETS.scripts.get(`${age}/${file}`));
  }
}

function send(reply: FastifyReply, type: string, body: Buffer | undefined): void {
  if (!body) throw Refusal.notFound();
  reply
    .type(`${type}; charset=utf-8`)
    .header('cache-control', 'public, max-age=31536000, immutable')
    .compress(body);
}
