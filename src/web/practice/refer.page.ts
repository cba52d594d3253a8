import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { KeptForms } from '../../identity/kept-forms.service.js';
import { SafetyNumbersQueries } from '../../identity/safety-numbers.queries.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { asAgreed, besideAgreed } from '../layout/agreement.js';
import { Desk } from '../layout/desk.js';
import { answerScript, isScript } from '../layout/drafts.js';
import { asksAgain, type Form, hidden, sent, shownAgain } from '../layout/forms.js';
import { languageChoices } from '../layout/words.js';
import { CHOSEN, type Known, KnownPeople, SOUGHT } from './known.js';
import { filledIn, PASTED } from './pasted.fill.js';
import { CHOICES } from './refer.choices.js';
import { beside, type Compared } from './same-person.js';
import { say } from '../words/staff/staff-words.js';

/** Where the form of a referral goes: a new one, or a draft that is gone on with. */
export interface Going {
  title: string;
  send: string;
  keep: string;
  /** Gives the form back with what was pasted in it. */
  fill: string;
  /** Fills in whom one's own organisation referred before; a draft has its person. */
  find?: string;
  discard?: string;
}

/** What came of a text that was pasted, or of a look among earlier referrals. */
export interface Filling {
  lines: readonly string[];
  among?: Known['among'];
  open?: Compared | null;
  sought?: string;
}

const NOTHING_FILLED: Filling = { lines: [] };

const personOf = ({ id, client, sentAt }: Known['among'][number]): object => ({
  id,
  name: [client?.firstName, client?.lastName].filter(Boolean).join(' '),
  dateOfBirth: client?.dateOfBirth,
  sentAt,
});

/** The one page of a referral, whether it begins there or goes on from a draft. */
@Injectable()
export class ReferPage {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly referrals: ReferralsQueries,
    private readonly keptForms: KeptForms,
    private readonly known: KnownPeople,
    private readonly numbers: SafetyNumbersQueries,
  ) {}

  async show(
    reply: FastifyReply,
    actor: MemberActor,
    tried: Form,
    going: Going,
    filled: Filling = NOTHING_FILLED,
  ): Promise<void> {
    const form = besideAgreed({ ...tried, values: asAgreed(tried.values) }, say('this referral'));
    await this.desk.show(reply, actor, form.status, 'practice/pages/refer.njk', {
      title: going.title,
      going,
      form,
      filled: filled.lines,
      among: filled.among?.map(personOf) ?? [],
      sought: filled.sought ?? '',
      drafts: await this.keptForms.ofMember(actor, going.send),
      numbers: await this.numbers.of(actor.schemeId),
      earlier: filled.open ?? (await this.earlier(actor, form)),
      ...CHOICES,
      languages: languageChoices(form.values['client.language']),
    });
  }

  /** Reads what was pasted: answered to a script in words and answers, and without one by the form itself. */
  async fill(reply: FastifyReply, show: (form: Form, filled: Filling) => Promise<void>): Promise<void> {
    const { body } = reply.request;
    if (asksAgain(body)) {
      await show(shownAgain(body), NOTHING_FILLED);
      return;
    }
    const typed = sent(body);
    const filled = filledIn(typed, hidden(body, PASTED), londonDate(this.clock.now()));
    if (isScript(reply.request)) await answerScript(reply, () => Promise.resolve(filled));
    else await show({ ...shownAgain(body), values: { ...typed, ...filled.put }, again: false }, filled);
  }

  /** Looks among one's own earlier referrals for whom it is about, and gives the form back with what they say. */
  async find(
    reply: FastifyReply,
    actor: MemberActor,
    show: (form: Form, filled: Filling) => Promise<void>,
  ): Promise<void> {
    const { body } = reply.request;
    if (asksAgain(body)) {
      await show(shownAgain(body), NOTHING_FILLED);
      return;
    }
    const typed = sent(body);
    const sought = hidden(body, SOUGHT);
    const known = await this.known.look(actor, sought, hidden(body, CHOSEN), typed);
    const values = { ...typed, ...known.put };
    // Left in its box only where somebody still says whom they mean: else Enter in any other would look again.
    const still = known.among.length > 0 ? sought : '';
    await show({ ...shownAgain(body), values, again: false }, { ...known, sought: still });
  }

  /** The sender's own open referral that stands in the way, beside what was typed now. */
  private async earlier(actor: MemberActor, { refusal, values }: Form): Promise<Compared | null> {
    if (refusal?.code !== 'already-sent' && refusal?.code !== 'maybe-already-sent') return null;
    const { referralId } = refusal.details;
    const referral = await this.referrals.get(actor, String(referralId));
    return beside(referral, values, refusal.code === 'maybe-already-sent');
  }
}
