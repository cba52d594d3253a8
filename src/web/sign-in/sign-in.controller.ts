import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Arrival, atPages } from '../../identity/arrival.js';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { OrganisationSignIn } from '../../identity/organisation-sign-in.service.js';
import { SignInInput, SwitchInput } from '../../identity/session.dto.js';
import { SessionQueries } from '../../identity/session.queries.js';
import { Sessions } from '../../identity/sessions.service.js';
import { SignIn } from '../../identity/sign-in.service.js';
import { Can, CurrentActor, Public } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import {
  forgetSession,
  keepChallenge,
  keepSession,
  sessionSecret,
} from '../../platform/http/page-cookies.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { AccountFrame } from '../account/account-frame.js';
import { type Form, newForm, readForm, sent, take } from '../layout/forms.js';
import { homeOf } from '../layout/navigation.js';
import { seeOther } from '../layout/see-other.js';
import { ROLE_WORDS } from '../layout/words.js';
import { WayInFrame } from './way-in-frame.js';
import { withinDesk } from './within-desk.js';

/** In and out, and from one membership to another. */
@ApiExcludeController()
@Controller('desk')
export class SignInController {
  constructor(
    private readonly frame: WayInFrame,
    private readonly signIns: SignIn,
    private readonly organisation: OrganisationSignIn,
    private readonly sessions: Sessions,
    private readonly memberships: MembershipQueries,
    private readonly sessionQueries: SessionQueries,
    private readonly clock: Clock,
    private readonly own: AccountFrame,
    private readonly providers: ProvidersQueries,
  ) {}

  @Get()
  @Can('session.use')
  async home(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await seeOther(reply, homeOf(actor.role));
  }

  @Get('sign-in')
  @Public()
  async ask(
    @Query('next') next: unknown,
    @Query('after') after: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const secret = sessionSecret(reply.request);
    if (secret !== null && (await this.sessionQueries.actorOfCookie(secret, this.clock.now()))) {
      return seeOther(reply, withinDesk(next));
    }
    return this.show(reply, newForm({ next: withinDesk(next) }), after ?? (secret === null ? null : 'ended'));
  }

  @Post('sign-in')
  @Public()
  @LimitPerAddress(300, 5)
  async signIn(@Res() reply: FastifyReply): Promise<void> {
    const { next, ...answers } = sent(reply.request.body);
    await take(
      reply,
      async () => {
        const { email, password } = await readForm(SignInInput, answers);
        const answer = await this.proved(email, password, atPages(reply));
        if (answer.session === null) {
          keepChallenge(reply, answer.challenge.challengeToken);
          return `/desk/sign-in/code?next=${encodeURIComponent(withinDesk(next))}`;
        }
        keepSession(reply, answer.session.secret);
        return withinDesk(next);
      },
      (form) =>
        this.show(reply, { ...form, values: { email: form.values['email'] ?? '', next: withinDesk(next) } }),
    );
  }

  @Post('sign-out')
  @Can('session.use')
  async signOut(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.sessions.signOut(actor);
    forgetSession(reply);
    await seeOther(reply, '/desk/sign-in');
  }

  @Get('account')
  @Can('session.use')
  async account(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const memberships = await this.memberships.ofAccount(actor.accountId);
    await this.own.show(reply, actor, 'account', {
      listed:
        actor.role === 'provider_member' && (await this.providers.isListed(actor, actor.organisationId)),
      memberships: memberships.map(({ id, schemeName, organisationName, role }) => ({
        id,
        schemeName,
        organisationName,
        role,
        roleWords: ROLE_WORDS[role],
        current: id === actor.membershipId,
      })),
    });
  }

  @Post('account/switch')
  @Can('session.use')
  async switchTo(
    @CurrentActor() actor: MemberActor,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { membershipId } = await readForm(SwitchInput, body);
    keepSession(reply, (await this.sessions.switchPages(actor, membershipId)).secret);
    await seeOther(reply, '/desk');
  }

  /** Beside the field, since nobody is signed in whom a 401 could send anywhere. */
  private async proved(
    email: string,
    password: string,
    arrival: Arrival,
  ): ReturnType<SignIn['signInToPages']> {
    try {
      return await this.signIns.signInToPages(email, password, arrival);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401)
        throw Refusal.invalidField('email', error.message);
      throw error;
    }
  }

  private show(reply: FastifyReply, form: Form, after: unknown = null): Promise<void> {
    return this.frame.show(reply, 'sign-in', { form, after, organisation: this.organisation.name });
  }
}
