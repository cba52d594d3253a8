import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { atPages } from '../../identity/arrival.js';
import { OrganisationSignIn } from '../../identity/organisation-sign-in.service.js';
import { Public } from '../../permissions/can.decorator.js';
import {
  forgetOrganisationTicket,
  keepChallenge,
  keepOrganisationTicket,
  keepSession,
  organisationTicket,
} from '../../platform/http/page-cookies.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { seeOther } from '../layout/see-other.js';
import { withinDesk } from './within-desk.js';

const notSignedIn = (because: string): string => `/desk/sign-in?after=organisation-${because}`;

/** To the organisation's own sign-in and back. */
@ApiExcludeController()
@Controller('desk/sign-in/organisation')
export class OrganisationSignInController {
  constructor(private readonly organisation: OrganisationSignIn) {}

  /** A plain link: the content policy lets forms lead nowhere else, and this asks for nothing of ours. */
  @Get()
  @Public()
  @LimitPerAddress(300, 5)
  async begin(@Query('next') next: unknown, @Res() reply: FastifyReply): Promise<void> {
    const begun = await this.organisation.begin(withinDesk(next));
    if ('because' in begun) return seeOther(reply, notSignedIn(begun.because));
    keepOrganisationTicket(reply, begun.ticket);
    return seeOther(reply, begun.address);
  }

  @Get('back')
  @Public()
  @LimitPerAddress(300, 5)
  async back(@Res() reply: FastifyReply): Promise<void> {
    const query = new URL(reply.request.url, 'http://localhost').search;
    const arrival = atPages(reply);
    const found = await this.organisation.finish(organisationTicket(reply.request), query, arrival);
    forgetOrganisationTicket(reply);
    if ('because' in found) return seeOther(reply, notSignedIn(found.because));
    const { answer, next } = found;
    if (answer.session === null) {
      keepChallenge(reply, answer.challenge.challengeToken);
      return seeOther(reply, `/desk/sign-in/code?next=${encodeURIComponent(next)}`);
    }
    keepSession(reply, answer.session.secret);
    return seeOther(reply, next);
  }
}
