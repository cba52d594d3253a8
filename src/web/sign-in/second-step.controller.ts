import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { atPages } from '../../identity/arrival.js';
import { CodeInput, type FactorOffer } from '../../identity/second-factor.dto.js';
import { deadChallenge, SignInChallenges } from '../../identity/sign-in-challenges.service.js';
import { SignIn } from '../../identity/sign-in.service.js';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { challengeToken, forgetChallenge, keepSession } from '../../platform/http/page-cookies.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { qrPicture } from '../account/qr.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, sent, take } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { WayInFrame } from './way-in-frame.js';
import { withinDesk } from './within-desk.js';
import { say } from '../words/staff/staff-words.js';

const TOO_LATE = '/desk/sign-in?after=too-late';
const then = (path: string, next: string): string => `${path}?next=${encodeURIComponent(next)}`;

/** The second step of a sign-in: a code, or an app to be set up. What stands for the password is in a cookie. */
@ApiExcludeController()
@Controller('desk/sign-in')
export class SecondStepController {
  constructor(
    private readonly desk: Desk,
    private readonly frame: WayInFrame,
    private readonly signIns: SignIn,
    private readonly challenges: SignInChallenges,
  ) {}

  @Get('code')
  @Public()
  @LimitPerAddress(300, 5)
  ask(
    @Query('next') next: unknown,
    @Query('with') instead: unknown,
    @Query('sent') again: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = again === undefined ? null : 'code-again';
    return this.orTooLate(reply, (token) =>
      this.show(reply, token, newForm({ next: withinDesk(next) }), after, instead === 'recovery'),
    );
  }

  @Post('code')
  @Public()
  @LimitPerAddress(300, 5)
  async answer(@Res() reply: FastifyReply): Promise<void> {
    const { next, ...answers } = sent(reply.request.body);
    const to = withinDesk(next);
    await this.orTooLate(reply, (token) =>
      take(
        reply,
        async () => {
          const { code } = await readForm(CodeInput, answers);
          const answer = await this.signIns.answerOnPages(token, code, atPages(reply));
          if (answer.session === null) return then('/desk/sign-in/set-up', to);
          keepSession(reply, answer.session.secret);
          forgetChallenge(reply);
          return to;
        },
        // A code is never sent back: it is used up, or was wrong.
        (form) => this.show(reply, token, { ...form, values: { next: to } }),
      ),
    );
  }

  @Post('send-code')
  @Public()
  @LimitPerAddress(30, 5)
  async sendAgain(@Res() reply: FastifyReply): Promise<void> {
    const { next } = sent(reply.request.body);
    await this.orTooLate(reply, async (token) => {
      await this.challenges.sendAgain(token, 'page');
      await seeOther(reply, `${then('/desk/sign-in/code', withinDesk(next))}&sent=1`);
    });
  }

  @Get('set-up')
  @Public()
  @LimitPerAddress(300, 5)
  setUp(@Query('next') next: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.orTooLate(reply, async (token) =>
      this.showSetUp(
        reply,
        await this.challenges.offered(token, 'page'),
        newForm({ next: withinDesk(next) }),
      ),
    );
  }

  @Post('set-up')
  @Public()
  @LimitPerAddress(300, 5)
  async confirm(@Res() reply: FastifyReply): Promise<void> {
    const { next, ...answers } = sent(reply.request.body);
    const to = withinDesk(next);
    await this.orTooLate(reply, async (token) => {
      const offer = await this.challenges.offered(token, 'page');
      await take(
        reply,
        async () => {
          const { code } = await readForm(CodeInput, answers);
          const answer = await this.signIns.answerOnPages(token, code, atPages(reply));
          if (answer.session === null) throw deadChallenge();
          keepSession(reply, answer.session.secret);
          forgetChallenge(reply);
          // Shown now and never again, so there is no page to lead on to.
          await this.desk.showToAnybody(reply, 200, 'account/pages/recovery-codes.njk', {
            title: say('Your recovery codes'),
            codes: answer.recoveryCodes,
            onward: to,
          });
          return null;
        },
        (form) => this.showSetUp(reply, offer, { ...form, values: { next: to } }),
      );
    });
  }

  /** A sign-in that is over, or was never begun here, begins again with words instead of an error. */
  private async orTooLate(reply: FastifyReply, work: (token: string) => Promise<void>): Promise<void> {
    const token = challengeToken(reply.request);
    try {
      if (token === null) throw deadChallenge();
      await work(token);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 410) throw error;
      forgetChallenge(reply);
      await seeOther(reply, TOO_LATE);
    }
  }

  private async show(
    reply: FastifyReply,
    token: string,
    form: Form,
    after: string | null = null,
    recovery = false,
  ): Promise<void> {
    const { asks } = await this.challenges.live(token, 'page');
    if (asks === 'set_up') return seeOther(reply, then('/desk/sign-in/set-up', String(form.values['next'])));
    const which = asks === 'mail' ? 'mailed' : recovery ? 'recovery' : 'app';
    return this.frame.show(reply, which, { form, asks, recovery, after });
  }

  private showSetUp(reply: FastifyReply, offer: FactorOffer, form: Form): Promise<void> {
    return this.desk.showToAnybody(reply, form.status, 'account/pages/set-up.njk', {
      title: say('Set up an app for codes'),
      form,
      action: '/desk/sign-in/set-up',
      because: 'Your scheme asks for a code from an app at each sign-in.',
      secret: offer.secret,
      picture: qrPicture(offer.address),
    });
  }
}
