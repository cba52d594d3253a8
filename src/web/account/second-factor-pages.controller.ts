import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CodeInput, FactorProofInput, type SecondFactorView } from '../../identity/second-factor.dto.js';
import { SecondFactors } from '../../identity/second-factors.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Choice } from '../../platform/http/fields.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { qrPicture } from './qr.js';
import { say } from '../words/staff/staff-words.js';
import { AccountFrame } from './account-frame.js';

const HERE = '/desk/account/second-factor';

const CHANGES = ['app', 'mail', 'renew', 'remove'] as const;
type Change = (typeof CHANGES)[number];

class ChangeFactorInput extends FactorProofInput {
  @Choice(CHANGES)
  change: Change;
}

/** What somebody shows beside their password: set up, changed and taken away by themselves. */
@ApiExcludeController()
@Controller('desk/account/second-factor')
export class SecondFactorPagesController {
  constructor(
    private readonly frame: AccountFrame,
    private readonly factors: SecondFactors,
  ) {}

  @Get()
  @Can('session.use')
  look(
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
        const { change, ...proof } = await readForm(ChangeFactorInput, body);
        return this.done(reply, actor, change, proof);
      },
      // Neither password nor code is sent back, not even to whoever typed it.
      (form) => this.show(reply, actor, { ...form, values: { change: form.values['change'] ?? '' } }),
    );
  }

  @Get('set-up')
  @Can('session.use')
  async setUp(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.showSetUp(reply, actor, newForm());
  }

  @Post('set-up')
  @Can('session.use')
  async confirm(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { code } = await readForm(CodeInput, body);
        return this.showCodes(reply, actor, await this.factors.confirm(actor, code));
      },
      (form) => this.showSetUp(reply, actor, { ...form, values: {} }),
    );
  }

  private async done(
    reply: FastifyReply,
    actor: MemberActor,
    change: Change,
    proof: FactorProofInput,
  ): Promise<string | null> {
    switch (change) {
      case 'app':
        await this.factors.offer(actor, proof);
        return `${HERE}/set-up`;
      case 'mail':
        await this.factors.useMail(actor, proof);
        return `${HERE}?done=mail`;
      case 'remove':
        await this.factors.remove(actor, proof);
        return `${HERE}?done=removed`;
      case 'renew':
        return this.showCodes(reply, actor, await this.factors.renewCodes(actor, proof));
    }
  }

  private async show(reply: FastifyReply, actor: MemberActor, form: Form, done?: unknown): Promise<void> {
    const factor = await this.factors.view(actor);
    await this.frame.show(reply, actor, 'second-factor', {
      form,
      factor,
      choices: choicesFor(factor),
      done,
    });
  }

  private async showSetUp(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const offer = await this.factors.offered(actor);
    if (!offer) return seeOther(reply, HERE);
    return this.frame.show(reply, actor, 'set-up', {
      form,
      action: `${HERE}/set-up`,
      secret: offer.secret,
      picture: qrPicture(offer.address),
    });
  }

  /** Shown now and never again, so there is no page to lead on to. */
  private async showCodes(reply: FastifyReply, actor: MemberActor, codes: string[]): Promise<null> {
    await this.frame.show(reply, actor, 'recovery-codes', { codes, onward: HERE });
    return null;
  }
}

function choicesFor(factor: SecondFactorView): { value: Change; text: string }[] {
  const app = factor.kind === 'totp';
  const choices: [Change, string, boolean][] = [
    ['app', app ? say('Use an app on another phone') : say('Set up an app for codes'), factor.offered],
    ['renew', say('Make new recovery codes'), app],
    ['mail', say('Have codes sent to my work mailbox'), factor.mailWillDo && factor.kind !== 'mail'],
    ['remove', say('Sign in with the password alone'), factor.kind !== null && !factor.required],
  ];
  return choices.filter(([, , offered]) => offered).map(([value, text]) => ({ value, text }));
}
