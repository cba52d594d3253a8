import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Public } from '../../permissions/can.decorator.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { PEOPLES_NOTICE_VERSION, PRIVACY_VERSION } from '../../providers/privacy-notice.js';
import { Pages } from '../layout/pages.js';
import { type Door, PublicSchemes } from '../public/public-schemes.js';
import { speechFor } from '../words/choice.js';
import { FOR_GROUPS, FOR_PEOPLE, inSections } from './privacy.words.js';

const OFTEN: [number, number] = [120, 10];

/** What is kept of people, as they are told: of those who help in groups, and of those whom a scheme supports. */
@ApiExcludeController()
@Controller('privacy')
export class PrivacyController {
  constructor(
    private readonly pages: Pages,
    private readonly schemes: PublicSchemes,
    private readonly organisations: OrganisationsQueries,
  ) {}

  @Get()
  @Public()
  @LimitPerAddress(...OFTEN)
  ofGroups(@Res() reply: FastifyReply): Promise<void> {
    const speech = speechFor(reply.request);
    return this.pages.show(reply, 200, 'privacy/pages/groups.njk', {
      speech,
      title: speech.t('privacy.groups.title'),
      sections: inSections(FOR_GROUPS, speech),
      version: speech.date(PRIVACY_VERSION),
    });
  }

  /** Each scheme keeps its records as long as it has set, and answers for them itself. */
  @Get(['people', 'people/:scheme'])
  @Public()
  @LimitPerAddress(...OFTEN)
  async ofPeople(@Param('scheme') given: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const scheme = await this.schemes.at(reply, given, DOOR);
    if (!scheme) return;
    const speech = speechFor(reply.request);
    await this.pages.show(reply, 200, 'privacy/pages/people.njk', {
      speech,
      title: speech.t(DOOR.title),
      schemeName: scheme.name,
      phone: await this.organisations.hostPhone(scheme.id),
      sections: inSections(FOR_PEOPLE, speech, { scheme: scheme.name, years: scheme.retentionYears }),
      version: speech.date(PEOPLES_NOTICE_VERSION),
    });
  }
}

const DOOR = { address: '/privacy/people', title: 'privacy.people.title' } satisfies Door;
