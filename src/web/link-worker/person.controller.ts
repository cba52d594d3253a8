import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TimelineQueries } from '../../caseload/timeline.queries.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { isOpen, isWithWorker } from '../../referrals/referral.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { lateInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery } from '../layout/forms.js';
import { NEED_WORDS, STATE_COLOURS, STATE_WORDS } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { CONTACT_KIND_WORDS, happened, NEXT_WORDS } from './link-worker.words.js';

/** A person's record: who they are, what comes next, and everything that happened. */
@ApiExcludeController()
@Controller('desk/people')
export class PersonController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly clients: ClientsQueries,
    private readonly referrals: ReferralsQueries,
    private readonly timeline: TimelineQueries,
  ) {}

  @Get(':id')
  @Can('timeline.list')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const person = await this.clients.get(actor, id);
    const referrals = await this.referrals.ofPerson(actor, id);
    const page = await this.timeline.list(actor, id, query);
    const now = this.clock.now();
    const open = referrals.find(({ state }) => isOpen(state));
    await this.desk.show({ request, reply }, actor, 200, 'link-worker/pages/person.njk', {
      // Titles stay in the browser's history: none names a person.
      title: `Record: ${person.firstName.charAt(0)}${person.lastName.charAt(0)}, ${open?.reference ?? 'no open referral'}`,
      person,
      open,
      late: open && lateInWords(open.nextAt, now),
      inHand: open && isWithWorker(open.state),
      referrals: referrals.map((referral) => ({
        referral,
        state: { text: STATE_WORDS[referral.state], colour: STATE_COLOURS[referral.state] },
      })),
      entries: page.items.map((item) => ({ item, happened: happened(item) })),
      next: page.next && nextPage(`/desk/people/${id}`, asked, page.next),
      further: query.after !== undefined,
      words: { need: NEED_WORDS, next: NEXT_WORDS, reach: REACH_WORDS, kind: CONTACT_KIND_WORDS },
    });
  }
}
