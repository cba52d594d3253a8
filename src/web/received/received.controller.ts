import { Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { SafetyMessages } from '../../reminders/safety-messages.service.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { speechFor } from '../words/choice.js';
import type { Key } from '../words/speech.js';

/** "We have read this", by link. GET changes nothing: mail scanners open every link. */
@ApiExcludeController()
@Controller('received')
export class ReceivedController {
  constructor(
    private readonly pages: Pages,
    private readonly messages: SafetyMessages,
  ) {}

  @Get('thanks')
  @Public()
  @LimitPerAddress(300, 10)
  thanks(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, 'groups.received.thanks.heading', 'groups.received.thanks.text');
  }

  @Get(':token')
  @Public()
  @LimitPerAddress(300, 10)
  async ask(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    try {
      const facts = await this.messages.opened(token);
      const speech = speechFor(reply.request);
      await this.pages.show(reply, 200, 'received/pages/ask.njk', {
        speech,
        ...facts,
        title: speech.t('groups.received.title'),
        to: `/received/${token}`,
      });
    } catch (error) {
      return this.gone(reply, error);
    }
  }

  @Post(':token')
  @Public()
  @LimitPerAddress(60, 10)
  async acknowledge(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    try {
      await this.messages.acknowledge(token);
      await seeOther(reply, '/received/thanks');
    } catch (error) {
      return this.gone(reply, error);
    }
  }

  /** Used, run out, and never was are all one. */
  private gone(reply: FastifyReply, error: unknown): Promise<void> {
    if (!(error instanceof Refusal) || (error.status !== 404 && error.status !== 410)) throw error;
    return this.message(reply, 410, 'reply.title.gone', 'groups.received.gone');
  }

  private message(reply: FastifyReply, status: number, heading: Key, text: Key): Promise<void> {
    const speech = speechFor(reply.request);
    const words = { heading: speech.t(heading), text: speech.t(text) };
    return this.pages.show(reply, status, 'reply/pages/message.njk', {
      speech,
      ...words,
      title: words.heading,
    });
  }
}
