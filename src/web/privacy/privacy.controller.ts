import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { PRIVACY_NOTICE, PRIVACY_VERSION } from '../../providers/privacy-notice.js';
import { Pages } from '../layout/pages.js';

/** What people who help in groups are told of what is kept of them. */
@ApiExcludeController()
@Controller('privacy')
export class PrivacyController {
  constructor(private readonly pages: Pages) {}

  @Get()
  @Public()
  @LimitPerAddress(120, 10)
  notice(@Res() reply: FastifyReply): Promise<void> {
    return this.pages.show(reply, 200, 'privacy/pages/notice.njk', {
      title: 'What we keep of you',
      sections: PRIVACY_NOTICE,
      version: PRIVACY_VERSION,
    });
  }
}
