import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Accounts } from '../../identity/accounts.service.js';
import { SECRET_MAX } from '../../identity/session.dto.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Secret } from '../../platform/http/fields.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { AccountFrame } from './account-frame.js';

const HERE = '/desk/account/password';

class ChangePasswordInput {
  @Secret({ max: SECRET_MAX })
  password: string;

  @Secret({ max: SECRET_MAX })
  newPassword: string;
}

/** Changed by whoever knows the present one; whoever does not has a link sent. */
@ApiExcludeController()
@Controller('desk/account/password')
export class PasswordPagesController {
  constructor(
    private readonly frame: AccountFrame,
    private readonly accounts: Accounts,
  ) {}

  @Get()
  @Can('session.use')
  ask(
    @CurrentActor() actor: MemberActor,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.show(reply, actor, newForm(), done);
  }

  @Post()
  @Can('session.use')
  async change(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { password, newPassword } = await readForm(ChangePasswordInput, body);
        await this.accounts.changePassword(actor, password, newPassword);
        return `${HERE}?done=password`;
      },
      // Passwords are never sent back.
      (form) => this.show(reply, actor, { ...form, values: {} }),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, form: Form, done?: unknown): Promise<void> {
    await this.frame.show(reply, actor, 'password', { form, done });
  }
}
