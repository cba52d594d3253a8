import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { atPages } from '../../identity/arrival.js';
import { CODE_ENTRY_MINUTES, CodeEntry } from '../../identity/code-entry.service.js';
import { AskPasswordResetInput } from '../../identity/invitation.dto.js';
import { CodeInput } from '../../identity/second-factor.dto.js';
import { Public } from '../../permissions/can.decorator.js';
import {
  challengeToken,
  forgetChallenge,
  keepChallenge,
  keepSession,
} from '../../platform/http/page-cookies.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { type Form, newForm, readForm, sent, take } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { speechFor } from '../words/choice.js';
import { WayInFrame } from './way-in-frame.js';
import { withinDesk } from './within-desk.js';

const ADDRESS = '/desk/by-code';
const then = (path: string, next: string): string => `${path}?next=${encodeURIComponent(next)}`;

/** In with a code to the mailbox and no password, for groups. Nobody learns from it which addresses are known. */
@ApiExcludeController()
@Controller('desk/by-code')
export class CodeEntryController {
  constructor(
    private readonly frame: WayInFrame,
    private readonly entries: CodeEntry,
  ) {}

  @Get()
  @Public()
  @LimitPerAddress(120, 15)
  ask(@Query('next') next: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.frame.show(reply, 'by-code', { form: newForm({ next: withinDesk(next) }) });
  }

  @Post()
  @Public()
  @LimitPerAddress(30, 15)
  async send(@Res() reply: FastifyReply): Promise<void> {
    const { next, ...answers } = sent(reply.request.body);
    const to = withinDesk(next);
    await take(
      reply,
      async () => {
        const { email } = await readForm(AskPasswordResetInput, answers);
        keepChallenge(
          reply,
          await this.entries.ask(email, reply.request.ip, speechFor(reply.request).language),
        );
        return then(`${ADDRESS}/enter`, to);
      },
      (form) => this.frame.show(reply, 'by-code', { form: withNext(form, to) }),
    );
  }

  @Get('enter')
  @Public()
  @LimitPerAddress(120, 15)
  async enter(@Query('next') next: unknown, @Res() reply: FastifyReply): Promise<void> {
    const to = withinDesk(next);
    if (challengeToken(reply.request) === null) return seeOther(reply, then(ADDRESS, to));
    return this.show(reply, newForm({ next: to }));
  }

  @Post('enter')
  @Public()
  @LimitPerAddress(60, 15)
  async answer(@Res() reply: FastifyReply): Promise<void> {
    const { next, ...answers } = sent(reply.request.body);
    const to = withinDesk(next);
    const token = challengeToken(reply.request);
    if (token === null) return seeOther(reply, then(ADDRESS, to));
    await take(
      reply,
      async () => {
        const { code } = await readForm(CodeInput, answers);
        const answer = await this.entries.answer(token, code, atPages(reply));
        if (answer.session === null) {
          // Their scheme has asked for more since the code was sent.
          keepChallenge(reply, answer.challenge.challengeToken);
          return then('/desk/sign-in/code', to);
        }
        keepSession(reply, answer.session.secret);
        forgetChallenge(reply);
        return to;
      },
      // A code is never sent back: it is used up, or was wrong.
      (form) => this.show(reply, { ...form, values: { next: to } }),
    );
  }

  private show(reply: FastifyReply, form: Form): Promise<void> {
    return this.frame.show(reply, 'by-code-sent', { form, minutes: CODE_ENTRY_MINUTES });
  }
}

const withNext = (form: Form, next: string): Form => ({
  ...form,
  values: { email: form.values['email'] ?? '', next },
});
