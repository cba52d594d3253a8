import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, sent, take } from '../layout/forms.js';
import { Many, type Outcomes, type Ticked } from '../layout/many.js';
import { giveTo } from './takers.js';
import { say } from '../words/staff/staff-words.js';

/** What was done to those chosen, in words, and what became of each. */
export interface DoneToMany {
  what: string;
  outcomes: Outcomes;
  /** Where what was made of each can be taken back. */
  takeBack?: string;
}

/** What a list offers for those ticked in it: done one by one, with a page that says what became of each. */
@Injectable()
export class ManyAtOnce {
  constructor(
    private readonly desk: Desk,
    private readonly many: Many,
    private readonly service: ReferralsService,
    private readonly workers: LinkWorkersQueries,
  ) {}

  /** Does one thing to all that were chosen, and shows what became of each; or the list again, as it was ticked. */
  async forAll(
    reply: FastifyReply,
    actor: MemberActor,
    list: {
      back: { text: string; href: string };
      rows: (body: unknown) => Ticked[] | Promise<Ticked[]>;
      again: (form: Form) => Promise<void>;
    },
    work: (rows: Ticked[], typed: Form['values']) => Promise<DoneToMany>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { outcomes, what, takeBack } = await work(await list.rows(body), sent(body));
        await this.desk.show(reply, actor, 200, 'link-worker/pages/many-done.njk', {
          title: `${what}: ${String(outcomes.done)} of ${String(outcomes.items.length + outcomes.gone)}`,
          outcomes,
          back: list.back,
          takeBack: takeBack !== undefined && outcomes.done > 0 ? { at: takeBack, form: newForm() } : null,
        });
        return null;
      },
      list.again,
    );
  }

  async give(
    actor: MemberActor,
    request: FastifyRequest,
    rows: Ticked[],
    typed: Form['values'],
  ): Promise<DoneToMany> {
    const input = await giveTo(typed);
    const outcomes = await this.many.each(actor, request, rows, input, ({ id, version }) =>
      this.service.allocate(actor, id, input, version),
    );
    const team = (await this.workers.list(actor, { limit: 100 })).items;
    const taker = team.find(({ membershipId }) => membershipId === input.workerId);
    return { outcomes, what: say('Given to {{name}}', { name: taker?.name ?? say('somebody else') }) };
  }
}
