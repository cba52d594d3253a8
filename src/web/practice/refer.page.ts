import { Injectable } from '@nestjs/common';
import { KeptForms } from '../../identity/kept-forms.service.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { asAgreed, besideAgreed } from '../layout/agreement.js';
import { Desk, type Exchange } from '../layout/desk.js';
import type { Form } from '../layout/forms.js';
import { CHOICES } from './refer.choices.js';
import { beside, type Compared } from './same-person.js';
import { say } from '../words/staff/staff-words.js';

/** Where the form of a referral goes: a new one, or a draft that is gone on with. */
export interface Going {
  title: string;
  send: string;
  keep: string;
  discard?: string;
}

/** The one page of a referral, whether it begins there or goes on from a draft. */
@Injectable()
export class ReferPage {
  constructor(
    private readonly desk: Desk,
    private readonly referrals: ReferralsQueries,
    private readonly keptForms: KeptForms,
  ) {}

  async show(exchange: Exchange, actor: MemberActor, tried: Form, going: Going): Promise<void> {
    const form = besideAgreed({ ...tried, values: asAgreed(tried.values) }, say('this referral'));
    await this.desk.show(exchange, actor, form.status, 'practice/pages/refer.njk', {
      title: going.title,
      going,
      form,
      drafts: await this.keptForms.ofMember(actor, going.send),
      earlier: await this.earlier(actor, form),
      ...CHOICES,
    });
  }

  /** The sender's own open referral that stands in the way, beside what was typed now. */
  private async earlier(actor: MemberActor, { refusal, values }: Form): Promise<Compared | null> {
    if (refusal?.code !== 'already-sent' && refusal?.code !== 'maybe-already-sent') return null;
    const { referralId } = refusal.details;
    const referral = await this.referrals.get(actor, String(referralId));
    return beside(referral, values, refusal.code === 'maybe-already-sent');
  }
}
