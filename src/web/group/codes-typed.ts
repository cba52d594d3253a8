import { Injectable } from '@nestjs/common';
import { ReplyCodes } from '../../onward-referrals/reply-codes.service.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { sixDigits } from '../reply/reply.forms.js';
import type { Speech } from '../words/speech.js';

/** The six digits that a page asks for, as somebody signed in types them. */
@Injectable()
export class CodesTyped {
  constructor(private readonly codes: ReplyCodes) {}

  async enter(actor: MemberActor, typed: string | undefined, { t }: Speech): Promise<void> {
    const digits = sixDigits(typed);
    if (digits === null) throw Refusal.invalidField('code', t('reply.code.digits'));
    const entered = await this.codes.enter(actor, digits);
    if (entered === 'wrong') throw Refusal.invalidField('code', t('reply.code.wrong'));
    if (entered === 'none') throw Refusal.invalidField('code', t('reply.code.over'));
  }
}
