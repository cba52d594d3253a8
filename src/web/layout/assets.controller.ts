import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { ASSETS } from './assets.js';

const FOR_A_YEAR = 'public, max-age=31536000, immutable';

/** Style sheets, letters and scripts, each under the name of what it holds: a browser that has one never asks again. */
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

  @Get('fonts/:file')
  @Public()
  async font(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const body = ASSETS.fonts.get(file);
    if (!body) throw Refusal.notFound();
    // Compressed already.
    await reply.type('font/woff2').header('cache-control', FOR_A_YEAR).send(body);
  }
}

function send(reply: FastifyReply, type: string, body: Buffer | undefined): void {
  if (!body) throw Refusal.notFound();
  reply.type(`${type}; charset=utf-8`).header('cache-control', FOR_A_YEAR).compress(body);
}
