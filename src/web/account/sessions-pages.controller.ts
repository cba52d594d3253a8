import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SessionQueries } from '../../identity/session.queries.js';
import { Sessions } from '../../identity/sessions.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { seeOther } from '../layout/see-other.js';
import { ROLE_WORDS } from '../layout/words.js';
import { AccountFrame } from './account-frame.js';

const HERE = '/desk/account/sessions';

/** Where somebody is signed in, and how to end it. */
@ApiExcludeController()
@Controller('desk')
export class SessionsPagesController {
  constructor(
    private readonly frame: AccountFrame,
    private readonly sessions: Sessions,
    private readonly queries: SessionQueries,
    private readonly clock: Clock,
  ) {}

  @Get('account/sessions')
  @Can('session.use')
  async look(
    @CurrentActor() actor: MemberActor,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.frame.show(reply, actor, 'sessions', {
      sessions: await this.queries.ofAccount(actor, this.clock.now()),
      roles: ROLE_WORDS,
      done,
    });
  }

  @Post('account/sessions/end-others')
  @Can('session.use')
  async endOthers(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.sessions.endOthers(actor);
    await seeOther(reply, `${HERE}?done=others`);
  }

  @Post('account/sessions/:id/end')
  @Can('session.use')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.sessions.end(actor, id);
    await seeOther(reply, `${HERE}?done=one`);
  }

  /** Asked by a page that is about to be signed out. Being asked is what counts as use. */
  @Get('stay')
  @Can('session.use')
  async stay(@Res() reply: FastifyReply): Promise<void> {
    await reply.status(204).header('cache-control', 'no-store').send();
  }
}
