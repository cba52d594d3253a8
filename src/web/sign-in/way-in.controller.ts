import { Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Accounts } from '../../identity/accounts.service.js';
import {
  AcceptInvitationInput,
  AskPasswordResetInput,
  ResetPasswordInput,
} from '../../identity/invitation.dto.js';
import { Invitations } from '../../identity/invitations.service.js';
import { type LinkPurpose, OneTimeLinks } from '../../identity/one-time-links.service.js';
import { PasswordResets } from '../../identity/password-resets.service.js';
import { Public } from '../../permissions/can.decorator.js';
import { Clock } from '../../platform/clock/clock.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { validated } from '../../platform/http/validation.js';
import { type Form, newForm, readForm, sent, take } from '../layout/forms.js';
import { WayInFrame } from './way-in-frame.js';

/** How somebody gets a password: invited, or because the old one is forgotten. */
@ApiExcludeController()
@Controller('desk')
export class WayInController {
  constructor(
    private readonly frame: WayInFrame,
    private readonly clock: Clock,
    private readonly links: OneTimeLinks,
    private readonly invitations: Invitations,
    private readonly resets: PasswordResets,
    private readonly accounts: Accounts,
  ) {}

  /** A mail scanner opens it too, so it only asks. */
  @Get('join/:token')
  @Public()
  @LimitPerAddress(120, 15)
  askToJoin(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    return this.unlessEnded(reply, 'invitation', () => this.ask(reply, 'invitation', token, newForm()));
  }

  @Post('join/:token')
  @Public()
  @LimitPerAddress(60, 15)
  async join(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.unlessEnded(reply, 'invitation', () =>
      take(
        reply,
        async (body) => {
          await this.invitations.accept(await withToken(AcceptInvitationInput, token, body));
          return '/desk/sign-in?after=joined';
        },
        (form) => this.ask(reply, 'invitation', token, form),
      ),
    );
  }

  @Get('new-password/:token')
  @Public()
  @LimitPerAddress(120, 15)
  askForPassword(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    return this.unlessEnded(reply, 'password_reset', () =>
      this.ask(reply, 'password_reset', token, newForm()),
    );
  }

  @Post('new-password/:token')
  @Public()
  @LimitPerAddress(60, 15)
  async setPassword(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.unlessEnded(reply, 'password_reset', () =>
      take(
        reply,
        async (body) => {
          const { password } = await withToken(ResetPasswordInput, token, body);
          await this.accounts.resetPassword(token, password);
          return '/desk/sign-in?after=new-password';
        },
        (form) => this.ask(reply, 'password_reset', token, form),
      ),
    );
  }

  @Get('forgotten')
  @Public()
  @LimitPerAddress(120, 15)
  forgotten(@Res() reply: FastifyReply): Promise<void> {
    return this.askForAddress(reply, newForm());
  }

  @Post('forgotten')
  @Public()
  @LimitPerAddress(30, 15)
  async sendReset(@Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.resets.ask((await readForm(AskPasswordResetInput, body)).email);
        return '/desk/forgotten/sent';
      },
      (form) => this.askForAddress(reply, form),
    );
  }

  @Get('forgotten/sent')
  @Public()
  @LimitPerAddress(120, 15)
  resetSent(@Res() reply: FastifyReply): Promise<void> {
    return this.frame.show(reply, 'sent');
  }

  private async ask(reply: FastifyReply, purpose: LinkPurpose, token: string, form: Form): Promise<void> {
    await this.links.find(purpose, token, this.clock.now());
    await this.frame.show(reply, purpose === 'invitation' ? 'join' : 'renew', {
      joining: purpose === 'invitation',
      // A password is never sent back, not even to whoever typed it.
      form: { ...form, values: { name: form.values['name'] ?? '' } },
    });
  }

  /** Whoever holds a link that was used or ran out is told how to get another. */
  private async unlessEnded(
    reply: FastifyReply,
    purpose: LinkPurpose,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 410) throw error;
      await this.frame.show(reply, 'link-ended', {
        status: error.status,
        joining: purpose === 'invitation',
      });
    }
  }

  private askForAddress(reply: FastifyReply, form: Form): Promise<void> {
    return this.frame.show(reply, 'forgotten', { form });
  }
}

/** Passwords are taken exactly as typed, spaces and all. */
const withToken = <Input extends object>(
  type: new () => Input,
  token: string,
  body: unknown,
): Promise<Input> => {
  const { name, ...answers } = sent(body);
  return validated(type, { ...answers, ...(typeof name === 'string' && name.trim() ? { name } : {}), token });
};
